//! What a message, or something that was fetched, leaves behind when nothing came of it: a verdict, by the id of what it
//! was about. Ids and addresses only. What was taken leaves rows of its own.

use std::fmt;

use serde::Deserialize;
use serde::de::{Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value};

use super::objects::{Doc, note};
use super::reason::Reason;
use crate::app::App;
use crate::domain::verdict::{Note, Verdict};
use crate::error::Error;
use crate::types::ApUrl;

/// Largest message of which the ids are read though it is refused unread, in bytes.
const CLAIM_MAX: usize = 128 * 1024;
/// Most objects of one message that get a verdict.
const OBJECTS_MAX: usize = 16;

/// What is learnt of a message while it is looked at.
#[derive(Debug, Default)]
pub(super) struct Trail {
    about: Vec<(ApUrl, Option<ApUrl>)>,
    read: bool,
    proven: bool,
}

impl Trail {
    /// Notes what a message is about, once it is read: objects where its actor lives, proven or not; else the message
    /// itself, which must live there, too, before it can be proven.
    pub(super) fn is_about(&mut self, doc: &Doc, claimed: &ApUrl) {
        self.read = true;
        let near = |id: &ApUrl| id.same_origin(claimed);
        let own = ["Create", "Update", "Delete"]
            .iter()
            .any(|kind| doc.is(kind));
        if own {
            let objects = doc.values("object").take(OBJECTS_MAX);
            let objects = objects.filter_map(|value| {
                let id = Doc::id_of(value).filter(near)?;
                Some((id, value.as_object().and_then(page_in)))
            });
            self.about = objects.collect();
        }
        if self.about.is_empty() {
            self.about.extend(doc.id().map(|id| (id, None)));
        }
    }

    /// Notes that its actor is proven to have sent it.
    pub(super) fn is_proven(&mut self) {
        self.proven = true;
    }

    /// Leaves the verdict of a message that nothing came of.
    pub(super) fn leave(self, app: &App, body: &[u8], reason: Reason) {
        let about = if self.read || body.len() > CLAIM_MAX || !app.verdicts.has_room() {
            self.about
        } else {
            let ids = claimed(body).into_iter();
            let theirs = ids.filter(|id| !app.is_local(id)).take(1);
            theirs.map(|id| (id, None)).collect()
        };
        for (id, page) in about.into_iter().filter(|(id, _)| !app.is_local(id)) {
            let Some(note) = Note::new(id, verdict(reason), reason.as_str(), app.now()) else {
                continue;
            };
            app.verdicts.note(if self.proven {
                note.proven().with_page(page)
            } else {
                note
            });
        }
    }
}

/// Leaves the verdict of an object that was fetched from where it lives.
pub(super) fn leave_of_fetched(app: &App, object: &Doc, reason: Reason) {
    // What reads as before is here, and its row says so.
    if reason == Reason::Unchanged {
        return;
    }
    if let Some(id) = object.id() {
        put(app, id, reason, page_of(object));
    }
}

/// Leaves the verdict of an address: `reason` is what fetching it, or reading it, came to.
pub fn leave(app: &App, id: &ApUrl, reason: Reason) {
    put(app, id.clone(), reason, None);
}

/// Notes what we found out ourselves: that something could not be had proves nothing about it.
fn put(app: &App, id: ApUrl, reason: Reason, page: Option<ApUrl>) {
    let found = verdict(reason);
    let note = Note::new(id, found, reason.as_str(), app.now());
    if let Some(note) = note {
        app.verdicts.note(match found {
            Verdict::Missed => note,
            _ => note.proven().with_page(page),
        });
    }
}

/// Leaves the verdict of an address that could not be fetched, unless the fault is ours.
pub fn leave_missed(app: &App, id: &ApUrl, error: &Error) {
    match Reason::of_fetch(error) {
        Reason::Internal => {}
        reason => leave(app, id, reason),
    }
}

const fn verdict(reason: Reason) -> Verdict {
    match reason {
        Reason::Unreachable | Reason::NotFound | Reason::NoDocument | Reason::NotShown => {
            Verdict::Missed
        }
        reason if reason.is_drop() => Verdict::Ignored,
        _ => Verdict::Refused,
    }
}

/// The same of an embedded object, of which no more is copied than that needs.
fn page_in(object: &Map<String, Value>) -> Option<ApUrl> {
    let needed = ["url", "to", "cc"].into_iter();
    let parts = needed.filter_map(|key| Some((key.to_owned(), object.get(key)?.clone())));
    page_of(&Doc(parts.collect()))
}

