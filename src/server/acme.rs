//! Certificates from an issuer (ACME, RFC 8555): asks for one, proves by tls-alpn-01 (RFC 8737) that the host is ours, keeps it in
//! the data folder, and renews it in time. A failure is said once with what to do, and tried again later; it stops nothing.

use std::future::Future;
use std::path::Path;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use http::{HeaderMap, Method, Request, StatusCode};
use instant_acme::{
    Account, AccountCredentials, AuthorizationStatus, BodyWrapper, BytesResponse, ChallengeType,
    Identifier, NewAccount, NewOrder, OrderStatus, RetryPolicy,
};
use rcgen::{CertificateParams, CustomExtension, KeyPair};
use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};
use tokio::sync::watch;
use url::Url;

use super::certificate::{Certificate, Certificates};
use crate::app::App;
use crate::error::{Error, Result};
use crate::http::{HttpClient, Limits};

/// The longest that all of it may take: a silent issuer is given up.
const PATIENCE: Duration = Duration::from_mins(3);
/// What one answer of an issuer may cost.
const ANSWER: Limits = Limits {
    bytes: 256 * 1024,
    deadline: Duration::from_secs(30),
};
/// The pause after a failure, doubled with each, and the longest.
const PAUSE: Duration = Duration::from_mins(2);
const PAUSE_MAX: Duration = Duration::from_hours(6);
/// How often it is looked whether the certificate is old.
const LOOK: Duration = Duration::from_hours(6);

/// Keeps a certificate in use until the node stops.
pub(super) async fn keep(
    app: &Arc<App>,
    certificates: &Arc<Certificates>,
    mut stopped: watch::Receiver<bool>,
) {
    let (file, _) = app.config.certificate_files();
    let mut current = Certificate::read(&file, &file).ok();
    if let Some(kept) = &current {
        certificates.set(kept);
    }
    let (mut pause, mut said) = (PAUSE, String::new());
    loop {
        let old = current.as_ref().is_none_or(|kept| kept.is_old(app.now()));
        let mut wait = LOOK;
        if old {
            let obtained = tokio::select! {
                obtained = obtain(app, certificates, &file, PATIENCE) => obtained,
                _ = stopped.wait_for(|stop| *stop) => return,
            };
            certificates.prove(None);
            match obtained {
                Ok(new) => {
                    certificates.set(&new);
                    tracing::info!(ends = new.ends.rfc3339(), "the certificate was issued");
                    current = Some(new);
                    (pause, said) = (PAUSE, String::new());
                }
                Err(error) => {
                    let text = error.log_text();
                    if said != text {
                        tracing::error!(
                            "no certificate was issued: {text}; check that https.acme_directory can be reached, and that port 443 of {} leads to this node",
                            app.host
                        );
                        said = text;
                    }
                    wait = pause;
                    pause = (pause * 2).min(PAUSE_MAX);
                }
            }
        }
        tokio::select! {
            () = tokio::time::sleep(wait) => {}
            _ = stopped.wait_for(|stop| *stop) => return,
        }
    }
}

/// Has a certificate issued for the site's host and keeps it in `file`.
async fn obtain(
    app: &App,
    certificates: &Certificates,
    file: &Path,
    patience: Duration,
) -> Result<Certificate> {
    let issued = tokio::time::timeout(patience, issue(app, certificates));
    let (chain, key) = issued.await.map_err(|_| {
        Error::remote_temporary("the issuer of certificates did not answer in time")
    })??;
    let text = format!("{key}{chain}");
    let path = file.to_owned();
    tokio::task::spawn_blocking(move || write_secret(&path, &text))
        .await
        .map_err(Error::internal)??;
    Certificate::read(file, file)
}

/// The certificates and the key, in PEM.
async fn issue(app: &App, certificates: &Certificates) -> Result<(String, String)> {
    let account = account(app).await?;
    let host = app
        .config
        .origin()
        .host_str()
        .unwrap_or_default()
        .to_owned();
    let names = [Identifier::Dns(host.clone())];
    let mut order = account
        .new_order(&NewOrder::new(&names))
        .await
        .map_err(failed)?;
    let mut authorizations = order.authorizations();
    while let Some(next) = authorizations.next().await {
        let mut authorization = next.map_err(failed)?;
        if authorization.status == AuthorizationStatus::Valid {
            continue;
        }
        let mut challenge = authorization
            .challenge(ChallengeType::TlsAlpn01)
            .ok_or_else(|| Error::remote_final("the issuer does not offer tls-alpn-01"))?;
        let proof = proof(&host, challenge.key_authorization().digest().as_ref())?;
        certificates.prove(Some(&proof));
        challenge.set_ready().await.map_err(failed)?;
    }
    let retries = RetryPolicy::new();
    if order.poll_ready(&retries).await.map_err(failed)? != OrderStatus::Ready {
        return Err(Error::remote_temporary(
            "the issuer could not see that the host is ours",
        ));
    }
    let key = KeyPair::generate().map_err(Error::internal)?;
    let params = CertificateParams::new(vec![host]).map_err(Error::internal)?;
    let request = params.serialize_request(&key).map_err(Error::internal)?;
    order.finalize_csr(request.der()).await.map_err(failed)?;
    let chain = order.poll_certificate(&retries).await.map_err(failed)?;
    Ok((chain, key.serialize_pem()))
}

