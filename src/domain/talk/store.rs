//! SQL for what is said of our posts elsewhere. No rules here beside the bounds; see the slice's other files.

use diesel::prelude::*;

use super::{KEPT, KEPT_PER_HOST, Kind, Standing, Talk, Target};
use crate::db::schema::{actors, comments, posts, talk};
use crate::db::{Conn, each};
use crate::domain::actor::Actor;
use crate::domain::comment::Comment;
use crate::domain::post::{self, Post, Status};
use crate::domain::visibility::is_public;
use crate::error::{Error, Result};
use crate::types::{ApUrl, Host, Id, Timestamp};

/// A row with who wrote what it stands for.
#[derive(Clone, Debug)]
pub struct Listed {
    /// The row.
    pub talk: Talk,
    /// Its author.
    pub author: Actor,
}

/// The post, the author and the id of something of ours.
type Place = (Id<Post>, Id<Actor>, ApUrl);

/// What of ours has this id or page: a published post, or a comment of one of our people that everybody may see.
pub fn find_target(conn: &mut Conn, address: &ApUrl) -> Result<Option<Target>> {
    let post: Option<Place> = match post::find_by_address(conn, address)? {
        Some(id) => posts::table
            .find(id)
            .filter(posts::status.eq(Status::Published))
            .select((posts::id, posts::actor_id, posts::ap_id))
            .first(conn)
            .optional()?,
        None => None,
    };
    if let Some((post_id, author, ap_id)) = post {
        return Ok(Some(Target {
            post_id,
            comment_id: None,
            author,
            ap_id,
        }));
    }
    let comment: Option<(Id<Comment>, Place)> = comments::table
        .filter(comments::ap_id.eq(address))
        .filter(comments::local.eq(true))
        .filter(is_public())
        .select((
            comments::id,
            (comments::post_id, comments::actor_id, comments::ap_id),
        ))
        .first(conn)
        .optional()?;
    Ok(comment.map(|(id, (post_id, author, ap_id))| Target {
        post_id,
        comment_id: Some(id),
        author,
        ap_id,
    }))
}

/// The row with this id, or `NotFound`.
pub fn get(conn: &mut Conn, id: Id<Talk>) -> Result<Talk> {
    let row = talk::table
        .find(id)
        .select(Talk::as_select())
        .first(conn)
        .optional()?;
    row.ok_or(Error::NotFound("the quote"))
}

/// The same with its author.
pub fn get_listed(conn: &mut Conn, id: Id<Talk>) -> Result<Listed> {
    let row = talk::table
        .inner_join(actors::table)
        .filter(talk::id.eq(id))
        .select((Talk::as_select(), Actor::as_select()))
        .first(conn)
        .optional()?;
    let (talk, author) = row.ok_or(Error::NotFound("the quote"))?;
    Ok(Listed { talk, author })
}

/// A quote whose stamp is good: asked for, not revoked, by somebody who is not blocked, of something everybody may see.
pub fn load_stamped(conn: &mut Conn, id: Id<Talk>) -> Result<Option<(Talk, Target)>> {
    let row = talk::table
        .inner_join(actors::table)
        .filter(talk::id.eq(id))
        .filter(talk::request.is_not_null())
        .filter(talk::standing.ne(Standing::Revoked))
        .filter(actors::blocked.eq(false))
        .select(Talk::as_select())
        .first(conn)
        .optional()?;
    let Some(row) = row else {
        return Ok(None);
    };
    let target = find_target(conn, &row.target_ap_id)?;
    Ok(target.map(|target| (row, target)))
}

/// Rows newest first, under one post or all, with their authors.
pub fn list_of(conn: &mut Conn, post: Option<Id<Post>>, limit: i64) -> Result<Vec<Listed>> {
    let mut query = talk::table
        .inner_join(actors::table)
        .order(talk::id.desc())
        .limit(limit)
        .select((Talk::as_select(), Actor::as_select()))
        .into_boxed();
    if let Some(post) = post {
        query = query.filter(talk::post_id.eq(post));
    }
    let rows: Vec<(Talk, Actor)> = query.load(conn)?;
    let listed = |(talk, author)| Listed { talk, author };
    Ok(rows.into_iter().map(listed).collect())
}

/// True when something is kept of a post elsewhere.
pub fn is_known(conn: &mut Conn, ap_id: &ApUrl) -> Result<bool> {
    let found = talk::table
        .filter(talk::ap_id.eq(ap_id))
        .select(talk::id)
        .first::<i64>(conn)
        .optional()?;
    Ok(found.is_some())
}

