//! Mentions: `@user@host` as people write it and as WebFinger names it. It resolves nothing.

use std::collections::HashSet;
use std::fmt;
use std::ops::Range;

use crate::types::Host;

/// The most mentions read from one text.
const MAX_FOUND: usize = 50;

/// The longest user name, in bytes. Bridges use whole host names here.
const MAX_USER: usize = 128;

/// The longest host name (RFC 1035), in bytes.
const MAX_HOST: usize = 253;

/// Someone's name across servers (RFC 7565).
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Handle {
    /// The name on its server, as written.
    pub user: String,
    /// The server, in normal form.
    pub host: Host,
}

impl Handle {
    /// Reads `acct:user@host`, `@user@host` or `user@host`; None for anything else.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let text = text.strip_prefix("acct:").unwrap_or(text);
        let (user, host) = text.strip_prefix('@').unwrap_or(text).split_once('@')?;
        // Six bytes for a port.
        if host.len() > MAX_HOST + 6 || !is_user(user) {
            return None;
        }
        Some(Self {
            user: user.to_owned(),
            host: Host::parse(host)?,
        })
    }

    /// `user@host` in lower case: equal for equal people.
    pub fn key(&self) -> String {
        format!("{}@{}", self.user.to_ascii_lowercase(), self.host)
    }
}

impl fmt::Display for Handle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "@{}@{}", self.user, self.host)
    }
}

/// The people mentioned in a text, each once, in order; at most 50. It knows no Markdown: what stands in
/// code counts too.
pub fn find(source: &str) -> Vec<Handle> {
    let mut seen = HashSet::new();
    let mut found: Vec<_> = spans(source)
        .into_iter()
        .map(|(_, handle)| handle)
        .collect();
    found.retain(|handle| seen.insert(handle.key()));
    found.truncate(MAX_FOUND);
    found
}

/// Every mention with the bytes it takes in the text.
pub(super) fn spans(text: &str) -> Vec<(Range<usize>, Handle)> {
    let mut found: Vec<(Range<usize>, Handle)> = Vec::new();
    for (at, _) in text.match_indices('@') {
        let glued = super::char_before(text, at)
            .is_some_and(|c| c.is_alphanumeric() || matches!(c, '_' | '/' | '=' | '@'));
        let inside = found.last().is_some_and(|(span, _)| at < span.end);
        if glued || inside {
            continue;
        }
        if let Some((length, handle)) = text.get(at..).and_then(read) {
            found.push((at..at + length, handle));
        }
    }
    found
}

/// Reads a mention at the start of a text, and its length in bytes.
fn read(text: &str) -> Option<(usize, Handle)> {
    let rest = text.strip_prefix('@')?;
    let user = super::cut(rest, MAX_USER + 1).split_once('@')?.0;
    let rest = rest.get(user.len() + 1..)?;
    let name = host_name(rest);
    let port = port(rest.get(name.len()..)?);
    if !name.contains('.') && port.is_empty() && name != "localhost" {
        return None;
    }
    let length = user.len() + name.len() + port.len() + 2;
    Some((length, Handle::parse(text.get(..length)?)?))
}

fn is_user(user: &str) -> bool {
    let plain = |c: char| c.is_ascii_alphanumeric() || c == '_';
    user.len() <= MAX_USER
        && user.chars().all(|c| plain(c) || matches!(c, '.' | '-'))
        && user.starts_with(plain)
        && user.ends_with(plain)
}

/// The host name a text starts with. Korean particles stick to the word before them, so a last label that
/// starts in ASCII ends with its ASCII part; other labels may be of any script.
fn host_name(text: &str) -> &str {
    let text = super::cut(text, MAX_HOST);
    let end = text
        .find(|c: char| !c.is_alphanumeric() && !matches!(c, '.' | '-'))
        .unwrap_or(text.len());
    let run = text.get(..end).unwrap_or_default();
    let run = run
        .split("..")
        .next()
        .unwrap_or_default()
        .trim_end_matches(['.', '-']);
    let last = run.rsplit('.').next().unwrap_or_default();
    match last.find(|c: char| !c.is_ascii()) {
        Some(ascii) if ascii > 0 => run
            .get(..run.len() - last.len() + ascii)
            .unwrap_or_default(),
        _ => run,
    }
}

/// The `:port` a text starts with, or nothing.
fn port(text: &str) -> &str {
    let digits = text.strip_prefix(':').unwrap_or_default();
    let length = digits
        .find(|c: char| !c.is_ascii_digit())
        .unwrap_or(digits.len());
    if (2..=5).contains(&length) {
        text.get(..=length).unwrap_or_default()
    } else {
        ""
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> Vec<String> {
        find(text).iter().map(Handle::to_string).collect()
    }

    #[test]
    fn all_spellings_name_the_same_person() {
        for text in [
            "acct:Bob@M.example",
            "@Bob@m.example",
            "Bob@m.example",
            " @Bob@m.example. ",
        ] {
            let handle = Handle::parse(text).unwrap();
            assert_eq!(handle.to_string(), "@Bob@m.example");
            assert_eq!(handle.key(), "bob@m.example");
        }
    }

    #[test]
    fn malformed_handles_are_refused() {
        let long = format!("{}@m.example", "a".repeat(200));
        for bad in [
            "",
            "@",
            "bob",
            "@bob",
            "@@m.example",
            "bob@",
            "b b@m.example",
            "bob@m/x",
            "bob@a@b",
            "<b>@x.y",
            &long,
        ] {
            assert_eq!(Handle::parse(bad), None, "{bad}");
        }
    }

    #[test]
    fn mentions_are_found_in_running_text() {
        assert_eq!(
            found("Hi @bob@m.example, (@eve@x.example.) @BOB@m.example!"),
            ["@bob@m.example", "@eve@x.example"]
        );
        assert_eq!(
            found("@a.b@localhost:8081 @c@bücher.example"),
            ["@a.b@localhost:8081", "@c@xn--bcher-kva.example"]
        );
        assert_eq!(
            found("@bob@m.example님 안녕 @kim@예시.한국"),
            ["@bob@m.example", "@kim@xn--vv4b11d.xn--3e0b707e"]
        );
    }

    #[test]
    fn mail_and_profile_addresses_are_no_mentions() {
        assert!(found("bob@m.example https://m.example/@bob@x.example @bob @bob@word").is_empty());
    }

    #[test]
    fn hostile_text_is_read_quickly_and_gives_few() {
        assert!(find(&"@".repeat(200_000)).is_empty());
        assert!(find(&"@a".repeat(200_000)).len() <= MAX_FOUND);
        let many = (0..500)
            .map(|i| i.to_string())
            .collect::<Vec<_>>()
            .join("@m.example @u");
        assert_eq!(find(&many).len(), MAX_FOUND);
    }
}
