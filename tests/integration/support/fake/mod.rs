//! A server that is not ours, on loopback: people with keys and documents, an inbox that keeps what comes, and every
//! fault that a server on the network has.

mod hand;
mod letter;
mod person;
mod serve;

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use antiphon::clock::Clock;
use antiphon::federation::signature::{RsaKey, SignatureForm};
use serde_json::Value;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use url::Url;

pub(crate) use hand::ByHand;
pub(crate) use letter::{Flaw, Letter};
pub(crate) use person::Person;

use super::until;

/// What goes wrong at a path of a [`FakeInstance`].
#[derive(Clone, Debug)]
pub(crate) enum Fault {
    /// Answers with this status, and a text.
    Status(u16),
    /// Answers with this status and `Retry-After` in seconds.
    RetryAfter(u16, u32),
    /// Answers as usual, this much later.
    Slow(Duration),
    /// Never answers.
    Hang,
    /// Sends elsewhere (302).
    Redirect(String),
    /// Calls the document by another media type.
    Called(&'static str),
    /// A body without end.
    Endless,
    /// 401 to every signature that is not RFC 9421.
    OnlyRfc9421,
    /// 401 with this `Accept-Signature` to every signature without the nonce `n-1`.
    Asks(&'static str),
}

/// Something that came to an inbox here.
#[derive(Clone, Debug)]
pub(crate) struct Received {
    /// The inbox's path.
    pub(crate) path: String,
    /// The signature's form.
    pub(crate) form: SignatureForm,
    /// The activity.
    pub(crate) activity: Value,
    /// The same byte for byte.
    pub(crate) body: Vec<u8>,
}

impl Received {
    /// The activity's type.
    pub(crate) fn kind(&self) -> &str {
        self.activity["type"].as_str().unwrap_or_default()
    }

    /// The activity's id.
    pub(crate) fn id(&self) -> &str {
        self.activity["id"].as_str().unwrap_or_default()
    }
}

#[derive(Default)]
struct Shelves {
    /// By path.
    documents: HashMap<String, Value>,
    /// By path: media type and bytes.
    files: HashMap<String, (String, Vec<u8>)>,
    /// Actor ids by user name.
    people: BTreeMap<String, String>,
    /// By path; `*` for all.
    faults: HashMap<String, Fault>,
    received: Vec<Received>,
    /// Method and path of every request, as it came.
    requests: Vec<String>,
    /// Entity tags by path, and how often a document was as its asker knew it.
    tags: HashMap<String, String>,
    unchanged: HashMap<String, usize>,
    /// Complaints about what came: wrong signatures most of all.
    complaints: Vec<String>,
}

/// A fake server on `http://localhost:PORT`. It ends with the value.
pub(crate) struct FakeInstance {
    /// Its origin.
    pub(crate) url: String,
    shelves: Arc<Mutex<Shelves>>,
    key: RsaKey,
    serving: JoinHandle<()>,
}

impl FakeInstance {
    /// Starts a server that lives by `clock`.
    pub(crate) async fn start(clock: &Clock) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0")
            .await
            .expect("loopback has a free port");
        let port = listener.local_addr().expect("it is bound").port();
        let url = format!("http://localhost:{port}");
        let keys = super::app::shared_keys().await;
        let key = RsaKey::from_pkcs8_pem(&keys.private.rsa_pem).expect("it was just made");
        let shelves = Arc::new(Mutex::new(Shelves::default()));
        let router = serve::router(serve::Serving {
            url: Url::parse(&url).expect("it is an address"),
            shelves: Arc::clone(&shelves),
            clock: clock.clone(),
            key: key.public_key().expect("it was just made"),
        });
        let serving = tokio::spawn(async move {
            axum::serve(listener, router).await.expect("it serves");
        });
        Self {
            url,
            shelves,
            key,
            serving,
        }
    }

    fn shelves(&self) -> MutexGuard<'_, Shelves> {
        self.shelves.lock().expect("nobody panics while holding it")
    }

