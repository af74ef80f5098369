//! The handlers of feeds: which items an address names, in which spelling. How they are written is `feed`'s.

use std::sync::Arc;

use axum::extract::{FromRequestParts, Path, State};
use axum::response::{IntoResponse, Response};
use http::request::Parts;
use http::{StatusCode, Uri, header};

use super::answer::{Document, answer, error_page};
use super::feed::{self, Answered, Feed, Format, Item};
use super::i18n::Catalogue;
use super::read::{checked, shown_in, tag_key};
use super::routes::Segment;
use super::view::Site;
use super::{convert, query};
use crate::app::App;
use crate::domain::account;
use crate::domain::actor::Actor;
use crate::domain::comment::page::{Latest, LatestPage, load_latest};
use crate::domain::comment::{Comment, address};
use crate::domain::post::page::{self, Category, List, Selection, Start};
use crate::domain::post::{self, Post};
use crate::error::{Error, Result};
use crate::kept::Scope;
use crate::text::absolute::absolute;
use crate::types::Id;

/// Posts in a page of a feed.
const POSTS: u16 = 20;
/// Comments in a page of a feed.
const COMMENTS: u16 = 50;

/// A list of posts that has feeds. A new kind is one more of these, its arm in [`posts`], and its route.
enum Kind {
    Site,
    Author(String),
    Tag(String),
    Category(String),
}

/// What makes a list of posts a feed.
struct Listing {
    title: String,
    /// The page of the list, without a slash at the end; its feeds stand at `/feed.EXTENSION` below.
    url: String,
    selection: Selection,
}

/// Answers `/feed.{format}` with everybody's posts.
pub(super) async fn site(
    State(app): State<Arc<App>>,
    OneFormat(format): OneFormat,
    uri: Uri,
) -> Response {
    posts(app, Kind::Site, format, uri).await
}

/// Answers `/@{name}/feed.{format}` with a writer's posts.
pub(super) async fn author(
    State(app): State<Arc<App>>,
    Named(name, format): Named,
    uri: Uri,
) -> Response {
    posts(app, Kind::Author(name), format, uri).await
}

/// Answers `/tags/{tag}/feed.{format}` with the posts that have the tag.
pub(super) async fn tag(
    State(app): State<Arc<App>>,
    Named(tag, format): Named,
    uri: Uri,
) -> Response {
    posts(app, Kind::Tag(tag), format, uri).await
}

/// Answers `/categories/{slug}/feed.{format}` with the posts in the category and in those below it.
pub(super) async fn category(
    State(app): State<Arc<App>>,
    Named(slug, format): Named,
    uri: Uri,
) -> Response {
    posts(app, Kind::Category(slug), format, uri).await
}

async fn posts(app: Arc<App>, kind: Kind, format: Format, uri: Uri) -> Response {
    let site = convert::site(&app.config);
    let before: Option<Id<Post>> = query::id(&uri, "before");
    let work = app.db.read(move |conn| {
        let writers = account::list_with_actors(conn)?;
        let listing = match kind {
            Kind::Site => Listing::all(&site),
            Kind::Author(name) => {
                let found = account::load_with_actor(conn, checked(&name, "the writer")?)?;
                Listing::of_author(found.ok_or(Error::NotFound("the writer"))?.1)
            }
            Kind::Tag(tag) => {
                let key = tag_key(&tag)?;
                let name = page::load_tag_name(conn, &key)?;
                Listing::of_tag(&site, key, &name.ok_or(Error::NotFound("the tag"))?)
            }
            Kind::Category(slug) => {
                let found = page::load_category(conn, checked(&slug, "the category")?)?;
                Listing::of_category(&site, &found.ok_or(Error::NotFound("the category"))?)
            }
        };
        let list = page::load_list(conn, &listing.selection, before, POSTS)?;
        if before.is_some() && list.posts.is_empty() {
            return Err(Error::NotFound("the page"));
        }
        let mut scopes = shown_in(&list);
        scopes.extend(listing.selection.author.map(|id| Scope::Actor(id.raw())));
        let feed = of_posts(&site, listing, list, &writers, before);
        Ok(document(&site, &feed, format).shows(scopes))
    });
    let outcome = work.await;
    answer(&app, outcome)
}

impl Listing {
    fn all(site: &Site) -> Self {
        Self {
            title: site.title.clone(),
            url: site.url.clone(),
            selection: Selection::default(),
        }
    }

    fn of_author(actor: Actor) -> Self {
        Self {
            title: actor.name,
            url: actor.url.into_string(),
            selection: Selection {
                author: Some(actor.id),
                ..Selection::default()
            },
        }
    }

