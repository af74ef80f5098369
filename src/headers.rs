//! The headers of a request, wherever they lie: in a map, or still in the bytes that were read. What has to be known of a
//! request before it is known how it will be answered reads them through this.

use http::{HeaderMap, HeaderName};

/// The lines of a head.
pub trait Headers {
    /// What the lines of a name say, in their order; without those that are not text.
    fn lines<'a>(&'a self, name: &'a HeaderName) -> impl Iterator<Item = &'a str>;

    /// True when there is a line of that name, whatever it says.
    fn has(&self, name: &HeaderName) -> bool;
}

impl Headers for HeaderMap {
    fn lines<'a>(&'a self, name: &'a HeaderName) -> impl Iterator<Item = &'a str> {
        let lines = self.get_all(name).iter();
        lines.filter_map(|line| line.to_str().ok())
    }

    fn has(&self, name: &HeaderName) -> bool {
        self.contains_key(name)
    }
}

/// The lines as they were read.
impl Headers for [httparse::Header<'_>] {
    fn lines<'a>(&'a self, name: &'a HeaderName) -> impl Iterator<Item = &'a str> {
        let lines = self.iter().filter(|line| is(line, name));
        lines.filter_map(|line| text(line.value))
    }

    fn has(&self, name: &HeaderName) -> bool {
        self.iter().any(|line| is(line, name))
    }
}

fn is(line: &httparse::Header<'_>, name: &HeaderName) -> bool {
    line.name.eq_ignore_ascii_case(name.as_str())
}

/// A value that has only what [`http::HeaderValue::to_str`] takes for text.
fn text(value: &[u8]) -> Option<&str> {
    let is_text = value.iter().all(|byte| matches!(byte, b'\t' | b' '..=b'~'));
    is_text.then(|| std::str::from_utf8(value).ok()).flatten()
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;
    use http::header::{ACCEPT, COOKIE};

    use super::*;

    #[test]
    fn both_places_say_the_same() {
        let lines: [(&str, &[u8]); 5] = [
            ("Accept", b"text/html"),
            ("cookie", b"a=1"),
            ("ACCEPT", b"\xc3\xa9"),
            ("accept", b"a\tb ~"),
            ("accepts", b"x"),
        ];
        let read = lines.map(|(name, value)| httparse::Header { name, value });
        let map: HeaderMap = lines
            .into_iter()
            .map(|(name, value)| {
                let name: HeaderName = name.parse().unwrap();
                (name, HeaderValue::from_bytes(value).unwrap())
            })
            .fold(HeaderMap::new(), |mut map, (name, value)| {
                map.append(name, value);
                map
            });
        let read = read.as_slice();
        for name in [ACCEPT, COOKIE, http::header::DATE] {
            assert!(map.lines(&name).eq(read.lines(&name)), "{name}");
            assert_eq!(map.has(&name), read.has(&name), "{name}");
        }
        assert!(map.lines(&ACCEPT).eq(["text/html", "a\tb ~"]));
    }
}
