//! Pages of a small and of a very large blog, uncached, on both databases: what a page takes must not grow with the blog.

#[path = "../../tests/integration/support/postgres.rs"]
mod postgres;

use std::sync::Arc;
use std::time::{Duration, Instant};

use antiphon::app::App;
use antiphon::web;
use axum::Router;
use axum::body::{Body, to_bytes};
use http::Request;
use tempfile::TempDir;
use tokio::runtime::Runtime;
use tower::ServiceExt;

use crate::generate::{self, Size};
use crate::report::{Row, median};

/// Posts of the small and of the large blog, when nothing else is said (`ANTIPHON_BENCH_POSTS`), and comments on each.
const SMALL: i64 = 1_000;
const LARGE: i64 = 1_000_000;
const EACH: i64 = 5;
/// Times that each page is asked for, in turn with the other blog's.
const TIMES: usize = 41;
/// Answers slower than this say enough after a few.
const SLOW: Duration = Duration::from_millis(500);

/// Each page: its name, and its address on a blog of so many posts.
type Page = (&'static str, fn(i64) -> String);

const PAGES: [Page; 9] = [
    ("home", |_| "/".into()),
    ("home, deep", |posts| format!("/?before={}", posts / 10)),
    ("post, newest", |posts| format!("/posts/post-{posts}")),
    ("post, old", |posts| format!("/posts/post-{}", posts / 10)),
    ("tag of all", |_| "/tags/all".into()),
    ("tag of a tenth", |_| "/tags/tenth3".into()),
    ("tag of a tenth, deep", |posts| {
        format!("/tags/tenth3?before={}", posts / 2 + 3)
    }),
    ("writer", |_| "/@alice".into()),
    ("writer, deep", |posts| {
        format!("/@alice?before={}", posts / 10)
    }),
];

/// A blog with its pages, and what to keep while it is measured.
struct Blog {
    pages: Router,
    posts: i64,
    _folder: TempDir,
}

impl Blog {
    async fn new(posts: i64, database: Option<String>) -> Self {
        let folder = tempfile::tempdir().expect("the system has a temporary folder");
        let app: Arc<App> = generate::node(folder.path(), database.as_deref()).await;
        let begun = Instant::now();
        generate::fill(&app, Size { posts, each: EACH }).await;
        let seconds = begun.elapsed().as_secs_f64();
        eprintln!("{posts} posts, {} comments: {seconds:.1} s", posts * EACH);
        Self {
            pages: web::router()
                .merge(web::negotiated_routes())
                .with_state(app),
            posts,
            _folder: folder,
        }
    }

    /// The milliseconds that a page takes.
    async fn timed(&self, (name, address): Page) -> f64 {
        let path = address(self.posts);
        let request = Request::get(&path).body(Body::empty());
        let request = request.expect("it is a request");
        let begun = Instant::now();
        let answer = self.pages.clone().oneshot(request).await;
        let answer = answer.unwrap_or_else(|never| match never {});
        assert!(answer.status().is_success(), "{name}: {}", answer.status());
        let body = to_bytes(answer.into_body(), usize::MAX).await;
        let taken = begun.elapsed().as_secs_f64() * 1000.0;
        assert!(body.expect("it is in memory").len() > 1_000, "{name}");
        taken
    }
}

/// Both blogs on each database that is there.
pub(crate) fn lists() -> Vec<Row> {
    let runtime = Runtime::new().expect("a runtime can be made");
    let large = std::env::var("ANTIPHON_BENCH_POSTS");
    let large = large.ok().and_then(|text| text.parse().ok());
    let large = large.unwrap_or(LARGE);
    let mut rows = Vec::new();
    rows.extend(runtime.block_on(compared("SQLite", large, || None)));
    if let Some(server) = postgres::server() {
        let fresh = || Some(server.url_of(&server.create_database()));
        rows.extend(runtime.block_on(compared("PostgreSQL", large, fresh)));
    }
    rows
}

async fn compared(database: &str, large: i64, url: impl Fn() -> Option<String>) -> Vec<Row> {
    let (small, large) = (Blog::new(SMALL, url()).await, Blog::new(large, url()).await);
    let mut rows = Vec::new();
    for page in PAGES {
        let (mut few, mut many) = (Vec::new(), Vec::new());
        for round in 0..TIMES {
            few.push(small.timed(page).await);
            many.push(large.timed(page).await);
            if round >= 4 && median(&many) > SLOW.as_secs_f64() * 1000.0 {
                break;
            }
        }
        let (few, many) = (median(&few), median(&many));
        rows.push(Row {
            what: format!("{database}, {} posts: {}", large.posts, page.0),
            figure: format!("{many:.2} ms"),
            ceiling: format!("{few:.2} ms with {} posts", small.posts),
            ratio: format!("{:.2} times", many / few),
            wanted: "≤ 2 times",
            reached: many / few <= 2.0,
        });
    }
    rows
}
