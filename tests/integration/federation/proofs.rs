//! Object integrity proofs: made on what we publish, believed on what others pass on.

use antiphon::domain::actor;
use antiphon::federation::objects::Doc;
use antiphon::federation::proof::{self, Proof};
use antiphon::federation::signature::{Ed25519Key, PublicKey};
use antiphon::types::ApUrl;
use http::StatusCode;
use serde_json::{Value, json};

use crate::support::{FakeInstance, Fault, Flaw, Person, TestNode, both_databases};

/// Somebody who proves what they write.
pub(super) struct Writer {
    /// The person.
    pub(super) person: Person,
    key: Ed25519Key,
}

impl Writer {
    /// Somebody on this server.
    pub(super) fn of(there: &FakeInstance, name: &str) -> Self {
        let writer = Self {
            person: there.person(name),
            key: Ed25519Key::generate().unwrap(),
        };
        there.publish(&writer.document());
        writer
    }

    fn document(&self) -> Value {
        let mut document = self.person.document();
        document["assertionMethod"] = json!([{
            "id": self.method(), "type": "Multikey", "controller": self.person.id,
            "publicKeyMultibase": self.key.public_multibase(),
        }]);
        document
    }

    fn method(&self) -> String {
        self.person.at("#proofs")
    }

    /// An activity with a proof that is so many seconds old.
    pub(super) fn prove(&self, node: &TestNode, activity: Value, age: i64) -> Value {
        let made = node.app().now().plus_secs(-age);
        proof::add(activity, &self.key, &self.method(), made).unwrap()
    }
}

/// A reply that is served nowhere: what is stored of it can only come from what was passed on.
fn reply(writer: &Writer, parent: &str) -> Value {
    writer
        .person
        .activity("Create", writer.person.note(1, parent))
}

/// What our node shows as the key of a proof, as another server would find it.
async fn shown_key(node: &TestNode, method: &str) -> PublicKey {
    let document = node.get(node.alice()).await.json();
    let shown = &document["assertionMethod"][0];
    assert_eq!(shown["id"], method);
    assert_eq!(shown["controller"], node.alice());
    PublicKey::from_multibase(shown["publicKeyMultibase"].as_str().unwrap()).unwrap()
}

async fn holds(node: &TestNode, activity: &Value) -> bool {
    let doc: Doc = serde_json::from_value(activity.clone()).unwrap();
    let Some(proof) = Proof::of(&doc) else {
        return false;
    };
    let key = shown_key(node, proof.method()).await;
    proof.check(node.app().now()).unwrap();
    proof.verify(&doc, &key).is_ok()
}

