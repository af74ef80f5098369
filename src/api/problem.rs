//! How this face says that something went wrong: `application/problem+json` (RFC 9457). The kind of the error sets the
//! status; what only the log may see is logged here, once.

use std::collections::BTreeMap;

use axum::Json;
use axum::response::{IntoResponse, Response};
use http::header::{CONTENT_TYPE, RETRY_AFTER, WWW_AUTHENTICATE};
use http::{HeaderValue, StatusCode};
use serde::Serialize;
use utoipa::ToSchema;

use crate::error::Error;

/// The media type of [`ProblemJson`].
const PROBLEM_JSON: HeaderValue = HeaderValue::from_static("application/problem+json");

/// A refusal on its way out.
#[derive(Debug)]
pub(super) struct Problem {
    status: StatusCode,
    detail: String,
    errors: BTreeMap<String, String>,
    retry_after: Option<u32>,
    challenge: &'static str,
}

/// What went wrong (RFC 9457).
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Problem)]
pub(super) struct ProblemJson {
    /// Always `about:blank`: the status says it all.
    #[serde(rename = "type")]
    kind: &'static str,
    /// The status in words.
    title: &'static str,
    /// The HTTP status.
    status: u16,
    /// What is wrong this time, for people.
    detail: String,
    /// Field → what is wrong with it; only for bad input.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    errors: BTreeMap<String, String>,
}

impl Problem {
    /// Builds a refusal with this status and reason.
    pub(super) fn new(status: StatusCode, detail: impl Into<String>) -> Self {
        Self {
            status,
            detail: detail.into(),
            errors: BTreeMap::new(),
            retry_after: None,
            challenge: "Bearer",
        }
    }

    /// Builds a refusal of one field of the input.
    pub(super) fn field(field: &str, why: &str) -> Self {
        Self {
            errors: BTreeMap::from([(field.to_owned(), why.to_owned())]),
            ..Self::new(StatusCode::UNPROCESSABLE_ENTITY, format!("{field}: {why}"))
        }
    }

    /// Sets what a 401 asks for in `WWW-Authenticate` (RFC 6750, 3).
    pub(super) fn challenge(mut self, challenge: &'static str) -> Self {
        self.challenge = challenge;
        self
    }
}

impl From<Error> for Problem {
    fn from(error: Error) -> Self {
        let status = status(&error);
        if status == StatusCode::INTERNAL_SERVER_ERROR {
            tracing::error!(error = error.log_text(), "a REST call failed");
            return Self::new(status, "something went wrong here; the log says what");
        }
        let detail = error.to_string();
        match error {
            Error::Invalid { fields, .. } => Self {
                errors: fields,
                ..Self::new(status, detail)
            },
            Error::RateLimited { retry_after } => Self {
                retry_after: Some(retry_after),
                ..Self::new(status, detail)
            },
            _ => Self::new(status, detail),
        }
    }
}

/// The HTTP status of a kind of error.
fn status(error: &Error) -> StatusCode {
    match error {
        Error::NotFound(_) => StatusCode::NOT_FOUND,
        Error::Gone(_) => StatusCode::GONE,
        Error::Invalid { .. } => StatusCode::UNPROCESSABLE_ENTITY,
        Error::Unauthorized(_) => StatusCode::UNAUTHORIZED,
        Error::Forbidden(_) => StatusCode::FORBIDDEN,
        Error::Conflict(_) => StatusCode::CONFLICT,
        Error::RateLimited { .. } => StatusCode::TOO_MANY_REQUESTS,
        Error::Remote { .. } => StatusCode::BAD_GATEWAY,
        Error::Setup(_) | Error::Db(_) | Error::Internal(_) => StatusCode::INTERNAL_SERVER_ERROR,
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let body = ProblemJson {
            kind: "about:blank",
            title: self.status.canonical_reason().unwrap_or("Error"),
            status: self.status.as_u16(),
            detail: self.detail,
            errors: self.errors,
        };
        let mut response = (self.status, Json(body)).into_response();
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, PROBLEM_JSON);
        if self.status == StatusCode::UNAUTHORIZED {
            headers.insert(WWW_AUTHENTICATE, HeaderValue::from_static(self.challenge));
        }
        if let Some(seconds) = self.retry_after {
            headers.insert(RETRY_AFTER, HeaderValue::from(seconds));
        }
        response
    }
}
