//! Deciding about comments over REST.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::auth::{Moderator, Reader};
use super::comments::{Aside, CommentJson};
use super::input::{self, IdText, Params, PathId, Text};
use super::problem::Problem;
use crate::app::App;
use crate::domain::account::{Identity, Scope};
use crate::domain::comment::{self, Comment, Located};
use crate::domain::moderation;
use crate::domain::visibility::CommentStatus;
use crate::types::{ApUrl, Id};

/// Which comments to list.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(super) struct QueueQuery {
    /// held when absent.
    status: Option<Aside>,
    /// Only those before this id: the `next` of the page before.
    before: Option<IdText>,
    /// How many, 1 to 100; 20 when absent.
    limit: Option<u32>,
}

/// A page of comments, not nested.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Queue)]
pub(super) struct QueueJson {
    /// Newest first.
    comments: Vec<CommentJson>,
    /// What to ask for in `before` to go on; null at the end.
    next: Option<String>,
}

/// Lists comments that wait for a decision, or were decided against, under all posts.
#[utoipa::path(get, path = "/comments", tag = "moderation", params(QueueQuery),
    responses((status = 200, body = QueueJson)))]
pub(super) async fn list(
    State(app): State<Arc<App>>,
    _: Moderator,
    Params(query): Params<QueueQuery>,
) -> Result<Json<QueueJson>, Problem> {
    let limit = input::page_size(query.limit)?;
    let before = query.before.map(IdText::id);
    let status = query.status.unwrap_or(Aside::Held).into();
    let mut rows = comment::list_aside(&app, status, before, limit + 1).await?;
    let more = input::cut(&mut rows, limit);
    let last = rows.last().map(|row| row.comment.id.to_string());
    let comments = rows.into_iter().map(|row| CommentJson::alone(&app, row));
    Ok(Json(QueueJson {
        comments: comments.collect(),
        next: last.filter(|_| more),
    }))
}

/// Lets everybody see a comment.
#[utoipa::path(post, path = "/comments/{id}/approve", tag = "moderation", params(("id" = String, Path)),
    responses((status = 200, body = CommentJson)))]
pub(super) async fn approve(
    State(app): State<Arc<App>>,
    Moderator(who): Moderator,
    PathId(id): PathId<Comment>,
) -> Result<Json<CommentJson>, Problem> {
    decide(&app, &who, id, CommentStatus::Published).await
}

/// Hides a comment until somebody decides.
#[utoipa::path(post, path = "/comments/{id}/hold", tag = "moderation", params(("id" = String, Path)),
    responses((status = 200, body = CommentJson)))]
pub(super) async fn hold(
    State(app): State<Arc<App>>,
    Moderator(who): Moderator,
    PathId(id): PathId<Comment>,
) -> Result<Json<CommentJson>, Problem> {
    decide(&app, &who, id, CommentStatus::Held).await
}

/// Marks a comment as spam.
#[utoipa::path(post, path = "/comments/{id}/spam", tag = "moderation", params(("id" = String, Path)),
    responses((status = 200, body = CommentJson)))]
pub(super) async fn spam(
    State(app): State<Arc<App>>,
    Moderator(who): Moderator,
    PathId(id): PathId<Comment>,
) -> Result<Json<CommentJson>, Problem> {
    decide(&app, &who, id, CommentStatus::Spam).await
}

/// Throws a comment away; it can be brought back.
#[utoipa::path(post, path = "/comments/{id}/trash", tag = "moderation", params(("id" = String, Path)),
    responses((status = 200, body = CommentJson)))]
pub(super) async fn trash(
    State(app): State<Arc<App>>,
    Moderator(who): Moderator,
    PathId(id): PathId<Comment>,
) -> Result<Json<CommentJson>, Problem> {
    decide(&app, &who, id, CommentStatus::Trash).await
}

async fn decide(
    app: &App,
    who: &Identity,
    id: Id<Comment>,
    status: CommentStatus,
) -> Result<Json<CommentJson>, Problem> {
    moderation::decide(app, id, status).await?;
    tracing::info!(account = who.account.name, comment = id.raw(), %status, "a comment was moderated");
    let placed = comment::get_placed(app, id).await?;
    Ok(Json(CommentJson::alone(app, placed)))
}

/// Which reply to look for.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(super) struct LocateQuery {
    /// Its ActivityPub id or the address of its page.
    url: Text,
}

/// What became of a reply.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Verdict)]
pub(super) struct VerdictJson {
    /// published, private, held, spam, trash, deleted, waiting, blocked or unknown.
    verdict: &'static str,
    /// The same in a sentence.
    reason: String,
    /// The comment it became.
    #[serde(skip_serializing_if = "Option::is_none")]
    comment_id: Option<String>,
    /// When it came here (RFC 3339).
    #[serde(skip_serializing_if = "Option::is_none")]
    seen_at: Option<String>,
}

/// Says what became of a reply from elsewhere.
///
/// What is private, held, spam or thrown away is unknown to tokens that may only read.
#[utoipa::path(get, path = "/replies/locate", tag = "moderation", params(LocateQuery),
    responses((status = 200, body = VerdictJson)))]
pub(super) async fn locate(
    State(app): State<Arc<App>>,
    Reader(identity): Reader,
    Params(query): Params<LocateQuery>,
) -> Result<Json<VerdictJson>, Problem> {
    let address = ApUrl::new(query.url.into_string());
    if address.url().is_none() {
        return Err(Problem::field(
            "url",
            "write a whole address, with https://",
        ));
    }
    let trusted = [Scope::Write, Scope::Moderate]
        .into_iter()
        .any(|scope| identity.require(scope).is_ok());
    let located = comment::locate(&app, address, trusted).await?;
    Ok(Json(verdict(located)))
}

fn verdict(located: Located) -> VerdictJson {
    let bare = |verdict, reason: &str| VerdictJson {
        verdict,
        reason: reason.to_owned(),
        comment_id: None,
        seen_at: None,
    };
    match located {
        Located::Here(comment) => VerdictJson {
            comment_id: Some(comment.id.to_string()),
            seen_at: Some(comment.received_at.rfc3339()),
            ..here(&comment, bare)
        },
        Located::Buried(at) => VerdictJson {
            seen_at: Some(at.rfc3339()),
            ..bare("deleted", "its author deleted it")
        },
        Located::Parked(parent) => bare(
            "waiting",
            &format!("it answers {parent}, which has not come here yet"),
        ),
        Located::Blocked => bare("blocked", "its server is blocked here"),
        Located::Unknown => bare("unknown", "it never came here"),
    }
}

fn here(comment: &Comment, bare: impl Fn(&'static str, &str) -> VerdictJson) -> VerdictJson {
    match comment.status {
        CommentStatus::Published if !comment.visibility.is_open() => bare(
            "private",
            "it is here, but its author did not address everybody",
        ),
        CommentStatus::Published if comment.hidden => {
            bare("held", "what it answers may not be seen, so neither may it")
        }
        CommentStatus::Published => bare("published", "it stands under the post"),
        CommentStatus::Held => bare("held", "it waits for a moderator"),
        CommentStatus::Spam => bare("spam", "it was taken for spam"),
        CommentStatus::Trash => bare("trash", "a moderator threw it away"),
        CommentStatus::Deleted => bare("deleted", "its author deleted it"),
        CommentStatus::Blocked => bare("blocked", "its server is blocked here"),
    }
}
