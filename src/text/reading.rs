//! How long a text takes to read.

use super::markup::{Piece, pieces};

/// Words of spaced scripts that one reads in a minute.
const WORDS: usize = 230;
/// Characters of Chinese, Japanese and Korean that one reads in a minute.
const CHARACTERS: usize = 500;

/// Minutes for the text of clean HTML, at least 1. Scripts without spaces are counted by their characters.
pub fn minutes(html: &str) -> i64 {
    let (mut words, mut characters, mut in_word) = (0_usize, 0_usize, false);
    for piece in pieces(html) {
        let Piece::Text(text) = piece else {
            continue;
        };
        for c in text.chars() {
            if is_unspaced(c) {
                characters += 1;
                in_word = false;
            } else {
                let inside = c.is_alphanumeric() || (in_word && !c.is_whitespace());
                words += usize::from(inside && !in_word);
                in_word = inside;
            }
        }
        in_word = false;
    }
    let tenths = (words * 10).div_ceil(WORDS) + (characters * 10).div_ceil(CHARACTERS);
    i64::try_from(tenths.div_ceil(10).max(1)).unwrap_or(i64::MAX)
}

/// True for characters of scripts that put no spaces between words: kana, Han, and, each a syllable, Hangul; Thai, Lao,
/// Khmer and Burmese.
fn is_unspaced(c: char) -> bool {
    matches!(c,
        '\u{3040}'..='\u{30FF}' | '\u{3400}'..='\u{4DBF}' | '\u{4E00}'..='\u{9FFF}' | '\u{AC00}'..='\u{D7AF}'
        | '\u{F900}'..='\u{FAFF}' | '\u{20000}'..='\u{323AF}'
        | '\u{0E00}'..='\u{0EFF}' | '\u{1000}'..='\u{109F}' | '\u{1780}'..='\u{17FF}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_and_characters_take_their_time() {
        assert_eq!(minutes(""), 1);
        assert_eq!(
            minutes(&format!("<p>{}</p>", "it’s co-operative ".repeat(115))),
            1
        );
        assert_eq!(minutes(&format!("<p>{}</p>", "word ".repeat(700))), 4);
        assert_eq!(minutes(&format!("<p>{}</p>", "読".repeat(1_500))), 3);
        assert_eq!(
            minutes(&format!("<p title=\"{}\">x</p>", "word ".repeat(700))),
            1
        );
    }
}
