//! SQL for actors and their keys.

use diesel::dsl::{exists, not};
use diesel::prelude::*;

use super::{Actor, ActorKey, LocalKeys};
use crate::db::schema::{
    actor_keys, actors, comments, followers, following, local_keys, notifications, reactions, talk,
};
use crate::db::{CHUNK, Conn, among, each};
use crate::error::{Error, Result};
use crate::types::{ApUrl, Host, Html, Id, Timestamp};

/// The actor with this id, or `NotFound`.
pub fn get(conn: &mut Conn, id: Id<Actor>) -> Result<Actor> {
    let row = actors::table
        .find(id)
        .select(Actor::as_select())
        .first(conn)
        .optional()?;
    row.ok_or(Error::NotFound("the actor"))
}

/// The actors with these ids, in no order.
pub fn list_by_ids(conn: &mut Conn, ids: &[Id<Actor>]) -> Result<Vec<Actor>> {
    let query = actors::table.filter(among!(actors::id, ids.iter().copied()));
    Ok(query.select(Actor::as_select()).load(conn)?)
}

/// The actor with this ActivityPub id.
pub fn load_by_ap_id(conn: &mut Conn, ap_id: &ApUrl) -> Result<Option<Actor>> {
    Ok(actors::table
        .filter(actors::ap_id.eq(ap_id))
        .select(Actor::as_select())
        .first(conn)
        .optional()?)
}

/// The actor with this handle.
pub fn find_by_handle(conn: &mut Conn, username: &str, host: &Host) -> Result<Option<Actor>> {
    let query = actors::table
        .filter(actors::host.eq(host))
        .filter(actors::username.eq(username));
    Ok(query.select(Actor::as_select()).first(conn).optional()?)
}

/// The owner of a key, and the key. Who names the actor itself as its key (PeerTube) means its first in PEM.
pub fn load_by_key(conn: &mut Conn, key_id: &str) -> Result<Option<(Actor, ActorKey)>> {
    let named = actor_keys::table
        .inner_join(actors::table)
        .filter(actor_keys::key_id.eq(key_id))
        .select((Actor::as_select(), ActorKey::as_select()));
    if let Some(found) = named.first(conn).optional()? {
        return Ok(Some(found));
    }
    let of_actor = actor_keys::table
        .inner_join(actors::table)
        .filter(actors::ap_id.eq(key_id))
        .filter(actor_keys::public.like("-----BEGIN%"))
        .order(actor_keys::key_id.desc());
    Ok(of_actor
        .select((Actor::as_select(), ActorKey::as_select()))
        .first(conn)
        .optional()?)
}

/// The private keys of one of our actors, or `NotFound`.
pub fn load_local_keys(conn: &mut Conn, actor: Id<Actor>) -> Result<LocalKeys> {
    let query = local_keys::table
        .find(actor)
        .select((local_keys::rsa_pem, local_keys::ed25519_pem));
    query
        .first(conn)
        .optional()?
        .ok_or(Error::NotFound("the actor's key"))
}

/// The public keys of an actor, in the order of their ids.
pub fn list_keys(conn: &mut Conn, actor: Id<Actor>) -> Result<Vec<ActorKey>> {
    let query = actor_keys::table
        .filter(actor_keys::actor_id.eq(actor))
        .order(actor_keys::key_id.desc());
    Ok(query.select(ActorKey::as_select()).load(conn)?)
}

/// Inserts a new actor.
pub fn insert(conn: &mut Conn, actor: &Actor) -> Result<()> {
    diesel::insert_into(actors::table)
        .values(actor)
        .execute(conn)?;
    Ok(())
}

/// Stores a local actor's keys.
pub fn insert_keys(
    conn: &mut Conn,
    actor: Id<Actor>,
    private: &LocalKeys,
    public: &[ActorKey],
) -> Result<()> {
    diesel::insert_into(local_keys::table)
        .values((
            local_keys::actor_id.eq(actor),
            local_keys::rsa_pem.eq(&private.rsa_pem),
            local_keys::ed25519_pem.eq(&private.ed25519_pem),
        ))
        .execute(conn)?;
    replace_keys(conn, actor, public)
}

/// Inserts a remote actor or refreshes it, and replaces its keys. Keeps our row id, the first-seen time and, while the
/// source is the same, the cached picture. Returns the row as it is now.
pub fn upsert_remote(conn: &mut Conn, fetched: &Actor, keys: &[ActorKey]) -> Result<Actor> {
    let mut actor = fetched.clone();
    if let Some(old) = load_by_ap_id(conn, &fetched.ap_id)? {
        if old.local {
            return Err(Error::Forbidden(
                "a remote document may not replace a local actor".into(),
            ));
        }
        actor.id = old.id;
        actor.created_at = old.created_at;
        if old.avatar_source == actor.avatar_source {
            actor.avatar = old.avatar;
        }
        diesel::update(actors::table.find(old.id))
            .set(&actor)
            .execute(conn)?;
    } else {
        refuse_a_crowd(conn, &actor)?;
        let inserted = each!(conn, c => diesel::insert_into(actors::table).values(&actor).on_conflict_do_nothing().execute(c))?;
        if inserted == 0 {
            // Another process was faster; its row is as fresh as ours.
            return load_by_ap_id(conn, &fetched.ap_id)?.ok_or(Error::NotFound("the actor"));
        }
    }
    let keys: Vec<ActorKey> = keys
        .iter()
        .map(|key| ActorKey {
            actor_id: actor.id,
            ..key.clone()
        })
        .collect();
    replace_keys(conn, actor.id, &keys)?;
    Ok(actor)
}

