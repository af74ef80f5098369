//! A Markdown file taken apart: front matter, title, text. Pure. It understands TOML between `+++` and the plain part of
//! YAML (`key: value`, lists) between `---`.

use toml_edit::{DocumentMut, Item};

use crate::domain::post::{Comments, Status};
use crate::error::{Error, Result};
use crate::types::Timestamp;

/// What a file says about its post; None where it says nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(in crate::cli) struct Document {
    pub(in crate::cli) title: Option<String>,
    pub(in crate::cli) summary: Option<String>,
    pub(in crate::cli) tags: Option<Vec<String>>,
    pub(in crate::cli) categories: Option<Vec<String>>,
    pub(in crate::cli) series: Option<String>,
    pub(in crate::cli) series_part: Option<i32>,
    pub(in crate::cli) slug: Option<String>,
    pub(in crate::cli) language: Option<String>,
    pub(in crate::cli) status: Option<Status>,
    pub(in crate::cli) publish_at: Option<Timestamp>,
    pub(in crate::cli) comments: Option<Comments>,
    pub(in crate::cli) canonical: Option<String>,
    /// Keys that mean nothing here.
    pub(in crate::cli) ignored: Vec<String>,
    /// The Markdown below.
    pub(in crate::cli) body: String,
}

/// The value of a key.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Value {
    One(String),
    Many(Vec<String>),
}

/// Takes a file apart. The first heading is the title when the front matter names none, and leaves the text then.
pub(in crate::cli) fn parse(text: &str) -> Result<Document> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let (fields, body) = match split(text)? {
        Some(("+++", front, body)) => (toml_fields(front)?, body),
        Some((_, front, body)) => (yaml_fields(front)?, body),
        None => (Vec::new(), text),
    };
    let mut document = Document::default();
    for (key, value) in fields {
        document.set(&key, value)?;
    }
    // A moment in the future is a reason to wait for it.
    if document.publish_at.is_some() {
        document.status = document.status.or(Some(Status::Scheduled));
    }
    body.trim_start_matches(['\r', '\n'])
        .clone_into(&mut document.body);
    if document.title.is_none()
        && let Some((title, rest)) = take_heading(&document.body)
    {
        document.title = Some(title);
        document.body = rest;
    }
    Ok(document)
}

/// The fence, what stands between two of it, and what stands below; None without front matter.
fn split(text: &str) -> Result<Option<(&'static str, &str, &str)>> {
    let (first, rest) = text.split_once('\n').unwrap_or((text, ""));
    let fence = match first.trim_end() {
        "---" => "---",
        "+++" => "+++",
        _ => return Ok(None),
    };
    let mut at = 0;
    for line in rest.split_inclusive('\n') {
        if line.trim_end() == fence {
            let front = rest.get(..at).unwrap_or_default();
            let body = rest.get(at + line.len()..).unwrap_or_default();
            return Ok(Some((fence, front, body)));
        }
        at += line.len();
    }
    Err(Error::invalid(format!(
        "the front matter that begins with {fence} in the first line does not end: write {fence} in a line of its own behind it"
    )))
}

fn toml_fields(front: &str) -> Result<Vec<(String, Value)>> {
    let document: DocumentMut = front.parse().map_err(|e: toml_edit::TomlError| {
        let why = e.message().replace('\n', ", ");
        Error::invalid(format!("the front matter is not valid TOML: {why}"))
    })?;
    let fields = document.iter().map(|(key, item)| {
        let value = match item {
            Item::Value(toml_edit::Value::Array(list)) => {
                Value::Many(list.iter().map(plain).collect())
            }
            Item::Value(value) => Value::One(plain(value)),
            _ => Value::Many(Vec::new()),
        };
        (key.to_owned(), value)
    });
    Ok(fields.collect())
}

/// A TOML value as text, without quotes.
fn plain(value: &toml_edit::Value) -> String {
    value.as_str().map_or_else(
        || value.clone().decorated("", "").to_string(),
        ToOwned::to_owned,
    )
}

fn yaml_fields(front: &str) -> Result<Vec<(String, Value)>> {
    let mut fields: Vec<(String, Value)> = Vec::new();
    for (at, line) in front.lines().enumerate() {
        let trimmed = line.trim();
        if trimmed.is_empty() || trimmed.starts_with('#') {
            continue;
        }
        if let Some(item) = trimmed.strip_prefix("- ") {
            match fields.last_mut() {
                Some((_, Value::Many(list))) => list.push(unquote(item)),
                Some((_, value)) if *value == Value::One(String::new()) => {
                    *value = Value::Many(vec![unquote(item)]);
                }
                _ => return Err(not_understood(at, line)),
            }
            continue;
        }
        let field = trimmed.split_once(':').filter(|(key, value)| {
            let is_key = !key.is_empty() && !key.contains(char::is_whitespace);
            let has_gap = value.is_empty() || value.starts_with(char::is_whitespace);
            is_key && has_gap && !line.starts_with(char::is_whitespace)
        });
        let Some((key, value)) = field else {
            return Err(not_understood(at, line));
        };
        let value = value.trim();
        if matches!(value, "|" | ">" | "|-" | ">-") {
            return Err(not_understood(at, line));
        }
        fields.push((key.to_owned(), yaml_value(value)));
    }
    Ok(fields)
}

