//! What the pages show, as plain values: no database, no wire format, no words of the interface. The
//! handlers fill these from the domain; the templates only read them.

mod filing;
mod machines;
mod queue;
mod search;
mod site;
mod talk;
mod ways;

pub use filing::{
    ArchiveView, CategoryView, FollowersView, FreePageView, MonthView, PartView, SeriesBox,
    SeriesView, YearView,
};
pub use machines::CoverView;
pub use queue::{QueueView, QueuedHost, QueuedThread};
pub use search::{HitView, SearchView};
pub use site::{PreferencesView, Site};
pub use talk::{ReactedView, SpokenView, TalkView, TallyView};
pub use ways::{InteractView, ShareView, ShownView, VisitView, WayView, act_key};

use unicode_segmentation::UnicodeSegmentation;

use crate::text::contents::Heading;
use crate::text::emoji::{self, Emojis, Part};
use crate::types::{Html, Timestamp};

/// Someone with a name: a writer of this site or a commenter from anywhere.
#[derive(Clone, Debug, Default)]
pub struct Author {
    /// The display name as plain text; may be empty.
    pub name: String,
    /// `@alice@blog.example`; empty for those without an account (guests, webmentions).
    pub handle: String,
    /// The profile page on the person's own server; may be empty.
    pub url: String,
    /// The picture, always at an address of this node.
    pub avatar: Option<String>,
    /// The emoji of the name, with pictures at addresses of this node.
    pub emojis: Emojis,
}

impl Author {
    /// The name; where there is none, the first part of the handle (`alice`).
    pub fn label(&self) -> &str {
        let name = self.name.trim();
        if !name.is_empty() {
            return name;
        }
        let handle = self.handle.trim_start_matches('@');
        handle.split_once('@').map_or(handle, |(user, _)| user)
    }

    /// The label as text and emoji.
    pub fn parts(&self) -> Vec<Part<'_>> {
        emoji::parts(self.label(), &self.emojis)
    }

    /// The first character (grapheme) of the name, for the tile that stands in for a picture.
    pub fn initial(&self) -> &str {
        self.label().graphemes(true).next().unwrap_or("·")
    }

    /// One of six tones for that tile, always the same for the same person.
    pub fn tone(&self) -> u32 {
        let key = if self.handle.is_empty() {
            &self.name
        } else {
            &self.handle
        };
        key.bytes().fold(0_u32, |sum, byte| {
            sum.wrapping_mul(31).wrapping_add(byte.into())
        }) % 6
    }

    /// The profile address when it is one a browser may follow; see [`safe_href`].
    pub fn href(&self) -> Option<&str> {
        safe_href(&self.url)
    }
}

/// Gives an address back when it is http(s) or a path of this site, so that no `javascript:` from
/// another server becomes a link. Protocol-relative addresses are refused.
pub fn safe_href(address: &str) -> Option<&str> {
    let local = address.starts_with('/') && !address.starts_with("//");
    let web = address.starts_with("https://") || address.starts_with("http://");
    (local || web).then_some(address)
}

fn label<'a>(title: &'a str, summary: &'a str, url: &'a str) -> &'a str {
    [title, summary]
        .into_iter()
        .find(|text| !text.trim().is_empty())
        .unwrap_or(url)
}

/// A word with an address: a tag, the previous post.
#[derive(Clone, Debug, Default)]
pub struct Link {
    /// The text of the link.
    pub name: String,
    /// Where it leads.
    pub href: String,
}

impl Link {
    /// The address when it is one a browser may follow; see [`safe_href`].
    pub fn address(&self) -> Option<&str> {
        safe_href(&self.href)
    }
}

/// Those who liked or boosted: how many, and the faces to show of them.
#[derive(Clone, Debug, Default)]
pub struct Faces {
    /// All of them, also those not shown.
    pub total: i64,
    /// The ones to show, newest first.
    pub faces: Vec<Author>,
}

impl Faces {
    /// How many are not shown.
    pub fn hidden(&self) -> i64 {
        let shown = i64::try_from(self.faces.len()).unwrap_or(i64::MAX);
        self.total.saturating_sub(shown).max(0)
    }
}

