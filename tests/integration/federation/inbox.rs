//! The inbox: what it refuses with which status, and what it takes.

use std::sync::Arc;

use http::StatusCode;
use serde_json::json;
use tokio::sync::Semaphore;

use crate::support::{Fault, Flaw, TestApp, TestDb, TestNode, both_databases};

both_databases! {
    async fn both_forms_of_signature_are_taken(node: TestNode) {
        let there = node.neighbour().await;
        let (bob, carol) = (there.person("bob"), there.person("carol"));
        node.accept(&bob.tell("Follow", node.alice())).await;
        node.accept(&carol.tell("Follow", node.alice()).rfc9421()).await;
        assert_eq!(node.followers().await, 2);
    }

    async fn what_is_not_proven_is_refused_and_nothing_is_fetched(node: TestNode) {
        let there = node.neighbour().await;
        let bob = there.person("bob");
        let good = bob.tell("Follow", node.alice());
        for form in ["cavage", "rfc9421"] {
            let good = if form == "cavage" { good.clone() } else { good.clone().rfc9421() };
            for flaw in [Flaw::WrongDigest, Flaw::NoDigest, Flaw::Tampered, Flaw::OtherHost, Flaw::Unsigned] {
                let status = node.receive(&good.clone().flawed(flaw)).await;
                assert_eq!(status, StatusCode::UNAUTHORIZED, "{form} {flaw:?}");
            }
            for age in [13 * 3600, -2 * 3600] {
                let status = node.receive(&good.clone().aged(age)).await;
                assert_eq!(status, StatusCode::UNAUTHORIZED, "{form}, {age} s old");
            }
            let garbled = node.receive(&good.flawed(Flaw::Garbled)).await;
            assert_eq!(garbled, StatusCode::BAD_REQUEST, "{form}");
        }
        assert_eq!(node.receive(&good.flawed(Flaw::NoDate)).await, StatusCode::UNAUTHORIZED);
        assert_eq!(there.requests_for(&bob.id), 0);
        assert_eq!(node.followers().await, 0);
    }

    async fn another_key_than_the_one_named_is_refused(node: TestNode) {
        let there = node.neighbour().await;
        let bob = there.person("bob");
        let forged = bob.tell("Follow", node.alice()).flawed(Flaw::OtherKey);
        assert_eq!(node.receive(&forged).await, StatusCode::UNAUTHORIZED);
        assert_eq!(node.followers().await, 0);
    }

    async fn an_hour_of_skew_and_half_a_day_of_queueing_are_taken(node: TestNode) {
        let there = node.neighbour().await;
        let (bob, carol) = (there.person("bob"), there.person("carol"));
        node.accept(&bob.tell("Follow", node.alice()).aged(11 * 3600)).await;
        node.accept(&carol.tell("Follow", node.alice()).aged(-50 * 60)).await;
        assert_eq!(node.followers().await, 2);
    }

    async fn sizes_and_media_types_are_bounded(node: TestNode) {
        let there = node.neighbour().await;
        let bob = there.person("bob");
        let follow = bob.tell("Follow", node.alice());
        let large = vec![b' '; 1024 * 1024 + 1];
        assert_eq!(node.receive(&follow.clone().body(large)).await, StatusCode::PAYLOAD_TOO_LARGE);
        for kind in ["text/plain", "application/json", ""] {
            let status = node.receive(&follow.clone().called(kind)).await;
            assert_eq!(status, StatusCode::UNSUPPORTED_MEDIA_TYPE, "{kind:?}");
        }
        let profile = "application/ld+json; profile=\"https://www.w3.org/ns/activitystreams\"";
        assert_eq!(node.receive(&follow.called(profile)).await, StatusCode::ACCEPTED);
    }

    async fn what_is_no_activity_is_a_bad_request(node: TestNode) {
        let there = node.neighbour().await;
        let bob = there.person("bob");
        let letter = bob.tell("Follow", node.alice());
        let deep = format!("{}{}", "[".repeat(500), "]".repeat(500));
        for body in ["", "nonsense", "[]", "\"x\"", "{}", "{\"type\":\"Follow\"}", deep.as_str()] {
            let status = node.receive(&letter.clone().body(body)).await;
            assert_eq!(status, StatusCode::BAD_REQUEST, "{body:.20}");
        }
    }

    async fn activities_without_a_meaning_here_are_taken_and_forgotten(node: TestNode) {
        let there = node.neighbour().await;
        let bob = there.person("bob");
        for kind in ["View", "Arrive", "Listen", "Block"] {
            assert_eq!(node.receive(&bob.tell(kind, node.alice())).await, StatusCode::ACCEPTED);
        }
        assert_eq!(there.requests_for(&bob.id), 0);
    }

    async fn a_delete_of_somebody_unknown_is_taken_without_a_request(node: TestNode) {
        let there = node.neighbour().await;
        let bob = there.stranger("bob");
        there.fail(&bob.id, Fault::Status(410));
        assert_eq!(node.receive(&bob.tell("Delete", &bob.id)).await, StatusCode::ACCEPTED);
        assert_eq!(there.requests_for(&bob.id), 0);
    }

    async fn a_duplicate_is_taken_and_does_nothing(node: TestNode) {
        let there = node.neighbour().await;
        let bob = there.person("bob");
        let post = node.publish("Twice").await;
        let like = bob.tell("Like", post.ap_id.as_str());
        node.accept(&like).await;
        node.accept(&like).await;
        let likes = node.get(&format!("{}/likes", post.ap_id)).await.json();
        assert_eq!(likes["totalItems"], 1);
    }

    async fn activities_of_other_origins_are_refused(node: TestNode) {
        let (there, elsewhere) = (node.neighbour().await, node.neighbour().await);
        let (bob, carol) = (there.person("bob"), elsewhere.person("carol"));
        let post = node.publish("Origins").await;
        let mut foreign_id = bob.activity("Like", json!(post.ap_id));
        foreign_id["id"] = json!(carol.at("#likes/1"));
        assert_eq!(node.receive(&bob.letter(foreign_id)).await, StatusCode::FORBIDDEN);
        // Only the id counts of what is embedded and lives elsewhere; there, nothing is found.
        let hers = bob.activity("Create", carol.note(1, post.ap_id.as_str()));
        node.accept(&bob.letter(hers)).await;
        let in_her_name = carol.activity("Like", json!(post.ap_id));
        assert_eq!(node.receive(&bob.letter(in_her_name)).await, StatusCode::UNAUTHORIZED);
        let mut ours = bob.activity("Create", bob.note(1, post.ap_id.as_str()));
        ours["actor"] = json!(node.alice());
        ours["id"] = json!("https://blog.example/ap/activities/1");
        assert_eq!(node.receive(&bob.letter(ours)).await, StatusCode::UNAUTHORIZED);
        node.drain().await;
        assert!(node.numbers(&post).await.is_empty());
    }

    async fn an_activity_with_a_urn_for_an_id_is_taken_once(node: TestNode) {
        let there = node.neighbour().await;
        let bob = there.person("bob");
        let post = node.publish("Fedify").await;
        let mut create = bob.activity("Create", bob.note(1, post.ap_id.as_str()));
        create["id"] = json!("urn:uuid:0f6c1f0e-52a5-4c4b-8f3e-0123456789ab");
        node.accept(&bob.letter(create.clone())).await;
        node.accept(&bob.letter(create.clone())).await;
        create["id"] = json!(null);
        node.accept(&bob.letter(create)).await;
        assert_eq!(node.numbers(&post).await, ["1"]);
    }

    async fn a_key_that_cannot_be_had_now_is_asked_for_again_by_the_sender(node: TestNode) {
        let there = node.neighbour().await;
        let bob = there.person("bob");
        let follow = bob.tell("Follow", node.alice());
        there.fail(&bob.id, Fault::Status(500));
        let request = follow.request(&node.inbox(), node.app().now()).await;
        let answer = node.ask(request).await;
        assert_eq!(answer.status, StatusCode::SERVICE_UNAVAILABLE);
        assert!(!answer.header("retry-after").is_empty());
    }

    async fn a_key_that_is_nowhere_is_no_proof(node: TestNode) {
        let there = node.neighbour().await;
        for (name, fault) in [
            ("missing", Fault::Status(404)),
            ("gone", Fault::Status(410)),
            ("endless", Fault::Endless),
            ("elsewhere", Fault::Redirect("http://localhost:1/".into())),
        ] {
            let person = there.person(name);
            there.fail(&person.id, fault);
            let status = node.receive(&person.tell("Follow", node.alice())).await;
            assert!(
                [StatusCode::UNAUTHORIZED, StatusCode::SERVICE_UNAVAILABLE].contains(&status),
                "{name}: {status}"
            );
        }
        assert_eq!(node.followers().await, 0);
    }

    async fn a_rotated_key_is_read_anew_once(node: TestNode) {
        let there = node.neighbour().await;
        let mut bob = there.person("bob");
        let post = node.publish("Rotated").await;
        node.accept(&bob.tell("Follow", node.alice())).await;
        let before = there.requests_for(&bob.id);
        there.rotate(&mut bob).await;
        node.accept(&bob.create(&bob.note(1, post.ap_id.as_str()))).await;
        assert_eq!(node.numbers(&post).await, ["1"]);
        assert_eq!(there.requests_for(&bob.id), before + 1);
    }

    async fn wrong_signatures_do_not_make_us_fetch_again_and_again(node: TestNode) {
        let there = node.neighbour().await;
        let bob = there.person("bob");
        node.accept(&bob.tell("Follow", node.alice())).await;
        for number in 0..5 {
            let note = bob.note(number, node.alice());
            let status = node.receive(&bob.create(&note).flawed(Flaw::OtherKey)).await;
            assert_eq!(status, StatusCode::UNAUTHORIZED);
        }
        assert!(there.requests_for(&bob.id) <= 2);
    }

    async fn a_key_whose_id_has_no_fragment_is_found_through_its_stub(node: TestNode) {
        let there = node.neighbour().await;
        let mut bob = there.stranger("bob");
        bob.key_id = bob.at("/main-key");
        there.publish(&bob.document());
        // What GoToSocial serves there: the actor's id, name and key, and nothing else.
        let stub = json!({
            "@context": ["https://www.w3.org/ns/activitystreams", "https://w3id.org/security/v1"],
            "id": bob.id, "type": "Person", "preferredUsername": "bob", "publicKey": bob.public_key(),
        });
        there.publish_at(&bob.key_id, &stub);
        node.accept(&bob.tell("Follow", node.alice())).await;
        assert_eq!(node.followers().await, 1);
    }

    async fn a_key_in_a_document_of_its_own_is_found(node: TestNode) {
        let there = node.neighbour().await;
        let mut bob = there.stranger("bob");
        bob.key_id = format!("{}/keys/1", there.url);
        there.publish(&bob.document());
        let mut key = bob.public_key();
        key["type"] = json!("Key");
        there.publish(&key);
        node.accept(&bob.tell("Follow", node.alice())).await;
        assert_eq!(node.followers().await, 1);
    }

    async fn a_key_that_its_owner_does_not_show_is_refused(node: TestNode) {
        let there = node.neighbour().await;
        let bob = there.person("bob");
        let mut eve = there.stranger("eve");
        eve.key_id = format!("{}/keys/evil", there.url);
        let mut key = eve.public_key();
        key["owner"] = json!(bob.id);
        there.publish(&key);
        let mut forged = bob.clone();
        forged.key_id = eve.key_id;
        assert_eq!(node.receive(&forged.tell("Follow", node.alice())).await, StatusCode::UNAUTHORIZED);
    }

    async fn many_first_contacts_at_once_are_all_taken(db: TestDb) {
        let node = TestNode::start(TestApp::builder(), db).await;
        let there = node.neighbour().await;
        let people: Vec<_> = (0..40).map(|number| there.person(&format!("p{number}"))).collect();
        let places = Arc::new(Semaphore::new(32));
        let mut sending = tokio::task::JoinSet::new();
        for person in people.clone() {
            let (places, http) = (Arc::clone(&places), node.app().http.clone());
            let (inbox, now) = (node.inbox(), node.app().now());
            let letter = person.tell("Follow", node.alice());
            sending.spawn(async move {
                let _place = places.acquire().await.unwrap();
                letter.post(&http, &inbox, now).await
            });
        }
        while let Some(status) = sending.join_next().await {
            assert_eq!(status.unwrap(), Some(StatusCode::ACCEPTED));
        }
        assert_eq!(node.followers().await, 40);
        for person in &people {
            assert!(there.requests_for(&person.id) <= 2);
        }
    }
}
