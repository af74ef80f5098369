//! Comments: replies from anywhere and our own people's, nested under a post. One row a reply, by its ActivityPub id,
//! however often and by whatever way it comes.

mod brought;
pub mod locate;
mod onward;
mod own;
pub mod page;
pub mod paging;
mod passing;
mod read;
mod request;
mod store;
mod target;
pub mod thread;
mod versions;

use diesel::prelude::*;

use crate::app::App;
use crate::clock::IdGenerator;
use crate::config::Discussion;
use crate::db::schema::comments;
use crate::domain::actor::{Actor, Mentions};
use crate::domain::backfill::{self, Leads};
use crate::domain::media::{self, Owner};
use crate::domain::post::{self, Post};
use crate::domain::screening::{self, Rule};
use crate::domain::visibility::{CommentStatus, Visibility};
use crate::error::Result;
use crate::queue::{Job, NewJob};
use crate::types::{ApUrl, Host, Html, Id, Timestamp};

pub use brought::{Asked, Brought, Later};
pub use locate::{Fate, Outcome, look_up};
use onward::Onward;
pub use own::{delete_own, edit_own, get_own, reply};
pub use page::place;
pub use passing::{PASSED_ON_MAX, keep_for_parked};
pub use read::{Thread, get_placed, list_aside, list_under};
pub use request::{Answer, Place, Request, after_decision, ask};
pub use store::{
    Parent, Unparked, cast_all_of, count_direct, count_public, count_replies, find_parent,
    forget_tombstones, get, get_held, is_buried, is_parked, list_by_status, list_inboxes,
    list_of_post, list_participants, list_public, list_public_replies, list_stranded, list_unknown,
    load_by_ap_id, load_number, load_parked, park, parked_for, set_mentions, set_status,
    take_parked, unpark_below, unpark_old, waits_for_itself, was_received,
};
pub use store::{
    PassedOn, forget_done_passed_on, forget_one_passed_on, forget_requests, load_passed_on,
    load_place, load_request, repark,
};
pub use target::{Target, find_target};
pub use versions::{Version, list_versions};

/// The permanent address of a comment: the page of its branch, at its place there. `base` is its post's; see
/// [`crate::domain::post::Post::base`].
pub fn address(base: &str, number: &str) -> String {
    format!("{base}/comments/{number}#comment-{number}")
}

/// A comment as it stands in the database.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = comments)]
pub struct Comment {
    /// The row.
    pub id: Id<Comment>,
    /// The ActivityPub id, exactly as it was sent.
    pub ap_id: ApUrl,
    /// The post it stands under.
    pub post_id: Id<Post>,
    /// The comment it answers; None: the post itself.
    pub parent_id: Option<Id<Comment>>,
    /// Who wrote it.
    pub actor_id: Id<Actor>,
    /// One of our people wrote it.
    pub local: bool,
    /// Where it stands.
    pub status: CommentStatus,
    /// Whom it addresses.
    pub visibility: Visibility,
    /// Its place among its siblings, given when it first appears, never changed.
    pub position: Option<i32>,
    /// Its page on the author's server.
    pub url: ApUrl,
    /// The clean text.
    pub html: Html,
    /// The Markdown, of our own.
    pub source: Option<String>,
    /// BCP 47, when known.
    pub language: Option<String>,
    /// The people named in it.
    pub mentions: Mentions,
    /// When it was written, by its author's word, never in the future.
    pub published_at: Timestamp,
    /// When it was last edited.
    pub edited_at: Option<Timestamp>,
    /// When it came.
    pub received_at: Timestamp,
    /// When the row last changed.
    pub updated_at: Timestamp,
    /// Something above it may not be seen; kept right by the slice's SQL.
    pub hidden: bool,
    /// The rule that held it; None when nothing did.
    pub rule: Option<Rule>,
    /// The top-level comment it stands under, itself at the top; set when it is stored.
    pub root_id: Id<Comment>,
}

