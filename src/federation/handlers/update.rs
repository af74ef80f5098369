//! Update: an edited reply, or an actor's own document, which is then read anew from where it lives.

use super::{Envelope, activity};
use crate::federation::reason::Reason;
use crate::federation::{forward, ownership, replies, talk};
use crate::queue::Job;

/// An Update of a reply or an actor.
pub(super) struct Update(pub(super) Envelope);

activity!(
    Update,
    verify(envelope, _app) {
        ownership::check_origin(&envelope.object_id()?, &envelope.actor.ap_id)?;
        match envelope.object() {
            Some(object) => ownership::check_own(&object, &envelope.actor.ap_id),
            None => Ok(()),
        }
    },
    receive(envelope, app) {
        let id = envelope.object_id()?;
        if id == envelope.actor.ap_id {
            app.do_later(Job::RefreshActor { actor: envelope.actor.id.raw() }).await?;
            return Ok(());
        }
        match envelope.object() {
            Some(_) if envelope.actor.gone_at.is_some() => Err(Reason::Deleted.drop()),
            Some(object) => {
                let brought = forward::brought(app, &envelope);
                let reply = replies::revise(app, &object, &envelope.actor, Some(&brought)).await;
                talk::unless_reply(app, &object, &envelope.actor, Some(&envelope.id), reply).await?;
                Ok(forward::keep_for_parked(app, &brought, &object, &envelope.actor).await?)
            }
            None if app.is_local(&id) => Err(Reason::NothingOfOurs.drop()),
            None => Ok(app.do_later(Job::FetchReply { reply: id }).await?),
        }
    }
);
