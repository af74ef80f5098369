//! How the databases find what pages show. Every statement that a page makes is written down as it runs and explained: none may read
//! or sort a whole table of posts or comments, however many there are. A new page is a line in `PAGES`.

use std::collections::{BTreeSet, HashMap};
use std::sync::Mutex;

use antiphon::db::Conn;
use antiphon::domain::delivery;
use antiphon::domain::post::{NewPost, Post};
use diesel::connection::{
    Instrumentation, InstrumentationEvent, SimpleConnection, set_default_instrumentation,
};
use diesel::prelude::*;
use diesel::sql_types::Text;

use super::world::{Reply, create, get, person};
use crate::support::{TestApp, TestDb, both_databases};

/// Pages of a blog with the posts 1 to 45; `OLD` stands for the id of one in the middle.
const PAGES: &[&str] = &[
    "/",
    "/?before=OLD",
    "/@alice",
    "/@alice?before=OLD",
    "/tags/music",
    "/tags/music?before=OLD",
    "/posts/post-20",
    "/about",
    "/feed.atom",
    "/@alice/feed.atom",
    "/tags/music/feed.atom",
    "/posts/post-20/comments.atom",
];

/// Tables that grow without end.
const LARGE: &[&str] = &[
    "posts",
    "post_tags",
    "comments",
    "reactions",
    "talk",
    "wanted",
    "pictures",
    "followers",
    "deliveries",
    "actors",
];

/// Tables that stay small, and what SQLite reads without a table.
const SMALL: &[&str] = &[
    "accounts",
    "categories",
    "series",
    "pages",
    "CONSTANT",
    "json_each",
];

/// Statements that may sort, for what they sort is bounded: a part of them without quotes, and the bound.
const SORTED: &[(&str, &str)] = &[
    (
        "FROM pictures WHERE (pictures.post_id",
        "pictures in the posts of a page",
    ),
    (
        "FROM (pictures INNER JOIN comments",
        "pictures under one post",
    ),
    (
        "FROM wanted WHERE ((wanted.post_id",
        "what is missing under one post",
    ),
    ("FROM reactions r JOIN actors a", "reactions to one post"),
    (
        "WHERE ((post_categories.post_id",
        "the categories of one post",
    ),
];

/// Statements that are not looked at: a part of them without quotes, and why.
const APART: &[(&str, &str)] = &[
    (
        "FROM hosts WHERE (hosts.signature_form",
        "a node that starts reads it once, and each request of a test starts one",
    ),
    (
        "FROM comments WHERE ((comments.id = ANY",
        "by their ids: on a table of two rows PostgreSQL takes any index",
    ),
];

/// What ran on the databases that are watched, by the address of the database.
static WATCHED: Mutex<Option<HashMap<String, BTreeSet<String>>>> = Mutex::new(None);

/// Writes down what runs on one connection.
struct Watcher {
    url: String,
}

impl Instrumentation for Watcher {
    fn on_connection_event(&mut self, event: InstrumentationEvent<'_>) {
        match event {
            InstrumentationEvent::StartEstablishConnection { url, .. } => {
                url.clone_into(&mut self.url);
            }
            InstrumentationEvent::StartQuery { query, .. } => {
                let mut watched = WATCHED.lock().expect("no test panics here");
                if let Some(seen) = watched.as_mut().and_then(|all| all.get_mut(&self.url)) {
                    let text = query.to_string();
                    let statement = text.split(" -- binds:").next().unwrap_or_default();
                    seen.insert(statement.trim().to_owned());
                }
            }
            _ => {}
        }
    }
}

/// Begins to write down what runs on connections that are opened from now on to this database. Returns its address.
fn watch(db: &TestDb) -> String {
    set_default_instrumentation(|| Some(Box::new(Watcher { url: String::new() }))).unwrap();
    let sqlite = db.folder().join("antiphon.db");
    let url = if db.url().starts_with("sqlite:") {
        sqlite.to_string_lossy().into_owned()
    } else {
        db.url().to_owned()
    };
    let mut watched = WATCHED.lock().expect("no test panics here");
    watched
        .get_or_insert_default()
        .insert(url.clone(), BTreeSet::new());
    url
}

fn seen(url: &str) -> BTreeSet<String> {
    let mut watched = WATCHED.lock().expect("no test panics here");
    let all = watched.as_mut().and_then(|all| all.get_mut(url));
    all.map(std::mem::take).unwrap_or_default()
}

#[derive(QueryableByName)]
struct Detail {
    #[diesel(sql_type = Text)]
    detail: String,
}

#[derive(QueryableByName)]
struct Line {
    #[diesel(sql_type = Text, column_name = "QUERY PLAN")]
    line: String,
}

/// A statement as both databases may have it, for [`SORTED`].
fn plain(statement: &str) -> String {
    statement.replace(['`', '"'], "")
}

fn may_sort(statement: &str) -> bool {
    let statement = plain(statement);
    SORTED.iter().any(|(part, _)| statement.contains(part))
}

