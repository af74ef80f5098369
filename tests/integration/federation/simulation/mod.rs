//! A simulated fediverse: many hosts with people in this process, deliveries that get lost, double, late and out of order,
//! edits, deletions, hosts that fail; and in the end the node holds every public reply that anybody named to it.
//!
//! A world follows from its seed. `ANTIPHON_TEST_SEEDS` says how many are lived through on each database, and
//! `ANTIPHON_TEST_SEED` names one of them; a failure prints its own.

mod documents;
mod mail;
mod net;
mod oracle;
mod run;
mod world;

use std::io::Write;

use futures_util::StreamExt;

use crate::support::{TestDb, both_databases};
use oracle::Outcome;
use world::World;

/// Worlds on each database.
const SEEDS: u64 = 200;
/// Worlds that are lived through at once.
const AT_ONCE: usize = 4;

fn seeds() -> Vec<u64> {
    let number = |name: &str| std::env::var(name).ok().and_then(|text| text.parse().ok());
    match number("ANTIPHON_TEST_SEED") {
        Some(seed) => vec![seed],
        None => (0..number("ANTIPHON_TEST_SEEDS").unwrap_or(SEEDS)).collect(),
    }
}

fn percent(part: usize, whole: usize) -> String {
    let tenths = part * 1000 / whole.max(1);
    format!("{}.{} %", tenths / 10, tenths % 10)
}

/// The closing line: how complete the threads were, and what it took.
fn tell(outcomes: &[(u64, Outcome)]) -> String {
    let sum =
        |count: fn(&Outcome) -> usize| outcomes.iter().map(|(_, one)| count(one)).sum::<usize>();
    let (truth, after) = (sum(|one| one.truth), sum(|one| one.after));
    let hundredths = sum(|one| one.requests) * 100 / after.max(1);
    format!(
        "{} worlds, {truth} true public replies: {} by deliveries alone, {} in the end; missing {} with a verdict, {} named by nobody; {}.{:02} requests a reply",
        outcomes.len(),
        percent(sum(|one| one.before), truth),
        percent(after, truth),
        sum(|one| one.accounted),
        sum(|one| one.unnamed),
        hundredths / 100,
        hundredths % 100,
    )
}

/// Prints a figure whether or not the test passes: what `println!` says is shown of failed tests only.
fn say(figure: &str) {
    let mut out = std::io::stderr().lock();
    writeln!(out, "{figure}").expect("there is somewhere to print");
}

both_databases! {
    async fn a_thread_of_a_thousand_replies_is_completed_with_little_more_than_a_request_for_each(db: TestDb) {
        let large = |urls: &[String], post: &str, alice: &str| World::large(urls, post, alice, 1000);
        let outcome = run::live_in(20, db, large).await;
        assert_eq!(outcome.faults, Vec::<String>::new());
        assert_eq!(outcome.after, 1000);
        let (until, all) = (outcome.until_whole, outcome.requests);
        say(&format!("a thousand replies: {until} requests until all were there, {all} in all"));
        assert!(outcome.until_whole <= 1200, "{} requests", outcome.until_whole);
    }

    async fn every_public_reply_that_anybody_names_is_held_in_the_end(db: TestDb) {
        let worlds = futures_util::stream::iter(seeds()).map(|seed| {
            let own = TestDb::like(&db);
            async move { (seed, run::live(seed, own.expect("there is one more")).await) }
        });
        let outcomes: Vec<(u64, Outcome)> = worlds.buffer_unordered(AT_ONCE).collect().await;
        say(&tell(&outcomes));
        let mut bad: Vec<_> = outcomes.iter().filter(|(_, one)| !one.faults.is_empty()).collect();
        bad.sort_by_key(|(seed, _)| *seed);
        for (seed, outcome) in bad.iter().take(5) {
            println!("ANTIPHON_TEST_SEED={seed}:\n  {}", outcome.faults.join("\n  "));
        }
        let seeds: Vec<u64> = bad.iter().map(|(seed, _)| *seed).collect();
        assert!(seeds.is_empty(), "{} worlds ended badly, by seed: {seeds:?}", seeds.len());
    }
}
