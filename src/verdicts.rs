//! What became of messages that leave no other row, until it is written down: a bounded memory, so that refusing costs no
//! write. It knows no SQL; `domain::verdict` writes and reads.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::types::{ApUrl, Host, Timestamp, word_enum};

/// Notes that wait at once: of what was proven, and of what was only said. The one can never push the other out.
const PROVEN_MAX: usize = 4_096;
const UNPROVEN_MAX: usize = 1_024;
/// Longest address that is noted, in bytes.
const ADDRESS_MAX: usize = 2_048;

word_enum! {
    /// What became of a message that left no other row.
    Verdict {
        /// It was turned away.
        Refused = "refused",
        /// It was taken and does nothing here.
        Ignored = "ignored",
        /// We asked for it, and it could not be had.
        Missed = "missed",
    }
}

/// What became of one message, by what it was about: addresses and words, no text and no names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Note {
    /// The id of the object; of the activity, when it is about nothing of its own.
    pub object: ApUrl,
    /// The address of its page, when it is public and on the same server.
    pub page: Option<ApUrl>,
    /// Where it lives.
    pub host: Host,
    /// What became of it.
    pub verdict: Verdict,
    /// Why, by the word of `federation::reason`.
    pub reason: String,
    /// It was proven to come from who it says, or fetched from there.
    pub proven: bool,
    /// When.
    pub seen_at: Timestamp,
}

impl Note {
    /// A note about what was only said, not proven. None when the id is no address, or a very long one.
    pub fn new(object: ApUrl, verdict: Verdict, reason: &str, now: Timestamp) -> Option<Self> {
        let host = object.host()?;
        (object.as_str().len() <= ADDRESS_MAX).then(|| Self {
            object,
            page: None,
            host,
            verdict,
            reason: reason.to_owned(),
            proven: false,
            seen_at: now,
        })
    }

    /// The same, proven.
    #[must_use]
    pub fn proven(mut self) -> Self {
        self.proven = true;
        self
    }

    /// Names the page of what is public. One on another server is not believed.
    #[must_use]
    pub fn with_page(mut self, page: Option<ApUrl>) -> Self {
        let near = |page: &ApUrl| {
            page.as_str().len() <= ADDRESS_MAX && page.host().as_ref() == Some(&self.host)
        };
        self.page = page.filter(near);
        self
    }

    /// True when it may take the place of what was noted before: what is proven stands against what is only said, and
    /// what somebody sent against our not finding it.
    pub fn outweighs(&self, proven: bool, verdict: Verdict) -> bool {
        weight(self.proven, self.verdict) >= weight(proven, verdict)
    }
}

const fn weight(proven: bool, verdict: Verdict) -> u8 {
    match (proven, verdict) {
        (true, _) => 2,
        (false, Verdict::Refused | Verdict::Ignored) => 1,
        (false, Verdict::Missed) => 0,
    }
}

/// The notes that wait to be written down.
#[derive(Debug, Default)]
pub struct Verdicts(Mutex<Waiting>);

#[derive(Debug, Default)]
struct Waiting {
    proven: HashMap<ApUrl, Note>,
    unproven: HashMap<ApUrl, Note>,
}

impl Verdicts {
    /// Notes what became of a message. Dropped when too many wait already.
    pub fn note(&self, note: Note) {
        let mut waiting = self.lock();
        if note.proven {
            waiting.unproven.remove(&note.object);
            put(&mut waiting.proven, note, PROVEN_MAX);
        } else if !waiting.proven.contains_key(&note.object) {
            put(&mut waiting.unproven, note, UNPROVEN_MAX);
        }
    }

    /// True when another note of what is not proven would be kept: else it need not be made.
    pub fn has_room(&self) -> bool {
        self.lock().unproven.len() < UNPROVEN_MAX
    }

    /// What waits to be written down, one note an object.
    pub fn take(&self) -> Vec<Note> {
        let Waiting { proven, unproven } = std::mem::take(&mut *self.lock());
        proven.into_values().chain(unproven.into_values()).collect()
    }

    fn lock(&self) -> MutexGuard<'_, Waiting> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn put(notes: &mut HashMap<ApUrl, Note>, note: Note, most: usize) {
    match notes.get(&note.object) {
        Some(known) if !note.outweighs(known.proven, known.verdict) => {}
        None if notes.len() >= most => {}
        _ => {
            notes.insert(note.object.clone(), note);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp::from_secs(1_800_000_000);

    fn note(number: usize, reason: &str) -> Note {
        let id = ApUrl::new(format!("https://far.example/{number}"));
        Note::new(id, Verdict::Refused, reason, NOW).unwrap()
    }

    #[test]
    fn what_is_only_said_replaces_nothing_that_is_proven() {
        let verdicts = Verdicts::default();
        verdicts.note(note(1, "a"));
        verdicts.note(note(1, "b").proven());
        verdicts.note(note(1, "c"));
        let taken = verdicts.take();
        assert_eq!((taken.len(), taken[0].reason.as_str()), (1, "b"));
        assert!(verdicts.take().is_empty());
    }

    #[test]
    fn what_cannot_be_had_replaces_nothing_that_came() {
        let verdicts = Verdicts::default();
        let missed = Note {
            verdict: Verdict::Missed,
            ..note(1, "unreachable")
        };
        verdicts.note(note(1, "a"));
        verdicts.note(missed.clone());
        assert_eq!(verdicts.take()[0].reason, "a");
        verdicts.note(missed);
        verdicts.note(note(1, "b"));
        assert_eq!(verdicts.take()[0].reason, "b");
    }

    #[test]
    fn a_flood_of_claims_is_bounded_and_leaves_room_for_what_is_proven() {
        let verdicts = Verdicts::default();
        for number in 0..3 * UNPROVEN_MAX {
            verdicts.note(note(number, "a"));
        }
        assert!(!verdicts.has_room());
        verdicts.note(note(usize::MAX, "b").proven());
        for number in 0..2 * PROVEN_MAX {
            verdicts.note(note(number + 4 * UNPROVEN_MAX, "c").proven());
        }
        let taken = verdicts.take();
        assert!(taken.iter().any(|note| note.reason == "b"));
        assert_eq!(taken.len(), PROVEN_MAX + UNPROVEN_MAX);
    }

    #[test]
    fn only_addresses_are_noted_and_only_pages_near_by() {
        let new = |id: &str| Note::new(ApUrl::new(id), Verdict::Ignored, "x", NOW);
        assert!(new("urn:uuid:1").is_none() && new("nonsense").is_none());
        assert!(new(&format!("https://far.example/{}", "x".repeat(ADDRESS_MAX))).is_none());
        let page = |page: &str| note(1, "x").with_page(Some(ApUrl::new(page))).page;
        assert!(page("https://far.example/@bob/1").is_some());
        assert_eq!(page("https://evil.example/@bob/1"), None);
    }
}
