//! What a node can know of a world at best, and must know at least, from what was delivered to it and what hosts that live
//! tell; and whether it does.

use std::collections::{HashMap, HashSet};

use antiphon::domain::comment::Comment;
use antiphon::domain::visibility::CommentStatus;
use antiphon::types::Timestamp;

use super::documents::words;
use super::mail::Mail;
use super::net::Log;
use super::world::{DAY, Fate, Style, Under, World};

/// What the node holds in the end.
pub(super) struct Held {
    /// Every comment from elsewhere.
    pub(super) comments: Vec<Comment>,
    /// Missing ids of which the node can tell what became.
    pub(super) accounted: HashSet<String>,
    /// When it all began.
    pub(super) start: Timestamp,
}

/// How a world ended.
#[derive(Debug, Default)]
pub(super) struct Outcome {
    /// What is wrong; empty when nothing is.
    pub(super) faults: Vec<String>,
    /// Public replies whose ancestors are public and whose servers we do not block.
    pub(super) truth: usize,
    /// Those of them that deliveries alone would have brought, whole chains only.
    pub(super) before: usize,
    /// Those that are held.
    pub(super) after: usize,
    /// Missing ones that somebody named to us; each is accounted for.
    pub(super) accounted: usize,
    /// Missing ones that nobody ever named to us.
    pub(super) unnamed: usize,
    /// Requests that all of it took, and those until the last reply came.
    pub(super) requests: usize,
    pub(super) until_whole: usize,
}

/// Judges what the node holds.
pub(super) fn judge(world: &World, mail: &Mail, log: &Log, held: &Held) -> Outcome {
    let oracle = Oracle { world, mail, log };
    let last = held
        .comments
        .iter()
        .map(|comment| comment.received_at.secs())
        .max();
    let whole = last.unwrap_or_default() - held.start.secs();
    let mut outcome = Outcome {
        faults: mail.strange.clone(),
        requests: log.requests.len(),
        until_whole: log
            .requests
            .iter()
            .filter(|(at, _, _)| *at <= whole)
            .count(),
        ..Outcome::default()
    };
    let rows = oracle.rows(held, &mut outcome.faults);
    for (&number, comment) in &rows {
        oracle.check(number, comment, held, &mut outcome.faults);
    }
    let must = oracle.must();
    for number in 0..world.notes.len() {
        if !world.is_true(number) || oracle.is_blocked(number) {
            continue;
        }
        let note = &world.notes[number];
        let is_held = rows.contains_key(&number);
        if must.contains(&number) && !is_held {
            let why = oracle.explain(number);
            outcome
                .faults
                .push(format!("{} is missing: {why}", note.id));
        }
        if note.deleted.is_some() {
            continue;
        }
        outcome.truth += 1;
        outcome.before += usize::from(oracle.is_brought(number));
        if is_held {
            outcome.after += 1;
        } else if held.accounted.contains(&note.id) {
            outcome.accounted += 1;
        } else if oracle.was_named(number) {
            let why = oracle.explain(number);
            let fault = format!("{} was named and is accounted for nowhere: {why}", note.id);
            outcome.faults.push(fault);
        } else {
            outcome.unnamed += 1;
        }
    }
    outcome
}

struct Oracle<'a> {
    world: &'a World,
    mail: &'a Mail,
    log: &'a Log,
}

