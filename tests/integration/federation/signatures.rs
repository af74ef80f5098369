//! Signatures as every other server makes them, and as others ask for them from us.

use std::time::Duration;

use antiphon::federation::signature::{Ed25519Key, SignatureForm};
use antiphon::types::ApUrl;
use http::StatusCode;
use serde_json::{Value, json};

use crate::support::{ByHand, Fault, Flaw, TestApp, TestDb, TestNode, both_databases};

/// What a server asks for that remembers which nonces it gave.
const NONCE: &str =
    "now=(\"@method\" \"@target-uri\" \"@authority\" \"content-digest\");created;nonce=\"n-1\"";
const NONCE_GET: &str = "now=(\"@method\" \"@target-uri\");created;nonce=\"n-1\"";

/// Sender, components, label, and what stands in the key's id behind the actor's.
const CAVAGE: [(&str, &str, &str, &str); 7] = [
    (
        "mastodon",
        "(request-target) host date digest content-type",
        "rsa-sha256",
        "#main-key",
    ),
    (
        "gotosocial",
        "(request-target) host date digest",
        "hs2019",
        "/main-key",
    ),
    (
        "friendica",
        "(request-target) date content-length digest host",
        "rsa-sha256",
        "#main-key",
    ),
    (
        "bridgy",
        "date host digest (request-target)",
        "rsa-sha256",
        "#key",
    ),
    (
        "peertube",
        "(request-target) host date digest",
        "rsa-sha256",
        "",
    ),
    (
        "crate",
        "(request-target) (created) (expires) host digest content-type",
        "hs2019",
        "#main-key",
    ),
    (
        "misskey",
        "(request-target) date host digest",
        "rsa-sha256",
        "#main-key",
    ),
];

/// Sender, components, label.
const RFC9421: [(&str, &str, &str); 3] = [
    ("mastodon", "@method @target-uri content-digest", ""),
    (
        "fedify",
        "@method @target-uri @authority host date content-digest",
        "rsa-v1_5-sha256",
    ),
    (
        "wordpress",
        "@method @target-uri content-digest content-type",
        "rsa-v1_5-sha256",
    ),
];

