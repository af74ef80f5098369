//! SQL that keeps `hidden` right: whatever stands below a comment that may not be seen is hidden, at any depth. A
//! change costs what stands below it and changes with it; reading costs nothing.

use diesel::prelude::*;

use crate::db::schema::{actors, comments, posts};
use crate::db::{CHUNK, Conn};
use crate::domain::comment::Comment;
use crate::domain::post::Status;
use crate::domain::visibility::{CommentStatus, Visibility};
use crate::error::Result;
use crate::types::{Host, Id};

type Row = (Id<Comment>, CommentStatus, Visibility, Option<i32>, bool);

/// True when a comment about to be stored stands below something that may not be seen.
pub(super) fn is_below_hidden(conn: &mut Conn, comment: &Comment) -> Result<bool> {
    let Some(parent) = comment.parent_id else {
        let status: Status = posts::table
            .find(comment.post_id)
            .select(posts::status)
            .first(conn)?;
        return Ok(status != Status::Published);
    };
    let parent: Row = comments::table.find(parent).select(columns()).first(conn)?;
    Ok(casts_shade(&parent))
}

/// Hides what stands below a comment that changed, or shows it again. Iterative: a thread may be deeper than the stack.
pub(super) fn cast(conn: &mut Conn, comment: &Comment) -> Result<()> {
    let changed: Row = comments::table
        .find(comment.id)
        .select(columns())
        .first(conn)?;
    spread(conn, vec![changed])
}

/// The same for all comments of the people on these servers, when they were blocked or are not any more.
pub fn cast_all_of(conn: &mut Conn, hosts: &[Host]) -> Result<()> {
    let theirs = comments::table
        .inner_join(actors::table)
        .filter(actors::host.eq_any(hosts))
        .filter(actors::local.eq(false));
    let changed = theirs.select(columns()).load(conn)?;
    spread(conn, changed)
}

fn spread(conn: &mut Conn, mut level: Vec<Row>) -> Result<()> {
    while !level.is_empty() {
        let (dark, light): (Vec<Row>, Vec<Row>) = level.into_iter().partition(casts_shade);
        level = turn(conn, &dark, true)?;
        level.extend(turn(conn, &light, false)?);
    }
    Ok(())
}

/// Sets `hidden` of the direct answers that differ, and returns these as they are now.
fn turn(conn: &mut Conn, parents: &[Row], hidden: bool) -> Result<Vec<Row>> {
    let mut turned = Vec::new();
    for chunk in parents.chunks(CHUNK) {
        let ids: Vec<Id<Comment>> = chunk.iter().map(|row| row.0).collect();
        let differ = comments::table
            .filter(comments::parent_id.eq_any(ids))
            .filter(comments::hidden.ne(hidden));
        let rows: Vec<Row> = differ.select(columns()).load(conn)?;
        for part in rows.chunks(CHUNK) {
            let ids: Vec<Id<Comment>> = part.iter().map(|row| row.0).collect();
            diesel::update(comments::table.filter(comments::id.eq_any(ids)))
                .set(comments::hidden.eq(hidden))
                .execute(conn)?;
        }
        turned.extend(
            rows.into_iter()
                .map(|(id, s, v, p, _)| (id, s, v, p, hidden)),
        );
    }
    Ok(turned)
}

type Columns = (
    comments::id,
    comments::status,
    comments::visibility,
    comments::position,
    comments::hidden,
);

fn columns() -> Columns {
    (
        comments::id,
        comments::status,
        comments::visibility,
        comments::position,
        comments::hidden,
    )
}

/// True when nothing below this comment may be seen. A deleted one that could be seen keeps its place.
fn casts_shade((_, status, visibility, position, hidden): &Row) -> bool {
    let stands = match status {
        CommentStatus::Published => true,
        CommentStatus::Deleted => position.is_some(),
        CommentStatus::Held
        | CommentStatus::Spam
        | CommentStatus::Trash
        | CommentStatus::Blocked => false,
    };
    *hidden || !stands || !visibility.is_open()
}
