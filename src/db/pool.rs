//! Connections and their pool. It picks the variant by the configured scheme, so that each database's own error
//! reaches the operator.

use std::num::NonZero;
use std::sync::Arc;
use std::time::Duration;

use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use diesel::r2d2::{ManageConnection, PooledConnection};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::timeout;

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

/// What is done with a connection. What it finds, it sends to whoever waits for it; its error is one of the connection.
pub(super) type Job = Box<dyn FnOnce(&mut Conn) -> Result<()> + Send>;

/// The longest that somebody waits for a connection.
const PATIENCE: Duration = Duration::from_secs(10);

/// A bounded pool of connections.
#[derive(Clone)]
pub(super) struct Pool {
    connections: diesel::r2d2::Pool<Manager>,
    turns: Arc<Semaphore>,
}

impl Pool {
    pub(super) fn new(backend: Backend, most: u32) -> Result<Self> {
        let size = match backend {
            Backend::Sqlite(_) => most.min(readers()),
            Backend::Postgres(_) => most,
        };
        let connections = diesel::r2d2::Pool::builder()
            .max_size(size)
            .min_idle(Some(1))
            .test_on_check_out(false)
            .connection_timeout(PATIENCE)
            .build(Manager(backend))
            .map_err(|e| Error::Setup(format!("cannot open the database: {e}")))?;
        let turns = usize::try_from(size).unwrap_or(usize::MAX);
        Ok(Self {
            connections,
            turns: Arc::new(Semaphore::new(turns.min(Semaphore::MAX_PERMITS))),
        })
    }

    /// Waits, without a thread, until there may be a connection to [`get`](Self::get).
    async fn turn(&self) -> Result<OwnedSemaphorePermit> {
        let turn = Arc::clone(&self.turns).acquire_owned();
        let turn = timeout(PATIENCE, turn).await;
        turn.map_err(|late| Error::Db(Box::new(late)))?
            .map_err(Error::internal)
    }

    /// A free connection, if there is one now.
    pub(super) fn try_get(&self) -> Option<PooledConnection<Manager>> {
        self.connections.try_get()
    }

    /// Runs `job` with a connection, on a blocking thread, and answers when it has ended.
    ///
    /// Not generic: of what is, there is a copy for every question of the program, each with a task of its own.
    pub(super) async fn run(&self, job: Job) -> Result<()> {
        let (turn, pool) = (self.turn().await?, self.clone());
        tokio::task::spawn_blocking(move || {
            let _turn = turn;
            job(&mut *pool.get()?)
        })
        .await
        .map_err(Error::internal)?
    }

    /// Waits for a free connection, 10 s at most.
    fn get(&self) -> Result<PooledConnection<Manager>> {
        self.connections.get().map_err(|e| Error::Db(Box::new(e)))
    }
}

/// How many readers of SQLite there may be: it answers on the thread that asks, so more than one for each core, and one that
/// waits for the disk, only wait for a core, each with its thread and its cache.
fn readers() -> u32 {
    let cores = std::thread::available_parallelism().map_or(1, NonZero::get);
    u32::try_from(cores).map_or(u32::MAX, |cores| cores.saturating_add(1))
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

    #[tokio::test(start_paused = true)]
    async fn who_must_wait_for_a_connection_takes_no_thread_and_is_told_after_a_while() {
        let folder = tempfile::tempdir().unwrap();
        let file = Backend::Sqlite(folder.path().join("a.db"));
        let pool = Pool::new(file, 1).unwrap();
        let turn = pool.turn().await.unwrap();
        let began = tokio::time::Instant::now();
        assert!(matches!(pool.turn().await, Err(Error::Db(_))));
        assert_eq!(began.elapsed(), PATIENCE);
        let (next, ()) = tokio::join!(pool.turn(), async { drop(turn) });
        assert!(next.is_ok());
    }

    #[test]
    fn sqlite_has_no_more_readers_than_the_cores_can_use() {
        let folder = tempfile::tempdir().unwrap();
        let file = Backend::Sqlite(folder.path().join("a.db"));
        let size = |most| {
            Pool::new(file.clone(), most)
                .unwrap()
                .connections
                .max_size()
        };
        assert_eq!((size(1), size(1_000)), (1, readers()));
    }
}
