//! Fills the templates. Each function takes plain views and gives the whole page.

use askama::Template;

use super::assets::{Asset, favicon, scripts, stylesheet};
use super::i18n::Catalogue;
use super::machines::Card;
use super::thread::Thread;
use super::view::{
    ArchiveView, AuthorView, CategoryView, ErrorView, FollowersView, FreePageView, HomeView,
    InteractView, Link, PostView, PreferencesView, QueueView, RepliesView, SearchView, SeriesView,
    ShareView, Site, TagView, VisitView,
};
use crate::error::{Error, Result};
use crate::text::emoji::Part;

/// How many bytes a page without content takes, roughly; the buffer starts there.
const FRAME_SIZE: usize = 6_000;
/// How many bytes the frame of one comment takes, roughly.
const COMMENT_SIZE: usize = 500;

/// What the base template needs besides the content.
struct Frame<'a> {
    site: &'a Site,
    t: &'static Catalogue,
    title: String,
    description: &'a str,
    /// None keeps the page out of search engines.
    canonical: Option<&'a str>,
    feeds: Vec<Link>,
    /// The ActivityPub document that says the same as this page.
    activity: Option<&'a str>,
    /// The handle Mastodon shows under previews of this page.
    creator: Option<&'a str>,
    /// What it says of itself to previews and search engines.
    card: Option<Card<'a>>,
    stylesheet: &'static str,
    favicon: &'static str,
    scripts: &'static [Asset],
}

impl<'a> Frame<'a> {
    fn new(site: &'a Site, title: String) -> Self {
        Self {
            site,
            t: Catalogue::of(&site.language),
            title,
            description: &site.description,
            canonical: None,
            feeds: vec![Link {
                name: site.title.clone(),
                href: site.feed_url.clone(),
            }],
            activity: None,
            creator: None,
            card: None,
            stylesheet: stylesheet().0,
            favicon: favicon().0,
            scripts: scripts(),
        }
    }

    fn with_feed(mut self, name: String, href: &str) -> Self {
        self.feeds.insert(
            0,
            Link {
                name,
                href: href.to_owned(),
            },
        );
        self
    }
}

#[derive(Template)]
#[template(path = "post.html")]
struct PostPage<'a> {
    frame: Frame<'a>,
    view: &'a PostView,
    thread: Thread<'a>,
}

#[derive(Template)]
#[template(path = "branch.html")]
struct BranchPage<'a> {
    frame: Frame<'a>,
    view: &'a PostView,
    thread: Thread<'a>,
}

#[derive(Template)]
#[template(path = "interact.html")]
struct InteractPage<'a> {
    frame: Frame<'a>,
    view: &'a InteractView,
}

#[derive(Template)]
#[template(path = "visit.html")]
struct VisitPage<'a> {
    frame: Frame<'a>,
    view: &'a VisitView,
}

#[derive(Template)]
#[template(path = "share.html")]
struct SharePage<'a> {
    frame: Frame<'a>,
    view: &'a ShareView,
}

#[derive(Template)]
#[template(path = "home.html")]
struct HomePage<'a> {
    frame: Frame<'a>,
    view: &'a HomeView,
}

#[derive(Template)]
#[template(path = "author.html")]
struct AuthorPage<'a> {
    frame: Frame<'a>,
    view: &'a AuthorView,
}

#[derive(Template)]
#[template(path = "tag.html")]
struct TagPage<'a> {
    frame: Frame<'a>,
    view: &'a TagView,
}

#[derive(Template)]
#[template(path = "about.html")]
struct AboutPage<'a> {
    frame: Frame<'a>,
}

#[derive(Template)]
#[template(path = "archive.html")]
struct ArchivePage<'a> {
    frame: Frame<'a>,
    view: &'a ArchiveView,
}

#[derive(Template)]
#[template(path = "category.html")]
struct CategoryPage<'a> {
    frame: Frame<'a>,
    view: &'a CategoryView,
}

