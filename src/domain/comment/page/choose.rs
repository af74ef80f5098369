//! SQL that chooses a page of a discussion before any text is read: its top-level comments, how much stands below each, and
//! how that hangs together. Read only; see `paging` for what a page holds.

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Integer};

use crate::db::schema::comments;
use crate::db::{Conn, among, fixed};
use crate::domain::comment::Comment;
use crate::domain::comment::thread::Leaf;
use crate::domain::post::Post;
use crate::domain::visibility::{CommentStatus, PUBLIC, is_place, is_public};
use crate::error::Result;
use crate::types::Id;

/// A top-level comment that a page may begin with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, QueryableByName)]
pub(in super::super) struct Root {
    /// The row.
    #[diesel(sql_type = BigInt)]
    pub(in super::super) id: i64,
    /// Its place, which is its number.
    #[diesel(sql_type = Integer)]
    pub(in super::super) position: i32,
    /// How many comments of its branch can be read, itself included.
    #[diesel(sql_type = BigInt)]
    pub(in super::super) below: i64,
}

/// The next top-level comments after (or, downwards, before) a position, with what stands below them. A deleted one stays
/// while something can be read below it.
pub(in super::super) fn list_roots(
    conn: &mut Conn,
    post: Id<Post>,
    beyond: Option<i32>,
    downwards: bool,
    limit: i64,
) -> Result<Vec<Root>> {
    let (order, sign, start) = if downwards {
        ("DESC", '<', i32::MAX)
    } else {
        ("ASC", '>', 0)
    };
    let statement = format!(
        "SELECT id, position, below FROM (SELECT r.id AS id, r.position AS position, \
           (SELECT COUNT(*) FROM comments WHERE root_id = r.id AND {PUBLIC}) AS below \
         FROM comments r WHERE r.post_id = $1 AND r.parent_id IS NULL AND r.position {sign} $2 \
           AND r.status IN ('published', 'deleted') AND r.visibility IN ('public', 'unlisted') AND NOT r.hidden) t \
         WHERE below > 0 ORDER BY position {order} LIMIT $3"
    );
    Ok(fixed(statement)
        .bind(post)
        .bind(beyond.unwrap_or(start))
        .bind(limit)
        .load(conn)?)
}

/// The same, most discussed first; `upwards` turns it round. The key is a position, whose count is looked up.
pub(in super::super) fn count_discussed(
    conn: &mut Conn,
    post: Id<Post>,
    beyond: Option<i32>,
    upwards: bool,
    limit: i64,
) -> Result<Vec<Root>> {
    let key = match beyond {
        Some(position) => (count_below(conn, post, position)?, position),
        None => (i64::MAX, 0),
    };
    let (down, order, sign, other) = if upwards {
        ("ASC", "DESC", '>', '<')
    } else {
        ("DESC", "ASC", '<', '>')
    };
    let statement = format!(
        "SELECT r.id AS id, r.position AS position, t.below AS below \
         FROM (SELECT root_id, COUNT(*) AS below FROM comments WHERE post_id = $1 AND {PUBLIC} GROUP BY root_id) t \
         JOIN comments r ON r.id = t.root_id \
         WHERE t.below {sign} $2 OR (t.below = $3 AND r.position {other} $4) \
         ORDER BY t.below {down}, r.position {order} LIMIT $5"
    );
    Ok(fixed(statement)
        .bind(post)
        .bind(key.0)
        .bind(key.0)
        .bind(key.1)
        .bind(limit)
        .load(conn)?)
}

fn count_below(conn: &mut Conn, post: Id<Post>, position: i32) -> Result<i64> {
    let Some(root) = find_root(conn, post, position)? else {
        return Ok(0);
    };
    let branch = comments::table.filter(comments::root_id.eq(root));
    Ok(branch.filter(is_public()).count().get_result(conn)?)
}

/// The top-level comment with this number, in any state.
pub(in super::super) fn find_root(
    conn: &mut Conn,
    post: Id<Post>,
    position: i32,
) -> Result<Option<i64>> {
    let found = comments::table
        .filter(comments::post_id.eq(post))
        .filter(comments::parent_id.is_null())
        .filter(comments::position.eq(position))
        .select(comments::id);
    Ok(found.first(conn).optional()?)
}

/// The top-level comment that a comment of this post stands under.
pub(in super::super) fn root_of(
    conn: &mut Conn,
    post: Id<Post>,
    comment: Id<Comment>,
) -> Result<Option<i64>> {
    let found = comments::table
        .find(comment)
        .filter(comments::post_id.eq(post))
        .select(comments::root_id);
    Ok(found.first(conn).optional()?)
}

/// How everything under these top-level comments hangs together, them included, without what may not be seen; the oldest so
/// many.
pub(in super::super) fn list_leaves(
    conn: &mut Conn,
    roots: &[i64],
    limit: i64,
) -> Result<Vec<Leaf>> {
    let query = comments::table
        .filter(among!(comments::root_id, roots.iter().copied()))
        .filter(is_public().or(is_place()))
        .order((comments::root_id, comments::id))
        .limit(limit)
        .select((
            comments::id,
            comments::parent_id,
            comments::position,
            comments::status,
        ));
    let rows: Vec<(i64, Option<i64>, Option<i32>, CommentStatus)> = query.load(conn)?;
    let leaf = |(id, parent_id, position, status)| Leaf {
        id,
        parent_id,
        position,
        deleted: status == CommentStatus::Deleted,
    };
    Ok(rows.into_iter().map(leaf).collect())
}
