//! Why something is refused: the same stable word in the answer, in the metrics and in the log.

use http::StatusCode;
use serde_json::json;

use crate::support::{Answer, Fault, Flaw, Letter, TestNode, both_databases};

/// Sends something to the inbox and returns the whole answer.
async fn ask(node: &TestNode, letter: &Letter) -> Answer {
    let request = letter.request(&node.inbox(), node.app().now()).await;
    node.ask(request).await
}

async fn reason(node: &TestNode, letter: &Letter) -> (u16, String) {
    let answer = ask(node, letter).await;
    assert_eq!(
        answer.header("content-type"),
        "application/problem+json",
        "{answer:?}"
    );
    let problem = answer.json();
    assert_eq!(problem["status"], answer.status.as_u16());
    (
        answer.status.as_u16(),
        problem["reason"].as_str().unwrap().to_owned(),
    )
}

both_databases! {
    async fn every_refusal_names_its_reason(node: TestNode) {
        let there = node.neighbour().await;
        let (bob, gone) = (there.person("bob"), there.person("gone"));
        let unreachable = there.person("unreachable");
        there.fail(&gone.id, Fault::Status(410));
        there.fail(&unreachable.id, Fault::Status(500));
        let good = bob.tell("Follow", node.alice());
        let deep = format!("{{\"a\":{}{}}}", "[".repeat(500), "]".repeat(500));
        let mut foreign = bob.activity("Follow", json!(node.alice()));
        foreign["id"] = json!("https://other.example/1");
        let cases = [
            (413, "too_large", good.clone().body(vec![b' '; 1024 * 1024 + 1])),
            (415, "media_type", good.clone().called("text/html")),
            (401, "signature_missing", good.clone().flawed(Flaw::Unsigned)),
            (400, "signature_malformed", good.clone().flawed(Flaw::Garbled)),
            (401, "signature_digest", good.clone().flawed(Flaw::WrongDigest)),
            (401, "signature_window", good.clone().aged(13 * 3600)),
            (401, "signature_host", good.clone().flawed(Flaw::OtherHost)),
            (401, "signature_mismatch", good.clone().flawed(Flaw::OtherKey)),
            (400, "unreadable_json", good.clone().body("nonsense")),
            (400, "unreadable_json", good.clone().body("[]")),
            (400, "too_deep", good.clone().body(deep)),
            (400, "no_actor", good.clone().body("{\"type\":\"Follow\"}")),
            (403, "foreign_id", bob.letter(foreign)),
            (401, "key_gone", gone.tell("Follow", node.alice())),
            (503, "key_unreachable", unreachable.tell("Follow", node.alice())),
        ];
        for (status, word, letter) in cases {
            assert_eq!(reason(&node, &letter).await, (status, word.to_owned()));
        }
        node.block(there.host()).await;
        assert_eq!(reason(&node, &good).await, (403, "blocked_host".into()));
        assert_eq!((node.followers().await, node.jobs().await), (0, 0));
    }

    async fn refusals_and_what_is_ignored_are_counted_by_reason(node: TestNode) {
        let there = node.neighbour().await;
        let bob = there.person("bob");
        let follow = bob.tell("Follow", node.alice());
        ask(&node, &follow.clone().body("nonsense")).await;
        ask(&node, &follow.body("nonsense")).await;
        assert_eq!(ask(&node, &bob.tell("View", node.alice())).await.status, StatusCode::ACCEPTED);
        let text = node.app().metrics.render(0, 0);
        assert!(text.contains("antiphon_inbox_refusals_total{reason=\"unreadable_json\"} 2"), "{text}");
        assert!(text.contains("antiphon_inbox_ignored_total{reason=\"unknown_type\"} 1"), "{text}");
    }
}
