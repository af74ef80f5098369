//! https without a proxy: with files, with an issuer (a fake one that looks at the node as real ones do), and with one that never answers.

use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use antiphon::config::Config;
use antiphon::federation::Federation;
use antiphon::server::{self, Running};
use rcgen::{CertificateParams, KeyPair};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, RootCertStore};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsConnector;

use crate::support::{FakeIssuer, TestApp, TestDb, both_databases, until};

/// Built-in https on ports of its own.
fn enable(config: &mut Config) {
    config.https.enabled = true;
    config.https.bind = "127.0.0.1:0".parse().unwrap();
    config.https.redirect_bind = Some("127.0.0.1:0".parse().unwrap());
}

async fn start(test: &TestApp) -> Running {
    let fed = Federation::new(Arc::clone(&test.app)).await.unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    server::start(fed, listener).await.unwrap()
}

fn secure(running: &Running) -> SocketAddr {
    running.https.unwrap().secure
}

/// Asks over TLS for a page; None when the handshake fails. Gives the agreed protocol and the answer.
async fn ask(
    address: SocketAddr,
    root: &CertificateDer<'static>,
    alpn: &[&[u8]],
) -> Option<(Vec<u8>, Vec<u8>)> {
    let mut roots = RootCertStore::empty();
    roots.add(root.clone()).unwrap();
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let mut config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    config.alpn_protocols = alpn.iter().map(|one| one.to_vec()).collect();
    let stream = TcpStream::connect(address).await.unwrap();
    let name = ServerName::try_from("blog.example").unwrap();
    let connector = TlsConnector::from(Arc::new(config));
    let mut stream = connector.connect(name, stream).await.ok()?;
    let agreed = stream
        .get_ref()
        .1
        .alpn_protocol()
        .unwrap_or_default()
        .to_vec();
    let mut answer = Vec::new();
    if agreed == b"h2" {
        stream
            .write_all(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0")
            .await
            .unwrap();
        let mut head = [0; 9];
        stream.read_exact(&mut head).await.unwrap();
        answer = head.to_vec();
    } else {
        stream
            .write_all(b"GET /about HTTP/1.1\r\nHost: blog.example\r\nConnection: close\r\n\r\n")
            .await
            .unwrap();
        let _ = stream.read_to_end(&mut answer).await;
    }
    Some((agreed, answer))
}

async fn plain(address: SocketAddr, request: &str) -> String {
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    answer
}

/// A certificate that vouches for itself, in two files of a folder.
fn write_certificate(folder: &Path) -> CertificateDer<'static> {
    let key = KeyPair::generate().unwrap();
    let certificate = CertificateParams::new(vec!["blog.example".into()]).unwrap();
    let certificate = certificate.self_signed(&key).unwrap();
    std::fs::write(folder.join("certificate.pem"), certificate.pem()).unwrap();
    std::fs::write(folder.join("key.pem"), key.serialize_pem()).unwrap();
    certificate.der().clone()
}

both_databases! {
    async fn a_node_with_files_speaks_https_and_leads_to_it(db: TestDb) {
        let root = write_certificate(db.folder());
        let builder = TestApp::builder().configure(|config| {
            enable(config);
            config.https.certificate = Some("certificate.pem".into());
            config.https.key = Some("key.pem".into());
        });
        let test = builder.build(db).await;
        let running = start(&test).await;
        until("the certificate is read", async || ask(secure(&running), &root, &[]).await).await;
        let (_, answer) = ask(secure(&running), &root, &[b"http/1.1"]).await.unwrap();
        let answer = String::from_utf8_lossy(&answer).to_lowercase();
        assert!(answer.starts_with("http/1.1 200") && answer.contains("strict-transport-security: max-age=31536000"), "{answer}");
        let (agreed, settings) = ask(secure(&running), &root, &[b"h2", b"http/1.1"]).await.unwrap();
        assert_eq!((agreed.as_slice(), settings[3]), (&b"h2"[..], 4));
        let redirect = running.https.unwrap().plain.unwrap();
        for (target, to) in [("/a?b=c&d", "/a?b=c&d"), ("//evil.example/x", "//evil.example/x"), ("http://evil.example/y", "/y"), ("/%2e", "/%2e")] {
            let answer = plain(redirect, &format!("GET {target} HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n")).await;
            assert!(answer.starts_with("HTTP/1.1 308"), "{answer}");
            assert!(answer.contains(&format!("location: https://blog.example{to}\r\n")), "{answer}");
        }
        running.stop().await;
    }

    async fn who_says_nothing_keeps_nobody_from_shaking_hands(db: TestDb) {
        let root = write_certificate(db.folder());
        let builder = TestApp::builder().configure(|config| {
            enable(config);
            config.https.certificate = Some("certificate.pem".into());
            config.https.key = Some("key.pem".into());
        });
        let test = builder.build(db).await;
        let running = start(&test).await;
        let address = secure(&running);
        until("the certificate is read", async || ask(address, &root, &[]).await).await;
        let mut silent = Vec::new();
        for said in [&b""[..], b"\x16\x03\x01"] {
            for _ in 0..200 {
                let mut stream = TcpStream::connect(address).await.unwrap();
                stream.write_all(said).await.unwrap();
                silent.push(stream);
            }
        }
        let answered = tokio::time::timeout(Duration::from_secs(5), ask(address, &root, &[b"http/1.1"])).await;
        let (_, answer) = answered.expect("nobody waits for them").unwrap();
        assert!(answer.starts_with(b"HTTP/1.1 200"));
        drop(silent);
        running.stop().await;
    }
}

#[tokio::test]
async fn a_certificate_is_issued_kept_and_used_again() {
    let issuer = FakeIssuer::start().await;
    let directory = issuer.directory();
    let db = TestDb::sqlite();
    let builder = TestApp::builder().configure(move |config| {
        enable(config);
        config.https.acme_directory.clone_from(&directory);
        config.https.contact = "alice@blog.example".into();
    });
    let test = builder.build(db).await;
    let running = start(&test).await;
    issuer.look_at(secure(&running));
    let root = issuer.root();
    until("the certificate is issued", async || {
        ask(secure(&running), &root, &[]).await
    })
    .await;
    assert_eq!(issuer.issued(), 1);
    running.stop().await;
    let kept = test.app.config.data.join("acme").join("certificate.pem");
    assert!(CertificateDer::pem_file_iter(&kept).unwrap().count() >= 1);
    let mode = std::os::unix::fs::PermissionsExt::mode(&kept.metadata().unwrap().permissions());
    assert_eq!(mode & 0o077, 0, "only its owner reads the key");
    let again = start(&test).await;
    until("the kept one is used", async || {
        ask(secure(&again), &root, &[]).await
    })
    .await;
    assert_eq!(issuer.issued(), 1, "none is asked for while one is good");
    again.stop().await;
}

#[tokio::test]
async fn an_issuer_that_never_answers_stops_nothing() {
    let silent = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let directory = format!("http://{}/directory", silent.local_addr().unwrap());
    let builder = TestApp::builder().configure(move |config| {
        enable(config);
        config.https.acme_directory.clone_from(&directory);
    });
    let test = builder.build(TestDb::sqlite()).await;
    let running = start(&test).await;
    let (_held, _) = silent.accept().await.unwrap();
    let healthy = plain(
        running.address,
        "GET /healthz HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n",
    )
    .await;
    assert!(healthy.starts_with("HTTP/1.1 200"), "{healthy}");
    let root = write_certificate(&test.app.config.data);
    assert!(
        ask(secure(&running), &root, &[]).await.is_none(),
        "there is no certificate"
    );
    running.stop().await;
}
