//! A fake issuer of certificates (ACME, RFC 8555): enough of one for tls-alpn-01. It looks at the host as real ones do, but believes
//! every signature of a request.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use http::StatusCode;
use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair, PublicKeyData};
use rustls::ClientConfig;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{DigitallySignedStruct, SignatureScheme};
use serde_json::{Value, json};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio_rustls::TlsConnector;
use x509_parser::prelude::FromDer;

/// The extension that proves (RFC 8737 3).
const PROOF: &str = "1.3.6.1.5.5.7.1.31";

/// The issuer, running.
pub(crate) struct FakeIssuer {
    url: String,
    state: Arc<Inner>,
}

struct Inner {
    url: String,
    issuer: Issuer<'static, KeyPair>,
    root: CertificateDer<'static>,
    host: watch::Sender<Option<SocketAddr>>,
    seen: Mutex<bool>,
    chain: Mutex<Option<String>>,
    issued: AtomicUsize,
}

impl FakeIssuer {
    /// Starts it on loopback.
    pub(crate) async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let key = KeyPair::generate().unwrap();
        let mut params = CertificateParams::new(Vec::<String>::new()).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let root = params.self_signed(&key).unwrap().der().clone();
        let state = Arc::new(Inner {
            url: url.clone(),
            issuer: Issuer::new(params, key),
            root,
            host: watch::Sender::new(None),
            seen: Mutex::default(),
            chain: Mutex::default(),
            issued: AtomicUsize::new(0),
        });
        let router = Router::new()
            .route("/directory", get(directory))
            .route(
                "/nonce",
                get(async || answer(StatusCode::NO_CONTENT, "", "")),
            )
            .route("/account", post(account))
            .route("/order", post(new_order))
            .route("/order/1", post(order))
            .route("/authorization/1", post(authorization))
            .route("/challenge/1", post(challenge))
            .route("/finalize/1", post(finalize))
            .route("/certificate/1", post(certificate))
            .with_state(Arc::clone(&state));
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { url, state }
    }

    /// Where it begins.
    pub(crate) fn directory(&self) -> String {
        format!("{}/directory", self.url)
    }

    /// Who vouches for what it issues.
    pub(crate) fn root(&self) -> CertificateDer<'static> {
        self.state.root.clone()
    }

    /// Says where the host is.
    pub(crate) fn look_at(&self, host: SocketAddr) {
        self.state.host.send_replace(Some(host));
    }

    /// How many it issued.
    pub(crate) fn issued(&self) -> usize {
        self.state.issued.load(Ordering::SeqCst)
    }
}

fn answer(status: StatusCode, location: &str, body: impl Into<String>) -> Response {
    let headers = [
        ("replay-nonce", "bm9uY2U"),
        ("location", location),
        ("content-type", "application/json"),
    ];
    (status, headers, body.into()).into_response()
}

fn said(status: StatusCode, location: &str, body: Value) -> Response {
    answer(status, location, body.to_string())
}

async fn directory(State(inner): State<Arc<Inner>>) -> Response {
    let at = |path: &str| format!("{}{path}", inner.url);
    let all = json!({
        "newNonce": at("/nonce"), "newAccount": at("/account"), "newOrder": at("/order"),
        "revokeCert": at("/revoke"), "keyChange": at("/key"),
    });
    said(StatusCode::OK, "", all)
}

async fn account(State(inner): State<Arc<Inner>>) -> Response {
    let location = format!("{}/account/1", inner.url);
    said(StatusCode::CREATED, &location, json!({ "status": "valid" }))
}

impl Inner {
    fn order(&self) -> Value {
        let status = match (
            self.chain.lock().unwrap().is_some(),
            *self.seen.lock().unwrap(),
        ) {
            (true, _) => "valid",
            (_, true) => "ready",
            _ => "pending",
        };
        let mut order = json!({
            "status": status,
            "identifiers": [{ "type": "dns", "value": "blog.example" }],
            "authorizations": [format!("{}/authorization/1", self.url)],
            "finalize": format!("{}/finalize/1", self.url),
        });
        if status == "valid" {
            order["certificate"] = json!(format!("{}/certificate/1", self.url));
        }
        order
    }
}

async fn new_order(State(inner): State<Arc<Inner>>) -> Response {
    let location = format!("{}/order/1", inner.url);
    said(StatusCode::CREATED, &location, inner.order())
}

