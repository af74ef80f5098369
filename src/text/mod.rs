//! Pure functions over strings. No database, no network, no clock.
//!
//! `markdown` turns what an author wrote into HTML, `sanitize` makes any HTML safe to show, the rest are
//! small readers and cutters. Everything here takes hostile input and answers in bounded time.

pub mod absolute;
pub mod contents;
pub mod emoji;
pub mod excerpt;
pub mod formula;
pub mod hashtag;
pub mod images;
pub mod language;
pub mod markdown;
mod markup;
pub mod mention;
pub mod permalink;
pub mod reading;
pub mod sanitize;
pub mod sidenotes;
pub mod slug;
pub mod strip;
pub mod terms;
pub mod words;

/// The longest start of `text` that fits `bytes` and ends between two characters.
pub(crate) fn cut(text: &str, bytes: usize) -> &str {
    text.get(..text.floor_char_boundary(bytes)).unwrap_or(text)
}

/// A text as HTML, in elements and in attributes with double quotes.
pub(crate) fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    // A `String` takes every write.
    let _ = comrak::html::escape(&mut out, text);
    out
}

/// The character that ends just before the byte offset `at`.
fn char_before(text: &str, at: usize) -> Option<char> {
    text.get(..at)?.chars().next_back()
}
