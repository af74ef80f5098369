//! SQL for others' activities that are passed on. They stand beside our own activities, are marked by their comment, and
//! are read by nothing but delivery.

use diesel::dsl::{exists, not};
use diesel::prelude::*;

use crate::db::schema::{activities, actors, comments, deliveries, parked, posts};
use crate::db::{CHUNK, Conn, each};
use crate::domain::actor::Actor;
use crate::domain::comment::{Brought, Comment};
use crate::domain::post::Post;
use crate::domain::visibility::is_public;
use crate::error::Result;
use crate::types::{ApUrl, Id, Timestamp};

/// The number of a delivery that was taken; the others are `delivery`'s own business.
const DELIVERED: i32 = 2;

/// What stands for the comment while the reply is parked.
const NO_COMMENT: i64 = 0;

/// An activity kept to be passed on.
#[derive(Clone, Debug, Queryable)]
pub struct PassedOn {
    /// The comment it is about.
    pub comment_id: Id<Comment>,
    /// The server that brought it.
    pub brought_by: Option<String>,
}

/// Keeps an activity; the post's writer signs it on its way. False when it is kept already.
pub(in crate::domain::comment) fn insert_passed_on(
    conn: &mut Conn,
    id: Id<PassedOn>,
    brought: &Brought,
    comment: &Comment,
    text: &str,
    now: Timestamp,
) -> Result<bool> {
    let writer: i64 = posts::table
        .find(comment.post_id)
        .select(posts::actor_id)
        .first(conn)?;
    let row = (
        activities::id.eq(id),
        activities::ap_id.eq(&brought.id),
        activities::actor_id.eq(writer),
        activities::document.eq(text),
        activities::created_at.eq(now),
        activities::comment_id.eq(Some(comment.id)),
        activities::brought_by.eq(brought.by.as_ref().map(|host| host.as_str().to_owned())),
    );
    let kept = each!(conn, c => diesel::insert_into(activities::table).values(row).on_conflict_do_nothing().execute(c))?;
    Ok(kept > 0)
}

/// Keeps an activity about a parked reply of its author's. False when there is no such reply, or it is kept already.
pub(in crate::domain::comment) fn insert_about_parked(
    conn: &mut Conn,
    id: Id<PassedOn>,
    brought: &Brought,
    (reply, author): (&ApUrl, &Actor),
    text: &str,
    now: Timestamp,
) -> Result<bool> {
    let waits = parked::table
        .filter(parked::ap_id.eq(reply))
        .filter(parked::actor_ap_id.eq(&author.ap_id))
        .select(parked::ap_id)
        .first::<ApUrl>(conn)
        .optional()?;
    if waits.is_none() {
        return Ok(false);
    }
    // Who signs it is known when the reply has a place; until then it is anybody of ours.
    let ours: i64 = actors::table
        .filter(actors::local.eq(true))
        .select(actors::id)
        .first(conn)?;
    let row = (
        activities::id.eq(id),
        activities::ap_id.eq(&brought.id),
        activities::actor_id.eq(ours),
        activities::document.eq(text),
        activities::created_at.eq(now),
        activities::comment_id.eq(Some(NO_COMMENT)),
        activities::parked_reply.eq(Some(reply)),
        activities::brought_by.eq(brought.by.as_ref().map(|host| host.as_str().to_owned())),
    );
    let kept = each!(conn, c => diesel::insert_into(activities::table).values(row).on_conflict_do_nothing().execute(c))?;
    Ok(kept > 0)
}

/// Gives what was kept about a parked reply to the comment that it became. True when there was something.
pub(in crate::domain::comment) fn adopt_passed_on(
    conn: &mut Conn,
    comment: &Comment,
) -> Result<bool> {
    let waiting = activities::table
        .filter(activities::parked_reply.eq(&comment.ap_id))
        .filter(activities::comment_id.eq(NO_COMMENT));
    let writer: i64 = posts::table
        .find(comment.post_id)
        .select(posts::actor_id)
        .first(conn)?;
    let adopted = diesel::update(waiting)
        .set((
            activities::comment_id.eq(Some(comment.id)),
            activities::actor_id.eq(writer),
            activities::parked_reply.eq(None::<String>),
        ))
        .execute(conn)?;
    Ok(adopted > 0)
}

/// Forgets what was kept about these parked replies.
pub(super) fn forget_about_parked(conn: &mut Conn, replies: &[ApUrl]) -> Result<()> {
    for chunk in replies.chunks(CHUNK) {
        let rows = activities::table.filter(activities::parked_reply.eq_any(chunk.to_vec()));
        diesel::delete(rows).execute(conn)?;
    }
    Ok(())
}

