//! Holds the shape of the crate: which room may look into which, where SQL and HTTP may stand, how long a file
//! may be. It reads `src/**/*.rs` as text. Whoever moves a wall changes it here and says why in `docs/adr`.

mod rules;
mod security;
mod source;

use std::fs;
use std::path::{Path, PathBuf};

use source::SourceFile;

/// Lists the Rust files below `folder`, in a steady order.
fn rust_files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_path_buf()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).expect("a source folder can be listed") {
            let path = entry.expect("a folder entry can be read").path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|ending| ending == "rs") {
                found.push(path);
            }
        }
    }
    found.sort();
    found
}

/// Reads the crate's own source, with paths as seen from the crate's root (`src/domain/post/mod.rs`).
fn crate_source() -> Vec<SourceFile> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    rust_files(&root.join("src"))
        .iter()
        .map(|path| {
            let text = fs::read_to_string(path).expect("a source file is UTF-8");
            let name = path.strip_prefix(root).expect("the file lies in the crate");
            SourceFile::new(&name.to_string_lossy().replace('\\', "/"), &text)
        })
        .collect()
}

/// Runs one rule over the crate and fails with every place that breaks it.
fn hold(rule: fn(&SourceFile) -> Vec<String>) {
    let mut broken: Vec<String> = crate_source().iter().flat_map(rule).collect();
    broken.dedup();
    assert!(broken.is_empty(), "\n{}\n", broken.join("\n"));
}

#[test]
fn no_room_looks_the_wrong_way() {
    hold(rules::rooms);
}

#[test]
fn a_slice_calls_only_slices_left_of_it() {
    hold(rules::slices);
}

#[test]
fn every_file_opens_by_saying_what_it_owns() {
    hold(rules::opening);
}

#[test]
fn no_file_is_longer_than_the_wall() {
    hold(rules::length);
}

#[test]
fn sql_stands_only_in_stores_pages_queue_hosts_and_db() {
    hold(rules::sql);
}

#[test]
fn placeholders_are_numbered_in_reading_order_each_once() {
    hold(rules::placeholders);
}

#[test]
fn only_the_http_room_talks_to_reqwest() {
    hold(rules::http_client);
}

#[test]
fn nothing_leaves_the_node_but_through_the_guarded_client() {
    hold(rules::ways_out);
}

#[test]
fn another_way_out_is_named_wherever_it_stands() {
    for text in [
        "//! .\nfn f() { tokio::net::TcpStream::connect(a) }\n",
        "//! .\nuse hyper_util::client::legacy::Client;\n",
        "//! .\nfn f() { ureq::get(a) }\n",
        "//! .\nfn f() { (a, 0).to_socket_addrs() }\n",
    ] {
        assert_eq!(
            verdict(rules::ways_out, "src/domain/media/mod.rs", text).len(),
            1,
            "{text}"
        );
    }
    let tests = "//! .\nmod tests { fn f() { TcpStream::connect(a) } }\n";
    assert!(verdict(rules::ways_out, "src/server/connections.rs", tests).is_empty());
}

/// What `rule` says about a file of this name and text.
fn verdict(rule: fn(&SourceFile) -> Vec<String>, path: &str, text: &str) -> Vec<String> {
    rule(&SourceFile::new(path, text))
}

#[test]
fn a_wrong_look_is_named_with_file_line_and_rule() {
    let text = "//! Posts.\n\nuse crate::{db::Db, federation::outbox as out};\n";
    let broken = verdict(rules::rooms, "src/domain/post/mod.rs", text);
    assert_eq!(
        broken,
        [
            "src/domain/post/mod.rs:3: `domain` must not look into `federation` (see tests/integration/architecture/rules.rs)"
        ]
    );
}

#[test]
fn a_look_through_super_or_in_the_middle_of_a_function_is_seen() {
    let through_super = "//! .\nuse super::super::moderation::Block;\n";
    assert_eq!(
        verdict(rules::slices, "src/domain/comment/store.rs", through_super).len(),
        1
    );
    let inline = "//! .\nfn f() { let _ = crate::queue::pending(); }\n";
    assert_eq!(verdict(rules::rooms, "src/web/pages.rs", inline).len(), 1);
    let within = "//! .\nmod tests { use super::super::thread::build; }\n";
    assert!(verdict(rules::slices, "src/domain/comment/store.rs", within).is_empty());
}

#[test]
fn comments_and_strings_are_not_code() {
    let text = "//! See crate::federation.\n// crate::federation\nconst A: &str = \"crate::federation\"; /* crate::web /* x */ */\n";
    assert!(verdict(rules::rooms, "src/domain/post/mod.rs", text).is_empty());
}

#[test]
fn sql_in_a_use_case_is_refused_and_an_atomic_load_is_not_sql() {
    let sql = "//! .\nfn f() { posts::table\n.load(conn) }\nfn g() { diesel::delete(x) }\n";
    assert_eq!(verdict(rules::sql, "src/domain/post/mod.rs", sql).len(), 2);
    assert!(verdict(rules::sql, "src/domain/post/store.rs", sql).is_empty());
    let atomic = "//! .\nfn f() { flag.load(Ordering::SeqCst); swap.load(); }\n";
    assert!(verdict(rules::sql, "src/clock.rs", atomic).is_empty());
}

#[test]
fn placeholders_out_of_order_or_repeated_are_refused() {
    let swapped = "//! .\nconst A: &str = \"SELECT a FROM b WHERE c=$2 AND d=$1\";\n";
    assert_eq!(
        verdict(rules::placeholders, "src/db/mod.rs", swapped).len(),
        1
    );
    let twice = "//! .\nconst A: &str = r#\"SELECT a FROM b WHERE c=$1 OR d=$1\"#;\n";
    assert_eq!(
        verdict(rules::placeholders, "src/db/mod.rs", twice).len(),
        1
    );
    let right = "//! .\nconst A: &str = \"SELECT a WHERE c=$1 LIMIT $2\";\nconst B: &str = \" AND e=$3\";\n";
    assert!(verdict(rules::placeholders, "src/db/mod.rs", right).is_empty());
}
