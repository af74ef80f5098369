//! Kept answers in front of hyper: whatever is sent, a connection is answered as it would be without them. The oracle is the
//! same node behind a first request that leaves the connection to hyper.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use antiphon::server::{self, Running};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::timeout;

use crate::support::{TestApp, TestDb, TestNode, both_databases, until};
use crate::web::world::swell;

const HEALTH: &str = "GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n";
/// Longer than a test waits for an answer that comes.
const PATIENCE: Duration = Duration::from_secs(20);

/// The node on a real listener, its work done, with its front page, a post and the post's document kept.
async fn served(node: &TestNode) -> Running {
    node.publish("Psalm").await;
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let running = server::start(Arc::clone(&node.fed), listener)
        .await
        .unwrap();
    // Until its work is done, each piece of it changes what is kept.
    until("all is kept and stays so", async || {
        let (before, idle) = (given(node), node.jobs_but_readings().await == 0);
        for head in [
            "GET / HTTP/1.1\r\nHost: a",
            "GET /posts/psalm HTTP/1.1\r\nHost: a",
            "GET /posts/psalm HTTP/1.1\r\nHost: a\r\nAccept: application/activity+json",
        ] {
            let whole = format!("{head}\r\nConnection: close\r\n\r\n");
            let answer = exchange(running.address, &[whole.as_bytes()]).await;
            assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
        }
        (idle && given(node) == before + 3).then_some(())
    })
    .await;
    running
}

/// Sends these pieces over one connection and reads all that comes, until the other side ends it.
async fn exchange(address: SocketAddr, pieces: &[&[u8]]) -> String {
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream.set_nodelay(true).unwrap();
    for piece in pieces {
        stream.write_all(piece).await.unwrap();
    }
    rest(&mut stream).await
}

async fn rest(stream: &mut TcpStream) -> String {
    let mut answer = Vec::new();
    let read = timeout(PATIENCE, stream.read_to_end(&mut answer)).await;
    read.expect("the connection ends").unwrap();
    String::from_utf8_lossy(&answer).into_owned()
}

/// Reads one answer without a body of more than `Content-Length` says.
async fn one(stream: &mut TcpStream) -> String {
    let mut answer = Vec::new();
    while !answer.ends_with(b"\r\n\r\n") {
        answer.push(stream.read_u8().await.unwrap());
    }
    let head = String::from_utf8(answer).unwrap();
    let length = head
        .lines()
        .find_map(|line| line.strip_prefix("content-length: "))
        .map_or(0, |length| length.parse().unwrap());
    let mut body = vec![0; length];
    stream.read_exact(&mut body).await.unwrap();
    head + &String::from_utf8_lossy(&body)
}

/// What an answer says, whatever the order of its headers and the second it was given in.
fn said(answer: &str) -> (String, Vec<String>, String) {
    let (head, body) = answer.split_once("\r\n\r\n").unwrap_or((answer, ""));
    let mut lines = head.lines().map(str::to_owned);
    let status = lines.next().unwrap_or_default();
    let mut headers: Vec<String> = lines.filter(|line| !line.starts_with("date: ")).collect();
    headers.sort();
    (status, headers, body.to_owned())
}

/// The metric of kept answers that were given.
fn given(node: &TestNode) -> u64 {
    let text = node.app().metrics.render(0, 0);
    let line = "antiphon_kept_answers_total{outcome=\"given\"} ";
    let found = text.lines().find_map(|one| one.strip_prefix(line));
    found.unwrap().parse().unwrap()
}

