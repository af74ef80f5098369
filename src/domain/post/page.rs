//! What a post's page needs, in one trip to the database: the post, its comments, its reactions. Read only.

mod archive;
mod around;
mod emoji;
mod list;
mod map;
mod quotable;
mod reactions;
mod talk;

use diesel::prelude::*;

use super::{Post, Preview, preview, store};
use crate::db::schema::{actors, comments};
use crate::db::{Conn, among};
use crate::domain::actor::{self, Actor, avatar_path};
use crate::domain::backfill::{self, Missing};
use crate::domain::media::{self, Illustration, Picture};
use crate::domain::visibility::{CommentStatus, is_place, is_public};
use crate::error::{Error, Result};
use crate::text::emoji::Emojis;
use crate::types::{ApUrl, Host, Html, Id, Timestamp};

pub use archive::{Month, Parts, Span, Titles, list_months, load_parts, load_titles};
pub use around::{Around, Neighbour, Series, Shelf, Title, load_around, load_neighbours};
pub use list::{Category, List, Listed, Selection, Start, load_category, load_list, load_tag_name};
pub use map::{MapPart, list_map_parts, list_mapped, list_tag_keys};
pub use quotable::{Quotable, load_quotable};
pub use reactions::{Group, Symbol, Tally};
pub use talk::Spoken;

/// Faces shown in a row of likes or boosts; the rest is a number.
pub const FACES: i64 = 24;

/// Somebody as pages show them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Person {
    /// Their row.
    pub actor: Id<Actor>,
    /// The display name.
    pub name: String,
    /// `@user@host`.
    pub handle: String,
    /// The profile page.
    pub url: String,
    /// The cached picture's address here.
    pub avatar: Option<String>,
    /// The emoji of the name that have a picture here.
    pub emojis: Emojis,
}

/// A comment with its author, as it stands in the thread.
#[derive(Clone, Debug)]
pub struct Entry {
    /// The row.
    pub id: i64,
    /// The comment it answers; None: the post.
    pub parent_id: Option<i64>,
    /// Its place among its siblings, from 1; it never changes.
    pub position: Option<i32>,
    /// Where it stands.
    pub status: CommentStatus,
    /// The ActivityPub id.
    pub ap_id: ApUrl,
    /// Its page on the author's server.
    pub url: ApUrl,
    /// The clean text.
    pub html: Html,
    /// BCP 47, when known.
    pub language: Option<String>,
    /// When it was written.
    pub published_at: Timestamp,
    /// When it was last edited.
    pub edited_at: Option<Timestamp>,
    /// Its author's row.
    pub actor_id: Id<Actor>,
    /// Its author.
    pub author: Person,
    /// The pictures that stand in it.
    pub pictures: Vec<Picture>,
    /// The emoji of the text that have a picture here.
    pub emojis: Emojis,
    /// How others reacted to it, most first.
    pub reactions: Vec<Tally>,
}

/// Likes or boosts: how many, and some of the people.
#[derive(Clone, Debug, Default)]
pub struct Faces {
    /// All.
    pub total: i64,
    /// The first of them.
    pub people: Vec<Person>,
}

/// Everything that a post's page shows.
#[derive(Clone, Debug)]
pub struct PostPage {
    /// The post.
    pub post: Post,
    /// Its writer.
    pub author: Actor,
    /// Its tags.
    pub tags: Vec<String>,
    /// Copies of the pictures in it that stand on other servers.
    pub pictures: Vec<Illustration>,
    /// The picture drawn for previews of it.
    pub preview: Option<Preview>,
    /// Its comments in the order they came, with the places of deleted ones.
    pub comments: Vec<Entry>,
    /// Who liked it.
    pub likes: Faces,
    /// Who boosted it.
    pub boosts: Faces,
    /// Replies that are known and not here.
    pub missing: Missing,
    /// Who reacted with which emoji, most first.
    pub reacted: Vec<Group>,
    /// How often it was disliked.
    pub dislikes: i64,
    /// Who quotes it elsewhere, newest first; how many in all.
    pub quotes: (Vec<Spoken>, i64),
    /// Who links to it elsewhere, newest first; how many in all.
    pub links: (Vec<Spoken>, i64),
    /// Names of custom emoji stand in its texts.
    pub names_emojis: bool,
}