async fn order(State(inner): State<Arc<Inner>>) -> Response {
    said(StatusCode::OK, "", inner.order())
}

async fn authorization(State(inner): State<Arc<Inner>>) -> Response {
    let status = if *inner.seen.lock().unwrap() {
        "valid"
    } else {
        "pending"
    };
    let challenge = json!({ "type": "tls-alpn-01", "url": format!("{}/challenge/1", inner.url), "token": "dG9rZW4", "status": "pending" });
    let all = json!({ "status": status, "identifier": { "type": "dns", "value": "blog.example" }, "challenges": [challenge] });
    said(StatusCode::OK, "", all)
}

/// Looks at the host in the background.
async fn challenge(State(inner): State<Arc<Inner>>) -> Response {
    let looking = Arc::clone(&inner);
    tokio::spawn(async move {
        let mut known = looking.host.subscribe();
        let host = (*known.wait_for(Option::is_some).await.unwrap()).unwrap();
        let shown = shown(host).await;
        let (_, read) = x509_parser::parse_x509_certificate(&shown).unwrap();
        let proof = read
            .extensions()
            .iter()
            .find(|one| one.oid.to_id_string() == PROOF);
        assert!(
            proof.is_some_and(|proof| proof.critical),
            "the host does not prove itself"
        );
        *looking.seen.lock().unwrap() = true;
    });
    let url = format!("{}/challenge/1", inner.url);
    said(
        StatusCode::OK,
        "",
        json!({ "type": "tls-alpn-01", "url": url, "token": "dG9rZW4", "status": "processing" }),
    )
}

/// The certificate that the host shows to an issuer.
async fn shown(host: SocketAddr) -> Vec<u8> {
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let mut config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(Anybody))
        .with_no_client_auth();
    config.alpn_protocols = vec![b"acme-tls/1".to_vec()];
    let stream = TcpStream::connect(host).await.unwrap();
    let name = ServerName::try_from("blog.example").unwrap();
    let stream = TlsConnector::from(Arc::new(config))
        .connect(name, stream)
        .await
        .unwrap();
    stream.get_ref().1.peer_certificates().unwrap()[0].to_vec()
}

struct PublicKey(Vec<u8>);

impl PublicKeyData for PublicKey {
    fn der_bytes(&self) -> &[u8] {
        &self.0
    }

    fn algorithm(&self) -> &'static rcgen::SignatureAlgorithm {
        &rcgen::PKCS_ECDSA_P256_SHA256
    }
}

async fn finalize(State(inner): State<Arc<Inner>>, body: Bytes) -> Response {
    let decode = |text: &Value| {
        BASE64_URL_SAFE_NO_PAD
            .decode(text.as_str().unwrap())
            .unwrap()
    };
    let message: Value = serde_json::from_slice(&body).unwrap();
    let payload: Value = serde_json::from_slice(&decode(&message["payload"])).unwrap();
    let csr = decode(&payload["csr"]);
    let (_, request) =
        x509_parser::certification_request::X509CertificationRequest::from_der(&csr).unwrap();
    let key = &request
        .certification_request_info
        .subject_pki
        .subject_public_key
        .data;
    let params = CertificateParams::new(vec!["blog.example".to_owned()]).unwrap();
    let issued = params
        .signed_by(&PublicKey(key.to_vec()), &inner.issuer)
        .unwrap();
    *inner.chain.lock().unwrap() = Some(issued.pem());
    inner.issued.fetch_add(1, Ordering::SeqCst);
    said(StatusCode::OK, "", inner.order())
}

async fn certificate(State(inner): State<Arc<Inner>>) -> Response {
    let chain = inner.chain.lock().unwrap().clone().unwrap();
    answer(StatusCode::OK, "", chain)
}

/// Believes everybody: what is looked at is the certificate itself.
#[derive(Debug)]
struct Anybody;

impl ServerCertVerifier for Anybody {
    fn verify_server_cert(
        &self,
        _: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        _: &[u8],
        _: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        _: &[u8],
        _: &CertificateDer<'_>,
        _: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        Ok(HandshakeSignatureValid::assertion())
    }

    fn verify_tls13_signature(
        &self,
        _: &[u8],
        _: &CertificateDer<'_>,
        _: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        Ok(HandshakeSignatureValid::assertion())
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        vec![
            SignatureScheme::ECDSA_NISTP256_SHA256,
            SignatureScheme::RSA_PSS_SHA256,
        ]
    }
}
