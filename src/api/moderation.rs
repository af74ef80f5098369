//! Deciding about comments over REST.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::auth::Moderator;
use super::comments::{Aside, CommentJson};
use super::input::{self, IdText, Params, PathId};
use super::problem::Problem;
use crate::app::App;
use crate::domain::account::Identity;
use crate::domain::comment::{self, Comment};
use crate::domain::moderation;
use crate::domain::visibility::CommentStatus;
use crate::types::Id;

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
