//! What stands around a post: the posts before and after it, the other parts of its series, its categories, posts that resemble
//! it. Read only.

use diesel::prelude::*;

use crate::db::Conn;
use crate::db::schema::{categories, post_categories, post_series, posts, related, series};
use crate::domain::post::{Post, Status};
use crate::error::Result;
use crate::types::{ApUrl, Id, Timestamp};

/// Parts of a series shown before and after a post.
const PARTS: i64 = 5;

/// A post as one links to it.
#[derive(Clone, Debug, PartialEq, Eq, Queryable)]
pub struct Neighbour {
    /// The row.
    pub id: Id<Post>,
    /// Plain text; may be empty.
    pub title: String,
    /// The beginning of its text, for when there is no title.
    pub excerpt: String,
    /// Its page.
    pub url: ApUrl,
}

/// Something that posts are gathered under.
#[derive(Clone, Debug, PartialEq, Eq, Queryable)]
pub struct Shelf {
    /// The row.
    pub id: i64,
    /// The last part of its address.
    pub slug: String,
    /// Its name.
    pub name: String,
}

/// The series of a post, seen from it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Series {
    /// Which.
    pub shelf: Shelf,
    /// How many parts everybody sees.
    pub total: i64,
    /// The parts around the post, itself among them: the number of each and the post.
    pub parts: Vec<(i32, Neighbour)>,
}

/// Everything around a post.
#[derive(Clone, Debug, Default)]
pub struct Around {
    /// Its categories, in the writer's order.
    pub categories: Vec<Shelf>,
    /// Its series.
    pub series: Option<Series>,
    /// Posts that resemble it, the closest first.
    pub related: Vec<Neighbour>,
}

/// Loads what stands around a post, but for the posts before and after it.
pub fn load_around(conn: &mut Conn, post: &Post) -> Result<Around> {
    Ok(Around {
        categories: post_categories::table
            .inner_join(categories::table)
            .filter(post_categories::post_id.eq(post.id))
            .filter(post_categories::position.is_not_null())
            .order(post_categories::position)
            .select((categories::id, categories::slug, categories::name))
            .load(conn)?,
        series: load_series(conn, post.id)?,
        related: related::table
            .inner_join(posts::table.on(posts::id.eq(related::related_id)))
            .filter(related::post_id.eq(post.id))
            .filter(posts::status.eq(Status::Published))
            .order(related::position)
            .select((posts::id, posts::title, posts::excerpt, posts::url))
            .load(conn)?,
    })
}

fn load_series(conn: &mut Conn, post: Id<Post>) -> Result<Option<Series>> {
    let own: Option<(i32, Shelf)> = post_series::table
        .inner_join(series::table)
        .filter(post_series::post_id.eq(post))
        .select((post_series::part, (series::id, series::slug, series::name)))
        .first(conn)
        .optional()?;
    let Some((part, shelf)) = own else {
        return Ok(None);
    };
    let of_series = || {
        post_series::table
            .inner_join(posts::table)
            .filter(post_series::series_id.eq(shelf.id))
            .filter(posts::status.eq(Status::Published))
            .select((
                post_series::part,
                (posts::id, posts::title, posts::excerpt, posts::url),
            ))
    };
    let mut parts: Vec<(i32, Neighbour)> = of_series()
        .filter(post_series::part.le(part))
        .filter(post_series::part.lt(part).or(post_series::post_id.le(post)))
        .order((post_series::part.desc(), post_series::post_id.desc()))
        .limit(PARTS + 1)
        .load(conn)?;
    parts.reverse();
    let after: Vec<(i32, Neighbour)> = of_series()
        .filter(post_series::part.ge(part))
        .filter(post_series::part.gt(part).or(post_series::post_id.gt(post)))
        .order((post_series::part, post_series::post_id))
        .limit(PARTS)
        .load(conn)?;
    parts.extend(after);
    let total = post_series::table
        .filter(post_series::series_id.eq(shelf.id))
        .filter(post_series::published_at.is_not_null())
        .count()
        .get_result(conn)?;
    Ok(Some(Series {
        shelf,
        total,
        parts,
    }))
}

/// The published posts just before and just after a post.
pub fn load_neighbours(
    conn: &mut Conn,
    post: &Post,
) -> Result<(Option<Neighbour>, Option<Neighbour>)> {
    let Some(at) = post.published_at else {
        return Ok((None, None));
    };
    let columns = (posts::id, posts::title, posts::excerpt, posts::url);
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

/// A post of a list of titles.
#[derive(Clone, Debug, Queryable)]
pub struct Title {
    /// What one links to.
    pub post: Neighbour,
    /// When it appeared.
    pub published_at: Option<Timestamp>,
    /// BCP 47.
    pub language: String,
}
