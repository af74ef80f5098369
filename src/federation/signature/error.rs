//! Why a signature was refused. Holds short texts that teach an honest sender and are safe to send
//! back; knows no HTTP status.

use std::borrow::Cow;

/// What is wrong with a signature, by kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SignatureErrorKind {
    /// The request carries no signature.
    Missing,
    /// The signature headers cannot be read.
    Malformed,
    /// The digest is absent, unusable, or not the body's.
    Digest,
    /// The signature is too old, too new, expired, or carries no usable time.
    Window,
    /// The signature leaves out something it must cover, or covers something that was not sent.
    Coverage,
    /// The request was signed for another host.
    Host,
    /// The algorithm is unknown or does not fit the key.
    Algorithm,
    /// The key cannot be used.
    Key,
    /// The signature is not this key's signature over this request.
    Mismatch,
}

/// A refused signature: the kind, and one clause for whoever sent it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("HTTP signature refused: {detail}")]
pub struct SignatureError {
    kind: SignatureErrorKind,
    detail: Cow<'static, str>,
}

impl SignatureError {
    pub(super) fn new(kind: SignatureErrorKind, detail: impl Into<Cow<'static, str>>) -> Self {
        Self {
            kind,
            detail: detail.into(),
        }
    }

    pub(super) fn malformed(detail: impl Into<Cow<'static, str>>) -> Self {
        Self::new(SignatureErrorKind::Malformed, detail)
    }

    pub(super) fn coverage(detail: impl Into<Cow<'static, str>>) -> Self {
        Self::new(SignatureErrorKind::Coverage, detail)
    }

    pub(super) fn window(detail: impl Into<Cow<'static, str>>) -> Self {
        Self::new(SignatureErrorKind::Window, detail)
    }

    pub(super) fn digest(detail: impl Into<Cow<'static, str>>) -> Self {
        Self::new(SignatureErrorKind::Digest, detail)
    }

    pub(super) fn key(detail: impl Into<Cow<'static, str>>) -> Self {
        Self::new(SignatureErrorKind::Key, detail)
    }

    /// The error for a signature that is not this key's.
    pub(in crate::federation) fn mismatch() -> Self {
        Self::new(
            SignatureErrorKind::Mismatch,
            "the signature does not match the request and the key",
        )
    }

    /// True when another key could make it good: the one that its owner shows now.
    pub(in crate::federation) const fn may_be_the_key(&self) -> bool {
        matches!(
            self.kind,
            SignatureErrorKind::Mismatch | SignatureErrorKind::Algorithm | SignatureErrorKind::Key
        )
    }

    /// The kind of the fault.
    pub const fn kind(&self) -> SignatureErrorKind {
        self.kind
    }

    /// A stable name for logs, counters and error bodies, e.g. `signature_window`.
    pub const fn code(&self) -> &'static str {
        match self.kind {
            SignatureErrorKind::Missing => "signature_missing",
            SignatureErrorKind::Malformed => "signature_malformed",
            SignatureErrorKind::Digest => "signature_digest",
            SignatureErrorKind::Window => "signature_window",
            SignatureErrorKind::Coverage => "signature_coverage",
            SignatureErrorKind::Host => "signature_host",
            SignatureErrorKind::Algorithm => "signature_algorithm",
            SignatureErrorKind::Key => "signature_key",
            SignatureErrorKind::Mismatch => "signature_mismatch",
        }
    }

    /// Tells a request that cannot be read (400) from one that is not proven (401). Senders that try
    /// a second form of signature do so after either.
    pub const fn is_client_format_error(&self) -> bool {
        matches!(self.kind, SignatureErrorKind::Malformed)
    }
}

impl From<SignatureError> for crate::error::Error {
    fn from(error: SignatureError) -> Self {
        Self::Unauthorized(error.to_string())
    }
}
