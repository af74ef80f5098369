//! Which address leads where, and the answers that need no page: style sheet, icon, cached pictures, `robots.txt`.
//! Post and author pages stand apart, because the composition may answer these addresses with ActivityPub instead.

use std::sync::Arc;

use axum::Router;
use axum::extract::{FromRequestParts, Path, State};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use http::request::Parts;
use http::{HeaderMap, StatusCode, Uri, header};

use super::answer::{FOR_EVER, error_page, status_page};
use super::{favicon, queue, read, replies, stylesheet};
use crate::app::App;
use crate::domain::media;
use crate::error::Error;

/// Everything for readers but post and author pages; see [`negotiated_routes`].
pub fn router() -> Router<Arc<App>> {
    Router::new()
        .route("/", get(read::home))
        .route("/about", get(read::about))
        .route("/queue", get(queue::page))
        .route("/replies", get(replies::where_is_it))
        .route("/feed.atom", get(read::site_feed))
        .route("/posts/{slug}/comments.atom", get(read::comments_feed))
        .route("/posts/{slug}/look", post(read::look))
        .route("/@{name}/feed.atom", get(read::author_feed))
        .route("/tags/{tag}", get(read::tag_page))
        .route("/tags/{tag}/feed.atom", get(read::tag_feed))
        .route("/categories/{slug}", get(read::category_page))
        .route("/series/{slug}", get(read::series))
        .route("/archive", get(read::archive))
        .route("/archive/{year}", get(read::year))
        .route("/archive/{year}/{month}", get(read::month))
        .route("/@{name}/followers", get(read::followers))
        .route("/static/{file}", get(asset))
        .route("/favicon.ico", get(icon))
        .route("/media/{file}", get(picture))
        .route("/robots.txt", get(robots))
        .method_not_allowed_fallback(method_not_allowed)
}

/// Post and author pages as HTML whatever is asked for. A node that federates gives these addresses handlers of its own,
/// which call [`super::post_page`] and [`super::author_page`] for people.
pub fn negotiated_routes() -> Router<Arc<App>> {
    let of_post = async |state: State<Arc<App>>, Segment(slug): Segment, request: HeaderMap| {
        read::post_page(state, Path(slug), request).await
    };
    let author =
        async |state: State<Arc<App>>, Segment(name): Segment, uri: Uri, request: HeaderMap| {
            read::author_page(state, Path(name), uri, request).await
        };
    Router::new()
        .route("/posts/{slug}", get(of_post))
        .route("/@{name}", get(author))
        .method_not_allowed_fallback(method_not_allowed)
}

/// Answers addresses that nothing answers: 404 in style.
pub async fn not_found(State(app): State<Arc<App>>) -> Response {
    error_page(&app, &Error::NotFound("the page"))
}

/// Answers methods that an address does not know: 405 in style.
pub async fn method_not_allowed(State(app): State<Arc<App>>) -> Response {
    status_page(&app, StatusCode::METHOD_NOT_ALLOWED, String::new())
}

/// The one variable part of an address, decoded. What is no UTF-8 is no address here: 404 in style.
#[derive(Clone, Debug)]
pub struct Segment(pub String);

impl FromRequestParts<Arc<App>> for Segment {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, Response> {
        match Path::from_request_parts(parts, app).await {
            Ok(Path(part)) => Ok(Self(part)),
            Err(_) => Err(error_page(app, &Error::NotFound("the page"))),
        }
    }
}

async fn asset(State(app): State<Arc<App>>, uri: Uri) -> Response {
    let (css, icon) = (stylesheet(), favicon());
    let (media_type, text) = match uri.path() {
        path if path == css.0 => ("text/css; charset=utf-8", css.1),
        path if path == icon.0 => ("image/svg+xml", icon.1),
        _ => return error_page(&app, &Error::NotFound("the file")),
    };
    let headers = [
        (header::CONTENT_TYPE, media_type),
        (header::CACHE_CONTROL, FOR_EVER),
    ];
    (headers, text).into_response()
}

async fn icon() -> Response {
    let headers = [
        (header::CONTENT_TYPE, "image/svg+xml"),
        (header::CACHE_CONTROL, "public, max-age=86400"),
    ];
    (headers, favicon().1).into_response()
}

/// A picture that strangers made: it may not run, load or be taken for anything else.
async fn picture(State(app): State<Arc<App>>, Segment(file): Segment) -> Response {
    let (media_type, bytes) = match media::read(&app, &file).await {
        Ok(found) => found,
        Err(error) => return error_page(&app, &error),
    };
    let headers = [
        (header::CONTENT_TYPE, media_type),
        (header::CACHE_CONTROL, FOR_EVER),
        (
            header::CONTENT_SECURITY_POLICY,
            "default-src 'none'; sandbox",
        ),
    ];
    (headers, bytes).into_response()
}

async fn robots() -> Response {
    let headers = [
        (header::CONTENT_TYPE, "text/plain; charset=utf-8"),
        (header::CACHE_CONTROL, "public, max-age=86400"),
    ];
    (headers, "User-agent: *\nAllow: /\n").into_response()
}
