//! SQLite's way: a counter that each commit of any process moves (`PRAGMA data_version`), and the table `changes` behind it.

use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError, TryLockError};
use std::time::Instant;

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Text};

use super::{Ear, Heard};
use crate::db::{Backend, Conn, fixed, pool};
use crate::error::Result;

/// Pause between two looks at the counter, in microseconds.
const PAUSE: u64 = 1_000;

/// A connection that only watches.
pub(super) struct Watch {
    seen: Mutex<Seen>,
    ear: Ear,
    began: Instant,
    looked: AtomicU64,
}

struct Seen {
    conn: Conn,
    version: i64,
    last: i64,
    lost: bool,
}

#[derive(QueryableByName)]
struct Version {
    #[diesel(sql_type = BigInt)]
    data_version: i64,
}

#[derive(QueryableByName)]
struct Change {
    #[diesel(sql_type = BigInt)]
    id: i64,
    #[diesel(sql_type = Text)]
    scope: String,
}

impl Watch {
    pub(super) fn start(path: &Path, ear: Ear) -> Result<Self> {
        let mut conn = pool::connect(&Backend::Sqlite(path.to_owned()))?;
        let version = version(&mut conn)?;
        let last = changes_after(&mut conn, 0)?.last().map_or(0, |one| one.id);
        Ok(Self {
            seen: Mutex::new(Seen {
                conn,
                version,
                last,
                lost: false,
            }),
            ear,
            began: Instant::now(),
            looked: AtomicU64::new(0),
        })
    }

    /// Looks if nobody did within the last millisecond.
    pub(super) fn catch_up_soon(&self) {
        let now = u64::try_from(self.began.elapsed().as_micros()).unwrap_or(u64::MAX);
        let looked = self.looked.load(Ordering::Relaxed);
        if now.saturating_sub(looked) < PAUSE {
            return;
        }
        match self.seen.try_lock() {
            Ok(mut seen) => {
                self.look(&mut seen);
                self.looked.store(now, Ordering::Relaxed);
            }
            // Somebody looks just now.
            Err(TryLockError::WouldBlock) => {}
            Err(TryLockError::Poisoned(seen)) => self.look(&mut seen.into_inner()),
        }
    }

    /// Looks now.
    pub(super) fn catch_up(&self) {
        self.look(&mut self.seen.lock().unwrap_or_else(PoisonError::into_inner));
    }

    fn look(&self, seen: &mut Seen) {
        match seen.changed() {
            Ok(changed) => {
                if std::mem::take(&mut seen.lost) {
                    (self.ear)(Heard::Again);
                }
                if !changed.is_empty() {
                    (self.ear)(Heard::Changed(changed));
                }
            }
            Err(error) => {
                if !std::mem::replace(&mut seen.lost, true) {
                    tracing::warn!("cannot see what changes: {}", error.log_text());
                    (self.ear)(Heard::Lost);
                }
            }
        }
    }
}

impl Seen {
    /// The scopes that changed since the last call.
    fn changed(&mut self) -> Result<Vec<String>> {
        let version = version(&mut self.conn)?;
        if version == self.version {
            return Ok(Vec::new());
        }
        let changes = changes_after(&mut self.conn, self.last)?;
        self.last = changes.last().map_or(self.last, |one| one.id);
        self.version = version;
        Ok(changes.into_iter().map(|one| one.scope).collect())
    }
}

fn version(conn: &mut Conn) -> Result<i64> {
    let found: Version = fixed("PRAGMA data_version").get_result(conn)?;
    Ok(found.data_version)
}

fn changes_after(conn: &mut Conn, last: i64) -> Result<Vec<Change>> {
    let query = fixed("SELECT id, scope FROM changes WHERE id > $1 ORDER BY id");
    Ok(query.bind(last).load(conn)?)
}
