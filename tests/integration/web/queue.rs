//! The page about what the node has to do, for its writers only; the same by REST.

use antiphon::domain::account::Scope;
use axum::body::Body;
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use http::{Request, StatusCode};
use serde_json::json;

use crate::support::{Answer, TestApp, TestDb, TestNode, both_databases};

async fn open(node: &TestNode, name: &str, password: &str) -> Answer {
    let words = BASE64_STANDARD.encode(format!("{name}:{password}"));
    let request = Request::get("/queue").header("authorization", format!("Basic {words}"));
    node.ask(request.body(Body::empty()).unwrap()).await
}

both_databases! {
    async fn the_queue_is_shown_to_who_has_a_password(db: TestDb) {
        let node = TestNode::quiet(TestApp::builder().password("open sesame"), db).await;
        let closed = node.get_as("/queue", "text/html").await;
        assert_eq!(closed.status, StatusCode::UNAUTHORIZED);
        assert!(closed.headers["www-authenticate"].to_str().unwrap().starts_with("Basic "));
        for (name, password) in [("alice", "wrong"), ("bob", "open sesame"), ("a\0", "x"), ("", "")] {
            assert_eq!(open(&node, name, password).await.status, StatusCode::UNAUTHORIZED);
        }
        let shown = open(&node, "alice", "open sesame").await;
        assert_eq!(shown.status, StatusCode::OK);
        assert_eq!(shown.headers["cache-control"], "private, no-store");
        assert!(shown.text.contains("No thread is being completed"), "{}", shown.text);
    }

    async fn the_queue_shows_threads_and_servers_with_what_they_cost(db: TestDb) {
        let node = TestNode::quiet(TestApp::builder().password("open sesame"), db).await;
        let there = node.neighbour().await;
        let (bob, post) = (there.person("bob"), node.publish("Read elsewhere").await);
        let mut note = bob.note(1, post.ap_id.as_str());
        let context = format!("{}/contexts/1", there.url);
        note["context"] = json!(context);
        there.publish(&json!({"id": context, "type": "Collection", "items": [bob.at("/notes/9")]}));
        node.accept_reply(&bob, &note).await;
        node.test.advance_secs(60);
        node.drain().await;
        let page = open(&node, "alice", "open sesame").await.text;
        for part in ["Read elsewhere", there.host(), "22 November 2026"] {
            assert!(page.contains(part), "{part}: {page}");
        }
        let token = node.test.token(&[Scope::Moderate]).await;
        let request = Request::get("/api/antiphon/v1/queue").header("authorization", format!("Bearer {token}"));
        let queue = node.ask(request.body(Body::empty()).unwrap()).await.json();
        assert_eq!(queue["threads"][0]["title"], "Read elsewhere");
        assert_eq!(queue["threads"][0]["spent"], 2);
        assert_eq!(queue["hosts"][0], json!({"host": there.host(), "wanted": 0, "spent": 2}));
        assert_eq!(queue["thread_fetches"], 1000);
        let token = node.test.token(&[Scope::Read]).await;
        let request = Request::get("/api/antiphon/v1/queue").header("authorization", format!("Bearer {token}"));
        assert_eq!(node.ask(request.body(Body::empty()).unwrap()).await.status, StatusCode::FORBIDDEN);
    }

    async fn a_reader_who_asks_is_sent_back_to_the_discussion(node: TestNode) {
        let there = node.neighbour().await;
        let (bob, post) = (there.person("bob"), node.publish("Asked for").await);
        let context = format!("{}/contexts/1", there.url);
        let mut note = bob.note(1, post.ap_id.as_str());
        note["context"] = json!(context);
        there.publish(&json!({"id": context, "type": "Collection", "items": []}));
        node.accept_reply(&bob, &note).await;
        let page = node.get_as(post.url.as_str(), "text/html").await.text;
        assert!(page.contains("method=\"post\" action=\"/posts/asked-for/look\""), "{page}");
        let look = async || node.ask(Request::post("/posts/asked-for/look").body(Body::empty()).unwrap()).await;
        let answer = look().await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER);
        assert_eq!(answer.headers["location"], format!("{}#comments", post.url));
        node.drain().await;
        assert_eq!(there.requests_for(&context), 1);
        look().await;
        node.drain().await;
        assert_eq!(there.requests_for(&context), 1);
        let missing = Request::post("/posts/nothing/look").body(Body::empty()).unwrap();
        assert_eq!(node.ask(missing).await.status, StatusCode::NOT_FOUND);
    }
}
