//! What the node has to do: deliveries, and threads that are being completed.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use serde::Serialize;
use utoipa::ToSchema;

use super::auth::Moderator;
use super::problem::Problem;
use crate::app::App;
use crate::domain::backfill::{self, Overview, Turning};
use crate::types::{Host, Timestamp};

/// Rows of each list at most.
const ROWS: u16 = 100;

/// Threads that are being completed, and what may be spent on them.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Queue)]
pub(super) struct QueueJson {
    /// Those that will be read from other servers, the next first; 100 at most.
    threads: Vec<ThreadJson>,
    /// Servers of which replies are looked for or were fetched in the hour that runs; 100 at most.
    hosts: Vec<HostJson>,
    /// Requests in an hour for one thread at most.
    thread_fetches: u32,
    /// Documents in an hour from one server at most.
    thread_fetches_per_host: u32,
}

/// A thread that will be read from other servers.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = QueuedThread)]
pub(super) struct ThreadJson {
    /// The post.
    post_id: String,
    /// Its title.
    title: String,
    /// Its page.
    url: String,
    /// When it is read next (RFC 3339).
    next_reading_at: Option<String>,
    /// When it was last read.
    last_reading_at: Option<String>,
    /// Requests in the hour that runs.
    spent: i32,
}

/// A server that is asked.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = QueuedHost)]
pub(super) struct HostJson {
    /// Its name.
    host: String,
    /// Replies of its people that are looked for.
    wanted: i64,
    /// Documents fetched from it in the hour that runs, by this process.
    spent: u32,
}

impl From<Turning> for ThreadJson {
    fn from(thread: Turning) -> Self {
        Self {
            post_id: thread.row.post_id.to_string(),
            title: thread.row.title,
            url: thread.row.url.into_string(),
            next_reading_at: thread.row.due_at.map(Timestamp::rfc3339),
            last_reading_at: thread.row.read_at.map(Timestamp::rfc3339),
            spent: thread.spent,
        }
    }
}

/// Says which threads are being completed from other servers, and what that has cost in the hour that runs.
#[utoipa::path(get, path = "/queue", tag = "deliveries", responses((status = 200, body = QueueJson)))]
pub(super) async fn overview(
    State(app): State<Arc<App>>,
    _: Moderator,
) -> Result<Json<QueueJson>, Problem> {
    let found = backfill::overview(&app, ROWS).await?;
    let hosts = hosts(&found);
    Ok(Json(QueueJson {
        threads: found.threads.into_iter().map(ThreadJson::from).collect(),
        hosts,
        thread_fetches: found.per_thread,
        thread_fetches_per_host: found.per_host,
    }))
}

fn hosts(found: &Overview) -> Vec<HostJson> {
    let row = |(host, wanted, spent): (Host, i64, u32)| HostJson {
        host: host.to_string(),
        wanted,
        spent,
    };
    found.hosts().into_iter().map(row).collect()
}
