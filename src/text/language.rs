//! Language tags (BCP 47): their shape and writing direction. It holds no list of languages.

/// The longest tag that is kept, in bytes.
const MAX: usize = 35;

/// Scripts that are written from right to left (ISO 15924).
const RTL_SCRIPTS: [&str; 12] = [
    "adlm", "arab", "aran", "hebr", "mand", "mend", "nkoo", "phnx", "rohg", "samr", "syrc", "thaa",
];

/// Languages whose usual script is one of those.
const RTL_LANGUAGES: [&str; 21] = [
    "ar", "arc", "arz", "azb", "ckb", "dv", "fa", "glk", "he", "iw", "ji", "ks", "mzn", "nqo",
    "pnb", "ps", "sd", "syr", "ug", "ur", "yi",
];

/// Brings a tag into its usual spelling (`EN_us` becomes `en-US`); None when it has not the shape of a tag
/// or is longer than 35 characters (RFC 5646 section 2.1).
pub fn normalise(tag: &str) -> Option<String> {
    let tag = tag.trim();
    if tag.len() > MAX {
        return None;
    }
    let mut parts = tag.split(['-', '_']);
    let language = parts.next()?;
    if !(2..=8).contains(&language.len()) || !language.bytes().all(|b| b.is_ascii_alphabetic()) {
        return None;
    }
    let mut spelled = language.to_ascii_lowercase();
    for part in parts {
        if !(1..=8).contains(&part.len()) || !part.bytes().all(|b| b.is_ascii_alphanumeric()) {
            return None;
        }
        spelled.push('-');
        spelled.push_str(&spell(part));
    }
    Some(spelled)
}

/// A subtag in its usual case: region upper, script title, all else lower (RFC 5646 section 2.1.1).
fn spell(part: &str) -> String {
    let letters = part.bytes().all(|b| b.is_ascii_alphabetic());
    match part.len() {
        2 if letters => part.to_ascii_uppercase(),
        4 if letters => {
            let (first, rest) = part.split_at(1);
            first.to_ascii_uppercase() + &rest.to_ascii_lowercase()
        }
        _ => part.to_ascii_lowercase(),
    }
}

/// The value for `dir`: `rtl` when the tag's script, or its language's usual one, runs that way, else `ltr`.
pub fn direction(tag: &str) -> &'static str {
    let tag = tag.to_ascii_lowercase();
    let mut parts = tag.split(['-', '_']);
    let language = parts.next().unwrap_or_default();
    // A script stands second, or third after an extended language.
    let script = parts
        .take(2)
        .find(|part| part.len() == 4 && part.bytes().all(|b| b.is_ascii_alphabetic()));
    let rtl = match script {
        Some(script) => RTL_SCRIPTS.contains(&script),
        None => RTL_LANGUAGES.contains(&language),
    };
    if rtl { "rtl" } else { "ltr" }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_get_their_usual_spelling() {
        assert_eq!(normalise(" EN_us ").as_deref(), Some("en-US"));
        assert_eq!(normalise("zh-hANT-tw").as_deref(), Some("zh-Hant-TW"));
        assert_eq!(normalise("ko").as_deref(), Some("ko"));
        assert_eq!(normalise("de-1996").as_deref(), Some("de-1996"));
    }

    #[test]
    fn malformed_tags_are_refused() {
        let long = "en-".repeat(20);
        for bad in [
            "",
            "e",
            "en-",
            "-en",
            "en us",
            "en\"onload",
            "12",
            "한국",
            "abcdefghi",
            &long,
        ] {
            assert_eq!(normalise(bad), None, "{bad}");
        }
    }

    #[test]
    fn script_decides_the_direction_before_the_language() {
        assert_eq!(direction("ar-EG"), "rtl");
        assert_eq!(direction("yi"), "rtl");
        assert_eq!(direction("ks-Deva"), "ltr");
        assert_eq!(direction("az-Arab"), "rtl");
        assert_eq!(direction("el"), "ltr");
        assert_eq!(direction(""), "ltr");
    }
}
