//! From whatever bytes came to a small still picture of ours: dimensions looked at before anything is decoded, the first
//! frame, turned upright, without any metadata. Pure; takes up to a second of CPU.

use std::io::Cursor;

use image::codecs::jpeg::JpegEncoder;
use image::imageops::FilterType;
use image::{DynamicImage, ImageDecoder, ImageFormat, ImageReader, Limits};

use crate::error::{Error, Result};

/// Longest side that is decoded, in pixels.
const SOURCE_SIDE: u32 = 12_000;
/// Most pixels that are decoded.
const SOURCE_PIXELS: u64 = 32_000_000;
/// Most memory a decoder may take for the picture, in bytes.
const SOURCE_MEMORY: u64 = 192 * 1024 * 1024;
const QUALITY: u8 = 85;
const WEBP_QUALITY: f32 = 80.0;
/// Widths of the copies for smaller screens, in pixels.
const WIDTHS: [u32; 3] = [480, 800, 1200];

/// What a picture is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// Somebody's face: a square.
    Avatar,
    /// What somebody shows.
    Picture,
    /// The same in a post: with copies for smaller screens.
    Illustration,
    /// A sign in a line of text.
    Emoji,
}

impl Kind {
    /// Most bytes that are fetched.
    pub(super) const fn source_bytes(self) -> usize {
        match self {
            Self::Avatar => 4 * 1024 * 1024,
            Self::Picture | Self::Illustration => 8 * 1024 * 1024,
            Self::Emoji => 256 * 1024,
        }
    }

    fn fit(self, picture: DynamicImage) -> DynamicImage {
        // An avatar fills its square; the others become smaller only, never larger.
        let (width, height) = match self {
            Self::Avatar => return picture.resize_to_fill(96, 96, FilterType::Triangle),
            Self::Picture | Self::Illustration => (1600, 1600),
            Self::Emoji => (160, 40),
        };
        if picture.width() <= width && picture.height() <= height {
            return picture;
        }
        picture.resize(width, height, FilterType::Triangle)
    }
}

/// A picture ready to be written.
#[derive(Debug)]
pub(super) struct Encoded {
    /// `jpg`, or `png` where something shines through; `webp` of smaller ones.
    pub(super) extension: &'static str,
    /// The file.
    pub(super) bytes: Vec<u8>,
    /// In pixels.
    pub(super) width: u32,
    /// In pixels.
    pub(super) height: u32,
    /// The same picture in smaller files.
    pub(super) smaller: Vec<Encoded>,
}

/// Decodes a picture within bounds and encodes ours. Fails with a final `Remote` when it is none, or too large.
pub(super) fn shrink(bytes: &[u8], kind: Kind) -> Result<Encoded> {
    let picture = kind.fit(decode(bytes)?);
    let shines = picture.color().has_alpha() && picture.to_rgba8().pixels().any(|p| p.0[3] < 255);
    let as_png = shines || kind == Kind::Emoji;
    let mut encoded = encode(&picture, as_png)?;
    if kind == Kind::Illustration {
        encoded.smaller = smaller(&picture, as_png, encoded.bytes.len())?;
    }
    Ok(encoded)
}

fn encode(picture: &DynamicImage, as_png: bool) -> Result<Encoded> {
    let mut bytes = Vec::new();
    let extension = if as_png {
        let plain = DynamicImage::ImageRgba8(picture.to_rgba8());
        plain
            .write_to(&mut Cursor::new(&mut bytes), ImageFormat::Png)
            .map_err(unreadable)?;
        "png"
    } else {
        let encoder = JpegEncoder::new_with_quality(&mut bytes, QUALITY);
        picture
            .to_rgb8()
            .write_with_encoder(encoder)
            .map_err(unreadable)?;
        "jpg"
    };
    Ok(Encoded {
        extension,
        bytes,
        width: picture.width(),
        height: picture.height(),
        smaller: Vec::new(),
    })
}

