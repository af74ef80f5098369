//! Upwards: a reply whose parent is not here is parked, its parent is wanted and fetched, and so on up the chain, until
//! something of ours is found. Then all that waited falls into place, from the top down.

use std::collections::HashSet;

use super::fetch::Fetcher;
use super::objects::Doc;
use super::objects::note::Reply;
use super::ownership;
use super::reason::{Reason, Refusal};
use super::replies;
use super::threads::{self, Fate};
use super::{talk, verdicts};
use crate::app::App;
use crate::db::Conn;
use crate::domain::actor::{self, Actor};
use crate::domain::backfill::{self, CHAIN_MAX, State};
use crate::domain::comment::{self, Unparked};
use crate::error::{Error, Result};
use crate::queue::{Job, NewJob};
use crate::types::{ApUrl, Timestamp};

/// Largest reply that is kept while its parent is looked for, in bytes.
const PARKED_MAX: usize = 100_000;

/// What is to be done about a reply that was parked.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Parked {
    /// Its parent is looked for already, or cannot be had.
    Waits,
    /// Its parent is wanted now.
    Wanted,
    /// It belongs to nothing of ours, for this reason; all that waited for it is gone, too.
    Dropped(Reason, Vec<Unparked>),
}

/// Keeps a reply and lets a job look for its parent. Drops one that is known to belong to nothing of ours.
pub(super) async fn park(
    app: &App,
    object: &Doc,
    reply: &Reply,
    author: &Actor,
) -> Result<(), Refusal> {
    keep(app, object, reply, author, 0).await
}

/// Parks a reply that stands `depth` links above the one that brought it, and wants its parent.
async fn keep(
    app: &App,
    object: &Doc,
    reply: &Reply,
    author: &Actor,
    depth: i32,
) -> Result<(), Refusal> {
    let Some(parent) = reply.parents.first().cloned() else {
        return Err(Reason::NoComment.drop());
    };
    let document = serde_json::to_string(object).map_err(Error::internal)?;
    if document.len() > PARKED_MAX {
        return Err(Reason::TooLargeToWait.drop());
    }
    let (ap_id, actor, now) = (reply.ap_id.clone(), author.ap_id.clone(), app.now());
    let job = app.job(Job::FetchParents {
        reply: parent.clone(),
    });
    let kept = app.db.write(move |conn| {
        if !comment::park(conn, &ap_id, &parent, &actor, &document, now)? {
            let parked = comment::load_parked(conn, &ap_id)?;
            if parked.is_some_and(|(_, _, old)| is_no_older(&document, &old)) {
                comment::repark(conn, &ap_id, &parent, &actor, &document)?;
            }
        }
        backfill::keep_waiting(conn, &ap_id)?;
        want(conn, &ap_id, parent, depth + 1, &job, now)
    });
    match kept.await? {
        Parked::Waits => Ok(()),
        Parked::Wanted => {
            app.wake.jobs.notify_one();
            Ok(())
        }
        Parked::Dropped(reason, replies) => {
            leave_all(app, &replies, reason).await?;
            Err(reason.drop())
        }
    }
}

/// True when a document was not edited before another of the same reply: what comes late replaces nothing.
fn is_no_older(document: &str, other: &str) -> bool {
    let edited = |text: &str| serde_json::from_str::<Doc>(text).ok()?.time("updated");
    edited(document) >= edited(other)
}

