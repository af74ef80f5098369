//! Delete: one's own reply, or oneself.

use super::{Envelope, activity};
use crate::app::App;
use crate::domain::actor::Actor;
use crate::domain::{actor, comment, notification, reaction, talk};
use crate::error::Result;
use crate::federation::{forward, ownership, passed_on};
use crate::types::Id;

/// A Delete of a reply or of its actor.
pub(super) struct Delete(pub(super) Envelope);

activity!(
    Delete,
    verify(envelope, _app) {
        ownership::check_origin(&envelope.object_id()?, &envelope.actor.ap_id)
    },
    receive(envelope, app) {
        let id = envelope.object_id()?;
        if id != envelope.actor.ap_id {
            let activity = Some(forward::brought(app, &envelope));
            talk::forget(app, id.clone(), envelope.actor.id).await?;
            let mine = comment::receive_delete(app, activity, id, envelope.actor).await?;
            // A moderator's word (Lemmy) about a neighbour's reply: their server is asked whether it is so.
            return if mine { Ok(()) } else { passed_on::take(app, &envelope.doc, None).await };
        }
        Ok(farewell(app, envelope.actor.id).await?)
    }
);

/// Takes away what somebody did here who is gone: what they wrote, asked for, liked and boosted.
pub(in crate::federation) async fn farewell(app: &App, gone: Id<Actor>) -> Result<()> {
    let now = app.now();
    app.db
        .write(move |conn| {
            comment::empty_all_of(conn, gone, now)?;
            reaction::remove_all_of(conn, gone)?;
            talk::remove_all_of(conn, gone)?;
            notification::remove_all_of(conn, gone)?;
            actor::mark_gone(conn, gone, now)
        })
        .await
}