impl Comment {
    /// True when everybody may read it: what [`crate::domain::visibility::is_public`] says, of a row at hand.
    pub fn is_public(&self) -> bool {
        self.status == CommentStatus::Published && self.visibility.is_open() && !self.hidden
    }

    /// True when its author deleted it and everybody could read it before: its absence is no secret.
    pub fn is_tombstone(&self) -> bool {
        self.status == CommentStatus::Deleted
            && self.position.is_some()
            && self.visibility.is_open()
            && !self.hidden
    }
}

/// A reply that came from elsewhere, checked and cleaned.
#[derive(Clone, Debug)]
pub struct Incoming {
    /// The activity that brought it; None when it was fetched.
    pub activity: Option<Brought>,
    /// The reply's id.
    pub ap_id: ApUrl,
    /// Its author.
    pub actor_id: Id<Actor>,
    /// What it answers.
    pub parent: Parent,
    /// Its page.
    pub url: ApUrl,
    /// The clean text.
    pub html: Html,
    /// BCP 47, when given.
    pub language: Option<String>,
    /// Whom it addresses.
    pub visibility: Visibility,
    /// When it was written.
    pub published_at: Timestamp,
    /// When it was last edited.
    pub edited_at: Option<Timestamp>,
    /// Pictures and emoji to show with it.
    pub named: media::Named,
    /// Where it says that further replies are.
    pub leads: Leads,
}

/// What became of a reply that came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Receipt {
    /// Stored, in this state.
    Stored(CommentStatus),
    /// It was here already.
    Duplicate,
    /// It was deleted before it came.
    Tombstone,
}

/// Stores a reply from elsewhere, in one write: the activity's id, the rules' decision, the comment, and the job that
/// attaches what was waiting for it.
pub async fn receive(app: &App, mut incoming: Incoming) -> Result<Receipt> {
    let now = app.now();
    let onward = Onward::new(app, &mut incoming);
    let (rules, later) = (app.config.discussion.clone(), Later::of(app));
    let id = app.ids.next();
    let attach = app.job(Job::AttachParked {
        parent: incoming.ap_id.clone(),
    });
    let named = &incoming.named;
    let shown = (!named.is_empty()).then(|| Shown::new(app, id, &incoming.ap_id, named));
    let (receipt, waiting) = app
        .db
        .write(move |conn| {
            let brought = incoming.activity.clone();
            if let Some(activity) = brought.as_ref().and_then(Brought::noted)
                && !store::note_received(conn, activity, now)?
            {
                return Ok((Receipt::Duplicate, false));
            }
            if store::is_buried(conn, &incoming.ap_id, incoming.actor_id)? {
                return Ok((Receipt::Tombstone, false));
            }
            let rule = review(conn, &rules, &incoming, now)?;
            let comment = from_incoming(id, incoming, rule, now);
            let status = comment.status;
            let new = store::insert(conn, comment.clone())?;
            let told = arrived(conn, &later, brought.as_ref(), &comment)?;
            if !new {
                return Ok((Receipt::Duplicate, told));
            }
            store::take_parked(conn, &comment.ap_id)?;
            backfill::found(conn, &comment.ap_id)?;
            let waiting = attach_waiting(conn, &comment.ap_id, &attach)?;
            let waiting = onward.note(conn, &comment, now)? || waiting;
            let to_fetch = match &shown {
                Some(shown) => shown.note(conn, now)?,
                None => false,
            };
            Ok((Receipt::Stored(status), waiting || to_fetch || told))
        })
        .await?;
    if waiting {
        app.wake.jobs.notify_one();
    }
    Ok(receipt)
}

/// The rule that holds a reply: under a post that takes no comments any more, each.
fn review(
    conn: &mut crate::db::Conn,
    rules: &Discussion,
    incoming: &Incoming,
    now: Timestamp,
) -> Result<Option<Rule>> {
    if post::get_policy(conn, incoming.parent.post_id)?.is_closed(rules, now) {
        return Ok(Some(Rule::Closed));
    }
    screening::review(conn, rules.moderation, incoming.actor_id)
}

