//! Like and Announce of something here; of anything else they are not about us. What a group announces whole is asked of
//! its own origin: its members' activities are not proven by the group's signature.

use super::{Envelope, activity};
use crate::domain::reaction::{self, Kind};
use crate::federation::passed_on;
use crate::federation::reason::{Reason, Refusal};

/// A Like or an Announce.
pub(super) struct React(pub(super) Envelope);

activity!(
    React,
    verify(envelope, _app) {
        // An announced activity may have no id: the id of what it is about is enough.
        match envelope.inner() {
            Some(_) => Ok(()),
            None => envelope.object_id().map(|_| ()),
        }
    },
    receive(envelope, app) {
        if let Some(inner) = envelope.inner() {
            return match passed_on::take(app, &inner, Some(envelope.id)).await {
                // Likes, votes, locks: without their actor's signature they mean nothing, but the group did no wrong.
                Err(Refusal { reason: Reason::NotForwardable, .. }) => Err(Reason::UnknownType.drop()),
                taken => taken,
            };
        }
        let kind = if envelope.doc.is("Announce") { Kind::Announce } else { Kind::Like };
        let target = envelope.object_id()?;
        let counted = reaction::receive(app, envelope.id, kind, envelope.actor.id, target).await?;
        if counted { Ok(()) } else { Err(Reason::NothingOfOurs.drop()) }
    }
);
