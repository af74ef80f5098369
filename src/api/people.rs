//! Somebody in JSON, and who the token's owner is.

use axum::Json;
use serde::Serialize;
use utoipa::ToSchema;

use super::auth::Reader;
use super::problem::Problem;
use crate::app::App;
use crate::domain::actor::Actor;
use crate::domain::post::page::Person;

/// Somebody who wrote something. All empty where the writer deleted it.
#[derive(Debug, Default, Serialize, ToSchema)]
#[schema(as = Person)]
pub(super) struct PersonJson {
    /// The display name.
    name: String,
    /// `@user@host`.
    handle: String,
    /// The profile page.
    url: String,
    /// The picture, cached on this node.
    avatar: Option<String>,
}

impl PersonJson {
    /// An actor as a person.
    pub(super) fn of(app: &App, actor: &Actor) -> Self {
        Self::new(
            app,
            Person {
                actor: actor.id,
                name: actor.name.clone(),
                handle: actor.handle(),
                url: actor.url.to_string(),
                avatar: actor.avatar_path(),
                emojis: crate::text::emoji::Emojis::new(),
            },
        )
    }

    /// A person of the thread; the picture gets its whole address.
    pub(super) fn new(app: &App, person: Person) -> Self {
        Self {
            name: person.name,
            handle: person.handle,
            url: person.url,
            avatar: person.avatar.map(|path| app.url(&path).into_string()),
        }
    }
}

/// Whose token this is.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Me)]
pub(super) struct MeJson {
    /// The login name.
    account: String,
    /// The display name.
    name: String,
    /// `@user@host`.
    handle: String,
    /// The profile page.
    url: String,
    /// The ActivityPub id.
    ap_id: String,
    /// What the token may do.
    scopes: Vec<&'static str>,
}

/// Says whose token this is and what it may do.
#[utoipa::path(get, path = "/me", tag = "tokens", responses((status = 200, body = MeJson)))]
pub(super) async fn me(Reader(identity): Reader) -> Result<Json<MeJson>, Problem> {
    Ok(Json(MeJson {
        account: identity.account.name,
        handle: identity.actor.handle(),
        name: identity.actor.name,
        url: identity.actor.url.into_string(),
        ap_id: identity.actor.ap_id.into_string(),
        scopes: identity.scopes.into_iter().collect(),
    }))
}
