//! Tests of the client against small servers on loopback.

use std::collections::HashMap;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Mutex;

use http::HeaderValue;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use super::*;

const BOMB: &[u8] = include_bytes!("../../tests/fixtures/http/bomb.gz");
const HELLO: &[u8] = include_bytes!("../../tests/fixtures/http/hello.gz");
const LIMITS: Limits = Limits {
    bytes: 1024 * 1024,
    deadline: Duration::from_secs(10),
};

/// What a test server does with every connection after it has read the request's head.
#[derive(Clone)]
enum Behaviour {
    /// Sends these bytes and closes.
    Reply(Vec<u8>),
    /// Sends a head, then bytes until nobody wants them.
    Endless,
    /// Sends a head and one byte, then nothing.
    Slow,
    /// Sends the request back.
    Echo,
}

fn reply(head: &str, body: &[u8]) -> Behaviour {
    let head = format!("HTTP/1.1 {head}\r\ncontent-length: {}\r\n\r\n", body.len());
    Behaviour::Reply([head.as_bytes(), body].concat())
}

fn redirect(to: &str) -> Behaviour {
    reply(&format!("302 Found\r\nlocation: {to}"), b"")
}

async fn serve(behaviour: Behaviour) -> SocketAddr {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(answer(stream, behaviour.clone()));
        }
    });
    address
}

async fn answer(mut stream: TcpStream, behaviour: Behaviour) {
    let mut request = Vec::new();
    let mut buffer = [0; 4096];
    while !request.windows(4).any(|end| end == b"\r\n\r\n") {
        match stream.read(&mut buffer).await {
            Ok(read) if read > 0 => request.extend_from_slice(&buffer[..read]),
            _ => return,
        }
    }
    let head = b"HTTP/1.1 200 OK\r\ncontent-type: text/plain\r\n\r\n";
    match behaviour {
        Behaviour::Reply(bytes) => {
            let _ = stream.write_all(&bytes).await;
        }
        Behaviour::Endless => {
            let _ = stream.write_all(head).await;
            while stream.write_all(&buffer).await.is_ok() {}
        }
        Behaviour::Slow => {
            let _ = stream.write_all(&[head.as_slice(), b"x"].concat()).await;
            std::future::pending::<()>().await;
        }
        Behaviour::Echo => {
            let _ = stream
                .write_all(&[head.as_slice(), &request].concat())
                .await;
        }
    }
}

fn client_with(resolver: Resolver) -> HttpClient {
    HttpClient::new(HttpSettings {
        allow_loopback: true,
        allow_http: true,
        resolver,
        ..HttpSettings::default()
    })
    .unwrap()
}

fn client() -> HttpClient {
    client_with(Resolver::System)
}

fn at(address: SocketAddr) -> Url {
    Url::parse(&format!("http://{address}/path")).unwrap()
}

async fn get(behaviour: Behaviour, limits: Limits) -> Result<Reply> {
    let url = at(serve(behaviour).await);
    client().get(&url, HeaderMap::new(), limits).await
}

/// The text of a failure and whether it may pass.
fn remote(result: Result<Reply>) -> (String, bool) {
    match result {
        Err(Error::Remote { message, temporary }) => (message, temporary),
        other => panic!("not a remote failure: {other:?}"),
    }
}

#[tokio::test]
async fn a_reply_comes_back_whole_with_any_status() {
    let reply = get(
        reply("404 Not Found\r\ncontent-type: text/plain", b"nothing"),
        LIMITS,
    )
    .await;
    let reply = reply.unwrap();
    assert_eq!(reply.status, StatusCode::NOT_FOUND);
    assert_eq!(reply.content_type(), "text/plain");
    assert_eq!(reply.body, "nothing");
}

