//! Hears which scopes the database's triggers noted, whoever changed them: on SQLite from the table `changes`, on
//! PostgreSQL by LISTEN. It knows no scope's meaning; who keeps something derived from the database gives it an ear.

mod postgres;
mod sqlite;

use std::path::Path;
use std::sync::{Arc, OnceLock};

use diesel::prelude::*;
use diesel::sql_types::{Bool, Text};

use super::{Backend, Conn};
use crate::error::Result;

/// What is heard of the database.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Heard {
    /// These scopes changed.
    Changed(Vec<String>),
    /// Nothing is heard any more: what is kept may be stale from now on.
    Lost,
    /// It is heard again; what changed meanwhile is not known.
    Again,
}

/// Takes what is heard; called from any thread, in the order of the changes.
pub type Ear = Arc<dyn Fn(Heard) + Send + Sync>;

/// Listens for changes, once somebody wants to hear them.
#[derive(Clone, Default)]
pub(super) struct Changes(Arc<OnceLock<Listener>>);

enum Listener {
    Sqlite(sqlite::Watch),
    Postgres(postgres::Listening),
}

impl Changes {
    /// Starts to listen. From its end on every change is heard. Does nothing when somebody listens already.
    pub(super) async fn listen(&self, backend: &Backend, ear: Ear) -> Result<()> {
        if self.0.get().is_some() {
            return Ok(());
        }
        let listener = match backend {
            Backend::Sqlite(path) => Listener::Sqlite(watch(path.clone(), ear).await?),
            Backend::Postgres(url) => {
                Listener::Postgres(postgres::Listening::start(url, ear).await?)
            }
        };
        let _ = self.0.set(listener);
        Ok(())
    }

    /// Hears what was committed since the last time, unless it comes by itself. Cheap enough for every request: on SQLite a
    /// look at a counter in shared memory, at most once a millisecond.
    pub(super) fn catch_up_soon(&self) {
        if let Some(Listener::Sqlite(watch)) = self.0.get() {
            watch.catch_up_soon();
        }
    }

    /// The same without a pause: after a commit of this process.
    pub(super) fn catch_up(&self) {
        if let Some(Listener::Sqlite(watch)) = self.0.get() {
            watch.catch_up();
        }
    }

    /// At the end of a transaction on PostgreSQL: asks to hear when all of it was heard.
    pub(super) fn ask_for_end(&self, conn: &mut Conn) -> Result<Option<End<'_>>> {
        let Some(Listener::Postgres(listening)) = self.0.get() else {
            return Ok(None);
        };
        let Some(word) = listening.word() else {
            return Ok(None);
        };
        let asked = diesel::sql_query("SELECT antiphon_tell_end($1) AS told")
            .bind::<Text, _>(&word.token)
            .get_result::<Told>(conn)?;
        Ok(asked.told.then_some(End { listening, word }))
    }
}

#[derive(QueryableByName)]
struct Told {
    #[diesel(sql_type = Bool)]
    told: bool,
}

/// What is waited for after a commit, so that whoever changed something sees it changed.
pub(super) struct End<'a> {
    listening: &'a postgres::Listening,
    word: postgres::Word,
}

impl End<'_> {
    /// Blocks until the changes were heard, a moment at most.
    pub(super) fn wait(self) {
        self.listening.wait_for(&self.word);
    }
}

async fn watch(path: impl AsRef<Path> + Send + 'static, ear: Ear) -> Result<sqlite::Watch> {
    tokio::task::spawn_blocking(move || sqlite::Watch::start(path.as_ref(), ear))
        .await
        .map_err(crate::error::Error::internal)?
}

/// Notes a scope by hand, for what changes without a row of its own, such as by the passing of time.
pub fn note_change(conn: &mut Conn, scope: &str) -> Result<()> {
    let sql = match conn {
        Conn::Pg(_) => "SELECT antiphon_note($1)",
        Conn::Sqlite(_) => "INSERT INTO noted VALUES ($1)",
    };
    diesel::sql_query(sql)
        .bind::<Text, _>(scope)
        .execute(conn)?;
    Ok(())
}
