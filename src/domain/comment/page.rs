//! SQL for comments as lists outside the thread show them: each with its author and its post. Read only, no rules.

mod choose;
mod latest;
mod locate;

use diesel::prelude::*;

use super::{Comment, store};
use crate::db::Conn;
use crate::db::schema::{actors, comments, posts};
use crate::domain::actor::Actor;
use crate::domain::media::{self, Picture};
use crate::domain::post;
use crate::domain::visibility::{CommentStatus, is_aside};
use crate::error::{Error, Result};
use crate::types::{ApUrl, Id};

pub(super) use choose::{Root, count_discussed, find_root, list_leaves, list_roots, root_of};
pub use latest::{Latest, LatestPage, Under, load_latest};
pub(super) use locate::locate;
pub use locate::place;

/// A comment with what is needed to show it alone.
#[derive(Clone, Debug)]
pub struct Placed {
    /// The comment.
    pub comment: Comment,
    /// Who wrote it.
    pub author: Actor,
    /// Where the parts of its post stand; see [`crate::domain::post::Post::base`].
    pub post_base: String,
    /// Its number in the thread, as in `1.2.3`; None unless it stands there.
    pub number: Option<String>,
    /// The pictures that stand in it.
    pub pictures: Vec<Picture>,
}

/// One comment in any state, or `NotFound`.
pub(super) fn get_placed(conn: &mut Conn, id: Id<Comment>) -> Result<Placed> {
    let row: Option<(Comment, Actor, (ApUrl, String))> = comments::table
        .inner_join(actors::table)
        .inner_join(posts::table.on(posts::id.eq(comments::post_id)))
        .filter(comments::id.eq(id))
        .select((
            Comment::as_select(),
            Actor::as_select(),
            (posts::ap_id, posts::slug),
        ))
        .first(conn)
        .optional()?;
    let (comment, author, (post, slug)) = row.ok_or(Error::NotFound("the comment"))?;
    let number = match comment.status {
        CommentStatus::Published => store::load_number(conn, &comment)?,
        _ => None,
    };
    Ok(Placed {
        pictures: media::list_of_comment(conn, comment.id.raw())?,
        comment,
        author,
        post_base: post::base_of(&post, &slug),
        number,
    })
}

/// Comments in a state in which they stand in no thread, newest first, before an id.
pub(super) fn list_placed(
    conn: &mut Conn,
    status: CommentStatus,
    before: Option<Id<Comment>>,
    limit: i64,
) -> Result<Vec<Placed>> {
    let mut query = comments::table
        .inner_join(actors::table)
        .inner_join(posts::table.on(posts::id.eq(comments::post_id)))
        .filter(comments::status.eq(status))
        .order(comments::id.desc())
        .limit(limit)
        .select((
            Comment::as_select(),
            Actor::as_select(),
            (posts::ap_id, posts::slug),
        ))
        .into_boxed();
    if status != CommentStatus::Published {
        query = query.filter(is_aside());
    }
    if let Some(before) = before {
        query = query.filter(comments::id.lt(before));
    }
    let rows: Vec<(Comment, Actor, (ApUrl, String))> = query.load(conn)?;
    let mut placed = Vec::with_capacity(rows.len());
    for (comment, author, (post, slug)) in rows {
        placed.push(Placed {
            pictures: media::list_of_comment(conn, comment.id.raw())?,
            comment,
            author,
            post_base: post::base_of(&post, &slug),
            number: None,
        });
    }
    Ok(placed)
}