#[tokio::test]
async fn compressed_replies_are_opened() {
    let reply = get(reply("200 OK\r\ncontent-encoding: gzip", HELLO), LIMITS)
        .await
        .unwrap();
    assert_eq!(reply.body, r#"{"hello": "world"}"#);
}

#[tokio::test]
async fn a_post_carries_its_headers_and_no_credentials() {
    let url = at(serve(Behaviour::Echo).await);
    let mut headers = HeaderMap::new();
    headers.insert(
        "content-type",
        HeaderValue::from_static("application/activity+json"),
    );
    let reply = client()
        .post(&url, headers, Bytes::from_static(b"{}"), LIMITS)
        .await
        .unwrap();
    let echo = String::from_utf8(reply.body.to_vec())
        .unwrap()
        .to_ascii_lowercase();
    assert!(echo.starts_with("post /path http/1.1\r\n"), "{echo}");
    assert!(
        echo.contains("content-type: application/activity+json\r\n"),
        "{echo}"
    );
    assert!(echo.contains("content-length: 2\r\n"), "{echo}");
    assert!(
        echo.contains(&format!("host: {}\r\n", url.host_str().unwrap()).replace("\r\n", ":")),
        "{echo}"
    );
    assert!(echo.contains("user-agent: antiphon/"), "{echo}");
}

#[tokio::test]
async fn an_endless_body_stops_at_the_limit() {
    let (message, temporary) = remote(get(Behaviour::Endless, LIMITS).await);
    assert_eq!(
        (message.as_str(), temporary),
        ("127.0.0.1 sent more than 1048576 bytes", false)
    );
}

#[tokio::test]
async fn a_gzip_bomb_stops_at_the_limit_after_decompression() {
    assert!(BOMB.len() < 32 * 1024);
    let result = get(reply("200 OK\r\ncontent-encoding: gzip", BOMB), LIMITS).await;
    assert_eq!(remote(result).0, "127.0.0.1 sent more than 1048576 bytes");
}

#[tokio::test]
async fn a_slow_body_meets_the_deadline() {
    let limits = Limits {
        deadline: Duration::from_millis(100),
        ..LIMITS
    };
    let (message, temporary) = remote(get(Behaviour::Slow, limits).await);
    assert_eq!(
        (message.as_str(), temporary),
        ("127.0.0.1 took longer than 100 ms", true)
    );
}

#[tokio::test]
async fn a_broken_reply_may_pass_later() {
    let (message, temporary) =
        remote(get(Behaviour::Reply(b"nonsense\r\n\r\n".to_vec()), LIMITS).await);
    assert!(
        message.starts_with("127.0.0.1 broke off the exchange: "),
        "{message}"
    );
    assert!(temporary);
    let closed = serve(Behaviour::Slow).await;
    let nobody = Url::parse(&format!("http://127.0.0.1:{}/", unused_port(closed).await)).unwrap();
    let (message, temporary) = remote(client().get(&nobody, HeaderMap::new(), LIMITS).await);
    assert!(
        message.starts_with("127.0.0.1 cannot be reached: "),
        "{message}"
    );
    assert!(temporary);
}

/// A port that was free a moment ago and is not `other`'s.
async fn unused_port(other: SocketAddr) -> u16 {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
    assert_ne!(listener.local_addr().unwrap(), other);
    listener.local_addr().unwrap().port()
}

#[tokio::test]
async fn get_does_not_follow_redirects() {
    let reply = get(redirect("https://other.example/"), LIMITS)
        .await
        .unwrap();
    assert_eq!(reply.status, StatusCode::FOUND);
}

#[tokio::test]
async fn redirects_are_followed_with_headers_made_anew() {
    let end = serve(Behaviour::Echo).await;
    let start = serve(redirect(&format!("http://{end}/end"))).await;
    let asked = Mutex::new(Vec::new());
    let reply = client()
        .get_following(&at(start), LIMITS, |url| {
            asked.lock().unwrap().push(url.clone());
            let mut headers = HeaderMap::new();
            headers.insert("x-for", HeaderValue::from_str(url.path()).unwrap());
            headers
        })
        .await
        .unwrap();
    assert_eq!(reply.url.as_str(), format!("http://{end}/end"));
    let echo = String::from_utf8(reply.body.to_vec()).unwrap();
    assert!(
        echo.contains("x-for: /end\r\n") && !echo.contains("x-for: /path"),
        "{echo}"
    );
    assert_eq!(*asked.lock().unwrap(), [at(start), reply.url]);
}

async fn following(behaviour: Behaviour) -> (String, bool) {
    let url = at(serve(behaviour).await);
    remote(
        client()
            .get_following(&url, LIMITS, |_| HeaderMap::new())
            .await,
    )
}

#[tokio::test]
async fn a_redirect_loop_ends() {
    let (message, temporary) = following(redirect("/path")).await;
    assert_eq!(
        (message.as_str(), temporary),
        ("127.0.0.1 redirects more than 3 times", false)
    );
}

#[tokio::test]
async fn a_redirect_to_a_forbidden_address_is_not_followed() {
    for target in [
        "http://169.254.169.254/latest/meta-data",
        "http://[fe80::1]/",
        "http://0/",
        "http://user@127.0.0.1/",
        "ftp://127.0.0.1/",
        "file:///etc/passwd",
    ] {
        let (message, temporary) = following(redirect(target)).await;
        assert!(message.contains("is not contacted"), "{target}: {message}");
        assert!(!temporary);
    }
    let (message, _) = following(redirect("http://[")).await;
    assert_eq!(message, "127.0.0.1 redirects to what is no address");
}

#[tokio::test]
async fn a_name_that_leads_to_a_forbidden_address_is_not_connected_to() {
    let metadata = IpAddr::V4(Ipv4Addr::new(169, 254, 169, 254));
    let table = HashMap::from([("rebound.example".to_owned(), vec![metadata])]);
    let client = client_with(Resolver::Fixed(Arc::new(table)));
    let url = Url::parse("http://rebound.example/").unwrap();
    let (message, temporary) = remote(client.get(&url, HeaderMap::new(), LIMITS).await);
    let expected = "rebound.example is not contacted: the host is not at a public address";
    assert_eq!((message.as_str(), temporary), (expected, false));

    let unknown = Url::parse("http://unknown.example/").unwrap();
    let (message, temporary) = remote(client.get(&unknown, HeaderMap::new(), LIMITS).await);
    assert_eq!(
        message,
        "unknown.example cannot be reached: the name is unknown"
    );
    assert!(temporary);
}

#[tokio::test]
async fn the_closed_client_reaches_nothing_local() {
    let address = serve(reply("200 OK", b"secret")).await;
    let resolver = Resolver::All(address.ip());
    let closed = HttpClient::new(HttpSettings {
        resolver,
        ..HttpSettings::default()
    })
    .unwrap();
    for text in [
        &format!("http://{address}/"),
        &format!("https://{address}/"),
        "https://127.1/",
        "https://2130706433/",
        "https://0x7f.1/",
        "https://0177.0.0.1/",
        "https://[::ffff:127.0.0.1]/",
        "https://[::]/",
        "https://localhost/",
        "http://blog.example/",
        "https://blog.example/",
    ] {
        let url = Url::parse(text).unwrap();
        let (message, temporary) = remote(closed.get(&url, HeaderMap::new(), LIMITS).await);
        assert!(message.contains("is not contacted"), "{text}: {message}");
        assert!(!temporary);
    }
}

#[tokio::test]
async fn one_address_can_answer_for_every_name() {
    let address = serve(reply("200 OK", b"here")).await;
    let client = client_with(Resolver::All(address.ip()));
    let url = Url::parse(&format!("http://anything.example:{}/", address.port())).unwrap();
    assert_eq!(
        client
            .get(&url, HeaderMap::new(), LIMITS)
            .await
            .unwrap()
            .body,
        "here"
    );
}

#[test]
fn a_bad_ca_file_stops_the_start() {
    let folder = tempfile::tempdir().unwrap();
    let empty = folder.path().join("empty.pem");
    std::fs::write(&empty, "no certificate").unwrap();
    for path in [empty, folder.path().join("absent.pem")] {
        let settings = HttpSettings {
            extra_ca: Some(path),
            ..HttpSettings::default()
        };
        assert!(matches!(HttpClient::new(settings), Err(Error::Setup(_))));
    }
}

#[tokio::test]
async fn a_redirect_from_https_to_http_is_not_followed() {
    let (address, pem) = serve_tls("302 Found\r\nlocation: http://127.0.0.1:9/").await;
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("ca.pem");
    std::fs::write(&file, pem).unwrap();
    let client = HttpClient::new(HttpSettings {
        allow_loopback: true,
        allow_http: true,
        extra_ca: Some(file),
        resolver: Resolver::All(address.ip()),
        ..HttpSettings::default()
    })
    .unwrap();
    let url = Url::parse(&format!("https://tls.example:{}/", address.port())).unwrap();
    let result = client
        .get_following(&url, LIMITS, |_| HeaderMap::new())
        .await;
    let (message, temporary) = remote(result);
    assert_eq!(
        (message.as_str(), temporary),
        ("tls.example redirects from https to http", false)
    );
}

#[tokio::test]
async fn three_redirects_are_followed_and_a_fourth_is_not() {
    let mut next = at(serve(reply("200 OK", b"end")).await);
    for hops in 1..=4 {
        next = at(serve(redirect(next.as_str())).await);
        let result = client()
            .get_following(&next, LIMITS, |_| HeaderMap::new())
            .await;
        assert_eq!(result.is_ok(), hops <= 3, "{hops}");
    }
}

#[tokio::test]
async fn only_gzip_is_opened_so_no_other_bomb_can_be() {
    let url = at(serve(Behaviour::Echo).await);
    let reply = client().get(&url, HeaderMap::new(), LIMITS).await.unwrap();
    let echo = String::from_utf8_lossy(&reply.body).to_ascii_lowercase();
    assert!(echo.contains("accept-encoding: gzip\r\n"), "{echo}");
    for coding in ["br", "deflate", "zstd", "gzip, gzip"] {
        let head = format!("200 OK\r\ncontent-encoding: {coding}");
        let reply = get(self::reply(&head, BOMB), LIMITS).await.unwrap();
        assert_eq!(reply.body, BOMB, "{coding}");
    }
}

/// A TLS server for `tls.example` with a certificate of its own authority; gives that one's PEM.
async fn serve_tls(head: &'static str) -> (SocketAddr, String) {
    let authority_key = rcgen::KeyPair::generate().unwrap();
    let mut authority = rcgen::CertificateParams::new(vec![]).unwrap();
    authority.is_ca = rcgen::IsCa::Ca(rcgen::BasicConstraints::Unconstrained);
    let pem = authority.self_signed(&authority_key).unwrap().pem();
    let issuer = rcgen::Issuer::new(authority, authority_key);
    let key = rcgen::KeyPair::generate().unwrap();
    let names = vec!["tls.example".to_owned()];
    let leaf = rcgen::CertificateParams::new(names)
        .unwrap()
        .signed_by(&key, &issuer)
        .unwrap();
    let private = rustls::pki_types::PrivatePkcs8KeyDer::from(key.serialize_der());
    let config = rustls::ServerConfig::builder()
        .with_no_client_auth()
        .with_single_cert(vec![leaf.der().clone()], private.into())
        .unwrap();
    let acceptor = tokio_rustls::TlsAcceptor::from(Arc::new(config));
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            if let Ok(mut stream) = acceptor.accept(stream).await {
                let mut buffer = [0; 4096];
                let _ = stream.read(&mut buffer).await;
                let answer = format!("HTTP/1.1 {head}\r\ncontent-length: 6\r\n\r\nproven");
                let _ = stream.write_all(answer.as_bytes()).await;
                let _ = stream.shutdown().await;
            }
        }
    });
    (address, pem)
}

