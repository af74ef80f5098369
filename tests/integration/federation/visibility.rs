//! Who sees a reply: addressed narrowly, held, thrown away, taken back. What may not be seen is on no surface at all.

use antiphon::config::Moderation;
use antiphon::domain::post::Post;
use antiphon::domain::visibility::CommentStatus;
use serde_json::{Value, json};

use crate::support::{TestApp, TestDb, TestNode, both_databases};

/// Every surface that shows replies, in one text, and what the counts say.
async fn surfaces(node: &TestNode, post: &Post) -> (String, Vec<i64>) {
    let mut text = String::new();
    for address in ["/", "/about", post.url.as_str()] {
        text += &node.get_as(address, "text/html").await.text;
    }
    for path in ["/feed.atom", &format!("/posts/{}/comments.atom", post.slug)] {
        text += &node.get_as(path, "*/*").await.text;
    }
    let id = post.ap_id.as_str();
    let article = node.get(id).await.json();
    let mut totals = vec![article["replies"]["totalItems"].as_i64().unwrap()];
    for name in ["replies", "context"] {
        let whole = node.get(&format!("{id}/{name}")).await.json();
        totals.push(whole["totalItems"].as_i64().unwrap());
        text += &node.get(whole["first"].as_str().unwrap()).await.text;
    }
    text += &node
        .get(&format!("{}/outbox?page=1", node.alice()))
        .await
        .text;
    let info = node.get_as("/nodeinfo/2.1", "*/*").await.json();
    totals.push(info["usage"]["localComments"].as_i64().unwrap());
    (text, totals)
}

async fn assert_hidden(node: &TestNode, post: &Post, note: &Value) {
    let (text, totals) = surfaces(node, post).await;
    for part in [note["id"].as_str().unwrap(), "says 1"] {
        assert!(!text.contains(part), "{part} shows in {text}");
    }
    assert_eq!(totals, [0, 0, 1, 0]);
    assert!(node.numbers(post).await.is_empty());
}

async fn assert_shown(node: &TestNode, post: &Post, note: &Value) {
    let (text, totals) = surfaces(node, post).await;
    for part in [note["id"].as_str().unwrap(), "says 1"] {
        assert!(text.contains(part), "{part} does not show");
    }
    assert_eq!(totals, [1, 1, 2, 1]);
}

async fn node_with(moderation: Moderation, db: TestDb) -> TestNode {
    TestNode::quiet(TestApp::builder().moderation(moderation), db).await
}

