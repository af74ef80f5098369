//! How long those who ask this node wait just now, and how long its own work should hold back for them: what a new post
//! sends out brings readers, who come first.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// A wait that nobody minds.
const FINE: Duration = Duration::from_millis(20);
/// The longest that one piece of work holds back.
const LONGEST: Duration = Duration::from_millis(500);
/// What was measured longer ago says nothing.
const FRESH: Duration = Duration::from_millis(500);
/// The part that a new wait has in the mean: one of so many.
const WEIGHT: u32 = 16;

/// The mean of the last waits.
#[derive(Default)]
pub struct Pace(Mutex<Option<Measured>>);

#[derive(Clone, Copy)]
struct Measured {
    mean: Duration,
    at: Instant,
}

impl Pace {
    /// Takes note of a wait that ended now.
    pub fn note(&self, wait: Duration) {
        self.note_at(wait, Instant::now());
    }

    /// How long a piece of our own work should hold back: as long as others wait, unless they wait for a moment only.
    pub fn hold(&self) -> Duration {
        self.hold_at(Instant::now())
    }

    fn note_at(&self, wait: Duration, at: Instant) {
        let mut measured = self.lock();
        let before = measured.filter(|before| at.saturating_duration_since(before.at) < FRESH);
        let mean = before.map_or(wait, |before| (before.mean * (WEIGHT - 1) + wait) / WEIGHT);
        *measured = Some(Measured { mean, at });
    }

    fn hold_at(&self, now: Instant) -> Duration {
        let measured = *self.lock();
        let fresh = measured.filter(|one| now.saturating_duration_since(one.at) < FRESH);
        let mean = fresh.map_or(Duration::ZERO, |one| one.mean);
        if mean <= FINE {
            Duration::ZERO
        } else {
            mean.min(LONGEST)
        }
    }

    fn lock(&self) -> MutexGuard<'_, Option<Measured>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MILLI: Duration = Duration::from_millis(1);

    #[test]
    fn work_holds_back_as_long_as_others_wait() {
        let (pace, now) = (Pace::default(), Instant::now());
        assert_eq!(pace.hold_at(now), Duration::ZERO);
        pace.note_at(100 * MILLI, now);
        assert_eq!(pace.hold_at(now), 100 * MILLI);
        pace.note_at(20_000 * MILLI, now);
        assert_eq!(pace.hold_at(now), LONGEST);
    }

    #[test]
    fn a_short_wait_and_an_old_one_hold_nothing_back() {
        let (pace, now) = (Pace::default(), Instant::now());
        pace.note_at(10 * MILLI, now);
        assert_eq!(pace.hold_at(now), Duration::ZERO);
        pace.note_at(5_000 * MILLI, now);
        assert!(pace.hold_at(now) > FINE);
        assert_eq!(pace.hold_at(now + FRESH), Duration::ZERO);
    }

    #[test]
    fn one_slow_answer_among_many_holds_little_back() {
        let (pace, now) = (Pace::default(), Instant::now());
        for _ in 0..50 {
            pace.note_at(MILLI, now);
        }
        pace.note_at(200 * MILLI, now);
        assert_eq!(pace.hold_at(now), Duration::ZERO);
    }
}
