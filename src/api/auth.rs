//! Who asks: the bearer token (RFC 6750) of a request, and what a call needs of it. One extractor a scope, so that a
//! handler's signature says what it takes.

use std::sync::Arc;

use axum::extract::FromRequestParts;
use http::header::AUTHORIZATION;
use http::request::Parts;
use http::{HeaderMap, StatusCode};

use super::problem::Problem;
use crate::app::App;
use crate::domain::account::{Identity, Scope, token};
use crate::error::Error;

/// Makes an extractor that lets in tokens with a scope.
macro_rules! scoped {
    ($(#[$doc:meta])* $name:ident, $scope:ident) => {
        $(#[$doc])*
        pub(super) struct $name(pub(super) Identity);

        impl FromRequestParts<Arc<App>> for $name {
            type Rejection = Problem;

            async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, Problem> {
                let identity = identify(app, &parts.headers).await?;
                identity.require(Scope::$scope)?;
                Ok(Self(identity))
            }
        }
    };
}

scoped!(
    /// Somebody whose token may read.
    Reader,
    Read
);
scoped!(
    /// Somebody whose token may write.
    Writer,
    Write
);
scoped!(
    /// Somebody whose token may moderate.
    Moderator,
    Moderate
);

/// Finds who a request's token belongs to.
async fn identify(app: &App, headers: &HeaderMap) -> Result<Identity, Problem> {
    let Some(secret) = bearer(headers) else {
        return Err(Problem::new(
            StatusCode::UNAUTHORIZED,
            "send a token: Authorization: Bearer TOKEN",
        ));
    };
    token::authenticate(app, secret)
        .await
        .map_err(|error| match error {
            Error::Unauthorized(_) => {
                Problem::from(error).challenge("Bearer error=\"invalid_token\"")
            }
            _ => error.into(),
        })
}

/// The token of the one Authorization header; None when there is none, several, or another scheme.
fn bearer(headers: &HeaderMap) -> Option<&str> {
    let mut values = headers.get_all(AUTHORIZATION).iter();
    let (Some(value), None) = (values.next(), values.next()) else {
        return None;
    };
    let (scheme, token) = value.to_str().ok()?.trim().split_once(' ')?;
    let token = token.trim();
    (scheme.eq_ignore_ascii_case("bearer") && !token.is_empty()).then_some(token)
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::HeaderValue;

    fn read(values: &[&'static str]) -> Option<String> {
        let mut headers = HeaderMap::new();
        for value in values {
            headers.append(AUTHORIZATION, HeaderValue::from_static(value));
        }
        bearer(&headers).map(str::to_owned)
    }

    #[test]
    fn the_scheme_is_read_in_any_case() {
        for text in ["Bearer abc", "bearer abc", "BEARER   abc "] {
            assert_eq!(read(&[text]).as_deref(), Some("abc"), "{text}");
        }
    }

    #[test]
    fn anything_else_is_no_token() {
        for values in [
            &[][..],
            &["Bearer"],
            &["Bearer  "],
            &["Basic abc"],
            &["Bearer a", "Bearer b"],
        ] {
            assert_eq!(read(values), None, "{values:?}");
        }
    }
}
