//! Readers of HTML that give text, not HTML: their answers must be escaped before they stand in a page.

use html5ever::tokenizer::Tag;
use unicode_segmentation::UnicodeSegmentation;

use super::chars;
use super::elements::{attribute, is_block, is_heading};
use super::tokens::{Content, Visitor, walk};
use crate::types::Html;

/// How much of a name is read, in bytes.
const NAME_LIMIT: usize = 4096;

/// The most characters of one grapheme in a name: enough for every emoji, too few to tower over the page.
const GRAPHEME_LIMIT: usize = 12;

/// Turns HTML into one paragraph of plain text: entities decoded, whitespace folded, a space where a block
/// ends. Footnotes and their marks are left out.
pub fn plain(html: &str) -> String {
    fold(&walk(html, Text::default()).text)
}

/// Turns HTML into its running text alone, the way [`plain`] does: without headings, code, tables and figures. All of
/// the text when there is nothing else in it.
pub fn prose(html: &str) -> String {
    let reader = Text {
        prose_only: true,
        ..Text::default()
    };
    let text = fold(&walk(html, reader).text);
    if text.is_empty() { plain(html) } else { text }
}

/// Cleans a display name: no tags, no invisible or direction-changing characters, whitespace folded, at most
/// `max_chars` user-perceived characters. Empty when nothing is left.
pub fn name(text: &str, max_chars: usize) -> String {
    let text = plain(crate::text::cut(text, NAME_LIMIT));
    let marks = |c: &char| !matches!(c, '\u{200E}' | '\u{200F}' | '\u{61C}');
    let text: String = text.chars().filter(marks).collect();
    let short: String = text
        .graphemes(true)
        .take(max_chars)
        .flat_map(|part| part.chars().take(GRAPHEME_LIMIT))
        .collect();
    // A cut may leave a joiner with nothing to join.
    fold(short.trim_end_matches(['\u{200C}', '\u{200D}']))
}

/// Cleans a longer plain text, such as what stands for a picture: as [`name`], at most `max_chars` characters.
pub fn line(text: &str, max_chars: usize) -> String {
    let bytes = max_chars.saturating_mul(4);
    let text = fold(&chars::visible(crate::text::cut(text, bytes)));
    let marks = |c: &char| !matches!(c, '\u{200E}' | '\u{200F}' | '\u{61C}');
    text.chars().filter(marks).take(max_chars).collect()
}

/// The pictures of clean HTML: address and alternative text of each, in order.
pub fn images(html: &Html) -> Vec<(String, String)> {
    walk(html.as_str(), Images::default()).0
}

/// The addresses that links in HTML lead to, in order, at most `max`.
pub fn links(html: &str, max: usize) -> Vec<String> {
    let reader = Links {
        found: Vec::new(),
        max,
    };
    walk(html, reader).found
}

struct Links {
    found: Vec<String>,
    max: usize,
}

impl Visitor for Links {
    fn text(&mut self, _: &str) {}

    fn open(&mut self, tag: &Tag) -> Content {
        if &*tag.name == "a"
            && self.found.len() < self.max
            && let Some(href) = attribute(tag, "href")
        {
            self.found.push(href.to_owned());
        }
        Content::Show
    }

    fn close(&mut self, _: &str) {}
}

fn fold(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[derive(Default)]
struct Text {
    text: String,
    prose_only: bool,
}

impl Visitor for Text {
    fn text(&mut self, text: &str) {
        self.text.push_str(text);
    }

    fn open(&mut self, tag: &Tag) -> Content {
        if is_block(&tag.name) {
            self.text.push(' ');
        }
        if self.prose_only
            && (is_heading(&tag.name) || matches!(&*tag.name, "pre" | "table" | "figure"))
        {
            return Content::Hide;
        }
        let footnote = |class: &str| {
            class
                .split_whitespace()
                .any(|c| matches!(c, "footnote-ref" | "footnotes"))
        };
        let hide = matches!(&*tag.name, "sup" | "section")
            && attribute(tag, "class").is_some_and(footnote);
        if hide { Content::Hide } else { Content::Show }
    }

    fn close(&mut self, name: &str) {
        if is_block(name) {
            self.text.push(' ');
        }
    }
}

#[derive(Default)]
struct Images(Vec<(String, String)>);

impl Visitor for Images {
    fn text(&mut self, _: &str) {}

    fn open(&mut self, tag: &Tag) -> Content {
        let source = attribute(tag, "src").filter(|_| &*tag.name == "img");
        if let Some(source) = source {
            self.0.push((
                source.to_owned(),
                attribute(tag, "alt").map_or_else(String::new, str::to_owned),
            ));
        }
        Content::Show
    }

    fn close(&mut self, _: &str) {}
}