/// People first seen within a day that are stored: of one server, and of all.
const NEW_PER_HOST: i64 = 2_000;
const NEW_IN_ALL: i64 = 50_000;

/// `RateLimited` when too many people were met for the first time within a day: whoever invents them must not fill the
/// disk. Those who do nothing here are forgotten, see [`forget_unused`].
fn refuse_a_crowd(conn: &mut Conn, actor: &Actor) -> Result<()> {
    let since = Timestamp(actor.created_at.0 - Timestamp::DAY);
    let new = actors::table.filter(actors::created_at.gt(since)).count();
    let theirs = new.filter(actors::host.eq(&actor.host));
    if theirs.get_result::<i64>(conn)? >= NEW_PER_HOST || new.get_result::<i64>(conn)? >= NEW_IN_ALL
    {
        return Err(Error::RateLimited { retry_after: 3600 });
    }
    Ok(())
}

/// People forgotten at a time.
const FORGOTTEN_AT_ONCE: i64 = 5_000;

/// Forgets people elsewhere who were last fetched before `oldest` and neither wrote, reacted nor follow or are followed.
pub fn forget_unused(conn: &mut Conn, oldest: Timestamp) -> Result<usize> {
    let unused: Vec<Id<Actor>> = actors::table
        .filter(actors::local.eq(false))
        .filter(actors::created_at.lt(oldest))
        .filter(actors::fetched_at.lt(oldest))
        .filter(not(exists(
            comments::table.filter(comments::actor_id.eq(actors::id)),
        )))
        .filter(not(exists(
            reactions::table.filter(reactions::actor_id.eq(actors::id)),
        )))
        .filter(not(exists(
            followers::table.filter(followers::follower_id.eq(actors::id)),
        )))
        .filter(not(exists(
            following::table.filter(following::target_id.eq(actors::id)),
        )))
        .filter(not(exists(
            talk::table.filter(talk::actor_id.eq(actors::id)),
        )))
        .filter(not(exists(
            notifications::table.filter(notifications::from_id.eq(actors::id)),
        )))
        .select(actors::id)
        .limit(FORGOTTEN_AT_ONCE)
        .load(conn)?;
    for chunk in unused.chunks(CHUNK) {
        let keys = actor_keys::table.filter(actor_keys::actor_id.eq_any(chunk.to_vec()));
        diesel::delete(keys).execute(conn)?;
        diesel::delete(actors::table.filter(actors::id.eq_any(chunk.to_vec()))).execute(conn)?;
    }
    Ok(unused.len())
}

fn replace_keys(conn: &mut Conn, actor: Id<Actor>, keys: &[ActorKey]) -> Result<()> {
    diesel::delete(actor_keys::table.filter(actor_keys::actor_id.eq(actor))).execute(conn)?;
    for key in keys {
        each!(conn, c => diesel::insert_into(actor_keys::table)
            .values(key)
            .on_conflict(actor_keys::key_id)
            .do_update()
            .set((
                actor_keys::actor_id.eq(key.actor_id),
                actor_keys::public.eq(&key.public),
                actor_keys::fetched_at.eq(key.fetched_at),
            ))
            .execute(c))?;
    }
    Ok(())
}

/// Notes the cached picture of an actor.
pub fn set_avatar(
    conn: &mut Conn,
    actor: Id<Actor>,
    file: Option<&str>,
    now: Timestamp,
) -> Result<()> {
    diesel::update(actors::table.find(actor))
        .set((actors::avatar.eq(file), actors::updated_at.eq(now)))
        .execute(conn)?;
    Ok(())
}

/// Gives an actor another display name.
pub fn set_name(conn: &mut Conn, actor: Id<Actor>, name: &str, now: Timestamp) -> Result<()> {
    diesel::update(actors::table.find(actor))
        .set((actors::name.eq(name), actors::updated_at.eq(now)))
        .execute(conn)?;
    Ok(())
}

/// Says what is told about an actor.
pub fn set_summary(conn: &mut Conn, actor: Id<Actor>, about: &Html, now: Timestamp) -> Result<()> {
    diesel::update(actors::table.find(actor))
        .set((actors::summary.eq(about), actors::updated_at.eq(now)))
        .execute(conn)?;
    Ok(())
}

/// Says whether what an actor writes may be found by searching.
pub fn set_indexable(
    conn: &mut Conn,
    actor: Id<Actor>,
    indexable: bool,
    now: Timestamp,
) -> Result<()> {
    diesel::update(actors::table.find(actor))
        .set((actors::indexable.eq(indexable), actors::updated_at.eq(now)))
        .execute(conn)?;
    Ok(())
}

/// Notes that an actor is gone for good, and takes it off every list of followers.
pub fn mark_gone(conn: &mut Conn, actor: Id<Actor>, now: Timestamp) -> Result<()> {
    diesel::update(actors::table.find(actor))
        .set(actors::gone_at.eq(Some(now)))
        .execute(conn)?;
    diesel::delete(followers::table.filter(followers::follower_id.eq(actor))).execute(conn)?;
    Ok(())
}
