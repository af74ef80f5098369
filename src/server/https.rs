//! https without a proxy: the listener with TLS, the one that leads from http to https, and who looks after the certificate.
//! Nothing of it ever stops the node: without a certificate, handshakes fail and plain http goes on.

use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::response::IntoResponse;
use bytes::BytesMut;
use http::{StatusCode, Uri, header};
use rustls::server::Acceptor;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, watch};
use tokio::task::JoinHandle;
use tokio::time::timeout;
use tokio_rustls::server::TlsStream;
use tokio_rustls::{LazyConfigAcceptor, TlsAcceptor};

use super::certificate::{Certificate, Certificates};
use super::connections::{self, Begun, Places, Protocol, Shares, serve};
use super::site::Site;
use super::{acme, listen, router};
use crate::error::{Error, Result};
use crate::federation::Federation;

/// Handshakes that are answered at once; who comes then waits. They cost more than anything else that strangers may ask for.
const HANDSHAKES: usize = 128;
/// What one client may have under way.
const HANDSHAKES_SHARE: usize = 32;
/// The longest that a handshake may take.
const HANDSHAKE: Duration = Duration::from_secs(10);
/// How often it is looked whether the files of a certificate changed.
const LOOK: Duration = Duration::from_secs(30);

/// Where a node listens beside its plain address.
#[derive(Clone, Copy, Debug)]
pub struct Addresses {
    /// For https.
    pub secure: SocketAddr,
    /// For plain http, to lead to https.
    pub plain: Option<SocketAddr>,
}

/// Starts what `[https]` asks for.
pub(super) async fn start(
    fed: &Arc<Federation>,
    stopped: watch::Receiver<bool>,
) -> Result<(Addresses, Vec<JoinHandle<()>>)> {
    let https = &fed.app.config.https;
    let certificates = Arc::new(Certificates::default());
    let listener = listen(https.bind, "https.bind").await?;
    let mut addresses = Addresses {
        secure: listener.local_addr().map_err(Error::internal)?,
        plain: None,
    };
    tracing::info!(address = %addresses.secure, "https is served");
    let acceptor = TlsAcceptor::from(certificates.tls()?);
    let site = Site::of(router(Arc::clone(fed)), Arc::clone(&fed.app));
    let mut tasks = vec![serve_tls(listener, acceptor, site, stopped.clone())];
    if let Some(bind) = https.redirect_bind {
        let listener = listen(bind, "https.redirect_bind").await?;
        addresses.plain = listener.local_addr().ok();
        tasks.push(serve(
            listener,
            redirect(&fed.app.config.site.url),
            stopped.clone(),
        ));
    }
    let app = Arc::clone(&fed.app);
    tasks.push(if https.certificate.is_some() {
        let (certificate, key) = app.config.certificate_files();
        tokio::spawn(async move { watch_files(&certificate, &key, &certificates, stopped).await })
    } else {
        tokio::spawn(async move { acme::keep(&app, &certificates, stopped).await })
    });
    Ok((addresses, tasks))
}

/// Serves `routes` over TLS until the node stops.
fn serve_tls(
    listener: TcpListener,
    acceptor: TlsAcceptor,
    site: Site,
    mut stopped: watch::Receiver<bool>,
) -> JoinHandle<()> {
    tokio::spawn(async move {
        let (places, shares) = (Places::of(&site), Shares::of(&site, HANDSHAKES_SHARE));
        let turns = Arc::new(Semaphore::new(HANDSHAKES));
        while let Some((stream, peer, place)) =
            connections::next(&listener, &places, &mut stopped).await
        {
            let Some(share) = shares.take(peer.ip()) else {
                continue;
            };
            let (acceptor, site, turns) = (acceptor.clone(), site.clone(), Arc::clone(&turns));
            let mut stopped = stopped.clone();
            tokio::spawn(async move {
                let shaken = tokio::select! {
                    shaken = timeout(HANDSHAKE, shake(&acceptor, stream, &turns)) => shaken,
                    _ = stopped.wait_for(|stop| *stop) => return,
                };
                drop(share);
                if let Ok(Some(stream)) = shaken {
                    let agreed = stream.get_ref().1.alpn_protocol();
                    let protocol = match agreed {
                        Some(b"h2") => Protocol::Two,
                        // An issuer has seen what it wanted.
                        Some(super::certificate::ACME_PROTOCOL) => return,
                        _ => Protocol::One,
                    };
                    let begun = Begun {
                        stream,
                        read: BytesMut::new(),
                        protocol,
                    };
                    Box::pin(connections::talk(begun, peer, site, stopped)).await;
                }
                drop(place);
            });
        }
        drop(listener);
        places.emptied().await;
    })
}

