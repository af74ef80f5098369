//! Work to be done after a change: one row a job, written in the change's own transaction, claimed with a lease, tried
//! again with growing pauses. It knows what a job is called, not what doing it means; see `worker`.

mod store;

use serde::{Deserialize, Serialize};

use crate::clock::{Clock, IdGenerator};
use crate::db::Conn;
use crate::error::{Error, Result};
use crate::types::{ApUrl, Host, Id, Timestamp};

pub use store::{claim, count, finish, release_leases, retry_at};

/// What is to be done. Holds ids only: the rows say the rest when the job runs, and may be gone by then.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "job", rename_all = "snake_case")]
pub enum Job {
    /// Tell other servers what happened here.
    Federate {
        /// What happened.
        event: Event,
    },
    /// Publish a scheduled post whose time has come.
    PublishScheduled {
        /// The post.
        post: i64,
    },
    /// Fetch an actor's picture into our own cache.
    FetchAvatar {
        /// The actor.
        actor: i64,
    },
    /// Fetch the pictures of a comment into our own cache.
    FetchPictures {
        /// The comment.
        comment: i64,
    },
    /// Fetch the pictures of a post of ours that stand on other servers.
    FetchPostPictures {
        /// The post.
        post: i64,
    },
    /// Fetch the pictures of a free page that stand on other servers.
    FetchPagePictures {
        /// The page.
        page: i64,
    },
    /// Fetch the custom emoji of a server that are named here.
    FetchEmojis {
        /// The server.
        host: String,
    },
    /// Take files that nothing shows any more out of the cache.
    SweepMedia,
    /// Fetch an actor's document again.
    RefreshActor {
        /// The actor.
        actor: i64,
    },
    /// Attach the parked replies that wait for this object.
    AttachParked {
        /// The parent's id, exactly as it was sent.
        parent: ApUrl,
    },
    /// Fetch a reply that was only named, from its own origin.
    FetchReply {
        /// Its id.
        reply: ApUrl,
    },
    /// Ask a stored reply's origin whether it is gone, and take it away then.
    ConfirmDelete {
        /// Its id.
        object: ApUrl,
    },
    /// Fetch what parked replies wait for, up the chain.
    FetchParents {
        /// The wanted parent's id, or that of a parked reply.
        reply: ApUrl,
    },
    /// Read what other servers know of a thread, and fetch what is missing.
    CompleteThread {
        /// The post.
        post: i64,
    },
    /// Tell others that a post takes no more comments, for its days have passed.
    CloseComments {
        /// The post.
        post: i64,
    },
    /// Draw the picture that previews of a post show.
    DrawPreview {
        /// The post.
        post: i64,
    },
    /// Find the posts that resemble a post, by its tags and its text.
    RelatePost {
        /// The post.
        post: i64,
    },
    /// Give posts the addresses of the configured pattern, a batch at a time.
    RewriteAddresses {
        /// The last post that has its address.
        after: i64,
    },
    /// Pass somebody's activity about a comment on to followers, byte for byte.
    Forward {
        /// The activity's row.
        activity: i64,
    },
    /// Fetch a quote that asks to be allowed, and answer.
    TakeQuote {
        /// The request's id, exactly as it was sent.
        request: ApUrl,
        /// Who asks.
        asker: i64,
        /// What is to be quoted, exactly as it was sent.
        target: ApUrl,
        /// The quote's id.
        quote: ApUrl,
        /// The number in the answer's id.
        number: i64,
    },
}

/// What happened here that others should hear of.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum Event {
    /// A post was published.
    PostCreated {
        /// The post.
        post: i64,
    },
    /// A published post was edited at a moment (µs); the moment makes the activity's id stable.
    PostUpdated {
        /// The post.
        post: i64,
        /// When.
        at: i64,
    },
    /// A post was deleted.
    PostDeleted {
        /// The post.
        post: i64,
    },
    /// One of our people wrote a comment.
    CommentCreated {
        /// The comment.
        comment: i64,
    },
    /// One of our people's comments was edited at a moment (µs).
    CommentUpdated {
        /// The comment.
        comment: i64,
        /// When.
        at: i64,
    },
    /// One of our people's comments was deleted.
    CommentDeleted {
        /// The comment.
        comment: i64,
    },
    /// One of our people answered somebody else's post.
    NoteCreated {
        /// The note.
        note: i64,
    },
    /// A Follow was answered.
    FollowAnswered {
        /// Our actor.
        actor: i64,
        /// Who asked.
        follower: i64,
        /// The Follow's id, exactly as it was sent.
        follow: ApUrl,
        /// Yes or no.
        accepted: bool,
        /// The number in the answer's id: a Follow that comes again is answered again, by another activity.
        number: i64,
    },
    /// One of our people follows somebody.
    Followed {
        /// The row in `following`.
        following: i64,
    },
    /// One of our people liked or boosted something elsewhere.
    Reacted {
        /// Our actor.
        actor: i64,
        /// The author of the thing.
        author: i64,
        /// The thing.
        target: ApUrl,
        /// A boost; otherwise a like.
        boost: bool,
        /// The number in the activity's id.
        number: i64,
    },
    /// A request to quote something here was answered.
    QuoteAnswered {
        /// Our actor.
        actor: i64,
        /// Who asked.
        asker: i64,
        /// The request's id, exactly as it was sent.
        request: ApUrl,
        /// What was to be quoted, exactly as it was sent.
        target: ApUrl,
        /// The quote's id.
        quote: ApUrl,
        /// The stamp's address; None: no.
        stamp: Option<ApUrl>,
        /// The number in the answer's id.
        number: i64,
    },
    /// A quote's stamp was revoked.
    QuoteRevoked {
        /// The row of the quote.
        quote: i64,
    },
    /// One of our actors' own document changed.
    ActorUpdated {
        /// The actor.
        actor: i64,
        /// When (µs).
        at: i64,
    },
    /// A reply whose author asked to be let in was decided about.
    ReplyAnswered {
        /// The reply's id.
        reply: ApUrl,
        /// accepted, rejected or revoked.
        answer: String,
        /// The number in the activity's id.
        number: i64,
        /// It was answered before and was asked again: the same answer is sent once more.
        again: bool,
    },
}

