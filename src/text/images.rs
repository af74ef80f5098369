//! Pictures in our own clean HTML that stand on other servers: a page shows our copy, or a link, never the original.

use url::Url;

use crate::types::Html;

/// How wide a picture stands in a post: the measure of the text, or the screen.
const SIZES: &str = "(min-width: 44em) 42em, 100vw";

/// Our copy of a picture.
#[derive(Clone, Debug, Default)]
pub struct Ours {
    /// Its address.
    pub src: String,
    /// In pixels; 0 when not known.
    pub width: i32,
    /// In pixels; 0 when not known.
    pub height: i32,
    /// Copies in other widths: addresses and widths in pixels, each in the format that its name ends with.
    pub sizes: Vec<(String, i32)>,
}

/// Rewrites the pictures of clean HTML that are not under `site`: `copy` gives our copy by the address that stands there;
/// without one, the picture becomes a link to it. A browser chooses among a copy's sizes, and keeps its place free before
/// it is there.
pub fn at_home(html: &Html, site: &str, copy: impl Fn(&str) -> Option<Ours>) -> Html {
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
                Some(ours) => push_picture(&mut out, tag, source, &ours),
                None => push_link(&mut out, source, attribute(tag, "alt"), links > 0),
            },
            None => out.push_str(tag),
        }
    }
    out.push_str(rest);
    Html::trusted(out)
}

/// The tag with our address, within a `picture` where there are other sizes.
fn push_picture(out: &mut String, tag: &str, source: &str, ours: &Ours) {
    let set = |webp: bool| {
        let kind =
            |(address, _): &&(String, i32)| (address.rsplit('.').next() == Some("webp")) == webp;
        let sizes = ours.sizes.iter().filter(kind);
        let sizes = sizes.map(|(address, width)| format!("{} {width}w", escape(address)));
        sizes.collect::<Vec<_>>()
    };
    let (modern, mut plain) = (set(true), set(false));
    let mut more = String::new();
    if ours.width > 0 && attribute(tag, "width").is_none() && attribute(tag, "height").is_none() {
        more = format!(" width=\"{}\" height=\"{}\"", ours.width, ours.height);
    }
    if !plain.is_empty() {
        plain.push(format!("{} {}w", escape(&ours.src), ours.width));
        more = format!("{more} srcset=\"{}\" sizes=\"{SIZES}\"", plain.join(", "));
    }
    let tag = tag.replacen(source, &escape(&ours.src), 1);
    let tag = tag.strip_suffix('>').unwrap_or(&tag);
    let image = format!("{tag}{more} decoding=\"async\">");
    if modern.is_empty() {
        out.push_str(&image);
        return;
    }
    for piece in [
        "<picture><source type=\"image/webp\" srcset=\"",
        &modern.join(", "),
        "\" sizes=\"",
        SIZES,
        "\">",
        &image,
        "</picture>",
    ] {
        out.push_str(piece);
    }
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
pub(super) fn attribute<'t>(tag: &'t str, name: &str) -> Option<&'t str> {
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

pub(super) fn unescape(value: &str) -> String {
    value
        .replace("&quot;", "\"")
        .replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&amp;", "&")
}

pub(super) fn escape(value: &str) -> String {
    value.replace('&', "&amp;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::sanitize;

    fn home(html: &str) -> String {
        let copy = |source: &str| {
            let sizes = [
                ("/media/b.jpg", 480),
                ("/media/b.webp", 480),
                ("/media/a.webp", 900),
            ];
            (source == "https://far.example/a.png?x=1&y=2").then(|| Ours {
                src: "/media/a.png".to_owned(),
                width: 900,
                height: 600,
                sizes: sizes
                    .map(|(address, width)| (address.to_owned(), width))
                    .to_vec(),
            })
        };
        at_home(&sanitize::own(html), "https://blog.example", copy).into_string()
    }

    #[test]
    fn a_picture_elsewhere_is_our_copy_or_a_link() {
        let copied = home("<p><img alt=\"A\" src=\"https://far.example/a.png?x=1&amp;y=2\"></p>");
        for part in [
            "<picture><source type=\"image/webp\" srcset=\"/media/b.webp 480w, /media/a.webp 900w\" sizes=\"",
            "src=\"/media/a.png\"",
            "width=\"900\" height=\"600\" srcset=\"/media/b.jpg 480w, /media/a.png 900w\" sizes=\"",
            "loading=\"lazy\"",
            "decoding=\"async\"></picture></p>",
        ] {
            assert!(copied.contains(part), "{part} in {copied}");
        }
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
