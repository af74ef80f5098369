//! What a listener promises, for both protocols.

use axum::Router;
use axum::extract::ConnectInfo;

use super::*;
use axum::routing::get;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

/// More than lies on the way between two ends of a connection.
const LARGE: usize = 32 * 1024 * 1024;

async fn served() -> (SocketAddr, watch::Sender<bool>, JoinHandle<()>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let (stop, stopped) = watch::channel(false);
    let router = Router::new()
        .route(
            "/",
            get(async |ConnectInfo(peer): ConnectInfo<SocketAddr>| peer.ip().to_string()),
        )
        .route("/never", get(std::future::pending::<String>))
        .route("/large", get(async || vec![b'x'; LARGE]));
    (address, stop, serve(listener, router, stopped))
}

async fn exchange(address: SocketAddr, sent: &[u8]) -> String {
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream.write_all(sent).await.unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await.unwrap();
    String::from_utf8_lossy(&answer).into_owned()
}

/// A frame (RFC 9113 4.1).
fn frame(kind: u8, flags: u8, stream: u32, payload: &[u8]) -> Vec<u8> {
    let length = u32::try_from(payload.len()).unwrap().to_be_bytes();
    let head = [&length[1..], &[kind, flags], &stream.to_be_bytes()].concat();
    [&head, payload].concat()
}

/// `GET / HTTP/2` in HPACK without names or values of its own, but for the host.
const GET: &[u8] = b"\x82\x86\x84\x41\x01a";

/// The beginning of a connection: preface and empty SETTINGS.
fn hello() -> Vec<u8> {
    [PREFACE, &frame(4, 0, 0, &[])].concat()
}

/// The next frame: type, flags, stream, payload; None at the end.
async fn read_frame(stream: &mut TcpStream) -> Option<(u8, u8, u32, Vec<u8>)> {
    let mut head = [0_u8; 9];
    stream.read_exact(&mut head).await.ok()?;
    let length = u32::from_be_bytes([0, head[0], head[1], head[2]]);
    let mut payload = vec![0; usize::try_from(length).unwrap()];
    stream.read_exact(&mut payload).await.ok()?;
    let id = u32::from_be_bytes([head[5], head[6], head[7], head[8]]);
    Some((head[3], head[4], id, payload))
}

/// Reads frames until one of a kind comes.
async fn read_until(stream: &mut TcpStream, kind: u8) -> Option<(u8, u8, u32, Vec<u8>)> {
    loop {
        let found = read_frame(stream).await?;
        if found.0 == kind {
            return Some(found);
        }
    }
}

#[tokio::test]
async fn a_request_is_answered_and_knows_its_peer() {
    let (address, _stop, _task) = served().await;
    let answer = exchange(
        address,
        b"GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n",
    )
    .await;
    assert!(
        answer.starts_with("HTTP/1.1 200") && answer.ends_with("127.0.0.1"),
        "{answer}"
    );
}

#[tokio::test]
async fn a_request_of_http_2_is_answered_and_knows_its_peer() {
    let (address, _stop, _task) = served().await;
    let mut stream = TcpStream::connect(address).await.unwrap();
    let sent = [hello(), frame(1, 5, 1, GET)].concat();
    // In pieces, so that the preface comes in pieces, too.
    for piece in sent.chunks(7) {
        stream.write_all(piece).await.unwrap();
    }
    let settings = read_until(&mut stream, 4).await.unwrap().3;
    assert!(
        settings.windows(6).any(|one| one == [0, 3, 0, 0, 0, 32]),
        "{settings:?}"
    );
    let head = read_until(&mut stream, 1).await.unwrap();
    assert_eq!((head.2, head.3[0]), (1, 0x88), "200");
    let body = read_until(&mut stream, 0).await.unwrap();
    assert_eq!(body.3, b"127.0.0.1");
}

#[tokio::test(start_paused = true)]
async fn a_head_that_never_ends_is_cut_off() {
    let (address, _stop, _task) = served().await;
    let answer = exchange(address, b"GET / HTTP/1.1\r\nHost: a\r\nX-Slow: ").await;
    assert!(!answer.contains("200"), "{answer}");
}

#[tokio::test(start_paused = true)]
async fn a_connection_that_does_not_go_on_is_cut_off_in_either_protocol() {
    let (address, _stop, _task) = served().await;
    for sent in [&b""[..], b"PRI * HTT", PREFACE, &hello()] {
        exchange(address, sent).await;
    }
    // A head that never ends: HEADERS without END_HEADERS.
    exchange(address, &[hello(), frame(1, 1, 1, GET)].concat()).await;
}

#[tokio::test(start_paused = true)]
async fn who_does_not_take_what_was_asked_for_is_cut_off() {
    let (address, _stop, _task) = served().await;
    let mut stream = TcpStream::connect(address).await.unwrap();
    let request = b"GET /large HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";
    stream.write_all(request).await.unwrap();
    tokio::time::sleep(HEAD_TIMEOUT * 2).await;
    let mut taken = Vec::new();
    let _ = stream.read_to_end(&mut taken).await;
    assert!(taken.starts_with(b"HTTP/1.1 200") && taken.len() < LARGE);
}

