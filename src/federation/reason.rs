//! Why an activity is refused or dropped: the one list of words. The same word stands in the answer, in the log line and
//! in the metrics, and never changes.

use super::signature::{SignatureError, SignatureErrorKind};
use crate::error::Error;
use crate::types::{Host, word_enum};

word_enum! {
    /// Why an activity is refused (4xx, 5xx) or taken and forgotten (202).
    Reason {
        /// The body is larger than an activity may be.
        TooLarge = "too_large",
        /// The body broke off.
        BodyIncomplete = "body_incomplete",
        /// The media type is not that of ActivityStreams.
        MediaType = "media_type",
        /// Too much at once; later it may be taken.
        Busy = "busy",
        /// This sender sends too much.
        RateLimited = "rate_limited",
        /// There is no signature.
        SignatureMissing = "signature_missing",
        /// The signature headers cannot be read.
        SignatureMalformed = "signature_malformed",
        /// The digest is absent or not the body's.
        SignatureDigest = "signature_digest",
        /// The signature is too old or too new.
        SignatureWindow = "signature_window",
        /// The signature leaves something out.
        SignatureCoverage = "signature_coverage",
        /// The signature is for another host.
        SignatureHost = "signature_host",
        /// The algorithm is unknown or not the key's.
        SignatureAlgorithm = "signature_algorithm",
        /// The key cannot be used.
        SignatureKey = "signature_key",
        /// The signature is not this key's.
        SignatureMismatch = "signature_mismatch",
        /// The key's id is no address.
        KeyAddress = "key_address",
        /// The key cannot be had now; later it may be.
        KeyUnreachable = "key_unreachable",
        /// What is found at the key's address is no key.
        KeyUnreadable = "key_unreadable",
        /// The key's owner is gone.
        KeyGone = "key_gone",
        /// The owner does not show this key.
        KeyNotListed = "key_not_listed",
        /// The server is blocked here.
        BlockedHost = "blocked_host",
        /// It carries our own host.
        OwnHost = "own_host",
        /// The body is no JSON object.
        UnreadableJson = "unreadable_json",
        /// The JSON is nested too deep.
        TooDeep = "too_deep",
        /// There is no actor, or its id is no address.
        NoActor = "no_actor",
        /// There is no object, or it has no id.
        NoObject = "no_object",
        /// The activity does not live on its actor's server.
        ForeignId = "foreign_id",
        /// The object does not live on its actor's server.
        ForeignObject = "foreign_object",
        /// The object is by somebody else than the actor.
        NotAuthor = "not_author",
        /// Only the one who made it may change or undo it.
        NotOwner = "not_owner",
        /// Somebody else's activity, of a kind that is not passed on.
        NotForwardable = "not_forwardable",
        /// What it is about is no account of ours.
        NoSuchAccount = "no_such_account",
        /// Something else in it cannot be used.
        Unusable = "unusable",
        /// A fault on our side.
        Internal = "internal",
        /// Dropped: it has no meaning here.
        UnknownType = "unknown_type",
        /// Dropped: it is about nothing of ours.
        NothingOfOurs = "nothing_of_ours",
        /// Dropped: it is not public.
        NotPublic = "not_public",
        /// Dropped: it is no comment (a poll's vote, a message, an empty note).
        NoComment = "no_comment",
        /// Dropped: too large to be kept while what it answers is looked for.
        TooLargeToWait = "too_large_to_wait",
        /// Dropped: it was deleted before it came.
        Deleted = "deleted",
        /// Dropped: there is nothing here that it could change.
        Unchanged = "unchanged",
        /// Dropped: more parents stand between it and a post here than are looked for.
        ChainTooLong = "chain_too_long",
        /// Dropped: what it answers answers it.
        ChainInCircle = "chain_in_circle",
        /// Fetched in vain: its server does not show it to us.
        NotShown = "not_shown",
        /// Dropped: the farewell of somebody who was never known here.
        Stranger = "stranger",
        /// Fetched in vain: its server did not answer, or not well; later it may.
        Unreachable = "unreachable",
        /// Fetched in vain: its server does not show it.
        NotFound = "not_found",
        /// Fetched in vain: what is there is no document.
        NoDocument = "no_document",
    }
}

impl Reason {
    /// True when the activity is taken with 202 and forgotten; all others are refused.
    pub const fn is_drop(self) -> bool {
        matches!(
            self,
            Self::UnknownType
                | Self::NothingOfOurs
                | Self::NotPublic
                | Self::NoComment
                | Self::TooLargeToWait
                | Self::Deleted
                | Self::Unchanged
                | Self::ChainTooLong
                | Self::ChainInCircle
                | Self::Stranger
        )
    }

