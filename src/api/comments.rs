//! Comments over REST: the thread of a post, answering, one's own comments.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::response::IntoResponse;
use http::StatusCode;
use http::header::CONTENT_TYPE;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::auth::{Reader, Writer};
use super::input::{Body, IdText, Params, PathId, Text};
use super::people::PersonJson;
use super::problem::{Problem, ProblemJson};
use super::tree;
use crate::app::App;
use crate::domain::account::Scope;
use crate::domain::backfill::Missing;
use crate::domain::comment::page::Placed;
use crate::domain::comment::{self, Comment, Thread, thread};
use crate::domain::media::Picture;
use crate::domain::post::Post;
use crate::domain::post::page::{Entry, Person};
use crate::domain::visibility::CommentStatus;
use crate::error::Error;
use crate::text::emoji::Emojis;
use crate::types::{ApUrl, Timestamp};

/// A comment.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Comment)]
pub(super) struct CommentJson {
    /// A decimal number.
    pub(super) id: String,
    /// The comment it answers; null: the post.
    parent_id: Option<String>,
    /// Its number in the thread, as in `1.2.3`; null unless it stands there.
    number: Option<String>,
    /// Who wrote it.
    author: PersonJson,
    /// Clean HTML; empty when its author deleted it.
    content: String,
    /// BCP 47, when known.
    language: Option<String>,
    /// When it was written (RFC 3339).
    published_at: String,
    /// When it was last edited.
    updated_at: Option<String>,
    /// published, held, spam, trash or deleted.
    status: &'static str,
    /// The pictures that stand in it; absent when there are none.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    attachments: Vec<AttachmentJson>,
    /// The ActivityPub id.
    ap_id: String,
    /// Its page on its author's server; for those written here, its place on the post's page.
    url: String,
    /// Its place on the post's page; null unless it stands there.
    anchor_url: Option<String>,
    /// The answers to it, in order.
    #[schema(no_recursion)]
    pub(super) replies: Vec<CommentJson>,
}

impl CommentJson {
    /// A comment of a thread or list, without its replies.
    pub(super) fn new(app: &App, entry: Entry, number: Option<String>, post: &ApUrl) -> Self {
        let anchor_url = number.as_ref().map(|n| format!("{post}#comment-{n}"));
        let local = app.is_local(&entry.ap_id);
        let page = entry.url.into_string();
        Self {
            id: entry.id.to_string(),
            parent_id: entry.parent_id.map(|id| id.to_string()),
            number,
            author: match entry.status {
                CommentStatus::Deleted => PersonJson::default(),
                _ => PersonJson::new(app, entry.author),
            },
            content: entry.html.into_string(),
            language: entry.language,
            published_at: entry.published_at.rfc3339(),
            updated_at: entry.edited_at.map(Timestamp::rfc3339),
            status: entry.status.as_str(),
            attachments: attachments(app, entry.pictures),
            ap_id: entry.ap_id.into_string(),
            url: anchor_url.clone().filter(|_| local).unwrap_or(page),
            anchor_url,
            replies: Vec::new(),
        }
    }

    /// A comment that is shown alone.
    pub(super) fn alone(app: &App, placed: Placed) -> Self {
        let Placed {
            comment,
            author,
            post_url,
            number,
            pictures,
        } = placed;
        let entry = Entry {
            id: comment.id.raw(),
            parent_id: comment.parent_id.map(crate::types::Id::raw),
            position: comment.position,
            status: comment.status,
            ap_id: comment.ap_id,
            url: comment.url,
            html: comment.html,
            language: comment.language,
            published_at: comment.published_at,
            edited_at: comment.edited_at,
            actor_id: author.id,
            author: Person {
                actor: author.id,
                handle: author.handle(),
                avatar: author.avatar_path(),
                name: author.name,
                url: author.url.into_string(),
                emojis: Emojis::new(),
            },
            pictures,
            emojis: Emojis::new(),
            reactions: Vec::new(),
        };
        Self::new(app, entry, number, &post_url)
    }
}

