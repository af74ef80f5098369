//! The files that pages refer to: one style sheet and one icon, compiled in. Their addresses carry a
//! hash of the content, so they may be cached for ever (`Cache-Control: public, max-age=31536000,
//! immutable`).

use std::sync::LazyLock;

use aws_lc_rs::digest;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

/// What pages may load and run: their own style sheet, icon and cached pictures, no script at all, and nothing from
/// another server, which would learn who reads.
pub const CONTENT_SECURITY_POLICY: &str = "default-src 'none'; style-src 'self'; img-src 'self'; \
     form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

const CSS: &str = concat!(
    include_str!("static/base.css"),
    include_str!("static/prose.css"),
    include_str!("static/code.css"),
    include_str!("static/discussion.css"),
    include_str!("static/pages.css"),
    include_str!("static/print.css"),
);

static STYLESHEET: LazyLock<(String, String)> = LazyLock::new(|| {
    let text = compact(CSS);
    (format!("/static/antiphon.{}.css", fingerprint(&text)), text)
});

static FAVICON: LazyLock<(String, &'static str)> = LazyLock::new(|| {
    let text = include_str!("static/favicon.svg");
    (format!("/static/antiphon.{}.svg", fingerprint(text)), text)
});

/// Gives the style sheet: its path on this site, and its text (`text/css; charset=utf-8`).
pub fn stylesheet() -> (&'static str, &'static str) {
    (&STYLESHEET.0, &STYLESHEET.1)
}

/// Gives the icon: its path on this site, and its text (`image/svg+xml`).
pub fn favicon() -> (&'static str, &'static str) {
    (&FAVICON.0, FAVICON.1)
}

/// The first 72 bits of the SHA-256, in 12 characters that need no escaping.
fn fingerprint(text: &str) -> String {
    let hash = digest::digest(&digest::SHA256, text.as_bytes());
    URL_SAFE_NO_PAD.encode(hash.as_ref().get(..9).unwrap_or_default())
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
        assert!(text.len() < 24_000, "{}", text.len());
        assert_eq!(text.matches('{').count(), text.matches('}').count());
        assert!(!text.contains("/*") && !text.contains("url("));
    }

    #[test]
    fn another_text_has_another_name() {
        assert_ne!(fingerprint("a"), fingerprint("b"));
        assert_eq!(fingerprint("a").len(), 12);
    }
}
