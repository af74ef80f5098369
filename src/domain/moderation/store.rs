//! SQL for what blocks hide. One function makes the rows agree with the blocks, so that blocking, unblocking and repeating
//! either are the same.

use diesel::prelude::*;

use super::Effects;
use crate::db::schema::{actors, comments, followers};
use crate::db::{CHUNK, Conn};
use crate::domain::visibility::{CommentStatus, is_aside};
use crate::domain::{backfill, comment, delivery};
use crate::error::Result;
use crate::hosts::{self, Blocked};
use crate::types::{Host, Timestamp};

/// Hides what the blocked hosts' people did here and shows what others' did. Rows stay; each says what it was.
pub(super) fn apply_blocks(conn: &mut Conn, now: Timestamp) -> Result<Effects> {
    let blocked = hosts::load_blocked(conn)?;
    let mut effects = Effects::default();
    let known: Vec<(Host, bool)> = actors::table
        .filter(actors::local.eq(false))
        .select((actors::host, actors::blocked))
        .distinct()
        .load(conn)?;
    let of = |covered: bool| {
        let wanted = known
            .iter()
            .filter(|(host, marked)| blocked.covers(host) == covered && (covered || *marked));
        let mut hosts: Vec<Host> = wanted.map(|(host, _)| host.clone()).collect();
        hosts.dedup();
        hosts
    };
    for hosts in of(true).chunks(CHUNK) {
        hide(conn, hosts, now, &mut effects)?;
    }
    for hosts in of(false).chunks(CHUNK) {
        show(conn, hosts, now, &mut effects)?;
    }
    settle_deliveries(conn, &blocked, now, &mut effects)?;
    settle_wanted(conn, &blocked, now)?;
    Ok(effects)
}

fn hide(conn: &mut Conn, hosts: &[Host], now: Timestamp, effects: &mut Effects) -> Result<()> {
    effects.followers += count_followers(conn, hosts, false)?;
    mark(conn, hosts, true)?;
    let theirs = actors::table
        .filter(actors::host.eq_any(hosts))
        .filter(actors::local.eq(false))
        .select(actors::id);
    let seen = comments::table
        .filter(comments::actor_id.eq_any(theirs))
        .filter(comments::status.ne_all([CommentStatus::Blocked, CommentStatus::Deleted]));
    effects.comments += diesel::update(seen)
        .set((
            comments::status_before.eq(comments::status.nullable()),
            comments::status.eq(CommentStatus::Blocked),
            comments::updated_at.eq(now),
        ))
        .execute(conn)?;
    comment::cast_all_of(conn, hosts)
}

fn show(conn: &mut Conn, hosts: &[Host], now: Timestamp, effects: &mut Effects) -> Result<()> {
    mark(conn, hosts, false)?;
    effects.followers += count_followers(conn, hosts, false)?;
    let theirs = actors::table
        .filter(actors::host.eq_any(hosts))
        .select(actors::id);
    let hidden = comments::table
        .filter(comments::actor_id.eq_any(theirs))
        .filter(comments::status.eq(CommentStatus::Blocked))
        .filter(is_aside());
    effects.comments +=
        diesel::update(hidden.clone().filter(comments::status_before.is_not_null()))
            .set((
                comments::status.eq(comments::status_before.assume_not_null()),
                comments::status_before.eq(None::<String>),
                comments::updated_at.eq(now),
            ))
            .execute(conn)?;
    // What nobody ever decided about is held.
    effects.comments += diesel::update(hidden.filter(comments::status_before.is_null()))
        .set((
            comments::status.eq(CommentStatus::Held),
            comments::updated_at.eq(now),
        ))
        .execute(conn)?;
    comment::cast_all_of(conn, hosts)
}

fn mark(conn: &mut Conn, hosts: &[Host], blocked: bool) -> Result<()> {
    let rows = actors::table
        .filter(actors::host.eq_any(hosts))
        .filter(actors::local.eq(false))
        .filter(actors::blocked.ne(blocked));
    diesel::update(rows)
        .set(actors::blocked.eq(blocked))
        .execute(conn)?;
    Ok(())
}

/// How many of the people on these hosts follow somebody here and are (not) marked.
fn count_followers(conn: &mut Conn, hosts: &[Host], marked: bool) -> Result<usize> {
    let count: i64 = followers::table
        .inner_join(actors::table.on(actors::id.eq(followers::follower_id)))
        .filter(actors::host.eq_any(hosts))
        .filter(actors::blocked.eq(marked))
        .count()
        .get_result(conn)?;
    Ok(usize::try_from(count).unwrap_or_default())
}

/// What threads lack of blocked servers is not looked for; of others, it is again.
fn settle_wanted(conn: &mut Conn, blocked: &Blocked, now: Timestamp) -> Result<()> {
    let mut hosts = backfill::list_hosts(conn, false)?;
    hosts.retain(|host| blocked.covers(host));
    backfill::settle_host(conn, &hosts, true, now)?;
    let mut hosts = backfill::list_hosts(conn, true)?;
    hosts.retain(|host| !blocked.covers(host));
    backfill::settle_host(conn, &hosts, false, now)
}

fn settle_deliveries(
    conn: &mut Conn,
    blocked: &Blocked,
    now: Timestamp,
    effects: &mut Effects,
) -> Result<()> {
    let waiting = delivery::list_waiting_hosts(conn)?;
    let (aside, due): (Vec<Host>, Vec<Host>) =
        waiting.into_iter().partition(|host| blocked.covers(host));
    for hosts in aside.chunks(CHUNK) {
        effects.deliveries += delivery::set_aside(conn, hosts)?;
    }
    for hosts in due.chunks(CHUNK) {
        effects.deliveries += delivery::take_up(conn, hosts, now)?;
    }
    Ok(())
}
