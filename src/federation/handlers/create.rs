//! Create: a reply, most of all. An object that is only named is fetched from its origin by a job.

use super::{Envelope, activity, own_objects};
use crate::federation::replies;

/// A Create of anything.
pub(super) struct Create(pub(super) Envelope);

activity!(
    Create,
    verify(envelope, _app) {
        envelope.object_id()?;
        own_objects(envelope).map(|_| ())
    },
    receive(envelope, app) {
        let objects = own_objects(&envelope)?;
        if objects.is_empty() {
            replies::fetch_later(app, &envelope.object_id()?, &envelope.actor).await?;
        }
        for object in &objects {
            replies::take(app, object, &envelope.actor, Some(&envelope.id)).await?;
        }
        Ok(())
    }
);
