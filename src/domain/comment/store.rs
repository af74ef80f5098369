//! SQL for comments and for replies that wait for their parent. No rules here; see the slice's other files.

mod parked;
mod passing;
mod public;
mod requests;
mod shade;
mod versions;

use std::collections::HashSet;

use diesel::dsl::max;
use diesel::prelude::*;

use super::{Comment, RemoteEdit};
use crate::db::schema::{actors, comments, parked as parked_table, posts, received, tombstones};
use crate::db::{CHUNK, Conn, each};
use crate::domain::actor::{Actor, Mentions};
use crate::domain::media;
use crate::domain::post::{self, Post, Status};
use crate::domain::screening::Rule;
use crate::domain::visibility::{self, CommentStatus, Visibility};
use crate::error::{Error, Result};
use crate::types::{ApUrl, Host, Html, Id, Timestamp};

pub use parked::{
    Unparked, forget_tombstones, is_parked, list_stranded, load_parked, park, parked_for, repark,
    take_parked, unpark_below, unpark_old, waits_for_itself,
};
pub(super) use parked::{has_parked, unpark_own};
pub use passing::{PassedOn, forget_done_passed_on, forget_one_passed_on, load_passed_on};
pub(super) use passing::{
    adopt_passed_on, count_passed_on, count_passed_on_of_host, forget_passed_on,
    insert_about_parked, insert_passed_on, list_not_passed_on, stop_passing_on,
};
pub use public::{count_direct, count_public, count_replies, list_public, list_public_replies};
pub use requests::{forget_requests, load_place, load_request};
pub(super) use requests::{list_waiting, put_request, refuse_a_crowd};
pub use shade::cast_all_of;
pub(super) use versions::{insert_version, list_versions};

/// Where a reply belongs: a post, and the comment it answers unless it answers the post.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Parent {
    /// The post.
    pub post_id: Id<Post>,
    /// The comment.
    pub comment_id: Option<Id<Comment>>,
}

/// The comment with this id in any state, or `NotFound`.
pub fn get(conn: &mut Conn, id: Id<Comment>) -> Result<Comment> {
    let row = comments::table
        .find(id)
        .select(Comment::as_select())
        .first(conn)
        .optional()?;
    row.ok_or(Error::NotFound("the comment"))
}

/// Holds the discussion of a post until the transaction ends: its comments get their places, and hide what stands below
/// them, one change after the other. SQLite has one writer anyway.
pub(super) fn hold(conn: &mut Conn, post: Id<Post>) -> Result<()> {
    if let Conn::Pg(c) = conn {
        posts::table
            .find(post)
            .select(posts::id)
            .for_no_key_update()
            .first::<i64>(c)?;
    }
    Ok(())
}

/// The comment as it is once its discussion is held, or `NotFound`.
pub fn get_held(conn: &mut Conn, id: Id<Comment>) -> Result<Comment> {
    let post = get(conn, id)?.post_id;
    hold(conn, post)?;
    get(conn, id)
}

/// The comment with this ActivityPub id, in any state.
pub fn load_by_ap_id(conn: &mut Conn, ap_id: &ApUrl) -> Result<Option<Comment>> {
    let query = comments::table
        .filter(comments::ap_id.eq(ap_id))
        .select(Comment::as_select());
    Ok(query.first(conn).optional()?)
}

/// What a reply with this `inReplyTo` answers here: a published post, or a comment that is not private.
pub fn find_parent(conn: &mut Conn, ap_id: &ApUrl) -> Result<Option<Parent>> {
    let comment: Option<(Id<Comment>, Id<Post>)> = comments::table
        .filter(comments::ap_id.eq(ap_id))
        .select((comments::id, comments::post_id))
        .first(conn)
        .optional()?;
    if let Some((id, post_id)) = comment {
        return Ok(Some(Parent {
            post_id,
            comment_id: Some(id),
        }));
    }
    let Some(known) = post::find_by_address(conn, ap_id)? else {
        return Ok(None);
    };
    let post: Option<Id<Post>> = posts::table
        .find(known)
        .filter(posts::status.eq(Status::Published))
        .select(posts::id)
        .first(conn)
        .optional()?;
    Ok(post.map(|post_id| Parent {
        post_id,
        comment_id: None,
    }))
}

