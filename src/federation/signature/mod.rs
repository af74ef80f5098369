//! HTTP signatures: making and checking them, in both forms the network uses (draft-cavage-12 and
//! RFC 9421). Pure: no database, no network, no clock; whoever calls it fetches the keys.
//!
//! Receiving goes in three steps, the cheap ones first: [`ParsedSignature::parse`] reads the headers,
//! [`ParsedSignature::check`] tests everything that needs no key, [`ParsedSignature::verify`] proves it.

mod cavage;
mod challenge;
mod check;
mod digest;
mod error;
mod keys;
mod pem;
mod public;
mod rfc9421;
mod sign;
mod site;
#[cfg(test)]
mod tests;
mod unique;

use http::HeaderMap;

pub use challenge::{Challenge, wanted};
pub use digest::BodyDigest;
pub use error::{SignatureError, SignatureErrorKind};
pub use keys::{Ed25519Key, RsaKey};
pub use public::{PublicKey, RsaPublicKey, Scheme};
pub use sign::{sign_challenged, sign_get, sign_post, sign_post_digest};
pub use site::Site;

use crate::types::Timestamp;

/// The most bytes of one signature header that are looked at.
const MAX_HEADER: usize = 16 * 1024;
/// The most components a signature may cover.
const MAX_COMPONENTS: usize = 64;

/// The two forms of signature on the network.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum SignatureForm {
    /// draft-cavage-http-signatures-12: one `Signature` header. Most servers.
    #[default]
    Cavage,
    /// RFC 9421: `Signature-Input` and `Signature`.
    Rfc9421,
}

/// A request as it was received (or will be sent), as far as signatures care.
#[derive(Clone, Copy, Debug)]
pub struct Request<'a> {
    /// The method as sent, e.g. `POST`.
    pub method: &'a str,
    /// The path and, after `?`, the query, exactly as sent.
    pub path_and_query: &'a str,
    /// All headers.
    pub headers: &'a HeaderMap,
    /// The raw body; None when there is none.
    pub body: Option<&'a [u8]>,
}

/// One thing a signature covers.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Component {
    /// `host`, `(request-target)`, `@method`, …
    name: String,
    /// The `name` parameter of `@query-param`.
    query_param: Option<String>,
}

impl Component {
    fn plain(name: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            query_param: None,
        }
    }
}

/// A signature as read from the headers; nothing is proven yet.
#[derive(Clone, Debug)]
pub struct ParsedSignature {
    form: SignatureForm,
    key_id: String,
    /// The algorithm's label as sent.
    algorithm: Option<String>,
    components: Vec<Component>,
    /// Seconds since 1970.
    created: Option<i64>,
    /// Seconds since 1970.
    expires: Option<i64>,
    signature: Vec<u8>,
    /// RFC 9421: the covered components and their parameters, as the base repeats them.
    params: String,
}

impl ParsedSignature {
    /// Reads the signature: RFC 9421 when there is a `Signature-Input`, else `Signature`, else
    /// `Authorization: Signature …`. Fails with `Missing` or `Malformed`.
    pub fn parse(request: &Request<'_>) -> Result<Self, SignatureError> {
        if request.headers.contains_key(rfc9421::INPUT) {
            rfc9421::parse(request.headers)
        } else {
            cavage::parse(request.headers)
        }
    }

    /// Where the sender says its key is found; not empty, but otherwise unchecked.
    pub fn key_id(&self) -> &str {
        &self.key_id
    }

    /// The form of the signature.
    pub const fn form(&self) -> SignatureForm {
        self.form
    }

    /// Tests everything that needs no key: what is covered, host, digest, time, algorithm label.
    pub fn check(
        &self,
        request: &Request<'_>,
        site: &Site,
        now: Timestamp,
    ) -> Result<(), SignatureError> {
        check::check(self, request, site, now)
    }

    /// Proves that the key signed this request for this site.
    pub fn verify(
        &self,
        request: &Request<'_>,
        site: &Site,
        key: &PublicKey,
    ) -> Result<(), SignatureError> {
        let schemes = check::schemes(self, key)?;
        let mut result = Err(SignatureError::new(
            SignatureErrorKind::Algorithm,
            "the algorithm named is not that of the key",
        ));
        for message in self.messages(request, site)? {
            for scheme in &schemes {
                result = key.verify(*scheme, message.as_bytes(), &self.signature);
                if result.is_ok() {
                    return result;
                }
            }
        }
        result
    }

    /// The texts that may have been signed.
    fn messages(&self, request: &Request<'_>, site: &Site) -> Result<Vec<String>, SignatureError> {
        match self.form {
            SignatureForm::Rfc9421 => Ok(vec![rfc9421::base(self, request, site)?]),
            SignatureForm::Cavage => cavage::messages(self, request, site),
        }
    }

    fn covers(&self, name: &str) -> bool {
        self.components
            .iter()
            .any(|component| component.name == name)
    }
}

/// All values of a header, each trimmed, joined by `, ` as both forms want it. None when absent.
fn joined(headers: &HeaderMap, name: &str) -> Result<Option<String>, SignatureError> {
    let mut values = headers.get_all(name).iter().peekable();
    if values.peek().is_none() {
        return Ok(None);
    }
    let mut text = String::new();
    for (index, value) in values.enumerate() {
        let value = value.to_str().map_err(|_| {
            SignatureError::malformed("a signed header holds other than ASCII text")
        })?;
        if index > 0 {
            text.push_str(", ");
        }
        text.push_str(value.trim());
    }
    Ok(Some(text))
}

/// [`joined`] for a header that is parsed: bounded in size.
fn joined_bounded(headers: &HeaderMap, name: &str) -> Result<Option<String>, SignatureError> {
    let text = joined(headers, name)?;
    match &text {
        Some(text) if text.len() > MAX_HEADER => Err(SignatureError::malformed(
            "the signature headers are longer than 16 KiB",
        )),
        _ => Ok(text),
    }
}
