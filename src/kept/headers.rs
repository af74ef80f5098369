//! The headers of a request that are looked at before it is known how it will be answered, wherever they lie: in a map, or
//! still in the bytes that were read.

use http::HeaderMap;

/// A header that is looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Line {
    /// `Accept`
    Accept,
    /// `Accept-Encoding`
    AcceptEncoding,
    /// `Accept-Language`
    AcceptLanguage,
    /// `Authorization`
    Authorization,
    /// `Connection`
    Connection,
    /// `Content-Length`
    ContentLength,
    /// `Cookie`
    Cookie,
    /// `Expect`
    Expect,
    /// `Host`
    Host,
    /// `If-Modified-Since`
    IfModifiedSince,
    /// `If-None-Match`
    IfNoneMatch,
    /// `Signature`
    Signature,
    /// `Signature-Input`
    SignatureInput,
    /// `Transfer-Encoding`
    TransferEncoding,
    /// `Upgrade`
    Upgrade,
}

/// All there are, with their names in lower case.
const ALL: [(Line, &str); 15] = [
    (Line::Accept, "accept"),
    (Line::AcceptEncoding, "accept-encoding"),
    (Line::AcceptLanguage, "accept-language"),
    (Line::Authorization, "authorization"),
    (Line::Connection, "connection"),
    (Line::ContentLength, "content-length"),
    (Line::Cookie, "cookie"),
    (Line::Expect, "expect"),
    (Line::Host, "host"),
    (Line::IfModifiedSince, "if-modified-since"),
    (Line::IfNoneMatch, "if-none-match"),
    (Line::Signature, "signature"),
    (Line::SignatureInput, "signature-input"),
    (Line::TransferEncoding, "transfer-encoding"),
    (Line::Upgrade, "upgrade"),
];

/// Where headers are looked up.
pub trait Headers {
    /// What the lines of a name say, in their order; without those that are not text.
    fn lines(&self, line: Line) -> impl Iterator<Item = &str>;

    /// True when there is a line of that name, whatever it says.
    fn has(&self, line: Line) -> bool;
}

impl Headers for HeaderMap {
    fn lines(&self, line: Line) -> impl Iterator<Item = &str> {
        let lines = self.get_all(name(line)).iter();
        lines.filter_map(|line| line.to_str().ok())
    }

    fn has(&self, line: Line) -> bool {
        self.contains_key(name(line))
    }
}

impl Line {
    /// Its place in [`ALL`], which is in the order of the variants.
    #[expect(clippy::as_conversions, reason = "the number of a variant")]
    const fn place(self) -> usize {
        self as usize
    }
}

fn name(line: Line) -> &'static str {
    ALL.get(line.place()).map_or("", |(_, name)| name)
}

/// The lines of a plain head: none of them twice, and all of them text.
#[derive(Debug, Default)]
pub struct Plain<'a>([Option<&'a str>; ALL.len()]);

impl<'a> Plain<'a> {
    /// Looks through what was read, once. None when it is not plain.
    pub fn of(head: &[httparse::Header<'a>]) -> Option<Self> {
        let mut plain = Self::default();
        for line in head {
            let known = ALL.iter().zip(&mut plain.0);
            let mut of_name = known.filter(|((_, name), _)| line.name.eq_ignore_ascii_case(name));
            if let Some((_, place)) = of_name.next() {
                let first = place.replace(text(line.value)?);
                if first.is_some() {
                    return None;
                }
            }
        }
        Some(plain)
    }
}

impl Headers for Plain<'_> {
    fn lines(&self, line: Line) -> impl Iterator<Item = &str> {
        self.0.get(line.place()).copied().flatten().into_iter()
    }

    fn has(&self, line: Line) -> bool {
        self.lines(line).next().is_some()
    }
}

/// A value that has only what [`http::HeaderValue::to_str`] takes for text.
fn text(value: &[u8]) -> Option<&str> {
    // All of them, without a stop at the first that is none: many bytes at once.
    let is_text = |all, byte| all & matches!(byte, b'\t' | b' '..=b'~');
    let is_text = value.iter().copied().fold(true, is_text);
    is_text.then(|| std::str::from_utf8(value).ok()).flatten()
}

#[cfg(test)]
mod tests {
    use http::{HeaderName, HeaderValue};

    use super::*;

    type Lines<'a> = &'a [(&'a str, &'a [u8])];

    fn read<'a>(lines: Lines<'a>) -> Vec<httparse::Header<'a>> {
        let line = |(name, value): &(&'a str, &'a [u8])| httparse::Header { name, value };
        lines.iter().map(line).collect()
    }

    fn map(lines: Lines) -> HeaderMap {
        let mut map = HeaderMap::new();
        for (name, value) in lines {
            let name: HeaderName = name.parse().unwrap();
            map.append(name, HeaderValue::from_bytes(value).unwrap());
        }
        map
    }

    #[test]
    fn both_places_say_the_same() {
        let lines: Lines = &[
            ("Accept", b"text/html\t, */*"),
            ("cookie", b"a=1"),
            ("ACCEPT-ENCODING", b""),
            ("accepts", b"\xc3\xa9"),
            ("if-None-match", b"\"v1\" ~"),
        ];
        let (map, plain) = (map(lines), Plain::of(&read(lines)).unwrap());
        for (line, name) in ALL {
            assert!(map.lines(line).eq(plain.lines(line)), "{name}");
            assert_eq!(map.has(line), plain.has(line), "{name}");
        }
        assert!(plain.lines(Line::Accept).eq(["text/html\t, */*"]));
        assert!(plain.has(Line::AcceptEncoding) && !plain.has(Line::Host));
    }

    #[test]
    fn every_line_is_in_its_place() {
        for (place, (line, _)) in ALL.into_iter().enumerate() {
            assert_eq!(line.place(), place, "{line:?}");
        }
    }

    #[test]
    fn a_map_has_all_lines_of_a_name_that_are_text() {
        let map = map(&[("accept", b"a"), ("accept", b"\xc3\xa9"), ("Accept", b"b")]);
        assert!(map.lines(Line::Accept).eq(["a", "b"]));
    }

    #[test]
    fn what_is_said_twice_or_is_no_text_is_not_plain() {
        let odd: [Lines; 3] = [
            &[("accept", b"a"), ("Accept", b"b")],
            &[("host", b"a"), ("host", b"a")],
            &[("cookie", b"\xc3\xa9")],
        ];
        for lines in odd {
            assert!(Plain::of(&read(lines)).is_none(), "{lines:?}");
        }
        assert!(Plain::of(&read(&[("x-y", b"\xff"), ("x-y", b"")])).is_some());
    }
}
