//! Replies from elsewhere: nested, numbered, edited, deleted, and their parents looked for.

use antiphon::domain::visibility::CommentStatus;
use http::StatusCode;
use serde_json::json;

use crate::support::{FakeInstance, Fault, Person, TestApp, TestDb, TestNode, both_databases};

/// Publishes so many notes, each an answer to the one before; returns the last.
fn chain(there: &FakeInstance, bob: &Person, root: &str, links: u32) -> String {
    let mut parent = root.to_owned();
    for number in 1..=links {
        let note = bob.note(number, &parent);
        there.publish(&note);
        note["id"].as_str().unwrap().clone_into(&mut parent);
    }
    parent
}

both_databases! {
    async fn a_reply_and_replies_to_it_are_nested_with_numbers(node: TestNode) {
        let there = node.neighbour().await;
        let (bob, carol) = (there.person("bob"), there.person("carol"));
        let post = node.publish("Nested").await;
        let first = bob.note(1, post.ap_id.as_str());
        let second = carol.note(2, first["id"].as_str().unwrap());
        let third = bob.note(3, second["id"].as_str().unwrap());
        let beside = carol.note(4, post.url.as_str());
        for (person, note) in [(&bob, &first), (&carol, &second), (&bob, &third), (&carol, &beside)] {
            node.accept_reply(person, note).await;
        }
        assert_eq!(node.numbers(&post).await, ["1", "1.1", "1.1.1", "2"]);
        let texts: Vec<String> = node.thread(&post).await.into_iter().map(|(_, html)| html).collect();
        assert!(texts[1].contains("carol says 2"), "{texts:?}");
        let page = node.get_as(post.url.as_str(), "text/html").await;
        assert!(page.text.contains("comment-1.1.1"), "{}", page.text);
    }

    async fn the_same_reply_counts_once_whatever_brings_it(node: TestNode) {
        let there = node.neighbour().await;
        let bob = there.person("bob");
        let post = node.publish("Once").await;
        let note = bob.note(1, post.ap_id.as_str());
        node.accept(&bob.create(&note)).await;
        node.accept(&bob.create(&note)).await;
        let mut other = bob.activity("Create", note);
        other["id"] = json!("urn:uuid:9b2c0b57-7f2a-4a53-9d0a-000000000001");
        node.accept(&bob.letter(other)).await;
        assert_eq!(node.numbers(&post).await, ["1"]);
    }

    async fn an_edited_reply_shows_its_new_text(node: TestNode) {
        let there = node.neighbour().await;
        let bob = there.person("bob");
        let post = node.publish("Edited").await;
        let mut note = bob.note(1, post.ap_id.as_str());
        node.accept_reply(&bob, &note).await;
        note["content"] = json!("<p>better</p>");
        note["updated"] = json!("2026-11-22T11:30:00Z");
        node.accept(&bob.letter(bob.activity("Update", note.clone()))).await;
        assert!(node.thread(&post).await[0].1.contains("better"));
        assert!(node.comment(&note).await.unwrap().edited_at.is_some());
    }

    async fn an_update_that_only_names_the_reply_is_fetched_and_applied(node: TestNode) {
        let there = node.neighbour().await;
        let bob = there.person("bob");
        let post = node.publish("Fetched").await;
        let mut note = bob.note(1, post.ap_id.as_str());
        node.accept_reply(&bob, &note).await;
        note["content"] = json!("<p>better</p>");
        note["updated"] = json!("2026-11-22T11:30:00Z");
        there.publish(&note);
        node.accept(&bob.tell("Update", note["id"].as_str().unwrap())).await;
        assert!(node.thread(&post).await[0].1.contains("better"));
    }

    async fn only_its_author_edits_or_deletes_a_reply(node: TestNode) {
        let there = node.neighbour().await;
        let (bob, eve) = (there.person("bob"), there.person("eve"));
        let post = node.publish("Mine").await;
        let note = bob.note(1, post.ap_id.as_str());
        there.publish(&note);
        node.accept_reply(&bob, &note).await;
        let mut forged = note.clone();
        forged["content"] = json!("<p>forged</p>");
        let update = eve.letter(eve.activity("Update", forged.clone()));
        assert_eq!(node.receive(&update).await, StatusCode::FORBIDDEN);
        forged["attributedTo"] = json!(eve.id);
        node.accept(&eve.letter(eve.activity("Update", forged))).await;
        node.accept(&eve.tell("Delete", note["id"].as_str().unwrap())).await;
        assert!(node.thread(&post).await[0].1.contains("bob says 1"));
    }

    async fn a_deleted_reply_vanishes_and_keeps_its_place_above_answers(node: TestNode) {
        let there = node.neighbour().await;
        let bob = there.person("bob");
        let post = node.publish("Deleted").await;
        let first = bob.note(1, post.ap_id.as_str());
        let answer = bob.note(2, first["id"].as_str().unwrap());
        node.accept_reply(&bob, &first).await;
        node.accept_reply(&bob, &answer).await;
        node.accept(&bob.tell("Delete", first["id"].as_str().unwrap())).await;
        assert_eq!(node.numbers(&post).await, ["1", "1.1"]);
        assert_eq!(node.thread(&post).await[0].1, "");
        node.accept(&bob.letter(bob.activity("Delete", json!({ "id": answer["id"], "type": "Tombstone" })))).await;
        assert!(node.numbers(&post).await.is_empty());
    }

    async fn a_reply_deleted_before_it_came_never_appears(node: TestNode) {
        let there = node.neighbour().await;
        let bob = there.person("bob");
        let post = node.publish("Early").await;
        let note = bob.note(1, post.ap_id.as_str());
        node.accept(&bob.tell("Delete", note["id"].as_str().unwrap())).await;
        node.accept(&bob.create(&note)).await;
        assert!(node.comment(&note).await.is_none());
    }

    async fn a_create_that_only_names_its_note_is_fetched(node: TestNode) {
        let there = node.neighbour().await;
        let bob = there.person("bob");
        let post = node.publish("Named").await;
        let note = bob.note(1, post.ap_id.as_str());
        there.publish(&note);
        node.accept(&bob.tell("Create", note["id"].as_str().unwrap())).await;
        assert_eq!(node.numbers(&post).await, ["1"]);
    }

    async fn a_forwarded_create_is_fetched_from_its_origin(node: TestNode) {
        let (there, elsewhere) = (node.neighbour().await, node.neighbour().await);
        let (bob, carol) = (there.person("bob"), elsewhere.person("carol"));
        let post = node.publish("Forwarded").await;
        let mut note = carol.note(1, post.ap_id.as_str());
        elsewhere.publish(&note);
        note["content"] = json!("<p>put into her mouth</p>");
        let create = carol.activity("Create", note);
        node.accept(&bob.letter(create)).await;
        let thread = node.thread(&post).await;
        assert_eq!(thread.len(), 1);
        assert!(thread[0].1.contains("carol says 1"), "{thread:?}");
    }

    async fn the_chain_of_unknown_parents_is_fetched_and_nested(node: TestNode) {
        let (there, elsewhere) = (node.neighbour().await, node.neighbour().await);
        let (bob, carol) = (there.person("bob"), elsewhere.person("carol"));
        let post = node.publish("Chain").await;
        let first = carol.note(1, post.ap_id.as_str());
        let second = bob.note(2, first["id"].as_str().unwrap());
        let third = carol.note(3, second["id"].as_str().unwrap());
        elsewhere.publish(&first);
        there.publish(&second);
        node.accept_reply(&carol, &third).await;
        assert_eq!(node.numbers(&post).await, ["1", "1.1", "1.1.1"]);
    }

    async fn a_reply_whose_parent_cannot_be_fetched_waits_and_is_attached_when_that_comes(node: TestNode) {
        let (there, elsewhere) = (node.neighbour().await, node.neighbour().await);
        let (bob, carol) = (there.person("bob"), elsewhere.person("carol"));
        let post = node.publish("Parked").await;
        let first = carol.note(1, post.ap_id.as_str());
        let second = bob.note(2, first["id"].as_str().unwrap());
        node.accept(&bob.create(&second)).await;
        assert!(node.comment(&second).await.is_none());
        node.accept_reply(&carol, &first).await;
        assert_eq!(node.numbers(&post).await, ["1", "1.1"]);
    }

    async fn a_parent_that_cannot_be_had_now_is_asked_for_later(node: TestNode) {
        let (there, elsewhere) = (node.neighbour().await, node.neighbour().await);
        let (bob, carol) = (there.person("bob"), elsewhere.person("carol"));
        let post = node.publish("Later").await;
        let first = carol.note(1, post.ap_id.as_str());
        let address = first["id"].as_str().unwrap();
        elsewhere.publish(&first);
        elsewhere.fail(address, Fault::Status(503));
        let second = bob.note(2, address);
        node.accept(&bob.create(&second)).await;
        assert!(node.comment(&second).await.is_none());
        elsewhere.heal(address);
        node.advance_secs(3600);
        node.drain().await;
        assert_eq!(node.numbers(&post).await, ["1", "1.1"]);
    }

    async fn a_chain_that_ends_at_somebody_elses_post_leaves_no_trace(node: TestNode) {
        let there = node.neighbour().await;
        let bob = there.person("bob");
        let mut root = bob.note(1, "");
        root["inReplyTo"] = json!(null);
        there.publish(&root);
        let reply = bob.note(2, root["id"].as_str().unwrap());
        node.accept(&bob.create(&reply)).await;
        assert_eq!((node.parked().await, node.jobs().await), (0, 0));
    }

    async fn a_chain_that_bites_its_tail_ends(node: TestNode) {
        let there = node.neighbour().await;
        let bob = there.person("bob");
        let (mut first, second) = (bob.note(1, ""), bob.note(2, &bob.at("/notes/1")));
        first["inReplyTo"] = second["id"].clone();
        there.publish(&first);
        there.publish(&second);
        let third = bob.note(3, second["id"].as_str().unwrap());
        node.accept(&bob.create(&third)).await;
        assert_eq!((node.parked().await, node.jobs().await), (0, 0));
        assert_eq!(there.requests_for(second["id"].as_str().unwrap()), 1);
    }

    async fn a_chain_of_many_parents_is_fetched_link_by_link(node: TestNode) {
        let there = node.neighbour().await;
        let bob = there.person("bob");
        let post = node.publish("Far").await;
        let top = chain(&there, &bob, post.ap_id.as_str(), 60);
        node.accept_reply(&bob, &bob.note(999, &top)).await;
        assert_eq!(node.numbers(&post).await.len(), 61);
        assert_eq!((node.parked().await, node.jobs().await), (0, 0));
    }

    async fn a_chain_without_end_is_given_up_after_512_links(db: TestDb) {
        let unbounded = TestApp::builder().configure(|config| config.limits.fetch_per_host = 0);
        let node = TestNode::quiet(unbounded, db).await;
        let there = node.neighbour().await;
        let bob = there.person("bob");
        let post = node.publish("Too far").await;
        let top = chain(&there, &bob, post.ap_id.as_str(), 700);
        let before = there.requests();
        node.accept(&bob.create(&bob.note(999, &top))).await;
        assert_eq!((node.parked().await, node.jobs().await), (0, 0));
        assert!(node.numbers(&post).await.is_empty());
        let asked = there.requests() - before;
        assert!((512..520).contains(&asked), "{asked}");
        node.accept(&bob.create(&bob.note(998, &top))).await;
        assert!(there.requests() - before < asked + 5);
    }

    async fn replies_with_the_same_unknown_parent_share_one_fetch(node: TestNode) {
        let (there, elsewhere) = (node.neighbour().await, node.neighbour().await);
        let (bob, carol) = (there.person("bob"), elsewhere.person("carol"));
        let post = node.publish("Shared").await;
        let first = carol.note(1, post.ap_id.as_str());
        elsewhere.publish(&first);
        for number in 2..7 {
            let reply = bob.note(number, first["id"].as_str().unwrap());
            assert_eq!(node.receive(&bob.create(&reply)).await, StatusCode::ACCEPTED);
        }
        node.drain().await;
        assert_eq!(node.numbers(&post).await.len(), 6);
        assert_eq!(elsewhere.requests_for(first["id"].as_str().unwrap()), 1);
    }

    async fn what_waits_is_attached_when_any_of_its_ancestors_comes(node: TestNode) {
        let (there, elsewhere) = (node.neighbour().await, node.neighbour().await);
        let (bob, carol) = (there.person("bob"), elsewhere.person("carol"));
        let post = node.publish("Any").await;
        let first = carol.note(1, post.ap_id.as_str());
        let second = bob.note(2, first["id"].as_str().unwrap());
        let third = carol.note(3, second["id"].as_str().unwrap());
        there.publish(&second);
        node.accept(&carol.create(&third)).await;
        assert_eq!(node.parked().await, 2);
        node.accept_reply(&carol, &first).await;
        assert_eq!(node.numbers(&post).await, ["1", "1.1", "1.1.1"]);
        assert_eq!(node.parked().await, 0);
    }

    async fn a_reply_to_somebody_elses_post_is_not_looked_after_twice(node: TestNode) {
        let there = node.neighbour().await;
        let bob = there.person("bob");
        let mut root = bob.note(1, "");
        root["inReplyTo"] = json!(null);
        there.publish(&root);
        for number in 2..5 {
            node.accept(&bob.create(&bob.note(number, root["id"].as_str().unwrap()))).await;
        }
        assert_eq!(there.requests_for(root["id"].as_str().unwrap()), 1);
        assert_eq!((node.parked().await, node.jobs().await), (0, 0));
    }

    async fn a_poll_vote_is_no_comment(node: TestNode) {
        let there = node.neighbour().await;
        let bob = there.person("bob");
        let post = node.publish("Poll").await;
        let mut vote = bob.note(1, post.ap_id.as_str());
        vote["content"] = json!(null);
        vote.as_object_mut().unwrap().remove("content");
        vote["name"] = json!("yes");
        node.accept(&bob.create(&vote)).await;
        assert!(node.comment(&vote).await.is_none());
    }

    async fn an_author_who_is_gone_takes_the_replies_along(node: TestNode) {
        let there = node.neighbour().await;
        let bob = there.person("bob");
        let post = node.publish("Farewell").await;
        let note = bob.note(1, post.ap_id.as_str());
        node.accept_reply(&bob, &note).await;
        node.accept(&bob.tell("Delete", &bob.id)).await;
        assert!(node.numbers(&post).await.is_empty());
        assert_eq!(node.comment(&note).await.unwrap().status, CommentStatus::Deleted);
    }
}