fn not_understood(at: usize, line: &str) -> Error {
    Error::invalid(format!(
        "line {} of the file, \"{}\", is not understood: between --- stand lines such as \"title: Hello\" and \"tags: [one, two]\"; for more write TOML between +++",
        at + 2,
        line.trim()
    ))
}

fn yaml_value(text: &str) -> Value {
    let list = text.strip_prefix('[').and_then(|t| t.strip_suffix(']'));
    match list {
        Some(list) => {
            let items = list.split(',').map(unquote);
            Value::Many(items.filter(|item| !item.is_empty()).collect())
        }
        None => Value::One(unquote(text)),
    }
}

/// Takes the quotes off, or a comment behind a bare word.
fn unquote(text: &str) -> String {
    let text = text.trim();
    let quoted = |mark: char| text.strip_prefix(mark).and_then(|t| t.strip_suffix(mark));
    if let Some(inner) = quoted('"') {
        return inner.replace("\\\"", "\"").replace("\\\\", "\\");
    }
    if let Some(inner) = quoted('\'') {
        return inner.replace("''", "'");
    }
    let bare = text.split(" #").next().unwrap_or(text);
    bare.trim_end().to_owned()
}

impl Document {
    fn set(&mut self, key: &str, value: Value) -> Result<()> {
        match (key, value) {
            ("tags", Value::Many(tags)) => self.tags = Some(tags),
            ("tags", Value::One(tags)) => {
                let words = tags.split([',', ' ']).filter(|tag| !tag.is_empty());
                self.tags = Some(words.map(ToOwned::to_owned).collect());
            }
            ("categories", Value::Many(names)) => self.categories = Some(names),
            ("categories" | "category", Value::One(names)) => {
                let names = names
                    .split(',')
                    .map(str::trim)
                    .filter(|name| !name.is_empty());
                self.categories = Some(names.map(ToOwned::to_owned).collect());
            }
            ("series", Value::One(text)) => self.series = Some(text),
            ("series_part", Value::One(text)) => {
                let part = text
                    .parse()
                    .map_err(|_| Error::invalid(format!("series_part: \"{text}\" is no number")))?;
                self.series_part = Some(part);
            }
            ("title", Value::One(text)) => self.title = Some(text).filter(|t| !t.is_empty()),
            ("summary", Value::One(text)) => self.summary = Some(text),
            ("slug", Value::One(text)) => self.slug = Some(text),
            ("canonical", Value::One(text)) => self.canonical = Some(text),
            ("language", Value::One(text)) => self.language = Some(text),
            ("status", Value::One(text)) => self.status = Some(status(&text)?),
            ("comments", Value::One(text)) => self.comments = Some(comments(&text)?),
            ("draft", Value::One(text)) if text == "true" => self.status = Some(Status::Draft),
            ("draft", Value::One(text)) if text == "false" => {}
            ("publish_at", Value::One(text)) => {
                let at = Timestamp::parse(&text).ok_or_else(|| {
                    Error::invalid(format!(
                        "publish_at: \"{text}\" is no moment with an offset, as in 2030-01-31T09:00:00Z"
                    ))
                })?;
                self.publish_at = Some(at);
            }
            (key, _) => self.ignored.push(key.to_owned()),
        }
        Ok(())
    }
}

fn status(word: &str) -> Result<Status> {
    match Status::parse(word) {
        Some(status) if status != Status::Deleted => Ok(status),
        _ => Err(Error::invalid(format!(
            "status: \"{word}\" is none of published, draft, scheduled"
        ))),
    }
}

fn comments(word: &str) -> Result<Comments> {
    Comments::parse(word)
        .ok_or_else(|| Error::invalid(format!("comments: \"{word}\" is neither open nor closed")))
}

