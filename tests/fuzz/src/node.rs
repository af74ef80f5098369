//! A node with a post, a discussion and three people elsewhere, put back as it was after each run.

use std::path::Path;
use std::sync::Arc;

use activitypub_federation::traits::Object;
use antiphon::app::App;
use antiphon::clock::Clock;
use antiphon::config::{self, Config};
use antiphon::domain::account;
use antiphon::domain::actor::{self, Actor};
use antiphon::domain::post::{self, NewPost, Post};
use antiphon::federation::inbox::{self, Posted, Verdict};
use antiphon::federation::objects::Doc;
use antiphon::federation::objects::actor::RemoteActor;
use antiphon::federation::reason::Refusal;
use antiphon::federation::signature::Ed25519Key;
use antiphon::federation::{Federation, keys};
use antiphon::http::{HttpClient, HttpSettings, Resolver};
use aws_lc_rs::digest;
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Text};
use http::{HeaderMap, HeaderName, HeaderValue};
use serde_json::{Value, json};
use tokio::runtime::Runtime;

use super::{NOW, ORIGIN, PUBLIC};

/// The node.
pub struct Node {
    /// Everything runs on it.
    pub runtime: Runtime,
    /// The node's federation.
    pub fed: Arc<Federation>,
    /// A published post.
    pub post: Post,
    /// Its author.
    pub alice: Actor,
    key: Ed25519Key,
    tables: Vec<String>,
    /// Changes when another connection wrote.
    version: i64,
    conn: SqliteConnection,
    _folder: tempfile::TempDir,
}

#[derive(QueryableByName)]
struct Number {
    #[diesel(sql_type = BigInt)]
    n: i64,
}

#[derive(QueryableByName)]
struct Word {
    #[diesel(sql_type = Text)]
    word: String,
}

impl Node {
    /// Builds it. `resolver` says where names lead; a [`Resolver::Fixed`] without names is no network.
    pub fn new(settings: HttpSettings) -> Self {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .expect("a runtime starts");
        let folder = folder();
        let (fed, post, alice) = runtime.block_on(build(folder.path(), settings));
        let mut conn =
            SqliteConnection::establish(&folder.path().join("node.db").to_string_lossy())
                .expect("it is there");
        conn.batch_execute("ATTACH ':memory:' AS base")
            .expect("memory can be attached");
        let key = Ed25519Key::generate().expect("keys can be made");
        let mut node = Self {
            runtime,
            fed,
            post,
            alice,
            key,
            tables: Vec::new(),
            version: 0,
            conn,
            _folder: folder,
        };
        node.settle();
        node
    }

    /// A node that reaches nobody.
    pub fn alone() -> Self {
        Self::new(HttpSettings {
            resolver: Resolver::Fixed(Arc::default()),
            ..HttpSettings::default()
        })
    }

    /// Bob and Carol answer, like and follow; then everything is written down to come back to.
    fn settle(&mut self) {
        let post = self.post.ap_id.to_string();
        for name in ["bob", "carol", "dave"] {
            self.know(name);
        }
        for name in ["bob", "carol"] {
            let id = person(name);
            let note = self.note(name, 1, &post);
            for (number, (kind, object)) in [
                ("Create", note),
                ("Like", json!(post)),
                ("Follow", json!(self.alice.ap_id)),
            ]
            .into_iter()
            .enumerate()
            {
                let activity = json!({
                    "id": format!("https://{name}.example/activities/{number}"), "type": kind, "actor": id, "object": object,
                });
                let taken = self.receive(name, activity.to_string().as_bytes());
                assert!(
                    matches!(taken, Ok(Verdict::Done)),
                    "{kind} of {name}: {taken:?}"
                );
            }
        }
        let names = "SELECT name AS word FROM sqlite_master WHERE type = 'table' AND name NOT LIKE '\\_\\_%' ESCAPE '\\' \
                     AND name NOT LIKE 'sqlite_%'";
        self.tables = self.words(names);
        for table in self.tables.clone() {
            self.run(&format!(
                "CREATE TABLE base.{table} AS SELECT * FROM main.{table}"
            ));
        }
        let _ = self.changed();
        assert_eq!(
            self.count("SELECT count(*) AS n FROM comments WHERE status = 'published'"),
            2
        );
        assert_eq!(self.count("SELECT count(*) AS n FROM reactions"), 2);
        assert_eq!(self.count("SELECT count(*) AS n FROM followers"), 2);
    }

    /// Stores one of the people, as if their document had been fetched.
    fn know(&self, name: &str) {
        let id = person(name);
        let document = json!({
            "id": id, "type": "Person", "preferredUsername": name, "inbox": format!("{id}/inbox"),
            "followers": format!("{id}/followers"),
            "assertionMethod": [{
                "id": format!("{id}#key"), "type": "Multikey", "controller": id,
                "publicKeyMultibase": self.key.public_multibase(),
            }],
        });
        let doc: Doc = serde_json::from_value(document).expect("it is an object");
        let stored = self
            .runtime
            .block_on(RemoteActor::from_json(doc, &self.fed.fetcher.data()));
        stored.expect("an actor document is read");
    }

    fn note(&self, name: &str, number: u32, parent: &str) -> Value {
        json!({
            "id": format!("https://{name}.example/notes/{number}"), "type": "Note", "attributedTo": person(name),
            "inReplyTo": parent, "content": format!("<p>{name} says {number}</p>"), "to": [PUBLIC],
        })
    }

    /// Sends a body to the shared inbox, rightly signed by one of the people.
    pub fn receive(&self, name: &str, body: &[u8]) -> Result<Verdict, Refusal> {
        let posted = Posted {
            path_and_query: "/ap/inbox".into(),
            headers: sealed(&self.key, &format!("{}#key", person(name)), body),
            body: bytes::Bytes::copy_from_slice(body),
        };
        self.runtime.block_on(inbox::receive(&self.fed, posted))
    }

