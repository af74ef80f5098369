//! Follow: somebody wants our posts. Always answered, also when it comes again.

use super::{Envelope, activity};
use crate::domain::{actor, follower};
use crate::federation::reason::Reason;

/// A Follow of one of our actors.
pub(super) struct Follow(pub(super) Envelope);

activity!(
    Follow,
    verify(envelope, app) {
        let target = envelope.object_id()?;
        if app.is_local(&target) { Ok(()) } else { Err(Reason::NothingOfOurs.drop()) }
    },
    receive(envelope, app) {
        let target = envelope.object_id()?;
        let found = app.db.read(move |conn| actor::load_by_ap_id(conn, &target)).await?;
        if envelope.actor.gone_at.is_some() {
            // It took its leave; nothing would reach it.
            return Err(Reason::Deleted.drop());
        }
        let target = found.filter(|actor| actor.local).ok_or_else(|| Reason::NoSuchAccount.refuse("no such account"))?;
        follower::receive_follow(app, target.id, &envelope.actor, envelope.id).await?;
        Ok(())
    }
);
