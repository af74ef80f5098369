//! SQL for activities and deliveries.

use diesel::prelude::*;

use super::{
    Activity, BREAKER_FAILURES, Delivery, Due, Item, LEASE_SECS, Outcome, State, Totals, pause_secs,
};
use crate::db::schema::{activities, actors, deliveries, followers};
use crate::db::{CHUNK, Conn, Literal, each, literal};
use crate::domain::actor::Actor;
use crate::domain::post::Post;
use crate::error::Result;
use crate::hosts;
use crate::types::{ApUrl, Host, Id, Timestamp};

/// Inserts an activity with a delivery for each inbox. Does nothing when the activity is there already: a job that runs
/// twice sends once.
pub fn insert_activity(
    conn: &mut Conn,
    activity: &Activity,
    inboxes: Vec<(Id<Delivery>, ApUrl, Host)>,
) -> Result<bool> {
    let inserted = each!(conn, c => diesel::insert_into(activities::table)
        .values(activity)
        .on_conflict_do_nothing()
        .execute(c))?;
    if inserted == 0 {
        return Ok(false);
    }
    let (id, actor, post) = (activity.id, activity.actor_id, activity.post_id);
    insert_deliveries(conn, id, actor, post, inboxes, activity.created_at)?;
    Ok(true)
}

/// Inserts a delivery of a stored activity for each inbox, those left out that have one.
pub fn insert_deliveries(
    conn: &mut Conn,
    activity: Id<Activity>,
    signer: Id<Actor>,
    post: Option<Id<Post>>,
    inboxes: Vec<(Id<Delivery>, ApUrl, Host)>,
    now: Timestamp,
) -> Result<()> {
    let rows: Vec<_> = inboxes
        .into_iter()
        .map(|(id, inbox, host)| {
            (
                deliveries::id.eq(id),
                deliveries::activity_id.eq(activity),
                deliveries::actor_id.eq(signer),
                deliveries::post_id.eq(post),
                deliveries::inbox.eq(inbox),
                deliveries::host.eq(host),
                deliveries::state.eq(State::Waiting.number()),
                deliveries::attempts.eq(0),
                deliveries::next_attempt_at.eq(now),
                deliveries::lease_until.eq(0_i64),
                deliveries::created_at.eq(now),
            )
        })
        .collect();
    for chunk in rows.chunks(CHUNK) {
        let chunk = chunk.to_vec();
        each!(conn, c => diesel::insert_into(deliveries::table).values(chunk).on_conflict_do_nothing().execute(c))?;
    }
    Ok(())
}

/// The inboxes that have, or are about to get, an activity about this object: a post, or a comment under it. Those that
/// refused it are left out.
pub fn list_inboxes_told(conn: &mut Conn, post: Id<Post>, object: &ApUrl) -> Result<Vec<ApUrl>> {
    let reached = [
        State::Waiting.number(),
        State::Retrying.number(),
        State::Delivered.number(),
    ];
    let about = activities::ap_id
        .eq(format!("{object}#create"))
        .or(activities::ap_id.like(format!("{object}#updates/%")));
    Ok(deliveries::table
        .inner_join(activities::table)
        .filter(deliveries::post_id.eq(post))
        .filter(deliveries::state.eq_any(reached))
        .filter(about)
        .select(deliveries::inbox)
        .distinct()
        .load(conn)?)
}

/// Makes the deliveries of an activity due again that are done or given up: who asked again has missed it.
pub fn send_again(conn: &mut Conn, activity: &ApUrl, now: Timestamp) -> Result<()> {
    let made = activities::table
        .filter(activities::ap_id.eq(activity))
        .select(activities::id);
    let over = [State::Delivered.number(), State::Dead.number()];
    let done = deliveries::table
        .filter(deliveries::activity_id.eq_any(made))
        .filter(deliveries::state.eq_any(over));
    diesel::update(done)
        .set((
            deliveries::state.eq(State::Retrying.number()),
            deliveries::attempts.eq(0),
            deliveries::next_attempt_at.eq(now),
            deliveries::created_at.eq(now),
            deliveries::lease_until.eq(0_i64),
        ))
        .execute(conn)?;
    Ok(())
}

/// Not delivered and not given up, as text: a bound value would not lead to the indexes of those.
fn is_open() -> Literal {
    literal(format!("deliveries.state < {}", State::Delivered.number()))
}

/// Claims up to `limit` due deliveries for [`LEASE_SECS`], none to the hosts in `busy`. Run it in a write transaction.
pub fn claim(conn: &mut Conn, now: Timestamp, limit: i64, busy: Vec<Host>) -> Result<Vec<Due>> {
    let due = deliveries::table
        .filter(is_open())
        .filter(deliveries::next_attempt_at.le(now))
        .filter(deliveries::lease_until.le(now.0))
        .filter(deliveries::host.ne_all(busy))
        .order(deliveries::next_attempt_at)
        .limit(limit)
        .select((
            deliveries::id,
            deliveries::activity_id,
            deliveries::actor_id,
            deliveries::inbox,
            deliveries::host,
            deliveries::attempts,
            deliveries::created_at,
        ));
    let rows: Vec<Due> = match conn {
        Conn::Pg(c) => due.for_update().skip_locked().load(c)?,
        Conn::Sqlite(c) => due.load(c)?,
    };
    let lease = now.plus_secs(LEASE_SECS).0;
    for chunk in rows.chunks(CHUNK) {
        let ids: Vec<Id<Delivery>> = chunk.iter().map(|row| row.id).collect();
        diesel::update(deliveries::table.filter(deliveries::id.eq_any(ids)))
            .set(deliveries::lease_until.eq(lease))
            .execute(conn)?;
    }
    Ok(rows)
}

