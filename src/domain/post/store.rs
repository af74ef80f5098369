//! SQL for posts and their tags. No rules here; see the slice's other files.

mod addresses;
mod filing;
mod related;

use std::collections::HashMap;

use diesel::prelude::*;

use super::{Policy, Post, Status, Tagged};
use crate::db::schema::{comments, post_months, post_tags, posts, tombstones};
use crate::db::{Conn, among};
use crate::domain::actor::{Actor, Mentions};
use crate::domain::media;
use crate::error::{Error, Result};
use crate::text;
use crate::types::{ApUrl, Html, Id, Timestamp};

pub use addresses::{find_by_address, list_addresses};
pub(super) use addresses::{
    find_by_slug, find_moved, is_free, is_slug_free, keep, load_pattern, set_pattern, set_url,
};
pub use filing::filing_by_post;
pub(super) use filing::{file, find_places, first_categories, list_behind};
pub(super) use related::{
    Likeness, forget_likeness, list_alike, load_likeness, set_related, set_terms,
};

/// The post with this id in any state, or `NotFound`.
pub fn get(conn: &mut Conn, id: Id<Post>) -> Result<Post> {
    let row = posts::table
        .find(id)
        .select(Post::as_select())
        .first(conn)
        .optional()?;
    row.ok_or(Error::NotFound("the post"))
}

/// What decides whether a post takes comments, or `NotFound`.
pub fn get_policy(conn: &mut Conn, id: Id<Post>) -> Result<Policy> {
    let row = posts::table
        .find(id)
        .select((posts::comments, posts::published_at))
        .first(conn)
        .optional()?;
    row.ok_or(Error::NotFound("the post"))
}

/// The post with this ActivityPub id, or that has or had its page at this address, in any state.
pub fn load_by_ap_id(conn: &mut Conn, address: &ApUrl) -> Result<Option<Post>> {
    let id = find_by_address(conn, address)?;
    id.map(|id| get(conn, id)).transpose()
}

/// The post whose page stands at this address, in any state.
pub fn load_by_url(conn: &mut Conn, url: &str) -> Result<Option<Post>> {
    let query = posts::table
        .filter(posts::url.eq(url))
        .select(Post::as_select());
    Ok(query.first(conn).optional()?)
}

/// The post with this slug in any state.
pub fn load_by_slug(conn: &mut Conn, slug: &str) -> Result<Option<Post>> {
    let query = posts::table
        .filter(posts::slug.eq(slug))
        .select(Post::as_select());
    Ok(query.first(conn).optional()?)
}

/// A post's tags, in the writer's order.
pub fn tags_of(conn: &mut Conn, id: Id<Post>) -> Result<Vec<String>> {
    let query = post_tags::table
        .filter(post_tags::post_id.eq(id))
        .order(post_tags::position);
    Ok(query.select(post_tags::name).load(conn)?)
}

pub(super) fn insert(conn: &mut Conn, post: &Post, tags: &[String]) -> Result<()> {
    diesel::insert_into(posts::table)
        .values(post)
        .execute(conn)?;
    insert_tags(conn, post, tags)
}

/// Replaces a post. `Conflict` when it changed since `seen`.
pub(super) fn update(conn: &mut Conn, post: &Post, tags: &[String], seen: Timestamp) -> Result<()> {
    let unchanged = posts::table
        .filter(posts::id.eq(post.id))
        .filter(posts::updated_at.eq(seen));
    if diesel::update(unchanged).set(post).execute(conn)? == 0 {
        return Err(Error::Conflict(
            "the post was changed meanwhile; load it again".into(),
        ));
    }
    diesel::delete(post_tags::table.filter(post_tags::post_id.eq(post.id))).execute(conn)?;
    insert_tags(conn, post, tags)
}

fn insert_tags(conn: &mut Conn, post: &Post, tags: &[String]) -> Result<()> {
    let at = post.published_at.filter(|_| post.is_published());
    for (position, name) in (0_i32..).zip(tags) {
        diesel::insert_into(post_tags::table)
            .values((
                post_tags::post_id.eq(post.id),
                post_tags::position.eq(position),
                post_tags::name.eq(name),
                post_tags::key.eq(text::hashtag::key(name)),
                post_tags::published_at.eq(at),
            ))
            .execute(conn)?;
    }
    Ok(())
}

