//! Words of any script, as a search knows them: the same for what is indexed and what is asked, whatever the database.
//!
//! Words that are set apart (Latin, Arabic, Devanagari …) are taken whole, without case and accents. Where words are not set apart
//! (Chinese, Japanese, Korean, Thai …) each character begins a run of at most three, so that any part of a text is found.

use std::ops::Range;

use unicode_normalization::UnicodeNormalization;

/// Characters of one run.
const RUN: usize = 3;
/// Longest word that is told apart, in characters.
const WORD_MAX: usize = 64;

/// A word, or a run of characters, and where it stands in the text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Token {
    /// As it is compared: letters and digits only, so it needs no quoting anywhere.
    pub text: String,
    /// In bytes.
    pub at: Range<usize>,
    /// One of a script without spaces between words.
    pub is_run: bool,
    /// How many characters of the script follow in one piece, this one included; 1 for words.
    pub left: usize,
}

/// A part of a query: words that stand one after the other.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Term {
    /// The words, none of them empty.
    pub tokens: Vec<String>,
    /// The last one may go on.
    pub is_prefix: bool,
    /// When the last one is the beginning of a run: how many characters of it are meant.
    pub last_chars: Option<usize>,
}

/// Composes what may be written in two ways, so that [`tokens`] can name places in the text.
pub fn composed(text: &str) -> String {
    text.nfc().collect()
}

/// The words of a text that went through [`composed`], in order.
pub fn tokens(text: &str) -> Vec<Token> {
    let mut found = Vec::new();
    let mut piece: Vec<(usize, char)> = Vec::new();
    let mut kind = Kind::Gap;
    for (at, c) in text.char_indices() {
        let this = Kind::of(c);
        if this == Kind::Joiner {
            continue;
        }
        if this != kind {
            close(kind, &piece, &mut found);
            piece.clear();
            kind = this;
        }
        if this != Kind::Gap {
            piece.push((at, c));
        }
    }
    close(kind, &piece, &mut found);
    found
}

/// The term for a part of a query; None when it has neither letters nor digits. `open`: its last word may go on.
pub fn term(part: &str, open: bool) -> Option<Term> {
    let all = tokens(&composed(part));
    let runs = all.last().is_some_and(|last| last.is_run);
    // How many characters the last piece has, when it is one without spaces.
    let tail = all
        .iter()
        .rev()
        .take_while(|token| token.is_run)
        .scan(0, |before, token| {
            (token.left > *before).then(|| *before = token.left)
        })
        .count();
    let short = runs && tail < RUN;
    // Within a text the last characters of a piece begin shorter runs; a part of a piece has but whole ones.
    let dropped = match tail {
        _ if !runs => 0,
        0..RUN => tail.saturating_sub(1),
        _ => RUN - 1,
    };
    let kept = all.len().saturating_sub(dropped);
    let tokens: Vec<String> = all.into_iter().take(kept).map(|token| token.text).collect();
    (!tokens.is_empty()).then_some(Term {
        tokens,
        is_prefix: short || (open && !runs),
        last_chars: runs.then_some(tail.min(RUN)),
    })
}

impl Term {
    /// Where the term stands in a text whose words these are, in bytes.
    pub fn find(&self, text: &str, tokens: &[Token]) -> Vec<Range<usize>> {
        let fits = |window: &[Token]| {
            let last = self.tokens.len().saturating_sub(1);
            window
                .iter()
                .zip(&self.tokens)
                .enumerate()
                .all(|(place, (here, wanted))| {
                    let whole = here.text == *wanted;
                    whole || (place == last && self.is_prefix && here.text.starts_with(wanted))
                })
        };
        let windows = tokens.windows(self.tokens.len().max(1));
        let hits = windows.filter(|window| fits(window));
        hits.filter_map(|window| self.place(text, window)).collect()
    }