/// Ends all leases: the process that held them is gone.
pub fn release_leases(conn: &mut Conn) -> Result<()> {
    let held = deliveries::table
        .filter(is_open())
        .filter(deliveries::lease_until.gt(0));
    diesel::update(held)
        .set(deliveries::lease_until.eq(0_i64))
        .execute(conn)?;
    Ok(())
}

/// The JSON of an activity.
pub fn load_document(conn: &mut Conn, id: Id<Activity>) -> Result<Option<String>> {
    Ok(activities::table
        .find(id)
        .select(activities::document)
        .first(conn)
        .optional()?)
}

/// Writes back how tries ended. Returns the actors to look up again, because their inbox is gone.
pub fn settle(
    conn: &mut Conn,
    results: &[(Due, Outcome)],
    now: Timestamp,
) -> Result<Vec<Id<Actor>>> {
    let done: Vec<Id<Delivery>> = results
        .iter()
        .filter(|(_, outcome)| *outcome == Outcome::Done)
        .map(|(due, _)| due.id)
        .collect();
    for chunk in done.chunks(CHUNK) {
        diesel::update(deliveries::table.filter(deliveries::id.eq_any(chunk.to_vec())))
            .set((
                deliveries::state.eq(State::Delivered.number()),
                deliveries::attempts.eq(deliveries::attempts + 1),
                deliveries::lease_until.eq(0),
                deliveries::last_error.eq(None::<String>),
                deliveries::done_at.eq(Some(now.0)),
            ))
            .execute(conn)?;
    }
    let mut lost = Vec::new();
    for (due, outcome) in results {
        match outcome {
            Outcome::Done => {}
            Outcome::Postponed(at) => put_back(conn, due, *at)?,
            Outcome::Blocked => {
                set_aside(conn, std::slice::from_ref(&due.host))?;
            }
            Outcome::Retry {
                at,
                error,
                status,
                host_failed,
            } => {
                let change = Change::new(State::Retrying, *at, error, *status);
                write_back(conn, due, &change)?;
                if *host_failed {
                    count_failure(conn, &due.host, now)?;
                }
            }
            Outcome::Dead {
                error,
                status,
                gone,
            } => {
                write_back(conn, due, &Change::new(State::Dead, now, error, *status))?;
                if *gone {
                    lost.extend(followers_at(conn, &due.inbox)?);
                }
            }
        }
    }
    Ok(lost)
}

#[derive(AsChangeset)]
#[diesel(table_name = deliveries)]
struct Change {
    state: i32,
    next_attempt_at: Timestamp,
    lease_until: i64,
    last_error: Option<String>,
    last_status: Option<i32>,
}

impl Change {
    fn new(state: State, at: Timestamp, error: &str, status: Option<u16>) -> Self {
        Self {
            state: state.number(),
            next_attempt_at: at,
            lease_until: 0,
            last_error: Some(error.to_owned()),
            last_status: status.map(i32::from),
        }
    }
}

fn write_back(conn: &mut Conn, due: &Due, change: &Change) -> Result<()> {
    diesel::update(deliveries::table.find(due.id))
        .set((change, deliveries::attempts.eq(due.attempts + 1)))
        .execute(conn)?;
    Ok(())
}

fn put_back(conn: &mut Conn, due: &Due, at: Timestamp) -> Result<()> {
    diesel::update(deliveries::table.find(due.id))
        .set((
            deliveries::lease_until.eq(0),
            deliveries::next_attempt_at.eq(at),
        ))
        .execute(conn)?;
    Ok(())
}

/// Sets the deliveries to these hosts aside that are still due. Returns how many.
pub fn set_aside(conn: &mut Conn, hosts: &[Host]) -> Result<usize> {
    let due = deliveries::table
        .filter(deliveries::host.eq_any(hosts))
        .filter(is_open());
    Ok(diesel::update(due)
        .set((
            deliveries::state.eq(State::Blocked.number()),
            deliveries::lease_until.eq(0_i64),
        ))
        .execute(conn)?)
}

/// Makes the deliveries due again that were set aside for these hosts. Returns how many.
pub fn take_up(conn: &mut Conn, hosts: &[Host], now: Timestamp) -> Result<usize> {
    let aside = deliveries::table
        .filter(deliveries::host.eq_any(hosts))
        .filter(deliveries::state.eq(State::Blocked.number()));
    Ok(diesel::update(aside)
        .set((
            deliveries::state.eq(State::Retrying.number()),
            deliveries::next_attempt_at.eq(now),
            deliveries::created_at.eq(now),
        ))
        .execute(conn)?)
}