impl PostPage {
    /// Everybody whose name or picture it shows.
    pub fn people(&self) -> impl Iterator<Item = Id<Actor>> {
        let groups = self.reacted.iter().flat_map(|group| &group.faces.people);
        let faces = self
            .likes
            .people
            .iter()
            .chain(&self.boosts.people)
            .chain(groups);
        let spoken = self.quotes.0.iter().chain(&self.links.0);
        let others = faces.chain(spoken.map(|spoken| &spoken.author));
        let commenters = self.comments.iter().map(|entry| entry.actor_id);
        let all = commenters.chain(others.map(|person| person.actor));
        all.chain([self.author.id])
    }
}

type EntryRow = (
    (
        i64,
        Option<i64>,
        Option<i32>,
        CommentStatus,
        ApUrl,
        ApUrl,
        Html,
        Option<String>,
    ),
    (
        Timestamp,
        Option<Timestamp>,
        Id<Actor>,
        String,
        String,
        Host,
        ApUrl,
        Option<String>,
    ),
);

/// Loads the page of a post by its slug with all comments. `NotFound` unless it is published; `Gone` when it was.
pub fn load_by_slug(conn: &mut Conn, slug: &str) -> Result<PostPage> {
    let post = get_published(conn, slug)?;
    load(conn, post, Wanted::All)
}

/// A post with everything that its own page shows.
#[derive(Clone, Debug)]
pub struct Whole {
    /// The post and its discussion.
    pub page: PostPage,
    /// The posts before and after it.
    pub neighbours: (Option<Neighbour>, Option<Neighbour>),
    /// Its categories, its series, what resembles it.
    pub around: Around,
}

/// Loads all that the page of a published post shows, with some of its comments.
pub fn load_whole(conn: &mut Conn, post: Post, wanted: Wanted) -> Result<Whole> {
    Ok(Whole {
        neighbours: load_neighbours(conn, &post)?,
        around: load_around(conn, &post)?,
        page: load(conn, post, wanted)?,
    })
}

/// The post with this slug. `NotFound` unless it is published; `Gone` when it was.
pub fn get_published(conn: &mut Conn, slug: &str) -> Result<Post> {
    let post = store::load_by_slug(conn, slug)?;
    published(post)
}

/// The post that stands at an address. `NotFound` unless it is published; `Gone` when it was.
pub fn get_published_at(conn: &mut Conn, url: &str) -> Result<Post> {
    let post = store::load_by_url(conn, url)?;
    published(post)
}

fn published(post: Option<Post>) -> Result<Post> {
    let post = post.ok_or(Error::NotFound("the post"))?;
    match post.status {
        super::Status::Published => Ok(post),
        super::Status::Deleted => Err(Error::Gone("the post")),
        _ => Err(Error::NotFound("the post")),
    }
}

/// Which comments a page is loaded with.
#[derive(Clone, Debug)]
pub enum Wanted {
    /// Those that everybody may see, and the places of deleted ones.
    All,
    /// Of those the ones with these ids.
    These(Vec<i64>),
}

/// Loads the page of a published post.
pub fn load(conn: &mut Conn, post: Post, wanted: Wanted) -> Result<PostPage> {
    let comments = match &wanted {
        Wanted::All => load_comments(conn, post.id, None)?,
        Wanted::These(ids) => load_these(conn, post.id, ids)?,
    };
    let mut page = PostPage {
        author: actor::get(conn, post.actor_id)?,
        tags: store::tags_of(conn, post.id)?,
        pictures: media::list_of_posts(conn, vec![post.id.raw()])?
            .remove(&post.id.raw())
            .unwrap_or_default(),
        preview: preview::store::load(conn, &[post.id])?.remove(&post.id),
        comments,
        likes: Faces::default(),
        boosts: Faces::default(),
        missing: backfill::count_missing(conn, post.id)?,
        reacted: Vec::new(),
        dislikes: 0,
        quotes: (Vec::new(), 0),
        links: (Vec::new(), 0),
        names_emojis: false,
        post,
    };
    let counts = reactions::load(conn, &mut page)?;
    talk::load(conn, &mut page, counts)?;
    emoji::dress(conn, &mut page)?;
    Ok(page)
}

