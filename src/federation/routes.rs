//! The face for other servers: routes, media types, status codes. Every answer is ActivityStreams or WebFinger JSON; the
//! work is done in this folder's other files.

mod collections;
mod discovery;
mod named;

use std::sync::Arc;

use aws_lc_rs::digest;
use axum::body::Bytes;
use axum::extract::rejection::BytesRejection;
use axum::extract::{self, DefaultBodyLimit, State};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Extension, Router};
use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use http::header::{
    ACCESS_CONTROL_ALLOW_ORIGIN, CACHE_CONTROL, CONTENT_TYPE, ETAG, IF_NONE_MATCH, LOCATION,
    RETRY_AFTER, VARY,
};
use http::{HeaderMap, HeaderValue, StatusCode};
use serde_json::{Value, json};

pub(super) use named::Named;

use super::builders::actor as actors;
use super::documents::{self, Served};
use super::inbox::{self, BODY_MAX, FETCHES_MAX, Posted, Verdict};
use super::reason::{Reason, Refusal};
use super::secure::{self, Stranger};
use super::{Federation, quotes, signature};
use crate::domain::account;
use crate::error::{Error, Result};
use crate::http::within_budget;
use crate::kept::headers::{Headers, Line};
use crate::kept::{Keep, Scope};
use crate::types::Host;

type Fed = State<Arc<Federation>>;

const ACTIVITY_JSON: &str = "application/activity+json";

/// All routes of this face.
pub fn router(fed: Arc<Federation>) -> Router {
    let inbox = post(receive).layer(DefaultBodyLimit::max(BODY_MAX));
    let readers = middleware::from_fn_with_state(Arc::clone(&fed), secure::readers);
    let of_data = middleware::from_fn_with_state(Arc::clone(&fed), secure::readers_only);
    let of_keys = middleware::from_fn_with_state(Arc::clone(&fed), secure::readers_of_keys);
    let data = Router::new()
        .route("/ap/instance/{collection}", get(collections::of_instance))
        .route("/ap/users/{id}/{collection}", get(collections::of_user))
        .route("/ap/posts/{id}/{collection}", get(collections::of_post))
        .route(
            "/ap/comments/{id}/{collection}",
            get(collections::of_comment),
        )
        .route("/ap/comments/{id}/authorization", get(authorization))
        .route("/ap/notes/{id}", get(note))
        .route("/ap/quotes/{id}", get(quotes::serve))
        .route_layer(of_data);
    let texts = Router::new()
        .route("/ap/posts/{id}", get(article))
        .route("/ap/comments/{id}", get(comment))
        .route_layer(readers);
    let people = Router::new()
        .route("/ap/users/{id}", get(user))
        .route_layer(of_keys);
    Router::new()
        .route("/.well-known/webfinger", get(discovery::finger))
        .route("/.well-known/host-meta", get(discovery::host_meta))
        .route("/.well-known/nodeinfo", get(discovery::node_versions))
        .route("/nodeinfo/{version}", get(discovery::node_document))
        .route("/ap/inbox", inbox.clone())
        .route("/ap/instance", get(instance))
        .route("/ap/users/{id}/inbox", inbox)
        .merge(data)
        .merge(texts)
        .merge(people)
        .layer(middleware::from_fn(refuse_control_characters))
        .with_state(fed)
}

/// Nothing of ours has an address with control characters, and PostgreSQL fails on a text with a NUL.
async fn refuse_control_characters(request: extract::Request, next: Next) -> Response {
    let uri = request.uri().to_string();
    let escaped = uri.split('%').skip(1).filter_map(|rest| rest.get(..2));
    let mut bytes = escaped.filter_map(|hex| u8::from_str_radix(hex, 16).ok());
    if bytes.any(|byte| byte.is_ascii_control()) {
        return failure(&Error::NotFound("this address"));
    }
    next.run(request).await
}

/// True when a client asks for ActivityStreams rather than for a page.
pub fn wants_activity(headers: &impl Headers) -> bool {
    let accepted = headers.lines(Line::Accept);
    let mut kinds = accepted.flat_map(|value| value.split(',')).map(str::trim);
    // Browsers name html first; servers name ActivityStreams first.
    kinds
        .find_map(|kind| {
            let name = kind.split(';').next().unwrap_or_default().trim();
            if name.eq_ignore_ascii_case("text/html") {
                Some(false)
            } else {
                crate::http::is_inbox_json(kind).then_some(true)
            }
        })
        .unwrap_or(false)
}