/// The address of an object's page, when the object is public.
fn page_of(object: &Doc) -> Option<ApUrl> {
    let page = object.address("url")?;
    note::visibility(object).is_open().then_some(page)
}

/// What a message that is refused unread says that it is about: its object's id, and its own.
fn claimed(body: &[u8]) -> Vec<ApUrl> {
    #[derive(Deserialize)]
    struct Claim {
        #[serde(default)]
        id: Named,
        #[serde(default)]
        object: Named,
    }
    let Ok(Claim { id, object }) = serde_json::from_slice(body) else {
        return Vec::new();
    };
    let named = object.0.into_iter().chain(id.0);
    named.filter_map(|id| Doc::of("id", &id).id()).collect()
}

/// The first id that a value is or has; nothing else of it is kept.
#[derive(Default)]
struct Named(Option<String>);

impl<'de> Deserialize<'de> for Named {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Names).map(Named)
    }
}

struct Names;

impl<'de> Visitor<'de> for Names {
    type Value = Option<String>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("anything")
    }

    fn visit_str<E>(self, text: &str) -> Result<Self::Value, E> {
        Ok(Some(text.to_owned()))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut found = None;
        while let Some(key) = map.next_key::<String>()? {
            if key == "id" {
                found = map.next_value::<Named>()?.0;
            } else {
                map.next_value::<IgnoredAny>()?;
            }
        }
        Ok(found)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Self::Value, A::Error> {
        let first = seq.next_element::<Named>()?.and_then(|named| named.0);
        while seq.next_element::<IgnoredAny>()?.is_some() {}
        Ok(first)
    }

    fn visit_unit<E>(self) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_bool<E>(self, _: bool) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_i64<E>(self, _: i64) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_u64<E>(self, _: u64) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_f64<E>(self, _: f64) -> Result<Self::Value, E> {
        Ok(None)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn claim(body: &str) -> Option<String> {
        let first = claimed(body.as_bytes()).into_iter().next();
        first.map(ApUrl::into_string)
    }

    #[test]
    fn a_message_that_is_refused_unread_is_known_by_its_ids_only() {
        let note = "https://m.example/1";
        for object in [
            json!(note),
            json!({ "id": note, "content": {"id": "x"} }),
            json!([{"type": "Note", "id": note}, "https://m.example/2"]),
        ] {
            let body = json!({"type": "Create", "id": "https://m.example/c", "object": object});
            assert_eq!(claim(&body.to_string()).as_deref(), Some(note), "{body}");
        }
        for object in [
            json!(null),
            json!(3),
            json!(1.5),
            json!([]),
            json!({}),
            json!(true),
        ] {
            let body = json!({"object": object, "id": note});
            assert_eq!(claim(&body.to_string()).as_deref(), Some(note), "{body}");
        }
        for body in [
            "",
            "nonsense",
            "[]",
            "{}",
            "{\"id\":\"a b\"}",
            "{\"id\":\"\\u0000\"}",
        ] {
            assert_eq!(claim(body), None, "{body}");
        }
        let deep = format!("{{\"id\":{}{}}}", "[".repeat(500), "]".repeat(500));
        assert_eq!(claim(&deep), None);
    }

    #[test]
    fn a_message_speaks_of_what_lives_where_its_actor_lives() {
        let about = |activity: serde_json::Value| {
            let doc: Doc = serde_json::from_value(activity).unwrap();
            let mut trail = Trail::default();
            trail.is_about(&doc, &ApUrl::new("https://m.example/users/bob"));
            trail.about
        };
        let (own, page) = ("https://m.example/1", "https://m.example/@bob/1");
        let note = json!({"id": own, "url": page, "to": "as:Public"});
        let create = json!({"type": "Create", "id": "https://m.example/c", "object": note});
        let expected = vec![(ApUrl::new(own), Some(ApUrl::new(page)))];
        assert_eq!(about(create), expected);
        let private = json!({"id": own, "url": page, "to": "https://m.example/users/eve"});
        let create = json!({"type": "Create", "object": private});
        assert_eq!(about(create), vec![(ApUrl::new(own), None)]);
        for (kind, object) in [
            ("Create", "https://other.example/1"),
            ("Like", own),
            ("Announce", own),
        ] {
            let doc = json!({"type": kind, "id": "https://m.example/c", "object": object});
            assert_eq!(
                about(doc),
                vec![(ApUrl::new("https://m.example/c"), None)],
                "{kind}"
            );
        }
    }
}
