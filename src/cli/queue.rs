//! `antiphon queue`: what waits to be delivered to other servers, what failed, and sending it again.

use clap::Subcommand;
use serde_json::{Value, json};

use super::context::{Context, the_post};
use super::{Outcome, output};
use crate::app::App;
use crate::domain::backfill::{self, Overview, Turning};
use crate::domain::delivery::{self, Item, Totals};
use crate::domain::post::Post;
use crate::error::Result;
use crate::types::{Host, Id};
use crate::{hosts, queue};

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Count what is waiting, retrying, delivered and dead; show the newest problems, and the threads that are being completed
    Status {
        /// Only this post's (id or slug)
        #[arg(long, value_name = "ID|SLUG")]
        post: Option<String>,
        /// How many problems to show
        #[arg(long, default_value_t = 20, value_parser = clap::value_parser!(u16).range(1..=1000))]
        limit: u16,
    },
    /// Send again what was refused or given up
    Retry {
        /// Only this post's (id or slug)
        #[arg(long, value_name = "ID|SLUG")]
        post: Option<String>,
    },
}

impl Command {
    pub(super) async fn run(self, context: &Context) -> Outcome {
        match self {
            Self::Status { post, limit } => status(context, post, i64::from(limit)).await,
            Self::Retry { post } => retry(context, post).await,
        }
    }
}

/// What the queue looks like at one moment.
struct Status {
    totals: Totals,
    jobs: i64,
    failing: Vec<Host>,
    problems: Vec<Item>,
    completing: Overview,
}

/// Newest deliveries among which problems are looked for.
const LOOKED_THROUGH: i64 = 5000;

/// Threads and servers that are shown.
const ROWS: u16 = 20;

async fn collect(app: &App, post: Option<Id<Post>>, limit: i64) -> Result<Status> {
    let completing = backfill::overview(app, ROWS).await?;
    app.db
        .read(move |conn| {
            let items = delivery::list_items(conn, post, LOOKED_THROUGH)?;
            let problems = items.into_iter().filter(|item| item.last_error.is_some());
            Ok(Status {
                totals: delivery::totals(conn, post)?,
                jobs: queue::count(conn)?,
                failing: hosts::list_failing(conn)?,
                problems: problems.take(usize::try_from(limit).unwrap_or(0)).collect(),
                completing,
            })
        })
        .await
}

async fn status(context: &Context, post: Option<String>, limit: i64) -> Outcome {
    let app = context.open().await?;
    let post = post_id(&app, post).await?;
    let status = collect(&app, post, limit).await?;
    if context.json {
        return output::print_json(&view(&status));
    }
    let Totals {
        delivered,
        waiting,
        retrying,
        dead,
    } = status.totals;
    output::print(&format!(
        "delivered {delivered}, waiting {waiting}, retrying {retrying}, dead {dead}; jobs waiting {}",
        status.jobs
    ))?;
    if !status.failing.is_empty() {
        let names: Vec<&str> = status.failing.iter().map(Host::as_str).collect();
        output::print(&format!("failing hosts: {}", names.join(", ")))?;
    }
    if !status.problems.is_empty() {
        let rows = status.problems.iter().map(row).collect();
        output::print_table(&["STATE", "TRIES", "NEXT", "INBOX", "ERROR"], rows, "")?;
    }
    print_threads(&status.completing)?;
    if dead > 0 {
        output::say("`antiphon queue retry` sends the dead ones again.");
    }
    Ok(())
}

/// The threads that are being completed, when there are any.
fn print_threads(completing: &Overview) -> Outcome {
    if completing.threads.is_empty() {
        return Ok(());
    }
    let row = |thread: &Turning| {
        vec![
            thread.row.title.clone(),
            output::moment(thread.row.due_at),
            format!("{} of {}", thread.spent, completing.per_thread),
        ]
    };
    let rows = completing.threads.iter().map(row).collect();
    output::print_table(&["THREAD", "NEXT READING", "REQUESTS THIS HOUR"], rows, "")
}

fn row(item: &Item) -> Vec<String> {
    vec![
        item.state.as_str().to_owned(),
        item.attempts.to_string(),
        output::moment(item.next_attempt_at),
        item.inbox.to_string(),
        item.last_error.clone().unwrap_or_default(),
    ]
}

fn view(status: &Status) -> Value {
    let problem = |item: &Item| {
        json!({
            "inbox": item.inbox,
            "state": item.state.as_str(),
            "attempts": item.attempts,
            "last_error": item.last_error,
            "next_attempt_at": item.next_attempt_at.map(crate::types::Timestamp::rfc3339),
        })
    };
    let thread = |thread: &Turning| {
        json!({
            "post_id": thread.row.post_id.to_string(),
            "title": thread.row.title,
            "next_reading_at": thread.row.due_at.map(crate::types::Timestamp::rfc3339),
            "spent": thread.spent,
        })
    };
    json!({
        "threads": status.completing.threads.iter().map(thread).collect::<Vec<_>>(),
        "delivered": status.totals.delivered,
        "waiting": status.totals.waiting,
        "retrying": status.totals.retrying,
        "dead": status.totals.dead,
        "jobs": status.jobs,
        "failing_hosts": status.failing,
        "problems": status.problems.iter().map(problem).collect::<Vec<_>>(),
    })
}

async fn retry(context: &Context, post: Option<String>) -> Outcome {
    let app = context.open().await?;
    let post = post_id(&app, post).await?;
    let revived = delivery::retry_dead(&app, post).await?;
    if context.json {
        return output::print_json(&json!({"retried": revived}));
    }
    output::print(&format!("{revived} sent again"))
}

async fn post_id(app: &App, post: Option<String>) -> Outcome<Option<Id<Post>>> {
    match post {
        Some(wanted) => Ok(Some(the_post(app, &wanted).await?.id)),
        None => Ok(None),
    }
}
