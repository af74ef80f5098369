//! Likes and boosts of posts and comments: one a person and thing, whatever is sent again.

mod store;

use diesel::prelude::*;

use crate::app::App;
use crate::db::Conn;
use crate::db::schema::reactions;
use crate::domain::actor::Actor;
use crate::domain::comment::{self, Comment, Parent};
use crate::domain::post::Post;
use crate::error::Result;
use crate::types::{ApUrl, Id, Timestamp, word_enum};

pub use store::{count, remove};

word_enum! {
    /// What was done.
    Kind {
        /// Liked.
        Like = "like",
        /// Boosted.
        Announce = "announce",
    }
}

/// A reaction as it stands in the database.
#[derive(Clone, Debug, Queryable, Insertable)]
#[diesel(table_name = reactions)]
pub struct Reaction {
    /// The row.
    pub id: Id<Reaction>,
    /// The Like's or Announce's id, exactly as it was sent.
    pub ap_id: ApUrl,
    /// What was done.
    pub kind: Kind,
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

/// Counts a like or boost of something here. False when the thing is not ours or the person did it before.
pub async fn receive(
    app: &App,
    activity: ApUrl,
    kind: Kind,
    actor: Id<Actor>,
    target: ApUrl,
) -> Result<bool> {
    let (id, now) = (app.ids.next(), app.now());
    app.db
        .write(move |conn| {
            let Some(Parent {
                post_id,
                comment_id,
            }) = comment::find_parent(conn, &target)?
            else {
                return Ok(false);
            };
            if !comment::note_received(conn, &activity, now)? {
                return Ok(false);
            }
            let reaction = Reaction {
                id,
                ap_id: activity,
                kind,
                actor_id: actor,
                target_ap_id: target,
                post_id,
                comment_id,
                created_at: now,
            };
            store::insert(conn, &reaction)
        })
        .await
}

/// What somebody takes back: a like or boost of this kind (None: whatever has the id), by its id or what it is about.
#[derive(Clone, Debug)]
pub struct Undone {
    /// The Like's or Announce's id.
    pub activity: ApUrl,
    /// What it was, when told.
    pub kind: Option<Kind>,
    /// What it was about, when told.
    pub target: Option<ApUrl>,
}

/// Takes back a like or boost of one's own.
pub async fn undo(app: &App, actor: Id<Actor>, undone: Undone) -> Result<bool> {
    app.db.write(move |conn| remove(conn, actor, &undone)).await
}

/// Takes away everything an actor liked or boosted.
pub fn remove_all_of(conn: &mut Conn, actor: Id<Actor>) -> Result<()> {
    store::remove_all_of(conn, actor)
}