/// A picture that stands in a comment.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Attachment)]
pub(super) struct AttachmentJson {
    /// Our copy; null until it was fetched, and when it cannot be had.
    url: Option<String>,
    /// Where it came from. Loading it tells that server who reads.
    original: String,
    /// What it shows, for those who cannot see it; may be empty.
    alt: String,
    /// To be shown only to those who ask for it.
    sensitive: bool,
    /// Of our copy, in pixels.
    width: Option<i32>,
    /// Of our copy, in pixels.
    height: Option<i32>,
}

fn attachments(app: &App, pictures: Vec<Picture>) -> Vec<AttachmentJson> {
    let attachment = |picture: Picture| AttachmentJson {
        url: picture.path().map(|path| app.url(&path).into_string()),
        original: picture.source,
        alt: picture.alt,
        sensitive: picture.sensitive,
        width: picture.width,
        height: picture.height,
    };
    pictures.into_iter().map(attachment).collect()
}

/// The comments under a post.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Comments)]
pub(super) struct CommentsJson {
    /// How many comments there are, without the places of deleted ones.
    total: usize,
    /// Those that answer the post, with the rest in their `replies`.
    comments: Vec<CommentJson>,
    /// How complete the thread is.
    completeness: CompletenessJson,
}

/// How many replies are known to exist, and how many of them are here.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Completeness)]
pub(super) struct CompletenessJson {
    /// Public comments here.
    here: usize,
    /// At least so many there are: those here, and those that others name and that are missing.
    known: usize,
    /// The missing ones by reason.
    missing: MissingJson,
}

/// Replies that are known to exist and are not here.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Missing)]
pub(super) struct MissingJson {
    /// Their servers show them to nobody, or not to us.
    private: i64,
    /// Their servers are blocked here.
    blocked: i64,
    /// Their servers do not answer.
    unreachable: i64,
    /// They are being fetched, or wait for what they answer.
    pending: i64,
}

impl CompletenessJson {
    fn new(here: usize, missing: Missing) -> Self {
        Self {
            here,
            known: here.saturating_add(usize::try_from(missing.total()).unwrap_or(0)),
            missing: MissingJson {
                private: missing.private,
                blocked: missing.blocked,
                unreachable: missing.unreachable,
                pending: missing.pending,
            },
        }
    }
}

/// A state in which comments stand in no thread.
#[derive(Clone, Copy, Debug, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub(super) enum Aside {
    /// Waits for a decision.
    Held,
    /// Taken for spam.
    Spam,
    /// Thrown away.
    Trash,
}

impl From<Aside> for CommentStatus {
    fn from(status: Aside) -> Self {
        match status {
            Aside::Held => Self::Held,
            Aside::Spam => Self::Spam,
            Aside::Trash => Self::Trash,
        }
    }
}

/// Which comments of a post to give.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(super) struct ThreadQuery {
    /// Those in this state instead of the thread; needs the scope moderate.
    status: Option<Aside>,
}

/// Gives the comments under a post, nested.
///
/// In reading order. A comment that its author deleted keeps its place, empty, while answers stand below it. Below 100
/// levels, `replies` nest no further: whatever stands there follows in reading order as a reply of its ancestor on the
/// 100th level, with the true `parent_id` and `number`. With `status`, the comments in that state are given instead,
/// oldest first and not nested.
#[utoipa::path(get, path = "/posts/{id}/comments", tag = "comments",
    params(("id" = String, Path), ThreadQuery),
    responses((status = 200, body = CommentsJson), (status = 410, body = ProblemJson, description = "The post was deleted")))]
pub(super) async fn under_post(
    State(app): State<Arc<App>>,
    Reader(identity): Reader,
    PathId(id): PathId<Post>,
    Params(query): Params<ThreadQuery>,
) -> Result<impl IntoResponse, Problem> {
    let status = query.status.map(CommentStatus::from);
    if status.is_some() {
        identity.require(Scope::Moderate)?;
    }
    let thread = comment::list_under(&app, &identity.actor, id, status).await?;
    // A long thread takes longer than an async thread may be held.
    let written = tokio::task::spawn_blocking(move || {
        let answer = match status {
            Some(_) => flat(&app, thread),
            None => nested(&app, thread),
        };
        serde_json::to_vec(&answer).map_err(Error::internal)
    });
    let text = written.await.map_err(Error::internal)??;
    Ok(([(CONTENT_TYPE, "application/json")], text))
}

