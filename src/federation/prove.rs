//! Proving who signed a request: with the key that is known, else with the one its owner shows now. Fetches at most one
//! actor; decides nothing about what the signer may do.

use std::sync::Arc;

use super::Federation;
use super::reason::{Reason, Refusal};
use super::signature::{ParsedSignature, Request};
use crate::domain::actor::{self, Actor};
use crate::error::{Error, Result};
use crate::queue::Job;
use crate::types::Timestamp;

/// Days after which an actor that writes to us is looked up again.
const ACTOR_KEPT_DAYS: i64 = 7;

/// Proves who signed: with the key we know, else (or when it does not fit) with the one its owner shows now.
pub(super) async fn prove(
    fed: &Arc<Federation>,
    signature: &ParsedSignature,
    request: &Request<'_>,
    known: Option<(Actor, String)>,
) -> Result<Actor, Refusal> {
    let verify = |public: &str| {
        let key = fed.keys.parsed(public)?;
        signature.verify(request, &fed.site, &key)
    };
    if let Some((actor, public)) = known {
        match verify(&public) {
            Ok(()) if actor.local => {
                return Err(Reason::OwnHost.refuse("this key is one of ours"));
            }
            Ok(()) => {
                refresh_by_age(fed, &actor).await?;
                return Ok(actor);
            }
            Err(error) if !fed.fetcher.may_refetch(signature.key_id()).await => {
                return Err(error.into());
            }
            Err(_) => {}
        }
    }
    let owner = fed
        .fetcher
        .key_owner(signature.key_id())
        .await
        .map_err(unreachable_key)?;
    let key_id = signature.key_id().to_owned();
    let found = fed
        .app
        .db
        .read(move |conn| actor::load_by_key(conn, &key_id))
        .await?;
    match found {
        Some((actor, key)) if actor.id == owner.id => {
            verify(&key.public)?;
            Ok(actor)
        }
        _ => Err(Reason::KeyNotListed.refuse(format!(
            "{} does not show the key {}",
            owner.ap_id,
            signature.key_id()
        ))),
    }
}

/// Has a known actor's document read again when it is old; at most one job for it at a time.
async fn refresh_by_age(fed: &Federation, actor: &Actor) -> Result<()> {
    let age = fed.app.now().0 - actor.fetched_at.0;
    if age < ACTOR_KEPT_DAYS * Timestamp::DAY
        || !fed.fetcher.may_refetch(actor.ap_id.as_str()).await
    {
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
