//! SQL for what everybody may see, as collections and counts need it. No rules here; see `visibility`.

use diesel::prelude::*;

use crate::db::Conn;
use crate::db::schema::comments;
use crate::domain::comment::Comment;
use crate::domain::post::Post;
use crate::domain::visibility::is_public;
use crate::error::Result;
use crate::types::{ApUrl, Id};

/// The ids of the public direct replies to a post (`parent` None) or comment, oldest first, after an id.
pub fn list_public_replies(
    conn: &mut Conn,
    post: Id<Post>,
    parent: Option<Id<Comment>>,
    after: Option<Id<Comment>>,
    limit: i64,
) -> Result<Vec<(Id<Comment>, ApUrl)>> {
    let query = public_ids(post, after, limit);
    Ok(match parent {
        Some(parent) => query.filter(comments::parent_id.eq(parent)).load(conn)?,
        None => query.filter(comments::parent_id.is_null()).load(conn)?,
    })
}

/// The ids of all public comments of a post, oldest first, after an id.
pub fn list_public(
    conn: &mut Conn,
    post: Id<Post>,
    after: Option<Id<Comment>>,
    limit: i64,
) -> Result<Vec<(Id<Comment>, ApUrl)>> {
    Ok(public_ids(post, after, limit).load(conn)?)
}

type PublicIds<'a> = comments::BoxedQuery<
    'a,
    crate::db::AnyBackend,
    (diesel::sql_types::BigInt, diesel::sql_types::Text),
>;

fn public_ids<'a>(post: Id<Post>, after: Option<Id<Comment>>, limit: i64) -> PublicIds<'a> {
    let after = after.unwrap_or(Id::new(0));
    comments::table
        .filter(comments::post_id.eq(post))
        .filter(is_public())
        .filter(comments::id.gt(after))
        .order(comments::id)
        .limit(limit)
        .select((comments::id, comments::ap_id))
        .into_boxed()
}

/// How many public comments stand directly below a post.
pub fn count_direct(conn: &mut Conn, post: Id<Post>) -> Result<i64> {
    let direct = comments::table
        .filter(comments::post_id.eq(post))
        .filter(comments::parent_id.is_null());
    Ok(direct.filter(is_public()).count().get_result(conn)?)
}

/// How many public answers stand directly below a comment.
pub fn count_replies(conn: &mut Conn, parent: Id<Comment>) -> Result<i64> {
    let below = comments::table
        .filter(comments::parent_id.eq(parent))
        .filter(is_public());
    Ok(below.count().get_result(conn)?)
}

/// How many public comments there are: of a post, or of all.
pub fn count_public(conn: &mut Conn, post: Option<Id<Post>>) -> Result<i64> {
    let mut query = comments::table.filter(is_public()).count().into_boxed();
    if let Some(post) = post {
        query = query.filter(comments::post_id.eq(post));
    }
    Ok(query.get_result(conn)?)
}
