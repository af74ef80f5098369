//! What reaches us by somebody else's hand: an activity that was forwarded, or that a group announces whole. Only ids
//! are taken of it; what they stand for is asked of its own origin, by jobs.

use super::fetch::Fetcher;
use super::handlers;
use super::objects::Doc;
use super::ownership::{self, Hint};
use super::reason::{Reason, Refusal};
use super::verdicts;
use crate::app::App;
use crate::domain::visibility::CommentStatus;
use crate::domain::{actor, comment, talk};
use crate::error::{Error, Result};
use crate::queue::Job;
use crate::types::ApUrl;

/// Lets jobs ask after what a passed-on activity is about. `by` is the id of the proven activity around it, if there is
/// one; the id of what is only forwarded is not noted, or anybody could make us deaf to the real one.
pub async fn take(app: &App, activity: &Doc, by: Option<ApUrl>) -> Result<(), Refusal> {
    let mut jobs = Vec::new();
    for hint in ownership::passed_on(activity, &app.host)? {
        jobs.extend(job(app, hint).await?.map(|job| app.job(job)));
    }
    if jobs.is_empty() {
        return Err(Reason::NothingOfOurs.drop());
    }
    let now = app.now();
    app.db
        .write(move |conn| {
            if let Some(by) = &by
                && !comment::note_received(conn, by, now)?
            {
                return Ok(());
            }
            jobs.iter().try_for_each(|job| job.enqueue(conn))
        })
        .await?;
    app.wake.jobs.notify_one();
    Ok(())
}

/// The job that a hint is worth; a Delete of what is not here is worth none.
async fn job(app: &App, hint: Hint) -> Result<Option<Job>> {
    let object = match hint {
        Hint::Fetch(reply) => return Ok(Some(Job::FetchReply { reply })),
        Hint::ConfirmDelete(object) => object,
    };
    let wanted = object.clone();
    let (known, listed, actor) = app
        .db
        .look_up(move |conn| {
            Ok((
                comment::load_by_ap_id(conn, &wanted)?,
                talk::is_known(conn, &wanted)?,
                actor::load_by_ap_id(conn, &wanted)?,
            ))
        })
        .await?;
    let shown = listed || known.is_some_and(|comment| comment.status != CommentStatus::Deleted);
    let stays = actor.is_some_and(|actor| actor.gone_at.is_none());
    Ok((shown || stays).then_some(Job::ConfirmDelete { object }))
}

/// Asks the origin of a stored reply or of its author whether it is gone, and empties what is, when that answers 410 or a
/// Tombstone; of a reply 404 is enough. Anything else that is final leaves it as it is; what may pass fails, to be tried
/// again.
pub async fn confirm_delete(app: &App, fetcher: &Fetcher, object: &ApUrl) -> Result<()> {
    let certain = match fetcher.object(object).await {
        Err(Error::Gone(_)) => true,
        Err(Error::NotFound(_)) => false,
        Ok(found) if found.is("Tombstone") => true,
        Ok(_) => {
            tracing::debug!(%object, "was said to be deleted and is not");
            verdicts::leave(app, object, Reason::Unchanged);
            return Ok(());
        }
        Err(error) => return Err(error),
    };
    let wanted = object.clone();
    let found = app.db.read(move |conn| {
        let author = match comment::load_by_ap_id(conn, &wanted)? {
            Some(comment) => Some(actor::get(conn, comment.actor_id)?),
            None => None,
        };
        Ok((author, actor::load_by_ap_id(conn, &wanted)?))
    });
    match found.await? {
        (Some(author), _) => {
            comment::receive_delete(app, None, object.clone(), author).await?;
        }
        (None, Some(gone)) if certain && !gone.local => handlers::farewell(app, gone.id).await?,
        _ => {}
    }
    talk::forget_gone(app, object.clone()).await
}
