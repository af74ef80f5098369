//! Which connections are kept for the next request: those to a few hosts that are talked to again and again. Of the thousands
//! that get a post, or whose key is fetched once, none stays open: idle, each costs some 30 KB here, and a place there.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use quick_cache::sync::Cache;
use reqwest::{Client, ClientBuilder, Result};
use url::Url;

/// How many origins are remembered.
const REMEMBERED: usize = 4_096;
/// How many origins have connections that are kept.
const PLACES: usize = 256;

/// The client, with connections that are kept and with such that end with their request.
#[derive(Debug)]
pub(super) struct Connections {
    lasting: Client,
    single: Client,
    /// When a request last left for an origin.
    lately: Cache<String, Instant>,
    /// The same for those whose connections are kept.
    places: Mutex<HashMap<String, Instant>>,
    while_idle: Duration,
}

impl Connections {
    /// Keeps up to `for_each_host` idle connections of a host, each for `while_idle`; `build` is called for each kind.
    pub(super) fn new(
        build: impl Fn() -> ClientBuilder,
        for_each_host: usize,
        while_idle: Duration,
    ) -> Result<Self> {
        let lasting = build()
            .pool_max_idle_per_host(for_each_host)
            .pool_idle_timeout(while_idle);
        Ok(Self {
            lasting: lasting.build()?,
            single: build().pool_max_idle_per_host(0).build()?,
            lately: Cache::new(REMEMBERED),
            places: Mutex::default(),
            while_idle,
        })
    }

    /// The client for a request that leaves now.
    pub(super) fn client_for(&self, url: &Url) -> &Client {
        let origin = url.origin().ascii_serialization();
        if self.comes_again(&origin) && self.has_place(origin) {
            &self.lasting
        } else {
            &self.single
        }
    }

    /// The client whose connections last.
    pub(super) fn lasting(&self) -> &Client {
        &self.lasting
    }

    /// True from the second request on that an origin gets before an idle connection would have ended.
    fn comes_again(&self, origin: &str) -> bool {
        let last = self.lately.get(origin);
        self.lately.insert(origin.to_owned(), Instant::now());
        last.is_some_and(|last| last.elapsed() < self.while_idle)
    }

    /// Gives an origin a place, or lets it keep its own; false when all are taken by others.
    fn has_place(&self, origin: String) -> bool {
        let mut places = self.places.lock().unwrap_or_else(PoisonError::into_inner);
        if !places.contains_key(&origin) && places.len() >= PLACES {
            places.retain(|_, last| last.elapsed() < self.while_idle);
        }
        let is_free = places.len() < PLACES || places.contains_key(&origin);
        if is_free {
            places.insert(origin, Instant::now());
        }
        is_free
    }
}

#[cfg(test)]
mod tests {
    use std::net::SocketAddr;

    use http::HeaderMap;
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::net::TcpListener;
    use tokio::sync::watch;

    use super::*;
    use crate::http::{HttpClient, HttpSettings, Limits};

    const LIMITS: Limits = Limits {
        bytes: 1024,
        deadline: Duration::from_secs(10),
    };

    #[expect(clippy::disallowed_methods, reason = "nothing leaves the node")]
    fn connections(while_idle: Duration) -> Connections {
        let build = || Client::builder().no_proxy();
        Connections::new(build, 1, while_idle).unwrap()
    }

    fn lasts(connections: &Connections, number: usize) -> bool {
        let url = Url::parse(&format!("https://h{number}.example/inbox")).unwrap();
        std::ptr::eq(connections.client_for(&url), connections.lasting())
    }

    #[test]
    fn no_more_hosts_than_there_are_places_keep_connections() {
        let connections = connections(Duration::from_hours(1));
        assert!((0..2 * PLACES).all(|number| !lasts(&connections, number)));
        let lasting = (0..2 * PLACES).filter(|number| lasts(&connections, *number));
        assert_eq!(lasting.count(), PLACES);
        assert!(lasts(&connections, 0) && !lasts(&connections, PLACES));
    }

    #[test]
    fn places_of_hosts_that_are_not_talked_to_any_more_are_given_away() {
        let connections = connections(Duration::ZERO);
        for number in 0..2 * PLACES {
            assert!(connections.has_place(number.to_string()));
        }
        assert!(connections.places.lock().unwrap().len() <= PLACES);
    }

    /// Connections that were opened to a server, and those that still are.
    #[derive(Default)]
    struct Opened {
        ever: usize,
        now: usize,
    }

    /// Starts a server that answers request after request on a connection until its client closes it.
    async fn serve_lasting() -> (SocketAddr, watch::Receiver<Opened>) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (tell, told) = watch::channel(Opened::default());
        tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                let tell = tell.clone();
                tell.send_modify(|opened| {
                    opened.ever += 1;
                    opened.now += 1;
                });
                tokio::spawn(async move {
                    let mut buffer = [0; 4096];
                    // A head comes in one piece here.
                    while stream.read(&mut buffer).await.is_ok_and(|read| read > 0) {
                        let answer = b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok";
                        stream.write_all(answer).await.unwrap();
                    }
                    tell.send_modify(|opened| opened.now -= 1);
                });
            }
        });
        (address, told)
    }

    #[tokio::test]
    async fn only_a_host_that_is_talked_to_again_keeps_a_connection() {
        let (address, mut opened) = serve_lasting().await;
        let client = HttpClient::new(HttpSettings {
            allow_loopback: true,
            allow_http: true,
            ..HttpSettings::default()
        });
        let client = client.unwrap();
        let url = Url::parse(&format!("http://{address}/")).unwrap();
        let get = async || client.get(&url, HeaderMap::new(), LIMITS).await.unwrap();
        get().await;
        let closed = opened.wait_for(|opened| opened.ever == 1 && opened.now == 0);
        tokio::time::timeout(LIMITS.deadline, closed)
            .await
            .unwrap()
            .unwrap();
        for _ in 0..3 {
            get().await;
        }
        let last = opened.borrow();
        assert_eq!((last.ever, last.now), (2, 1));
    }
}
