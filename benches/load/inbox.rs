//! Replies come in. The load is signed beforehand, so that sending it costs little.

use std::fmt::Write as _;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use antiphon::app::App;
use antiphon::db::schema::comments;
use antiphon::domain::actor::{Actor, ActorKey};
use antiphon::domain::post::Post;
use antiphon::federation::Federation;
use antiphon::federation::signature::{RsaKey, SignatureForm, sign_post};
use antiphon::http::HttpSettings;
use antiphon::server;
use diesel::prelude::*;
use http::header::HOST;
use http::{HeaderMap, HeaderValue};
use serde_json::json;
use tokio::net::TcpListener;
use tokio::runtime::Runtime;
use url::Url;

use crate::ceiling::Ceilings;
use crate::client;
use crate::cpu;
use crate::people;
use crate::process::Process;
use crate::report::{Pair, Rate, Row};
use crate::sink::{Answer, LOOPBACK, Sink};
use crate::support;

/// Connections of the load.
const CONNECTIONS: usize = 32;
/// Different keys; making one takes long, and nothing looks at who shares one.
const KEYS: usize = 4;
/// Repetitions, and replies in each.
const TIMES: usize = 5;
const REPLIES: usize = 3_000;

/// Somebody who writes to us.
pub(crate) struct Sender {
    /// Who it is.
    pub(crate) actor: Actor,
    /// What it signs with.
    pub(crate) key: RsaKey,
    /// Where others find the public half.
    pub(crate) key_id: String,
}

impl Sender {
    fn new(app: &App, origin: &str, key: &RsaKey) -> Self {
        let actor = support::stranger(app, origin, "sender");
        Self {
            key_id: format!("{}#main-key", actor.ap_id),
            actor,
            key: key.clone(),
        }
    }

    fn public_pem(&self) -> String {
        self.key.public_pem().expect("the key can be written")
    }

    pub(crate) fn keys(&self) -> Vec<ActorKey> {
        vec![ActorKey {
            key_id: self.key_id.clone(),
            actor_id: self.actor.id,
            public: self.public_pem(),
            fetched_at: self.actor.fetched_at,
        }]
    }

    /// The actor's document, as Mastodon shows it.
    pub(crate) fn document(&self) -> String {
        json!({
            "@context": ["https://www.w3.org/ns/activitystreams", "https://w3id.org/security/v1"],
            "id": self.actor.ap_id, "type": "Person", "preferredUsername": self.actor.username,
            "name": self.actor.name, "url": self.actor.url, "inbox": self.actor.inbox,
            "endpoints": { "sharedInbox": self.actor.shared_inbox },
            "publicKey": { "id": self.key_id, "owner": self.actor.ap_id, "publicKeyPem": self.public_pem() },
        })
        .to_string()
    }

    /// A reply to the post.
    pub(crate) fn body(&self, app: &App, post: &Post, number: usize) -> String {
        let actor = &self.actor.ap_id;
        let note = format!("{actor}/statuses/{number}");
        let public = "https://www.w3.org/ns/activitystreams#Public";
        json!({
            "@context": "https://www.w3.org/ns/activitystreams",
            "id": format!("{note}/activity"), "type": "Create", "actor": actor, "to": [public],
            "object": {
                "id": note, "type": "Note", "attributedTo": actor, "inReplyTo": post.ap_id,
                "url": note, "published": app.now().rfc3339(), "to": [public],
                "cc": [format!("{actor}/followers")], "content": support::COMMENT,
                "contentMap": { "en": support::COMMENT },
                "tag": [{ "type": "Mention", "href": format!("{}/ap/alice", support::SITE), "name": "@alice" }],
            },
        })
        .to_string()
    }

    /// A whole request with a reply to the post.
    fn request(&self, app: &App, post: &Post, number: usize) -> Vec<u8> {
        let body = self.body(app, post, number);
        let url = Url::parse(&format!("{}/ap/inbox", support::SITE)).expect("it is an address");
        let kind = "application/activity+json";
        let signed = sign_post(
            SignatureForm::Cavage,
            &self.key,
            &self.key_id,
            &url,
            kind,
            body.as_bytes(),
            app.now(),
        );
        let mut headers = signed.expect("the request can be signed");
        headers.insert(HOST, HeaderValue::from_static("blog.example"));
        let mut request = head(&headers, body.len());
        request.push_str(&body);
        request.into_bytes()
    }
}

/// The head of a request with these headers.
pub(crate) fn head(headers: &HeaderMap, length: usize) -> String {
    let mut text = format!("POST /ap/inbox HTTP/1.1\r\ncontent-length: {length}\r\n");
    for (name, value) in headers {
        let value = value.to_str().expect("we made it of ASCII");
        let _ = write!(text, "{name}: {value}\r\n");
    }
    text.push_str("\r\n");
    text
}

/// One sender on each origin.
pub(crate) fn senders(app: &App, origins: &[String]) -> Vec<Sender> {
    let keys: Vec<RsaKey> = (0..KEYS)
        .map(|_| RsaKey::generate().expect("a key can be made"))
        .collect();
    origins
        .iter()
        .zip(keys.iter().cycle())
        .map(|(origin, key)| Sender::new(app, origin, key))
        .collect()
}

