//! The variable parts of an address, as the federation's routes take them.

use axum::extract::{FromRequestParts, Path};
use axum::response::Response;
use http::request::Parts;
use serde::de::DeserializeOwned;

use super::failure;
use crate::error::Error;

/// They are decoded. What is no UTF-8 is no address here.
pub(in crate::federation) struct Named<T>(pub(in crate::federation) T);

impl<S, T> FromRequestParts<S> for Named<T>
where
    S: Send + Sync,
    T: DeserializeOwned + Send,
{
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Response> {
        match Path::from_request_parts(parts, state).await {
            Ok(Path(named)) => Ok(Self(named)),
            Err(_) => Err(failure(&Error::NotFound("this address"))),
        }
    }
}