#[derive(Template)]
#[template(path = "series.html")]
struct SeriesPage<'a> {
    frame: Frame<'a>,
    view: &'a SeriesView,
}

#[derive(Template)]
#[template(path = "page.html")]
struct FreePage<'a> {
    frame: Frame<'a>,
    view: &'a FreePageView,
}

#[derive(Template)]
#[template(path = "followers.html")]
struct FollowersPage<'a> {
    frame: Frame<'a>,
    view: &'a FollowersView,
}

#[derive(Template)]
#[template(path = "queue.html")]
struct QueuePage<'a> {
    frame: Frame<'a>,
    view: &'a QueueView,
}

#[derive(Template)]
#[template(path = "replies.html")]
struct RepliesPage<'a> {
    frame: Frame<'a>,
    view: &'a RepliesView,
}

#[derive(Template)]
#[template(path = "preferences.html")]
struct PreferencesPage<'a> {
    frame: Frame<'a>,
    view: &'a PreferencesView,
}

#[derive(Template)]
#[template(path = "search.html")]
struct SearchPage<'a> {
    frame: Frame<'a>,
    view: &'a SearchView,
}

#[derive(Template)]
#[template(path = "error.html")]
struct ErrorPage<'a> {
    frame: Frame<'a>,
    view: &'a ErrorView,
    heading: &'a str,
    text: &'a str,
}

fn render(page: &impl Template, size: usize) -> Result<String> {
    let mut text = String::with_capacity(size);
    page.render_into(&mut text).map_err(Error::internal)?;
    // It may be kept for long.
    text.shrink_to_fit();
    Ok(text)
}

/// Renders a post with its discussion.
pub fn render_post(site: &Site, view: &PostView) -> Result<String> {
    let mut frame = Frame::new(site, format!("{} – {}", view.label(), site.title));
    let feed = frame.t.with("comments-on", view.label());
    frame = frame.with_feed(feed, &view.comments_feed_url);
    frame.description = &view.summary;
    // Search engines keep one page of a post.
    let own = view.is_first_page.then_some(view.url.as_str());
    frame.canonical = own.map(|own| view.canonical.as_deref().unwrap_or(own));
    frame.activity = Some(&view.ap_id);
    frame.creator = some(&view.author.handle);
    frame.card = Some(Card::post(site, view));
    let size = FRAME_SIZE + view.html.as_str().len() + size_of_comments(view);
    let thread = Thread::new(&view.comments, frame.t);
    render(
        &PostPage {
            frame,
            view,
            thread,
        },
        size,
    )
}

fn size_of_comments(view: &PostView) -> usize {
    let shown = view.comments.iter().chain(&view.above);
    shown
        .map(|comment| comment.html.as_str().len() + COMMENT_SIZE)
        .sum()
}

/// Renders the page of one comment with its branch. Search engines keep the post's page instead.
pub fn render_branch(site: &Site, view: &PostView) -> Result<String> {
    let mut frame = Frame::new(site, String::new());
    let feed = frame.t.with("comments-on", view.label());
    frame = frame.with_feed(feed, &view.comments_feed_url);
    let comment = view.comments.first();
    frame.title = match comment.filter(|comment| !comment.deleted) {
        Some(comment) => frame.t.with("comment-by", comment.author.label()),
        None => frame.t.with("comments-on", view.label()),
    };
    frame.activity = comment.and_then(|comment| some(&comment.ap_id));
    let thread = Thread::new(&view.comments, frame.t);
    render(
        &BranchPage {
            frame,
            view,
            thread,
        },
        FRAME_SIZE + size_of_comments(view),
    )
}

/// Renders the page that leads to a reader's own server. No search engine keeps it.
pub fn render_interact(site: &Site, view: &InteractView) -> Result<String> {
    let mut frame = Frame::new(site, String::new());
    frame.title = format!("{} – {}", frame.t.text(view.heading), site.title);
    render(&InteractPage { frame, view }, FRAME_SIZE)
}

