//! Actor documents: what we keep of them, and which keys they may claim. Also the crate's `Object`, so that actors are
//! dereferenced through it.

use std::sync::Arc;

use activitypub_federation::config::Data;
use activitypub_federation::traits::Object;
use chrono::{DateTime, Utc};
use url::Url;

use super::{Doc, clean_within};
use crate::app::App;
use crate::domain::actor::{self, Actor, ActorKey};
use crate::domain::media;
use crate::error::{Error, Result};
use crate::federation::signature::PublicKey;
use crate::queue::Job;
use crate::text::{self, sanitize};
use crate::types::{ApUrl, Host, Id, Timestamp};

const KINDS: [&str; 5] = ["Person", "Service", "Application", "Group", "Organization"];
const NAME_MAX: usize = 200;
const USERNAME_MAX: usize = 200;
/// Longest name, in bytes.
const NAME_BYTES: usize = 2048;
/// Longest biography as it is kept, in bytes.
const SUMMARY_MAX: usize = 20_000;
/// Longest text of a key, in bytes; RSA-4096 needs 800.
const KEY_MAX: usize = 8192;
/// Longest address of a picture, in bytes.
const ADDRESS_MAX: usize = 2048;
/// Most keys that are kept of one actor.
const KEYS_MAX: usize = 5;

/// An actor on another server.
#[derive(Clone, Debug)]
pub struct RemoteActor {
    url: Url,
    /// The row.
    pub row: Actor,
}

#[async_trait::async_trait]
impl Object for RemoteActor {
    type DataType = Arc<App>;
    type Kind = Doc;
    type Error = Error;

    fn id(&self) -> &Url {
        &self.url
    }

    fn last_refreshed_at(&self) -> Option<DateTime<Utc>> {
        Some(self.row.fetched_at.to_chrono())
    }

    async fn read_from_id(url: Url, app: &Data<Arc<App>>) -> Result<Option<Self>> {
        let ap_id = ApUrl::new(url.as_str());
        let row = app
            .db
            .read(move |conn| actor::load_by_ap_id(conn, &ap_id))
            .await?;
        Ok(row.map(|row| Self { url, row }))
    }

    async fn delete(&self, app: &Data<Arc<App>>) -> Result<()> {
        let (id, now) = (self.row.id, app.now());
        app.db
            .write(move |conn| actor::mark_gone(conn, id, now))
            .await
    }

    fn is_deleted(&self) -> bool {
        self.row.gone_at.is_some()
    }

    async fn into_json(self, _app: &Data<Arc<App>>) -> Result<Doc> {
        Err(Error::NotFound("a remote actor's document"))
    }

    async fn verify(doc: &Doc, expected: &Url, app: &Data<Arc<App>>) -> Result<()> {
        let id = doc
            .id()
            .ok_or_else(|| Error::remote_final("the actor has no id"))?;
        if !id.same_origin(&ApUrl::new(expected.as_str())) || app.is_local(&id) {
            return Err(Error::remote_final(format!(
                "{id} is not where it was found ({expected})"
            )));
        }
        Ok(())
    }

    async fn from_json(doc: Doc, app: &Data<Arc<App>>) -> Result<Self> {
        if doc.is("Tombstone") {
            return Err(Error::Gone("the actor"));
        }
        let (mut row, keys) = read(&doc, app.ids.next(), app.now())?;
        let (emojis, now) = (super::media::emojis(&doc), app.now());
        if app.is_local(&row.inbox) {
            return Err(Error::remote_final("the actor's inbox is on this server"));
        }
        // Somebody elsewhere has no page here, whatever the document says.
        if app.is_local(&row.url) {
            row.url = row.ap_id.clone();
        }
        let url = row
            .ap_id
            .url()
            .ok_or_else(|| Error::remote_final("the actor's id is no address"))?;
        let (clock, ids) = (app.clock.clone(), app.ids.clone());
        let row = app
            .db
            .write(move |conn| {
                let row = actor::upsert_remote(conn, &row, &keys)?;
                if row.avatar_source.is_some() && row.avatar.is_none() {
                    let job = Job::FetchAvatar {
                        actor: row.id.raw(),
                    };
                    crate::queue::NewJob::now(&clock, &ids, job).enqueue(conn)?;
                }
                if media::note_emojis(conn, &row.host, &emojis, now)? {
                    let host = row.host.to_string();
                    let job = Job::FetchEmojis { host };
                    crate::queue::NewJob::now(&clock, &ids, job).enqueue(conn)?;
                }
                Ok(row)
            })
            .await?;
        app.wake.jobs.notify_one();
        Ok(Self { url, row })
    }
}

