//! Passing others' activities on (ActivityPub 7.1.2): which of them others would believe, and whom they go to. The bytes
//! stay as they came, or no proof in them would hold.

use std::collections::BTreeSet;

use serde_json::Value;

use super::handlers::Envelope;
use super::objects::Doc;
use crate::app::App;
use crate::db::Conn;
use crate::domain::actor::Actor;
use crate::domain::comment::{self, Brought, Comment, PASSED_ON_MAX, PassedOn};
use crate::domain::delivery;
use crate::domain::{actor, follower, post};
use crate::error::Result;
use crate::types::{ApUrl, Host, Id};

/// What an activity brings along beside its object.
pub(super) fn brought(app: &App, envelope: &Envelope) -> Brought {
    let passes = app.config.federation.forward_replies
        && envelope.body.len() <= PASSED_ON_MAX
        && is_believable(&envelope.doc);
    Brought {
        id: envelope.id.clone(),
        by: Some(envelope.by.clone()),
        bytes: passes.then(|| envelope.body.clone()),
        asked: None,
    }
}

/// Keeps what brought a reply while that waits for what it answers, to be passed on when it has its place.
pub(super) async fn keep_for_parked(
    app: &App,
    brought: &Brought,
    object: &Doc,
    author: &Actor,
) -> Result<()> {
    match object.id() {
        Some(reply) if brought.bytes.is_some() => {
            comment::keep_for_parked(app, brought.clone(), reply, author.clone()).await
        }
        _ => Ok(()),
    }
}

/// True for an activity that carries a proof (FEP-8b32) or a Linked Data signature of its own: whoever gets it from us can
/// tell whose it is. Mastodon and others drop all else.
fn is_believable(doc: &Doc) -> bool {
    let carries = |key: &str| doc.values(key).any(Value::is_object);
    carries("proof") || carries("signature")
}

/// Makes the deliveries of a kept activity to the followers of the post's writer: not to who brought it, nor to where it is
/// from. Forgets it when nobody is left, and does nothing when its comment cannot be seen any more.
pub async fn run(app: &App, activity: Id<PassedOn>) -> Result<()> {
    let Some((writer, inboxes)) = app.db.read(move |conn| audience(conn, activity)).await? else {
        return Ok(());
    };
    let inboxes: Vec<_> = inboxes
        .into_iter()
        .filter_map(|(inbox, host)| {
            let passes = host != app.host && !app.hosts.is_blocked(&host);
            passes.then(|| (app.ids.next(), inbox, host))
        })
        .collect();
    let now = app.now();
    app.db
        .write(move |conn| {
            if inboxes.is_empty() {
                comment::forget_one_passed_on(conn, activity)
            } else {
                delivery::insert_deliveries(
                    conn,
                    Id::new(activity.raw()),
                    writer,
                    None,
                    inboxes,
                    now,
                )
            }
        })
        .await?;
    app.wake.deliveries.notify_one();
    Ok(())
}

type Audience = (Id<Actor>, Vec<(ApUrl, Host)>);

/// Who signs, and the inboxes; None when it is not to be passed on.
fn audience(conn: &mut Conn, activity: Id<PassedOn>) -> Result<Option<Audience>> {
    let Some(kept) = comment::load_passed_on(conn, activity)? else {
        return Ok(None);
    };
    let about: Comment = comment::get(conn, kept.comment_id)?;
    if !about.is_public() && !about.is_tombstone() {
        return Ok(None);
    }
    let writer = post::get(conn, about.post_id)?.actor_id;
    let author = actor::get(conn, about.actor_id)?;
    let mut spared: BTreeSet<Host> = BTreeSet::from([author.host.clone()]);
    spared.extend(author.inbox.host());
    spared.extend(about.ap_id.host());
    spared.extend(kept.brought_by.as_deref().and_then(Host::parse));
    let reached = follower::list_inboxes(conn, writer)?.into_iter();
    let inboxes = reached.filter_map(|inbox| {
        let host = inbox.host()?;
        (!spared.contains(&host)).then_some((inbox, host))
    });
    Ok(Some((writer, inboxes.collect())))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn only_what_carries_a_proof_or_signature_is_believed_by_others() {
        let believable =
            |value: Value| is_believable(&serde_json::from_value(value).unwrap_or_default());
        assert!(believable(json!({"proof": {"type": "DataIntegrityProof"}})));
        assert!(believable(
            json!({"proof": [{"type": "DataIntegrityProof"}]})
        ));
        assert!(believable(
            json!({"signature": {"type": "RsaSignature2017"}})
        ));
        for none in [
            json!({}),
            json!({"proof": null}),
            json!({"proof": []}),
            json!({"signature": "x"}),
        ] {
            assert!(!believable(none.clone()), "{none}");
        }
    }
}
