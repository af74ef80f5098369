//! Room for activities that are being read and handled: so many bytes in all, and no client may take all of it. What finds no
//! room is turned away before its body is read, so the memory is bounded whoever sends how much.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// The unit of account, in bytes.
const UNIT: u64 = 1024;
/// What even the smallest activity counts for, in units: it is parsed, held, and waits for the database.
const LEAST: u32 = 16;
/// The part of the room that one client may take.
const SHARE: u32 = 4;

/// The room.
pub(super) struct Room {
    free: Arc<Semaphore>,
    /// Largest body, in units.
    most: u32,
    /// What one client may take, in units.
    share: u32,
    /// What each client has taken; those with nothing have no entry.
    taken: Mutex<HashMap<IpAddr, u32>>,
}

/// A place in the room; it is free again when this is dropped.
pub(super) struct Place {
    _permit: OwnedSemaphorePermit,
    room: Arc<Room>,
    client: IpAddr,
    units: u32,
}

impl Room {
    /// A room of so many MiB, for bodies of at most `body_max` bytes.
    pub(super) fn new(mib: u32, body_max: usize) -> Arc<Self> {
        let most = units(u64::try_from(body_max).unwrap_or(u64::MAX));
        let all = mib.saturating_mul(1024).max(most);
        Arc::new(Self {
            free: Arc::new(Semaphore::new(usize::try_from(all).unwrap_or(usize::MAX))),
            most,
            share: (all / SHARE).max(most),
            taken: Mutex::default(),
        })
    }

    /// Takes a place for a body of this length; one that does not say counts as the largest. None: there is no room.
    pub(super) fn enter(self: &Arc<Self>, client: IpAddr, length: Option<u64>) -> Option<Place> {
        let units = length
            .map_or(self.most, units)
            .clamp(LEAST, self.most.max(LEAST));
        let mut taken = self.taken();
        let own = taken
            .get(&client)
            .copied()
            .unwrap_or(0)
            .saturating_add(units);
        if own > self.share {
            return None;
        }
        let permit = Arc::clone(&self.free).try_acquire_many_owned(units).ok()?;
        taken.insert(client, own);
        Some(Place {
            _permit: permit,
            room: Arc::clone(self),
            client,
            units,
        })
    }

    fn taken(&self) -> MutexGuard<'_, HashMap<IpAddr, u32>> {
        self.taken.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut taken = self.room.taken();
        match taken.get_mut(&self.client) {
            Some(own) if *own > self.units => *own -= self.units,
            _ => {
                taken.remove(&self.client);
            }
        }
    }
}

fn units(bytes: u64) -> u32 {
    u32::try_from(bytes.div_ceil(UNIT)).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    const MIB: u64 = 1024 * 1024;

    fn client(number: u8) -> IpAddr {
        IpAddr::from([192, 0, 2, number])
    }

    fn room() -> Arc<Room> {
        Room::new(8, usize::try_from(MIB).unwrap())
    }

    #[test]
    fn there_is_never_more_than_the_room_holds() {
        let room = room();
        let mut places: Vec<Place> = Vec::new();
        for number in 0..8 {
            places.push(room.enter(client(number), Some(MIB)).unwrap());
        }
        assert!(room.enter(client(99), Some(1)).is_none());
        places.pop();
        for _ in 0..64 {
            places.push(room.enter(client(99), Some(1)).unwrap());
        }
        assert!(room.enter(client(98), Some(1)).is_none());
        places.clear();
        assert!(room.taken().is_empty());
        assert!(room.enter(client(98), None).is_some());
    }

    #[test]
    fn one_client_leaves_room_for_others() {
        let room = room();
        let greedy: Vec<Place> = std::iter::from_fn(|| room.enter(client(1), None)).collect();
        assert_eq!(greedy.len(), 2);
        assert!(room.enter(client(2), None).is_some());
    }

    #[test]
    fn a_length_that_lies_counts_as_the_largest_body() {
        let room = room();
        assert_eq!(room.enter(client(1), Some(u64::MAX)).unwrap().units, 1024);
        assert_eq!(room.enter(client(1), Some(0)).unwrap().units, LEAST);
    }
}