/// Signs all requests, on all cores.
pub(crate) fn requests(app: &App, post: &Post, senders: &[Sender], count: usize) -> Vec<Vec<u8>> {
    let numbers: Vec<usize> = (0..count).collect();
    let sign = |numbers: &[usize]| -> Vec<Vec<u8>> {
        let with_sender = numbers
            .iter()
            .filter_map(|n| senders.get(n % senders.len()).map(|s| (n, s)));
        with_sender
            .map(|(number, sender)| sender.request(app, post, *number))
            .collect()
    };
    let (left, right) = numbers.split_at(count / 2);
    std::thread::scope(|scope| {
        let other = scope.spawn(|| sign(right));
        let mut all = sign(left);
        all.extend(other.join().expect("signing does not panic"));
        all
    })
}

/// 200 known senders answer one post on the real binary; after the last answer it is killed and the rows are counted.
pub(crate) fn known_senders() -> Vec<Row> {
    let runtime = Runtime::new().expect("a runtime can be made");
    let folder = tempfile::tempdir().expect("the system has a temporary folder");
    let (load, app) = runtime.block_on(async {
        let (app, alice) = support::node(folder.path(), HttpSettings::default()).await;
        let post = support::publish(&app, &alice, 0).await;
        let origins: Vec<String> = (0..200)
            .map(|n| format!("https://s{n}.load.example"))
            .collect();
        let writers = senders(&app, &origins);
        let rows = writers
            .iter()
            .map(|sender| (sender.actor.clone(), sender.keys()));
        people::store_actors(&app, rows.collect()).await;
        (requests(&app, &post, &writers, TIMES * REPLIES), app)
    });
    let ceilings = Ceilings::new();
    let process = Process::start(folder.path());
    let (mut pairs, mut accepted, mut refused) = (Vec::new(), 0, Vec::new());
    for chunk in load.chunks(REPLIES) {
        let before = ceilings.verifications();
        let used = process.cpu_seconds();
        let outcome = client::load(process.address, CONNECTIONS, chunk);
        let used = process.cpu_seconds() - used;
        let ceiling = ceilings.verifications().midpoint(before);
        accepted += outcome.accepted;
        refused.extend(outcome.refused);
        let count = u32::try_from(outcome.accepted).expect("they are few");
        let figure = Rate::new(count, outcome.elapsed.as_secs_f64(), used, cpu::cores());
        pairs.push(Pair { figure, ceiling });
    }
    let memory = process.memory();
    process.kill();
    let stored = runtime.block_on(
        app.db
            .read(|conn| Ok(comments::table.count().get_result::<i64>(conn)?)),
    );
    let stored = stored.expect("the database can be read");
    assert!(refused.is_empty(), "some were refused: {refused:?}");
    assert_eq!(
        i64::try_from(accepted),
        Ok(stored),
        "what was accepted was not stored"
    );
    eprintln!("{accepted} accepted, {stored} found after the kill; {memory:.1} MB before it");
    Row::rate(
        "inbox, known senders, SQLite, FULL, 32 connections",
        &pairs,
        0.08,
        "≥ 8 %",
    )
    .into()
}

/// 200 unknown senders, three replies each at once; their hosts count what they are asked for.
pub(crate) fn first_contact() -> Vec<Row> {
    let runtime = Runtime::new().expect("a runtime can be made");
    let folder = tempfile::tempdir().expect("the system has a temporary folder");
    let asked: Arc<Vec<AtomicU32>> = Arc::new((0..200).map(|_| AtomicU32::new(0)).collect());
    let documents: Arc<std::sync::OnceLock<Vec<String>>> = Arc::default();
    let names: Vec<String> = (0..200).map(|number| format!("u{number}")).collect();
    let (counting, shown) = (Arc::clone(&asked), Arc::clone(&documents));
    let decide = move |host: &str, _: &str| {
        let number: usize = host.trim_start_matches('u').parse().unwrap_or(usize::MAX);
        if let Some(count) = counting.get(number) {
            count.fetch_add(1, Ordering::Relaxed);
        }
        let document = shown.get().and_then(|documents| documents.get(number));
        document.map_or(Answer::Failure, |text| Answer::Document(text.clone()))
    };
    let sink = Sink::start(&names, false, Arc::new(decide));
    let (load, node) = runtime.block_on(async {
        let (app, alice) = support::node(folder.path(), sink.http()).await;
        let post = support::publish(&app, &alice, 0).await;
        let people = senders(&app, &sink.origins);
        let shown = documents.set(people.iter().map(Sender::document).collect());
        shown.expect("it is set once");
        // The replies of one sender stand one behind the other, so that they arrive at once.
        let mut load = Vec::new();
        for sender in &people {
            load.extend((0..3).map(|number| sender.request(&app, &post, number)));
        }
        let fed = Federation::new(app).await.expect("the node is complete");
        let listener = TcpListener::bind((LOOPBACK, 0))
            .await
            .expect("loopback can be bound");
        (
            load,
            server::start(fed, listener).await.expect("the node starts"),
        )
    });
    let outcome = client::load(node.address, CONNECTIONS, &load);
    runtime.block_on(node.stop());
    let most = asked
        .iter()
        .map(|count| count.load(Ordering::Relaxed))
        .max()
        .unwrap_or(0);
    let refused = u32::try_from(outcome.refused.len()).expect("they are few");
    let seconds = outcome.elapsed.as_secs_f64();
    eprintln!(
        "{} of {} accepted in {seconds:.2} s",
        outcome.accepted,
        load.len()
    );
    vec![
        Row::at_most(
            "first contact, 200 senders, 3 replies each: refused",
            "replies",
            &[f64::from(refused)],
            0.0,
            "0",
        ),
        Row::at_most(
            "first contact: requests for one actor, at most",
            "requests",
            &[f64::from(most)],
            2.0,
            "≤ 2",
        ),
    ]
}