fn flat(app: &App, thread: Thread) -> CommentsJson {
    let entries = thread.entries.into_iter();
    let comments = entries.map(|entry| CommentJson::new(app, entry, None, &thread.post.url));
    let comments: Vec<CommentJson> = comments.collect();
    CommentsJson {
        total: comments.len(),
        completeness: CompletenessJson::new(comments.len(), thread.missing),
        comments,
    }
}

fn nested(app: &App, thread: Thread) -> CommentsJson {
    let items = thread::build(thread.entries);
    let here = |item: &&thread::Item| item.entry.status != CommentStatus::Deleted;
    let total = items.iter().filter(here).count();
    let comments = items.into_iter().map(|item| {
        let comment = CommentJson::new(app, item.entry, Some(item.number), &thread.post.url);
        (item.depth, comment)
    });
    CommentsJson {
        total,
        completeness: CompletenessJson::new(total, thread.missing),
        comments: tree::nest(comments),
    }
}

/// An answer.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct CommentInput {
    /// Markdown.
    content: Text,
    /// The comment it answers; absent: the post.
    parent_id: Option<IdText>,
    /// BCP 47; the post's when absent.
    language: Option<Text>,
}

/// Answers a post or a comment under it, as the token's account.
///
/// The answer is sent to the people it answers and to the followers.
#[utoipa::path(post, path = "/posts/{id}/comments", tag = "comments", params(("id" = String, Path)),
    request_body = CommentInput, responses((status = 201, body = CommentJson)))]
pub(super) async fn reply(
    State(app): State<Arc<App>>,
    Writer(identity): Writer,
    PathId(post): PathId<Post>,
    Body(input): Body<CommentInput>,
) -> Result<(StatusCode, Json<CommentJson>), Problem> {
    let parent = input.parent_id.map(IdText::id);
    let language = input.language.map(Text::into_string);
    let content = input.content.into_string();
    let made = comment::reply(&app, &identity.actor, post, parent, content, language).await?;
    let placed = comment::get_placed(&app, made.id).await?;
    let body = CommentJson::alone(&app, placed);
    Ok((StatusCode::CREATED, Json(body)))
}

/// A change to a comment.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct CommentChange {
    /// Markdown.
    content: Text,
}

/// Changes one of your comments.
#[utoipa::path(patch, path = "/comments/{id}", tag = "comments", params(("id" = String, Path)),
    request_body = CommentChange, responses((status = 200, body = CommentJson)))]
pub(super) async fn edit(
    State(app): State<Arc<App>>,
    Writer(identity): Writer,
    PathId(id): PathId<Comment>,
    Body(change): Body<CommentChange>,
) -> Result<Json<CommentJson>, Problem> {
    comment::edit_own(&app, &identity.actor, id, change.content.into_string()).await?;
    let placed = comment::get_placed(&app, id).await?;
    Ok(Json(CommentJson::alone(&app, placed)))
}

/// Deletes one of your comments.
///
/// Its place stays while answers stand below it.
#[utoipa::path(delete, path = "/comments/{id}", tag = "comments", params(("id" = String, Path)),
    responses((status = 204, description = "It is gone")))]
pub(super) async fn delete(
    State(app): State<Arc<App>>,
    Writer(identity): Writer,
    PathId(id): PathId<Comment>,
) -> Result<StatusCode, Problem> {
    comment::delete_own(&app, &identity.actor, id).await?;
    Ok(StatusCode::NO_CONTENT)
}

#[cfg(test)]
impl CommentJson {
    /// A comment of which only the id matters.
    pub(super) fn named(id: &str) -> Self {
        Self {
            id: id.into(),
            parent_id: None,
            number: None,
            author: PersonJson::default(),
            content: String::new(),
            language: None,
            published_at: String::new(),
            updated_at: None,
            status: "published",
            attachments: Vec::new(),
            ap_id: String::new(),
            url: String::new(),
            anchor_url: None,
            replies: Vec::new(),
        }
    }
}
