//! The real program, killed without a word (SIGKILL) in the middle of its work, and started again: nothing that was
//! promised is lost, nothing is there twice.

use std::collections::{BTreeMap, BTreeSet};
use std::net::TcpListener;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use antiphon::clock::Clock;
use antiphon::db::schema::{comments, followers};
use antiphon::domain::follower::Follower;
use antiphon::http::Limits;
use antiphon::types::ApUrl;
use diesel::prelude::*;
use http::{HeaderMap, StatusCode};
use serde_json::Value;
use url::Url;

use crate::support::{
    FakeInstance, Fault, Person, TestApp, TestDb, TestNode, bare_client, both_databases, until,
};

/// The program on a node of the test's, which keeps a hand on the same database.
struct Program {
    node: TestNode,
    child: Child,
}

impl Program {
    /// Makes a node on `db` and runs the program on it.
    async fn start(db: TestDb) -> Self {
        let bind = free_address();
        let url = bind.replace("127.0.0.1", "http://localhost");
        let settings = format!(
            "[site]\nurl = \"{url}\"\ntitle = \"A test\"\n[server]\nbind = \"{bind}\"\n\
             [database]\nurl = \"{}\"\nconnections = 4\n\
             [federation]\nallow_loopback = true\nallow_http = true\n\
             [discussion]\nmoderation = \"open\"\n[log]\nlevel = \"error\"\n",
            db.url()
        );
        std::fs::write(db.folder().join("antiphon.toml"), settings).unwrap();
        let builder = TestApp::builder().url(&url).clock(Clock::System);
        let node = TestNode::quiet(builder, db).await;
        let child = serve(&node).await;
        Self { node, child }
    }

