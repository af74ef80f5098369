//! Which processes serve a database: each holds a shared lock as long as it lives, so that one that starts can tell
//! whether it is alone. What a dead process had claimed may then be taken up at once.

use std::sync::{Arc, Mutex, PoisonError};

use diesel::prelude::*;
use diesel::sql_types::Bool;

use super::{Backend, Conn, pool};
use crate::error::Result;

#[derive(QueryableByName)]
struct Got {
    #[diesel(sql_type = Bool)]
    got: bool,
}

/// The lock of this process; let go when the last handle, or the process, is gone.
#[derive(Clone, Default)]
pub(super) struct Presence(Arc<Mutex<Option<Conn>>>);

impl Presence {
    /// Takes the shared lock. `alone` runs before that if no other process holds one; none can start meanwhile.
    pub(super) fn announce(
        &self,
        backend: &Backend,
        alone: impl FnOnce(&mut Conn) -> Result<()>,
    ) -> Result<()> {
        let mut conn = pool::connect(backend)?;
        if let Conn::Sqlite(_) = conn {
            // A SQLite file belongs to one node; the port it listens on keeps a second one away.
            return alone(&mut conn);
        }
        let first = is_first(&mut conn)?;
        if first {
            conn.transaction(alone)?;
        }
        diesel::sql_query("SELECT pg_advisory_lock_shared(4712)").execute(&mut conn)?;
        if first {
            diesel::sql_query("SELECT pg_advisory_unlock(4712)").execute(&mut conn)?;
        }
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(conn);
        Ok(())
    }

    /// Takes the lock again when its connection broke, as it does when the server is started anew.
    pub(super) fn renew(&self, backend: &Backend) -> Result<()> {
        let mut held = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(conn) = held.as_mut() else {
            return Ok(());
        };
        if diesel::sql_query("SELECT 1").execute(conn).is_ok() {
            return Ok(());
        }
        let mut conn = pool::connect(backend)?;
        diesel::sql_query("SELECT pg_advisory_lock_shared(4712)").execute(&mut conn)?;
        *held = Some(conn);
        Ok(())
    }
}

/// Takes the exclusive lock if nobody holds one. Asks for a second: the server needs a moment to see that a process died.
fn is_first(conn: &mut Conn) -> Result<bool> {
    for _ in 0..10 {
        let tried = diesel::sql_query("SELECT pg_try_advisory_lock(4712) AS got");
        if tried.get_result::<Got>(conn)?.got {
            return Ok(true);
        }
        std::thread::sleep(std::time::Duration::from_millis(100));
    }
    Ok(false)
}
