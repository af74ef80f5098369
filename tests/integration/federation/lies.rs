//! What hosts make up to keep a node busy: collections without end, in circles, of a million items, of other people's
//! things and of ours; contexts of strangers; chains of parents that lead nowhere; answers that never come well. The work
//! stays bounded, nothing grows, and whoever asks is told what became of it.

use antiphon::db::schema::{comments, parked, sources, wanted};
use antiphon::domain::backfill::{self, Wanted};
use antiphon::domain::comment::{Outcome, locate};
use antiphon::types::ApUrl;
use diesel::prelude::*;
use serde_json::{Value, json};

use crate::support::{FakeInstance, Fault, Person, TestApp, TestDb, TestNode, both_databases};

const DAY: i64 = 24 * 3600;
/// Requests that one liar gets out of a node in forty days at most.
const REQUESTS: usize = 700;
/// Rows that it leaves at most.
const ROWS: i64 = 1200;

/// Rows of comments, of what is waited for and of what is looked for.
async fn rows(node: &TestNode) -> (i64, i64) {
    let counted = node.app().db.read(|conn| {
        let comments: i64 = comments::table.count().get_result(conn)?;
        let parked: i64 = parked::table.count().get_result(conn)?;
        let wanted: i64 = wanted::table.count().get_result(conn)?;
        let sources: i64 = sources::table.count().get_result(conn)?;
        Ok((comments, parked + wanted + sources))
    });
    counted.await.unwrap()
}

/// What is still waited for and looked for, in words.
async fn leftovers(node: &TestNode) -> Vec<String> {
    let rows = node.app().db.read(|conn| {
        let wanted: Vec<Wanted> = wanted::table.select(Wanted::as_select()).load(conn)?;
        let parked: Vec<(String, i64)> = parked::table
            .select((parked::ap_id, parked::received_at))
            .load(conn)?;
        let wanted = wanted.iter().map(|row| format!("{row:?}"));
        Ok(wanted
            .chain(parked.iter().map(|row| format!("parked {row:?}")))
            .collect())
    });
    rows.await.unwrap()
}

/// True when the node can tell what became of an id, or looked for it.
async fn is_accounted_for(node: &TestNode, id: &str) -> bool {
    let id = ApUrl::new(id);
    let located = locate::locate(node.app(), &id).await.unwrap();
    let wanted = node
        .app()
        .db
        .read(move |conn| backfill::load_wanted(conn, &id));
    located.outcome != Outcome::Unknown || wanted.await.unwrap().is_some()
}

fn note_with(person: &Person, post: &str, more: &[(&str, Value)]) -> Value {
    let mut note = person.note(1, post);
    for (key, value) in more {
        note[*key] = value.clone();
    }
    note
}

fn page(id: &str, items: Value, next: Option<String>) -> Value {
    let mut page = json!({ "@context": "https://www.w3.org/ns/activitystreams", "id": id, "type": "CollectionPage", "items": items });
    if let Some(next) = next {
        page["next"] = json!(next);
    }
    page
}

/// Lets bob's reply in that names `replies`, then lets time pass; one reply is held, the work is bounded, and it ends.
async fn endure(node: &TestNode, liar: &FakeInstance, bob: &Person, more: &[(&str, Value)]) {
    let post = node.publish("Lied to").await;
    let note = note_with(bob, post.ap_id.as_str(), more);
    liar.publish(&note);
    node.accept_reply(bob, &note).await;
    node.live(40 * DAY).await;
    let asked = liar.requests();
    assert!(asked <= REQUESTS, "{asked} requests");
    let (comments, others) = rows(node).await;
    assert_eq!(comments, 1, "nothing but the reply is held");
    assert!(others <= ROWS, "{others} rows");
    assert_eq!(node.jobs().await, 0);
    node.live(30 * DAY).await;
    assert_eq!(liar.requests(), asked, "it is quiet in the end");
}

