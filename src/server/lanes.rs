//! Threads that do nothing but give kept answers: one for each core, with connections of its own, so that no connection goes
//! from core to core and nobody waits there behind a page that is being made. The kernel shares the cores between them and the
//! rest of the node.

use std::num::NonZero;
use std::thread;

use tokio::runtime::{Builder, Handle};
use tokio::sync::oneshot;

/// The lanes of a listener. Their threads end with it, and what is still under way there.
pub(super) struct Lanes {
    lanes: Vec<Lane>,
    turn: usize,
}

struct Lane {
    runtime: Handle,
    _open: oneshot::Sender<()>,
}

impl Lanes {
    /// Starts the threads. Fails when the system gives none.
    pub(super) fn open() -> std::io::Result<Self> {
        let count = thread::available_parallelism().map_or(1, NonZero::get);
        let lanes = (0..count).map(|_| Lane::open()).collect::<Result<_, _>>()?;
        Ok(Self { lanes, turn: 0 })
    }

    /// The lane for the next connection: each in its turn.
    pub(super) fn next(&mut self) -> Option<Handle> {
        let lane = self.lanes.get(self.turn % self.lanes.len().max(1))?;
        self.turn = self.turn.wrapping_add(1);
        Some(lane.runtime.clone())
    }
}

impl Lane {
    fn open() -> std::io::Result<Self> {
        let runtime = Builder::new_current_thread().enable_all().build()?;
        let handle = runtime.handle().clone();
        let (open, closed) = oneshot::channel::<()>();
        thread::Builder::new()
            .name("lane".to_owned())
            .spawn(move || runtime.block_on(closed))?;
        Ok(Self {
            runtime: handle,
            _open: open,
        })
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[tokio::test]
    async fn each_lane_has_its_turn_and_a_thread_that_ends_with_it() {
        let mut lanes = Lanes::open().unwrap();
        let count = lanes.lanes.len();
        let mut threads = Vec::new();
        for _ in 0..count * 2 {
            let lane = lanes.next().unwrap();
            threads.push(lane.spawn(async { thread::current().id() }).await.unwrap());
        }
        assert_eq!(threads[..count], threads[count..]);
        let waiting = lanes.next().unwrap().spawn(std::future::pending::<()>());
        drop(lanes);
        let ended = tokio::time::timeout(Duration::from_secs(10), waiting).await;
        assert!(ended.unwrap().unwrap_err().is_cancelled());
    }
}