both_databases! {
    async fn what_everybody_may_read_carries_its_actors_proof(node: TestNode) {
        let there = node.neighbour().await;
        node.followed_by(&[there.person("bob")]).await;
        let post = node.publish("Proven").await;
        node.drain().await;
        node.answer(&post, None, "Proven too").await;
        node.drain().await;
        for created in node.made().await.iter().filter(|made| made["type"] == "Create") {
            assert!(holds(&node, created).await, "{created}");
            assert_eq!(created["object"]["proof"], Value::Null, "what is served later has other numbers");
        }
        let mut changed = node.made_last("Create").await;
        changed["object"]["content"] = "<p>forged</p>".into();
        assert!(!holds(&node, &changed).await);
    }

    async fn what_is_for_one_carries_no_proof(node: TestNode) {
        let there = node.neighbour().await;
        node.followed_by(&[there.person("bob")]).await;
        let accept = node.made_last("Accept").await;
        assert_eq!(accept["proof"], Value::Null);
    }

    async fn our_key_for_proofs_is_the_one_that_is_stored(node: TestNode) {
        let id = ApUrl::new(node.alice());
        let keys = node.app().db.read(move |conn| {
            let alice = actor::load_by_ap_id(conn, &id)?.unwrap();
            actor::list_keys(conn, alice.id)
        });
        let stored = keys.await.unwrap();
        let document = node.get(node.alice()).await.json();
        let multibase = document["assertionMethod"][0]["publicKeyMultibase"].as_str().unwrap();
        assert!(stored.iter().any(|key| key.public == multibase));
    }

    async fn what_a_third_passes_on_with_its_actors_proof_is_taken_as_that_actors(node: TestNode) {
        let (there, relay) = (node.neighbour().await, node.neighbour().await);
        let (writer, bob) = (Writer::of(&there, "wendy"), relay.person("bob"));
        let post = node.publish("Passed on").await;
        let create = reply(&writer, post.ap_id.as_str());
        let note = create["object"].clone();
        node.accept(&bob.letter(writer.prove(&node, create, 60))).await;
        let taken = node.comment(&note).await.expect("it is stored");
        assert_eq!(taken.ap_id.as_str(), note["id"]);
        assert_eq!(there.requests_for(note["id"].as_str().unwrap()), 0, "nothing was left to fetch");
        let like = writer.person.activity("Like", json!(post.ap_id));
        let like = writer.prove(&node, like, 60);
        node.accept(&bob.letter(like.clone())).await;
        node.accept(&bob.letter(like)).await;
        assert_eq!(node.get(&format!("{}/likes", post.ap_id)).await.json()["totalItems"], 1);
        assert_eq!(there.requests_for(&writer.person.id), 1);
        let gone = writer.person.activity("Delete", note["id"].clone());
        node.accept(&bob.letter(writer.prove(&node, gone, 60))).await;
        assert!(node.thread(&post).await.iter().all(|(_, html)| !html.contains("wendy")));
    }

    async fn a_proof_that_does_not_hold_leaves_only_the_objects_id(node: TestNode) {
        let (there, relay) = (node.neighbour().await, node.neighbour().await);
        let (writer, bob, eve) = (Writer::of(&there, "wendy"), relay.person("bob"), Writer::of(&relay, "eve"));
        let post = node.publish("Forged").await;
        let create = reply(&writer, post.ap_id.as_str());
        let proven = writer.prove(&node, create.clone(), 60);
        let mut tampered = proven.clone();
        tampered["object"]["content"] = json!("<p>forged</p>");
        let by_eve = proof::add(create.clone(), &eve.key, &eve.method(), node.app().now()).unwrap();
        let in_her_name = proof::add(create.clone(), &eve.key, &writer.method(), node.app().now()).unwrap();
        let old = writer.prove(&node, create.clone(), 8 * 24 * 3600);
        let ahead = writer.prove(&node, create.clone(), -2 * 3600);
        let unproven = create.clone();
        for (what, forged) in [
            ("tampered", tampered), ("by eve", by_eve), ("in her name", in_her_name), ("old", old), ("ahead", ahead),
            ("unproven", unproven),
        ] {
            assert_eq!(node.receive(&bob.letter(forged)).await, StatusCode::ACCEPTED, "{what}");
            node.drain().await;
            assert!(node.numbers(&post).await.is_empty(), "{what}");
        }
        assert!(there.requests_for(create["object"]["id"].as_str().unwrap()) > 0, "it is looked for where it lives");
    }

    async fn a_proof_does_not_replace_the_request_s_own_signature(node: TestNode) {
        let there = node.neighbour().await;
        let writer = Writer::of(&there, "wendy");
        let post = node.publish("Unsigned").await;
        let proven = writer.prove(&node, reply(&writer, post.ap_id.as_str()), 60);
        let letter = writer.person.letter(proven).flawed(Flaw::Unsigned);
        assert_eq!(node.receive(&letter).await, StatusCode::UNAUTHORIZED);
        assert!(node.numbers(&post).await.is_empty());
    }

    async fn a_key_for_signatures_proves_nothing(node: TestNode) {
        let (there, relay) = (node.neighbour().await, node.neighbour().await);
        let (writer, bob) = (Writer::of(&there, "wendy"), relay.person("bob"));
        let mut document = writer.person.document();
        document["publicKey"] = json!({
            "id": writer.method(), "owner": writer.person.id, "publicKeyPem": writer.key.public_pem().unwrap(),
        });
        there.publish(&document);
        let post = node.publish("Not for assertions").await;
        node.accept(&bob.letter(writer.prove(&node, reply(&writer, post.ap_id.as_str()), 60))).await;
        assert!(node.numbers(&post).await.is_empty());
    }

    async fn a_linked_data_signature_is_never_looked_at(node: TestNode) {
        let (there, relay) = (node.neighbour().await, node.neighbour().await);
        let (writer, bob) = (Writer::of(&there, "wendy"), relay.person("bob"));
        let post = node.publish("Linked data").await;
        let mut create = reply(&writer, post.ap_id.as_str());
        create["signature"] = json!({
            "type": "RsaSignature2017", "creator": writer.person.key_id, "created": "2026-11-22T11:59:00Z",
            "signatureValue": "AAAA",
        });
        node.accept(&bob.letter(create)).await;
        assert!(node.numbers(&post).await.is_empty());
        assert_eq!(there.requests_for(&writer.person.id), 0, "not even its key is fetched");
    }

    async fn a_proof_s_key_is_read_anew_once_when_it_changed(node: TestNode) {
        let (there, relay) = (node.neighbour().await, node.neighbour().await);
        let (mut writer, bob) = (Writer::of(&there, "wendy"), relay.person("bob"));
        let post = node.publish("Rotated").await;
        let like = writer.person.activity("Like", json!(post.ap_id));
        node.accept(&bob.letter(writer.prove(&node, like, 60))).await;
        writer.key = Ed25519Key::generate().unwrap();
        there.publish(&writer.document());
        node.accept(&bob.letter(writer.prove(&node, reply(&writer, post.ap_id.as_str()), 60))).await;
        assert_eq!(node.numbers(&post).await, ["1"]);
        assert_eq!(there.requests_for(&writer.person.id), 2);
    }

    async fn a_proof_whose_key_cannot_be_had_falls_back_to_fetching(node: TestNode) {
        let (there, relay) = (node.neighbour().await, node.neighbour().await);
        let (writer, bob) = (Writer::of(&there, "wendy"), relay.person("bob"));
        let post = node.publish("Unreachable").await;
        node.drain().await;
        there.fail(&writer.person.id, Fault::Status(500));
        let create = reply(&writer, post.ap_id.as_str());
        let proven = writer.prove(&node, create, 60);
        assert_eq!(node.receive(&bob.letter(proven)).await, StatusCode::ACCEPTED);
        assert_eq!(node.jobs().await, 1);
    }
}