both_databases! {
    async fn a_collection_without_end_is_left_alone_after_a_while(node: TestNode) {
        let liar = node.neighbour().await;
        let bob = liar.person("bob");
        let at = |number: usize| bob.at(&format!("/replies?page={number}"));
        for number in 1..=1200 {
            let items: Vec<_> = (0..20).map(|item| bob.at(&format!("/made-up/{number}/{item}"))).collect();
            liar.publish(&page(&at(number), json!(items), Some(at(number + 1))));
        }
        let whole = json!({ "id": bob.at("/replies"), "type": "Collection", "totalItems": u64::MAX, "first": at(1) });
        liar.publish(&whole);
        endure(&node, &liar, &bob, &[("replies", json!(bob.at("/replies")))]).await;
    }

    async fn a_collection_in_a_circle_is_read_once_around(node: TestNode) {
        let liar = node.neighbour().await;
        let bob = liar.person("bob");
        let (first, second) = (bob.at("/replies?page=1"), bob.at("/replies?page=2"));
        liar.publish(&page(&first, json!([]), Some(second.clone())));
        liar.publish(&page(&second, json!([]), Some(first.clone())));
        liar.publish(&json!({ "id": bob.at("/replies"), "type": "Collection", "first": first }));
        endure(&node, &liar, &bob, &[("replies", json!(bob.at("/replies")))]).await;
        assert!(liar.requests() < 150, "{}", liar.requests());
    }

    async fn a_collection_that_is_its_own_page_or_its_own_item_is_nothing(node: TestNode) {
        let liar = node.neighbour().await;
        let bob = liar.person("bob");
        let own = bob.at("/replies");
        liar.publish(&json!({ "id": own, "type": "Collection", "first": own, "items": [own, bob.at("/notes/1")], "next": own }));
        endure(&node, &liar, &bob, &[("replies", json!(own)), ("context", json!(bob.at("/notes/1")))]).await;
    }

    async fn a_page_of_many_thousand_items_is_read_in_part(node: TestNode) {
        let liar = node.neighbour().await;
        let bob = liar.person("bob");
        let items: Vec<_> = (0..14_000).map(|item| bob.at(&format!("/x/{item}"))).collect();
        liar.publish(&json!({ "id": bob.at("/replies"), "type": "Collection", "totalItems": 1_000_000, "items": items }));
        endure(&node, &liar, &bob, &[("replies", json!(bob.at("/replies")))]).await;
    }

    async fn a_body_without_end_is_a_failure_like_others(node: TestNode) {
        let liar = node.neighbour().await;
        let bob = liar.person("bob");
        liar.fail(&bob.at("/replies"), Fault::Endless);
        endure(&node, &liar, &bob, &[("replies", json!(bob.at("/replies")))]).await;
    }

    async fn what_is_ours_is_never_asked_for_by_others_word(node: TestNode) {
        let liar = node.neighbour().await;
        let bob = liar.person("bob");
        let ours = ["https://blog.example/ap/posts/1", "https://blog.example/ap/comments/1", "https://BLOG.example/ap/users/1", "http://blog.example/x"];
        liar.publish(&json!({ "id": bob.at("/replies"), "type": "Collection", "items": ours }));
        endure(&node, &liar, &bob, &[("replies", json!(bob.at("/replies")))]).await;
    }

    async fn others_things_in_a_list_are_asked_of_their_own_servers_and_answer_nothing_of_ours(node: TestNode) {
        let (liar, other) = (node.neighbour().await, node.neighbour().await);
        let (bob, carol) = (liar.person("bob"), other.person("carol"));
        let mut items = Vec::new();
        for number in 0..200 {
            let mut note = carol.note(number, "https://far.example/1");
            note["inReplyTo"] = Value::Null;
            other.publish(&note);
            items.push(note["id"].clone());
        }
        // Told here with a text and a parent of the liar's making: only what its own server says counts.
        items.push(json!({ "id": carol.at("/notes/0"), "type": "Note", "attributedTo": carol.id,
            "inReplyTo": bob.at("/notes/1"), "content": "<p>put into her mouth</p>", "to": ["https://www.w3.org/ns/activitystreams#Public"] }));
        liar.publish(&json!({ "id": bob.at("/replies"), "type": "Collection", "items": items }));
        endure(&node, &liar, &bob, &[("replies", json!(bob.at("/replies")))]).await;
        assert!(other.requests() <= 260, "each is asked for once, and its author: {}", other.requests());
    }

    async fn a_context_that_lives_with_strangers_is_not_read(node: TestNode) {
        let (liar, stranger) = (node.neighbour().await, node.neighbour().await);
        let bob = liar.person("bob");
        let context = format!("{}/contexts/1", stranger.url);
        stranger.publish(&json!({ "id": context, "type": "OrderedCollection", "orderedItems": [] }));
        endure(&node, &liar, &bob, &[("context", json!(context)), ("contextHistory", json!(context))]).await;
        assert_eq!(stranger.requests(), 0);
    }

    async fn a_chain_of_ten_thousand_parents_is_followed_so_far_and_no_further(db: TestDb) {
        // Fetches a minute are counted by the machine's clock: in a test's days, which are moments, all tries would meet that bound.
        let builder = TestApp::builder().configure(|config| config.limits.fetch_per_host = 0);
        let node = TestNode::quiet(builder, db).await;
        let liar = node.neighbour().await;
        let bob = liar.person("bob");
        let post = node.publish("Far below").await;
        for number in 1..10_000 {
            liar.publish(&bob.note(number, &bob.at(&format!("/notes/{}", number - 1))));
        }
        liar.publish(&bob.note(0, post.ap_id.as_str()));
        let last = bob.note(10_000, &bob.at("/notes/9999"));
        node.accept(&bob.create(&last)).await;
        node.live(DAY).await;
        assert!(is_accounted_for(&node, last["id"].as_str().unwrap()).await, "who asks is told");
        node.live(40 * DAY).await;
        assert!(liar.requests() < 600, "{}", liar.requests());
        assert_eq!(leftovers(&node).await, Vec::<String>::new(), "nothing is waited for");
        assert_eq!(rows(&node).await, (0, 0), "nothing is held");
        assert_eq!(node.jobs().await, 0);
    }

    async fn a_chain_that_bites_its_tail_is_dropped(node: TestNode) {
        let liar = node.neighbour().await;
        let bob = liar.person("bob");
        node.publish("Not meant").await;
        for (number, parent) in [(1, 2), (2, 3), (3, 1)] {
            liar.publish(&bob.note(number, &bob.at(&format!("/notes/{parent}"))));
        }
        node.accept(&bob.create(&bob.note(1, &bob.at("/notes/2")))).await;
        node.live(40 * DAY).await;
        assert!(liar.requests() < 20, "{}", liar.requests());
        assert_eq!(rows(&node).await, (0, 0));
        assert_eq!(node.jobs().await, 0);
    }

    async fn a_host_that_answers_with_errors_for_days_is_asked_ever_less_and_then_no_more(node: TestNode) {
        let (liar, other) = (node.neighbour().await, node.neighbour().await);
        let (bob, carol) = (liar.person("bob"), other.person("carol"));
        let post = node.publish("Patient").await;
        let below = carol.note(1, &bob.at("/notes/1"));
        liar.fail("*", Fault::Status(503));
        node.accept(&carol.create(&below)).await;
        let first = carol.note(2, post.ap_id.as_str());
        let mut first = first.clone();
        first["replies"] = json!({ "id": carol.at("/replies"), "type": "Collection",
            "first": { "type": "CollectionPage", "items": [bob.at("/notes/7"), bob.at("/notes/8")] } });
        node.accept_reply(&carol, &first).await;
        node.live(2 * DAY).await;
        let two_days = liar.requests();
        assert!(two_days < 60, "{two_days}");
        node.live(20 * DAY).await;
        for id in [bob.at("/notes/1"), bob.at("/notes/7"), bob.at("/notes/8"), below["id"].as_str().unwrap().to_owned()] {
            assert!(is_accounted_for(&node, &id).await, "{id}: who asks is told");
        }
        node.live(25 * DAY).await;
        let all = liar.requests();
        assert!(all < 100, "{all}");
        assert_eq!(node.jobs().await, 0);
        assert_eq!(rows(&node).await.0, 1);
    }

    async fn a_host_that_comes_back_after_days_is_heard(node: TestNode) {
        let (there, other) = (node.neighbour().await, node.neighbour().await);
        let (bob, carol) = (there.person("bob"), other.person("carol"));
        let post = node.publish("Back").await;
        let above = bob.note(1, post.ap_id.as_str());
        there.publish(&above);
        there.fail("*", Fault::Status(503));
        let below = carol.note(1, above["id"].as_str().unwrap());
        node.accept(&carol.create(&below)).await;
        node.live(3 * DAY).await;
        there.heal("*");
        node.live(15 * DAY).await;
        assert!(node.comment(&above).await.is_some(), "the parent is fetched");
        assert!(node.comment(&below).await.is_some(), "and what waited for it stands below");
    }
}
