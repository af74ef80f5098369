//! Likes, boosts, dislikes and emoji reactions of posts and comments: one a person and thing (and emoji), whatever is
//! sent again.

mod store;

use diesel::prelude::*;

use crate::app::App;
use crate::db::Conn;
use crate::db::schema::reactions;
use crate::domain::actor::Actor;
use crate::domain::comment::{self, Comment, Parent};
use crate::domain::media;
use crate::domain::post::{self, Post, Status};
use crate::error::{Error, Result};
use crate::queue::{Job, NewJob};
use crate::types::{ApUrl, Host, Id, Timestamp, word_enum};

pub use store::{Tally, count, remove};

/// Different emoji that one person may react with to one thing.
pub const EMOJIS_MAX: i64 = 8;

word_enum! {
    /// What was done.
    Kind {
        /// Liked.
        Like = "like",
        /// Boosted.
        Announce = "announce",
        /// Reacted to with an emoji.
        Emoji = "emoji",
        /// Disliked: a number, never a face.
        Dislike = "dislike",
    }
}

/// A reaction as it stands in the database.
#[derive(Clone, Debug, Queryable, Insertable)]
#[diesel(table_name = reactions)]
pub struct Reaction {
    /// The row.
    pub id: Id<Reaction>,
    /// The activity's id, exactly as it was sent.
    pub ap_id: ApUrl,
    /// What was done.
    pub kind: Kind,
    /// With which emoji, or `:name:`; empty for all other kinds.
    pub emoji: String,
    /// By whom.
    pub actor_id: Id<Actor>,
    /// To what.
    pub target_ap_id: ApUrl,
    /// The post it is about.
    pub post_id: Id<Post>,
    /// The comment, unless it is the post itself.
    pub comment_id: Option<Id<Comment>>,
    /// When it came.
    pub created_at: Timestamp,
}

/// A reaction that came, checked and cleaned.
#[derive(Clone, Debug)]
pub struct Given {
    /// The activity's id.
    pub activity: ApUrl,
    /// What was done.
    pub kind: Kind,
    /// With which emoji; empty for all other kinds.
    pub emoji: String,
    /// The pictures of custom emoji that came with it: name and address.
    pub pictures: Vec<(String, String)>,
    /// By whom.
    pub actor: Id<Actor>,
    /// To what.
    pub target: ApUrl,
}

/// Counts a like or boost of something here. False when the thing is not ours or the person did it before.
pub async fn receive(
    app: &App,
    activity: ApUrl,
    kind: Kind,
    actor: Id<Actor>,
    target: ApUrl,
) -> Result<bool> {
    let given = Given {
        activity,
        kind,
        emoji: String::new(),
        pictures: Vec::new(),
        actor,
        target,
    };
    give(app, given).await
}

/// Counts a reaction to something here. False when the thing is not ours, the person did it before, or reacted with as
/// many emoji as one may.
pub async fn give(app: &App, given: Given) -> Result<bool> {
    let (id, now) = (app.ids.next(), app.now());
    let host = given.activity.host().filter(|_| !given.pictures.is_empty());
    let fetch = host.map(|host| {
        let job = app.job(Job::FetchEmojis {
            host: host.to_string(),
        });
        (host, job)
    });
    let (counted, fetching) = app
        .db
        .write(move |conn| {
            let Some(place) = comment::find_parent(conn, &given.target)? else {
                return Ok((false, false));
            };
            if !comment::note_received(conn, &given.activity, now)? {
                return Ok((false, false));
            }
            let pictures = given.pictures.clone();
            let counted = count_in(conn, id, given, place, now)?;
            let fetching = counted && note_pictures(conn, fetch.as_ref(), &pictures, now)?;
            Ok((counted, fetching))
        })
        .await?;
    if fetching {
        app.wake.jobs.notify_one();
    }
    Ok(counted)
}

fn count_in(
    conn: &mut Conn,
    id: Id<Reaction>,
    given: Given,
    place: Parent,
    now: Timestamp,
) -> Result<bool> {
    if given.kind == Kind::Emoji
        && store::count_emojis(conn, given.actor, &given.target)? >= EMOJIS_MAX
    {
        return Ok(false);
    }
    let reaction = Reaction {
        id,
        ap_id: given.activity,
        kind: given.kind,
        emoji: given.emoji,
        actor_id: given.actor,
        target_ap_id: given.target,
        post_id: place.post_id,
        comment_id: place.comment_id,
        created_at: now,
    };
    store::insert(conn, &reaction)
}

/// Notes the pictures of custom emoji, and the job that fetches them. True when there is one.
fn note_pictures(
    conn: &mut Conn,
    fetch: Option<&(Host, NewJob)>,
    pictures: &[(String, String)],
    now: Timestamp,
) -> Result<bool> {
    let Some((host, job)) = fetch else {
        return Ok(false);
    };
    let news = media::note_emojis(conn, host, pictures, now)?;
    if news {
        job.enqueue(conn)?;
    }
    Ok(news)
}

/// What somebody takes back: a reaction of this kind (None: whatever has the id), by its id or what it is about.
#[derive(Clone, Debug)]
pub struct Undone {
    /// The activity's id.
    pub activity: ApUrl,
    /// What it was, when told.
    pub kind: Option<Kind>,
    /// With which emoji, when told.
    pub emoji: String,
    /// What it was about, when told.
    pub target: Option<ApUrl>,
}

/// Takes back a reaction of one's own.
pub async fn undo(app: &App, actor: Id<Actor>, undone: Undone) -> Result<bool> {
    app.db.write(move |conn| remove(conn, actor, &undone)).await
}

/// Takes away everything an actor did.
pub fn remove_all_of(conn: &mut Conn, actor: Id<Actor>) -> Result<()> {
    store::remove_all_of(conn, actor)
}

/// Counts the reactions to a post itself, by kind and emoji, most first. `NotFound` for another writer's unpublished post,
/// `Gone` for a deleted one.
pub async fn tally(app: &App, reader: &Actor, id: Id<Post>) -> Result<Vec<Tally>> {
    let reader = reader.id;
    app.db
        .read(move |conn| {
            let post = post::get(conn, id)?;
            match post.status {
                Status::Deleted => Err(Error::Gone("the post")),
                Status::Published => store::tally(conn, id),
                _ if post.actor_id == reader => Ok(Vec::new()),
                _ => Err(Error::NotFound("the post")),
            }
        })
        .await
}