/// The picture for smaller screens, and in WebP, where that is smaller than the `whole` in its own format: flat drawings
/// are not.
fn smaller(picture: &DynamicImage, as_png: bool, whole: usize) -> Result<Vec<Encoded>> {
    let mut made = Vec::new();
    let full = webp(picture);
    let with_webp = full.bytes.len() < whole;
    for width in WIDTHS.into_iter().filter(|width| *width < picture.width()) {
        // The height follows.
        let small = picture.resize(width, u32::MAX, FilterType::Triangle);
        made.push(encode(&small, as_png)?);
        if with_webp {
            made.push(webp(&small));
        }
    }
    if with_webp {
        made.push(full);
    }
    Ok(made)
}

fn webp(picture: &DynamicImage) -> Encoded {
    let (width, height) = (picture.width(), picture.height());
    let bytes = if picture.color().has_alpha() {
        let raw = picture.to_rgba8();
        webp::Encoder::from_rgba(&raw, width, height)
            .encode(WEBP_QUALITY)
            .to_vec()
    } else {
        let raw = picture.to_rgb8();
        webp::Encoder::from_rgb(&raw, width, height)
            .encode(WEBP_QUALITY)
            .to_vec()
    };
    Encoded {
        extension: "webp",
        bytes,
        width,
        height,
        smaller: Vec::new(),
    }
}

fn decode(bytes: &[u8]) -> Result<DynamicImage> {
    let mut reader = ImageReader::new(Cursor::new(bytes))
        .with_guessed_format()
        .map_err(unreadable)?;
    let mut limits = Limits::default();
    limits.max_image_width = Some(SOURCE_SIDE);
    limits.max_image_height = Some(SOURCE_SIDE);
    limits.max_alloc = Some(SOURCE_MEMORY);
    reader.limits(limits);
    let mut decoder = reader.into_decoder().map_err(unreadable)?;
    let (width, height) = decoder.dimensions();
    let pixels = u64::from(width) * u64::from(height);
    if pixels == 0 || pixels > SOURCE_PIXELS || decoder.total_bytes() > SOURCE_MEMORY {
        return Err(unreadable("it is too large"));
    }
    let upright = decoder.orientation().map_err(unreadable)?;
    let mut picture = DynamicImage::from_decoder(decoder).map_err(unreadable)?;
    picture.apply_orientation(upright);
    Ok(picture)
}

