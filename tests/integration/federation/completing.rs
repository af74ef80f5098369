//! Downwards: what other servers list of a thread is read, fetched from its origin, and stands where it belongs; on a
//! schedule, within bounds, and never for nothing.

use antiphon::db::schema::{sources, threads, wanted};
use antiphon::domain::backfill::{self, Missing, State};
use antiphon::domain::moderation;
use antiphon::domain::post::Post;
use antiphon::queue::Job;
use antiphon::types::{ApUrl, Host};
use diesel::prelude::*;
use serde_json::{Value, json};

use crate::support::{FakeInstance, Fault, Person, TestApp, TestDb, TestNode, both_databases};

/// A collection with all its items in it.
fn collection(id: &str, items: &[&Value]) -> Value {
    let items: Vec<&Value> = items.iter().map(|item| &item["id"]).collect();
    json!({ "id": id, "type": "OrderedCollection", "orderedItems": items })
}

fn id(note: &Value) -> &str {
    note["id"].as_str().unwrap()
}

/// A note that names a collection.
fn with(mut note: Value, key: &str, collection: &str) -> Value {
    note[key] = json!(collection);
    note
}

/// Lets so much time pass, and does what is due.
async fn after(node: &TestNode, secs: i64) {
    node.test.advance_secs(secs);
    node.drain().await;
}

const MINUTE: i64 = 60;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;

async fn missing(node: &TestNode, post: &Post) -> Missing {
    let post = post.id;
    let counted = node
        .app()
        .db
        .read(move |conn| backfill::count_missing(conn, post));
    counted.await.unwrap()
}

async fn state(node: &TestNode, note: &Value) -> Option<State> {
    let id = ApUrl::new(id(note));
    let found = node
        .app()
        .db
        .read(move |conn| backfill::load_wanted(conn, &id));
    found.await.unwrap().map(|row| row.state)
}

/// Rows in `wanted`, `sources` and `threads`.
async fn rows(node: &TestNode) -> (i64, i64, i64) {
    let counted = node.app().db.read(|conn| {
        Ok((
            wanted::table.count().get_result(conn)?,
            sources::table.count().get_result(conn)?,
            threads::table.count().get_result(conn)?,
        ))
    });
    counted.await.unwrap()
}

/// A thread with one reply of bob's that names a context of his server's.
async fn thread(node: &TestNode, there: &FakeInstance) -> (Post, Person, Value, String) {
    let bob = there.person("bob");
    let post = node.publish("Completed").await;
    let context = format!("{}/contexts/1", there.url);
    let first = with(bob.note(1, post.ap_id.as_str()), "context", &context);
    there.publish(&first);
    (post, bob, first, context)
}

