//! Delete: one's own reply, or oneself.

use super::{Envelope, activity};
use crate::domain::{actor, comment, notification, reaction, talk};
use crate::federation::{ownership, passed_on};

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
            let activity = Some(envelope.id.clone());
            talk::forget(app, id.clone(), envelope.actor.id).await?;
            let mine = comment::receive_delete(app, activity, id, envelope.actor).await?;
            // A moderator's word (Lemmy) about a neighbour's reply: their server is asked whether it is so.
            return if mine { Ok(()) } else { passed_on::take(app, &envelope.doc, None).await };
        }
        let (row, now) = (envelope.actor.id, app.now());
        app.db
            .write(move |conn| {
                comment::empty_all_of(conn, row, now)?;
                reaction::remove_all_of(conn, row)?;
                talk::remove_all_of(conn, row)?;
                notification::remove_all_of(conn, row)?;
                actor::mark_gone(conn, row, now)
            })
            .await?;
        Ok(())
    }
);
