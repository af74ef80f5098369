//! SQL for likes and boosts.

use diesel::prelude::*;

use super::{Kind, Reaction, Undone};
use crate::db::schema::{actors, reactions};
use crate::db::{Conn, each};
use crate::domain::actor::Actor;
use crate::error::Result;
use crate::types::{ApUrl, Id};

pub(super) fn insert(conn: &mut Conn, reaction: &Reaction) -> Result<bool> {
    let inserted = each!(conn, c => diesel::insert_into(reactions::table)
        .values(reaction)
        .on_conflict_do_nothing()
        .execute(c))?;
    Ok(inserted > 0)
}

/// Removes an actor's own reaction by its activity's id, else by kind and target. A kind, when given, must fit.
pub fn remove(conn: &mut Conn, actor: Id<Actor>, undone: &Undone) -> Result<bool> {
    let own = reactions::table.filter(reactions::actor_id.eq(actor));
    let named = own.filter(reactions::ap_id.eq(&undone.activity));
    let removed = match undone.kind {
        None => diesel::delete(named).execute(conn)?,
        Some(kind) => diesel::delete(named.filter(reactions::kind.eq(kind))).execute(conn)?,
    };
    let (0, Some(kind), Some(target)) = (removed, undone.kind, &undone.target) else {
        return Ok(removed > 0);
    };
    let same = own
        .filter(reactions::kind.eq(kind))
        .filter(reactions::target_ap_id.eq(target));
    Ok(diesel::delete(same).execute(conn)? > 0)
}

pub(super) fn remove_all_of(conn: &mut Conn, actor: Id<Actor>) -> Result<()> {
    diesel::delete(reactions::table.filter(reactions::actor_id.eq(actor))).execute(conn)?;
    Ok(())
}

/// How many reactions of a kind a thing has.
pub fn count(conn: &mut Conn, target: &ApUrl, kind: Kind) -> Result<i64> {
    let query = reactions::table
        .inner_join(actors::table)
        .filter(reactions::target_ap_id.eq(target))
        .filter(reactions::kind.eq(kind))
        .filter(actors::blocked.eq(false));
    Ok(query.count().get_result(conn)?)
}