/// Jobs of strangers' making that may wait at a time: in all, and because of one server.
const STRANGERS_MAX: i64 = 20_000;
const STRANGERS_PER_HOST: i64 = 500;

impl Job {
    /// The server because of which there is this job, empty when it is not known; None for our own business, which is never
    /// bounded.
    fn stranger(&self) -> Option<String> {
        match self {
            Self::FetchReply { reply: id }
            | Self::ConfirmDelete { object: id }
            | Self::FetchParents { reply: id }
            | Self::TakeQuote { quote: id, .. } => {
                let host = id.host().map(Host::into_string);
                Some(host.unwrap_or_default())
            }
            Self::RefreshActor { .. } | Self::FetchAvatar { .. } => Some(String::new()),
            _ => None,
        }
    }

    /// Tries after which a job is given up: strangers' soon, for they must not fill the queue; our own after a day.
    pub const fn max_attempts(&self) -> i32 {
        match self {
            Self::FetchReply { .. }
            | Self::ConfirmDelete { .. }
            | Self::FetchParents { .. }
            | Self::TakeQuote { .. }
            | Self::RefreshActor { .. }
            | Self::FetchAvatar { .. } => 12,
            _ => MAX_ATTEMPTS,
        }
    }
}

/// A job with its id and time, ready to be inserted in a transaction.
#[derive(Clone, Debug)]
pub struct NewJob {
    id: Id<Job>,
    run_at: Timestamp,
    job: Job,
}

impl NewJob {
    /// A job to be done as soon as possible.
    pub fn now(clock: &Clock, ids: &IdGenerator, job: Job) -> Self {
        Self {
            id: ids.next(),
            run_at: clock.now(),
            job,
        }
    }

    /// The same job at a later time.
    #[must_use]
    pub fn at(mut self, run_at: Timestamp) -> Self {
        self.run_at = run_at;
        self
    }

    /// Writes the job on the caller's connection, so that it commits with the caller's change. `RateLimited` when strangers
    /// left too much to do already: whatever brought the job is then not taken in, and comes again.
    pub fn enqueue(&self, conn: &mut Conn) -> Result<()> {
        let stranger = self.job.stranger();
        if let Some(host) = &stranger {
            let per_host = (!host.is_empty()).then_some(STRANGERS_PER_HOST);
            if store::is_crowded(conn, host, per_host, STRANGERS_MAX)? {
                // A picture is fetched when its owner is next looked up; all else comes again.
                return match self.job {
                    Job::FetchAvatar { .. } => Ok(()),
                    _ => Err(Error::RateLimited { retry_after: 60 }),
                };
            }
        }
        store::insert(conn, self.id, self.run_at, &self.job, stranger.as_deref())
    }
}

/// A job that this process may do until its lease ends.
#[derive(Clone, Debug)]
pub struct Claimed {
    /// The row.
    pub id: Id<Job>,
    /// What to do; None when a newer or older program wrote something unreadable.
    pub job: Option<Job>,
    /// Tries before this one.
    pub attempts: i32,
}

/// How long a claimed job is ours: a killed process's jobs come back after this.
pub const LEASE_SECS: i64 = 300;

/// Tries after which a job is given up.
pub const MAX_ATTEMPTS: i32 = 24;

/// The pause before the next try: 5 s, 10 s, 20 s … at most an hour.
pub fn pause_secs(attempts: i32) -> i64 {
    let doublings = u32::try_from(attempts.clamp(0, 12)).unwrap_or(0);
    5_i64.saturating_mul(1 << doublings).min(3600)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_to_an_hour_and_stay() {
        assert_eq!(pause_secs(0), 5);
        assert_eq!(pause_secs(3), 40);
        assert_eq!(pause_secs(30), 3600);
    }
}
