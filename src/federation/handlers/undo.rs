//! Undo: an actor takes back what it did itself. The undone activity may stand in it whole or by its id.

use super::{Envelope, activity};
use crate::app::App;
use crate::domain::reaction::Undone;
use crate::domain::{actor, comment, follower, reaction};
use crate::federation::objects::{Doc, reaction as objects};
use crate::federation::ownership;
use crate::federation::reason::{Reason, Refusal};
use crate::types::ApUrl;

/// An Undo of a Follow, or of a reaction.
pub(super) struct Undo(pub(super) Envelope);

activity!(
    Undo,
    verify(envelope, _app) {
        envelope.object_id()?;
        ownership::check_undo(envelope.object().as_ref(), &envelope.actor.ap_id)
    },
    receive(envelope, app) {
        let undone = envelope.object_id()?;
        let object = envelope.object().unwrap_or_default();
        let kind = object.kinds().next().map(str::to_owned);
        let did = match kind.as_deref() {
            Some("Follow") if object.first_id("object").is_some() => return unfollow(app, envelope, &object).await,
            Some("Follow") => follower::receive_unfollow_of(app, envelope.actor.id, undone).await?,
            Some(_) if objects::is_reaction(&object) => take_back(app, &envelope, undone, &object).await?,
            Some(_) => return Err(Reason::UnknownType.drop()),
            None => take_back(app, &envelope, undone.clone(), &object).await?
                || follower::receive_unfollow_of(app, envelope.actor.id, undone).await?,
        };
        if did {
            return Ok(());
        }
        if objects::is_reaction(&object) {
            remember(app, &envelope).await?;
        }
        Err(Reason::Unchanged.drop())
    }
);

/// Notes what was undone before it came, so that it does nothing when it comes: its id only, and of its own actor's server,
/// or anybody could make us deaf to somebody else.
async fn remember(app: &App, envelope: &Envelope) -> Result<(), Refusal> {
    let (undone, now) = (envelope.object_id()?, app.now());
    if undone.same_origin(&envelope.actor.ap_id) {
        app.db
            .write(move |conn| comment::note_received(conn, &undone, now))
            .await?;
    }
    Ok(())
}

async fn take_back(
    app: &App,
    envelope: &Envelope,
    activity: ApUrl,
    object: &Doc,
) -> Result<bool, Refusal> {
    let read = objects::undone(object);
    let undone = Undone {
        activity,
        kind: read.as_ref().map(|(kind, _)| *kind),
        emoji: read.map(|(_, emoji)| emoji).unwrap_or_default(),
        target: object.first_id("object"),
    };
    Ok(reaction::undo(app, envelope.actor.id, undone).await?)
}

async fn unfollow(app: &App, envelope: Envelope, follow: &Doc) -> Result<(), Refusal> {
    let nobody = || Reason::NothingOfOurs.drop();
    let target = follow.first_id("object").ok_or_else(nobody)?;
    let found = app.db.read(move |conn| actor::load_by_ap_id(conn, &target));
    let target = found
        .await?
        .filter(|actor| actor.local)
        .ok_or_else(nobody)?;
    follower::receive_unfollow(app, target.id, envelope.actor.id, envelope.id).await?;
    Ok(())
}
