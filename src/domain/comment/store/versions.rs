//! SQL for what edited comments said before. No rules here; see `versions`.

use diesel::prelude::*;

use crate::db::Conn;
use crate::db::schema::{comment_versions, comments};
use crate::domain::actor::Actor;
use crate::domain::comment::{Comment, Version};
use crate::error::Result;
use crate::types::{Id, Timestamp};

/// Keeps a comment's text as it stands, and at most `most` of its texts: the oldest go.
pub(in crate::domain::comment) fn insert_version(
    conn: &mut Conn,
    id: i64,
    comment: &Comment,
    now: Timestamp,
    most: i64,
) -> Result<()> {
    diesel::insert_into(comment_versions::table)
        .values((
            comment_versions::id.eq(id),
            comment_versions::comment_id.eq(comment.id),
            comment_versions::html.eq(&comment.html),
            comment_versions::language.eq(&comment.language),
            comment_versions::written_at.eq(comment.edited_at.unwrap_or(comment.published_at)),
            comment_versions::replaced_at.eq(now),
        ))
        .execute(conn)?;
    let kept: Vec<i64> = comment_versions::table
        .filter(comment_versions::comment_id.eq(comment.id))
        .order(comment_versions::id.desc())
        .select(comment_versions::id)
        .limit(most)
        .load(conn)?;
    if let Some(oldest) = kept.last() {
        let older = comment_versions::table
            .filter(comment_versions::comment_id.eq(comment.id))
            .filter(comment_versions::id.lt(oldest));
        diesel::delete(older).execute(conn)?;
    }
    Ok(())
}

/// The earlier texts of a comment, oldest first.
pub(in crate::domain::comment) fn list_versions(
    conn: &mut Conn,
    comment: Id<Comment>,
) -> Result<Vec<Version>> {
    let query = comment_versions::table
        .filter(comment_versions::comment_id.eq(comment))
        .order(comment_versions::id);
    Ok(query
        .select((
            comment_versions::html,
            comment_versions::language,
            comment_versions::written_at,
            comment_versions::replaced_at,
        ))
        .load(conn)?)
}

/// Takes the earlier texts of a comment away.
pub(super) fn remove_versions(conn: &mut Conn, comment: Id<Comment>) -> Result<()> {
    let texts = comment_versions::table.filter(comment_versions::comment_id.eq(comment));
    diesel::delete(texts).execute(conn)?;
    Ok(())
}

/// Takes the earlier texts of all comments of an actor away.
pub(super) fn remove_versions_of(conn: &mut Conn, actor: Id<Actor>) -> Result<()> {
    let theirs = comments::table
        .filter(comments::actor_id.eq(actor))
        .select(comments::id);
    let texts = comment_versions::table.filter(comment_versions::comment_id.eq_any(theirs));
    diesel::delete(texts).execute(conn)?;
    Ok(())
}
