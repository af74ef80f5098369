//! What became of a reply, over REST.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::auth::Reader;
use super::input::{Params, Text};
use super::problem::Problem;
use crate::app::App;
use crate::domain::account::Scope;
use crate::domain::comment::{self, Fate};
use crate::domain::screening::Rule;
use crate::types::{ApUrl, Timestamp};

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
    /// published, private, held, spam, trash, deleted, waiting, blocked, refused, ignored, accepted or unknown.
    verdict: &'static str,
    /// The same in a sentence.
    reason: String,
    /// Why it was refused or ignored, or could not be found: a stable word, the same as in the answer to its sender.
    #[serde(skip_serializing_if = "Option::is_none")]
    code: Option<String>,
    /// The rule that held it.
    #[serde(skip_serializing_if = "Option::is_none")]
    rule: Option<&'static str>,
    /// The comment it became; of one that does not stand in the thread, for moderators only.
    #[serde(skip_serializing_if = "Option::is_none")]
    comment_id: Option<String>,
    /// Its place on the post's page, when it stands there.
    #[serde(skip_serializing_if = "Option::is_none")]
    anchor_url: Option<String>,
    /// When it came here (RFC 3339).
    #[serde(skip_serializing_if = "Option::is_none")]
    seen_at: Option<String>,
}

impl From<Fate> for VerdictJson {
    fn from(fate: Fate) -> Self {
        Self {
            verdict: fate.outcome.as_str(),
            reason: fate.sentence(),
            code: fate.code,
            rule: fate.rule.map(Rule::as_str),
            comment_id: fate.comment.map(|id| id.to_string()),
            anchor_url: fate.place,
            seen_at: fate.seen_at.map(Timestamp::rfc3339),
        }
    }
}

/// Says what became of a reply from elsewhere.
///
/// One that never came, still waits or was refused is looked up where it lives, at most once a minute, and taken if it
/// belongs here; that may take some seconds. Of what is not shown, it says that and why, never the text or the author.
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
    let mut fate = comment::look_up(&app, &address).await?;
    if fate.place.is_none() && identity.require(Scope::Moderate).is_err() {
        fate.comment = None;
    }
    Ok(Json(fate.into()))
}
