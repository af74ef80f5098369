//! The whole node's routes: every face, and the addresses that two faces share, by `Accept`.

use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, Once};
use std::time::Duration;

use axum::extract::rejection::PathRejection;
use axum::extract::{ConnectInfo, DefaultBodyLimit, Path, Request, State};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Extension, Router};
use http::{HeaderMap, Method, StatusCode, Uri, header};
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::timeout::TimeoutLayer;

use super::client::client_address;
use super::headers;
use super::kept;
use super::limits::{Client, Limits, limit};
use crate::app::App;
use crate::domain::{actor, delivery};
use crate::federation::{Federation, routes, secure};
use crate::{api, queue, web};

/// The longest that any request may take.
const DEADLINE: Duration = Duration::from_mins(1);
/// Largest body where a route says nothing else, in bytes.
const BODY_MAX: usize = 1024 * 1024;

/// Everything that the node answers.
pub fn router(fed: Arc<Federation>) -> Router {
    let app = Arc::clone(&fed.app);
    let limits = Limits::new(Arc::clone(&fed));
    let readers = middleware::from_fn_with_state(Arc::clone(&fed), secure::readers);
    let of_keys = middleware::from_fn_with_state(Arc::clone(&fed), secure::readers_of_keys);
    let shared = Router::new()
        .route("/posts/{slug}", get(post).route_layer(readers.clone()))
        .route("/@{name}", get(author).route_layer(of_keys))
        .method_not_allowed_fallback(method_not_allowed)
        .with_state(Arc::clone(&fed));
    // Posts and pages stand where the site wants them: what no route knows may be one.
    let elsewhere = Router::new()
        .fallback(elsewhere)
        .layer(readers)
        .with_state(Arc::clone(&fed));
    let mut router = Router::new()
        .merge(routes::router(fed))
        .merge(shared)
        .merge(web::router().with_state(Arc::clone(&app)))
        .merge(api::router().with_state(Arc::clone(&app)))
        .merge(health(Arc::clone(&app)));
    if app.config.server.metrics_bind.is_none() {
        router = router.merge(metrics_router(Arc::clone(&app)));
    }
    router
        .fallback_service(elsewhere)
        .layer(middleware::from_fn_with_state(Arc::clone(&app), web::moved))
        .layer(DefaultBodyLimit::max(BODY_MAX))
        .layer(middleware::from_fn_with_state(limits, limit))
        .layer(middleware::from_fn_with_state(
            Arc::clone(&app),
            web::in_readers_words,
        ))
        .layer(middleware::from_fn_with_state(Arc::clone(&app), observe))
        .layer(TimeoutLayer::with_status_code(
            StatusCode::SERVICE_UNAVAILABLE,
            DEADLINE,
        ))
        .layer(CatchPanicLayer::new())
        .layer(middleware::from_fn_with_state(
            Arc::clone(&app),
            headers::protect,
        ))
        .layer(middleware::from_fn_with_state(app, kept::keep))
}

/// `/healthz`: the process lives. `/readyz`: it can serve.
fn health(app: Arc<App>) -> Router {
    Router::new()
        .route("/healthz", get(async || "ok\n"))
        .route("/readyz", get(ready))
        .with_state(app)
}

/// `/metrics`, on its own for a separate listener.
pub(super) fn metrics_router(app: Arc<App>) -> Router {
    Router::new()
        .route("/metrics", get(metrics))
        .layer(middleware::from_fn_with_state(
            Arc::clone(&app),
            headers::protect,
        ))
        .with_state(app)
}

async fn ready(State(app): State<Arc<App>>) -> Response {
    match actor::get_instance(&app).await {
        Ok(_) => "ready\n".into_response(),
        Err(error) => {
            tracing::warn!("not ready: {}", error.log_text());
            (StatusCode::SERVICE_UNAVAILABLE, "not ready\n").into_response()
        }
    }
}

