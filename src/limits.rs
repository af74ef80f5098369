//! How often somebody may do something: a rate for each key, in memory, bounded in number. It knows no HTTP.

use std::hash::Hash;
use std::num::NonZeroU32;
use std::sync::Arc;
use std::time::Duration;

use governor::clock::{Clock as _, DefaultClock};
use governor::{DefaultDirectRateLimiter, Quota};
use moka::sync::Cache;

use crate::error::{Error, Result};

/// Keys remembered at once. When more come, the least used are forgotten: they begin anew, and the memory is bounded.
const KEYS_MAX: u64 = 50_000;
/// A key that nobody uses for so long has its whole minute again and is forgotten.
const IDLE: Duration = Duration::from_mins(2);

/// A rate for each key: so many a minute, at once or spread over it.
#[derive(Debug)]
pub struct Rates<K>
where
    K: Hash + Eq + Clone + Send + Sync + 'static,
{
    quota: Option<Quota>,
    keys: Cache<K, Arc<DefaultDirectRateLimiter>>,
    clock: DefaultClock,
}

impl<K> Rates<K>
where
    K: Hash + Eq + Clone + Send + Sync + 'static,
{
    /// A rate of `count` a minute for each key; 0: no bound.
    pub fn per_minute(count: u32) -> Self {
        Self {
            quota: NonZeroU32::new(count).map(Quota::per_minute),
            keys: Cache::builder()
                .max_capacity(KEYS_MAX)
                .time_to_idle(IDLE)
                .build(),
            clock: DefaultClock::default(),
        }
    }

    /// Counts one. `RateLimited`, with the seconds to wait, when the key has used its rate up.
    pub fn admit(&self, key: &K) -> Result<()> {
        let Some(quota) = self.quota else {
            return Ok(());
        };
        let limiter = match self.keys.get(key) {
            Some(known) => known,
            None => self.keys.get_with(key.clone(), || {
                Arc::new(DefaultDirectRateLimiter::direct(quota))
            }),
        };
        limiter.check().map_err(|not_until| {
            let wait = not_until.wait_time_from(self.clock.now());
            let secs = u32::try_from(wait.as_secs()).unwrap_or(u32::MAX);
            Error::RateLimited {
                retry_after: secs.saturating_add(1),
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_has_its_rate_and_not_anothers() {
        let rates = Rates::per_minute(3);
        for _ in 0..3 {
            assert!(rates.admit(&"a").is_ok());
        }
        let Err(Error::RateLimited { retry_after }) = rates.admit(&"a") else {
            panic!("the fourth waits");
        };
        assert!((1..=21).contains(&retry_after), "{retry_after}");
        assert!(rates.admit(&"b").is_ok());
    }

    #[test]
    fn nought_is_no_bound() {
        let rates = Rates::per_minute(0);
        assert!((0..10_000).all(|_| rates.admit(&"a").is_ok()));
        assert_eq!(rates.keys.iter().count(), 0);
    }

    #[test]
    fn invented_keys_do_not_fill_the_memory() {
        let rates = Rates::per_minute(1);
        for key in 0..2 * KEYS_MAX {
            let _ = rates.admit(&key);
        }
        rates.keys.run_pending_tasks();
        assert!(rates.keys.entry_count() <= KEYS_MAX);
    }
}
