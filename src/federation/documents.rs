//! What other servers may read here: actors, posts, comments, collections. Only what is public; what is missing and what
//! is private answer alike.

use serde_json::{Value, json};

use super::builders::{activity, actor as actors, article, collection, quote, set, with_context};
use super::outbox;
use crate::app::App;
use crate::config::Quotes;
use crate::db::Conn;
use crate::domain::actor::{self, Actor};
use crate::domain::comment::{self, Comment};
use crate::domain::follower;
use crate::domain::note;
use crate::domain::post::{self, Post, Status};
use crate::domain::reaction::{self, Kind};
use crate::error::{Error, Result};
use crate::types::{ApUrl, Id};

/// Items on a page of a collection.
const PAGE: i64 = 50;

/// A document, or the tombstone of something deleted (answered with 410).
pub enum Served {
    /// It is here.
    Here(Value),
    /// It was here.
    Gone(Value),
}

/// Which collection of an actor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ActorCollection {
    /// What it published.
    Outbox,
    /// Who follows it.
    Followers,
    /// Whom it follows.
    Following,
    /// What it pinned: nothing yet.
    Featured,
}

/// Which collection of a post.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PostCollection {
    /// The public comments directly below it.
    Replies,
    /// The whole discussion, the post first (FEP-7888).
    Context,
    /// Its likes: a number, no names.
    Likes,
    /// Its boosts: a number, no names.
    Shares,
}

/// One of our actors.
pub async fn actor(app: &App, ap_id: ApUrl) -> Result<Value> {
    let site = app.config.site.url.clone();
    app.db
        .read(move |conn| {
            let row = local_actor(conn, &ap_id)?;
            let keys = actor::list_keys(conn, row.id)?;
            Ok(actors::actor(&row, &keys, &site))
        })
        .await
}

fn local_actor(conn: &mut Conn, ap_id: &ApUrl) -> Result<Actor> {
    let found = actor::load_by_ap_id(conn, ap_id)?.filter(|actor| actor.local);
    found.ok_or(Error::NotFound("the actor"))
}

/// A post, by its id or its page's address.
pub async fn post(app: &App, address: ApUrl) -> Result<Served> {
    let (site, quotes) = (app.config.site.url.clone(), app.config.discussion.quotes);
    app.db
        .read(move |conn| {
            let row = post::load_by_ap_id(conn, &address)?.ok_or(Error::NotFound("the post"))?;
            match row.status {
                Status::Published => Ok(Served::Here(with_context(article(
                    conn, &row, &site, quotes,
                )?))),
                Status::Deleted => {
                    let deleted = row.deleted_at.unwrap_or(row.updated_at);
                    Ok(Served::Gone(with_context(article::tombstone(
                        &row.ap_id, "Article", deleted,
                    ))))
                }
                _ => Err(Error::NotFound("the post")),
            }
        })
        .await
}

fn article(conn: &mut Conn, row: &Post, site: &str, quotes: Quotes) -> Result<Value> {
    let author = actor::get(conn, row.actor_id)?;
    let tags = post::tags_of(conn, row.id)?;
    let counts = outbox::counts(conn, row)?;
    let article = article::article(row, &tags, &author, counts, site);
    Ok(quote::with_policy(article, quotes))
}

/// One of our own comments. Those of others are served where they live.
pub async fn comment(app: &App, ap_id: ApUrl) -> Result<Served> {
    let quotes = app.config.discussion.quotes;
    app.db
        .read(move |conn| {
            let row = comment::load_by_ap_id(conn, &ap_id)?.filter(|row| row.local);
            let row = row.ok_or(Error::NotFound("the comment"))?;
            if row.is_public() {
                let note = quote::with_policy(outbox::tell(conn, &row)?.note, quotes);
                Ok(Served::Here(with_context(note)))
            } else if row.is_tombstone() {
                let tombstone = article::tombstone(&row.ap_id, "Note", row.updated_at);
                Ok(Served::Gone(with_context(tombstone)))
            } else {
                Err(Error::NotFound("the comment"))
            }
        })
        .await
}

