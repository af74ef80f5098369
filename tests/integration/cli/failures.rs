//! What the commands do when something is wrong: one sentence, a status that is not 0, nothing half-written.

use super::{Node, names};
use crate::support::{TestDb, both_databases};
use diesel::connection::SimpleConnection;
use diesel::prelude::*;

/// Runs SQL in a SQLite file.
fn sql(path: &std::path::Path, text: &str) {
    let mut conn = SqliteConnection::establish(&path.to_string_lossy()).unwrap();
    conn.batch_execute(text).unwrap();
}

both_databases! {
    async fn init_overwrites_nothing(db: TestDb) {
        let node = Node::made(db);
        let before = std::fs::read(node.toml()).unwrap();
        let refused = node.init().refused(1);
        assert!(refused.contains("antiphon.toml exists"), "{refused}");
        assert_eq!(std::fs::read(node.toml()).unwrap(), before);
        // Without the file the database still holds the node.
        std::fs::remove_file(node.toml()).unwrap();
        let left = names(&node.data);
        let refused = node.init().refused(1);
        assert!(refused.contains("the account \"alice\""), "{refused}");
        assert_eq!(names(&node.data), left);
    }
}

#[test]
fn init_names_what_is_missing_and_writes_nothing() {
    let node = Node::place(TestDb::sqlite());
    let refused = node.say("init --account alice").refused(2);
    assert!(
        refused.starts_with("--url and --title must be given"),
        "{refused}"
    );
    assert!(!node.data.exists());
}

#[test]
fn init_refuses_what_is_wrong_and_leaves_nothing_behind() {
    let node = Node::place(TestDb::sqlite());
    let short = node.file("short", "short");
    let good = ["https://a.test", "alice", "Blog"];
    let with = |url: &str, name: &str, rest: &str| {
        let rest = rest.split(' ').filter(|word| !word.is_empty());
        let mut args = vec!["init", "--url", url, "--account", name, "--title", good[2]];
        args.extend(rest);
        node.run(&args)
    };
    for (run, part) in [
        (with("a.test", good[1], ""), "https://blog.example"),
        (with("https://a.test/blog", good[1], ""), "behind the host"),
        (with(good[0], "Alice", ""), "a-z, 0-9 and _"),
        (
            with(good[0], good[1], "--language klingonese1"),
            "site.language",
        ),
        (
            with(good[0], good[1], "--database mysql://x"),
            "database.url",
        ),
        (
            with(good[0], good[1], &format!("--password-file {short}")),
            "10 to 1000",
        ),
        (
            with(good[0], good[1], "--password-file nowhere"),
            "cannot read nowhere",
        ),
        (
            with(
                good[0],
                good[1],
                "--database postgres://a:geheim@127.0.0.1:1/x",
            ),
            "cannot reach",
        ),
        (
            with(good[0], good[1], "--database sqlite:/proc/none/x.db"),
            "/proc/none",
        ),
    ] {
        let refused = run.refused(1);
        assert!(refused.contains(part), "{refused}");
        assert!(!refused.contains("geheim"), "{refused}");
        assert!(!node.data.exists(), "{refused}");
    }
    let args: Vec<&str> = "init --url https://a.test --account alice --title Blog"
        .split(' ')
        .collect();
    let env = [("ANTIPHON_SITE__URL", "https://b.test")];
    let refused = node.run_with(&args, &env, "").refused(1);
    assert!(refused.contains("ANTIPHON_SITE__URL"), "{refused}");
    assert!(!node.data.exists());
}

#[test]
fn init_takes_only_away_what_it_made() {
    let node = Node::place(TestDb::sqlite());
    std::fs::create_dir(&node.data).unwrap();
    let file = node.data.join("antiphon.db");
    sql(&file, "CREATE TABLE songs (id INTEGER)");
    let refused = node.init().refused(1);
    assert!(refused.contains("another program's tables"), "{refused}");
    assert_eq!(
        names(&node.data).first().map(String::as_str),
        Some("antiphon.db")
    );
    assert!(!node.toml().exists());
    sql(&file, "SELECT id FROM songs");
}

#[test]
fn an_unknown_flag_or_command_is_a_usage_error() {
    let node = Node::place(TestDb::sqlite());
    for line in [
        "init --frob",
        "frob",
        "token create --name x --scope all",
        "post create",
    ] {
        let run = node.say(line);
        assert_eq!((run.status, run.out.as_str()), (2, ""), "{line}");
        assert!(run.err.starts_with("error: "), "{line}: {}", run.err);
    }
}