/// Publishes the post at an address if it is still scheduled for now or earlier.
pub(super) fn publish_if_due(
    conn: &mut Conn,
    id: Id<Post>,
    now: Timestamp,
    url: &ApUrl,
) -> Result<bool> {
    let due = posts::table
        .filter(posts::id.eq(id))
        .filter(posts::status.eq(Status::Scheduled))
        .filter(posts::publish_at.le(now));
    let changed = diesel::update(due)
        .set((
            posts::status.eq(Status::Published),
            posts::url.eq(url),
            posts::published_at.eq(Some(now)),
            posts::publish_at.eq(None::<Timestamp>),
            posts::updated_at.eq(now),
        ))
        .execute(conn)?;
    if changed > 0 {
        filing::date(conn, id, now)?;
    }
    Ok(changed > 0)
}

/// Stores what was found behind the mentions, and the text with their links.
pub fn set_mentions(conn: &mut Conn, id: Id<Post>, mentions: &Mentions, html: &Html) -> Result<()> {
    diesel::update(posts::table.find(id))
        .set((posts::mentions.eq(mentions), posts::html.eq(html)))
        .execute(conn)?;
    Ok(())
}

/// Empties a published post and leaves a tombstone.
pub(super) fn bury(conn: &mut Conn, id: Id<Post>, now: Timestamp) -> Result<()> {
    let post = get(conn, id)?;
    let buried = Post {
        status: Status::Deleted,
        title: String::new(),
        summary: None,
        excerpt: String::new(),
        source: String::new(),
        html: Html::default(),
        images: super::Json::default(),
        mentions: super::Json::default(),
        updated_at: now,
        deleted_at: Some(now),
        ..post.clone()
    };
    diesel::update(posts::table.find(id))
        .set(&buried)
        .execute(conn)?;
    diesel::delete(post_tags::table.filter(post_tags::post_id.eq(id))).execute(conn)?;
    filing::unfile(conn, id)?;
    forget_likeness(conn, id)?;
    media::detach_under(conn, id.raw())?;
    super::preview::store::forget(conn, id)?;
    // What stood below it stands nowhere now.
    diesel::update(comments::table.filter(comments::post_id.eq(id)))
        .set(comments::hidden.eq(true))
        .execute(conn)?;
    diesel::insert_into(tombstones::table)
        .values((
            tombstones::ap_id.eq(&post.ap_id),
            tombstones::former_type.eq("Article"),
            tombstones::actor_ap_id.eq(""),
            tombstones::deleted_at.eq(now),
        ))
        .execute(conn)?;
    Ok(())
}

/// Takes an unpublished post away.
pub(super) fn erase(conn: &mut Conn, id: Id<Post>) -> Result<()> {
    media::detach(conn, media::Owner::Post(id.raw()))?;
    diesel::delete(post_tags::table.filter(post_tags::post_id.eq(id))).execute(conn)?;
    diesel::delete(posts::table.find(id)).execute(conn)?;
    Ok(())
}

pub(super) fn list_own(
    conn: &mut Conn,
    author: Id<Actor>,
    status: Option<Status>,
    before: Option<Id<Post>>,
    limit: i64,
) -> Result<Vec<Tagged>> {
    let mut query = posts::table
        .filter(posts::actor_id.eq(author))
        .filter(posts::status.ne(Status::Deleted))
        .order(posts::id.desc())
        .limit(limit)
        .select(Post::as_select())
        .into_boxed();
    if let Some(status) = status {
        query = query.filter(posts::status.eq(status));
    }
    if let Some(before) = before {
        query = query.filter(posts::id.lt(before));
    }
    let found: Vec<Post> = query.load(conn)?;
    with_tags(conn, found)
}

/// The posts with their tags and where they are filed.
pub(super) fn with_tags(conn: &mut Conn, found: Vec<Post>) -> Result<Vec<Tagged>> {
    let ids: Vec<Id<Post>> = found.iter().map(|post| post.id).collect();
    let (mut tags, mut filing) = (tags_by_post(conn, &ids)?, filing_by_post(conn, &ids)?);
    let tagged = |post: Post| Tagged {
        tags: tags.remove(&post.id).unwrap_or_default(),
        filing: filing.remove(&post.id).unwrap_or_default(),
        post,
    };
    Ok(found.into_iter().map(tagged).collect())
}

