//! How pages and errors become HTTP: headers, validators, status. The one place that maps an error's kind to a status
//! for people.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use http::header::{self, HeaderName};
use http::{HeaderMap, HeaderValue, Method, StatusCode};
use twox_hash::XxHash3_128;

use super::reader::{self, Reader, VARY};
use super::view::ErrorView;
use super::{CONTENT_SECURITY_POLICY, render_error};
use crate::app::App;
use crate::error::{Error, Result};
use crate::kept::{Keep, Scope};
use crate::types::Timestamp;

const HTML: &str = "text/html; charset=utf-8";
/// Kept by caches, but asked about each time: a moderator's decision shows at once.
const REVALIDATE: &str = "public, max-age=0, must-revalidate";
/// For what is named by its content.
pub(super) const FOR_EVER: &str = "public, max-age=31536000, immutable";

/// A text ready to be sent.
#[derive(Debug)]
pub(super) struct Document {
    body: String,
    media_type: &'static str,
    etag: String,
    activity: Option<String>,
    changed: Option<Timestamp>,
    open: bool,
    shows: Vec<Scope>,
}

impl Document {
    /// A page. Hashes it: make it where the page is rendered, off the async threads.
    pub(super) fn html(body: String) -> Self {
        Self {
            etag: etag(&body),
            body,
            media_type: HTML,
            activity: None,
            changed: None,
            open: false,
            shows: Vec::new(),
        }
    }

    /// A text for machines, which any page elsewhere may read.
    pub(super) fn text(body: String, media_type: &'static str) -> Self {
        Self {
            media_type,
            open: true,
            ..Self::html(body)
        }
    }

    /// A feed, and when its newest entry changed.
    pub(super) fn feed(body: String, media_type: &'static str, changed: Option<Timestamp>) -> Self {
        Self {
            changed,
            ..Self::text(body, media_type)
        }
    }

    /// Names everything that the document shows, so that it is kept until something of it changes. Documents that name
    /// nothing are made anew for each reader.
    pub(super) fn shows(mut self, scopes: impl IntoIterator<Item = Scope>) -> Self {
        self.shows.extend(scopes);
        self
    }

    /// Names the ActivityPub document that says the same.
    pub(super) fn with_activity(self, ap_id: &str) -> Self {
        Self {
            activity: Some(ap_id.to_owned()),
            ..self
        }
    }
}

/// A strong validator (RFC 9110 8.8.3). Whoever wrote two comments of one hash would keep the second from readers who have the
/// first, no more: it need not withstand that.
fn etag(body: &str) -> String {
    let hash = XxHash3_128::oneshot(body.as_bytes());
    format!("\"{}\"", URL_SAFE_NO_PAD.encode(hash.to_be_bytes()))
}

/// Answers with the document, with 304 where the asker has it already, or with the page of the error.
pub(super) fn answer(app: &App, outcome: Result<Document>) -> Response {
    let document = match outcome {
        Ok(document) => document,
        Err(error) => return error_page(app, &error),
    };
    let mut response = Response::new(Body::from(document.body));
    if !document.shows.is_empty() {
        response.extensions_mut().insert(Keep(document.shows));
    }
    let headers = response.headers_mut();
    set(headers, header::CONTENT_TYPE, document.media_type);
    set(headers, header::CACHE_CONTROL, REVALIDATE);
    set(headers, header::ETAG, &document.etag);
    set(headers, header::VARY, VARY);
    if let Some(ap_id) = document.activity {
        let link = format!("<{ap_id}>; rel=\"alternate\"; type=\"application/activity+json\"");
        set(headers, header::LINK, &link);
    }
    if document.open {
        set(headers, header::ACCESS_CONTROL_ALLOW_ORIGIN, "*");
    }
    if let Some(at) = document.changed {
        set(headers, header::LAST_MODIFIED, &at.http_date());
    }
    set(
        headers,
        header::CONTENT_SECURITY_POLICY,
        CONTENT_SECURITY_POLICY,
    );
    response
}

