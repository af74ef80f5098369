//! What somebody looks for: reads the words, phrases and filters of a query, and says what is wrong with it. Pure.

use crate::error::Error;
use crate::text::words::{self, Term};
use crate::text::{cut, hashtag};
use crate::types::Timestamp;

/// Longest query, in bytes.
pub const QUERY_MAX: usize = 1000;
/// Most words, phrases and filters of a query.
const PARTS_MAX: usize = 20;
/// Longest word of a query that an error repeats, in bytes.
const SAID_MAX: usize = 60;

/// What is looked for. All of it must fit, and nothing of what is excluded.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Query {
    /// Words and phrases.
    pub terms: Vec<Term>,
    /// Words and phrases that must not be there.
    pub without: Vec<Term>,
    /// Keys of tags that the post has, or has not.
    pub tags: Vec<(String, bool)>,
    /// Writers that it is by, or is not by.
    pub authors: Vec<(Handle, bool)>,
    /// Published from this moment on.
    pub after: Option<Timestamp>,
    /// Published before this moment.
    pub before: Option<Timestamp>,
}

/// A writer: a name of this site, or one on another server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Handle {
    /// The part before the host, in lower case.
    pub name: String,
    /// The host, if it was named.
    pub host: Option<String>,
}

/// Why a query cannot be understood; the text is the part that is meant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Mistake {
    /// It is too long.
    Long,
    /// It has too many parts.
    Many,
    /// A quotation mark is not closed.
    Quote,
    /// There is neither letter nor digit in it.
    Nothing(String),
    /// It only says what is not looked for.
    Only,
    /// A filter without a value.
    Empty(String),
    /// No day, month or year.
    Date(String),
    /// No tag.
    Tag(String),
    /// No handle.
    Author(String),
    /// A beginning of a word that is too short.
    Short(String),
}

impl Mistake {
    /// The key of the phrase that says it, and what the phrase is about.
    pub fn phrase(&self) -> (&'static str, &str) {
        match self {
            Self::Long => ("search-long", ""),
            Self::Many => ("search-many", ""),
            Self::Quote => ("search-quote", ""),
            Self::Nothing(part) => ("search-nothing", part),
            Self::Only => ("search-only", ""),
            Self::Empty(part) => ("search-empty", part),
            Self::Date(part) => ("search-date", part),
            Self::Tag(part) => ("search-tag", part),
            Self::Author(part) => ("search-author", part),
            Self::Short(part) => ("search-short", part),
        }
    }
}

impl From<Mistake> for Error {
    fn from(mistake: Mistake) -> Self {
        let text = match mistake {
            Mistake::Long => format!("a query has at most {QUERY_MAX} bytes"),
            Mistake::Many => format!("a query has at most {PARTS_MAX} words and filters"),
            Mistake::Quote => "a quotation mark is not closed".to_owned(),
            Mistake::Nothing(part) => format!("\"{part}\" has neither letters nor digits"),
            Mistake::Only => "say also what to look for, not only what not".to_owned(),
            Mistake::Empty(part) => format!("{part} needs something behind it, as in {part}word"),
            Mistake::Date(part) => {
                format!("\"{part}\" is no date; write 2026, 2026-03 or 2026-03-01")
            }
            Mistake::Tag(part) => format!("\"{part}\" is no tag"),
            Mistake::Author(part) => {
                format!("\"{part}\" is no writer; write alice or @alice@blog.example")
            }
            Mistake::Short(part) => {
                format!("\"{part}\" is too short; a beginning of a word has two letters at least")
            }
        };
        Self::invalid_field("q", text)
    }
}

/// Reads a query. None when it is blank: then there is nothing to look for, and nothing wrong.
pub fn read(text: &str) -> Result<Option<Query>, Mistake> {
    if text.len() > QUERY_MAX {
        return Err(Mistake::Long);
    }
    let parts = split(text)?;
    if parts.is_empty() {
        return Ok(None);
    }
    if parts.len() > PARTS_MAX {
        return Err(Mistake::Many);
    }
    let mut query = Query::default();
    // A lone sign, as in "rock & roll", is passed over where there is something else.
    let mut sign = None;
    for part in parts {
        match query.add(part) {
            Err(Mistake::Nothing(said)) => sign = sign.or(Some(said)),
            other => other?,
        }
    }
    if let Some(said) = sign.filter(|_| query == Query::default()) {
        return Err(Mistake::Nothing(said));
    }
    let dated = query.after.is_some() || query.before.is_some();
    let wanted = !query.terms.is_empty()
        || query.tags.iter().any(|(_, with)| *with)
        || query.authors.iter().any(|(_, with)| *with);
    if wanted || dated {
        Ok(Some(query))
    } else {
        Err(Mistake::Only)
    }
}

