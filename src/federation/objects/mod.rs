//! What other servers send, read leniently: every property may be absent, null, one, many, a string or an object. What
//! comes out is plain; what cannot be meant is refused.

pub mod actor;
pub mod leads;
pub mod media;
pub mod note;
mod poll;
pub mod reaction;
pub mod talk;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::text::{self, sanitize};
use crate::types::{ApUrl, Html, Timestamp};

/// What types are named by in full.
const NAMESPACE: &str = "https://www.w3.org/ns/activitystreams#";

/// The public collection, as it is sent. `as:Public` and `Public` are read too.
pub const PUBLIC: &str = "https://www.w3.org/ns/activitystreams#Public";

/// Most entries that are read of any list.
const LIST_MAX: usize = 1000;
/// Longest id that is taken, in bytes.
const ID_MAX: usize = 2048;

/// A JSON object as it came.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Doc(pub Map<String, Value>);

impl Doc {
    /// An object with one property.
    pub fn of(key: &str, text: &str) -> Self {
        Self(Map::from_iter([(key.to_owned(), Value::from(text))]))
    }

    /// The object's id.
    pub fn id(&self) -> Option<ApUrl> {
        self.text("id").and_then(id)
    }

    /// True when one of its types is `name`.
    pub fn is(&self, name: &str) -> bool {
        self.kinds().any(|kind| kind == name)
    }

    /// Its types, without the prefix that some write before them.
    pub fn kinds(&self) -> impl Iterator<Item = &str> {
        let short = |kind| {
            let bare = ["as:", NAMESPACE]
                .iter()
                .find_map(|prefix| str::strip_prefix(kind, prefix));
            bare.unwrap_or(kind)
        };
        self.values("type").filter_map(Value::as_str).map(short)
    }

    /// A text, or the first of several; None when absent, null or something else.
    pub fn text(&self, key: &str) -> Option<&str> {
        self.values(key).find_map(|value| {
            let written = value.get("@value").and_then(Value::as_str);
            value.as_str().or(written)
        })
    }

    /// True when a property says so.
    pub fn flag(&self, key: &str) -> bool {
        self.values(key).any(|value| value.as_bool() == Some(true))
    }

    /// The values of a property, whether it holds none, one or many.
    pub fn values(&self, key: &str) -> impl Iterator<Item = &Value> {
        let values: Box<dyn Iterator<Item = &Value>> = match self.0.get(key) {
            None | Some(Value::Null) => Box::new(std::iter::empty()),
            Some(Value::Array(values)) => Box::new(values.iter().take(LIST_MAX)),
            Some(value) => Box::new(std::iter::once(value)),
        };
        values
    }

    /// The ids that a property names, as strings or as objects with an id.
    pub fn ids(&self, key: &str) -> Vec<ApUrl> {
        self.values(key).filter_map(Self::id_of).collect()
    }

    /// The first id that a property names.
    pub fn first_id(&self, key: &str) -> Option<ApUrl> {
        self.values(key).find_map(Self::id_of)
    }

    /// The id that a value is or has.
    pub fn id_of(value: &Value) -> Option<ApUrl> {
        match value {
            Value::String(text) => id(text),
            other => other.get("id").and_then(Value::as_str).and_then(id),
        }
    }

    /// The first address that a property gives: a string, an object's `href`, `url` or id. Pages come before other
    /// media.
    pub fn address(&self, key: &str) -> Option<ApUrl> {
        let media = |value: &&Value| {
            value
                .get("mediaType")
                .and_then(Value::as_str)
                .is_some_and(|m| m != "text/html")
        };
        let found = self
            .values(key)
            .find(|value| !media(value))
            .or_else(|| self.values(key).next())?;
        let text = match found {
            Value::String(text) => Some(text.as_str()),
            other => ["href", "url", "id"]
                .iter()
                .find_map(|key| other.get(key).and_then(Value::as_str)),
        };
        text.and_then(id)
    }

    /// The objects that a property embeds.
    pub fn docs(&self, key: &str) -> Vec<Doc> {
        let embedded = self.values(key).filter_map(Value::as_object);
        embedded.map(|map| Doc(map.clone())).collect()
    }

    /// The first object that a property embeds.
    pub fn doc(&self, key: &str) -> Option<Doc> {
        self.values(key)
            .find_map(Value::as_object)
            .map(|map| Doc(map.clone()))
    }

    /// A moment; None when absent or unreadable.
    pub fn time(&self, key: &str) -> Option<Timestamp> {
        self.text(key).and_then(Timestamp::parse)
    }

    /// The one language of a `…Map` property, else its first text.
    pub fn mapped(&self, key: &str) -> Option<(String, String)> {
        let map = self.0.get(key)?.as_object()?;
        map.iter()
            .find_map(|(language, text)| Some((language.clone(), text.as_str()?.to_owned())))
    }
}