/// The same for addresses that give a page or an ActivityPub document, as the asker likes: caches must tell them apart.
pub(super) fn negotiated(app: &App, outcome: Result<Document>) -> Response {
    let mut response = answer(app, outcome);
    set(
        response.headers_mut(),
        header::VARY,
        &format!("Accept, {VARY}"),
    );
    response
}

/// The page of an error, in the style of the others. Logs what is our fault, with a reference the reader can quote.
pub fn error_page(app: &App, error: &Error) -> Response {
    let status = status_of(error);
    let reference = if status.is_server_error() {
        let reference = format!("{:x}", app.ids.next::<()>().raw());
        tracing::error!(%reference, "a page failed ({reference}): {}", error.log_text());
        reference
    } else {
        String::new()
    };
    let mut response = status_page(app, status, reference);
    if let Error::RateLimited { retry_after } = error {
        let headers = response.headers_mut();
        headers.insert(header::RETRY_AFTER, HeaderValue::from(*retry_after));
    }
    response
}

/// The page of a status, without a log line, in the site's language: [`in_readers_words`] knows the reader.
pub(super) fn status_page(app: &App, status: StatusCode, reference: String) -> Response {
    let view = ErrorView {
        status: status.as_u16(),
        reference,
    };
    let mut response = status.into_response();
    show_error(app, Reader::unknown(&app.config), &view, &mut response);
    response.extensions_mut().insert(view);
    let headers = response.headers_mut();
    set(headers, header::CONTENT_TYPE, HTML);
    set(headers, header::CACHE_CONTROL, "no-store");
    set(headers, header::VARY, VARY);
    set(
        headers,
        header::CONTENT_SECURITY_POLICY,
        CONTENT_SECURITY_POLICY,
    );
    response
}

fn show_error(app: &App, reader: Reader, view: &ErrorView, response: &mut Response) {
    // Without the template there is still the number.
    let page = render_error(&reader::site_for(app, reader), view)
        .unwrap_or_else(|_| view.status.to_string());
    *response.body_mut() = Body::from(page);
}

/// A layer around everything: an error's page comes in the language and the colours that its reader wants. Whatever made it
/// need not know who reads.
pub async fn in_readers_words(
    State(app): State<Arc<App>>,
    request: Request,
    next: Next,
) -> Response {
    let reader = Reader::of(request.headers(), &app.config);
    let is_head = request.method() == Method::HEAD;
    let mut response = next.run(request).await;
    let view = response.extensions_mut().remove::<ErrorView>();
    if let Some(view) = view.filter(|_| !is_head && reader != Reader::unknown(&app.config)) {
        response.headers_mut().remove(header::CONTENT_LENGTH);
        show_error(&app, reader, &view, &mut response);
    }
    response
}

/// Which status an error has for people.
fn status_of(error: &Error) -> StatusCode {
    match error {
        Error::NotFound(_) => StatusCode::NOT_FOUND,
        Error::Gone(_) => StatusCode::GONE,
        Error::Invalid { .. } => StatusCode::BAD_REQUEST,
        Error::Unauthorized(_) => StatusCode::UNAUTHORIZED,
        Error::Forbidden(_) => StatusCode::FORBIDDEN,
        Error::Conflict(_) => StatusCode::CONFLICT,
        Error::RateLimited { .. } => StatusCode::TOO_MANY_REQUESTS,
        Error::Remote { .. } => StatusCode::BAD_GATEWAY,
        Error::Setup(_) | Error::Db(_) | Error::Internal(_) => StatusCode::INTERNAL_SERVER_ERROR,
    }
}

/// Sets a header; a value that HTTP cannot carry is left out.
fn set(headers: &mut HeaderMap, name: HeaderName, value: &str) {
    if let Ok(value) = HeaderValue::from_str(value) {
        headers.insert(name, value);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_kind_of_error_has_its_status() {
        for (error, status) in [
            (Error::NotFound("x"), 404),
            (Error::Gone("x"), 410),
            (Error::invalid("x"), 400),
            (Error::RateLimited { retry_after: 3 }, 429),
            (Error::remote_temporary("x"), 502),
            (Error::internal("x"), 500),
        ] {
            assert_eq!(status_of(&error).as_u16(), status);
        }
    }
}
