//! The other servers: listeners on 127.0.0.2 to 127.0.0.9 under as many names as wanted, on a thread of their own. As
//! little HTTP as the node's client needs, so that the cores are left to the node.

use std::collections::HashMap;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use antiphon::http::{HttpSettings, Resolver};
use tempfile::TempDir;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};

/// The domain under which all hosts stand.
const DOMAIN: &str = "load.example";
/// The largest request that is read, in bytes.
const LARGEST: usize = 256 * 1024;

/// What a host answers.
pub(crate) enum Answer {
    /// 202 at once.
    Accepted,
    /// 500 at once.
    Failure,
    /// Nothing for half a minute.
    Hang,
    /// An ActivityStreams document after a while, as over the open network.
    Document(String),
}

/// Decides what a request is answered with: the host, or the first part of its name, and the request's path.
pub(crate) type Decide = dyn Fn(&str, &str) -> Answer + Send + Sync;

/// The running hosts; they end with this value.
pub(crate) struct Sink {
    /// Their origins, in the order of the names.
    pub(crate) origins: Vec<String>,
    places: Vec<SocketAddr>,
    resolver: Resolver,
    authority: Option<(TempDir, PathBuf)>,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<std::thread::JoinHandle<()>>,
}

impl Sink {
    /// Starts hosts with these names, over TLS or not. A node finds them by [`Sink::http`] alone.
    pub(crate) fn start(names: &[String], tls: bool, decide: Arc<Decide>) -> Self {
        let by_label = move |host: &str, path: &str| {
            let label = host.split('.').next().unwrap_or_default();
            decide(label, path)
        };
        let addresses = (2..=9).map(|last| Ipv4Addr::new(127, 0, 0, last)).collect();
        let mut sink = Self::listen(addresses, tls, Arc::new(by_label));
        let scheme = if tls { "https" } else { "http" };
        let mut table: HashMap<String, Vec<IpAddr>> = HashMap::new();
        let mut origins = Vec::new();
        for (name, at) in names.iter().zip(sink.places.iter().cycle()) {
            let host = format!("{name}.{DOMAIN}");
            origins.push(format!("{scheme}://{host}:{}", at.port()));
            table.insert(host, vec![at.ip()]);
        }
        sink.origins = origins;
        sink.resolver = Resolver::Fixed(Arc::new(table));
        sink
    }

    /// Starts hosts that have addresses of their own for names, so that any node finds them that may talk to loopback:
    /// the first is 127.1.0.0. `decide` gets a host's number.
    pub(crate) fn by_address(
        many: u16,
        decide: impl Fn(usize, &str) -> Answer + Send + Sync + 'static,
    ) -> Self {
        let address = |number: u16| {
            let [high, low] = number.to_be_bytes();
            Ipv4Addr::new(127, 1, high, low)
        };
        let by_number = move |host: &str, path: &str| {
            let octets = host.parse().map_or([0; 4], |at: Ipv4Addr| at.octets());
            let [_, _, high, low] = octets;
            decide(usize::from(u16::from_be_bytes([high, low])), path)
        };
        let mut sink = Self::listen((0..many).map(address).collect(), false, Arc::new(by_number));
        let origin = |at: &SocketAddr| format!("http://{at}");
        sink.origins = sink.places.iter().map(origin).collect();
        sink
    }

    fn listen(addresses: Vec<Ipv4Addr>, tls: bool, decide: Arc<Decide>) -> Self {
        let certificate = tls.then(certificate);
        let acceptor = certificate.as_ref().map(|(acceptor, _)| acceptor.clone());
        let (listening, ports) = std::sync::mpsc::channel();
        let (stop, stopped) = oneshot::channel();
        let thread = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build();
            let runtime = runtime.expect("a runtime can be made");
            runtime.block_on(async move {
                for address in addresses {
                    let at = SocketAddr::from((address, 0));
                    let listener = TcpListener::bind(at).await.expect("loopback can be bound");
                    let at = listener.local_addr().expect("it is bound");
                    tokio::spawn(accept(listener, acceptor.clone(), Arc::clone(&decide)));
                    listening.send(at).expect("the starter waits");
                }
                drop(listening);
                let _ = stopped.await;
            });
            runtime.shutdown_background();
        });
        Self {
            origins: Vec::new(),
            places: ports.iter().collect(),
            resolver: Resolver::System,
            authority: certificate.map(|(_, authority)| authority),
            stop: Some(stop),
            thread: Some(thread),
        }
    }

    /// What a node's client needs to reach them.
    pub(crate) fn http(&self) -> HttpSettings {
        HttpSettings {
            resolver: self.resolver.clone(),
            extra_ca: self.authority.as_ref().map(|(_, file)| file.clone()),
            ..HttpSettings::default()
        }
    }
}