/// Those of these objects of which nothing is known: neither here, nor waiting, nor deleted.
pub fn list_unknown(conn: &mut Conn, items: &[ApUrl]) -> Result<Vec<ApUrl>> {
    let mut known: HashSet<ApUrl> = HashSet::new();
    for chunk in items.chunks(CHUNK) {
        let here = comments::table.filter(comments::ap_id.eq_any(chunk));
        known.extend(here.select(comments::ap_id).load::<ApUrl>(conn)?);
        let waiting = parked_table::table.filter(parked_table::ap_id.eq_any(chunk));
        known.extend(waiting.select(parked_table::ap_id).load::<ApUrl>(conn)?);
        let gone = tombstones::table.filter(tombstones::ap_id.eq_any(chunk));
        known.extend(gone.select(tombstones::ap_id).load::<ApUrl>(conn)?);
    }
    let unknown = items.iter().filter(|item| !known.contains(*item));
    Ok(unknown.cloned().collect())
}

/// True when somebody of this server wrote under a post.
pub(super) fn has_author_at(conn: &mut Conn, post: Id<Post>, host: &Host) -> Result<bool> {
    let theirs = comments::table
        .inner_join(actors::table)
        .filter(comments::post_id.eq(post))
        .filter(actors::host.eq(host))
        .select(comments::id);
    Ok(theirs.first::<i64>(conn).optional()?.is_some())
}

/// Inserts a comment, giving it the next place among its siblings when it is to appear. False when its id is known.
pub(super) fn insert(conn: &mut Conn, mut comment: Comment) -> Result<bool> {
    hold(conn, comment.post_id)?;
    if comment.status == CommentStatus::Published {
        comment.position = Some(next_position(conn, comment.post_id, comment.parent_id)?);
    }
    comment.hidden = shade::is_below_hidden(conn, &comment)?;
    if let Some(parent) = comment.parent_id {
        comment.root_id = comments::table
            .find(parent)
            .select(comments::root_id)
            .first(conn)?;
    }
    let inserted = each!(conn, c => diesel::insert_into(comments::table)
        .values(&comment)
        .on_conflict_do_nothing()
        .execute(c))?;
    Ok(inserted > 0)
}

/// The next place among the comments with this parent. The discussion is held, so that two at once differ.
fn next_position(conn: &mut Conn, post: Id<Post>, parent: Option<Id<Comment>>) -> Result<i32> {
    let last: Option<i32> = match parent {
        Some(parent) => comments::table
            .filter(comments::parent_id.eq(parent))
            .select(max(comments::position))
            .first(conn)?,
        None => comments::table
            .filter(comments::post_id.eq(post))
            .filter(comments::parent_id.is_null())
            .select(max(comments::position))
            .first(conn)?,
    };
    Ok(last.unwrap_or(0) + 1)
}

/// Moves a comment to another state; it gets its place when it first appears.
pub fn set_status(
    conn: &mut Conn,
    id: Id<Comment>,
    status: CommentStatus,
    now: Timestamp,
) -> Result<Comment> {
    let mut comment = get_held(conn, id)?;
    if status == CommentStatus::Published && comment.position.is_none() {
        comment.position = Some(next_position(conn, comment.post_id, comment.parent_id)?);
    }
    diesel::update(comments::table.find(id))
        .set((
            comments::status.eq(status),
            comments::position.eq(comment.position),
            comments::updated_at.eq(now),
            // From here on a person decides.
            comments::rule.eq(None::<Rule>),
        ))
        .execute(conn)?;
    (comment.status, comment.updated_at, comment.rule) = (status, now, None);
    shade::cast(conn, &comment)?;
    Ok(comment)
}

pub(super) fn apply_edit(conn: &mut Conn, edit: &RemoteEdit, now: Timestamp) -> Result<bool> {
    let edited_at = edit.edited_at.min(now);
    let theirs = comments::table
        .filter(comments::ap_id.eq(&edit.ap_id))
        .filter(comments::actor_id.eq(edit.actor_id))
        .filter(comments::status.ne(CommentStatus::Deleted))
        .filter(
            comments::edited_at
                .is_null()
                .or(comments::edited_at.le(edited_at)),
        );
    let changed = diesel::update(theirs)
        .set((
            comments::html.eq(&edit.html),
            comments::language.eq(&edit.language),
            comments::visibility.eq(edit.visibility),
            comments::edited_at.eq(Some(edited_at)),
            comments::updated_at.eq(now),
        ))
        .execute(conn)?;
    if changed > 0
        && let Some(comment) = load_by_ap_id(conn, &edit.ap_id)?
    {
        shade::cast(conn, &comment)?;
    }
    Ok(changed > 0)
}

