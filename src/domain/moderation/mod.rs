//! People's decisions: about comments (approve, hold, spam, trash), about whole servers (block). Each can be taken back.

pub mod blocklist;
mod blocks;
mod store;

use crate::app::App;
use crate::domain::comment::{self, Comment};
use crate::domain::media::{self, Owner};
use crate::domain::visibility::CommentStatus;
use crate::error::{Error, Result};
use crate::queue::Job;
use crate::types::Id;

pub use crate::hosts::Block;
pub use blocks::{Effects, block, check_domain, list_blocks, notice_blocks, unblock};

/// Moves a comment to another state. `Gone` when its author deleted it. The copies of its pictures go when it does, and
/// are fetched when it comes.
pub async fn decide(app: &App, id: Id<Comment>, status: CommentStatus) -> Result<Comment> {
    let now = app.now();
    let owner = Owner::Comment(id.raw());
    let (fetch, sweep) = (app.job(owner.job()), app.job(Job::SweepMedia));
    let later = comment::Later::of(app);
    let decided = app
        .db
        .write(move |conn| {
            match comment::get_held(conn, id)?.status {
                CommentStatus::Deleted => return Err(Error::Gone("the comment")),
                CommentStatus::Blocked => {
                    return Err(Error::Conflict(
                        "the author's server is blocked; unblock it to decide about its comments"
                            .into(),
                    ));
                }
                _ => {}
            }
            let comment = comment::set_status(conn, id, status, now)?;
            comment::after_decision(conn, &later, &comment)?;
            if status != CommentStatus::Published {
                if media::forget_copies(conn, id.raw())? {
                    sweep.enqueue(conn)?;
                }
            } else if media::has_pending(conn, owner)? {
                fetch.enqueue(conn)?;
            }
            Ok(comment)
        })
        .await?;
    app.wake.jobs.notify_one();
    Ok(decided)
}
