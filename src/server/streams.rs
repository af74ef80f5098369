//! How many answers may stay open at once, in all and for one client: live arrival of comments holds a connection for as long
//! as somebody reads.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::body::Body;
use axum::response::Response;
use futures_util::StreamExt;

/// The open streams.
pub(super) struct Streams {
    most: usize,
    each: usize,
    open: Mutex<Open>,
}

#[derive(Default)]
struct Open {
    all: usize,
    by_client: HashMap<IpAddr, usize>,
}

/// A place among them; it is free again when this is dropped.
pub(super) struct Place {
    streams: Arc<Streams>,
    client: IpAddr,
}

impl Streams {
    /// Room for so many, and so many of one client.
    pub(super) fn new(most: u32, each: u32) -> Arc<Self> {
        let size = |number: u32| usize::try_from(number).unwrap_or(usize::MAX);
        Arc::new(Self {
            most: size(most),
            each: size(each),
            open: Mutex::default(),
        })
    }

    /// Takes a place; None when there is none.
    pub(super) fn enter(self: &Arc<Self>, client: IpAddr) -> Option<Place> {
        let mut open = self.open();
        let own = open.by_client.get(&client).copied().unwrap_or(0);
        if open.all >= self.most || own >= self.each {
            return None;
        }
        open.all += 1;
        open.by_client.insert(client, own + 1);
        Some(Place {
            streams: Arc::clone(self),
            client,
        })
    }

    fn open(&self) -> MutexGuard<'_, Open> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Place {
    /// Keeps the place for as long as the answer's body lasts.
    pub(super) fn until_sent(self, response: Response) -> Response {
        response.map(|body| {
            Body::from_stream(body.into_data_stream().map(move |part| {
                let _held = &self;
                part
            }))
        })
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut open = self.streams.open();
        open.all = open.all.saturating_sub(1);
        match open.by_client.get_mut(&self.client) {
            Some(own) if *own > 1 => *own -= 1,
            _ => {
                open.by_client.remove(&self.client);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn client(number: u8) -> IpAddr {
        IpAddr::from([192, 0, 2, number])
    }

    #[test]
    fn no_client_and_not_all_together_hold_more_than_their_part() {
        let streams = Streams::new(3, 2);
        let mut held = vec![
            streams.enter(client(1)).unwrap(),
            streams.enter(client(1)).unwrap(),
        ];
        assert!(streams.enter(client(1)).is_none());
        held.push(streams.enter(client(2)).unwrap());
        assert!(streams.enter(client(3)).is_none());
        held.clear();
        assert!(streams.open().by_client.is_empty() && streams.open().all == 0);
        assert!(streams.enter(client(3)).is_some());
    }
}
