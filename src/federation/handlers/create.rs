//! Create: a reply, most of all, or what speaks of us otherwise. An object that is only named, or is not its actor's own, is fetched from its origin by a
//! job.

use super::{Envelope, activity};
use crate::federation::ownership::{self, Part};
use crate::federation::reason::{Reason, Refusal};
use crate::federation::{replies, talk};
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
        // The first reply that is stored brings the activity's id along; the rest stand for themselves.
        let mut activity = Some(&envelope.id);
        for part in ownership::parts(&envelope.doc, &envelope.actor.ap_id, &app.host)? {
            let taken = match part {
                Part::Own(object) => {
                    let reply = replies::take(app, &object, &envelope.actor, activity).await.map(|_| ());
                    talk::unless_reply(app, &object, &envelope.actor, activity, reply).await
                }
                Part::Named(id) if app.is_local(&id) => continue,
                Part::Named(reply) => app.do_later(Job::FetchReply { reply }).await.map_err(Refusal::from),
            };
            match taken {
                Err(dropped) if dropped.reason.is_drop() => outcome = outcome.or(Err(dropped)),
                taken => {
                    taken?;
                    (outcome, activity) = (Ok(()), None);
                }
            }
        }
        outcome
    }
);
