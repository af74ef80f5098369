//! Hashtags: which texts are one, and the key that makes two spellings the same tag.

use std::collections::HashSet;

use unicode_segmentation::UnicodeSegmentation;

/// The longest tag, in characters.
const MAX_CHARS: usize = 100;

/// The most tags read from one text.
const MAX_FOUND: usize = 50;

/// Reads a tag with or without its `#` and keeps its spelling: letters, digits and `_` of any script, not
/// digits alone, at most 100 characters. None for anything else.
pub fn normalise(tag: &str) -> Option<String> {
    let tag = tag.trim();
    let tag = tag.strip_prefix(['#', '＃']).unwrap_or(tag);
    let fits = tag.chars().nth(MAX_CHARS).is_none();
    (fits
        && tag.graphemes(true).all(is_tag_part)
        && tag.chars().any(|c| c.is_alphabetic() || c == '_'))
    .then(|| tag.to_owned())
}

/// The form for addresses and for telling tags apart: lower case.
pub fn key(tag: &str) -> String {
    tag.to_lowercase()
}

/// The hashtags of a plain text, each once, in order, as written; at most 50.
pub fn find(text: &str) -> Vec<String> {
    let mut seen = HashSet::new();
    let mut found = Vec::new();
    for (at, sign) in text.match_indices(['#', '＃']) {
        let glued = super::char_before(text, at)
            .is_some_and(|c| c.is_alphanumeric() || matches!(c, '_' | '/' | '#' | '&' | '＃'));
        let rest = text.get(at + sign.len()..).unwrap_or_default();
        if glued || found.len() == MAX_FOUND {
            continue;
        }
        let long = rest
            .graphemes(true)
            .take(MAX_CHARS + 1)
            .take_while(|part| is_tag_part(part))
            .collect::<String>();
        if let Some(tag) = normalise(&long).filter(|tag| seen.insert(key(tag))) {
            found.push(tag);
        }
    }
    found
}

/// Letters come with their marks: Indic viramas and Persian joiners are no letters, but part of one.
fn is_tag_part(grapheme: &str) -> bool {
    let mut chars = grapheme.chars();
    chars
        .next()
        .is_some_and(|c| c.is_alphanumeric() || c == '_')
        && chars.all(|c| {
            !c.is_ascii()
                && !c.is_control()
                && !c.is_whitespace()
                && !matches!(c, '\u{FE0F}' | '\u{20E3}')
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_of_any_script_keep_their_spelling() {
        for good in [
            "Rust",
            "한국어",
            "Ελλάδα",
            "हिन्दी",
            "می\u{200C}خواهم",
            "snake_case",
            "2024goals",
        ] {
            assert_eq!(normalise(&format!("#{good}")).as_deref(), Some(good));
        }
    }

    #[test]
    fn what_is_no_tag_is_refused() {
        let long = "a".repeat(101);
        for bad in [
            "",
            "#",
            "12",
            "a b",
            "a-b",
            "<b>",
            "##a",
            "a\u{202E}b",
            "1\u{FE0F}\u{20E3}",
            &long,
        ] {
            assert_eq!(normalise(bad), None, "{bad}");
        }
    }

    #[test]
    fn spellings_share_a_key() {
        assert_eq!(key("ΟΔΟΣ"), key("οδος"));
        assert_eq!(key("RuSt"), "rust");
    }

    #[test]
    fn tags_are_found_once_and_not_inside_words_or_addresses() {
        let text = "#Rust and #rust, (#한국어) C#not https://a.example/#no &#39; #1 #end.";
        assert_eq!(find(text), ["Rust", "한국어", "end"]);
    }

    #[test]
    fn hostile_text_gives_few_tags() {
        let text = (0..1000)
            .map(|i| i.to_string())
            .collect::<Vec<_>>()
            .join(" #t");
        assert_eq!(find(&text).len(), MAX_FOUND);
        assert!(find(&"#".repeat(100_000)).is_empty());
    }
}