/// The first heading's text and what stands below it, when the text begins with one.
fn take_heading(body: &str) -> Option<(String, String)> {
    let (line, rest) = body.split_once('\n').unwrap_or((body, ""));
    let heading = line.strip_prefix("# ")?.trim();
    let closed = heading.trim_end_matches('#');
    let title = if closed.is_empty() || closed.ends_with(' ') {
        closed.trim_end()
    } else {
        heading
    };
    (!title.is_empty()).then(|| {
        let rest = rest.trim_start_matches(['\r', '\n']);
        (title.to_owned(), rest.to_owned())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tags(document: &Document) -> Vec<&str> {
        let tags = document.tags.as_deref().unwrap_or_default();
        tags.iter().map(String::as_str).collect()
    }

    #[test]
    fn plain_yaml_is_understood() {
        let text = "---\ntitle: \"Call: and \\\"response\\\"\"\nsummary: 'It''s short'\ntags: [one, \"two\"]\n\
                    # a remark\nslug: call # behind\nlanguage: de\ncanonical: https://other.example/a\nstatus: draft\nlayout: post\n---\n\n# Kept\nText\n";
        let document = parse(text).unwrap();
        assert_eq!(document.title.as_deref(), Some("Call: and \"response\""));
        assert_eq!(document.summary.as_deref(), Some("It's short"));
        assert_eq!(tags(&document), ["one", "two"]);
        assert_eq!(document.slug.as_deref(), Some("call"));
        assert_eq!(
            document.canonical.as_deref(),
            Some("https://other.example/a")
        );
        assert_eq!(document.status, Some(Status::Draft));
        assert_eq!(document.ignored, ["layout"]);
        assert_eq!(document.body, "# Kept\nText\n");
    }

    #[test]
    fn front_matter_without_an_end_is_said_to_have_none() {
        for text in ["---\ntitle: x\n\nText", "+++\ntitle = 1", "---"] {
            let error = parse(text).unwrap_err().to_string();
            assert!(error.contains("does not end"), "{error}");
        }
    }

    #[test]
    fn a_post_says_where_it_is_filed() {
        let text = "---\ncategories:\n  - Music/Choir\n  - Travel\nseries: The psalms\nseries_part: 3\n---\nText";
        let document = parse(text).unwrap();
        assert_eq!(document.categories.unwrap(), ["Music/Choir", "Travel"]);
        assert_eq!(document.series.as_deref(), Some("The psalms"));
        assert_eq!(document.series_part, Some(3));
        let document =
            parse("+++\ncategories = \"Old music, Travel\"\nseries_part = 2\n+++\nText").unwrap();
        assert_eq!(document.categories.unwrap(), ["Old music", "Travel"]);
        assert_eq!(document.series_part, Some(2));
    }

    #[test]
    fn lists_may_stand_below_their_key() {
        let document = parse("---\r\ntags:\r\n  - one\r\n  - two\r\n---\r\nText").unwrap();
        assert_eq!(tags(&document), ["one", "two"]);
        assert_eq!(document.body, "Text");
    }

    #[test]
    fn toml_is_understood() {
        let text = "+++\ntitle = \"Hello\"\ntags = [\"a\", \"b\"]\npublish_at = 2030-01-31T09:00:00Z\n+++\nText";
        let document = parse(text).unwrap();
        assert_eq!(document.title.as_deref(), Some("Hello"));
        assert_eq!(tags(&document), ["a", "b"]);
        assert_eq!(document.status, Some(Status::Scheduled));
        assert_eq!(
            document.publish_at,
            Timestamp::parse("2030-01-31T09:00:00Z")
        );
    }

    #[test]
    fn the_first_heading_is_the_title_and_leaves_the_text() {
        let document = parse("\n# Hello, *world* #\n\nText\n# Second\n").unwrap();
        assert_eq!(document.title.as_deref(), Some("Hello, *world*"));
        assert_eq!(document.body, "Text\n# Second\n");
        assert_eq!(
            parse("# About C#\nText").unwrap().title.as_deref(),
            Some("About C#")
        );
    }

    #[test]
    fn a_file_without_front_matter_or_heading_is_all_text() {
        for text in ["Text", "## Small\nText", "#hashtag\nText", ""] {
            let document = parse(text).unwrap();
            assert_eq!((document.title, document.body.as_str()), (None, text));
        }
    }

    #[test]
    fn what_is_not_understood_is_named_with_its_line() {
        for (text, part) in [
            ("---\ntitle: x\nsummary: |\n  long\n---\n", "line 3"),
            ("---\n- lonely\n---\n", "line 2"),
            ("+++\ntitle = \n+++\n", "not valid TOML"),
            ("---\nstatus: deleted\n---\n", "published, draft, scheduled"),
            ("---\npublish_at: tomorrow\n---\n", "2030-01-31"),
            ("---\ncomments: never\n---\n", "open nor closed"),
            ("---\nseries_part: two\n---\n", "no number"),
        ] {
            let error = parse(text).unwrap_err().to_string();
            assert!(error.contains(part), "{text}: {error}");
        }
    }
}