    /// An input with the ids of what is here, which are new each time: `POST` and `ALICE` stand for them.
    pub fn filled(&self, input: &[u8]) -> Vec<u8> {
        match std::str::from_utf8(input) {
            Ok(text) => text
                .replace("POST", self.post.ap_id.as_str())
                .replace("ALICE", self.alice.ap_id.as_str())
                .into_bytes(),
            Err(_) => input.to_vec(),
        }
    }

    /// Puts every table back as it was.
    pub fn restore(&mut self) {
        let mut script = String::from("BEGIN IMMEDIATE; PRAGMA defer_foreign_keys = ON;");
        for table in &self.tables {
            script.push_str(&format!(
                "DELETE FROM main.{table}; INSERT INTO main.{table} SELECT * FROM base.{table};"
            ));
        }
        script.push_str("COMMIT;");
        self.run(&script);
    }

    /// The tables in which something is not as it was.
    pub fn changed(&mut self) -> Vec<String> {
        let version = self.count("SELECT data_version AS n FROM pragma_data_version");
        if version == self.version {
            return Vec::new();
        }
        self.version = version;
        let tables = self.tables.clone();
        let differs = |table: &String| {
            self.count(&format!(
                "SELECT (SELECT count(*) FROM (SELECT * FROM main.{table} EXCEPT SELECT * FROM base.{table})) + \
                 (SELECT count(*) FROM (SELECT * FROM base.{table} EXCEPT SELECT * FROM main.{table})) AS n"
            )) > 0
        };
        tables.into_iter().filter(differs).collect()
    }

    /// Runs statements. `base` holds the tables as they were.
    pub fn run(&mut self, sql: &str) {
        self.conn
            .batch_execute(sql)
            .unwrap_or_else(|e| panic!("{sql}: {e}"));
    }

    /// Runs a query for one number `n`.
    pub fn count(&mut self, sql: &str) -> i64 {
        diesel::sql_query(sql)
            .get_result::<Number>(&mut self.conn)
            .unwrap_or_else(|e| panic!("{sql}: {e}"))
            .n
    }

    /// Runs a query for texts `word`.
    pub fn words(&mut self, sql: &str) -> Vec<String> {
        let found = diesel::sql_query(sql)
            .load::<Word>(&mut self.conn)
            .unwrap_or_else(|e| panic!("{sql}: {e}"));
        found.into_iter().map(|row| row.word).collect()
    }
}

/// The id of one of the people elsewhere.
pub fn person(name: &str) -> String {
    format!("https://{name}.example/users/{name}")
}

/// Headers of a POST to the shared inbox, signed by draft-cavage-12 with Ed25519, which costs the least.
fn sealed(key: &Ed25519Key, key_id: &str, body: &[u8]) -> HeaderMap {
    let digest = format!(
        "SHA-256={}",
        BASE64_STANDARD.encode(digest::digest(&digest::SHA256, body))
    );
    let date = NOW.http_date();
    let text = format!(
        "(request-target): post /ap/inbox\nhost: blog.example\ndate: {date}\ndigest: {digest}"
    );
    let signature = BASE64_STANDARD.encode(key.sign(text.as_bytes()).expect("it signs"));
    let signature = format!(
        "keyId=\"{key_id}\",algorithm=\"hs2019\",headers=\"(request-target) host date digest\",signature=\"{signature}\""
    );
    let pairs = [
        ("host", "blog.example"),
        ("date", &date),
        ("digest", &digest),
        ("content-type", "application/activity+json"),
        ("signature", &signature),
    ];
    let value = |text: &str| HeaderValue::from_str(text).expect("it is ASCII");
    pairs
        .into_iter()
        .map(|(name, text)| (HeaderName::from_static(name), value(text)))
        .collect()
}

/// A folder in memory where there is one: each commit is flushed.
fn folder() -> tempfile::TempDir {
    let memory = Path::new("/dev/shm");
    if memory.is_dir() {
        tempfile::tempdir_in(memory)
    } else {
        tempfile::tempdir()
    }
    .expect("a folder can be made")
}

async fn build(folder: &Path, settings: HttpSettings) -> (Arc<Federation>, Post, Actor) {
    let http = HttpClient::new(settings).expect("the client can be built");
    let app = App::open(configured(folder), Clock::fixed(NOW), http)
        .await
        .expect("the database can be opened");
    let pair = keys::generate().await.expect("keys can be made");
    actor::ensure_instance(&app, pair.clone())
        .await
        .expect("the instance actor can be made");
    let (_, alice) = account::create(&app, "alice", None, pair)
        .await
        .expect("the account can be made");
    let new = NewPost {
        title: "A post".into(),
        content: "Text".into(),
        ..NewPost::default()
    };
    let post = post::create(&app, &alice, new)
        .await
        .expect("the post can be made")
        .post;
    let fed = Federation::new(app).await.expect("federation starts");
    (fed, post, alice)
}

fn configured(folder: &Path) -> Config {
    let mut document = config::defaults();
    let text = format!(
        "[site]\nurl = \"{ORIGIN}\"\ntitle = \"A test\"\n[discussion]\nmoderation = \"open\"\n\
         [federation]\nallow_loopback = true\nallow_http = true\n\
         [database]\nurl = \"sqlite:node.db\"\nconnections = 2\n"
    );
    config::overlay(&mut document, &text, "the fuzz targets").expect("the keys are known");
    Config::from_document(folder, &document).expect("the values are accepted")
}