/// Who wrote a post elsewhere of which something is kept.
pub(super) fn list_authors(conn: &mut Conn, ap_id: &ApUrl) -> Result<Vec<Id<Actor>>> {
    let query = talk::table.filter(talk::ap_id.eq(ap_id));
    Ok(query.select(talk::actor_id).distinct().load(conn)?)
}

pub(super) fn load(conn: &mut Conn, post: Id<Post>, ap_id: &ApUrl) -> Result<Option<Talk>> {
    let query = talk::table
        .filter(talk::post_id.eq(post))
        .filter(talk::ap_id.eq(ap_id));
    Ok(query.select(Talk::as_select()).first(conn).optional()?)
}

pub(super) fn insert(conn: &mut Conn, row: &Talk) -> Result<bool> {
    let inserted = each!(conn, c => diesel::insert_into(talk::table)
        .values(row)
        .on_conflict_do_nothing()
        .execute(c))?;
    Ok(inserted > 0)
}

pub(super) fn update(conn: &mut Conn, row: &Talk) -> Result<()> {
    diesel::update(talk::table.find(row.id))
        .set((
            talk::kind.eq(row.kind),
            talk::comment_id.eq(row.comment_id),
            talk::target_ap_id.eq(&row.target_ap_id),
            talk::url.eq(&row.url),
            talk::excerpt.eq(&row.excerpt),
            talk::request.eq(&row.request),
            talk::updated_at.eq(row.updated_at),
        ))
        .execute(conn)?;
    Ok(())
}

pub(super) fn set_standing(
    conn: &mut Conn,
    id: Id<Talk>,
    standing: Standing,
    now: Timestamp,
) -> Result<()> {
    diesel::update(talk::table.find(id))
        .set((talk::standing.eq(standing), talk::updated_at.eq(now)))
        .execute(conn)?;
    Ok(())
}

/// True when as many rows of a kind are kept under a post as may be, in all or by one server's people.
pub(super) fn is_full(conn: &mut Conn, post: Id<Post>, kind: Kind, host: &Host) -> Result<bool> {
    let kept = talk::table
        .inner_join(actors::table)
        .filter(talk::post_id.eq(post))
        .filter(talk::kind.eq(kind));
    let all: i64 = kept.count().get_result(conn)?;
    if all >= KEPT {
        return Ok(true);
    }
    let theirs: i64 = kept
        .filter(actors::host.eq(host))
        .count()
        .get_result(conn)?;
    Ok(theirs >= KEPT_PER_HOST)
}

/// True when something by this author is listed.
pub(super) fn has_shown(conn: &mut Conn, author: Id<Actor>) -> Result<bool> {
    let found = talk::table
        .filter(talk::actor_id.eq(author))
        .filter(talk::standing.eq(Standing::Shown))
        .select(talk::id)
        .first::<i64>(conn)
        .optional()?;
    Ok(found.is_some())
}

/// Takes away the rows of a post elsewhere under all posts but these; not those that asked, nor revoked ones.
pub(super) fn remove_others(
    conn: &mut Conn,
    ap_id: &ApUrl,
    author: Id<Actor>,
    posts: &[Id<Post>],
) -> Result<usize> {
    let rows = talk::table
        .filter(talk::ap_id.eq(ap_id))
        .filter(talk::actor_id.eq(author))
        .filter(talk::request.is_null())
        .filter(talk::standing.ne(Standing::Revoked))
        .filter(talk::post_id.ne_all(posts.to_vec()));
    Ok(diesel::delete(rows).execute(conn)?)
}

/// Takes away all rows of a post elsewhere by its author, but revoked ones.
pub(super) fn remove(conn: &mut Conn, ap_id: &ApUrl, author: Id<Actor>) -> Result<usize> {
    let rows = talk::table
        .filter(talk::ap_id.eq(ap_id))
        .filter(talk::actor_id.eq(author))
        .filter(talk::standing.ne(Standing::Revoked));
    Ok(diesel::delete(rows).execute(conn)?)
}

/// Takes away everything by an author who is gone.
pub fn remove_all_of(conn: &mut Conn, author: Id<Actor>) -> Result<()> {
    diesel::delete(talk::table.filter(talk::actor_id.eq(author))).execute(conn)?;
    Ok(())
}