#[tokio::test(start_paused = true)]
async fn who_leaves_no_room_for_what_was_asked_for_is_cut_off_whatever_else_is_sent() {
    let (address, _stop, _task) = served().await;
    let mut stream = TcpStream::connect(address).await.unwrap();
    // SETTINGS_INITIAL_WINDOW_SIZE of nothing.
    let settings = frame(4, 0, 0, &[0, 4, 0, 0, 0, 0]);
    let sent = [PREFACE, &settings, &frame(1, 5, 1, GET)].concat();
    stream.write_all(&sent).await.unwrap();
    let began = Instant::now();
    let ended = async {
        while let Some((kind, flags, _, payload)) = read_frame(&mut stream).await {
            if (kind, flags) == (6, 0) {
                let _ = stream.write_all(&frame(6, 1, 0, &payload)).await;
            }
        }
    };
    let ended = timeout(HEAD_TIMEOUT * (STILL_MAX + 2), ended).await;
    assert!(ended.is_ok(), "still there");
    assert!(began.elapsed() >= HEAD_TIMEOUT * STILL_MAX);
}

#[tokio::test(start_paused = true)]
async fn who_takes_an_answer_slowly_gets_all_of_it() {
    let (address, _stop, _task) = served().await;
    let mut stream = TcpStream::connect(address).await.unwrap();
    let path = b"\x82\x86\x04\x06/large\x41\x01a";
    let sent = [hello(), frame(1, 5, 1, path)].concat();
    stream.write_all(&sent).await.unwrap();
    let mut taken = 0;
    while taken < LARGE {
        let (kind, flags, _, payload) = read_frame(&mut stream).await.expect("more of it");
        match (kind, flags) {
            (0, _) => {
                taken += payload.len();
                let more = u32::try_from(payload.len().max(1)).unwrap().to_be_bytes();
                let room = [frame(8, 0, 0, &more), frame(8, 0, 1, &more)].concat();
                stream.write_all(&room).await.unwrap();
                if taken % (LARGE / 8) < payload.len() {
                    tokio::time::sleep(HEAD_TIMEOUT / 2).await;
                }
            }
            (6, 0) => stream.write_all(&frame(6, 1, 0, &payload)).await.unwrap(),
            _ => {}
        }
    }
    assert_eq!(taken, LARGE);
}

#[tokio::test]
async fn an_endless_head_is_refused() {
    let (address, _stop, _task) = served().await;
    let head = format!("GET / HTTP/1.1\r\nX: {}", "x".repeat(HEAD_MAX));
    let answer = exchange(address, head.as_bytes()).await;
    assert!(answer.starts_with("HTTP/1.1 431"), "{answer}");
}

#[tokio::test]
async fn an_endless_head_of_http_2_is_refused() {
    let (address, _stop, _task) = served().await;
    let mut stream = TcpStream::connect(address).await.unwrap();
    // One header of 20,000 bytes, not indexed: its length is 127 + 19,873.
    let field = [
        &b"\x00\x01x\x7f\xa1\x9b\x01"[..],
        "x".repeat(20_000).as_bytes(),
    ]
    .concat();
    let block = [GET, &field].concat();
    let (first, rest) = block.split_at(16_000);
    let sent = [hello(), frame(1, 1, 1, first), frame(9, 4, 1, rest)].concat();
    stream.write_all(&sent).await.unwrap();
    let mut refused = false;
    while let Some((kind, _, _, payload)) = read_frame(&mut stream).await {
        // 431, a reset or the end of the connection.
        refused |= matches!(kind, 3 | 7) || (kind == 1 && payload[0] != 0x88);
        if refused {
            break;
        }
    }
    assert!(refused);
}

#[tokio::test]
async fn a_flood_of_broken_off_requests_ends_the_connection() {
    let (address, _stop, _task) = served().await;
    let mut stream = TcpStream::connect(address).await.unwrap();
    let mut sent = hello();
    for stream in (1..4000).step_by(2) {
        sent.extend(frame(1, 5, stream, GET));
        sent.extend(frame(3, 0, stream, &8_u32.to_be_bytes()));
    }
    // The other side may end it while this is being sent.
    let _ = stream.write_all(&sent).await;
    let ended = timeout(FAREWELL, read_until(&mut stream, 7)).await;
    assert!(ended.is_ok(), "GOAWAY, or the end");
    let fine = exchange(address, b"GET / HTTP/1.0\r\n\r\n").await;
    assert!(fine.contains("200"), "{fine}");
}

#[tokio::test]
async fn stopping_closes_idle_connections_of_either_protocol() {
    for sent in [&b""[..], b"GET / HTTP/1.1\r\nHost: a\r\n\r\n", &hello()] {
        let (address, stop, task) = served().await;
        let mut idle = TcpStream::connect(address).await.unwrap();
        idle.write_all(sent).await.unwrap();
        if !sent.is_empty() {
            let mut some = [0; 9];
            idle.read_exact(&mut some).await.unwrap();
        }
        stop.send(true).unwrap();
        // HTTP/2 says goodbye in two steps: the second waits for our answer to a ping.
        let mut rest = Vec::new();
        while idle.read_buf(&mut rest).await.unwrap_or(0) > 0 {
            if let Some(at) = rest.windows(5).position(|part| part == [0, 8, 6, 0, 0])
                && let Some(data) = rest.get(at + 8..at + 16).map(<[u8]>::to_vec)
            {
                idle.write_all(&frame(6, 1, 0, &data)).await.unwrap();
                rest.clear();
            }
        }
        task.await.unwrap();
        assert!(TcpStream::connect(address).await.is_err());
    }
}

#[tokio::test(start_paused = true)]
async fn stopping_waits_for_requests_only_so_long() {
    let (address, stop, task) = served().await;
    let mut stuck = TcpStream::connect(address).await.unwrap();
    stuck
        .write_all(b"GET /never HTTP/1.1\r\nHost: a\r\n\r\n")
        .await
        .unwrap();
    tokio::task::yield_now().await;
    stop.send(true).unwrap();
    task.await.unwrap();
}
