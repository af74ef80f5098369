//! Create: a reply, most of all, or what speaks of us otherwise. An object that is only named, or is not its actor's own, is fetched from its origin by a
//! job.

use super::reply_request::awaits_an_answer;
use super::{Envelope, activity};
use crate::domain::comment::Asked;
use crate::federation::objects::Doc;
use crate::federation::ownership::{self, Part};
use crate::federation::reason::{Reason, Refusal};
use crate::federation::replies::Taken;
use crate::federation::{forward, replies, talk};
use crate::queue::Job;

/// A Create of anything.
pub(super) struct Create(pub(super) Envelope);

activity!(
    Create,
    verify(_envelope, _app) {
        // Each part is judged when it is taken, before anything changes.
        Ok(())
    },
    receive(envelope, app) {
        let mut outcome: Result<(), Refusal> = Err(Reason::NothingOfOurs.drop());
        if envelope.actor.gone_at.is_some() {
            // It took its leave, and this comes late.
            return Err(Reason::Deleted.drop());
        }
        // The first reply that is stored brings the activity along; the rest stand for themselves.
        let mut activity = Some(forward::brought(app, &envelope));
        for part in ownership::parts(&envelope.doc, &envelope.actor.ap_id, &app.host)? {
            let taken = match part {
                Part::Own(object) => {
                    if let Some(brought) = &mut activity {
                        brought.asked = asked(&object, &envelope);
                    }
                    let reply = replies::take(app, &object, &envelope.actor, activity.as_ref()).await;
                    let id = activity.as_ref().map(|brought| &brought.id);
                    let taken = talk::unless_reply(app, &object, &envelope.actor, id, reply).await;
                    if let (Ok(Taken::Parked), Some(brought)) = (&taken, &activity) {
                        forward::keep_for_parked(app, brought, &object, &envelope.actor).await?;
                    }
                    taken.map(|_| ())
                }
                Part::Named(id) if app.is_local(&id) => continue,
                Part::Named(reply) => app.do_later(Job::FetchReply { reply }).await.map_err(Refusal::from),
            };
            match taken {
                Err(dropped) if dropped.reason.is_drop() => outcome = outcome.or(Err(dropped)),
                // A refusal changes nothing: once a part is taken, another one can only be left.
                Err(refused) if outcome.is_ok() && refused.reason != Reason::Internal => {
                    tracing::debug!("a part of an activity was left: {}", refused.error);
                }
                taken => {
                    taken?;
                    (outcome, activity) = (Ok(()), None);
                }
            }
        }
        outcome
    }
);

/// The wish to be let in that a reply brings by itself.
fn asked(object: &Doc, envelope: &Envelope) -> Option<Asked> {
    let request = object.id().filter(|_| awaits_an_answer(object))?;
    Some(Asked {
        actor_id: envelope.actor.id,
        request,
        bare: true,
        target: None,
    })
}
