//! The handlers of pages and feeds: parse, one trip to the database in which the page is rendered too, shape. Rendering
//! happens inside the trip because that runs on a blocking thread. Which of a post's forms an asker wants is decided
//! by the composition.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect, Response};
use http::{HeaderMap, Uri};

use super::answer::{Document, answer, error_page, negotiated};
use super::routes::Segment;
use super::view::{PostView, Site};
use super::{
    convert, discussion, feed, query, reader, render_about, render_author, render_home,
    render_post, render_tag,
};
use crate::app::App;
use crate::domain::account;
use crate::domain::backfill;
use crate::domain::comment::paging;
use crate::domain::follower;
use crate::domain::post::page::{self, List, Selection, Wanted};
use crate::domain::post::{self, Post};
use crate::error::{Error, Result};
use crate::text::hashtag;
use crate::types::Id;

/// Posts on a page of a list.
const PAGE: u16 = 20;
/// Posts in a feed.
const FEED: u16 = 20;
/// Longest slug and name that are looked for, in bytes.
const LONGEST: usize = 255;

/// Answers `/posts/{slug}` with the post's page; `?order=`, `?after=` and `?before=` choose of its discussion.
pub async fn post_page(
    State(app): State<Arc<App>>,
    Path(slug): Path<String>,
    uri: Uri,
    request: HeaderMap,
) -> Response {
    let (site, turn) = (reader::site(&app, &request), discussion::turn(&uri));
    let (rules, now) = (app.config.discussion.clone(), app.now());
    let work = app.db.read(move |conn| {
        let post = page::get_published(conn, checked(&slug, "the post")?)?;
        let chosen = paging::choose(conn, post.id, turn)?;
        let around = page::load_neighbours(conn, &post)?;
        let closed = post.policy().is_closed(&rules, now);
        let found = page::load(conn, post, Wanted::These(chosen.ids()))?;
        let scopes = discussion::scopes(&found);
        let links = discussion::Links::new(&found.post, &chosen, turn);
        let mut view = convert::part(&site, found, chosen, around);
        links.set(&mut view);
        view.comments_closed = closed;
        let document = Document::html(render_post(&site, &view)?).with_activity(&view.ap_id);
        Ok(document.shows(scopes))
    });
    let outcome = work.await;
    negotiated(&app, &request, outcome)
}

/// Takes `POST /posts/{slug}/look`: a reader asks for missing replies. Whether or not it is time to look, the reader is sent back to
/// the discussion.
pub(super) async fn look(State(app): State<Arc<App>>, Segment(slug): Segment) -> Response {
    let wanted = app.db.read(move |conn| {
        let post = post::load_by_slug(conn, checked(&slug, "the post")?)?;
        post.filter(Post::is_published)
            .ok_or(Error::NotFound("the post"))
    });
    let asked = async {
        let post = wanted.await?;
        backfill::ask(&app, post.id).await?;
        Ok(post.url)
    };
    match asked.await {
        Ok(url) => Redirect::to(&format!("{url}#comments")).into_response(),
        Err(error) => error_page(&app, &error),
    }
}

/// Answers `/@{name}` with the writer's page, `?before=ID` with a later page of it.
pub async fn author_page(
    State(app): State<Arc<App>>,
    Path(name): Path<String>,
    uri: Uri,
    request: HeaderMap,
) -> Response {
    let (site, before) = (reader::site(&app, &request), before(&uri));
    let work = app.db.read(move |conn| {
        let (account, actor) = account::load_with_actor(conn, checked(&name, "the writer")?)?
            .ok_or(Error::NotFound("the writer"))?;
        let selection = Selection {
            author: Some(actor.id),
            tag: None,
        };
        let list = some(page::load_list(conn, &selection, before, PAGE)?, before)?;
        let followers = follower::count(conn, actor.id)?;
        let writers = [(account, actor.clone())];
        let list = convert::list(&site, list, &writers, actor.url.as_str());
        let view = convert::author(actor, followers, list);
        Ok(Document::html(render_author(&site, &view)?).with_activity(&view.ap_id))
    });
    let outcome = work.await;
    negotiated(&app, &request, outcome)
}

/// Answers `/` with the newest posts, `?before=ID` with older ones.
pub(super) async fn home(State(app): State<Arc<App>>, uri: Uri, request: HeaderMap) -> Response {
    let (site, before) = (reader::site(&app, &request), before(&uri));
    let work = app.db.read(move |conn| {
        let writers = account::list_with_actors(conn)?;
        let site = convert::with_writers(site, &writers);
        let list = page::load_list(conn, &Selection::default(), before, PAGE)?;
        let base = format!("{}/", site.url);
        let view = convert::list(&site, some(list, before)?, &writers, &base);
        Ok(Document::html(render_home(&site, &view)?))
    });
    let outcome = work.await;
    answer(&app, &request, outcome)
}

/// Answers `/tags/{tag}` with the posts that have the tag, however it is spelt.
pub(super) async fn tag_page(
    State(app): State<Arc<App>>,
    Segment(tag): Segment,
    uri: Uri,
    request: HeaderMap,
) -> Response {
    let (site, before) = (reader::site(&app, &request), before(&uri));
    let work = app.db.read(move |conn| {
        let key = tag_key(&tag)?;
        let name = page::load_tag_name(conn, &key)?.ok_or(Error::NotFound("the tag"))?;
        let writers = account::list_with_actors(conn)?;
        let site = convert::with_writers(site, &writers);
        let url = convert::tag_url(&site, &key);
        let list = page::load_list(conn, &tagged(key), before, PAGE)?;
        let list = convert::list(&site, some(list, before)?, &writers, &url);
        let view = convert::tag(name, url, list);
        Ok(Document::html(render_tag(&site, &view)?))
    });
    let outcome = work.await;
    answer(&app, &request, outcome)
}

