//! The parameters that pages know, each at the addresses that look at it. Whatever else stands in a query is nobody's
//! business: it changes no page, and no answer is kept twice because of it.

use http::Uri;

/// What a value must look like to count.
#[derive(Clone, Copy)]
enum Kind {
    /// A row's id in decimal.
    Id,
    /// One of these words.
    Word(&'static [&'static str]),
}

/// Every parameter that changes an answer that is kept, in the order in which it is kept.
const KNOWN: &[(&str, Kind)] = &[
    ("before", Kind::Id),
    ("after", Kind::Id),
    ("order", Kind::Word(&["newest", "discussed"])),
];

/// First parts of paths below which nothing looks at any of them.
const FIXED: [&str; 14] = [
    ".well-known",
    "about",
    "ap",
    "apple-touch-icon.png",
    "favicon.ico",
    "icons",
    "manifest.webmanifest",
    "media",
    "nodeinfo",
    "opensearch.xml",
    "robots.txt",
    "sitemap-pages.xml",
    "sitemap.xml",
    "static",
];

/// Which of them are looked at under a path. One of which nothing is known may be a post's.
fn known_at(path: &str) -> impl Iterator<Item = &'static (&'static str, Kind)> {
    let mut parts = path.split('/').skip(1);
    let (first, third) = (parts.next().unwrap_or_default(), parts.nth(1));
    let last = path.rsplit('/').next().unwrap_or_default();
    let names: &[&str] = match first {
        fixed if FIXED.contains(&fixed) => &[],
        "sitemap-posts.xml" | "series" => &["after"],
        _ if last.starts_with("feed.") || last.starts_with("comments.") => &["before"],
        "" | "tags" | "categories" | "archive" => &["before"],
        writer if writer.starts_with('@') => &["before"],
        "posts" if third == Some("comments") => &["after"],
        _ => &["before", "after", "order"],
    };
    KNOWN.iter().filter(|(name, _)| names.contains(name))
}

/// The value of a parameter that is known at this address: the first of that name, if it makes sense.
pub(super) fn value(uri: &Uri, name: &str) -> Option<String> {
    let (_, kind) = known_at(uri.path()).find(|(known, _)| *known == name)?;
    read(uri.query()?, name, *kind)
}

fn read(query: &str, name: &str, kind: Kind) -> Option<String> {
    url::form_urlencoded::parse(query.as_bytes())
        .find(|(key, _)| key == name)
        .and_then(|(_, value)| kind.read(&value))
}

/// The id that a known parameter names.
pub(super) fn id<T>(uri: &Uri, name: &str) -> Option<crate::types::Id<T>> {
    value(uri, name)?.parse().ok()
}

/// The part of a query that counts at a path, in one spelling: `before=12&order=newest`. Empty when nothing does.
pub fn canonical(path: &str, query: &str) -> String {
    if query.is_empty() {
        return String::new();
    }
    let pair = |(name, kind): &(&str, Kind)| Some(format!("{name}={}", read(query, name, *kind)?));
    let pairs: Vec<String> = known_at(path).filter_map(pair).collect();
    pairs.join("&")
}

impl Kind {
    fn read(self, value: &str) -> Option<String> {
        match self {
            Self::Id => value
                .parse::<i64>()
                .ok()
                .filter(|id| *id > 0)
                .map(|id| id.to_string()),
            Self::Word(words) => words.contains(&value).then(|| value.to_owned()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const POST: &str = "/posts/psalm";

    #[test]
    fn what_an_address_does_not_look_at_is_junk_there() {
        let all = "after=2&before=1&order=newest";
        for (path, counts) in [
            (POST, "before=1&after=2&order=newest"),
            ("/2026/11/psalm", "before=1&after=2&order=newest"),
            ("/posts/psalm/comments/1.2", "after=2"),
            ("/posts/psalm/comments.atom", "before=1"),
            ("/feed.json", "before=1"),
            ("/", "before=1"),
            ("/@alice", "before=1"),
            ("/@alice/followers", "before=1"),
            ("/archive/2026/11", "before=1"),
            ("/series/walks", "after=2"),
            ("/sitemap-posts.xml", "after=2"),
            ("/about", ""),
            ("/static/a.css", ""),
            ("/ap/posts/1", ""),
        ] {
            assert_eq!(canonical(path, all), counts, "{path}");
        }
    }

    #[test]
    fn junk_in_the_query_is_not_looked_at() {
        assert_eq!(canonical(POST, "before=12&before=x"), "before=12");
        assert_eq!(canonical(POST, "utm_source=x&before=0012"), "before=12");
        assert_eq!(
            canonical(POST, "order=newest&x=y&before=3"),
            "before=3&order=newest"
        );
        for junk in [
            "",
            "before",
            "before=",
            "before=1e9",
            "before=-4",
            "before=x&before=1",
            "before=%FF",
            "order=x",
            "%00=&&==",
            "before=99999999999999999999",
        ] {
            assert_eq!(canonical(POST, junk), "", "{junk}");
        }
    }
}
