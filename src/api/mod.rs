//! The REST face under `/api/antiphon/v1`: routes and what all answers have in common. A handler reads the input,
//! checks the token, calls the domain once and shapes the answer; it knows no SQL and no federation.

mod auth;
mod blocks;
mod comments;
mod deliveries;
mod echoes;
mod guesses;
mod input;
mod locate;
mod moderation;
mod notifications;
mod openapi;
mod pages;
mod people;
mod posts;
mod problem;
mod queue;
mod reference;
mod tokens;
mod tree;
mod versions;

use std::sync::Arc;

use axum::extract::DefaultBodyLimit;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{MethodRouter, any, delete, get, patch, post};
use axum::{Extension, Router};
use http::header::{CACHE_CONTROL, VARY};
use http::{HeaderValue, Method, StatusCode, Uri};
use tower_http::set_header::SetResponseHeaderLayer;

use crate::app::App;
use crate::error::Error;
use guesses::Guesses;
use problem::Problem;

/// Where the face begins. The paths of the routes follow it.
pub const BASE: &str = "/api/antiphon/v1";

/// Builds the router of the whole face; merge it beside the others. It remembers tries of passwords, so build it once.
pub fn router() -> Router<Arc<App>> {
    let mut router = Router::new()
        .route(BASE, get(async || Redirect::permanent(&format!("{BASE}/"))))
        .route(&format!("{BASE}/{{*rest}}"), any(unknown_path));
    for (path, methods) in routes() {
        router = router.route(&format!("{BASE}{path}"), methods.fallback(wrong_method));
    }
    let always =
        |name, value| SetResponseHeaderLayer::overriding(name, HeaderValue::from_static(value));
    router
        .layer(DefaultBodyLimit::max(input::BODY_MAX))
        .layer(Extension(Arc::new(Guesses::default())))
        .layer(always(CACHE_CONTROL, "private, no-store"))
        .layer(always(VARY, "Authorization"))
}

/// Lists the paths that [`router`] serves below [`BASE`], as templates. A test holds the documentation to them.
pub fn paths() -> Vec<&'static str> {
    routes().into_iter().map(|(path, _)| path).collect()
}

fn routes() -> Vec<(&'static str, MethodRouter<Arc<App>>)> {
    vec![
        ("/", get(reference::page)),
        ("/reference.css", get(reference::style)),
        ("/openapi.json", get(openapi::document)),
        ("/posts", get(posts::list).post(posts::create)),
        (
            "/posts/{id}",
            get(posts::get).patch(posts::edit).delete(posts::delete),
        ),
        (
            "/posts/{id}/comments",
            get(comments::under_post).post(comments::reply),
        ),
        ("/pages", get(pages::list).post(pages::create)),
        (
            "/pages/{id}",
            get(pages::get).patch(pages::edit).delete(pages::delete),
        ),
        ("/posts/{id}/reactions", get(echoes::reactions)),
        ("/posts/{id}/talk", get(echoes::talk)),
        ("/quotes/{id}/revoke", post(echoes::revoke)),
        ("/quotes/{id}/approve", post(echoes::approve)),
        ("/notifications", get(notifications::list)),
        ("/notifications/read", post(notifications::read)),
        ("/comments", get(moderation::list)),
        (
            "/comments/{id}",
            patch(comments::edit).delete(comments::delete),
        ),
        ("/comments/{id}/approve", post(moderation::approve)),
        ("/comments/{id}/hold", post(moderation::hold)),
        ("/comments/{id}/spam", post(moderation::spam)),
        ("/comments/{id}/trash", post(moderation::trash)),
        ("/comments/{id}/versions", get(versions::list)),
        ("/replies/locate", get(locate::locate)),
        ("/blocks", get(blocks::list).post(blocks::create)),
        ("/blocks/{domain}", delete(blocks::delete)),
        ("/deliveries", get(deliveries::overview)),
        ("/deliveries/retry", post(deliveries::retry)),
        ("/queue", get(queue::overview)),
        ("/tokens", post(tokens::create)),
        ("/me", get(people::me)),
    ]
}

/// Answers with an error in this face's shape, for what is refused before a route is reached.
pub fn refusal(error: Error) -> Response {
    Problem::from(error).into_response()
}

async fn unknown_path(uri: Uri) -> Problem {
    let detail = format!(
        "there is nothing at {}; {BASE}/ lists what there is",
        uri.path()
    );
    Problem::new(StatusCode::NOT_FOUND, detail)
}

async fn wrong_method(method: Method) -> Problem {
    let detail = format!("{method} is not possible here; Allow lists what is");
    Problem::new(StatusCode::METHOD_NOT_ALLOWED, detail)
}
