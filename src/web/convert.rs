//! From the domain's values to what the pages show. Texts are moved, never copied; nothing is looked up here.

mod filing;
mod fit;

use url::Url;

use super::echoes;
use super::view::{
    Author, AuthorView, CommentView, CoverView, Faces, HomeView, Link, PictureView, PostSummary,
    PostView, Site, TagView,
};
use crate::config::Config;
use crate::domain::account::Account;
use crate::domain::actor::Actor;
use crate::domain::backfill::Missing;
use crate::domain::comment::address;
use crate::domain::comment::paging::Chosen;
use crate::domain::comment::thread::{self, Item};
use crate::domain::media::{Illustration, Picture};
use crate::domain::post::page::{self, List, Listed, Neighbour, Person, PostPage, Start};
use crate::domain::post::{Image, Post, Preview};
use crate::domain::visibility::CommentStatus;
use crate::kept::Scope;
use crate::text::contents::{self, Heading};
use crate::text::emoji::{self, Emojis};
use crate::text::images::{self, Ours};
use crate::text::{formula, hashtag, reading, sidenotes};
use crate::types::{Html, Id};

pub(super) use filing::{archive, archive_url, around, category, category_url, series, titles};

/// Where the source of this program is; the AGPL (section 13) asks that readers are offered it.
pub const SOURCE_URL: &str = "https://github.com/antiphon-blog/antiphon";

/// Minutes from which on a post has a table of contents, when it has as many headings.
const LONG_READ: i64 = 4;
const MANY_HEADINGS: usize = 3;

/// Those who write here, with their accounts.
pub(super) type Writers = [(Account, Actor)];

/// What stands on every page.
pub(super) fn site(config: &Config) -> Site {
    let site = &config.site;
    Site {
        title: site.title.clone(),
        url: site.url.clone(),
        description: site.description.clone(),
        language: site.language.clone(),
        written_in: site.language.clone(),
        source_url: SOURCE_URL.to_owned(),
        software_version: env!("CARGO_PKG_VERSION").to_owned(),
        feed_url: format!("{}/feed.atom", site.url),
        accounts: Vec::new(),
        me: site.me.clone(),
        ..Site::default()
    }
}

/// The same with the people who write here.
pub(super) fn with_writers(site: Site, writers: &Writers) -> Site {
    let accounts = writers.iter().map(|(_, actor)| writer(actor)).collect();
    Site { accounts, ..site }
}

/// The scopes of what is shown of the people who write here.
pub(super) fn shown_writers(writers: &Writers) -> impl Iterator<Item = Scope> {
    writers
        .iter()
        .map(|(_, actor)| Scope::Actor(actor.id.raw()))
}

/// Somebody with an actor's row.
pub(super) fn writer(actor: &Actor) -> Author {
    Author {
        name: actor.name.clone(),
        handle: actor.handle(),
        url: actor.url.as_str().to_owned(),
        avatar: actor.avatar_path(),
        emojis: Emojis::new(),
    }
}

pub(super) fn person(person: Person) -> Author {
    Author {
        name: person.name,
        handle: person.handle,
        url: person.url,
        avatar: person.avatar,
        emojis: person.emojis,
    }
}

pub(super) fn faces(faces: page::Faces) -> Faces {
    Faces {
        total: faces.total,
        faces: faces.people.into_iter().map(person).collect(),
    }
}

/// A post with its whole discussion.
pub(super) fn post(
    site: &Site,
    mut page: PostPage,
    (previous, next): (Option<Neighbour>, Option<Neighbour>),
) -> PostView {
    let items = thread::build(std::mem::take(&mut page.comments));
    let comments = comments(site, &page, items);
    let PostPage { post, author, .. } = page;
    let minutes = reading::minutes(post.html.as_str());
    let covers = covers(site, &post, &page.pictures, page.preview.as_ref());
    let (url, base) = (post.url.into_string(), format!("/posts/{}", post.slug));
    let shown = comments.iter().filter(|comment| !comment.deleted).count();
    PostView {
        title: post.title,
        ap_id: post.ap_id.into_string(),
        minutes,
        contents: contents(&post.html, minutes),
        html: on_page(site, post.html, &page.pictures),
        summary: post.summary.unwrap_or(post.excerpt),
        covers,
        canonical: post.canonical,
        author: writer(&author),
        published: post.published_at,
        updated: post.edited_at,
        language: post.language,
        tags: tags(site, page.tags),
        previous: previous.map(neighbour),
        next: next.map(neighbour),
        likes: faces(page.likes),
        boosts: faces(page.boosts),
        reacted: page.reacted.into_iter().map(echoes::reacted).collect(),
        dislikes: page.dislikes,
        quotes: echoes::talk(page.quotes),
        links: echoes::talk(page.links),
        comments,
        comment_total: i64::try_from(shown).unwrap_or(i64::MAX),
        missing: missing(page.missing),
        comments_closed: false,
        comments_feed_url: format!("{}{base}/comments.atom", site.url),
        categories: Vec::new(),
        series: None,
        related: Vec::new(),
        comments_older: None,
        comments_newer: None,
        orders: Vec::new(),
        is_first_page: true,
        above: Vec::new(),
        above_url: None,
        base,
        url,
    }
}

