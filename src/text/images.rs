//! Pictures in our own clean HTML that stand on other servers: a page shows our copy, or a link, never the original.

use url::Url;

use crate::types::Html;

/// Rewrites the pictures of clean HTML that are not under `site`: `copy` gives the address of our copy by the address
/// that stands there; without one, the picture becomes a link to it.
pub fn at_home(html: &Html, site: &str, copy: impl Fn(&str) -> Option<String>) -> Html {
    let mut out = String::with_capacity(html.as_str().len());
    let (mut rest, mut links) = (html.as_str(), 0_u32);
    while let Some(at) = rest.find('<') {
        out.push_str(rest.get(..at).unwrap_or_default());
        rest = rest.get(at..).unwrap_or_default();
        let length = super::emoji::tag_length(rest);
        let tag = rest.get(..length).unwrap_or_default();
        rest = rest.get(length..).unwrap_or_default();
        if tag.starts_with("<a ") || tag == "<a>" {
            links += 1;
        } else if tag == "</a>" {
            links = links.saturating_sub(1);
        }
        let source = attribute(tag, "src").filter(|_| tag.starts_with("<img "));
        match source.filter(|source| is_elsewhere(&unescape(source), site)) {
            Some(source) => match copy(&unescape(source)) {
                Some(ours) => out.push_str(&tag.replacen(source, &escape(&ours), 1)),
                None => push_link(&mut out, source, attribute(tag, "alt"), links > 0),
            },
            None => out.push_str(tag),
        }
    }
    out.push_str(rest);
    Html::trusted(out)
}

/// True for a picture that readers would load from somebody else.
pub fn is_elsewhere(source: &str, site: &str) -> bool {
    let Ok(base) = Url::parse(site) else {
        return true;
    };
    match base.join(source) {
        Ok(url) => url.origin() != base.origin(),
        Err(_) => true,
    }
}

/// Within a link there is no place for another: its words alone stand there.
fn push_link(out: &mut String, source: &str, alt: Option<&str>, inside: bool) {
    let label = alt.filter(|alt| !alt.is_empty()).unwrap_or(source);
    if inside {
        out.push_str(label);
        return;
    }
    for piece in [
        "<a href=\"",
        source,
        "\" rel=\"nofollow noopener\">[",
        label,
        "]</a>",
    ] {
        out.push_str(piece);
    }
}

/// The value of an attribute of a tag in clean HTML, as it is written.
fn attribute<'t>(tag: &'t str, name: &str) -> Option<&'t str> {
    let mut rest = tag;
    loop {
        let at = rest.find("=\"")?;
        let before = rest.get(..at)?;
        let value = rest.get(at + 2..)?;
        let end = value.find('"')?;
        if before.rsplit([' ', '<']).next() == Some(name) {
            return value.get(..end);
        }
        rest = value.get(end + 1..)?;
    }
}

fn unescape(value: &str) -> String {
    value
        .replace("&quot;", "\"")
        .replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&amp;", "&")
}

fn escape(value: &str) -> String {
    value.replace('&', "&amp;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::sanitize;

    fn home(html: &str) -> String {
        let copy = |source: &str| {
            (source == "https://far.example/a.png?x=1&y=2")
                .then(|| "https://blog.example/media/a.png".to_owned())
        };
        at_home(&sanitize::own(html), "https://blog.example", copy).into_string()
    }

    #[test]
    fn a_picture_elsewhere_is_our_copy_or_a_link() {
        let copied = home("<p><img alt=\"A\" src=\"https://far.example/a.png?x=1&amp;y=2\"></p>");
        assert!(
            copied.contains("src=\"https://blog.example/media/a.png\""),
            "{copied}"
        );
        let linked = home(
            "<p><img alt=\"B &quot;&lt;b>\" src=\"//other.example/b.png\"> <a href=\"https://x.example/\"><img alt=\"C\" src=\"https://far.example/c.png\"></a></p>",
        );
        assert!(!linked.contains("<img"), "{linked}");
        assert!(linked.contains("[B &quot;&lt;b&gt;]</a>"), "{linked}");
        assert!(linked.contains(">C</a>"), "{linked}");
    }

    #[test]
    fn pictures_of_this_site_stay() {
        for html in [
            "<img src=\"/media/a.png\" alt=\"A\" loading=\"lazy\">",
            "<img src=\"https://blog.example/media/a.png\" alt=\"\" loading=\"lazy\">",
        ] {
            assert_eq!(home(html), html);
        }
    }

    #[test]
    fn odd_spellings_of_another_server_are_seen_through() {
        for source in [
            "//far.example/x",
            "\\\\far.example/x",
            "/\\far.example/x",
            "HTTPS://far.example/x",
            "http://blog.example/x",
            "https://blog.example:444/x",
            "https://blog.example@far.example/x",
        ] {
            assert!(is_elsewhere(source, "https://blog.example"), "{source}");
        }
    }
}
