//! The inbox, from the raw request to the handler: the cheap checks first, nothing fetched before they pass, nothing
//! changed before the signature is proven.

use std::sync::Arc;

use aws_lc_rs::digest;
use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use bytes::Bytes;
use http::{HeaderMap, header};

use super::Federation;
use super::blocked;
use super::handlers::{self, Envelope};
use super::objects::Doc;
use super::prove;
use super::reason::{Reason, Refusal};
use super::signature::{ParsedSignature, Request};
use crate::domain::actor::{self, Actor};
use crate::domain::comment;
use crate::error::Result;
use crate::queue::Job;
use crate::types::ApUrl;

/// Largest activity that is read, in bytes: what Mastodon takes.
pub const BODY_MAX: usize = 1024 * 1024;

/// Fetches that one message may cause while its sender waits, redirects included: its key, and the key's owner. What it
/// brings to be fetched later has a budget of its own, in `worker`.
pub const FETCHES_MAX: u32 = 12;

/// A request to an inbox, as it came.
#[derive(Clone, Debug)]
pub struct Posted {
    /// Path and query, exactly as sent.
    pub path_and_query: String,
    /// The headers.
    pub headers: HeaderMap,
    /// The body, at most [`BODY_MAX`].
    pub body: Bytes,
}

impl Posted {
    fn request(&self) -> Request<'_> {
        Request {
            method: "POST",
            path_and_query: &self.path_and_query,
            headers: &self.headers,
            body: Some(&self.body),
        }
    }
}

/// What became of an activity; all of it is answered with 202.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It did what it says.
    Done,
    /// It was here before.
    Duplicate,
    /// It does nothing here, for this reason.
    Ignored(Reason),
}

impl Verdict {
    /// The word in the metrics.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Done => "accepted",
            Self::Duplicate => "duplicate",
            Self::Ignored(_) => "ignored",
        }
    }
}

/// Takes an activity in. An answer of Ok means that what it did is on the disk.
pub async fn receive(fed: &Arc<Federation>, posted: Posted) -> Result<Verdict, Refusal> {
    check_media_type(&posted.headers)?;
    let signature = ParsedSignature::parse(&posted.request())?;
    let signer = ApUrl::new(signature.key_id()).host();
    match admit(fed, &posted, &signature).await {
        Err(dropped) if dropped.reason.is_drop() => Ok(Verdict::Ignored(dropped.reason)),
        Err(refusal) => Err(refusal.by(signer)),
        Ok(verdict) => Ok(verdict),
    }
}

async fn admit(
    fed: &Arc<Federation>,
    posted: &Posted,
    signature: &ParsedSignature,
) -> Result<Verdict, Refusal> {
    refuse_blocked(fed, &ApUrl::new(signature.key_id()), Reason::KeyAddress)?;
    signature.check(&posted.request(), &fed.site, fed.app.now())?;
    let doc = parse(&posted.body)?;
    let claimed = doc
        .first_id("actor")
        .ok_or_else(|| Reason::NoActor.refuse("the activity has no actor"))?;
    if !handlers::is_known(&doc) {
        return Err(Reason::UnknownType.drop());
    }
    refuse_blocked(fed, &claimed, Reason::NoActor)?;
    blocked::refuse(&fed.app, &doc).map_err(|e| Refusal::new(Reason::BlockedHost, e))?;
    let id = recognisable(&doc, &claimed, &posted.body)?;
    let Some(known) = look_up(fed, signature.key_id(), &id).await? else {
        return Ok(Verdict::Duplicate);
    };
    if known.is_none() && is_farewell(&doc, &claimed) {
        // A Delete of somebody we never knew: the key is gone with its owner, and there is nothing to delete.
        return Err(Reason::Stranger.drop());
    }
    let signer = prove::prove(fed, signature, &posted.request(), known).await?;
    fed.app.admit_sender(&signer.host)?;
    if signer.ap_id != claimed {
        return forwarded(fed, &doc).await;
    }
    let envelope = Envelope::new(id, signer, doc)?;
    handlers::dispatch(envelope, &fed.fetcher.data()).await?;
    Ok(Verdict::Done)
}

fn check_media_type(headers: &HeaderMap) -> Result<(), Refusal> {
    let named = headers
        .get(header::CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    if crate::http::is_inbox_json(named) {
        Ok(())
    } else {
        Err(Reason::MediaType.refuse("send application/activity+json"))
    }
}

fn parse(body: &[u8]) -> Result<Doc, Refusal> {
    serde_json::from_slice(body).map_err(|error| {
        let text = error.to_string();
        if text.starts_with("recursion limit") {
            Reason::TooDeep.refuse("the JSON is nested deeper than 128 levels")
        } else {
            Reason::UnreadableJson.refuse(format!("the body is no JSON object: {text}"))
        }
    })
}

/// Refuses blocked hosts and our own; `unusable` is the reason for what is no address at all.
fn refuse_blocked(fed: &Federation, id: &ApUrl, unusable: Reason) -> Result<(), Refusal> {
    let host = id
        .host()
        .ok_or_else(|| unusable.refuse("the key or the actor has an id that is no address"))?;
    if fed.app.hosts.is_blocked(&host) {
        return Err(Reason::BlockedHost.refuse("this server is blocked here"));
    }
    if host == fed.app.config.host() {
        return Err(Reason::OwnHost.refuse("our own actors do not write to our inbox"));
    }
    Ok(())
}

/// What an activity is recognised by: its id where that lives on its actor's server; else (no id, a `urn:`) one made of
/// actor and bytes.
fn recognisable(doc: &Doc, actor: &ApUrl, body: &[u8]) -> Result<ApUrl, Refusal> {
    match doc.id() {
        Some(id) if id.same_origin(actor) => Ok(id),
        Some(id) if id.host().is_some() => {
            let text = format!("the activity {id} is not on the server of {actor}");
            Err(Reason::ForeignId.refuse(text))
        }
        _ => {
            let hash = digest::digest(&digest::SHA256, body);
            Ok(ApUrl::new(format!(
                "{actor}#{}",
                BASE64_URL_SAFE_NO_PAD.encode(hash)
            )))
        }
    }
}

/// One read: whether the activity is new (None: it is not), and who owns the key, if that is known.
async fn look_up(
    fed: &Federation,
    key_id: &str,
    id: &ApUrl,
) -> Result<Option<Option<(Actor, String)>>> {
    let (key_id, id) = (key_id.to_owned(), id.clone());
    fed.app
        .db
        .look_up(move |conn| {
            if comment::was_received(conn, &id)? {
                return Ok(None);
            }
            let known = actor::load_by_key(conn, &key_id)?;
            Ok(Some(known.map(|(actor, key)| (actor, key.public))))
        })
        .await
}

fn is_farewell(doc: &Doc, actor: &ApUrl) -> bool {
    doc.is("Delete") && doc.first_id("object").as_ref() == Some(actor)
}

/// Somebody passes another's activity on. Only the id of what it is about counts; that is fetched from its own origin.
async fn forwarded(fed: &Arc<Federation>, doc: &Doc) -> Result<Verdict, Refusal> {
    if !doc.is("Create") && !doc.is("Update") {
        return Err(Reason::NotForwardable.refuse("the signer is not the activity's actor"));
    }
    let id = doc
        .first_id("object")
        .filter(|id| id.host().is_some() && !fed.app.is_local(id))
        .ok_or_else(|| Reason::NothingOfOurs.drop())?;
    fed.app.do_later(Job::FetchReply { reply: id }).await?;
    Ok(Verdict::Done)
}
