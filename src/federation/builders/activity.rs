//! Activities around objects. Their ids come from what they are about, so that they are the same however often they are
//! made.

use serde_json::{Value, json};

use super::{PUBLIC, with_context};
use crate::domain::actor::Actor;
use crate::types::{ApUrl, Timestamp};

/// A built activity: its id and its whole document.
#[derive(Clone, Debug)]
pub struct Built {
    /// The id.
    pub id: ApUrl,
    /// The document, with `@context`.
    pub document: Value,
}

pub(super) fn built(document: Value) -> Built {
    let id = document
        .get("id")
        .and_then(Value::as_str)
        .unwrap_or_default();
    Built {
        id: ApUrl::new(id),
        document: with_context(document),
    }
}

/// `Create` with the whole object; audience as the object's.
pub fn create(object: Value) -> Built {
    let id = format!("{}#create", text(&object, "id"));
    around("Create", id, object, None)
}

/// `Update` with the whole object, at the moment of the edit.
pub fn update(object: Value, at: Timestamp) -> Built {
    let id = format!("{}#updates/{}", text(&object, "id"), at.0);
    around("Update", id, object, Some(at))
}

/// Largest object that travels inside its activity, in bytes: some servers read 64 KiB and no more. A larger one is named,
/// and fetched by whoever wants it.
const EMBEDDED_MAX: usize = 56 * 1024;

fn around(kind: &str, id: String, object: Value, at: Option<Timestamp>) -> Built {
    let sent = embedded(&object);
    let published = at.map_or_else(|| text(&object, "published").to_owned(), Timestamp::rfc3339);
    built(json!({
        "id": id,
        "type": kind,
        "actor": object.get("attributedTo"),
        "published": published,
        "to": object.get("to"),
        "cc": object.get("cc"),
        "object": sent,
    }))
}

/// The object as it travels in its activity: whole, else without what says its text again, else its id alone.
fn embedded(object: &Value) -> Value {
    let mut object = object.clone();
    for again in ["source", "contentMap", ""] {
        if object.to_string().len() <= EMBEDDED_MAX {
            return object;
        }
        if let Some(fields) = object.as_object_mut() {
            fields.remove(again);
        }
    }
    json!(text(&object, "id"))
}

/// `Update` of an actor's own document.
pub fn update_actor(actor: &Actor, document: Value, at: Timestamp) -> Built {
    built(json!({
        "id": format!("{}#updates/{}", actor.ap_id, at.0),
        "type": "Update",
        "actor": actor.ap_id,
        "to": [PUBLIC],
        "cc": [actor.followers],
        "object": document,
    }))
}

/// `Delete` of one of an actor's objects, with its tombstone.
pub fn delete(actor: &Actor, tombstone: Value) -> Built {
    built(json!({
        "id": format!("{}#delete", text(&tombstone, "id")),
        "type": "Delete",
        "actor": actor.ap_id,
        "to": [PUBLIC],
        "cc": [actor.followers],
        "object": tombstone,
    }))
}

/// `Accept` or `Reject` of a Follow; the Follow stands in it whole, its id byte for byte.
pub fn answer_follow(
    actor: &Actor,
    follower: &Actor,
    follow: &ApUrl,
    accepted: bool,
    number: i64,
) -> Built {
    let (kind, path) = if accepted {
        ("Accept", "accepts")
    } else {
        ("Reject", "rejects")
    };
    built(json!({
        "id": format!("{}#{path}/follows/{number}", actor.ap_id),
        "type": kind,
        "actor": actor.ap_id,
        "to": [follower.ap_id],
        "object": { "id": follow, "type": "Follow", "actor": follower.ap_id, "object": actor.ap_id },
    }))
}

/// `Follow`.
pub fn follow(id: &ApUrl, actor: &Actor, target: &Actor) -> Built {
    built(json!({
        "id": id,
        "type": "Follow",
        "actor": actor.ap_id,
        "to": [target.ap_id],
        "object": target.ap_id,
    }))
}

/// `Like`, for the author's eyes.
pub fn like(actor: &Actor, target: &ApUrl, author: &Actor, number: i64) -> Built {
    built(json!({
        "id": format!("{}#likes/{number}", actor.ap_id),
        "type": "Like",
        "actor": actor.ap_id,
        "to": [author.ap_id],
        "object": target,
    }))
}

/// `Announce` to everybody: a boost.
pub fn announce(
    actor: &Actor,
    target: &ApUrl,
    author: &Actor,
    number: i64,
    at: Timestamp,
) -> Built {
    built(json!({
        "id": format!("{}#boosts/{number}", actor.ap_id),
        "type": "Announce",
        "actor": actor.ap_id,
        "published": at.rfc3339(),
        "to": [PUBLIC],
        "cc": [actor.followers, author.ap_id],
        "object": target,
    }))
}

fn text<'a>(document: &'a Value, key: &str) -> &'a str {
    document
        .get(key)
        .and_then(Value::as_str)
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_large_object_is_named_and_a_small_one_embedded() {
        let object = |content: String| json!({ "id": "https://a.example/1", "attributedTo": "https://a.example/a", "content": content });
        let small = create(object("hi".into())).document;
        assert_eq!(small["object"]["content"], "hi");
        let mut twice = object("x".repeat(EMBEDDED_MAX / 2));
        for again in ["source", "contentMap"] {
            twice[again] = twice["content"].clone();
        }
        let lighter = create(twice.clone()).document;
        assert_eq!(lighter["object"]["content"], twice["content"]);
        assert!(
            lighter["object"].get("contentMap").is_none()
                && lighter["object"].get("source").is_none()
        );
        let large = create(object("x".repeat(EMBEDDED_MAX))).document;
        assert_eq!(large["object"], "https://a.example/1");
        assert_eq!(
            (&large["id"], &large["actor"]),
            (
                &json!("https://a.example/1#create"),
                &json!("https://a.example/a")
            )
        );
    }
}
