//! SQL for the collections that list replies of threads.

use diesel::prelude::*;

use crate::db::schema::sources;
use crate::db::{Conn, each};
use crate::domain::backfill::{
    COOLDOWN_SECS, NewSource, SOON_SECS, SOURCE_FAILURES, SOURCE_ITEMS, Source, is_lying,
    next_source_reading,
};
use crate::domain::post::Post;
use crate::error::Result;
use crate::types::{ApUrl, Id, Timestamp};

/// Sources that a thread may have: of one server, and in all.
const MOST_PER_HOST: i64 = 1_000;
const MOST: i64 = 10_000;
/// When a source is first read that says itself that it is empty.
const EMPTY_SECS: i64 = 3600;

/// Adds a source to a thread. One that is known and not lying is due again when a reply was `delivered` to us. Returns when it is
/// due; None when nothing changes.
pub fn add_source(
    conn: &mut Conn,
    post: Id<Post>,
    new: &NewSource,
    delivered: bool,
    now: Timestamp,
) -> Result<Option<Timestamp>> {
    let Some(host) = new.url.host() else {
        return Ok(None);
    };
    if let Some(known) = load(conn, post, &new.url)? {
        return if delivered {
            renew(conn, &known, now)
        } else {
            Ok(None)
        };
    }
    let of_thread = sources::table.filter(sources::post_id.eq(post)).count();
    let theirs = of_thread.filter(sources::host.eq(&host));
    if theirs.get_result::<i64>(conn)? >= MOST_PER_HOST
        || of_thread.get_result::<i64>(conn)? >= MOST
    {
        return Ok(None);
    }
    let due_at = if is_covered(conn, post, new)? {
        None
    } else if new.is_empty {
        Some(now.plus_secs(EMPTY_SECS))
    } else if delivered {
        Some(now.plus_secs(SOON_SECS))
    } else {
        Some(now)
    };
    let row = Source {
        post_id: post,
        url: new.url.clone(),
        host,
        kind: new.kind,
        behind: new.behind.clone(),
        due_at,
        read_at: None,
        etag: None,
        modified: None,
        resume: None,
        idle: 0,
        failures: 0,
        items: 0,
        strays: 0,
    };
    each!(conn, c => diesel::insert_into(sources::table).values(&row).on_conflict_do_nothing().execute(c))?;
    Ok(due_at)
}

fn load(conn: &mut Conn, post: Id<Post>, url: &ApUrl) -> Result<Option<Source>> {
    let query = sources::table.find((post, url)).select(Source::as_select());
    Ok(query.first(conn).optional()?)
}

/// True when another source is read instead: the one before it is known and can be read.
fn is_covered(conn: &mut Conn, post: Id<Post>, new: &NewSource) -> Result<bool> {
    let Some(behind) = &new.behind else {
        return Ok(false);
    };
    Ok(load(conn, post, behind)?.is_some_and(|front| front.failures < SOURCE_FAILURES))
}

/// Makes a known source due again, as soon as its pause allows.
fn renew(conn: &mut Conn, known: &Source, now: Timestamp) -> Result<Option<Timestamp>> {
    let Some(due) = known.due_at else {
        return Ok(None);
    };
    let soon = now.plus_secs(SOON_SECS);
    let rested = known.read_at.map_or(soon, |at| at.plus_secs(COOLDOWN_SECS));
    let at = due.min(rested.max(soon));
    diesel::update(sources::table.find((known.post_id, &known.url)))
        .set((sources::due_at.eq(Some(at)), sources::idle.eq(0)))
        .execute(conn)?;
    Ok(Some(at))
}

/// Makes all sources of a thread due that have rested.
pub(in crate::domain::backfill) fn hurry(
    conn: &mut Conn,
    post: Id<Post>,
    now: Timestamp,
) -> Result<()> {
    let rested = sources::read_at
        .is_null()
        .or(sources::read_at.le(Some(now.plus_secs(-COOLDOWN_SECS))));
    let theirs = sources::table
        .filter(sources::post_id.eq(post))
        .filter(sources::due_at.gt(now))
        .filter(rested);
    diesel::update(theirs)
        .set(sources::due_at.eq(Some(now)))
        .execute(conn)?;
    Ok(())
}

/// The sources of a thread that are due, oldest first.
pub fn due_sources(
    conn: &mut Conn,
    post: Id<Post>,
    now: Timestamp,
    limit: i64,
) -> Result<Vec<Source>> {
    let query = sources::table
        .filter(sources::post_id.eq(post))
        .filter(sources::due_at.le(now))
        .order(sources::due_at)
        .limit(limit);
    Ok(query.select(Source::as_select()).load(conn)?)
}

/// Notes a reading: how many items it named and how many were new, its validators, and the page to go on with. A source that
/// named too much, or mostly what is nobody's, is not read again.
pub fn note_reading(
    conn: &mut Conn,
    source: &Source,
    (named, new): (i32, i32),
    now: Timestamp,
) -> Result<()> {
    let Some(known) = load(conn, source.post_id, &source.url)? else {
        return Ok(());
    };
    let items = known.items.saturating_add(new);
    let idle = if new > 0 {
        0
    } else {
        known.idle.saturating_add(1)
    };
    let over = is_lying(items, known.strays) || items >= SOURCE_ITEMS;
    let due = match (&source.resume, named) {
        _ if over => None,
        (Some(_), 1..) => Some(now),
        _ => Some(next_source_reading(now, idle)),
    };
    diesel::update(sources::table.find((source.post_id, &source.url)))
        .set((
            sources::due_at.eq(due),
            sources::read_at.eq(Some(now)),
            sources::etag.eq(&source.etag),
            sources::modified.eq(&source.modified),
            sources::resume.eq(&source.resume),
            sources::idle.eq(idle),
            sources::failures.eq(0),
            sources::items.eq(items),
        ))
        .execute(conn)?;
    Ok(())
}

/// Lets a source rest until a moment, though nothing went wrong with it.
pub fn rest_source(conn: &mut Conn, source: &Source, until: Timestamp) -> Result<()> {
    diesel::update(sources::table.find((source.post_id, &source.url)))
        .set(sources::due_at.eq(Some(until)))
        .execute(conn)?;
    Ok(())
}

/// Notes that a source could not be read: later again, or (`is_final`, or too often) never. What stood behind it is then
/// read instead.
pub fn fail_source(conn: &mut Conn, source: &Source, is_final: bool, now: Timestamp) -> Result<()> {
    let failures = if is_final {
        SOURCE_FAILURES
    } else {
        source.failures.saturating_add(1)
    };
    let over = failures >= SOURCE_FAILURES;
    let due = (!over).then(|| next_source_reading(now, failures));
    diesel::update(sources::table.find((source.post_id, &source.url)))
        .set((
            sources::due_at.eq(due),
            sources::read_at.eq(Some(now)),
            sources::resume.eq(None::<ApUrl>),
            sources::failures.eq(failures),
        ))
        .execute(conn)?;
    if over {
        let behind = sources::table
            .filter(sources::post_id.eq(source.post_id))
            .filter(sources::behind.eq(Some(&source.url)))
            .filter(sources::read_at.is_null());
        diesel::update(behind)
            .set(sources::due_at.eq(Some(now)))
            .execute(conn)?;
    }
    Ok(())
}
