//! The collections that other servers read here, whole or by pages: what an actor published, who follows, what answers a
//! post or a comment. Only ids of what everybody may see, fifty at a time.

use serde_json::{Value, json};

use super::article;
use crate::app::App;
use crate::db::Conn;
use crate::domain::actor::{self, Actor};
use crate::domain::comment::{self, Comment};
use crate::domain::follower;
use crate::domain::post::{self, Post};
use crate::domain::reaction::{self, Kind};
use crate::error::{Error, Result};
use crate::federation::builders::policy::Terms;
use crate::federation::builders::{activity, collection, set, with_context};
use crate::types::{ApUrl, Id};

/// Items on a page of a collection.
const PAGE: i64 = 50;

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

/// Which collection of a comment, ours or one that lives elsewhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CommentCollection {
    /// The public answers directly below it.
    Replies,
    /// The whole discussion that it is part of: its post's.
    Context,
}

/// A collection of one of our actors, or a page of it, the newest first.
pub async fn of_actor(
    app: &App,
    ap_id: ApUrl,
    which: ActorCollection,
    page: Page,
) -> Result<Value> {
    let (site, terms) = (app.config.site.url.clone(), Terms::of(app));
    let show_followers = app.config.site.show_followers;
    app.db
        .read(move |conn| {
            let row = super::local_actor(conn, &ap_id)?;
            let name = match which {
                ActorCollection::Outbox => "outbox",
                ActorCollection::Followers => "followers",
                ActorCollection::Following => "following",
                ActorCollection::Featured => "featured",
            };
            let id = format!("{ap_id}/{name}");
            let hidden = which == ActorCollection::Followers && !show_followers;
            if hidden {
                let total = actor_total(conn, &row, which)?;
                return Ok(with_context(collection::bare(&id, total)));
            }
            if !page.is_asked_for() {
                return Ok(collection::ordered(&id, actor_total(conn, &row, which)?));
            }
            let (items, last) = actor_items(conn, &row, which, page.before, (&site, &terms))?;
            let next = last.map(|last| format!("page=1&before={last}"));
            Ok(collection::page(
                &id,
                true,
                &query("before", page.before),
                items,
                next,
            ))
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
    (site, terms): (&str, &Terms),
) -> Result<Items> {
    match which {
        ActorCollection::Featured => Ok((Vec::new(), None)),
        ActorCollection::Outbox => {
            let posts = post::list_outbox(conn, row.id, before.map(Id::new), PAGE)?;
            let last = full(&posts).map(|tagged| tagged.post.id.raw());
            let mut items = Vec::new();
            for tagged in posts {
                items.push(activity::create(article(conn, &tagged.post, site, terms)?).document);
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
pub async fn of_post(app: &App, ap_id: ApUrl, which: PostCollection, page: Page) -> Result<Value> {
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
                PostCollection::Replies => {
                    let id = format!("{}/replies", row.ap_id);
                    replies(conn, &id, &row, None, &page)
                }
                PostCollection::Context => context(conn, &row, &page),
            }
        })
        .await
}

fn bare(row: &Post, name: &str, total: i64) -> Value {
    with_context(collection::bare(&format!("{}/{name}", row.ap_id), total))
}

/// A collection of a comment, or a page of it, by the comment's row: of our own, and of those that live elsewhere, so that
/// a thread can be completed from here. A deleted comment that everybody saw keeps its answers.
pub async fn of_comment(
    app: &App,
    id: Id<Comment>,
    which: CommentCollection,
    page: Page,
) -> Result<Value> {
    let own_id = app.url(&format!("/ap/comments/{id}/replies"));
    app.db
        .read(move |conn| {
            let row = comment::get(conn, id)?;
            if !row.is_public() && !row.is_tombstone() {
                return Err(Error::NotFound("the comment"));
            }
            let post = post::get(conn, row.post_id)?;
            match which {
                CommentCollection::Replies => {
                    replies(conn, own_id.as_str(), &post, Some(row.id), &page)
                }
                CommentCollection::Context => context(conn, &post, &page),
            }
        })
        .await
}

/// What answers a post, or a comment, directly; in the order in which it came here.
fn replies(
    conn: &mut Conn,
    id: &str,
    post: &Post,
    parent: Option<Id<Comment>>,
    page: &Page,
) -> Result<Value> {
    if !page.is_asked_for() {
        let total = match parent {
            Some(parent) => comment::count_replies(conn, parent)?,
            None => comment::count_direct(conn, post.id)?,
        };
        return Ok(with_context(collection::summary(id, total)));
    }
    let after = page.after.map(Id::new);
    let rows = comment::list_public_replies(conn, post.id, parent, after, PAGE)?;
    let next = full(&rows).map(|(last, _)| format!("page=1&after={last}"));
    let items = rows.into_iter().map(|(_, id)| json!(id)).collect();
    let query = query("after", page.after);
    Ok(collection::page(id, false, &query, items, next))
}

/// The whole discussion under its post's id, the post first (FEP-7888, FEP-f228).
fn context(conn: &mut Conn, post: &Post, page: &Page) -> Result<Value> {
    let id = format!("{}/context", post.ap_id);
    if !page.is_asked_for() {
        let mut whole = collection::ordered(&id, comment::count_public(conn, Some(post.id))? + 1);
        set(
            &mut whole,
            "attributedTo",
            json!(actor::get(conn, post.actor_id)?.ap_id),
        );
        return Ok(whole);
    }
    let rows = comment::list_public(conn, post.id, page.after.map(Id::new), PAGE)?;
    let next = full(&rows).map(|(last, _)| format!("page=1&after={last}"));
    let root = page.after.is_none().then(|| json!(post.ap_id));
    let items = root
        .into_iter()
        .chain(rows.into_iter().map(|(_, id)| json!(id)))
        .collect();
    let query = query("after", page.after);
    Ok(collection::page(&id, true, &query, items, next))
}

/// Which part of a collection is asked for, as it stands in the query: nothing, `page=1`, or a key beside it.
#[derive(Clone, Debug, Default, serde::Deserialize)]
pub struct Page {
    #[serde(rename = "page")]
    any: Option<String>,
    before: Option<i64>,
    after: Option<i64>,
}

impl Page {
    /// False when it is the collection itself.
    fn is_asked_for(&self) -> bool {
        self.any.is_some() || self.before.is_some() || self.after.is_some()
    }
}

/// A page's query in its one spelling, for the page's id.
fn query(direction: &str, key: Option<i64>) -> String {
    key.map_or_else(
        || "page=1".into(),
        |key| format!("page=1&{direction}={key}"),
    )
}
