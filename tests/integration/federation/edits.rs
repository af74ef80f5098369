//! Edits and deletions in step, both ways: ours reach everyone who has a copy, others' win in whatever order they come, and
//! what a comment said before stays for moderators.

use antiphon::domain::comment::{self, Comment};
use antiphon::domain::post::{self, Edit, Post};
use antiphon::domain::visibility::CommentStatus;
use http::StatusCode;
use serde_json::{Value, json};

use crate::support::{
    FakeInstance, Fault, Person, TestApp, TestDb, TestNode, both_databases, until,
};

async fn unfollow(node: &TestNode, person: &Person) {
    let follow = person.activity("Follow", json!(node.alice()));
    node.accept(&person.undo(&follow)).await;
}

async fn rename(node: &TestNode, post: &Post) {
    node.test.advance_secs(60);
    let edit = Edit {
        title: Some("Another title".into()),
        ..Edit::default()
    };
    post::edit(node.app(), &node.test.alice, post.id, edit)
        .await
        .unwrap();
}

async fn retitle(node: &TestNode, post: &Post) -> Value {
    rename(node, post).await;
    node.drain().await;
    node.made_last("Update").await
}

fn inboxes(places: &[&FakeInstance]) -> Vec<String> {
    let mut inboxes: Vec<String> = places
        .iter()
        .map(|place| format!("{}/inbox", place.url))
        .collect();
    inboxes.sort();
    inboxes
}

/// The note as it reads after an edit at a minute past eleven.
fn edited(note: &Value, minute: u32) -> Value {
    let mut note = note.clone();
    note["content"] = json!(format!("<p>edit {minute}</p>"));
    note["updated"] = json!(format!("2026-11-22T11:{minute}:00Z"));
    note
}

/// An Update with an id of its own.
fn update(person: &Person, note: &Value) -> crate::support::Letter {
    let mut update = person.activity("Update", note.clone());
    update["id"] = json!(format!(
        "{}#{}",
        note["id"].as_str().unwrap(),
        note["updated"].as_str().unwrap_or_default()
    ));
    person.letter(update)
}

async fn texts(node: &TestNode, comment: &Comment) -> Vec<String> {
    let versions = comment::list_versions(node.app(), comment.id)
        .await
        .unwrap();
    versions
        .into_iter()
        .map(|version| version.html.into_string())
        .collect()
}

