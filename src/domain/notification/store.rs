//! SQL for notifications. No rules here beside the bounds; see the slice's mod.rs.

use diesel::prelude::*;

use super::{KEPT, KEPT_PER_HOST, Notification, Which};
use crate::db::schema::{accounts, actors, notifications};
use crate::db::{CHUNK, Conn, each};
use crate::domain::actor::Actor;
use crate::error::Result;
use crate::types::{ApUrl, Host, Id, Timestamp};

/// Tells somebody. False when they were told of this object before; what it says now is then kept.
pub fn add(conn: &mut Conn, new: &Notification, host: &Host) -> Result<bool> {
    let inserted = each!(conn, c => diesel::insert_into(notifications::table)
        .values(new)
        .on_conflict_do_nothing()
        .execute(c))?;
    if inserted == 0 {
        let told = notifications::table
            .filter(notifications::actor_id.eq(new.actor_id))
            .filter(notifications::object.eq(&new.object))
            .filter(notifications::from_id.eq(new.from_id));
        diesel::update(told)
            .set((
                notifications::excerpt.eq(&new.excerpt),
                notifications::url.eq(&new.url),
            ))
            .execute(conn)?;
        return Ok(false);
    }
    trim(conn, new.actor_id, host)?;
    Ok(true)
}

/// Takes the oldest away, first those of a server whose people did too much.
fn trim(conn: &mut Conn, of: Id<Actor>, host: &Host) -> Result<()> {
    let theirs = notifications::table
        .inner_join(actors::table)
        .filter(notifications::actor_id.eq(of))
        .filter(actors::host.eq(host))
        .order(notifications::id.desc())
        .offset(KEPT_PER_HOST)
        .select(notifications::id);
    let surplus: Vec<Id<Notification>> = theirs.limit(KEPT).load(conn)?;
    for chunk in surplus.chunks(CHUNK) {
        let rows = notifications::table.filter(notifications::id.eq_any(chunk.to_vec()));
        diesel::delete(rows).execute(conn)?;
    }
    let oldest_kept: Option<Id<Notification>> = notifications::table
        .filter(notifications::actor_id.eq(of))
        .order(notifications::id.desc())
        .offset(KEPT - 1)
        .select(notifications::id)
        .first(conn)
        .optional()?;
    if let Some(oldest) = oldest_kept {
        let rows = notifications::table
            .filter(notifications::actor_id.eq(of))
            .filter(notifications::id.lt(oldest));
        diesel::delete(rows).execute(conn)?;
    }
    Ok(())
}

/// Those of our accounts' actors that these addresses name, by id or page.
pub fn find_accounts(conn: &mut Conn, addresses: &[ApUrl]) -> Result<Vec<Id<Actor>>> {
    if addresses.is_empty() {
        return Ok(Vec::new());
    }
    let query = accounts::table
        .inner_join(actors::table)
        .filter(actors::local.eq(true))
        .filter(
            actors::ap_id
                .eq_any(addresses)
                .or(actors::url.eq_any(addresses)),
        )
        .order(actors::id)
        .select(actors::id);
    Ok(query.load(conn)?)
}

/// True when somebody was told of this object.
pub fn is_told(conn: &mut Conn, object: &ApUrl) -> Result<bool> {
    let found = notifications::table
        .filter(notifications::object.eq(object))
        .select(notifications::id)
        .first::<i64>(conn)
        .optional()?;
    Ok(found.is_some())
}

/// Takes away what was told of an object by its author.
pub fn remove_object(conn: &mut Conn, object: &ApUrl, from: Id<Actor>) -> Result<usize> {
    let rows = notifications::table
        .filter(notifications::object.eq(object))
        .filter(notifications::from_id.eq(from));
    Ok(diesel::delete(rows).execute(conn)?)
}

/// Takes away everything that an actor did.
pub fn remove_all_of(conn: &mut Conn, from: Id<Actor>) -> Result<()> {
    diesel::delete(notifications::table.filter(notifications::from_id.eq(from))).execute(conn)?;
    Ok(())
}

/// Forgets what came before a moment.
pub fn forget_old(conn: &mut Conn, oldest: Timestamp) -> Result<()> {
    diesel::delete(notifications::table.filter(notifications::created_at.lt(oldest)))
        .execute(conn)?;
    Ok(())
}

pub(super) fn list(
    conn: &mut Conn,
    of: Id<Actor>,
    unread: bool,
    before: Option<Id<Notification>>,
    limit: i64,
) -> Result<Vec<(Notification, Actor)>> {
    let mut query = notifications::table
        .inner_join(actors::table)
        .filter(notifications::actor_id.eq(of))
        .filter(actors::blocked.eq(false))
        .order(notifications::id.desc())
        .limit(limit)
        .select((Notification::as_select(), Actor::as_select()))
        .into_boxed();
    if unread {
        query = query.filter(notifications::read_at.is_null());
    }
    if let Some(before) = before {
        query = query.filter(notifications::id.lt(before));
    }
    Ok(query.load(conn)?)
}

pub(super) fn count_unread(conn: &mut Conn, of: Id<Actor>) -> Result<i64> {
    let query = notifications::table
        .inner_join(actors::table)
        .filter(notifications::actor_id.eq(of))
        .filter(notifications::read_at.is_null())
        .filter(actors::blocked.eq(false));
    Ok(query.count().get_result(conn)?)
}

pub(super) fn mark_read(
    conn: &mut Conn,
    of: Id<Actor>,
    which: &Which,
    now: Timestamp,
) -> Result<usize> {
    let new = notifications::table
        .filter(notifications::actor_id.eq(of))
        .filter(notifications::read_at.is_null());
    let read = notifications::read_at.eq(Some(now));
    Ok(match which {
        Which::All => diesel::update(new).set(read).execute(conn)?,
        Which::UpTo(last) => diesel::update(new.filter(notifications::id.le(*last)))
            .set(read)
            .execute(conn)?,
        Which::These(ids) => {
            let mut marked = 0;
            for chunk in ids.chunks(CHUNK) {
                let these = new.filter(notifications::id.eq_any(chunk.to_vec()));
                marked += diesel::update(these).set(read).execute(conn)?;
            }
            marked
        }
    })
}
