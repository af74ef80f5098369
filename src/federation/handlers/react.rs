//! Like and Announce of something here; of anything else they are not about us.

use super::{Envelope, activity};
use crate::domain::reaction::{self, Kind};
use crate::federation::reason::Reason;

/// A Like or an Announce.
pub(super) struct React(pub(super) Envelope);

activity!(
    React,
    verify(envelope, _app) {
        envelope.object_id().map(|_| ())
    },
    receive(envelope, app) {
        let kind = if envelope.doc.is("Announce") { Kind::Announce } else { Kind::Like };
        let target = envelope.object_id()?;
        let counted = reaction::receive(app, envelope.id, kind, envelope.actor.id, target).await?;
        if counted { Ok(()) } else { Err(Reason::NothingOfOurs.drop()) }
    }
);
