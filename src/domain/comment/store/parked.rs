//! SQL for replies that wait for their parent, and for what is remembered of others for a while. No rules here.

use std::collections::HashSet;

use diesel::prelude::*;

use super::passing;
use crate::db::schema::{actors, comments, parked, received, tombstones};
use crate::db::{CHUNK, Conn, each};
use crate::domain::actor::Actor;
use crate::error::{Error, Result};
use crate::types::{ApUrl, Host, Id, Timestamp};

/// Keeps a reply whose parent is not here yet. False when it is kept already. `RateLimited` when as many wait as may, in
/// all or from the author's server: it then comes again.
pub fn park(
    conn: &mut Conn,
    ap_id: &ApUrl,
    parent: &ApUrl,
    actor: &ApUrl,
    document: &str,
    now: Timestamp,
) -> Result<bool> {
    /// Replies that may wait at a time: in all, and by people of one server.
    const MOST: i64 = 10_000;
    const MOST_PER_HOST: i64 = 600;
    let host = actor.host().map(Host::into_string).unwrap_or_default();
    let theirs = parked::table.filter(parked::host.eq(&host)).count();
    if theirs.get_result::<i64>(conn)? >= MOST_PER_HOST
        || parked::table.count().get_result::<i64>(conn)? >= MOST
    {
        return Err(Error::RateLimited { retry_after: 3600 });
    }
    let row = (
        parked::ap_id.eq(ap_id),
        parked::parent_ap_id.eq(parent),
        parked::actor_ap_id.eq(actor),
        parked::document.eq(document),
        parked::received_at.eq(now),
        parked::host.eq(host),
    );
    let kept = each!(conn, c => diesel::insert_into(parked::table).values(row).on_conflict_do_nothing().execute(c))?;
    Ok(kept > 0)
}

pub(in crate::domain::comment) fn has_parked(conn: &mut Conn, parent: &ApUrl) -> Result<bool> {
    let query = parked::table
        .filter(parked::parent_ap_id.eq(parent))
        .select(parked::ap_id);
    Ok(query.first::<ApUrl>(conn).optional()?.is_some())
}

/// The parked replies that wait for this parent: id, author, document.
pub fn parked_for(conn: &mut Conn, parent: &ApUrl) -> Result<Vec<(ApUrl, ApUrl, String)>> {
    let query = parked::table.filter(parked::parent_ap_id.eq(parent));
    Ok(query
        .select((parked::ap_id, parked::actor_ap_id, parked::document))
        .limit(1000)
        .load(conn)?)
}

/// Parents that are here though replies wait for them: the two were written at the same moment, and neither saw the other.
pub fn list_stranded(conn: &mut Conn) -> Result<Vec<ApUrl>> {
    let query = parked::table
        .inner_join(comments::table.on(comments::ap_id.eq(parked::parent_ap_id)))
        .select(parked::parent_ap_id)
        .distinct()
        .limit(100);
    Ok(query.load(conn)?)
}

/// A parked reply: its parent, author and document.
pub fn load_parked(conn: &mut Conn, ap_id: &ApUrl) -> Result<Option<(ApUrl, ApUrl, String)>> {
    let query = parked::table.find(ap_id).select((
        parked::parent_ap_id,
        parked::actor_ap_id,
        parked::document,
    ));
    Ok(query.first(conn).optional()?)
}

/// True when a reply is parked.
pub fn is_parked(conn: &mut Conn, ap_id: &ApUrl) -> Result<bool> {
    let query = parked::table.find(ap_id).select(parked::received_at);
    Ok(query.first::<i64>(conn).optional()?.is_some())
}

/// True when the parked replies above a parked reply lead back to it.
pub fn waits_for_itself(conn: &mut Conn, ap_id: &ApUrl) -> Result<bool> {
    let (mut next, mut seen) = (ap_id.clone(), HashSet::new());
    while seen.insert(next.clone()) {
        let query = parked::table.find(&next).select(parked::parent_ap_id);
        match query.first::<ApUrl>(conn).optional()? {
            Some(parent) if parent == *ap_id => return Ok(true),
            Some(parent) => next = parent,
            None => return Ok(false),
        }
    }
    // A circle further up, which this one only leads into.
    Ok(true)
}

/// A parked reply that was taken away.
#[derive(Clone, Debug, PartialEq, Eq, Queryable)]
pub struct Unparked {
    /// Its id.
    pub ap_id: ApUrl,
    /// Its author.
    pub actor: ApUrl,
    /// The reply as it came.
    pub document: String,
}