/// What follows from a reply's arrival beside the reply: its activity is passed on, its author is answered. True when
/// there is something to do.
fn arrived(
    conn: &mut crate::db::Conn,
    later: &Later,
    brought: Option<&Brought>,
    arriving: &Comment,
) -> Result<bool> {
    let Some(brought) = brought.filter(|brought| brought.has_consequences()) else {
        let asked = store::load_request(conn, &arriving.ap_id)?.is_some();
        if asked && let Some(stored) = load_by_ap_id(conn, &arriving.ap_id)? {
            request::answer(conn, later, &stored, false)?;
        }
        let waited = store::adopt_passed_on(conn, arriving)?;
        if waited {
            passing::pass_on_kept(conn, later, arriving.post_id)?;
        }
        return Ok(asked || waited);
    };
    let stored = load_by_ap_id(conn, &arriving.ap_id)?;
    let Some(stored) = stored.filter(|stored| stored.actor_id == arriving.actor_id) else {
        return Ok(false);
    };
    passing::pass_on(conn, later, Some(brought), &stored)?;
    if let Some(asked) = &brought.asked {
        request::hear(conn, later, asked, &stored)?;
    }
    Ok(true)
}

fn attach_waiting(conn: &mut crate::db::Conn, parent: &ApUrl, job: &NewJob) -> Result<bool> {
    let waiting = store::has_parked(conn, parent)?;
    if waiting {
        job.enqueue(conn)?;
    }
    Ok(waiting)
}

fn from_incoming(
    id: Id<Comment>,
    incoming: Incoming,
    rule: Option<Rule>,
    now: Timestamp,
) -> Comment {
    Comment {
        id,
        ap_id: incoming.ap_id,
        post_id: incoming.parent.post_id,
        parent_id: incoming.parent.comment_id,
        actor_id: incoming.actor_id,
        local: false,
        status: rule.map_or(CommentStatus::Published, |_| CommentStatus::Held),
        visibility: incoming.visibility,
        position: None,
        url: incoming.url,
        html: incoming.html,
        source: None,
        language: incoming.language,
        mentions: Mentions::default(),
        published_at: incoming.published_at.min(now),
        edited_at: incoming.edited_at.map(|at| at.min(now)),
        received_at: now,
        updated_at: now,
        hidden: false,
        rule,
        root_id: id,
    }
}

/// What an author changed in a reply elsewhere.
#[derive(Clone, Debug)]
pub struct RemoteEdit {
    /// The reply's id.
    pub ap_id: ApUrl,
    /// Who says so; only the stored author may.
    pub actor_id: Id<Actor>,
    /// The clean text.
    pub html: Html,
    /// BCP 47, when given.
    pub language: Option<String>,
    /// Whom it addresses now; it may get narrower, never wider than its parent.
    pub visibility: Visibility,
    /// When it was edited.
    pub edited_at: Timestamp,
    /// Pictures and emoji to show with it now.
    pub named: media::Named,
}

/// Applies an edit from elsewhere, brought by an activity or (None) fetched. False when the comment is unknown, somebody else's, or newer here.
pub async fn receive_edit(
    app: &App,
    activity: Option<Brought>,
    comment: Id<Comment>,
    edit: RemoteEdit,
) -> Result<bool> {
    let (now, later) = (app.now(), Later::of(app));
    let shown = Shown::new(app, comment, &edit.ap_id, &edit.named);
    let changed = app
        .db
        .write(move |conn| {
            if let Some(activity) = &activity
                && !store::note_received(conn, &activity.id, now)?
            {
                return Ok(false);
            }
            let before = store::get_held(conn, comment)?;
            let changed = store::apply_edit(conn, &edit, now)?;
            if changed {
                versions::keep(conn, &later, &before, &edit.html)?;
                shown.note(conn, now)?;
                let after = store::get(conn, comment)?;
                passing::pass_on(conn, &later, activity.as_ref(), &after)?;
            }
            Ok(changed)
        })
        .await?;
    app.wake.jobs.notify_one();
    Ok(changed)
}

