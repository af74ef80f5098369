//! Delete: one's own reply, or oneself.

use super::{Envelope, activity};
use crate::domain::{actor, comment, reaction};
use crate::error::Error;

/// A Delete of a reply or of its actor.
pub(super) struct Delete(pub(super) Envelope);

activity!(
    Delete,
    verify(envelope, _app) {
        let id = envelope.object_id()?;
        if id.same_origin(&envelope.actor.ap_id) {
            Ok(())
        } else {
            Err(Error::Forbidden(format!("{id} is not on the server of {}", envelope.actor.ap_id)))
        }
    },
    receive(envelope, app) {
        let id = envelope.object_id()?;
        if id != envelope.actor.ap_id {
            return comment::receive_delete(app, envelope.id, id, envelope.actor).await.map(|_| ());
        }
        let (row, now) = (envelope.actor.id, app.now());
        app.db
            .write(move |conn| {
                comment::empty_all_of(conn, row, now)?;
                reaction::remove_all_of(conn, row)?;
                actor::mark_gone(conn, row, now)
            })
            .await
    }
);