/// The page of one of our own comments, as its post's address and anchor.
pub async fn comment_page(app: &App, ap_id: ApUrl) -> Result<String> {
    app.db
        .read(move |conn| {
            let row = comment::load_by_ap_id(conn, &ap_id)?.filter(|row| row.local);
            let row = row.ok_or(Error::NotFound("the comment"))?;
            if row.is_tombstone() {
                return Err(Error::Gone("the comment"));
            }
            if !row.is_public() {
                return Err(Error::NotFound("the comment"));
            }
            let post = post::get(conn, row.post_id)?;
            let number = comment::load_number(conn, &row)?.unwrap_or_default();
            Ok(format!("{}#comment-{number}", post.url))
        })
        .await
}

/// What one of ours wrote under somebody else's post.
pub async fn note(app: &App, ap_id: ApUrl) -> Result<Value> {
    app.db
        .read(move |conn| {
            let row = note::load_by_ap_id(conn, &ap_id)?.filter(|row| row.deleted_at.is_none());
            let row = row.ok_or(Error::NotFound("the note"))?;
            let author = actor::get(conn, row.actor_id)?;
            Ok(with_context(outbox::note_document(&row, &author)))
        })
        .await
}

/// A collection of one of our actors, or a page of it; `page` is the query: empty, `page=1` or `before=ID`.
pub async fn actor_collection(
    app: &App,
    ap_id: ApUrl,
    which: ActorCollection,
    page: Page,
) -> Result<Value> {
    let (site, quotes) = (app.config.site.url.clone(), app.config.discussion.quotes);
    app.db
        .read(move |conn| {
            let row = local_actor(conn, &ap_id)?;
            let name = match which {
                ActorCollection::Outbox => "outbox",
                ActorCollection::Followers => "followers",
                ActorCollection::Following => "following",
                ActorCollection::Featured => "featured",
            };
            let id = format!("{ap_id}/{name}");
            let Place::Behind(before) = page.place() else {
                return Ok(collection::ordered(&id, actor_total(conn, &row, which)?));
            };
            let (items, last) = actor_items(conn, &row, which, before, (&site, quotes))?;
            let next = last.map(|last| format!("page=1&before={last}"));
            Ok(collection::page(&id, true, &page.query(), items, next))
        })
        .await
}

fn actor_total(conn: &mut Conn, row: &Actor, which: ActorCollection) -> Result<i64> {
    match which {
        ActorCollection::Outbox => post::count_published(conn, Some(row.id)),
        ActorCollection::Followers => follower::count(conn, row.id),
        ActorCollection::Following => follower::count_following(conn, row.id),
        ActorCollection::Featured => Ok(0),
    }
}

type Items = (Vec<Value>, Option<i64>);

fn actor_items(
    conn: &mut Conn,
    row: &Actor,
    which: ActorCollection,
    before: Option<i64>,
    (site, quotes): (&str, Quotes),
) -> Result<Items> {
    match which {
        ActorCollection::Featured => Ok((Vec::new(), None)),
        ActorCollection::Outbox => {
            let posts = post::list_outbox(conn, row.id, before.map(Id::new), PAGE)?;
            let last = full(&posts).map(|tagged| tagged.post.id.raw());
            let mut items = Vec::new();
            for tagged in posts {
                items.push(activity::create(article(conn, &tagged.post, site, quotes)?).document);
            }
            Ok((items, last))
        }
        ActorCollection::Followers | ActorCollection::Following => {
            let out = which == ActorCollection::Following;
            let rows = follower::list_page(conn, row.id, out, before, PAGE)?;
            let last = full(&rows).map(|(id, _)| *id);
            Ok((rows.into_iter().map(|(_, id)| json!(id)).collect(), last))
        }
    }
}

/// The last of a full page: there may be more behind it.
fn full<T>(rows: &[T]) -> Option<&T> {
    (i64::try_from(rows.len()) == Ok(PAGE))
        .then(|| rows.last())
        .flatten()
}

