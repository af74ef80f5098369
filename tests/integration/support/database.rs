//! A fresh, empty database for one test, and the folder that goes with it.

use std::path::Path;

use diesel::prelude::*;
use tempfile::TempDir;

use super::{Fixture, postgres};

/// A data folder and a database that nobody else uses. Both are gone after the test.
pub(crate) struct TestDb {
    url: String,
    folder: TempDir,
    /// Where to drop the database (six hundred of them would fill gigabytes), and its name.
    dropped: Option<(String, String)>,
}

impl TestDb {
    /// A SQLite file in the folder.
    pub(crate) fn sqlite() -> Self {
        Self {
            url: "sqlite:antiphon.db".into(),
            folder: tempfile::tempdir().expect("the system has a temporary folder"),
            dropped: None,
        }
    }

    /// A database on the shared PostgreSQL server; None, with a word on stderr, when there is no server to be had.
    pub(crate) fn postgres() -> Option<Self> {
        let server = postgres::server()?;
        let name = server.create_database();
        Some(Self {
            url: server.url_of(&name),
            folder: tempfile::tempdir().expect("the system has a temporary folder"),
            dropped: Some((server.url_of("postgres"), name)),
        })
    }

    /// Another one of the same kind.
    pub(crate) fn like(other: &Self) -> Option<Self> {
        if other.url.starts_with("sqlite:") {
            Some(Self::sqlite())
        } else {
            Self::postgres()
        }
    }

    /// The value for `database.url`.
    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    /// The data folder.
    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }
}

impl Fixture for TestDb {
    async fn on(db: TestDb) -> Self {
        db
    }
}

impl Drop for TestDb {
    fn drop(&mut self) {
        let Some((server, name)) = &self.dropped else {
            return;
        };
        if let Ok(mut conn) = PgConnection::establish(server) {
            let drop = format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)");
            let _ = diesel::sql_query(drop).execute(&mut conn);
        }
    }
}
