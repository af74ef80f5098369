//! The readers who have a discussion open just now, by post: each post has one number, how many comments it has, that all of
//! them hear. It counts nothing itself.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use tokio::sync::watch;

/// What the readers of one post hear; nothing before it was counted.
pub type Total = Option<i64>;

/// The open discussions.
pub struct Live {
    rooms: Mutex<HashMap<i64, watch::Sender<Total>>>,
    ended: watch::Sender<bool>,
}

impl Default for Live {
    fn default() -> Self {
        Self {
            rooms: Mutex::default(),
            ended: watch::channel(false).0,
        }
    }
}

impl Live {
    /// Joins those who have a post open. The first one also gets the way to tell them, and is to see to it that somebody does.
    pub fn join(&self, post: i64) -> (watch::Receiver<Total>, Option<watch::Sender<Total>>) {
        let mut rooms = self.rooms();
        if let Some(room) = rooms.get(&post) {
            return (room.subscribe(), None);
        }
        let (room, reader) = watch::channel(None);
        rooms.insert(post, room.clone());
        (reader, Some(room))
    }

    /// Closes a post's room unless somebody is in it. True when it is closed.
    pub fn close_if_empty(&self, post: i64) -> bool {
        let mut rooms = self.rooms();
        let empty = rooms
            .get(&post)
            .is_none_or(tokio::sync::watch::Sender::is_closed);
        if empty {
            rooms.remove(&post);
        }
        empty
    }

    /// Ends everything that is open, for good.
    pub fn end(&self) {
        self.ended.send_replace(true);
        self.rooms().clear();
    }

    /// Waits for the end.
    pub async fn ended(&self) {
        let _ = self.ended.subscribe().wait_for(|ended| *ended).await;
    }

    /// How many posts are open.
    pub fn count(&self) -> usize {
        self.rooms().len()
    }

    fn rooms(&self) -> MutexGuard<'_, HashMap<i64, watch::Sender<Total>>> {
        self.rooms.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_room_opens_for_the_first_reader_and_closes_behind_the_last() {
        let live = Live::default();
        let (first, teller) = live.join(7);
        let (second, none) = live.join(7);
        assert!(teller.is_some() && none.is_none() && live.count() == 1);
        drop(first);
        assert!(!live.close_if_empty(7));
        drop(second);
        assert!(live.close_if_empty(7));
        assert_eq!(live.count(), 0);
    }
}
