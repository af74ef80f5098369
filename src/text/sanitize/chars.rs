//! Characters nobody sees: those that turn, hide or split the text around them are taken out.

/// Takes out control characters, bidirectional overrides and isolates, and invisible characters. Joiners
/// stay where scripts and emoji need them: between two characters outside ASCII.
pub(super) fn visible(text: &str) -> String {
    let mut kept = String::with_capacity(text.len());
    let mut last = None;
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        let keep = match c {
            '\u{200C}' | '\u{200D}' => joins(last) && joins(chars.peek().copied()),
            // The tag characters of a regional flag (UTS 51, section 3.1).
            '\u{E0020}'..='\u{E007F}' => {
                matches!(last, Some('\u{1F3F4}' | '\u{E0020}'..='\u{E007E}'))
            }
            _ => !is_trick(c),
        };
        if keep {
            kept.push(c);
            last = Some(c);
        }
    }
    kept
}

fn joins(c: Option<char>) -> bool {
    c.is_some_and(|c| {
        !c.is_ascii() && !c.is_whitespace() && !is_trick(c) && !matches!(c, '\u{200C}' | '\u{200D}')
    })
}

fn is_trick(c: char) -> bool {
    match c {
        '\t' | '\n' | '\u{E0100}'..='\u{E01EF}' => false,
        // Soft hyphen, grapheme joiner, Hangul fillers, Khmer and Mongolian separators.
        '\u{AD}' | '\u{34F}' | '\u{115F}' | '\u{1160}' | '\u{3164}' | '\u{FFA0}' | '\u{17B4}'
        | '\u{17B5}' | '\u{180E}'
        // Zero width; line separators; bidirectional embeddings, overrides and isolates. Marks may stay.
        | '\u{200B}' | '\u{FEFF}' | '\u{2028}'..='\u{202E}' | '\u{2060}'..='\u{206F}'
        // Annotations and tags.
        | '\u{FFF9}'..='\u{FFFB}' | '\u{E0000}'..='\u{E0FFF}' => true,
        _ => c.is_control(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tricks_are_taken_out() {
        assert_eq!(
            visible("a\u{202E}b\u{2066}c\u{200B}d\u{FEFF}e\u{3164}\0\r\u{9B}f\u{E0041}"),
            "abcdef"
        );
        assert_eq!(visible("pay\u{200C}pal \u{200D}x\u{200D}"), "paypal x");
    }

    #[test]
    fn scripts_and_emoji_keep_their_joiners() {
        for text in [
            "می\u{200C}خواهم",
            "क्\u{200D}ष",
            "👨\u{200D}👩\u{200D}👧",
            "❤\u{FE0F}\u{200D}🔥",
            "🏴󠁧󠁢󠁥󠁮󠁧󠁿",
            "שלום\u{200F}",
        ] {
            assert_eq!(visible(text), text);
        }
    }
}
