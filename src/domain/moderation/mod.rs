//! People's decisions: about comments (approve, hold, spam, trash), about whole servers (block). Each can be taken back.

pub mod blocklist;
mod blocks;
mod store;

use crate::app::App;
use crate::domain::comment::{self, Comment};
use crate::domain::visibility::CommentStatus;
use crate::error::{Error, Result};
use crate::types::Id;

pub use crate::hosts::Block;
pub use blocks::{Effects, block, check_domain, list_blocks, notice_blocks, unblock};

/// Moves a comment to another state. `Gone` when its author deleted it.
pub async fn decide(app: &App, id: Id<Comment>, status: CommentStatus) -> Result<Comment> {
    let now = app.now();
    app.db
        .write(move |conn| match comment::get(conn, id)?.status {
            CommentStatus::Deleted => Err(Error::Gone("the comment")),
            CommentStatus::Blocked => Err(Error::Conflict(
                "the author's server is blocked; unblock it to decide about its comments".into(),
            )),
            _ => comment::set_status(conn, id, status, now),
        })
        .await
}
