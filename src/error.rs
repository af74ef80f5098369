//! The one error type of the library. It says what kind of thing went wrong and holds two texts: a
//! safe one for the user and a source for the log. It knows no HTTP; each face maps the kind.

use std::collections::BTreeMap;

/// Shorthand used everywhere below the faces.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// What went wrong, by kind. The display text is always safe to show to whoever asked.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The thing asked for does not exist, or may not be seen by whoever asks.
    #[error("{0} was not found")]
    NotFound(&'static str),
    /// The thing existed and was deleted.
    #[error("{0} was deleted")]
    Gone(&'static str),
    /// The input breaks a rule; `fields` names each bad field and why.
    #[error("{message}")]
    Invalid {
        /// One sentence for people.
        message: String,
        /// Field name → what is wrong with it; empty when the whole input is meant.
        fields: BTreeMap<String, String>,
    },
    /// Nobody is logged in, or the credential or signature is wrong.
    #[error("{0}")]
    Unauthorized(String),
    /// Known, but not allowed.
    #[error("{0}")]
    Forbidden(String),
    /// The state of the thing does not allow it (exists already, deleted meanwhile).
    #[error("{0}")]
    Conflict(String),
    /// Too much at once; try again after `retry_after` seconds.
    #[error("too many requests; try again in {retry_after} s")]
    RateLimited {
        /// Seconds to wait.
        retry_after: u32,
    },
    /// Another server failed us; `temporary` says whether trying again can help.
    #[error("{message}")]
    Remote {
        /// What the other server did.
        message: String,
        /// True for time-outs, refused connections, 429 and 5xx.
        temporary: bool,
    },
    /// Configuration, files, ports: the operator can repair it by the text.
    #[error("{0}")]
    Setup(String),
    /// The database failed. The text is for the log only.
    #[error("the database failed")]
    Db(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// A bug or an impossible state. The text is for the log only.
    #[error("internal error")]
    Internal(#[source] Box<dyn std::error::Error + Send + Sync>),
}

impl Error {
    /// Builds an [`Error::Invalid`] about the whole input.
    pub fn invalid(message: impl Into<String>) -> Self {
        Self::Invalid {
            message: message.into(),
            fields: BTreeMap::new(),
        }
    }

    /// Builds an [`Error::Invalid`] about one field.
    pub fn invalid_field(field: &str, message: impl Into<String>) -> Self {
        let message = message.into();
        Self::Invalid {
            fields: BTreeMap::from([(field.to_owned(), message.clone())]),
            message: format!("{field}: {message}"),
        }
    }

    /// Builds an [`Error::Remote`] that a later try may cure.
    pub fn remote_temporary(message: impl Into<String>) -> Self {
        Self::Remote {
            message: message.into(),
            temporary: true,
        }
    }

    /// Builds an [`Error::Remote`] that no later try cures.
    pub fn remote_final(message: impl Into<String>) -> Self {
        Self::Remote {
            message: message.into(),
            temporary: false,
        }
    }

    /// Builds an [`Error::Internal`] from anything that explains itself.
    pub fn internal(source: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self::Internal(source.into())
    }

    /// The text for the log: the safe text and every source behind it.
    pub fn log_text(&self) -> String {
        let mut text = self.to_string();
        let mut source = std::error::Error::source(self);
        while let Some(cause) = source {
            text.push_str(": ");
            text.push_str(&cause.to_string());
            source = cause.source();
        }
        text
    }
}

impl From<diesel::result::Error> for Error {
    fn from(error: diesel::result::Error) -> Self {
        Self::Db(Box::new(error))
    }
}