/// The plan of a statement, a step a line.
fn explain(conn: &mut Conn, statement: &str) -> Vec<String> {
    match conn {
        Conn::Sqlite(c) => {
            let steps = diesel::sql_query(format!("EXPLAIN QUERY PLAN {statement}")).load(c);
            let steps: Vec<Detail> = steps.unwrap_or_else(|e| panic!("{statement}: {e}"));
            steps.into_iter().map(|step| step.detail).collect()
        }
        Conn::Pg(c) => {
            let sort = if may_sort(statement) { "on" } else { "off" };
            // On small tables PostgreSQL would read everything: what it does where that costs too much it shall show.
            c.batch_execute(&format!(
                "SET plan_cache_mode = force_generic_plan; SET enable_seqscan = off; SET enable_bitmapscan = off; \
                 SET enable_sort = {sort}; SET enable_hashjoin = off; SET enable_mergejoin = off; PREPARE explained AS {statement}"
            ))
            .unwrap_or_else(|e| panic!("{statement}: {e}"));
            let given = |number: &usize| statement.contains(&format!("${number}"));
            let count = (1..1000).take_while(given).count();
            let values = match count {
                0 => String::new(),
                _ => format!("({})", vec!["NULL"; count].join(", ")),
            };
            let lines = diesel::sql_query(format!("EXPLAIN EXECUTE explained{values}")).load(c);
            let lines: Vec<Line> = lines.unwrap_or_else(|e| panic!("{statement}: {e}"));
            c.batch_execute("DEALLOCATE explained; RESET ALL").unwrap();
            lines.into_iter().map(|line| line.line).collect()
        }
    }
}

/// The plans of what was asked since the last call, each with its statement.
async fn explained(app: &TestApp, url: &str) -> Vec<(Vec<String>, String)> {
    let mut statements = seen(url);
    statements.retain(|one| one.starts_with("SELECT") || one.starts_with("WITH"));
    let explain_all = move |conn: &mut Conn| {
        let all = statements.into_iter();
        Ok(all.map(|one| (explain(conn, &one), one)).collect())
    };
    app.app.db.read(explain_all).await.unwrap()
}

/// The steps of a plan that take longer the larger a table is.
fn growing(plan: &[String], may_sort: bool) -> Vec<&str> {
    let mut found = Vec::new();
    for (place, step) in plan.iter().enumerate() {
        let words: Vec<&str> = step
            .split_whitespace()
            .filter(|word| *word != "->")
            .collect();
        let names = |tables: &[&str]| words.iter().any(|word| tables.contains(word));
        let next = plan.get(place + 1).map_or("", |next| next.trim_start());
        let all = match words.as_slice() {
            ["SCAN", table, ..] => !SMALL.contains(table),
            // Nearly all comments are published.
            ["SEARCH", "comments", ..] => step.ends_with("(status=?)"),
            ["Seq", "Scan", ..] => names(LARGE),
            ["Index", ..] => {
                let bound = next.strip_prefix("Index Cond: (");
                let by_status = names(&["comments"])
                    && bound.is_some_and(|by| by.starts_with("status") && !by.contains("AND"));
                names(LARGE) && step.contains(" using ") && (bound.is_none() || by_status)
            }
            _ => false,
        };
        let sorts = matches!(words.as_slice(), ["Sort", ..]) && next.starts_with("Sort Key")
            || step.contains("TEMP B-TREE FOR ORDER BY");
        if all || (sorts && !may_sort) {
            found.push(step.trim());
        }
    }
    found
}

/// A blog whose posts have tags, comments by others and reactions, so that pages ask for everything.
async fn blog(app: &TestApp) -> Vec<Post> {
    let mut posts = Vec::new();
    for number in 1..=45 {
        let new = NewPost {
            title: format!("Post {number}"),
            content: "Text".into(),
            tags: vec!["Music".into(), format!("tag{number}")],
            ..NewPost::default()
        };
        posts.push(create(app, new).await);
    }
    let bob = person(app, "bob").await;
    let first = Reply::new(&bob, &posts[19], "<p>Well</p>")
        .arrive(app)
        .await;
    Reply::new(&bob, &posts[19], "<p>Well, well</p>")
        .to(first.id)
        .arrive(app)
        .await;
    posts
}

both_databases! {
    async fn no_page_reads_or_sorts_all_posts_or_comments(db: TestDb) {
        let url = watch(&db);
        let app = TestApp::builder().build(db).await;
        let posts = blog(&app).await;
        let mut faults = Vec::new();
        for page in PAGES {
            let path = page.replace("OLD", &posts[24].id.to_string());
            drop(seen(&url));
            assert_eq!(get(&app, &path).await.status, 200, "{path}");
            let explained = explained(&app, &url).await;
            assert!(!explained.is_empty(), "{path} asks the database nothing");
            for (plan, statement) in explained {
                let found = growing(&plan, may_sort(&statement));
                if !found.is_empty() && !APART.iter().any(|(part, _)| plain(&statement).contains(part)) {
                    faults.push(format!("{path}\n  {}\n  {}", plain(&statement), found.join("\n  ")));
                }
            }
        }
        assert!(faults.is_empty(), "{} statements grow:\n{}", faults.len(), faults.join("\n"));
    }

    /// They are few, among all that were ever made.
    async fn what_is_due_to_be_delivered_is_found_by_its_own_index(db: TestDb) {
        let url = watch(&db);
        let app = TestApp::builder().build(db).await;
        let now = app.app.clock.now();
        drop(seen(&url));
        app.app.db.write(move |conn| delivery::claim(conn, now, 10, Vec::new())).await.unwrap();
        let mut explained = explained(&app, &url).await;
        explained.retain(|(_, statement)| plain(statement).contains("FROM deliveries"));
        assert!(matches!(explained.as_slice(), [(plan, _)] if plan.concat().contains("deliveries_due")), "{explained:?}");
    }
}
