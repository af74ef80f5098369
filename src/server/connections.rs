//! The listener: takes connections, bounds their number and the time a request's head may take, lets them end when the
//! node stops. HTTP/1.1 and HTTP/2, told apart by how a connection begins, or agreed on in its TLS handshake. axum's own
//! `serve` bounds none of this.

mod moving;
mod places;
mod prefixed;
#[cfg(test)]
mod tests;
mod traffic;

use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use bytes::BytesMut;
use hyper::server::conn::{http1, http2};
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::runtime::Handle;
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio::time::{Instant, MissedTickBehavior, interval_at, timeout};

use super::express;
use super::patience::Patience;
use super::site::Site;
use super::tracks::Tracks;
use moving::Moving;
use places::Place;
use prefixed::Prefixed;
use traffic::Traffic;

pub(super) use places::{Places, Shares};

/// The longest that a request's head may take, and that a connection may idle between requests.
pub(super) const HEAD_TIMEOUT: Duration = Duration::from_secs(30);
/// Largest head of a request, in bytes.
const HEAD_MAX: usize = 64 * 1024;
/// How long requests under way may take when the node stops, or when a connection is given up.
const FAREWELL: Duration = Duration::from_secs(10);
/// The pause when no connection can be taken, for want of file descriptors most of all.
const BREATH: Duration = Duration::from_millis(100);

/// How a connection of HTTP/2 begins (RFC 9113 3.4).
const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
/// Requests that one connection of HTTP/2 may have under way.
const STREAMS: u32 = 32;
/// What may be sent here before somebody reads it: of one request, and of all of a connection. No less than the second may
/// be asked for (RFC 9113 6.9.2), so all connections together can take 512 MiB, and only of bodies that nobody reads.
const STREAM_WINDOW: u32 = 16 * 1024;
const WINDOW: u32 = 64 * 1024 - 1;
/// Largest head of a request of HTTP/2, unpacked.
const HEAD_LIST_MAX: u32 = 16 * 1024;
/// What waits to be sent of one answer.
const SEND_MAX: usize = 64 * 1024;
/// Requests that may be begun and broken off at once before the connection is ended ("rapid reset", CVE-2023-44487).
const RESETS_MAX: usize = 20;
/// Streams that we broke off because of what the other side did, before the connection is ended.
const ERRORS_MAX: usize = 64;
/// For how many times [`HEAD_TIMEOUT`] nothing of what a connection asked for may move: longer than any answer is in the making.
const STILL_MAX: u32 = 3;
/// How often the other side of a connection must show that it is there.
const PING: Duration = Duration::from_secs(20);

/// A connection of which so much is known that its requests can be answered.
pub(super) struct Begun<S> {
    pub(super) stream: S,
    /// What was read of it.
    pub(super) read: BytesMut,
    pub(super) protocol: Protocol,
}

/// Which protocol a connection speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Protocol {
    /// HTTP/1.1.
    One,
    /// HTTP/2.
    Two,
}

/// Serves a site until `stopped` turns true; requests under way end first.
pub(super) fn serve(
    listener: TcpListener,
    site: impl Into<Site>,
    mut stopped: watch::Receiver<bool>,
) -> JoinHandle<()> {
    let site = site.into();
    tokio::spawn(async move {
        let (places, mut tracks) = (Places::of(&site), tracks_of(&site));
        while let Some((stream, peer, place)) = next(&listener, &places, &mut stopped).await {
            let track = tracks.as_mut().and_then(Tracks::next);
            let (site, stopped) = (site.clone(), stopped.clone());
            tokio::spawn(async move {
                let begun = match track {
                    Some(track) => begin_on(&track, stream, &site, &stopped).await,
                    None => begin(stream, &site, Patience::new(stopped.clone())).await,
                };
                if let Some(begun) = begun {
                    Box::pin(go_on(begun, peer, site, stopped)).await;
                }
                drop(place);
            });
        }
        drop(listener);
        places.emptied().await;
    })
}

/// Where the connections of a site begin, if it keeps answers. They can begin anywhere, if less quickly.
fn tracks_of(site: &Site) -> Option<Tracks> {
    site.keeper()?;
    let tracks = Tracks::open();
    tracks
        .inspect_err(|error| tracing::warn!("no threads for kept answers alone: {error}"))
        .ok()
}

/// The next connection, once there is a place for it; None when the node stops. Who has its share already is sent away.
pub(super) async fn next(
    listener: &TcpListener,
    places: &Places,
    stopped: &mut watch::Receiver<bool>,
) -> Option<(TcpStream, SocketAddr, Place)> {
    loop {
        let accepted = tokio::select! {
            accepted = accept(listener, places) => accepted,
            _ = stopped.wait_for(|stop| *stop) => return None,
        };
        match accepted {
            Ok(Some(connection)) => return Some(connection),
            Ok(None) => {}
            Err(error) => {
                tracing::warn!("cannot take a connection: {error}");
                tokio::time::sleep(BREATH).await;
            }
        }
    }
}

async fn accept(
    listener: &TcpListener,
    places: &Places,
) -> std::io::Result<Option<(TcpStream, SocketAddr, Place)>> {
    let free = places.free().await?;
    let (stream, peer) = listener.accept().await?;
    stream.set_nodelay(true)?;
    let place = places.give(free, peer.ip());
    Ok(place.map(|place| (stream, peer, place)))
}