    /// Kills it, as a power cut or the system's memory guard does.
    fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    async fn restart(&mut self) {
        self.child = serve(&self.node).await;
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// An address that was free a moment ago.
fn free_address() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.local_addr().unwrap().to_string()
}

async fn serve(node: &TestNode) -> Child {
    let child = Command::new(env!("CARGO_BIN_EXE_antiphon"))
        .args(["serve", "--data"])
        .arg(&node.config().data)
        .stdin(Stdio::null())
        .spawn()
        .unwrap();
    let ready = Url::parse(node.app().url("/readyz").as_str()).unwrap();
    let limits = Limits {
        bytes: 1024,
        deadline: Duration::from_secs(5),
    };
    let http = bare_client();
    until("the program is ready", async || {
        let reply = http.get(&ready, HeaderMap::new(), limits).await;
        reply.ok().filter(|reply| reply.status == StatusCode::OK)
    })
    .await;
    child
}

/// Puts people on alice's list of followers, without the answers that a Follow brings.
async fn put_on_the_list(node: &TestNode, people: &[Person]) {
    for person in people {
        let actor = node
            .fed
            .fetcher
            .actor(&ApUrl::new(person.id.as_str()))
            .await
            .unwrap();
        let row = Follower {
            id: node.app().ids.next(),
            actor_id: node.test.alice.id,
            follower_id: actor.id,
            follow_ap_id: ApUrl::new(person.at("#follow")),
            created_at: node.app().now(),
        };
        let insert = move |conn: &mut antiphon::db::Conn| {
            Ok(match conn {
                antiphon::db::Conn::Pg(c) => diesel::insert_into(followers::table)
                    .values(&row)
                    .execute(c)?,
                antiphon::db::Conn::Sqlite(c) => diesel::insert_into(followers::table)
                    .values(&row)
                    .execute(c)?,
            })
        };
        node.app().db.write(insert).await.unwrap();
    }
}

/// The ids of all comments, as often as they stand there.
async fn stored(node: &TestNode) -> Vec<String> {
    let ids = node
        .app()
        .db
        .read(|conn| Ok(comments::table.select(comments::ap_id).load(conn)?));
    ids.await.unwrap()
}

/// Sends replies eight at a time; returns the ids of those that were answered with 202.
async fn send_all(
    node: &TestNode,
    bob: &Person,
    notes: &[Value],
    taken: &Arc<AtomicU32>,
) -> BTreeSet<String> {
    let queue = Arc::new(std::sync::Mutex::new(notes.to_vec()));
    let mut senders = tokio::task::JoinSet::new();
    for _ in 0..8 {
        let (queue, taken, bob) = (Arc::clone(&queue), Arc::clone(taken), bob.clone());
        let (http, inbox, clock) = (bare_client(), node.inbox(), node.app().clock.clone());
        senders.spawn(async move {
            let mut acknowledged = BTreeSet::new();
            loop {
                let Some(note) = queue.lock().unwrap().pop() else {
                    return acknowledged;
                };
                if bob.create(&note).post(&http, &inbox, clock.now()).await
                    == Some(StatusCode::ACCEPTED)
                {
                    taken.fetch_add(1, Ordering::SeqCst);
                    acknowledged.insert(note["id"].as_str().unwrap().to_owned());
                }
            }
        });
    }
    senders.join_all().await.into_iter().flatten().collect()
}

both_databases! {
    async fn a_fan_out_that_is_killed_reaches_every_inbox_after_a_restart(db: TestDb) {
        let mut program = Program::start(db).await;
        let mut inboxes = BTreeMap::new();
        for _ in 0..4 {
            let fake = FakeInstance::start(&Clock::System).await;
            let people: Vec<_> = (0..40).map(|number| fake.loner(&format!("p{number}"))).collect();
            put_on_the_list(&program.node, &people).await;
            fake.fail("*", Fault::Slow(Duration::from_millis(40)));
            inboxes.insert(fake.url.clone(), fake);
        }
        let arrived = || inboxes.values().map(|fake| fake.received().len()).sum::<usize>();
        let post = program.node.publish("Through a power cut").await;
        until("the fan-out is under way", async || (arrived() >= 30).then_some(())).await;
        program.kill();
        let left = program.node.totals(&post).await;
        assert!(left.waiting > 0, "it was killed too late: {left:?}");
        program.restart().await;
        until("all is delivered", async || (program.node.totals(&post).await.delivered == 160).then_some(())).await;
        let mut ids = BTreeSet::new();
        for fake in inboxes.values() {
            let received = fake.received();
            let paths: BTreeSet<_> = received.iter().map(|received| received.path.as_str()).collect();
            assert_eq!(paths.len(), 40);
            ids.extend(received.iter().map(|received| received.id().to_owned()));
        }
        assert_eq!(ids.len(), 1, "a repeat has the same id");
    }

    async fn every_acknowledged_reply_survives_a_kill_and_none_is_there_twice(db: TestDb) {
        let mut program = Program::start(db).await;
        let there = FakeInstance::start(&Clock::System).await;
        let bob = there.person("bob");
        let post = program.node.publish("Under load").await;
        let notes: Vec<Value> = (0..240).map(|number| bob.note(number, post.ap_id.as_str())).collect();
        let taken = Arc::new(AtomicU32::new(0));
        let killing = async {
            until("the load is on", async || (taken.load(Ordering::SeqCst) >= 60).then_some(())).await;
            program.child.kill().unwrap();
        };
        let (acknowledged, ()) = tokio::join!(send_all(&program.node, &bob, &notes, &taken), killing);
        program.child.wait().unwrap();
        assert!(acknowledged.len() >= 60 && acknowledged.len() < notes.len(), "{}", acknowledged.len());
        program.restart().await;
        let before = stored(&program.node).await;
        let distinct: BTreeSet<String> = before.iter().cloned().collect();
        assert_eq!(before.len(), distinct.len());
        let lost: Vec<_> = acknowledged.difference(&distinct).collect();
        assert!(lost.is_empty(), "acknowledged and lost: {lost:?}");
        let again = send_all(&program.node, &bob, &notes, &taken).await;
        assert_eq!(again.len(), notes.len());
        assert_eq!(stored(&program.node).await.len(), notes.len());
        let numbers: BTreeSet<String> = program.node.numbers(&post).await.into_iter().collect();
        assert_eq!(numbers.len(), notes.len(), "each has its own number");
    }
}