#[test]
fn a_folder_without_a_node_names_the_way_to_one() {
    let node = Node::place(TestDb::sqlite());
    for line in ["post list", "serve", "config print", "queue status"] {
        let refused = node.say(line).refused(1);
        assert!(
            refused.contains("antiphon init --data"),
            "{line}: {refused}"
        );
    }
    assert!(!node.data.exists());
}

#[test]
fn an_unknown_key_or_bad_toml_is_named_with_its_place() {
    let node = Node::made(TestDb::sqlite());
    let good = std::fs::read_to_string(node.toml()).unwrap();
    std::fs::write(node.toml(), format!("{good}\n[server]\nbnid = \"x\"\n")).unwrap();
    let refused = node.say("post list").refused(1);
    assert!(
        refused.contains("\"server.bnid\"") && refused.contains("\"server.bind\""),
        "{refused}"
    );
    std::fs::write(node.toml(), "[site]\nurl\n").unwrap();
    let refused = node.say("config print").refused(1);
    assert!(refused.contains("line 2"), "{refused}");
    let doctor = node.say("doctor --json");
    assert_eq!(doctor.status, 1);
    assert!(doctor.out.contains("\"configuration\""), "{}", doctor.out);
}

#[test]
fn a_database_that_is_missing_foreign_newer_or_out_of_reach_is_told_apart() {
    let node = Node::made(TestDb::sqlite());
    let file = node.data.join("antiphon.db");
    let newer = "INSERT INTO __diesel_schema_migrations (version) VALUES ('9999')";
    sql(&file, newer);
    let refused = node.say("post list").refused(1);
    assert!(
        refused.contains("a newer Antiphon") && refused.contains("9999"),
        "{refused}"
    );

    let foreign = node.data.join("songs.db");
    sql(&foreign, "CREATE TABLE songs (id INTEGER)");
    for (url, part) in [
        ("sqlite:songs.db", "another program's tables"),
        ("sqlite:gone.db", "is missing"),
        ("postgres://a:geheim@127.0.0.1:1/x", "cannot reach"),
        ("mysql://x", "neither"),
    ] {
        let run = node.run_with(&["post", "list"], &[("ANTIPHON_DATABASE__URL", url)], "");
        let refused = run.refused(1);
        assert!(
            refused.contains(part) && !refused.contains("geheim"),
            "{refused}"
        );
    }
    assert!(!node.data.join("gone.db").exists());
}

#[test]
fn what_does_not_exist_is_named_with_the_way_to_find_it() {
    let node = Node::made(TestDb::sqlite());
    for (line, part) in [
        ("post edit nowhere --title x", "post list"),
        ("post delete 12 --yes", "post list"),
        ("comment edit 12 text", "comment list"),
        ("comment approve 12", "comment list"),
        ("comment reply --comment 12 text", "comment list"),
        ("token revoke 12", "token list"),
        (
            "token create --account bob --name x --scope read",
            "account list",
        ),
        ("account password bob --password-file -", "10 to 1000"),
        ("queue retry --post nowhere", "post list"),
    ] {
        let refused = node.say(line).refused(1);
        assert!(refused.contains(part), "{line}: {refused}");
    }
}

#[test]
fn a_post_that_is_not_accepted_says_why_and_is_not_kept() {
    let node = Node::made(TestDb::sqlite());
    let text = node.file("text.md", "No heading.");
    let empty = node.file("empty.md", "# Only a title\n");
    let front = node.file("front.md", "---\ntitle = wrong\n---\nText");
    for (line, part) in [
        (format!("post create {text}"), "--title"),
        (
            format!("post create {empty}"),
            "content: a post needs a text",
        ),
        (format!("post create {front}"), "line 2"),
        (
            format!("post create {text} --title x --slug A!"),
            "slug: only a-z",
        ),
        (
            format!("post create {text} --title x --tag a-b"),
            "tags: \"a-b\"",
        ),
        (
            format!("post create {text} --title x --publish-at 2001-01-01T00:00:00Z"),
            "in the future",
        ),
        (
            "post create nowhere.md".to_owned(),
            "cannot read nowhere.md",
        ),
    ] {
        let refused = node.say(&line).refused(1);
        assert!(refused.contains(part), "{line}: {refused}");
    }
    assert_eq!(node.json("post list"), serde_json::json!([]));
}

#[test]
fn with_several_accounts_the_command_asks_whose() {
    let node = Node::made(TestDb::sqlite());
    node.say("account create bob").ok();
    let text = node.file("text.md", "# One\n\nText");
    let refused = node.say(&format!("post create {text}")).refused(2);
    assert!(refused.ends_with("--account: alice, bob"), "{refused}");
    let refused = node.say("account create bob").refused(1);
    assert!(refused.contains("already an account"), "{refused}");
    node.say(&format!("post create {text} --account bob")).ok();
    node.say("post edit one --title Two").ok();
}
