//! Feeds of posts and of comments in three spellings: Atom (RFC 4287 with the threads of RFC 4685), RSS 2.0 and JSON Feed 1.1.
//! Pure: a feed goes in, a text comes out. Ids of items are their ActivityPub ids, so an item keeps its identity everywhere.
//! Older items stand in archives (RFC 5005), each known by the item before which it begins.

mod atom;
mod json;
mod rss;

use super::i18n::Catalogue;
use super::view::{Author, Link, PictureView, PostView, Site};
use crate::text::escape;
use crate::types::Timestamp;

/// A spelling of feeds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// RFC 4287.
    Atom,
    /// RSS 2.0.
    Rss,
    /// JSON Feed 1.1.
    Json,
}

impl Format {
    /// All, best first.
    pub const ALL: [Self; 3] = [Self::Atom, Self::Rss, Self::Json];

    /// What stands behind the dot of its addresses.
    pub const fn extension(self) -> &'static str {
        match self {
            Self::Atom => "atom",
            Self::Rss => "rss",
            Self::Json => "json",
        }
    }

    /// The format by what stands behind the dot.
    pub fn parse(extension: &str) -> Option<Self> {
        let mut all = Self::ALL.into_iter();
        all.find(|format| format.extension() == extension)
    }

    /// As people name it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Atom => "Atom",
            Self::Rss => "RSS",
            Self::Json => "JSON",
        }
    }

    /// As links name it.
    pub const fn media_type(self) -> &'static str {
        match self {
            Self::Atom => "application/atom+xml",
            Self::Rss => "application/rss+xml",
            Self::Json => "application/feed+json",
        }
    }

    /// As answers name it.
    pub const fn content_type(self) -> &'static str {
        match self {
            Self::Atom => "application/atom+xml; charset=utf-8",
            Self::Rss => "application/rss+xml; charset=utf-8",
            Self::Json => "application/feed+json; charset=utf-8",
        }
    }
}

/// A feed, whatever its spelling.
#[derive(Clone, Debug, Default)]
pub struct Feed {
    /// The title.
    pub title: String,
    /// The address of the feed without what stands behind the dot.
    pub base: String,
    /// The page with the same items.
    pub page_url: String,
    /// Where this page of the feed begins; None: with the newest item, it is the one to subscribe to.
    pub before: Option<i64>,
    /// Where the page with older items begins.
    pub older: Option<i64>,
    /// Where the archive with newer items begins; None: there is none but the newest page.
    pub newer: Option<i64>,
    /// Newest first.
    pub items: Vec<Item>,
}

/// A post or a comment in a feed.
#[derive(Clone, Debug, Default)]
pub struct Item {
    /// The ActivityPub id.
    pub id: String,
    /// Its page.
    pub url: String,
    /// Plain text.
    pub title: String,
    /// What it is about, as plain text; may be empty.
    pub summary: String,
    /// The whole text as clean HTML with whole addresses.
    pub html: String,
    /// BCP 47; empty when not known.
    pub language: String,
    /// Who wrote it.
    pub author: Author,
    /// When it came out.
    pub published: Option<Timestamp>,
    /// When it was last changed for readers, if it was.
    pub updated: Option<Timestamp>,
    /// Its tags, with their pages.
    pub tags: Vec<Link>,
    /// Its picture for previews.
    pub image: Option<String>,
    /// The pictures that belong to it, at addresses of ours.
    pub pictures: Vec<PictureView>,
    /// What it answers.
    pub answers: Option<Answered>,
    /// The discussion below it.
    pub talk: Option<Talk>,
}

/// What a comment answers.
#[derive(Clone, Debug, Default)]
pub struct Answered {
    /// The ActivityPub id.
    pub id: String,
    /// Where it stands.
    pub url: String,
}

/// The discussion below a post.
#[derive(Clone, Debug, Default)]
pub struct Talk {
    /// How many comments there are.
    pub total: i64,
    /// The address of their feed without what stands behind the dot.
    pub base: String,
    /// Where they stand.
    pub url: String,
}

impl Feed {
    /// When the newest item came or changed.
    pub fn changed(&self) -> Option<Timestamp> {
        self.items.iter().filter_map(Item::changed).max()
    }

