//! A client that costs little: requests are bytes made beforehand, answers are read as far as their end.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

/// The longest that one answer may take.
const PATIENCE: Duration = Duration::from_secs(30);

/// Sends a request and reads the answer. Returns its status; None when the connection broke.
pub(crate) fn exchange(stream: &mut TcpStream, request: &[u8]) -> Option<u16> {
    stream.write_all(request).ok()?;
    let mut answer = Vec::with_capacity(1024);
    let mut buffer = [0_u8; 16 * 1024];
    loop {
        let count = stream.read(&mut buffer).ok().filter(|count| *count > 0)?;
        answer.extend_from_slice(buffer.get(..count)?);
        let Some(end) = answer.windows(4).position(|window| window == b"\r\n\r\n") else {
            continue;
        };
        let head = String::from_utf8_lossy(answer.get(..end)?).to_ascii_lowercase();
        let length = head
            .lines()
            .find_map(|line| line.strip_prefix("content-length:"));
        let length: usize = length
            .and_then(|text| text.trim().parse().ok())
            .unwrap_or(0);
        if answer.len() >= end + 4 + length {
            return head.split(' ').nth(1)?.parse().ok();
        }
    }
}

/// A GET of a path, once. Returns the status.
pub(crate) fn get(address: SocketAddr, path: &str) -> Option<u16> {
    let mut stream = TcpStream::connect_timeout(&address, PATIENCE).ok()?;
    let request = format!("GET {path} HTTP/1.1\r\nHost: {address}\r\n\r\n");
    exchange(&mut stream, request.as_bytes())
}

/// How a load ended.
pub(crate) struct Outcome {
    /// Answers with 202.
    pub(crate) accepted: usize,
    /// All others: their status, 0 for a broken connection.
    pub(crate) refused: Vec<u16>,
    /// From the first request to the last answer.
    pub(crate) elapsed: Duration,
}

/// Sends all requests, each once, over so many connections at a time.
pub(crate) fn load(address: SocketAddr, connections: usize, requests: &[Vec<u8>]) -> Outcome {
    let next = AtomicUsize::new(0);
    let (accepted, refused) = (AtomicUsize::new(0), Mutex::new(Vec::new()));
    let begun = Instant::now();
    std::thread::scope(|scope| {
        for _ in 0..connections {
            scope.spawn(|| {
                let mut stream = TcpStream::connect(address).expect("the node listens");
                stream.set_nodelay(true).expect("it is a TCP stream");
                stream
                    .set_read_timeout(Some(PATIENCE))
                    .expect("it is a TCP stream");
                while let Some(request) = requests.get(next.fetch_add(1, Ordering::Relaxed)) {
                    match exchange(&mut stream, request) {
                        Some(202) => drop(accepted.fetch_add(1, Ordering::Relaxed)),
                        other => refused
                            .lock()
                            .expect("no thread panics")
                            .push(other.unwrap_or(0)),
                    }
                }
            });
        }
    });
    Outcome {
        accepted: accepted.into_inner(),
        refused: refused.into_inner().expect("no thread panics"),
        elapsed: begun.elapsed(),
    }
}
