//! What the commands do when all is well.

use std::os::unix::fs::PermissionsExt;

use antiphon::config;
use serde_json::json;

use super::{Node, names};
use crate::support::{TestDb, both_databases};

#[test]
fn init_makes_a_node_that_only_its_owner_can_read() {
    let node = Node::place(TestDb::sqlite());
    let run = node.init();
    assert!(run.err.contains("antiphon serve --data"), "{}", run.err);
    assert!(run.err.contains("account password alice"), "{}", run.err);
    assert_eq!(run.ok(), "");
    for name in names(&node.data) {
        let mode = node
            .data
            .join(&name)
            .metadata()
            .unwrap()
            .permissions()
            .mode();
        assert_eq!(mode & 0o077, 0, "{name}: {mode:o}");
    }
    let text = std::fs::read_to_string(node.toml()).unwrap();
    assert!(text.contains("# The blog's name"), "{text}");
    let values = text
        .lines()
        .filter(|l| !l.is_empty() && !l.starts_with('#'));
    assert_eq!(
        values.collect::<Vec<_>>(),
        [
            "[site]",
            "url = \"https://blog.example\"",
            "title = \"Blog\""
        ]
    );
}

both_databases! {
    async fn a_post_is_created_listed_edited_and_deleted(db: TestDb) {
        let node = Node::made(db);
        let file = node.file("post.md", "---\ntags: [rust, web]\n---\n# Call and response\n\nHello *world*.\n");
        let nowhere = node.file("nowhere.md", "# Psalm\n\n![Choir](red.png)");
        let refused = node.say(&format!("post create {nowhere}")).err;
        assert!(refused.contains("\"red.png\" has no whole address"), "{refused}");
        let made = node.json(&format!("post create {file}"));
        assert_eq!(made["title"], "Call and response");
        assert_eq!(made["slug"], "call-and-response");
        assert_eq!(made["url"], "https://blog.example/posts/call-and-response");
        assert_eq!(made["status"], "published");
        assert_eq!(made["tags"], json!(["rust", "web"]));
        assert_eq!(made["content"], "Hello *world*.\n");
        let id = made["id"].as_str().unwrap();

        let listed = node.json("post list");
        assert_eq!(listed.as_array().unwrap().len(), 1);
        assert_eq!(listed[0]["id"], id);

        let text = "+++\nsummary = \"Short\"\n+++\nNew text.\n";
        let edited = node.run_with(&["post", "edit", "call-and-response", "-", "--json"], &[], text).ok();
        assert!(edited.contains("\"New text.\\n\"") && edited.contains("\"Short\""), "{edited}");
        let edited = node.json(&format!("post edit {id} --title Later --tag one"));
        assert_eq!(edited["title"], "Later");
        assert_eq!(edited["content"], "New text.\n");
        assert_eq!(edited["tags"], json!(["one"]));
        assert!(edited["updated_at"].is_string());

        node.say(&format!("post delete {id} --yes")).ok();
        assert_eq!(node.json("post list"), json!([]));
        let again = node.say(&format!("post delete {id}")).refused(1);
        assert_eq!(again, "the post was deleted");
    }

    async fn what_a_running_node_is_to_do_waits_in_the_database(db: TestDb) {
        let node = Node::made(db);
        assert_eq!(node.json("queue status")["jobs"], 0);
        let file = node.file("post.md", "# One\n\nText");
        node.say(&format!("post create {file}")).ok();
        // To send it, to draw its preview, and to find what resembles it.
        assert_eq!(node.json("queue status")["jobs"], 3);
        assert_eq!(node.json("queue retry"), json!({"retried": 0}));
    }

    async fn accounts_and_tokens_are_made_listed_and_taken_away(db: TestDb) {
        let node = Node::made(db);
        assert_eq!(node.say("account create bob").ok(), "@bob@blog.example");
        let password = node.file("password", "correct horse battery\n");
        node.say(&format!("account password bob --password-file {password}")).ok();
        assert!(node.say("account edit bob").err.contains("--name, --about or both"));
        assert!(node.say("account edit nobody --name Bob").err.contains("account list"));
        node.say("account edit bob --name Bo&b --about *Sings*").ok();
        let accounts = node.json("account list");
        assert_eq!(accounts[1]["display_name"], "Bo&b");
        assert_eq!(accounts[0]["can_log_in"], false);
        assert_eq!(accounts[1]["can_log_in"], true);

        let token = node.say("token create --account bob --name x --scope write --scope moderate").ok();
        assert!(token.starts_with("antiphon_") && !token.contains(char::is_whitespace), "{token}");
        let tokens = node.json("token list");
        assert_eq!(tokens[0]["account"], "bob");
        assert_eq!(tokens[0]["scopes"], json!(["moderate", "write"]));
        assert!(!tokens.to_string().contains(&token));
        node.say(&format!("token revoke {}", tokens[0]["id"].as_str().unwrap())).ok();
        assert_eq!(node.json("token list"), json!([]));
    }

    async fn a_posts_comments_are_closed_by_a_flag_or_by_its_front_matter(db: TestDb) {
        let node = Node::made(db);
        let closed = node.file("closed.md", "---\ncomments: closed\n---\n# Closed\n\nText\n");
        assert_eq!(node.json(&format!("post create {closed}"))["comments"], "closed");
        assert_eq!(node.json("post edit closed --comments open")["comments"], "open");
        assert_eq!(node.json(&format!("post edit closed {closed}"))["comments"], "closed");
        assert_eq!(node.json(&format!("post edit closed {closed} --comments open"))["comments"], "open");
        let open = node.file("open.md", "# Open\n\nText\n");
        assert_eq!(node.json(&format!("post create {open}"))["comments"], "open");
        assert_ne!(node.say("post edit open --comments never").status, 0);
    }

    async fn comments_are_answered_edited_decided_about_and_deleted(db: TestDb) {
        let node = Node::made(db);
        let file = node.file("post.md", "# One\n\nText");
        node.say(&format!("post create {file}")).ok();
        let first = node.run(&["comment", "reply", "--post", "one", "First *words*", "--json"]).ok();
        let first: serde_json::Value = serde_json::from_str(&first).unwrap();
        let id = first["id"].as_str().unwrap();
        assert_eq!((first["number"].as_str(), first["status"].as_str()), (Some("1"), Some("published")));
        let second = node.run_with(&["comment", "reply", "--comment", id, "-"], &[], "From a pipe").ok();
        assert!(second.starts_with("https://blog.example/"), "{second}");
        let under = node.json("comment list --post one");
        assert_eq!(under[0]["number"], "1.1");
        assert_eq!(under[0]["parent_id"], id);

        node.run(&["comment", "edit", id, "Other words"]).ok();
        let versions = node.json(&format!("comment versions {id}"));
        assert_eq!(versions.as_array().unwrap().len(), 1);
        assert!(versions[0]["content"].as_str().unwrap().contains("First"), "{versions}");
        assert!(node.say(&format!("comment versions {id}")).ok().contains("First"));
        assert!(node.say("comment versions 1").err.contains("there is no comment 1"));
        for (verb, status) in [("hold", "held"), ("spam", "spam"), ("trash", "trash"), ("approve", "published")] {
            let decided = node.json(&format!("comment {verb} {id}"));
            assert_eq!(decided[0]["status"], status);
            let listed = node.json(&format!("comment list --status {status} --post one"));
            assert!(listed.to_string().contains("Other words"), "{listed}");
        }
        node.say(&format!("comment delete {id} --yes")).ok();
        assert_eq!(node.json("comment list --status deleted")[0]["id"], id);
    }

    async fn the_doctor_says_what_to_do(db: TestDb) {
        let node = Node::made(db);
        // Nothing listens there: the machine's own port 9 is refused, or kept from us by the guard.
        let env = [("ANTIPHON_FEDERATION__ALLOW_LOOPBACK", "true"), ("ANTIPHON_FEDERATION__ALLOW_HTTP", "true")];
        let run = node.run_with(&["doctor", "--json"], &[env[0], env[1], ("ANTIPHON_SITE__URL", "http://127.0.0.1:9")], "");
        assert_eq!(run.status, 1, "{}", run.err);
        let findings: Vec<serde_json::Value> = serde_json::from_str(&run.out).unwrap();
        let status = |check: &str| {
            let found = findings.iter().find(|f| f["check"] == check);
            found.map(|f| f["status"].as_str().unwrap().to_owned())
        };
        for check in ["configuration", "data folder", "database", "accounts", "clock"] {
            assert_eq!(status(check).as_deref(), Some("ok"), "{check}");
        }
        assert_eq!(status("federation.allow_loopback").as_deref(), Some("warning"));
        assert_eq!(status("federation.allow_http").as_deref(), Some("warning"));
        assert_eq!(status("discussion.moderation").as_deref(), Some("note"));
        assert_eq!(status("address of the accounts").as_deref(), Some("failed"));
        assert_eq!(status("reachable from outside").as_deref(), Some("failed"));
        for finding in findings {
            assert!(finding["status"] == "ok" || finding["fix"].is_string(), "{finding}");
        }
    }
}