pub(super) fn rewrite(
    conn: &mut Conn,
    id: Id<Comment>,
    source: &str,
    html: &Html,
    mentions: &Mentions,
    now: Timestamp,
) -> Result<()> {
    diesel::update(comments::table.find(id))
        .set((
            comments::source.eq(Some(source)),
            comments::html.eq(html),
            comments::mentions.eq(mentions),
            comments::edited_at.eq(Some(now)),
            comments::updated_at.eq(now),
        ))
        .execute(conn)?;
    Ok(())
}

/// Stores what was found behind the mentions, and the text with their links.
pub fn set_mentions(
    conn: &mut Conn,
    id: Id<Comment>,
    mentions: &Mentions,
    html: &Html,
) -> Result<()> {
    diesel::update(comments::table.find(id))
        .set((comments::mentions.eq(mentions), comments::html.eq(html)))
        .execute(conn)?;
    Ok(())
}

/// Takes a deleted comment's text and pictures away and keeps its place, unless it stood in none. True when there were
/// pictures, whose files are to be swept.
pub(super) fn empty(conn: &mut Conn, id: Id<Comment>, now: Timestamp) -> Result<bool> {
    diesel::update(comments::table.find(id).filter(is_aside()))
        .set(comments::visibility.eq(Visibility::Direct))
        .execute(conn)?;
    diesel::update(comments::table.find(id))
        .set(emptied(now))
        .execute(conn)?;
    versions::remove_versions(conn, id)?;
    requests::remove_request(conn, id)?;
    media::detach(conn, media::Owner::Comment(id.raw()))
}

pub(super) fn empty_all_of(conn: &mut Conn, actor: Id<Actor>, now: Timestamp) -> Result<()> {
    let theirs = comments::table.filter(comments::actor_id.eq(actor));
    diesel::update(theirs.filter(is_aside()))
        .set(comments::visibility.eq(Visibility::Direct))
        .execute(conn)?;
    diesel::update(theirs).set(emptied(now)).execute(conn)?;
    passing::forget_passed_on_of(conn, actor)?;
    versions::remove_versions_of(conn, actor)?;
    requests::remove_requests_of(conn, actor)?;
    parked::unpark_all_of(conn, actor)?;
    media::detach_all_of(conn, actor)
}

/// What a moderator took away: deleted then, it stays as unseen as it was, for it addresses nobody any more.
fn is_aside() -> diesel::dsl::EqAny<comments::status, [CommentStatus; 4]> {
    let aside = [
        CommentStatus::Held,
        CommentStatus::Spam,
        CommentStatus::Trash,
        CommentStatus::Blocked,
    ];
    comments::status.eq_any(aside)
}

#[derive(AsChangeset)]
#[diesel(table_name = comments, treat_none_as_null = true)]
struct Emptied {
    status: CommentStatus,
    html: Html,
    source: Option<String>,
    mentions: Mentions,
    updated_at: Timestamp,
}

fn emptied(now: Timestamp) -> Emptied {
    Emptied {
        status: CommentStatus::Deleted,
        html: Html::default(),
        source: None,
        mentions: Mentions::default(),
        updated_at: now,
    }
}

pub(super) fn bury(conn: &mut Conn, ap_id: &ApUrl, actor: &ApUrl, now: Timestamp) -> Result<()> {
    let row = (
        tombstones::ap_id.eq(ap_id),
        tombstones::former_type.eq("Note"),
        tombstones::actor_ap_id.eq(actor),
        tombstones::deleted_at.eq(now),
    );
    each!(conn, c => diesel::insert_into(tombstones::table).values(row).on_conflict_do_nothing().execute(c))?;
    Ok(())
}

/// True when its author deleted a reply before it came; what others on that server said counts for nothing.
pub fn is_buried(conn: &mut Conn, ap_id: &ApUrl, author: Id<Actor>) -> Result<bool> {
    let found = tombstones::table
        .inner_join(actors::table.on(actors::ap_id.eq(tombstones::actor_ap_id)))
        .filter(tombstones::ap_id.eq(ap_id))
        .filter(actors::id.eq(author))
        .select(tombstones::deleted_at)
        .first::<i64>(conn)
        .optional()?;
    Ok(found.is_some())
}

