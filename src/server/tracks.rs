//! Threads that do nothing but give kept answers: one for each core, with connections of its own, so that no connection goes
//! from core to core and nobody waits there behind a page that is being made. The kernel shares the cores between them and the
//! rest of the node.

use std::num::NonZero;
use std::thread;

use tokio::runtime::{Builder, Handle};
use tokio::sync::oneshot;

/// The tracks of a listener. Their threads end with it, and what is still under way there.
pub(super) struct Tracks {
    tracks: Vec<Track>,
    turn: usize,
}

struct Track {
    runtime: Handle,
    _open: oneshot::Sender<()>,
}

impl Tracks {
    /// Starts the threads. Fails when the system gives none.
    pub(super) fn open() -> std::io::Result<Self> {
        let count = thread::available_parallelism().map_or(1, NonZero::get);
        let tracks = (0..count)
            .map(|_| Track::open())
            .collect::<Result<_, _>>()?;
        Ok(Self { tracks, turn: 0 })
    }

    /// The track for the next connection: each in its turn.
    pub(super) fn next(&mut self) -> Option<Handle> {
        let track = self.tracks.get(self.turn % self.tracks.len().max(1))?;
        self.turn = self.turn.wrapping_add(1);
        Some(track.runtime.clone())
    }
}

impl Track {
    fn open() -> std::io::Result<Self> {
        let runtime = Builder::new_current_thread()
            .enable_all()
            .max_blocking_threads(1)
            .build()?;
        let handle = runtime.handle().clone();
        let (open, closed) = oneshot::channel::<()>();
        thread::Builder::new()
            .name("track".to_owned())
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
    async fn each_track_has_its_turn_and_a_thread_that_ends_with_it() {
        let mut tracks = Tracks::open().unwrap();
        let count = tracks.tracks.len();
        let mut threads = Vec::new();
        for _ in 0..count * 2 {
            let track = tracks.next().unwrap();
            threads.push(track.spawn(async { thread::current().id() }).await.unwrap());
        }
        assert_eq!(threads[..count], threads[count..]);
        let waiting = tracks.next().unwrap().spawn(std::future::pending::<()>());
        drop(tracks);
        let ended = tokio::time::timeout(Duration::from_secs(10), waiting).await;
        assert!(ended.unwrap().unwrap_err().is_cancelled());
    }
}
