//! People's decisions about comments: approve, hold, spam, trash. Each can be taken back.

use crate::app::App;
use crate::domain::comment::{self, Comment};
use crate::domain::visibility::CommentStatus;
use crate::error::{Error, Result};
use crate::types::Id;

/// Moves a comment to another state. `Gone` when its author deleted it.
pub async fn decide(app: &App, id: Id<Comment>, status: CommentStatus) -> Result<Comment> {
    let now = app.now();
    app.db
        .write(move |conn| match comment::get(conn, id)?.status {
            CommentStatus::Deleted => Err(Error::Gone("the comment")),
            _ => comment::set_status(conn, id, status, now),
        })
        .await
}
