//! Completing threads: objects that somebody names and that are not here (wanted), collections elsewhere that list replies
//! (sources), and when a thread is read again. It decides what is due; fetching is `federation`'s.

mod overview;
mod store;

use diesel::prelude::*;

use crate::app::App;
use crate::db::Conn;
use crate::db::schema::{sources, wanted};
use crate::domain::post::Post;
use crate::error::Result;
use crate::queue::{Job, NewJob};
use crate::types::{ApUrl, Host, Id, Timestamp, word_enum};

pub use overview::{Overview, Turning, overview};
pub use store::{
    ThreadRow, add_source, add_spent, awake, begin, count_missing, count_wanted_by_host, defer,
    dismiss, due_sources, due_wanted, fail_source, find, forget_old, found, keep_waiting,
    list_hosts, list_threads, load_wanted, next_due, note_reading, postpone, rest_source, settle,
    settle_host, sleep_until, want, want_parent,
};

/// Longest chain of parents between a reply and our post; GoToSocial stops there too.
pub const CHAIN_MAX: i32 = 512;
/// Seconds between a reply and the first reading of its thread: what answers it needs a moment to be written.
const SOON_SECS: i64 = 60;
/// Seconds between two readings of one source, and between two readings that people ask for.
pub const COOLDOWN_SECS: i64 = 15 * 60;
/// A thread is read again at the earliest and at the latest after so many seconds.
const READ_MIN_SECS: i64 = 2 * 60;
const READ_MAX_SECS: i64 = 3 * 24 * 3600;
/// A thread to which nothing came for so long sleeps, in seconds.
const QUIET_SECS: i64 = 14 * 24 * 3600;
/// Failures after which a source is not read again, and what stands behind it is.
pub const SOURCE_FAILURES: i32 = 8;
/// Items that one source may name in all, and how many of what it names may be nobody's before it is not read again.
pub const SOURCE_ITEMS: i32 = 10_000;
const STRAYS_ALLOWED: i32 = 50;
/// How long a reading may take: a killed process's readings begin anew after this, in seconds.
pub const LEASE_SECS: i64 = 300;

word_enum! {
    /// What is known of a wanted object.
    State {
        /// It is looked for.
        Open = "open",
        /// It was fetched and waits for what it answers.
        Waiting = "waiting",
        /// Its server shows it to nobody, or not to us.
        Private = "private",
        /// Its server is blocked here.
        Blocked = "blocked",
        /// Its server could not be reached for weeks.
        Unreachable = "unreachable",
        /// It is no reply of ours, or gone.
        Stray = "stray",
    }
}

/// An object that is named and not here.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = wanted)]
pub struct Wanted {
    /// Its id, exactly as it was named.
    pub ap_id: ApUrl,
    /// Where it lives.
    pub host: Host,
    /// The thread that names it; None: a parked reply waits for it.
    pub post_id: Option<Id<Post>>,
    /// The collection that names it.
    pub source: Option<ApUrl>,
    /// Links between it and the reply that brought it.
    pub depth: i32,
    /// What is known of it.
    pub state: State,
    /// Tries so far.
    pub attempts: i32,
    /// When it is asked for next; None: not any more.
    pub due_at: Option<Timestamp>,
    /// When it was first named.
    pub added_at: Timestamp,
}

word_enum! {
    /// Which property names a source, in the order in which FEP-f228 has them read.
    Kind {
        /// `contextHistory`: the thread's activities.
        History = "history",
        /// `context`: the thread's posts.
        Context = "context",
        /// `replies`: the answers to one object.
        Replies = "replies",
    }
}

/// A collection elsewhere that lists replies of a thread.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = sources)]
pub struct Source {
    /// The thread.
    pub post_id: Id<Post>,
    /// Where it is.
    pub url: ApUrl,
    /// Where it lives.
    pub host: Host,
    /// What it lists.
    pub kind: Kind,
    /// It is read only when this other one cannot be.
    pub behind: Option<ApUrl>,
    /// When it may be read next; None: not any more, or not yet.
    pub due_at: Option<Timestamp>,
    /// When it was last read.
    pub read_at: Option<Timestamp>,
    /// The entity tag of its first page.
    pub etag: Option<String>,
    /// The Last-Modified of its first page.
    pub modified: Option<String>,
    /// The page to go on with.
    pub resume: Option<ApUrl>,
    /// Readings in a row that told nothing new.
    pub idle: i32,
    /// Failures in a row.
    pub failures: i32,
    /// Items it named in all.
    pub items: i32,
    /// How many of them were nobody's.
    pub strays: i32,
}

