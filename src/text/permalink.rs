//! Permalinks: the pattern that a post's address follows, with the tags that WordPress knows. It does not know which
//! addresses are taken; it knows the first words of the program's own.

use crate::types::Timestamp;

/// The pattern of a site that says nothing.
pub const DEFAULT: &str = "/posts/%postname%";

/// The longest pattern, in bytes.
const MAX: usize = 200;

/// First words of addresses that are the program's own, now or likely one day, without what follows a dot.
const RESERVED: &[&str] = &[
    "about",
    "account",
    "accounts",
    "admin",
    "ads",
    "ap",
    "api",
    "apple-touch-icon",
    "archive",
    "auth",
    "author",
    "authorize_interaction",
    "cards",
    "categories",
    "comments",
    "events",
    "favicon",
    "feed",
    "feeds",
    "followers",
    "healthz",
    "humans",
    "icons",
    "inbox",
    "interact",
    "live",
    "login",
    "logout",
    "look",
    "manifest",
    "media",
    "metrics",
    "nodeinfo",
    "oauth",
    "oembed",
    "opensearch",
    "outbox",
    "page",
    "pages",
    "posts",
    "preferences",
    "queue",
    "readyz",
    "replies",
    "robots",
    "search",
    "series",
    "settings",
    "share",
    "sitemap",
    "sitemap-pages",
    "sitemap-posts",
    "sitemaps",
    "static",
    "subscribe",
    "tag",
    "tags",
    "unsubscribe",
    "users",
    "webmention",
    "xmlrpc",
];

/// True for the first part of an address that the program keeps for itself. What begins with `.` or `@` is, too.
pub fn is_reserved(segment: &str) -> bool {
    let stem = segment.split('.').next().unwrap_or_default();
    stem.is_empty() || segment.starts_with('@') || RESERVED.contains(&stem)
}

/// How the addresses of posts are made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pattern {
    text: String,
    pieces: Vec<Piece>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Piece {
    Text(String),
    Tag(Tag),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Tag {
    Year,
    Month,
    Day,
    Hour,
    Minute,
    Second,
    Id,
    Name,
    Category,
    Author,
}

const TAGS: &[(&str, Tag)] = &[
    ("year", Tag::Year),
    ("monthnum", Tag::Month),
    ("day", Tag::Day),
    ("hour", Tag::Hour),
    ("minute", Tag::Minute),
    ("second", Tag::Second),
    ("post_id", Tag::Id),
    ("postname", Tag::Name),
    ("category", Tag::Category),
    ("author", Tag::Author),
];

/// What an address is made of. Each text is one part of an address as it stands: no `/`, nothing to be escaped.
#[derive(Clone, Copy, Debug)]
pub struct Parts<'a> {
    /// When the post appeared; its day is taken in UTC.
    pub at: Timestamp,
    /// Its row.
    pub id: i64,
    /// Its slug.
    pub name: &'a str,
    /// The slug of its first category.
    pub category: &'a str,
    /// The name of its writer's account.
    pub author: &'a str,
}

impl Pattern {
    /// Reads a pattern. Fails with a sentence that says what cannot work.
    pub fn parse(text: &str) -> Result<Self, String> {
        let pieces = pieces(text)?;
        let pattern = Self {
            text: text.to_owned(),
            pieces,
        };
        pattern.check()?;
        Ok(pattern)
    }

    /// The pattern as it was written.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The address of a post, from the slash on.
    pub fn path(&self, parts: &Parts<'_>) -> String {
        let at = parts.at.to_chrono();
        let part = |piece: &Piece| match piece {
            Piece::Text(text) => text.clone(),
            Piece::Tag(tag) => match tag {
                Tag::Year => at.format("%Y").to_string(),
                Tag::Month => at.format("%m").to_string(),
                Tag::Day => at.format("%d").to_string(),
                Tag::Hour => at.format("%H").to_string(),
                Tag::Minute => at.format("%M").to_string(),
                Tag::Second => at.format("%S").to_string(),
                Tag::Id => parts.id.to_string(),
                Tag::Name => parts.name.to_owned(),
                Tag::Category => parts.category.to_owned(),
                Tag::Author => parts.author.to_owned(),
            },
        };
        self.pieces.iter().map(part).collect()
    }

    fn check(&self) -> Result<(), String> {
        let wrong = |why: &str| {
            Err(format!(
                "site.permalinks: \"{}\" {why}; write for example \"/%year%/%monthnum%/%postname%/\"",
                self.text
            ))
        };
        let Some(inner) = self.text.strip_prefix('/') else {
            return wrong("does not begin with a slash");
        };
        let inner = inner.strip_suffix('/').unwrap_or(inner);
        let parts: Vec<&str> = inner.split('/').collect();
        if parts
            .iter()
            .any(|part| part.is_empty() || part.chars().all(|c| c == '.'))
        {
            return wrong("has a part with nothing in it");
        }
        if !parts.iter().any(|part| names_a_post(part)) {
            return wrong(
                "does not tell posts apart: put %postname% or %post_id% into it, in a part without %category%, %author% or another of the two",
            );
        }
        let first = parts.first().copied().unwrap_or_default();
        match (first, parts.get(1..).unwrap_or_default()) {
            ("posts", ["%postname%"]) => Ok(()),
            ("posts", _) => wrong(
                "stands under /posts/, where each post's feeds and comments are; only /posts/%postname% may",
            ),
            (first, _) if is_reserved(first) => {
                wrong("begins as addresses of the program itself do")
            }
            _ => Ok(()),
        }
    }
}

