//! Answers that are kept: given before routing, with the headers they had, as long as what they show has not changed. A
//! cold one is made once for all that wait for it, and made small after the first reader was answered.

use std::sync::Arc;
use std::time::Instant;

use axum::body::{Body, HttpBody, to_bytes};
use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::Response;
use bytes::Bytes;
use http::header::{
    CACHE_CONTROL, CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE, ETAG, IF_MODIFIED_SINCE,
    IF_NONE_MATCH, LAST_MODIFIED, RETRY_AFTER,
};
use http::{HeaderMap, HeaderValue, Method, StatusCode, Uri};
use tokio::sync::OwnedSemaphorePermit;

use crate::app::App;
use crate::federation::routes;
use crate::kept::headers::{Headers, Line};
use crate::kept::{self, Answer, Encoding, Found, Keep, Key};
use crate::web;
use crate::web::reader::Reader;

/// Longest address whose answers are kept, in bytes.
const LONGEST: usize = 1_024;
/// Bodies up to so many bytes take no room that counts.
const SMALL: u64 = 64 * 1024;
/// Largest body that is kept or made small, in bytes.
const BODY_MAX: usize = 4 * 1024 * 1024;

/// Answers from memory, or lets the router answer and keeps what may be kept. Outermost of all layers, so that what is
/// kept is what was sent.
pub(super) async fn keep(State(app): State<Arc<App>>, request: Request, next: Next) -> Response {
    let Some(key) = key_of(&app, &request) else {
        return bounded(&app, next.run(request).await).await;
    };
    let hears = app.hear_changes().await.unwrap_or_else(|error| {
        tracing::error!(
            "pages are made anew for every reader, since it cannot be heard what changes: {}",
            error.log_text()
        );
        false
    });
    if !hears {
        return bounded(&app, next.run(request).await).await;
    }
    let (is_head, asked) = (request.method() == Method::HEAD, request.headers().clone());
    let mut response = match find(&app, &key, &asked) {
        Some(response) => response,
        None => cold(&app, key.into(), request, asked, next).await,
    };
    if is_head {
        let length = response.body().size_hint().exact().map(HeaderValue::from);
        if let Some(length) = length.filter(|_| response.status().is_success()) {
            response.headers_mut().insert(CONTENT_LENGTH, length);
        }
        *response.body_mut() = Body::empty();
    }
    response
}

/// The kept answer of a key, as this client takes it.
pub(super) fn find<B: From<Bytes>>(
    app: &Arc<App>,
    key: &str,
    asked: &HeaderMap,
) -> Option<http::Response<B>> {
    let answer = look_up(app, key)?;
    let response = answer.respond(asked);
    app.metrics.count_response(response.status().as_u16());
    Some(response)
}

/// The kept answer of a key. Who gives it counts it.
pub(super) fn look_up(app: &Arc<App>, key: &str) -> Option<Arc<Answer>> {
    app.db.catch_up();
    let Found::Kept(answer) = app.kept.find(key)? else {
        return None;
    };
    app.metrics.count_given();
    if answer.is_given_often() {
        shrink(app, key, &answer);
    }
    Some(answer)
}

/// Makes every form of an answer as small as it gets, while it is given as it is.
fn shrink(app: &Arc<App>, key: &str, answer: &Arc<Answer>) {
    let Some(turn) = app.kept.turn_to_shrink() else {
        return;
    };
    let (app, key, answer) = (Arc::clone(app), key.to_owned(), Arc::clone(answer));
    tokio::task::spawn_blocking(move || app.kept.shrink(turn, &key, &answer));
}

/// Headers of a request whose answer is for nobody else.
const PRIVATE: [Line; 3] = [Line::Authorization, Line::Signature, Line::SignatureInput];

/// The key of a request whose answer may be kept.
pub(super) fn key_of<B>(app: &App, request: &http::Request<B>) -> Option<String> {
    let is_read = matches!(*request.method(), Method::GET | Method::HEAD);
    let (uri, headers) = (request.uri(), request.headers());
    is_read
        .then(|| key(app, uri.path(), uri.query().unwrap_or_default(), headers))
        .flatten()
}

