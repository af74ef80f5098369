//! Passing others' signed replies on to followers, byte for byte (ActivityPub 7.1.2).

use antiphon::config::Moderation;
use antiphon::db::schema::{activities, deliveries};
use antiphon::domain::comment::{self, PASSED_ON_MAX};
use antiphon::domain::delivery;
use antiphon::domain::visibility::CommentStatus;
use antiphon::worker;
use diesel::prelude::*;
use http::StatusCode;
use serde_json::{Value, json};

use super::proofs::Writer;
use crate::support::{Letter, Person, TestApp, TestDb, TestNode, both_databases, until};

/// The activity with a signature that Mastodon would believe, in bytes that nobody would write twice.
fn signed(person: &Person, mut activity: Value) -> (Letter, Vec<u8>) {
    activity["signature"] = json!({
        "type": "RsaSignature2017", "creator": person.key_id, "created": "2026-11-22T11:59:00Z",
        "signatureValue": "AAAA",
    });
    let text = format!("  {}\n\n", serde_json::to_string_pretty(&activity).unwrap());
    let bytes = text
        .replace("signatureValue", "signature\\u0056alue")
        .into_bytes();
    (person.letter(activity).body(bytes.clone()), bytes)
}

/// What is kept to be passed on: id and text, oldest first.
async fn kept(node: &TestNode) -> Vec<(String, String)> {
    let rows = node.app().db.read(|conn| {
        let rows = activities::table
            .filter(activities::comment_id.is_not_null())
            .order(activities::id)
            .select((activities::ap_id, activities::document));
        Ok(rows.load::<(String, String)>(conn)?)
    });
    rows.await.unwrap()
}

/// Waits until everything is done and sent.
async fn settled(node: &TestNode) {
    until("all is sent", async || {
        let pending = node.app().db.read(delivery::count_pending).await.unwrap();
        (pending == 0 && node.jobs().await == 0).then_some(())
    })
    .await;
}

/// Marks every delivery as taken.
async fn deliver_all(node: &TestNode) {
    let done = node.app().db.write(|conn| {
        diesel::update(deliveries::table)
            .set(deliveries::state.eq(2))
            .execute(conn)?;
        Ok(())
    });
    done.await.unwrap();
}

