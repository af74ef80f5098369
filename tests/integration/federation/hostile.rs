//! What fuzzing found, against both databases: texts that only one of them takes must fail nobody.

use antiphon::domain::actor;
use http::StatusCode;
use serde_json::json;

use crate::support::{TestNode, both_databases};

both_databases! {
    async fn an_activity_of_which_a_part_was_taken_is_not_refused(node: TestNode) {
        let there = node.neighbour().await;
        let bob = there.person("bob");
        let waits = bob.note(1, &there.person("carol").at("/notes/1"));
        // A port that is no number: its server can never be asked.
        let lost = bob.note(2, "https://cas:arol.example/notes/1");
        let mut create = bob.activity("Create", json!([waits, lost]));
        assert_eq!(node.receive(&bob.letter(create.clone())).await, StatusCode::ACCEPTED);
        assert_eq!(node.parked().await, 1);
        create["id"] = json!(bob.at("/activities/again"));
        create["object"] = lost;
        assert!(node.receive(&bob.letter(create)).await.is_client_error());
        assert_eq!(node.parked().await, 1);
    }

    async fn an_address_with_control_characters_is_nobodys(node: TestNode) {
        let post = node.publish("A post").await;
        let id = post.ap_id.as_str().rsplit('/').next().unwrap().to_owned();
        for path in [
            "/ap/users/1%00".to_owned(),
            "/ap/users/1%00/outbox".into(),
            format!("/ap/posts/{id}%00"),
            format!("/ap/posts/{id}%0A/replies"),
            "/ap/comments/1%00".into(),
            "/ap/comments/1%00/replies".into(),
            "/ap/notes/1%00".into(),
            "/ap/users/1%00/inbox".into(),
            "/posts/a-post%00".into(),
            "/@alice%00".into(),
            "/.well-known/webfinger?resource=https://blog.example/ap/users/1%00".into(),
            "/.well-known/webfinger?resource=https://blog.example/@a%00".into(),
            "/.well-known/webfinger?resource=acct:a%00@blog.example".into(),
            "/.well-known/webfinger?resource=acct:a@blog.example%00".into(),
        ] {
            let answer = node.get(&path).await;
            assert!(answer.status.is_client_error(), "{path}: {}", answer.status);
        }
    }

    async fn ids_that_postgresql_cannot_hold_are_no_failure(node: TestNode) {
        let there = node.neighbour().await;
        let bob = there.person("bob");
        let post = node.publish("A post").await;
        node.accept(&bob.tell("Follow", node.alice())).await;
        let note = bob.note(1, post.ap_id.as_str());
        for (place, value) in [
            ("/id", json!(bob.at("#\0"))),
            ("/object/id", json!(bob.at("/notes/\0"))),
            ("/object/inReplyTo", json!("https://far.example/\0")),
            ("/object/url", json!(bob.at("/\0"))),
            ("/object/content", json!("<p>a\0b</p>")),
            ("/object/name", json!("a\0b")),
            ("/object/contentMap", json!({ "a\0": "b" })),
            ("/object/attachment", json!([{"type": "Document", "url": bob.at("/\0.png"), "name": "\0"}])),
            ("/object", json!(bob.at("/notes/\0"))),
            ("/type", json!("Cre\0ate")),
        ] {
            let mut create = bob.activity("Create", note.clone());
            *create.pointer_mut(place).unwrap_or(&mut json!(null)) = value.clone();
            if place.starts_with("/object/") {
                create["object"][place.trim_start_matches("/object/")] = value.clone();
            }
            let status = node.receive(&bob.letter(create)).await;
            assert!(!status.is_server_error(), "{place}: {status}");
        }
        for kind in ["Like", "Announce", "Undo", "Delete", "Follow", "Accept", "Update"] {
            let status = node.receive(&bob.letter(bob.activity(kind, json!(bob.at("/notes/\0"))))).await;
            assert!(!status.is_server_error(), "{kind}: {status}");
        }
        assert_eq!(node.jobs().await, 0);
    }

    async fn an_actor_with_texts_that_postgresql_cannot_hold_is_read_all_the_same(node: TestNode) {
        let there = node.neighbour().await;
        let bob = there.stranger("bob");
        let mut document = bob.document();
        document["name"] = json!("B\0ob");
        document["summary"] = json!("\0");
        document["followers"] = json!(bob.at("/\0"));
        document["endpoints"] = json!({ "sharedInbox": format!("{}/\0", there.url) });
        document["icon"] = json!({"type": "Image", "url": bob.at("/\0.png")});
        let mut key = bob.public_key();
        key["id"] = json!(bob.at("#second"));
        key["publicKeyPem"] = json!(format!("{}\0", key["publicKeyPem"].as_str().unwrap()));
        document["publicKey"] = json!([bob.public_key(), key]);
        there.publish(&document);
        assert_eq!(node.receive(&bob.tell("Follow", node.alice())).await, StatusCode::ACCEPTED);
        assert_eq!(node.followers().await, 1);
    }

    async fn nobody_elsewhere_has_a_page_or_an_inbox_here(node: TestNode) {
        let there = node.neighbour().await;
        let (bob, eve) = (there.stranger("bob"), there.stranger("eve"));
        let post = node.publish("A post").await;
        let mut document = bob.document();
        document["url"] = json!(node.app().url("/@alice"));
        there.publish(&document);
        let mut note = bob.note(1, post.ap_id.as_str());
        note["url"] = json!(node.app().url("/posts/a-post"));
        let comment = node.accept_reply(&bob, &note).await;
        assert_eq!(comment.url.as_str(), note["id"].as_str().unwrap());
        let id = comment.actor_id;
        let stored = node.app().db.read(move |conn| actor::get(conn, id)).await.unwrap();
        assert_eq!(stored.url, stored.ap_id);
        let mut document = eve.document();
        document["inbox"] = json!(node.app().url("/ap/inbox"));
        there.publish(&document);
        assert_eq!(node.receive(&eve.tell("Follow", node.alice())).await, StatusCode::UNAUTHORIZED);
    }

    async fn nobody_claims_a_key_of_another_server(node: TestNode) {
        let (there, elsewhere) = (node.neighbour().await, node.neighbour().await);
        let (bob, eve) = (there.person("bob"), elsewhere.stranger("eve"));
        let mut document = eve.document();
        let mut stolen = eve.public_key();
        stolen["id"] = json!(bob.key_id);
        document["publicKey"] = json!([stolen, eve.public_key()]);
        elsewhere.publish(&document);
        assert_eq!(node.receive(&eve.tell("Follow", node.alice())).await, StatusCode::ACCEPTED);
        let key_id = bob.key_id.clone();
        let owner = node.app().db.read(move |conn| actor::load_by_key(conn, &key_id)).await.unwrap();
        assert_eq!(owner, None);
        assert_eq!(node.receive(&bob.tell("Follow", node.alice())).await, StatusCode::ACCEPTED);
        assert_eq!(node.followers().await, 2);
    }
}