    /// The address of the page of the feed that begins before an item.
    fn address(&self, format: Format, before: Option<i64>) -> String {
        let address = format!("{}.{}", self.base, format.extension());
        before.map_or(address.clone(), |id| format!("{address}?before={id}"))
    }

    /// The ways from this page of the feed to the others: relation and address. RFC 5005 (3 and 4): pages for readers
    /// that turn them, archives for those who want all.
    fn ways(&self, format: Format) -> Vec<(&'static str, String)> {
        let mut ways = vec![("self", self.address(format, self.before))];
        let first = self.address(format, None);
        if let Some(older) = self.older {
            let older = self.address(format, Some(older));
            ways.extend([("next", older.clone()), ("prev-archive", older)]);
        }
        if self.before.is_some() {
            let newer = self.address(format, self.newer);
            ways.push(("previous", newer.clone()));
            ways.extend(self.newer.map(|_| ("next-archive", newer)));
            ways.extend([("first", first.clone()), ("current", first)]);
        }
        ways
    }
}

impl Item {
    fn changed(&self) -> Option<Timestamp> {
        self.updated.or(self.published)
    }
}

/// Writes a feed.
pub fn write(site: &Site, feed: &Feed, format: Format) -> String {
    match format {
        Format::Atom => atom::write(site, feed),
        Format::Rss => rss::write(site, feed),
        Format::Json => json::write(site, feed),
    }
}

/// A post as an item; its comments and faces are not looked at.
pub fn post(site: &Site, post: PostView) -> Item {
    Item {
        title: post.label().to_owned(),
        html: crate::text::absolute::absolute(&post.html, &post.url),
        talk: Some(Talk {
            total: post.comment_total,
            base: base_of(&post.comments_feed_url).to_owned(),
            url: format!("{}#comments", post.url),
        }),
        image: post.covers.first().map(|cover| cover.url.clone()),
        author: whole(site, post.author),
        id: post.ap_id,
        url: post.url,
        summary: post.summary,
        language: post.language,
        published: post.published,
        updated: post.updated,
        tags: post.tags,
        pictures: Vec::new(),
        answers: None,
    }
}

/// The address of a feed without what stands behind its dot.
pub(crate) fn base_of(address: &str) -> &str {
    address.rsplit_once('.').map_or(address, |(base, _)| base)
}

/// The same with a picture at a whole address.
pub(super) fn whole(site: &Site, author: Author) -> Author {
    let avatar = author.avatar.map(|path| site.absolute(&path));
    Author { avatar, ..author }
}

/// A comment's pictures as links in words, to our copies where there are such: whoever reads a feed asks for them first.
pub(super) fn pictures_in_words(site: &Site, pictures: &[PictureView]) -> String {
    let words = Catalogue::of(&site.language).text("picture");
    let link = |one: &PictureView| {
        let href = match &one.src {
            Some(path) => site.absolute(path),
            None => one.href()?.to_owned(),
        };
        let alt = Some(one.alt.as_str()).filter(|alt| !alt.is_empty());
        let words = escape(alt.unwrap_or(words));
        Some(format!(
            "<p><a href=\"{}\">[{words}]</a></p>",
            escape(&href)
        ))
    };
    pictures.iter().filter_map(link).collect()
}

/// The pictures that are here: address and media type.
fn enclosures<'a>(site: &Site, item: &'a Item) -> Vec<(String, &'static str, &'a PictureView)> {
    let here = item.pictures.iter().filter(|one| !one.sensitive);
    let one = |one: &'a PictureView| {
        let path = one.src.as_deref()?;
        Some((site.absolute(path), media_type(path)?, one))
    };
    here.filter_map(one).collect()
}

/// The media type of a picture of ours by its name.
fn media_type(path: &str) -> Option<&'static str> {
    match path.rsplit_once('.')?.1 {
        "jpg" => Some("image/jpeg"),
        "png" => Some("image/png"),
        "webp" => Some("image/webp"),
        "avif" => Some("image/avif"),
        _ => None,
    }
}

#[cfg(test)]
mod tests;
