//! What the page of the search shows.

use super::{Author, label};
use crate::domain::search::Part;
use crate::types::Timestamp;

/// A question, and what was found.
#[derive(Clone, Debug, Default)]
pub struct SearchView {
    /// As it was asked; may be empty.
    pub query: String,
    /// What is wrong with it, in words.
    pub mistake: Option<String>,
    /// It was looked for.
    pub is_answer: bool,
    /// What was found.
    pub hits: Vec<HitView>,
    /// The address of the next page.
    pub next: Option<String>,
}

/// A post or comment that was found.
#[derive(Clone, Debug, Default)]
pub struct HitView {
    /// A comment; otherwise a post.
    pub is_comment: bool,
    /// Its page, at the place of the comment.
    pub url: String,
    /// The title of the post, with what was looked for marked.
    pub title: Vec<Part>,
    /// What stands for a title where there is none.
    pub label: String,
    /// A part of the text, with what was looked for marked.
    pub snippet: Vec<Part>,
    /// Who wrote it.
    pub author: Author,
    /// When it came out.
    pub published: Option<Timestamp>,
    /// BCP 47 tag of the text; empty when not known.
    pub language: String,
}

impl HitView {
    /// The label, when there is no title.
    pub fn untitled(&self) -> Option<&str> {
        let has_title = self.title.iter().any(|part| !part.text.trim().is_empty());
        (!has_title).then(|| label("", &self.label, &self.url))
    }

    /// The text's language, or none when it is not known.
    pub fn lang(&self) -> Option<&str> {
        (!self.language.is_empty()).then_some(self.language.as_str())
    }
}
