//! Blocking whole servers over REST.

use std::sync::Arc;

use axum::Json;
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, State};
use http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::auth::Moderator;
use super::input::{Body, Text};
use super::problem::Problem;
use crate::app::App;
use crate::domain::moderation::{self, Block};
use crate::types::Timestamp;

/// A blocked server.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Block)]
pub(super) struct BlockJson {
    /// The domain; everything below it is blocked too.
    domain: String,
    /// Why.
    reason: Option<String>,
    /// Since when (RFC 3339).
    blocked_at: Option<String>,
}

impl From<Block> for BlockJson {
    fn from(block: Block) -> Self {
        Self {
            domain: block.domain.into_string(),
            reason: block.reason,
            blocked_at: block.blocked_at.map(Timestamp::rfc3339),
        }
    }
}

/// All blocked servers.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Blocks)]
pub(super) struct BlocksJson {
    /// By name.
    blocks: Vec<BlockJson>,
}

/// Which server to block.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct BlockInput {
    /// Its domain.
    domain: Text,
    /// Why; for those who moderate.
    reason: Option<Text>,
}

/// Lists the blocked servers.
#[utoipa::path(get, path = "/blocks", tag = "moderation", responses((status = 200, body = BlocksJson)))]
pub(super) async fn list(
    State(app): State<Arc<App>>,
    _: Moderator,
) -> Result<Json<BlocksJson>, Problem> {
    let blocks = moderation::list_blocks(&app).await?;
    Ok(Json(BlocksJson {
        blocks: blocks.into_iter().map(BlockJson::from).collect(),
    }))
}

/// Blocks a server with everything below it.
///
/// Nothing is fetched from it, sent to it or taken from it; its followers are left out, its comments and reactions
/// hidden. Unblocking brings all of it back.
#[utoipa::path(post, path = "/blocks", tag = "moderation", request_body = BlockInput,
    responses((status = 201, body = BlockJson)))]
pub(super) async fn create(
    State(app): State<Arc<App>>,
    Moderator(who): Moderator,
    Body(input): Body<BlockInput>,
) -> Result<(StatusCode, Json<BlockJson>), Problem> {
    let domain = moderation::check_domain(&app, &input.domain.into_string(), false)?;
    let reason = input.reason.map(Text::into_string);
    moderation::block(&app, vec![(domain.clone(), reason)]).await?;
    tracing::info!(account = who.account.name, %domain, "a server was blocked");
    let blocks = moderation::list_blocks(&app).await?;
    let made = blocks.into_iter().find(|block| block.domain == domain);
    let made =
        made.ok_or_else(|| Problem::new(StatusCode::CONFLICT, "it was unblocked meanwhile"))?;
    Ok((StatusCode::CREATED, Json(made.into())))
}

/// Takes a block back.
#[utoipa::path(delete, path = "/blocks/{domain}", tag = "moderation", params(("domain" = String, Path)),
    responses((status = 204, description = "It is not blocked any more")))]
pub(super) async fn delete(
    State(app): State<Arc<App>>,
    Moderator(who): Moderator,
    domain: Result<Path<String>, PathRejection>,
) -> Result<StatusCode, Problem> {
    let Ok(Path(text)) = domain else {
        return Err(Problem::field("domain", "it is no UTF-8"));
    };
    let domain = moderation::check_domain(&app, &text, true)?;
    moderation::unblock(&app, domain.clone()).await?;
    tracing::info!(account = who.account.name, %domain, "a server was unblocked");
    Ok(StatusCode::NO_CONTENT)
}
