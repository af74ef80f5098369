//! Update: an edited reply, or an actor's own document, which is then read anew from where it lives.

use super::{Envelope, activity, own_objects};
use crate::federation::reason::Reason;
use crate::federation::replies;
use crate::queue::Job;

/// An Update of a reply or an actor.
pub(super) struct Update(pub(super) Envelope);

activity!(
    Update,
    verify(envelope, _app) {
        let id = envelope.object_id()?;
        if !id.same_origin(&envelope.actor.ap_id) {
            return Err(Reason::ForeignObject.refuse(format!("{id} is not on the server of {}", envelope.actor.ap_id)));
        }
        own_objects(envelope).map(|_| ())
    },
    receive(envelope, app) {
        let id = envelope.object_id()?;
        if id == envelope.actor.ap_id {
            app.do_later(Job::RefreshActor { actor: envelope.actor.id.raw() }).await?;
            return Ok(());
        }
        match envelope.object() {
            Some(object) => replies::revise(app, &object, &envelope.actor, Some(&envelope.id)).await?,
            None => replies::fetch_later(app, &id, &envelope.actor).await?,
        }
        Ok(())
    }
);
