//! SQL for wanted objects.

use std::collections::HashMap;

use diesel::dsl::count_star;
use diesel::prelude::*;

use crate::db::schema::{sources, wanted};
use crate::db::{CHUNK, Conn, each};
use crate::domain::backfill::{Missing, State, Wanted, is_lying, next_try};
use crate::domain::post::Post;
use crate::error::Result;
use crate::types::{ApUrl, Host, Id, Timestamp};

/// Objects that may be wanted at a time: of one server, and in all.
const MOST_PER_HOST: i64 = 6_000;
const MOST: i64 = 200_000;

/// Wants these objects for a thread, named by `source`; those in `blocked` are only remembered. Returns how many are new. What is
/// beyond the bounds is not wanted.
pub fn want(
    conn: &mut Conn,
    post: Option<Id<Post>>,
    source: Option<&ApUrl>,
    items: &[ApUrl],
    blocked: &[ApUrl],
    now: Timestamp,
) -> Result<i32> {
    let mut room = Room::load(conn, items)?;
    let mut new = 0;
    for item in items {
        let Some(host) = item.host().filter(|host| room.admit(host)) else {
            continue;
        };
        let is_blocked = blocked.contains(item);
        let row = Wanted {
            ap_id: item.clone(),
            host,
            post_id: post,
            source: source.cloned(),
            depth: 0,
            state: if is_blocked {
                State::Blocked
            } else {
                State::Open
            },
            attempts: 0,
            due_at: (!is_blocked).then_some(now),
            added_at: now,
        };
        new += i32::from(insert(conn, &row)?);
    }
    Ok(new)
}

fn insert(conn: &mut Conn, row: &Wanted) -> Result<bool> {
    let inserted = each!(conn, c => diesel::insert_into(wanted::table)
        .values(row)
        .on_conflict_do_nothing()
        .execute(c))?;
    Ok(inserted > 0)
}

/// How many more objects may be wanted.
struct Room {
    all: i64,
    hosts: HashMap<Host, i64>,
}

impl Room {
    fn load(conn: &mut Conn, items: &[ApUrl]) -> Result<Self> {
        let named: Vec<Host> = items.iter().filter_map(ApUrl::host).collect();
        let mut hosts = HashMap::new();
        for chunk in named.chunks(CHUNK) {
            let counted = wanted::table
                .filter(wanted::host.eq_any(chunk))
                .group_by(wanted::host)
                .select((wanted::host, count_star()));
            hosts.extend(counted.load::<(Host, i64)>(conn)?);
        }
        Ok(Self {
            all: wanted::table.count().get_result(conn)?,
            hosts,
        })
    }

    fn admit(&mut self, host: &Host) -> bool {
        let theirs = self.hosts.entry(host.clone()).or_default();
        let free = *theirs < MOST_PER_HOST && self.all < MOST;
        if free {
            *theirs += 1;
            self.all += 1;
        }
        free
    }
}

/// Wants the parent of a parked reply. Returns the row as it stands, and whether it is new; None when there is no room.
pub fn want_parent(
    conn: &mut Conn,
    parent: &ApUrl,
    depth: i32,
    now: Timestamp,
) -> Result<Option<(Wanted, bool)>> {
    if let Some(known) = load_wanted(conn, parent)? {
        return Ok(Some((known, false)));
    }
    let mut room = Room::load(conn, std::slice::from_ref(parent))?;
    let Some(host) = parent.host().filter(|host| room.admit(host)) else {
        return Ok(None);
    };
    let row = Wanted {
        ap_id: parent.clone(),
        host,
        post_id: None,
        source: None,
        depth,
        state: State::Open,
        attempts: 0,
        due_at: Some(now),
        added_at: now,
    };
    insert(conn, &row)?;
    Ok(Some((row, true)))
}

/// What is known of a wanted object.
pub fn load_wanted(conn: &mut Conn, ap_id: &ApUrl) -> Result<Option<Wanted>> {
    let query = wanted::table.find(ap_id).select(Wanted::as_select());
    Ok(query.first(conn).optional()?)
}

