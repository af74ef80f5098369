//! A small fediverse made by dice: hosts of several makes and fates, people, and what they say. All of it is known before
//! it begins; times are seconds since the post was published.

use rand::rngs::StdRng;
use rand::seq::IndexedRandom;
use rand::{Rng, SeedableRng};

pub(super) const MINUTE: i64 = 60;
pub(super) const HOUR: i64 = 60 * MINUTE;
pub(super) const DAY: i64 = 24 * HOUR;

/// Hosts of a world.
pub(super) const HOSTS: usize = 22;

/// Which collections a host's notes name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Style {
    /// None, as snac.
    Bare,
    /// `replies` with its first page inside, the author's own answers in it, those of others behind (Mastodon).
    Inline,
    /// `replies` by its address, over several pages.
    Paged,
    /// `replies` as one list of whole objects.
    Whole,
    /// `context`, over several pages, and `replies` beside it (FEP-f228).
    Context,
    /// Our post's `context` as it came, and `replies`.
    Echo,
}

/// As often as such servers are met: most people are where answers are listed, in one of these ways.
const STYLES: [Style; 10] = [
    Style::Bare,
    Style::Inline,
    Style::Inline,
    Style::Inline,
    Style::Paged,
    Style::Paged,
    Style::Whole,
    Style::Context,
    Style::Context,
    Style::Echo,
];

/// How a host fares.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fate {
    Well,
    /// Answers a little late.
    Slow,
    /// Fails in some hours.
    Flaky,
    /// Fails between these times.
    Away(i64, i64),
    /// Fails from this time on.
    Dead(i64),
}

#[derive(Clone, Debug)]
pub(super) struct Host {
    pub(super) url: String,
    pub(super) style: Style,
    pub(super) fate: Fate,
    /// We block it.
    pub(super) blocked: bool,
    /// Deleted notes stay in its collections.
    pub(super) forgets_deletions: bool,
    /// Shows private notes to whoever asks.
    pub(super) careless: bool,
}

/// What a note answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Under {
    /// Our post.
    Post,
    /// Another note.
    Note(usize),
    /// Nothing: it is a post of somebody else's.
    Nothing,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Seen {
    Public,
    Unlisted,
    Followers,
    Direct,
}

#[derive(Clone, Debug)]
pub(super) struct Note {
    pub(super) id: String,
    pub(super) host: usize,
    /// The number of its author on that host.
    pub(super) person: usize,
    pub(super) under: Under,
    pub(super) at: i64,
    pub(super) seen: Seen,
    /// It names us, so that its server delivers it to us.
    pub(super) tells_us: bool,
    /// When it was edited.
    pub(super) edited: Option<i64>,
    /// When it was deleted.
    pub(super) deleted: Option<i64>,
}

impl Note {
    pub(super) fn is_open(&self) -> bool {
        matches!(self.seen, Seen::Public | Seen::Unlisted)
    }

    /// The version of its text at a time: 1, or 2 after the edit.
    pub(super) fn version(&self, now: i64) -> u32 {
        if self.edited.is_some_and(|at| at <= now) {
            2
        } else {
            1
        }
    }

    pub(super) fn is_gone(&self, now: i64) -> bool {
        self.deleted.is_some_and(|at| at <= now)
    }
}

pub(super) struct World {
    pub(super) seed: u64,
    /// Our post and its author.
    pub(super) post: String,
    pub(super) alice: String,
    pub(super) hosts: Vec<Host>,
    pub(super) notes: Vec<Note>,
    /// Letters get lost, doubled and late.
    pub(super) lossy: bool,
    /// Items on a page of a collection.
    pub(super) page: usize,
}

impl World {
    /// Makes a world of hosts at these addresses, around our post.
    pub(super) fn make(seed: u64, urls: &[String], post: &str, alice: &str) -> Self {
        let mut dice = StdRng::seed_from_u64(seed);
        let hosts = urls.iter().enumerate();
        let hosts = hosts
            .map(|(number, url)| host(&mut dice, number, url))
            .collect();
        let mut world = Self {
            seed,
            post: post.into(),
            alice: alice.into(),
            hosts,
            notes: Vec::new(),
            lossy: true,
            page: 3,
        };
        let open = dice.random_range(15..=40);
        let mut made = 0;
        while made < open {
            let under = world.place(&mut dice);
            world.say(&mut dice, under);
            made += usize::from(world.notes.last().is_some_and(Note::is_open));
        }
        world.talk_elsewhere(&mut dice);
        world
    }

    /// Makes a large thread on hosts that are all well and tell their part of it as a `context`; each tells us one reply.
    pub(super) fn large(urls: &[String], post: &str, alice: &str, replies: usize) -> Self {
        let mut dice = StdRng::seed_from_u64(1);
        let well = |url: &String| Host {
            url: url.clone(),
            style: Style::Context,
            fate: Fate::Well,
            blocked: false,
            forgets_deletions: false,
            careless: false,
        };
        let mut world = Self {
            seed: 1,
            post: post.into(),
            alice: alice.into(),
            hosts: urls.iter().map(well).collect(),
            notes: Vec::new(),
            lossy: false,
            page: 60,
        };
        for number in 0..replies {
            let host = number % urls.len();
            let under = world.place(&mut dice);
            world.notes.push(Note {
                id: format!("{}/notes/{number}", urls[host]),
                host,
                person: dice.random_range(0..2),
                under,
                at: i64::try_from(number).expect("it is small") / 100,
                seen: Seen::Public,
                tells_us: number < urls.len(),
                edited: None,
                deleted: None,
            });
        }
        world
    }

