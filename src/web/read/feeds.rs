//! Feeds: the newest posts of a list, the newest comments of a post.

use std::sync::Arc;

use axum::extract::State;
use axum::response::Response;
use http::HeaderMap;

use super::{checked, shown_in, shown_on, tag_key, tagged};
use crate::app::App;
use crate::domain::account;
use crate::domain::post::page::{self, Selection};
use crate::error::Error;
use crate::kept::Scope;
use crate::web::answer::{Document, answer};
use crate::web::routes::Segment;
use crate::web::view::{PostView, Site};
use crate::web::{convert, feed, reader};

/// Posts in a feed.
const FEED: u16 = 20;

/// Answers `/feed.atom` with the newest posts of everybody.
pub(in crate::web) async fn site_feed(State(app): State<Arc<App>>, request: HeaderMap) -> Response {
    let site = reader::site(&app, &request);
    let work = app.db.read(move |conn| {
        let writers = account::list_with_actors(conn)?;
        let list = page::load_list(conn, &Selection::default(), None, FEED)?;
        let shown = shown_in(&list);
        let posts = convert::entries(&site, list, &writers);
        let (title, home) = (site.title.clone(), format!("{}/", site.url));
        let address = site.feed_url.clone();
        Ok(posts_feed(&site, title, address, home, posts).shows(shown))
    });
    let outcome = work.await;
    answer(&app, &request, outcome)
}

/// Answers `/@{name}/feed.atom` with a writer's newest posts.
pub(in crate::web) async fn author_feed(
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
            ..Selection::default()
        };
        let list = page::load_list(conn, &selection, None, FEED)?;
        let (title, profile) = (actor.name.clone(), actor.url.as_str().to_owned());
        let mut shown = shown_in(&list);
        shown.insert(Scope::Actor(actor.id.raw()));
        let posts = convert::entries(&site, list, &[writer]);
        let address = format!("{profile}/feed.atom");
        Ok(posts_feed(&site, title, address, profile, posts).shows(shown))
    });
    let outcome = work.await;
    answer(&app, &request, outcome)
}

/// Answers `/tags/{tag}/feed.atom` with the newest posts that have the tag.
pub(in crate::web) async fn tag_feed(
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
        let shown = shown_in(&list);
        let posts = convert::entries(&site, list, &writers);
        let title = format!("#{name} – {}", site.title);
        let address = format!("{url}/feed.atom");
        Ok(posts_feed(&site, title, address, url, posts).shows(shown))
    });
    let outcome = work.await;
    answer(&app, &request, outcome)
}

/// Answers `/posts/{slug}/comments.atom` with the newest comments of a post.
pub(in crate::web) async fn comments_feed(
    State(app): State<Arc<App>>,
    Segment(slug): Segment,
    request: HeaderMap,
) -> Response {
    let site = reader::site(&app, &request);
    let work = app.db.read(move |conn| {
        let found = page::load_by_slug(conn, checked(&slug, "the post")?)?;
        let shown = shown_on(&found);
        let view = convert::post(&site, found, (None, None));
        let moments = view.comments.iter().map(|one| one.edited.or(one.published));
        let changed = moments.flatten().max();
        Ok(Document::atom(feed::comments_feed(&site, &view), changed).shows(shown))
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
