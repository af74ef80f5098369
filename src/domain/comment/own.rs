//! What our own people write under our posts: answering, editing, deleting. Each change federates by a job of the same
//! transaction.

use super::{Comment, Later, store, versions};
use crate::app::App;
use crate::domain::actor::{Actor, Mention};
use crate::domain::post::{self, Post, compose};
use crate::domain::visibility::{CommentStatus, Visibility};
use crate::error::{Error, Result};
use crate::queue::{Event, Job};
use crate::text::markdown;
use crate::types::{Html, Id, Json};

/// Longest Markdown of an answer, in bytes.
const SOURCE_MAX: usize = 20_000;

/// Writes an answer to a post or to a comment under it, as `author`.
pub async fn reply(
    app: &App,
    author: &Actor,
    post: Id<Post>,
    parent: Option<Id<Comment>>,
    source: String,
    language: Option<String>,
) -> Result<Comment> {
    check_source(&source)?;
    let (post, parent) = app
        .db
        .read(move |conn| load_target(conn, post, parent))
        .await?;
    let (html, mentions) = render(app, &source).await?;
    let (id, now) = (app.ids.next(), app.now());
    let comment = Comment {
        id,
        ap_id: app.url(&format!("/ap/comments/{id}")),
        post_id: post.id,
        parent_id: parent.as_ref().map(|parent| parent.id),
        actor_id: author.id,
        local: true,
        status: CommentStatus::Published,
        // Never wider than what it answers.
        visibility: parent.map_or(Visibility::Public, |parent| parent.visibility),
        position: None,
        url: app.url(&format!("/ap/comments/{id}")),
        html,
        source: Some(source),
        language: Some(language.unwrap_or(post.language)),
        mentions: Json::new(&mentions),
        published_at: now,
        edited_at: None,
        received_at: now,
        updated_at: now,
        hidden: false,
        rule: None,
        root_id: id,
    };
    let job = app.job(federate(Event::CommentCreated { comment: id.raw() }));
    let saved = app
        .db
        .write(move |conn| {
            store::insert(conn, comment.clone())?;
            job.enqueue(conn)?;
            Ok(comment)
        })
        .await?;
    app.wake.jobs.notify_one();
    Ok(saved)
}

fn load_target(
    conn: &mut crate::db::Conn,
    post: Id<Post>,
    parent: Option<Id<Comment>>,
) -> Result<(Post, Option<Comment>)> {
    let post = post::get(conn, post)?;
    if !post.is_published() {
        return Err(Error::NotFound("the post"));
    }
    let Some(parent) = parent else {
        return Ok((post, None));
    };
    // One that may not be seen and one that never was are the same to whoever asks.
    match store::get(conn, parent) {
        Ok(parent) if parent.post_id == post.id && parent.is_public() => Ok((post, Some(parent))),
        Ok(_) | Err(Error::NotFound(_)) => Err(Error::invalid_field(
            "parent_id",
            "there is no such comment under this post; approve it first if it is held",
        )),
        Err(error) => Err(error),
    }
}

/// Changes the text of one of `author`'s comments.
pub async fn edit_own(
    app: &App,
    author: &Actor,
    id: Id<Comment>,
    source: String,
) -> Result<Comment> {
    check_source(&source)?;
    get_own(app, author, id).await?;
    let (html, mentions) = render(app, &source).await?;
    let (now, later) = (app.now(), Later::of(app));
    let job = app.job(federate(Event::CommentUpdated {
        comment: id.raw(),
        at: now.0,
    }));
    let saved = app
        .db
        .write(move |conn| {
            let before = store::get(conn, id)?;
            versions::keep(conn, &later, &before, &html)?;
            store::rewrite(conn, id, &source, &html, &Json::new(&mentions), now)?;
            job.enqueue(conn)?;
            store::get(conn, id)
        })
        .await?;
    app.wake.jobs.notify_one();
    Ok(saved)
}

/// Deletes one of `author`'s comments, here and, by a Delete, elsewhere.
pub async fn delete_own(app: &App, author: &Actor, id: Id<Comment>) -> Result<()> {
    let comment = get_own(app, author, id).await?;
    let (now, author) = (app.now(), author.ap_id.clone());
    let job = app.job(federate(Event::CommentDeleted { comment: id.raw() }));
    app.db
        .write(move |conn| {
            store::get_held(conn, id)?;
            let _ = store::empty(conn, id, now)?;
            store::bury(conn, &comment.ap_id, &author, now)?;
            job.enqueue(conn)
        })
        .await?;
    app.wake.jobs.notify_one();
    Ok(())
}

/// A comment that `author` wrote here, or `NotFound`.
pub async fn get_own(app: &App, author: &Actor, id: Id<Comment>) -> Result<Comment> {
    let author = author.id;
    let comment = app.db.read(move |conn| store::get(conn, id)).await?;
    if comment.local && comment.actor_id == author && comment.status != CommentStatus::Deleted {
        Ok(comment)
    } else {
        Err(Error::NotFound("the comment"))
    }
}

fn check_source(source: &str) -> Result<()> {
    if source.trim().is_empty() {
        return Err(Error::invalid_field("content", "an answer needs a text"));
    }
    if source.len() > SOURCE_MAX {
        return Err(Error::invalid_field(
            "content",
            format!("at most {SOURCE_MAX} bytes"),
        ));
    }
    Ok(())
}

async fn render(app: &App, source: &str) -> Result<(Html, Vec<Mention>)> {
    let mentions = compose::resolve_known(app, source).await?;
    let rendered = markdown::render_comment(source, &compose::link_map(&mentions));
    Ok((rendered.html, mentions))
}

fn federate(event: Event) -> Job {
    Job::Federate { event }
}