async fn receive(
    State(fed): Fed,
    uri: http::Uri,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Response {
    let body = match body {
        Ok(body) => body,
        Err(unread) => return turned_away(&fed, &unread_body(&unread)),
    };
    let path_and_query = uri
        .path_and_query()
        .map_or("/", http::uri::PathAndQuery::as_str)
        .to_owned();
    let posted = Posted {
        path_and_query,
        headers,
        body,
    };
    let taken = within_budget(FETCHES_MAX, inbox::receive(&fed, posted));
    match Box::pin(taken).await {
        Ok(verdict) => {
            fed.app.metrics.count_inbox(verdict.as_str());
            if let Verdict::Ignored(reason) = verdict {
                fed.app.metrics.count_ignored(reason.as_str());
            }
            StatusCode::ACCEPTED.into_response()
        }
        Err(refusal) => turned_away(&fed, &refusal),
    }
}

fn unread_body(why: &BytesRejection) -> Refusal {
    if why.status() == StatusCode::PAYLOAD_TOO_LARGE {
        Reason::TooLarge.refuse(format!("an activity has at most {BODY_MAX} bytes"))
    } else {
        Reason::BodyIncomplete.refuse("the body broke off")
    }
}

/// Answers a refused activity (RFC 9457), counts it and logs it, once.
pub fn turned_away(fed: &Federation, refusal: &Refusal) -> Response {
    let reason = refusal.reason.as_str();
    let status = refused_with(refusal);
    fed.app.metrics.count_inbox("refused");
    fed.app.metrics.count_refusal(reason);
    let signer = refusal.signer.as_ref().map_or("", Host::as_str);
    if status == StatusCode::INTERNAL_SERVER_ERROR {
        let error = refusal.error.log_text();
        tracing::error!(reason, signer, "cannot take an activity in: {error}");
    } else {
        let status = status.as_u16();
        tracing::info!(reason, signer, status, "refused an activity: {refusal}");
    }
    problem(refusal, signature::wanted(true))
}

/// A refusal as RFC 9457 has it; a 401 says which signature is `wanted` (RFC 9421 5.1).
pub(super) fn problem(refusal: &Refusal, wanted: &'static str) -> Response {
    let status = refused_with(refusal);
    let problem = json!({
        "type": "about:blank", "title": status.canonical_reason(), "status": status.as_u16(),
        "detail": refusal.to_string(), "reason": refusal.reason.as_str(),
    });
    let mut response = (status, problem.to_string()).into_response();
    let headers = response.headers_mut();
    if status == StatusCode::UNAUTHORIZED {
        headers.insert("accept-signature", HeaderValue::from_static(wanted));
    }
    headers.insert(
        CONTENT_TYPE,
        HeaderValue::from_static("application/problem+json"),
    );
    retry_later(headers, status, &refusal.error);
    response
}

fn refused_with(refusal: &Refusal) -> StatusCode {
    match refusal.reason {
        Reason::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
        Reason::MediaType => StatusCode::UNSUPPORTED_MEDIA_TYPE,
        _ => status(&refusal.error),
    }
}

async fn instance(State(fed): Fed, headers: HeaderMap) -> Response {
    let id = fed.app.url("/ap/instance");
    object(&headers, shown(documents::actor(&fed.app, id).await, false))
}

async fn user(
    State(fed): Fed,
    Named(id): Named<String>,
    stranger: Option<Extension<Stranger>>,
    headers: HeaderMap,
) -> Response {
    let found = documents::actor(&fed.app, fed.app.url(&format!("/ap/users/{id}"))).await;
    match found {
        Ok((document, _)) if !wants_activity(&headers) && wants_html(&headers) => {
            see_other(document.get("url").and_then(Value::as_str).unwrap_or("/"))
        }
        other => object(&headers, shown(other, stranger.is_some())),
    }
}

/// An actor's document; to strangers, as little as a signature's proof needs.
fn shown(found: Result<(Value, Vec<Scope>)>, stranger: bool) -> Result<Served> {
    let (document, shows) = found?;
    Ok(if stranger {
        Served::Here(actors::stub(&document), Vec::new())
    } else {
        Served::Here(document, shows)
    })
}

async fn article(State(fed): Fed, Named(id): Named<String>, headers: HeaderMap) -> Response {
    let served = documents::post(&fed.app, fed.app.url(&format!("/ap/posts/{id}"))).await;
    match served {
        Ok(Served::Here(document, _)) if !wants_activity(&headers) && wants_html(&headers) => {
            see_other(document.get("url").and_then(Value::as_str).unwrap_or("/"))
        }
        other => object(&headers, other),
    }
}

/// The ActivityStreams form of the post whose page stands at a path, for the composition: the same address answers by `Accept`.
pub async fn post_at(fed: &Federation, path: &str, headers: &HeaderMap) -> Response {
    object(headers, documents::post(&fed.app, fed.app.url(path)).await)
}

/// The ActivityStreams form of an author's page.
pub async fn actor_by_name(
    fed: &Federation,
    name: &str,
    stranger: bool,
    headers: &HeaderMap,
) -> Response {
    match account::get_by_name(&fed.app, name).await {
        Ok((_, actor)) => {
            let document = documents::actor(&fed.app, actor.ap_id).await;
            object(headers, shown(document, stranger))
        }
        Err(error) => failure(&error),
    }
}

async fn comment(State(fed): Fed, Named(id): Named<String>, headers: HeaderMap) -> Response {
    let ap_id = fed.app.url(&format!("/ap/comments/{id}"));
    if !wants_activity(&headers) && wants_html(&headers) {
        return match documents::comment_page(&fed.app, ap_id).await {
            Ok(page) => see_other(&page),
            Err(error) => failure(&error),
        };
    }
    object(&headers, documents::comment(&fed.app, ap_id).await)
}

async fn authorization(State(fed): Fed, Named(id): Named<String>, headers: HeaderMap) -> Response {
    let Ok(id) = id.parse() else {
        return failure(&Error::NotFound("the authorization"));
    };
    answer(&headers, documents::authorization(&fed.app, id).await)
}

async fn note(State(fed): Fed, Named(id): Named<String>, headers: HeaderMap) -> Response {
    answer(
        &headers,
        documents::note(&fed.app, fed.app.url(&format!("/ap/notes/{id}"))).await,
    )
}

/// True when a client names HTML among what it takes.
pub fn wants_html(headers: &impl Headers) -> bool {
    let mut accepted = headers.lines(Line::Accept);
    accepted.any(|line| line.contains("text/html"))
}

fn see_other(address: &str) -> Response {
    (
        StatusCode::SEE_OTHER,
        [(LOCATION, address), (VARY, "Accept")],
    )
        .into_response()
}

fn object(headers: &HeaderMap, served: Result<Served>) -> Response {
    match served {
        Ok(Served::Here(document, shows)) => {
            let mut response = document_answer(headers, StatusCode::OK, &document);
            if !shows.is_empty() {
                response.extensions_mut().insert(Keep(shows));
            }
            response
        }
        Ok(Served::Gone(tombstone)) => document_answer(headers, StatusCode::GONE, &tombstone),
        Err(error) => failure(&error),
    }
}

pub(super) fn answer(headers: &HeaderMap, document: Result<Value>) -> Response {
    object(
        headers,
        document.map(|document| Served::Here(document, Vec::new())),
    )
}

/// A document with its ETag; 304 when the client has it.
fn document_answer(headers: &HeaderMap, status: StatusCode, document: &Value) -> Response {
    let body = document.to_string();
    let hash = digest::digest(&digest::SHA256, body.as_bytes());
    let etag = format!(
        "\"{}\"",
        BASE64_URL_SAFE_NO_PAD.encode(hash.as_ref().get(..12).unwrap_or_default())
    );
    let known = headers
        .get(IF_NONE_MATCH)
        .and_then(|value| value.to_str().ok());
    let unchanged = status == StatusCode::OK && known.is_some_and(|known| known.contains(&etag));
    let mut response = if unchanged {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        (status, body).into_response()
    };
    let fields = response.headers_mut();
    fields.insert(CONTENT_TYPE, HeaderValue::from_static(ACTIVITY_JSON));
    fields.insert(VARY, HeaderValue::from_static("Accept"));
    fields.insert(
        CACHE_CONTROL,
        HeaderValue::from_static("public, max-age=60"),
    );
    fields.insert(ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
    if let Ok(etag) = HeaderValue::from_str(&etag) {
        fields.insert(ETAG, etag);
    }
    response
}

/// The answer to a request that failed.
fn failure(error: &Error) -> Response {
    let status = status(error);
    if status == StatusCode::INTERNAL_SERVER_ERROR {
        tracing::error!("cannot answer another server: {}", error.log_text());
    } else {
        tracing::debug!(status = status.as_u16(), "refused: {error}");
    }
    let mut response = (status, axum::Json(json!({ "error": error.to_string() }))).into_response();
    // What is not here may be tomorrow, and the same address may have a page.
    let fields = response.headers_mut();
    fields.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    fields.insert(VARY, HeaderValue::from_static("Accept"));
    retry_later(response.headers_mut(), status, error);
    response
}

/// The status that a kind of error has for other servers.
fn status(error: &Error) -> StatusCode {
    match error {
        Error::NotFound(_) => StatusCode::NOT_FOUND,
        Error::Gone(_) => StatusCode::GONE,
        Error::Unauthorized(_) => StatusCode::UNAUTHORIZED,
        Error::Forbidden(_) => StatusCode::FORBIDDEN,
        Error::Conflict(_) => StatusCode::CONFLICT,
        Error::RateLimited { .. } => StatusCode::TOO_MANY_REQUESTS,
        Error::Remote {
            temporary: true, ..
        } => StatusCode::SERVICE_UNAVAILABLE,
        Error::Invalid { .. } | Error::Remote { .. } => StatusCode::BAD_REQUEST,
        Error::Setup(_) | Error::Db(_) | Error::Internal(_) => StatusCode::INTERNAL_SERVER_ERROR,
    }
}

/// Says when to come again, where that helps.
fn retry_later(headers: &mut HeaderMap, status: StatusCode, error: &Error) {
    let seconds = match error {
        Error::RateLimited { retry_after } => *retry_after,
        _ if status == StatusCode::SERVICE_UNAVAILABLE => 60,
        _ => return,
    };
    headers.insert(RETRY_AFTER, HeaderValue::from(seconds));
}
