//! Other actors' public keys: read from PEM or multibase, parsed once, cheap to clone. Verifies
//! bytes; does not know what was signed.

use std::fmt;
use std::sync::Arc;

use aws_lc_rs::encoding::{AsDer, PublicKeyX509Der};
use aws_lc_rs::rsa::PublicEncryptingKey;
use aws_lc_rs::signature::{
    ED25519, ParsedPublicKey, RSA_PKCS1_2048_8192_SHA256, RSA_PKCS1_2048_8192_SHA512,
};

use super::error::{SignatureError, SignatureErrorKind};
use super::pem;

/// The multicodec prefix of a raw Ed25519 public key (0xed as a varint).
const MULTICODEC_ED25519: [u8; 2] = [0xed, 0x01];
/// The multicodec prefix of a DER-encoded RSA public key (0x1205 as a varint).
const MULTICODEC_RSA: [u8; 2] = [0x85, 0x24];
/// The longest multibase text that is decoded; base58 costs the square of its length.
const MAX_MULTIBASE: usize = 2048;

/// One way to sign.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scheme {
    /// RSASSA-PKCS1-v1_5 with SHA-256.
    RsaSha256,
    /// RSASSA-PKCS1-v1_5 with SHA-512.
    RsaSha512,
    /// Ed25519.
    Ed25519,
}

/// A public key that may verify signatures. Cloning shares the parsed key.
#[derive(Clone)]
pub enum PublicKey {
    /// An RSA key of 2048 to 8192 bits.
    Rsa(Arc<RsaPublicKey>),
    /// An Ed25519 key.
    Ed25519(Arc<ParsedPublicKey>),
}

/// An RSA public key, parsed for both hashes.
pub struct RsaPublicKey {
    sha256: ParsedPublicKey,
    sha512: ParsedPublicKey,
}

impl PublicKey {
    /// Reads a PEM text: SPKI (`PUBLIC KEY`, RSA or Ed25519) or PKCS#1 (`RSA PUBLIC KEY`). Refuses RSA
    /// keys under 2048 or over 8192 bits.
    pub fn from_pem(text: &str) -> Result<Self, SignatureError> {
        match pem::decode(text) {
            Some(("PUBLIC KEY", der)) => {
                Self::from_rsa_der(&der).or_else(|_| Self::from_ed25519_spki(&der))
            }
            Some(("RSA PUBLIC KEY", der)) => Self::from_rsa_der(&der),
            _ => Err(SignatureError::key("the public key is not in PEM form")),
        }
    }

    /// Reads a `publicKeyMultibase` (FEP-521a): base58btc, Ed25519 (0xed) or RSA (0x1205).
    pub fn from_multibase(text: &str) -> Result<Self, SignatureError> {
        let unusable = || SignatureError::key("the multibase key is neither Ed25519 nor RSA");
        let encoded = text.strip_prefix('z').ok_or_else(unusable)?;
        if encoded.len() > MAX_MULTIBASE {
            return Err(unusable());
        }
        let bytes = bs58::decode(encoded).into_vec().map_err(|_| unusable())?;
        if let Some(raw) = bytes.strip_prefix(MULTICODEC_ED25519.as_slice()) {
            Self::from_ed25519_bytes(raw)
        } else if let Some(der) = bytes.strip_prefix(MULTICODEC_RSA.as_slice()) {
            Self::from_rsa_der(der)
        } else {
            Err(unusable())
        }
    }

    /// Reads the 32 bytes of an Ed25519 key.
    pub(super) fn from_ed25519_bytes(raw: &[u8]) -> Result<Self, SignatureError> {
        if raw.len() != 32 {
            return Err(SignatureError::key("an Ed25519 key has 32 bytes"));
        }
        Self::from_ed25519_spki(raw)
    }

    fn from_ed25519_spki(der: &[u8]) -> Result<Self, SignatureError> {
        ParsedPublicKey::new(&ED25519, der)
            .map(|key| Self::Ed25519(Arc::new(key)))
            .map_err(|_| {
                SignatureError::key("the key is neither RSA (2048 to 8192 bits) nor Ed25519")
            })
    }

    /// Reads an RSA key as SPKI or PKCS#1 DER.
    pub(super) fn from_rsa_der(der: &[u8]) -> Result<Self, SignatureError> {
        let unusable = || SignatureError::key("the key is no RSA key of 2048 to 8192 bits");
        let sha256 =
            ParsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, der).map_err(|_| unusable())?;
        let sha512 =
            ParsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA512, der).map_err(|_| unusable())?;
        let spki: PublicKeyX509Der<'_> = sha256.as_der().map_err(|_| unusable())?;
        // Parsing alone does not look at the size; this type does.
        let sized = PublicEncryptingKey::from_der(spki.as_ref()).map_err(|_| unusable())?;
        if !(2048..=8192).contains(&sized.key_size_bits()) {
            return Err(unusable());
        }
        Ok(Self::Rsa(Arc::new(RsaPublicKey { sha256, sha512 })))
    }

    /// Verifies `signature` over `message`. Fails with `Algorithm` when the scheme is not the key's, and
    /// with `Mismatch` when the signature is wrong.
    pub fn verify(
        &self,
        scheme: Scheme,
        message: &[u8],
        signature: &[u8],
    ) -> Result<(), SignatureError> {
        let key = match (self, scheme) {
            (Self::Rsa(key), Scheme::RsaSha256) => &key.sha256,
            (Self::Rsa(key), Scheme::RsaSha512) => &key.sha512,
            (Self::Ed25519(key), Scheme::Ed25519) => key,
            _ => {
                return Err(SignatureError::new(
                    SignatureErrorKind::Algorithm,
                    "the algorithm named is not that of the key",
                ));
            }
        };
        key.verify_sig(message, signature)
            .map_err(|_| SignatureError::mismatch())
    }

    /// The schemes this key can verify, the likeliest first.
    pub const fn schemes(&self) -> &'static [Scheme] {
        match self {
            Self::Rsa(_) => &[Scheme::RsaSha256, Scheme::RsaSha512],
            Self::Ed25519(_) => &[Scheme::Ed25519],
        }
    }
}

impl fmt::Debug for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Rsa(_) => "PublicKey::Rsa(…)",
            Self::Ed25519(_) => "PublicKey::Ed25519(…)",
        })
    }
}

/// Writes 32 raw bytes as an Ed25519 multibase key.
pub(super) fn multibase_ed25519(raw: &[u8]) -> String {
    let bytes: Vec<u8> = MULTICODEC_ED25519.iter().chain(raw).copied().collect();
    format!("z{}", bs58::encode(bytes).into_string())
}
