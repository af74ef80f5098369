//! QuoteRequest (FEP-044f): somebody asks to be allowed to quote something of ours. The quote stands in it, or is fetched
//! by a job, which then answers.

use super::{Envelope, activity};
use crate::app::App;
use crate::domain::comment;
use crate::domain::talk::Outcome;
use crate::error::Result;
use crate::federation::ownership;
use crate::federation::quotes::{self, Request};
use crate::federation::reason::{Reason, Refusal};
use crate::queue::Job;
use crate::types::ApUrl;

/// A request to quote.
pub(super) struct Quote(pub(super) Envelope);

activity!(
    Quote,
    verify(envelope, app) {
        if !quotes::is_for_us(app, &envelope.object_id()?) {
            return Err(Reason::NothingOfOurs.drop());
        }
        let actor = &envelope.actor.ap_id;
        ownership::check_origin(&instrument(envelope)?, actor)?;
        match envelope.doc.doc("instrument").filter(|quote| quote.0.len() > 1) {
            Some(quote) => ownership::check_own(&quote, actor),
            None => Ok(()),
        }
    },
    receive(envelope, app) {
        let request = Request {
            id: envelope.id.clone(),
            target: envelope.object_id()?,
            quote: instrument(&envelope)?,
            number: app.ids.next::<()>().raw(),
        };
        let outcome = match envelope.doc.doc("instrument").filter(|quote| quote.0.len() > 1) {
            Some(quote) => quotes::take(app, &envelope.actor, request, &quote).await?,
            None => later(app, &envelope, request).await?,
        };
        match outcome {
            Outcome::Duplicate => Err(Reason::Unchanged.drop()),
            _ => Ok(()),
        }
    }
);

fn instrument(envelope: &Envelope) -> Result<ApUrl, Refusal> {
    envelope
        .doc
        .first_id("instrument")
        .ok_or_else(|| Reason::NoObject.refuse("the request names no quote"))
}

/// Notes the request and lets a job fetch its quote.
async fn later(app: &App, envelope: &Envelope, request: Request) -> Result<Outcome> {
    let (activity, now) = (envelope.id.clone(), app.now());
    let job = app.job(Job::TakeQuote {
        request: request.id,
        asker: envelope.actor.id.raw(),
        target: request.target,
        quote: request.quote,
        number: request.number,
    });
    let outcome = app
        .db
        .write(move |conn| {
            if !comment::note_received(conn, &activity, now)? {
                return Ok(Outcome::Duplicate);
            }
            job.enqueue(conn)?;
            Ok(Outcome::Taken)
        })
        .await?;
    app.wake.jobs.notify_one();
    Ok(outcome)
}