/// A source that a reply names, not yet of a thread.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewSource {
    /// Where it is.
    pub url: ApUrl,
    /// What it lists.
    pub kind: Kind,
    /// The one that is read instead, while that works.
    pub behind: Option<ApUrl>,
    /// It says itself that it is empty: it is looked at later.
    pub is_empty: bool,
}

/// What a reply says about where further replies are.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Leads {
    /// Collections that list some.
    pub sources: Vec<NewSource>,
    /// Replies that it names itself.
    pub items: Vec<ApUrl>,
}

impl Leads {
    /// True when it says nothing.
    pub fn is_empty(&self) -> bool {
        self.sources.is_empty() && self.items.is_empty()
    }
}

/// How many replies are known to exist and are not here, by reason.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Missing {
    /// Their servers show them to nobody, or not to us.
    pub private: i64,
    /// Their servers are blocked here.
    pub blocked: i64,
    /// Their servers did not answer yet, or not for weeks.
    pub unreachable: i64,
    /// They are being fetched, or wait for what they answer.
    pub pending: i64,
}

impl Missing {
    /// All of them.
    pub const fn total(&self) -> i64 {
        self.private + self.blocked + self.unreachable + self.pending
    }
}

/// A thread's turn to be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Turn {
    /// Now, with at most so many requests.
    Now(i32),
    /// Not now: another job has this thread, or it sleeps.
    NotYet,
    /// This hour's requests are spent; at this moment again.
    Spent(Timestamp),
}

/// When a thread is read again whose last reply came at `last`; None when it has been quiet for two weeks. Half the
/// time that it has been quiet, so that a lively thread is read every few minutes and an old one every few days.
pub fn next_reading(now: Timestamp, last: Timestamp) -> Option<Timestamp> {
    let quiet = (now.0 - last.0).max(0) / Timestamp::SECOND;
    (quiet < QUIET_SECS).then(|| now.plus_secs((quiet / 2).clamp(READ_MIN_SECS, READ_MAX_SECS)))
}

/// When a source may be read again that told nothing new so often in a row (or failed).
pub fn next_source_reading(now: Timestamp, idle: i32) -> Timestamp {
    // A quarter of an hour, an hour, four, sixteen … three days.
    let doublings = 2 * u32::try_from(idle.clamp(0, 5)).unwrap_or(0);
    now.plus_secs((COOLDOWN_SECS << doublings).min(READ_MAX_SECS))
}

/// When a wanted object is asked for again after so many tries: minutes, hours, days; None: it is given up.
pub fn next_try(now: Timestamp, attempts: i32) -> Option<Timestamp> {
    const MINUTE: i64 = 60;
    const HOUR: i64 = 60 * MINUTE;
    const DAY: i64 = 24 * HOUR;
    let pauses = [
        MINUTE,
        10 * MINUTE,
        HOUR,
        6 * HOUR,
        DAY,
        2 * DAY,
        4 * DAY,
        7 * DAY,
    ];
    let place = usize::try_from(attempts.max(1) - 1).unwrap_or(usize::MAX);
    pauses.get(place).map(|pause| now.plus_secs(*pause))
}

/// True when a source named too much that is nobody's to be read again.
pub const fn is_lying(items: i32, strays: i32) -> bool {
    strays > STRAYS_ALLOWED && strays > items / 2
}

/// Notes in the transaction that stores a reply of a thread what it says about further ones, and lets the thread be read
/// soon. `delivered` replies make known sources due again; fetched ones came out of them. True when a job was written.
pub fn follow(conn: &mut Conn, reading: &Reading, leads: &Leads, now: Timestamp) -> Result<bool> {
    let mut due = Vec::new();
    for source in &leads.sources {
        due.extend(add_source(
            conn,
            reading.post,
            source,
            reading.delivered,
            now,
        )?);
    }
    if !leads.items.is_empty() {
        let (post, blocked) = (Some(reading.post), &reading.blocked);
        want(conn, post, None, &leads.items, blocked, now)?;
        due.push(now);
    }
    match due.into_iter().min() {
        None => Ok(false),
        Some(at) => {
            let soon = now.plus_secs(SOON_SECS);
            awaken(conn, &reading.job, reading.post, at.max(soon))
        }
    }
}

