//! Posts and tags for the site map, by key and without their texts. Read only.

use diesel::dsl::max;
use diesel::prelude::*;

use crate::db::Conn;
use crate::db::schema::{post_tags, posts};
use crate::domain::post::{Post, Status};
use crate::error::Result;
use crate::types::{ApUrl, Id, Timestamp};

/// Most parts: with the largest, more posts than any blog has.
const PARTS_MAX: usize = 1_000;

/// A part of the site map.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MapPart {
    /// It begins after this post; None: with the first.
    pub after: Option<Id<Post>>,
    /// When one of its posts last appeared or changed.
    pub changed: Option<Timestamp>,
}

/// The parts of at most `size` published posts each, oldest first.
pub fn list_map_parts(conn: &mut Conn, size: u16) -> Result<Vec<MapPart>> {
    let mut parts = Vec::new();
    let mut after: Option<Id<Post>> = None;
    while parts.len() < PARTS_MAX {
        let start = after.unwrap_or(Id::new(0));
        let last: Option<Id<Post>> = posts::table
            .filter(posts::status.eq(Status::Published))
            .filter(posts::id.gt(start))
            .order(posts::id)
            .offset(i64::from(size) - 1)
            .limit(1)
            .select(posts::id)
            .first(conn)
            .optional()?;
        let end = last.unwrap_or(Id::new(i64::MAX));
        let (published, edited): (Option<Timestamp>, Option<Timestamp>) = posts::table
            .filter(posts::status.eq(Status::Published))
            .filter(posts::id.gt(start).and(posts::id.le(end)))
            .select((max(posts::published_at), max(posts::edited_at)))
            .first(conn)?;
        let changed = published.max(edited);
        if changed.is_some() {
            parts.push(MapPart { after, changed });
        }
        match last {
            Some(_) => after = last,
            None => break,
        }
    }
    Ok(parts)
}

/// The pages of a part, and when each appeared or changed.
pub fn list_mapped(
    conn: &mut Conn,
    after: Option<Id<Post>>,
    size: u16,
) -> Result<Vec<(ApUrl, Option<Timestamp>)>> {
    let query = posts::table
        .filter(posts::status.eq(Status::Published))
        .filter(posts::id.gt(after.unwrap_or(Id::new(0))))
        .order(posts::id)
        .limit(size.into())
        .select((posts::url, posts::published_at, posts::edited_at));
    let rows: Vec<(ApUrl, Option<Timestamp>, Option<Timestamp>)> = query.load(conn)?;
    let rows = rows.into_iter();
    Ok(rows
        .map(|(url, published, edited)| (url, published.max(edited)))
        .collect())
}

/// The keys of the tags that published posts have.
pub fn list_tag_keys(conn: &mut Conn, limit: u16) -> Result<Vec<String>> {
    let query = post_tags::table
        .inner_join(posts::table)
        .filter(posts::status.eq(Status::Published))
        .select(post_tags::key)
        .distinct()
        .order(post_tags::key)
        .limit(limit.into());
    Ok(query.load(conn)?)
}
