//! Lists of posts with their beginnings: all, a writer's, of a tag, of a category.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::response::Response;
use http::{HeaderMap, Uri};

use super::{PAGE, before, checked, shown_in, some, tag_key, tagged};
use crate::app::App;
use crate::domain::account;
use crate::domain::follower;
use crate::domain::post::page::{self, Selection};
use crate::error::Error;
use crate::kept::Scope;
use crate::web::answer::{Document, answer, negotiated};
use crate::web::moved::moved_to;
use crate::web::routes::Segment;
use crate::web::{convert, reader, render_author, render_category, render_home, render_tag};

/// Answers `/@{name}` with the writer's page, `?before=ID` with a later page of it.
pub async fn author_page(
    State(app): State<Arc<App>>,
    Path(name): Path<String>,
    uri: Uri,
    request: HeaderMap,
) -> Response {
    let (site, before) = (reader::site(&app, &request), before(&uri));
    let show_followers = app.config.site.show_followers;
    let work = app.db.read(move |conn| {
        let (account, actor) = account::load_with_actor(conn, checked(&name, "the writer")?)?
            .ok_or(Error::NotFound("the writer"))?;
        let selection = Selection {
            author: Some(actor.id),
            ..Selection::default()
        };
        let list = some(page::load_list(conn, &selection, before, PAGE)?, before)?;
        let followers = follower::count(conn, actor.id)?;
        let mut shown = shown_in(&list);
        shown.extend([
            Scope::Actor(actor.id.raw()),
            Scope::Followers(actor.id.raw()),
        ]);
        let writers = [(account, actor.clone())];
        let list = convert::list(&site, list, &writers, actor.url.as_str());
        let mut view = convert::author(actor, followers, list);
        view.followers_url = show_followers.then(|| format!("{}/followers", view.author.url));
        let page = Document::html(render_author(&site, &view)?);
        Ok(page.with_activity(&view.ap_id).shows(shown))
    });
    let outcome = work.await;
    negotiated(&app, outcome)
}

/// Answers `/` with the newest posts, `?before=ID` with older ones.
pub(in crate::web) async fn home(
    State(app): State<Arc<App>>,
    uri: Uri,
    request: HeaderMap,
) -> Response {
    let (site, before) = (reader::site(&app, &request), before(&uri));
    let work = app.db.read(move |conn| {
        let writers = account::list_with_actors(conn)?;
        let site = convert::with_writers(site, &writers);
        let list = some(
            page::load_list(conn, &Selection::default(), before, PAGE)?,
            before,
        )?;
        let mut shown = shown_in(&list);
        shown.extend(convert::shown_writers(&writers));
        let base = format!("{}/", site.url);
        let view = convert::list(&site, list, &writers, &base);
        Ok(Document::html(render_home(&site, &view)?).shows(shown))
    });
    let outcome = work.await;
    answer(&app, outcome)
}

/// Answers `/tags/{tag}` with the posts that have the tag; other spellings of it lead there.
pub(in crate::web) async fn tag_page(
    State(app): State<Arc<App>>,
    Segment(tag): Segment,
    uri: Uri,
    request: HeaderMap,
) -> Response {
    let (site, before) = (reader::site(&app, &request), before(&uri));
    if let Ok(key) = tag_key(&tag)
        && key != tag
    {
        return moved_to(&app, &convert::tag_url(&site, &key), &uri);
    }
    let work = app.db.read(move |conn| {
        let key = tag_key(&tag)?;
        let name = page::load_tag_name(conn, &key)?.ok_or(Error::NotFound("the tag"))?;
        let writers = account::list_with_actors(conn)?;
        let site = convert::with_writers(site, &writers);
        let url = convert::tag_url(&site, &key);
        let list = some(page::load_list(conn, &tagged(key), before, PAGE)?, before)?;
        let mut shown = shown_in(&list);
        shown.extend(convert::shown_writers(&writers));
        let list = convert::list(&site, list, &writers, &url);
        let view = convert::tag(name, url, list);
        Ok(Document::html(render_tag(&site, &view)?).shows(shown))
    });
    let outcome = work.await;
    answer(&app, outcome)
}

/// Answers `/categories/{slug}` with the posts in the category and in those below it.
pub(in crate::web) async fn category_page(
    State(app): State<Arc<App>>,
    Segment(slug): Segment,
    uri: Uri,
    request: HeaderMap,
) -> Response {
    let (site, before) = (reader::site(&app, &request), before(&uri));
    let work = app.db.read(move |conn| {
        let missing = || Error::NotFound("the category");
        let category =
            page::load_category(conn, checked(&slug, "the category")?)?.ok_or_else(missing)?;
        let writers = account::list_with_actors(conn)?;
        let site = convert::with_writers(site, &writers);
        let selection = Selection {
            category: Some(category.id),
            ..Selection::default()
        };
        let list = page::load_list(conn, &selection, before, PAGE)?;
        if list.posts.is_empty() {
            return Err(missing());
        }
        let mut shown = shown_in(&list);
        shown.extend(convert::shown_writers(&writers));
        let view = convert::category(&site, category, list, &writers);
        Ok(Document::html(render_category(&site, &view)?).shows(shown))
    });
    let outcome = work.await;
    answer(&app, outcome)
}