/// A post with the part of its discussion that was chosen.
pub(super) fn part(
    site: &Site,
    mut page: PostPage,
    mut chosen: Chosen,
    around: (Option<Neighbour>, Option<Neighbour>),
) -> PostView {
    let depth = chosen.above.len();
    let mut spots = std::mem::take(&mut chosen.above);
    spots.append(&mut chosen.spots);
    let items = thread::join(spots, std::mem::take(&mut page.comments));
    let mut comments = comments(site, &page, items);
    fit::fit(&mut comments, depth);
    let rest = comments.split_off(depth.min(comments.len()));
    let top = rest.first().map_or(0, |first| first.depth);
    let mut view = post(site, page, around);
    view.above = comments;
    view.comments = rest;
    for comment in &mut view.comments {
        comment.depth -= top.min(comment.depth);
    }
    view.comment_total = chosen.total;
    view
}

/// The comments of a post as pages show them.
fn comments(site: &Site, page: &PostPage, items: Vec<Item>) -> Vec<CommentView> {
    // What our own people write lives here: its page is its place in this thread.
    let own = format!("{}/ap/", site.url);
    let base = page.post.base();
    let comment = |item| comment(item, page.post.actor_id, &own, &base);
    items.into_iter().map(comment).collect()
}

/// The reasons for which there are any.
fn missing(missing: Missing) -> Vec<(&'static str, i64)> {
    let reasons = [
        ("missing-private", missing.private),
        ("missing-blocked", missing.blocked),
        ("missing-unreachable", missing.unreachable),
        ("missing-pending", missing.pending),
    ];
    reasons
        .into_iter()
        .filter(|(_, count)| *count > 0)
        .collect()
}

fn comment(item: Item, writer: Id<Actor>, own: &str, base: &str) -> CommentView {
    let entry = item.entry;
    let anchor = format!("comment-{}", item.number);
    if entry.status == CommentStatus::Deleted {
        return CommentView {
            number: item.number,
            anchor,
            depth: item.depth,
            deleted: true,
            below: item.below,
            hidden_answers: item.hidden,
            ..CommentView::default()
        };
    }
    let is_ours = entry.ap_id.as_str().starts_with(own);
    CommentView {
        url: if is_ours {
            address(base, &item.number)
        } else {
            entry.url.into_string()
        },
        number: item.number,
        depth: item.depth,
        author: person(entry.author),
        html: emoji::show(&entry.html, &entry.emojis),
        pictures: entry.pictures.into_iter().map(picture).collect(),
        tallies: entry.reactions.into_iter().map(echoes::tally).collect(),
        language: entry.language.unwrap_or_default(),
        published: Some(entry.published_at),
        edited: entry.edited_at,
        ap_id: entry.ap_id.into_string(),
        is_author: entry.actor_id == writer,
        deleted: false,
        below: item.below,
        hidden_answers: item.hidden,
        anchor,
        is_cut: false,
    }
}

pub(super) fn picture(picture: Picture) -> PictureView {
    PictureView {
        src: picture.path(),
        original: picture.source,
        alt: picture.alt,
        sensitive: picture.sensitive,
        width: picture.width.unwrap_or_default(),
        height: picture.height.unwrap_or_default(),
    }
}

/// A text with our copies of the pictures that stand elsewhere.
pub(super) fn at_home(site: &Site, html: Html, copies: &[Illustration]) -> Html {
    if !html.as_str().contains("<img ") {
        return html;
    }
    let whole = |path: &str| format!("{}{path}", site.url);
    images::at_home(&html, &site.url, |source| {
        let copy = copies.iter().find(|copy| copy.picture.source == source)?;
        let sizes = copy.sizes.iter();
        Some(Ours {
            src: whole(&copy.picture.path()?),
            width: copy.picture.width.unwrap_or_default(),
            height: copy.picture.height.unwrap_or_default(),
            sizes: sizes.map(|size| (whole(&size.path), size.width)).collect(),
        })
    })
}

/// Pictures for those who show them in one size, as feed readers do.
fn plain(mut pictures: Vec<Illustration>) -> Vec<Illustration> {
    for one in &mut pictures {
        one.sizes.clear();
    }
    pictures
}

/// A post's text as its page shows it: formulas as MathML, footnotes beside their lines too.
fn on_page(site: &Site, html: Html, copies: &[Illustration]) -> Html {
    sidenotes::beside(&formula::show(&at_home(site, html, copies)))
}

/// The headings of a text that is long enough to need a table of contents.
fn contents(html: &Html, minutes: i64) -> Vec<Heading> {
    let headings = if minutes < LONG_READ {
        Vec::new()
    } else {
        contents::headings(html.as_str())
    };
    if headings.len() < MANY_HEADINGS {
        return Vec::new();
    }
    headings
}

/// The address below which stands what belongs to a post, wherever its page is.
pub(super) fn post_base(site: &Site, slug: &str) -> String {
    format!("{}/posts/{slug}", site.url)
}

