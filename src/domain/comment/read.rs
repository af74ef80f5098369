//! Looking comments up for those who write and moderate here.

use super::Comment;
use super::page::{self, Placed};
use crate::app::App;
use crate::domain::actor::Actor;
use crate::domain::post::page::Entry;
use crate::domain::post::{self, Post, Status};
use crate::domain::visibility::CommentStatus;
use crate::error::{Error, Result};
use crate::types::Id;

/// A post and its comments as `post::page::load_comments` lists them. `NotFound` for another writer's unpublished post,
/// `Gone` for a deleted one.
pub async fn list_under(
    app: &App,
    reader: &Actor,
    id: Id<Post>,
    status: Option<CommentStatus>,
) -> Result<(Post, Vec<Entry>)> {
    let reader = reader.id;
    app.db
        .read(move |conn| {
            let post = post::get(conn, id)?;
            match post.status {
                Status::Deleted => Err(Error::Gone("the post")),
                Status::Published => Ok((post, post::page::load_comments(conn, id, status)?)),
                _ if post.actor_id == reader => Ok((post, Vec::new())),
                _ => Err(Error::NotFound("the post")),
            }
        })
        .await
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
