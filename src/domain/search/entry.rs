//! What the index holds of a text: its words, and marks for what is no word of it. Pure.

use super::query::{Handle, Query};
use crate::text::words::{self, Token};
use std::fmt::Write as _;

/// Bytes of words that are kept of one text; of what is longer, the rest is not found.
const BYTES_MAX: usize = 500_000;
/// On every text: what a query has when it names neither words nor filters that must be there.
const ANY: &str = "_any";

/// The words of one text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Entry {
    /// Of the title.
    pub(super) title: Vec<String>,
    /// Of the rest.
    pub(super) body: Vec<String>,
    /// No words: they begin with `_`, which no word does.
    pub(super) marks: Vec<String>,
}

impl Entry {
    /// The words of a title and a text, both plain.
    pub(super) fn new(title: &str, body: &str, tags: &[String], writer: (&str, &str)) -> Self {
        let (name, host) = writer;
        let written_by = |host: Option<&str>| {
            by(&Handle {
                name: name.to_lowercase(),
                host: host.map(str::to_lowercase),
            })
        };
        let mut marks = vec![ANY.to_owned(), written_by(None), written_by(Some(host))];
        marks.extend(tags.iter().map(|key| tagged(key)));
        Self {
            title: bounded(words::tokens(&words::composed(title))),
            body: bounded(words::tokens(&words::composed(body))),
            marks,
        }
    }
}

fn bounded(tokens: Vec<Token>) -> Vec<String> {
    let mut left = BYTES_MAX;
    let fit = |token: &Token| {
        left = left.saturating_sub(token.text.len() + 1);
        left > 0
    };
    let kept = tokens.into_iter().take_while(fit);
    kept.map(|token| token.text).collect()
}

/// The marks that must be there, and those that must not.
pub(super) fn marks(query: &Query) -> (Vec<String>, Vec<String>) {
    let mut lists = (Vec::new(), Vec::new());
    let tags = query.tags.iter().map(|(key, with)| (tagged(key), with));
    let authors = query.authors.iter().map(|(one, with)| (by(one), with));
    for (mark, with) in tags.chain(authors) {
        let list = if *with { &mut lists.0 } else { &mut lists.1 };
        list.push(mark);
    }
    if query.terms.is_empty() && lists.0.is_empty() {
        lists.0.push(ANY.to_owned());
    }
    lists
}

fn tagged(key: &str) -> String {
    format!("_tag_{}", escaped(key))
}

fn by(writer: &Handle) -> String {
    match &writer.host {
        Some(host) => escaped(&format!("_by_{}@{host}", writer.name)),
        None => escaped(&format!("_by_{}", writer.name)),
    }
}

/// Letters and digits as they are, every other sign as its number: no two texts become the same, and none needs quoting.
fn escaped(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for c in text.chars() {
        if c.is_ascii_alphanumeric() || (!c.is_ascii() && c.is_alphanumeric()) {
            safe.push(c);
        } else {
            let _ = write!(safe, "_{:x}_", u32::from(c));
        }
    }
    safe
}

#[cfg(test)]
mod tests {
    use super::super::query;
    use super::*;

    #[test]
    fn a_text_has_its_words_and_the_marks_that_queries_ask_for() {
        let tags = ["rust".to_owned(), "a_b".to_owned()];
        let entry = Entry::new("The Choir", "waits, 東京", &tags, ("Bob", "far.example"));
        assert_eq!(entry.title, ["the", "choir"]);
        assert_eq!(entry.body, ["waits", "東京", "京"]);
        let asked = |text: &str| marks(&query::read(text).unwrap().unwrap());
        for text in [
            "tag:rust",
            "tag:A_b",
            "author:bob",
            "author:@BOB@far.example",
            "after:2026",
        ] {
            let (wanted, unwanted) = asked(text);
            assert!(
                wanted.iter().all(|mark| entry.marks.contains(mark)),
                "{text} {wanted:?}"
            );
            assert!(unwanted.is_empty());
        }
        for text in ["tag:rus", "author:bo", "author:bob@near.example"] {
            assert!(!entry.marks.contains(&asked(text).0[0]), "{text}");
        }
        assert_eq!(asked("x -tag:rust").1, ["_tag_rust"]);
    }

    #[test]
    fn no_text_is_indexed_without_bound() {
        let long = "wörter ".repeat(200_000);
        let entry = Entry::new("", &long, &[], ("a", "b"));
        assert!(entry.body.iter().map(String::len).sum::<usize>() < BYTES_MAX);
        assert!(entry.body.len() > 50_000);
    }
}
