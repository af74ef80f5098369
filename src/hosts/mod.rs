//! What we remember of other servers: blocked or not, answering or not, and the signature form they take. Who is blocked
//! and who answers is kept in memory too, for every request asks; see `domain::delivery` for who is reachable.

mod blocks;
mod health;
mod ration;

use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, PoisonError, RwLock};

use diesel::prelude::*;
use url::Url;

use crate::clock::Clock;
use crate::db::schema::hosts;
use crate::db::{Conn, Db, each};
use crate::error::{Error, Result};
use crate::http::{Ended, Gate, Purpose};
use crate::limits::Rates;
use crate::types::{Host, Timestamp};

pub use blocks::{Block, Blocked, block, list_blocks, load_blocked, unblock};
pub use health::{BREAKER_FAILURES, Change, pause_secs};

use blocks::Version;
use health::{Ending, Health};
use ration::Ration;

/// What is known of other servers at this moment; cheap to clone. It lets requests out, see [`Gate`].
#[derive(Clone)]
pub struct Hosts(Arc<Inner>);

struct Inner {
    clock: Clock,
    blocked: RwLock<(Version, Blocked)>,
    health: Health,
    /// Fetches from one host.
    fetches: Rates<Host>,
    /// Fetches from one host that complete threads.
    ration: Ration,
}

impl fmt::Debug for Hosts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Hosts")
    }
}

impl Hosts {
    /// Knows nobody yet. `fetches_per_minute` bounds what is fetched from one host (0: nothing does), `hourly` what of that is
    /// fetched to complete threads.
    pub fn new(clock: Clock, fetches_per_minute: u32, hourly: u32) -> Self {
        Self(Arc::new(Inner {
            clock,
            blocked: RwLock::default(),
            health: Health::default(),
            fetches: Rates::per_minute(fetches_per_minute),
            ration: Ration::new(hourly),
        }))
    }

    /// Reads the blocked hosts anew.
    pub async fn reload(&self, db: &Db) -> Result<()> {
        let found = db
            .read(|conn| Ok((blocks::load_version(conn)?, load_blocked(conn)?)))
            .await?;
        let known = &self.0.blocked;
        *known.write().unwrap_or_else(PoisonError::into_inner) = found;
        Ok(())
    }

    /// Reads the blocked hosts anew when another process changed them. True when one did.
    pub async fn notice(&self, db: &Db) -> Result<bool> {
        let version = db.look_up(blocks::load_version).await?;
        let changed = self.with_blocked(|known, _| *known != version);
        if changed {
            self.reload(db).await?;
        }
        Ok(changed)
    }

    /// True when the host or a domain above it is blocked.
    pub fn is_blocked(&self, host: &Host) -> bool {
        self.with_blocked(|_, blocked| blocked.covers(host))
    }

    /// True when there are blocks at all.
    pub fn are_any_blocked(&self) -> bool {
        self.with_blocked(|(count, _), _| *count > 0)
    }

    fn with_blocked<T>(&self, look: impl FnOnce(&Version, &Blocked) -> T) -> T {
        let known = &self.0.blocked;
        let known = known.read().unwrap_or_else(PoisonError::into_inner);
        look(&known.0, &known.1)
    }

    /// Lets an address be fetched at once, though it failed a moment ago: it is known to have changed.
    pub fn forget_miss(&self, address: &str) {
        self.0.health.forget_miss(address);
    }

    /// Notes that a host lives: it sent us something that it signed.
    pub fn note_alive(&self, host: &Host) {
        let now = self.0.clock.now();
        self.0.health.note(host, Ending::Answered, false, now);
    }

    /// Until when a host is left alone by fetching, because it failed in a row; None when it may be asked.
    pub fn paused_until(&self, host: &Host) -> Option<Timestamp> {
        self.0.health.paused_until(host, self.0.clock.now())
    }

    /// Counts a document fetched to complete a thread. Says until when to wait instead: the hour's are used up, or the host is in
    /// a pause.
    pub fn ration(&self, host: &Host) -> Result<(), Timestamp> {
        match self.paused_until(host) {
            Some(until) => Err(until),
            None => self.0.ration.spend(host, self.0.clock.now()),
        }
    }

    /// The hosts fetched from in the hour that runs to complete threads, and how often; most first.
    pub fn list_rationed(&self, most: usize) -> Vec<(Host, u32)> {
        self.0.ration.list(self.0.clock.now(), most)
    }

    /// What fetching found out about hosts and is to be written down.
    pub fn take_changes(&self) -> HashMap<Host, Change> {
        self.0.health.take_changes()
    }
}

impl Gate for Hosts {
    fn admit(&self, url: &Url, purpose: Purpose) -> Result<()> {
        let Some(host) = Host::of(url) else {
            return Ok(());
        };
        if self.is_blocked(&host) {
            return Err(Error::Forbidden(format!("{host} is blocked here")));
        }
        if purpose == Purpose::Deliver {
            return Ok(());
        }
        let now = self.0.clock.now();
        if let Some(error) = self.0.health.missed(url.as_str(), now) {
            return Err(error);
        }
        if self.paused_until(&host).is_some() {
            return Err(Error::remote_temporary(format!(
                "{host} failed several times and is left alone for a while"
            )));
        }
        self.0.fetches.admit(&host).map_err(|_| {
            Error::remote_temporary(format!("{host} was asked too often in the last minute"))
        })
    }

    fn report(&self, url: &Url, purpose: Purpose, ended: &Ended<'_>) {
        let Some(host) = Host::of(url) else { return };
        let now = self.0.clock.now();
        let (ending, miss) = health::judge(url, ended);
        let by_fetch = purpose == Purpose::Fetch;
        if let Some(ending) = ending {
            self.0.health.note(&host, ending, by_fetch, now);
        }
        if let Some(error) = miss.filter(|_| by_fetch) {
            self.0.health.miss(url.as_str(), &error, now);
        }
    }
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

/// Forgets what was learnt before `oldest` of hosts that are not blocked.
pub fn forget_old(conn: &mut Conn, oldest: Timestamp) -> Result<()> {
    let old = hosts::table
        .filter(hosts::blocked.eq(false))
        .filter(hosts::updated_at.lt(oldest));
    diesel::delete(old).execute(conn)?;
    Ok(())
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