/// The thread that a stored reply belongs to, and the job that reads it.
#[derive(Clone, Debug)]
pub struct Reading {
    /// The thread.
    pub post: Id<Post>,
    /// The reply was sent to us, not fetched.
    pub delivered: bool,
    /// Those of the named items whose servers are blocked.
    pub blocked: Vec<ApUrl>,
    /// Reads the thread.
    pub job: NewJob,
}

/// Lets a thread be read at `at` at the latest. True when that is sooner than it was; the job is then written.
pub fn awaken(conn: &mut Conn, job: &NewJob, post: Id<Post>, at: Timestamp) -> Result<bool> {
    if !awake(conn, post, at)? {
        return Ok(false);
    }
    job.clone().at(at).enqueue(conn)?;
    Ok(true)
}

/// Lets a thread be read at once for somebody who asks, at most every quarter of an hour. False when there is nothing to
/// read, or it was read a moment ago.
pub async fn ask(app: &App, post: Id<Post>) -> Result<bool> {
    let now = app.now();
    let job = app.job(Job::CompleteThread { post: post.raw() });
    let asked = app
        .db
        .write(move |conn| {
            if !store::may_ask(conn, post, now)? {
                return Ok(false);
            }
            store::hurry(conn, post, now)?;
            awaken(conn, &job, post, now)
        })
        .await?;
    if asked {
        app.wake.jobs.notify_one();
    }
    Ok(asked)
}

/// Wakes the threads that sleep though something is wanted for them, as when its server is unblocked.
pub async fn wake_sleeping(app: &App) -> Result<()> {
    let now = app.now();
    let asleep = app.db.read(store::list_oversleeping).await?;
    if asleep.is_empty() {
        return Ok(());
    }
    let jobs: Vec<_> = asleep
        .into_iter()
        .map(|post| (post, app.job(Job::CompleteThread { post: post.raw() })))
        .collect();
    app.db
        .write(move |conn| {
            jobs.iter()
                .try_for_each(|(post, job)| awaken(conn, job, *post, now).map(|_| ()))
        })
        .await?;
    app.wake.jobs.notify_one();
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp::from_secs(1_800_000_000);

    fn after(quiet: i64) -> Option<i64> {
        let last = NOW.plus_secs(-quiet);
        next_reading(NOW, last).map(|at| (at.0 - NOW.0) / Timestamp::SECOND)
    }

    #[test]
    fn a_lively_thread_is_read_often_and_a_quiet_one_sleeps() {
        assert_eq!(after(0), Some(READ_MIN_SECS));
        assert_eq!(after(3600), Some(1800));
        assert_eq!(after(10 * 24 * 3600), Some(READ_MAX_SECS));
        assert_eq!(after(QUIET_SECS), None);
        assert_eq!(after(-60), Some(READ_MIN_SECS));
    }

    #[test]
    fn a_quiet_thread_is_read_some_twenty_times_in_all() {
        let (last, mut now, mut count) = (NOW, NOW.plus_secs(SOON_SECS), 0);
        while let Some(next) = next_reading(now, last) {
            (now, count) = (next, count + 1);
        }
        assert!((15..30).contains(&count), "{count}");
    }

    #[test]
    fn what_cannot_be_had_is_asked_for_over_two_weeks() {
        let (mut now, mut attempts) = (NOW, 1);
        while let Some(next) = next_try(now, attempts) {
            (now, attempts) = (next, attempts + 1);
        }
        let days = (now.0 - NOW.0) / Timestamp::DAY;
        assert!((10..=21).contains(&days), "{days}");
        assert_eq!(attempts, 9);
    }

    #[test]
    fn a_source_lies_when_most_of_much_is_nobodys() {
        assert!(!is_lying(50, 50) && !is_lying(1000, 60));
        assert!(is_lying(51, 51) && is_lying(100, 60));
    }
}
