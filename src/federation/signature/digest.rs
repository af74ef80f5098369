//! Body digests: `Digest` (RFC 3230, as draft-cavage senders use it) and `Content-Digest` (RFC 9530).
//! Compares with the raw bytes as received, in constant time.

use aws_lc_rs::constant_time::verify_slices_are_equal;
use aws_lc_rs::digest::{SHA256, SHA512, digest};
use base64::Engine;
use base64::engine::general_purpose::{GeneralPurpose, GeneralPurposeConfig, STANDARD};
use base64::engine::{DecodePaddingMode, general_purpose};
use http::HeaderMap;
use sfv::{BareItem, Dictionary, ListEntry, Parser};

use super::error::SignatureError;
use super::{SignatureForm, joined};

/// Standard base64 that does not care whether the padding is there.
pub(super) const LENIENT: GeneralPurpose = GeneralPurpose::new(
    &base64::alphabet::STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// A body's SHA-256, made once for many deliveries.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BodyDigest {
    base64: String,
}

impl BodyDigest {
    /// Hashes the body.
    pub fn of(body: &[u8]) -> Self {
        Self {
            base64: general_purpose::STANDARD.encode(digest(&SHA256, body)),
        }
    }

    /// The header's name and value in a form of signature.
    pub(super) fn header(&self, form: SignatureForm) -> (&'static str, String) {
        match form {
            SignatureForm::Cavage => ("digest", format!("SHA-256={}", self.base64)),
            SignatureForm::Rfc9421 => ("content-digest", format!("sha-256=:{}:", self.base64)),
        }
    }
}

/// Compares the digest header of the form with the body. Unknown algorithms are passed over; at least
/// one of SHA-256 and SHA-512 must be there, and every one that is there must fit.
pub(super) fn check(
    form: SignatureForm,
    headers: &HeaderMap,
    body: &[u8],
) -> Result<(), SignatureError> {
    let stated = match form {
        SignatureForm::Cavage => digest_header(headers)?,
        SignatureForm::Rfc9421 => content_digest_header(headers)?,
    };
    if stated.is_empty() {
        return Err(SignatureError::digest(
            "the digest must be SHA-256 or SHA-512",
        ));
    }
    for (algorithm, expected) in stated {
        let actual = digest(algorithm, body);
        verify_slices_are_equal(actual.as_ref(), &expected)
            .map_err(|_| SignatureError::digest("the digest is not that of the body received"))?;
    }
    Ok(())
}

type Stated = Vec<(&'static aws_lc_rs::digest::Algorithm, Vec<u8>)>;

fn algorithm(name: &str) -> Option<&'static aws_lc_rs::digest::Algorithm> {
    match name.to_ascii_lowercase().as_str() {
        "sha-256" => Some(&SHA256),
        "sha-512" => Some(&SHA512),
        _ => None,
    }
}

fn digest_header(headers: &HeaderMap) -> Result<Stated, SignatureError> {
    let text = joined(headers, "digest")?
        .ok_or_else(|| SignatureError::digest("a POST needs a Digest header"))?;
    let mut stated = Vec::new();
    for part in text.split(',') {
        let (name, value) = part
            .trim()
            .split_once('=')
            .ok_or_else(|| SignatureError::malformed("the Digest header cannot be read"))?;
        if let Some(algorithm) = algorithm(name.trim()) {
            let bytes = LENIENT
                .decode(value.trim())
                .map_err(|_| SignatureError::malformed("the Digest header holds no base64"))?;
            stated.push((algorithm, bytes));
        }
    }
    Ok(stated)
}

fn content_digest_header(headers: &HeaderMap) -> Result<Stated, SignatureError> {
    let text = joined(headers, "content-digest")?
        .ok_or_else(|| SignatureError::digest("a POST needs a Content-Digest header"))?;
    let dictionary: Dictionary = Parser::new(&text)
        .parse()
        .map_err(|_| SignatureError::malformed("the Content-Digest header cannot be read"))?;
    let mut stated = Vec::new();
    for (name, entry) in &dictionary {
        let Some(algorithm) = algorithm(name.as_str()) else {
            continue;
        };
        match entry {
            ListEntry::Item(item) => match &item.bare_item {
                BareItem::ByteSequence(bytes) => stated.push((algorithm, bytes.clone())),
                _ => {
                    return Err(SignatureError::malformed(
                        "Content-Digest must hold byte sequences",
                    ));
                }
            },
            ListEntry::InnerList(_) => {
                return Err(SignatureError::malformed(
                    "Content-Digest must hold byte sequences",
                ));
            }
        }
    }
    Ok(stated)
}

/// Encodes a signature's bytes.
pub(super) fn to_base64(bytes: &[u8]) -> String {
    STANDARD.encode(bytes)
}