/// Answers `/about`: who writes, what becomes of a comment, which program this is.
pub(super) async fn about(State(app): State<Arc<App>>, request: HeaderMap) -> Response {
    let site = reader::site(&app, &request);
    let work = app.db.read(move |conn| {
        let site = convert::with_writers(site, &account::list_with_actors(conn)?);
        Ok(Document::html(render_about(&site)?))
    });
    let outcome = work.await;
    answer(&app, &request, outcome)
}

/// Answers `/feed.atom` with the newest posts of everybody.
pub(super) async fn site_feed(State(app): State<Arc<App>>, request: HeaderMap) -> Response {
    let site = reader::site(&app, &request);
    let work = app.db.read(move |conn| {
        let writers = account::list_with_actors(conn)?;
        let list = page::load_list(conn, &Selection::default(), None, FEED)?;
        let posts = convert::entries(&site, list, &writers);
        let (title, home) = (site.title.clone(), format!("{}/", site.url));
        let address = site.feed_url.clone();
        Ok(posts_feed(&site, title, address, home, posts))
    });
    let outcome = work.await;
    answer(&app, &request, outcome)
}

/// Answers `/@{name}/feed.atom` with a writer's newest posts.
pub(super) async fn author_feed(
    State(app): State<Arc<App>>,
    Segment(name): Segment,
    request: HeaderMap,
) -> Response {
    let site = reader::site(&app, &request);
    let work = app.db.read(move |conn| {
        let writer = account::load_with_actor(conn, checked(&name, "the writer")?)?
            .ok_or(Error::NotFound("the writer"))?;
        let actor = &writer.1;
        let selection = Selection {
            author: Some(actor.id),
            tag: None,
        };
        let list = page::load_list(conn, &selection, None, FEED)?;
        let (title, profile) = (actor.name.clone(), actor.url.as_str().to_owned());
        let posts = convert::entries(&site, list, &[writer]);
        let address = format!("{profile}/feed.atom");
        Ok(posts_feed(&site, title, address, profile, posts))
    });
    let outcome = work.await;
    answer(&app, &request, outcome)
}

/// Answers `/tags/{tag}/feed.atom` with the newest posts that have the tag.
pub(super) async fn tag_feed(
    State(app): State<Arc<App>>,
    Segment(tag): Segment,
    request: HeaderMap,
) -> Response {
    let site = reader::site(&app, &request);
    let work = app.db.read(move |conn| {
        let key = tag_key(&tag)?;
        let name = page::load_tag_name(conn, &key)?.ok_or(Error::NotFound("the tag"))?;
        let writers = account::list_with_actors(conn)?;
        let url = convert::tag_url(&site, &key);
        let list = page::load_list(conn, &tagged(key), None, FEED)?;
        let posts = convert::entries(&site, list, &writers);
        let title = format!("#{name} – {}", site.title);
        let address = format!("{url}/feed.atom");
        Ok(posts_feed(&site, title, address, url, posts))
    });
    let outcome = work.await;
    answer(&app, &request, outcome)
}

/// Answers `/posts/{slug}/comments.atom` with the newest comments of a post.
pub(super) async fn comments_feed(
    State(app): State<Arc<App>>,
    Segment(slug): Segment,
    request: HeaderMap,
) -> Response {
    let site = reader::site(&app, &request);
    let work = app.db.read(move |conn| {
        let found = page::load_by_slug(conn, checked(&slug, "the post")?)?;
        let view = convert::post(&site, found, (None, None));
        let moments = view.comments.iter().map(|one| one.edited.or(one.published));
        let changed = moments.flatten().max();
        Ok(Document::atom(feed::comments_feed(&site, &view), changed))
    });
    let outcome = work.await;
    answer(&app, &request, outcome)
}

fn posts_feed(
    site: &Site,
    title: String,
    self_url: String,
    page_url: String,
    posts: Vec<PostView>,
) -> Document {
    let changed = posts
        .iter()
        .filter_map(|post| post.updated.or(post.published))
        .max();
    let feed = feed::PostFeed {
        title,
        self_url,
        page_url,
        posts,
    };
    Document::atom(feed::posts_feed(site, &feed), changed)
}

/// The post named by `?before=ID`.
fn before(uri: &Uri) -> Option<Id<Post>> {
    query::id(uri, "before")
}

/// A later page without posts is no page.
fn some(list: List, before: Option<Id<Post>>) -> Result<List> {
    if before.is_some() && list.posts.is_empty() {
        return Err(Error::NotFound("the page"));
    }
    Ok(list)
}

/// A part of an address that may be asked of the database: PostgreSQL refuses texts with a NUL.
pub(super) fn checked<'a>(part: &'a str, what: &'static str) -> Result<&'a str> {
    if part.len() > LONGEST || part.chars().any(char::is_control) {
        return Err(Error::NotFound(what));
    }
    Ok(part)
}

fn tag_key(tag: &str) -> Result<String> {
    let tag = hashtag::normalise(tag).ok_or(Error::NotFound("the tag"))?;
    Ok(hashtag::key(&tag))
}

fn tagged(key: String) -> Selection {
    Selection {
        author: None,
        tag: Some(key),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_that_no_database_takes_is_not_found() {
        assert!(checked("a-post", "x").is_ok());
        assert!(checked("a\0b", "x").is_err());
        assert!(checked(&"a".repeat(256), "x").is_err());
    }
}
