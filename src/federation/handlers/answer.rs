//! Accept and Reject: the answer to a Follow of ours, by the one it was sent to.

use super::{Envelope, activity};
use crate::domain::follower;
use crate::federation::reason::Reason;

/// An Accept or Reject.
pub(super) struct Answer(pub(super) Envelope);

activity!(
    Answer,
    verify(envelope, _app) {
        envelope.object_id().map(|_| ())
    },
    receive(envelope, app) {
        let accepted = envelope.doc.is("Accept");
        let follow = envelope.object_id()?;
        let changed = follower::receive_answer(app, envelope.actor.id, follow, accepted).await?;
        if changed { Ok(()) } else { Err(Reason::Unchanged.drop()) }
    }
);