/// An id as text; white space and control characters stand in none, and PostgreSQL takes no NUL.
fn id(text: &str) -> Option<ApUrl> {
    let strange = |c: char| c.is_whitespace() || c.is_control();
    let usable = !text.is_empty() && text.len() <= ID_MAX && !text.contains(strange);
    usable.then(|| ApUrl::new(text))
}

/// Cleans HTML of others to at most `max` bytes. Cleaning may lengthen a text: it is cut shorter until it fits.
pub fn clean_within(html: &str, max: usize) -> Html {
    let mut room = max;
    loop {
        let clean = sanitize::remote(text::cut(html, room));
        if clean.as_str().len() <= max {
            return clean;
        }
        room /= 2;
    }
}

/// True for the public collection in any of its spellings.
pub fn is_public(id: &ApUrl) -> bool {
    matches!(id.as_str(), PUBLIC | "as:Public" | "Public")
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn doc(value: Value) -> Doc {
        serde_json::from_value(value).unwrap()
    }

    #[test]
    fn one_many_string_and_object_read_alike() {
        for to in [
            json!("https://a.example/1"),
            json!(["https://a.example/1"]),
            json!({"id": "https://a.example/1"}),
            json!([null, 3, {"id": "https://a.example/1"}]),
        ] {
            assert_eq!(
                doc(json!({ "to": to })).ids("to"),
                [ApUrl::new("https://a.example/1")]
            );
        }
        assert!(doc(json!({"to": null})).ids("to").is_empty());
    }

    #[test]
    fn the_page_is_preferred_among_addresses() {
        let url = json!([{"type": "Link", "mediaType": "video/mp4", "href": "https://a.example/v"}, {"type": "Link", "mediaType": "text/html", "href": "https://a.example/p"}]);
        assert_eq!(
            doc(json!({ "url": url })).address("url"),
            Some(ApUrl::new("https://a.example/p"))
        );
        assert_eq!(
            doc(json!({"url": "https://a.example/x"})).address("url"),
            Some(ApUrl::new("https://a.example/x"))
        );
    }

    #[test]
    fn every_shape_of_a_text_and_a_type_is_read() {
        for value in [
            json!("x"),
            json!(["x", "y"]),
            json!([null, "x"]),
            json!({"@value": "x", "@language": "en"}),
        ] {
            assert_eq!(doc(json!({ "name": value })).text("name"), Some("x"));
        }
        for none in [
            json!(null),
            json!(3),
            json!([]),
            json!({}),
            json!({"en": "x"}),
        ] {
            assert_eq!(doc(json!({ "name": none })).text("name"), None);
        }
        for kind in [
            json!("Note"),
            json!(["Object", "Note"]),
            json!("as:Note"),
            json!([PUBLIC.replace("Public", "Note")]),
        ] {
            assert!(doc(json!({ "type": kind })).is("Note"));
        }
    }

    #[test]
    fn ids_that_no_address_has_are_none() {
        for id in [
            "",
            "https://m.example/\u{0}",
            "https://m.example/a b",
            "\thttps://m.example/1",
        ] {
            assert_eq!(doc(json!({ "id": id })).id(), None, "{id:?}");
        }
        assert_eq!(
            doc(json!({"id": format!("https://m.example/{}", "a".repeat(ID_MAX))})).id(),
            None
        );
    }

    #[test]
    fn lists_are_read_up_to_a_thousand_entries() {
        let many = vec![json!("https://m.example/1"); 5000];
        assert_eq!(doc(json!({ "to": many })).ids("to").len(), LIST_MAX);
    }

    #[test]
    fn cleaning_never_makes_more_than_the_cap() {
        for text in [
            "<",
            "&",
            "\"",
            "<a href=https://m.example>x",
            "<p>x",
            "ü",
            "<b><i>x",
        ] {
            let clean = clean_within(&text.repeat(30_000), 20_000);
            assert!(clean.as_str().len() <= 20_000, "{text}");
            assert!(!clean.as_str().is_empty(), "{text}");
        }
    }

    #[test]
    fn what_no_database_or_address_holds_is_no_id() {
        for bad in [
            "",
            "https://a.example/\0",
            "https://a.example/\n1",
            "\u{85}",
        ] {
            assert_eq!(doc(json!({"id": bad, "to": [bad]})).id(), None, "{bad:?}");
            assert!(doc(json!({"to": [bad]})).ids("to").is_empty(), "{bad:?}");
        }
        let long = format!("https://a.example/{}", "x".repeat(ID_MAX));
        assert_eq!(doc(json!({ "id": long })).id(), None);
    }

    #[test]
    fn ids_keep_their_bytes() {
        let raw = "https://wp.example?c=148";
        assert_eq!(doc(json!({"id": raw})).id().unwrap().as_str(), raw);
    }
}
