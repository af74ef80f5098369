//! The part of a text that shows why it was found, with what was looked for marked. Pure; what it gives is plain text in
//! parts, so that who shows it escapes it.

use std::ops::Range;

use super::query::Query;
use crate::text::words;

/// Characters of a snippet, about.
const LENGTH: usize = 240;
/// Characters before the first place that is marked, about.
const BEFORE: usize = 60;

/// A part of a snippet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    /// Plain text.
    pub text: String,
    /// It is what was looked for.
    pub is_hit: bool,
}

/// The whole of a short text, such as a title.
pub(super) fn whole(query: &Query, text: &str) -> Vec<Part> {
    let text = words::composed(text);
    let hits = hits(query, &text);
    parts(&text, 0..text.len(), &hits)
}

/// The part of a text around the first hit, or its beginning.
pub(super) fn around(query: &Query, text: &str) -> Vec<Part> {
    let text = words::composed(text);
    let hits = hits(query, &text);
    let first = hits.first().map_or(0, |hit| hit.start);
    let start = back(&text, first);
    let end = on(&text, start);
    let mut shown = parts(&text, start..end, &hits);
    if start > 0 {
        shown.insert(0, plain("… "));
    }
    if end < text.len() {
        shown.push(plain(" …"));
    }
    shown
}

fn plain(text: &str) -> Part {
    Part {
        text: text.to_owned(),
        is_hit: false,
    }
}

/// Where the terms of a query stand in a text: in order, none in another.
fn hits(query: &Query, text: &str) -> Vec<Range<usize>> {
    let tokens = words::tokens(text);
    let places = query.terms.iter().flat_map(|term| term.find(text, &tokens));
    let mut all: Vec<Range<usize>> = places.collect();
    all.sort_by_key(|hit| (hit.start, hit.end));
    let mut merged: Vec<Range<usize>> = Vec::new();
    for hit in all {
        match merged.last_mut() {
            Some(last) if hit.start <= last.end => last.end = last.end.max(hit.end),
            _ => merged.push(hit),
        }
    }
    merged
}

/// The beginning of a word, some way before a place.
fn back(text: &str, place: usize) -> usize {
    let before = text.get(..place).unwrap_or_default();
    let mut starts = before.char_indices().rev().map(|(at, _)| at);
    let Some(far) = starts.nth(BEFORE.saturating_sub(1)).filter(|far| *far > 0) else {
        return 0;
    };
    // Scripts without spaces are cut anywhere.
    let near = text.get(far..place).unwrap_or_default();
    near.find(' ').map_or(far, |space| far + space + 1)
}

/// The end of a word, some way behind a place.
fn on(text: &str, start: usize) -> usize {
    let rest = text.get(start..).unwrap_or_default();
    let Some((far, _)) = rest.char_indices().nth(LENGTH) else {
        return text.len();
    };
    let near = rest.get(..far).unwrap_or_default();
    let space = near.rfind(' ').filter(|space| *space > far / 2);
    start + space.unwrap_or(far)
}

fn parts(text: &str, shown: Range<usize>, hits: &[Range<usize>]) -> Vec<Part> {
    let mut found = Vec::new();
    let mut at = shown.start;
    let mut add = |range: Range<usize>, is_hit: bool| {
        let text = text.get(range).unwrap_or_default();
        if !text.is_empty() {
            found.push(Part {
                text: text.to_owned(),
                is_hit,
            });
        }
    };
    for hit in hits {
        let (start, end) = (hit.start.max(at), hit.end.min(shown.end));
        if start >= end {
            continue;
        }
        add(at..start, false);
        add(start..end, true);
        at = end;
    }
    add(at..shown.end, false);
    found
}

#[cfg(test)]
mod tests {
    use super::super::query;
    use super::*;
    use proptest::prelude::*;

    fn shown(query: &str, text: &str) -> String {
        let query = query::read(query).unwrap().unwrap();
        let part = |part: Part| {
            if part.is_hit {
                format!("[{}]", part.text)
            } else {
                part.text
            }
        };
        around(&query, text).into_iter().map(part).collect()
    }

    #[test]
    fn what_was_looked_for_is_marked() {
        assert_eq!(
            shown("choir \"second choir\"", "The Second Choir, the choir."),
            "The [Second Choir], the [choir]."
        );
        assert_eq!(shown("京都", "見る東京都庁だ"), "見る東[京都]庁だ");
        assert_eq!(shown("<b> x", "a <b>x</b> & y"), "a <[b]>[x]</[b]> & y");
        assert_eq!(shown("tag:x", "Nothing to mark"), "Nothing to mark");
    }

    #[test]
    fn a_long_text_is_shown_around_the_first_hit() {
        let text = format!("{} needle {}", "before ".repeat(100), "after ".repeat(100));
        let part = shown("needle", &text);
        assert!(
            part.starts_with("… before")
                && part.contains("[needle] after")
                && part.ends_with("after …"),
            "{part}"
        );
        assert!(part.chars().count() < 260, "{part}");
        let part = shown("針", &format!("{}針{}", "前".repeat(300), "後".repeat(300)));
        assert!(
            part.contains("前[針]後") && part.chars().count() < 260,
            "{part}"
        );
    }

    proptest! {
        #[test]
        fn any_text_is_cut_and_marked(asked in "\\PC{1,20}", text in "(\\PC|[ a-c東京]){0,400}") {
            if let Ok(Some(query)) = query::read(&asked) {
                let whole: String = whole(&query, &text).into_iter().map(|part| part.text).collect();
                prop_assert_eq!(whole, words::composed(&text));
                prop_assert!(around(&query, &text).iter().all(|part| !part.text.is_empty()));
            }
        }
    }
}
