//! Big blogs: fills a node's database with posts and comments, fast. The rows are made by the database itself, a statement for
//! each table and portion; whoever adds a column that pages read adds it to the statements here.

use std::path::Path;
use std::time::Instant;

use antiphon::app::App;
use antiphon::clock::Clock;
use antiphon::db::Conn;
use antiphon::domain::account;
use antiphon::federation::keys;
use antiphon::http::{HttpClient, HttpSettings};
use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use diesel::sql_types::Text;

use crate::support::{self, SITE};

/// Who writes beside `alice`.
const WRITERS: [&str; 3] = ["bob", "carol", "dave"];
/// People elsewhere who comment.
const READERS: i64 = 1_000;
/// Rows that one transaction makes.
const PORTION: i64 = 50_000;
/// Microseconds between two posts, and between two comments.
const APART: i64 = 60_000_000;
/// Tables whose triggers sleep meanwhile: nobody needs to be told of what is made here.
const TABLES: [&str; 3] = ["posts", "post_tags", "comments"];
/// Triggers of these tables that are needed all the same, since they count.
const NEEDED: &[&str] = &["post_months_insert"];

/// How much to make.
#[derive(Clone, Copy)]
pub(crate) struct Size {
    /// Posts.
    pub(crate) posts: i64,
    /// Comments on each of them.
    pub(crate) each: i64,
}

/// `generate POSTS COMMENTS FOLDER [postgres://…]`: makes a node in a folder and fills its database.
pub(crate) fn by_hand(arguments: &[&str]) {
    let number = |place: usize| -> Option<i64> { arguments.get(place)?.parse().ok() };
    let (Some(posts), Some(comments), Some(folder)) = (number(0), number(1), arguments.get(2))
    else {
        eprintln!("generate POSTS COMMENTS FOLDER [postgres://user@host/database]");
        return;
    };
    let size = Size {
        posts: posts.max(1),
        each: comments / posts.max(1),
    };
    let folder = Path::new(folder);
    std::fs::create_dir_all(folder).expect("the folder can be made");
    let runtime = tokio::runtime::Runtime::new().expect("a runtime can be made");
    runtime.block_on(async {
        let begun = Instant::now();
        let app = node(folder, arguments.get(3).copied()).await;
        fill(&app, size).await;
        let (comments, seconds) = (size.posts * size.each, begun.elapsed().as_secs());
        eprintln!("{posts} posts and {comments} comments in {seconds} s");
    });
    eprintln!("antiphon serve --data {}", folder.display());
}

/// A node in a folder, its database in the same folder or on a server.
pub(crate) async fn node(folder: &Path, database: Option<&str>) -> std::sync::Arc<App> {
    let more = database.map_or_else(String::new, |url| format!("[database]\nurl = \"{url}\"\n"));
    let config = support::write_config(folder, &more);
    let client = HttpClient::new(HttpSettings::default()).expect("the client can be built");
    let app = App::open(config, Clock::System, client).await;
    let app = app.expect("the database can be opened");
    let keys = keys::generate().await.expect("keys can be made");
    let made = antiphon::domain::actor::ensure_instance(&app, keys.clone()).await;
    made.expect("the instance actor can be made");
    for name in ["alice"].iter().chain(&WRITERS) {
        let made = account::create(&app, name, None, keys.clone()).await;
        made.expect("the account can be made");
    }
    app
}

/// Fills a fresh node. Post `n` of `1..=posts` has the address `/posts/post-n` and the tags `all`, `tenth{n % 10}` and
/// `topic{n / 1000}`; the larger the number, the newer the post.
pub(crate) async fn fill(app: &App, size: Size) {
    let writers = account::list(app).await.expect("the database can be read");
    let writers: Vec<i64> = writers.iter().map(|(_, actor)| actor.id.raw()).collect();
    let triggers = sleep(app).await;
    run(app, readers(app.now().0)).await;
    let begin = app.now().0 - (size.posts + 1) * APART;
    portions(app, 1, size.posts, |rows| posts(rows, &writers, begin)).await;
    portions(app, 1, size.posts, |rows| tags(rows, begin)).await;
    let comments = |rows: &str| comments(rows, size, begin);
    portions(app, 0, size.posts * size.each - 1, comments).await;
    wake(app, triggers).await;
    // PostgreSQL does this by itself some minutes after much has changed; SQLite never does.
    let swept = app.db.read(|conn| {
        if let Conn::Pg(c) = conn {
            c.batch_execute("VACUUM ANALYZE")?;
        }
        Ok(())
    });
    swept.await.expect("the database can be swept");
}

/// Runs a statement for the numbers from one to another, a portion at a time.
async fn portions(app: &App, first: i64, last: i64, statement: impl Fn(&str) -> String) {
    let mut from = first;
    while from <= last {
        let to = last.min(from + PORTION - 1);
        let rows = format!(
            "WITH RECURSIVE n (i) AS (SELECT CAST({from} AS BIGINT) UNION ALL SELECT i + 1 FROM n WHERE i < {to})"
        );
        run(app, statement(&rows)).await;
        from = to + 1;
    }
}

async fn run(app: &App, statement: String) {
    let written = app.db.write(move |conn| {
        diesel::sql_query(statement).execute(conn)?;
        Ok(())
    });
    written.await.expect("the rows can be made");
}

/// People elsewhere; their ids begin at 1, far below those that the node makes.
fn readers(now: i64) -> String {
    let id = "'https://h' || CAST(i AS TEXT) || '.example/users/reader'";
    format!(
        "INSERT INTO actors (id, ap_id, local, kind, username, host, name, summary, url, inbox, created_at, updated_at, fetched_at) \
         WITH RECURSIVE n (i) AS (SELECT CAST(1 AS BIGINT) UNION ALL SELECT i + 1 FROM n WHERE i < {READERS}) \
         SELECT i, {id}, FALSE, 'Person', 'reader', 'h' || CAST(i AS TEXT) || '.example', 'Reader ' || CAST(i AS TEXT), '', \
         {id}, {id} || '/inbox', {now}, {now}, {now} FROM n"
    )
}

