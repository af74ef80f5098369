//! Which address leads where, and the answers that need no page: style sheet, icon, cached pictures.
//! Post and author pages stand apart, because the composition may answer these addresses with ActivityPub instead.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{FromRequestParts, Path, State};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Extension, Router};
use http::request::Parts;
use http::{HeaderMap, StatusCode, Uri, header};

use super::answer::{FOR_EVER, error_page, status_page};
use super::{
    assets, discussion, favicon, feeds, interact, live, machines, preferences, queue, read,
    replies, search, share, visit,
};
use crate::app::App;
use crate::domain::media;
use crate::error::Error;
use crate::kept::{Keep, Scope};

/// Largest picture that is kept in memory, in bytes.
const KEPT_MAX: usize = 256 * 1024;

/// Everything for readers but post and author pages; see [`negotiated_routes`].
pub fn router() -> Router<Arc<App>> {
    Router::new()
        .route("/", get(read::home))
        .route("/about", get(read::about))
        .route("/queue", get(queue::page))
        .route("/replies", get(replies::where_is_it))
        .route(
            "/preferences",
            get(preferences::page).post(preferences::choose),
        )
        .route("/search", get(search::page))
        .route("/opensearch.xml", get(search::description))
        .route("/feed.{format}", get(feeds::site))
        .route("/comments.{format}", get(feeds::all_comments))
        .route("/posts/{slug}/comments.{format}", get(feeds::comments))
        .route("/posts/{slug}/look", post(read::look))
        .route("/posts/{slug}/comments/{number}", get(discussion::branch))
        .route("/posts/{slug}/live", get(live::stream))
        .route("/interact", get(interact::page))
        .route("/authorize_interaction", get(visit::page).post(visit::act))
        .route("/share", get(share::page).post(share::save))
        .route("/@{name}/feed.{format}", get(feeds::author))
        .route("/tags/{tag}", get(read::tag_page))
        .route("/tags/{tag}/feed.{format}", get(feeds::tag))
        .route("/feed", get(feeds::wordpress))
        .route("/feed/", get(feeds::wordpress))
        .route("/feed/{kind}", get(feeds::wordpress))
        .route("/feed/{kind}/", get(feeds::wordpress))
        .route("/comments/feed", get(feeds::wordpress_comments))
        .route("/comments/feed/", get(feeds::wordpress_comments))
        .route("/comments/feed/{kind}", get(feeds::wordpress_comments))
        .route("/comments/feed/{kind}/", get(feeds::wordpress_comments))
        .route("/tag/{tag}/feed", get(feeds::wordpress_tag))
        .route("/tag/{tag}/feed/", get(feeds::wordpress_tag))
        .route("/author/{name}/feed", get(feeds::wordpress_author))
        .route("/author/{name}/feed/", get(feeds::wordpress_author))
        .route("/categories/{slug}", get(read::category_page))
        .route("/categories/{slug}/feed.{format}", get(feeds::category))
        .route("/series/{slug}", get(read::series))
        .route("/archive", get(read::archive))
        .route("/archive/{year}", get(read::year))
        .route("/archive/{year}/{month}", get(read::month))
        .route("/@{name}/followers", get(read::followers))
        .route("/static/{file}", get(asset))
        .route("/favicon.ico", get(icon))
        .route("/media/{file}", get(picture))
        .route("/robots.txt", get(machines::robots))
        .route("/sitemap.xml", get(machines::sitemap::index))
        .route("/sitemap-posts.xml", get(machines::sitemap::posts))
        .route("/sitemap-pages.xml", get(machines::sitemap::pages))
        .route("/.well-known/security.txt", get(machines::security))
        .route("/manifest.webmanifest", get(machines::manifest))
        .route("/apple-touch-icon.png", get(machines::icons::apple))
        .route("/icons/{file}", get(machines::icons::icon))
        .route("/oembed", get(machines::oembed::oembed))
        .method_not_allowed_fallback(method_not_allowed)
}

/// Post and author pages as HTML whatever is asked for. A node that federates gives these addresses handlers of its own,
/// which call [`super::post_page`] and [`super::author_page`] for people.
pub fn negotiated_routes() -> Router<Arc<App>> {
    let of_post =
        async |state: State<Arc<App>>, Segment(slug): Segment, uri: Uri, request: HeaderMap| {
            read::post_page(state, Path(slug), uri, request).await
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

/// The two variable parts of an address below a post: its slug, and what follows.
#[derive(Clone, Debug)]
pub(super) struct Segments(pub(super) String, pub(super) String);

impl FromRequestParts<Arc<App>> for Segments {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, Response> {
        match Path::from_request_parts(parts, app).await {
            Ok(Path((first, second))) => Ok(Self(first, second)),
            Err(_) => Err(error_page(app, &Error::NotFound("the page"))),
        }
    }
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

/// A file named by its content: compiled in, or the site's own.
async fn asset(State(app): State<Arc<App>>, uri: Uri) -> Response {
    let compiled = assets::find(uri.path());
    let compiled = compiled.map(|file| (file.media_type, Bytes::from_static(file.text.as_bytes())));
    let own = || {
        let file = app.look.file(uri.path())?;
        Some((file.media_type, file.bytes.clone()))
    };
    let Some((media_type, bytes)) = compiled.or_else(own) else {
        return error_page(&app, &Error::NotFound("the file"));
    };
    let headers = [
        (header::CONTENT_TYPE, media_type),
        (header::CACHE_CONTROL, FOR_EVER),
    ];
    (Extension(Keep(Vec::new())), headers, bytes).into_response()
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
    let is_small = bytes.len() <= KEPT_MAX;
    let mut response = (headers, bytes).into_response();
    if is_small {
        response.extensions_mut().insert(Keep(vec![Scope::Media]));
    }
    response
}
