//! From the domain's values to what the pages show. Texts are moved, never copied; nothing is looked up here.

mod filing;

use url::Url;

use super::echoes;
use super::view::{
    Author, AuthorView, CommentView, Faces, HomeView, Link, PictureView, PostSummary, PostView,
    Site, TagView,
};
use crate::config::Config;
use crate::domain::account::Account;
use crate::domain::actor::Actor;
use crate::domain::backfill::Missing;
use crate::domain::comment::thread::{self, Item};
use crate::domain::media::Picture;
use crate::domain::post::page::{self, List, Listed, Neighbour, Person, PostPage, Start};
use crate::domain::post::{Image, Post};
use crate::domain::visibility::CommentStatus;
use crate::kept::Scope;
use crate::text::emoji::{self, Emojis};
use crate::text::{hashtag, images};
use crate::types::{Html, Id};

pub(super) use filing::{archive, archive_url, around, category, series, titles};

/// Where the source of this program is; the AGPL (section 13) asks that readers are offered it.
pub const SOURCE_URL: &str = "https://github.com/antiphon-blog/antiphon";

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
        source_url: SOURCE_URL.to_owned(),
        software_version: env!("CARGO_PKG_VERSION").to_owned(),
        feed_url: format!("{}/feed.atom", site.url),
        accounts: Vec::new(),
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

/// A post with its discussion.
pub(super) fn post(
    site: &Site,
    page: PostPage,
    (previous, next): (Option<Neighbour>, Option<Neighbour>),
) -> PostView {
    let PostPage { post, author, .. } = page;
    let image = preview_image(&post);
    let (url, base) = (post.url.into_string(), format!("/posts/{}", post.slug));
    // What our own people write lives here: its page is its place in this thread.
    let own = format!("{}/ap/", site.url);
    let comment = |item| comment(item, post.actor_id, &own, &url);
    let comments: Vec<_> = thread::build(page.comments)
        .into_iter()
        .map(comment)
        .collect();
    let shown = comments.iter().filter(|comment| !comment.deleted).count();
    PostView {
        title: post.title,
        ap_id: post.ap_id.into_string(),
        html: at_home(site, post.html, &page.pictures),
        summary: post.summary.unwrap_or(post.excerpt),
        image,
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
        base,
        categories: Vec::new(),
        series: None,
        related: Vec::new(),
        comments_older: None,
        comments_newer: None,
        url,
    }
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

fn comment(item: Item, writer: Id<Actor>, own: &str, post_url: &str) -> CommentView {
    let entry = item.entry;
    let anchor = format!("comment-{}", item.number);
    if entry.status == CommentStatus::Deleted {
        return CommentView {
            number: item.number,
            anchor,
            depth: item.depth,
            deleted: true,
            ..CommentView::default()
        };
    }
    let is_ours = entry.ap_id.as_str().starts_with(own);
    CommentView {
        number: item.number,
        depth: item.depth,
        author: person(entry.author),
        html: emoji::show(&entry.html, &entry.emojis),
        pictures: entry.pictures.into_iter().map(picture).collect(),
        tallies: entry.reactions.into_iter().map(echoes::tally).collect(),
        language: entry.language.unwrap_or_default(),
        published: Some(entry.published_at),
        edited: entry.edited_at,
        url: if is_ours {
            format!("{post_url}#{anchor}")
        } else {
            entry.url.into_string()
        },
        ap_id: entry.ap_id.into_string(),
        is_author: entry.actor_id == writer,
        deleted: false,
        hidden_answers: 0,
        continue_url: None,
        anchor,
    }
}

fn picture(picture: Picture) -> PictureView {
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
pub(super) fn at_home(site: &Site, html: Html, copies: &[Picture]) -> Html {
    if !html.as_str().contains("<img ") {
        return html;
    }
    images::at_home(&html, &site.url, |source| {
        let copy = copies.iter().find(|copy| copy.source == source)?;
        Some(format!("{}{}", site.url, copy.path()?))
    })
}

/// The first picture of a post that previews can load.
fn preview_image(post: &Post) -> Option<String> {
    let page = Url::parse(post.url.as_str()).ok()?;
    let absolute = |image: Image| page.join(&image.url).ok().map(String::from);
    let is_web = |url: &String| url.starts_with("https://") || url.starts_with("http://");
    post.images
        .get()
        .into_iter()
        .filter_map(absolute)
        .find(is_web)
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
        PostView {
            title: post.title,
            ap_id: post.ap_id.into_string(),
            html: at_home(site, post.html, &listed.pictures),
            summary: post.summary.unwrap_or(post.excerpt),
            author: written_by(post.actor_id, writers),
            published: post.published_at,
            updated: post.edited_at,
            language: post.language,
            tags: tags(site, listed.tags),
            comment_total: listed.comments,
            comments_feed_url: format!("{}{base}/comments.atom", site.url),
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
