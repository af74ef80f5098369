//! The way to the database: one connection type for SQLite and PostgreSQL, `read` and `write` off the async threads,
//! migrations. It knows no table's meaning; the SQL stands in each slice's `store.rs`.

mod changes;
mod migrate;
mod pool;
mod presence;
pub mod schema;
mod statement;
mod writer;

use std::path::Path;

use diesel::prelude::*;
use tokio::sync::oneshot;

pub use changes::{Ear, Heard, note_change};
pub use pool::{AnyBackend, Conn};
pub(crate) use statement::among;
pub use statement::{Among, Literal, fixed, is_listed, listed, literal};

use crate::config;
use crate::error::{Error, Result};
use changes::Changes;
use pool::Pool;
use presence::Presence;
use writer::Writer;

/// Runs a statement on the concrete connection, for what diesel's combined one lacks: upserts, batches, row locks.
macro_rules! each {
    ($conn:expr, $c:ident => $e:expr) => {
        match $conn {
            $crate::db::Conn::Pg($c) => $e,
            $crate::db::Conn::Sqlite($c) => $e,
        }
    };
}
pub(crate) use each;

/// How many values an `IN (…)` may hold at a time (SQLite bounds the variables of a statement).
pub const CHUNK: usize = 500;

/// Which database this is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Backend {
    /// A file; the path is absolute or relative to the working folder.
    Sqlite(std::path::PathBuf),
    /// A server, by its whole address.
    Postgres(String),
}

impl Backend {
    /// Reads `database.url`; a SQLite path is taken relative to the data folder.
    pub fn parse(url: &str, data: &Path) -> Result<Self> {
        if url.starts_with("postgres://") || url.starts_with("postgresql://") {
            return Ok(Self::Postgres(url.to_owned()));
        }
        match url.strip_prefix("sqlite:") {
            Some(path) if !path.is_empty() => {
                Ok(Self::Sqlite(data.join(path.trim_start_matches("//"))))
            }
            _ => Err(Error::Setup(format!(
                "database.url: \"{url}\" is neither \"sqlite:FILE\" nor \"postgres://user:password@host/database\""
            ))),
        }
    }
}

/// A handle on the database; cheap to clone.
#[derive(Clone)]
pub struct Db {
    backend: Backend,
    pool: Pool,
    writer: Option<Writer>,
    presence: Presence,
    changes: Changes,
}

impl Db {
    /// Opens the configured database, creates what is missing and brings the schema up to date.
    ///
    /// Fails with a sentence for the operator when the database cannot be reached, is somebody else's, or is newer.
    pub fn open(config: &config::Config) -> Result<Self> {
        let backend = Backend::parse(&config.database.url, &config.data)?;
        let mut first = pool::connect(&backend)?;
        migrate::run(&mut first, &backend)?;
        let changes = Changes::default();
        let writer = match first {
            Conn::Sqlite(_) => Some(Writer::start(first, changes.clone())?),
            Conn::Pg(_) => None,
        };
        Ok(Self {
            pool: Pool::new(backend.clone(), config.database.connections)?,
            backend,
            writer,
            presence: Presence::default(),
            changes,
        })
    }

    /// Announces that this process serves the database, for as long as it lives. `alone` runs first when no other does.
    pub async fn announce<F>(&self, alone: F) -> Result<()>
    where
        F: FnOnce(&mut Conn) -> Result<()> + Send + 'static,
    {
        let (presence, backend) = (self.presence.clone(), self.backend.clone());
        tokio::task::spawn_blocking(move || presence.announce(&backend, alone))
            .await
            .map_err(Error::internal)?
    }

    /// Sees to it that the announcement still holds. Call it now and then.
    pub async fn announce_again(&self) -> Result<()> {
        let (presence, backend) = (self.presence.clone(), self.backend.clone());
        tokio::task::spawn_blocking(move || presence.renew(&backend))
            .await
            .map_err(Error::internal)?
    }

    /// Runs `work` on a pooled connection, on a blocking thread. Put all queries of one page into one call.
    pub async fn read<T, F>(&self, work: F) -> Result<T>
    where
        T: Send + 'static,
        F: FnOnce(&mut Conn) -> Result<T> + Send + 'static,
    {
        let (answer, answered) = oneshot::channel();
        self.pool
            .run(Box::new(move |conn| {
                let _ = answer.send(work(conn));
                Ok(())
            }))
            .await?;
        answered.await.map_err(Error::internal)?
    }

    /// Runs a few look-ups by key. On SQLite they cost less than the way to another thread and back, so they run here,
    /// unless all connections are busy; on PostgreSQL this is [`Db::read`].
    pub async fn look_up<T, F>(&self, work: F) -> Result<T>
    where
        T: Send + 'static,
        F: FnOnce(&mut Conn) -> Result<T> + Send + 'static,
    {
        let free = self.writer.as_ref().and_then(|_| self.pool.try_get());
        match free {
            Some(mut conn) => work(&mut conn),
            None => self.read(work).await,
        }
    }

    /// Runs `work` in one transaction and answers after the commit is on the disk. An error rolls back.
    ///
    /// On SQLite several callers share a commit, each in its savepoint; `work` must not open transactions itself.
    pub async fn write<T, F>(&self, work: F) -> Result<T>
    where
        T: Send + 'static,
        F: FnOnce(&mut Conn) -> Result<T> + Send + 'static,
    {
        let (change, answered) = writer::change(work);
        if let Some(writer) = &self.writer {
            writer.queue(change).await?;
        } else {
            let changes = self.changes.clone();
            let alone = move |conn: &mut Conn| writer::run_alone(conn, &changes, change);
            self.pool.run(Box::new(alone)).await?;
        }
        answered.await.map_err(|_| writer::stopped())?
    }

    /// Lets `ear` hear of every change from now on, by whichever process. Only the first ear is used.
    pub async fn listen(&self, ear: Ear) -> Result<()> {
        self.changes.listen(&self.backend, ear).await
    }

    /// Makes sure that everything that was committed a millisecond ago has been heard.
    pub fn catch_up(&self) {
        self.changes.catch_up_soon();
    }

    /// Fails when the database does not answer.
    pub async fn ping(&self) -> Result<()> {
        self.read(|conn| Ok(diesel::sql_query("SELECT 1").execute(conn).map(|_| ())?))
            .await
    }
}