    fn of_tag(site: &Site, key: String, name: &str) -> Self {
        Self {
            title: format!("#{name} – {}", site.title),
            url: convert::tag_url(site, &key),
            selection: Selection {
                tag: Some(key),
                ..Selection::default()
            },
        }
    }

    fn of_category(site: &Site, category: &Category) -> Self {
        Self {
            title: format!("{} – {}", category.name, site.title),
            url: convert::category_url(site, &category.slug),
            selection: Selection {
                category: Some(category.id),
                ..Selection::default()
            },
        }
    }
}

fn of_posts(
    site: &Site,
    listing: Listing,
    list: List,
    writers: &convert::Writers,
    before: Option<Id<Post>>,
) -> Feed {
    let key = |start| match start {
        Start::Before(id) => Some(id.raw()),
        Start::Newest => None,
    };
    let (older, newer) = (list.older.and_then(key), list.newer.and_then(key));
    let items = convert::entries(site, list, writers).into_iter();
    let home = listing.url == site.url;
    Feed {
        title: listing.title,
        base: format!("{}/feed", listing.url),
        page_url: if home {
            format!("{}/", site.url)
        } else {
            listing.url
        },
        before: before.map(Id::raw),
        older,
        newer,
        items: items.map(|view| feed::post(site, view)).collect(),
    }
}

/// Answers `/comments.{format}` with the newest comments under all posts.
pub(super) async fn all_comments(
    State(app): State<Arc<App>>,
    OneFormat(format): OneFormat,
    uri: Uri,
) -> Response {
    let site = convert::site(&app.config);
    let before: Option<Id<Comment>> = query::id(&uri, "before");
    let work = app.db.read(move |conn| {
        let latest = load_latest(conn, None, before, COMMENTS)?;
        let title = Catalogue::of(&site.language).with("comments-on", &site.title);
        let (base, home) = (format!("{}/comments", site.url), format!("{}/", site.url));
        let feed = of_comments(&site, title, base, home, latest, before)?;
        // No scope says that a comment came under some post: it is made anew for each reader.
        Ok(document(&site, &feed, format))
    });
    let outcome = work.await;
    answer(&app, outcome)
}

/// Answers `/posts/{slug}/comments.{format}` with the newest comments under a post.
pub(super) async fn comments(
    State(app): State<Arc<App>>,
    Named(slug, format): Named,
    uri: Uri,
) -> Response {
    let site = convert::site(&app.config);
    let before: Option<Id<Comment>> = query::id(&uri, "before");
    let work = app.db.read(move |conn| {
        let post = post::load_by_slug(conn, checked(&slug, "the post")?)?;
        let post = post.ok_or(Error::NotFound("the post"))?;
        match post.status {
            post::Status::Published => {}
            post::Status::Deleted => return Err(Error::Gone("the post")),
            _ => return Err(Error::NotFound("the post")),
        }
        let latest = load_latest(conn, Some(post.id), before, COMMENTS)?;
        let authors = latest.comments.iter();
        let mut scopes: Vec<Scope> = authors
            .map(|one| Scope::Actor(one.placed.author.id.raw()))
            .collect();
        scopes.extend([Scope::Post(post.id.raw()), Scope::Site]);
        let label = if post.title.trim().is_empty() {
            post.summary_or_excerpt()
        } else {
            &post.title
        };
        let title = Catalogue::of(&site.language).with("comments-on", label);
        let base = format!("{}/comments", convert::post_base(&site, &post.slug));
        let page_url = post.url.into_string();
        let feed = of_comments(&site, title, base, page_url, latest, before)?;
        Ok(document(&site, &feed, format).shows(scopes))
    });
    let outcome = work.await;
    answer(&app, outcome)
}

fn of_comments(
    site: &Site,
    title: String,
    base: String,
    page_url: String,
    latest: LatestPage,
    before: Option<Id<Comment>>,
) -> Result<Feed> {
    if before.is_some() && latest.comments.is_empty() {
        return Err(Error::NotFound("the page"));
    }
    let items = latest.comments.into_iter();
    Ok(Feed {
        title,
        base,
        before: before.map(Id::raw),
        older: latest.older.map(Id::raw),
        newer: latest.newer.map(Id::raw),
        items: items.map(|one| comment(site, one, &page_url)).collect(),
        page_url,
    })
}

