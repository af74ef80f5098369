//! Posts and free pages at their own addresses.

use std::collections::BTreeSet;
use std::sync::Arc;

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect, Response};
use http::{HeaderMap, Method, Uri};

use super::{checked, shown_on};
use crate::app::App;
use crate::domain::backfill;
use crate::domain::comment::paging::{self, Chosen, Turn};
use crate::domain::media::Illustration;
use crate::domain::pages::{self, Page};
use crate::domain::post::page::{self, Wanted, Whole};
use crate::domain::post::{self, Post};
use crate::error::{Error, Result};
use crate::kept::Scope;
use crate::web::answer::{Document, error_page, negotiated};
use crate::web::routes::Segment;
use crate::web::view::{FreePageView, Site};
use crate::web::{convert, discussion, login, reader, render_free_page, render_post};

/// Longest address that is looked for, in bytes.
const LONGEST: usize = 1024;

/// Answers `/posts/{slug}` with the post that stands there; `?order=`, `?after=` and `?before=` choose of its discussion.
pub async fn post_page(
    state: State<Arc<App>>,
    Path(slug): Path<String>,
    uri: Uri,
    request: HeaderMap,
) -> Response {
    stands_at(state, format!("/posts/{slug}"), &uri, request).await
}

/// Answers any other address with the post or the free page that stands there.
pub async fn elsewhere(
    State(app): State<Arc<App>>,
    method: Method,
    uri: Uri,
    request: HeaderMap,
) -> Response {
    if method != Method::GET && method != Method::HEAD {
        return error_page(&app, &Error::NotFound("the page"));
    }
    let path = uri.path().to_owned();
    stands_at(State(app), path, &uri, request).await
}

async fn stands_at(
    State(app): State<Arc<App>>,
    path: String,
    uri: &Uri,
    request: HeaderMap,
) -> Response {
    let (site, turn) = (reader::site(&app, &request), discussion::turn(uri));
    let (rules, now) = (app.config.discussion.clone(), app.now());
    let work = app.db.read(move |conn| {
        if path.len() > LONGEST || path.contains(char::is_control) {
            return Err(Error::NotFound("the page"));
        }
        let post = match page::get_published_at(conn, &format!("{}{path}", site.url)) {
            Err(Error::NotFound(_)) => {
                let slug = path.strip_prefix('/').unwrap_or(&path);
                return of_page(&site, pages::load_by_slug(conn, slug)?);
            }
            found => found?,
        };
        let closed = post.policy().is_closed(&rules, now);
        let chosen = paging::choose(conn, post.id, turn)?;
        let whole = page::load_whole(conn, post, Wanted::These(chosen.ids()))?;
        of_post(&site, whole, (chosen, turn), closed)
    });
    let outcome = work.await;
    negotiated(&app, outcome)
}

fn of_post(
    site: &Site,
    whole: Whole,
    (chosen, turn): (Chosen, Turn),
    closed: bool,
) -> Result<Document> {
    let mut shown = shown_on(&whole.page);
    shown.extend(shown_around(&whole));
    let id = whole.page.post.id;
    let links = discussion::Links::new(&whole.page.post, &chosen, turn);
    let mut view = convert::part(site, whole.page, chosen, whole.neighbours);
    convert::around(site, &mut view, whole.around, id);
    links.set(&mut view);
    view.comments_closed = closed;
    let page = Document::html(render_post(site, &view)?);
    Ok(page.with_activity(&view.ap_id).shows(shown))
}

/// The other posts that a post's page names. The newest one waits for the next.
fn shown_around(whole: &Whole) -> BTreeSet<Scope> {
    let ((previous, next), around) = (&whole.neighbours, &whole.around);
    let parts = around
        .series
        .iter()
        .flat_map(|series| series.parts.iter().map(|(_, post)| post));
    let near = previous
        .iter()
        .chain(next)
        .chain(&around.related)
        .chain(parts);
    let mut shown: BTreeSet<Scope> = near.map(|post| Scope::Post(post.id.raw())).collect();
    // The number of a series' parts, and what resembles a post, change with posts that are not named here.
    if next.is_none() || around.series.is_some() {
        shown.insert(Scope::Posts);
    }
    shown
}

fn of_page(site: &Site, found: Option<(Page, Vec<Illustration>)>) -> Result<Document> {
    let (found, copies) = found.ok_or(Error::NotFound("the page"))?;
    if found.deleted_at.is_some() {
        return Err(Error::Gone("the page"));
    }
    let view = FreePageView {
        title: found.title,
        url: format!("{}/{}", site.url, found.slug),
        html: convert::at_home(site, found.html, &copies),
        language: found.language,
        updated: Some(found.updated_at),
    };
    Ok(Document::html(render_free_page(site, &view)?).shows([Scope::Site]))
}

/// Takes `POST /posts/{slug}/look`: a reader asks for missing replies. Whether or not it is time to look, the reader is sent back to
/// the discussion.
pub(in crate::web) async fn look(
    State(app): State<Arc<App>>,
    Segment(slug): Segment,
    request: HeaderMap,
) -> Response {
    let wanted = app.db.read(move |conn| {
        let post = post::load_by_slug(conn, checked(&slug, "the post")?)?;
        post.filter(Post::is_published)
            .ok_or(Error::NotFound("the post"))
    });
    let asked = async {
        login::check_origin(&app, &request)?;
        let post = wanted.await?;
        backfill::ask(&app, post.id).await?;
        Ok(post.url)
    };
    match asked.await {
        Ok(url) => Redirect::to(&format!("{url}#comments")).into_response(),
        Err(error) => error_page(&app, &error),
    }
}