fn failed(error: instant_acme::Error) -> Error {
    Error::remote_temporary(format!("the issuer of certificates: {error}"))
}

/// What an issuer wants to see at the host (RFC 8737 3).
fn proof(host: &str, digest: &[u8]) -> Result<Certificate> {
    let key = KeyPair::generate().map_err(Error::internal)?;
    let mut params = CertificateParams::new(vec![host.to_owned()]).map_err(Error::internal)?;
    params.custom_extensions = vec![CustomExtension::new_acme_identifier(digest)];
    let certificate = params.self_signed(&key).map_err(Error::internal)?;
    let secret = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialize_der()));
    Certificate::new(vec![certificate.der().clone()], secret).map_err(Error::internal)
}

/// Our account at the issuer, made when there is none. It is kept with the issuer's name: another issuer has another.
async fn account(app: &App) -> Result<Account> {
    let https = &app.config.https;
    let file = app.config.data.join("acme").join("account.json");
    let client = || Box::new(Issuer(app.http.clone()));
    let known = std::fs::read(&file).ok();
    let known = known.and_then(|text| serde_json::from_slice::<Kept>(&text).ok());
    if let Some(kept) = known.filter(|kept| kept.directory == https.acme_directory) {
        let account = Account::builder_with_http(client());
        return account
            .from_credentials(kept.credentials)
            .await
            .map_err(failed);
    }
    let contact = format!("mailto:{}", https.contact);
    let contacts = [contact.as_str()];
    let new = NewAccount {
        contact: if https.contact.is_empty() {
            &[]
        } else {
            &contacts
        },
        terms_of_service_agreed: true,
        only_return_existing: false,
    };
    let directory = https.acme_directory.clone();
    let made = Account::builder_with_http(client()).create(&new, directory.clone(), None);
    let (account, credentials) = made.await.map_err(failed)?;
    let kept = Kept {
        directory,
        credentials,
    };
    let text = serde_json::to_string(&kept).map_err(Error::internal)?;
    write_secret(&file, &text)?;
    Ok(account)
}

#[derive(serde::Serialize, serde::Deserialize)]
struct Kept {
    directory: String,
    credentials: AccountCredentials,
}

/// Writes a file that only its owner reads, whole or not at all.
fn write_secret(path: &Path, text: &str) -> Result<()> {
    use std::io::Write;
    let write = || {
        if let Some(folder) = path.parent() {
            std::fs::create_dir_all(folder)?;
        }
        let new = path.with_extension("new");
        let mut options = std::fs::OpenOptions::new();
        options.write(true).create(true).truncate(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let mut file = options.open(&new)?;
        file.write_all(text.as_bytes())?;
        file.sync_all()?;
        std::fs::rename(&new, path)
    };
    write()
        .map_err(|e: std::io::Error| Error::Setup(format!("cannot write {}: {e}", path.display())))
}

/// The guarded client as the protocol's library wants one.
struct Issuer(HttpClient);

type Answer =
    Pin<Box<dyn Future<Output = std::result::Result<BytesResponse, instant_acme::Error>> + Send>>;

impl instant_acme::HttpClient for Issuer {
    fn request(&self, request: Request<BodyWrapper<bytes::Bytes>>) -> Answer {
        let client = self.0.clone();
        Box::pin(async move {
            let other = |e: Box<dyn std::error::Error + Send + Sync>| instant_acme::Error::Other(e);
            let (parts, body) = request.into_parts();
            let url = Url::parse(&parts.uri.to_string()).map_err(|e| other(e.into()))?;
            let reply = if parts.method == Method::POST {
                let body = axum::body::to_bytes(axum::body::Body::new(body), ANSWER.bytes).await;
                let body = body.map_err(|e| other(e.into()))?;
                client.post(&url, parts.headers, body, ANSWER).await
            } else {
                // For a nonce HEAD would do; GET gives one too, with another status (RFC 8555 7.2).
                client.get(&url, HeaderMap::new(), ANSWER).await
            };
            let reply = reply.map_err(|e| other(Box::new(e)))?;
            let mut answer = http::Response::new(());
            *answer.status_mut() = match reply.status {
                StatusCode::NO_CONTENT if parts.method == Method::HEAD => StatusCode::OK,
                status => status,
            };
            *answer.headers_mut() = reply.headers;
            Ok(BytesResponse {
                parts: answer.into_parts().0,
                body: Box::new(reply.body),
            })
        })
    }
}
