//! Completing a thread: reads the collections that other servers keep of it and fetches what they name and is not here. The
//! rules of when and how much stand in `domain::backfill`.

mod collection;

use std::time::Duration;

use futures_util::StreamExt;
use tokio::time::Instant;

use super::fetch::{Fetcher, Validators};
use super::reason::{Reason, Refusal};
use super::{parents, replies};
use crate::app::App;
use crate::domain::backfill::{self, Source, State, Turn, Wanted};
use crate::domain::comment;
use crate::domain::post::Post;
use crate::error::{Error, Result};
use crate::http::counted;
use crate::queue::Job;
use crate::types::{ApUrl, Host, Id, Timestamp};

/// Requests under way at once for one thread.
const AT_ONCE: usize = 8;
/// Named objects that are fetched before further collections are read.
const MUCH: i64 = 100;
/// Longest time that one job reads, well below the lease of jobs.
const WORK: Duration = Duration::from_mins(3);
/// Pause before what was left over is gone on with, in seconds.
const REST_SECS: i64 = 5;
/// Requests that one piece of work may cause: a collection's pages with their redirects, or a reply, its author and their
/// handle.
const REQUESTS_MAX: u32 = 24;

/// Reads a thread that is due, as far as its hour allows, and says when it is read next. Does nothing for one that sleeps, or
/// that another job reads.
pub async fn complete(app: &App, fetcher: &Fetcher, post: Id<Post>) -> Result<()> {
    let (now, hourly) = (app.now(), app.config.limits.thread_fetches);
    if hourly == 0 {
        // It was forbidden meanwhile.
        let sleep = move |conn: &mut crate::db::Conn| backfill::sleep_until(conn, post, None);
        return app.db.write(sleep).await;
    }
    let hourly = i32::try_from(hourly).unwrap_or(i32::MAX);
    let turn = app
        .db
        .write(move |conn| backfill::begin(conn, post, hourly, now));
    match turn.await? {
        Turn::NotYet => Ok(()),
        Turn::Spent(until) => later(app, post, until).await,
        Turn::Now(left) => {
            let work = read_all(app, fetcher, post, u32::try_from(left).unwrap_or(0));
            let (spent, outcome) = Box::pin(work).await;
            // What is fetched at the same time as its parent may have missed it.
            let outcome = match outcome {
                Ok(()) => Box::pin(parents::attach_stranded(app)).await,
                failed => failed,
            };
            if let Err(error) = outcome {
                tracing::warn!(
                    post = post.raw(),
                    "a thread could not be read: {}",
                    error.log_text()
                );
            }
            finish(app, post, spent).await
        }
    }
}

async fn later(app: &App, post: Id<Post>, at: Timestamp) -> Result<()> {
    let job = app.job(Job::CompleteThread { post: post.raw() }).at(at);
    app.db.write(move |conn| job.enqueue(conn)).await
}

/// Writes down what was spent, and lets the thread sleep until there is something to do again.
async fn finish(app: &App, post: Id<Post>, spent: u32) -> Result<()> {
    let now = app.now();
    let job = app.job(Job::CompleteThread { post: post.raw() });
    let spent = i32::try_from(spent).unwrap_or(i32::MAX);
    app.db
        .write(move |conn| {
            backfill::add_spent(conn, post, spent, now)?;
            let next = backfill::next_due(conn, post, now)?;
            let next = next.map(|at| at.max(now.plus_secs(REST_SECS)));
            backfill::sleep_until(conn, post, next)?;
            next.map_or(Ok(()), |at| job.at(at).enqueue(conn))
        })
        .await
}

/// A piece of work.
enum Work {
    Read(Source),
    Fetch(Wanted),
}

/// Does what is due, several at once, until nothing is, the hour's requests are spent, or it took long enough.
async fn read_all(
    app: &App,
    fetcher: &Fetcher,
    post: Id<Post>,
    mut left: u32,
) -> (u32, Result<()>) {
    let (until, granted) = (Instant::now() + WORK, left);
    while left > 0 && Instant::now() < until {
        let most = usize::try_from(left).map_or(AT_ONCE, |left| left.min(AT_ONCE));
        let work = match due(app, post, most).await {
            Ok(work) if work.is_empty() => break,
            Ok(work) => work,
            Err(error) => return (granted - left, Err(error)),
        };
        let tasks = work
            .into_iter()
            .map(|one| counted(REQUESTS_MAX, perform(app, fetcher, one)));
        let ended: Vec<_> = futures_util::stream::iter(tasks)
            .buffer_unordered(AT_ONCE)
            .collect()
            .await;
        for (outcome, requests) in ended {
            left = left.saturating_sub(requests);
            if let Err(error) = outcome {
                return (granted - left, Err(error));
            }
        }
    }
    (granted - left, Ok(()))
}

/// Collections first, for they say what else there is; unless much is named already: whether it was rightly named is seen first.
async fn due(app: &App, post: Id<Post>, most: usize) -> Result<Vec<Work>> {
    let now = app.now();
    let few = i64::try_from(most).unwrap_or(1);
    app.db
        .read(move |conn| {
            let mut wanted = backfill::due_wanted(conn, post, now, MUCH)?;
            let much = i64::try_from(wanted.len()).is_ok_and(|count| count == MUCH);
            wanted.truncate(most);
            if much {
                return Ok(wanted.into_iter().map(Work::Fetch).collect());
            }
            let sources = backfill::due_sources(conn, post, now, few)?;
            if !sources.is_empty() {
                return Ok(sources.into_iter().map(Work::Read).collect());
            }
            Ok(wanted.into_iter().map(Work::Fetch).collect())
        })
        .await
}