both_databases! {
    async fn a_reply_that_never_came_is_found_in_the_context_and_fetched_from_its_origin(node: TestNode) {
        let (there, elsewhere) = (node.neighbour().await, node.neighbour().await);
        let (post, bob, first, context) = thread(&node, &there).await;
        let carol = elsewhere.person("carol");
        let second = carol.note(2, id(&first));
        elsewhere.publish(&second);
        there.publish(&collection(&context, &[&first, &second]));
        node.accept_reply(&bob, &first).await;
        assert_eq!(node.numbers(&post).await, ["1"]);
        after(&node, MINUTE).await;
        assert_eq!(node.numbers(&post).await, ["1", "1.1"]);
        assert_eq!((there.requests_for(&context), elsewhere.requests_for(id(&second))), (1, 1));
        assert_eq!(missing(&node, &post).await, Missing::default());
    }

    async fn a_history_is_read_before_a_context_and_that_before_replies(node: TestNode) {
        let there = node.neighbour().await;
        let (post, bob, mut first, context) = thread(&node, &there).await;
        let (history, replies) = (format!("{}/history/1", there.url), format!("{}/replies", id(&first)));
        first["contextHistory"] = json!(history);
        first["replies"] = json!(replies);
        let second = bob.note(2, id(&first));
        there.publish(&second);
        let create = bob.activity("Create", second.clone());
        there.publish(&json!({"id": history, "type": "OrderedCollection", "orderedItems": [create]}));
        there.publish(&collection(&context, &[]));
        there.publish(&collection(&replies, &[]));
        node.accept_reply(&bob, &first).await;
        after(&node, MINUTE).await;
        assert_eq!(node.numbers(&post).await, ["1", "1.1"]);
        after(&node, DAY).await;
        assert_eq!((there.requests_for(&context), there.requests_for(&replies)), (0, 0));
    }

    async fn where_no_context_can_be_read_the_replies_are(node: TestNode) {
        let there = node.neighbour().await;
        let (post, bob, mut first, context) = thread(&node, &there).await;
        let replies = format!("{}/replies", id(&first));
        first["replies"] = json!({"id": replies, "type": "Collection",
            "first": {"type": "CollectionPage", "next": format!("{replies}?page=2"), "items": []}});
        let (second, third) = (bob.note(2, id(&first)), bob.note(3, id(&first)));
        there.publish(&second);
        there.publish(&third);
        there.publish(&json!({"id": replies, "type": "Collection",
            "first": {"type": "CollectionPage", "next": format!("{replies}?page=2"), "items": [second["id"]]}}));
        there.publish(&json!({"id": format!("{replies}?page=2"), "type": "CollectionPage", "items": [third]}));
        node.accept_reply(&bob, &first).await;
        after(&node, MINUTE).await;
        after(&node, MINUTE).await;
        assert_eq!(there.requests_for(&context), 1);
        assert_eq!(node.numbers(&post).await, ["1", "1.1", "1.2"]);
    }

    async fn replies_that_a_note_names_itself_cost_no_request_for_a_collection(node: TestNode) {
        let there = node.neighbour().await;
        let bob = there.person("bob");
        let post = node.publish("Inline").await;
        let mut first = bob.note(1, post.ap_id.as_str());
        let second = bob.note(2, id(&first));
        there.publish(&second);
        let replies = format!("{}/replies", id(&first));
        first["replies"] = json!({"id": replies, "type": "Collection",
            "first": {"type": "CollectionPage", "partOf": replies, "items": [second["id"]]}});
        node.accept_reply(&bob, &first).await;
        after(&node, MINUTE).await;
        assert_eq!(node.numbers(&post).await, ["1", "1.1"]);
        assert_eq!(there.requests_for(&replies), 0);
    }

    async fn a_context_that_is_as_it_was_is_not_sent_again(node: TestNode) {
        let there = node.neighbour().await;
        let (post, bob, first, context) = thread(&node, &there).await;
        there.publish(&collection(&context, &[&first]));
        there.tag(&context, "\"v1\"");
        node.accept_reply(&bob, &first).await;
        after(&node, MINUTE).await;
        let second = bob.note(2, id(&first));
        there.publish(&second);
        after(&node, HOUR).await;
        assert!(there.not_modified(&context) > 0);
        assert_eq!(node.numbers(&post).await, ["1"]);
        there.publish(&collection(&context, &[&first, &second]));
        there.tag(&context, "\"v2\"");
        after(&node, DAY).await;
        assert_eq!(node.numbers(&post).await, ["1", "1.1"]);
    }

    async fn a_thread_is_read_less_and_less_often_and_then_not_at_all(node: TestNode) {
        let there = node.neighbour().await;
        let (post, bob, first, context) = thread(&node, &there).await;
        there.publish(&collection(&context, &[&first]));
        node.accept_reply(&bob, &first).await;
        for _ in 0..20 * 24 {
            after(&node, HOUR).await;
        }
        let asked = there.requests_for(&context);
        assert!((5..30).contains(&asked), "{asked}");
        assert_eq!(node.jobs().await, 0);
        for _ in 0..30 {
            after(&node, DAY).await;
        }
        assert_eq!(there.requests_for(&context), asked);
        let again = bob.note(7, post.ap_id.as_str());
        node.accept_reply(&bob, &with(again, "context", &context)).await;
        after(&node, HOUR).await;
        assert!(there.requests_for(&context) > asked);
    }

    async fn a_node_that_may_not_complete_threads_asks_nobody(db: TestDb) {
        let closed = TestApp::builder().configure(|config| config.limits.thread_fetches = 0);
        let node = TestNode::quiet(closed, db).await;
        let there = node.neighbour().await;
        let (post, bob, first, context) = thread(&node, &there).await;
        node.accept_reply(&bob, &first).await;
        let (post, now) = (post.id, node.app().now());
        let job = node.app().job(Job::CompleteThread { post: post.raw() });
        let awaken = node.app().db.write(move |conn| backfill::awaken(conn, &job, post, now));
        assert!(awaken.await.unwrap(), "it was allowed before");
        after(&node, DAY).await;
        assert_eq!((there.requests_for(&context), node.jobs().await), (0, 0));
    }

    async fn a_node_to_which_nobody_answers_asks_nobody(node: TestNode) {
        node.publish("Quiet").await;
        node.drain().await;
        after(&node, 30 * DAY).await;
        assert_eq!((rows(&node).await, node.jobs().await), ((0, 0, 0), 0));
    }

    async fn somebody_who_asks_has_the_thread_read_at_once_but_not_all_the_time(node: TestNode) {
        let there = node.neighbour().await;
        let (post, bob, first, context) = thread(&node, &there).await;
        there.publish(&collection(&context, &[&first]));
        node.accept_reply(&bob, &first).await;
        after(&node, 20 * DAY).await;
        after(&node, DAY).await;
        let before = there.requests_for(&context);
        let ask = async || backfill::ask(node.app(), post.id).await.unwrap();
        assert!(ask().await);
        node.drain().await;
        assert_eq!(there.requests_for(&context), before + 1);
        assert!(!ask().await);
        after(&node, HOUR).await;
        assert!(ask().await);
        let quiet = node.publish("Nothing to read").await;
        assert!(!backfill::ask(node.app(), quiet.id).await.unwrap());
    }

    async fn what_cannot_be_had_is_known_by_reason_and_not_asked_for_again_and_again(node: TestNode) {
        let (there, blocked) = (node.neighbour().await, node.neighbour().await);
        let (post, bob, first, context) = thread(&node, &there).await;
        let (hidden, refused) = (bob.note(2, id(&first)), bob.note(3, id(&first)));
        let direct = bob.note_to(4, id(&first), node.alice());
        let (dead, eve) = (bob.note(5, id(&first)), blocked.person("eve").note(6, id(&first)));
        let gone = bob.note(7, id(&first));
        there.publish(&direct);
        there.fail(id(&refused), Fault::Status(403));
        there.fail(id(&dead), Fault::Status(503));
        there.fail(id(&gone), Fault::Status(410));
        there.publish(&collection(&context, &[&first, &hidden, &refused, &direct, &dead, &eve, &gone]));
        let domain = Host::parse(blocked.host()).unwrap();
        moderation::block(node.app(), vec![(domain, None)]).await.unwrap();
        node.accept_reply(&bob, &first).await;
        after(&node, MINUTE).await;
        let known = Missing { private: 3, blocked: 1, unreachable: 1, pending: 0 };
        assert_eq!(missing(&node, &post).await, known);
        for _ in 0..25 {
            after(&node, DAY).await;
        }
        assert_eq!(missing(&node, &post).await, known);
        assert_eq!(state(&node, &dead).await, Some(State::Unreachable));
        assert_eq!(state(&node, &gone).await, Some(State::Stray));
        assert_eq!(there.requests_for(id(&hidden)), 1);
        assert!(there.requests_for(id(&dead)) < 12);
        assert_eq!(blocked.requests_for(id(&eve)), 0);
    }

    async fn what_a_block_kept_away_is_fetched_when_the_server_is_unblocked(node: TestNode) {
        let (there, elsewhere) = (node.neighbour().await, node.neighbour().await);
        let (post, bob, first, context) = thread(&node, &there).await;
        let second = elsewhere.person("carol").note(2, id(&first));
        elsewhere.publish(&second);
        there.publish(&collection(&context, &[&first, &second]));
        let domain = Host::parse(elsewhere.host()).unwrap();
        moderation::block(node.app(), vec![(domain.clone(), None)]).await.unwrap();
        node.accept_reply(&bob, &first).await;
        for _ in 0..20 {
            after(&node, DAY).await;
        }
        assert_eq!((missing(&node, &post).await.blocked, node.jobs().await), (1, 0));
        moderation::unblock(node.app(), domain).await.unwrap();
        node.drain().await;
        assert_eq!(node.numbers(&post).await, ["1", "1.1"]);
    }

    async fn a_host_that_comes_back_brings_its_replies(node: TestNode) {
        let (there, elsewhere) = (node.neighbour().await, node.neighbour().await);
        let (post, bob, first, context) = thread(&node, &there).await;
        let second = elsewhere.person("carol").note(2, id(&first));
        elsewhere.publish(&second);
        elsewhere.fail("*", Fault::Status(502));
        there.publish(&collection(&context, &[&first, &second]));
        node.accept_reply(&bob, &first).await;
        after(&node, MINUTE).await;
        after(&node, DAY).await;
        assert_eq!(node.numbers(&post).await, ["1"]);
        elsewhere.heal("*");
        after(&node, 3 * DAY).await;
        assert_eq!(node.numbers(&post).await, ["1", "1.1"]);
    }

    async fn our_own_comments_never_come_back(node: TestNode) {
        let there = node.neighbour().await;
        let (post, bob, first, context) = thread(&node, &there).await;
        let stored = node.accept_reply(&bob, &first).await;
        let ours = node.answer(&post, Some(&stored), "Ours.").await;
        node.drain().await;
        let answer = bob.note(2, ours.ap_id.as_str());
        there.publish(&answer);
        let mut items = collection(&context, &[&first, &answer]);
        let listed = items["orderedItems"].as_array_mut().unwrap();
        listed.extend([json!(ours.ap_id), json!(ours.ap_id.as_str().to_uppercase()), json!(post.ap_id)]);
        there.publish(&items);
        after(&node, MINUTE).await;
        assert_eq!(node.numbers(&post).await, ["1", "1.1", "1.1.1"]);
        assert_eq!(rows(&node).await.0, 0);
    }

    async fn the_writer_who_opens_the_thread_has_it_read_and_sees_how_complete_it_is(node: TestNode) {
        let there = node.neighbour().await;
        let (post, bob, first, context) = thread(&node, &there).await;
        let hidden = bob.note(2, id(&first));
        there.publish(&collection(&context, &[&first, &hidden]));
        node.accept_reply(&bob, &first).await;
        let token = node.test.token(&[antiphon::domain::account::Scope::Read]).await;
        let address = format!("/api/antiphon/v1/posts/{}/comments", post.id);
        let open = async || {
            let request = http::Request::get(&address).header("authorization", format!("Bearer {token}"));
            let answer = node.ask(request.body(axum::body::Body::empty()).unwrap()).await;
            serde_json::from_str::<Value>(&answer.text).unwrap()
        };
        let before = open().await;
        assert_eq!(before["completeness"], json!({"here": 1, "known": 1, "missing": {"private": 0, "blocked": 0, "unreachable": 0, "pending": 0}}));
        node.drain().await;
        assert_eq!(there.requests_for(&context), 1);
        let after = open().await;
        assert_eq!(after["completeness"]["known"], 2);
        assert_eq!(after["completeness"]["missing"]["private"], 1);
        let page = node.get_as(post.url.as_str(), "text/html").await.text;
        assert!(page.contains("At least 2 known, 1 here (1 not public)"), "{page}");
    }
}
