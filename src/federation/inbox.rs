//! The inbox, from the raw request to the handler: the cheap checks first, nothing fetched before they pass, nothing
//! changed before the signature is proven.

use std::sync::Arc;

use bytes::Bytes;
use http::{HeaderMap, header};

use super::Federation;
use super::blocked;
use super::handlers::{self, Envelope};
use super::objects::Doc;
use super::prove::{self, Known};
use super::reason::{Reason, Refusal};
use super::signature::{ParsedSignature, Request};
use super::verdicts::Trail;
use super::{ownership, passed_on};
use crate::domain::actor;
use crate::domain::comment;
use crate::error::Result;
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
    let mut trail = Trail::default();
    let outcome = take(fed, &posted, &mut trail).await;
    if let Err(refusal) = &outcome {
        trail.leave(&fed.app, &posted.body, refusal.reason);
    }
    match outcome {
        Err(dropped) if dropped.reason.is_drop() => Ok(Verdict::Ignored(dropped.reason)),
        other => other,
    }
}

async fn take(
    fed: &Arc<Federation>,
    posted: &Posted,
    trail: &mut Trail,
) -> Result<Verdict, Refusal> {
    check_media_type(&posted.headers)?;
    let signature = ParsedSignature::parse(&posted.request())?;
    let signer = ApUrl::new(signature.key_id()).host();
    let admitted = admit(fed, posted, &signature, trail).await;
    admitted.map_err(|refusal| refusal.by(signer))
}

async fn admit(
    fed: &Arc<Federation>,
    posted: &Posted,
    signature: &ParsedSignature,
    trail: &mut Trail,
) -> Result<Verdict, Refusal> {
    refuse_blocked(fed, &ApUrl::new(signature.key_id()), Reason::KeyAddress)?;
    signature.check(&posted.request(), &fed.site, fed.app.now())?;
    let doc = parse(&posted.body)?;
    let claimed = doc
        .first_id("actor")
        .ok_or_else(|| Reason::NoActor.refuse("the activity has no actor"))?;
    trail.is_about(&doc, &claimed);
    if !handlers::is_known(&doc) {
        return Err(Reason::UnknownType.drop());
    }
    refuse_blocked(fed, &claimed, Reason::NoActor)?;
    blocked::refuse(&fed.app, &doc)?;
    let id = ownership::recognisable(&doc, &claimed, &posted.body)?;
    let Some(known) = look_up(fed, signature.key_id(), &id).await? else {
        return Ok(Verdict::Duplicate);
    };
    let farewell = is_farewell(&doc, &claimed);
    if farewell && known.is_none() && prove::load_actor(fed, &claimed).await?.is_none() {
        // A Delete of somebody we never knew: the key is gone with its owner, and there is nothing to delete.
        return Err(Reason::Stranger.drop());
    }
    let signer = match prove::prove(fed, signature, &posted.request(), known).await {
        Err(refusal) if farewell => prove::departed(fed, &claimed, refusal).await?,
        proven => proven?,
    };
    fed.app.admit_sender(&signer.host)?;
    let by = signer.host.clone();
    let author = if signer.ap_id == claimed {
        Some(signer)
    } else {
        prove::vouched(fed, &doc, &claimed).await?
    };
    let Some(author) = author else {
        passed_on::take(&fed.app, &doc, None).await?;
        return Ok(Verdict::Done);
    };
    trail.is_proven();
    let envelope = Envelope::new(id, author, doc, (posted.body.clone(), by))?;
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
pub(super) fn refuse_blocked(
    fed: &Federation,
    id: &ApUrl,
    unusable: Reason,
) -> Result<(), Refusal> {
    let host = id
        .host()
        .ok_or_else(|| unusable.refuse("the key or the actor has an id that is no address"))?;
    if fed.app.hosts.is_blocked(&host) {
        return Err(Reason::BlockedHost.refuse("this server is blocked here"));
    }
    if fed.app.is_local(id) {
        return Err(Reason::OwnHost.refuse("our own actors do not write to our inbox"));
    }
    Ok(())
}

/// One read: whether the activity is new (None: it is not), and who owns the key, if that is known.
async fn look_up(fed: &Federation, key_id: &str, id: &ApUrl) -> Result<Option<Option<Known>>> {
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
