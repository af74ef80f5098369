//! One address for each thing: former addresses, a slash too many and letters of the other case lead to where it stands. It
//! looks only when nothing else answers, and leads nowhere but to this site.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::Response;
use http::header::{CACHE_CONTROL, LOCATION};
use http::{HeaderValue, Method, StatusCode, Uri};

use super::error_page;
use crate::app::App;
use crate::domain::post;
use crate::error::{Error, Result};

/// Addresses below which nothing moves: they are made by the program and read by programs.
const FIXED: &[&str] = &[
    "/api/",
    "/ap/",
    "/.well-known/",
    "/static/",
    "/media/",
    "/nodeinfo/",
];
/// Pages that always are, and what stands before the name of others.
const PAGES: &[&str] = &["/about", "/archive", "/queue", "/replies", "/search"];
const LISTS: &[&str] = &["/tags/", "/categories/", "/series/", "/archive/", "/@"];

/// Looks, when an address leads nowhere, for where it led before or where another spelling of it leads.
pub async fn moved(State(app): State<Arc<App>>, request: Request, next: Next) -> Response {
    let (method, uri) = (request.method().clone(), request.uri().clone());
    let response = next.run(request).await;
    if response.status() != StatusCode::NOT_FOUND || !may_move(&method, uri.path()) {
        return response;
    }
    match find(&app, uri.path()).await {
        Ok(Some(address)) if method == Method::POST => {
            redirect(&app, StatusCode::PERMANENT_REDIRECT, &address, &uri)
        }
        Ok(Some(address)) => moved_to(&app, &address, &uri),
        Ok(None) => response,
        Err(error) => error_page(&app, &error),
    }
}

/// The answer that something stands at another address of this site for good, with the query as it was.
pub(super) fn moved_to(app: &App, address: &str, uri: &Uri) -> Response {
    redirect(app, StatusCode::MOVED_PERMANENTLY, address, uri)
}

fn redirect(app: &App, status: StatusCode, address: &str, uri: &Uri) -> Response {
    let query = uri
        .query()
        .map(|query| format!("?{query}"))
        .unwrap_or_default();
    let Ok(location) = HeaderValue::from_str(&format!("{address}{query}")) else {
        return error_page(app, &Error::NotFound("the page"));
    };
    let mut response = Response::new(Body::empty());
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(LOCATION, location);
    // For ever, but not in somebody's browser: what moved may move back.
    headers.insert(
        CACHE_CONTROL,
        HeaderValue::from_static("public, max-age=300"),
    );
    response
}

fn may_move(method: &Method, path: &str) -> bool {
    match *method {
        Method::GET | Method::HEAD => !FIXED.iter().any(|fixed| path.starts_with(fixed)),
        Method::POST => path.starts_with("/posts/"),
        _ => false,
    }
}

/// The whole address where something stands that is asked for at this path.
async fn find(app: &App, path: &str) -> Result<Option<String>> {
    let (site, asked) = (app.config.site.url.clone(), path.to_owned());
    let found = app.db.read(move |conn| {
        let moved = post::find_moved(conn, &site, &asked)?;
        let moved = moved.or_else(|| Some(format!("{site}{}", spelling(&asked)?)));
        Ok(moved.filter(|address| *address != format!("{site}{asked}")))
    });
    found.await
}

/// The spelling of a page's path, without a slash at the end and in small letters. What is escaped stays as it is.
fn spelling(path: &str) -> Option<String> {
    let bare = path.trim_end_matches('/');
    let plain = if bare.contains('%') {
        bare.to_owned()
    } else {
        bare.to_ascii_lowercase()
    };
    let is_page =
        PAGES.contains(&plain.as_str()) || LISTS.iter().any(|list| plain.starts_with(list));
    (is_page && plain != path).then_some(plain)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_pages_have_other_spellings() {
        for (path, plain) in [
            ("/about/", Some("/about")),
            ("/About", Some("/about")),
            ("/tags/rust//", Some("/tags/rust")),
            ("/@Alice/Followers/", Some("/@alice/followers")),
            ("/tags/%ED%95/", Some("/tags/%ED%95")),
            ("/about", None),
            ("/", None),
            ("//evil.example/", None),
            ("/nothing/", None),
        ] {
            assert_eq!(spelling(path).as_deref(), plain, "{path}");
        }
    }

    #[test]
    fn what_programs_read_does_not_move() {
        assert!(!may_move(&Method::GET, "/api/antiphon/v1/posts/1"));
        assert!(!may_move(&Method::GET, "/ap/posts/1"));
        assert!(!may_move(&Method::DELETE, "/posts/a/look"));
        assert!(!may_move(&Method::POST, "/2026/11/a"));
        assert!(may_move(&Method::POST, "/posts/a/look"));
        assert!(may_move(&Method::HEAD, "/2026/11/a"));
    }
}
