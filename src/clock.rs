//! The only source of time and of ids, so that tests can fix both.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

use crate::types::{Id, Timestamp};

/// Where "now" comes from.
#[derive(Clone, Debug)]
pub enum Clock {
    /// The machine's clock.
    System,
    /// A clock that stands still until it is told to move.
    Fixed(Arc<AtomicI64>),
}

impl Clock {
    /// A clock that stands at `at`.
    pub fn fixed(at: Timestamp) -> Self {
        Self::Fixed(Arc::new(AtomicI64::new(at.0)))
    }

    /// The present moment.
    #[expect(
        clippy::disallowed_methods,
        reason = "the one place that reads the system's clock"
    )]
    pub fn now(&self) -> Timestamp {
        match self {
            Self::System => {
                let since = SystemTime::now().duration_since(UNIX_EPOCH);
                let micros = since.map(|since| i64::try_from(since.as_micros()));
                Timestamp(micros.map_or(0, |micros| micros.unwrap_or(i64::MAX)))
            }
            Self::Fixed(at) => Timestamp(at.load(Ordering::SeqCst)),
        }
    }

    /// Moves a fixed clock; does nothing to the system's.
    pub fn advance_secs(&self, secs: i64) {
        if let Self::Fixed(at) = self {
            at.fetch_add(secs * Timestamp::SECOND, Ordering::SeqCst);
        }
    }
}

/// Makes 63-bit ids that grow with time: 42 bits of milliseconds since 2020, 9 bits that differ
/// between processes, 12 bits that count within a millisecond.
#[derive(Clone, Debug)]
pub struct IdGenerator {
    clock: Clock,
    last: Arc<AtomicI64>,
    node: i64,
}

const EPOCH_MS: i64 = 1_577_836_800_000;
const NODE_BITS: u32 = 9;
const COUNT_BITS: u32 = 12;

impl IdGenerator {
    /// A generator whose ids carry `node` (only its lowest 9 bits count) to keep processes apart.
    pub fn new(clock: Clock, node: u16) -> Self {
        let node = i64::from(node) & ((1 << NODE_BITS) - 1);
        Self {
            clock,
            last: Arc::new(AtomicI64::new(0)),
            node,
        }
    }

    /// The next id; larger than every one before it from this generator.
    pub fn next<T>(&self) -> Id<T> {
        let ms = (self.clock.now().0 / 1000 - EPOCH_MS).max(1);
        let floor = ms << COUNT_BITS;
        let mut tick = floor;
        // The tick is time and counter in one number; when the counter overflows it borrows from the future.
        let _ = self
            .last
            .fetch_update(Ordering::SeqCst, Ordering::SeqCst, |last| {
                tick = floor.max(last + 1);
                Some(tick)
            });
        let (ms, count) = (tick >> COUNT_BITS, tick & ((1 << COUNT_BITS) - 1));
        Id::new((ms << (NODE_BITS + COUNT_BITS)) | (self.node << COUNT_BITS) | count)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_grow_even_when_the_clock_stands_still() {
        let generator = IdGenerator::new(Clock::fixed(Timestamp::from_secs(1_800_000_000)), 3);
        let ids: Vec<i64> = (0..10_000).map(|_| generator.next::<()>().raw()).collect();
        assert!(ids.windows(2).all(|pair| pair[0] < pair[1]));
        assert!(ids[0] > 0);
    }

    #[test]
    fn a_fixed_clock_moves_only_when_told() {
        let clock = Clock::fixed(Timestamp::from_secs(100));
        assert_eq!(clock.now().secs(), 100);
        clock.advance_secs(5);
        assert_eq!(clock.now().secs(), 105);
    }
}