both_databases! {
    async fn every_request_is_answered_as_hyper_would(node: TestNode) {
        let running = served(&node).await;
        let etag = exchange(running.address, &[b"HEAD / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"]).await;
        let etag = etag.lines().find_map(|line| line.strip_prefix("etag: ")).unwrap().to_owned();
        until("the page has all its forms", async || {
            let asked = b"HEAD / HTTP/1.1\r\nHost: a\r\nAccept-Encoding: br\r\nConnection: close\r\n\r\n";
            let answer = exchange(running.address, &[asked]).await;
            answer.contains("content-encoding: br").then_some(())
        })
        .await;
        let many = "X-Many: 1\r\n".repeat(60);
        let long = format!("X-Long: {}\r\n", "x".repeat(20_000));
        let known = format!("If-None-Match: {etag}\r\n");
        for (first, headers, body) in [
            ("GET / HTTP/1.1", "", ""),
            ("HEAD / HTTP/1.1", "", ""),
            ("GET / HTTP/1.1", known.as_str(), ""),
            ("HEAD / HTTP/1.1", &known, ""),
            ("GET / HTTP/1.1", "If-None-Match: \"other\"\r\n", ""),
            ("GET / HTTP/1.1", "Accept-Encoding: gzip\r\n", ""),
            ("GET / HTTP/1.1", "Cookie: theme=dark; language=de\r\n", ""),
            ("GET / HTTP/1.1", "Accept-Language: de\r\n", ""),
            ("GET /posts/psalm HTTP/1.1", "Signature-Input: x=()\r\n", ""),
            ("GET /?junk=1&before=x HTTP/1.1", "", ""),
            ("GET /posts/psalm HTTP/1.1", "Accept: application/activity+json\r\n", ""),
            ("GET /posts/psalm HTTP/1.1", "Accept: text/html\r\nAccept: application/activity+json\r\n", ""),
            ("GET /posts/psalm HTTP/1.1", "Authorization: Bearer x\r\n", ""),
            ("GET /posts/psalm HTTP/1.1", "Signature: keyId=\"x\"\r\nAccept: application/activity+json\r\n", ""),
            ("GET /posts/psalm HTTP/1.1", "Range: bytes=0-1\r\n", ""),
            ("GET / HTTP/1.1", "Host: b\r\n", ""),
            ("GET / HTTP/1.1", &many, ""),
            ("GET / HTTP/1.1", &long, ""),
            ("GET / HTTP/1.1", "Content-Length: 5\r\n", "hello"),
            ("GET / HTTP/1.1", "Content-Length: 5\r\nContent-Length: 6\r\n", "hello"),
            ("GET / HTTP/1.1", "Content-Length: -1\r\n", ""),
            ("GET / HTTP/1.1", "Transfer-Encoding: chunked\r\n", "5\r\nhello\r\n0\r\n\r\n"),
            ("GET / HTTP/1.1", "Transfer-Encoding: chunked\r\nContent-Length: 3\r\n", "0\r\n\r\nGET /evil HTTP/1.1\r\n\r\n"),
            ("GET / HTTP/1.1", "Transfer-Encoding: gzip\r\n", ""),
            ("GET / HTTP/1.1", "Expect: 100-continue\r\n", ""),
            ("GET / HTTP/1.1", "Upgrade: h2c\r\n", ""),
            ("GET / HTTP/1.1", "X-Folded: a\r\n b\r\n", ""),
            ("GET / HTTP/1.1", "X-Space : a\r\n", ""),
            ("GET / HTTP/1.1", "Ho st: a\r\n", ""),
            ("GET / HTTP/1.1", "X-Nul: a\0b\r\n", ""),
            ("GET / HTTP/1.1", "X-Latin: \u{fc}\r\n", ""),
            ("\r\nGET / HTTP/1.1", "", ""),
            ("GET http://a/ HTTP/1.1", "", ""),
            ("GET //evil.example/ HTTP/1.1", "", ""),
            ("GET /posts/%70salm HTTP/1.1", "", ""),
            ("GET /posts/psalm#x HTTP/1.1", "", ""),
            ("GET /\u{fc} HTTP/1.1", "", ""),
            ("GET  / HTTP/1.1", "", ""),
            ("GET / HTTP/1.0", "", ""),
            ("GET / HTTP/3.0", "", ""),
            ("get / HTTP/1.1", "", ""),
            ("POST / HTTP/1.1", "", ""),
            ("OPTIONS * HTTP/1.1", "", ""),
        ] {
            let request = format!("{first}\r\nHost: a\r\n{headers}Connection: close\r\n\r\n{body}");
            let front = exchange(running.address, &[request.as_bytes()]).await;
            let mut behind = TcpStream::connect(running.address).await.unwrap();
            behind.write_all(HEALTH.as_bytes()).await.unwrap();
            assert!(one(&mut behind).await.ends_with("ok\n"));
            behind.write_all(request.as_bytes()).await.unwrap();
            assert_eq!(said(&front), said(&rest(&mut behind).await), "{request}");
        }
        running.stop().await;
    }

    async fn requests_that_come_together_are_answered_in_their_order(node: TestNode) {
        let running = served(&node).await;
        let page = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
        let document = "GET /posts/psalm HTTP/1.1\r\nHost: a\r\nAccept: application/activity+json\r\n\r\n";
        let last = "HEAD / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\nGET /never HTTP/1.1\r\n\r\n";
        let all = [page, document, page, HEALTH, document, last].concat();
        let before = given(&node);
        let mut stream = TcpStream::connect(running.address).await.unwrap();
        stream.write_all(all.as_bytes()).await.unwrap();
        for begin in ["<!doctype html>", "{\"@context\"", "<!doctype html>", "ok\n", "{\"@context\""] {
            let answer = one(&mut stream).await;
            let body = answer.split_once("\r\n\r\n").unwrap().1.trim_start().to_lowercase();
            assert!(body.starts_with(begin), "{begin}: {answer}");
        }
        let end = rest(&mut stream).await;
        assert!(end.starts_with("HTTP/1.1 200") && end.ends_with("\r\n\r\n"), "{end}");
        assert_eq!(given(&node) - before, 5);
        running.stop().await;
    }

    async fn nothing_new_has_no_length_whether_the_answer_is_kept_or_made(node: TestNode) {
        let running = served(&node).await;
        for (method, path) in [("GET", "/"), ("HEAD", "/"), ("GET", "/comments.atom"), ("HEAD", "/comments.atom")] {
            let ask = async |more: &str| {
                let request = format!("{method} {path} HTTP/1.1\r\nHost: a\r\n{more}Connection: close\r\n\r\n");
                exchange(running.address, &[request.as_bytes()]).await
            };
            let first = ask("").await;
            let etag = first.lines().find_map(|line| line.strip_prefix("etag: ")).unwrap();
            let second = ask(&format!("If-None-Match: {etag}\r\n")).await;
            assert!(second.starts_with("HTTP/1.1 304"), "{method} {path}: {second}");
            assert!(!second.contains("content-length"), "{method} {path}: {second}");
        }
        running.stop().await;
    }

    async fn a_request_names_its_host_once(node: TestNode) {
        let running = served(&node).await;
        for (path, hosts, status) in [
            ("/", "Host: a\r\n", 200),
            ("/healthz", "Host: a:80\r\n", 200),
            ("/", "", 400),
            ("/", "Host: a\r\nHost: a\r\n", 400),
            ("/", "Host: a b/\"<\r\n", 400),
            ("/healthz", "Host: a\r\nHost: b\r\n", 400),
        ] {
            let request = format!("GET {path} HTTP/1.1\r\n{hosts}Connection: close\r\n\r\n");
            let answer = exchange(running.address, &[request.as_bytes()]).await;
            assert!(answer.starts_with(&format!("HTTP/1.1 {status}")), "{hosts}: {answer}");
            assert!(answer.contains("x-content-type-options: nosniff"), "{answer}");
        }
        running.stop().await;
    }

    async fn what_is_too_large_to_be_kept_is_given_all_the_same(node: TestNode) {
        let running = served(&node).await;
        swell(&node.test, 5 * 1024 * 1024).await;
        for path in ["/feed.json", "/posts/psalm", "/posts/psalm"] {
            let request = format!("GET {path} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
            let answer = exchange(running.address, &[request.as_bytes()]).await;
            assert!(answer.starts_with("HTTP/1.1 200"), "{}", answer.get(..300).unwrap_or(&answer));
            assert!(answer.len() > 5 * 1024 * 1024, "{path}: {}", answer.len());
        }
        running.stop().await;
    }

    async fn a_request_in_pieces_is_answered_once_it_is_whole(node: TestNode) {
        let running = served(&node).await;
        let request = b"GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";
        let pieces: Vec<&[u8]> = request.chunks(1).collect();
        let answer = exchange(running.address, &pieces).await;
        assert!(answer.starts_with("HTTP/1.1 200") && answer.contains("</html>"), "{answer}");
        running.stop().await;
    }

    async fn stopping_ends_a_connection_that_waits_for_its_next_request(node: TestNode) {
        let running = served(&node).await;
        let mut stream = TcpStream::connect(running.address).await.unwrap();
        stream.write_all(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n").await.unwrap();
        assert!(one(&mut stream).await.starts_with("HTTP/1.1 200"));
        timeout(PATIENCE, running.stop()).await.expect("the node stops");
        assert_eq!(rest(&mut stream).await, "");
    }
}

#[tokio::test]
async fn a_connection_in_front_that_does_not_go_on_is_cut_off() {
    let node = TestNode::quiet(TestApp::builder(), TestDb::sqlite()).await;
    let running = served(&node).await;
    // In front, time is the machine's.
    let cut_off = async |sent: &str| {
        let mut stream = TcpStream::connect(running.address).await.unwrap();
        stream.write_all(sent.as_bytes()).await.unwrap();
        assert!(one(&mut stream).await.starts_with("HTTP/1.1 200"));
        let mut end = Vec::new();
        stream.read_to_end(&mut end).await.unwrap();
        assert!(end.is_empty());
    };
    tokio::join!(
        cut_off("GET / HTTP/1.1\r\nHost: a\r\n\r\n"),
        cut_off("GET / HTTP/1.1\r\nHost: a\r\n\r\nGET / HTTP/1.1\r\nX-Slow: "),
    );
}