#[tokio::test]
async fn an_extra_authority_is_trusted_and_an_unknown_one_is_not() {
    let (address, pem) = serve_tls("200 OK").await;
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("ca.pem");
    std::fs::write(&file, pem).unwrap();
    let open = |extra_ca| HttpSettings {
        allow_loopback: true,
        extra_ca,
        resolver: Resolver::All(address.ip()),
        ..HttpSettings::default()
    };
    let url = |host: &str| Url::parse(&format!("https://{host}:{}/", address.port())).unwrap();
    let trusting = HttpClient::new(open(Some(file))).unwrap();
    let reply = trusting
        .get(&url("tls.example"), HeaderMap::new(), LIMITS)
        .await
        .unwrap();
    assert_eq!(reply.body, "proven");
    let (message, _) = remote(
        trusting
            .get(&url("else.example"), HeaderMap::new(), LIMITS)
            .await,
    );
    assert!(
        message.starts_with("else.example cannot be reached: "),
        "{message}"
    );
    let plain = HttpClient::new(open(None)).unwrap();
    let (message, _) = remote(
        plain
            .get(&url("tls.example"), HeaderMap::new(), LIMITS)
            .await,
    );
    assert!(
        message.starts_with("tls.example cannot be reached: "),
        "{message}"
    );
}
