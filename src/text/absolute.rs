//! Addresses in clean HTML made whole, for readers that do not know which page it stood on: feeds.

use url::Url;

use super::emoji::tag_length;
use crate::types::Html;

/// The attributes that hold an address.
const ADDRESSES: [&str; 4] = ["href", "src", "cite", "poster"];

/// Makes every address in clean HTML absolute, as it leads from `page`. What cannot be made whole stays as it is.
pub fn absolute(html: &Html, page: &str) -> String {
    let mut rest = html.as_str();
    let Ok(page) = Url::parse(page) else {
        return rest.to_owned();
    };
    let mut out = String::with_capacity(rest.len());
    while let Some(at) = rest.find('<') {
        out.push_str(rest.get(..at).unwrap_or_default());
        rest = rest.get(at..).unwrap_or_default();
        let length = tag_length(rest).max(1);
        push_tag(&mut out, rest.get(..length).unwrap_or_default(), &page);
        rest = rest.get(length..).unwrap_or_default();
    }
    out.push_str(rest);
    out
}

/// Writes a tag with its addresses whole.
fn push_tag(out: &mut String, tag: &str, page: &Url) {
    let mut rest = tag;
    while let Some((before, value, after)) = next_value(rest) {
        let name = before.trim_end_matches("=\"").rsplit([' ', '<']).next();
        out.push_str(before);
        match name {
            Some(name) if ADDRESSES.contains(&name) => out.push_str(&whole(value, page)),
            Some("srcset") => out.push_str(&whole_set(value, page)),
            _ => out.push_str(value),
        }
        rest = after;
    }
    out.push_str(rest);
}

/// What stands up to the next value of an attribute, the value, and what follows it, from the quote on.
fn next_value(tag: &str) -> Option<(&str, &str, &str)> {
    let start = tag.find("=\"")? + 2;
    let value = tag.get(start..)?;
    let end = value.find('"')?;
    Some((tag.get(..start)?, value.get(..end)?, value.get(end..)?))
}

fn whole(value: &str, page: &Url) -> String {
    let plain = value
        .replace("&quot;", "\"")
        .replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&amp;", "&");
    if Url::parse(&plain).is_ok() {
        return value.to_owned();
    }
    match page.join(&plain) {
        Ok(url) => url.as_str().replace('&', "&amp;").replace('"', "&quot;"),
        Err(_) => value.to_owned(),
    }
}

fn whole_set(value: &str, page: &Url) -> String {
    let one = |candidate: &str| {
        let candidate = candidate.trim();
        match candidate.split_once(' ') {
            Some((address, size)) => format!("{} {size}", whole(address, page)),
            None => whole(candidate, page),
        }
    };
    let all: Vec<String> = value.split(',').map(one).collect();
    all.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::sanitize;
    use proptest::prelude::*;

    const PAGE: &str = "https://blog.example/posts/a";

    fn whole(html: &str) -> String {
        absolute(&Html::trusted(html), PAGE)
    }

    #[test]
    fn addresses_are_whole_and_all_else_is_untouched() {
        for (given, expected) in [
            (
                "<a href=\"/b?x=1&amp;y=2\">/c</a>",
                "<a href=\"https://blog.example/b?x=1&amp;y=2\">/c</a>",
            ),
            (
                "<a href=\"#fn-1\" id=\"x\">1</a>",
                "<a href=\"https://blog.example/posts/a#fn-1\" id=\"x\">1</a>",
            ),
            (
                "<img src=\"c.png\" alt=\"href=/x\">",
                "<img src=\"https://blog.example/posts/c.png\" alt=\"href=/x\">",
            ),
            (
                "<source srcset=\"/a.webp 640w, /b.webp 2x\">",
                "<source srcset=\"https://blog.example/a.webp 640w, https://blog.example/b.webp 2x\">",
            ),
            (
                "<a href=\"https://far.example\">x</a>",
                "<a href=\"https://far.example\">x</a>",
            ),
            (
                "<a href=\"mailto:a@b.example\">x</a> 1 < 2",
                "<a href=\"mailto:a@b.example\">x</a> 1 < 2",
            ),
            ("<p title=\"/x\">/x", "<p title=\"/x\">/x"),
        ] {
            assert_eq!(whole(given), expected);
        }
    }

    proptest! {
        #[test]
        fn clean_html_stays_clean(text in ".{0,200}") {
            let clean = sanitize::remote(&text);
            let whole = absolute(&clean, PAGE);
            prop_assert_eq!(sanitize::remote(&whole), sanitize::remote(clean.as_str()));
        }
    }
}