/// A collection of a published post, or a page of it.
pub async fn post_collection(
    app: &App,
    ap_id: ApUrl,
    which: PostCollection,
    page: Page,
) -> Result<Value> {
    app.db
        .read(move |conn| {
            let row = post::load_by_ap_id(conn, &ap_id)?.filter(Post::is_published);
            let row = row.ok_or(Error::NotFound("the post"))?;
            match which {
                PostCollection::Likes => Ok(bare(
                    &row,
                    "likes",
                    reaction::count(conn, &row.ap_id, Kind::Like)?,
                )),
                PostCollection::Shares => Ok(bare(
                    &row,
                    "shares",
                    reaction::count(conn, &row.ap_id, Kind::Announce)?,
                )),
                PostCollection::Replies => replies(conn, &row, None, page),
                PostCollection::Context => context(conn, &row, page),
            }
        })
        .await
}

fn bare(row: &Post, name: &str, total: i64) -> Value {
    with_context(collection::bare(&format!("{}/{name}", row.ap_id), total))
}

/// The public answers to one of our own comments.
pub async fn comment_replies(app: &App, ap_id: ApUrl, page: Page) -> Result<Value> {
    app.db
        .read(move |conn| {
            let row = comment::load_by_ap_id(conn, &ap_id)?;
            let row = row.filter(|row| row.local && row.is_public());
            let row = row.ok_or(Error::NotFound("the comment"))?;
            let post = post::get(conn, row.post_id)?;
            replies(conn, &post, Some(&row), page)
        })
        .await
}

fn replies(conn: &mut Conn, post: &Post, parent: Option<&Comment>, page: Page) -> Result<Value> {
    let id = format!(
        "{}/replies",
        parent.map_or(&post.ap_id, |parent| &parent.ap_id)
    );
    let Place::Behind(after) = page.place() else {
        let total = match parent {
            Some(parent) => comment::count_replies(conn, parent.id)?,
            None => comment::count_direct(conn, post.id)?,
        };
        return Ok(with_context(collection::summary(&id, total)));
    };
    let rows = comment::list_public_replies(
        conn,
        post.id,
        parent.map(|parent| parent.id),
        after.map(Id::new),
        PAGE,
    )?;
    let next = full(&rows).map(|(last, _)| format!("page=1&after={last}"));
    let items = rows.into_iter().map(|(_, id)| json!(id)).collect();
    Ok(collection::page(&id, false, &page.query(), items, next))
}

fn context(conn: &mut Conn, post: &Post, page: Page) -> Result<Value> {
    let id = format!("{}/context", post.ap_id);
    let Place::Behind(after) = page.place() else {
        let mut whole = collection::ordered(&id, comment::count_public(conn, Some(post.id))? + 1);
        set(
            &mut whole,
            "attributedTo",
            json!(actor::get(conn, post.actor_id)?.ap_id),
        );
        return Ok(whole);
    };
    let rows = comment::list_public(conn, post.id, after.map(Id::new), PAGE)?;
    let next = full(&rows).map(|(last, _)| format!("page=1&after={last}"));
    let root = after.is_none().then(|| json!(post.ap_id));
    let items = root
        .into_iter()
        .chain(rows.into_iter().map(|(_, id)| json!(id)))
        .collect();
    Ok(collection::page(&id, true, &page.query(), items, next))
}

/// Which part of a collection is asked for, as it stands in the query.
#[derive(Clone, Debug, Default, serde::Deserialize)]
pub struct Page {
    #[serde(rename = "page")]
    any: Option<String>,
    before: Option<i64>,
    after: Option<i64>,
}

/// A place in a collection.
enum Place {
    /// The collection itself.
    Whole,
    /// The page behind a key; the first page without one.
    Behind(Option<i64>),
}

impl Page {
    fn place(&self) -> Place {
        let key = self.before.or(self.after);
        if self.any.is_some() || key.is_some() {
            Place::Behind(key)
        } else {
            Place::Whole
        }
    }

    /// The query in its one spelling, for the page's id.
    fn query(&self) -> String {
        match (self.before, self.after) {
            (Some(before), _) => format!("page=1&before={before}"),
            (None, Some(after)) => format!("page=1&after={after}"),
            (None, None) => "page=1".into(),
        }
    }
}
