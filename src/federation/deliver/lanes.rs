//! A lane for each host: what waits for it, what is under way. Hosts take turns. Pure.

use std::collections::{HashMap, VecDeque};

use crate::domain::delivery::Due;
use crate::types::Host;

/// Waiting rows at which a host gets no more claimed: it must not fill the memory while others wait.
const LANE_FULL: usize = 8;

#[derive(Default)]
struct Lane {
    waiting: VecDeque<Due>,
    under_way: usize,
    /// Failures in a row, seen here.
    failures: i32,
    /// Stands in `ready`.
    listed: bool,
}

/// All lanes, and whose turn it is.
pub(super) struct Lanes {
    per_host: usize,
    hosts: HashMap<Host, Lane>,
    ready: VecDeque<Host>,
    waiting: usize,
    under_way: usize,
    full: bool,
}

impl Lanes {
    pub(super) fn new(per_host: usize) -> Self {
        Self {
            per_host,
            hosts: HashMap::new(),
            ready: VecDeque::new(),
            waiting: 0,
            under_way: 0,
            full: false,
        }
    }

    /// Rows that wait.
    pub(super) fn waiting(&self) -> usize {
        self.waiting
    }

    /// Rows under way.
    pub(super) fn under_way(&self) -> usize {
        self.under_way
    }

    /// True when the last rows came in a full load, so that more may be due.
    pub(super) fn was_full(&self) -> bool {
        self.full
    }

    /// True when some host may be sent to now.
    pub(super) fn is_ready(&self) -> bool {
        !self.ready.is_empty()
    }

    /// The hosts for which enough waits here.
    pub(super) fn busy(&self) -> Vec<Host> {
        let full = self
            .hosts
            .iter()
            .filter(|(_, lane)| lane.waiting.len() >= LANE_FULL);
        full.map(|(host, _)| host.clone()).collect()
    }

    /// Adds claimed rows.
    pub(super) fn extend(&mut self, rows: Vec<Due>) {
        self.full = !rows.is_empty();
        self.waiting += rows.len();
        for due in rows {
            let host = due.host.clone();
            self.hosts
                .entry(host.clone())
                .or_default()
                .waiting
                .push_back(due);
            self.list(&host);
        }
    }

    /// Puts a host in line if it has work and room.
    fn list(&mut self, host: &Host) {
        if let Some(lane) = self.hosts.get_mut(host)
            && !lane.listed
            && !lane.waiting.is_empty()
            && lane.under_way < self.per_host
        {
            lane.listed = true;
            self.ready.push_back(host.clone());
        }
    }

    /// The next row of the host whose turn it is; counts as under way.
    pub(super) fn next(&mut self) -> Option<Due> {
        let host = self.ready.pop_front()?;
        let lane = self.hosts.get_mut(&host)?;
        lane.listed = false;
        let due = lane.waiting.pop_front()?;
        lane.under_way += 1;
        self.waiting -= 1;
        self.under_way += 1;
        self.list(&host);
        Some(due)
    }

    /// One of a host's requests ended. After `limit` failures in a row, gives back everything that waits for it.
    pub(super) fn finish(&mut self, host: &Host, failed: bool, limit: i32) -> Vec<Due> {
        self.under_way = self.under_way.saturating_sub(1);
        let Some(lane) = self.hosts.get_mut(host) else {
            return Vec::new();
        };
        lane.under_way = lane.under_way.saturating_sub(1);
        lane.failures = if failed {
            lane.failures.saturating_add(1)
        } else {
            0
        };
        let mut back = Vec::new();
        if lane.failures >= limit {
            back.extend(lane.waiting.drain(..));
            self.waiting -= back.len();
        }
        if lane.waiting.is_empty() && lane.under_way == 0 {
            self.hosts.remove(host);
        } else {
            self.list(host);
        }
        back
    }

    /// Gives back everything that waits.
    pub(super) fn drain(&mut self) -> Vec<Due> {
        self.ready.clear();
        self.waiting = 0;
        let all = self
            .hosts
            .values_mut()
            .flat_map(|lane| lane.waiting.drain(..));
        all.collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::types::{ApUrl, Id, Timestamp};

    fn due(host: &str, id: i64) -> Due {
        Due {
            id: Id::new(id),
            activity_id: Id::new(1),
            actor_id: Id::new(1),
            inbox: ApUrl::new(format!("https://{host}/inbox")),
            host: Host::parse(host).unwrap(),
            attempts: 0,
            created_at: Timestamp(0),
        }
    }

    #[test]
    fn hosts_take_turns_and_none_gets_more_than_its_places() {
        let mut lanes = Lanes::new(2);
        lanes.extend(
            (0..5)
                .map(|id| due("a.example", id))
                .chain([due("b.example", 9)])
                .collect(),
        );
        let order: Vec<i64> = std::iter::from_fn(|| lanes.next())
            .map(|due| due.id.raw())
            .collect();
        assert_eq!(order, [0, 9, 1]);
        assert_eq!((lanes.waiting(), lanes.under_way()), (3, 3));
        assert!(
            lanes
                .finish(&Host::parse("a.example").unwrap(), false, 3)
                .is_empty()
        );
        assert_eq!(lanes.next().map(|due| due.id.raw()), Some(2));
    }

    #[test]
    fn a_host_that_keeps_failing_gives_its_rows_back() {
        let mut lanes = Lanes::new(1);
        lanes.extend((0..4).map(|id| due("a.example", id)).collect());
        let host = Host::parse("a.example").unwrap();
        lanes.next().unwrap();
        assert!(lanes.finish(&host, true, 2).is_empty());
        lanes.next().unwrap();
        assert_eq!(lanes.finish(&host, true, 2).len(), 2);
        assert!(lanes.next().is_none());
        assert_eq!((lanes.waiting(), lanes.under_way()), (0, 0));
    }

    #[test]
    fn a_host_with_much_waiting_is_busy() {
        let mut lanes = Lanes::new(1);
        lanes.extend(
            (0..20)
                .map(|id| due("a.example", id))
                .chain([due("b.example", 99)])
                .collect(),
        );
        assert_eq!(lanes.busy(), [Host::parse("a.example").unwrap()]);
    }
}
