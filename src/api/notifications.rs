//! What the token's account is told of, over REST.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::auth::{Reader, Writer};
use super::input::{self, Body, IdText, Params};
use super::people::PersonJson;
use super::problem::Problem;
use crate::app::App;
use crate::domain::actor::Actor;
use crate::domain::notification::{self, Notification, Which};
use crate::types::Timestamp;

/// Notifications that one call marks by their ids, at most.
const IDS_MAX: usize = 1000;

/// Which notifications to list.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(super) struct NotificationsQuery {
    /// Only those that are not read.
    unread: Option<bool>,
    /// Only those before this id: the `next` of the page before.
    before: Option<IdText>,
    /// How many, 1 to 100; 20 when absent.
    limit: Option<u32>,
}

/// Something you are told of.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Notification)]
pub(super) struct NotificationJson {
    /// A decimal number.
    id: String,
    /// mention or quote.
    kind: &'static str,
    /// Whose doing it is.
    author: PersonJson,
    /// The ActivityPub id of what names or quotes.
    object: String,
    /// Its page.
    url: String,
    /// Its beginning, plain text.
    excerpt: String,
    /// When it came (RFC 3339).
    created_at: String,
    /// When it was read.
    read_at: Option<String>,
}

impl NotificationJson {
    fn new(app: &App, (row, author): (Notification, Actor)) -> Self {
        Self {
            id: row.id.to_string(),
            kind: row.kind.as_str(),
            author: PersonJson::of(app, &author),
            object: row.object.into_string(),
            url: row.url.into_string(),
            excerpt: row.excerpt,
            created_at: row.created_at.rfc3339(),
            read_at: row.read_at.map(Timestamp::rfc3339),
        }
    }
}

/// A page of notifications.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Notifications)]
pub(super) struct NotificationsJson {
    /// Newest first.
    notifications: Vec<NotificationJson>,
    /// How many are not read, on all pages.
    unread: i64,
    /// What to ask for in `before` to go on; null at the end.
    next: Option<String>,
}

/// Lists what you are told of.
///
/// Mentions of you that are no comments, and quotes of what you wrote; kept 90 days, 1000 at most.
#[utoipa::path(get, path = "/notifications", tag = "notifications", params(NotificationsQuery),
    responses((status = 200, body = NotificationsJson)))]
pub(super) async fn list(
    State(app): State<Arc<App>>,
    Reader(identity): Reader,
    Params(query): Params<NotificationsQuery>,
) -> Result<Json<NotificationsJson>, Problem> {
    let limit = input::page_size(query.limit)?;
    let (unread, before) = (query.unread.unwrap_or(false), query.before.map(IdText::id));
    let of = &identity.actor;
    let mut rows = notification::list(&app, of, unread, before, limit + 1).await?;
    let more = input::cut(&mut rows, limit);
    let last = rows.last().map(|(row, _)| row.id.to_string());
    let notifications = rows.into_iter().map(|row| NotificationJson::new(&app, row));
    Ok(Json(NotificationsJson {
        notifications: notifications.collect(),
        unread: notification::count_unread(&app, of).await?,
        next: last.filter(|_| more),
    }))
}

/// Which notifications are read: all when nothing is said.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ReadInput {
    /// This one and all before it.
    up_to: Option<IdText>,
    /// These, 1000 at most.
    ids: Option<Vec<IdText>>,
}

impl ReadInput {
    fn which(self) -> Result<Which, Problem> {
        match (self.up_to, self.ids) {
            (None, None) => Ok(Which::All),
            (Some(last), None) => Ok(Which::UpTo(last.id())),
            (None, Some(ids)) if ids.len() <= IDS_MAX => {
                Ok(Which::These(ids.into_iter().map(IdText::id).collect()))
            }
            (None, Some(_)) => Err(Problem::field("ids", "at most 1000")),
            (Some(_), Some(_)) => Err(Problem::field("ids", "either ids or up_to")),
        }
    }
}

/// How many were marked.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Read)]
pub(super) struct ReadJson {
    /// Those that were not read before.
    read: usize,
}

/// Marks notifications as read.
#[utoipa::path(post, path = "/notifications/read", tag = "notifications", request_body = ReadInput,
    responses((status = 200, body = ReadJson)))]
pub(super) async fn read(
    State(app): State<Arc<App>>,
    Writer(identity): Writer,
    Body(input): Body<ReadInput>,
) -> Result<Json<ReadJson>, Problem> {
    let read = notification::mark_read(&app, &identity.actor, input.which()?).await?;
    Ok(Json(ReadJson { read }))
}
