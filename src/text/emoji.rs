//! Custom emoji: `:name:` in texts and in clean HTML, and the pictures of our cache that stand for them.

use std::collections::HashMap;

use unicode_segmentation::UnicodeSegmentation;

use super::sanitize;
use crate::types::{Host, Html};

/// Longest name, in bytes.
const NAME_MAX: usize = 64;
/// Most pictures in one text; what follows stays text.
const SHOWN_MAX: usize = 200;

/// Names and the addresses of their pictures here.
pub type Emojis = HashMap<String, String>;

/// A piece of a text with emoji.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part<'t> {
    /// Text.
    Text(&'t str),
    /// An emoji: `:name:` as written, and its picture.
    Emoji(&'t str, &'t str),
}

/// True for what may stand between the colons.
pub fn is_name(name: &str) -> bool {
    let plain = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b'+');
    !name.is_empty() && name.len() <= NAME_MAX && name.bytes().all(plain)
}

/// The most characters of one emoji: enough for every family and flag there is.
const CHARS_MAX: usize = 16;

/// What makes a single sign of the basic plane a picture.
const AS_PICTURE: char = '\u{FE0F}';

/// Reads what somebody reacts with: one emoji in its one spelling, or `:name:` (`:name@host:` for another server's,
/// Misskey). None for any other text, and for what holds anything invisible.
pub fn reaction(text: &str) -> Option<String> {
    let text = text.trim();
    if let Some(inner) = text.strip_prefix(':').and_then(|t| t.strip_suffix(':')) {
        return custom(inner);
    }
    let mut chars = text.chars();
    let (first, count) = (chars.next()?, text.chars().count());
    let single = text.len() <= 4 * CHARS_MAX && text.graphemes(true).count() == 1;
    if !single || count > CHARS_MAX || sanitize::line(text, CHARS_MAX) != text {
        return None;
    }
    let pictorial = |c: char| c >= '\u{203C}' && !c.is_alphanumeric() && !c.is_whitespace();
    let marked = text.contains([AS_PICTURE, '\u{20E3}']);
    if !marked && !text.chars().any(pictorial) {
        return None;
    }
    // Some send the mark and some do not; both are the same emoji.
    let bare = count == 1 && first < '\u{10000}';
    Some(if bare {
        format!("{text}{AS_PICTURE}")
    } else {
        text.to_owned()
    })
}

fn custom(inner: &str) -> Option<String> {
    let (name, host) = inner.split_once('@').unwrap_or((inner, "."));
    if !is_name(name) {
        return None;
    }
    if host == "." {
        return Some(format!(":{name}:"));
    }
    let host = Host::parse(host).filter(|host| host.as_str().len() <= 253)?;
    Some(format!(":{name}@{host}:"))
}

/// The name in a reaction `:name:` or `:name@host:`, and the host if it names one; None for other emoji.
pub fn named(reaction: &str) -> Option<(&str, Option<&str>)> {
    let inner = reaction.strip_prefix(':')?.strip_suffix(':')?;
    Some(match inner.split_once('@') {
        Some((name, host)) => (name, Some(host)),
        None => (inner, None),
    })
}

/// Cuts a text into emoji that have a picture and what is between them.
pub fn parts<'t>(text: &'t str, known: &'t Emojis) -> Vec<Part<'t>> {
    let mut parts = Vec::new();
    let (mut rest, mut from, mut shown) = (text, 0, 0);
    while let Some((before, whole)) = next(rest, from) {
        let name = whole.trim_matches(':');
        let found = known.get(name).filter(|_| shown < SHOWN_MAX);
        let Some(picture) = found else {
            // Its last colon may begin the next one.
            from = before.len() + whole.len() - 1;
            continue;
        };
        if !before.is_empty() {
            parts.push(Part::Text(before));
        }
        parts.push(Part::Emoji(whole, picture));
        rest = rest.get(before.len() + whole.len()..).unwrap_or_default();
        (from, shown) = (0, shown + 1);
    }
    if !rest.is_empty() {
        parts.push(Part::Text(rest));
    }
    parts
}

/// The next `:name:` at or behind a place, and what stands before it.
fn next(text: &str, mut from: usize) -> Option<(&str, &str)> {
    loop {
        let start = from + text.get(from..)?.find(':')?;
        let tail = text.get(start + 1..)?;
        let end = tail.bytes().take(NAME_MAX + 1).position(|b| b == b':');
        match end
            .and_then(|end| tail.get(..end))
            .filter(|name| is_name(name))
        {
            Some(name) => {
                let whole = text.get(start..start + name.len() + 2)?;
                return Some((text.get(..start)?, whole));
            }
            None => from = start + 1,
        }
    }
}

/// The names that occur in a text, each once, at most as many as are shown.
pub fn names(text: &str) -> Vec<&str> {
    let (mut found, mut from) = (Vec::new(), 0);
    while let Some((before, whole)) = next(text, from)
        && found.len() < SHOWN_MAX
    {
        let name = whole.trim_matches(':');
        if !found.contains(&name) {
            found.push(name);
        }
        from = before.len() + whole.len() - 1;
    }
    found
}

