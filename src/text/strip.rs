//! The beginning of clean HTML as plain text, without a parser: for places where a hundred of them are needed at once.

use super::emoji::tag_length;
use crate::types::Html;

/// Takes at most `max` characters of the words of clean HTML, in one line; an ellipsis says that there are more. Only for HTML
/// of our own making: on anybody else's a parser is needed.
pub fn start(html: &Html, max: usize) -> String {
    let mut rest = html.as_str();
    let mut out = Line::default();
    while !rest.is_empty() && out.length <= max {
        if rest.starts_with('<') {
            let length = tag_length(rest).max(1);
            let tag = rest.get(..length).unwrap_or_default();
            if parts_words(tag) {
                out.gap = true;
            }
            rest = rest.get(length..).unwrap_or_default();
            continue;
        }
        let end = rest.find('<').unwrap_or(rest.len());
        push_text(&mut out, rest.get(..end).unwrap_or_default(), max);
        rest = rest.get(end..).unwrap_or_default();
    }
    if out.length > max {
        let kept: String = out.text.chars().take(max.saturating_sub(1)).collect();
        return format!("{}…", kept.trim_end());
    }
    out.text
}

/// A line in the making; a gap becomes one space when something follows.
#[derive(Default)]
struct Line {
    text: String,
    length: usize,
    gap: bool,
}

impl Line {
    /// Takes a text in which entities are resolved, word by word.
    fn push(&mut self, text: &str, max: usize) {
        let is_ascii = text.is_ascii();
        self.gap |= text.starts_with(char::is_whitespace);
        for word in text.split_whitespace() {
            if self.gap && !self.text.is_empty() {
                self.text.push(' ');
                self.length += 1;
            }
            self.gap = true;
            self.text.push_str(word);
            self.length += if is_ascii {
                word.len()
            } else {
                word.chars().count()
            };
            if self.length > max {
                return;
            }
        }
        if !text.is_empty() {
            self.gap = text.ends_with(char::is_whitespace);
        }
    }
}

/// Elements within a line join what stands around them.
fn parts_words(tag: &str) -> bool {
    let name = tag.trim_start_matches(['<', '/']);
    let end = name.find([' ', '>', '/']).unwrap_or(name.len());
    let name = name.get(..end).unwrap_or_default();
    !matches!(
        name,
        "a" | "b"
            | "code"
            | "del"
            | "em"
            | "i"
            | "q"
            | "s"
            | "span"
            | "strong"
            | "sub"
            | "sup"
            | "u"
    )
}

fn push_text(out: &mut Line, mut text: &str, max: usize) {
    while out.length <= max {
        let Some((plain, rest)) = text.split_once('&') else {
            out.push(text, max);
            return;
        };
        let (c, rest) = entity(rest);
        out.push(plain, max);
        out.push(c, max);
        text = rest;
    }
}

/// What an entity stands for whose `&` was read, and what follows it; our own HTML has only these.
fn entity(text: &str) -> (&'static str, &str) {
    let known = [
        ("amp;", "&"),
        ("lt;", "<"),
        ("gt;", ">"),
        ("quot;", "\""),
        ("#39;", "'"),
        ("nbsp;", " "),
    ];
    let mut found = known
        .iter()
        .filter_map(|(name, c)| Some((*c, text.strip_prefix(name)?)));
    found.next().unwrap_or(("&", text))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::sanitize;
    use proptest::prelude::*;

    fn of(html: &str, max: usize) -> String {
        start(&Html::trusted(html), max)
    }

    #[test]
    fn words_stay_apart_and_together_as_they_stand() {
        assert_eq!(
            of(
                "<p>One <em>t</em>wo</p><p>three<br>four &amp; &lt;b&gt;</p>",
                99
            ),
            "One two three four & <b>"
        );
        assert_eq!(of("<p>éèê ç</p>", 4), "éèê…");
        assert_eq!(of("<p>abcd</p>", 4), "abcd");
        assert_eq!(of("", 4), "");
        assert_eq!(of("<", 4), "");
    }

    proptest! {
        #[test]
        fn any_clean_text_is_cut_within_its_bound(text in ".{0,80}", max in 1_usize..40) {
            let clean = sanitize::remote(&text);
            prop_assert!(start(&clean, max).chars().count() <= max);
        }
    }
}
