//! Delete: one's own reply, or oneself.

use super::{Envelope, activity};
use crate::domain::{actor, comment, reaction};
use crate::federation::reason::Reason;

/// A Delete of a reply or of its actor.
pub(super) struct Delete(pub(super) Envelope);

activity!(
    Delete,
    verify(envelope, _app) {
        let id = envelope.object_id()?;
        if id.same_origin(&envelope.actor.ap_id) {
            Ok(())
        } else {
            Err(Reason::ForeignObject.refuse(format!("{id} is not on the server of {}", envelope.actor.ap_id)))
        }
    },
    receive(envelope, app) {
        let id = envelope.object_id()?;
        if id != envelope.actor.ap_id {
            let deleted = comment::receive_delete(app, envelope.id, id, envelope.actor).await?;
            return if deleted { Ok(()) } else { Err(Reason::Unchanged.drop()) };
        }
        let (row, now) = (envelope.actor.id, app.now());
        app.db
            .write(move |conn| {
                comment::empty_all_of(conn, row, now)?;
                reaction::remove_all_of(conn, row)?;
                actor::mark_gone(conn, row, now)
            })
            .await?;
        Ok(())
    }
);
