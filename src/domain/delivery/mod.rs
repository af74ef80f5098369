//! What is sent to whom and how far it has come: one row an activity and inbox. Workers claim rows with a lease, write
//! back what happened in batches; rows that failed for good are kept until somebody sends them again.

mod store;

use diesel::prelude::*;

use crate::app::App;
use crate::db::schema::activities;
use crate::domain::actor::Actor;
use crate::domain::post::Post;
use crate::error::Result;
use crate::hosts::{self, Change};
use crate::types::{ApUrl, Host, Id, Timestamp};

pub use crate::hosts::{BREAKER_FAILURES, pause_secs};
pub use store::{
    claim, count_failure, count_pending, forget_failures, insert_activity, insert_deliveries,
    list_inboxes_told, list_items, list_waiting_hosts, load_document, release_leases, send_again,
    set_aside, settle, take_up, totals,
};

/// An activity of one of our actors, as it is sent.
#[derive(Clone, Debug, Queryable, Insertable)]
#[diesel(table_name = activities)]
pub struct Activity {
    /// The row.
    pub id: Id<Activity>,
    /// The ActivityPub id; the same however often the job that makes it runs.
    pub ap_id: ApUrl,
    /// Who signs it.
    pub actor_id: Id<Actor>,
    /// The post it is about, for the writer's overview.
    pub post_id: Option<Id<Post>>,
    /// The JSON.
    pub document: String,
    /// When it was made.
    pub created_at: Timestamp,
}

/// Marks a row of `deliveries`.
#[derive(Clone, Copy, Debug)]
pub struct Delivery;

/// How far a delivery has come; the numbers stand in the database.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// Never tried.
    Waiting,
    /// Failed, will be tried again.
    Retrying,
    /// The other server took it.
    Delivered,
    /// Refused or given up.
    Dead,
    /// The server is blocked here; sent when it is not any more.
    Blocked,
}

impl State {
    /// The number in the database. Below 2: still due.
    pub const fn number(self) -> i32 {
        match self {
            Self::Waiting => 0,
            Self::Retrying => 1,
            Self::Delivered => 2,
            Self::Dead => 3,
            Self::Blocked => 4,
        }
    }

    /// The word in JSON and on the screen.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Retrying => "retrying",
            Self::Delivered => "delivered",
            Self::Dead => "dead",
            Self::Blocked => "blocked",
        }
    }

    fn from_number(number: i32) -> Self {
        match number {
            0 => Self::Waiting,
            1 => Self::Retrying,
            2 => Self::Delivered,
            4 => Self::Blocked,
            _ => Self::Dead,
        }
    }
}

/// A delivery that this process may make until its lease ends.
#[derive(Clone, Debug, Queryable)]
pub struct Due {
    /// The row.
    pub id: Id<Delivery>,
    /// What to send.
    pub activity_id: Id<Activity>,
    /// Who signs it.
    pub actor_id: Id<Actor>,
    /// Where to.
    pub inbox: ApUrl,
    /// The inbox's host.
    pub host: Host,
    /// Tries before this one.
    pub attempts: i32,
    /// When the row was made.
    pub created_at: Timestamp,
}

/// How a try ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Taken (2xx).
    Done,
    /// Not now: try again at this moment.
    Retry {
        /// When.
        at: Timestamp,
        /// What the server said.
        error: String,
        /// The HTTP status, if there was one.
        status: Option<u16>,
        /// The host itself failed (no answer, 5xx), not only this inbox.
        host_failed: bool,
    },
    /// Never: refused (4xx), gone (410) or given up.
    Dead {
        /// What the server said.
        error: String,
        /// The HTTP status, if there was one.
        status: Option<u16>,
        /// 410: the inbox is gone; its owners are looked up again.
        gone: bool,
    },
    /// Put back untried: the host is known to be down until this moment.
    Postponed(Timestamp),
    /// Kept untried: the host was blocked meanwhile.
    Blocked,
}

impl Outcome {
    /// The word in the metrics.
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::Done => "delivered",
            Self::Retry { .. } => "retry",
            Self::Dead { .. } => "dead",
            Self::Postponed(_) => "postponed",
            Self::Blocked => "blocked",
        }
    }
}

/// A delivery as the writer sees it.
#[derive(Clone, Debug)]
pub struct Item {
    /// Where to.
    pub inbox: ApUrl,
    /// How far.
    pub state: State,
    /// Tries so far.
    pub attempts: i32,
    /// What went wrong last.
    pub last_error: Option<String>,
    /// When it is tried next; None when it is not.
    pub next_attempt_at: Option<Timestamp>,
}

/// How many deliveries are in which state.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Totals {
    /// Taken.
    pub delivered: i64,
    /// Never tried.
    pub waiting: i64,
    /// Failed, will be tried again.
    pub retrying: i64,
    /// Refused or given up.
    pub dead: i64,
}

/// How long a claimed delivery is ours: a killed process's come back after this. Longer than the longest try.
pub const LEASE_SECS: i64 = 120;

/// What is due, counted, and the newest rows: of one post, or of all.
pub async fn overview(
    app: &App,
    post: Option<Id<Post>>,
    limit: i64,
) -> Result<(Totals, Vec<Item>)> {
    app.db
        .read(move |conn| Ok((totals(conn, post)?, list_items(conn, post, limit)?)))
        .await
}

/// Writes down what fetching found out about servers: one that fails in a row is left alone by deliveries, too.
pub async fn note_health(app: &App) -> Result<()> {
    let (changes, now) = (app.hosts.take_changes(), app.now());
    if changes.is_empty() {
        return Ok(());
    }
    let write = move |conn: &mut crate::db::Conn| {
        for (host, change) in &changes {
            match change {
                Change::Failed(times) => {
                    (0..*times).try_for_each(|_| count_failure(conn, host, now))?;
                }
                Change::Recovered => hosts::forget_failures(conn, host, now)?,
            }
        }
        Ok(())
    };
    app.db.write(write).await
}

/// Sends dead deliveries again: of one post, or all. Returns how many.
pub async fn retry_dead(app: &App, post: Option<Id<Post>>) -> Result<usize> {
    let now = app.now();
    let revived = app
        .db
        .write(move |conn| store::revive(conn, post, now))
        .await?;
    app.wake.deliveries.notify_one();
    Ok(revived)
}