impl Drop for Sink {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

async fn accept(listener: TcpListener, tls: Option<TlsAcceptor>, decide: Arc<Decide>) {
    while let Ok((stream, _)) = listener.accept().await {
        let _ = stream.set_nodelay(true);
        let (tls, decide) = (tls.clone(), Arc::clone(&decide));
        tokio::spawn(async move {
            match tls {
                Some(tls) => {
                    if let Ok(stream) = tls.accept(stream).await {
                        serve(stream, decide).await;
                    }
                }
                None => drop(serve(stream, decide).await),
            }
        });
    }
}

/// Answers one request after the other; None when the connection ends.
async fn serve(mut stream: impl AsyncRead + AsyncWrite + Unpin, decide: Arc<Decide>) -> Option<()> {
    let mut input = Vec::with_capacity(8 * 1024);
    loop {
        let (host, path, size) = loop {
            if let Some(request) = whole_request(&input) {
                break request;
            }
            if input.len() > LARGEST || stream.read_buf(&mut input).await.ok()? == 0 {
                return None;
            }
        };
        input.drain(..size);
        let answer = match decide(&host, &path) {
            Answer::Accepted => "HTTP/1.1 202 Accepted\r\ncontent-length: 0\r\n\r\n".to_owned(),
            Answer::Failure => "HTTP/1.1 500 Broken\r\ncontent-length: 0\r\n\r\n".to_owned(),
            Answer::Hang => {
                tokio::time::sleep(Duration::from_secs(30)).await;
                return None;
            }
            Answer::Document(text) => {
                tokio::time::sleep(Duration::from_millis(20)).await;
                format!(
                    "HTTP/1.1 200 OK\r\ncontent-type: application/activity+json\r\ncontent-length: {}\r\n\r\n{text}",
                    text.len()
                )
            }
        };
        stream.write_all(answer.as_bytes()).await.ok()?;
        stream.flush().await.ok()?;
    }
}

/// Host, path and size of the request at the beginning of the input, once it is whole.
fn whole_request(input: &[u8]) -> Option<(String, String, usize)> {
    let end = input.windows(4).position(|window| window == b"\r\n\r\n")? + 4;
    let head = std::str::from_utf8(input.get(..end)?).ok()?;
    let (mut host, mut length) = ("", 0);
    for line in head.lines() {
        let Some((name, value)) = line.split_once(':') else {
            continue;
        };
        if name.eq_ignore_ascii_case("host") {
            host = value.trim().split(':').next()?;
        } else if name.eq_ignore_ascii_case("content-length") {
            length = value.trim().parse().ok()?;
        }
    }
    let path = head.split(' ').nth(1)?;
    (input.len() >= end + length).then(|| (host.to_owned(), path.to_owned(), end + length))
}

/// An authority of our own in a file, and an acceptor with an ECDSA certificate by it for all names.
fn certificate() -> (TlsAcceptor, (TempDir, PathBuf)) {
    use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
    let key = || KeyPair::generate().expect("an ECDSA key can be made");
    let mut authority = CertificateParams::new(Vec::new()).expect("no name is wrong");
    authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let authority = CertifiedIssuer::self_signed(authority, key()).expect("it can be signed");
    let own = key();
    let leaf = CertificateParams::new(vec![format!("*.{DOMAIN}")]).expect("the name is right");
    let leaf = leaf.signed_by(&own, &authority).expect("it can be signed");
    let private = PrivateKeyDer::from(PrivatePkcs8KeyDer::from(own.serialize_der()));
    let config = ServerConfig::builder()
        .with_no_client_auth()
        .with_single_cert(vec![leaf.der().clone()], private)
        .expect("key and certificate fit");
    let folder = tempfile::tempdir().expect("the system has a temporary folder");
    let file = folder.path().join("authority.pem");
    std::fs::write(&file, authority.pem()).expect("the folder is writable");
    (TlsAcceptor::from(Arc::new(config)), (folder, file))
}

/// Addresses of the hosts all lie here; nothing of a measurement leaves the machine.
pub(crate) const LOOPBACK: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);
