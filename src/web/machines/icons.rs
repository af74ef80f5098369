//! The icon as PNG, for home screens: made from `favicon.svg` once and compiled in.

use std::sync::Arc;

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::header;

use crate::app::App;
use crate::error::Error;
use crate::look::fingerprint;
use crate::web::answer::{FOR_EVER, error_page};
use crate::web::routes::Segment;

/// The sides of the icons, in pixels, and the icons.
const ICONS: [(u32, &[u8]); 2] = [
    (192, include_bytes!("../static/icon-192.png")),
    (512, include_bytes!("../static/icon-512.png")),
];
/// Without transparency, 180 pixels wide: what Apple's home screens ask for.
const APPLE: &[u8] = include_bytes!("../static/apple-touch-icon.png");

/// The icons: side in pixels and path, which changes with the content.
pub(in crate::web) fn all() -> impl Iterator<Item = (u32, String)> {
    ICONS
        .iter()
        .map(|(side, bytes)| (*side, path(*side, bytes)))
}

fn path(side: u32, bytes: &[u8]) -> String {
    format!("/icons/{side}.{}.png", fingerprint(bytes))
}

/// Answers `/icons/{file}`.
pub(in crate::web) async fn icon(State(app): State<Arc<App>>, Segment(file): Segment) -> Response {
    let asked = format!("/icons/{file}");
    let found = ICONS
        .iter()
        .find(|(side, bytes)| path(*side, bytes) == asked);
    match found {
        Some((_, bytes)) => png(bytes, FOR_EVER),
        None => error_page(&app, &Error::NotFound("the icon")),
    }
}

/// Answers `/apple-touch-icon.png`, where it is looked for even without a link.
pub(in crate::web) async fn apple() -> Response {
    png(APPLE, "public, max-age=86400")
}

fn png(bytes: &'static [u8], cache: &'static str) -> Response {
    let headers = [
        (header::CONTENT_TYPE, "image/png"),
        (header::CACHE_CONTROL, cache),
    ];
    (headers, bytes).into_response()
}