/// One part of a query: `word`, `"a phrase"`, `name:value`, each with `-` before it or not.
struct Part {
    without: bool,
    field: Option<Field>,
    text: String,
    quoted: bool,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Field {
    Tag,
    Author,
    Before,
    After,
}

impl Field {
    const ALL: [(&'static str, Self); 4] = [
        ("tag:", Self::Tag),
        ("author:", Self::Author),
        ("before:", Self::Before),
        ("after:", Self::After),
    ];

    fn name(self) -> &'static str {
        let mut all = Self::ALL.into_iter();
        all.find(|(_, field)| *field == self)
            .map_or("", |(name, _)| name)
    }
}

fn is_quote(c: char) -> bool {
    matches!(c, '"' | '“' | '”' | '„' | '«' | '»' | '「' | '」')
}

/// Whether nothing of a word can stand there; a NUL counts as a space.
fn is_space(c: char) -> bool {
    c.is_whitespace() || c.is_control()
}

fn split(text: &str) -> Result<Vec<Part>, Mistake> {
    let mut parts = Vec::new();
    let mut rest = text.trim_start_matches(is_space);
    while !rest.is_empty() {
        let (without, after) = match rest.strip_prefix('-') {
            Some(after) if after.starts_with(|c| !is_space(c) && c != '-') => (true, after),
            _ => (false, rest),
        };
        let (field, after) = filter(after);
        let (value, quoted, after) = value(after)?;
        rest = after.trim_start_matches(is_space);
        parts.push(Part {
            without,
            field,
            text: value.to_owned(),
            quoted,
        });
        if parts.len() > PARTS_MAX {
            return Err(Mistake::Many);
        }
    }
    Ok(parts)
}

/// The filter that a part begins with.
fn filter(part: &str) -> (Option<Field>, &str) {
    for (name, field) in Field::ALL {
        let start = part.get(..name.len());
        if start.is_some_and(|start| start.eq_ignore_ascii_case(name)) {
            return (Some(field), part.get(name.len()..).unwrap_or_default());
        }
    }
    (None, part)
}

/// What stands up to the closing quotation mark or the next space, whether it was quoted, and what follows.
fn value(part: &str) -> Result<(&str, bool, &str), Mistake> {
    if let Some(inner) = part.strip_prefix(is_quote) {
        let (phrase, after) = inner.split_once(is_quote).ok_or(Mistake::Quote)?;
        return Ok((phrase, true, after));
    }
    let end = part
        .find(|c| is_space(c) || is_quote(c))
        .unwrap_or(part.len());
    let (word, after) = part.split_at_checked(end).unwrap_or((part, ""));
    Ok((word, false, after))
}

impl Query {
    fn add(&mut self, part: Part) -> Result<(), Mistake> {
        let said = || cut(&part.text, SAID_MAX).to_owned();
        let (text, with) = (part.text.trim_matches(is_space), !part.without);
        let Some(field) = part.field else {
            let term = word(&part)?;
            let list = if with {
                &mut self.terms
            } else {
                &mut self.without
            };
            list.push(term);
            return Ok(());
        };
        if text.is_empty() {
            return Err(Mistake::Empty(field.name().to_owned()));
        }
        match field {
            Field::Tag => {
                let tag = hashtag::normalise(text).ok_or_else(|| Mistake::Tag(said()))?;
                self.tags.push((hashtag::key(&tag), with));
            }
            Field::Author => {
                let handle = Handle::read(text).ok_or_else(|| Mistake::Author(said()))?;
                self.authors.push((handle, with));
            }
            Field::Before | Field::After => {
                let at = date(text).ok_or_else(|| Mistake::Date(said()))?;
                // -before:X is after:X.
                if (field == Field::Before) == with {
                    self.before = Some(self.before.map_or(at, |before| before.min(at)));
                } else {
                    self.after = Some(self.after.map_or(at, |after| after.max(at)));
                }
            }
        }
        Ok(())
    }
}

/// The term of a word or phrase; `word*` means whatever begins so.
fn word(part: &Part) -> Result<Term, Mistake> {
    let said = || cut(&part.text, SAID_MAX).to_owned();
    let (text, open) = match part.text.strip_suffix('*') {
        Some(start) if !part.quoted => (start, true),
        _ => (part.text.as_str(), false),
    };
    let term = words::term(text, open).ok_or_else(|| Mistake::Nothing(said()))?;
    let last = term.tokens.last().map_or(0, |last| last.chars().count());
    if open && term.last_chars.is_none() && last < 2 {
        return Err(Mistake::Short(said()));
    }
    Ok(term)
}

impl Handle {
    /// Reads `alice`, `@alice` and `@alice@blog.example`.
    fn read(text: &str) -> Option<Self> {
        let text = text.strip_prefix('@').unwrap_or(text).to_lowercase();
        let (name, host) = match text.split_once('@') {
            Some((name, host)) => (name, Some(host)),
            None => (text.as_str(), None),
        };
        let fits = |part: &str| {
            !part.is_empty()
                && part.len() <= 255
                && !part.contains(|c: char| c.is_control() || c == '@' || is_space(c))
        };
        (fits(name) && host.is_none_or(fits)).then(|| Self {
            name: name.to_owned(),
            host: host.map(str::to_owned),
        })
    }
}

/// The beginning of a year, month or day, in UTC.
fn date(text: &str) -> Option<Timestamp> {
    let digits = text.bytes().all(|b| b.is_ascii_digit() || b == b'-');
    let rest = match text.len() {
        4 => "-01-01",
        7 => "-01",
        10 => "",
        _ => return None,
    };
    let day = format!("{text}{rest}T00:00:00Z");
    digits.then(|| Timestamp::parse(&day)).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn query(text: &str) -> Query {
        read(text).unwrap().unwrap()
    }

    fn said(terms: &[Term]) -> Vec<String> {
        let line = |term: &Term| {
            let more = if term.is_prefix { "*" } else { "" };
            format!("{}{more}", term.tokens.join("+"))
        };
        terms.iter().map(line).collect()
    }

    #[test]
    fn words_phrases_and_filters_are_read() {
        let found = query(
            "Choir -\"the tenor\" “two voices” harmon* -solo tag:#Music -tag:rock author:@Bob@Far.example 東京",
        );
        assert_eq!(
            said(&found.terms),
            ["choir", "two+voices", "harmon*", "東京*"]
        );
        assert_eq!(said(&found.without), ["the+tenor", "solo"]);
        assert_eq!(
            found.tags,
            [("music".to_owned(), true), ("rock".to_owned(), false)]
        );
        let bob = Handle {
            name: "bob".into(),
            host: Some("far.example".into()),
        };
        assert_eq!(found.authors, [(bob, true)]);
    }

    #[test]
    fn dates_are_years_months_and_days() {
        let found = query("after:2026 before:2026-03 -before:2026-02-01");
        let at = |text: &str| Timestamp::parse(text).unwrap();
        assert_eq!(found.after, Some(at("2026-02-01T00:00:00Z")));
        assert_eq!(found.before, Some(at("2026-03-01T00:00:00Z")));
        for wrong in [
            "after:soon",
            "before:2026-13",
            "after:26",
            "before:2026-02-30",
            "after:+026-1",
        ] {
            assert!(matches!(read(wrong), Err(Mistake::Date(_))), "{wrong}");
        }
    }

    #[test]
    fn what_is_no_filter_is_words() {
        assert_eq!(
            said(&query("https://a.example/x").terms),
            ["https+a+example+x"]
        );
        assert_eq!(
            said(&query("re:vision - x--y & \"\"").terms),
            ["re+vision", "x+y"]
        );
        assert_eq!(query("TAG:x").tags.len(), 1);
    }

    #[test]
    fn what_cannot_be_understood_is_said() {
        for (text, mistake) in [
            ("\"open", Mistake::Quote),
            ("a \"", Mistake::Quote),
            ("!!!", Mistake::Nothing("!!!".into())),
            ("🎉", Mistake::Nothing("🎉".into())),
            ("-not", Mistake::Only),
            ("-tag:x", Mistake::Only),
            ("tag:", Mistake::Empty("tag:".into())),
            ("author:\"\"", Mistake::Empty("author:".into())),
            ("tag:a.b", Mistake::Tag("a.b".into())),
            ("author:a@b@c", Mistake::Author("a@b@c".into())),
            ("a*", Mistake::Short("a*".into())),
        ] {
            assert_eq!(read(text), Err(mistake), "{text}");
        }
        assert_eq!(read(&"x".repeat(10_000)), Err(Mistake::Long));
        assert_eq!(read(&"x ".repeat(21)), Err(Mistake::Many));
        for blank in ["", "  ", "\0", "\u{3000}\n"] {
            assert_eq!(read(blank), Ok(None), "{blank:?}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_a_query_or_a_mistake(text in "(\\PC|[-\":*\0]|tag:|author:|before:){0,60}") {
            match read(&text) {
                Ok(Some(query)) => {
                    let all = query.terms.iter().chain(&query.without);
                    prop_assert!(all.flat_map(|term| &term.tokens).all(|token| !token.is_empty() && !token.contains(['\'', '"', '\0', ' '])));
                }
                Ok(None) => {}
                Err(mistake) => {
                    prop_assert!(!Error::from(mistake).to_string().is_empty());
                }
            }
        }
    }
}