/// The hosts with deliveries that are due, or set aside.
pub fn list_waiting_hosts(conn: &mut Conn) -> Result<Vec<Host>> {
    Ok(deliveries::table
        .filter(deliveries::state.eq_any([
            State::Waiting.number(),
            State::Retrying.number(),
            State::Blocked.number(),
        ]))
        .select(deliveries::host)
        .distinct()
        .load(conn)?)
}

/// Counts a failure of a host; after some in a row, everything for it waits.
pub fn count_failure(conn: &mut Conn, host: &Host, now: Timestamp) -> Result<()> {
    let failures = hosts::count_failure(conn, host, now)?;
    if failures >= BREAKER_FAILURES {
        let retry_at = now.plus_secs(pause_secs(failures - BREAKER_FAILURES, 0.5));
        let early = deliveries::table
            .filter(deliveries::host.eq(host))
            .filter(is_open())
            .filter(deliveries::next_attempt_at.lt(retry_at));
        diesel::update(early)
            .set(deliveries::next_attempt_at.eq(retry_at))
            .execute(conn)?;
    }
    Ok(())
}

/// A host answered again: its failures are forgotten and what waits for it is due now.
pub fn forget_failures(conn: &mut Conn, host: &Host, now: Timestamp) -> Result<()> {
    hosts::forget_failures(conn, host, now)?;
    let late = deliveries::table
        .filter(deliveries::host.eq(host))
        .filter(is_open())
        .filter(deliveries::next_attempt_at.gt(now));
    diesel::update(late)
        .set(deliveries::next_attempt_at.eq(now))
        .execute(conn)?;
    Ok(())
}

fn followers_at(conn: &mut Conn, inbox: &ApUrl) -> Result<Vec<Id<Actor>>> {
    let query = actors::table
        .inner_join(followers::table.on(followers::follower_id.eq(actors::id)))
        .filter(actors::inbox.eq(inbox).or(actors::shared_inbox.eq(inbox)))
        .select(actors::id)
        .distinct()
        .limit(100);
    Ok(query.load(conn)?)
}

/// Counts deliveries by state: of one post, or of all.
pub fn totals(conn: &mut Conn, post: Option<Id<Post>>) -> Result<Totals> {
    let mut totals = Totals::default();
    let counted = |state: State, conn: &mut Conn| -> Result<i64> {
        let mut query = deliveries::table
            .filter(deliveries::state.eq(state.number()))
            .count()
            .into_boxed();
        if let Some(post) = post {
            query = query.filter(deliveries::post_id.eq(post));
        }
        Ok(query.get_result(conn)?)
    };
    totals.waiting = counted(State::Waiting, conn)?;
    totals.retrying = counted(State::Retrying, conn)?;
    totals.delivered = counted(State::Delivered, conn)?;
    totals.dead = counted(State::Dead, conn)?;
    Ok(totals)
}

/// How many deliveries are still due.
pub fn count_pending(conn: &mut Conn) -> Result<i64> {
    Ok(deliveries::table
        .filter(is_open())
        .count()
        .get_result(conn)?)
}

type ItemRow = (ApUrl, i32, i32, Option<String>, Timestamp);

/// The newest deliveries: of one post, or of all that are not done.
pub fn list_items(conn: &mut Conn, post: Option<Id<Post>>, limit: i64) -> Result<Vec<Item>> {
    let mut query = deliveries::table
        .order(deliveries::id.desc())
        .limit(limit)
        .select((
            deliveries::inbox,
            deliveries::state,
            deliveries::attempts,
            deliveries::last_error,
            deliveries::next_attempt_at,
        ))
        .into_boxed();
    query = match post {
        Some(post) => query.filter(deliveries::post_id.eq(post)),
        None => query.filter(deliveries::state.ne(State::Delivered.number())),
    };
    let rows: Vec<ItemRow> = query.load(conn)?;
    let item = |(inbox, state, attempts, last_error, next): ItemRow| {
        let state = State::from_number(state);
        let due = matches!(state, State::Waiting | State::Retrying);
        Item {
            inbox,
            state,
            attempts,
            last_error,
            next_attempt_at: due.then_some(next),
        }
    };
    Ok(rows.into_iter().map(item).collect())
}

pub(super) fn revive(conn: &mut Conn, post: Option<Id<Post>>, now: Timestamp) -> Result<usize> {
    let dead = deliveries::state.eq(State::Dead.number());
    let change = (
        deliveries::state.eq(State::Retrying.number()),
        deliveries::next_attempt_at.eq(now),
        deliveries::created_at.eq(now),
        deliveries::lease_until.eq(0_i64),
    );
    let changed = match post {
        Some(post) => {
            diesel::update(deliveries::table.filter(dead.and(deliveries::post_id.eq(post))))
                .set(change)
                .execute(conn)?
        }
        None => diesel::update(deliveries::table.filter(dead))
            .set(change)
            .execute(conn)?,
    };
    Ok(changed)
}