    /// `localhost:PORT`.
    pub(crate) fn host(&self) -> &str {
        self.url.trim_start_matches("http://")
    }

    /// Serves a document under its own id.
    pub(crate) fn publish(&self, document: &Value) {
        let id = document["id"].as_str().expect("a document has an id");
        self.publish_at(id, document);
    }

    /// Serves a document under an address here.
    pub(crate) fn publish_at(&self, address: &str, document: &Value) {
        let path = self.path(address);
        self.shelves().documents.insert(path, document.clone());
    }

    /// Serves a file and returns its address.
    pub(crate) fn serve_file(&self, path: &str, media_type: &str, bytes: Vec<u8>) -> String {
        let file = (media_type.to_owned(), bytes);
        self.shelves().files.insert(path.to_owned(), file);
        format!("{}{path}", self.url)
    }

    /// Lets something go wrong at an address here, or at `*` everywhere.
    pub(crate) fn fail(&self, address: &str, fault: Fault) {
        let path = self.path(address);
        self.shelves().faults.insert(path, fault);
    }

    /// Lets all be well at an address.
    pub(crate) fn heal(&self, address: &str) {
        let path = self.path(address);
        self.shelves().faults.remove(&path);
    }

    /// Gives a document an entity tag, which conditional requests may name.
    pub(crate) fn tag(&self, address: &str, tag: &str) {
        let path = self.path(address);
        self.shelves().tags.insert(path, tag.to_owned());
    }

    /// How often a document was not sent because its asker had it.
    pub(crate) fn not_modified(&self, address: &str) -> usize {
        let path = self.path(address);
        self.shelves().unchanged.get(&path).copied().unwrap_or(0)
    }

    /// Serves a document no more (404).
    pub(crate) fn withdraw(&self, address: &str) {
        let path = self.path(address);
        self.shelves().documents.remove(&path);
    }

    fn path(&self, address: &str) -> String {
        address
            .strip_prefix(&self.url)
            .unwrap_or(address)
            .to_owned()
    }

    /// How often something was asked for, by path.
    pub(crate) fn requests_for(&self, address: &str) -> usize {
        let wanted = format!("GET {}", self.path(address));
        self.shelves()
            .requests
            .iter()
            .filter(|request| **request == wanted)
            .count()
    }

    /// How many requests came in all.
    pub(crate) fn requests(&self) -> usize {
        self.shelves().requests.len()
    }

    /// How many requests came to inboxes, answered well or not.
    pub(crate) fn knocks(&self) -> usize {
        let posts = |request: &&String| request.starts_with("POST ");
        self.shelves().requests.iter().filter(posts).count()
    }

    /// What was taken in so far. Fails the test when anything came with a wrong signature.
    pub(crate) fn received(&self) -> Vec<Received> {
        let shelves = self.shelves();
        assert!(shelves.complaints.is_empty(), "{:?}", shelves.complaints);
        shelves.received.clone()
    }

    /// What was taken in of one type.
    pub(crate) fn received_of(&self, kind: &str) -> Vec<Received> {
        let mut all = self.received();
        all.retain(|received| received.kind() == kind);
        all
    }

    /// Waits for an activity of this type and returns the first.
    pub(crate) async fn wait_for(&self, kind: &str) -> Received {
        until(&format!("{} gets a {kind}", self.url), async || {
            self.received_of(kind).into_iter().next()
        })
        .await
    }

    /// Waits for this many activities of a type.
    pub(crate) async fn wait_for_many(&self, kind: &str, count: usize) -> Vec<Received> {
        until(&format!("{} gets {count} {kind}", self.url), async || {
            Some(self.received_of(kind)).filter(|all| all.len() >= count)
        })
        .await
    }
}

impl Drop for FakeInstance {
    fn drop(&mut self) {
        self.serving.abort();
    }
}