    /// Refuses (or drops) for this reason; `text` goes back to the sender.
    pub fn refuse(self, text: impl Into<String>) -> Refusal {
        let text = text.into();
        let error = match self {
            Self::Busy | Self::KeyUnreachable => Error::remote_temporary(text),
            Self::RateLimited => Error::RateLimited { retry_after: 60 },
            Self::BlockedHost
            | Self::ForeignId
            | Self::ForeignObject
            | Self::NotAuthor
            | Self::NotOwner => Error::Forbidden(text),
            Self::SignatureMissing
            | Self::SignatureDigest
            | Self::SignatureWindow
            | Self::SignatureCoverage
            | Self::SignatureHost
            | Self::SignatureAlgorithm
            | Self::SignatureKey
            | Self::SignatureMismatch
            | Self::KeyAddress
            | Self::KeyUnreadable
            | Self::KeyGone
            | Self::KeyNotListed
            | Self::NotForwardable
            | Self::OwnHost => Error::Unauthorized(text),
            Self::NoSuchAccount => Error::NotFound("this account"),
            Self::Internal => Error::internal(text),
            _ => Error::invalid(text),
        };
        Refusal::new(self, error)
    }

    /// Drops for this reason: taken, and nothing is done.
    pub fn drop(self) -> Refusal {
        self.refuse("it does nothing here")
    }

    /// Why a document could not be fetched.
    pub const fn of_fetch(error: &Error) -> Self {
        match error {
            Error::NotFound(_) | Error::Gone(_) => Self::NotFound,
            Error::Remote {
                temporary: true, ..
            }
            | Error::RateLimited { .. } => Self::Unreachable,
            Error::Remote { .. } => Self::NoDocument,
            Error::Forbidden(_) => Self::BlockedHost,
            Error::Unauthorized(_) => Self::NotShown,
            _ => Self::Internal,
        }
    }

    /// The reason that an error has by itself.
    const fn of(error: &Error) -> Self {
        match error {
            Error::RateLimited { .. } => Self::RateLimited,
            Error::Remote {
                temporary: true, ..
            } => Self::Busy,
            Error::Forbidden(_) => Self::NotOwner,
            Error::Setup(_) | Error::Db(_) | Error::Internal(_) => Self::Internal,
            _ => Self::Unusable,
        }
    }
}

/// An activity turned away: why, what its sender is told, and who signed it as far as that is known.
#[derive(Debug, thiserror::Error)]
#[error("{error}")]
pub struct Refusal {
    /// The stable word.
    pub reason: Reason,
    /// The text, safe to be sent back.
    #[source]
    pub error: Error,
    /// The host that the signature names, proven or not.
    pub signer: Option<Host>,
}

impl Refusal {
    /// Refuses with this error.
    pub const fn new(reason: Reason, error: Error) -> Self {
        Self {
            reason,
            error,
            signer: None,
        }
    }

    /// Notes whose signature it carries.
    #[must_use]
    pub fn by(mut self, signer: Option<Host>) -> Self {
        self.signer = signer;
        self
    }
}

impl From<Error> for Refusal {
    fn from(error: Error) -> Self {
        Self::new(Reason::of(&error), error)
    }
}

impl From<Refusal> for Error {
    fn from(refusal: Refusal) -> Self {
        refusal.error
    }
}

impl From<SignatureError> for Refusal {
    fn from(error: SignatureError) -> Self {
        let reason = match error.kind() {
            SignatureErrorKind::Missing => Reason::SignatureMissing,
            SignatureErrorKind::Malformed => Reason::SignatureMalformed,
            SignatureErrorKind::Digest => Reason::SignatureDigest,
            SignatureErrorKind::Window => Reason::SignatureWindow,
            SignatureErrorKind::Coverage => Reason::SignatureCoverage,
            SignatureErrorKind::Host => Reason::SignatureHost,
            SignatureErrorKind::Algorithm => Reason::SignatureAlgorithm,
            SignatureErrorKind::Key => Reason::SignatureKey,
            SignatureErrorKind::Mismatch => Reason::SignatureMismatch,
        };
        reason.refuse(error.to_string())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_finds_its_reason() {
        let reason = |error: Error| Refusal::from(error).reason;
        assert_eq!(reason(Error::remote_temporary("x")), Reason::Busy);
        assert_eq!(reason(Error::Forbidden("x".into())), Reason::NotOwner);
        assert_eq!(reason(Error::internal("x")), Reason::Internal);
        assert_eq!(reason(Error::invalid("x")), Reason::Unusable);
    }

    #[test]
    fn no_reason_but_our_own_fault_is_an_internal_error() {
        for word in ["too_deep", "foreign_id", "key_gone", "unknown_type", "busy"] {
            let reason = Reason::parse(word).unwrap();
            assert_eq!(reason.as_str(), word);
            assert!(!matches!(reason.refuse("x").error, Error::Internal(_)));
        }
    }
}
