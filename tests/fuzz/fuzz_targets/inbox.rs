//! The body of a rightly signed request to the inbox, by the whole path to the rows: whatever Bob sends, the node does not
//! fail, a refusal changes nothing, only what is Bob's changes, and nothing that came says it is ours.
#![no_main]

use std::cell::RefCell;

use antiphon::error::Error;
use antiphon::federation::reason::Refusal;
use antiphon::text::sanitize;
use antiphon::types::ApUrl;
use antiphon_fuzz::{is_ours, node::Node};
use libfuzzer_sys::{fuzz_mutator, fuzz_target};

thread_local!(static NODE: RefCell<Node> = RefCell::new(Node::alone()));

/// Longer than any text of a row may be: sanitising is bounded at 256 KiB, a name within it at more.
const TEXT_MAX: i64 = 1024 * 1024;

fuzz_mutator!(|data: &mut [u8], size: usize, max_size: usize, seed: u32| {
    antiphon_fuzz::json::mutate(data, size, max_size, seed)
});

fuzz_target!(|body: &[u8]| {
    NODE.with_borrow_mut(|node| {
        let taken = node.receive("bob", &node.filled(body));
        let changed = node.changed();
        match taken {
            Err(Refusal {
                error: error @ (Error::Internal(_) | Error::Db(_) | Error::Setup(_)),
                ..
            }) => panic!("{}", error.log_text()),
            Err(error) => assert!(
                changed.is_empty(),
                "refused ({error}), but {changed:?} changed"
            ),
            Ok(_) if changed.is_empty() => return,
            Ok(_) => look_through(node, &changed),
        }
        if !changed.is_empty() {
            node.restore();
        }
    });
});

fn look_through(node: &mut Node, changed: &[String]) {
    const OURS: [&str; 10] = [
        "accounts",
        "tokens",
        "local_keys",
        "posts",
        "post_tags",
        "notes",
        "hosts",
        "activities",
        "deliveries",
        "actor_keys",
    ];
    for table in changed {
        assert!(!OURS.contains(&table.as_str()), "{table} changed");
    }
    let others = "(SELECT id FROM main.actors WHERE ap_id = 'https://bob.example/users/bob')";
    for (table, owner) in [
        ("comments", "actor_id"),
        ("reactions", "actor_id"),
        ("followers", "follower_id"),
        ("actors", "id"),
    ] {
        let sql = format!(
            "SELECT (SELECT count(*) FROM (SELECT * FROM base.{table} WHERE {owner} <> {others} EXCEPT SELECT * FROM main.{table})) \
             + (SELECT count(*) FROM (SELECT * FROM main.{table} WHERE {owner} <> {others} EXCEPT SELECT * FROM base.{table})) AS n"
        );
        assert_eq!(node.count(&sql), 0, "somebody else's {table}");
    }
    for (table, column) in [
        ("comments", "ap_id"),
        ("comments", "url"),
        ("reactions", "ap_id"),
        ("followers", "follow_ap_id"),
        ("parked", "ap_id"),
        ("parked", "actor_ap_id"),
        ("tombstones", "ap_id"),
        ("tombstones", "actor_ap_id"),
        ("received", "ap_id"),
    ] {
        for id in node.words(&format!("SELECT {column} AS word FROM (SELECT * FROM main.{table} EXCEPT SELECT * FROM base.{table})")) {
            assert!(!is_ours(&ApUrl::new(id.as_str())), "{table}.{column}: {id}");
        }
    }
    for html in node.words("SELECT html AS word FROM comments") {
        assert_eq!(sanitize::remote(&html).as_str(), html, "it is not clean");
    }
    for (table, column) in [
        ("comments", "html"),
        ("comments", "ap_id"),
        ("comments", "url"),
        ("comments", "language"),
        ("parked", "document"),
        ("parked", "ap_id"),
        ("parked", "parent_ap_id"),
        ("jobs", "payload"),
        ("reactions", "ap_id"),
        ("received", "ap_id"),
        ("tombstones", "ap_id"),
        ("followers", "follow_ap_id"),
    ] {
        let sql = format!(
            "SELECT count(*) AS n FROM {table} WHERE length({column}) > {TEXT_MAX} OR instr({column}, char(0)) > 0"
        );
        assert_eq!(
            node.count(&sql),
            0,
            "{table}.{column} is too long, or no text that PostgreSQL takes"
        );
    }
}
