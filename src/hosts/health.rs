//! Which servers answer: failures in a row, pauses after them, addresses that failed a moment ago. Shared by fetching and
//! delivery. In memory and bounded; what delivery must know beyond a restart stands in the rows, see `domain::delivery`.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use http::StatusCode;
use moka::sync::Cache;
use url::Url;

use crate::error::Error;
use crate::http::Ended;
use crate::types::{Host, Timestamp};

/// Failures in a row after which a host is left alone for a while.
pub const BREAKER_FAILURES: i32 = 3;
/// The longest that a host is not fetched from: whoever comes back must be found again soon.
const FETCH_PAUSE_MAX: i64 = 600;
/// Hosts, and addresses, remembered at once; the least used are forgotten first.
const REMEMBERED: u64 = 10_000;
/// Hosts whose failures wait to be written down.
const CHANGES_MAX: usize = 1_000;
/// How long an address that failed is not asked again, in seconds: when that may pass, and when it does not.
const MISSED_SECS: i64 = 30;
const MISSED_FINAL_SECS: i64 = 300;
/// After this long nothing is remembered, in any case.
const FORGOTTEN: Duration = Duration::from_hours(24);

/// The pause before the next try: half a minute, doubled each time, at most six hours, give or take a quarter.
/// `jitter` is in 0..=1.
pub fn pause_secs(attempts: i32, jitter: f64) -> i64 {
    let doublings = u32::try_from(attempts.clamp(0, 10)).unwrap_or(0);
    let base = 30_i64.saturating_mul(1 << doublings).min(6 * 3600);
    let spread = base / 2;
    #[expect(
        clippy::as_conversions,
        clippy::cast_possible_truncation,
        clippy::cast_precision_loss,
        reason = "a few seconds more or less"
    )]
    let offset = (spread as f64 * jitter.clamp(0.0, 1.0)) as i64;
    base - spread / 2 + offset
}

/// What fetching found out about a host and the rows do not know yet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change {
    /// It failed so many times.
    Failed(i32),
    /// It answered again.
    Recovered,
}

/// How an exchange with a host ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ending {
    /// It answered, below 500.
    Answered,
    /// It did not, or with 500 and more.
    Failed,
}

#[derive(Clone, Copy, Debug)]
struct Failing {
    failures: i32,
    until: Timestamp,
}

/// Why an address is not asked again.
#[derive(Clone, Debug)]
struct Missed {
    until: Timestamp,
    message: String,
    kind: Kind,
}

#[derive(Clone, Copy, Debug)]
enum Kind {
    Gone,
    Final,
    Temporary,
}

/// The memory.
#[derive(Debug)]
pub(super) struct Health {
    failing: Cache<Host, Failing>,
    missed: Cache<String, Missed>,
    changes: Mutex<HashMap<Host, Change>>,
}

impl Default for Health {
    fn default() -> Self {
        Self {
            failing: bounded(),
            missed: bounded(),
            changes: Mutex::default(),
        }
    }
}

fn bounded<K, V>() -> Cache<K, V>
where
    K: std::hash::Hash + Eq + Send + Sync + 'static,
    V: Clone + Send + Sync + 'static,
{
    Cache::builder()
        .max_capacity(REMEMBERED)
        .time_to_live(FORGOTTEN)
        .build()
}

impl Health {
    /// Until when a host is left alone; None when it may be asked.
    pub(super) fn paused_until(&self, host: &Host, now: Timestamp) -> Option<Timestamp> {
        let failing = self.failing.get(host)?;
        (failing.failures >= BREAKER_FAILURES && failing.until > now).then_some(failing.until)
    }

    /// Counts how an exchange ended. What a fetch found is written down later, see [`Self::take_changes`].
    pub(super) fn note(&self, host: &Host, ending: Ending, by_fetch: bool, now: Timestamp) {
        let before = self.failing.get(host).map_or(0, |known| known.failures);
        match ending {
            Ending::Answered if before == 0 => return,
            Ending::Answered => self.failing.invalidate(host),
            Ending::Failed => {
                let failures = before.saturating_add(1);
                let pause = pause_secs(failures - BREAKER_FAILURES, 0.5).min(FETCH_PAUSE_MAX);
                let until = now.plus_secs(pause);
                self.failing
                    .insert(host.clone(), Failing { failures, until });
            }
        }
        if by_fetch {
            self.note_change(host, ending);
        }
    }

    fn note_change(&self, host: &Host, ending: Ending) {
        let mut changes = self.changes();
        if changes.len() >= CHANGES_MAX && !changes.contains_key(host) {
            return;
        }
        let change = match (ending, changes.get(host)) {
            (Ending::Answered, _) => Change::Recovered,
            (Ending::Failed, Some(Change::Failed(times))) => Change::Failed(times + 1),
            (Ending::Failed, _) => Change::Failed(1),
        };
        changes.insert(host.clone(), change);
    }

    /// What is to be written down since the last call.
    pub(super) fn take_changes(&self) -> HashMap<Host, Change> {
        std::mem::take(&mut *self.changes())
    }

    fn changes(&self) -> MutexGuard<'_, HashMap<Host, Change>> {
        self.changes.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The failure of a moment ago, when this address had one.
    pub(super) fn missed(&self, address: &str, now: Timestamp) -> Option<Error> {
        let missed = self.missed.get(address)?;
        if missed.until <= now {
            self.missed.invalidate(address);
            return None;
        }
        Some(match missed.kind {
            Kind::Gone => Error::Gone("the document"),
            kind => Error::Remote {
                message: missed.message,
                temporary: matches!(kind, Kind::Temporary),
            },
        })
    }

