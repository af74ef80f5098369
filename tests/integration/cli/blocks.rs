//! `block`, `unblock`, `blocklist`.

use serde_json::{Value, json};

use super::Node;
use crate::support::{TestDb, both_databases};

both_databases! {
    async fn servers_are_blocked_and_unblocked_from_the_shell(db: TestDb) {
        let node = Node::made(db);
        let said = node.run(&["block", "Bad.Example", "--reason", "spam, mostly"]).ok();
        assert_eq!(said, "bad.example is blocked; hidden: 0 followers, 0 comments, 0 deliveries");
        let listed = node.json("blocklist list");
        assert_eq!((&listed[0]["domain"], &listed[0]["reason"]), (&json!("bad.example"), &json!("spam, mostly")));
        let csv = node.say("blocklist export").ok();
        let expected = "#domain,#severity,#reject_media,#reject_reports,#public_comment,#obfuscate\n\
            bad.example,suspend,true,true,\"spam, mostly\",false";
        assert_eq!(csv, expected);
        node.say("unblock BAD.example").ok();
        assert_eq!(node.json("blocklist list"), json!([]));
        let refused = node.say("unblock bad.example").refused(1);
        assert!(refused.contains("is not blocked"), "{refused}");
        for (domain, why) in [("blog.example", "this node itself"), ("com", "--force"), ("a/b", "no domain")] {
            let refused = node.say(&format!("block {domain}")).refused(1);
            assert!(refused.contains(why), "{domain}: {refused}");
        }
        node.say("block com --force").ok();
        assert_eq!(node.json("blocklist list")[0]["domain"], "com");
    }

    async fn the_list_that_mastodon_exports_is_imported(db: TestDb) {
        let node = Node::made(db);
        let text = "#domain,#severity,#reject_media,#reject_reports,#public_comment,#obfuscate\n\
            bad.example,suspend,true,true,spam,false\n\
            B\u{dc}CHER.example,suspend,false,false,,false\n\
            loud.example,silence,false,false,,false\n\
            b*d.example,suspend,true,true,,true\n\
            blog.example,suspend,true,true,,false\n\
            not a domain,suspend,true,true,,false\n";
        let file = node.file("blocks.csv", text);
        let done = node.json(&format!("blocklist import {file}"));
        assert_eq!(done["blocked"], 2);
        let skipped: Vec<&str> = done["skipped"].as_array().unwrap().iter().map(|line| line["domain"].as_str().unwrap()).collect();
        assert_eq!(skipped, ["loud.example", "b*d.example", "blog.example", "not a domain"]);
        let run = node.run(&["blocklist", "import", &file]);
        assert!(run.err.contains("skipped loud.example: its severity is \"silence\""), "{}", run.err);
        assert_eq!(run.out.trim(), "blocked: 2, skipped: 4; hidden: 0 followers, 0 comments, 0 deliveries");
        let listed = node.json("blocklist list");
        let names: Vec<&Value> = listed.as_array().unwrap().iter().map(|block| &block["domain"]).collect();
        assert_eq!(names, ["bad.example", "xn--bcher-kva.example"]);
        for wrong in ["no,columns\n", ""] {
            let file = node.file("wrong.csv", wrong);
            node.say(&format!("blocklist import {file}")).refused(1);
        }
        let large = node.file("large.csv", &"a".repeat(5 * 1024 * 1024));
        let refused = node.say(&format!("blocklist import {large}")).refused(1);
        assert!(refused.contains("more than"), "{refused}");
    }
}
