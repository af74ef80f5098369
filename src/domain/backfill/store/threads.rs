//! SQL for the readings of threads.

use diesel::dsl::{max, min};
use diesel::prelude::*;

use crate::db::schema::{comments, posts, sources, threads, wanted};
use crate::db::{Conn, each};
use crate::domain::backfill::{COOLDOWN_SECS, LEASE_SECS, State, Turn, next_reading};
use crate::domain::post::Post;
use crate::error::Result;
use crate::types::{ApUrl, Id, Timestamp};

/// An hour, in seconds: what the requests of a thread are counted by.
const HOUR_SECS: i64 = 3600;

#[derive(Clone, Copy, Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = threads)]
struct Thread {
    post_id: Id<Post>,
    due_at: Option<Timestamp>,
    read_at: Option<Timestamp>,
    hour_at: Timestamp,
    spent: i32,
}

fn load(conn: &mut Conn, post: Id<Post>) -> Result<Option<Thread>> {
    let query = threads::table.find(post).select(Thread::as_select());
    Ok(query.first(conn).optional()?)
}

/// Lets a thread be read at `at` at the latest. False when it will be anyway.
pub fn awake(conn: &mut Conn, post: Id<Post>, at: Timestamp) -> Result<bool> {
    match load(conn, post)? {
        Some(Thread {
            due_at: Some(due), ..
        }) if due <= at => Ok(false),
        Some(_) => {
            set_due(conn, post, Some(at))?;
            Ok(true)
        }
        None => {
            let row = Thread {
                post_id: post,
                due_at: Some(at),
                read_at: None,
                hour_at: at,
                spent: 0,
            };
            let inserted = each!(conn, c => diesel::insert_into(threads::table).values(&row).on_conflict_do_nothing().execute(c))?;
            Ok(inserted > 0)
        }
    }
}

fn set_due(conn: &mut Conn, post: Id<Post>, at: Option<Timestamp>) -> Result<()> {
    diesel::update(threads::table.find(post))
        .set(threads::due_at.eq(at))
        .execute(conn)?;
    Ok(())
}

/// Takes a thread's turn to be read, with what is left of `hourly` requests. While it is read, and should the process be killed,
/// nobody else reads it for [`LEASE_SECS`].
pub fn begin(conn: &mut Conn, post: Id<Post>, hourly: i32, now: Timestamp) -> Result<Turn> {
    let Some(thread) = load(conn, post)?.filter(|thread| thread.due_at.is_some_and(|at| at <= now))
    else {
        return Ok(Turn::NotYet);
    };
    let (hour_at, spent) = if thread.hour_at.plus_secs(HOUR_SECS) <= now {
        (now, 0)
    } else {
        (thread.hour_at, thread.spent)
    };
    let over = hour_at.plus_secs(HOUR_SECS);
    let left = hourly - spent;
    let spent_all = left <= 0;
    let due = if spent_all {
        over
    } else {
        now.plus_secs(LEASE_SECS)
    };
    diesel::update(threads::table.find(post))
        .set((
            threads::due_at.eq(Some(due)),
            threads::hour_at.eq(hour_at),
            threads::spent.eq(spent),
        ))
        .execute(conn)?;
    Ok(if spent_all {
        Turn::Spent(over)
    } else {
        Turn::Now(left)
    })
}

/// Adds requests to what was spent for a thread, and notes that it was read.
pub fn add_spent(conn: &mut Conn, post: Id<Post>, requests: i32, now: Timestamp) -> Result<()> {
    diesel::update(threads::table.find(post))
        .set((
            threads::spent.eq(threads::spent + requests),
            threads::read_at.eq(Some(now)),
        ))
        .execute(conn)?;
    Ok(())
}

/// Says when a thread is read next; None: it sleeps until something comes.
pub fn sleep_until(conn: &mut Conn, post: Id<Post>, at: Option<Timestamp>) -> Result<()> {
    set_due(conn, post, at)
}

/// When a thread has something to do next: its sources, while it is alive, or what it wants. A moment in the past means now.
pub fn next_due(conn: &mut Conn, post: Id<Post>, now: Timestamp) -> Result<Option<Timestamp>> {
    let open = wanted::table
        .filter(wanted::post_id.eq(post))
        .filter(wanted::state.eq(State::Open));
    let item: Option<Timestamp> = open.select(min(wanted::due_at)).first(conn)?;
    let of_thread = sources::table.filter(sources::post_id.eq(post));
    let source: Option<Timestamp> = of_thread.select(min(sources::due_at)).first(conn)?;
    let last: Option<Timestamp> = comments::table
        .filter(comments::post_id.eq(post))
        .filter(comments::local.eq(false))
        .select(max(comments::received_at))
        .first(conn)?;
    let reading = last.and_then(|last| next_reading(now, last));
    let source = source.zip(reading).map(|(source, reading)| {
        // What was left over of a long collection goes on at once.
        if source <= now {
            source
        } else {
            source.max(reading)
        }
    });
    Ok([item, source].into_iter().flatten().min())
}

/// True when somebody may ask for a reading: there is something to read, and it is a while since the last.
pub(in crate::domain::backfill) fn may_ask(
    conn: &mut Conn,
    post: Id<Post>,
    now: Timestamp,
) -> Result<bool> {
    let rested = now.plus_secs(-COOLDOWN_SECS);
    let read = load(conn, post)?.and_then(|thread| thread.read_at);
    if read.is_some_and(|at| at > rested) {
        return Ok(false);
    }
    let theirs = sources::table
        .filter(sources::post_id.eq(post))
        .filter(sources::due_at.is_not_null());
    let source: Option<ApUrl> = theirs.select(sources::url).first(conn).optional()?;
    let open = wanted::table
        .filter(wanted::post_id.eq(post))
        .filter(wanted::state.eq(State::Open));
    let item: Option<ApUrl> = open.select(wanted::ap_id).first(conn).optional()?;
    Ok(source.or(item).is_some())
}

/// Threads that sleep though something is wanted for them: its server was unblocked, say.
pub(in crate::domain::backfill) fn list_oversleeping(conn: &mut Conn) -> Result<Vec<Id<Post>>> {
    let query = threads::table
        .inner_join(wanted::table.on(wanted::post_id.eq(threads::post_id.nullable())))
        .filter(threads::due_at.is_null())
        .filter(wanted::state.eq(State::Open))
        .filter(wanted::due_at.is_not_null())
        .select(threads::post_id)
        .distinct()
        .limit(1000);
    Ok(query.load(conn)?)
}

/// A thread that is being completed, for the overview.
#[derive(Clone, Debug, Queryable)]
pub struct ThreadRow {
    /// The post.
    pub post_id: Id<Post>,
    /// Its title.
    pub title: String,
    /// Its page.
    pub url: ApUrl,
    /// When it is read next.
    pub due_at: Option<Timestamp>,
    /// When it was last read.
    pub read_at: Option<Timestamp>,
    /// The hour that is counted.
    pub hour_at: Timestamp,
    /// Requests in that hour.
    pub spent: i32,
}

/// The threads that will be read, the next first.
pub fn list_threads(conn: &mut Conn, limit: i64) -> Result<Vec<ThreadRow>> {
    let query = threads::table
        .inner_join(posts::table.on(posts::id.eq(threads::post_id)))
        .filter(threads::due_at.is_not_null())
        .order(threads::due_at)
        .limit(limit)
        .select((
            threads::post_id,
            posts::title,
            posts::url,
            threads::due_at,
            threads::read_at,
            threads::hour_at,
            threads::spent,
        ));
    Ok(query.load(conn)?)
}
