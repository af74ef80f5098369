//! Content codings (RFC 9110 8.4.1): which one a client takes, and how a body is shrunk.

use std::io::Write;

use bytes::Bytes;
use flate2::Compression;
use flate2::write::GzEncoder;

use super::headers::{Headers, Line};

/// Bodies below this are sent as they are, in bytes: one packet carries them anyway.
const SMALLEST: usize = 860;

/// A form in which a body may travel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Encoding {
    /// As it is.
    Identity,
    /// `gzip`.
    Gzip,
    /// `zstd` (RFC 8878).
    Zstd,
    /// `br` (RFC 7932).
    Brotli,
}

impl Encoding {
    /// Every form, the smallest last.
    pub const ALL: [Self; 4] = [Self::Identity, Self::Gzip, Self::Zstd, Self::Brotli];

    /// Its name in `Content-Encoding`; none for what is sent as it is.
    pub fn name(self) -> Option<&'static str> {
        match self {
            Self::Identity => None,
            Self::Gzip => Some("gzip"),
            Self::Zstd => Some("zstd"),
            Self::Brotli => Some("br"),
        }
    }

    fn of(name: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|one| one.name().is_some_and(|own| own.eq_ignore_ascii_case(name)))
    }

    /// The forms that a client takes, in order of [`Encoding::ALL`].
    pub fn taken(asked: &impl Headers) -> [bool; 4] {
        let mut taken = [true, false, false, false];
        let items = asked
            .lines(Line::AcceptEncoding)
            .flat_map(|line| line.split(','));
        for item in items {
            let (name, weight) = item.split_once(';').unwrap_or((item, ""));
            let is_refused = weight
                .trim()
                .strip_prefix("q=")
                .is_some_and(|q| q.parse().is_ok_and(|q: f32| q <= 0.0));
            let found = Self::of(name.trim());
            for (place, one) in taken.iter_mut().zip(Self::ALL) {
                if found == Some(one) {
                    *place = !is_refused;
                }
            }
        }
        taken
    }
}

/// True when a body of this type and length is worth shrinking; pictures are small already.
pub(super) fn is_worth_it(media_type: &str, length: usize) -> bool {
    let text = media_type.starts_with("text/")
        || ["json", "xml", "javascript", "svg", "manifest"]
            .iter()
            .any(|part| media_type.contains(part));
    text && length >= SMALLEST
}

/// A body in another form; none when it would be larger. `fast` takes a tenth of a millisecond for a long page,
/// otherwise some ten, for a body that is sent often. Higher levels make pages no smaller, and take megabytes of memory.
pub fn shrink(body: &[u8], encoding: Encoding, fast: bool) -> Option<Bytes> {
    let shrunk = match encoding {
        Encoding::Identity => return None,
        Encoding::Gzip => gzip(body, if fast { 1 } else { 6 }),
        Encoding::Zstd => zstd::bulk::compress(body, if fast { 1 } else { 3 }).ok(),
        Encoding::Brotli => brotli(body, if fast { 1 } else { 5 }),
    }?;
    (shrunk.len() < body.len()).then(|| Bytes::from(shrunk))
}

fn gzip(body: &[u8], level: u32) -> Option<Vec<u8>> {
    let mut encoder = GzEncoder::new(Vec::with_capacity(body.len() / 3), Compression::new(level));
    encoder.write_all(body).ok()?;
    encoder.finish().ok()
}

fn brotli(body: &[u8], quality: i32) -> Option<Vec<u8>> {
    let mut shrunk = Vec::with_capacity(body.len() / 3);
    let parameters = brotli::enc::BrotliEncoderParams {
        quality,
        // 256 KiB: more than nearly every page is long.
        lgwin: 18,
        size_hint: body.len(),
        ..Default::default()
    };
    brotli::BrotliCompress(&mut &*body, &mut shrunk, &parameters).ok()?;
    Some(shrunk)
}

#[cfg(test)]
mod tests {
    use std::io::Read;

    use http::header::ACCEPT_ENCODING;

    use super::*;

    fn taken(line: &str) -> [bool; 4] {
        let headers = [(ACCEPT_ENCODING, line.parse().unwrap())];
        Encoding::taken(&headers.into_iter().collect::<http::HeaderMap>())
    }

    #[test]
    fn a_client_gets_what_it_takes() {
        assert_eq!(taken("gzip, deflate, br, zstd"), [true; 4]);
        assert_eq!(taken("GZIP;q=0.5"), [true, true, false, false]);
        assert_eq!(taken("br;q=0, gzip;q=1.0"), [true, true, false, false]);
        for junk in ["", "identity", "br;q=0.000", ";;,,q", "x-gzip"] {
            assert_eq!(taken(junk), [true, false, false, false], "{junk}");
        }
    }

    #[test]
    fn what_was_shrunk_is_the_same_text() {
        let text = "The pause between two choirs. ".repeat(200);
        for fast in [true, false] {
            let gzip = shrink(text.as_bytes(), Encoding::Gzip, fast).unwrap();
            let mut back = String::new();
            flate2::read::GzDecoder::new(&*gzip)
                .read_to_string(&mut back)
                .unwrap();
            assert_eq!(back, text);
            let zstd = shrink(text.as_bytes(), Encoding::Zstd, fast).unwrap();
            assert_eq!(
                zstd::bulk::decompress(&zstd, 10_000).unwrap(),
                text.as_bytes()
            );
            let small = shrink(text.as_bytes(), Encoding::Brotli, fast).unwrap();
            let mut back = Vec::new();
            brotli::BrotliDecompress(&mut &*small, &mut back).unwrap();
            assert_eq!(back, text.as_bytes());
        }
        assert!(shrink(b"ab", Encoding::Gzip, true).is_none());
    }
}
