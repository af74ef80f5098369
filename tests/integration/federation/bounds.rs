//! How much strangers may ask for, leave to be done and leave behind: every bound, what is answered beyond it, and that
//! nothing that was taken is lost.

use std::net::SocketAddr;
use std::sync::Arc;

use antiphon::config::Config;
use antiphon::db::Conn;
use antiphon::db::schema::{actors, jobs, parked, tombstones};
use antiphon::domain::actor::{self, Actor};
use antiphon::queue::Job;
use antiphon::types::{ApUrl, Host, Id};
use antiphon::{server, worker};
use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use diesel::prelude::*;
use futures_util::future::join_all;
use http::{HeaderMap, Request, StatusCode};
use serde_json::json;
use tower::ServiceExt;

use crate::support::{Letter, TestApp, TestDb, TestNode, both_databases};

fn tight(config: &mut Config) {
    let limits = &mut config.limits;
    (limits.read, limits.write, limits.guess, limits.inbox) = (3, 2, 1, 2);
    config.server.trusted_proxies = vec!["10.0.0.0/8".parse().unwrap()];
    // What is kept is given without being counted.
    config.server.kept_memory = 0;
}

/// One router, which remembers who asked, and somebody who asks it.
struct Door(Router);

impl Door {
    fn of(node: &TestNode) -> Self {
        Self(server::router(Arc::clone(&node.fed)))
    }

    async fn send(&self, mut request: Request<Body>, peer: &str) -> (StatusCode, HeaderMap) {
        let peer: SocketAddr = format!("{peer}:4711").parse().unwrap();
        request.extensions_mut().insert(ConnectInfo(peer));
        let answer = self.0.clone().oneshot(request).await.unwrap();
        (answer.status(), answer.headers().clone())
    }

    async fn ask(
        &self,
        method: &str,
        path: &str,
        peer: &str,
        forwarded: &str,
    ) -> (StatusCode, HeaderMap) {
        let request = Request::builder().method(method).uri(path);
        let request = request.header("x-forwarded-for", forwarded);
        self.send(request.body(Body::empty()).unwrap(), peer).await
    }

    /// How many of ten requests are let through.
    async fn passes(&self, method: &str, path: &str, peer: &str) -> usize {
        let mut passed = 0;
        for number in 0..10 {
            let forged = format!("198.51.100.{number}");
            let (status, _) = self.ask(method, path, peer, &forged).await;
            passed += usize::from(status != StatusCode::TOO_MANY_REQUESTS);
        }
        passed
    }
}

/// How many jobs strangers left, put there as if by many messages.
async fn crowd(node: &TestNode, host: &'static str, count: i64) {
    let insert = move |conn: &mut Conn| {
        let base: i64 = jobs::table.count().get_result(conn)?;
        let rows: Vec<_> = (0..count)
            .map(|number| {
                (
                    jobs::id.eq(base + number + 1),
                    jobs::payload.eq("{}"),
                    jobs::run_at.eq(i64::MAX),
                    jobs::lease_until.eq(0_i64),
                    jobs::attempts.eq(0),
                    jobs::host.eq(Some(host)),
                )
            })
            .collect();
        for chunk in rows.chunks(500) {
            let chunk = chunk.to_vec();
            match conn {
                Conn::Pg(c) => diesel::insert_into(jobs::table).values(chunk).execute(c)?,
                Conn::Sqlite(c) => diesel::insert_into(jobs::table).values(chunk).execute(c)?,
            };
        }
        Ok(())
    };
    node.app().db.write(insert).await.unwrap();
}

/// Somebody elsewhere, as a fetch would store them.
fn stranger(node: &TestNode, host: &str, name: &str) -> Actor {
    let mut actor = node.test.alice.clone();
    actor.id = node.app().ids.next();
    actor.ap_id = ApUrl::new(format!("https://{host}/users/{name}"));
    actor.local = false;
    actor.username = name.into();
    actor.host = Host::parse(host).unwrap();
    (actor.created_at, actor.fetched_at) = (node.app().now(), node.app().now());
    actor
}

async fn store(node: &TestNode, actor: Actor) -> antiphon::error::Result<Actor> {
    let write = move |conn: &mut Conn| actor::upsert_remote(conn, &actor, &[]);
    node.app().db.write(write).await
}

async fn is_known(node: &TestNode, id: &str) -> bool {
    let id = ApUrl::new(id);
    let found = node
        .app()
        .db
        .read(move |conn| actor::load_by_ap_id(conn, &id));
    found.await.unwrap().is_some()
}

async fn requests(node: &TestNode, letters: &[Letter]) -> Vec<Request<Body>> {
    let sealed = letters.iter().map(|letter| letter.request_of(node));
    join_all(sealed).await
}

