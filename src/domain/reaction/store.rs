//! SQL for likes and boosts.

use diesel::prelude::*;

use super::{Kind, Reaction};
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

/// Removes an actor's own reaction by its activity's id or by kind and target.
pub fn remove(
    conn: &mut Conn,
    actor: Id<Actor>,
    activity: &ApUrl,
    about: Option<&(Kind, ApUrl)>,
) -> Result<bool> {
    let own = reactions::table.filter(reactions::actor_id.eq(actor));
    let mut removed = diesel::delete(own.filter(reactions::ap_id.eq(activity))).execute(conn)?;
    if removed == 0
        && let Some((kind, target)) = about
    {
        let same = own
            .filter(reactions::kind.eq(*kind))
            .filter(reactions::target_ap_id.eq(target));
        removed = diesel::delete(same).execute(conn)?;
    }
    Ok(removed > 0)
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
