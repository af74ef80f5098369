//! The two databases: the same tables in both, and changes that do not hurt each other.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use antiphon::db::Conn;
use antiphon::db::schema::{hosts, posts};
use antiphon::error::Error;
use antiphon::types::{Host, Timestamp};
use diesel::prelude::*;
use diesel::sql_types::{Bool, Text};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{UnixListener, UnixStream};

use crate::support::{TestApp, TestDb, both_databases, until};
use crate::web::world::{get, publish};

#[derive(QueryableByName, PartialEq, Eq, PartialOrd, Ord, Debug)]
struct Column {
    #[diesel(sql_type = Text)]
    of: String,
    #[diesel(sql_type = Text)]
    name: String,
    #[diesel(sql_type = Bool)]
    required: bool,
}

const SQLITE: &str = "SELECT m.name AS of, c.name AS name, c.\"notnull\" AS required \
    FROM sqlite_master m, pragma_table_info(m.name) c \
    WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite_%' AND m.name NOT LIKE '\\_\\_%' ESCAPE '\\'";
const POSTGRES: &str = "SELECT table_name::text AS of, column_name::text AS name, is_nullable = 'NO' AS required \
    FROM information_schema.columns WHERE table_schema = 'public' AND table_name NOT LIKE '\\_\\_%'";

async fn columns(db: TestDb) -> BTreeSet<Column> {
    let test = TestApp::builder().build(db).await;
    let found = test.app.db.read(|conn| {
        Ok(match conn {
            Conn::Pg(c) => diesel::sql_query(POSTGRES).load::<Column>(c)?,
            Conn::Sqlite(c) => diesel::sql_query(SQLITE).load::<Column>(c)?,
        })
    });
    found.await.unwrap().into_iter().collect()
}

#[tokio::test]
async fn both_schemas_hold_the_same_tables_and_columns() {
    let Some(postgres) = TestDb::postgres() else {
        return;
    };
    let (sqlite, postgres) = (columns(TestDb::sqlite()).await, columns(postgres).await);
    let differ: Vec<_> = sqlite.symmetric_difference(&postgres).collect();
    assert!(differ.is_empty(), "{differ:#?}");
    assert!(sqlite.len() > 100, "{}", sqlite.len());
}

/// Whether the process that opens this handle found itself alone.
async fn alone(db: &antiphon::db::Db) -> bool {
    let found = Arc::new(std::sync::atomic::AtomicBool::new(false));
    let set = Arc::clone(&found);
    let announced = db.announce(move |_| {
        set.store(true, std::sync::atomic::Ordering::SeqCst);
        Ok(())
    });
    announced.await.unwrap();
    found.load(std::sync::atomic::Ordering::SeqCst)
}

#[tokio::test]
async fn a_second_process_on_one_server_leaves_the_claims_of_the_first_alone() {
    let Some(postgres) = TestDb::postgres() else {
        return;
    };
    let test = TestApp::builder().build(postgres).await;
    let open = || antiphon::db::Db::open(&test.app.config).unwrap();
    let (first, second) = (open(), open());
    assert!(alone(&first).await);
    assert!(!alone(&second).await, "the first one lives");
    drop((first, second));
    assert!(alone(&open()).await, "both are gone");
}

#[tokio::test]
async fn a_process_is_known_again_after_its_connection_broke() {
    let Some(postgres) = TestDb::postgres() else {
        return;
    };
    let test = TestApp::builder().build(postgres).await;
    let open = || antiphon::db::Db::open(&test.app.config).unwrap();
    let (first, second) = (open(), open());
    assert!(alone(&first).await);
    let broken = second.write(|conn| {
        diesel::sql_query(
            "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND objid = 4712 \
             AND database = (SELECT oid FROM pg_database WHERE datname = current_database())",
        )
        .execute(conn)?;
        Ok(())
    });
    broken.await.unwrap();
    first.announce_again().await.unwrap();
    assert!(!alone(&second).await, "the first one lives");
}

/// A socket that leads to a PostgreSQL server; what listeners hear there can be stopped without anybody being told, as
/// networks do.
struct Mute {
    folder: tempfile::TempDir,
    on: Arc<AtomicBool>,
}

impl Mute {
    fn before(real: PathBuf) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let name = real.file_name().unwrap().to_owned();
        let listener = UnixListener::bind(folder.path().join(name)).unwrap();
        let on = Arc::new(AtomicBool::new(false));
        let mute = Arc::clone(&on);
        tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                let server = UnixStream::connect(&real).await.unwrap();
                let (mut from_client, mut to_client) = client.into_split();
                let (mut from_server, mut to_server) = server.into_split();
                let listens = Arc::new(AtomicBool::new(false));
                let (heard, mute) = (Arc::clone(&listens), Arc::clone(&mute));
                tokio::spawn(async move {
                    let mut buffer = [0; 4096];
                    while let Ok(read @ 1..) = from_client.read(&mut buffer).await {
                        if buffer[..read].windows(7).any(|part| part == b"LISTEN ") {
                            listens.store(true, Ordering::SeqCst);
                        }
                        to_server.write_all(&buffer[..read]).await.unwrap();
                    }
                });
                tokio::spawn(async move {
                    let mut buffer = [0; 4096];
                    while let Ok(read @ 1..) = from_server.read(&mut buffer).await {
                        let lost = heard.load(Ordering::SeqCst) && mute.load(Ordering::SeqCst);
                        if !lost && to_client.write_all(&buffer[..read]).await.is_err() {
                            return;
                        }
                    }
                });
            }
        });
        Self { folder, on }
    }
}