/// Reads an actor document into a row and its keys. Fails when something needed is missing.
pub fn read(doc: &Doc, id: Id<Actor>, now: Timestamp) -> Result<(Actor, Vec<ActorKey>)> {
    let missing = |what: &str| Error::remote_final(format!("the actor has no {what}"));
    let ap_id = doc.id().ok_or_else(|| missing("id"))?;
    let host = ap_id.host().ok_or_else(|| missing("address for an id"))?;
    let kind = KINDS
        .into_iter()
        .find(|kind| doc.is(kind))
        .ok_or_else(|| missing("known type"))?;
    let inbox = doc
        .first_id("inbox")
        .filter(|inbox| inbox.host().is_some())
        .ok_or_else(|| missing("inbox"))?;
    let called = |key: &str, most: usize| {
        let text = sanitize::name(doc.text(key).unwrap_or_default(), most);
        text::cut(&text, NAME_BYTES).to_owned()
    };
    let username = called("preferredUsername", USERNAME_MAX);
    if username.is_empty() {
        return Err(missing("preferredUsername"));
    }
    let name = called("name", NAME_MAX);
    let shared_inbox = doc
        .doc("endpoints")
        .and_then(|endpoints| endpoints.first_id("sharedInbox"));
    let row = Actor {
        id,
        local: false,
        kind: kind.to_owned(),
        name: if name.is_empty() {
            username.clone()
        } else {
            name
        },
        username,
        summary: clean_within(doc.text("summary").unwrap_or_default(), SUMMARY_MAX),
        url: page(doc).unwrap_or_else(|| ap_id.clone()),
        inbox,
        shared_inbox: shared_inbox.filter(|inbox| inbox.same_origin(&ap_id)),
        followers: doc.first_id("followers"),
        avatar_source: doc
            .address("icon")
            .and_then(|icon| Some(icon.url()?.to_string()))
            .filter(|icon| icon.len() <= ADDRESS_MAX),
        avatar: None,
        created_at: now,
        updated_at: now,
        fetched_at: now,
        gone_at: None,
        indexable: doc.flag("indexable") || doc.flag("toot:indexable"),
        host,
        ap_id,
    };
    let keys = keys(doc, &row, now);
    Ok((row, keys))
}

/// The profile page, when it is an address that a link may lead to.
fn page(doc: &Doc) -> Option<ApUrl> {
    doc.address("url")
        .filter(|url| url.url().as_ref().and_then(Host::of).is_some())
}

/// The keys that an actor may claim: named on its own origin, owned by itself, and readable.
fn keys(doc: &Doc, row: &Actor, now: Timestamp) -> Vec<ActorKey> {
    let claimed = |key: &Doc, owner: &str, text: &str| {
        let key_id = key.id().filter(|id| id.same_origin(&row.ap_id))?;
        // A Multikey must say whose it is (FEP-521a); of older keys that is said by where they stand.
        let silent = owner == "owner";
        let owned = key
            .first_id(owner)
            .map_or(silent, |owner| owner == row.ap_id);
        // PEM readers pass over what stands around the block; the database does not (PostgreSQL takes no NUL).
        let public = key
            .text(text)
            .filter(|text| text.len() <= KEY_MAX && !text.contains('\0'))?
            .to_owned();
        let readable = PublicKey::from_pem(&public)
            .or_else(|_| PublicKey::from_multibase(&public))
            .is_ok();
        (owned && readable).then(|| ActorKey {
            key_id: key_id.into_string(),
            actor_id: row.id,
            public,
            fetched_at: now,
        })
    };
    let pem = doc
        .docs("publicKey")
        .into_iter()
        .filter_map(|key| claimed(&key, "owner", "publicKeyPem"));
    let multikeys = doc.docs("assertionMethod").into_iter();
    let multikeys = multikeys.filter_map(|key| claimed(&key, "controller", "publicKeyMultibase"));
    let mut keys: Vec<ActorKey> = pem.chain(multikeys).take(KEYS_MAX).collect();
    keys.dedup_by(|a, b| a.key_id == b.key_id);
    keys
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn no_part_of_an_actor_is_longer_than_its_cap() {
        let long = "<b>ü&</b>".repeat(20_000);
        let id = "https://m.example/users/bob";
        let key = json!({"id": format!("{id}#main-key"), "owner": id, "publicKeyPem": long});
        let doc = json!({
            "id": id, "type": ["Person", "x:Robot"], "inbox": {"id": "https://m.example/inbox"},
            "preferredUsername": long, "name": [long], "summary": long, "publicKey": [key],
            "icon": {"type": "Image", "url": format!("https://m.example/{}", "ü".repeat(1000))},
            "url": format!("https://m.example/{long}"), "alsoKnownAs": vec![id; 5000],
        });
        let doc: Doc = serde_json::from_value(doc).unwrap();
        let (row, keys) = read(&doc, Id::new(1), Timestamp(0)).unwrap();
        assert!(row.name.len() <= NAME_BYTES && row.username.len() <= NAME_BYTES);
        assert!(!row.name.is_empty() && row.summary.as_str().len() <= SUMMARY_MAX);
        assert_eq!(
            (row.url, row.avatar_source, keys),
            (row.ap_id, None, vec![])
        );
    }
}