async fn metrics(State(app): State<Arc<App>>) -> Response {
    let due = app
        .db
        .read(|conn| Ok((delivery::count_pending(conn)?, queue::count(conn)?)))
        .await;
    match due {
        Ok((deliveries, jobs)) => {
            let kind = "application/openmetrics-text; version=1.0.0; charset=utf-8";
            (
                [(header::CONTENT_TYPE, kind)],
                app.metrics.render(deliveries, jobs),
            )
                .into_response()
        }
        Err(error) => {
            tracing::error!("cannot count: {}", error.log_text());
            StatusCode::SERVICE_UNAVAILABLE.into_response()
        }
    }
}

async fn method_not_allowed(State(fed): State<Arc<Federation>>) -> Response {
    web::method_not_allowed(State(Arc::clone(&fed.app))).await
}

async fn post(
    State(fed): State<Arc<Federation>>,
    slug: Result<Path<String>, PathRejection>,
    uri: Uri,
    headers: HeaderMap,
) -> Response {
    let Some(slug) = plain(slug) else {
        return web::not_found(State(Arc::clone(&fed.app))).await;
    };
    if routes::wants_activity(&headers) {
        return routes::post_at(&fed, &format!("/posts/{slug}"), &headers).await;
    }
    web::post_page(State(Arc::clone(&fed.app)), Path(slug), uri, headers).await
}

/// A post or page where no route leads.
async fn elsewhere(
    State(fed): State<Arc<Federation>>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
) -> Response {
    if matches!(method, Method::GET | Method::HEAD) && routes::wants_activity(&headers) {
        let answer = routes::post_at(&fed, uri.path(), &headers).await;
        if answer.status() != StatusCode::NOT_FOUND {
            return answer;
        }
    }
    web::elsewhere(State(Arc::clone(&fed.app)), method, uri, headers).await
}

/// A part of an address that may be asked of the database: PostgreSQL fails on a text with a NUL.
fn plain(part: Result<Path<String>, PathRejection>) -> Option<String> {
    part.ok()
        .map(|Path(part)| part)
        .filter(|part| !part.contains(char::is_control))
}

async fn author(
    State(fed): State<Arc<Federation>>,
    name: Result<Path<String>, PathRejection>,
    stranger: Option<Extension<secure::Stranger>>,
    uri: Uri,
    headers: HeaderMap,
) -> Response {
    let Some(name) = plain(name) else {
        return web::not_found(State(Arc::clone(&fed.app))).await;
    };
    if routes::wants_activity(&headers) {
        return routes::actor_by_name(&fed, &name, stranger.is_some(), &headers).await;
    }
    web::author_page(State(Arc::clone(&fed.app)), Path(name), uri, headers).await
}

/// Counts every answer, and writes one line for each at debug.
async fn observe(State(app): State<Arc<App>>, mut request: Request, next: Next) -> Response {
    let peer = request
        .extensions()
        .get::<ConnectInfo<SocketAddr>>()
        .map(|info| info.0.ip());
    let trusted = &app.config.server.trusted_proxies;
    let client = peer.map(|peer| client_address(trusted, peer, request.headers()));
    if let Some(client) = client {
        warn_of_a_proxy(client, request.headers());
        request.extensions_mut().insert(Client(client));
    }
    let (method, path) = (request.method().clone(), request.uri().path().to_owned());
    let response = next.run(request).await;
    let status = response.status().as_u16();
    app.metrics.count_response(status);
    tracing::debug!(%method, path, status, client = ?client, "answered");
    response
}

/// Says once that all clients are counted as one, because a proxy on this machine is not trusted.
fn warn_of_a_proxy(client: IpAddr, headers: &HeaderMap) {
    static SAID: Once = Once::new();
    if client.is_loopback() && headers.contains_key("x-forwarded-for") {
        SAID.call_once(|| {
            tracing::warn!(
                "requests come through a proxy at {client} that server.trusted_proxies does not name: the limits count all of them as one client's"
            );
        });
    }
}