fn want(
    conn: &mut Conn,
    reply: &ApUrl,
    parent: ApUrl,
    depth: i32,
    job: &NewJob,
    now: Timestamp,
) -> Result<Parked> {
    if depth > CHAIN_MAX {
        return drop_all(conn, reply, Reason::ChainTooLong, now);
    }
    if comment::is_parked(conn, &parent)? {
        return if comment::waits_for_itself(conn, reply)? {
            drop_all(conn, reply, Reason::ChainInCircle, now)
        } else {
            Ok(Parked::Waits)
        };
    }
    if comment::find_parent(conn, &parent)?.is_some() {
        // It came while this one was looked at; the job attaches what waits for it.
        job.enqueue(conn)?;
        return Ok(Parked::Wanted);
    }
    match backfill::want_parent(conn, &parent, depth, now)? {
        None => Err(Error::RateLimited { retry_after: 3600 }),
        Some((known, false)) if known.state == State::Stray => {
            drop_all(conn, reply, Reason::NothingOfOurs, now)
        }
        Some((_, false)) => Ok(Parked::Waits),
        Some((_, true)) => {
            job.enqueue(conn)?;
            Ok(Parked::Wanted)
        }
    }
}

/// Drops a parked reply and everything that waits below it; none of it is looked for again.
fn drop_all(conn: &mut Conn, reply: &ApUrl, reason: Reason, now: Timestamp) -> Result<Parked> {
    let dropped = unpark(conn, reply, now)?;
    Ok(Parked::Dropped(reason, dropped))
}

fn unpark(conn: &mut Conn, reply: &ApUrl, now: Timestamp) -> Result<Vec<Unparked>> {
    let dropped = comment::unpark_below(conn, reply)?;
    let ids: Vec<ApUrl> = dropped.iter().map(|one| one.ap_id.clone()).collect();
    backfill::dismiss(conn, &ids, now)?;
    Ok(dropped)
}

/// Looks once more at replies that belong to nothing of ours: they may quote or link to us. Leaves a verdict for all others.
async fn leave_all(app: &App, replies: &[Unparked], reason: Reason) -> Result<()> {
    for reply in replies {
        if !talk::instead_of_reply(app, &reply.actor, &reply.document).await? {
            verdicts::leave(app, &reply.ap_id, reason);
        }
    }
    Ok(())
}

/// Fetches what parked replies wait for: the topmost link of the chain, and a job of its own for the one above it. A chain that
/// ends at somebody else's post is dropped whole; a link that cannot be had now is asked for again later, and whatever waits
/// for it goes on waiting.
pub async fn fetch_parents(app: &App, fetcher: &Fetcher, wanted: &ApUrl) -> Result<()> {
    let Some(top) = top_of(app, wanted).await? else {
        return Ok(());
    };
    if let Some(until) = top.host().and_then(|host| app.hosts.paused_until(&host)) {
        return put_off(app, &top, until).await;
    }
    match fetch(app, fetcher, &top).await {
        Ok(()) => Ok(()),
        Err(refusal) => {
            tracing::debug!(parent = %top, reason = refusal.reason.as_str(), "a parent was not taken: {refusal}");
            give_up(app, top, &refusal).await
        }
    }
}

/// What is at the top of the parked chain that begins with `id`: the object to fetch. None when that is here by now (what waited is
/// attached), is asked for by others, or cannot be had.
async fn top_of(app: &App, id: &ApUrl) -> Result<Option<ApUrl>> {
    let (start, now) = (id.clone(), app.now());
    let host = app.host.clone();
    let (top, here) = app
        .db
        .read(move |conn| {
            let (mut top, mut seen) = (start, HashSet::new());
            while let Some((parent, ..)) = comment::load_parked(conn, &top)?
                && seen.insert(top.clone())
            {
                top = parent;
            }
            let here = comment::find_parent(conn, &top)?.is_some();
            let due = match backfill::load_wanted(conn, &top)? {
                Some(row) => row.state == State::Open && row.due_at.is_some_and(|at| at <= now),
                None => true,
            };
            let ask = due && !ownership::is_ours(&host, &top);
            Ok(((here || ask).then_some(top), here))
        })
        .await?;
    match top {
        Some(top) if here => {
            attach_parked(app, &top).await?;
            Ok(None)
        }
        other => Ok(other),
    }
}

