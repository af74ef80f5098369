//! Quotes that ask (FEP-044f): the answer, the stamp, and taking it back.

use super::{Kind, Listed, Outcome, Receiving, Said, Standing, Talk, store};
use crate::app::App;
use crate::config::Quotes;
use crate::db::Conn;
use crate::domain::actor::{self, Actor};
use crate::domain::comment;
use crate::error::{Error, Result};
use crate::queue::{Event, Job, NewJob};
use crate::types::{ApUrl, Id};

/// A request to quote something here.
#[derive(Clone, Debug)]
pub struct Asked {
    /// The request's id, exactly as it was sent.
    pub request: ApUrl,
    /// It was noted as received when its quote was sent for; else that is done now.
    pub noted: bool,
    /// Who asks.
    pub asker: Id<Actor>,
    /// What is to be quoted, exactly as it was sent.
    pub target: ApUrl,
    /// The id of the quote.
    pub quote: ApUrl,
    /// The quote, when it is public and the asker's own.
    pub said: Option<Said>,
    /// The number in the answer's id.
    pub number: i64,
}

/// Answers a request, in one write with the job that sends the answer. No to what is not public, not ours, or closed.
pub async fn answer(app: &App, asked: Asked) -> Result<Outcome> {
    let receiving = Receiving::new(app);
    let (instance, open) = (
        app.url("/ap/instance"),
        app.config.discussion.quotes == Quotes::Open,
    );
    let place = app.url("/ap/quotes/");
    let (ids, clock) = (app.ids.clone(), app.clock.clone());
    let outcome = app
        .db
        .write(move |conn| {
            if !asked.noted && !comment::note_received(conn, &asked.request, receiving.now)? {
                return Ok(Outcome::Duplicate);
            }
            let target = super::find_target(conn, &asked.target)?;
            let kept = match (&target, &asked.said) {
                (Some(target), Some(said)) if open => {
                    let buried = comment::is_buried(conn, &said.ap_id, said.actor)?;
                    let request = Some(&asked.request);
                    if buried {
                        None
                    } else {
                        receiving.keep(conn, said, Kind::Quote, target, request)?
                    }
                }
                _ => None,
            };
            let speaker = match target {
                Some(target) => target.author,
                // Nobody's in particular: what is not there has no author.
                None => get_by_ap_id(conn, &instance)?,
            };
            let stamp = kept.map(|row| ApUrl::new(format!("{place}{}", row.id)));
            let outcome = if stamp.is_some() {
                Outcome::Taken
            } else {
                Outcome::Nothing
            };
            let event = Event::QuoteAnswered {
                actor: speaker.raw(),
                asker: asked.asker.raw(),
                request: asked.request,
                target: asked.target,
                quote: asked.quote,
                stamp,
                number: asked.number,
            };
            NewJob::now(&clock, &ids, Job::Federate { event }).enqueue(conn)?;
            Ok(outcome)
        })
        .await?;
    app.wake.jobs.notify_one();
    Ok(outcome)
}

fn get_by_ap_id(conn: &mut Conn, ap_id: &ApUrl) -> Result<Id<Actor>> {
    let found = actor::load_by_ap_id(conn, ap_id)?;
    found
        .map(|actor| actor.id)
        .ok_or(Error::NotFound("the actor"))
}

/// Takes a quote or link off the page for good. A stamp it had is gone, and whoever has it is told. `Conflict` when that was
/// done before.
pub async fn revoke(app: &App, id: Id<Talk>) -> Result<Listed> {
    let now = app.now();
    let tell = app.job(Job::Federate {
        event: Event::QuoteRevoked { quote: id.raw() },
    });
    let listed = app
        .db
        .write(move |conn| {
            let row = store::get(conn, id)?;
            if row.standing == Standing::Revoked {
                return Err(Error::Conflict("it is revoked already".into()));
            }
            store::set_standing(conn, id, Standing::Revoked, now)?;
            if row.request.is_some() {
                tell.enqueue(conn)?;
            }
            store::get_listed(conn, id)
        })
        .await?;
    app.wake.jobs.notify_one();
    Ok(listed)
}

/// Lists a quote or link that was held. `Conflict` when it is revoked, which stays.
pub async fn approve(app: &App, id: Id<Talk>) -> Result<Listed> {
    let now = app.now();
    app.db
        .write(move |conn| {
            if store::get(conn, id)?.standing == Standing::Revoked {
                return Err(Error::Conflict("it is revoked, for good".into()));
            }
            store::set_standing(conn, id, Standing::Shown, now)?;
            store::get_listed(conn, id)
        })
        .await
}