/// The key of a GET or HEAD whose answer may be kept: nobody's own, and of a finite set, whatever the query holds.
pub(super) fn key(app: &App, path: &str, query: &str, headers: &impl Headers) -> Option<String> {
    if PRIVATE.into_iter().any(|line| headers.has(line)) || !is_usual(path) {
        return None;
    }
    let form = Form::of(headers);
    if app.config.federation.secure_mode && (form == Form::Activity || path.starts_with("/ap/")) {
        return None;
    }
    let query = web::query::canonical(path, query);
    let reader = Reader::of(headers, &app.config);
    let (language, theme) = (reader.language, reader.theme.as_str());
    Some(
        [
            path,
            "?",
            &query,
            " ",
            form.word(),
            " ",
            language,
            "/",
            theme,
        ]
        .concat(),
    )
}

/// True for a path that is not too long and spelled as our links are (RFC 3986 6.2.2): each address has one key.
fn is_usual(path: &str) -> bool {
    let is_needed = |part: &[u8]| {
        let digit = |byte: &u8| char::from(*byte).to_digit(16);
        let (high, low) = (part.first().and_then(digit), part.get(1).and_then(digit));
        let byte = high
            .zip(low)
            .and_then(|(high, low)| u8::try_from(high * 16 + low).ok());
        let is_upper = |part: &[u8]| !part.iter().take(2).any(u8::is_ascii_lowercase);
        byte.is_some_and(|byte| !byte.is_ascii_alphanumeric() && !b"-._~@".contains(&byte))
            && is_upper(part)
    };
    path.len() <= LONGEST
        && path
            .as_bytes()
            .split(|byte| *byte == b'%')
            .skip(1)
            .all(is_needed)
}

/// Which of its forms an address gives.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Form {
    Activity,
    Page,
    Any,
}

impl Form {
    fn of(headers: &impl Headers) -> Self {
        if routes::wants_activity(headers) {
            Self::Activity
        } else if routes::wants_html(headers) {
            Self::Page
        } else {
            Self::Any
        }
    }

    const fn word(self) -> &'static str {
        match self {
            Self::Activity => "activity",
            Self::Page => "page",
            Self::Any => "any",
        }
    }
}

/// Makes an answer that is not kept, or waits for who makes it.
async fn cold(
    app: &Arc<App>,
    key: Key,
    request: Request,
    asked: HeaderMap,
    next: Next,
) -> Response {
    if let Some(Found::Passing) = app.kept.find(&key) {
        let response = next.run(whole(request)).await;
        return bounded(app, as_asked(response, &asked).await).await;
    }
    // What stands in a query and is not part of the key may matter to answers that are never kept: nobody waits for those.
    let making = app.kept.lead(&key, is_exact(request.uri())).await;
    if making.is_none()
        && let Some(response) = find(app, &key, &asked)
    {
        return response;
    }
    let (node, told, began) = (Arc::clone(app), asked.clone(), Instant::now());
    // In a task of its own: who asked first may go away, and the others still wait.
    let made = tokio::spawn(async move {
        let before = node.kept.now();
        let response = next.run(whole(request)).await;
        let answered = keep_new(&node, key, response, &told, before).await;
        node.pace.note(began.elapsed());
        drop(making);
        answered
    });
    match made.await {
        Ok(response) => bounded(app, as_asked(response, &asked).await).await,
        Err(_) => broken(),
    }
}

/// True when all that the query holds is part of the key.
fn is_exact(uri: &Uri) -> bool {
    uri.query()
        .is_none_or(|query| query == web::query::canonical(uri.path(), query))
}

/// An answer for one client alone: its memory counts until all of it is sent, however slowly it is taken. 503 while such
/// answers take all that they may.
async fn bounded(app: &App, response: Response) -> Response {
    let length = response.body().size_hint().exact();
    let Some(length) = length.filter(|length| *length > SMALL) else {
        return response;
    };
    let (parts, body) = response.into_parts();
    let Some(room) = app.kept.room_for(length) else {
        return busy(parts.headers);
    };
    match to_bytes(body, usize::MAX).await {
        Ok(bytes) => {
            let held = Bytes::from_owner(Held { bytes, _room: room });
            Response::from_parts(parts, held.into())
        }
        Err(_) => broken(),
    }
}

/// A body with the room it takes.
struct Held {
    bytes: Bytes,
    _room: OwnedSemaphorePermit,
}

