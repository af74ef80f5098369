//! Who may say what about what: nothing is believed from elsewhere than its own origin and by another than its author.

use antiphon::domain::visibility::CommentStatus;
use http::StatusCode;
use serde_json::{Value, json};

use crate::support::{FakeInstance, Fault, Person, TestNode, both_databases};

/// A server elsewhere, its carol, and a reply of hers that is stored here.
async fn carols_reply(node: &TestNode) -> (FakeInstance, Person, Value) {
    let elsewhere = node.neighbour().await;
    let carol = elsewhere.person("carol");
    let post = node.publish("Owned").await;
    let note = carol.note(1, post.ap_id.as_str());
    elsewhere.publish(&note);
    node.accept_reply(&carol, &note).await;
    (elsewhere, carol, note)
}

async fn is_gone(node: &TestNode, note: &Value) -> bool {
    node.comment(note).await.unwrap().status == CommentStatus::Deleted
}

fn id(object: &Value) -> &str {
    object["id"].as_str().unwrap()
}

fn announce(group: &Person, inner: &Value) -> Value {
    let mut announce = group.activity("Announce", inner.clone());
    announce["id"] = json!(group.at(&format!("#announces/{}", inner["type"])));
    announce
}

both_databases! {
    async fn a_forwarded_delete_is_believed_when_the_origin_says_so(node: TestNode) {
        let there = node.neighbour().await;
        let bob = there.person("bob");
        let (elsewhere, carol, note) = carols_reply(&node).await;
        let delete = bob.letter(carol.activity("Delete", note["id"].clone()));
        node.accept(&delete).await;
        assert!(!is_gone(&node, &note).await, "it is still there");
        elsewhere.fail(id(&note), Fault::Status(503));
        node.accept(&delete).await;
        assert!(!is_gone(&node, &note).await, "nobody knows yet");
        assert_eq!(node.jobs().await, 1);
        elsewhere.fail(id(&note), Fault::Status(410));
        node.advance_secs(3600);
        node.drain().await;
        assert!(is_gone(&node, &note).await);
        node.accept(&delete).await;
        assert_eq!(node.jobs().await, 0);
    }

    async fn a_missing_object_or_a_tombstone_confirms_a_forwarded_delete(node: TestNode) {
        let there = node.neighbour().await;
        let bob = there.person("bob");
        let (elsewhere, carol, first) = carols_reply(&node).await;
        let (other, dave, second) = carols_reply(&node).await;
        elsewhere.withdraw(id(&first));
        other.publish(&json!({ "id": second["id"], "type": "Tombstone" }));
        for (owner, note) in [(&carol, &first), (&dave, &second)] {
            node.accept(&bob.letter(owner.activity("Delete", note["id"].clone()))).await;
            assert!(is_gone(&node, note).await);
        }
    }

    async fn a_document_that_is_refused_confirms_nothing(node: TestNode) {
        let there = node.neighbour().await;
        let bob = there.person("bob");
        let (elsewhere, carol, note) = carols_reply(&node).await;
        let delete = bob.letter(carol.activity("Delete", note["id"].clone()));
        for fault in [Fault::Status(401), Fault::Status(403), Fault::Called("text/html")] {
            elsewhere.fail(id(&note), fault);
            node.accept(&delete).await;
            assert!(!is_gone(&node, &note).await);
        }
        assert_eq!(node.jobs().await, 0);
    }

    async fn what_a_group_announces_is_asked_of_its_origin(node: TestNode) {
        let there = node.neighbour().await;
        let group = there.person("group");
        let elsewhere = node.neighbour().await;
        let carol = elsewhere.person("carol");
        let post = node.publish("Announced").await;
        let mut note = carol.note(1, post.ap_id.as_str());
        elsewhere.publish(&note);
        let mut forged = note.clone();
        forged["content"] = json!("<p>put into her mouth</p>");
        node.accept(&group.letter(announce(&group, &carol.activity("Create", forged.clone())))).await;
        assert!(node.thread(&post).await[0].1.contains("carol says 1"));
        node.accept(&group.letter(announce(&group, &carol.activity("Update", forged)))).await;
        assert!(node.thread(&post).await[0].1.contains("carol says 1"));
        note["content"] = json!("<p>better</p>");
        note["updated"] = json!("2026-11-22T11:30:00Z");
        elsewhere.publish(&note);
        let mut update = announce(&group, &carol.activity("Update", note.clone()));
        update["id"] = json!(group.at("#announces/2"));
        node.accept(&group.letter(update)).await;
        assert!(node.thread(&post).await[0].1.contains("better"));
        node.accept(&group.letter(announce(&group, &carol.activity("Delete", note["id"].clone())))).await;
        assert!(!is_gone(&node, &note).await, "it is still there");
        elsewhere.withdraw(id(&note));
        let mut again = announce(&group, &carol.activity("Delete", note["id"].clone()));
        again["id"] = json!(group.at("#announces/3"));
        node.accept(&group.letter(again)).await;
        assert!(is_gone(&node, &note).await);
    }

    async fn what_a_group_announces_of_others_likes_and_undos_does_nothing(node: TestNode) {
        let there = node.neighbour().await;
        let (group, carol) = (there.person("group"), there.person("carol"));
        let post = node.publish("Liked").await;
        let like = carol.activity("Like", json!(post.ap_id));
        node.accept(&carol.letter(like.clone())).await;
        for inner in [carol.activity("Undo", like.clone()), carol.activity("Dislike", json!(post.ap_id)), like] {
            node.accept(&group.letter(announce(&group, &inner))).await;
        }
        let article = node.get(post.ap_id.as_str()).await.json();
        assert_eq!((&article["likes"]["totalItems"], &article["shares"]["totalItems"]), (&json!(1), &json!(0)));
    }

    async fn an_announce_of_a_whole_object_takes_its_id_only(node: TestNode) {
        let there = node.neighbour().await;
        let bob = there.person("bob");
        let post = node.publish("Boosted").await;
        let whole = json!({"id": post.ap_id, "type": "Article", "name": "Another title", "content": "<p>forged</p>"});
        node.accept(&bob.letter(bob.activity("Announce", whole))).await;
        let article = node.get(post.ap_id.as_str()).await.json();
        assert_eq!((&article["shares"]["totalItems"], &article["name"]), (&json!(1), &json!("Boosted")));
    }

    async fn an_embedded_object_of_another_origin_is_fetched_not_believed(node: TestNode) {
        let (there, elsewhere) = (node.neighbour().await, node.neighbour().await);
        let (bob, carol) = (there.person("bob"), elsewhere.person("carol"));
        let post = node.publish("Embedded").await;
        let mut note = carol.note(1, post.ap_id.as_str());
        elsewhere.publish(&note);
        note["content"] = json!("<p>forged</p>");
        note["attributedTo"] = json!(bob.id);
        node.accept(&bob.letter(bob.activity("Create", note.clone()))).await;
        let thread = node.thread(&post).await;
        assert!(thread.len() == 1 && thread[0].1.contains("carol says 1"), "{thread:?}");
        for kind in ["Update", "Delete"] {
            let status = node.receive(&bob.letter(bob.activity(kind, note.clone()))).await;
            assert_eq!(status, StatusCode::FORBIDDEN);
        }
    }

    async fn a_neighbour_on_the_same_server_deletes_nothing_of_others(node: TestNode) {
        let (there, bob, note) = carols_reply(&node).await;
        let eve = there.person("eve");
        node.accept(&eve.tell("Delete", id(&note))).await;
        assert!(!is_gone(&node, &note).await);
        let post = node.publish("Early").await;
        let next = bob.note(2, post.ap_id.as_str());
        node.accept(&eve.tell("Delete", id(&next))).await;
        node.accept_reply(&bob, &next).await;
        // A moderator there, whose server says the same.
        there.withdraw(id(&note));
        let mut delete = eve.activity("Delete", note["id"].clone());
        delete["id"] = json!(eve.at("#deletes/2"));
        node.accept(&eve.letter(delete)).await;
        assert!(is_gone(&node, &note).await);
    }

    async fn an_update_changes_neither_place_nor_author_nor_id(node: TestNode) {
        let (there, bob, note) = carols_reply(&node).await;
        let eve = there.person("eve");
        let before = node.comment(&note).await.unwrap();
        let other = node.publish("Other").await;
        let mut moved = note.clone();
        moved["inReplyTo"] = json!(other.ap_id);
        moved["attributedTo"] = json!([bob.id, eve.id]);
        moved["updated"] = json!("2026-11-22T11:30:00Z");
        node.accept(&bob.letter(bob.activity("Update", moved.clone()))).await;
        let mut stolen = eve.activity("Update", moved);
        stolen["object"]["content"] = json!("<p>forged</p>");
        node.accept(&eve.letter(stolen)).await;
        let after = node.comment(&note).await.unwrap();
        assert!(after.edited_at.is_some());
        assert_eq!((after.post_id, after.actor_id, after.parent_id), (before.post_id, before.actor_id, None));
        assert_eq!((after.ap_id, after.html), (before.ap_id, before.html));
    }

    async fn an_undo_takes_back_its_own_kind_only(node: TestNode) {
        let there = node.neighbour().await;
        let bob = there.person("bob");
        let post = node.publish("Undone").await;
        let follow = bob.activity("Follow", json!(node.alice()));
        let like = bob.activity("Like", json!(post.ap_id));
        for activity in [&follow, &like, &bob.activity("Announce", json!(post.ap_id))] {
            node.accept(&bob.letter(activity.clone())).await;
        }
        let mut no_like = bob.activity("Dislike", json!(post.ap_id));
        no_like["id"] = like["id"].clone();
        let mut no_boost = like.clone();
        no_boost["type"] = json!("Announce");
        no_boost["object"] = json!("https://other.example/1");
        for undone in [no_like, no_boost, json!({"id": like["id"], "type": "Follow"})] {
            node.accept(&bob.undo(&undone)).await;
        }
        let article = node.get(post.ap_id.as_str()).await.json();
        assert_eq!((&article["likes"]["totalItems"], &article["shares"]["totalItems"]), (&json!(1), &json!(1)));
        assert_eq!(node.followers().await, 1);
        let eve = there.person("eve");
        node.accept(&eve.tell("Undo", id(&follow))).await;
        assert_eq!(node.followers().await, 1);
        node.accept(&bob.tell("Undo", id(&follow))).await;
        assert_eq!(node.followers().await, 0);
    }

    async fn a_document_that_names_another_id_is_asked_for_once_more(node: TestNode) {
        let there = node.neighbour().await;
        let bob = there.person("bob");
        let post = node.publish("Alias").await;
        let note = bob.note(1, post.ap_id.as_str());
        there.publish(&note);
        there.publish_at(&bob.at("/alias"), &note);
        node.accept(&bob.tell("Create", &bob.at("/alias"))).await;
        assert_eq!(node.numbers(&post).await, ["1"]);
        for (number, address) in [(2, "/a"), (3, "/b"), (4, "/c")] {
            let mut elsewhere = bob.note(number, post.ap_id.as_str());
            elsewhere["id"] = json!(bob.at(&format!("{address}{address}")));
            there.publish_at(&bob.at(address), &elsewhere);
            elsewhere["id"] = json!(bob.at(address));
            there.publish_at(&bob.at(&format!("{address}{address}")), &elsewhere);
        }
        node.accept(&bob.tell("Create", &bob.at("/a"))).await;
        assert_eq!(node.numbers(&post).await, ["1"]);
        assert_eq!((there.requests_for(&bob.at("/a")), there.requests_for(&bob.at("/a/a"))), (1, 1));
    }

    async fn a_redirect_to_another_server_lends_no_id(node: TestNode) {
        let (there, evil) = (node.neighbour().await, node.neighbour().await);
        let bob = there.person("bob");
        let post = node.publish("Redirected").await;
        let note = bob.note(1, post.ap_id.as_str());
        evil.publish_at("/note", &note);
        there.fail(id(&note), Fault::Redirect(format!("{}/note", evil.url)));
        node.accept(&bob.tell("Create", id(&note))).await;
        assert_eq!(evil.requests_for("/note"), 2, "asked, and once more by its id");
        assert!(node.numbers(&post).await.is_empty());
        // Its own server may send elsewhere on itself.
        there.publish_at("/objects/1", &note);
        there.fail(id(&note), Fault::Redirect(format!("{}/objects/1", there.url)));
        let mut again = bob.activity("Create", note["id"].clone());
        again["id"] = json!(bob.at("#again"));
        node.accept(&bob.letter(again)).await;
        assert_eq!(node.numbers(&post).await, ["1"]);
    }

    async fn a_spoofed_document_elsewhere_is_not_believed(node: TestNode) {
        let (there, evil) = (node.neighbour().await, node.neighbour().await);
        let (bob, eve) = (there.person("bob"), evil.person("eve"));
        let post = node.publish("Spoofed").await;
        let note = bob.note(1, post.ap_id.as_str());
        evil.publish_at("/upload", &note);
        node.accept(&eve.tell("Create", &format!("{}/upload", evil.url))).await;
        assert!(node.numbers(&post).await.is_empty());
        assert_eq!(there.requests_for(id(&note)), 1);
    }

    async fn only_activitystreams_are_read(node: TestNode) {
        let there = node.neighbour().await;
        let bob = there.person("bob");
        let post = node.publish("Types").await;
        let kinds = [
            ("text/html", false), ("application/json", false), ("application/ld+json", false), ("text/plain", false),
            ("Application/Activity+JSON;charset=UTF-8", true),
            ("application/ld+json;profile=\"https://www.w3.org/ns/activitystreams\"; charset=utf-8", true),
        ];
        for (number, (kind, taken)) in (1..).zip(kinds) {
            let note = bob.note(number, post.ap_id.as_str());
            there.publish(&note);
            there.fail(id(&note), Fault::Called(kind));
            node.accept(&bob.tell("Create", id(&note))).await;
            assert_eq!(node.comment(&note).await.is_some(), taken, "{kind}");
        }
    }

    async fn nothing_remote_carries_our_host(node: TestNode) {
        let there = node.neighbour().await;
        let mut bob = there.person("bob");
        let post = node.publish("Ours").await;
        for ours in ["https://BLOG.example./ap/users/9", "https://blog.example:443/ap/users/9", "http://blog.example/x", "https://blog.example:8443/x"] {
            let mut create = bob.activity("Create", bob.note(1, post.ap_id.as_str()));
            create["actor"] = json!(ours);
            assert_eq!(node.receive(&bob.letter(create)).await, StatusCode::UNAUTHORIZED, "{ours}");
            let mut reply = bob.activity("Create", bob.note(2, post.ap_id.as_str()));
            reply["object"]["id"] = json!(ours);
            node.accept(&bob.letter(reply)).await;
            bob.key_id = format!("{ours}#main-key");
            assert_eq!(node.receive(&bob.tell("Follow", node.alice())).await, StatusCode::UNAUTHORIZED, "{ours}");
            bob.key_id = bob.at("#main-key");
        }
        let impostor = there.stranger("impostor");
        let mut document = impostor.document();
        document["id"] = json!("https://Blog.Example:443/ap/users/9");
        there.publish_at(&impostor.id, &document);
        assert_eq!(node.receive(&impostor.tell("Follow", node.alice())).await, StatusCode::UNAUTHORIZED);
        assert!(node.numbers(&post).await.is_empty());
        assert_eq!(node.followers().await, 0);
    }

    async fn a_farewell_passed_on_makes_us_look_at_the_actor(node: TestNode) {
        let there = node.neighbour().await;
        let bob = there.person("bob");
        let elsewhere = node.neighbour().await;
        let carol = elsewhere.person("carol");
        node.followed_by(std::slice::from_ref(&carol)).await;
        node.accept(&bob.letter(carol.activity("Delete", json!(carol.id)))).await;
        assert_eq!(node.followers().await, 1);
        elsewhere.fail(&carol.id, Fault::Status(410));
        node.accept(&bob.letter(carol.activity("Delete", json!(carol.id)))).await;
        assert_eq!(node.followers().await, 0);
    }
}
