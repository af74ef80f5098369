//! When each scope last changed, as a number that only grows. No clock takes part.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::Scope;

/// Scopes that are remembered; beyond, all that was made before counts as stale.
const SCOPES_MAX: usize = 50_000;

/// The changes that were heard.
#[derive(Default)]
pub(super) struct Scopes {
    /// The number of the newest change.
    now: AtomicU64,
    /// Changes are not heard: nothing may be trusted.
    deaf: AtomicBool,
    changed: Mutex<Changed>,
}

#[derive(Default)]
struct Changed {
    last: HashMap<Scope, u64>,
    /// What was made before this is stale.
    floor: u64,
}

impl Scopes {
    /// The number of the newest change. Take it before reading what an answer shows.
    pub(super) fn now(&self) -> u64 {
        self.now.load(Ordering::Acquire)
    }

    /// True while changes are heard.
    pub(super) fn is_hearing(&self) -> bool {
        !self.deaf.load(Ordering::Acquire)
    }

    /// Counts a change of these scopes.
    pub(super) fn note(&self, scopes: impl IntoIterator<Item = Scope>) {
        let mut changed = self.lock();
        let now = self.now() + 1;
        changed
            .last
            .extend(scopes.into_iter().map(|scope| (scope, now)));
        if changed.last.len() > SCOPES_MAX {
            changed.last.clear();
            changed.floor = now;
        }
        self.now.store(now, Ordering::Release);
    }

    /// Says whether changes are heard. What was made until now counts as stale, for nobody knows what changed meanwhile.
    pub(super) fn set_hearing(&self, hearing: bool) {
        let mut changed = self.lock();
        let now = self.now() + 1;
        changed.last.clear();
        changed.floor = now;
        self.now.store(now, Ordering::Release);
        self.deaf.store(!hearing, Ordering::Release);
    }

    /// True when none of the scopes changed since `made`, at the moment that is returned.
    pub(super) fn is_current(&self, scopes: &[Scope], made: u64) -> Option<u64> {
        let changed = self.lock();
        let is_old = |scope| changed.last.get(scope).is_some_and(|at| *at > made);
        let stale = made < changed.floor || scopes.iter().any(is_old);
        (!stale).then(|| self.now())
    }

    fn lock(&self) -> MutexGuard<'_, Changed> {
        self.changed.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_shows_a_changed_scope_is_stale_and_nothing_else_is() {
        let scopes = Scopes::default();
        let made = scopes.now();
        scopes.note([Scope::Post(1)]);
        assert!(scopes.is_current(&[Scope::Post(1)], made).is_none());
        assert!(
            scopes
                .is_current(&[Scope::Post(2), Scope::Site], made)
                .is_some()
        );
        assert!(scopes.is_current(&[Scope::Post(1)], scopes.now()).is_some());
    }

    #[test]
    fn what_was_made_before_a_silence_is_stale() {
        let scopes = Scopes::default();
        let made = scopes.now();
        scopes.set_hearing(false);
        assert!(!scopes.is_hearing());
        scopes.set_hearing(true);
        assert!(scopes.is_hearing());
        assert!(scopes.is_current(&[], made).is_none());
        assert!(scopes.is_current(&[], scopes.now()).is_some());
    }

    #[test]
    fn more_scopes_than_are_remembered_make_everything_stale() {
        let scopes = Scopes::default();
        let made = scopes.now();
        let many = i64::try_from(SCOPES_MAX).unwrap() + 1;
        scopes.note((0..many).map(Scope::Post));
        assert!(scopes.is_current(&[Scope::Site], made).is_none());
    }
}
