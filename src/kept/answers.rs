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
/// How often somebody waits for an answer that was stale when it was made, before making one alone. With one round only, all who
/// wait would make their own whenever making takes longer than the next change, and so make it take longer still.
const ROUNDS: usize = 4;
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
enum Turn {
    /// The caller's; the others wait until the guard is gone.
    Make(Making),
    /// Somebody makes it: resolves when it is there, or will not be kept.
    Wait(watch::Receiver<()>),
    /// Nobody's: the caller makes its own, and nobody waits for it.
    Pass,
}

/// Memory for answers that are not kept and wait to be sent, in blocks: 64 MiB.
const UNKEPT: usize = 16 * 1024;
/// In bytes.
const BLOCK: u64 = 4 * 1024;

/// The answers of a node.
pub struct Answers {
    kept: Cache<Key, Found, Weight>,
    keeps: bool,
    scopes: Scopes,
    making: Arc<Mutex<HashMap<Key, watch::Receiver<()>>>>,
    shrinking: Arc<Semaphore>,
    unkept: Arc<Semaphore>,
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
            unkept: Arc::new(Semaphore::new(UNKEPT)),
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

    /// Memory for an answer that is for one client alone, until it is sent; None while such answers take all that they may.
    pub fn room_for(&self, bytes: u64) -> Option<OwnedSemaphorePermit> {
        let blocks = usize::try_from(bytes.div_ceil(BLOCK)).ok()?.min(UNKEPT);
        let blocks = u32::try_from(blocks).ok()?;
        Arc::clone(&self.unkept).try_acquire_many_owned(blocks).ok()
    }

    /// Notes that the answer of a key is made anew each time, so that nobody waits for anybody else's.
    pub fn pass(&self, key: Key) {
        self.kept.insert(key, Found::Passing);
    }

    /// Waits while somebody makes the answer of a key. Some: it is the caller's to make, and others wait for it, which they do only
    /// if it `leads`. None: it is there now, or the caller makes its own.
    pub async fn lead(&self, key: &Key, leads: bool) -> Option<Making> {
        for _ in 0..ROUNDS {
            match self.turn(key, leads) {
                Turn::Make(making) => return Some(making),
                Turn::Pass => return None,
                Turn::Wait(mut made) => {
                    let _ = made.changed().await;
                }
            }
            if self.find(key).is_some() {
                return None;
            }
        }
        None
    }

    /// Says whose turn it is to make an answer that is not kept. Nobody waits for what will not be kept.
    fn turn(&self, key: &Key, leads: bool) -> Turn {
        if !self.keeps {
            return Turn::Pass;
        }
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
    use futures_util::FutureExt;
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
        let making = answers
            .lead(&key, true)
            .await
            .expect("nobody else makes it");
        assert!(answers.lead(&"/other".into(), false).await.is_none());
        let mut waiting = Box::pin(answers.lead(&key, true));
        assert!((&mut waiting).now_or_never().is_none(), "it is being made");
        answers.keep(Key::clone(&key), answer(&answers, Scope::Post(1), 10));
        drop(making);
        assert!(waiting.await.is_none() && answers.find(&key).is_some());
    }

    #[tokio::test]
    async fn when_it_was_stale_as_soon_as_it_was_made_one_of_those_who_waited_makes_the_next() {
        let answers = Answers::new(100_000);
        let key: Key = "/".into();
        let making = answers.lead(&key, true).await.unwrap();
        let mut waiting: Vec<_> = (0..3).map(|_| Box::pin(answers.lead(&key, true))).collect();
        assert!(waiting.iter_mut().all(|one| one.now_or_never().is_none()));
        answers.keep(Key::clone(&key), answer(&answers, Scope::Post(1), 10));
        answers.note([Scope::Post(1)]);
        drop(making);
        let next = waiting.remove(0).now_or_never().flatten();
        let next = next.expect("the first who looks makes it");
        assert!(waiting.iter_mut().all(|one| one.now_or_never().is_none()));
        answers.keep(Key::clone(&key), answer(&answers, Scope::Post(1), 10));
        drop(next);
        for one in waiting {
            assert!(one.await.is_none());
        }
        assert!(answers.find(&key).is_some());
    }

    #[tokio::test]
    async fn where_nothing_is_kept_nobody_waits() {
        let (answers, key) = (Answers::new(0), "/".into());
        let making = (
            answers.lead(&key, true).await,
            answers.lead(&key, true).await,
        );
        assert!(matches!(making, (None, None)));
    }
}
