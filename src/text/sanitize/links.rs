//! Links of strangers: an address cut into pieces is put together again, and a text that names another server than the
//! link leads to gives way to where it really leads. Works on clean HTML.

use std::borrow::Cow;

use url::Url;

use super::plain::plain;

/// Characters of an address that are shown; the rest is `…`.
const SHOWN: usize = 60;

/// Rewrites the links of clean HTML whose text does not tell where they lead.
pub(super) fn honest(html: &str) -> String {
    let mut out = String::with_capacity(html.len());
    let mut rest = html;
    while let Some((before, link)) = rest.find("<a ").and_then(|at| rest.split_at_checked(at)) {
        out.push_str(before);
        let open = crate::text::emoji::tag_length(link);
        let (tag, inside) = link.split_at_checked(open).unwrap_or((link, ""));
        let end = inside.find("</a>").unwrap_or(inside.len());
        let (inner, behind) = inside.split_at_checked(end).unwrap_or((inside, ""));
        out.push_str(tag);
        match instead(tag, inner) {
            Some(text) => push_escaped(&mut out, &text),
            None => out.push_str(inner),
        }
        rest = behind;
    }
    out.push_str(rest);
    out
}

/// What to show instead of a link's text; None when it may stay.
fn instead(tag: &str, inner: &str) -> Option<String> {
    let (_, href) = tag.split_once("href=\"")?;
    let url = Url::parse(&decoded(href.split('"').next()?)).ok()?;
    let cut = inner.contains("class=\"invisible\"") || inner.contains("class=\"ellipsis\"");
    (cut || lies(&decoded(inner), &url)).then(|| shown(&url))
}

/// The text that markup shows. Most links are plain text already, and reading them as HTML costs more than all else here.
fn decoded(html: &str) -> Cow<'_, str> {
    if html.contains(['&', '<']) {
        Cow::Owned(plain(html))
    } else {
        Cow::Borrowed(html)
    }
}

/// True when a text names an address on another server than the link's: a whole address anywhere in it, or a bare
/// domain when it is all there is.
fn lies(text: &str, target: &Url) -> bool {
    let mut words = text.split(|c: char| c.is_whitespace() || "()[]<>\"'«»“”„,;|".contains(c));
    let alone = !text.trim().contains(char::is_whitespace);
    words.any(|word| {
        let lower = word.to_lowercase();
        let whole = ["http:", "https:", "www.", "//"]
            .iter()
            .any(|start| lower.starts_with(start));
        (whole || (alone && is_domain(&lower))) && !leads_to(&lower, target)
    })
}

/// True for `bank.example` and `bank.example/login`: labels with dots and a last one of letters.
fn is_domain(word: &str) -> bool {
    let host = word.split(['/', '?', '#', ':']).next().unwrap_or_default();
    let host = host.rsplit('@').next().unwrap_or_default();
    let labels: Vec<&str> = host
        .trim_end_matches(['.', '…'])
        .split(['.', '。'])
        .collect();
    let plain =
        |label: &&str| !label.is_empty() && label.chars().all(|c| c.is_alphanumeric() || c == '-');
    // `@bob@m.example` is somebody's name, not an address.
    !word.starts_with(['@', '#'])
        && labels.len() > 1
        && labels.iter().all(plain)
        && labels
            .last()
            .is_some_and(|last| last.chars().all(char::is_alphabetic) && last.chars().count() > 1)
}

/// True when a word, read as an address, is on the link's own server and hides no other name before it.
fn leads_to(word: &str, target: &Url) -> bool {
    let word = word.trim_end_matches(['…', '.', '!', '?', ':']);
    let text = match word.strip_prefix("//") {
        Some(rest) => format!("https://{rest}"),
        None if word.starts_with("http:") || word.starts_with("https:") => word.to_owned(),
        None => format!("https://{word}"),
    };
    let bare = |host: &str| host.trim_start_matches("www.").to_owned();
    Url::parse(&text).is_ok_and(|url| {
        url.username().is_empty()
            && target.username().is_empty()
            && url.host_str().map(bare) == target.host_str().map(bare)
    })
}

/// Where a link leads: host and beginning of the path. User names are left out, for they can look like a host.
fn shown(url: &Url) -> String {
    let Some(host) = url.host_str() else {
        return short(url.as_str());
    };
    let query = url
        .query()
        .map_or_else(String::new, |query| format!("?{query}"));
    let path = format!("{}{query}", url.path());
    let port = url
        .port()
        .map_or_else(String::new, |port| format!(":{port}"));
    let path = if path == "/" { "" } else { &path };
    short(&format!("{}{port}{path}", host.trim_start_matches("www.")))
}

fn short(text: &str) -> String {
    if text.chars().count() <= SHOWN {
        return text.to_owned();
    }
    let start: String = text.chars().take(SHOWN).collect();
    format!("{start}…")
}

fn push_escaped(out: &mut String, text: &str) {
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            _ => out.push(c),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::{plain, remote};

    /// What a reader sees of a link.
    fn seen(inner: &str) -> String {
        let html = remote(&format!(
            "<p><a href=\"https://evil.example/a\">{inner}</a></p>"
        ));
        assert!(html.as_str().contains("href=\"https://evil.example/a\""));
        assert_eq!(
            remote(html.as_str()).as_str(),
            html.as_str(),
            "twice is once"
        );
        plain(html.as_str())
    }

    #[test]
    fn an_address_in_pieces_is_put_together() {
        let link = |inner: &str| {
            let html = remote(&format!(
                "<a href=\"https://long.example/a/path/that/goes/on/and/on/for/ever?q=1&amp;r=2\">{inner}</a>"
            ));
            assert!(!html.as_str().contains("span"), "{html:?}");
            plain(html.as_str())
        };
        let mastodon = "<span class=\"invisible\">https://</span><span class=\"ellipsis\">long.example/a/path</span><span class=\"invisible\">/that</span>";
        assert_eq!(
            link(mastodon),
            "long.example/a/path/that/goes/on/and/on/for/ever?q=1&r=2"
        );
    }

    #[test]
    fn hidden_pieces_cannot_make_another_address() {
        for lie in [
            "<span class=\"invisible\">https://evil.example/</span>bank.example",
            "<span class=\"invisible\">x</span>Your bank",
            "bank.example",
            "BANK.example/login",
            "https://bank.example/",
            "<b>https://ba</b>nk.example/",
            "see https://bank.example/ now",
            "www.bank.example",
            "//bank.example",
            "https://evil.example@bank.example/",
            "https://bank.example@evil.example/",
            "http:/bank.example",
            "ba\u{200b}nk.exam\u{ad}ple",
        ] {
            assert_eq!(seen(lie), "evil.example/a", "{lie}");
        }
    }

    #[test]
    fn honest_texts_stay() {
        for text in [
            "my page",
            "https://evil.example/a",
            "evil.example",
            "www.evil.example/a…",
            "@bob@m.example",
            "#tag",
            "Version 1.2",
            "at 10.30",
            "Why node.js is slow",
        ] {
            assert_eq!(seen(text), text);
        }
    }
}
