//! Load on a whole node, over loopback only: `cargo bench --bench load -- all`, or some of `delivery https faults inbox
//! refused first-contact page threads start stampede`. Each figure stands beside what the machine could do in the same seconds.
//! `lists` compares a small blog with one of a million posts, and takes minutes; `generate POSTS COMMENTS FOLDER` makes such a blog.

mod ceiling;
mod client;
mod cpu;
mod delivery;
mod generate;
mod inbox;
mod lists;
mod page;
mod people;
mod process;
mod refused;
mod report;
mod sink;
mod stampede;
#[path = "../support/mod.rs"]
mod support;
mod threads;

use report::Row;

/// The node's, for nodes that run in here.
#[cfg(not(target_env = "msvc"))]
#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

const ALL: [&str; 10] = [
    "delivery",
    "https",
    "faults",
    "inbox",
    "refused",
    "first-contact",
    "page",
    "threads",
    "start",
    "stampede",
];

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    // `cargo test --all-targets` builds and starts this too; only `cargo bench` says so.
    if !arguments.iter().any(|argument| argument == "--bench") {
        return;
    }
    let named: Vec<&str> = arguments
        .iter()
        .map(String::as_str)
        .filter(|one| !one.starts_with("--"))
        .collect();
    if let Some((&"generate", rest)) = named.split_first() {
        return generate::by_hand(rest);
    }
    let wanted = if named.is_empty() || named.contains(&"all") {
        ALL.to_vec()
    } else {
        named
    };
    let mut rows = Vec::new();
    for name in wanted {
        eprintln!("measuring {name} …");
        rows.extend(measure(name));
    }
    report::print(&rows);
}

fn measure(name: &str) -> Vec<Row> {
    match name {
        "delivery" => delivery::plain(),
        "https" => delivery::https(),
        "faults" => delivery::faults(),
        "inbox" => inbox::known_senders(),
        "refused" => refused::refused(),
        "first-contact" => inbox::first_contact(),
        "page" => page::pages(),
        "threads" => threads::completed(),
        "start" => process::start_and_memory(),
        "stampede" => stampede::stampede(),
        "lists" => lists::lists(),
        other => {
            eprintln!(
                "there is no measurement \"{other}\"; there are: {}, lists",
                ALL.join(", ")
            );
            Vec::new()
        }
    }
}