/// Tags of several posts, each list in the writer's order.
pub fn tags_by_post(conn: &mut Conn, ids: &[Id<Post>]) -> Result<HashMap<Id<Post>, Vec<String>>> {
    let mut tags: HashMap<Id<Post>, Vec<String>> = HashMap::new();
    let rows: Vec<(Id<Post>, String)> = post_tags::table
        .filter(among!(post_tags::post_id, ids.iter().copied()))
        .order((post_tags::post_id, post_tags::position))
        .select((post_tags::post_id, post_tags::name))
        .load(conn)?;
    for (post, name) in rows {
        tags.entry(post).or_default().push(name);
    }
    Ok(tags)
}

/// A post as lists show it.
#[derive(Clone, Debug, Queryable)]
pub struct Summary {
    /// The row.
    pub id: Id<Post>,
    /// The ActivityPub id.
    pub ap_id: ApUrl,
    /// The page.
    pub url: ApUrl,
    /// The last part of the addresses of what belongs to it.
    pub slug: String,
    /// Plain text.
    pub title: String,
    /// The writer's summary.
    pub summary: Option<String>,
    /// The beginning of the text.
    pub excerpt: String,
    /// The rendered text.
    pub html: Html,
    /// BCP 47.
    pub language: String,
    /// When it appeared.
    pub published_at: Option<Timestamp>,
    /// When it was last edited.
    pub edited_at: Option<Timestamp>,
    /// The writer.
    pub actor_id: Id<Actor>,
}

/// These posts in this order, as far as they are published, each with the count of its public comments.
pub fn load_summaries(conn: &mut Conn, ids: &[Id<Post>]) -> Result<Vec<(Summary, i64)>> {
    let found: Vec<Summary> = posts::table
        .filter(among!(posts::id, ids.iter().copied()))
        .filter(posts::status.eq(Status::Published))
        .select((
            posts::id,
            posts::ap_id,
            posts::url,
            posts::slug,
            posts::title,
            posts::summary,
            posts::excerpt,
            posts::html,
            posts::language,
            posts::published_at,
            posts::edited_at,
            posts::actor_id,
        ))
        .load(conn)?;
    let mut counts = count_comments(conn, ids)?;
    let mut by_id: HashMap<Id<Post>, Summary> =
        found.into_iter().map(|post| (post.id, post)).collect();
    let counted = |id: &Id<Post>| Some((by_id.remove(id)?, counts.remove(id).unwrap_or(0)));
    Ok(ids.iter().filter_map(counted).collect())
}

/// How many public comments posts have.
pub fn count_comments(conn: &mut Conn, ids: &[Id<Post>]) -> Result<HashMap<Id<Post>, i64>> {
    let counts: Vec<(Id<Post>, i64)> = comments::table
        .filter(among!(comments::post_id, ids.iter().copied()))
        .filter(crate::domain::visibility::is_public())
        .group_by(comments::post_id)
        .select((comments::post_id, diesel::dsl::count_star()))
        .load(conn)?;
    Ok(counts.into_iter().collect())
}

/// How many posts are published (by one writer, if asked).
pub fn count_published(conn: &mut Conn, author: Option<Id<Actor>>) -> Result<i64> {
    let Some(author) = author else {
        let months: Vec<i64> = post_months::table.select(post_months::total).load(conn)?;
        return Ok(months.iter().sum());
    };
    let query = posts::table
        .filter(posts::status.eq(Status::Published))
        .filter(posts::actor_id.eq(author));
    Ok(query.count().get_result(conn)?)
}

/// A page of a writer's published posts for the outbox: newest first, before an id.
pub fn list_outbox(
    conn: &mut Conn,
    author: Id<Actor>,
    before: Option<Id<Post>>,
    limit: i64,
) -> Result<Vec<Tagged>> {
    list_own(conn, author, Some(Status::Published), before, limit)
}