/// Renders what other sites' buttons ask of one of ours.
pub fn render_visit(site: &Site, view: &VisitView) -> Result<String> {
    let mut frame = Frame::new(site, String::new());
    frame.title = format!("{} – {}", frame.t.text("visit"), site.title);
    render(&VisitPage { frame, view }, FRAME_SIZE)
}

/// Renders the form for a draft that began elsewhere.
pub fn render_share(site: &Site, view: &ShareView) -> Result<String> {
    let mut frame = Frame::new(site, String::new());
    frame.title = format!("{} – {}", frame.t.text("share"), site.title);
    render(&SharePage { frame, view }, FRAME_SIZE)
}

/// Renders the home page, or a later page of it.
pub fn render_home(site: &Site, view: &HomeView) -> Result<String> {
    let mut frame = Frame::new(site, site.title.clone());
    // Later pages of the list shift with each new post: no address of theirs is worth keeping.
    frame.canonical = view.newer.is_none().then_some(&site.url);
    frame.creator = site
        .accounts
        .first()
        .and_then(|author| some(&author.handle));
    frame.card = Some(Card::home(site, view));
    frame.feeds.push(Link {
        name: frame.t.with("comments-on", &site.title),
        href: format!("{}/comments.atom", site.url),
    });
    render(&HomePage { frame, view }, FRAME_SIZE * 4)
}

/// Renders the profile page of a writer.
pub fn render_author(site: &Site, view: &AuthorView) -> Result<String> {
    let title = format!("{} – {}", view.author.label(), site.title);
    let mut frame = Frame::new(site, title);
    frame = frame.with_feed(view.author.label().to_owned(), &view.feed_url);
    frame.canonical = Some(&view.author.url);
    frame.activity = Some(&view.ap_id);
    frame.creator = some(&view.author.handle);
    frame.card = Some(Card::author(site, view));
    render(&AuthorPage { frame, view }, FRAME_SIZE * 4)
}

/// Renders the page of a tag.
pub fn render_tag(site: &Site, view: &TagView) -> Result<String> {
    let mut frame = Frame::new(site, format!("#{} – {}", view.name, site.title));
    let feed = frame.t.with("posts-tagged", &view.name);
    frame = frame.with_feed(feed, &view.feed_url);
    frame.canonical = Some(&view.url);
    frame.card = Some(Card::list(site, &view.name, &view.url));
    render(&TagPage { frame, view }, FRAME_SIZE * 4)
}

/// Renders the page of a category.
pub fn render_category(site: &Site, view: &CategoryView) -> Result<String> {
    let mut frame = Frame::new(site, format!("{} – {}", view.path, site.title));
    frame = frame.with_feed(view.name.clone(), &format!("{}/feed.atom", view.url));
    frame.canonical = view.list.newer.is_none().then_some(&view.url);
    frame.card = Some(Card::list(site, &view.name, &view.url));
    render(&CategoryPage { frame, view }, FRAME_SIZE * 4)
}

/// Renders the archive, or a year or month of it.
pub fn render_archive(site: &Site, view: &ArchiveView) -> Result<String> {
    let mut frame = Frame::new(site, String::new());
    let name = match (view.year, view.month) {
        (Some(year), Some(month)) => format!("{} {year}", frame.t.month(month)),
        (Some(year), None) => year.to_string(),
        _ => frame.t.text("archive").to_owned(),
    };
    frame.title = format!("{name} – {}", site.title);
    frame.canonical = view.newer.is_none().then_some(&view.url);
    render(&ArchivePage { frame, view }, FRAME_SIZE * 4)
}

/// Renders a page of a series.
pub fn render_series(site: &Site, view: &SeriesView) -> Result<String> {
    let mut frame = Frame::new(site, format!("{} – {}", view.name, site.title));
    frame.canonical = (!view.is_later).then_some(&view.url);
    render(&SeriesPage { frame, view }, FRAME_SIZE * 4)
}

