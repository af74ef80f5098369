//! The page for those who run the node: what is on its way, which threads are being completed, and what that costs. Behind the
//! name and password of an account (HTTP Basic, RFC 7617); it sets no cookie.

use std::sync::Arc;

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use http::header::{AUTHORIZATION, CACHE_CONTROL, WWW_AUTHENTICATE};
use http::{HeaderMap, HeaderValue, StatusCode};

use super::answer::{Document, answer, status_page};
use super::view::{QueueView, QueuedHost, QueuedThread};
use super::{reader, render_queue};
use crate::app::App;
use crate::domain::backfill::Overview;
use crate::domain::{account, backfill, delivery};
use crate::error::{Error, Result};

/// Rows of each list at most.
const ROWS: u16 = 50;

/// Answers `/queue`.
pub(super) async fn page(State(app): State<Arc<App>>, request: HeaderMap) -> Response {
    let Some((name, password)) = credentials(&request) else {
        return challenge(&app);
    };
    match account::log_in(&app, &name, password).await {
        Ok(_) => {}
        Err(Error::Unauthorized(_)) => return challenge(&app),
        Err(error) => return super::error_page(&app, &error),
    }
    let mut response = answer(&app, &request, shown(&app, &request).await);
    let headers = response.headers_mut();
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("private, no-store"));
    response
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

fn credentials(request: &HeaderMap) -> Option<(String, String)> {
    let sent = request.get(AUTHORIZATION)?.to_str().ok()?;
    let (scheme, encoded) = sent.split_once(' ')?;
    let basic = scheme.eq_ignore_ascii_case("basic");
    let decoded = BASE64_STANDARD.decode(encoded.trim()).ok()?;
    let text = String::from_utf8(decoded).ok().filter(|_| basic)?;
    let (name, password) = text.split_once(':')?;
    // PostgreSQL takes no NUL.
    let usable = !name.contains(char::is_control) && name.len() <= 255;
    usable.then(|| (name.to_owned(), password.to_owned()))
}

fn challenge(app: &App) -> Response {
    let mut response = status_page(app, StatusCode::UNAUTHORIZED, String::new()).into_response();
    let asked = HeaderValue::from_static("Basic realm=\"queue\", charset=\"UTF-8\"");
    response.headers_mut().insert(WWW_AUTHENTICATE, asked);
    response
}
