//! `antiphon comment locate`: what became of a reply, with and without looking where it lives.

use antiphon::clock::Clock;
use serde_json::json;

use super::Node;
use crate::support::{FakeInstance, TestDb, both_databases};

both_databases! {
    async fn a_reply_is_located_and_on_request_looked_up_and_taken(db: TestDb) {
        let there = FakeInstance::start(&Clock::System).await;
        let bob = there.person("bob");
        let node = Node::made(db);
        let file = node.file("post.md", "# One\n\nText");
        node.say(&format!("post create {file}")).ok();
        let post = node.json("post list")[0]["ap_id"].as_str().unwrap().to_owned();
        let note = bob.note(1, &post);
        there.publish(&note);
        let address = note["id"].as_str().unwrap().to_owned();
        assert_eq!(node.say(&format!("comment locate {address}")).ok(), "unknown: it never came here");
        assert_eq!(there.requests_for(&address), 0, "only --look asks others");

        // The program runs beside the server that it asks.
        let looked = tokio::task::spawn_blocking(move || {
            let env = [
                ("ANTIPHON_FEDERATION__ALLOW_LOOPBACK", "true"),
                ("ANTIPHON_FEDERATION__ALLOW_HTTP", "true"),
                ("ANTIPHON_DISCUSSION__MODERATION", "open"),
            ];
            let run = node.run_with(&["comment", "locate", &address, "--look"], &env, "").ok();
            (node, address, run)
        });
        let (node, address, run) = looked.await.unwrap();
        let lines: Vec<&str> = run.lines().collect();
        assert_eq!(lines[0], "published: it stands under the post");
        assert!(lines[3].ends_with("/posts/one/comments/1#comment-1"), "{run}");
        let found = node.json(&format!("comment locate {address}"));
        assert_eq!(found["verdict"], "published");
        assert_eq!(found["comment_id"], node.json("comment list --post one")[0]["id"]);
        assert_eq!((&found["code"], &found["rule"]), (&json!(null), &json!(null)));

        let refused = node.say("comment locate nonsense").refused(1);
        assert!(refused.contains("is no whole address"), "{refused}");
    }
}