pub(super) fn note_received(conn: &mut Conn, activity: &ApUrl, now: Timestamp) -> Result<bool> {
    let row = (received::ap_id.eq(activity), received::received_at.eq(now));
    let inserted = each!(conn, c => diesel::insert_into(received::table)
        .values(row)
        .on_conflict_do_nothing()
        .execute(c))?;
    Ok(inserted > 0)
}

/// True when an activity was taken in before.
pub fn was_received(conn: &mut Conn, activity: &ApUrl) -> Result<bool> {
    let found = received::table
        .find(activity)
        .select(received::received_at)
        .first::<i64>(conn)
        .optional()?;
    Ok(found.is_some())
}

/// Comments in one state, newest first, before an id.
pub fn list_by_status(
    conn: &mut Conn,
    status: CommentStatus,
    before: Option<Id<Comment>>,
    limit: i64,
) -> Result<Vec<(Comment, Actor)>> {
    let mut query = comments::table
        .inner_join(actors::table)
        .filter(comments::status.eq(status))
        .order(comments::id.desc())
        .limit(limit)
        .select((Comment::as_select(), Actor::as_select()))
        .into_boxed();
    if status != CommentStatus::Published {
        query = query.filter(visibility::is_aside());
    }
    if let Some(before) = before {
        query = query.filter(comments::id.lt(before));
    }
    Ok(query.load(conn)?)
}

/// The comments under a post, in one state or in all, newest first, with their authors.
pub fn list_of_post(
    conn: &mut Conn,
    post: Id<Post>,
    status: Option<CommentStatus>,
    limit: i64,
) -> Result<Vec<(Comment, Actor)>> {
    let mut query = comments::table
        .inner_join(actors::table)
        .filter(comments::post_id.eq(post))
        .order(comments::id.desc())
        .limit(limit)
        .select((Comment::as_select(), Actor::as_select()))
        .into_boxed();
    if let Some(status) = status {
        query = query.filter(comments::status.eq(status));
    }
    Ok(query.load(conn)?)
}

/// The authors of a comment's ancestors and of the comment itself, without our own.
pub fn list_participants(conn: &mut Conn, comment: &Comment) -> Result<Vec<Actor>> {
    let mut found: Vec<Actor> = Vec::new();
    let mut seen = HashSet::new();
    let mut next = Some(comment.id);
    while let Some(id) = next
        && seen.insert(id)
    {
        let (parent, actor): (Option<Id<Comment>>, Actor) = comments::table
            .inner_join(actors::table)
            .filter(comments::id.eq(id))
            .select((comments::parent_id, Actor::as_select()))
            .first(conn)?;
        if !actor.local && !found.iter().any(|known| known.id == actor.id) {
            found.push(actor);
        }
        next = parent;
    }
    Ok(found)
}

/// The inboxes of everybody elsewhere who wrote under a post.
pub fn list_inboxes(conn: &mut Conn, post: Id<Post>) -> Result<Vec<ApUrl>> {
    let query = comments::table
        .inner_join(actors::table)
        .filter(comments::post_id.eq(post))
        .filter(actors::local.eq(false))
        .filter(actors::gone_at.is_null())
        .select((actors::inbox, actors::shared_inbox))
        .distinct();
    let rows: Vec<(ApUrl, Option<ApUrl>)> = query.load(conn)?;
    Ok(rows
        .into_iter()
        .map(|(inbox, shared)| shared.unwrap_or(inbox))
        .collect())
}

/// A comment's number in its thread, as in `1.2.3`; None when it or one above it never appeared.
pub fn load_number(conn: &mut Conn, comment: &Comment) -> Result<Option<String>> {
    let mut chain = vec![(comment.id, comment.position)];
    let mut seen = HashSet::from([comment.id]);
    let mut next = comment.parent_id;
    while let Some(id) = next
        && seen.insert(id)
    {
        let (parent, position): (Option<Id<Comment>>, Option<i32>) = comments::table
            .find(id)
            .select((comments::parent_id, comments::position))
            .first(conn)?;
        chain.push((id, position));
        next = parent;
    }
    if chain.iter().any(|(_, position)| position.is_none()) {
        return Ok(None);
    }
    let join = |prefix: String, (id, position): &(Id<Comment>, Option<i32>)| {
        super::thread::join_number(&prefix, *position, id.raw())
    };
    Ok(Some(chain.iter().rev().fold(String::new(), join)))
}