#[test]
fn drafts_wait_until_they_are_published_and_scheduled_posts_for_their_moment() {
    let node = Node::made(TestDb::sqlite());
    let file = node.file("post.md", "---\nlayout: page\n---\n# One\n\nText");
    let run = node.say(&format!("post create {file} --draft"));
    assert!(run.err.contains("\"layout\" is not used"), "{}", run.err);
    assert!(run.ok().ends_with("/posts/one"));
    let late = node.json(&format!(
        "post create {file} --title Two --publish-at 2090-01-01T00:00:00Z"
    ));
    assert_eq!(late["status"], "scheduled");
    let listed = node.json("post list --status draft");
    assert_eq!(listed.as_array().unwrap().len(), 1);
    let published = node.json("post edit one --publish");
    assert_eq!(published["status"], "published");
    let now = node.json("post edit two --publish");
    assert_eq!(now["status"], "published");
}

#[test]
fn the_default_configuration_is_what_a_new_node_prints() {
    let node = Node::place(TestDb::sqlite());
    let init = "init --url https://blog.example --account alice --title";
    let mut args: Vec<&str> = init.split(' ').collect();
    args.push("A blog");
    node.run(&args).ok();
    let expected = config::DEFAULTS.replacen("url = \"\"", "url = \"https://blog.example\"", 1);
    let printed = node.say("config print").ok();
    assert_eq!(printed, expected.trim_end());
}

#[test]
fn config_print_shows_what_differs_and_hides_passwords() {
    let node = Node::made(TestDb::sqlite());
    let env = [
        ("ANTIPHON_DATABASE__URL", "postgres://me:geheim@db/x"),
        ("ANTIPHON_DISCUSSION__MODERATION", "all"),
    ];
    let printed = node.run_with(&["config", "print"], &env, "").ok();
    let mut expected = config::defaults();
    let changes = "[site]\nurl = \"https://blog.example\"\ntitle = \"Blog\"\n[discussion]\nmoderation = \"all\"\n\
                   [database]\nurl = \"postgres://me:***@db/x\"";
    config::overlay(&mut expected, changes, "a test").unwrap();
    assert_eq!(printed, expected.to_string().trim_end());
    let shown = node
        .run_with(&["config", "print", "--show-secrets", "--json"], &env, "")
        .ok();
    assert!(shown.contains("me:geheim@db"), "{shown}");
}

#[test]
fn every_shell_has_completions() {
    let node = Node::place(TestDb::sqlite());
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        assert!(
            node.say(&format!("completions {shell}"))
                .ok()
                .contains("antiphon")
        );
    }
}
