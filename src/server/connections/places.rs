//! The places for connections: so many in all, and of these a share at most for one client.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use ipnet::IpNet;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::timeout;

use super::FAREWELL;
use crate::server::client::bucket;
use crate::server::site::Site;

/// Connections open at once; more wait in the kernel's queue.
const CONNECTIONS: usize = 16_384;
/// Of these, what one client may have. Proxies that are trusted, and this machine, may have all.
const SHARE: usize = CONNECTIONS / 16;

/// The places of a listener.
#[derive(Clone)]
pub(in crate::server) struct Places {
    all: Arc<Semaphore>,
    shares: Shares,
}

/// A connection's place, given back when it ends.
pub(in crate::server) struct Place {
    _one: OwnedSemaphorePermit,
    _share: Share,
}

impl Places {
    /// The places for those who come to a site.
    pub(in crate::server) fn of(site: &Site) -> Self {
        Self {
            all: Arc::new(Semaphore::new(CONNECTIONS)),
            shares: Shares::of(site, SHARE),
        }
    }

    /// Waits for a free place.
    pub(super) async fn free(&self) -> std::io::Result<OwnedSemaphorePermit> {
        let free = Arc::clone(&self.all).acquire_owned().await;
        free.map_err(std::io::Error::other)
    }

    /// Gives a free place to a client; None when it has its share.
    pub(super) fn give(&self, free: OwnedSemaphorePermit, client: IpAddr) -> Option<Place> {
        Some(Place {
            _share: self.shares.take(client)?,
            _one: free,
        })
    }

    /// Waits until all connections have ended, but no longer than they may take.
    pub(in crate::server) async fn emptied(&self) {
        let all = u32::try_from(CONNECTIONS).unwrap_or(u32::MAX);
        let _ = timeout(FAREWELL, self.all.acquire_many(all)).await;
    }
}

/// How many of something each client has, and may have.
#[derive(Clone)]
pub(in crate::server) struct Shares {
    most: usize,
    trusted: Arc<[IpNet]>,
    taken: Arc<Mutex<HashMap<IpAddr, usize>>>,
}

/// One of a client's share, until it is dropped.
pub(in crate::server) struct Share {
    client: Option<IpAddr>,
    taken: Arc<Mutex<HashMap<IpAddr, usize>>>,
}

impl Shares {
    /// At most so many for each who comes to a site.
    pub(in crate::server) fn of(site: &Site, most: usize) -> Self {
        let trusted = site.keeper().map(|app| &app.config.server.trusted_proxies);
        Self {
            most,
            trusted: trusted.map_or_else(Arc::default, |nets| nets.as_slice().into()),
            taken: Arc::default(),
        }
    }

    /// One more for a client; None when it has all it may have.
    pub(in crate::server) fn take(&self, client: IpAddr) -> Option<Share> {
        let address = client.to_canonical();
        let free = address.is_loopback() || self.trusted.iter().any(|net| net.contains(&address));
        let client = (!free).then(|| bucket(address));
        if let Some(client) = client {
            let mut taken = lock(&self.taken);
            let count = taken.entry(client).or_default();
            if *count >= self.most {
                return None;
            }
            *count += 1;
        }
        Some(Share {
            client,
            taken: Arc::clone(&self.taken),
        })
    }
}

impl Drop for Share {
    fn drop(&mut self) {
        let Some(client) = self.client else { return };
        let mut taken = lock(&self.taken);
        if let Some(count) = taken.get_mut(&client) {
            *count -= 1;
            if *count == 0 {
                taken.remove(&client);
            }
        }
    }
}

fn lock(taken: &Mutex<HashMap<IpAddr, usize>>) -> MutexGuard<'_, HashMap<IpAddr, usize>> {
    taken.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shares(trusted: &str) -> Shares {
        Shares {
            most: 2,
            trusted: vec![trusted.parse().unwrap()].into(),
            taken: Arc::default(),
        }
    }

    #[test]
    fn a_client_has_no_more_than_its_share_and_gets_it_back() {
        let shares = shares("192.0.2.0/24");
        let take = |address: &str| shares.take(address.parse().unwrap());
        let held = (take("2001:db8::1"), take("2001:db8::2"));
        assert!(held.0.is_some() && held.1.is_some());
        assert!(take("2001:db8::ffff:3").is_none(), "one customer has a /64");
        assert!(take("2001:db8:0:1::1").is_some());
        drop(held.0);
        assert!(take("2001:db8::4").is_some());
        drop(held.1);
        assert!(lock(&shares.taken).is_empty());
    }

    #[test]
    fn proxies_that_are_trusted_and_this_machine_may_have_all() {
        let shares = shares("192.0.2.0/24");
        for address in ["192.0.2.7", "::ffff:192.0.2.7", "127.0.0.1", "::1"] {
            let all = [(); 9].map(|()| shares.take(address.parse().unwrap()));
            assert!(all.iter().all(Option::is_some), "{address}");
        }
    }
}