both_databases! {
    async fn every_senders_header_list_and_label_is_taken(node: TestNode) {
        let there = node.neighbour().await;
        let (inbox, now) = (node.inbox(), node.app().now());
        for (count, (name, list, label, key)) in (1..).zip(CAVAGE) {
            let mut sender = there.stranger(name);
            // PeerTube shows `#main-key` and names itself.
            sender.key_id = sender.at(if key.is_empty() { "#main-key" } else { key });
            there.publish(&sender.document());
            if !key.contains('#') && !key.is_empty() {
                let stub = json!({ "id": sender.id, "type": "Person", "publicKey": sender.public_key() });
                there.publish_at(&sender.key_id, &stub);
            }
            let body = sender.activity("Follow", json!(node.alice())).to_string();
            let hand = ByHand::of(&sender, list).named(&sender.at(key)).labelled(label);
            let answer = node.ask(hand.cavage(&inbox, now, &body)).await;
            assert_eq!((name, answer.status), (name, StatusCode::ACCEPTED), "{}", answer.text);
            assert_eq!(node.followers().await, count);
        }
    }

    async fn every_senders_list_of_rfc9421_is_taken(node: TestNode) {
        let there = node.neighbour().await;
        for (count, (name, list, label)) in (1..).zip(RFC9421) {
            let sender = there.person(name);
            let body = sender.activity("Follow", json!(node.alice())).to_string();
            let hand = ByHand::of(&sender, list).labelled(label);
            let answer = node.ask(hand.rfc9421(&node.inbox(), node.app().now(), &body)).await;
            assert_eq!((name, answer.status), (name, StatusCode::ACCEPTED), "{}", answer.text);
            assert_eq!(node.followers().await, count);
        }
    }

    async fn any_of_an_actors_keys_may_sign_in_either_form(node: TestNode) {
        let there = node.neighbour().await;
        let bob = there.stranger("bob");
        let (first, second) = (Ed25519Key::generate().unwrap(), Ed25519Key::generate().unwrap());
        let mut document = bob.document();
        document["publicKey"] = json!([
            { "id": bob.at("#pem"), "owner": bob.id, "publicKeyPem": first.public_pem().unwrap() },
            bob.public_key(),
        ]);
        document["assertionMethod"] = json!([{
            "id": bob.at("#multi"), "type": "Multikey", "controller": bob.id, "publicKeyMultibase": second.public_multibase(),
        }]);
        there.publish(&document);
        let note = |number| bob.activity("Follow", json!(node.alice())).to_string().replace("#follow", &format!("#{number}"));
        let (inbox, now) = (node.inbox(), node.app().now());
        for (number, key_id, key) in [(1, "#pem", Some(&first)), (2, "#multi", Some(&second)), (3, "#main-key", None)] {
            let cavage = ByHand::of(&bob, "(request-target) host date digest").labelled("hs2019");
            let rfc9421 = ByHand::of(&bob, "@method @target-uri content-digest").labelled("");
            let with = |hand: ByHand| key.iter().fold(hand.named(&bob.at(key_id)), |hand, key| hand.ed25519(key));
            let answer = node.ask(with(cavage).cavage(&inbox, now, &note(number))).await;
            assert_eq!((key_id, answer.status), (key_id, StatusCode::ACCEPTED), "{}", answer.text);
            let answer = node.ask(with(rfc9421).rfc9421(&inbox, now, &note(number + 10))).await;
            assert_eq!((key_id, answer.status), (key_id, StatusCode::ACCEPTED), "{}", answer.text);
        }
        assert_eq!(there.requests_for(&bob.id), 1);
    }

    async fn a_multikey_of_somebody_else_is_none(node: TestNode) {
        let there = node.neighbour().await;
        let key = Ed25519Key::generate().unwrap();
        for (name, controller) in [("bob", json!(there.stranger("eve").id)), ("carol", Value::Null)] {
            let bob = there.stranger(name);
            let mut document = bob.document();
            document["assertionMethod"] = json!([{
                "id": bob.at("#multi"), "type": "Multikey", "controller": controller, "publicKeyMultibase": key.public_multibase(),
            }]);
            there.publish(&document);
            let body = bob.activity("Follow", json!(node.alice())).to_string();
            let hand = ByHand::of(&bob, "@method @target-uri content-digest").labelled("");
            let hand = hand.named(&bob.at("#multi")).ed25519(&key);
            let answer = node.ask(hand.rfc9421(&node.inbox(), node.app().now(), &body)).await;
            assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{}", answer.text);
        }
        assert_eq!(node.followers().await, 0);
    }

    async fn the_address_signed_is_that_of_the_configuration_whatever_a_proxy_calls_us(node: TestNode) {
        let there = node.neighbour().await;
        let bob = there.person("bob");
        let body = bob.activity("Follow", json!(node.alice())).to_string();
        let hand = ByHand::of(&bob, "@method @target-uri content-digest").labelled("");
        let mut request = hand.rfc9421(&node.inbox(), node.app().now(), &body);
        request.headers_mut().insert("host", "127.0.0.1:8080".parse().unwrap());
        assert_eq!(node.ask(request).await.status, StatusCode::ACCEPTED);
        let elsewhere = "https://other.example/ap/inbox".parse().unwrap();
        let mut replayed = hand.rfc9421(&elsewhere, node.app().now(), &body);
        replayed.headers_mut().insert("host", "blog.example".parse().unwrap());
        assert_eq!(node.ask(replayed).await.status, StatusCode::UNAUTHORIZED);
    }

    async fn our_refusal_says_what_is_to_be_signed(node: TestNode) {
        let there = node.neighbour().await;
        let bob = there.person("bob");
        let letter = bob.tell("Follow", node.alice()).flawed(Flaw::Unsigned);
        let refused = node.ask(letter.request(&node.inbox(), node.app().now()).await).await;
        assert_eq!(refused.status, StatusCode::UNAUTHORIZED);
        assert_eq!(
            refused.header("accept-signature"),
            "sig1=(\"@method\" \"@target-uri\" \"content-digest\");created"
        );
        let asked = ByHand::of(&bob, "@method @target-uri content-digest").labelled("");
        let body = bob.activity("Follow", json!(node.alice())).to_string();
        let taken = node.ask(asked.rfc9421(&node.inbox(), node.app().now(), &body)).await;
        assert_eq!((taken.status, taken.header("accept-signature")), (StatusCode::ACCEPTED, ""));
    }

    async fn a_server_gets_the_signature_that_it_asks_for(db: TestDb) {
        let node = TestNode::start(TestApp::builder(), db).await;
        let there = node.neighbour().await;
        let bob = there.person("bob");
        there.fail("/inbox", Fault::Asks(NONCE));
        there.fail("/users/bob/inbox", Fault::Asks(NONCE));
        node.followed_by(&[bob]).await;
        assert_eq!(there.wait_for("Accept").await.form, SignatureForm::Rfc9421);
        assert_eq!(there.knocks(), 2);
    }

    async fn documents_are_fetched_with_the_signature_that_their_server_takes(node: TestNode) {
        let there = node.neighbour().await;
        let (bob, carol) = (there.person("bob"), there.person("carol"));
        for person in [&bob, &carol] {
            there.fail(&person.id, Fault::OnlyRfc9421);
            node.accept(&person.tell("Follow", node.alice())).await;
        }
        assert_eq!(there.requests_for(&bob.id), 2, "refused once, then signed by RFC 9421");
        assert_eq!(there.requests_for(&carol.id), 1, "the server's form is known");
        assert!(there.received().is_empty(), "every GET was signed well");
    }

    async fn a_fetch_gives_the_signature_that_it_is_asked_for(node: TestNode) {
        let there = node.neighbour().await;
        let (bob, eve) = (there.person("bob"), there.person("eve"));
        there.fail(&bob.id, Fault::Asks(NONCE_GET));
        node.accept(&bob.tell("Follow", node.alice())).await;
        // What is asked for would hold anywhere: it is not given.
        there.fail(&eve.id, Fault::Asks("now=(\"@method\");nonce=\"n-1\""));
        assert_eq!(node.receive(&eve.tell("Follow", node.alice())).await, StatusCode::UNAUTHORIZED);
        assert_eq!(there.requests_for(&eve.id), 2);
        assert!(there.received().is_empty(), "every GET was signed well");
        assert_eq!(node.followers().await, 1);
    }

    async fn a_key_changes_only_by_what_its_owners_server_shows(node: TestNode) {
        let there = node.neighbour().await;
        let bob = there.person("bob");
        node.accept(&bob.tell("Follow", node.alice())).await;
        let mut embedded = bob.document();
        let thief = Ed25519Key::generate().unwrap();
        embedded["publicKey"]["publicKeyPem"] = json!(thief.public_pem().unwrap());
        node.accept(&bob.letter(bob.activity("Update", embedded))).await;
        let body = bob.activity("Like", json!(node.alice())).to_string();
        let forged = ByHand::of(&bob, "@method @target-uri content-digest").labelled("").ed25519(&thief);
        let answer = node.ask(forged.rfc9421(&node.inbox(), node.app().now(), &body)).await;
        assert_eq!(answer.status, StatusCode::UNAUTHORIZED);
        let id = ApUrl::new(&bob.id);
        let bob_is = node.fed.fetcher.actor(&id).await.unwrap();
        let keys = node.app().db.read(move |conn| antiphon::domain::actor::list_keys(conn, bob_is.id));
        assert_eq!(keys.await.unwrap()[0].public, bob.key.public_pem().unwrap());
    }

    async fn a_peer_that_names_itself_as_its_key_is_fetched_once(node: TestNode) {
        let there = node.neighbour().await;
        let bob = there.person("bob");
        let hand = ByHand::of(&bob, "(request-target) host date digest").named(&bob.id);
        for kind in ["Follow", "Like"] {
            let body = bob.activity(kind, json!(node.alice())).to_string();
            let answer = node.ask(hand.cavage(&node.inbox(), node.app().now(), &body)).await;
            assert_eq!(answer.status, StatusCode::ACCEPTED, "{}", answer.text);
        }
        assert_eq!(there.requests_for(&bob.id), 1);
    }

    async fn a_rotated_key_is_fetched_once_for_all_who_come_with_it(db: TestDb) {
        let node = TestNode::start(TestApp::builder(), db).await;
        let there = node.neighbour().await;
        let mut bob = there.person("bob");
        node.followed_by(&[bob.clone()]).await;
        let before = there.requests_for(&bob.id);
        there.rotate(&mut bob).await;
        there.fail(&bob.id, Fault::Slow(Duration::from_millis(200)));
        let notes: Vec<_> = (0..8).map(|number| bob.create(&bob.note(number, node.alice()))).collect();
        let sent = notes.iter().map(|note| node.receive(note));
        for status in futures_util::future::join_all(sent).await {
            assert_eq!(status, StatusCode::ACCEPTED);
        }
        assert_eq!(there.requests_for(&bob.id), before + 1);
    }

    async fn a_new_key_that_cannot_be_had_now_is_asked_for_again_by_the_sender(node: TestNode) {
        let there = node.neighbour().await;
        let mut bob = there.person("bob");
        node.accept(&bob.tell("Follow", node.alice())).await;
        there.rotate(&mut bob).await;
        there.fail(&bob.id, Fault::Status(500));
        let before = there.requests_for(&bob.id);
        for number in 0..3 {
            let note = bob.create(&bob.note(number, node.alice()));
            let answer = node.ask(note.request(&node.inbox(), node.app().now()).await).await;
            assert_eq!(answer.status, StatusCode::SERVICE_UNAVAILABLE, "{}", answer.text);
            assert_eq!(answer.header("retry-after"), "60");
        }
        assert_eq!(there.requests_for(&bob.id), before + 1, "the failure is remembered for a moment");
    }

    async fn a_fault_that_no_other_key_mends_fetches_nothing(node: TestNode) {
        let there = node.neighbour().await;
        let bob = there.person("bob");
        node.accept(&bob.tell("Follow", node.alice())).await;
        let before = there.requests_for(&bob.id);
        let body = bob.activity("Like", json!(node.alice())).to_string();
        let hand = ByHand::of(&bob, "(request-target) host date digest cookie");
        let answer = node.ask(hand.cavage(&node.inbox(), node.app().now(), &body)).await;
        assert_eq!(answer.status, StatusCode::UNAUTHORIZED);
        assert!(answer.text.contains("signature_coverage"), "{}", answer.text);
        assert_eq!(there.requests_for(&bob.id), before);
    }

    async fn the_farewell_of_a_gone_actor_is_believed_when_its_server_says_so(node: TestNode) {
        let there = node.neighbour().await;
        let bob = there.person("bob");
        let post = node.publish("Farewell").await;
        node.accept(&bob.tell("Follow", node.alice())).await;
        node.accept(&bob.create(&bob.note(1, post.ap_id.as_str()))).await;
        let mut new_key = bob.clone();
        new_key.key_id = bob.at("#new-key");
        node.advance_secs(1);
        there.fail(&bob.id, Fault::Status(410));
        // A key that was never seen, of somebody who was.
        node.accept(&new_key.tell("Delete", &bob.id)).await;
        assert_eq!(node.followers().await, 0);
        assert!(node.thread(&post).await.iter().all(|(_, html)| !html.contains("bob says")));
        // And one whose known key does not fit any more.
        let mut carol = there.person("carol");
        node.accept(&carol.tell("Follow", node.alice())).await;
        there.rotate(&mut carol).await;
        there.fail(&carol.id, Fault::Status(410));
        node.accept(&carol.tell("Delete", &carol.id)).await;
        assert_eq!(node.followers().await, 0);
    }

    async fn the_farewell_of_an_actor_that_is_not_found_changes_nothing(node: TestNode) {
        let there = node.neighbour().await;
        let bob = there.person("bob");
        node.accept(&bob.tell("Follow", node.alice())).await;
        let mut new_key = bob.clone();
        new_key.key_id = bob.at("#new-key");
        node.advance_secs(1);
        there.fail(&bob.id, Fault::Status(404));
        node.accept(&new_key.tell("Delete", &bob.id)).await;
        assert_eq!(node.followers().await, 1);
    }

    async fn a_farewell_in_the_name_of_one_who_lives_is_refused(node: TestNode) {
        let there = node.neighbour().await;
        let elsewhere = node.neighbour().await;
        let (bob, eve) = (there.person("bob"), elsewhere.stranger("eve"));
        node.accept(&bob.tell("Follow", node.alice())).await;
        elsewhere.fail(&eve.id, Fault::Status(410));
        let mut forged = bob.clone();
        forged.key_id = eve.key_id.clone();
        assert_eq!(node.receive(&forged.tell("Delete", &bob.id)).await, StatusCode::UNAUTHORIZED);
        let forged = bob.tell("Delete", &bob.id).flawed(Flaw::OtherKey);
        assert_eq!(node.receive(&forged).await, StatusCode::UNAUTHORIZED);
        assert_eq!(node.followers().await, 1);
    }

    async fn every_fetch_is_signed_over_method_address_host_and_time(node: TestNode) {
        let there = node.neighbour().await;
        let bob = there.person("bob");
        node.accept(&bob.tell("Follow", node.alice())).await;
        node.fed.fetcher.object(&ApUrl::new(format!("{}?page=2", bob.id))).await.unwrap_err();
        node.fed.fetcher.refresh_now(&ApUrl::new(&bob.id)).await.unwrap();
        assert!(there.received().is_empty(), "a server that always asks for signatures has nothing to complain about");
        assert_eq!(there.requests_for(&bob.id), 2);
    }

    async fn keys_that_lead_in_circles_are_given_up_soon(node: TestNode) {
        let there = node.neighbour().await;
        let (bob, carol, dora) = (there.stranger("bob"), there.stranger("carol"), there.stranger("dora"));
        there.publish_at(&bob.id, &carol.document());
        there.publish_at(&carol.id, &bob.document());
        there.fail(&dora.id, Fault::Redirect(dora.id.clone()));
        let mut key = bob.public_key();
        key["id"] = json!(bob.at("/key"));
        key["owner"] = json!(bob.at("/key"));
        there.publish(&key);
        let mut circular = bob.clone();
        circular.key_id = bob.at("/key");
        for sender in [&bob, &dora, &circular] {
            assert_eq!(node.receive(&sender.tell("Follow", node.alice())).await, StatusCode::UNAUTHORIZED);
        }
        assert!(there.requests_for(&bob.id) + there.requests_for(&carol.id) <= 4);
        assert!(there.requests_for(&dora.id) <= 4);
        assert!(there.requests_for(&circular.key_id) <= 4);
    }
}