/// True when no two posts can have the same text in this part of the pattern: it holds one name that is theirs alone, and
/// else only fixed texts and numbers of fixed length.
fn names_a_post(part: &str) -> bool {
    let count = |tag: &str| part.matches(tag).count();
    count("%postname%") + count("%post_id%") == 1 && count("%category%") + count("%author%") == 0
}

fn pieces(text: &str) -> Result<Vec<Piece>, String> {
    if text.len() > MAX {
        return Err(format!("site.permalinks has more than {MAX} bytes"));
    }
    if text.matches('%').count() % 2 == 1 {
        return Err("site.permalinks: a % is left over; tags are written as %postname%".to_owned());
    }
    let mut pieces = Vec::new();
    for (at, part) in text.split('%').enumerate() {
        if at % 2 == 1 {
            let known = TAGS.iter().find(|(name, _)| *name == part);
            let (_, tag) = known.ok_or_else(|| {
                let names: Vec<String> = TAGS.iter().map(|(name, _)| format!("%{name}%")).collect();
                format!(
                    "site.permalinks: \"%{part}%\" is no tag; there are {}",
                    names.join(" ")
                )
            })?;
            pieces.push(Piece::Tag(*tag));
        } else if let Some(bad) = part.chars().find(|c| !is_plain(*c)) {
            return Err(format!(
                "site.permalinks: \"{bad}\" cannot stand in it; between the tags there are only a-z, 0-9 and / - _ ."
            ));
        } else if !part.is_empty() {
            pieces.push(Piece::Text(part.to_owned()));
        }
    }
    Ok(pieces)
}

const fn is_plain(c: char) -> bool {
    c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '/' | '-' | '_' | '.')
}

impl<'de> serde::Deserialize<'de> for Pattern {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text).map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn path(pattern: &str) -> String {
        let parts = Parts {
            at: Timestamp::parse("2026-03-04T05:06:07Z").unwrap(),
            id: 42,
            name: "psalm",
            category: "choir",
            author: "alice",
        };
        Pattern::parse(pattern).unwrap().path(&parts)
    }

    #[test]
    fn every_tag_of_wordpress_is_known() {
        assert_eq!(path(DEFAULT), "/posts/psalm");
        assert_eq!(path("/%year%/%monthnum%/%postname%/"), "/2026/03/psalm/");
        assert_eq!(path("/archives/%post_id%"), "/archives/42");
        assert_eq!(path("/%postname%.html"), "/psalm.html");
        assert_eq!(
            path("/%category%/%author%/%day%-%hour%-%minute%-%second%/%year%%postname%"),
            "/choir/alice/04-05-06-07/2026psalm"
        );
    }

    #[test]
    fn what_cannot_work_is_refused_with_the_reason() {
        let long = "/a".repeat(150);
        for (pattern, why) in [
            ("", "begin with a slash"),
            ("%postname%", "begin with a slash"),
            ("/", "nothing in it"),
            ("//%postname%", "nothing in it"),
            ("/a//%postname%", "nothing in it"),
            ("/../%postname%", "nothing in it"),
            ("/%year%/%monthnum%/", "tell posts apart"),
            ("/%author%-%postname%", "tell posts apart"),
            ("/%postname%%post_id%", "tell posts apart"),
            ("/%post%", "%postname%"),
            ("/100%", "left over"),
            ("/Blog/%postname%", "\"B\""),
            ("/a?b/%postname%", "\"?\""),
            ("/a b/%postname%", "\" \""),
            ("/posts/%year%/%postname%", "/posts/"),
            ("/posts/%postname%/", ""),
            ("/api/%postname%", "program itself"),
            ("/tags/%postname%", "program itself"),
            ("/.well-known/%postname%", "program itself"),
            (&long, "bytes"),
        ] {
            match Pattern::parse(pattern) {
                Err(error) => assert!(
                    error.contains("site.permalinks") && error.contains(why),
                    "{pattern}: {error}"
                ),
                Ok(_) => assert!(why.is_empty(), "{pattern}"),
            }
        }
    }

    #[test]
    fn addresses_of_the_program_are_reserved() {
        for kept in [
            "about",
            "feed.atom",
            "robots.txt",
            ".well-known",
            "@alice",
            "api",
        ] {
            assert!(is_reserved(kept), "{kept}");
        }
        for free in ["imprint", "2026", "about-us", "choir"] {
            assert!(!is_reserved(free), "{free}");
        }
    }
}
