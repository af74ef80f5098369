//! Atom (RFC 4287) for the site's posts and for the comments of a post, with the threading extension
//! (RFC 4685). Entry ids are the ActivityPub ids, so an item keeps its identity everywhere.

use std::collections::BTreeMap;

use atom_syndication::extension::{Extension, ExtensionMap};
use atom_syndication::{
    Category, Content, Entry, Feed, FixedDateTime, Generator, Link, Person, Text,
};

use super::i18n::Catalogue;
use super::thread::Thread;
use super::view::{Author, CommentView, PictureView, PostView, Site, safe_href};
use crate::domain::comment::address;
use crate::types::Timestamp;

const THREADING: &str = "http://purl.org/syndication/thread/1.0";

/// Comments in a feed; readers that ask now and then miss none.
const COMMENTS: usize = 100;

/// A feed of posts: of the whole site, of one writer, of one tag.
#[derive(Clone, Debug, Default)]
pub struct PostFeed {
    /// The title of the feed.
    pub title: String,
    /// The address of the feed itself; also its id.
    pub self_url: String,
    /// The page with the same posts.
    pub page_url: String,
    /// The newest posts with their whole content; their comments and faces are not looked at.
    pub posts: Vec<PostView>,
}

/// Writes a feed of posts (`application/atom+xml`).
pub fn posts_feed(site: &Site, feed: &PostFeed) -> String {
    let mut atom = frame(site, &feed.title, &feed.self_url, &feed.page_url);
    if !site.description.is_empty() {
        atom.set_subtitle(Text::plain(clean(&site.description)));
    }
    finish(atom, feed.posts.iter().map(post_entry).collect())
}

/// Writes the feed of a post's comments (`application/atom+xml`), the newest 100. Tombstones are left out.
pub fn comments_feed(site: &Site, post: &PostView) -> String {
    let t = Catalogue::of(&site.language);
    let title = t.with("comments-on", post.label());
    let atom = frame(site, &title, &post.comments_feed_url, &post.url);
    let thread = Thread::new(&post.comments, t);
    let mut steps: Vec<_> = thread
        .steps
        .iter()
        .filter(|step| !step.comment.deleted)
        .collect();
    steps.sort_by_key(|step| std::cmp::Reverse(step.comment.published));
    steps.truncate(COMMENTS);
    let entry = |step: &&super::thread::Step<'_>| {
        let comment = step.comment;
        let page = place(site, post, comment);
        let parent = step.parent.filter(|parent| !parent.ap_id.is_empty());
        let mut entry = Entry::default();
        // Comments without an ActivityPub id (guests, webmentions) are known by their place on the page.
        entry.set_id(if comment.ap_id.is_empty() {
            page.clone()
        } else {
            comment.ap_id.clone()
        });
        entry.set_title(Text::plain(clean(
            &t.with("comment-by", comment.author.label()),
        )));
        entry.set_authors(vec![person(&comment.author)]);
        set_dates(&mut entry, comment.published, comment.edited);
        entry.set_links(vec![link("alternate", &page, "text/html")]);
        let page = parent.map(|parent| place(site, post, parent));
        let target = parent.map_or(post.ap_id.as_str(), |parent| parent.ap_id.as_str());
        let href = page.as_deref().unwrap_or(&post.url);
        entry.set_extensions(threading(
            "in-reply-to",
            None,
            &[("ref", target), ("href", href)],
        ));
        let text = format!("{}{}", comment.html, pictures(comment, t));
        entry.set_content(html(&text, &comment.language, &post.url));
        entry
    };
    finish(atom, steps.iter().map(entry).collect())
}

/// The permanent address of a comment.
fn place(site: &Site, post: &PostView, comment: &CommentView) -> String {
    address(&format!("{}{}", site.url, post.base), &comment.number)
}

fn post_entry(post: &PostView) -> Entry {
    let mut entry = Entry::default();
    entry.set_id(post.ap_id.clone());
    entry.set_title(Text::plain(clean(post.label())));
    entry.set_authors(vec![person(&post.author)]);
    set_dates(&mut entry, post.published, post.updated);
    let mut links = vec![link("alternate", &post.url, "text/html")];
    if !post.comments_feed_url.is_empty() {
        links.push(link(
            "replies",
            &post.comments_feed_url,
            "application/atom+xml",
        ));
    }
    entry.set_links(links);
    if !post.summary.is_empty() {
        entry.set_summary(Text::plain(clean(&post.summary)));
    }
    let category = |tag: &super::view::Link| Category {
        term: clean(&tag.name),
        ..Category::default()
    };
    entry.set_categories(post.tags.iter().map(category).collect::<Vec<_>>());
    entry.set_extensions(threading(
        "total",
        Some(post.comment_total.to_string()),
        &[],
    ));
    entry.set_content(html(post.html.as_str(), &post.language, &post.url));
    entry
}

fn frame(site: &Site, title: &str, self_url: &str, page_url: &str) -> Feed {
    let mut feed = Feed::default();
    feed.set_id(self_url);
    feed.set_title(Text::plain(clean(title)));
    feed.set_lang((!site.language.is_empty()).then(|| site.language.clone()));
    feed.set_links(vec![
        link("self", self_url, "application/atom+xml"),
        link("alternate", page_url, "text/html"),
    ]);
    feed.set_generator(Generator {
        value: "Antiphon".to_owned(),
        uri: Some(site.source_url.clone()),
        version: Some(site.software_version.clone()),
    });
    feed.set_namespaces(BTreeMap::from([("thr".to_owned(), THREADING.to_owned())]));
    feed
}