fn unreadable(why: impl std::fmt::Display) -> Error {
    Error::remote_final(format!("the picture cannot be read: {why}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use image::{Frame, ImageEncoder, Rgb, RgbImage, Rgba, RgbaImage};

    fn png(picture: &DynamicImage) -> Vec<u8> {
        let mut bytes = Vec::new();
        picture
            .write_to(&mut Cursor::new(&mut bytes), ImageFormat::Png)
            .unwrap();
        bytes
    }

    fn red(width: u32, height: u32) -> DynamicImage {
        RgbImage::from_pixel(width, height, Rgb([200, 10, 10])).into()
    }

    #[test]
    fn a_large_picture_becomes_a_small_one_of_its_kind() {
        let source = png(&red(3200, 800));
        for (kind, width, height) in [
            (Kind::Avatar, 96, 96),
            (Kind::Picture, 1600, 400),
            (Kind::Emoji, 160, 40),
        ] {
            let small = shrink(&source, kind).unwrap();
            assert_eq!((small.width, small.height), (width, height));
            let read = image::load_from_memory(&small.bytes).unwrap();
            assert_eq!((read.width(), read.height()), (width, height));
        }
        let small = shrink(&png(&red(20, 10)), Kind::Picture).unwrap();
        assert_eq!(
            (small.width, small.height, small.extension),
            (20, 10, "jpg")
        );
    }

    #[test]
    fn what_shines_through_stays_so() {
        let glass = RgbaImage::from_pixel(20, 20, Rgba([1, 2, 3, 100]));
        let kept = shrink(&png(&glass.into()), Kind::Picture).unwrap();
        assert_eq!(kept.extension, "png");
        let solid = RgbaImage::from_pixel(20, 20, Rgba([1, 2, 3, 255]));
        assert_eq!(
            shrink(&png(&solid.into()), Kind::Picture)
                .unwrap()
                .extension,
            "jpg"
        );
    }

    #[test]
    fn what_is_no_picture_or_too_large_is_refused_before_it_is_decoded() {
        for bytes in [
            &b"<svg xmlns='http://www.w3.org/2000/svg' onload='x'/>"[..],
            b"<!doctype html><script>1</script>",
            b"",
            b"\x89PNG\r\n\x1a\n",
            b"GIF89a",
        ] {
            assert!(shrink(bytes, Kind::Picture).is_err());
        }
        // Pixels by the hundred million in a few bytes: a header that lies is enough. In colour they are too many bytes, too.
        for colour in [2, 0] {
            let mut bomb = png(&red(1, 1));
            bomb[16..24].copy_from_slice(&[0, 0, 0x2e, 0xe0, 0, 0, 0x2e, 0xe0]);
            bomb[25] = colour;
            let mut crc = 0xffff_ffff_u32;
            for byte in &bomb[12..29] {
                crc ^= u32::from(*byte);
                for _ in 0..8 {
                    crc = (crc >> 1) ^ (0xedb8_8320 & (crc & 1).wrapping_neg());
                }
            }
            bomb[29..33].copy_from_slice(&(!crc).to_be_bytes());
            let refused = shrink(&bomb, Kind::Picture).unwrap_err().to_string();
            assert!(refused.contains("too large"), "{colour}: {refused}");
        }
        assert!(shrink(&png(&red(SOURCE_SIDE + 1, 1)), Kind::Picture).is_err());
    }

    #[test]
    fn an_illustration_has_copies_for_smaller_screens_and_in_webp() {
        let noise = RgbImage::from_fn(1000, 500, |x, y| {
            let grain = u8::try_from((x * 7 + y * 13) % 97).unwrap();
            Rgb([grain, u8::try_from(x / 4).unwrap(), grain ^ 0x55])
        });
        let made = shrink(&png(&DynamicImage::ImageRgb8(noise)), Kind::Illustration).unwrap();
        assert_eq!((made.extension, made.width), ("jpg", 1000));
        let sizes: Vec<_> = made
            .smaller
            .iter()
            .map(|one| (one.extension, one.width, one.height))
            .collect();
        let wanted = [
            ("jpg", 480, 240),
            ("webp", 480, 240),
            ("jpg", 800, 400),
            ("webp", 800, 400),
            ("webp", 1000, 500),
        ];
        assert_eq!(sizes, wanted);
        for one in &made.smaller {
            assert!(
                image::load_from_memory(&one.bytes).is_ok(),
                "{}",
                one.extension
            );
        }
        assert!(
            shrink(&png(&red(1000, 500)), Kind::Picture)
                .unwrap()
                .smaller
                .is_empty()
        );
    }

    #[test]
    fn of_a_moving_picture_the_first_frame_stays() {
        let mut gif = Vec::new();
        {
            let mut encoder = image::codecs::gif::GifEncoder::new(&mut gif);
            for colour in [[250, 0, 0, 255], [0, 0, 250, 255]] {
                let frame = RgbaImage::from_pixel(30, 30, Rgba(colour));
                encoder.encode_frame(Frame::new(frame)).unwrap();
            }
        }
        let still = shrink(&gif, Kind::Picture).unwrap();
        assert_eq!(still.extension, "jpg");
        let read = image::load_from_memory(&still.bytes).unwrap().to_rgb8();
        assert!(read.get_pixel(15, 15).0[0] > 200);
    }

    #[test]
    fn metadata_goes_and_the_picture_stands_upright() {
        // A TIFF header with one entry: orientation 6, a quarter turn.
        let exif = b"II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0\x06\0\0\0\0\0\0\0SECRET-PLACE";
        let mut jpeg = Vec::new();
        let mut encoder = JpegEncoder::new(&mut jpeg);
        encoder.set_exif_metadata(exif.to_vec()).unwrap();
        red(40, 20).to_rgb8().write_with_encoder(encoder).unwrap();
        assert!(jpeg.windows(6).any(|part| part == b"SECRET"));
        let kept = shrink(&jpeg, Kind::Picture).unwrap();
        assert_eq!((kept.width, kept.height), (20, 40));
        assert!(!kept.bytes.windows(6).any(|part| part == b"SECRET"));
        assert!(!kept.bytes.windows(4).any(|part| part == b"Exif"));
    }
}
