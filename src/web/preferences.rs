//! `/preferences`: how one wants to read. A form that sets two cookies of a handful of values each; nothing is kept here
//! about anybody.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::State;
use axum::response::{IntoResponse, Redirect, Response};
use http::header::{CACHE_CONTROL, REFERER, SET_COOKIE};
use http::{HeaderMap, HeaderValue};
use url::Url;

use super::answer::{Document, answer};
use super::i18n::Catalogue;
use super::reader::{self, LANGUAGE, Reader, THEME, Theme};
use super::view::PreferencesView;
use super::{error_page, login, render_preferences};
use crate::app::App;
use crate::error::{Error, Result};

/// A year, in seconds.
const REMEMBERED: u32 = 31_536_000;
/// Longest path that one is sent back to, in bytes.
const LONGEST: usize = 2_048;
/// The word for "as the browser says".
const AUTOMATIC: &str = "auto";

/// Answers `/preferences` with the form.
pub(super) async fn page(State(app): State<Arc<App>>, request: HeaderMap) -> Response {
    let reader = Reader::of(&request, &app.config);
    let chosen = reader::cookie(&request, LANGUAGE, Catalogue::exact);
    let origin = request.get(REFERER).and_then(|line| line.to_str().ok());
    let view = PreferencesView {
        theme: reader.theme,
        language: chosen.unwrap_or(AUTOMATIC),
        back: origin
            .and_then(|address| address.strip_prefix(app.config.site.url.as_str()))
            .and_then(|path| local(&app, path))
            .unwrap_or_else(|| "/".to_owned()),
    };
    let page = render_preferences(&reader::site_for(&app, reader), &view).map(Document::html);
    let mut response = answer(&app, page);
    let headers = response.headers_mut();
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

/// Takes `POST /preferences`: sets the cookies and sends back to where the reader was.
pub(super) async fn choose(
    State(app): State<Arc<App>>,
    request: HeaderMap,
    body: Bytes,
) -> Response {
    match login::check_origin(&app, &request).and_then(|()| chosen(&app, &body)) {
        Ok((cookies, back)) => {
            let mut response = Redirect::to(&back).into_response();
            for cookie in cookies {
                response.headers_mut().append(SET_COOKIE, cookie);
            }
            response
        }
        Err(error) => error_page(&app, &error),
    }
}

/// What a form says: the cookies, and where to go.
fn chosen(app: &App, body: &[u8]) -> Result<([HeaderValue; 2], String)> {
    let field = |name| login::field(body, name);
    let theme = Theme::parse(&field(THEME)).ok_or_else(|| Error::invalid("no such colours"))?;
    let language = match field(LANGUAGE).as_str() {
        AUTOMATIC => "",
        tag => Catalogue::exact(tag).ok_or_else(|| Error::invalid("no such language"))?,
    };
    let theme = if theme == Theme::System {
        ""
    } else {
        theme.as_str()
    };
    let cookies = [cookie(app, THEME, theme)?, cookie(app, LANGUAGE, language)?];
    let back = local(app, &field("back")).unwrap_or_else(|| "/".to_owned());
    Ok((cookies, back))
}

/// A cookie for a year; an empty value takes it away.
fn cookie(app: &App, name: &str, value: &str) -> Result<HeaderValue> {
    let age = if value.is_empty() { 0 } else { REMEMBERED };
    let secure = if app.config.site.url.starts_with("https://") {
        "; Secure"
    } else {
        ""
    };
    let text = format!("{name}={value}; Path=/; Max-Age={age}; SameSite=Lax; HttpOnly{secure}");
    HeaderValue::from_str(&text).map_err(Error::internal)
}

/// A path of this site with its query, as a browser would understand it; None for what leads anywhere else.
fn local(app: &App, path: &str) -> Option<String> {
    let plain = path.starts_with('/') && path.len() <= LONGEST;
    if !plain || path.contains(|c: char| c.is_control() || c == '\\') {
        return None;
    }
    let base = app.config.origin();
    let url: Url = base
        .join(path)
        .ok()
        .filter(|url| url.origin() == base.origin())?;
    let path = url.path();
    // A path that begins with two slashes would name a host when it is sent back alone.
    if path.starts_with("//") || path == "/preferences" {
        return None;
    }
    Some(match url.query() {
        Some(query) => format!("{path}?{query}"),
        None => path.to_owned(),
    })
}