both_databases! {
    async fn a_client_that_asks_too_often_is_told_when_to_come_again(db: TestDb) {
        let node = TestNode::quiet(TestApp::builder().configure(tight), db).await;
        let door = Door::of(&node);
        let (api, page, inbox) = ("/api/antiphon/v1/posts", "/", "/ap/inbox");
        for (method, path, kind, most) in [
            ("GET", page, "text/html; charset=utf-8", 3),
            ("POST", api, "application/problem+json", 2),
            ("POST", inbox, "application/problem+json", 2),
            ("POST", "/api/antiphon/v1/tokens", "application/problem+json", 1),
        ] {
            assert_eq!(door.passes(method, path, "203.0.113.9").await, most, "{method} {path}");
            let (status, headers) = door.ask(method, path, "203.0.113.9", "").await;
            assert_eq!(status, StatusCode::TOO_MANY_REQUESTS);
            assert_eq!(headers["content-type"], kind, "{path}");
            let wait: u32 = headers["retry-after"].to_str().unwrap().parse().unwrap();
            assert!((1..=61).contains(&wait), "{wait}");
            let (status, _) = door.ask(method, path, "203.0.113.10", "").await;
            assert_ne!(status, StatusCode::TOO_MANY_REQUESTS, "another client");
        }
        for path in ["/healthz", "/readyz", "/metrics"] {
            assert_eq!(door.passes("GET", path, "203.0.113.9").await, 10, "{path}");
        }
    }

    async fn looking_replies_up_is_rarer_than_reading(db: TestDb) {
        let node = TestNode::quiet(TestApp::builder().configure(tight), db).await;
        let door = Door::of(&node);
        for (path, peer) in [("/replies?url=x", "203.0.113.1"), ("/api/antiphon/v1/replies/locate?url=x", "203.0.113.2")] {
            assert_eq!(door.passes("GET", path, peer).await, 1, "{path}");
        }
    }

    async fn no_spelling_of_a_path_is_a_way_around(db: TestDb) {
        let node = TestNode::quiet(TestApp::builder().configure(tight), db).await;
        let door = Door::of(&node);
        assert_eq!(door.passes("POST", "/ap/inbox", "203.0.113.1").await, 2);
        for path in ["/ap/inbox?x", "/ap/users/1/inbox", "/ap/users/2/inbox", "/ap/users/%31/inbox", "/ap/%69nbox"] {
            let (status, _) = door.ask("POST", path, "203.0.113.1", "").await;
            // What is no route of the inbox is not an inbox either.
            let inbox = path != "/ap/%69nbox";
            assert_eq!(status == StatusCode::TOO_MANY_REQUESTS, inbox, "{path}");
            assert_ne!(status, StatusCode::ACCEPTED, "{path}");
        }
        assert_eq!(door.passes("POST", "/api/antiphon/v1/tokens?a=1", "203.0.113.2").await, 1);
        assert_eq!(door.passes("POST", "/api/antiphon/v1/tokens", "203.0.113.2").await, 0);
        assert_eq!(door.passes("HEAD", "/about", "203.0.113.3").await, 3);
        assert_eq!(door.passes("GET", "/nowhere", "203.0.113.3").await, 0);
    }

    async fn the_word_of_a_proxy_counts_only_when_it_is_trusted(db: TestDb) {
        let node = TestNode::quiet(TestApp::builder().configure(tight), db).await;
        let door = Door::of(&node);
        assert_eq!(door.passes("GET", "/", "203.0.113.9").await, 3, "forged addresses do not help");
        assert_eq!(door.passes("GET", "/", "10.0.0.1").await, 10, "ten clients behind the proxy");
        for _ in 0..3 {
            door.ask("GET", "/", "10.0.0.1", "192.0.2.1, 203.0.113.77").await;
        }
        let (status, _) = door.ask("GET", "/", "10.0.0.1", "192.0.2.99, 203.0.113.77").await;
        assert_eq!(status, StatusCode::TOO_MANY_REQUESTS);
        let same_network = |number: u32| format!("[2001:db8:0:1::{number:x}]");
        let mut passed = 0;
        for number in 1..10 {
            let (status, _) = door.ask("GET", "/", &same_network(number), "").await;
            passed += usize::from(status != StatusCode::TOO_MANY_REQUESTS);
        }
        assert_eq!(passed, 3, "a /64 is one client");
    }

    async fn a_server_that_proves_itself_has_a_rate_and_one_that_is_only_named_does_not_use_it(db: TestDb) {
        let one_host = |config: &mut Config| config.limits.inbox_per_host = 3;
        let node = TestNode::quiet(TestApp::builder().configure(one_host), db).await;
        let (there, other) = (node.neighbour().await, node.neighbour().await);
        let (bob, carol) = (there.person("bob"), other.person("carol"));
        for _ in 0..10 {
            let forged = bob.tell("Follow", node.alice()).flawed(crate::support::Flaw::Tampered);
            assert_eq!(node.receive(&forged).await, StatusCode::UNAUTHORIZED);
        }
        for kind in ["Follow", "Like", "Announce"] {
            assert_eq!(node.receive(&bob.tell(kind, node.alice())).await, StatusCode::ACCEPTED);
        }
        let request = bob.tell("Undo", node.alice()).request_of(&node).await;
        let answer = node.ask(request).await;
        assert_eq!(answer.status, StatusCode::TOO_MANY_REQUESTS);
        assert_eq!(answer.json()["reason"], "rate_limited");
        assert!(!answer.header("retry-after").is_empty());
        assert_eq!(node.receive(&carol.tell("Follow", node.alice())).await, StatusCode::ACCEPTED);
    }

    async fn a_flood_is_answered_503_and_all_of_it_is_taken_when_it_comes_again(db: TestDb) {
        let small = |config: &mut Config| config.limits.inbox_memory = 1;
        let node = TestNode::quiet(TestApp::builder().configure(small), db).await;
        let there = node.neighbour().await;
        let bob = there.person("bob");
        let post = node.publish("Flooded").await;
        node.followed_by(std::slice::from_ref(&bob)).await;
        let letters: Vec<Letter> = (0..40).map(|number| bob.create(&bob.note(number, post.ap_id.as_str()))).collect();
        let door = Door::of(&node);
        let first = requests(&node, &letters).await;
        let answers = join_all(first.into_iter().map(|request| door.send(request, "203.0.113.9"))).await;
        let mut busy = 0;
        for (status, headers) in &answers {
            if *status == StatusCode::SERVICE_UNAVAILABLE {
                busy += 1;
                assert!(headers.contains_key("retry-after"));
            } else {
                assert_eq!(*status, StatusCode::ACCEPTED);
            }
        }
        assert!((1..40).contains(&busy), "{busy} of 40 were turned away");
        for request in requests(&node, &letters).await {
            assert_eq!(door.send(request, "203.0.113.9").await.0, StatusCode::ACCEPTED);
        }
        assert_eq!(node.numbers(&post).await.len(), 40);
    }

    async fn a_body_that_never_comes_holds_its_place_and_no_more(db: TestDb) {
        let small = |config: &mut Config| config.limits.inbox_memory = 2;
        let node = TestNode::quiet(TestApp::builder().configure(small), db).await;
        let door = Door::of(&node);
        let endless = || {
            let body = Body::from_stream(futures_util::stream::pending::<Result<Vec<u8>, std::io::Error>>());
            Request::post("/ap/inbox").body(body).unwrap()
        };
        let waiting: Vec<_> = (1..=2)
            .map(|number| {
                let (door, request) = (Door(door.0.clone()), endless());
                tokio::spawn(async move { door.send(request, &format!("203.0.113.{number}")).await })
            })
            .collect();
        let full = async || {
            let (status, _) = door.ask("POST", "/ap/inbox", "203.0.113.99", "").await;
            (status == StatusCode::SERVICE_UNAVAILABLE).then_some(())
        };
        crate::support::until("the room is full", full).await;
        assert_eq!(door.ask("GET", "/healthz", "203.0.113.99", "").await.0, StatusCode::OK);
        for task in &waiting {
            task.abort();
        }
        let free = async || full().await.is_none().then_some(());
        crate::support::until("there is room again", free).await;
    }

    async fn what_strangers_leave_to_be_done_is_bounded_and_nothing_taken_is_lost(node: TestNode) {
        let there = node.neighbour().await;
        let bob = there.person("bob");
        node.followed_by(std::slice::from_ref(&bob)).await;
        let host: &'static str = there.host().to_owned().leak();
        crowd(&node, host, 500).await;
        let named = bob.tell("Create", &bob.at("/notes/1"));
        assert_eq!(node.receive(&named).await, StatusCode::TOO_MANY_REQUESTS);
        let orphan = bob.note(2, &bob.at("/notes/unknown"));
        assert_eq!(node.receive(&bob.create(&orphan)).await, StatusCode::TOO_MANY_REQUESTS);
        assert_eq!(node.parked().await, 0, "it comes again, so it is not kept");
        let elsewhere = ApUrl::new("https://other.example/notes/1");
        node.app().do_later(Job::FetchReply { reply: elsewhere }).await.unwrap();
        crowd(&node, "many.example", 19_500).await;
        let elsewhere = ApUrl::new("https://third.example/notes/1");
        let refused = node.app().do_later(Job::FetchReply { reply: elsewhere }).await;
        assert!(matches!(refused, Err(antiphon::error::Error::RateLimited { .. })), "{refused:?}");
        node.app().do_later(Job::PublishScheduled { post: 1 }).await.unwrap();
        node.app().do_later(Job::AttachParked { parent: ApUrl::new("x") }).await.unwrap();
        node.app().db.write(|conn| Ok(diesel::delete(jobs::table).execute(conn).map(|_| ())?)).await.unwrap();
        assert_eq!(node.receive(&bob.create(&orphan)).await, StatusCode::ACCEPTED);
        assert_eq!(node.parked().await, 1);
    }

    async fn replies_that_wait_are_bounded_by_server_and_expire(node: TestNode) {
        let there = node.neighbour().await;
        let bob = there.person("bob");
        node.followed_by(std::slice::from_ref(&bob)).await;
        let (author, now) = (ApUrl::new(bob.id.as_str()), node.app().now());
        let fill = move |conn: &mut Conn| {
            for number in 0..600 {
                let id = ApUrl::new(format!("{author}/waiting/{number}"));
                antiphon::domain::comment::park(conn, &id, &id, &author, "{}", now)?;
            }
            Ok(())
        };
        node.app().db.write(fill).await.unwrap();
        let orphan = bob.note(1, &bob.at("/notes/unknown"));
        assert_eq!(node.receive(&bob.create(&orphan)).await, StatusCode::TOO_MANY_REQUESTS);
        let other = node.neighbour().await;
        let carol = other.person("carol");
        let hers = carol.note(1, &bob.at("/notes/unknown"));
        assert_eq!(node.receive(&carol.create(&hers)).await, StatusCode::ACCEPTED);
        node.advance_secs(31 * 24 * 3600);
        worker::clean(&node.fed).await;
        let left = node.app().db.read(|conn| Ok(parked::table.count().get_result::<i64>(conn)?));
        assert_eq!(left.await.unwrap(), 0);
    }

    async fn people_met_for_the_first_time_are_bounded_by_server(node: TestNode) {
        let invented: Vec<Actor> = (0..2_000).map(|number| stranger(&node, "crowd.example", &format!("u{number}"))).collect();
        let fill = move |conn: &mut Conn| {
            invented.iter().try_for_each(|actor| actor::upsert_remote(conn, actor, &[]).map(|_| ()))
        };
        node.app().db.write(fill).await.unwrap();
        let one_more = store(&node, stranger(&node, "crowd.example", "more")).await;
        assert!(matches!(one_more, Err(antiphon::error::Error::RateLimited { .. })), "{one_more:?}");
        store(&node, stranger(&node, "crowd.example", "u7")).await.expect("who is known is refreshed");
        store(&node, stranger(&node, "other.example", "u1")).await.expect("others are not concerned");
        node.advance_secs(24 * 3600 + 1);
        store(&node, stranger(&node, "crowd.example", "more")).await.expect("a day later");
    }

    async fn people_who_did_nothing_here_are_forgotten_and_all_others_kept(node: TestNode) {
        let there = node.neighbour().await;
        let (follower, writer, liker, idle) = (there.person("follower"), there.person("writer"), there.person("liker"), there.person("idle"));
        let post = node.publish("Kept").await;
        node.followed_by(std::slice::from_ref(&follower)).await;
        node.accept_reply(&writer, &writer.note(1, post.ap_id.as_str())).await;
        node.accept(&liker.tell("Like", post.ap_id.as_str())).await;
        node.accept(&idle.tell("Like", post.ap_id.as_str())).await;
        node.accept(&idle.undo(&idle.activity("Like", json!(post.ap_id)))).await;
        node.accept(&idle.tell("Delete", &idle.at("/notes/never"))).await;
        node.advance_secs(29 * 24 * 3600);
        worker::clean(&node.fed).await;
        assert!(is_known(&node, &idle.id).await, "not yet");
        node.advance_secs(2 * 24 * 3600);
        worker::clean(&node.fed).await;
        assert!(!is_known(&node, &idle.id).await);
        for person in [&follower, &writer, &liker] {
            assert!(is_known(&node, &person.id).await, "{}", person.name);
        }
        let ours = node.app().db.read(|conn| Ok(actors::table.filter(actors::local.eq(true)).count().get_result::<i64>(conn)?));
        assert_eq!(ours.await.unwrap(), 2);
        let buried = || node.app().db.read(|conn| Ok(tombstones::table.count().get_result::<i64>(conn)?));
        assert_eq!(buried().await.unwrap(), 1);
        node.advance_secs(60 * 24 * 3600);
        worker::clean(&node.fed).await;
        assert_eq!(buried().await.unwrap(), 0);
        let _: Id<Actor> = node.test.alice.id;
    }
}
