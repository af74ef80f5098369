//! The fake server's answers.

use std::convert::Infallible;
use std::sync::{Arc, Mutex};

use antiphon::clock::Clock;
use antiphon::federation::signature::{ParsedSignature, PublicKey, Request, SignatureForm, Site};
use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::header::{CONTENT_TYPE, LOCATION, RETRY_AFTER};
use http::{HeaderMap, HeaderValue, Method, StatusCode, Uri};
use serde_json::{Value, json};
use url::Url;

use super::{Fault, Received, Shelves};

#[derive(Clone)]
pub(super) struct Serving {
    pub(super) url: Url,
    pub(super) shelves: Arc<Mutex<Shelves>>,
    pub(super) clock: Clock,
    /// The key of every node under test.
    pub(super) key: PublicKey,
}

pub(super) fn router(serving: Serving) -> Router {
    Router::new().fallback(answer).with_state(serving)
}

async fn answer(
    State(serving): State<Serving>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let path = uri
        .path_and_query()
        .map_or("/", |path| path.as_str())
        .to_owned();
    let fault = {
        let mut shelves = serving.shelves.lock().unwrap();
        shelves.requests.push(format!("{method} {path}"));
        let faults = &shelves.faults;
        faults.get(&path).or_else(|| faults.get("*")).cloned()
    };
    match fault {
        Some(Fault::Status(status)) => {
            return (code(status), "no, and here is why").into_response();
        }
        Some(Fault::RetryAfter(status, secs)) => {
            return (code(status), [(RETRY_AFTER, secs.to_string())]).into_response();
        }
        Some(Fault::Called(kind)) => {
            let mut answer = serving.document(&path);
            answer
                .headers_mut()
                .insert(CONTENT_TYPE, HeaderValue::from_static(kind));
            return answer;
        }
        Some(Fault::Hang) => return std::future::pending().await,
        Some(Fault::Redirect(to)) => return (StatusCode::FOUND, [(LOCATION, to)]).into_response(),
        Some(Fault::Endless) => return endless(),
        Some(Fault::Slow(pause)) => tokio::time::sleep(pause).await,
        Some(Fault::OnlyRfc9421) if !headers.contains_key("signature-input") => {
            return code(401).into_response();
        }
        Some(Fault::Asks(what)) if !has_nonce(&headers) => {
            return (code(401), [("accept-signature", what)]).into_response();
        }
        Some(Fault::OnlyRfc9421 | Fault::Asks(_)) | None => {}
    }
    if method == Method::POST {
        return serving.take(path, &headers, &body);
    }
    let accepted = headers
        .get("accept")
        .and_then(|accept| accept.to_str().ok());
    if accepted.is_some_and(|accept| accept.contains("activity+json"))
        && let Err(complaint) = serving.prove("GET", &path, &headers, None)
    {
        serving.shelves.lock().unwrap().complaints.push(complaint);
    }
    if uri.path() == "/.well-known/webfinger" {
        serving.finger(&uri)
    } else {
        serving.conditional(&path, &headers)
    }
}

fn has_nonce(headers: &HeaderMap) -> bool {
    let input = headers.get("signature-input");
    input.is_some_and(|input| input.to_str().unwrap().contains(";nonce=\"n-1\""))
}

fn code(status: u16) -> StatusCode {
    StatusCode::from_u16(status).expect("the test names a status")
}

fn endless() -> Response {
    let chunk = Bytes::from(vec![b' '; 64 * 1024]);
    let chunks = futures_util::stream::repeat_with(move || Ok::<_, Infallible>(chunk.clone()));
    let kind = [(CONTENT_TYPE, "application/activity+json")];
    (kind, Body::from_stream(chunks)).into_response()
}

impl Serving {
    /// An inbox: 202 to what is signed by a node under test, 401 to all else.
    fn take(&self, path: String, headers: &HeaderMap, body: &[u8]) -> Response {
        let proven = self.prove("POST", &path, headers, Some(body));
        let activity = serde_json::from_slice::<Value>(body).unwrap_or_default();
        let mut shelves = self.shelves.lock().unwrap();
        match proven {
            Ok(form) => {
                shelves.received.push(Received {
                    path,
                    form,
                    activity,
                    body: body.to_vec(),
                });
                StatusCode::ACCEPTED.into_response()
            }
            Err(complaint) => {
                shelves.complaints.push(complaint);
                StatusCode::UNAUTHORIZED.into_response()
            }
        }
    }

    fn prove(
        &self,
        method: &str,
        path_and_query: &str,
        headers: &HeaderMap,
        body: Option<&[u8]>,
    ) -> Result<SignatureForm, String> {
        let request = Request {
            method,
            path_and_query,
            headers,
            body,
        };
        let site = Site::new(&self.url).map_err(|e| e.to_string())?;
        let signature = ParsedSignature::parse(&request).map_err(|e| e.to_string())?;
        signature
            .check(&request, &site, self.clock.now())
            .and_then(|()| signature.verify(&request, &site, &self.key))
            .map_err(|e| e.to_string())?;
        Ok(signature.form())
    }

    fn finger(&self, uri: &Uri) -> Response {
        let query = uri.query().unwrap_or_default();
        let wanted = url::form_urlencoded::parse(query.as_bytes())
            .find(|(key, _)| key == "resource")
            .map(|(_, value)| value.into_owned())
            .unwrap_or_default();
        let user = wanted.trim_start_matches("acct:").split('@').next();
        let shelves = self.shelves.lock().unwrap();
        let jrd = [(CONTENT_TYPE, "application/jrd+json")];
        let path = uri.path_and_query().map_or("/", |path| path.as_str());
        if let Some(document) = shelves.documents.get(path) {
            return (jrd, document.to_string()).into_response();
        }
        let Some(id) = user.and_then(|user| shelves.people.get(user)) else {
            return StatusCode::NOT_FOUND.into_response();
        };
        let link = json!({ "rel": "self", "type": "application/activity+json", "href": id });
        let document = json!({ "subject": wanted, "links": [link] });
        (jrd, document.to_string()).into_response()
    }

    /// A document, with its entity tag where it has one; 304 to whoever has it.
    fn conditional(&self, path: &str, headers: &HeaderMap) -> Response {
        let mut shelves = self.shelves.lock().unwrap();
        let Some(tag) = shelves.tags.get(path).cloned() else {
            drop(shelves);
            return self.document(path);
        };
        let known = headers.get("if-none-match");
        if known.is_some_and(|known| known.as_bytes() == tag.as_bytes()) {
            *shelves.unchanged.entry(path.to_owned()).or_default() += 1;
            return StatusCode::NOT_MODIFIED.into_response();
        }
        drop(shelves);
        let mut answer = self.document(path);
        answer.headers_mut().insert("etag", tag.parse().unwrap());
        answer
    }

    fn document(&self, path: &str) -> Response {
        let shelves = self.shelves.lock().unwrap();
        if let Some((media_type, bytes)) = shelves.files.get(path) {
            return ([(CONTENT_TYPE, media_type.clone())], bytes.clone()).into_response();
        }
        match shelves.documents.get(path) {
            Some(document) => {
                let kind = [(CONTENT_TYPE, "application/activity+json")];
                (kind, document.to_string()).into_response()
            }
            None => StatusCode::NOT_FOUND.into_response(),
        }
    }
}
