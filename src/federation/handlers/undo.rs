//! Undo: an actor takes back what it did itself. The undone activity may stand in it whole or by its id.

use super::{Envelope, activity};
use crate::domain::reaction::Kind;
use crate::domain::{actor, follower, reaction};
use crate::federation::objects::Doc;
use crate::federation::reason::Reason;

/// An Undo of a Follow, Like or Announce.
pub(super) struct Undo(pub(super) Envelope);

activity!(
    Undo,
    verify(envelope, _app) {
        let by = envelope.object().and_then(|object| object.first_id("actor"));
        match by {
            Some(by) if by != envelope.actor.ap_id => Err(Reason::NotOwner.refuse("only one's own activities are undone")),
            _ => envelope.object_id().map(|_| ()),
        }
    },
    receive(envelope, app) {
        let undone = envelope.object_id()?;
        let object = envelope.object().unwrap_or_default();
        if object.is("Follow") {
            let Some(target) = object.first_id("object") else { return Ok(()) };
            let found = app.db.read(move |conn| actor::load_by_ap_id(conn, &target)).await?;
            let Some(target) = found.filter(|actor| actor.local) else { return Ok(()) };
            follower::receive_unfollow(app, target.id, envelope.actor.id, envelope.id).await?;
            return Ok(());
        }
        let undone = reaction::undo(app, envelope.actor.id, undone, about(&object)).await?;
        if undone { Ok(()) } else { Err(Reason::Unchanged.drop()) }
    }
);

/// What an embedded Like or Announce was about.
fn about(object: &Doc) -> Option<(Kind, crate::types::ApUrl)> {
    let kind = if object.is("Announce") {
        Kind::Announce
    } else {
        Kind::Like
    };
    Some((kind, object.first_id("object")?))
}
