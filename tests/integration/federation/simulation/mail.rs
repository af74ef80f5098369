//! What the hosts deliver to us, and what of it gets lost, comes twice, late or in another order.

use std::collections::HashMap;

use antiphon::types::Timestamp;
use http::StatusCode;
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};
use serde_json::{Value, json};

use super::net::Net;
use super::world::{HOUR, MINUTE, World};
use crate::support::TestNode;

/// How often a letter that was answered 503 or 429 is sent again, an hour later each time.
const TRIES: u32 = 30;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Create,
    Update,
    Delete,
}

#[derive(Clone, Copy, Debug)]
struct Letter {
    at: i64,
    note: usize,
    kind: Kind,
    tries: u32,
}

/// Letters on their way, and what became of those that arrived.
pub(super) struct Mail {
    /// The next one last.
    letters: Vec<Letter>,
    /// The latest version of each note that we took.
    pub(super) taken: HashMap<usize, u32>,
    /// Notes whose deletion we took.
    pub(super) deleted: Vec<usize>,
    /// Answers to letters that are none of the expected ones.
    pub(super) strange: Vec<String>,
}

impl Mail {
    /// All that the people of a world send us, less what gets lost.
    pub(super) fn write(world: &World) -> Self {
        let mut dice = StdRng::seed_from_u64(world.seed ^ 0xD1CE);
        let mut letters = Vec::new();
        for (note, said) in world.notes.iter().enumerate().filter(|(_, n)| n.tells_us) {
            let mut send = |kind, at: Option<i64>| {
                let Some(at) = at else { return };
                let copies = match dice.random_range(0..100) {
                    _ if !world.lossy => 1,
                    0..=29 => 0,
                    30..=44 => 2,
                    _ => 1,
                };
                for _ in 0..copies {
                    let late = if world.lossy && dice.random_bool(0.2) {
                        6 * HOUR
                    } else {
                        MINUTE
                    };
                    let at = at + dice.random_range(0..late);
                    letters.push(Letter {
                        at,
                        note,
                        kind,
                        tries: 0,
                    });
                }
            };
            send(Kind::Create, Some(said.at));
            send(Kind::Update, said.edited);
            send(Kind::Delete, said.deleted);
        }
        letters.sort_by_key(|letter| std::cmp::Reverse(letter.at));
        Self {
            letters,
            taken: HashMap::new(),
            deleted: Vec::new(),
            strange: Vec::new(),
        }
    }

    /// When the next letter comes.
    pub(super) fn next(&self) -> Option<i64> {
        self.letters.last().map(|letter| letter.at)
    }

    /// Brings the letters that are due.
    pub(super) async fn bring(&mut self, node: &TestNode, net: &Net) {
        let now = net.now();
        while self.next().is_some_and(|at| at <= now)
            && let Some(letter) = self.letters.pop()
        {
            let activity = activity(net.world(), letter, net.start_time(), now);
            let status = node
                .receive(&net.author(letter.note).letter(activity))
                .await;
            self.note(letter, status, now);
        }
    }

    fn note(&mut self, letter: Letter, status: StatusCode, now: i64) {
        let version = match letter.kind {
            Kind::Create => 1,
            Kind::Update => 2,
            Kind::Delete => 0,
        };
        match status {
            StatusCode::ACCEPTED if version == 0 => self.deleted.push(letter.note),
            StatusCode::ACCEPTED => {
                let known = self.taken.entry(letter.note).or_default();
                *known = version.max(*known);
            }
            StatusCode::SERVICE_UNAVAILABLE | StatusCode::TOO_MANY_REQUESTS
                if letter.tries < TRIES =>
            {
                self.letters.push(Letter {
                    at: now + HOUR,
                    tries: letter.tries + 1,
                    ..letter
                });
                self.letters
                    .sort_by_key(|letter| std::cmp::Reverse(letter.at));
            }
            // Of a blocked host, or its sender gives up.
            StatusCode::FORBIDDEN
            | StatusCode::SERVICE_UNAVAILABLE
            | StatusCode::TOO_MANY_REQUESTS => {}
            status => self
                .strange
                .push(format!("{letter:?} was answered {status}")),
        }
    }
}

fn activity(world: &World, letter: Letter, start: Timestamp, now: i64) -> Value {
    let note = &world.notes[letter.note];
    let document = |version| world.note_document(letter.note, version, start, now);
    let (kind, rest, object) = match letter.kind {
        Kind::Create => ("Create", "create", document(1)),
        Kind::Update => ("Update", "update", document(2)),
        Kind::Delete => (
            "Delete",
            "delete",
            json!({ "id": note.id, "type": "Tombstone" }),
        ),
    };
    json!({
        "@context": "https://www.w3.org/ns/activitystreams",
        "id": format!("{}/{rest}", note.id),
        "type": kind,
        "actor": world.person(note),
        "to": object.get("to").cloned().unwrap_or_else(|| json!(["https://www.w3.org/ns/activitystreams#Public"])),
        "cc": object.get("cc").cloned().unwrap_or_else(|| json!([])),
        "object": object,
    })
}
