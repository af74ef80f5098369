//! Proving who signed: with the key that is known, else with the one its owner shows now. For requests, and for activities
//! that others pass on with their actor's proof. Fetches at most one actor; decides nothing about what the signer may do.

use std::sync::Arc;

use super::Federation;
use super::objects::Doc;
use super::proof::Proof;
use super::reason::{Reason, Refusal};
use super::signature::{ParsedSignature, Request, SignatureError};
use crate::domain::actor::{self, Actor};
use crate::error::{Error, Result};
use crate::queue::Job;
use crate::types::{ApUrl, Timestamp};

/// Days after which an actor that writes to us is looked up again.
const ACTOR_KEPT_DAYS: i64 = 7;

/// A key's owner, and the key as it was published.
pub(super) type Known = (Actor, String);

/// Proves who signed a request.
pub(super) async fn prove(
    fed: &Arc<Federation>,
    signature: &ParsedSignature,
    request: &Request<'_>,
    known: Option<Known>,
) -> Result<Actor, Refusal> {
    let fits = |public: &str| {
        let key = fed.keys.parsed(public)?;
        signature.verify(request, &fed.site, &key)
    };
    by_key(fed, signature.key_id(), known, fits).await
}

/// The actor of an activity that somebody else sent, when its own proof (FEP-8b32) says so: made with a key that the
/// actor's document names for assertions. None when there is no such proof; what is in the way is nobody's fault.
pub(super) async fn vouched(
    fed: &Arc<Federation>,
    doc: &Doc,
    claimed: &ApUrl,
) -> Result<Option<Actor>> {
    let Some(proof) = Proof::of(doc).filter(|proof| names(proof.method(), claimed)) else {
        return Ok(None);
    };
    if let Err(error) = proof.check(fed.app.now()) {
        tracing::debug!(actor = %claimed, "passed a proof over: {error}");
        return Ok(None);
    }
    let known = load(fed, proof.method()).await?;
    let fits = |public: &str| {
        if !public.starts_with('z') {
            return Err(SignatureError::mismatch());
        }
        let key = fed.keys.parsed(public)?;
        proof
            .verify(doc, &key)
            .map_err(|_| SignatureError::mismatch())
    };
    match by_key(fed, proof.method(), known, fits).await {
        Ok(actor) => Ok(Some(actor).filter(|actor| actor.ap_id == *claimed)),
        Err(refusal) => {
            tracing::debug!(reason = refusal.reason.as_str(), actor = %claimed, "passed a proof over: {refusal}");
            Ok(None)
        }
    }
}

/// True when a key's id is a fragment of the actor's (FEP-521a): nothing but the actor is ever fetched for it.
fn names(key_id: &str, actor: &ApUrl) -> bool {
    let rest = key_id.strip_prefix(actor.as_str());
    rest.is_some_and(|rest| rest.starts_with('#'))
}

/// The owner of the key that fits; a known key that does not is fetched anew.
async fn by_key(
    fed: &Arc<Federation>,
    key_id: &str,
    known: Option<Known>,
    fits: impl Fn(&str) -> Result<(), SignatureError>,
) -> Result<Actor, Refusal> {
    let asked = fed.app.now();
    let owner = match &known {
        None => fed.fetcher.key_owner(key_id).await,
        Some((actor, public)) => match fits(public) {
            Ok(()) if actor.local => {
                return Err(Reason::OwnHost.refuse("this key is one of ours"));
            }
            Ok(()) => {
                refresh_by_age(fed, actor).await?;
                return Ok(actor.clone());
            }
            Err(error) if !error.may_be_the_key() => return Err(error.into()),
            Err(_) => fed.fetcher.refetch_key(key_id).await,
        },
    };
    let owner = owner.map_err(unreachable_key)?;
    let mut found = load(fed, key_id).await?;
    if found.is_none() && known.is_none() && owner.fetched_at < asked {
        // Its document was read a moment ago, for somebody else: the key may be newer.
        let owner = fed.fetcher.refetch_key(key_id).await;
        owner.map_err(unreachable_key)?;
        found = load(fed, key_id).await?;
    }
    match found {
        Some((actor, public)) if actor.id == owner.id => {
            fits(&public)?;
            Ok(actor)
        }
        _ => Err(Reason::KeyNotListed.refuse(format!("its owner does not show the key {key_id}"))),
    }
}

/// Who owns a key, as far as that is known.
pub(super) async fn load(fed: &Federation, key_id: &str) -> Result<Option<Known>> {
    let key_id = key_id.to_owned();
    let found = fed
        .app
        .db
        .look_up(move |conn| actor::load_by_key(conn, &key_id));
    Ok(found.await?.map(|(actor, key)| (actor, key.public)))
}

/// The actor that says farewell with a key that is gone with it: ours to forget when its own server answers 410. What its
/// server does not know any more (404) is taken without a change; all else stays refused.
pub(super) async fn departed(
    fed: &Federation,
    claimed: &ApUrl,
    refusal: Refusal,
) -> Result<Actor, Refusal> {
    if !matches!(refusal.reason, Reason::KeyGone | Reason::KeyUnreadable) {
        return Err(refusal);
    }
    match fed.fetcher.refresh(claimed).await {
        Err(Error::Gone(_)) => load_actor(fed, claimed)
            .await?
            .ok_or_else(|| Reason::Stranger.drop()),
        Err(Error::Remote {
            temporary: true,
            message,
        }) => Err(Reason::KeyUnreachable.refuse(message)),
        Err(_) => Err(Reason::Stranger.drop()),
        Ok(_) => Err(refusal),
    }
}

/// The actor with this id, if it is known.
pub(super) async fn load_actor(fed: &Federation, id: &ApUrl) -> Result<Option<Actor>> {
    let id = id.clone();
    let read = fed
        .app
        .db
        .look_up(move |conn| actor::load_by_ap_id(conn, &id));
    read.await
}

/// Has a known actor's document read again when it is old; at most one job for it at a time.
async fn refresh_by_age(fed: &Federation, actor: &Actor) -> Result<()> {
    let age = fed.app.now().0 - actor.fetched_at.0;
    if age < ACTOR_KEPT_DAYS * Timestamp::DAY || !fed.fetcher.may_look_again(&actor.ap_id).await {
        return Ok(());
    }
    fed.app
        .do_later(Job::RefreshActor {
            actor: actor.id.raw(),
        })
        .await
}

/// A key that cannot be had now is no proof against the sender: it may try again.
fn unreachable_key(error: Error) -> Refusal {
    match error {
        Error::Remote {
            temporary: true,
            message,
        } => Reason::KeyUnreachable.refuse(message),
        Error::Remote { message, .. } => {
            Reason::KeyUnreadable.refuse(format!("the key cannot be read: {message}"))
        }
        Error::Gone(_) | Error::NotFound(_) => Reason::KeyGone.refuse("the key's owner is gone"),
        Error::Forbidden(message) => Reason::BlockedHost.refuse(message),
        other => other.into(),
    }
}
