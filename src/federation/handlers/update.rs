//! Update: an edited reply, or an actor's own document, which is then read anew from where it lives.

use super::{Envelope, activity, own_objects};
use crate::domain::comment::{self, RemoteEdit};
use crate::error::Error;
use crate::federation::objects::note;
use crate::federation::replies;
use crate::queue::Job;

/// An Update of a reply or an actor.
pub(super) struct Update(pub(super) Envelope);

activity!(
    Update,
    verify(envelope, _app) {
        let id = envelope.object_id()?;
        if !id.same_origin(&envelope.actor.ap_id) {
            return Err(Error::Forbidden(format!("{id} is not on the server of {}", envelope.actor.ap_id)));
        }
        own_objects(envelope).map(|_| ())
    },
    receive(envelope, app) {
        let id = envelope.object_id()?;
        if id == envelope.actor.ap_id {
            let job = app.job(Job::RefreshActor { actor: envelope.actor.id.raw() });
            app.db.write(move |conn| job.enqueue(conn)).await?;
            app.wake.jobs.notify_one();
            return Ok(());
        }
        let now = app.now();
        let Some(object) = envelope.object() else {
            return replies::fetch_later(app, &id, &envelope.actor).await;
        };
        let Some(reply) = note::read(&object, now) else { return Ok(()) };
        let known = {
            let id = id.clone();
            app.db.read(move |conn| comment::load_by_ap_id(conn, &id)).await?
        };
        if known.is_none() {
            return replies::take(app, &object, &envelope.actor, Some(&envelope.id)).await.map(|_| ());
        }
        let edit = RemoteEdit {
            ap_id: reply.ap_id,
            actor_id: envelope.actor.id,
            html: reply.html,
            language: reply.language,
            visibility: reply.visibility,
            edited_at: reply.edited_at.unwrap_or(now),
        };
        comment::receive_edit(app, envelope.id, edit).await.map(|_| ())
    }
);