fn finish(mut feed: Feed, entries: Vec<Entry>) -> String {
    let newest = entries.iter().map(|entry| *entry.updated()).max();
    feed.set_updated(newest.unwrap_or_else(|| moment(Timestamp(0))));
    feed.set_entries(entries);
    feed.to_string()
}

fn set_dates(entry: &mut Entry, published: Option<Timestamp>, updated: Option<Timestamp>) {
    entry.set_published(published.map(moment));
    entry.set_updated(moment(updated.or(published).unwrap_or(Timestamp(0))));
}

fn moment(at: Timestamp) -> FixedDateTime {
    Timestamp::from_secs(at.secs()).to_chrono().fixed_offset()
}

fn person(author: &Author) -> Person {
    let uri = safe_href(&author.url).map(ToOwned::to_owned);
    Person {
        name: clean(author.label()),
        uri,
        ..Person::default()
    }
}

fn link(rel: &str, href: &str, mime_type: &str) -> Link {
    Link {
        rel: rel.to_owned(),
        href: href.to_owned(),
        mime_type: Some(mime_type.to_owned()),
        ..Link::default()
    }
}

/// A comment's pictures as links in words, to our copies where there are such: whoever reads a feed asks for them first.
fn pictures(comment: &CommentView, t: &Catalogue) -> String {
    let escape = |text: &str| {
        text.replace('&', "&amp;")
            .replace('<', "&lt;")
            .replace('"', "&quot;")
    };
    let link = |one: &PictureView| {
        let href = one.src.as_deref().or_else(|| one.href())?;
        let alt = Some(one.alt.as_str()).filter(|alt| !alt.is_empty());
        let words = escape(alt.unwrap_or(t.text("picture")));
        Some(format!("<p><a href=\"{}\">[{words}]</a></p>", escape(href)))
    };
    comment.pictures.iter().filter_map(link).collect()
}

fn html(text: &str, language: &str, base: &str) -> Content {
    Content {
        base: Some(base.to_owned()),
        lang: (!language.is_empty()).then(|| language.to_owned()),
        value: Some(clean(text)),
        content_type: Some("html".to_owned()),
        ..Content::default()
    }
}

fn threading(name: &str, value: Option<String>, attrs: &[(&str, &str)]) -> ExtensionMap {
    let extension = Extension {
        name: format!("thr:{name}"),
        value,
        attrs: attrs
            .iter()
            .map(|(key, value)| ((*key).to_owned(), (*value).to_owned()))
            .collect(),
        children: BTreeMap::new(),
    };
    BTreeMap::from([(
        "thr".to_owned(),
        BTreeMap::from([(name.to_owned(), vec![extension])]),
    )])
}

/// Drops what XML 1.0 (2.2) cannot hold even escaped; one such character makes the whole feed unreadable.
fn clean(text: &str) -> String {
    text.chars()
        .filter(|c| !matches!(c, '\0'..='\u{8}' | '\u{b}' | '\u{c}' | '\u{e}'..='\u{1f}' | '\u{fffe}' | '\u{ffff}'))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::web::sample;

    #[test]
    fn posts_keep_their_activitypub_ids_and_whole_content() {
        let feed = PostFeed {
            title: "Choir & Desk".to_owned(),
            self_url: "https://blog.example/feed.atom".to_owned(),
            page_url: "https://blog.example/".to_owned(),
            posts: vec![sample::post()],
        };
        let xml = posts_feed(&sample::site(), &feed);
        let read = Feed::read_from(xml.as_bytes()).unwrap();
        let entry = &read.entries()[0];
        assert_eq!(read.title().as_str(), "Choir & Desk");
        assert_eq!(entry.id(), sample::post().ap_id);
        assert_eq!(
            entry.content().unwrap().value(),
            Some(sample::post().html.as_str())
        );
        assert_eq!(entry.updated().to_rfc3339(), "2026-03-04T09:30:00+00:00");
        assert_eq!(read.updated(), entry.updated());
        assert!(
            read.links()
                .iter()
                .any(|l| l.rel() == "self" && l.href() == read.id())
        );
        assert!(entry.links().iter().any(|l| l.rel() == "replies"));
    }

    #[test]
    fn comments_say_what_they_answer_and_tombstones_are_left_out() {
        let post = sample::post();
        let xml = comments_feed(&sample::site(), &post);
        let read = Feed::read_from(xml.as_bytes()).unwrap();
        let live = post
            .comments
            .iter()
            .filter(|comment| !comment.deleted)
            .count();
        assert_eq!(read.entries().len(), live);
        assert!(
            read.entries()
                .windows(2)
                .all(|two| two[0].published() >= two[1].published())
        );
        let answer = post
            .comments
            .iter()
            .find(|comment| comment.number == "1.1")
            .unwrap();
        let entry = read
            .entries()
            .iter()
            .find(|entry| entry.id() == answer.ap_id)
            .unwrap();
        let extension = &entry.extensions()["thr"]["in-reply-to"][0];
        assert_eq!(extension.attrs()["ref"], post.comments[0].ap_id);
    }

    #[test]
    fn a_control_character_does_not_break_the_feed() {
        let mut post = sample::post();
        post.title = "a\u{0}b\u{1b}c\u{ffff}".to_owned();
        let xml = comments_feed(&sample::site(), &post);
        assert!(Feed::read_from(xml.as_bytes()).is_ok());
        assert!(xml.contains("“abc”"));
    }

    #[test]
    fn a_feed_without_entries_is_still_valid() {
        let mut post = sample::post();
        post.comments.clear();
        let xml = comments_feed(&sample::site(), &post);
        assert!(
            Feed::read_from(xml.as_bytes())
                .unwrap()
                .entries()
                .is_empty()
        );
    }
}
