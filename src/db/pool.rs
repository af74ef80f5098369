//! Connections and their pool. It picks the variant by the configured scheme, so that each database's own error
//! reaches the operator.

use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use diesel::r2d2::{ManageConnection, PooledConnection};

use super::Backend;
use crate::error::{Error, Result};

/// A connection to either database.
#[derive(diesel::MultiConnection)]
pub enum Conn {
    /// PostgreSQL.
    Pg(PgConnection),
    /// SQLite.
    Sqlite(SqliteConnection),
}

/// The backend of [`Conn`], for types that name one.
pub type AnyBackend = <Conn as diesel::connection::Connection>::Backend;

/// Per connection: wait for a lock instead of failing, keep temporary tables in memory, flush each commit to the disk.
/// The log is folded into the file every 32 MiB: by default (4 MiB) a busy inbox did so every few commits.
const SQLITE_PRAGMAS: &str = "PRAGMA busy_timeout = 10000; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; \
     PRAGMA wal_autocheckpoint = 8192; \
     PRAGMA foreign_keys = ON; PRAGMA temp_store = MEMORY; PRAGMA cache_size = -2048;";

/// Opens one connection. Fails with a sentence that names the database and the way out.
pub(super) fn connect(backend: &Backend) -> Result<Conn> {
    match backend {
        Backend::Sqlite(path) => {
            let cannot = |e: &dyn std::fmt::Display| {
                Error::Setup(format!(
                    "cannot open the SQLite database {}: {e}; check that the folder exists, is writable and has room",
                    path.display()
                ))
            };
            let mut conn = SqliteConnection::establish(&path.to_string_lossy()).map_err(|e| cannot(&e))?;
            conn.batch_execute(SQLITE_PRAGMAS).map_err(|e| cannot(&e))?;
            Ok(Conn::Sqlite(conn))
        }
        Backend::Postgres(url) => PgConnection::establish(url).map(Conn::Pg).map_err(|e| {
            // The lines behind the first ask questions.
            let cause = e.to_string();
            Error::Setup(format!(
                "cannot reach the PostgreSQL database {}: {}; check database.url and that the server runs",
                without_password(url),
                cause.lines().next().unwrap_or_default()
            ))
        }),
    }
}

fn without_password(url: &str) -> String {
    url::Url::parse(url).map_or_else(
        |_| "in database.url".into(),
        |mut url| {
            let _ = url.set_password(None);
            url.to_string()
        },
    )
}

/// A bounded pool of connections.
#[derive(Clone)]
pub(super) struct Pool(diesel::r2d2::Pool<Manager>);

impl Pool {
    pub(super) fn new(backend: Backend, size: u32) -> Result<Self> {
        diesel::r2d2::Pool::builder()
            .max_size(size)
            .min_idle(Some(1))
            .test_on_check_out(false)
            .connection_timeout(std::time::Duration::from_secs(10))
            .build(Manager(backend))
            .map(Self)
            .map_err(|e| Error::Setup(format!("cannot open the database: {e}")))
    }

    /// A free connection, if there is one now.
    pub(super) fn try_get(&self) -> Option<PooledConnection<Manager>> {
        self.0.try_get()
    }

    /// Waits for a free connection, 10 s at most.
    pub(super) fn get(&self) -> Result<PooledConnection<Manager>> {
        self.0.get().map_err(|e| Error::Db(Box::new(e)))
    }
}

/// Makes connections for the pool.
pub(super) struct Manager(Backend);

impl ManageConnection for Manager {
    type Connection = Conn;
    type Error = Error;

    fn connect(&self) -> Result<Conn> {
        connect(&self.0)
    }

    fn is_valid(&self, conn: &mut Conn) -> Result<()> {
        conn.batch_execute("SELECT 1").map_err(Error::from)
    }

    fn has_broken(&self, conn: &mut Conn) -> bool {
        use diesel::r2d2::R2D2Connection;
        match conn {
            Conn::Pg(c) => c.is_broken(),
            Conn::Sqlite(c) => c.is_broken(),
        }
    }
}

#[cfg(test)]
mod tests {
    use diesel::sql_types::Text;

    use super::*;

    #[derive(QueryableByName)]
    struct Build {
        #[diesel(sql_type = Text)]
        compile_options: String,
    }

    #[test]
    fn sqlite_is_built_as_the_configuration_of_cargo_says() {
        let mut conn = SqliteConnection::establish(":memory:").unwrap();
        let build: Vec<Build> = diesel::sql_query("PRAGMA compile_options")
            .load(&mut conn)
            .unwrap();
        let has = |option| build.iter().any(|one| one.compile_options == option);
        for wanted in ["ENABLE_QPSG", "THREADSAFE=2", "DEFAULT_MEMSTATUS=0"] {
            assert!(has(wanted), "{wanted}");
        }
        for unwanted in ["ENABLE_STAT4", "ENABLE_MEMORY_MANAGEMENT"] {
            assert!(!has(unwanted), "{unwanted}");
        }
    }
}
