//! Markdown (CommonMark and GFM) to clean HTML. It renders; it resolves nobody and fetches nothing.

mod highlight;
mod tree;

use std::collections::HashMap;

use comrak::options::Plugins;
use comrak::{Arena, Options, format_html_with_plugins, parse_document};

use super::mention::Handle;
use super::sanitize;
use crate::types::Html;

/// Profile addresses of people who are known: lower-case `user@host` to address.
pub type Mentions = HashMap<String, String>;

/// A picture in a rendered text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Image {
    /// Its address as written, perhaps relative.
    pub url: String,
    /// Its alternative text; empty when none was given.
    pub alt: String,
}

/// What came out of a source.
#[derive(Clone, Debug)]
pub struct Rendered {
    /// Clean HTML.
    pub html: Html,
    /// The pictures in it, in order.
    pub images: Vec<Image>,
    /// Who is linked in it, each once, in order.
    pub mentions: Vec<Handle>,
    /// The hashtags of its text, each once, in order, as written.
    pub hashtags: Vec<String>,
}

/// Renders a post: everything, headings with anchors, raw HTML as far as the sanitiser lets it.
pub fn render_post(source: &str, mentions: &Mentions) -> Rendered {
    let mut options = options();
    options.extension.footnotes = true;
    options.extension.header_id_prefix = Some("h-".to_owned());
    options.extension.header_id_prefix_in_href = true;
    options.extension.math_dollars = true;
    options.extension.math_code = true;
    options.render.r#unsafe = true;
    render(source, mentions, &options, tree::Images::Figures)
}

/// Renders a comment: no anchors, no footnotes, pictures as links, raw HTML shown as it was typed.
pub fn render_comment(source: &str, mentions: &Mentions) -> Rendered {
    let mut options = options();
    options.render.escape = true;
    render(source, mentions, &options, tree::Images::Links)
}

fn options() -> Options<'static> {
    let mut options = Options::default();
    options.extension.autolink = true;
    // Emphasis beside Korean particles, which CommonMark alone does not see.
    options.extension.cjk_friendly_emphasis = true;
    options.extension.strikethrough = true;
    options.extension.table = true;
    options.extension.tasklist = true;
    options.render.tasklist_classes = true;
    options
}

fn render(source: &str, mentions: &Mentions, options: &Options, images: tree::Images) -> Rendered {
    let arena = Arena::new();
    let root = parse_document(&arena, source, options);
    let found = tree::rewrite(&arena, root, mentions, images);
    let mut plugins = Plugins::default();
    plugins.render.codefence_syntax_highlighter = Some(&highlight::Highlighter);
    let mut html = String::new();
    if format_html_with_plugins(root, options, &mut html, &plugins).is_err() {
        // A `String` takes every write; a plugin's failure would end the text where it happened.
        tracing::warn!("Markdown was rendered only in part");
    }
    let html = sanitize::own(&html);
    let images = sanitize::images(&html)
        .into_iter()
        .map(|(url, alt)| Image { url, alt })
        .collect();
    Rendered {
        html,
        images,
        mentions: found.mentions,
        hashtags: found.hashtags,
    }
}

#[cfg(test)]
mod tests;
