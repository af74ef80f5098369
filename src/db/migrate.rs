//! Brings a database's schema up to date, and refuses one that is somebody else's or newer than this program.

use std::collections::BTreeSet;

use diesel::migration::{Migration, MigrationSource};
use diesel::prelude::*;
use diesel::sql_types::Text;
use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};

use super::{Backend, Conn, each};
use crate::error::{Error, Result};

const SQLITE: EmbeddedMigrations = embed_migrations!("migrations/sqlite");
const POSTGRES: EmbeddedMigrations = embed_migrations!("migrations/postgres");
const OWN_TABLE: &str = "__diesel_schema_migrations";

#[derive(QueryableByName)]
struct Name {
    #[diesel(sql_type = Text)]
    name: String,
}

/// Runs what is missing. Fails with a sentence for the operator.
pub(super) fn run(conn: &mut Conn, backend: &Backend) -> Result<()> {
    let failed = |e: &dyn std::fmt::Display| {
        let place = match backend {
            Backend::Sqlite(path) => path.display().to_string(),
            Backend::Postgres(_) => "the PostgreSQL database".into(),
        };
        Error::Setup(format!("{place} cannot be used: {e}"))
    };
    let tables = tables(conn).map_err(|e| failed(&e))?;
    if !tables.is_empty() && !tables.contains(OWN_TABLE) {
        return Err(failed(
            &"it holds another program's tables; name another one in database.url",
        ));
    }
    let newer = applied(conn, &tables)
        .map_err(|e| failed(&e))?
        .difference(&known())
        .next()
        .cloned();
    if let Some(version) = newer {
        return Err(failed(&format!(
            "a newer Antiphon has changed it (migration {version}); run that version, or restore a backup"
        )));
    }
    // Two processes may start at once on one server; the lock lets one migrate and the other find it done.
    if let Conn::Pg(c) = conn {
        diesel::sql_query("SELECT pg_advisory_lock(4711)")
            .execute(c)
            .map_err(|e| failed(&e))?;
    }
    let done = match conn {
        Conn::Pg(c) => c.run_pending_migrations(POSTGRES).map(|_| ()),
        Conn::Sqlite(c) => c.run_pending_migrations(SQLITE).map(|_| ()),
    };
    if let Conn::Pg(c) = conn {
        diesel::sql_query("SELECT pg_advisory_unlock(4711)")
            .execute(c)
            .map_err(|e| failed(&e))?;
    }
    done.map_err(|e| failed(&e))
}

fn tables(conn: &mut Conn) -> Result<BTreeSet<String>> {
    let sql = match conn {
        Conn::Pg(_) => {
            "SELECT tablename::text AS name FROM pg_tables WHERE schemaname = current_schema()"
        }
        Conn::Sqlite(_) => {
            "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
        }
    };
    names(conn, sql)
}

fn applied(conn: &mut Conn, tables: &BTreeSet<String>) -> Result<BTreeSet<String>> {
    if tables.contains(OWN_TABLE) {
        names(
            conn,
            "SELECT version AS name FROM __diesel_schema_migrations",
        )
    } else {
        Ok(BTreeSet::new())
    }
}

fn names(conn: &mut Conn, sql: &str) -> Result<BTreeSet<String>> {
    let rows: Vec<Name> = each!(conn, c => diesel::sql_query(sql).load(c))?;
    Ok(rows.into_iter().map(|row| row.name).collect())
}

/// The versions this program brings; both folders hold the same names (a test checks it).
fn known() -> BTreeSet<String> {
    let migrations: Vec<Box<dyn Migration<diesel::sqlite::Sqlite>>> =
        SQLITE.migrations().unwrap_or_default();
    migrations
        .iter()
        .map(|m| m.name().version().to_string())
        .collect()
}
