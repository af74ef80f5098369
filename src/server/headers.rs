//! What every answer carries against misuse, whichever face gave it: the one place. A face may say less strictly what its
//! own answers load (`Content-Security-Policy`); all else is the same for all.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::Response;
use http::header::{self, HeaderName};
use http::{HeaderMap, HeaderValue};

use crate::app::App;

/// For answers that say nothing themselves: load nothing, run nothing, stand in no frame.
const STRICT: &str =
    "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
/// A year (RFC 6797).
const HSTS: &str = "max-age=31536000";

const FIXED: [(HeaderName, &str); 5] = [
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::X_FRAME_OPTIONS, "DENY"),
    (header::REFERRER_POLICY, "strict-origin-when-cross-origin"),
    (
        HeaderName::from_static("permissions-policy"),
        "camera=(), microphone=(), geolocation=(), payment=(), usb=(), browsing-topics=()",
    ),
    (
        HeaderName::from_static("cross-origin-opener-policy"),
        "same-origin",
    ),
];
const RESOURCE_POLICY: HeaderName = HeaderName::from_static("cross-origin-resource-policy");

/// Adds them. Outermost of all layers, so that no error and no panic goes without.
pub(super) async fn protect(State(app): State<Arc<App>>, request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    add(&app, response.headers_mut());
    response
}

/// Those that are the same on every node.
pub(super) fn add_fixed(headers: &mut HeaderMap) {
    for (name, value) in FIXED {
        headers.insert(name, HeaderValue::from_static(value));
    }
    headers
        .entry(header::CONTENT_SECURITY_POLICY)
        .or_insert(HeaderValue::from_static(STRICT));
}

fn add(app: &App, headers: &mut HeaderMap) {
    add_fixed(headers);
    // A proxy in front says so itself: only who speaks https knows that it will go on doing so.
    if app.config.https.enabled {
        headers.insert(
            header::STRICT_TRANSPORT_SECURITY,
            HeaderValue::from_static(HSTS),
        );
    }
    // What any page may read by CORS, and pictures, which feed readers show, any page may also load.
    let open = headers.contains_key(header::ACCESS_CONTROL_ALLOW_ORIGIN)
        || is_picture(headers.get(header::CONTENT_TYPE));
    let policy = if open { "cross-origin" } else { "same-origin" };
    headers.insert(RESOURCE_POLICY, HeaderValue::from_static(policy));
}

fn is_picture(kind: Option<&HeaderValue>) -> bool {
    kind.is_some_and(|kind| kind.as_bytes().starts_with(b"image/"))
}
