//! What stands around: the posts before and after a post, the page before a page of a list. Read only.

use diesel::prelude::*;

use crate::db::Conn;
use crate::db::schema::{post_tags, posts};
use crate::domain::actor::Actor;
use crate::domain::post::{Post, Status};
use crate::error::Result;
use crate::types::{ApUrl, Id, Timestamp};

/// A post as one links to it.
#[derive(Clone, Debug, PartialEq, Eq, Queryable)]
pub struct Neighbour {
    /// Plain text; may be empty.
    pub title: String,
    /// The beginning of its text, for when there is no title.
    pub excerpt: String,
    /// Its page.
    pub url: ApUrl,
}

/// Which posts a list holds.
#[derive(Clone, Debug, Default)]
pub struct Selection {
    /// Only this writer's.
    pub author: Option<Id<Actor>>,
    /// Only those with the tag of this key; see [`crate::text::hashtag::key`].
    pub tag: Option<String>,
}

/// The published posts just before and just after a post.
pub fn load_neighbours(
    conn: &mut Conn,
    post: &Post,
) -> Result<(Option<Neighbour>, Option<Neighbour>)> {
    let Some(at) = post.published_at else {
        return Ok((None, None));
    };
    let columns = (posts::title, posts::excerpt, posts::url);
    // The bound on the time alone lets the index begin at the right place.
    let earlier = posts::published_at
        .le(at)
        .and(posts::published_at.lt(at).or(posts::id.lt(post.id)));
    let previous = posts::table
        .filter(posts::status.eq(Status::Published))
        .filter(earlier)
        .order((posts::published_at.desc(), posts::id.desc()))
        .select(columns)
        .first(conn)
        .optional()?;
    let later = posts::published_at
        .ge(at)
        .and(posts::published_at.gt(at).or(posts::id.gt(post.id)));
    let next = posts::table
        .filter(posts::status.eq(Status::Published))
        .filter(later)
        .order((posts::published_at, posts::id))
        .select(columns)
        .first(conn)
        .optional()?;
    Ok((previous, next))
}

/// The ids of the posts newer than one that a list begins with, nearest first.
pub(super) fn list_newer_ids(
    conn: &mut Conn,
    selection: &Selection,
    (at, id): (Timestamp, Id<Post>),
    limit: i64,
) -> Result<Vec<Id<Post>>> {
    let later = posts::published_at
        .ge(at)
        .and(posts::published_at.gt(at).or(posts::id.gt(id)));
    let mut query = posts::table
        .filter(posts::status.eq(Status::Published))
        .filter(later)
        .order((posts::published_at, posts::id))
        .limit(limit)
        .select(posts::id)
        .into_boxed();
    if let Some(author) = selection.author {
        query = query.filter(posts::actor_id.eq(author));
    }
    if let Some(tag) = &selection.tag {
        let tagged = post_tags::table
            .filter(post_tags::key.eq(tag.clone()))
            .select(post_tags::post_id);
        query = query.filter(posts::id.eq_any(tagged));
    }
    Ok(query.load(conn)?)
}

/// A tag as a published post spells it, the newest one's; None when no published post has it.
pub fn load_tag_name(conn: &mut Conn, key: &str) -> Result<Option<String>> {
    let query = post_tags::table
        .inner_join(posts::table)
        .filter(post_tags::key.eq(key))
        .filter(posts::status.eq(Status::Published))
        .order((posts::published_at.desc(), posts::id.desc()))
        .select(post_tags::name);
    Ok(query.first(conn).optional()?)
}
