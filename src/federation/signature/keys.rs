//! Our own signing keys: RSA for HTTP signatures, Ed25519 for data integrity proofs. Holds key
//! material; never prints it.

use std::fmt;
use std::sync::Arc;

use aws_lc_rs::encoding::{AsDer, Pkcs8V1Der, PublicKeyX509Der};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::KeySize;
use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair, RSA_PKCS1_SHA256, RsaKeyPair};

use super::error::SignatureError;
use super::pem;
use super::public::{PublicKey, multibase_ed25519};

const PRIVATE_LABEL: &str = "PRIVATE KEY";
const PUBLIC_LABEL: &str = "PUBLIC KEY";

/// An RSA signing key of 2048 bits or more. Cloning shares the key.
#[derive(Clone)]
pub struct RsaKey(Arc<RsaKeyPair>);

impl RsaKey {
    /// Makes a new RSA-2048 key. Takes 100 ms of CPU and more: keep it off the async threads.
    pub fn generate() -> Result<Self, SignatureError> {
        RsaKeyPair::generate(KeySize::Rsa2048)
            .map(|pair| Self(Arc::new(pair)))
            .map_err(|_| SignatureError::key("an RSA key could not be made"))
    }

    /// Reads an unencrypted PKCS#8 PEM (RFC 5958), or a PKCS#1 one (`RSA PRIVATE KEY`, RFC 8017).
    pub fn from_pkcs8_pem(text: &str) -> Result<Self, SignatureError> {
        let pair = match pem::decode(text) {
            Some((PRIVATE_LABEL, der)) => RsaKeyPair::from_pkcs8(&der).ok(),
            Some(("RSA PRIVATE KEY", der)) => RsaKeyPair::from_der(&der).ok(),
            _ => None,
        };
        pair.map(|pair| Self(Arc::new(pair)))
            .ok_or_else(|| SignatureError::key("the text is no RSA private key in PEM form"))
    }

    /// Writes the key as unencrypted PKCS#8 PEM.
    pub fn to_pkcs8_pem(&self) -> Result<String, SignatureError> {
        let der: Pkcs8V1Der<'_> = self
            .0
            .as_der()
            .map_err(|_| SignatureError::key("the RSA key cannot be written"))?;
        Ok(pem::encode(PRIVATE_LABEL, der.as_ref()))
    }

    /// The public half as SPKI PEM, the form of `publicKeyPem`.
    pub fn public_pem(&self) -> Result<String, SignatureError> {
        let der: PublicKeyX509Der<'_> = self
            .0
            .public_key()
            .as_der()
            .map_err(|_| SignatureError::key("the RSA key cannot be written"))?;
        Ok(pem::encode(PUBLIC_LABEL, der.as_ref()))
    }

    /// The public half, ready to verify with.
    pub fn public_key(&self) -> Result<PublicKey, SignatureError> {
        PublicKey::from_rsa_der(self.0.public_key().as_ref())
    }

    /// Signs with RSASSA-PKCS1-v1_5 and SHA-256 (RFC 8017 8.2). About 0.8 ms of CPU.
    pub fn sign(&self, message: &[u8]) -> Result<Vec<u8>, SignatureError> {
        let mut signature = vec![0; self.0.public_modulus_len()];
        self.0
            .sign(
                &RSA_PKCS1_SHA256,
                &SystemRandom::new(),
                message,
                &mut signature,
            )
            .map_err(|_| SignatureError::key("the RSA key failed to sign"))?;
        Ok(signature)
    }
}

impl fmt::Debug for RsaKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("RsaKey(…)")
    }
}

/// An Ed25519 signing key (RFC 8032). Cloning shares the key.
#[derive(Clone)]
pub struct Ed25519Key(Arc<Ed25519KeyPair>);

impl Ed25519Key {
    /// Makes a new key.
    pub fn generate() -> Result<Self, SignatureError> {
        Ed25519KeyPair::generate()
            .map(|pair| Self(Arc::new(pair)))
            .map_err(|_| SignatureError::key("an Ed25519 key could not be made"))
    }

    /// Reads an unencrypted PKCS#8 PEM, with or without the public half (RFC 8410).
    pub fn from_pkcs8_pem(text: &str) -> Result<Self, SignatureError> {
        let pair = match pem::decode(text) {
            Some((PRIVATE_LABEL, der)) => Ed25519KeyPair::from_pkcs8(&der).ok(),
            _ => None,
        };
        pair.map(|pair| Self(Arc::new(pair)))
            .ok_or_else(|| SignatureError::key("the text is no Ed25519 private key in PEM form"))
    }

    /// Writes the key as unencrypted PKCS#8 PEM (version 1: the private half only).
    pub fn to_pkcs8_pem(&self) -> Result<String, SignatureError> {
        let document = self
            .0
            .to_pkcs8v1()
            .map_err(|_| SignatureError::key("the Ed25519 key cannot be written"))?;
        Ok(pem::encode(PRIVATE_LABEL, document.as_ref()))
    }

    /// The public half as SPKI PEM.
    pub fn public_pem(&self) -> Result<String, SignatureError> {
        let der: PublicKeyX509Der<'_> = self
            .0
            .public_key()
            .as_der()
            .map_err(|_| SignatureError::key("the Ed25519 key cannot be written"))?;
        Ok(pem::encode(PUBLIC_LABEL, der.as_ref()))
    }

    /// The public half as `publicKeyMultibase` (`z6Mk…`, FEP-521a).
    pub fn public_multibase(&self) -> String {
        multibase_ed25519(self.0.public_key().as_ref())
    }

    /// The public half, ready to verify with.
    pub fn public_key(&self) -> Result<PublicKey, SignatureError> {
        PublicKey::from_ed25519_bytes(self.0.public_key().as_ref())
    }

    /// Signs; the same message always gives the same 64 bytes.
    pub fn sign(&self, message: &[u8]) -> Result<Vec<u8>, SignatureError> {
        self.0
            .try_sign(message)
            .map(|signature| signature.as_ref().to_vec())
            .map_err(|_| SignatureError::key("the Ed25519 key failed to sign"))
    }
}

impl fmt::Debug for Ed25519Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Ed25519Key({})", self.public_multibase())
    }
}