async fn rename(db: &antiphon::db::Db, title: &'static str) {
    let renamed = db.write(move |conn| {
        diesel::update(posts::table)
            .set(posts::title.eq(title))
            .execute(conn)?;
        Ok(())
    });
    renamed.await.unwrap();
}

#[tokio::test]
async fn what_changes_is_shown_also_when_the_database_falls_silent() {
    let Some(postgres) = TestDb::postgres() else {
        return;
    };
    let url = postgres.url().to_owned();
    let Some((before, behind)) = url.split_once("?host=") else {
        return;
    };
    let (folder, rest) = behind.split_once('&').unwrap();
    let mute = Mute::before(Path::new(folder).join(".s.PGSQL.5432"));
    let through = format!("{before}?host={}&{rest}", mute.folder.path().display());
    let test = TestApp::builder()
        .configure(move |config| config.database.url = through.clone())
        .build(postgres)
        .await;
    let mut config = test.app.config.clone();
    config.database.url = url;
    let other = antiphon::db::Db::open(&config).unwrap();
    publish(&test, "Psalm").await;
    let shows = async |title: &str| get(&test, "/").await.text.contains(title);
    until("the page is kept", async || {
        let given = test.app.metrics.render(0, 0);
        assert!(shows("Psalm").await);
        (test.app.metrics.render(0, 0) != given).then_some(())
    })
    .await;
    mute.on.store(true, Ordering::SeqCst);
    rename(&other, "Hymn").await;
    until("the silence is noticed", async || {
        shows("Hymn").await.then_some(())
    })
    .await;
    mute.on.store(false, Ordering::SeqCst);
    rename(&other, "Canon").await;
    until("it is heard again", async || {
        shows("Canon").await.then_some(())
    })
    .await;
    mute.on.store(true, Ordering::SeqCst);
    rename(&test.app.db, "Motet").await;
    assert!(shows("Motet").await, "who changed it sees it changed");
}

#[test]
fn both_databases_have_the_same_migrations() {
    let names = |backend: &str| -> BTreeSet<String> {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("migrations")
            .join(backend);
        let entries = fs::read_dir(folder).unwrap();
        entries
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect()
    };
    assert_eq!(names("sqlite"), names("postgres"));
    assert!(!names("sqlite").is_empty());
}

fn insert(conn: &mut Conn, name: &str) -> antiphon::error::Result<()> {
    antiphon::hosts::block(conn, &Host::parse(name).unwrap(), None, Timestamp(1))
}

both_databases! {
    async fn changes_that_fail_or_panic_do_not_hurt_others(test: TestApp) {
        let mut tasks = tokio::task::JoinSet::new();
        for number in 0..90 {
            let app = Arc::clone(&test.app);
            tasks.spawn(async move {
                let done = app.db.write(move |conn| {
                    insert(conn, &format!("h{number}.example"))?;
                    match number % 3 {
                        0 => Ok(()),
                        1 => Err(Error::invalid("this change fails")),
                        _ => panic!("this change panics"),
                    }
                });
                (number, done.await.is_ok())
            });
        }
        while let Some(ended) = tasks.join_next().await {
            let (number, ok) = ended.unwrap();
            assert_eq!(ok, number % 3 == 0, "change {number}");
        }
        let kept: Vec<String> = test.app.db.read(|conn| {
            Ok(hosts::table.select(hosts::host).load(conn)?)
        }).await.unwrap();
        let wanted: BTreeSet<String> = (0..90).step_by(3).map(|number| format!("h{number}.example")).collect();
        assert_eq!(kept.into_iter().collect::<BTreeSet<_>>(), wanted);
        test.app.db.write(|conn| insert(conn, "after.example")).await.unwrap();
    }

    async fn a_question_that_panics_does_not_hurt_others(test: TestApp) {
        for _ in 0..20 {
            let asked = test.app.db.read::<(), _>(|_| panic!("this question panics")).await;
            assert!(matches!(asked, Err(Error::Internal(_))), "{asked:?}");
        }
        test.app.db.ping().await.unwrap();
    }

    async fn a_statement_that_fails_does_not_hurt_others(test: TestApp) {
        let app = Arc::clone(&test.app);
        let fail = app.db.write(|conn| {
            insert(conn, "lost.example")?;
            diesel::insert_into(hosts::table).values(hosts::host.eq("x")).execute(conn)?;
            Ok(())
        });
        let (failed, kept) = tokio::join!(fail, app.db.write(|conn| insert(conn, "kept.example")));
        assert!(matches!(failed, Err(Error::Db(_))), "{failed:?}");
        kept.unwrap();
        let all: Vec<String> = app.db.read(|conn| Ok(hosts::table.select(hosts::host).load(conn)?)).await.unwrap();
        assert_eq!(all, ["kept.example"]);
    }

    async fn opening_again_finds_what_was_written(test: TestApp) {
        test.app.db.write(|conn| insert(conn, "kept.example")).await.unwrap();
        let (config, clock, http) = (test.app.config.clone(), test.app.clock.clone(), test.app.http.clone());
        let again = antiphon::app::App::open(config, clock, http).await.unwrap();
        assert!(again.hosts.is_blocked(&Host::parse("sub.kept.example").unwrap()));
    }
}