impl AsRef<[u8]> for Held {
    fn as_ref(&self) -> &[u8] {
        &self.bytes
    }
}

/// Sends a client away for a moment, with the headers that every answer has.
fn busy(mut headers: HeaderMap) -> Response {
    for name in [CONTENT_ENCODING, CONTENT_LENGTH, ETAG, LAST_MODIFIED] {
        headers.remove(name);
    }
    for (name, value) in [
        (CONTENT_TYPE, "text/plain; charset=utf-8"),
        (CACHE_CONTROL, "no-store"),
        (RETRY_AFTER, "5"),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    let mut response =
        Response::new("Too many large answers are being sent. Ask again in a moment.\n".into());
    *response.status_mut() = StatusCode::SERVICE_UNAVAILABLE;
    *response.headers_mut() = headers;
    response
}

/// For what cannot happen: the layers below catch panics, and the length of a body is known.
fn broken() -> Response {
    tracing::error!("an answer came to nothing");
    let mut response = Response::new(Body::empty());
    *response.status_mut() = StatusCode::INTERNAL_SERVER_ERROR;
    response
}

/// The request for the whole answer: what the client has already is compared here.
fn whole(mut request: Request) -> Request {
    *request.method_mut() = Method::GET;
    let headers = request.headers_mut();
    headers.remove(IF_NONE_MATCH);
    headers.remove(IF_MODIFIED_SINCE);
    request
}

/// Keeps a response that says what it shows.
async fn keep_new(
    app: &Arc<App>,
    key: Key,
    mut response: Response,
    asked: &HeaderMap,
    before: u64,
) -> Response {
    let keep = response.extensions_mut().remove::<Keep>();
    if response.status() != StatusCode::OK {
        return response;
    }
    let Some(Keep(scopes)) = keep.filter(|_| fits(&response)) else {
        app.kept.pass(key);
        return response;
    };
    let (parts, body) = response.into_parts();
    let Ok(body) = to_bytes(body, BODY_MAX).await else {
        return broken();
    };
    let mut answer = Answer::new(parts.headers, body, scopes, before);
    if let Some(encoding) = quick_form(asked) {
        answer = answer.with_quick_form(encoding);
    }
    let answer = Arc::new(answer);
    app.kept.keep(key, Arc::clone(&answer));
    app.metrics.count_made();
    answer.respond(asked)
}

/// The form that is quickly made for the first who asks.
fn quick_form(asked: &HeaderMap) -> Option<Encoding> {
    let taken = Encoding::taken(asked);
    let forms = Encoding::ALL.into_iter().zip(taken);
    forms
        .filter(|(form, taken)| *taken && matches!(form, Encoding::Gzip | Encoding::Zstd))
        .map(|(form, _)| form)
        .next_back()
}

/// A response that is not kept, as the client takes it: nothing if it has it, smaller if it is a text.
async fn as_asked(mut response: Response, asked: &HeaderMap) -> Response {
    if response.status() != StatusCode::OK || response.headers().contains_key(CONTENT_ENCODING) {
        return response;
    }
    let has_validator = [ETAG, LAST_MODIFIED]
        .iter()
        .any(|name| response.headers().contains_key(name));
    if has_validator && kept::is_unchanged(asked, response.headers()) {
        *response.status_mut() = StatusCode::NOT_MODIFIED;
        response.headers_mut().remove(CONTENT_TYPE);
        response.headers_mut().remove(CONTENT_LENGTH);
        *response.body_mut() = Body::empty();
        return response;
    }
    match quick_form(asked).filter(|_| fits(&response)) {
        Some(encoding) => in_form(response, encoding, asked).await,
        None => response,
    }
}

/// True for a body that is all there and small enough to be kept or made smaller.
fn fits(response: &Response) -> bool {
    let length = response.body().size_hint().exact();
    length.is_some_and(|length| length <= BODY_MAX.try_into().unwrap_or(u64::MAX))
}

/// A whole response in a form that is quickly made.
async fn in_form(response: Response, encoding: Encoding, asked: &HeaderMap) -> Response {
    let (parts, body) = response.into_parts();
    let Ok(body) = to_bytes(body, BODY_MAX).await else {
        return broken();
    };
    let answer = Answer::new(parts.headers, body, Vec::new(), 0).with_quick_form(encoding);
    answer.respond(asked)
}
