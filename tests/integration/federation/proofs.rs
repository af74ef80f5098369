//! Object integrity proofs: made on what we publish, believed on what others pass on.

use antiphon::domain::actor;
use antiphon::federation::objects::Doc;
use antiphon::federation::proof::Proof;
use antiphon::federation::signature::PublicKey;
use antiphon::types::ApUrl;
use serde_json::Value;

use crate::support::{TestNode, both_databases};

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
}