/// Fetches one parent. When that has a parent here, a job attaches what waited for it; else it waits, too.
async fn fetch(app: &App, fetcher: &Fetcher, id: &ApUrl) -> Result<(), Refusal> {
    let object = fetcher.object(id).await?;
    let author = ownership::author(&object).ok_or_else(|| Reason::NotAuthor.drop())?;
    let author = fetcher.actor(&author).await?;
    let reply = replies::readable(app, &object, &author).await?;
    if let Some(parent) = replies::find_parent(app, &reply).await? {
        replies::store(app, &object, reply, parent, &author, None).await?;
        let id = id.clone();
        return Ok(app.db.write(move |conn| backfill::found(conn, &id)).await?);
    }
    if reply.parents.iter().any(|parent| app.is_local(parent)) {
        return Err(Reason::NothingOfOurs.drop());
    }
    let wanted = id.clone();
    let depth = app
        .db
        .read(move |conn| Ok(backfill::load_wanted(conn, &wanted)?.map_or(1, |row| row.depth)))
        .await?;
    keep(app, &object, &reply, &author, depth).await
}

/// Notes that a parent cannot be had: now, ever, or that it leads nowhere; what waits for one that leads nowhere is dropped.
async fn give_up(app: &App, id: ApUrl, refusal: &Refusal) -> Result<()> {
    let (now, fate) = (app.now(), threads::fate_of(refusal));
    let leads_nowhere = refusal.reason.is_drop() || refusal.reason == Reason::NotAuthor;
    let job = app.job(Job::FetchParents { reply: id.clone() });
    let dropped = app
        .db
        .write(move |conn| {
            let mut dropped = Vec::new();
            if leads_nowhere {
                dropped = unpark(conn, &id, now)?;
            }
            match fate {
                Fate::Later => {
                    if let Some(at) = backfill::postpone(conn, &id, now)? {
                        job.at(at).enqueue(conn)?;
                    }
                }
                Fate::Settled(state) => backfill::settle(conn, &id, state)?,
                Fate::Here | Fate::Waits => {}
            }
            Ok(dropped)
        })
        .await?;
    leave_all(app, &dropped, Reason::NothingOfOurs).await
}

/// Asks for a parent later, for its server is in a pause.
async fn put_off(app: &App, id: &ApUrl, until: Timestamp) -> Result<()> {
    let (job, id) = (app.job(Job::FetchParents { reply: id.clone() }), id.clone());
    app.db
        .write(move |conn| {
            backfill::defer(conn, &id, until)?;
            job.at(until).enqueue(conn)
        })
        .await
}

/// Attaches the replies that wait for something that is here: it came in the same moment in which they were parked.
pub async fn attach_stranded(app: &App) -> Result<()> {
    for parent in app.db.read(comment::list_stranded).await? {
        attach_parked(app, &parent).await?;
    }
    Ok(())
}

/// Attaches the replies that waited for this parent.
pub async fn attach_parked(app: &App, parent: &ApUrl) -> Result<()> {
    let wanted = parent.clone();
    let waiting = app
        .db
        .read(move |conn| comment::parked_for(conn, &wanted))
        .await?;
    for (reply, actor, document) in waiting {
        attach(app, &reply, &actor, &document).await?;
    }
    Ok(())
}

async fn attach(app: &App, reply: &ApUrl, actor: &ApUrl, document: &str) -> Result<()> {
    let wanted = actor.clone();
    let author = app
        .db
        .read(move |conn| actor::load_by_ap_id(conn, &wanted))
        .await?;
    if let (Some(author), Ok(object)) = (author, serde_json::from_str::<Doc>(document))
        && let Ok(read) = replies::readable(app, &object, &author).await
    {
        let Some(parent) = replies::find_parent(app, &read).await? else {
            return Ok(());
        };
        replies::store(app, &object, read, parent, &author, None).await?;
    }
    let reply = reply.clone();
    app.db
        .write(move |conn| {
            backfill::found(conn, &reply)?;
            comment::take_parked(conn, &reply)
        })
        .await
}