/// Does a piece of work. Whatever comes of it is in the rows: nothing is due twice for the same. Fails when the database does.
async fn perform(app: &App, fetcher: &Fetcher, work: Work) -> Result<()> {
    match work {
        Work::Read(source) => Box::pin(read_source(app, fetcher, source)).await,
        Work::Fetch(wanted) => Box::pin(fetch_wanted(app, fetcher, &wanted)).await,
    }
}

async fn read_source(app: &App, fetcher: &Fetcher, source: Source) -> Result<()> {
    let now = app.now();
    if let Err(until) = app.hosts.ration(&source.host) {
        return app
            .db
            .write(move |conn| backfill::rest_source(conn, &source, until))
            .await;
    }
    let reading = collection::read(fetcher, &source, &app.host).await;
    match reading {
        Ok(Some(reading)) => note(app, source, reading).await,
        Ok(None) => {
            let unchanged = move |conn: &mut crate::db::Conn| {
                backfill::note_reading(conn, &source, (0, 0), now)
            };
            app.db.write(unchanged).await
        }
        Err(error) => {
            tracing::debug!(source = %source.url, "a collection cannot be read: {error}");
            let is_final = !is_temporary(&error);
            let failed = move |conn: &mut crate::db::Conn| {
                backfill::fail_source(conn, &source, is_final, now)
            };
            app.db.write(failed).await
        }
    }
}

/// Wants what a collection names and is not here, and notes the reading.
async fn note(app: &App, mut source: Source, reading: collection::Reading) -> Result<()> {
    let now = app.now();
    let Validators { etag, modified } = reading.validators;
    (source.etag, source.modified, source.resume) = (etag, modified, reading.resume);
    let (items, blocked) = (reading.items, blocked_hosts(app));
    app.db
        .write(move |conn| {
            let named = i32::try_from(items.len()).unwrap_or(i32::MAX);
            let mut unknown = comment::list_unknown(conn, &items)?;
            let wanted = backfill::find(conn, &unknown)?;
            unknown.retain(|item| !wanted.contains(item));
            let blocked: Vec<ApUrl> = unknown.iter().filter(|id| blocked(id)).cloned().collect();
            let post = Some(source.post_id);
            let new = backfill::want(conn, post, Some(&source.url), &unknown, &blocked, now)?;
            backfill::note_reading(conn, &source, (named, new), now)
        })
        .await
}

/// Tells whether an object's server is blocked here.
fn blocked_hosts(app: &App) -> impl Fn(&ApUrl) -> bool + Send + 'static {
    let hosts = app.hosts.clone();
    move |id: &ApUrl| id.host().is_some_and(|host: Host| hosts.is_blocked(&host))
}

/// Fetches what is wanted, takes it as any reply, and notes what became of it.
async fn fetch_wanted(app: &App, fetcher: &Fetcher, wanted: &Wanted) -> Result<()> {
    let id = wanted.ap_id.clone();
    if let Err(until) = app.hosts.ration(&wanted.host) {
        return app
            .db
            .write(move |conn| backfill::defer(conn, &id, until))
            .await;
    }
    let taken = replies::import(app, fetcher, &wanted.ap_id).await;
    let now = app.now();
    let fate = fate(&taken);
    if let Err(refusal) = &taken {
        tracing::debug!(reply = %id, reason = refusal.reason.as_str(), "a named reply was not taken: {refusal}");
    }
    app.db
        .write(move |conn| match fate {
            Fate::Here => backfill::found(conn, &id),
            Fate::Waits => backfill::keep_waiting(conn, &id),
            Fate::Settled(state) => backfill::settle(conn, &id, state),
            Fate::Later => backfill::postpone(conn, &id, now).map(|_| ()),
        })
        .await
}

/// What becomes of a wanted object.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fate {
    /// It is here.
    Here,
    /// It waits for what it answers.
    Waits,
    /// It is not asked for again.
    Settled(State),
    /// It is asked for again.
    Later,
}

/// What a fetch and its taking mean for what was wanted.
fn fate(taken: &Result<replies::Taken, Refusal>) -> Fate {
    match taken {
        Ok(replies::Taken::Stored) => Fate::Here,
        Ok(replies::Taken::Parked) => Fate::Waits,
        Ok(replies::Taken::Listed) => Fate::Settled(State::Stray),
        Err(refusal) => fate_of(refusal),
    }
}

/// What a refusal means for what was wanted.
pub(super) const fn fate_of(refusal: &Refusal) -> Fate {
    match (refusal.reason, &refusal.error) {
        (Reason::Unchanged, _) => Fate::Here,
        (Reason::NotPublic, _) | (_, Error::NotFound(_) | Error::Unauthorized(_)) => {
            Fate::Settled(State::Private)
        }
        (Reason::BlockedHost, _) => Fate::Settled(State::Blocked),
        (_, error) if is_temporary(error) => Fate::Later,
        _ => Fate::Settled(State::Stray),
    }
}

/// True when a later try may help.
pub(super) const fn is_temporary(error: &Error) -> bool {
    matches!(
        error,
        Error::Remote {
            temporary: true,
            ..
        } | Error::RateLimited { .. }
            | Error::Db(_)
            | Error::Internal(_)
    )
}
