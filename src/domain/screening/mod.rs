//! The rules that decide whether a reply appears at once. People's decisions are `moderation`'s.

use diesel::prelude::*;

use crate::config::Moderation;
use crate::db::Conn;
use crate::db::schema::comments;
use crate::domain::actor::Actor;
use crate::domain::visibility::{CommentStatus, is_public};
use crate::error::Result;
use crate::types::Id;

/// Decides about a reply by its author, in the transaction that stores it.
pub fn review(conn: &mut Conn, mode: Moderation, author: Id<Actor>) -> Result<CommentStatus> {
    let published = match mode {
        Moderation::Open => true,
        // There is no spam filter yet: a first reply is held, as with `known`.
        Moderation::Known | Moderation::Screened => has_published(conn, author)?,
        Moderation::All => false,
    };
    Ok(if published {
        CommentStatus::Published
    } else {
        CommentStatus::Held
    })
}

/// True when a comment of this author's stands in public: somebody approved one.
fn has_published(conn: &mut Conn, author: Id<Actor>) -> Result<bool> {
    let theirs = comments::table
        .filter(comments::actor_id.eq(author))
        .filter(is_public());
    Ok(theirs
        .select(comments::id)
        .first::<i64>(conn)
        .optional()?
        .is_some())
}