impl Oracle<'_> {
    /// The comments by their note; what is no true note of our thread is a fault.
    fn rows<'h>(&self, held: &'h Held, faults: &mut Vec<String>) -> HashMap<usize, &'h Comment> {
        let mut rows = HashMap::new();
        for comment in &held.comments {
            let number = self.world.find(comment.ap_id.as_str());
            let number = number.filter(|&number| self.world.is_true(number));
            match number.filter(|&number| !self.is_blocked(number)) {
                Some(number) if rows.insert(number, comment).is_none() => {}
                _ => faults.push(format!("{} has no business here", comment.ap_id)),
            }
        }
        rows
    }

    fn check(&self, number: usize, comment: &Comment, held: &Held, faults: &mut Vec<String>) {
        let note = &self.world.notes[number];
        let above = held
            .comments
            .iter()
            .find(|row| Some(row.id) == comment.parent_id);
        let stands = match note.under {
            Under::Post => comment.parent_id.is_none(),
            Under::Note(parent) => {
                above.is_some_and(|row| row.ap_id.as_str() == self.world.notes[parent].id)
            }
            Under::Nothing => false,
        };
        if !stands {
            faults.push(format!("{} stands in the wrong place", note.id));
        }
        let told_gone = self.mail.deleted.contains(&number);
        match comment.status {
            CommentStatus::Published if told_gone => {
                faults.push(format!("{} is deleted and shown", note.id));
            }
            CommentStatus::Published => {
                let version = self.latest_told(number);
                if !comment.html.as_str().contains(&words(number, version)) {
                    let text = comment.html.as_str();
                    faults.push(format!(
                        "{} reads {text}, but version {version} was told",
                        note.id
                    ));
                }
            }
            CommentStatus::Deleted if told_gone || self.log.gone.contains(&number) => {}
            status => faults.push(format!("{} is {status:?}", note.id)),
        }
    }

    /// The latest version of a text that came or was shown to us.
    fn latest_told(&self, number: usize) -> u32 {
        let taken = self.mail.taken.get(&number).copied().unwrap_or_default();
        taken.max(self.log.shown.get(&number).copied().unwrap_or_default())
    }

    fn is_blocked(&self, number: usize) -> bool {
        self.world.hosts[self.world.notes[number].host].blocked
    }

    fn came(&self, number: usize) -> bool {
        self.mail.taken.contains_key(&number)
    }

    /// True when a note and all above it came by themselves.
    fn is_brought(&self, number: usize) -> bool {
        self.came(number)
            && match self.world.notes[number].under {
                Under::Note(above) => self.is_brought(above),
                Under::Post => true,
                Under::Nothing => false,
            }
    }

    /// True when we were told its id, by whatever way.
    fn was_named(&self, number: usize) -> bool {
        let id = &self.world.notes[number].id;
        let answered = |(answer, note): (usize, &super::world::Note)| {
            note.under == Under::Note(number) && note.is_open() && self.came(answer)
        };
        self.came(number)
            || self.log.named.contains(id)
            || self.world.notes.iter().enumerate().any(answered)
    }

    /// True when a host lives, in the long run.
    fn lives(&self, host: usize) -> bool {
        let host = &self.world.hosts[host];
        !host.blocked && !matches!(host.fate, Fate::Dead(_))
    }

    /// True when a note can surely be had, once it is named: it came, or its host lives and shows it long enough.
    fn can_be_had(&self, number: usize) -> bool {
        let note = &self.world.notes[number];
        let stays = match note.deleted {
            None => true,
            Some(at) => {
                let steady = matches!(self.world.hosts[note.host].fate, Fate::Well | Fate::Slow);
                at > 7 * DAY && steady
            }
        };
        let taken_back = self.mail.deleted.contains(&number) && !stays;
        note.is_open()
            && !self.is_blocked(number)
            && !taken_back
            && ((self.came(number) && note.deleted.is_none()) || (self.lives(note.host) && stays))
    }

    fn chain_can_be_had(&self, number: usize) -> bool {
        self.can_be_had(number)
            && match self.world.notes[number].under {
                Under::Note(above) => self.chain_can_be_had(above),
                Under::Post => true,
                Under::Nothing => false,
            }
    }

    /// The notes that must be held: named by a letter, by what answers them, or by a collection of something held on a host
    /// that lives.
    fn must(&self) -> HashSet<usize> {
        let mut named: Vec<usize> = (0..self.world.notes.len())
            .filter(|&number| self.came(number))
            .collect();
        let mut must = HashSet::new();
        while let Some(number) = named.pop() {
            if must.contains(&number) || !self.chain_can_be_had(number) {
                continue;
            }
            must.insert(number);
            let note = &self.world.notes[number];
            if let Under::Note(above) = note.under {
                named.push(above);
            }
            if self.lives(note.host) {
                named.extend(self.told_by(number));
            }
        }
        must
    }

    /// What a note's collections name, as long as all is well.
    fn told_by(&self, number: usize) -> Vec<usize> {
        let note = &self.world.notes[number];
        let all = match self.world.hosts[note.host].style {
            Style::Bare => Vec::new(),
            Style::Context => self.world.context(note.host, 7 * DAY),
            _ => self.world.replies(number, 7 * DAY),
        };
        let stays = |&other: &usize| self.world.notes[other].deleted.is_none();
        all.into_iter().filter(stays).collect()
    }

    /// All that is known of a note, for whoever looks for the fault.
    fn explain(&self, number: usize) -> String {
        let mut text = Vec::new();
        let mut next = Some(number);
        while let Some(number) = next {
            let note = &self.world.notes[number];
            let host = &self.world.hosts[note.host];
            let author = self.world.person(note);
            let about = |(_, address, _): &&(i64, String, u16)| {
                address.starts_with(&note.id) || *address == author
            };
            let asked: Vec<_> = self.log.requests.iter().filter(about).collect();
            text.push(format!(
                "[{number} at {}s {:?} deleted {:?} by {} {:?} {:?} blocked {}; came {:?}, named {}, asked {asked:?}]",
                note.at, note.seen, note.deleted, host.url, host.style, host.fate, host.blocked,
                self.mail.taken.get(&number), self.was_named(number),
            ));
            next = match note.under {
                Under::Note(above) => Some(above),
                _ => None,
            };
        }
        text.join("\n    under ")
    }
}
