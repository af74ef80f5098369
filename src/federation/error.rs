//! From the federation crate's errors to ours.

use activitypub_federation::error::Error as CrateError;

use crate::error::Error;

impl From<CrateError> for Error {
    fn from(error: CrateError) -> Self {
        match error {
            CrateError::ObjectDeleted(_) => Self::Gone("the object"),
            // What our own client said comes back through the crate wrapped.
            CrateError::ReqwestMiddleware(reqwest_middleware::Error::Middleware(inner)) => inner
                .downcast::<Self>()
                .unwrap_or_else(|other| Self::remote_temporary(other.to_string())),
            CrateError::ParseFetchedObject(error, url, _) => {
                Self::remote_final(format!("{url} is no readable document: {error}"))
            }
            other => Self::remote_final(other.to_string()),
        }
    }
}
