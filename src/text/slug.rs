//! Slugs: the readable part of a post's address. It does not know which slugs are taken or reserved.

/// The longest slug, in bytes.
pub const MAX: usize = 80;

/// Makes an ASCII slug of a title: lower case, words joined by `-`, at most [`MAX`] bytes, cut at the end
/// of a word. Other scripts are transliterated; a title without letters becomes `post`.
pub fn slug(title: &str) -> String {
    // Transliteration may lengthen: only as much is read as could ever be kept.
    let whole = ::slug::slugify(super::cut(title, 16 * MAX));
    let short = match whole.get(..=MAX) {
        None => whole.as_str(),
        Some(start) => start
            .rfind('-')
            .and_then(|end| start.get(..end))
            .unwrap_or(super::cut(start, MAX)),
    };
    if short.is_empty() {
        "post".to_owned()
    } else {
        short.to_owned()
    }
}

/// True for what [`slug()`] could have made: 1 to 80 of `a-z 0-9 -`, no `-` at an end or next to another.
pub fn is_valid(slug: &str) -> bool {
    slug.len() <= MAX
        && slug.split('-').all(|word| {
            !word.is_empty()
                && word
                    .bytes()
                    .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit())
        })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn words_are_joined_by_dashes() {
        assert_eq!(slug("Hello, World! It's 2024"), "hello-world-it-s-2024");
        assert_eq!(slug("  __a  --  b__ "), "a-b");
    }

    #[test]
    fn other_scripts_are_transliterated() {
        assert_eq!(slug("Καλημέρα κόσμε"), "kalemera-kosme");
        assert!(slug("안녕하세요 세계").starts_with("annyeong"));
    }

    #[test]
    fn title_without_letters_becomes_post() {
        assert_eq!(slug(""), "post");
        assert_eq!(slug("… !!! \u{202E}"), "post");
    }

    #[test]
    fn long_title_ends_at_a_word() {
        let long = slug(&"word ".repeat(40));
        assert!(long.len() <= MAX && long.ends_with("word"), "{long}");
        assert_eq!(slug(&"x".repeat(500)).len(), MAX);
    }

    #[test]
    fn malformed_slugs_are_refused() {
        for bad in ["", "-a", "a-", "a--b", "A", "a b", "../etc", "ä", "a/b"] {
            assert!(!is_valid(bad), "{bad}");
        }
        assert!(is_valid("a-1-b"));
    }

    proptest! {
        #[test]
        fn every_title_gives_a_valid_slug(title in "\\PC{0,300}") {
            prop_assert!(is_valid(&slug(&title)));
        }
    }
}
