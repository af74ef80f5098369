//! How many documents an hour are fetched from one server to complete threads. In memory, by the node's clock, bounded.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::types::{Host, Timestamp};

/// An hour, in seconds.
const HOUR_SECS: i64 = 3600;
/// Servers counted at once; those whose hour is over are forgotten first.
const COUNTED: usize = 10_000;

/// What was fetched from whom in the hour that runs.
#[derive(Debug)]
pub(super) struct Ration {
    hourly: u32,
    hosts: Mutex<HashMap<Host, (Timestamp, u32)>>,
}

impl Ration {
    /// Grants `hourly` documents to each server.
    pub(super) fn new(hourly: u32) -> Self {
        Self {
            hourly,
            hosts: Mutex::default(),
        }
    }

    fn hosts(&self) -> MutexGuard<'_, HashMap<Host, (Timestamp, u32)>> {
        self.hosts.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Counts a document. Says until when to wait when the hour's are used up.
    pub(super) fn spend(&self, host: &Host, now: Timestamp) -> Result<(), Timestamp> {
        let over = |begun: Timestamp| begun.plus_secs(HOUR_SECS);
        let mut hosts = self.hosts();
        if hosts.len() >= COUNTED && !hosts.contains_key(host) {
            hosts.retain(|_, (begun, _)| over(*begun) > now);
            if hosts.len() >= COUNTED {
                return Err(now.plus_secs(HOUR_SECS));
            }
        }
        let (begun, count) = hosts.entry(host.clone()).or_insert((now, 0));
        if over(*begun) <= now {
            (*begun, *count) = (now, 0);
        }
        if *count >= self.hourly {
            return Err(over(*begun));
        }
        *count += 1;
        Ok(())
    }

    /// Those fetched from in the hour that runs, and how often; most first.
    pub(super) fn list(&self, now: Timestamp, most: usize) -> Vec<(Host, u32)> {
        let hosts = self.hosts();
        let runs = |begun: Timestamp| begun.plus_secs(HOUR_SECS) > now;
        let mut all: Vec<(Host, u32)> = hosts
            .iter()
            .filter(|(_, (begun, _))| runs(*begun))
            .map(|(host, (_, count))| (host.clone(), *count))
            .collect();
        drop(hosts);
        all.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.as_str().cmp(b.0.as_str())));
        all.truncate(most);
        all
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_hours_documents_are_granted_and_then_no_more_until_the_next() {
        let now = Timestamp::from_secs(1_800_000_000);
        let (ration, host) = (Ration::new(2), Host::parse("far.example").unwrap());
        assert_eq!(ration.spend(&host, now), Ok(()));
        assert_eq!(ration.spend(&host, now.plus_secs(60)), Ok(()));
        assert_eq!(
            ration.spend(&host, now.plus_secs(120)),
            Err(now.plus_secs(HOUR_SECS))
        );
        assert_eq!(ration.list(now, 5), [(host.clone(), 2)]);
        let next = now.plus_secs(HOUR_SECS);
        assert_eq!(ration.spend(&host, next), Ok(()));
        assert_eq!(ration.list(next, 5), [(host, 1)]);
        assert!(ration.list(next, 0).is_empty());
    }
}
