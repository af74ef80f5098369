//! What a post's page shows of reactions, quotes and links from elsewhere.

use super::{Author, Faces, safe_href};
use crate::types::Timestamp;

/// What somebody reacts with, and how often.
#[derive(Clone, Debug, Default)]
pub struct TallyView {
    /// The key of the phrase that counts it (`likes`, `boosts`, `dislikes`); empty for an emoji.
    pub phrase: &'static str,
    /// The sign, the emoji or `:name:`.
    pub sign: String,
    /// The custom emoji's picture at an address of this node.
    pub picture: Option<String>,
    /// How often.
    pub count: i64,
}

/// Those who reacted with one emoji.
#[derive(Clone, Debug, Default)]
pub struct ReactedView {
    /// With which; its count is that of the faces.
    pub tally: TallyView,
    /// Who.
    pub faces: Faces,
}

/// Posts elsewhere that speak of a post.
#[derive(Clone, Debug, Default)]
pub struct TalkView {
    /// All of them, also those not shown.
    pub total: i64,
    /// The ones to show, newest first.
    pub items: Vec<SpokenView>,
}

impl TalkView {
    /// How many are not shown.
    pub fn hidden(&self) -> i64 {
        let shown = i64::try_from(self.items.len()).unwrap_or(i64::MAX);
        self.total.saturating_sub(shown).max(0)
    }
}

/// A post elsewhere that quotes or links to a post.
#[derive(Clone, Debug)]
pub struct SpokenView {
    /// Who wrote it.
    pub author: Author,
    /// The server it is on.
    pub host: String,
    /// Its page.
    pub url: String,
    /// Its title or beginning, as plain text; may be empty.
    pub excerpt: String,
    /// When it was written.
    pub published: Timestamp,
}

impl SpokenView {
    /// The address when it is one a browser may follow; see [`safe_href`].
    pub fn href(&self) -> Option<&str> {
        safe_href(&self.url)
    }
}
