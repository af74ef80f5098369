//! Who is at a page for people of this node: the name and password of an account (HTTP Basic, RFC 7617), without a cookie. And
//! whether a form came from here.

use axum::response::{IntoResponse, Response};
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use http::header::{AUTHORIZATION, CACHE_CONTROL, ORIGIN, WWW_AUTHENTICATE};
use http::{HeaderMap, HeaderValue, StatusCode};

use super::answer::{error_page, status_page};
use crate::app::App;
use crate::domain::account::{self, Account};
use crate::domain::actor::Actor;
use crate::error::{Error, Result};

/// The account that a request names and proves, or the answer that asks for one.
pub(super) async fn log_in(app: &App, request: &HeaderMap) -> Result<(Account, Actor), Response> {
    let Some((name, password)) = credentials(request) else {
        return Err(challenge(app));
    };
    match account::log_in(app, &name, password).await {
        Ok(found) => Ok(found),
        Err(Error::Unauthorized(_)) => Err(challenge(app)),
        Err(error) => Err(error_page(app, &error)),
    }
}

fn credentials(request: &HeaderMap) -> Option<(String, String)> {
    let sent = request.get(AUTHORIZATION)?.to_str().ok()?;
    let (scheme, encoded) = sent.split_once(' ')?;
    let basic = scheme.eq_ignore_ascii_case("basic");
    let decoded = BASE64_STANDARD.decode(encoded.trim()).ok()?;
    let text = String::from_utf8(decoded).ok().filter(|_| basic)?;
    let (name, password) = text.split_once(':')?;
    // PostgreSQL takes no NUL.
    let usable = !name.contains(char::is_control) && name.len() <= 255;
    usable.then(|| (name.to_owned(), password.to_owned()))
}

fn challenge(app: &App) -> Response {
    let mut response = status_page(app, StatusCode::UNAUTHORIZED, String::new()).into_response();
    let asked = HeaderValue::from_static("Basic realm=\"queue\", charset=\"UTF-8\"");
    response.headers_mut().insert(WWW_AUTHENTICATE, asked);
    response
}

/// Keeps an answer out of every cache.
pub(super) fn private(mut response: Response) -> Response {
    let value = HeaderValue::from_static("private, no-store");
    response.headers_mut().insert(CACHE_CONTROL, value);
    response
}

/// Fails with `Forbidden` unless a form was sent from a page of this node and has the token of that page: a browser sends the
/// password along whoever made the form.
pub(super) fn check_form(
    app: &App,
    request: &HeaderMap,
    account: &Account,
    (what, token): (&str, &str),
) -> Result<()> {
    check_origin(app, request)?;
    if account::is_form_token(account, what, token) {
        return Ok(());
    }
    Err(from_elsewhere())
}

/// Fails with `Forbidden` when a browser says that a form was sent from a page of another site. Old browsers say nothing.
pub(super) fn check_origin(app: &App, request: &HeaderMap) -> Result<()> {
    let header = |name| request.get(name).and_then(|value| value.to_str().ok());
    let own = app.config.origin().origin().ascii_serialization();
    let from_here = match (header("sec-fetch-site"), header(ORIGIN.as_str())) {
        (Some(site), _) => site == "same-origin",
        (None, Some(origin)) => origin == own,
        (None, None) => true,
    };
    from_here.then_some(()).ok_or_else(from_elsewhere)
}

fn from_elsewhere() -> Error {
    Error::Forbidden("this form is from elsewhere".into())
}

/// A field of a query or of a form's body; empty when there is none.
pub(super) fn field(encoded: &[u8], name: &str) -> String {
    let mut pairs = url::form_urlencoded::parse(encoded);
    let found = pairs.find(|(key, _)| key == name);
    found.map_or_else(String::new, |(_, value)| value.into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_field_is_found_among_others_and_junk() {
        assert_eq!(
            field(b"a=1&uri=https%3A%2F%2Fm.example%2F1&uri=x", "uri"),
            "https://m.example/1"
        );
        assert_eq!(field(b"%FF&&=&uri", "uri"), "");
        assert_eq!(field(b"", "uri"), "");
    }
}