    /// Remembers that an address failed.
    pub(super) fn miss(&self, address: &str, error: &Error, now: Timestamp) {
        let (kind, secs) = match error {
            Error::Gone(_) => (Kind::Gone, MISSED_FINAL_SECS),
            Error::Remote {
                temporary: false, ..
            } => (Kind::Final, MISSED_FINAL_SECS),
            _ => (Kind::Temporary, MISSED_SECS),
        };
        let missed = Missed {
            until: now.plus_secs(secs),
            message: error.to_string(),
            kind,
        };
        self.missed.insert(address.to_owned(), missed);
    }

    /// Lets an address be asked at once.
    pub(super) fn forget_miss(&self, address: &str) {
        self.missed.invalidate(address);
    }
}

/// What an exchange says about the host, and the failure to remember for the address.
pub(super) fn judge(url: &Url, ended: &Ended<'_>) -> (Option<Ending>, Option<Error>) {
    match *ended {
        Ended::Status(StatusCode::GONE) => {
            (Some(Ending::Answered), Some(Error::Gone("the document")))
        }
        // Whoever refuses one signature is asked again at once with another.
        Ended::Status(
            StatusCode::BAD_REQUEST | StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN,
        ) => (Some(Ending::Answered), None),
        Ended::Status(status) if status.as_u16() >= 400 => {
            let error = Error::Remote {
                message: format!("{url} was answered with {status}"),
                temporary: status == StatusCode::TOO_MANY_REQUESTS || status.is_server_error(),
            };
            let ending = if status.is_server_error() {
                Ending::Failed
            } else {
                Ending::Answered
            };
            (Some(ending), Some(error))
        }
        Ended::Status(_) => (Some(Ending::Answered), None),
        Ended::Failed(Error::Remote { message, temporary }) => {
            let error = Error::Remote {
                message: message.clone(),
                temporary: *temporary,
            };
            (temporary.then_some(Ending::Failed), Some(error))
        }
        Ended::Failed(_) => (None, None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const NOW: Timestamp = Timestamp::from_secs(1_800_000_000);

    fn host() -> Host {
        Host::parse("far.example").unwrap()
    }

    proptest! {
        #[test]
        fn pauses_grow_within_bounds(attempts in 0..100_i32, jitter in 0.0..=1.0_f64) {
            let pause = pause_secs(attempts, jitter);
            prop_assert!((22..=6 * 3600 * 5 / 4).contains(&pause));
            prop_assert!(pause_secs(attempts + 2, 0.0) >= pause_secs(attempts, 0.0));
        }
    }

    #[test]
    fn the_third_failure_in_a_row_opens_the_breaker_and_an_answer_closes_it() {
        let health = Health::default();
        for _ in 0..2 {
            health.note(&host(), Ending::Failed, false, NOW);
            assert_eq!(health.paused_until(&host(), NOW), None);
        }
        health.note(&host(), Ending::Failed, false, NOW);
        let until = health.paused_until(&host(), NOW).unwrap();
        assert_eq!(until, NOW.plus_secs(30));
        assert_eq!(health.paused_until(&host(), until), None, "half open");
        health.note(&host(), Ending::Failed, false, until);
        assert_eq!(
            health.paused_until(&host(), until),
            Some(until.plus_secs(60))
        );
        health.note(&host(), Ending::Answered, false, until);
        assert_eq!(health.paused_until(&host(), until), None);
        for _ in 0..50 {
            health.note(&host(), Ending::Failed, false, NOW);
        }
        let longest = NOW.plus_secs(FETCH_PAUSE_MAX);
        assert_eq!(health.paused_until(&host(), NOW), Some(longest));
    }

    #[test]
    fn what_fetches_find_is_handed_over_once() {
        let health = Health::default();
        health.note(&host(), Ending::Answered, true, NOW);
        health.note(&host(), Ending::Failed, false, NOW);
        assert!(health.take_changes().is_empty());
        health.note(&host(), Ending::Failed, true, NOW);
        health.note(&host(), Ending::Failed, true, NOW);
        assert_eq!(health.take_changes()[&host()], Change::Failed(2));
        health.note(&host(), Ending::Answered, true, NOW);
        assert_eq!(health.take_changes()[&host()], Change::Recovered);
        assert!(health.take_changes().is_empty());
    }

    #[test]
    fn invented_hosts_do_not_fill_the_memory() {
        let health = Health::default();
        for number in 0..3 * CHANGES_MAX {
            let host = Host::parse(&format!("h{number}.example")).unwrap();
            health.note(&host, Ending::Failed, true, NOW);
        }
        assert_eq!(health.take_changes().len(), CHANGES_MAX);
    }

    #[test]
    fn a_failed_address_is_not_asked_again_for_a_while() {
        let health = Health::default();
        let address = "https://far.example/users/1";
        for (error, secs) in [
            (Error::remote_temporary("no answer"), MISSED_SECS),
            (Error::remote_final("404"), MISSED_FINAL_SECS),
            (Error::Gone("the actor"), MISSED_FINAL_SECS),
        ] {
            health.miss(address, &error, NOW);
            let again = health.missed(address, NOW.plus_secs(secs - 1)).unwrap();
            assert_eq!(
                std::mem::discriminant(&again),
                std::mem::discriminant(&error)
            );
            assert!(health.missed(address, NOW.plus_secs(secs)).is_none());
        }
        health.miss(address, &Error::Gone("the actor"), NOW);
        health.forget_miss(address);
        assert!(health.missed(address, NOW).is_none());
    }
}
