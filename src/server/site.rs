//! What answers the requests of a connection: kept answers at once, in front of the router and its layers; all else by the
//! router.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use futures_util::FutureExt;
use futures_util::future::{Either, Map, Ready, ready};
use http::header::{CONTENT_LENGTH, HOST};
use http::uri::Authority;
use http::{HeaderValue, Request, Response, StatusCode, Version};
use hyper::body::Incoming;
use hyper::service::Service;
use tower::ServiceExt;
use tower::util::Oneshot;

use super::{headers, kept};
use crate::app::App;

/// A node as its connections see it. Cheap to clone.
#[derive(Clone)]
pub(super) struct Site {
    router: Router,
    keeper: Option<Arc<App>>,
}

impl From<Router> for Site {
    fn from(router: Router) -> Self {
        Self {
            router,
            keeper: None,
        }
    }
}

impl Site {
    /// The pages of a node, with what is kept of them.
    pub(super) fn of(router: Router, app: Arc<App>) -> Self {
        Self {
            router,
            keeper: Some(app),
        }
    }

    /// What answers one connection's requests.
    pub(super) fn for_peer(self, peer: SocketAddr) -> Connected {
        Connected { site: self, peer }
    }

    /// Who keeps answers, if anybody does.
    pub(super) fn keeper(&self) -> Option<&Arc<App>> {
        self.keeper.as_ref()
    }

    /// The answer that is kept for a request, if there is one.
    fn at_once(&self, request: &Request<Incoming>) -> Option<Response<Body>> {
        let app = self.keeper.as_ref()?;
        let key = kept::key_of(app, request)?;
        kept::find(app, &key, request.headers())
    }
}

/// A node as one connection sees it.
#[derive(Clone)]
pub(super) struct Connected {
    site: Site,
    peer: SocketAddr,
}

type Outcome = Result<Response<Body>, Infallible>;
type Routed = Map<Oneshot<Router, Request<Body>>, fn(Outcome) -> Outcome>;

impl Service<Request<Incoming>> for Connected {
    type Response = Response<Body>;
    type Error = Infallible;
    type Future = Either<Ready<Outcome>, Routed>;

    fn call(&self, mut request: Request<Incoming>) -> Self::Future {
        if !names_its_host(&request) {
            return Either::Left(ready(Ok(bad_host())));
        }
        if let Some(response) = self.site.at_once(&request) {
            return Either::Left(ready(Ok(response)));
        }
        request.extensions_mut().insert(ConnectInfo(self.peer));
        let routed = self.site.router.clone().oneshot(request.map(Body::new));
        Either::Right(routed.map(without_wrong_length))
    }
}

/// True when a request says once, in a form that can be one, for which host it is (RFC 9112 3.2); HTTP/1.0 and HTTP/2 have
/// other ways.
fn names_its_host(request: &Request<Incoming>) -> bool {
    let mut hosts = request.headers().get_all(HOST).iter();
    let is_one = |host: &HeaderValue| {
        let host = host.as_bytes();
        host.is_empty() || (!host.contains(&b'@') && Authority::try_from(host).is_ok())
    };
    match (hosts.next(), hosts.next()) {
        (Some(host), None) => is_one(host),
        (None, _) => request.version() != Version::HTTP_11,
        _ => false,
    }
}

fn bad_host() -> Response<Body> {
    let mut response = Response::new(Body::from("A request names its host, once.\n"));
    *response.status_mut() = StatusCode::BAD_REQUEST;
    headers::add_fixed(response.headers_mut());
    response
}

/// The router gives every answer the length of its body. That of a 304 is nothing, but would have to be what a 200 says (RFC
/// 9110 8.6).
fn without_wrong_length(outcome: Outcome) -> Outcome {
    outcome.map(|mut response| {
        if response.status() == StatusCode::NOT_MODIFIED {
            response.headers_mut().remove(CONTENT_LENGTH);
        }
        response
    })
}
