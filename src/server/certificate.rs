//! Certificates: reads them from PEM files, tells when they end, and holds the one in use, which may change at any time.

use std::path::Path;
use std::sync::{Arc, PoisonError, RwLock};

use rustls::crypto::aws_lc_rs::default_provider;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::{ClientHello, ResolvesServerCert, ServerConfig};
use rustls::sign::CertifiedKey;
use x509_parser::parse_x509_certificate;

use crate::error::{Error, Result};
use crate::types::Timestamp;

/// The protocol by which an issuer proves that a host is ours (RFC 8737).
pub(super) const ACME_PROTOCOL: &[u8] = b"acme-tls/1";

/// A certificate with its key.
#[derive(Clone, Debug)]
pub struct Certificate {
    pub(super) key: Arc<CertifiedKey>,
    /// When it ends.
    pub ends: Timestamp,
    /// When it began.
    pub begins: Timestamp,
}

impl Certificate {
    /// Reads PEM files; one file may hold both. Fails with a sentence that names the file.
    pub fn read(certificate: &Path, key: &Path) -> Result<Self> {
        let cannot = |path: &Path, why: &dyn std::fmt::Display| {
            Error::Setup(format!(
                "{} holds no usable certificate: {why}",
                path.display()
            ))
        };
        let open = |path: &Path| std::fs::read(path).map_err(|e| cannot(path, &e));
        let chain: Vec<CertificateDer<'static>> =
            CertificateDer::pem_slice_iter(&open(certificate)?)
                .collect::<std::result::Result<_, _>>()
                .map_err(|e| cannot(certificate, &e))?;
        let secret = PrivateKeyDer::from_pem_slice(&open(key)?).map_err(|e| cannot(key, &e))?;
        Self::new(chain, secret).map_err(|e| cannot(certificate, &e))
    }

    /// Puts a chain and its key together. Fails when they do not belong together.
    pub(super) fn new(
        chain: Vec<CertificateDer<'static>>,
        key: PrivateKeyDer<'static>,
    ) -> std::result::Result<Self, Box<dyn std::error::Error + Send + Sync>> {
        let first = chain.first().ok_or("there is no certificate in it")?;
        let (_, read) = parse_x509_certificate(first.as_ref())?;
        let moment = |secs: i64| Timestamp::from_secs(secs);
        let ends = moment(read.validity().not_after.timestamp());
        let begins = moment(read.validity().not_before.timestamp());
        let signer = default_provider().key_provider.load_private_key(key)?;
        let key = CertifiedKey::new(chain, signer);
        // A proof for an issuer has an extension that this check does not know, and fails otherwise.
        if let Err(mismatch @ rustls::Error::InconsistentKeys(_)) = key.keys_match() {
            return Err(mismatch.into());
        }
        Ok(Self {
            key: Arc::new(key),
            ends,
            begins,
        })
    }

    /// True when the last third of its time has begun: then it is renewed.
    pub(super) fn is_old(&self, now: Timestamp) -> bool {
        now.0 > self.ends.0 - (self.ends.0 - self.begins.0) / 3
    }
}

/// The certificates in use.
#[derive(Debug, Default)]
pub(super) struct Certificates {
    current: RwLock<Option<Arc<CertifiedKey>>>,
    /// Shown to an issuer that looks whether the host is ours.
    proof: RwLock<Option<Arc<CertifiedKey>>>,
}

impl Certificates {
    /// Uses a certificate from now on.
    pub(super) fn set(&self, certificate: &Certificate) {
        let mut current = self.current.write().unwrap_or_else(PoisonError::into_inner);
        *current = Some(Arc::clone(&certificate.key));
    }

    /// Shows this to an issuer; None: nothing any more.
    pub(super) fn prove(&self, proof: Option<&Certificate>) {
        let mut shown = self.proof.write().unwrap_or_else(PoisonError::into_inner);
        *shown = proof.map(|proof| Arc::clone(&proof.key));
    }

    /// The certificate in use, as it is sent.
    #[cfg(test)]
    pub(super) fn shown(&self) -> Option<Vec<u8>> {
        let current = self.current.read().unwrap_or_else(PoisonError::into_inner);
        let first = current.as_ref()?.cert.first()?;
        Some(first.as_ref().to_vec())
    }

    /// How the node does TLS: HTTP/2 or HTTP/1.1, TLS 1.2 or later.
    pub(super) fn tls(self: &Arc<Self>) -> Result<Arc<ServerConfig>> {
        let resolver: Arc<dyn ResolvesServerCert> = Arc::<Self>::clone(self);
        let mut config = ServerConfig::builder_with_provider(Arc::new(default_provider()))
            .with_safe_default_protocol_versions()
            .map_err(Error::internal)?
            .with_no_client_auth()
            .with_cert_resolver(resolver);
        config.alpn_protocols = [&b"h2"[..], b"http/1.1", ACME_PROTOCOL]
            .map(<[u8]>::to_vec)
            .to_vec();
        Ok(Arc::new(config))
    }
}

impl ResolvesServerCert for Certificates {
    fn resolve(&self, hello: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        let mut offered = hello.alpn().into_iter().flatten();
        let is_issuer = offered.next() == Some(ACME_PROTOCOL) && offered.next().is_none();
        let held = if is_issuer {
            &self.proof
        } else {
            &self.current
        };
        held.read().unwrap_or_else(PoisonError::into_inner).clone()
    }
}