both_databases! {
    async fn an_edit_of_a_post_goes_to_followers_to_who_has_a_copy_and_to_who_answered(node: TestNode) {
        let (one, two, three, four) =
            (node.neighbour().await, node.neighbour().await, node.neighbour().await, node.neighbour().await);
        let (ann, bob) = (one.person("ann"), two.person("bob"));
        node.followed_by(&[ann.clone(), bob]).await;
        let post = node.publish("Copies").await;
        node.drain().await;
        unfollow(&node, &ann).await;
        let carol = three.person("carol");
        node.accept_reply(&carol, &carol.note(1, post.ap_id.as_str())).await;
        let update = retitle(&node, &post).await;
        assert_eq!(node.inboxes_of(&update).await, inboxes(&[&one, &two, &three]));
        node.followed_by(&[four.person("dave")]).await;
        let update = retitle(&node, &post).await;
        assert_eq!(node.inboxes_of(&update).await, inboxes(&[&one, &two, &three, &four]));
        post::delete(node.app(), &node.test.alice, post.id).await.unwrap();
        node.drain().await;
        let delete = node.made_last("Delete").await;
        assert_eq!(node.inboxes_of(&delete).await, inboxes(&[&one, &two, &three, &four]));
    }

    async fn an_edit_and_a_deletion_of_our_comment_go_to_everyone_who_has_it(node: TestNode) {
        let (one, two, three) = (node.neighbour().await, node.neighbour().await, node.neighbour().await);
        let (ann, bob, carol) = (one.person("ann"), two.person("bob"), three.person("carol"));
        node.followed_by(std::slice::from_ref(&ann)).await;
        let post = node.publish("Comments").await;
        let parent = node.accept_reply(&bob, &bob.note(1, post.ap_id.as_str())).await;
        let ours = node.answer(&post, Some(&parent), "First words").await;
        node.drain().await;
        let create = node.made_last("Create").await;
        assert_eq!(node.inboxes_of(&create).await, inboxes(&[&one, &two]));
        unfollow(&node, &ann).await;
        node.accept_reply(&carol, &carol.note(2, ours.ap_id.as_str())).await;
        node.test.advance_secs(60);
        comment::edit_own(node.app(), &node.test.alice, ours.id, "Second words".into()).await.unwrap();
        node.drain().await;
        let update = node.made_last("Update").await;
        assert_eq!(node.inboxes_of(&update).await, inboxes(&[&one, &two, &three]));
        comment::delete_own(node.app(), &node.test.alice, ours.id).await.unwrap();
        node.drain().await;
        let delete = node.made_last("Delete").await;
        assert_eq!(node.inboxes_of(&delete).await, inboxes(&[&one, &two, &three]));
    }

    async fn who_refused_a_post_is_not_told_of_its_edit(db: TestDb) {
        let node = TestNode::start(TestApp::builder(), db).await;
        let (one, two) = (node.neighbour().await, node.neighbour().await);
        let (ann, bob) = (one.person("ann"), two.person("bob"));
        node.followed_by(&[ann.clone(), bob]).await;
        one.fail("/inbox", Fault::Status(403));
        let post = node.publish("Refused").await;
        until("one refused and two took it", async || {
            let totals = node.totals(&post).await;
            (totals.dead == 1 && totals.delivered == 1).then_some(())
        })
        .await;
        unfollow(&node, &ann).await;
        rename(&node, &post).await;
        let update = until("the Update is made", async || {
            node.made().await.into_iter().find(|made| made["type"] == "Update")
        })
        .await;
        assert_eq!(node.inboxes_of(&update).await, inboxes(&[&two]));
    }

    async fn our_deleted_comment_leaves_a_tombstone_that_keeps_the_threads_shape(node: TestNode) {
        let there = node.neighbour().await;
        let bob = there.person("bob");
        let post = node.publish("Shape").await;
        let ours = node.answer(&post, None, "Secret words").await;
        let below = node.accept_reply(&bob, &bob.note(1, ours.ap_id.as_str())).await;
        node.answer(&post, None, "Beside").await;
        comment::delete_own(node.app(), &node.test.alice, ours.id).await.unwrap();
        node.drain().await;
        assert_eq!(node.numbers(&post).await, ["1", "1.1", "2"]);
        let page = node.get_as(post.url.as_str(), "text/html").await.text;
        assert!(page.contains("This comment was deleted.") && !page.contains("Secret words"));
        let gone = node.get(ours.ap_id.as_str()).await;
        assert_eq!(gone.status, StatusCode::GONE);
        assert_eq!(gone.json()["type"], "Tombstone");
        let replies = node.get(&format!("{}/replies?page=1", post.ap_id)).await.json();
        let context = node.get(&format!("{}/context?page=1", post.ap_id)).await.json();
        assert!(!replies.to_string().contains(ours.ap_id.as_str()));
        assert!(!context.to_string().contains(ours.ap_id.as_str()));
        assert!(context.to_string().contains(below.ap_id.as_str()));
        let next = node.answer(&post, None, "Numbers go on").await;
        assert_eq!(node.numbers(&post).await, ["1", "1.1", "2", "3"]);
        assert_eq!(next.status, CommentStatus::Published);
    }

    async fn an_update_that_comes_before_its_create_is_not_lost(node: TestNode) {
        let there = node.neighbour().await;
        let bob = there.person("bob");
        let post = node.publish("Early edit").await;
        let note = bob.note(1, post.ap_id.as_str());
        node.accept(&update(&bob, &edited(&note, 30))).await;
        node.accept(&bob.create(&note)).await;
        let stored = node.comment(&note).await.unwrap();
        assert!(stored.html.as_str().contains("edit 30"), "{}", stored.html);
        assert_eq!(node.numbers(&post).await, ["1"]);
    }

    async fn updates_win_by_their_own_time_whatever_order_they_come_in(node: TestNode) {
        let there = node.neighbour().await;
        let bob = there.person("bob");
        let post = node.publish("Reordered").await;
        let note = bob.note(1, post.ap_id.as_str());
        node.accept_reply(&bob, &note).await;
        for minute in [30, 20, 10] {
            node.accept(&update(&bob, &edited(&note, minute))).await;
        }
        let stored = node.comment(&note).await.unwrap();
        assert!(stored.html.as_str().contains("edit 30"), "{}", stored.html);
        assert_eq!(texts(&node, &stored).await, ["<p>bob says 1</p>"], "what came late was never shown");
        node.accept(&update(&bob, &edited(&note, 40))).await;
        assert!(node.comment(&note).await.unwrap().html.as_str().contains("edit 40"));
    }

    async fn nothing_brings_a_deleted_reply_back(node: TestNode) {
        let there = node.neighbour().await;
        let bob = there.person("bob");
        let post = node.publish("Gone").await;
        let (note, early) = (bob.note(1, post.ap_id.as_str()), bob.note(2, post.ap_id.as_str()));
        node.accept_reply(&bob, &note).await;
        for gone in [&note, &early] {
            node.accept(&bob.tell("Delete", gone["id"].as_str().unwrap())).await;
            node.accept(&update(&bob, &edited(gone, 30))).await;
            node.accept(&bob.create(gone)).await;
        }
        assert!(node.numbers(&post).await.is_empty());
        assert!(node.comment(&early).await.is_none());
        assert_eq!(node.comment(&note).await.unwrap().html.as_str(), "");
    }

    async fn an_edit_of_a_parked_reply_takes_its_place(node: TestNode) {
        let (there, elsewhere) = (node.neighbour().await, node.neighbour().await);
        let (bob, eve, carol) = (there.person("bob"), there.person("eve"), elsewhere.person("carol"));
        let post = node.publish("Parked").await;
        let first = carol.note(1, post.ap_id.as_str());
        let second = bob.note(2, first["id"].as_str().unwrap());
        node.accept(&bob.create(&second)).await;
        node.accept(&update(&bob, &edited(&second, 30))).await;
        node.accept(&update(&bob, &edited(&second, 20))).await;
        let mut again = bob.activity("Create", second.clone());
        again["id"] = json!(bob.at("#again"));
        node.accept(&bob.letter(again)).await;
        let mut forged = edited(&second, 50);
        forged["attributedTo"] = json!(eve.id);
        node.accept(&update(&eve, &forged)).await;
        assert_eq!(node.parked().await, 1);
        node.accept(&carol.create(&first)).await;
        let stored = node.comment(&second).await.unwrap();
        assert!(stored.html.as_str().contains("edit 30"), "{}", stored.html);
    }

    async fn a_deletion_of_a_parked_reply_takes_it_away(node: TestNode) {
        let (there, elsewhere) = (node.neighbour().await, node.neighbour().await);
        let (bob, eve, carol) = (there.person("bob"), there.person("eve"), elsewhere.person("carol"));
        let post = node.publish("Parked").await;
        let first = carol.note(1, post.ap_id.as_str());
        let second = bob.note(2, first["id"].as_str().unwrap());
        node.accept(&bob.create(&second)).await;
        node.accept(&eve.tell("Delete", second["id"].as_str().unwrap())).await;
        assert_eq!(node.parked().await, 1, "only its author deletes it");
        node.accept(&bob.tell("Delete", second["id"].as_str().unwrap())).await;
        assert_eq!(node.parked().await, 0);
        node.accept(&carol.create(&first)).await;
        assert!(node.comment(&second).await.is_none());
    }

    async fn an_undo_that_comes_first_keeps_its_like_and_boost_from_counting(node: TestNode) {
        let there = node.neighbour().await;
        let (bob, eve) = (there.person("bob"), there.person("eve"));
        let (post, elsewhere) = (node.publish("Undone").await, node.neighbour().await);
        let far = elsewhere.person("far");
        for kind in ["Like", "Announce"] {
            let done = bob.activity(kind, json!(post.ap_id));
            node.accept(&bob.undo(&done)).await;
            node.accept(&bob.letter(done)).await;
            let hers = eve.activity(kind, json!(post.ap_id));
            let mut deaf = far.undo(&json!({"id": hers["id"], "type": kind, "object": post.ap_id}));
            deaf = deaf.aged(1);
            node.accept(&deaf).await;
            node.accept(&eve.letter(hers)).await;
        }
        for name in ["likes", "shares"] {
            let shown = node.get(&format!("{}/{name}", post.ap_id)).await.json();
            assert_eq!(shown["totalItems"], 1, "{name}: eve's alone");
        }
    }

    async fn a_departed_author_leaves_nothing_waiting_and_nothing_late_is_taken(node: TestNode) {
        let (there, elsewhere) = (node.neighbour().await, node.neighbour().await);
        let (bob, carol) = (there.person("bob"), elsewhere.person("carol"));
        let post = node.publish("Farewell").await;
        let (shown, late) = (bob.note(1, post.ap_id.as_str()), bob.note(3, post.ap_id.as_str()));
        let comment = node.accept_reply(&bob, &shown).await;
        node.accept(&update(&bob, &edited(&shown, 30))).await;
        let first = carol.note(1, post.ap_id.as_str());
        node.accept(&bob.create(&bob.note(2, first["id"].as_str().unwrap()))).await;
        assert_eq!((node.parked().await, texts(&node, &comment).await.len()), (1, 1));
        there.fail(&bob.id, Fault::Status(410));
        node.accept(&bob.tell("Delete", &bob.id)).await;
        assert_eq!((node.parked().await, texts(&node, &comment).await.len()), (0, 0));
        for letter in [bob.create(&late), update(&bob, &edited(&late, 30))] {
            node.receive(&letter).await;
            node.drain().await;
        }
        assert!(node.comment(&late).await.is_none());
        assert!(node.numbers(&post).await.is_empty());
    }

    async fn a_farewell_that_somebody_else_tells_of_is_believed_when_its_server_says_gone(node: TestNode) {
        let (there, relay) = (node.neighbour().await, node.neighbour().await);
        let (bob, carol, eve) = (there.person("bob"), there.person("carol"), relay.person("eve"));
        let post = node.publish("Farewell").await;
        for (number, person) in [(1, &bob), (2, &carol)] {
            node.accept_reply(person, &person.note(number, post.ap_id.as_str())).await;
        }
        node.accept(&eve.letter(bob.activity("Delete", json!(bob.id)))).await;
        there.fail(&carol.id, Fault::Status(404));
        node.accept(&eve.letter(carol.activity("Delete", json!(carol.id)))).await;
        assert_eq!(node.numbers(&post).await, ["1", "2"], "one lives, the other cannot be found");
        there.fail(&bob.id, Fault::Status(410));
        let mut again = bob.activity("Delete", json!(bob.id));
        again["id"] = json!(bob.at("#again"));
        // An answer is remembered for a while.
        node.test.advance_secs(24 * 3600);
        node.accept(&eve.letter(again)).await;
        assert_eq!(node.numbers(&post).await, ["2"]);
    }

    async fn what_a_comment_said_before_is_kept_and_goes_with_it(node: TestNode) {
        let there = node.neighbour().await;
        let bob = there.person("bob");
        let post = node.publish("Versions").await;
        let note = bob.note(1, post.ap_id.as_str());
        let theirs = node.accept_reply(&bob, &note).await;
        for minute in 10..40 {
            node.accept(&update(&bob, &edited(&note, minute))).await;
        }
        let kept = texts(&node, &theirs).await;
        assert_eq!(kept.len(), 20);
        assert_eq!((kept[0].as_str(), kept[19].as_str()), ("<p>edit 19</p>", "<p>edit 38</p>"));
        let mut same = edited(&note, 39);
        same["updated"] = json!("2026-11-22T11:50:00Z");
        node.accept(&update(&bob, &same)).await;
        assert_eq!(texts(&node, &theirs).await, kept, "the text stayed");
        let ours = node.answer(&post, None, "First words").await;
        node.test.advance_secs(60);
        comment::edit_own(node.app(), &node.test.alice, ours.id, "Second words".into()).await.unwrap();
        let versions = comment::list_versions(node.app(), ours.id).await.unwrap();
        assert_eq!(versions.len(), 1);
        assert_eq!(versions[0].html.as_str().trim(), "<p>First words</p>");
        assert_eq!((versions[0].written_at, versions[0].replaced_at), (ours.published_at, node.app().now()));
        comment::delete_own(node.app(), &node.test.alice, ours.id).await.unwrap();
        node.accept(&bob.tell("Delete", note["id"].as_str().unwrap())).await;
        assert!(texts(&node, &ours).await.is_empty() && texts(&node, &theirs).await.is_empty());
    }
}
