//! Looking for posts and comments: the page with its form, and the description by which browsers offer it as a search engine.
//! What was found is made anew for each question: it names no scope.

use std::sync::Arc;

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::header::{CACHE_CONTROL, CONTENT_TYPE};
use http::{HeaderMap, HeaderValue, StatusCode, Uri};

use super::answer::{Document, answer};
use super::i18n::Catalogue;
use super::view::{HitView, SearchView, Site};
use super::{convert, error_page, favicon, reader, render_search};
use crate::app::App;
use crate::domain::search::{self, Found, Hit, Key, Mistake, QUERY_MAX};
use crate::error::Result;
use crate::text::{cut, escape};

/// Results on a page.
const PAGE: u16 = 20;
/// Longest name of a search engine (OpenSearch 1.1), in characters.
const SHORT_NAME: usize = 16;

/// Answers `/search` with the form, `/search?q=QUERY` with what was found, `&from=KEY` with a later page of it; 400 with the reason
/// when the query cannot be understood.
pub(super) async fn page(State(app): State<Arc<App>>, uri: Uri, request: HeaderMap) -> Response {
    let site = reader::site(&app, &request);
    let query = parameter(&uri, "q").unwrap_or_default();
    let from = parameter(&uri, "from");
    let (view, status) = match look(&app, &site, &query, from.as_deref()).await {
        Ok(found) => found,
        Err(error) => return error_page(&app, &error),
    };
    let mut response = answer(&app, render_search(&site, &view).map(Document::html));
    if status != StatusCode::OK {
        *response.status_mut() = status;
    }
    let headers = response.headers_mut();
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

async fn look(
    app: &App,
    site: &Site,
    query: &str,
    from: Option<&str>,
) -> Result<(SearchView, StatusCode)> {
    let mut view = SearchView {
        query: cut(query, QUERY_MAX).replace(char::is_control, " "),
        ..SearchView::default()
    };
    let wanted = match search::read(query) {
        Ok(Some(wanted)) => wanted,
        Ok(None) => return Ok((view, StatusCode::OK)),
        Err(mistake) => {
            view.mistake = Some(said(site, &mistake));
            return Ok((view, StatusCode::BAD_REQUEST));
        }
    };
    let from = from.map(Key::parse).transpose()?;
    let found = search::find(app, wanted, from, PAGE).await?;
    view.is_answer = true;
    view.next = next(&found, query);
    view.hits = found.hits.into_iter().map(hit).collect();
    Ok((view, StatusCode::OK))
}

/// What is wrong with a query, in the reader's language.
fn said(site: &Site, mistake: &Mistake) -> String {
    let (key, part) = mistake.phrase();
    Catalogue::of(&site.language).with(key, part)
}

fn next(found: &Found, query: &str) -> Option<String> {
    let key = found.next?.to_string();
    let mut pairs = url::form_urlencoded::Serializer::new(String::new());
    pairs.append_pair("q", query).append_pair("from", &key);
    Some(format!("/search?{}", pairs.finish()))
}

fn hit(hit: Hit) -> HitView {
    let Hit {
        post,
        writer,
        comment,
        url,
        title,
        snippet,
    } = hit;
    let is_comment = comment.is_some();
    let (published, language, by) = match comment {
        Some((comment, by)) => {
            let language = comment.language.unwrap_or_default();
            (Some(comment.published_at), language, by)
        }
        None => (post.published_at, post.language, writer),
    };
    HitView {
        is_comment,
        label: post.summary.unwrap_or(post.excerpt),
        author: convert::writer(&by),
        url,
        title,
        snippet,
        published,
        language,
    }
}

/// The first value of a parameter. What is no UTF-8 in it is replaced.
fn parameter(uri: &Uri, name: &str) -> Option<String> {
    let query = uri.query().unwrap_or_default().as_bytes();
    let mut pairs = url::form_urlencoded::parse(query);
    let found = pairs.find(|(key, _)| key == name);
    found.map(|(_, value)| value.into_owned())
}

/// Answers `/opensearch.xml` (OpenSearch 1.1): how browsers search this site.
pub(super) async fn description(State(app): State<Arc<App>>) -> Response {
    let site = &app.config.site;
    let title = if site.title.trim().is_empty() {
        "Antiphon"
    } else {
        &site.title
    };
    let short: String = title.chars().take(SHORT_NAME).collect();
    let description = if site.description.is_empty() {
        title
    } else {
        &site.description
    };
    let (name, description, url) = (escape(short.trim()), escape(description), escape(&site.url));
    let (language, icon) = (escape(&site.language), favicon().0);
    let text = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
         <OpenSearchDescription xmlns=\"http://a9.com/-/spec/opensearch/1.1/\">\n\
         <ShortName>{name}</ShortName>\n<Description>{description}</Description>\n\
         <InputEncoding>UTF-8</InputEncoding>\n<Language>{language}</Language>\n\
         <Image type=\"image/svg+xml\">{url}{icon}</Image>\n\
         <Url type=\"text/html\" method=\"get\" template=\"{url}/search?q={{searchTerms}}\"/>\n\
         <Url type=\"application/opensearchdescription+xml\" rel=\"self\" template=\"{url}/opensearch.xml\"/>\n\
         </OpenSearchDescription>\n"
    );
    let headers = [
        (
            CONTENT_TYPE,
            "application/opensearchdescription+xml; charset=utf-8",
        ),
        (CACHE_CONTROL, "public, max-age=86400"),
    ];
    (headers, text).into_response()
}
