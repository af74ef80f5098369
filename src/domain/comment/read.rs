//! Looking comments up for those who write and moderate here.

use super::Comment;
use super::page::{self, Placed};
use crate::app::App;
use crate::domain::actor::Actor;
use crate::domain::backfill::{self, Missing};
use crate::domain::post::page::Entry;
use crate::domain::post::{self, Post, Status};
use crate::domain::visibility::CommentStatus;
use crate::error::{Error, Result};
use crate::types::Id;

/// A post with its comments.
#[derive(Clone, Debug)]
pub struct Thread {
    /// The post.
    pub post: Post,
    /// Its comments as `post::page::load_comments` lists them.
    pub entries: Vec<Entry>,
    /// Replies that are known and not here.
    pub missing: Missing,
}

/// A post and its comments. When its writer opens it, what other servers know of it is read at once. `NotFound` for another
/// writer's unpublished post, `Gone` for a deleted one.
pub async fn list_under(
    app: &App,
    reader: &Actor,
    id: Id<Post>,
    status: Option<CommentStatus>,
) -> Result<Thread> {
    let reader = reader.id;
    let read = app.db.read(move |conn| {
        let post = post::get(conn, id)?;
        match post.status {
            Status::Deleted => Err(Error::Gone("the post")),
            Status::Published => Ok(Thread {
                entries: post::page::load_comments(conn, id, status)?,
                missing: backfill::count_missing(conn, id)?,
                post,
            }),
            _ if post.actor_id == reader => Ok(Thread {
                entries: Vec::new(),
                missing: Missing::default(),
                post,
            }),
            _ => Err(Error::NotFound("the post")),
        }
    });
    let thread = read.await?;
    if thread.post.actor_id == reader && status.is_none() {
        backfill::ask(app, id).await?;
    }
    Ok(thread)
}

/// One comment in any state with its author and number, or `NotFound`.
pub async fn get_placed(app: &App, id: Id<Comment>) -> Result<Placed> {
    app.db.read(move |conn| page::get_placed(conn, id)).await
}

/// Comments that stand in no thread (held, spam, trash), newest first, before an id.
pub async fn list_aside(
    app: &App,
    status: CommentStatus,
    before: Option<Id<Comment>>,
    limit: i64,
) -> Result<Vec<Placed>> {
    app.db
        .read(move |conn| page::list_placed(conn, status, before, limit))
        .await
}
