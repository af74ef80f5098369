//! People on a fake server, and what they write.

use antiphon::federation::signature::RsaKey;
use serde_json::{Value, json};
use tokio::sync::OnceCell;

use super::{FakeInstance, Letter};

/// The public collection.
const PUBLIC: &str = "https://www.w3.org/ns/activitystreams#Public";

/// Somebody on a [`FakeInstance`]. All share one key, for making keys is slow; whose it is, is told by the key's id.
#[derive(Clone, Debug)]
pub(crate) struct Person {
    /// The ActivityPub id.
    pub(crate) id: String,
    /// The name in the handle.
    pub(crate) name: String,
    /// `name@localhost:PORT`.
    pub(crate) handle: String,
    /// What signatures name as the key.
    pub(crate) key_id: String,
    /// The key that signs.
    pub(crate) key: RsaKey,
}

/// Another key than the one that everybody has.
pub(super) async fn other_key() -> RsaKey {
    static KEY: OnceCell<RsaKey> = OnceCell::const_new();
    KEY.get_or_init(|| async { RsaKey::generate().expect("keys can be made") })
        .await
        .clone()
}

impl FakeInstance {
    /// Somebody with an inbox of their own and the server's shared one.
    pub(crate) fn person(&self, name: &str) -> Person {
        let person = self.stranger(name);
        let mut document = person.document();
        document["endpoints"] = json!({ "sharedInbox": format!("{}/inbox", self.url) });
        self.publish(&document);
        person
    }

    /// Somebody on a server that shares no inbox.
    pub(crate) fn loner(&self, name: &str) -> Person {
        let person = self.stranger(name);
        self.publish(&person.document());
        person
    }

    /// Somebody whose document is not served (yet).
    pub(crate) fn stranger(&self, name: &str) -> Person {
        let id = format!("{}/users/{name}", self.url);
        self.shelves().people.insert(name.to_owned(), id.clone());
        Person {
            key_id: format!("{id}#main-key"),
            name: name.to_owned(),
            handle: format!("{name}@{}", self.host()),
            key: self.key.clone(),
            id,
        }
    }

    /// Gives somebody a new key, in their document too.
    pub(crate) async fn rotate(&self, person: &mut Person) {
        person.key = other_key().await;
        self.publish(&person.document());
    }
}

impl Person {
    /// The actor document, without a shared inbox.
    pub(crate) fn document(&self) -> Value {
        json!({
            "@context": ["https://www.w3.org/ns/activitystreams", "https://w3id.org/security/v1"],
            "id": self.id,
            "type": "Person",
            "preferredUsername": self.name,
            "name": self.name,
            "inbox": self.at("/inbox"),
            "outbox": self.at("/outbox"),
            "followers": self.at("/followers"),
            "publicKey": self.public_key(),
        })
    }

    /// The key as documents show it.
    pub(crate) fn public_key(&self) -> Value {
        let pem = self.key.public_pem().expect("a key can be written");
        json!({ "id": self.key_id, "owner": self.id, "publicKeyPem": pem })
    }

    /// An address below the actor's id.
    pub(crate) fn at(&self, rest: &str) -> String {
        format!("{}{rest}", self.id)
    }

    /// A public Note that answers something.
    pub(crate) fn note(&self, number: u32, parent: &str) -> Value {
        json!({
            "@context": "https://www.w3.org/ns/activitystreams",
            "id": self.at(&format!("/notes/{number}")),
            "type": "Note",
            "attributedTo": self.id,
            "inReplyTo": parent,
            "content": format!("<p>{} says {number}</p>", self.name),
            "published": "2026-11-22T11:00:00Z",
            "to": [PUBLIC],
            "cc": [self.at("/followers")],
        })
    }

    /// The same for other eyes: `to` and no `cc`.
    pub(crate) fn note_to(&self, number: u32, parent: &str, to: &str) -> Value {
        let mut note = self.note(number, parent);
        note["to"] = json!([to]);
        note["cc"] = json!([]);
        note
    }

    /// An activity of this person's. Its id follows from type and object, so that the same is the same.
    pub(crate) fn activity(&self, kind: &str, object: Value) -> Value {
        let about = object["id"]
            .as_str()
            .or(object.as_str())
            .unwrap_or_default();
        let path = about.rsplit_once("//").map_or(about, |(_, path)| path);
        let id = format!("{}#{}/{path}", self.id, kind.to_lowercase());
        json!({
            "@context": "https://www.w3.org/ns/activitystreams",
            "id": id,
            "type": kind,
            "actor": self.id,
            "to": [PUBLIC],
            "object": object,
        })
    }

    /// A Create, ready to be sent.
    pub(crate) fn create(&self, note: &Value) -> Letter {
        self.letter(self.activity("Create", note.clone()))
    }

    /// An activity about something named by its id, ready to be sent.
    pub(crate) fn tell(&self, kind: &str, object: &str) -> Letter {
        self.letter(self.activity(kind, json!(object)))
    }

    /// An Undo of an activity, whole, ready to be sent.
    pub(crate) fn undo(&self, activity: &Value) -> Letter {
        self.letter(self.activity("Undo", activity.clone()))
    }

    /// Any activity, ready to be signed by this person and sent.
    pub(crate) fn letter(&self, activity: Value) -> Letter {
        Letter::new(self.clone(), activity)
    }
}
