//! Bounds on guessing passwords: tries by name, and hashing at once. In memory only.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::error::{Error, Result};
use crate::types::Timestamp;

/// Tries for one name within [`WINDOW_SECS`].
const TRIES: u32 = 5;
const WINDOW_SECS: i64 = 60;
/// Passwords hashed at once: each takes 19 MiB and a core.
const AT_ONCE: usize = 2;
/// Names remembered at once; when so many are tried within a window, everybody waits.
const NAMES_MAX: usize = 10_000;
/// No account's name is longer, so longer ones may share a count.
const NAME_LENGTH: usize = 31;

/// The counts.
pub(super) struct Guesses {
    /// Name → beginning of its window, and tries in it.
    tries: Mutex<HashMap<String, (Timestamp, u32)>>,
    hashing: Arc<Semaphore>,
}

impl Default for Guesses {
    fn default() -> Self {
        Self {
            tries: Mutex::default(),
            hashing: Arc::new(Semaphore::new(AT_ONCE)),
        }
    }
}

impl Guesses {
    /// Counts a try. `RateLimited` when there were too many for this name, or too much is hashed just now. Keep the
    /// permit until the hashing has ended.
    pub(super) fn admit(&self, name: &str, now: Timestamp) -> Result<OwnedSemaphorePermit> {
        let permit = Arc::clone(&self.hashing)
            .try_acquire_owned()
            .map_err(|_| Error::RateLimited { retry_after: 1 })?;
        self.count(name, now)?;
        Ok(permit)
    }

    fn count(&self, name: &str, now: Timestamp) -> Result<()> {
        let name: String = name.chars().take(NAME_LENGTH).collect();
        let mut tries = self.tries.lock().unwrap_or_else(PoisonError::into_inner);
        let ends = |since: Timestamp| since.plus_secs(WINDOW_SECS);
        if tries.len() >= NAMES_MAX {
            tries.retain(|_, (since, _)| ends(*since) > now);
        }
        if tries.len() >= NAMES_MAX && !tries.contains_key(&name) {
            return Err(wait(WINDOW_SECS));
        }
        let (since, count) = tries.entry(name).or_insert((now, 0));
        if ends(*since) <= now {
            (*since, *count) = (now, 0);
        }
        if *count >= TRIES {
            return Err(wait(ends(*since).secs() - now.secs()));
        }
        *count += 1;
        Ok(())
    }
}

fn wait(secs: i64) -> Error {
    Error::RateLimited {
        retry_after: u32::try_from(secs.max(1)).unwrap_or(1),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp::from_secs(1_800_000_000);

    fn retry_after<T>(result: Result<T>) -> Option<u32> {
        match result {
            Err(Error::RateLimited { retry_after }) => Some(retry_after),
            _ => None,
        }
    }

    #[test]
    fn a_sixth_try_within_a_minute_waits_for_its_end() {
        let guesses = Guesses::default();
        for second in 0..5 {
            assert!(guesses.admit("alice", NOW.plus_secs(second)).is_ok());
        }
        let sixth = guesses.admit("alice", NOW.plus_secs(20));
        assert_eq!(retry_after(sixth), Some(40));
        assert!(guesses.admit("bob", NOW.plus_secs(20)).is_ok());
        assert!(guesses.admit("alice", NOW.plus_secs(60)).is_ok());
    }

    #[test]
    fn a_third_hashing_at_once_waits_and_does_not_count() {
        let guesses = Guesses::default();
        let running = [
            guesses.admit("a", NOW).unwrap(),
            guesses.admit("b", NOW).unwrap(),
        ];
        for _ in 0..10 {
            assert_eq!(retry_after(guesses.admit("c", NOW)), Some(1));
        }
        drop(running);
        assert!(guesses.admit("c", NOW).is_ok());
    }

    #[test]
    fn invented_names_do_not_fill_the_memory() {
        let guesses = Guesses::default();
        for n in 0..NAMES_MAX {
            assert!(guesses.count(&n.to_string(), NOW).is_ok());
        }
        assert_eq!(retry_after(guesses.count("one more", NOW)), Some(60));
        assert!(guesses.count("one more", NOW.plus_secs(60)).is_ok());
        assert_eq!(guesses.tries.lock().unwrap().len(), 1);
    }
}