both_databases! {
    async fn a_signed_reply_reaches_the_followers_byte_for_byte(db: TestDb) {
        let node = TestNode::start(TestApp::builder(), db).await;
        let (there, near, far) = (node.neighbour().await, node.neighbour().await, node.neighbour().await);
        let (bob, carl) = (there.person("bob"), there.person("carl"));
        let (ann, amy, finn) = (near.person("ann"), near.person("amy"), far.loner("finn"));
        node.followed_by(&[carl, ann, amy, finn]).await;
        let post = node.publish("Passed on").await;
        settled(&node).await;
        let note = bob.note(1, post.ap_id.as_str());
        let (letter, bytes) = signed(&bob, bob.activity("Create", note.clone()));
        node.accept(&letter).await;
        let own = |create: &crate::support::FakeInstance| {
            let mut all = create.received_of("Create");
            all.retain(|create| create.activity["actor"] == bob.id);
            all
        };
        settled(&node).await;
        for place in [&near, &far] {
            let came = own(place);
            assert_eq!(came.len(), 1, "one request a shared inbox");
            assert_eq!(came[0].body, bytes);
        }
        assert_eq!(own(&near)[0].path, "/inbox");
        assert!(own(&there).is_empty(), "it is from there");
        let totals = node.totals(&post).await;
        assert_eq!(totals.delivered, 3, "the writer's overview shows the post's own deliveries");
    }

    async fn edits_and_deletions_follow_and_the_text_is_forgotten(node: TestNode) {
        let (there, near) = (node.neighbour().await, node.neighbour().await);
        let bob = there.person("bob");
        node.followed_by(&[near.person("ann")]).await;
        let post = node.publish("Passed on").await;
        let mut note = bob.note(1, post.ap_id.as_str());
        let create = bob.activity("Create", note.clone());
        node.accept(&signed(&bob, create).0).await;
        note["content"] = json!("<p>better</p>");
        note["updated"] = json!("2026-11-22T11:30:00Z");
        let update = bob.activity("Update", note.clone());
        let (letter, bytes) = signed(&bob, update.clone());
        node.accept(&letter).await;
        let all = kept(&node).await;
        assert_eq!(all.len(), 2);
        assert_eq!(all[1].1.as_bytes(), bytes);
        assert_eq!(node.inboxes_of(&update).await, [format!("{}/inbox", near.url)]);
        let delete = bob.activity("Delete", note["id"].clone());
        let (letter, bytes) = signed(&bob, delete.clone());
        node.accept(&letter).await;
        let all = kept(&node).await;
        assert_eq!(all.len(), 1, "what it said is kept no longer");
        assert_eq!(all[0].1.as_bytes(), bytes);
        assert_eq!(node.inboxes_of(&delete).await, [format!("{}/inbox", near.url)]);
    }

    async fn an_old_edit_is_not_passed_on(node: TestNode) {
        let (there, near) = (node.neighbour().await, node.neighbour().await);
        let bob = there.person("bob");
        node.followed_by(&[near.person("ann")]).await;
        let post = node.publish("Passed on").await;
        let mut note = bob.note(1, post.ap_id.as_str());
        note["updated"] = json!("2026-11-22T11:30:00Z");
        node.accept(&bob.create(&note)).await;
        note["updated"] = json!("2026-11-22T11:20:00Z");
        node.accept(&signed(&bob, bob.activity("Update", note)).0).await;
        assert!(kept(&node).await.is_empty());
    }

    async fn what_came_by_another_server_goes_neither_there_nor_home_nor_to_blocked_ones(node: TestNode) {
        let (there, relay) = (node.neighbour().await, node.neighbour().await);
        let (near, bad) = (node.neighbour().await, node.neighbour().await);
        let (wendy, bob) = (Writer::of(&there, "wendy"), relay.person("bob"));
        let others = [there.person("hal"), near.person("ann"), bad.person("eve")];
        node.followed_by(&others).await;
        node.followed_by(std::slice::from_ref(&bob)).await;
        let post = node.publish("Passed on").await;
        node.drain().await;
        node.block(bad.host()).await;
        let create = wendy.person.activity("Create", wendy.person.note(1, post.ap_id.as_str()));
        let create = wendy.prove(&node, create, 60);
        node.accept(&bob.letter(create.clone())).await;
        assert_eq!(node.inboxes_of(&create).await, [format!("{}/inbox", near.url)]);
        assert_eq!(kept(&node).await[0].1, create.to_string());
    }

    async fn unsigned_replies_are_passed_on_to_nobody(node: TestNode) {
        let (there, near) = (node.neighbour().await, node.neighbour().await);
        let bob = there.person("bob");
        node.followed_by(&[near.person("ann")]).await;
        let post = node.publish("Unsigned").await;
        let mut create = bob.activity("Create", bob.note(1, post.ap_id.as_str()));
        create["proof"] = json!("yes");
        create["signature"] = json!([]);
        node.accept(&bob.letter(create)).await;
        assert_eq!(node.numbers(&post).await, ["1"]);
        assert!(kept(&node).await.is_empty());
    }

    async fn private_replies_are_never_passed_on(node: TestNode) {
        let (there, near) = (node.neighbour().await, node.neighbour().await);
        let bob = there.person("bob");
        node.followed_by(&[near.person("ann")]).await;
        let post = node.publish("Private").await;
        for (number, to) in [(1, bob.at("/followers")), (2, node.alice().to_owned())] {
            let note = bob.note_to(number, post.ap_id.as_str(), &to);
            node.accept(&signed(&bob, bob.activity("Create", note)).0).await;
        }
        let mut open = bob.note(3, post.ap_id.as_str());
        node.accept(&bob.create(&open)).await;
        open["to"] = json!([bob.at("/followers")]);
        open["cc"] = json!([]);
        open["content"] = json!("<p>for friends now</p>");
        open["updated"] = json!("2026-11-22T11:30:00Z");
        node.accept(&signed(&bob, bob.activity("Update", open.clone())).0).await;
        node.accept(&signed(&bob, bob.activity("Delete", open["id"].clone())).0).await;
        assert!(kept(&node).await.is_empty());
    }

    async fn a_held_reply_is_passed_on_when_it_is_approved(db: TestDb) {
        let node = TestNode::quiet(TestApp::builder().moderation(Moderation::All), db).await;
        let (there, near) = (node.neighbour().await, node.neighbour().await);
        let bob = there.person("bob");
        node.followed_by(&[near.person("ann")]).await;
        let post = node.publish("Held").await;
        let note = bob.note(1, post.ap_id.as_str());
        let create = bob.activity("Create", note.clone());
        let (letter, bytes) = signed(&bob, create.clone());
        node.accept(&letter).await;
        let answer = bob.note(2, note["id"].as_str().unwrap());
        let below = bob.activity("Create", answer.clone());
        node.accept(&signed(&bob, below.clone()).0).await;
        assert_eq!(kept(&node).await.len(), 2);
        assert!(node.inboxes_of(&create).await.is_empty());
        let (first, second) = (node.comment(&note).await.unwrap(), node.comment(&answer).await.unwrap());
        node.decide(&second, CommentStatus::Published).await;
        node.drain().await;
        assert!(node.inboxes_of(&below).await.is_empty(), "what stands above it cannot be seen");
        node.decide(&first, CommentStatus::Published).await;
        node.drain().await;
        let inboxes = [format!("{}/inbox", near.url)];
        assert_eq!(node.inboxes_of(&create).await, inboxes);
        assert_eq!(node.inboxes_of(&below).await, inboxes);
        assert_eq!(kept(&node).await[0].1.as_bytes(), bytes);
    }

    async fn what_a_moderator_takes_away_is_passed_on_no_further(node: TestNode) {
        let (there, near) = (node.neighbour().await, node.neighbour().await);
        let bob = there.person("bob");
        node.followed_by(&[near.person("ann")]).await;
        let post = node.publish("Taken away").await;
        let note = bob.note(1, post.ap_id.as_str());
        let create = bob.activity("Create", note.clone());
        node.accept(&signed(&bob, create.clone()).0).await;
        assert_eq!(node.inboxes_of(&create).await.len(), 1);
        let comment = node.comment(&note).await.unwrap();
        node.decide(&comment, CommentStatus::Spam).await;
        node.drain().await;
        assert!(node.inboxes_of(&create).await.is_empty());
        node.decide(&comment, CommentStatus::Published).await;
        node.drain().await;
        assert_eq!(node.inboxes_of(&create).await.len(), 1);
    }

    async fn a_held_reply_that_is_deleted_is_never_passed_on(db: TestDb) {
        let node = TestNode::quiet(TestApp::builder().moderation(Moderation::All), db).await;
        let (there, near) = (node.neighbour().await, node.neighbour().await);
        let bob = there.person("bob");
        node.followed_by(&[near.person("ann")]).await;
        let post = node.publish("Held").await;
        let note = bob.note(1, post.ap_id.as_str());
        node.accept(&signed(&bob, bob.activity("Create", note.clone())).0).await;
        node.accept(&signed(&bob, bob.activity("Delete", note["id"].clone())).0).await;
        assert!(kept(&node).await.is_empty());
    }

    async fn a_parked_reply_is_passed_on_when_it_finds_its_place(node: TestNode) {
        let (there, elsewhere, near) = (node.neighbour().await, node.neighbour().await, node.neighbour().await);
        let (bob, carol) = (there.person("bob"), elsewhere.person("carol"));
        node.followed_by(&[near.person("ann")]).await;
        let post = node.publish("Parked").await;
        let first = carol.note(1, post.ap_id.as_str());
        let mut second = bob.note(2, first["id"].as_str().unwrap());
        let create = bob.activity("Create", second.clone());
        let (letter, bytes) = signed(&bob, create.clone());
        node.accept(&letter).await;
        second["content"] = json!("<p>better</p>");
        second["updated"] = json!("2026-11-22T11:30:00Z");
        let update = bob.activity("Update", second.clone());
        node.accept(&signed(&bob, update.clone()).0).await;
        let third = bob.note(3, first["id"].as_str().unwrap());
        node.accept(&signed(&bob, bob.activity("Create", third.clone())).0).await;
        node.accept(&bob.tell("Delete", third["id"].as_str().unwrap())).await;
        assert_eq!((kept(&node).await.len(), node.parked().await), (2, 1));
        worker::clean(&node.fed).await;
        node.accept(&carol.create(&first)).await;
        assert!(node.comment(&second).await.unwrap().html.as_str().contains("better"));
        for activity in [&create, &update] {
            assert_eq!(node.inboxes_of(activity).await, [format!("{}/inbox", near.url)]);
        }
        assert_eq!(kept(&node).await[0].1.as_bytes(), bytes);
    }

    async fn a_parked_reply_of_a_departed_author_leaves_nothing_to_pass_on(node: TestNode) {
        let (there, elsewhere) = (node.neighbour().await, node.neighbour().await);
        let (bob, carol) = (there.person("bob"), elsewhere.person("carol"));
        let first = carol.note(1, node.publish("Parked").await.ap_id.as_str());
        let second = bob.note(2, first["id"].as_str().unwrap());
        node.accept(&signed(&bob, bob.activity("Create", second)).0).await;
        assert_eq!(kept(&node).await.len(), 1);
        node.accept(&bob.tell("Delete", &bob.id)).await;
        assert!(kept(&node).await.is_empty());
    }

    async fn the_same_activity_is_passed_on_once(node: TestNode) {
        let (there, near) = (node.neighbour().await, node.neighbour().await);
        let bob = there.person("bob");
        node.followed_by(&[near.person("ann")]).await;
        let post = node.publish("Once").await;
        let create = bob.activity("Create", bob.note(1, post.ap_id.as_str()));
        let (letter, _) = signed(&bob, create.clone());
        for _ in 0..3 {
            assert_eq!(node.receive(&letter).await, StatusCode::ACCEPTED);
            node.drain().await;
        }
        assert_eq!(kept(&node).await.len(), 1);
        assert_eq!(node.inboxes_of(&create).await.len(), 1);
    }

    async fn a_reply_that_was_fetched_first_is_passed_on_when_its_create_comes(node: TestNode) {
        let (there, near) = (node.neighbour().await, node.neighbour().await);
        let bob = there.person("bob");
        node.followed_by(&[near.person("ann")]).await;
        let post = node.publish("Fetched").await;
        let note = bob.note(1, post.ap_id.as_str());
        there.publish(&note);
        let mut named = bob.activity("Create", note["id"].clone());
        named["id"] = json!(bob.at("#another"));
        node.accept(&bob.letter(named)).await;
        let create = bob.activity("Create", note);
        node.accept(&signed(&bob, create.clone()).0).await;
        assert_eq!(node.numbers(&post).await, ["1"]);
        assert_eq!(node.inboxes_of(&create).await.len(), 1);
    }

    async fn what_is_too_large_is_taken_and_not_passed_on(node: TestNode) {
        let (there, near) = (node.neighbour().await, node.neighbour().await);
        let bob = there.person("bob");
        node.followed_by(&[near.person("ann")]).await;
        let post = node.publish("Large").await;
        let mut note = bob.note(1, post.ap_id.as_str());
        note["content"] = json!("x".repeat(PASSED_ON_MAX));
        node.accept(&signed(&bob, bob.activity("Create", note)).0).await;
        assert_eq!(node.numbers(&post).await, ["1"]);
        assert!(kept(&node).await.is_empty());
    }

    async fn no_more_than_eight_activities_are_kept_about_one_reply(db: TestDb) {
        let node = TestNode::quiet(TestApp::builder().moderation(Moderation::All), db).await;
        let there = node.neighbour().await;
        let bob = there.person("bob");
        let post = node.publish("Many").await;
        let mut note = bob.note(1, post.ap_id.as_str());
        node.accept(&signed(&bob, bob.activity("Create", note.clone())).0).await;
        for minute in 10..30 {
            note["content"] = json!(format!("<p>{minute}</p>"));
            note["updated"] = json!(format!("2026-11-22T11:{minute}:00Z"));
            let mut update = bob.activity("Update", note.clone());
            update["id"] = json!(bob.at(&format!("#update-{minute}")));
            node.accept(&signed(&bob, update).0).await;
        }
        assert_eq!(kept(&node).await.len(), 8);
        assert!(node.comment(&note).await.unwrap().html.as_str().contains("29"));
    }

    async fn what_everybody_took_is_cleared_away_and_so_is_what_nobody_wanted(db: TestDb) {
        let node = TestNode::quiet(TestApp::builder().moderation(Moderation::Known), db).await;
        let (there, near) = (node.neighbour().await, node.neighbour().await);
        let (bob, hal) = (there.person("bob"), there.person("hal"));
        node.followed_by(&[near.person("ann")]).await;
        let post = node.publish("Cleared").await;
        let note = bob.note(1, post.ap_id.as_str());
        node.accept(&signed(&bob, bob.activity("Create", note.clone())).0).await;
        node.accept(&signed(&hal, hal.activity("Create", hal.note(2, post.ap_id.as_str()))).0).await;
        let first = node.comment(&note).await.unwrap();
        node.decide(&first, CommentStatus::Published).await;
        node.drain().await;
        worker::clean(&node.fed).await;
        assert_eq!(kept(&node).await.len(), 2, "one is on its way, one is held");
        deliver_all(&node).await;
        worker::clean(&node.fed).await;
        assert_eq!(kept(&node).await.len(), 1);
        node.advance_secs(31 * 24 * 3600);
        worker::clean(&node.fed).await;
        assert!(kept(&node).await.is_empty());
        let ours = node.made().await;
        assert!(ours.iter().any(|made| made["type"] == "Create"), "what is ours stays");
    }

    async fn without_followers_nothing_is_kept(node: TestNode) {
        let there = node.neighbour().await;
        let bob = there.person("bob");
        let post = node.publish("Alone").await;
        node.accept(&signed(&bob, bob.activity("Create", bob.note(1, post.ap_id.as_str()))).0).await;
        assert!(kept(&node).await.is_empty());
    }

    async fn forwarding_can_be_switched_off(db: TestDb) {
        let builder = TestApp::builder().configure(|config| config.federation.forward_replies = false);
        let node = TestNode::quiet(builder, db).await;
        let (there, near) = (node.neighbour().await, node.neighbour().await);
        let bob = there.person("bob");
        node.followed_by(&[near.person("ann")]).await;
        let post = node.publish("Off").await;
        node.accept(&signed(&bob, bob.activity("Create", bob.note(1, post.ap_id.as_str()))).0).await;
        assert_eq!(node.numbers(&post).await, ["1"]);
        assert!(kept(&node).await.is_empty());
    }

    async fn what_is_passed_on_is_never_served_as_ours(node: TestNode) {
        let (there, near) = (node.neighbour().await, node.neighbour().await);
        let bob = there.person("bob");
        node.followed_by(&[near.person("ann")]).await;
        let post = node.publish("Ours").await;
        let create = bob.activity("Create", bob.note(1, post.ap_id.as_str()));
        node.accept(&signed(&bob, create.clone()).0).await;
        assert_eq!(kept(&node).await.len(), 1);
        let outbox = node.get(&format!("{}/outbox?page=1", node.alice())).await;
        assert!(!outbox.text.contains(&bob.id), "{}", outbox.text);
        assert_eq!(outbox.json()["orderedItems"].as_array().unwrap().len(), 1);
        let edit = antiphon::domain::post::Edit { title: Some("Ours, edited".into()), ..Default::default() };
        antiphon::domain::post::edit(node.app(), &node.test.alice, post.id, edit).await.unwrap();
        node.drain().await;
        assert!(!node.made_last("Update").await.to_string().contains("RsaSignature2017"));
        let (_, items) = delivery::overview(node.app(), Some(post.id), 100).await.unwrap();
        assert_eq!(items.len(), 3, "its Create, its Update to the follower and to bob: {items:?}");
    }

    async fn a_departed_author_takes_along_what_was_kept(db: TestDb) {
        let node = TestNode::quiet(TestApp::builder().moderation(Moderation::All), db).await;
        let there = node.neighbour().await;
        let bob = there.person("bob");
        let post = node.publish("Farewell").await;
        let note = bob.note(1, post.ap_id.as_str());
        node.accept(&signed(&bob, bob.activity("Create", note.clone())).0).await;
        assert_eq!(kept(&node).await.len(), 1);
        node.accept(&bob.tell("Delete", &bob.id)).await;
        assert!(kept(&node).await.is_empty());
        assert!(comment::list_versions(node.app(), node.comment(&note).await.unwrap().id).await.unwrap().is_empty());
    }
}