/// Renders a page that is no post.
pub fn render_free_page(site: &Site, view: &FreePageView) -> Result<String> {
    let mut frame = Frame::new(site, format!("{} – {}", view.title, site.title));
    frame.canonical = Some(&view.url);
    render(
        &FreePage { frame, view },
        FRAME_SIZE + view.html.as_str().len(),
    )
}

/// Renders the page that names those who follow. Search engines are kept out.
pub fn render_followers(site: &Site, view: &FollowersView) -> Result<String> {
    let mut frame = Frame::new(site, String::new());
    let title = frame.t.with("followers-of", view.of.label());
    frame.title = format!("{title} – {}", site.title);
    render(&FollowersPage { frame, view }, FRAME_SIZE * 4)
}

/// Renders the page about the publication: who writes, what becomes of a comment, which program this is.
pub fn render_about(site: &Site) -> Result<String> {
    let mut frame = Frame::new(site, String::new());
    frame.title = format!("{} – {}", frame.t.text("about"), site.title);
    let address = format!("{}/about", site.url);
    frame.canonical = Some(&address);
    render(&AboutPage { frame }, FRAME_SIZE)
}

/// Renders the page about what the node has to do. Search engines are kept out.
pub fn render_queue(site: &Site, view: &QueueView) -> Result<String> {
    let mut frame = Frame::new(site, String::new());
    frame.title = format!("{} – {}", frame.t.text("queue"), site.title);
    render(&QueuePage { frame, view }, FRAME_SIZE * 4)
}

/// Renders the page that says what became of a reply. No search engine keeps it.
pub fn render_replies(site: &Site, view: &RepliesView) -> Result<String> {
    let mut frame = Frame::new(site, String::new());
    frame.title = format!("{} – {}", frame.t.text("where-reply"), site.title);
    render(&RepliesPage { frame, view }, FRAME_SIZE)
}

/// Renders the page where one says how one wants to read. No search engine keeps it.
pub fn render_preferences(site: &Site, view: &PreferencesView) -> Result<String> {
    let mut frame = Frame::new(site, String::new());
    frame.title = format!("{} – {}", frame.t.text("preferences"), site.title);
    render(&PreferencesPage { frame, view }, FRAME_SIZE)
}

/// Renders the search with what was found. No search engine keeps it.
pub fn render_search(site: &Site, view: &SearchView) -> Result<String> {
    let mut frame = Frame::new(site, String::new());
    let name = frame.t.text("search");
    frame.title = if view.query.trim().is_empty() {
        format!("{name} – {}", site.title)
    } else {
        format!("{} – {name} – {}", view.query.trim(), site.title)
    };
    render(&SearchPage { frame, view }, FRAME_SIZE * 4)
}

/// Renders an error page; statuses without words of their own read as one that has.
pub fn render_error(site: &Site, view: &ErrorView) -> Result<String> {
    let (heading, text) = match view.status {
        404 => ("error-missing", "error-missing-text"),
        410 => ("error-gone", "error-gone-text"),
        401 | 403 => ("error-forbidden", "error-forbidden-text"),
        429 | 503 => ("error-busy", "error-busy-text"),
        405 => ("error-method", "error-method-text"),
        400..=499 => ("error-bad", "error-bad-text"),
        _ => ("error-broken", "error-broken-text"),
    };
    let t = Catalogue::of(&site.language);
    let (heading, text) = (t.text(heading), t.text(text));
    let frame = Frame::new(site, format!("{heading} – {}", site.title));
    render(
        &ErrorPage {
            frame,
            view,
            heading,
            text,
        },
        FRAME_SIZE,
    )
}

fn some(text: &str) -> Option<&str> {
    (!text.is_empty()).then_some(text)
}