    fn place(&self, text: &str, window: &[Token]) -> Option<Range<usize>> {
        let (first, last) = (window.first()?, window.last()?);
        let end = match self.last_chars {
            None => last.at.end,
            Some(chars) => {
                let run = text.get(last.at.clone())?;
                let mut ends = run.char_indices().map(|(at, c)| at + c.len_utf8());
                last.at.start + ends.nth(chars.saturating_sub(1)).unwrap_or(run.len())
            }
        };
        Some(first.at.start..end)
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// No part of a word.
    Gap,
    /// A letter or digit of a script that sets words apart.
    Word,
    /// A character of a script that does not.
    Run,
    /// Invisible within words.
    Joiner,
}

impl Kind {
    fn of(c: char) -> Self {
        match c {
            '\u{AD}'
            | '\u{200B}'..='\u{200F}'
            | '\u{2060}'
            | '\u{FE00}'..='\u{FE0F}'
            | '\u{FEFF}' => Self::Joiner,
            '\u{E00}'..='\u{EFF}'
            | '\u{F00}'..='\u{109F}'
            | '\u{1100}'..='\u{11FF}'
            | '\u{1780}'..='\u{17FF}'
            | '\u{3005}'..='\u{3007}'
            | '\u{3041}'..='\u{3096}'
            | '\u{3099}'..='\u{30FA}'
            | '\u{30FC}'..='\u{318F}'
            | '\u{31A0}'..='\u{31FF}'
            | '\u{3400}'..='\u{4DBF}'
            | '\u{4E00}'..='\u{A4CF}'
            | '\u{A960}'..='\u{A97F}'
            | '\u{AA60}'..='\u{AA7F}'
            | '\u{AC00}'..='\u{D7FF}'
            | '\u{F900}'..='\u{FAFF}'
            | '\u{FF66}'..='\u{FF9F}'
            | '\u{20000}'..='\u{3FFFF}' => Self::Run,
            _ if c.is_alphanumeric() || is_mark(c) => Self::Word,
            _ => Self::Gap,
        }
    }
}

/// Marks that belong to the letter before them.
fn is_mark(c: char) -> bool {
    matches!(c, '\u{300}'..='\u{36F}' | '\u{483}'..='\u{487}' | '\u{591}'..='\u{5C7}' | '\u{610}'..='\u{61A}'
        | '\u{640}' | '\u{64B}'..='\u{65F}' | '\u{670}' | '\u{6D6}'..='\u{6ED}')
        || (matches!(c, '\u{900}'..='\u{DFF}') && !matches!(c, '\u{964}' | '\u{965}' | '\u{970}'))
}

/// Marks that people leave out when they look for a word.
fn is_dropped(c: char) -> bool {
    matches!(c, '\u{300}'..='\u{36F}' | '\u{483}'..='\u{487}' | '\u{591}'..='\u{5C7}' | '\u{610}'..='\u{61A}'
        | '\u{640}' | '\u{64B}'..='\u{65F}' | '\u{670}' | '\u{6D6}'..='\u{6ED}')
}

/// A character as it is compared: compatible forms, case and accents do not matter.
fn folded(c: char) -> impl Iterator<Item = char> {
    c.to_lowercase()
        .nfkd()
        .filter(|c| !is_dropped(*c))
        .flat_map(char::to_lowercase)
        .nfc()
        .flat_map(|c| match c {
            'ß' => ['s', 's'].into_iter().take(2),
            'ς' => ['σ', ' '].into_iter().take(1),
            'ı' => ['i', ' '].into_iter().take(1),
            c => [c, ' '].into_iter().take(1),
        })
        .filter(|c| matches!(Kind::of(*c), Kind::Word | Kind::Run))
}

fn close(kind: Kind, piece: &[(usize, char)], found: &mut Vec<Token>) {
    let range = |part: &[(usize, char)]| {
        let start = part.first().map_or(0, |(at, _)| *at);
        let end = part.last().map_or(0, |(at, c)| at + c.len_utf8());
        start..end
    };
    let mut add = |part: &[(usize, char)], text: String, is_run: bool, left: usize| {
        if !text.is_empty() {
            let at = range(part);
            found.push(Token {
                text,
                at,
                is_run,
                left,
            });
        }
    };
    match kind {
        Kind::Gap | Kind::Joiner => {}
        Kind::Word => {
            let text = piece.iter().flat_map(|(_, c)| folded(*c));
            add(piece, text.take(WORD_MAX).collect(), false, 1);
        }
        Kind::Run => {
            let forms: Vec<String> = piece.iter().map(|(_, c)| folded(*c).collect()).collect();
            for (place, _) in piece.iter().enumerate() {
                let end = piece.len().min(place + RUN);
                let part = piece.get(place..end).unwrap_or_default();
                let text = forms.get(place..end).unwrap_or_default().concat();
                add(part, text, true, piece.len() - place);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn words(text: &str) -> Vec<String> {
        let found = tokens(&composed(text)).into_iter();
        found.map(|token| token.text).collect()
    }

    fn finds(text: &str, part: &str, open: bool) -> Vec<String> {
        let text = composed(text);
        let term = term(part, open).unwrap();
        let places = term.find(&text, &tokens(&text));
        let found = places.into_iter();
        found.map(|at| text.get(at).unwrap().to_owned()).collect()
    }

    #[test]
    fn case_accents_and_compatible_forms_do_not_matter() {
        for (one, other) in [
            ("Müller", "MULLER"),
            ("Straße", "STRASSE"),
            ("ﬁne", "fine"),
            ("Ａｂｃ１", "abc1"),
            ("Ὀδυσσεύς", "οδυσσευσ"),
            ("İstanbul", "istanbul"),
            ("مُحَمَّد", "محمد"),
            ("שָׁלוֹם", "שלום"),
            ("ｶﾀｶﾅ", "カタカナ"),
        ] {
            assert_eq!(words(one), words(other), "{one}");
        }
        assert_eq!(words("cafe\u{301}"), words("café"));
        assert_ne!(words("が"), words("か"), "these marks make another letter");
        assert_eq!(words("हिन्दी भाषा।"), ["हिन्दी", "भाषा"]);
        assert_eq!(words("don't C++ node.js"), ["don", "t", "c", "node", "js"]);
    }

    #[test]
    fn scripts_without_spaces_are_found_at_any_place() {
        assert_eq!(words("東京都庁"), ["東京都", "京都庁", "都庁", "庁"]);
        for part in ["東", "京都", "都庁", "庁", "東京都", "京都庁", "東京都庁"] {
            assert_eq!(finds("見る東京都庁 now", part, false), [part], "{part}");
        }
        assert_eq!(finds("สวัสดีชาวโลก", "ชาว", false), ["ชาว"]);
        assert_eq!(finds("김치를 먹는다", "김치", false), ["김치"]);
        assert!(finds("東京 都庁", "京都", false).is_empty());
        assert_eq!(finds("a 東京 Tower b", "東京 tower", false), ["東京 Tower"]);
        assert_eq!(
            finds("see Tower 東京都庁", "tower 東京", false),
            ["Tower 東京"]
        );
    }

    #[test]
    fn phrases_and_beginnings_are_found() {
        assert_eq!(
            finds("The Second Choir waits", "second choir", false),
            ["Second Choir"]
        );
        assert!(finds("second, a choir", "second choir", false).is_empty());
        assert_eq!(finds("Harmonies", "harmon", true), ["Harmonies"]);
        assert!(finds("Harmonies", "harmon", false).is_empty());
        for nothing in ["", " ", "!?", "\0", "🎉", "\u{200D}"] {
            assert_eq!(term(nothing, true), None, "{nothing:?}");
        }
    }

    proptest! {
        #[test]
        fn whatever_comes_is_letters_and_digits_and_is_found_where_it_stands(text in "\\PC{0,60}") {
            let text = composed(&text);
            for token in tokens(&text) {
                prop_assert!(token.text.chars().all(|c| c.is_alphanumeric() || is_mark(c) || Kind::of(c) == Kind::Run));
                prop_assert!(text.get(token.at).is_some());
            }
            if let Some(term) = term(&text, false) {
                prop_assert!(!term.find(&text, &tokens(&text)).is_empty());
            }
        }
    }
}