both_databases! {
    async fn private_replies_are_never_stored(node: TestNode) {
        let there = node.neighbour().await;
        let bob = there.person("bob");
        let post = node.publish("Private").await;
        for (number, to) in [(1, bob.at("/followers")), (2, node.alice().to_owned())] {
            let note = bob.note_to(number, post.ap_id.as_str(), &to);
            node.accept(&bob.create(&note)).await;
            assert!(node.comment(&note).await.is_none());
            there.publish(&note);
            node.accept(&bob.tell("Create", note["id"].as_str().unwrap())).await;
            assert!(node.comment(&note).await.is_none());
        }
        assert_eq!(node.parked().await, 0);
        assert_hidden(&node, &post, &bob.note(1, "")).await;
    }

    async fn a_private_reply_in_a_chain_is_not_stored_nor_what_hangs_below(node: TestNode) {
        let there = node.neighbour().await;
        let bob = there.person("bob");
        let post = node.publish("Chain").await;
        let hidden = bob.note_to(1, post.ap_id.as_str(), &bob.at("/followers"));
        there.publish(&hidden);
        let below = bob.note(2, hidden["id"].as_str().unwrap());
        node.accept(&bob.create(&below)).await;
        assert!(node.comment(&hidden).await.is_none());
        assert_hidden(&node, &post, &hidden).await;
        assert_eq!(node.parked().await, 0);
    }

    async fn unlisted_replies_are_shown(node: TestNode) {
        let there = node.neighbour().await;
        let bob = there.person("bob");
        let post = node.publish("Unlisted").await;
        let mut note = bob.note_to(1, post.ap_id.as_str(), &bob.at("/followers"));
        note["cc"] = json!(["as:Public"]);
        node.accept_reply(&bob, &note).await;
        assert_shown(&node, &post, &note).await;
    }

    async fn an_update_that_narrows_a_reply_hides_it(node: TestNode) {
        let there = node.neighbour().await;
        let bob = there.person("bob");
        let post = node.publish("Narrowed").await;
        let note = bob.note(1, post.ap_id.as_str());
        node.accept_reply(&bob, &note).await;
        assert_shown(&node, &post, &note).await;
        let mut narrow = bob.note_to(1, post.ap_id.as_str(), &bob.at("/followers"));
        narrow["updated"] = json!("2026-11-22T11:59:00Z");
        node.accept(&bob.letter(bob.activity("Update", narrow))).await;
        assert_hidden(&node, &post, &note).await;
    }

    async fn open_shows_everybody_at_once(db: TestDb) {
        let node = node_with(Moderation::Open, db).await;
        let there = node.neighbour().await;
        let bob = there.person("bob");
        let post = node.publish("Open").await;
        let note = bob.note(1, post.ap_id.as_str());
        node.accept_reply(&bob, &note).await;
        assert_shown(&node, &post, &note).await;
    }

    async fn all_holds_everybody_every_time(db: TestDb) {
        let node = node_with(Moderation::All, db).await;
        let there = node.neighbour().await;
        let bob = there.person("bob");
        let post = node.publish("All").await;
        let note = bob.note(1, post.ap_id.as_str());
        let held = node.accept_reply(&bob, &note).await;
        assert_eq!(held.status, CommentStatus::Held);
        assert_hidden(&node, &post, &note).await;
        node.decide(&held, CommentStatus::Published).await;
        let second = node.accept_reply(&bob, &bob.note(2, post.ap_id.as_str())).await;
        assert_eq!(second.status, CommentStatus::Held);
    }

    async fn known_and_screened_hold_a_first_reply_until_one_is_approved(db: TestDb) {
        let Some(other) = TestDb::like(&db) else { return };
        for (mode, db) in [(Moderation::Known, db), (Moderation::Screened, other)] {
            let node = node_with(mode, db).await;
            let there = node.neighbour().await;
            let (bob, carol) = (there.person("bob"), there.person("carol"));
            let post = node.publish("Known").await;
            let note = bob.note(1, post.ap_id.as_str());
            let held = node.accept_reply(&bob, &note).await;
            assert_hidden(&node, &post, &note).await;
            node.decide(&held, CommentStatus::Published).await;
            assert_shown(&node, &post, &note).await;
            let second = node.accept_reply(&bob, &bob.note(2, post.ap_id.as_str())).await;
            assert_eq!(second.status, CommentStatus::Published);
            let stranger = node.accept_reply(&carol, &carol.note(1, post.ap_id.as_str())).await;
            assert_eq!(stranger.status, CommentStatus::Held);
        }
    }

    async fn every_decision_hides_and_can_be_taken_back(node: TestNode) {
        let there = node.neighbour().await;
        let bob = there.person("bob");
        let post = node.publish("Decided").await;
        let note = bob.note(1, post.ap_id.as_str());
        let stored = node.accept_reply(&bob, &note).await;
        for status in [CommentStatus::Held, CommentStatus::Spam, CommentStatus::Trash] {
            node.decide(&stored, status).await;
            assert_hidden(&node, &post, &note).await;
            node.decide(&stored, CommentStatus::Published).await;
            assert_shown(&node, &post, &note).await;
        }
        assert_eq!(node.numbers(&post).await, ["1"]);
    }

    async fn a_hidden_reply_hides_what_hangs_below_it(node: TestNode) {
        let there = node.neighbour().await;
        let (bob, carol) = (there.person("bob"), there.person("carol"));
        let post = node.publish("Branch").await;
        let note = bob.note(1, post.ap_id.as_str());
        let stored = node.accept_reply(&bob, &note).await;
        node.accept_reply(&carol, &carol.note(2, note["id"].as_str().unwrap())).await;
        node.decide(&stored, CommentStatus::Spam).await;
        assert!(node.numbers(&post).await.is_empty());
        node.decide(&stored, CommentStatus::Published).await;
        assert_eq!(node.numbers(&post).await, ["1", "1.1"]);
    }

    async fn numbers_stay_when_a_held_reply_is_approved_later(db: TestDb) {
        let node = node_with(Moderation::All, db).await;
        let there = node.neighbour().await;
        let bob = there.person("bob");
        let post = node.publish("Numbers").await;
        let mut stored = Vec::new();
        for number in 1..=3 {
            stored.push(node.accept_reply(&bob, &bob.note(number, post.ap_id.as_str())).await);
        }
        node.decide(&stored[1], CommentStatus::Published).await;
        node.decide(&stored[2], CommentStatus::Published).await;
        let before = node.thread(&post).await;
        node.decide(&stored[0], CommentStatus::Published).await;
        let after = node.thread(&post).await;
        for line in &before {
            assert!(after.contains(line), "{line:?} moved: {after:?}");
        }
        assert_eq!(after.len(), 3);
        node.decide(&stored[1], CommentStatus::Trash).await;
        let left: Vec<String> = node.numbers(&post).await;
        assert_eq!(left, ["2", "3"]);
    }

    async fn what_hangs_below_a_blocked_servers_reply_is_counted_nowhere_until_it_is_unblocked(node: TestNode) {
        let (there, elsewhere) = (node.neighbour().await, node.neighbour().await);
        let (bob, carol) = (there.person("bob"), elsewhere.person("carol"));
        let post = node.publish("Blocked").await;
        let note = bob.note(1, post.ap_id.as_str());
        node.accept_reply(&bob, &note).await;
        let below = carol.note(2, note["id"].as_str().unwrap());
        node.accept_reply(&carol, &below).await;
        node.accept_reply(&carol, &carol.note(3, below["id"].as_str().unwrap())).await;
        let before = surfaces(&node, &post).await.1;
        assert_eq!(before, [1, 1, 4, 3]);
        node.block(there.host()).await;
        assert_hidden(&node, &post, &note).await;
        assert!(!surfaces(&node, &post).await.0.contains("carol says"));
        node.unblock(there.host()).await;
        assert_eq!(surfaces(&node, &post).await.1, before);
    }
}
