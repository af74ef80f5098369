//! Who may read documents here. A signed request of a blocked server never may; with `federation.secure_mode` everybody
//! else must sign too. Pages for people are not documents, and the keys stay readable: without them nobody could check
//! what we sign, and two servers that ask each other for signatures would ask for ever.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::Response;
use http::header::{CACHE_CONTROL, VARY};
use http::request::Parts;
use http::{HeaderMap, HeaderValue, Uri};

use super::reason::{Reason, Refusal};
use super::routes::{problem, wants_activity, wants_html};
use super::signature::{self, ParsedSignature};
use super::{Federation, inbox, prove};
use crate::http::within_budget;
use crate::types::{ApUrl, Host};

/// Requests that proving one reader may cause.
const FETCHES: u32 = 8;

/// Marks the request of somebody who is not proven and reads all the same: what is shown of an actor is its key.
#[derive(Clone, Copy, Debug)]
pub struct Stranger;

/// Lets those read who may. For documents that have a page, too; who asks for that passes.
pub async fn readers(State(fed): State<Arc<Federation>>, request: Request, next: Next) -> Response {
    if is_page(request.uri(), request.headers()) {
        return next.run(request).await;
    }
    readers_only(State(fed), request, next).await
}

/// Lets those read who may. For documents that have no page.
pub async fn readers_only(
    State(fed): State<Arc<Federation>>,
    request: Request,
    next: Next,
) -> Response {
    let (parts, body) = request.into_parts();
    let admitted = admit(&fed, &parts).await;
    let request = Request::from_parts(parts, body);
    match admitted {
        Ok(()) => varying(&fed, next.run(request).await),
        Err(refusal) => turned_away(&refusal),
    }
}

/// Lets those read who may, and strangers as [`Stranger`]. For the documents of actors.
pub async fn readers_of_keys(
    State(fed): State<Arc<Federation>>,
    request: Request,
    next: Next,
) -> Response {
    if is_page(request.uri(), request.headers()) {
        return next.run(request).await;
    }
    let (parts, body) = request.into_parts();
    let admitted = admit(&fed, &parts).await;
    let mut request = Request::from_parts(parts, body);
    match admitted {
        Ok(()) => varying(&fed, next.run(request).await),
        Err(refusal) if refusal.reason == Reason::SignatureMissing => {
            request.extensions_mut().insert(Stranger);
            varying(&fed, next.run(request).await)
        }
        Err(refusal) => turned_away(&refusal),
    }
}

/// True when a page is asked for, or the way to one. Outside `/ap/` everything is a page unless ActivityStreams is named.
fn is_page(uri: &Uri, headers: &HeaderMap) -> bool {
    let as_people_do = !uri.path().starts_with("/ap/") || wants_html(headers);
    as_people_do && !wants_activity(headers)
}

/// Ok when this request may read. What it may cost is bounded like an activity.
async fn admit(fed: &Arc<Federation>, parts: &Parts) -> Result<(), Refusal> {
    let target = parts.uri.path_and_query();
    let signed = signature::Request {
        method: parts.method.as_str(),
        path_and_query: target.map_or("/", http::uri::PathAndQuery::as_str),
        headers: &parts.headers,
        body: None,
    };
    let parsed = ParsedSignature::parse(&signed);
    if fed.app.config.federation.secure_mode {
        return prove_reader(fed, &signed, parsed?).await;
    }
    let host = parsed.map(|signature| ApUrl::new(signature.key_id()).host());
    match host {
        Ok(Some(host)) if fed.app.hosts.is_blocked(&host) => Err(blocked(host)),
        _ => Ok(()),
    }
}

async fn prove_reader(
    fed: &Arc<Federation>,
    signed: &signature::Request<'_>,
    signature: ParsedSignature,
) -> Result<(), Refusal> {
    let key = ApUrl::new(signature.key_id());
    let proven = async {
        inbox::refuse_blocked(fed, &key, Reason::KeyAddress)?;
        signature.check(signed, &fed.site, fed.app.now())?;
        let known = prove::load(fed, signature.key_id()).await?;
        prove::prove(fed, &signature, signed, known).await
    };
    match within_budget(FETCHES, Box::pin(proven)).await {
        Ok(reader) if fed.app.hosts.is_blocked(&reader.host) => Err(blocked(reader.host)),
        Ok(_) => Ok(()),
        Err(refusal) => Err(refusal.by(key.host())),
    }
}

fn blocked(host: Host) -> Refusal {
    Reason::BlockedHost
        .refuse("this server is blocked here")
        .by(Some(host))
}

fn turned_away(refusal: &Refusal) -> Response {
    let (reason, host) = (refusal.reason.as_str(), refusal.signer.as_ref());
    let signer = host.map_or("", Host::as_str);
    tracing::debug!(reason, signer, "refused a reader: {refusal}");
    private(problem(refusal, signature::wanted(false)))
}

/// In secure mode no cache may hand an answer on.
fn varying(fed: &Federation, response: Response) -> Response {
    if fed.app.config.federation.secure_mode {
        private(response)
    } else {
        response
    }
}

fn private(mut response: Response) -> Response {
    let headers: &mut HeaderMap = response.headers_mut();
    headers.insert(
        VARY,
        HeaderValue::from_static("Accept, Signature, Signature-Input, Authorization"),
    );
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("private, no-store"));
    response
}
