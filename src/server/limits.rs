//! How often a client may ask, and how much of what is sent here may be on its way at once. By the matched route, so that no
//! spelling of a path is a way around; the answer has the shape of the face that was asked.

use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;

use axum::extract::{MatchedPath, Request, State};
use axum::middleware::Next;
use axum::response::Response;
use http::header::CONTENT_LENGTH;
use http::{HeaderMap, Method};

use super::client::bucket;
use super::room::Room;
use super::streams::Streams;
use crate::error::{Error, Result};
use crate::federation::inbox::BODY_MAX;
use crate::federation::reason::Reason;
use crate::federation::{Federation, routes};
use crate::limits::Rates;
use crate::{api, config, web};

/// The client of a request, as far as it is known: tests ask without one, and are not bounded.
#[derive(Clone, Copy, Debug)]
pub(super) struct Client(pub(super) IpAddr);

/// What kind of request it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Class {
    /// Whether the node lives, and what it counts.
    Health,
    /// Reading.
    Read,
    /// Changing something.
    Write,
    /// What is worth guessing at, or costs more than it looks.
    Guess,
    /// Looking for words.
    Search,
    /// Reading on, for as long as one likes.
    Stream,
    /// What other servers send.
    Inbox,
}

/// The bounds of a node.
pub(super) struct Limits {
    fed: Arc<Federation>,
    read: Rates<IpAddr>,
    write: Rates<IpAddr>,
    guess: Rates<IpAddr>,
    search: Rates<IpAddr>,
    inbox: Rates<IpAddr>,
    room: Arc<Room>,
    streams: Arc<Streams>,
}

impl Limits {
    pub(super) fn new(fed: Arc<Federation>) -> Arc<Self> {
        let config: &config::Limits = &fed.app.config.limits;
        Arc::new(Self {
            read: Rates::per_minute(config.read),
            write: Rates::per_minute(config.write),
            guess: Rates::per_minute(config.guess),
            search: Rates::per_minute(config.search),
            inbox: Rates::per_minute(config.inbox),
            room: Room::new(config.inbox_memory, BODY_MAX),
            streams: Streams::new(config.live, config.live_per_client),
            fed,
        })
    }

    fn admit(&self, class: Class, client: IpAddr) -> Result<()> {
        let client = bucket(client);
        match class {
            Class::Health => Ok(()),
            Class::Read | Class::Stream => self.read.admit(&client),
            Class::Write => self.write.admit(&client),
            Class::Guess => self.guess.admit(&client),
            Class::Search => self.search.admit(&client),
            Class::Inbox => self.inbox.admit(&client),
        }
    }
}

/// Lets a request through, or answers 429 or 503 with Retry-After, before its body is read.
pub(super) async fn limit(
    State(limits): State<Arc<Limits>>,
    request: Request,
    next: Next,
) -> Response {
    let class = classify(&request);
    let client = request.extensions().get::<Client>().map(|client| client.0);
    if let Some(Err(error)) = client.map(|client| limits.admit(class, client)) {
        return refused(&limits.fed, request.uri().path(), class, error);
    }
    if class == Class::Stream {
        let client = client.unwrap_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED));
        let Some(place) = limits.streams.enter(bucket(client)) else {
            let error = Error::RateLimited { retry_after: 60 };
            return refused(&limits.fed, request.uri().path(), class, error);
        };
        return place.until_sent(next.run(request).await);
    }
    if class != Class::Inbox {
        return next.run(request).await;
    }
    let client = client.unwrap_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED));
    let Some(_place) = limits.room.enter(bucket(client), length(request.headers())) else {
        let busy = Reason::Busy.refuse("too much is being read here just now; send it again later");
        return routes::turned_away(&limits.fed, &busy);
    };
    next.run(request).await
}

/// The class of a request, by the route that will answer it.
fn classify(request: &Request) -> Class {
    let route = request.extensions().get::<MatchedPath>();
    let route = route.map(MatchedPath::as_str).unwrap_or_default();
    let reading = matches!(
        *request.method(),
        Method::GET | Method::HEAD | Method::OPTIONS
    );
    match route.strip_prefix(api::BASE).unwrap_or(route) {
        "/healthz" | "/readyz" | "/metrics" => Class::Health,
        "/ap/inbox" | "/ap/users/{id}/inbox" if !reading => Class::Inbox,
        "/tokens"
        | "/replies/locate"
        | "/replies"
        | "/queue"
        | "/posts/{slug}/look"
        | "/authorize_interaction"
        | "/share" => Class::Guess,
        "/interact" if names_server(request) => Class::Guess,
        "/posts/{slug}/live" => Class::Stream,
        "/search" => Class::Search,
        _ if reading => Class::Read,
        _ => Class::Write,
    }
}

/// True when another server is to be asked.
fn names_server(request: &Request) -> bool {
    let query = request.uri().query().unwrap_or_default().as_bytes();
    url::form_urlencoded::parse(query).any(|(key, _)| key == "server")
}

/// How long the body says it is.
fn length(headers: &HeaderMap) -> Option<u64> {
    headers.get(CONTENT_LENGTH)?.to_str().ok()?.parse().ok()
}

fn refused(fed: &Federation, path: &str, class: Class, error: Error) -> Response {
    if class == Class::Inbox {
        return routes::turned_away(fed, &error.into());
    }
    tracing::debug!(reason = "rate_limited", ?class, "turned a client away");
    if path.starts_with(api::BASE) {
        return api::refusal(error);
    }
    web::error_page(&fed.app, &error)
}
