//! The routes of collections: which one is meant by an address.

use axum::extract::{Query, State};
use axum::response::Response;
use http::HeaderMap;

use super::{Fed, Named, answer, failure};
use crate::error::Error;
use crate::federation::Federation;
use crate::federation::documents::collections::{
    self, ActorCollection, CommentCollection, Page, PostCollection,
};
use crate::types::{ApUrl, Id};

const NO_COLLECTION: Error = Error::NotFound("this collection");

pub(super) async fn of_instance(
    State(fed): Fed,
    Named(name): Named<String>,
    Query(page): Query<Page>,
    headers: HeaderMap,
) -> Response {
    of_actor(&fed, fed.app.url("/ap/instance"), &name, page, &headers).await
}

pub(super) async fn of_user(
    State(fed): Fed,
    Named((id, name)): Named<(String, String)>,
    Query(page): Query<Page>,
    headers: HeaderMap,
) -> Response {
    let actor = fed.app.url(&format!("/ap/users/{id}"));
    of_actor(&fed, actor, &name, page, &headers).await
}

async fn of_actor(
    fed: &Federation,
    actor: ApUrl,
    name: &str,
    page: Page,
    headers: &HeaderMap,
) -> Response {
    let which = match name {
        "outbox" => ActorCollection::Outbox,
        "followers" => ActorCollection::Followers,
        "following" => ActorCollection::Following,
        "featured" => ActorCollection::Featured,
        _ => return failure(&NO_COLLECTION),
    };
    answer(
        headers,
        collections::of_actor(&fed.app, actor, which, page).await,
    )
}

pub(super) async fn of_post(
    State(fed): Fed,
    Named((id, name)): Named<(String, String)>,
    Query(page): Query<Page>,
    headers: HeaderMap,
) -> Response {
    let which = match name.as_str() {
        "replies" => PostCollection::Replies,
        "context" => PostCollection::Context,
        "likes" => PostCollection::Likes,
        "shares" => PostCollection::Shares,
        _ => return failure(&NO_COLLECTION),
    };
    let post = fed.app.url(&format!("/ap/posts/{id}"));
    answer(
        &headers,
        collections::of_post(&fed.app, post, which, page).await,
    )
}

pub(super) async fn of_comment(
    State(fed): Fed,
    Named((id, name)): Named<(String, String)>,
    Query(page): Query<Page>,
    headers: HeaderMap,
) -> Response {
    let which = match name.as_str() {
        "replies" => CommentCollection::Replies,
        "context" => CommentCollection::Context,
        _ => return failure(&NO_COLLECTION),
    };
    let Ok(row) = id.parse::<i64>() else {
        return failure(&Error::NotFound("the comment"));
    };
    answer(
        &headers,
        collections::of_comment(&fed.app, Id::new(row), which, page).await,
    )
}