/// Those of these objects that are wanted, or were.
pub fn find(conn: &mut Conn, items: &[ApUrl]) -> Result<Vec<ApUrl>> {
    let mut found = Vec::new();
    for chunk in items.chunks(CHUNK) {
        let query = wanted::table.filter(wanted::ap_id.eq_any(chunk));
        found.extend(query.select(wanted::ap_id).load::<ApUrl>(conn)?);
    }
    Ok(found)
}

/// An object is here: it is not wanted any more.
pub fn found(conn: &mut Conn, ap_id: &ApUrl) -> Result<()> {
    diesel::delete(wanted::table.find(ap_id)).execute(conn)?;
    Ok(())
}

/// An object was fetched and waits for its parent: a thread's is remembered as that, another's is wanted no more.
pub fn keep_waiting(conn: &mut Conn, ap_id: &ApUrl) -> Result<()> {
    let row = wanted::table.find(ap_id);
    diesel::delete(row.filter(wanted::post_id.is_null())).execute(conn)?;
    diesel::update(row)
        .set((
            wanted::state.eq(State::Waiting),
            wanted::due_at.eq(None::<Timestamp>),
        ))
        .execute(conn)?;
    Ok(())
}

/// An object is not asked for any more, for this reason. What is nobody's, or shown to nobody, counts against the source that
/// named it.
pub fn settle(conn: &mut Conn, ap_id: &ApUrl, state: State) -> Result<()> {
    let Some(row) = load_wanted(conn, ap_id)? else {
        return Ok(());
    };
    diesel::update(wanted::table.find(ap_id))
        .set((
            wanted::state.eq(state),
            wanted::due_at.eq(None::<Timestamp>),
        ))
        .execute(conn)?;
    if let (State::Stray | State::Private, Some(post), Some(source)) =
        (state, row.post_id, row.source)
    {
        let named_by = sources::table.find((post, &source));
        diesel::update(named_by)
            .set(sources::strays.eq(sources::strays + 1))
            .execute(conn)?;
        let counts = named_by.select((sources::items, sources::strays));
        let counts: Option<(i32, i32)> = counts.first(conn).optional()?;
        if counts.is_some_and(|(items, strays)| is_lying(items, strays)) {
            disbelieve(conn, post, &source)?;
        }
    }
    Ok(())
}

/// A source names mostly what is nobody's: it is not read again, and what else it named is not asked for.
fn disbelieve(conn: &mut Conn, post: Id<Post>, source: &ApUrl) -> Result<()> {
    diesel::update(sources::table.find((post, source)))
        .set((
            sources::due_at.eq(None::<Timestamp>),
            sources::resume.eq(None::<ApUrl>),
        ))
        .execute(conn)?;
    let theirs = wanted::table
        .filter(wanted::post_id.eq(post))
        .filter(wanted::source.eq(source))
        .filter(wanted::state.eq(State::Open));
    diesel::update(theirs)
        .set((
            wanted::state.eq(State::Stray),
            wanted::due_at.eq(None::<Timestamp>),
        ))
        .execute(conn)?;
    Ok(())
}

/// Remembers that these objects belong to nothing of ours, so that nobody looks for them again.
pub fn dismiss(conn: &mut Conn, items: &[ApUrl], now: Timestamp) -> Result<()> {
    let mut room = Room::load(conn, items)?;
    for item in items {
        settle(conn, item, State::Stray)?;
        if let Some(host) = item.host().filter(|host| room.admit(host)) {
            let row = Wanted {
                ap_id: item.clone(),
                host,
                post_id: None,
                source: None,
                depth: 0,
                state: State::Stray,
                attempts: 0,
                due_at: None,
                added_at: now,
            };
            insert(conn, &row)?;
        }
    }
    Ok(())
}

/// The servers that are blocked or not, of which something is wanted.
pub fn list_hosts(conn: &mut Conn, blocked: bool) -> Result<Vec<Host>> {
    let state = if blocked { State::Blocked } else { State::Open };
    let query = wanted::table.filter(wanted::state.eq(state));
    Ok(query.select(wanted::host).distinct().load(conn)?)
}