/// The pictures that previews can load: the first of the post, our copy of it where there is one, and the one drawn for it.
fn covers(
    site: &Site,
    post: &Post,
    copies: &[Illustration],
    preview: Option<&Preview>,
) -> Vec<CoverView> {
    let first = post.images.get().into_iter();
    let mut covers: Vec<CoverView> = first
        .filter_map(|image| cover(site, post, image, copies))
        .take(1)
        .collect();
    let alt = || match post.title.as_str() {
        "" => site.title.clone(),
        title => format!("{title} – {}", site.title),
    };
    covers.extend(preview.map(|preview| drawn(site, preview, alt())));
    covers
}

fn cover(site: &Site, post: &Post, image: Image, copies: &[Illustration]) -> Option<CoverView> {
    let copy = copies
        .iter()
        .map(|one| &one.picture)
        .find(|copy| copy.source == image.url);
    if let Some((copy, path)) = copy.and_then(|copy| Some((copy, copy.path()?))) {
        let pixels = |size: Option<i32>| size.and_then(|size| u32::try_from(size).ok());
        return Some(CoverView {
            url: site.absolute(&path),
            size: pixels(copy.width).zip(pixels(copy.height)),
            alt: image.alt,
        });
    }
    let url = Url::parse(post.url.as_str()).ok()?.join(&image.url).ok()?;
    matches!(url.scheme(), "https" | "http").then(|| CoverView {
        url: url.into(),
        alt: image.alt,
        size: None,
    })
}

/// The picture drawn for a post.
fn drawn(site: &Site, preview: &Preview, alt: String) -> CoverView {
    CoverView {
        url: site.absolute(&preview.path()),
        alt,
        size: Some((Preview::WIDTH, Preview::HEIGHT)),
    }
}

fn neighbour(post: Neighbour) -> Link {
    Link {
        name: post.label().to_owned(),
        href: post.url.into_string(),
    }
}

/// The tags of a post with the addresses of their pages.
fn tags(site: &Site, names: Vec<String>) -> Vec<Link> {
    let link = |name: String| Link {
        href: tag_url(site, &hashtag::key(&name)),
        name,
    };
    names.into_iter().map(link).collect()
}

/// The address of a tag's page; letters outside ASCII are percent-encoded.
pub(super) fn tag_url(site: &Site, key: &str) -> String {
    let path = format!("{}/tags/{key}", site.url);
    Url::parse(&path).map_or(path, String::from)
}

/// The page of a list whose first page is at `base`.
pub(super) fn list(site: &Site, list: List, writers: &Writers, base: &str) -> HomeView {
    let address = |start| match start {
        Start::Newest => base.to_owned(),
        Start::Before(id) => format!("{base}?before={id}"),
    };
    HomeView {
        older: list.older.map(address),
        newer: list.newer.map(address),
        posts: list
            .posts
            .into_iter()
            .map(|one| summary(site, one, writers))
            .collect(),
    }
}

fn summary(site: &Site, listed: Listed, writers: &Writers) -> PostSummary {
    let post = listed.post;
    PostSummary {
        title: post.title,
        url: post.url.into_string(),
        summary: post.summary.unwrap_or(post.excerpt),
        author: written_by(post.actor_id, writers),
        published: post.published_at,
        updated: post.edited_at,
        language: post.language,
        tags: tags(site, listed.tags),
        comment_total: listed.comments,
    }
}

fn written_by(actor: Id<Actor>, writers: &Writers) -> Author {
    let found = writers.iter().find(|(_, known)| known.id == actor);
    found.map(|(_, actor)| writer(actor)).unwrap_or_default()
}

/// The posts of a feed, with their whole texts.
pub(super) fn entries(site: &Site, list: List, writers: &Writers) -> Vec<PostView> {
    let entry = |listed: Listed| {
        let post = listed.post;
        let base = format!("/posts/{}", post.slug);
        let preview = listed.preview.as_ref();
        PostView {
            covers: preview
                .map(|preview| drawn(site, preview, post.title.clone()))
                .into_iter()
                .collect(),
            comments_feed_url: format!("{}{base}/comments.atom", site.url),
            title: post.title,
            ap_id: post.ap_id.into_string(),
            html: at_home(site, post.html, &plain(listed.pictures)),
            summary: post.summary.unwrap_or(post.excerpt),
            author: written_by(post.actor_id, writers),
            published: post.published_at,
            updated: post.edited_at,
            language: post.language,
            tags: tags(site, listed.tags),
            comment_total: listed.comments,
            base,
            url: post.url.into_string(),
            ..PostView::default()
        }
    };
    list.posts.into_iter().map(entry).collect()
}

/// The profile page of a writer.
pub(super) fn author(actor: Actor, followers: i64, list: HomeView) -> AuthorView {
    AuthorView {
        author: writer(&actor),
        ap_id: actor.ap_id.into_string(),
        bio: actor.summary,
        links: Vec::new(),
        followers,
        followers_url: None,
        feed_url: format!("{}/feed.atom", actor.url),
        list,
    }
}

/// The page of a tag.
pub(super) fn tag(name: String, url: String, list: HomeView) -> TagView {
    TagView {
        name,
        feed_url: format!("{url}/feed.atom"),
        url,
        list,
    }
}
