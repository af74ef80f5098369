//! How far posts have come on their way to others.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::auth::{Reader, Writer};
use super::input::{IdText, Params};
use super::problem::Problem;
use crate::app::App;
use crate::domain::delivery::{self, Item};
use crate::types::Timestamp;

/// Rows in an answer at most.
const ITEMS_MAX: i64 = 500;

/// Which deliveries.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(super) struct DeliveriesQuery {
    /// Those of this post; absent: all.
    post: Option<IdText>,
}

/// Deliveries, counted and listed.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Deliveries)]
pub(super) struct DeliveriesJson {
    /// Taken by the other server.
    delivered: i64,
    /// Never tried.
    waiting: i64,
    /// Failed, will be tried again.
    retrying: i64,
    /// Refused or given up.
    dead: i64,
    /// Newest first, 500 at most; without a post, only those that are not delivered.
    items: Vec<DeliveryJson>,
}

/// One delivery.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Delivery)]
pub(super) struct DeliveryJson {
    /// Where to.
    inbox: String,
    /// delivered, waiting, retrying or dead.
    state: &'static str,
    /// Tries so far.
    attempts: i32,
    /// What went wrong last.
    last_error: Option<String>,
    /// When it is tried next (RFC 3339).
    next_attempt_at: Option<String>,
}

impl From<Item> for DeliveryJson {
    fn from(item: Item) -> Self {
        Self {
            inbox: item.inbox.into_string(),
            state: item.state.as_str(),
            attempts: item.attempts,
            last_error: item.last_error,
            next_attempt_at: item.next_attempt_at.map(Timestamp::rfc3339),
        }
    }
}

/// Says how far a post, or everything, has come on its way to others.
#[utoipa::path(get, path = "/deliveries", tag = "deliveries", params(DeliveriesQuery),
    responses((status = 200, body = DeliveriesJson)))]
pub(super) async fn overview(
    State(app): State<Arc<App>>,
    _: Reader,
    Params(query): Params<DeliveriesQuery>,
) -> Result<Json<DeliveriesJson>, Problem> {
    let post = query.post.map(IdText::id);
    let (totals, items) = delivery::overview(&app, post, ITEMS_MAX).await?;
    Ok(Json(DeliveriesJson {
        delivered: totals.delivered,
        waiting: totals.waiting,
        retrying: totals.retrying,
        dead: totals.dead,
        items: items.into_iter().map(DeliveryJson::from).collect(),
    }))
}

/// How many are sent again.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Retried)]
pub(super) struct RetriedJson {
    /// Deliveries that were dead.
    retried: usize,
}

/// Sends again what was refused or given up: of a post, or everything.
#[utoipa::path(post, path = "/deliveries/retry", tag = "deliveries", params(DeliveriesQuery),
    responses((status = 200, body = RetriedJson)))]
pub(super) async fn retry(
    State(app): State<Arc<App>>,
    _: Writer,
    Params(query): Params<DeliveriesQuery>,
) -> Result<Json<RetriedJson>, Problem> {
    let post = query.post.map(IdText::id);
    let retried = delivery::retry_dead(&app, post).await?;
    Ok(Json(RetriedJson { retried }))
}
