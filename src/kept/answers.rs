//! The kept answers of a node: found by key, forgotten when what they show changes or when room is wanted, made once for
//! all that wait.

use std::collections::HashMap;
use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex, PoisonError};

use quick_cache::sync::{Cache, DefaultLifecycle};
use quick_cache::{DefaultHashBuilder, OptionsBuilder, Weighter};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};

use super::scopes::Scopes;
use super::{Answer, Scope};

/// What a note costs that an answer is not kept, in bytes.
const NOTE: u64 = 200;
/// Answers that there are perhaps, for the first size of tables.
const PERHAPS: usize = 1_000;

/// What an answer depends on beside what it shows: the address, what of the query counts, the form asked for, the
/// reader's wishes, in one text.
pub type Key = Arc<str>;

/// What is known of a key.
#[derive(Clone)]
pub enum Found {
    /// The answer, as current as the database.
    Kept(Arc<Answer>),
    /// It is made anew for each who asks.
    Passing,
}

/// Whose turn it is to make a cold answer.
pub enum Turn {
    /// The caller's; the others wait until the guard is gone.
    Make(Making),
    /// Somebody makes it: resolves when it is there, or will not be kept.
    Wait(watch::Receiver<()>),
    /// Nobody's: the caller makes its own, and nobody waits for it.
    Pass,
}

/// The answers of a node.
pub struct Answers {
    kept: Cache<Key, Found, Weight>,
    keeps: bool,
    scopes: Scopes,
    making: Arc<Mutex<HashMap<Key, watch::Receiver<()>>>>,
    shrinking: Arc<Semaphore>,
}

/// What a key and what is known of it take, in bytes.
#[derive(Clone)]
struct Weight;

impl Weighter<Key, Found> for Weight {
    fn weight(&self, key: &Key, found: &Found) -> u64 {
        match found {
            Found::Kept(answer) => u64::try_from(answer.size() + key.len()).unwrap_or(u64::MAX),
            Found::Passing => NOTE,
        }
    }
}

/// Held while an answer is made.
pub struct Making {
    key: Key,
    all: Arc<Mutex<HashMap<Key, watch::Receiver<()>>>>,
    _done: watch::Sender<()>,
}

impl Drop for Making {
    fn drop(&mut self) {
        let mut all = self.all.lock().unwrap_or_else(PoisonError::into_inner);
        all.remove(&self.key);
    }
}

impl Answers {
    /// Keeps at most so many bytes of answers; 0: none.
    pub fn new(bytes: u64) -> Self {
        let options = OptionsBuilder::new()
            .estimated_items_capacity(PERHAPS)
            .weight_capacity(bytes)
            // One: the room is not divided, so that a large answer finds some.
            .shards(1)
            .build()
            .expect("every size that must be said is said");
        let (hash, end) = (DefaultHashBuilder::default(), DefaultLifecycle::default());
        Self {
            keeps: bytes > 0,
            kept: Cache::with_options(options, Weight, hash, end),
            scopes: Scopes::default(),
            making: Arc::default(),
            shrinking: Arc::new(Semaphore::new(1)),
        }
    }

    /// The number of the newest change. Take it before reading what an answer shows.
    pub fn now(&self) -> u64 {
        self.scopes.now()
    }

    /// What is kept of a key, if it is current.
    pub fn find(&self, key: &str) -> Option<Found> {
        if !self.keeps || !self.scopes.is_hearing() {
            return None;
        }
        match self.kept.get(key)? {
            Found::Kept(answer) if !self.is_current(&answer) => None,
            found => Some(found),
        }
    }

    fn is_current(&self, answer: &Answer) -> bool {
        let checked = answer.checked().load(Ordering::Acquire);
        if checked == self.scopes.now() {
            return true;
        }
        let current = self.scopes.is_current(answer.scopes(), answer.made());
        if let Some(now) = current {
            answer.checked().store(now, Ordering::Release);
        }
        current.is_some()
    }

    /// Keeps an answer until something that it shows changes.
    pub fn keep(&self, key: Key, answer: Arc<Answer>) {
        self.kept.insert(key, Found::Kept(answer));
    }

    /// The turn to [`shrink`](Self::shrink), which takes some megabytes: one at a time. None while somebody has it; what is
    /// not made small then will be when it is asked for again.
    pub fn turn_to_shrink(&self) -> Option<OwnedSemaphorePermit> {
        Arc::clone(&self.shrinking).try_acquire_owned().ok()
    }

