//! SQL for reactions.

use diesel::dsl::count_star;
use diesel::prelude::*;

use super::{Kind, Reaction, Undone};
use crate::db::schema::{actors, reactions};
use crate::db::{Conn, each};
use crate::domain::actor::Actor;
use crate::domain::post::Post;
use crate::error::Result;
use crate::types::{ApUrl, Id};

/// How often a kind of reaction, with this emoji if it is one, was given.
#[derive(Clone, Debug, PartialEq, Eq, Queryable)]
pub struct Tally {
    /// What was done.
    pub kind: Kind,
    /// With which emoji; empty for all other kinds.
    pub emoji: String,
    /// How often.
    pub count: i64,
}

pub(super) fn insert(conn: &mut Conn, reaction: &Reaction) -> Result<bool> {
    let inserted = each!(conn, c => diesel::insert_into(reactions::table)
        .values(reaction)
        .on_conflict_do_nothing()
        .execute(c))?;
    Ok(inserted > 0)
}

/// With how many emoji a person reacted to a thing.
pub(super) fn count_emojis(conn: &mut Conn, actor: Id<Actor>, target: &ApUrl) -> Result<i64> {
    let given = reactions::table
        .filter(reactions::target_ap_id.eq(target))
        .filter(reactions::kind.eq(Kind::Emoji))
        .filter(reactions::actor_id.eq(actor));
    Ok(given.count().get_result(conn)?)
}

/// Removes an actor's own reaction by its activity's id, else by kind, emoji and target. A kind, when given, must fit; an
/// emoji reaction that was sent as a Like (Misskey) is taken back as one.
pub fn remove(conn: &mut Conn, actor: Id<Actor>, undone: &Undone) -> Result<bool> {
    let own = reactions::table.filter(reactions::actor_id.eq(actor));
    let named = own.filter(reactions::ap_id.eq(&undone.activity));
    let removed = match undone.kind {
        None => diesel::delete(named).execute(conn)?,
        Some(Kind::Like | Kind::Emoji) => {
            let either = reactions::kind.eq_any([Kind::Like, Kind::Emoji]);
            diesel::delete(named.filter(either)).execute(conn)?
        }
        Some(kind) => diesel::delete(named.filter(reactions::kind.eq(kind))).execute(conn)?,
    };
    let (0, Some(kind), Some(target)) = (removed, undone.kind, &undone.target) else {
        return Ok(removed > 0);
    };
    let same = own
        .filter(reactions::kind.eq(kind))
        .filter(reactions::emoji.eq(&undone.emoji))
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

/// The reactions to a post itself by kind and emoji, most first.
pub(super) fn tally(conn: &mut Conn, post: Id<Post>) -> Result<Vec<Tally>> {
    let query = reactions::table
        .inner_join(actors::table)
        .filter(reactions::post_id.eq(post))
        .filter(reactions::comment_id.is_null())
        .filter(actors::blocked.eq(false))
        .group_by((reactions::kind, reactions::emoji))
        .select((reactions::kind, reactions::emoji, count_star()));
    let mut found: Vec<Tally> = query.load(conn)?;
    found.sort_by(|a, b| (b.count, &a.emoji).cmp(&(a.count, &b.emoji)));
    Ok(found)
}
