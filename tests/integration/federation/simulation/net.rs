//! The hosts of a world on loopback, a port each, and a log of all they were asked.

use std::collections::{HashMap, HashSet};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock};
use std::time::Duration;

use antiphon::clock::Clock;
use antiphon::federation::signature::RsaKey;
use antiphon::types::Timestamp;
use axum::Router;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::header::{CONTENT_TYPE, ETAG, IF_NONE_MATCH};
use http::{HeaderMap, Method, StatusCode, Uri};
use serde_json::json;
use tokio::net::TcpListener;
use tokio::sync::OnceCell;
use tokio::task::JoinHandle;

use super::documents::Answer;
use super::world::{Fate, World};
use crate::support::Person;

/// What a slow host takes longer.
const SLOWNESS: Duration = Duration::from_millis(15);

/// What was asked for and told.
#[derive(Default)]
pub(super) struct Log {
    /// Every request: seconds since the beginning, address, status.
    pub(super) requests: Vec<(i64, String, u16)>,
    /// Ids that we were told in documents and collections.
    pub(super) named: HashSet<String>,
    /// The latest version of each note that was shown to us.
    pub(super) shown: HashMap<usize, u32>,
    /// Notes of which we were told that they are gone.
    pub(super) gone: HashSet<usize>,
}

struct Inner {
    clock: Clock,
    start: Timestamp,
    world: OnceLock<World>,
    key: RsaKey,
    log: Mutex<Log>,
}

/// The running hosts; they end with the value.
pub(super) struct Net {
    inner: Arc<Inner>,
    /// Their origins.
    pub(super) urls: Vec<String>,
    serving: Vec<JoinHandle<()>>,
}

/// Everybody's key: making one is slow.
async fn key() -> RsaKey {
    static KEY: OnceCell<RsaKey> = OnceCell::const_new();
    let made = KEY.get_or_init(|| async { RsaKey::generate().expect("keys can be made") });
    made.await.clone()
}

impl Net {
    /// Starts this many hosts that live by `clock`; they have nothing to say before [`Net::inhabit`].
    pub(super) async fn start(hosts: usize, clock: &Clock) -> Self {
        let inner = Arc::new(Inner {
            clock: clock.clone(),
            start: clock.now(),
            world: OnceLock::new(),
            key: key().await,
            log: Mutex::default(),
        });
        let (mut urls, mut serving) = (Vec::new(), Vec::new());
        for host in 0..hosts {
            let listener = TcpListener::bind("127.0.0.1:0").await;
            let listener = listener.expect("loopback has a free port");
            let port = listener.local_addr().expect("it is bound").port();
            urls.push(format!("http://localhost:{port}"));
            let router = Router::new()
                .fallback(answer)
                .with_state((Arc::clone(&inner), host));
            serving.push(tokio::spawn(async move {
                axum::serve(listener, router).await.expect("it serves");
            }));
        }
        Self {
            inner,
            urls,
            serving,
        }
    }

    /// Fills the hosts with people.
    pub(super) fn inhabit(&self, world: World) {
        assert!(self.inner.world.set(world).is_ok(), "it is done once");
    }

    pub(super) fn world(&self) -> &World {
        self.inner.world.get().expect("there are people")
    }

    /// Seconds since the beginning.
    pub(super) fn now(&self) -> i64 {
        self.inner.clock.now().secs() - self.inner.start.secs()
    }

    /// When it began.
    pub(super) fn start_time(&self) -> Timestamp {
        self.inner.start
    }

    pub(super) fn log(&self) -> MutexGuard<'_, Log> {
        self.inner.log.lock().expect("no host panicked")
    }

    /// Who wrote a note, ready to sign.
    pub(super) fn author(&self, note: usize) -> Person {
        let note = &self.world().notes[note];
        person(&self.inner.key, &self.world().person(note))
    }
}

impl Drop for Net {
    fn drop(&mut self) {
        for serving in &self.serving {
            serving.abort();
        }
    }
}

fn person(key: &RsaKey, id: &str) -> Person {
    let (origin, name) = id.split_once("/users/").expect("it is a person's id");
    Person {
        id: id.into(),
        name: name.into(),
        handle: format!("{name}@{}", origin.trim_start_matches("http://")),
        key_id: format!("{id}#main-key"),
        key: key.clone(),
    }
}

async fn answer(
    State((inner, host)): State<(Arc<Inner>, usize)>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
) -> Response {
    let Some(world) = inner.world.get() else {
        return StatusCode::NOT_FOUND.into_response();
    };
    if method != Method::GET {
        return StatusCode::ACCEPTED.into_response();
    }
    let path = uri.path_and_query().map_or("/", |path| path.as_str());
    let now = inner.clock.now().secs() - inner.start.secs();
    if world.hosts[host].fate == Fate::Slow {
        tokio::time::sleep(SLOWNESS).await;
    }
    let found = if !world.answers(host, path, now) {
        Answer::status(503)
    } else if path.starts_with("/users/") {
        let id = format!("{}{path}", world.hosts[host].url);
        let mut document = person(&inner.key, &id).document();
        document["endpoints"] =
            json!({ "sharedInbox": format!("{}/inbox", world.hosts[host].url) });
        Answer {
            status: 200,
            body: document,
            ..Answer::status(200)
        }
    } else {
        world.answer(host, path, inner.start, now)
    };
    let body = found.body.to_string();
    let mut hash = DefaultHasher::new();
    body.hash(&mut hash);
    let etag = format!("\"{:x}\"", hash.finish());
    let known = headers.get(IF_NONE_MATCH);
    let unchanged =
        found.status == 200 && known.is_some_and(|known| known.as_bytes() == etag.as_bytes());
    let status = if unchanged { 304 } else { found.status };
    let mut log = inner.log.lock().expect("no host panicked");
    let address = format!("{}{path}", world.hosts[host].url);
    log.requests.push((now, address, status));
    log.named.extend(found.names);
    match found.shows {
        Some((note, 0)) => {
            log.gone.insert(note);
        }
        Some((note, version)) => {
            let known = log.shown.entry(note).or_default();
            *known = version.max(*known);
        }
        None => {}
    }
    drop(log);
    let status = StatusCode::from_u16(status).expect("it is a status");
    let fields = [
        (CONTENT_TYPE, "application/activity+json".to_owned()),
        (ETAG, etag),
    ];
    if unchanged {
        (status, fields).into_response()
    } else {
        (status, fields, body).into_response()
    }
}
