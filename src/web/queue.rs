//! The page for those who run the node: what is on its way, which threads are being completed, and what that costs. Behind the
//! name and password of an account (HTTP Basic, RFC 7617); it sets no cookie.

use std::sync::Arc;

use axum::extract::State;
use axum::response::Response;
use http::HeaderMap;

use super::answer::{Document, answer};
use super::view::{QueueView, QueuedHost, QueuedThread};
use super::{login, reader, render_queue};
use crate::app::App;
use crate::domain::backfill::Overview;
use crate::domain::{backfill, delivery};
use crate::error::Result;

/// Rows of each list at most.
const ROWS: u16 = 50;

/// Answers `/queue`.
pub(super) async fn page(State(app): State<Arc<App>>, request: HeaderMap) -> Response {
    if let Err(asks) = login::log_in(&app, &request).await {
        return asks;
    }
    login::private(answer(&app, shown(&app, &request).await))
}

async fn shown(app: &App, request: &HeaderMap) -> Result<Document> {
    let (totals, _) = delivery::overview(app, None, 0).await?;
    let found = backfill::overview(app, ROWS).await?;
    let view = QueueView {
        waiting: totals.waiting,
        retrying: totals.retrying,
        dead: totals.dead,
        per_thread: i64::from(found.per_thread),
        per_host: i64::from(found.per_host),
        hosts: hosts(&found),
        threads: found.threads.into_iter().map(thread).collect(),
    };
    let site = reader::site(app, request);
    Ok(Document::html(render_queue(&site, &view)?))
}

fn thread(one: backfill::Turning) -> QueuedThread {
    QueuedThread {
        title: one.row.title,
        url: one.row.url.into_string(),
        next: one.row.due_at,
        last: one.row.read_at,
        spent: i64::from(one.spent),
    }
}

fn hosts(found: &Overview) -> Vec<QueuedHost> {
    let row = |(host, wanted, spent): (crate::types::Host, i64, u32)| QueuedHost {
        name: host.to_string(),
        wanted,
        spent: i64::from(spent),
    };
    found.hosts().into_iter().map(row).collect()
}