/// Shakes hands, when it is this connection's turn: that costs something only once the other side has said all it has to
/// say at first. None when nothing comes of it.
async fn shake(
    acceptor: &TlsAcceptor,
    stream: TcpStream,
    turns: &Semaphore,
) -> Option<TlsStream<TcpStream>> {
    let hello = LazyConfigAcceptor::new(Acceptor::default(), stream)
        .await
        .ok()?;
    let turn = turns.acquire().await.ok()?;
    let shaken = hello.into_stream(Arc::clone(acceptor.config())).await;
    drop(turn);
    shaken.ok()
}

/// Leads whoever comes by plain http to the same place of the site. Only path and query are taken from the request.
fn redirect(site: &str) -> Router {
    let site = site.to_owned();
    Router::new().fallback(async move |uri: Uri| {
        let place = uri.path_and_query().map_or("/", |place| place.as_str());
        let place = if place.starts_with('/') { place } else { "/" };
        let to = format!("{site}{place}");
        (StatusCode::PERMANENT_REDIRECT, [(header::LOCATION, to)]).into_response()
    })
}

/// Uses the certificate of these files, and reads them again when they change. What is wrong with them is said once.
async fn watch_files(
    certificate: &Path,
    key: &Path,
    certificates: &Certificates,
    mut stopped: watch::Receiver<bool>,
) {
    let (mut seen, mut said) = (None, String::new());
    loop {
        let changed = [certificate, key].map(|path| {
            let found = std::fs::metadata(path);
            found
                .and_then(|found| Ok((found.modified()?, found.len())))
                .ok()
        });
        if seen != Some(changed) {
            seen = Some(changed);
            match Certificate::read(certificate, key) {
                Ok(read) => {
                    certificates.set(&read);
                    said.clear();
                    tracing::info!(ends = read.ends.rfc3339(), "the certificate was read");
                }
                Err(error) => {
                    let text = error.to_string();
                    if said != text {
                        tracing::error!(
                            "{text}; correct the files, they are looked at again by themselves"
                        );
                        said = text;
                    }
                }
            }
        }
        tokio::select! {
            () = tokio::time::sleep(LOOK) => {}
            _ = stopped.wait_for(|stop| *stop) => return,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::types::Timestamp;

    fn write(folder: &Path, end: i32) {
        let key = rcgen::KeyPair::generate().unwrap();
        let mut params = rcgen::CertificateParams::new(vec!["blog.example".into()]).unwrap();
        params.not_after = rcgen::date_time_ymd(end, 1, 1);
        let certificate = params.self_signed(&key).unwrap();
        std::fs::write(folder.join("c.pem"), certificate.pem()).unwrap();
        std::fs::write(folder.join("k.pem"), key.serialize_pem()).unwrap();
    }

    #[tokio::test(start_paused = true)]
    async fn a_certificate_that_changes_is_taken_up_and_a_broken_one_is_not() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().to_owned();
        let certificates = Arc::new(Certificates::default());
        let (stop, stopped) = watch::channel(false);
        let shared = Arc::clone(&certificates);
        let files = path.clone();
        let watching = tokio::spawn(async move {
            watch_files(&files.join("c.pem"), &files.join("k.pem"), &shared, stopped).await;
        });
        let mut seen = Vec::new();
        write(&path, 2030);
        for end in [2031, 2032] {
            tokio::time::sleep(LOOK * 2).await;
            seen.push(certificates.shown().expect("a certificate is in use"));
            write(&path, end);
        }
        tokio::time::sleep(LOOK * 2).await;
        seen.push(certificates.shown().unwrap());
        assert!(seen[0] != seen[1] && seen[1] != seen[2]);
        std::fs::write(path.join("c.pem"), "nonsense").unwrap();
        tokio::time::sleep(LOOK * 2).await;
        assert_eq!(certificates.shown().as_ref(), seen.last());
        stop.send(true).unwrap();
        watching.await.unwrap();
        let read = || Certificate::read(&path.join("c.pem"), &path.join("k.pem"));
        assert!(read().unwrap_err().to_string().contains("c.pem"));
        write(&path, 2030);
        assert_eq!(
            read().unwrap().ends,
            Timestamp::parse("2030-01-01T00:00:00Z").unwrap()
        );
    }
}