    /// Most answer the post or one of the latest notes: threads are deep and bushy.
    fn place(&self, dice: &mut StdRng) -> Under {
        if self.notes.is_empty() || dice.random_bool(0.2) {
            return Under::Post;
        }
        let latest = self.notes.len().saturating_sub(8);
        let from = if dice.random_bool(0.6) { latest } else { 0 };
        Under::Note(dice.random_range(from..self.notes.len()))
    }

    fn say(&mut self, dice: &mut StdRng, under: Under) {
        let host = dice.random_range(0..self.hosts.len());
        let above = match under {
            Under::Note(above) => self.notes.get(above),
            _ => None,
        };
        let begun = above.map_or(0, |above| above.at);
        let pause = *[2 * MINUTE, 20 * MINUTE, 2 * HOUR, 10 * HOUR]
            .choose(dice)
            .expect("there are some");
        let at = (begun + dice.random_range(1..=pause)).min(4 * DAY);
        let chance = match (under, above) {
            (Under::Post, _) => 0.95,
            (_, Some(above)) if above.tells_us => 0.7,
            (Under::Note(_), _) => 0.3,
            (Under::Nothing, _) => 0.1,
        };
        let seen = match dice.random_range(0..100) {
            0..=79 => Seen::Public,
            80..=89 => Seen::Unlisted,
            90..=95 => Seen::Followers,
            _ => Seen::Direct,
        };
        let edited = dice
            .random_bool(0.15)
            .then(|| at + dice.random_range(MINUTE..2 * DAY));
        let deleted = match dice.random_range(0..100) {
            0..=2 => Some(at + dice.random_range(1..10 * MINUTE)),
            3..=6 => Some(dice.random_range(8 * DAY..10 * DAY)),
            _ => None,
        };
        let origin = &self.hosts[host].url;
        self.notes.push(Note {
            id: format!("{origin}/notes/{}", self.notes.len()),
            host,
            person: dice.random_range(0..3),
            under,
            at,
            seen,
            tells_us: dice.random_bool(chance),
            edited,
            deleted,
        });
    }

    /// Posts of others and answers to them: some name us, and none belongs to our thread.
    fn talk_elsewhere(&mut self, dice: &mut StdRng) {
        for _ in 0..2 {
            self.say(dice, Under::Nothing);
            for _ in 0..3 {
                let last = self.notes.len() - 1;
                self.say(dice, Under::Note(last));
            }
        }
    }

    /// The note of this id.
    pub(super) fn find(&self, id: &str) -> Option<usize> {
        self.notes.iter().position(|note| note.id == id)
    }

    /// True when a note's chain of parents leads to our post.
    pub(super) fn is_ours(&self, mut note: usize) -> bool {
        loop {
            match self.notes[note].under {
                Under::Post => return true,
                Under::Nothing => return false,
                Under::Note(above) => note = above,
            }
        }
    }

    /// True when everybody may read a note and all above it, up to our post: the true public tree.
    pub(super) fn is_true(&self, mut note: usize) -> bool {
        loop {
            if !self.notes[note].is_open() {
                return false;
            }
            match self.notes[note].under {
                Under::Post => return true,
                Under::Nothing => return false,
                Under::Note(above) => note = above,
            }
        }
    }

    /// What a host lists as public answers to one of its own notes.
    pub(super) fn replies(&self, note: usize, now: i64) -> Vec<usize> {
        let keeps = self.hosts[self.notes[note].host].forgets_deletions;
        let listed = |(_, answer): &(usize, &Note)| {
            answer.under == Under::Note(note)
                && answer.is_open()
                && answer.at <= now
                && (keeps || !answer.is_gone(now))
        };
        let all = self.notes.iter().enumerate().filter(listed);
        all.map(|(number, _)| number).collect()
    }

    /// What a host knows of our thread: its own people's notes and the answers to them; and, for it is careless, some of
    /// another one.
    pub(super) fn context(&self, host: usize, now: i64) -> Vec<usize> {
        let mut known = Vec::new();
        for (number, note) in self.notes.iter().enumerate() {
            if note.host != host || note.at > now {
                continue;
            }
            let listed = note.is_open() && !note.is_gone(now);
            if listed && (self.is_ours(number) || self.hosts[host].careless) {
                known.push(number);
            }
            if self.is_ours(number) {
                known.extend(self.replies(number, now));
            }
        }
        known.sort_unstable();
        known.dedup();
        known
    }

    /// True when a host answers at a time.
    pub(super) fn answers(&self, host: usize, path: &str, now: i64) -> bool {
        match self.hosts[host].fate {
            Fate::Well | Fate::Slow => true,
            Fate::Away(from, to) => now < from || now >= to,
            Fate::Dead(from) => now < from,
            Fate::Flaky => {
                let hour = u64::try_from(now / HOUR).unwrap_or_default();
                let salt = path
                    .bytes()
                    .fold(hour, |sum, byte| sum * 31 % 65_521 + u64::from(byte));
                StdRng::seed_from_u64(self.seed ^ salt).random_range(0..4) > 0
            }
        }
    }
}

fn host(dice: &mut StdRng, number: usize, url: &str) -> Host {
    let from = dice.random_range(0..2 * DAY);
    let fate = match number {
        0 | 1 => Fate::Dead(from),
        2..=4 => Fate::Away(from, from + dice.random_range(HOUR..DAY)),
        5 | 6 => Fate::Flaky,
        7 => Fate::Slow,
        _ => Fate::Well,
    };
    Host {
        url: url.into(),
        style: *STYLES.choose(dice).expect("there are some"),
        fate,
        blocked: number == 8,
        forgets_deletions: dice.random_bool(0.3),
        careless: dice.random_bool(0.2),
    }
}