/// Puts pictures for the emoji into clean HTML: in its text, never inside of tags.
pub fn show(html: &Html, known: &Emojis) -> Html {
    if known.is_empty() {
        return html.clone();
    }
    let mut out = String::with_capacity(html.as_str().len() + 256);
    let mut rest = html.as_str();
    while !rest.is_empty() {
        let text = rest.find('<').unwrap_or(rest.len());
        push(&mut out, rest.get(..text).unwrap_or_default(), known);
        rest = rest.get(text..).unwrap_or_default();
        let tag = tag_length(rest);
        out.push_str(rest.get(..tag).unwrap_or_default());
        rest = rest.get(tag..).unwrap_or_default();
    }
    Html::trusted(out)
}

/// Length of the tag a text begins with, values in quotes and all.
pub(super) fn tag_length(text: &str) -> usize {
    let mut quoted = false;
    for (at, b) in text.bytes().enumerate() {
        match b {
            b'"' => quoted = !quoted,
            b'>' if !quoted => return at + 1,
            _ => {}
        }
    }
    text.len()
}

fn push(out: &mut String, text: &str, known: &Emojis) {
    for part in parts(text, known) {
        match part {
            Part::Text(text) => out.push_str(text),
            // Names hold nothing to escape, and the addresses are our own.
            Part::Emoji(name, picture) => {
                for piece in [
                    "<img class=\"emoji\" src=\"",
                    picture,
                    "\" alt=\"",
                    name,
                    "\" title=\"",
                    name,
                    "\" width=\"20\" height=\"20\" loading=\"lazy\" decoding=\"async\">",
                ] {
                    out.push_str(piece);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reaction_is_one_emoji_or_a_name() {
        for (text, read) in [
            ("🔥", "🔥"),
            (" 👍🏽 ", "👍🏽"),
            ("❤", "❤\u{FE0F}"),
            ("❤\u{FE0F}", "❤\u{FE0F}"),
            ("👨\u{200D}👩\u{200D}👧", "👨\u{200D}👩\u{200D}👧"),
            ("🇩🇪", "🇩🇪"),
            ("1\u{FE0F}\u{20E3}", "1\u{FE0F}\u{20E3}"),
            (":blob_cat:", ":blob_cat:"),
            (":blob@.:", ":blob:"),
            (":blob@M.Example:", ":blob@m.example:"),
        ] {
            assert_eq!(reaction(text).as_deref(), Some(read), "{text:?}");
        }
    }

    #[test]
    fn what_is_no_emoji_is_no_reaction() {
        for text in [
            "",
            " ",
            "a",
            "1",
            "ok",
            "日",
            "🔥🔥",
            "🔥\0",
            "\u{202E}🔥",
            "🔥\u{200B}",
            "\u{7}",
            "::",
            ":a b:",
            ":<b>:",
            ":blob@:",
            ":blob@a b:",
            "<script>",
            "Bob likes this",
        ] {
            assert_eq!(reaction(text), None, "{text:?}");
        }
        assert_eq!(reaction(&"🔥".repeat(100_000)), None);
        assert_eq!(reaction(&format!("e{}", "\u{301}".repeat(100_000))), None);
        assert_eq!(reaction(&format!("🔥{}", "\u{301}".repeat(30))), None);
        assert_eq!(reaction(&format!(":{}:", "a".repeat(65))), None);
    }
    use proptest::prelude::*;

    fn known() -> Emojis {
        [("cat", "/media/c.png"), ("a_b", "/media/d.png")]
            .map(|(name, file)| (name.to_owned(), file.to_owned()))
            .into()
    }

    #[test]
    fn known_names_become_pictures_and_others_stay() {
        let known = known();
        assert_eq!(
            parts("Ann :cat:: x :dog:cat: 10:30:15", &known),
            [
                Part::Text("Ann "),
                Part::Emoji(":cat:", "/media/c.png"),
                Part::Text(": x :dog"),
                Part::Emoji(":cat:", "/media/c.png"),
                Part::Text(" 10:30:15"),
            ]
        );
        assert_eq!(names("é :cat: :cat: :x y: :a_b:"), ["cat", "a_b"]);
    }

    #[test]
    fn attributes_are_left_alone() {
        let html = Html::trusted("<a href=\"https://x.example/:cat:\" title=\">:cat:\">:cat:</a>");
        let shown = show(&html, &known()).into_string();
        assert_eq!(shown.matches("<img").count(), 1);
        assert!(
            shown.starts_with("<a href=\"https://x.example/:cat:\" title=\">:cat:\"><img "),
            "{shown}"
        );
        assert!(shown.contains("alt=\":cat:\""));
    }

    #[test]
    fn a_flood_of_emoji_is_cut_off() {
        let shown = show(&Html::trusted(":cat:".repeat(1000)), &known()).into_string();
        assert_eq!(shown.matches("<img").count(), SHOWN_MAX);
    }

    proptest! {
        #[test]
        fn no_text_is_lost(text in "[a-c:_ é<>\"]{0,60}") {
            let known = known();
            let whole: String = parts(&text, &known).iter().map(|part| match part {
                Part::Text(text) | Part::Emoji(text, _) => *text,
            }).collect();
            prop_assert_eq!(whole, text);
        }
    }
}
