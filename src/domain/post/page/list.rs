//! A page of a list of posts, in one trip to the database. Each list is read in its order from one index, so that it costs the
//! same however many posts there are. Read only.

use diesel::prelude::*;

use crate::db::Conn;
use crate::db::schema::{categories, post_categories, post_tags, posts};
use crate::domain::actor::Actor;
use crate::domain::media::{self, Illustration};
use crate::domain::post::{Post, Preview, Status, Summary, load_summaries, preview, tags_by_post};
use crate::error::Result;
use crate::types::{Id, Timestamp};

/// Which posts a list holds: of one tag, else of one category, else of one writer, else all.
#[derive(Clone, Debug, Default)]
pub struct Selection {
    /// Only this writer's.
    pub author: Option<Id<Actor>>,
    /// Only those with the tag of this key; see [`crate::text::hashtag::key`].
    pub tag: Option<String>,
    /// Only those in this category; see [`Category::id`].
    pub category: Option<i64>,
}

/// A category with those above it.
#[derive(Clone, Debug, PartialEq, Eq, Queryable)]
pub struct Category {
    /// The row.
    pub id: i64,
    /// The last part of its address.
    pub slug: String,
    /// Its name.
    pub name: String,
    /// Its name with those above it: `Music/Choir`.
    pub path: String,
}

/// A post of a list.
#[derive(Clone, Debug)]
pub struct Listed {
    /// The post.
    pub post: Summary,
    /// Its tags, without `#`.
    pub tags: Vec<String>,
    /// Copies of the pictures in it that stand on other servers.
    pub pictures: Vec<Illustration>,
    /// The picture drawn for previews of it.
    pub preview: Option<Preview>,
    /// How many public comments it has.
    pub comments: i64,
}

/// Where a page of a list begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Start {
    /// With the newest post.
    Newest,
    /// With the post before this one.
    Before(Id<Post>),
}

/// A page of a list, newest first.
#[derive(Clone, Debug)]
pub struct List {
    /// The posts.
    pub posts: Vec<Listed>,
    /// Where the next page begins, when there is one.
    pub older: Option<Start>,
    /// Where the page before begins, when there is one.
    pub newer: Option<Start>,
}

/// Which side of a post is read, and in which direction.
#[derive(Clone, Copy, Debug)]
pub(super) enum Bound {
    /// From the newest down.
    Newest,
    /// Down from a post.
    Before(Timestamp, Id<Post>),
    /// Up from a post.
    After(Timestamp, Id<Post>),
}

/// Reads ids in the order of their times from whatever table lists them. The bound on the time alone lets the index begin at
/// the right place.
macro_rules! in_order {
    ($conn:expr, $rows:expr, $at:expr, $id:expr, $bound:expr, $limit:expr) => {{
        let query = $rows
            .filter($at.is_not_null())
            .limit($limit)
            .select($id)
            .into_boxed();
        let query = match $bound {
            Bound::Newest => query.order(($at.desc(), $id.desc())),
            Bound::Before(at, id) => query
                .filter($at.le(at))
                .filter($at.lt(at).or($id.lt(id)))
                .order(($at.desc(), $id.desc())),
            Bound::After(at, id) => query
                .filter($at.ge(at))
                .filter($at.gt(at).or($id.gt(id)))
                .order(($at.asc(), $id.asc())),
        };
        query.load::<Id<Post>>($conn)?
    }};
}
pub(super) use in_order;

/// The ids of a list on one side of a post, the nearest first.
fn list_ids(
    conn: &mut Conn,
    selection: &Selection,
    bound: Bound,
    limit: i64,
) -> Result<Vec<Id<Post>>> {
    use {post_categories as filed, post_tags as tagged};
    if let Some(key) = &selection.tag {
        let rows = tagged::table.filter(tagged::key.eq(key.clone()));
        return Ok(in_order!(
            conn,
            rows,
            tagged::published_at,
            tagged::post_id,
            bound,
            limit
        ));
    }
    if let Some(category) = selection.category {
        let rows = filed::table.filter(filed::category_id.eq(category));
        return Ok(in_order!(
            conn,
            rows,
            filed::published_at,
            filed::post_id,
            bound,
            limit
        ));
    }
    let rows = posts::table.filter(posts::status.eq(Status::Published));
    Ok(if let Some(author) = selection.author {
        let rows = rows.filter(posts::actor_id.eq(author));
        in_order!(conn, rows, posts::published_at, posts::id, bound, limit)
    } else {
        in_order!(conn, rows, posts::published_at, posts::id, bound, limit)
    })
}

/// When a post appeared, for beginning a list behind it; for one that is not there, before everything.
pub(super) fn key_of(conn: &mut Conn, id: Id<Post>) -> Result<(Timestamp, Id<Post>)> {
    let query = posts::table.find(id).select(posts::published_at);
    let at: Option<Option<Timestamp>> = query.first(conn).optional()?;
    Ok((at.flatten().unwrap_or(Timestamp(0)), id))
}

/// Loads a page of at most `size` published posts.
pub fn load_list(
    conn: &mut Conn,
    selection: &Selection,
    before: Option<Id<Post>>,
    size: u16,
) -> Result<List> {
    let limit = i64::from(size) + 1;
    let bound = match before {
        Some(id) => key_of(conn, id).map(|(at, id)| Bound::Before(at, id))?,
        None => Bound::Newest,
    };
    let mut ids = list_ids(conn, selection, bound, limit)?;
    let more = ids.len() > usize::from(size);
    ids.truncate(size.into());
    let found = load_summaries(conn, &ids)?;
    let newer = match (before, ids.first()) {
        (Some(_), Some(first)) => {
            let (at, id) = key_of(conn, *first)?;
            start_of(
                &list_ids(conn, selection, Bound::After(at, id), limit)?,
                size,
            )
        }
        _ => None,
    };
    let older = ids.last().filter(|_| more).copied().map(Start::Before);
    let mut tags = tags_by_post(conn, &ids)?;
    let mut pictures = media::list_of_posts(conn, ids.iter().map(|id| id.raw()).collect())?;
    let mut previews = preview::store::load(conn, &ids)?;
    let listed = |(post, comments): (Summary, i64)| Listed {
        tags: tags.remove(&post.id).unwrap_or_default(),
        pictures: pictures.remove(&post.id.raw()).unwrap_or_default(),
        preview: previews.remove(&post.id),
        post,
        comments,
    };
    Ok(List {
        posts: found.into_iter().map(listed).collect(),
        older,
        newer,
    })
}

/// Where the page begins that holds the nearest `size` of these newer posts.
pub(super) fn start_of(newer: &[Id<Post>], size: u16) -> Option<Start> {
    match newer.get(usize::from(size)) {
        Some(beyond) => Some(Start::Before(*beyond)),
        None => (!newer.is_empty()).then_some(Start::Newest),
    }
}

/// A tag as a published post spells it, the newest one's; None when no published post has it.
pub fn load_tag_name(conn: &mut Conn, key: &str) -> Result<Option<String>> {
    let query = post_tags::table
        .filter(post_tags::key.eq(key))
        .filter(post_tags::published_at.is_not_null())
        .order((post_tags::published_at.desc(), post_tags::post_id.desc()))
        .select(post_tags::name);
    Ok(query.first(conn).optional()?)
}

/// The category with this slug.
pub fn load_category(conn: &mut Conn, slug: &str) -> Result<Option<Category>> {
    let query = categories::table.filter(categories::slug.eq(slug));
    let columns = (
        categories::id,
        categories::slug,
        categories::name,
        categories::path,
    );
    Ok(query.select(columns).first(conn).optional()?)
}