/// A comment as an item; among those of several posts its title names the post. What is below one that was deleted
/// answers the post.
fn comment(site: &Site, latest: Latest, page_url: &str) -> Item {
    let Latest {
        placed,
        under,
        parent,
    } = latest;
    let row = placed.comment;
    let base = post::base_of(&under.ap_id, &under.slug);
    let at = |number: &str| address(&base, number);
    let url = at(placed.number.as_deref().unwrap_or_default());
    let author = feed::whole(site, convert::writer(&placed.author));
    let pictures: Vec<_> = placed.pictures.into_iter().map(convert::picture).collect();
    let answers = match parent {
        Some((id, number)) => Answered {
            id: id.into_string(),
            url: at(&number),
        },
        None => Answered {
            id: under.ap_id.into_string(),
            url: under.url.clone().into_string(),
        },
    };
    let words = feed::pictures_in_words(site, &pictures);
    let mut title = Catalogue::of(&site.language).with("comment-by", author.label());
    if under.url.as_str() != page_url {
        let titled = !under.title.trim().is_empty();
        let post = if titled { &under.title } else { &under.excerpt };
        title = format!("{title} – {post}");
    }
    Item {
        id: row.ap_id.into_string(),
        title,
        html: format!("{}{words}", absolute(&row.html, row.url.as_str())),
        summary: String::new(),
        language: row.language.unwrap_or_default(),
        published: Some(row.published_at),
        updated: row.edited_at,
        tags: Vec::new(),
        image: None,
        answers: Some(answers),
        talk: None,
        pictures,
        author,
        url,
    }
}

fn document(site: &Site, feed: &Feed, format: Format) -> Document {
    let text = feed::write(site, feed, format);
    Document::feed(text, format.content_type(), feed.changed())
}

/// The one variable part of an address when that is a format.
pub(super) struct OneFormat(Format);

impl FromRequestParts<Arc<App>> for OneFormat {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, Response> {
        let Segment(extension) = Segment::from_request_parts(parts, app).await?;
        let format = Format::parse(&extension).ok_or_else(|| missing(app))?;
        Ok(Self(format))
    }
}

/// A name and a format in an address.
pub(super) struct Named(String, Format);

impl FromRequestParts<Arc<App>> for Named {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, Response> {
        let found = Path::<(String, String)>::from_request_parts(parts, app).await;
        let Ok(Path((name, extension))) = found else {
            return Err(missing(app));
        };
        let format = Format::parse(&extension).ok_or_else(|| missing(app))?;
        Ok(Self(name, format))
    }
}

fn missing(app: &App) -> Response {
    error_page(app, &Error::NotFound("the feed"))
}

/// Leads from WordPress' addresses of feeds to ours: `/feed/`, `/feed/atom/`.
pub(super) async fn wordpress(State(app): State<Arc<App>>, uri: Uri) -> Response {
    moved(&app, "/feed", &uri)
}

/// The same for `/comments/feed/`, `/comments/feed/atom/`.
pub(super) async fn wordpress_comments(State(app): State<Arc<App>>, uri: Uri) -> Response {
    moved(&app, "/comments", &uri)
}

/// The same for `/tag/{tag}/feed/`.
pub(super) async fn wordpress_tag(State(app): State<Arc<App>>, Segment(tag): Segment) -> Response {
    match tag_key(&tag) {
        Ok(key) => {
            let url = convert::tag_url(&convert::site(&app.config), &key);
            redirect(&format!("{url}/feed.rss"))
        }
        Err(error) => error_page(&app, &error),
    }
}

/// The same for `/author/{name}/feed/`.
pub(super) async fn wordpress_author(
    State(app): State<Arc<App>>,
    Segment(name): Segment,
) -> Response {
    let is_name = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.');
    if name.is_empty() || !name.chars().all(is_name) {
        return missing(&app);
    }
    redirect(&format!("{}/@{name}/feed.rss", app.config.site.url))
}

/// WordPress gives RSS 2.0 unless the address ends with another kind. What it called `rss` and `rdf` are older forms of the same.
fn moved(app: &App, base: &str, uri: &Uri) -> Response {
    let path = uri.path().trim_end_matches('/');
    let format = match path.rsplit('/').next() {
        Some("feed" | "rss" | "rss2" | "rdf") => Format::Rss,
        Some("atom") => Format::Atom,
        Some("json") => Format::Json,
        _ => return missing(app),
    };
    let (site, extension) = (&app.config.site.url, format.extension());
    redirect(&format!("{site}{base}.{extension}"))
}

/// Moved for good, by the status that every feed reader knows.
fn redirect(to: &str) -> Response {
    (StatusCode::MOVED_PERMANENTLY, [(header::LOCATION, to)]).into_response()
}