/// How many activities are kept: about a comment, or in all.
pub(in crate::domain::comment) fn count_passed_on(
    conn: &mut Conn,
    about: Option<Id<Comment>>,
) -> Result<i64> {
    let kept = activities::table.filter(activities::comment_id.is_not_null());
    Ok(match about {
        Some(comment) => kept
            .filter(activities::comment_id.eq(comment))
            .count()
            .get_result(conn)?,
        None => kept.count().get_result(conn)?,
    })
}

/// How many are kept about the replies of the people on a reply's server.
pub(in crate::domain::comment) fn count_passed_on_of_host(
    conn: &mut Conn,
    reply: &ApUrl,
) -> Result<i64> {
    let Some(host) = reply.host() else {
        return Ok(0);
    };
    let theirs = activities::table
        .inner_join(comments::table.on(comments::id.nullable().eq(activities::comment_id)))
        .inner_join(actors::table.on(actors::id.eq(comments::actor_id)))
        .filter(actors::host.eq(host));
    Ok(theirs.count().get_result(conn)?)
}

/// What is kept under this row; None when it is one of our own activities, or gone.
pub fn load_passed_on(conn: &mut Conn, id: Id<PassedOn>) -> Result<Option<PassedOn>> {
    let row = activities::table
        .find(id)
        .filter(activities::comment_id.is_not_null())
        .select((
            activities::comment_id.assume_not_null(),
            activities::brought_by,
        ));
    Ok(row.first(conn).optional()?)
}

/// The activities about public comments of a post that nobody was sent yet, oldest first.
pub(in crate::domain::comment) fn list_not_passed_on(
    conn: &mut Conn,
    post: Id<Post>,
) -> Result<Vec<i64>> {
    let sent = deliveries::table.filter(deliveries::activity_id.eq(activities::id));
    let waiting = activities::table
        .inner_join(comments::table.on(comments::id.nullable().eq(activities::comment_id)))
        .filter(comments::post_id.eq(post))
        .filter(is_public())
        .filter(not(exists(sent)))
        .order(activities::id);
    Ok(waiting.select(activities::id).load(conn)?)
}

/// Takes back what of the activities about a comment is still to be sent; the activities stay.
pub(in crate::domain::comment) fn stop_passing_on(
    conn: &mut Conn,
    comment: Id<Comment>,
) -> Result<()> {
    let about = activities::table
        .filter(activities::comment_id.eq(comment))
        .select(activities::id);
    let due = deliveries::table
        .filter(deliveries::activity_id.eq_any(about))
        .filter(deliveries::state.ne(DELIVERED));
    diesel::delete(due).execute(conn)?;
    Ok(())
}

/// Forgets all that is kept about a comment, and what of it is still on its way.
pub(in crate::domain::comment) fn forget_passed_on(
    conn: &mut Conn,
    comment: Id<Comment>,
) -> Result<()> {
    diesel::delete(activities::table.filter(activities::comment_id.eq(comment))).execute(conn)?;
    Ok(())
}

/// The same for all comments of an actor.
pub(super) fn forget_passed_on_of(conn: &mut Conn, actor: Id<Actor>) -> Result<()> {
    let theirs: Vec<i64> = activities::table
        .inner_join(comments::table.on(comments::id.nullable().eq(activities::comment_id)))
        .filter(comments::actor_id.eq(actor))
        .select(activities::id)
        .load(conn)?;
    forget(conn, &theirs)
}

/// Forgets one.
pub fn forget_one_passed_on(conn: &mut Conn, id: Id<PassedOn>) -> Result<()> {
    forget(conn, &[id.raw()])
}

/// Forgets what everybody took to whom it was passed on, and what was kept before `oldest`.
pub fn forget_done_passed_on(conn: &mut Conn, oldest: Timestamp) -> Result<()> {
    let of_it = || deliveries::table.filter(deliveries::activity_id.eq(activities::id));
    let on_its_way = of_it().filter(deliveries::state.ne(DELIVERED));
    let kept = activities::table.filter(activities::comment_id.is_not_null());
    let done: Vec<i64> = kept
        .filter(exists(of_it()))
        .filter(not(exists(on_its_way)))
        .select(activities::id)
        .load(conn)?;
    let old: Vec<i64> = kept
        .filter(activities::created_at.lt(oldest))
        .select(activities::id)
        .load(conn)?;
    forget(conn, &done)?;
    forget(conn, &old)
}

fn forget(conn: &mut Conn, ids: &[i64]) -> Result<()> {
    for chunk in ids.chunks(CHUNK) {
        let rows = activities::table
            .filter(activities::comment_id.is_not_null())
            .filter(activities::id.eq_any(chunk.to_vec()));
        diesel::delete(rows).execute(conn)?;
    }
    Ok(())
}
