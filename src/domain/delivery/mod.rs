//! What is sent to whom and how far it has come: one row an activity and inbox. Workers claim rows with a lease, write
//! back what happened in batches; rows that failed for good are kept until somebody sends them again.

mod store;

use diesel::prelude::*;

use crate::app::App;
use crate::db::schema::activities;
use crate::domain::actor::Actor;
use crate::domain::post::Post;
use crate::error::Result;
use crate::types::{ApUrl, Host, Id, Timestamp};

pub use store::{
    claim, count_pending, forget_failures, insert_activity, list_items, load_document,
    release_leases, settle, totals,
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
}

impl State {
    /// The number in the database. Below 2: still due.
    pub const fn number(self) -> i32 {
        match self {
            Self::Waiting => 0,
            Self::Retrying => 1,
            Self::Delivered => 2,
            Self::Dead => 3,
        }
    }

    /// The word in JSON and on the screen.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Retrying => "retrying",
            Self::Delivered => "delivered",
            Self::Dead => "dead",
        }
    }

    fn from_number(number: i32) -> Self {
        match number {
            0 => Self::Waiting,
            1 => Self::Retrying,
            2 => Self::Delivered,
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
}

impl Outcome {
    /// The word in the metrics.
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::Done => "delivered",
            Self::Retry { .. } => "retry",
            Self::Dead { .. } => "dead",
            Self::Postponed(_) => "postponed",
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

/// Failures in a row after which a host is left alone for a while.
pub const BREAKER_FAILURES: i32 = 3;

/// The pause before the next try: half a minute, doubled each time, at most six hours, give or take a quarter.
/// `jitter` is in 0..=1.
pub fn pause_secs(attempts: i32, jitter: f64) -> i64 {
    let doublings = u32::try_from(attempts.clamp(0, 10)).unwrap_or(0);
    let base = 30_i64.saturating_mul(1 << doublings).min(6 * 3600);
    let spread = base / 2;
    #[expect(
        clippy::as_conversions,
        clippy::cast_possible_truncation,
        clippy::cast_precision_loss,
        reason = "a few seconds more or less"
    )]
    let offset = (spread as f64 * jitter.clamp(0.0, 1.0)) as i64;
    base - spread / 2 + offset
}

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

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn pauses_grow_within_bounds(attempts in 0..100_i32, jitter in 0.0..=1.0_f64) {
            let pause = pause_secs(attempts, jitter);
            prop_assert!((22..=6 * 3600 * 5 / 4).contains(&pause));
            prop_assert!(pause_secs(attempts + 2, 0.0) >= pause_secs(attempts, 0.0));
        }
    }
}
