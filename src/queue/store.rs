//! SQL for jobs.

use diesel::prelude::*;

use super::{Claimed, Job, LEASE_SECS, pause_secs};
use crate::db::schema::jobs;
use crate::db::{Conn, each};
use crate::error::{Error, Result};
use crate::types::{Id, Timestamp};

/// True when strangers left as much to do as may wait: `per_host` because of this server, or `all`.
pub(super) fn is_crowded(
    conn: &mut Conn,
    host: &str,
    per_host: Option<i64>,
    all: i64,
) -> Result<bool> {
    if let Some(most) = per_host {
        let theirs = jobs::table.filter(jobs::host.eq(host)).count();
        if theirs.get_result::<i64>(conn)? >= most {
            return Ok(true);
        }
    }
    let strangers = jobs::table.filter(jobs::host.is_not_null()).count();
    Ok(strangers.get_result::<i64>(conn)? >= all)
}

pub(super) fn insert(
    conn: &mut Conn,
    id: Id<Job>,
    run_at: Timestamp,
    job: &Job,
    stranger: Option<&str>,
) -> Result<()> {
    let payload = serde_json::to_string(job).map_err(Error::internal)?;
    diesel::insert_into(jobs::table)
        .values((
            jobs::id.eq(id),
            jobs::payload.eq(payload),
            jobs::run_at.eq(run_at),
            jobs::lease_until.eq(0),
            jobs::attempts.eq(0),
            jobs::host.eq(stranger),
        ))
        .execute(conn)?;
    Ok(())
}

/// Claims up to `limit` due jobs for [`LEASE_SECS`]. Run it in a write transaction.
pub fn claim(conn: &mut Conn, now: Timestamp, limit: i64) -> Result<Vec<Claimed>> {
    let due = jobs::table
        .filter(jobs::run_at.le(now))
        .filter(jobs::lease_until.le(now.0))
        .order(jobs::run_at)
        .limit(limit)
        .select((jobs::id, jobs::payload, jobs::attempts));
    let rows: Vec<(Id<Job>, String, i32)> = match conn {
        Conn::Pg(c) => due.for_update().skip_locked().load(c)?,
        Conn::Sqlite(c) => due.load(c)?,
    };
    let ids: Vec<Id<Job>> = rows.iter().map(|row| row.0).collect();
    diesel::update(jobs::table.filter(jobs::id.eq_any(ids)))
        .set(jobs::lease_until.eq(now.plus_secs(LEASE_SECS).0))
        .execute(conn)?;
    Ok(rows
        .into_iter()
        .map(|(id, payload, attempts)| Claimed {
            id,
            job: serde_json::from_str(&payload).ok(),
            attempts,
        })
        .collect())
}

/// Ends all leases: the process that held them is gone.
pub fn release_leases(conn: &mut Conn) -> Result<()> {
    diesel::update(jobs::table.filter(jobs::lease_until.gt(0)))
        .set(jobs::lease_until.eq(0_i64))
        .execute(conn)?;
    Ok(())
}

/// Takes a done (or given up) job away.
pub fn finish(conn: &mut Conn, id: Id<Job>) -> Result<()> {
    diesel::delete(jobs::table.filter(jobs::id.eq(id))).execute(conn)?;
    Ok(())
}

/// Puts a failed job back for a later try.
pub fn retry_at(
    conn: &mut Conn,
    id: Id<Job>,
    attempts: i32,
    now: Timestamp,
    error: &str,
) -> Result<()> {
    diesel::update(jobs::table.filter(jobs::id.eq(id)))
        .set((
            jobs::attempts.eq(attempts + 1),
            jobs::run_at.eq(now.plus_secs(pause_secs(attempts))),
            jobs::lease_until.eq(0),
            jobs::last_error.eq(Some(error)),
        ))
        .execute(conn)?;
    Ok(())
}

/// How many jobs wait, done ones excluded.
pub fn count(conn: &mut Conn) -> Result<i64> {
    Ok(each!(conn, c => jobs::table.count().get_result(c))?)
}
