//! Over REST: what edited comments said before.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use serde::Serialize;
use utoipa::ToSchema;

use super::auth::Moderator;
use super::input::PathId;
use super::problem::Problem;
use crate::app::App;
use crate::domain::comment::{self, Comment, Version};

/// A text that a comment had.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Version)]
pub(super) struct VersionJson {
    /// Clean HTML.
    content: String,
    /// BCP 47, when known.
    language: Option<String>,
    /// When it was written (RFC 3339).
    written_at: String,
    /// When another text took its place here.
    replaced_at: String,
}

impl From<Version> for VersionJson {
    fn from(version: Version) -> Self {
        Self {
            content: version.html.into_string(),
            language: version.language,
            written_at: version.written_at.rfc3339(),
            replaced_at: version.replaced_at.rfc3339(),
        }
    }
}

/// The earlier texts of a comment.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Versions)]
pub(super) struct VersionsJson {
    /// Oldest first; without the text that it has now.
    versions: Vec<VersionJson>,
}

/// Lists what a comment said before it was edited.
///
/// At most the last 20 texts; none of a comment that its author deleted.
#[utoipa::path(get, path = "/comments/{id}/versions", tag = "moderation", params(("id" = String, Path)),
    responses((status = 200, body = VersionsJson)))]
pub(super) async fn list(
    State(app): State<Arc<App>>,
    _: Moderator,
    PathId(id): PathId<Comment>,
) -> Result<Json<VersionsJson>, Problem> {
    let versions = comment::list_versions(&app, id).await?;
    Ok(Json(VersionsJson {
        versions: versions.into_iter().map(VersionJson::from).collect(),
    }))
}
