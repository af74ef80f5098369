//! What other servers may read here: actors, posts, comments, collections. Only what is public; what is missing and what
//! is private answer alike.

pub mod collections;

use serde_json::Value;

use super::builders::policy::{self, Terms};
use super::builders::{actor as actors, article, with_context};
use super::outbox;
use crate::app::App;
use crate::db::Conn;
use crate::domain::actor::{self, Actor};
use crate::domain::comment::{self, Comment};
use crate::domain::note;
use crate::domain::post::{self, Post, Status};
use crate::error::{Error, Result};
use crate::types::{ApUrl, Id};

/// A document, or the tombstone of something deleted (answered with 410).
pub enum Served {
    /// It is here.
    Here(Value),
    /// It was here.
    Gone(Value),
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

/// A post, by its id or the address where its page stands now.
pub async fn post(app: &App, address: ApUrl) -> Result<Served> {
    let (site, terms) = (app.config.site.url.clone(), Terms::of(app));
    app.db
        .read(move |conn| {
            let row = post::load_by_ap_id(conn, &address)?
                .filter(|row| row.ap_id == address || row.url == address)
                .ok_or(Error::NotFound("the post"))?;
            match row.status {
                Status::Published => Ok(Served::Here(with_context(article(
                    conn, &row, &site, &terms,
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

fn article(conn: &mut Conn, row: &Post, site: &str, terms: &Terms) -> Result<Value> {
    let author = actor::get(conn, row.actor_id)?;
    let tags = post::tags_of(conn, row.id)?;
    let counts = outbox::counts(conn, row)?;
    let mut document = article::article(row, &tags, &author, counts, site);
    terms.add_to_post(&mut document, row, &author);
    Ok(document)
}

/// One of our own comments. Those of others are served where they live.
pub async fn comment(app: &App, ap_id: ApUrl) -> Result<Served> {
    let terms = Terms::of(app);
    app.db
        .read(move |conn| {
            let row = comment::load_by_ap_id(conn, &ap_id)?.filter(|row| row.local);
            let row = row.ok_or(Error::NotFound("the comment"))?;
            if row.is_public() {
                Ok(Served::Here(with_context(
                    outbox::tell(conn, &row, &terms)?.note,
                )))
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

/// The document that shows that a reply was let in, while everybody may see the reply.
pub async fn authorization(app: &App, id: Id<Comment>) -> Result<Value> {
    let site = app.config.site.url.clone();
    app.db
        .read(move |conn| {
            let missing = || Error::NotFound("the authorization");
            let row = comment::get(conn, id).map_err(|_| missing())?;
            let request = comment::load_request(conn, &row.ap_id)?;
            let given = request.filter(|request| request.answer == comment::Answer::Accepted);
            let request = given.filter(|_| row.is_public()).ok_or_else(missing)?;
            let place = comment::load_place(conn, &row)?.ok_or_else(missing)?;
            let author = actor::get(conn, place.author)?;
            let shown = policy::authorization(&site, &author, &row, &request.target);
            Ok(with_context(shown))
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
