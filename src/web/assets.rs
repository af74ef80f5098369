//! The files that pages refer to, compiled in: one style sheet made of parts, scripts, one icon. Their addresses carry a
//! hash of the content, so they may be cached for ever (`Cache-Control: public, max-age=31536000, immutable`).

use std::sync::LazyLock;

use crate::look::{CONTRAST, TOKENS, fingerprint};

/// What pages may load and run: their own styles, scripts, fonts, icon and cached pictures, and nothing from another
/// server, which would learn who reads. What stands in a page itself never runs.
pub const CONTENT_SECURITY_POLICY: &str = "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; \
     img-src 'self'; font-src 'self'; manifest-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/// The parts of the one style sheet, in order, after the tokens. A new part is a line here.
const STYLES: &[&str] = &[
    include_str!("static/base.css"),
    include_str!("static/lists.css"),
    include_str!("static/forms.css"),
    include_str!("static/prose.css"),
    include_str!("static/aside.css"),
    include_str!("static/scripts.css"),
    include_str!("static/code.css"),
    include_str!("static/discussion.css"),
    include_str!("static/pages.css"),
    include_str!("static/print.css"),
];

/// The scripts that every page loads after it was read (`defer`), in order: a name and a text each. Pages are complete
/// without them.
const SCRIPTS: &[(&str, &str)] = &[("discussion", include_str!("static/discussion.js"))];

/// A file that pages refer to.
pub(super) struct Asset {
    /// Where it is served.
    pub(super) path: String,
    /// What it is.
    pub(super) media_type: &'static str,
    /// Its content.
    pub(super) text: String,
}

static STYLESHEET: LazyLock<Asset> = LazyLock::new(|| {
    // A choice of the system's, and the same as the reader's own: one list of tokens for both. The doubled selector
    // is stronger than what a look sets.
    let contrast = format!(
        "@media (prefers-contrast: more) {{\n:root:root {{\n{CONTRAST}}}\n}}\n:root[data-theme=\"contrast\"] {{\n{CONTRAST}}}\n"
    );
    let css: String = [TOKENS, &contrast]
        .into_iter()
        .chain(STYLES.iter().copied())
        .collect();
    Asset::new("antiphon", "css", "text/css; charset=utf-8", compact(&css))
});

static FAVICON: LazyLock<Asset> = LazyLock::new(|| {
    let text = include_str!("static/favicon.svg");
    Asset::new("antiphon", "svg", "image/svg+xml", text.to_owned())
});

static LOADED: LazyLock<Vec<Asset>> = LazyLock::new(|| {
    let asset = |(name, text): &(&str, &str)| {
        Asset::new(
            name,
            "js",
            "text/javascript; charset=utf-8",
            (*text).to_owned(),
        )
    };
    SCRIPTS.iter().map(asset).collect()
});

impl Asset {
    fn new(name: &str, extension: &str, media_type: &'static str, text: String) -> Self {
        Self {
            path: format!(
                "/static/{name}.{}.{extension}",
                fingerprint(text.as_bytes())
            ),
            media_type,
            text,
        }
    }
}

/// Gives the style sheet: its path on this site, and its text (`text/css; charset=utf-8`).
pub fn stylesheet() -> (&'static str, &'static str) {
    (&STYLESHEET.path, &STYLESHEET.text)
}

/// Gives the icon: its path on this site, and its text (`image/svg+xml`).
pub fn favicon() -> (&'static str, &'static str) {
    (&FAVICON.path, &FAVICON.text)
}

/// Gives the scripts of every page, in order.
pub(super) fn scripts() -> &'static [Asset] {
    &LOADED
}

/// Finds the file that is served at a path.
pub(super) fn find(path: &str) -> Option<&'static Asset> {
    let own: [&Asset; 2] = [&STYLESHEET, &FAVICON];
    own.into_iter()
        .chain(scripts())
        .find(|asset| asset.path == path)
}

/// Drops indentation, empty lines and comments that have their lines to themselves.
fn compact(css: &str) -> String {
    let mut text = String::with_capacity(css.len());
    let mut in_comment = false;
    for line in css.lines().map(str::trim).filter(|line| !line.is_empty()) {
        in_comment |= line.starts_with("/*");
        if !in_comment {
            text.push_str(line);
            text.push('\n');
        }
        in_comment &= !line.ends_with("*/");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_style_sheet_is_small_balanced_and_named_by_its_content() {
        let (path, text) = stylesheet();
        assert!(path.starts_with("/static/antiphon.") && path.strip_suffix(".css").is_some());
        // Under 9 KB when it is compressed.
        assert!(text.len() < 40_000, "{}", text.len());
        assert_eq!(text.matches('{').count(), text.matches('}').count());
        assert!(!text.contains("/*") && !text.contains("url("));
        assert_eq!(find(path).unwrap().text, text);
    }

    #[test]
    fn another_text_has_another_name() {
        assert_ne!(fingerprint(b"a"), fingerprint(b"b"));
        assert_eq!(fingerprint(b"a").len(), 12);
    }

    #[test]
    fn styles_know_no_left_and_no_right() {
        let sided = [
            "margin-left",
            "margin-right",
            "padding-left",
            "padding-right",
            "border-left",
            "border-right",
            "float: left",
            "float: right",
            " left:",
            " right:",
        ];
        for sign in sided {
            assert!(!stylesheet().1.contains(sign), "{sign}");
        }
    }
}