/// Takes a parked reply away with everything that waits below it, and the replies parked below `ap_id` when that is not parked
/// itself. Returns them.
pub fn unpark_below(conn: &mut Conn, ap_id: &ApUrl) -> Result<Vec<Unparked>> {
    let columns = (parked::ap_id, parked::actor_ap_id, parked::document);
    let (mut level, mut gone) = (vec![ap_id.clone()], Vec::new());
    while !level.is_empty() {
        let mut below: Vec<ApUrl> = Vec::new();
        for chunk in level.chunks(CHUNK) {
            let waiting = parked::table.filter(parked::parent_ap_id.eq_any(chunk));
            below.extend(waiting.select(parked::ap_id).load::<ApUrl>(conn)?);
            let these = || parked::table.filter(parked::ap_id.eq_any(chunk));
            gone.extend(these().select(columns).load::<Unparked>(conn)?);
            diesel::delete(these()).execute(conn)?;
        }
        // In a circle, what was taken away already stands below.
        let taken: HashSet<&ApUrl> = gone.iter().map(|one| &one.ap_id).collect();
        below.retain(|one| !taken.contains(one));
        level = below;
    }
    let ids: Vec<ApUrl> = gone.iter().map(|one| one.ap_id.clone()).collect();
    passing::forget_about_parked(conn, &ids)?;
    Ok(gone)
}

/// Puts what a parked reply's author says now in the place of what was parked. False when it is somebody else's, or
/// answers something else now.
pub fn repark(
    conn: &mut Conn,
    ap_id: &ApUrl,
    parent: &ApUrl,
    actor: &ApUrl,
    document: &str,
) -> Result<bool> {
    let own = parked::table
        .filter(parked::ap_id.eq(ap_id))
        .filter(parked::parent_ap_id.eq(parent))
        .filter(parked::actor_ap_id.eq(actor));
    let changed = diesel::update(own)
        .set(parked::document.eq(document))
        .execute(conn)?;
    Ok(changed > 0)
}

/// Takes a parked reply away at its author's word.
pub(in crate::domain::comment) fn unpark_own(
    conn: &mut Conn,
    ap_id: &ApUrl,
    actor: &ApUrl,
) -> Result<()> {
    let own = parked::table
        .filter(parked::ap_id.eq(ap_id))
        .filter(parked::actor_ap_id.eq(actor));
    if diesel::delete(own).execute(conn)? > 0 {
        passing::forget_about_parked(conn, std::slice::from_ref(ap_id))?;
    }
    Ok(())
}

/// Takes away all that an actor left parked.
pub(super) fn unpark_all_of(conn: &mut Conn, actor: Id<Actor>) -> Result<()> {
    let gone = actors::table.find(actor).select(actors::ap_id);
    let theirs = parked::table.filter(parked::actor_ap_id.eq_any(gone));
    let replies: Vec<ApUrl> = theirs.select(parked::ap_id).load(conn)?;
    passing::forget_about_parked(conn, &replies)?;
    diesel::delete(theirs).execute(conn)?;
    Ok(())
}

/// Takes a parked reply away.
pub fn take_parked(conn: &mut Conn, ap_id: &ApUrl) -> Result<()> {
    diesel::delete(parked::table.find(ap_id)).execute(conn)?;
    passing::forget_about_parked(conn, std::slice::from_ref(ap_id))
}

/// Drops the replies that have waited since before `oldest`, and forgets activities received before it.
pub fn unpark_old(conn: &mut Conn, oldest: Timestamp) -> Result<()> {
    diesel::delete(parked::table.filter(parked::received_at.lt(oldest))).execute(conn)?;
    diesel::delete(received::table.filter(received::received_at.lt(oldest))).execute(conn)?;
    Ok(())
}

/// Forgets the deleted replies of others that were deleted before `oldest`; our own stay gone for ever.
pub fn forget_tombstones(conn: &mut Conn, oldest: Timestamp) -> Result<()> {
    let ours = actors::table
        .filter(actors::local.eq(true))
        .select(actors::ap_id);
    let old = tombstones::table
        .filter(tombstones::deleted_at.lt(oldest))
        .filter(tombstones::actor_ap_id.ne_all(ours));
    diesel::delete(old).execute(conn)?;
    Ok(())
}
