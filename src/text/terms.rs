//! The words by which texts are found to be alike, in any script. It knows no language: a word of letters counts by its
//! beginning, and scripts without spaces between words by pairs of characters.

use std::collections::HashMap;

/// Shortest word that says something, in characters; articles and most pronouns are shorter.
const SHORTEST: usize = 4;
/// How many characters of a word count: endings differ, beginnings do not.
const STEM: usize = 7;
/// How much of a text is read, in bytes.
const READ_MAX: usize = 64 * 1024;
/// How often a word of the title counts.
const TITLE: u32 = 3;

/// The words that stand in a text most often, at most `most`, the first of them first.
pub fn of(title: &str, text: &str, most: usize) -> Vec<String> {
    let mut seen: HashMap<String, (u32, usize)> = HashMap::new();
    for (source, weight) in [(title, TITLE), (super::cut(text, READ_MAX), 1)] {
        for term in split(source) {
            let next = seen.len();
            let entry = seen.entry(term).or_insert((0, next));
            entry.0 = entry.0.saturating_add(weight);
        }
    }
    let mut all: Vec<(String, (u32, usize))> = seen.into_iter().collect();
    all.sort_by_key(|(_, (count, place))| (std::cmp::Reverse(*count), *place));
    all.into_iter().take(most).map(|(term, _)| term).collect()
}

fn split(text: &str) -> Vec<String> {
    let lower = text.to_lowercase();
    let mut terms = Vec::new();
    for run in lower
        .split(|c: char| !c.is_alphanumeric())
        .filter(|run| !run.is_empty())
    {
        let mut word = String::new();
        let mut before = None;
        for c in run.chars() {
            if is_unspaced(c) {
                take(&mut terms, &mut word);
                terms.extend(before.map(|before| String::from_iter([before, c])));
                before = Some(c);
            } else {
                before = None;
                word.push(c);
            }
        }
        take(&mut terms, &mut word);
    }
    terms
}

fn take(terms: &mut Vec<String>, word: &mut String) {
    let word = std::mem::take(word);
    if word.chars().nth(SHORTEST - 1).is_some() {
        terms.push(word.chars().take(STEM).collect());
    }
}

/// True for letters of scripts that put no spaces between words, and for Hangul, whose words carry their particles.
const fn is_unspaced(c: char) -> bool {
    matches!(c,
        '\u{0E00}'..='\u{0EFF}' | '\u{1000}'..='\u{109F}' | '\u{1780}'..='\u{17FF}' | '\u{3040}'..='\u{30FF}'
        | '\u{3400}'..='\u{4DBF}' | '\u{4E00}'..='\u{9FFF}' | '\u{AC00}'..='\u{D7AF}' | '\u{20000}'..='\u{2FFFF}')
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_words_of_the_title_come_first_and_short_ones_not_at_all() {
        let terms = of(
            "The Choir",
            "A choir sings, the singers sing in choirs of sixteen.",
            3,
        );
        assert_eq!(terms, ["choir", "sings", "singers"]);
    }

    #[test]
    fn texts_without_spaces_are_taken_by_pairs() {
        assert_eq!(of("合唱団", "", 9), ["合唱", "唱団"]);
        assert!(of("", "오늘은 합창단의 날", 9).contains(&"합창".to_owned()));
        assert_eq!(of("Choir合唱", "", 9), ["choir", "合唱"]);
    }

    proptest! {
        #[test]
        fn any_text_gives_few_short_words(text in "\\PC{0,400}") {
            let terms = of(&text, &text, 32);
            prop_assert!(terms.len() <= 32);
            prop_assert!(terms.iter().all(|term| term.chars().count() <= STEM * 3));
        }
    }
}