/// A post with its discussion.
#[derive(Clone, Debug, Default)]
pub struct PostView {
    /// The title as plain text; may be empty.
    pub title: String,
    /// The address of the page.
    pub url: String,
    /// The path below which its parts stand (comments, feeds, dialogs): `/posts/{slug}`, whatever the page's address is.
    pub base: String,
    /// The ActivityPub id, which is what one pastes into one's server to reply.
    pub ap_id: String,
    /// The content.
    pub html: Html,
    /// How long it takes to read; 0 when that is not told.
    pub minutes: i64,
    /// The headings of a long text; empty for others.
    pub contents: Vec<Heading>,
    /// What the post is about, as plain text; for previews, not shown on the page.
    pub summary: String,
    /// Pictures for previews, best first.
    pub covers: Vec<CoverView>,
    /// Where it first appeared, when that is elsewhere.
    pub canonical: Option<String>,
    /// The writer.
    pub author: Author,
    /// When it came out.
    pub published: Option<Timestamp>,
    /// When it was last changed for readers, if it was.
    pub updated: Option<Timestamp>,
    /// BCP 47 tag of the content; empty when not known.
    pub language: String,
    /// The tags, each with the address of its page.
    pub tags: Vec<Link>,
    /// The categories, each with the address of its page.
    pub categories: Vec<Link>,
    /// The series that it belongs to.
    pub series: Option<SeriesBox>,
    /// Posts that resemble it, the closest first.
    pub related: Vec<Link>,
    /// The post before this one.
    pub previous: Option<Link>,
    /// The post after this one.
    pub next: Option<Link>,
    /// Who liked it.
    pub likes: Faces,
    /// Who boosted it (Announce).
    pub boosts: Faces,
    /// Who reacted with which emoji.
    pub reacted: Vec<ReactedView>,
    /// How often it was disliked; nobody is shown.
    pub dislikes: i64,
    /// Who quotes it.
    pub quotes: TalkView,
    /// Who links to it.
    pub links: TalkView,
    /// The comments of this page of the discussion in thread order: each answer after what it answers.
    pub comments: Vec<CommentView>,
    /// How many comments there are in all, on every page of the discussion.
    pub comment_total: i64,
    /// How many replies are known to exist and are not here, by reason: the word's key and a number above 0.
    pub missing: Vec<(&'static str, i64)>,
    /// True when no more comments are taken.
    pub comments_closed: bool,
    /// The address of the Atom feed of the comments.
    pub comments_feed_url: String,
    /// The address of the page with the comments before these.
    pub comments_older: Option<String>,
    /// The address of the page with the comments after these.
    pub comments_newer: Option<String>,
    /// In which order the top-level comments stand: the key of its word, the address, whether it is this page's.
    pub orders: Vec<(&'static str, String, bool)>,
    /// False on later pages of the discussion and in other orders.
    pub is_first_page: bool,
    /// On the page of one comment: what it answers, the outermost first.
    pub above: Vec<CommentView>,
    /// On the page of one comment: the address of what stands further up.
    pub above_url: Option<String>,
}

impl PostView {
    /// True when somebody reacted in any way.
    pub fn has_reactions(&self) -> bool {
        let counted = self.likes.total + self.boosts.total + self.dislikes;
        counted > 0 || !self.reacted.is_empty()
    }

    /// The title; for a post without one the summary, and failing that the address.
    pub fn label(&self) -> &str {
        label(&self.title, &self.summary, &self.url)
    }

    /// How many comments are known: those here and those that are not.
    pub fn known_total(&self) -> i64 {
        let missing = self.missing.iter().map(|(_, count)| *count);
        missing.fold(self.comment_total, i64::saturating_add)
    }

    /// The path where readers ask for missing replies.
    pub fn look_path(&self) -> String {
        format!("{}/look", self.base)
    }

    /// What `/interact` knows the post by: its slug.
    pub fn key(&self) -> &str {
        self.base.strip_prefix("/posts/").unwrap_or_default()
    }

    /// The content's language, or none when it is not known.
    pub fn lang(&self) -> Option<&str> {
        (!self.language.is_empty()).then_some(self.language.as_str())
    }
}

/// One comment in a flat list; `depth` says where it hangs.
#[derive(Clone, Debug, Default)]
pub struct CommentView {
    /// `1.2.3`: the third answer to the second answer to the first comment. Never changes.
    pub number: String,
    /// The id of the element on the page: `comment-1.2.3`.
    pub anchor: String,
    /// 0 for answers to the post, 1 for answers to those, without limit.
    pub depth: usize,
    /// Who wrote it.
    pub author: Author,
    /// The content.
    pub html: Html,
    /// BCP 47 tag of the content; empty when not known.
    pub language: String,
    /// When it was written.
    pub published: Option<Timestamp>,
    /// When it was last edited, if it was.
    pub edited: Option<Timestamp>,
    /// The page of the original on the commenter's server; empty for guests.
    pub url: String,
    /// The ActivityPub id; empty for guests.
    pub ap_id: String,
    /// The pictures that stand in it.
    pub pictures: Vec<PictureView>,
    /// How others reacted to it.
    pub tallies: Vec<TallyView>,
    /// True when the writer of the post wrote it.
    pub is_author: bool,
    /// True for a tombstone: deleted, but with answers below.
    pub deleted: bool,
    /// Only the beginning of its text stands here.
    pub is_cut: bool,
    /// How many comments stand below it, at any depth.
    pub below: i64,
    /// How many of these are cut off here, and stand on the page of this comment.
    pub hidden_answers: i64,
}

/// A picture in a comment.
#[derive(Clone, Debug, Default)]
pub struct PictureView {
    /// Our copy; none when it could not be had (yet).
    pub src: Option<String>,
    /// Where it came from, to be followed by those who want to.
    pub original: String,
    /// What it shows; may be empty.
    pub alt: String,
    /// To be shown only to those who ask for it.
    pub sensitive: bool,
    /// In pixels.
    pub width: i32,
    /// In pixels.
    pub height: i32,
}

impl PictureView {
    /// The address of the original when it is one a browser may follow; see [`safe_href`].
    pub fn href(&self) -> Option<&str> {
        safe_href(&self.original)
    }
}

impl CommentView {
    /// The address of the original when it stands elsewhere and a browser may follow it.
    pub fn original(&self) -> Option<&str> {
        let here = self.url.ends_with(&format!("#{}", self.anchor));
        safe_href(&self.url).filter(|_| !here)
    }

    /// The content's language, or none when it is not known.
    pub fn lang(&self) -> Option<&str> {
        (!self.language.is_empty()).then_some(self.language.as_str())
    }
}

/// A post as one item of a list.
#[derive(Clone, Debug, Default)]
pub struct PostSummary {
    /// The title as plain text; may be empty.
    pub title: String,
    /// The address of the page.
    pub url: String,
    /// What it is about, as plain text.
    pub summary: String,
    /// The writer; shown where the site has several.
    pub author: Author,
    /// When it came out.
    pub published: Option<Timestamp>,
    /// When it was last changed for readers, if it was.
    pub updated: Option<Timestamp>,
    /// BCP 47 tag; empty when not known.
    pub language: String,
    /// The tags, each with the address of its page.
    pub tags: Vec<Link>,
    /// How many comments there are.
    pub comment_total: i64,
}

impl PostSummary {
    /// The title; for a post without one the summary, and failing that the address.
    pub fn label(&self) -> &str {
        label(&self.title, &self.summary, &self.url)
    }

    /// The language, or none when it is not known.
    pub fn lang(&self) -> Option<&str> {
        (!self.language.is_empty()).then_some(self.language.as_str())
    }
}

/// One page of a list of posts, newest first, with the ways to its neighbours.
#[derive(Clone, Debug, Default)]
pub struct HomeView {
    /// The posts of this page.
    pub posts: Vec<PostSummary>,
    /// The address of the next page.
    pub older: Option<String>,
    /// The address of the page before.
    pub newer: Option<String>,
}

/// The profile page of a writer (`/@alice`).
#[derive(Clone, Debug, Default)]
pub struct AuthorView {
    /// Who.
    pub author: Author,
    /// The ActivityPub id of the account.
    pub ap_id: String,
    /// What the writer says of themself; may be empty.
    pub bio: Html,
    /// Other places of the writer, linked with `rel="me"`.
    pub links: Vec<Link>,
    /// How many follow.
    pub followers: i64,
    /// The page that names them, unless that is hidden.
    pub followers_url: Option<String>,
    /// The Atom feed of this writer's posts.
    pub feed_url: String,
    /// The posts.
    pub list: HomeView,
}

/// The page of a tag.
#[derive(Clone, Debug, Default)]
pub struct TagView {
    /// The tag without `#`.
    pub name: String,
    /// The address of this page.
    pub url: String,
    /// The Atom feed of the tag.
    pub feed_url: String,
    /// The posts.
    pub list: HomeView,
}

/// The page that says what became of a reply.
#[derive(Clone, Debug, Default)]
pub struct RepliesView {
    /// The address that was asked for; empty: none was.
    pub address: String,
    /// True when that is no address.
    pub is_bad: bool,
    /// What became of the reply.
    pub fate: Option<FateView>,
}

/// What became of a reply, by the keys of the interface's words.
#[derive(Clone, Debug, Default)]
pub struct FateView {
    /// What became of it.
    pub said: &'static str,
    /// Why.
    pub why: Option<&'static str>,
    /// The stable word for why, to be quoted to those who run the servers.
    pub code: Option<String>,
    /// When it came, or was looked for.
    pub seen: Option<Timestamp>,
    /// Its place in its thread.
    pub place: Option<String>,
}

/// An error page.
#[derive(Clone, Debug, Default)]
pub struct ErrorView {
    /// The HTTP status.
    pub status: u16,
    /// A reference the reader can quote to the operator; may be empty.
    pub reference: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_that_is_no_web_address_is_refused() {
        assert_eq!(safe_href("javascript:alert(1)"), None);
        assert_eq!(safe_href("//evil.example/"), None);
        assert_eq!(
            safe_href("https://a.example/@b"),
            Some("https://a.example/@b")
        );
        assert_eq!(safe_href("/@alice"), Some("/@alice"));
    }

    #[test]
    fn the_initial_is_a_whole_character_and_falls_back_to_the_handle() {
        let author = |name: &str, handle: &str| Author {
            name: name.to_owned(),
            handle: handle.to_owned(),
            ..Author::default()
        };
        assert_eq!(author("👩‍🚀 Ada", "").initial(), "👩‍🚀");
        assert_eq!(author("  ", "@bob@b.example").initial(), "b");
        assert_eq!(author("", "").initial(), "·");
    }
}