/// A post's public comments and the places of deleted ones, oldest first; with `status`, those in that state instead.
pub fn load_comments(
    conn: &mut Conn,
    post: Id<Post>,
    status: Option<CommentStatus>,
) -> Result<Vec<Entry>> {
    let query = comments::table
        .inner_join(actors::table)
        .filter(comments::post_id.eq(post))
        .order(comments::id)
        .select(entry_columns())
        .into_boxed();
    let rows: Vec<EntryRow> = match status {
        None => query.filter(is_public().or(is_place())).load(conn)?,
        Some(status) => query.filter(comments::status.eq(status)).load(conn)?,
    };
    let mut pictures = media::list_under(conn, post.raw())?;
    let dressed = |row| {
        let mut entry = entry(row);
        entry.pictures = pictures.remove(&entry.id).unwrap_or_default();
        entry
    };
    Ok(rows.into_iter().map(dressed).collect())
}

/// Some of a post's comments, if everybody may see them or their places.
fn load_these(conn: &mut Conn, post: Id<Post>, ids: &[i64]) -> Result<Vec<Entry>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let query = comments::table
        .inner_join(actors::table)
        .filter(among!(comments::id, ids.iter().copied()))
        .filter(comments::post_id.eq(post))
        .filter(is_public().or(is_place()))
        .select(entry_columns());
    let rows: Vec<EntryRow> = query.load(conn)?;
    let mut pictures = media::list_of_comments(conn, ids)?;
    let dressed = |row| {
        let mut entry = entry(row);
        entry.pictures = pictures.remove(&entry.id).unwrap_or_default();
        entry
    };
    Ok(rows.into_iter().map(dressed).collect())
}

type EntryColumns = (
    (
        comments::id,
        comments::parent_id,
        comments::position,
        comments::status,
        comments::ap_id,
        comments::url,
        comments::html,
        comments::language,
    ),
    (
        comments::published_at,
        comments::edited_at,
        comments::actor_id,
        actors::name,
        actors::username,
        actors::host,
        actors::url,
        actors::avatar,
    ),
);

fn entry_columns() -> EntryColumns {
    (
        (
            comments::id,
            comments::parent_id,
            comments::position,
            comments::status,
            comments::ap_id,
            comments::url,
            comments::html,
            comments::language,
        ),
        (
            comments::published_at,
            comments::edited_at,
            comments::actor_id,
            actors::name,
            actors::username,
            actors::host,
            actors::url,
            actors::avatar,
        ),
    )
}

fn entry(row: EntryRow) -> Entry {
    let ((id, parent_id, position, status, ap_id, url, html, language), rest) = row;
    let (published_at, edited_at, actor_id, name, username, host, page, avatar) = rest;
    Entry {
        id,
        parent_id,
        position,
        status,
        ap_id,
        url,
        html,
        language,
        published_at,
        edited_at,
        actor_id,
        author: person(actor_id, name, (&username, &host), page, avatar),
        pictures: Vec::new(),
        emojis: Emojis::new(),
        reactions: Vec::new(),
    }
}

fn person(
    actor: Id<Actor>,
    name: String,
    (username, host): (&str, &Host),
    url: ApUrl,
    avatar: Option<String>,
) -> Person {
    Person {
        actor,
        name,
        handle: format!("@{username}@{host}"),
        url: url.into_string(),
        avatar: avatar.as_deref().map(avatar_path),
        emojis: Emojis::new(),
    }
}
