//! What we remember of other servers: blocked or not, and the signature form they take. The blocked ones are kept in
//! memory too, for every request asks; see `domain::delivery` for who is reachable.

use std::collections::HashSet;
use std::sync::{Arc, PoisonError, RwLock};

use diesel::prelude::*;

use crate::db::schema::hosts;
use crate::db::{Conn, Db, each};
use crate::error::Result;
use crate::types::{Host, Timestamp};

/// The snapshot of blocked hosts; cheap to clone.
#[derive(Clone, Debug, Default)]
pub struct Hosts(Arc<RwLock<HashSet<String>>>);

impl Hosts {
    /// Reads the blocked hosts anew.
    pub async fn reload(&self, db: &Db) -> Result<()> {
        let blocked: Vec<Host> = db
            .read(|conn| {
                Ok(hosts::table
                    .filter(hosts::blocked.eq(true))
                    .select(hosts::host)
                    .load(conn)?)
            })
            .await?;
        let blocked = blocked.into_iter().map(Host::into_string).collect();
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = blocked;
        Ok(())
    }

    /// True when the host or a domain above it is blocked.
    pub fn is_blocked(&self, host: &Host) -> bool {
        let blocked = self.0.read().unwrap_or_else(PoisonError::into_inner);
        if blocked.is_empty() {
            return false;
        }
        let name = host.as_str();
        let parents = name
            .match_indices('.')
            .filter_map(|(dot, _)| name.get(dot + 1..));
        std::iter::once(name)
            .chain(parents)
            .any(|domain| blocked.contains(domain))
    }
}

/// Blocks or unblocks a domain. Call [`Hosts::reload`] after the commit.
pub fn set_blocked(conn: &mut Conn, host: &Host, blocked: bool, now: Timestamp) -> Result<()> {
    ensure_row(conn, host, now)?;
    diesel::update(hosts::table.find(host))
        .set((hosts::blocked.eq(blocked), hosts::updated_at.eq(now)))
        .execute(conn)?;
    Ok(())
}

/// Remembers the signature form (`cavage` or `rfc9421`) that a server accepted.
pub fn remember_form(conn: &mut Conn, host: &Host, form: &str, now: Timestamp) -> Result<()> {
    ensure_row(conn, host, now)?;
    diesel::update(hosts::table.find(host))
        .set((
            hosts::signature_form.eq(Some(form)),
            hosts::updated_at.eq(now),
        ))
        .execute(conn)?;
    Ok(())
}

/// The signature forms that servers were found to take.
pub fn list_forms(conn: &mut Conn) -> Result<Vec<(Host, String)>> {
    let query = hosts::table.filter(hosts::signature_form.is_not_null());
    Ok(query
        .select((hosts::host, hosts::signature_form.assume_not_null()))
        .load(conn)?)
}

/// Counts a failure in a row. Returns how many there are now.
pub fn count_failure(conn: &mut Conn, host: &Host, now: Timestamp) -> Result<i32> {
    ensure_row(conn, host, now)?;
    diesel::update(hosts::table.find(host))
        .set((
            hosts::failures.eq(hosts::failures + 1),
            hosts::updated_at.eq(now),
        ))
        .execute(conn)?;
    Ok(hosts::table
        .find(host)
        .select(hosts::failures)
        .first(conn)?)
}

/// Forgets a host's failures.
pub fn forget_failures(conn: &mut Conn, host: &Host, now: Timestamp) -> Result<()> {
    diesel::update(hosts::table.find(host))
        .set((hosts::failures.eq(0), hosts::updated_at.eq(now)))
        .execute(conn)?;
    Ok(())
}

/// The hosts whose last answers were failures.
pub fn list_failing(conn: &mut Conn) -> Result<Vec<Host>> {
    Ok(hosts::table
        .filter(hosts::failures.gt(0))
        .select(hosts::host)
        .load(conn)?)
}

fn ensure_row(conn: &mut Conn, host: &Host, now: Timestamp) -> Result<()> {
    let row = (
        hosts::host.eq(host),
        hosts::failures.eq(0),
        hosts::blocked.eq(false),
        hosts::updated_at.eq(now),
    );
    each!(conn, c => diesel::insert_into(hosts::table).values(row).on_conflict_do_nothing().execute(c))?;
    Ok(())
}