/// The pictures and emoji of a comment, ready to be noted in its transaction.
struct Shown {
    comment: i64,
    host: Option<Host>,
    named: media::Named,
    ids: IdGenerator,
    pictures: NewJob,
    emojis: Option<NewJob>,
    sweep: NewJob,
}

impl Shown {
    fn new(app: &App, id: Id<Comment>, ap_id: &ApUrl, named: &media::Named) -> Self {
        let host = ap_id.host();
        let emojis = host.as_ref().map(|host| {
            app.job(Job::FetchEmojis {
                host: host.to_string(),
            })
        });
        Self {
            comment: id.raw(),
            host,
            named: named.clone(),
            ids: app.ids.clone(),
            pictures: app.job(Owner::Comment(id.raw()).job()),
            emojis,
            sweep: app.job(Job::SweepMedia),
        }
    }

    /// Writes them down, and the jobs that fetch what is new. True when there are such.
    fn note(&self, conn: &mut crate::db::Conn, now: Timestamp) -> Result<bool> {
        let owner = Owner::Comment(self.comment);
        let mut to_fetch = false;
        if media::replace(conn, &self.ids, owner, &self.named.pictures)? {
            self.pictures.enqueue(conn)?;
            self.sweep.enqueue(conn)?;
            to_fetch = true;
        }
        if let (Some(host), Some(job)) = (&self.host, &self.emojis)
            && media::note_emojis(conn, host, &self.named.emojis, now)?
        {
            job.enqueue(conn)?;
            to_fetch = true;
        }
        Ok(to_fetch)
    }
}

/// Deletes a reply from elsewhere at its author's word, brought by an activity or (None) found out; an unknown one is
/// remembered, so that it stays gone when it comes late. False when it is somebody else's.
pub async fn receive_delete(
    app: &App,
    activity: Option<Brought>,
    ap_id: ApUrl,
    actor: Actor,
) -> Result<bool> {
    let (now, sweep, later) = (app.now(), app.job(Job::SweepMedia), Later::of(app));
    let deleted = app
        .db
        .write(move |conn| {
            if let Some(activity) = &activity {
                store::note_received(conn, &activity.id, now)?;
            }
            match load_by_ap_id(conn, &ap_id)? {
                Some(comment) if comment.actor_id != actor.id => Ok(false),
                Some(comment) => {
                    let comment = store::get_held(conn, comment.id)?;
                    if comment.status != CommentStatus::Deleted {
                        passing::pass_on_deletion(conn, &later, activity.as_ref(), &comment)?;
                    }
                    if store::empty(conn, comment.id, now)? {
                        sweep.enqueue(conn)?;
                    }
                    store::bury(conn, &ap_id, &actor.ap_id, now)?;
                    Ok(true)
                }
                None if ap_id.same_origin(&actor.ap_id) => {
                    store::unpark_own(conn, &ap_id, &actor.ap_id)?;
                    store::bury(conn, &ap_id, &actor.ap_id, now)?;
                    Ok(true)
                }
                None => Ok(false),
            }
        })
        .await?;
    app.wake.jobs.notify_one();
    Ok(deleted)
}

/// Empties all comments of an actor that is gone.
pub fn empty_all_of(conn: &mut crate::db::Conn, actor: Id<Actor>, now: Timestamp) -> Result<()> {
    store::empty_all_of(conn, actor, now)
}

/// Notes that an activity was taken in; false when it was before. Run it in the transaction of what the activity does.
pub fn note_received(conn: &mut crate::db::Conn, activity: &ApUrl, now: Timestamp) -> Result<bool> {
    store::note_received(conn, activity, now)
}
