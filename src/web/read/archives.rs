//! The archives by year and month, and the parts of a series.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::response::Response;
use http::{HeaderMap, Uri};

use super::{before, checked};
use crate::app::App;
use crate::domain::post::Post;
use crate::domain::post::page::{self, Span, Title};
use crate::error::{Error, Result};
use crate::kept::Scope;
use crate::types::Id;
use crate::web::answer::{Document, answer, error_page};
use crate::web::moved::moved_to;
use crate::web::routes::Segment;
use crate::web::{convert, query, reader, render_archive, render_series};

/// Titles on a page of an archive.
const TITLES: u16 = 100;
/// Parts on a page of a series.
const PARTS: u16 = 50;

/// Answers `/archive` with the years and months in which posts appeared, and how many.
pub(in crate::web) async fn archive(State(app): State<Arc<App>>, request: HeaderMap) -> Response {
    let site = reader::site(&app, &request);
    let work = app.db.read(move |conn| {
        let view = convert::archive(&site, page::list_months(conn, None)?);
        Ok(Document::html(render_archive(&site, &view)?).shows([Scope::Site, Scope::Posts]))
    });
    let outcome = work.await;
    answer(&app, outcome)
}

/// Answers `/archive/{year}` with its months and the titles of its posts.
pub(in crate::web) async fn year(
    State(app): State<Arc<App>>,
    Segment(year): Segment,
    uri: Uri,
    request: HeaderMap,
) -> Response {
    match number(&year, 4) {
        Some(year) => titles(&app, Span { year, month: None }, &uri, &request).await,
        None => missing(&app),
    }
}

/// Answers `/archive/{year}/{month}` with the titles of its posts. A month of one digit leads to the one of two.
pub(in crate::web) async fn month(
    State(app): State<Arc<App>>,
    path: Result<Path<(String, String)>, axum::extract::rejection::PathRejection>,
    uri: Uri,
    request: HeaderMap,
) -> Response {
    let Ok(Path((year, month))) = path else {
        return missing(&app);
    };
    let found = number(&month, 2).or_else(|| number(&month, 1));
    let short = month.len() == 1;
    let month = found
        .and_then(|month| u8::try_from(month).ok())
        .filter(|month| (1..=12).contains(month));
    match (number(&year, 4), month) {
        (Some(year), Some(month)) if short => {
            let address = convert::archive_url(
                &app.config.site.url,
                Span {
                    year,
                    month: Some(month),
                },
            );
            moved_to(&app, &address, &uri)
        }
        (Some(year), Some(month)) => {
            titles(
                &app,
                Span {
                    year,
                    month: Some(month),
                },
                &uri,
                &request,
            )
            .await
        }
        _ => missing(&app),
    }
}

fn missing(app: &App) -> Response {
    error_page(app, &Error::NotFound("the page"))
}

/// A number of so many digits, not 0.
fn number(text: &str, digits: usize) -> Option<u16> {
    let plain = text.len() == digits && text.bytes().all(|byte| byte.is_ascii_digit());
    text.parse().ok().filter(|number| plain && *number > 0)
}

async fn titles(app: &App, span: Span, uri: &Uri, request: &HeaderMap) -> Response {
    let (site, before) = (reader::site(app, request), before(uri));
    let work = app.db.read(move |conn| {
        let months = page::list_months(conn, Some(span.year))?;
        let found = page::load_titles(conn, span, before, TITLES)?;
        if found.titles.is_empty() {
            return Err(Error::NotFound("the page"));
        }
        let shown = shown_of(found.titles.iter());
        let view = convert::titles(&site, span, months, found);
        Ok(Document::html(render_archive(&site, &view)?).shows(shown))
    });
    let outcome = work.await;
    answer(app, outcome)
}

fn shown_of<'a>(titles: impl Iterator<Item = &'a Title>) -> Vec<Scope> {
    let posts = titles.map(|title| Scope::Post(title.post.id.raw()));
    [Scope::Site, Scope::Posts]
        .into_iter()
        .chain(posts)
        .collect()
}

/// Answers `/series/{slug}` with the parts of the series, `?after=ID` with later ones.
pub(in crate::web) async fn series(
    State(app): State<Arc<App>>,
    Segment(slug): Segment,
    uri: Uri,
    request: HeaderMap,
) -> Response {
    let site = reader::site(&app, &request);
    let after: Option<Id<Post>> = query::id(&uri, "after");
    let work = app.db.read(move |conn| {
        let found = page::load_parts(conn, checked(&slug, "the series")?, after, PARTS)?;
        let found = found
            .filter(|found| !found.parts.is_empty())
            .ok_or(Error::NotFound("the series"))?;
        let shown = shown_of(found.parts.iter().map(|(_, title)| title));
        let view = convert::series(&site, found, after.is_some());
        Ok(Document::html(render_series(&site, &view)?).shows(shown))
    });
    let outcome = work.await;
    answer(&app, outcome)
}

#[cfg(test)]
mod tests {
    use super::number;

    #[test]
    fn only_digits_are_a_year_or_month() {
        assert_eq!(number("2026", 4), Some(2026));
        for bad in ["", "0000", "+202", "20 6", "20266", "二〇二六"] {
            assert_eq!(number(bad, 4), None, "{bad}");
        }
    }
}