    /// Makes every form of a kept answer as small as it gets; see [`Answer::with_all_forms`].
    pub fn shrink(&self, _turn: OwnedSemaphorePermit, key: &str, answer: &Answer) {
        if self.has(key, answer) {
            let small = answer.with_all_forms();
            if self.has(key, answer) {
                self.keep(key.into(), Arc::new(small));
            }
        }
    }

    /// True while this answer, and no newer one, is kept.
    fn has(&self, key: &str, answer: &Answer) -> bool {
        let made = answer.made();
        let same = |found: Found| matches!(found, Found::Kept(kept) if kept.made() == made);
        self.find(key).is_some_and(same)
    }

    /// Notes that the answer of a key is made anew each time, so that nobody waits for anybody else's.
    pub fn pass(&self, key: Key) {
        self.kept.insert(key, Found::Passing);
    }

    /// Says whose turn it is to make an answer that is not kept. Others wait for the caller only if it `leads`.
    pub fn turn(&self, key: &Key, leads: bool) -> Turn {
        let mut making = self.making.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(receiver) = making.get(key) {
            return Turn::Wait(receiver.clone());
        }
        if !leads {
            return Turn::Pass;
        }
        let (sender, receiver) = watch::channel(());
        making.insert(Key::clone(key), receiver);
        Turn::Make(Making {
            key: Key::clone(key),
            all: Arc::clone(&self.making),
            _done: sender,
        })
    }

    /// Takes note of changed scopes.
    pub fn note(&self, scopes: impl IntoIterator<Item = Scope>) {
        self.scopes.note(scopes);
    }

    /// Says whether changes are heard; while they are not, nothing is kept.
    pub fn set_hearing(&self, hearing: bool) {
        self.scopes.set_hearing(hearing);
        if !hearing {
            self.kept.clear();
        }
    }
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use http::HeaderMap;

    use super::*;

    fn answer(answers: &Answers, scope: Scope, length: usize) -> Arc<Answer> {
        let body = Bytes::from(vec![b'x'; length]);
        Arc::new(Answer::new(
            HeaderMap::new(),
            body,
            vec![scope],
            answers.now(),
        ))
    }

    #[test]
    fn an_answer_is_found_until_what_it_shows_changes() {
        let answers = Answers::new(1_000_000);
        let key: Key = "/posts/a".into();
        answers.keep(key.clone(), answer(&answers, Scope::Post(1), 10));
        answers.note([Scope::Post(2)]);
        assert!(answers.find(&key).is_some());
        answers.note([Scope::Post(1)]);
        assert!(answers.find(&key).is_none());
    }

    #[test]
    fn what_was_read_before_a_change_is_not_found_after_it() {
        let answers = Answers::new(1_000_000);
        let key: Key = "/posts/a".into();
        let read = answer(&answers, Scope::Post(1), 10);
        answers.note([Scope::Post(1)]);
        answers.keep(key.clone(), read);
        assert!(answers.find(&key).is_none());
    }

    #[test]
    fn nothing_is_trusted_while_nothing_is_heard() {
        let answers = Answers::new(1_000_000);
        let key: Key = "/".into();
        answers.set_hearing(false);
        answers.keep(key.clone(), answer(&answers, Scope::Site, 10));
        assert!(answers.find(&key).is_none());
        answers.set_hearing(true);
        assert!(answers.find(&key).is_none());
    }

    #[test]
    fn the_room_is_bounded_in_bytes() {
        let answers = Answers::new(100_000);
        for index in 0..200 {
            let key: Key = format!("/{index}").into();
            answers.keep(key, answer(&answers, Scope::Posts, 5_000));
        }
        assert!((80_000..=100_000).contains(&answers.kept.weight()));
    }

    #[tokio::test]
    async fn one_makes_what_others_wait_for() {
        let answers = Answers::new(100_000);
        let key: Key = "/".into();
        let Turn::Make(making) = answers.turn(&key, true) else {
            panic!("nobody else makes it");
        };
        assert!(matches!(answers.turn(&"/other".into(), false), Turn::Pass));
        let Turn::Wait(mut waiting) = answers.turn(&key, false) else {
            panic!("it is being made");
        };
        drop(making);
        assert!(waiting.changed().await.is_err());
        assert!(matches!(answers.turn(&key, true), Turn::Make(_)));
    }
}