fn posts(rows: &str, writers: &[i64], begin: i64) -> String {
    let text = "What is written here is of no account, but it is as long as a short paragraph usually is, with a \
                link to somewhere and a word in bold. ";
    let html = format!("<p>{text}<strong>Bold.</strong></p>\n").repeat(3);
    let (source, number) = (text.repeat(3), "CAST(i AS TEXT)");
    let writer: Vec<String> = writers.iter().map(i64::to_string).collect();
    let cases: Vec<String> = (0..)
        .zip(&writer)
        .map(|(place, id)| format!("WHEN {place} THEN {id}"))
        .collect();
    let (cases, count) = (cases.join(" "), writer.len());
    let at = format!("{begin} + i * {APART}");
    format!(
        "INSERT INTO posts (id, ap_id, actor_id, status, slug, url, title, summary, excerpt, source, html, language, images, \
         mentions, created_at, published_at, updated_at, comments) {rows} \
         SELECT i, '{SITE}/ap/posts/' || {number}, CASE i % {count} {cases} END, 'published', 'post-' || {number}, \
         '{SITE}/posts/post-' || {number}, 'Post number ' || {number}, NULL, '{text}', '{source}', '{html}', 'en', '[]', '[]', \
         {at}, {at}, {at}, 'open' FROM n"
    )
}

/// Three tags for each post: everybody's, a tenth's, a thousand's.
fn tags(rows: &str, begin: i64) -> String {
    format!(
        "INSERT INTO post_tags (post_id, position, name, key, published_at) {rows}, \
         t (place, label) AS (SELECT 0, 'all' UNION ALL SELECT 1, 'tenth' UNION ALL SELECT 2, 'topic'), \
         named (i, place, label) AS (SELECT i, place, label || CASE place WHEN 0 THEN '' WHEN 1 THEN CAST(i % 10 AS TEXT) \
         ELSE CAST(i / 1000 AS TEXT) END FROM n CROSS JOIN t) \
         SELECT i, place, label, label, {begin} + i * {APART} FROM named"
    )
}

/// Every second comment answers the one before it.
fn comments(rows: &str, size: Size, begin: i64) -> String {
    let Size { posts, each } = size;
    let html = "<p>I tried this over the weekend, and it works well, apart from the second step: there the documentation says \
                something else. Thank you for writing it down!</p>";
    let id = format!(
        "'https://h' || CAST(1 + i % {READERS} AS TEXT) || '.example/users/reader/notes/' || CAST(i AS TEXT)"
    );
    // After all posts. An answer is the k-th comment of a post with an odd k.
    let at = format!("{} + i", begin + posts * APART);
    let odd = format!("(i % {each}) % 2 = 1");
    format!(
        "INSERT INTO comments (id, ap_id, post_id, parent_id, actor_id, local, status, visibility, position, url, html, language, \
         mentions, published_at, received_at, updated_at, hidden, root_id) {rows} \
         SELECT i + 1, {id}, i / {each} + 1, CASE WHEN {odd} THEN i ELSE NULL END, 1 + i % {READERS}, FALSE, 'published', \
         'public', CASE WHEN {odd} THEN 1 ELSE (i % {each}) / 2 + 1 END, {id}, '{html}', 'en', '[]', {at}, {at}, {at}, FALSE, \
         CASE WHEN {odd} THEN i ELSE i + 1 END FROM n"
    )
}

/// A trigger of one of the tables.
#[derive(QueryableByName)]
struct Trigger {
    #[diesel(sql_type = Text)]
    name: String,
    #[diesel(sql_type = Text)]
    of: String,
    #[diesel(sql_type = Text)]
    sql: String,
}

/// Takes the triggers away that only tell others, and returns them.
async fn sleep(app: &App) -> Vec<Trigger> {
    let tables = TABLES.map(|table| format!("'{table}'")).join(", ");
    let put = app.db.write(move |conn| {
        let mut found: Vec<Trigger> = match conn {
            Conn::Sqlite(c) => diesel::sql_query(format!(
                "SELECT name, tbl_name AS of, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name IN ({tables})"
            ))
            .load(c)?,
            Conn::Pg(c) => diesel::sql_query(format!(
                "SELECT t.tgname::text AS name, c.relname::text AS of, '' AS sql FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid \
                 WHERE NOT t.tgisinternal AND c.relname IN ({tables})"
            ))
            .load(c)?,
        };
        found.retain(|trigger| !NEEDED.contains(&trigger.name.as_str()));
        for Trigger { name, of, .. } in &found {
            let statement = match conn {
                Conn::Sqlite(_) => format!("DROP TRIGGER {name}"),
                Conn::Pg(_) => format!("ALTER TABLE {of} DISABLE TRIGGER {name}"),
            };
            diesel::sql_query(statement).execute(conn)?;
        }
        Ok(found)
    });
    put.await.expect("triggers can be put to sleep")
}

async fn wake(app: &App, triggers: Vec<Trigger>) {
    let woken = app.db.write(move |conn| {
        for Trigger { name, of, sql } in &triggers {
            let statement = match conn {
                Conn::Sqlite(_) => sql.clone(),
                Conn::Pg(_) => format!("ALTER TABLE {of} ENABLE TRIGGER {name}"),
            };
            diesel::sql_query(statement).execute(conn)?;
        }
        Ok(())
    });
    woken.await.expect("triggers can be woken");
}
