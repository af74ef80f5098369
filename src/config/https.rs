//! `[https]`: whether the node speaks https itself, and where its certificate comes from.

use std::net::SocketAddr;
use std::path::PathBuf;

use serde::Deserialize;

use super::{Config, optional};
use crate::error::{Error, Result};

/// `[https]`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Https {
    /// The node speaks https itself; otherwise a proxy in front of it does.
    pub enabled: bool,
    /// Where it listens for https.
    pub bind: SocketAddr,
    /// Where it listens for plain http, to lead readers to https; None: nowhere.
    #[serde(deserialize_with = "optional")]
    pub redirect_bind: Option<SocketAddr>,
    /// A PEM file with a certificate and those that vouch for it.
    #[serde(deserialize_with = "optional")]
    pub certificate: Option<PathBuf>,
    /// A PEM file with the certificate's key.
    #[serde(deserialize_with = "optional")]
    pub key: Option<PathBuf>,
    /// Where certificates are asked for (ACME, RFC 8555), when no file is named.
    pub acme_directory: String,
    /// Whom the issuer writes to; may be empty.
    pub contact: String,
}

impl Config {
    /// The files of the certificate and its key: those named, else where what was issued is kept.
    pub fn certificate_files(&self) -> (PathBuf, PathBuf) {
        let https = &self.https;
        if let (Some(certificate), Some(key)) = (&https.certificate, &https.key) {
            (self.data.join(certificate), self.data.join(key))
        } else {
            let file = self.data.join("acme").join("certificate.pem");
            (file.clone(), file)
        }
    }
}

/// Checks what the types cannot.
pub(super) fn check(config: &Config) -> Result<()> {
    let https = &config.https;
    if !https.enabled {
        return Ok(());
    }
    let wrong = |text: &str| Err(Error::Setup(text.to_owned()));
    if !config.site.url.starts_with("https://") {
        return wrong("https.enabled: site.url must begin with https://");
    }
    if https.certificate.is_some() != https.key.is_some() {
        return wrong("https.certificate and https.key: name both files, or none");
    }
    if https.certificate.is_none() && url::Url::parse(&https.acme_directory).is_err() {
        return wrong(
            "https.acme_directory is no address; name one, or https.certificate and https.key",
        );
    }
    Ok(())
}