/// An object cannot be had now: it is asked for later, or given up. Returns when.
pub fn postpone(conn: &mut Conn, ap_id: &ApUrl, now: Timestamp) -> Result<Option<Timestamp>> {
    let Some(row) = load_wanted(conn, ap_id)?.filter(|row| row.state == State::Open) else {
        return Ok(None);
    };
    let attempts = row.attempts.saturating_add(1);
    let due = next_try(now, attempts);
    let state = if due.is_some() {
        State::Open
    } else {
        State::Unreachable
    };
    diesel::update(wanted::table.find(ap_id))
        .set((
            wanted::attempts.eq(attempts),
            wanted::due_at.eq(due),
            wanted::state.eq(state),
        ))
        .execute(conn)?;
    Ok(due)
}

/// An object is asked for later, though nothing went wrong with it.
pub fn defer(conn: &mut Conn, ap_id: &ApUrl, until: Timestamp) -> Result<()> {
    diesel::update(
        wanted::table
            .find(ap_id)
            .filter(wanted::due_at.is_not_null()),
    )
    .set(wanted::due_at.eq(Some(until)))
    .execute(conn)?;
    Ok(())
}

/// What is wanted of a server is blocked now, or is looked for again.
pub fn settle_host(conn: &mut Conn, hosts: &[Host], blocked: bool, now: Timestamp) -> Result<()> {
    let (from, to) = if blocked {
        (State::Open, State::Blocked)
    } else {
        (State::Blocked, State::Open)
    };
    for chunk in hosts.chunks(CHUNK) {
        let theirs = wanted::table
            .filter(wanted::host.eq_any(chunk))
            .filter(wanted::state.eq(from));
        diesel::update(theirs)
            .set((
                wanted::state.eq(to),
                wanted::due_at.eq((!blocked).then_some(now)),
            ))
            .execute(conn)?;
    }
    Ok(())
}

/// What a thread wants that is due, oldest first.
pub fn due_wanted(
    conn: &mut Conn,
    post: Id<Post>,
    now: Timestamp,
    limit: i64,
) -> Result<Vec<Wanted>> {
    let query = wanted::table
        .filter(wanted::post_id.eq(post))
        .filter(wanted::state.eq(State::Open))
        .filter(wanted::due_at.le(now))
        .order((wanted::due_at, wanted::added_at))
        .limit(limit);
    Ok(query.select(Wanted::as_select()).load(conn)?)
}

/// How many replies of a thread are known and not here.
pub fn count_missing(conn: &mut Conn, post: Id<Post>) -> Result<Missing> {
    let query = wanted::table
        .filter(wanted::post_id.eq(post))
        .filter(wanted::state.ne(State::Stray))
        .group_by((wanted::state, wanted::attempts))
        .select((wanted::state, wanted::attempts, count_star()));
    let mut missing = Missing::default();
    for (state, attempts, count) in query.load::<(State, i32, i64)>(conn)? {
        match state {
            State::Private => missing.private += count,
            State::Blocked => missing.blocked += count,
            State::Unreachable => missing.unreachable += count,
            State::Open if attempts > 0 => missing.unreachable += count,
            State::Open | State::Waiting => missing.pending += count,
            State::Stray => {}
        }
    }
    Ok(missing)
}

/// The servers of which most is looked for, and how much.
pub fn count_wanted_by_host(conn: &mut Conn, limit: i64) -> Result<Vec<(Host, i64)>> {
    let query = wanted::table
        .filter(wanted::state.eq(State::Open))
        .group_by(wanted::host)
        .order((count_star().desc(), wanted::host))
        .limit(limit)
        .select((wanted::host, count_star()));
    Ok(query.load(conn)?)
}

/// Forgets what was wanted before `oldest`, whatever became of it.
pub fn forget_old(conn: &mut Conn, oldest: Timestamp) -> Result<()> {
    diesel::delete(wanted::table.filter(wanted::added_at.lt(oldest))).execute(conn)?;
    Ok(())
}