/// Begins a connection on a track, and brings it back here when it asks for more than is kept.
async fn begin_on(
    track: &Handle,
    stream: TcpStream,
    site: &Site,
    stopped: &watch::Receiver<bool>,
) -> Option<Begun<TcpStream>> {
    let (stream, site) = (stream.into_std().ok()?, site.clone());
    let stopped = stopped.clone();
    let begun = track.spawn(async move {
        let stream = TcpStream::from_std(stream).ok()?;
        let begun = begin(stream, &site, Patience::new(stopped)).await?;
        Some((begun.stream.into_std().ok()?, begun.read, begun.protocol))
    });
    let (stream, read, protocol) = begun.await.ok()??;
    Some(Begun {
        stream: TcpStream::from_std(stream).ok()?,
        read,
        protocol,
    })
}

/// Reads which protocol a connection speaks, and answers it for as long as what it asks for is kept. None when it has ended.
async fn begin<S>(mut stream: S, site: &Site, mut patience: Patience) -> Option<Begun<S>>
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    let mut read = BytesMut::with_capacity(1024);
    let protocol = loop {
        let more = patience.wait_for(stream.read_buf(&mut read));
        if more.await?.ok()? == 0 {
            return None;
        }
        let common = read.iter().zip(PREFACE).take_while(|(a, b)| a == b).count();
        if common == PREFACE.len() {
            break Protocol::Two;
        }
        if common < read.len() {
            break Protocol::One;
        }
    };
    let begun = Begun {
        stream,
        read,
        protocol,
    };
    at_once(begun, site, patience).await
}

/// Gives kept answers for as long as they are all that is asked for. None when the connection has ended.
async fn at_once<S>(mut begun: Begun<S>, site: &Site, patience: Patience) -> Option<Begun<S>>
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    if let (Some(app), Protocol::One) = (site.keeper(), begun.protocol) {
        begun.read = express::serve(app, &mut begun.stream, begun.read, patience).await?;
    }
    Some(begun)
}

/// Answers the requests of one connection until it ends or the node stops.
pub(super) async fn talk<S>(
    begun: Begun<S>,
    peer: SocketAddr,
    site: Site,
    stopped: watch::Receiver<bool>,
) where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let patience = Patience::new(stopped.clone());
    if let Some(begun) = at_once(begun, &site, patience).await {
        go_on(begun, peer, site, stopped).await;
    }
}

/// Answers the requests of a connection of which more than kept answers is asked.
async fn go_on<S>(begun: Begun<S>, peer: SocketAddr, site: Site, stopped: watch::Receiver<bool>)
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let Begun {
        stream,
        read,
        protocol,
    } = begun;
    let service = site.for_peer(peer);
    let io = TokioIo::new(Prefixed::new(read.freeze(), Moving::new(stream)));
    let ended = match protocol {
        Protocol::One => {
            let connection = http1::Builder::new()
                .timer(TokioTimer::new())
                .header_read_timeout(HEAD_TIMEOUT)
                .max_buf_size(HEAD_MAX)
                .serve_connection(io, service);
            let mut connection = pin!(connection);
            tokio::select! {
                ended = connection.as_mut() => ended,
                () = until(stopped) => {
                    connection.as_mut().graceful_shutdown();
                    last(connection).await
                }
            }
        }
        Protocol::Two => {
            let traffic = Arc::new(Traffic::default());
            let counted = traffic::Counted::new(service, Arc::clone(&traffic));
            let connection = second().serve_connection(io, counted);
            let mut connection = pin!(connection);
            tokio::select! {
                ended = connection.as_mut() => ended,
                () = until(stopped) => {
                    connection.as_mut().graceful_shutdown();
                    last(connection).await
                }
                () = idle(&traffic) => {
                    connection.as_mut().graceful_shutdown();
                    last(connection).await
                }
            }
        }
    };
    if let Err(error) = ended {
        tracing::trace!(%peer, ?protocol, "a connection broke: {error}");
    }
}

/// HTTP/2 within its bounds.
fn second() -> http2::Builder<TokioExecutor> {
    let mut builder = http2::Builder::new(TokioExecutor::new());
    builder
        .timer(TokioTimer::new())
        .max_concurrent_streams(STREAMS)
        .initial_stream_window_size(STREAM_WINDOW)
        .initial_connection_window_size(WINDOW)
        .max_header_list_size(HEAD_LIST_MAX)
        .max_send_buf_size(SEND_MAX)
        .max_pending_accept_reset_streams(RESETS_MAX)
        .max_local_error_reset_streams(ERRORS_MAX)
        .keep_alive_interval(PING)
        .keep_alive_timeout(PING);
    builder
}

/// Waits until the node stops.
pub(super) async fn until(mut stopped: watch::Receiver<bool>) {
    // Who could say so is gone: that is no reason to stop.
    if stopped.wait_for(|stop| *stop).await.is_err() {
        std::future::pending::<()>().await;
    }
}

/// What a connection that was asked to end still has to say.
async fn last<C: Future<Output = hyper::Result<()>>>(connection: C) -> hyper::Result<()> {
    timeout(FAREWELL, connection).await.unwrap_or(Ok(()))
}

/// Waits until a connection had nothing to do for as long as it may (its pings do not count, nor does a head that never
/// ends), or until what it asked for is not taken.
async fn idle(traffic: &Traffic) {
    let mut ticks = interval_at(Instant::now() + HEAD_TIMEOUT, HEAD_TIMEOUT);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let (mut seen, mut still) = (0, 0);
    loop {
        ticks.tick().await;
        let moved = traffic.moved();
        still = if moved == seen { still + 1 } else { 0 };
        if still >= STILL_MAX || (still > 0 && traffic.under_way() == 0) {
            return;
        }
        seen = moved;
    }
}
