//! SQL for followers and following.

use diesel::prelude::*;

use super::{Follower, Following};
use crate::db::schema::{actors, followers, following};
use crate::db::{Conn, each};
use crate::domain::actor::Actor;
use crate::error::{Error, Result};
use crate::types::{ApUrl, Id, Timestamp};

pub(super) fn upsert(conn: &mut Conn, row: &Follower) -> Result<()> {
    each!(conn, c => diesel::insert_into(followers::table)
        .values(row)
        .on_conflict((followers::actor_id, followers::follower_id))
        .do_update()
        .set(followers::follow_ap_id.eq(&row.follow_ap_id))
        .execute(c))?;
    Ok(())
}

/// Takes a follower off the list.
pub fn remove(conn: &mut Conn, actor: Id<Actor>, follower: Id<Actor>) -> Result<()> {
    let row = followers::table
        .filter(followers::actor_id.eq(actor))
        .filter(followers::follower_id.eq(follower));
    diesel::delete(row).execute(conn)?;
    Ok(())
}

pub(super) fn remove_by_follow(
    conn: &mut Conn,
    follower: Id<Actor>,
    follow: &ApUrl,
) -> Result<bool> {
    let row = followers::table
        .filter(followers::follower_id.eq(follower))
        .filter(followers::follow_ap_id.eq(follow));
    Ok(diesel::delete(row).execute(conn)? > 0)
}

/// How many follow an actor of ours.
pub fn count(conn: &mut Conn, actor: Id<Actor>) -> Result<i64> {
    Ok(followers::table
        .inner_join(actors::table.on(actors::id.eq(followers::follower_id)))
        .filter(followers::actor_id.eq(actor))
        .filter(actors::blocked.eq(false))
        .count()
        .get_result(conn)?)
}

/// How many an actor of ours follows.
pub fn count_following(conn: &mut Conn, actor: Id<Actor>) -> Result<i64> {
    let accepted = following::table
        .filter(following::actor_id.eq(actor))
        .filter(following::accepted_at.is_not_null());
    Ok(accepted.count().get_result(conn)?)
}

/// A page of followers (or, with `out`, of those followed): row ids and actor ids, newest first, before a row.
pub fn list_page(
    conn: &mut Conn,
    actor: Id<Actor>,
    out: bool,
    before: Option<i64>,
    limit: i64,
) -> Result<Vec<(i64, ApUrl)>> {
    let before = before.unwrap_or(i64::MAX);
    if out {
        let query = following::table
            .inner_join(actors::table.on(actors::id.eq(following::target_id)))
            .filter(following::actor_id.eq(actor))
            .filter(following::accepted_at.is_not_null())
            .filter(following::id.lt(before));
        return Ok(query
            .order(following::id.desc())
            .limit(limit)
            .select((following::id, actors::ap_id))
            .load(conn)?);
    }
    let query = followers::table
        .inner_join(actors::table.on(actors::id.eq(followers::follower_id)))
        .filter(followers::actor_id.eq(actor))
        .filter(actors::blocked.eq(false))
        .filter(followers::id.lt(before));
    Ok(query
        .order(followers::id.desc())
        .limit(limit)
        .select((followers::id, actors::ap_id))
        .load(conn)?)
}

/// Who follows an actor of ours, the newest first, before a row; not those who are blocked or gone.
pub fn list_people(
    conn: &mut Conn,
    actor: Id<Actor>,
    before: Option<Id<Follower>>,
    limit: i64,
) -> Result<Vec<(Id<Follower>, Actor)>> {
    let query = followers::table
        .inner_join(actors::table.on(actors::id.eq(followers::follower_id)))
        .filter(followers::actor_id.eq(actor))
        .filter(actors::blocked.eq(false))
        .filter(actors::gone_at.is_null())
        .filter(followers::id.lt(before.map_or(i64::MAX, Id::raw)))
        .order(followers::id.desc())
        .limit(limit)
        .select((followers::id, Actor::as_select()));
    Ok(query.load(conn)?)
}

/// The inboxes that reach all followers of an actor: one a server where the server shares one.
pub fn list_inboxes(conn: &mut Conn, actor: Id<Actor>) -> Result<Vec<ApUrl>> {
    let query = followers::table
        .inner_join(actors::table.on(actors::id.eq(followers::follower_id)))
        .filter(followers::actor_id.eq(actor))
        .filter(actors::gone_at.is_null())
        .filter(actors::blocked.eq(false))
        .select((actors::inbox, actors::shared_inbox));
    let rows: Vec<(ApUrl, Option<ApUrl>)> = query.load(conn)?;
    let inboxes: std::collections::BTreeSet<ApUrl> = rows
        .into_iter()
        .map(|(inbox, shared)| shared.unwrap_or(inbox))
        .collect();
    Ok(inboxes.into_iter().collect())
}

/// Inserts a Follow of ours, or returns the one that was made before.
pub(super) fn insert_following(conn: &mut Conn, row: &Following) -> Result<Following> {
    each!(conn, c => diesel::insert_into(following::table).values(row).on_conflict_do_nothing().execute(c))?;
    let query = following::table
        .filter(following::actor_id.eq(row.actor_id))
        .filter(following::target_id.eq(row.target_id));
    Ok(query.select(Following::as_select()).first(conn)?)
}

/// A Follow of ours, or `NotFound`.
pub fn get_following(conn: &mut Conn, id: Id<Following>) -> Result<Following> {
    let row = following::table
        .find(id)
        .select(Following::as_select())
        .first(conn)
        .optional()?;
    row.ok_or(Error::NotFound("the follow"))
}

pub(super) fn answer(
    conn: &mut Conn,
    target: Id<Actor>,
    follow: &ApUrl,
    accepted: bool,
    now: Timestamp,
) -> Result<bool> {
    let row = following::table
        .filter(following::follow_ap_id.eq(follow))
        .filter(following::target_id.eq(target));
    let changed = if accepted {
        diesel::update(row)
            .set(following::accepted_at.eq(Some(now)))
            .execute(conn)?
    } else {
        diesel::delete(row).execute(conn)?
    };
    Ok(changed > 0)
}
