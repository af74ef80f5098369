//! A post's page in this process, never cached: the read, the thread, the template, the validator.

use std::sync::Arc;
use std::time::Instant;

use antiphon::app::App;
use antiphon::http::HttpSettings;
use antiphon::web;
use axum::body::to_bytes;
use axum::extract::{Path, State};
use http::{HeaderMap, Uri};
use tokio::runtime::Runtime;

use crate::report::{Row, median};
use crate::support;

/// Pages that are timed of each size.
const TIMES: usize = 41;

/// 500 and 10,000 comments, and how the time grows between them.
pub(crate) fn pages() -> Vec<Row> {
    let folder = tempfile::tempdir().expect("the system has a temporary folder");
    let runtime = Runtime::new().expect("a runtime can be made");
    let app = runtime.block_on(async {
        let (app, alice) = support::node(folder.path(), HttpSettings::default()).await;
        for (number, count) in [(0, 500), (1, 10_000)] {
            let post = support::publish(&app, &alice, number).await;
            support::add_comments(&app, &post, count).await;
        }
        app
    });
    let small = runtime.block_on(timed(&app, "post-number-0"));
    let large = runtime.block_on(timed(&app, "post-number-1"));
    vec![
        Row::at_most(
            "page, 500 comments, uncached, median",
            "ms",
            &[small],
            3.0,
            "≤ 3 ms",
        ),
        Row::at_most(
            "page, 10,000 comments, uncached, median",
            "ms",
            &[large],
            60.0,
            "≤ 60 ms",
        ),
        Row::at_most(
            "page, growth for 20 times the comments",
            "times",
            &[large / small],
            24.0,
            "linear: about 20",
        ),
    ]
}

/// The median milliseconds of a page.
pub(crate) async fn timed(app: &Arc<App>, slug: &str) -> f64 {
    let mut times = Vec::new();
    for _ in 0..TIMES {
        let begun = Instant::now();
        let answer = web::post_page(
            State(Arc::clone(app)),
            Path(slug.to_owned()),
            Uri::from_static("/"),
            HeaderMap::new(),
        )
        .await;
        assert!(answer.status().is_success(), "{slug}: {}", answer.status());
        let body = to_bytes(answer.into_body(), usize::MAX)
            .await
            .expect("the body is in memory");
        times.push(begun.elapsed().as_secs_f64() * 1000.0);
        assert!(body.len() > 100_000, "the page has its comments");
    }
    median(&times)
}
