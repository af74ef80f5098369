//! SQL for those who asked to be let in. No rules here; see `request`.

use diesel::dsl::{exists, not};
use diesel::prelude::*;

use crate::db::schema::{actors, comments, posts, reply_requests};
use crate::db::{CHUNK, Conn, each};
use crate::domain::actor::Actor;
use crate::domain::comment::Comment;
use crate::domain::comment::request::{Answer, Place, Request};
use crate::domain::post::{self, Post};
use crate::domain::visibility::is_public;
use crate::error::{Error, Result};
use crate::types::{ApUrl, Host, Id, Timestamp};

/// Requests answered at a time, when a decision shows a whole branch.
const AT_ONCE: i64 = 500;

/// The request for a reply.
pub fn load_request(conn: &mut Conn, reply: &ApUrl) -> Result<Option<Request>> {
    let row = reply_requests::table
        .find(reply)
        .select(Request::as_select());
    Ok(row.first(conn).optional()?)
}

pub(in crate::domain::comment) fn put_request(conn: &mut Conn, row: &Request) -> Result<()> {
    each!(conn, c => diesel::insert_into(reply_requests::table)
        .values(row)
        .on_conflict(reply_requests::reply)
        .do_update()
        .set(row)
        .execute(c))?;
    Ok(())
}

/// `RateLimited` when too many replies were asked for that never came: of one server's people, or in all.
pub(in crate::domain::comment) fn refuse_a_crowd(conn: &mut Conn, asker: Id<Actor>) -> Result<()> {
    const MOST: i64 = 10_000;
    const MOST_PER_HOST: i64 = 500;
    let here = || comments::table.filter(comments::ap_id.eq(reply_requests::reply));
    let unseen = reply_requests::table.filter(not(exists(here())));
    let host: Host = actors::table.find(asker).select(actors::host).first(conn)?;
    let theirs = reply_requests::table
        .inner_join(actors::table)
        .filter(actors::host.eq(host))
        .filter(not(exists(here())));
    if theirs.count().get_result::<i64>(conn)? >= MOST_PER_HOST
        || unseen.count().get_result::<i64>(conn)? >= MOST
    {
        return Err(Error::RateLimited { retry_after: 3600 });
    }
    Ok(())
}

/// What a comment answers, when that is ours: the post, or a comment that one of our people wrote.
pub fn load_place(conn: &mut Conn, comment: &Comment) -> Result<Option<Place>> {
    if let Some(parent) = comment.parent_id {
        let ours: Option<(Id<Actor>, ApUrl)> = comments::table
            .find(parent)
            .filter(comments::local.eq(true))
            .select((comments::actor_id, comments::ap_id))
            .first(conn)
            .optional()?;
        return Ok(ours.map(|(author, id)| Place {
            author,
            ids: vec![id],
        }));
    }
    let (author, id, page): (Id<Actor>, ApUrl, ApUrl) = posts::table
        .find(comment.post_id)
        .select((posts::actor_id, posts::ap_id, posts::url))
        .first(conn)?;
    let mut ids = vec![id, page];
    ids.extend(post::list_addresses(conn, comment.post_id)?);
    Ok(Some(Place { author, ids }))
}

/// The public comments under a post whose authors wait for an answer.
pub(in crate::domain::comment) fn list_waiting(
    conn: &mut Conn,
    post: Id<Post>,
) -> Result<Vec<Comment>> {
    let waiting = reply_requests::table
        .filter(reply_requests::reply.eq(comments::ap_id))
        .filter(reply_requests::answer.eq(Answer::Waiting));
    let query = comments::table
        .filter(comments::post_id.eq(post))
        .filter(is_public())
        .filter(exists(waiting))
        .order(comments::id)
        .limit(AT_ONCE);
    Ok(query.select(Comment::as_select()).load(conn)?)
}

/// Takes the request for a comment away.
pub(super) fn remove_request(conn: &mut Conn, comment: Id<Comment>) -> Result<()> {
    let reply = comments::table.find(comment).select(comments::ap_id);
    let request = reply_requests::table.filter(reply_requests::reply.eq_any(reply));
    diesel::delete(request).execute(conn)?;
    Ok(())
}

/// Takes all requests of an actor away.
pub(super) fn remove_requests_of(conn: &mut Conn, actor: Id<Actor>) -> Result<()> {
    let theirs = reply_requests::table.filter(reply_requests::actor_id.eq(actor));
    diesel::delete(theirs).execute(conn)?;
    Ok(())
}

/// Forgets requests from before `oldest` whose reply never came.
pub fn forget_requests(conn: &mut Conn, oldest: Timestamp) -> Result<()> {
    let here = comments::table.filter(comments::ap_id.eq(reply_requests::reply));
    let old: Vec<ApUrl> = reply_requests::table
        .filter(reply_requests::asked_at.lt(oldest))
        .filter(not(exists(here)))
        .select(reply_requests::reply)
        .load(conn)?;
    for chunk in old.chunks(CHUNK) {
        let rows = reply_requests::table.filter(reply_requests::reply.eq_any(chunk.to_vec()));
        diesel::delete(rows).execute(conn)?;
    }
    Ok(())
}
