//! Excerpts: a short plain start of a longer text, for lists, feeds and `summary`.

use unicode_segmentation::UnicodeSegmentation;

use super::sanitize;

/// Cuts the running text of HTML to plain text of at most `max_graphemes` user-perceived characters: at the end of a sentence
/// if one lies in the second half of the room, else after a word, with `…`. Bare links are dropped, because
/// Mastodon makes its preview card from the first link it sees.
pub fn excerpt(html: &str, max_graphemes: usize) -> String {
    shorten(&without_links(&sanitize::prose(html)), max_graphemes)
}

/// Cuts plain text the way [`excerpt`] does.
pub fn shorten(text: &str, max_graphemes: usize) -> String {
    // Where each grapheme ends, as far as there is room, and one more.
    let ends: Vec<usize> = text
        .grapheme_indices(true)
        .map(|(at, part)| at + part.len())
        .take(max_graphemes + 1)
        .collect();
    if ends.len() <= max_graphemes {
        return text.to_owned();
    }
    let last_at_most = |count: usize| {
        count
            .checked_sub(1)
            .and_then(|i| ends.get(i))
            .copied()
            .unwrap_or(0)
    };
    let fits = |at: &usize| ends.binary_search(at).is_ok();
    let (half, room) = (last_at_most(max_graphemes / 2), last_at_most(max_graphemes));
    if let Some(end) = sentence_ends(text)
        .take_while(|&at| at <= room)
        .filter(|at| *at > half && fits(at))
        .last()
    {
        return trimmed(text, end).to_owned();
    }
    if max_graphemes == 0 {
        return String::new();
    }
    let room = last_at_most(max_graphemes - 1);
    let word = word_ends(text)
        .take_while(|&at| at <= room)
        .filter(fits)
        .last()
        .map(|at| trimmed(text, at));
    let start = word
        .filter(|word| !word.is_empty())
        .unwrap_or(text.get(..room).unwrap_or_default());
    format!("{start}…")
}

/// Drops every address, keeping what is glued before it.
fn without_links(text: &str) -> String {
    let mut words = Vec::new();
    for word in text.split_whitespace() {
        let lower = word.to_ascii_lowercase();
        let link = ["http:", "https:", "www."]
            .iter()
            .filter_map(|start| lower.find(start))
            .min();
        let kept = match link {
            None => word,
            Some(at) => word
                .get(..at)
                .unwrap_or_default()
                .trim_end_matches(['(', '<', '[', '"', '\'', ':']),
        };
        if !kept.is_empty() {
            words.push(kept);
        }
    }
    words.join(" ")
}

fn sentence_ends(text: &str) -> impl Iterator<Item = usize> {
    // The sentence before a space ends before it.
    text.split_sentence_bound_indices()
        .map(|(at, part)| at + trimmed(part, part.len()).len())
}

fn word_ends(text: &str) -> impl Iterator<Item = usize> {
    text.split_word_bound_indices()
        .map(|(at, part)| at + part.len())
}

/// The text up to `end` without the graphemes of space and opening punctuation at its end.
fn trimmed(text: &str, end: usize) -> &str {
    let start = text.get(..end).unwrap_or_default();
    let loose = |part: &&str| {
        part.chars()
            .all(|c| c.is_whitespace() || matches!(c, ',' | ';' | ':' | '(' | '[' | '–' | '—'))
    };
    let tail: usize = start
        .graphemes(true)
        .rev()
        .take_while(loose)
        .map(str::len)
        .sum();
    start.get(..start.len() - tail).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn short_text_stays_whole() {
        assert_eq!(
            excerpt("<p>Hello <b>you</b></p><p>there</p>", 50),
            "Hello you there"
        );
    }

    #[test]
    fn headings_code_and_tables_are_no_part_of_it() {
        let html = "<h2>Part</h2><p>Hello.</p><pre><code>fn main() {}</code></pre><table><tr><td>1</td></tr></table><ul><li>you</li></ul>";
        assert_eq!(excerpt(html, 50), "Hello. you");
        assert_eq!(excerpt("<h2>Only a heading</h2>", 50), "Only a heading");
    }

    #[test]
    fn sentence_end_in_the_second_half_is_the_place_to_cut() {
        assert_eq!(
            excerpt("One two three. Four five six seven", 20),
            "One two three."
        );
        assert_eq!(
            excerpt("오늘은 날씨가 좋습니다. 내일은 비가 올 것입니다.", 18),
            "오늘은 날씨가 좋습니다."
        );
        assert_eq!(
            excerpt("今日は晴れです。明日は雨が降るでしょう。", 12),
            "今日は晴れです。"
        );
    }

    #[test]
    fn else_the_last_whole_word_is_kept() {
        assert_eq!(
            excerpt("One. Two three, four five six", 17),
            "One. Two three…"
        );
        assert_eq!(excerpt("Καλημέρα σε όλους τους φίλους", 14), "Καλημέρα σε…");
        assert_eq!(excerpt("안녕하세요 여러분 반갑습니다", 8), "안녕하세요…");
    }

    #[test]
    fn emoji_count_once_and_stay_whole() {
        let family = "👨‍👩‍👧‍👦";
        assert_eq!(excerpt(&family.repeat(5), 5), family.repeat(5));
        assert_eq!(
            excerpt(&family.repeat(6), 3),
            format!("{}…", family.repeat(2))
        );
        assert_eq!(excerpt("🇰🇷🇬🇷🇰🇷🇬🇷", 2), "🇰🇷…");
    }

    #[test]
    fn addresses_are_dropped() {
        assert_eq!(
            excerpt(
                "<p>See (https://a.example/x) or 링크:HTTPS://b.example www.c.example now</p>",
                90
            ),
            "See or 링크 now"
        );
        let mastodon = r#"<a href="https://a.example/p"><span class="invisible">https://</span><span>a.example/p</span></a> yes"#;
        assert_eq!(excerpt(mastodon, 90), "yes");
    }

    #[test]
    fn no_room_gives_nothing() {
        assert_eq!(excerpt("text", 0), "");
        assert_eq!(excerpt("text", 1), "…");
    }

    proptest! {
        #[test]
        fn excerpt_is_never_longer_and_never_splits_a_grapheme(text in "(\\PC|[ .,👨‍👩👍🏽é각ำ]){0,120}", max in 0usize..60) {
            let short = shorten(&text, max);
            prop_assert!(short.graphemes(true).count() <= max);
            let start = if text.starts_with(&short) { &short } else { short.strip_suffix('…').unwrap() };
            prop_assert!(text.starts_with(start));
            let ends: Vec<_> = text.grapheme_indices(true).map(|(at, _)| at).chain([text.len()]).collect();
            prop_assert!(ends.contains(&start.len()));
        }
    }
}
