//! The files of the data folder that a look names: read within bounds, told apart by what is in them.

use std::io::Cursor;
use std::path::{Component, Path};

use aws_lc_rs::digest;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use image::ImageReader;

use super::{FONT_MAX, File, PICTURE_MAX, Picture, TEXT_MAX, refused};
use crate::error::Result;

/// The first 72 bits of the SHA-256, in 12 characters that need no escaping.
pub fn fingerprint(bytes: &[u8]) -> String {
    let hash = digest::digest(&digest::SHA256, bytes);
    URL_SAFE_NO_PAD.encode(hash.as_ref().get(..9).unwrap_or_default())
}

/// Reads a file of the data folder, and nothing outside of it.
fn read(data: &Path, key: &str, name: &str, most: u64) -> Result<Vec<u8>> {
    let inside = Path::new(name)
        .components()
        .all(|part| matches!(part, Component::Normal(_)));
    if !inside {
        let why =
            format!("\"{name}\" is no file of the data folder; write for example \"logo.svg\"");
        return Err(refused(key, why));
    }
    let path = data.join(name);
    let cannot = |why: &dyn std::fmt::Display| {
        refused(key, format!("cannot read {}: {why}", path.display()))
    };
    let size = std::fs::metadata(&path).map_err(|e| cannot(&e))?.len();
    if size > most {
        return Err(cannot(&format!("it has {size} bytes, {most} are allowed")));
    }
    std::fs::read(&path).map_err(|e| cannot(&e))
}

pub(super) fn text(data: &Path, key: &str, name: &str) -> Result<String> {
    let bytes = read(data, key, name, TEXT_MAX)?;
    String::from_utf8(bytes).map_err(|_| refused(key, format!("\"{name}\" is no UTF-8 text")))
}

pub(super) fn font(data: &Path, name: &str) -> Result<File> {
    let bytes = read(data, "fonts", name, FONT_MAX)?;
    let (extension, media_type) = match bytes.get(..4) {
        Some(b"wOF2") => ("woff2", "font/woff2"),
        Some(b"wOFF") => ("woff", "font/woff"),
        Some(b"OTTO") => ("otf", "font/otf"),
        Some(b"\0\x01\0\0" | b"true") => ("ttf", "font/ttf"),
        _ => {
            let why = format!("\"{name}\" is no font; woff2, woff, otf and ttf are");
            return Err(refused("fonts", why));
        }
    };
    Ok(File::named("font", extension, media_type, bytes.into()))
}

pub(super) fn picture(data: &Path, key: &str, name: &str) -> Result<(File, Picture)> {
    let bytes = read(data, key, name, PICTURE_MAX)?;
    let is_drawing = std::str::from_utf8(&bytes).is_ok_and(|text| text.contains("<svg"));
    let (extension, media_type, (width, height)) = if is_drawing {
        ("svg", "image/svg+xml", (0, 0))
    } else {
        let wrong = |why: &dyn std::fmt::Display| {
            let why = format!("\"{name}\" is no picture (svg, png, jpg, gif, webp): {why}");
            refused(key, why)
        };
        let reader = ImageReader::new(Cursor::new(&bytes))
            .with_guessed_format()
            .map_err(|e| wrong(&e))?;
        let format = reader.format().ok_or_else(|| wrong(&"it is unknown"))?;
        let size = reader.into_dimensions().map_err(|e| wrong(&e))?;
        let extension = format.extensions_str().first().copied().unwrap_or("img");
        (extension, format.to_mime_type(), size)
    };
    let file = File::named(key, extension, media_type, bytes.into());
    let picture = Picture {
        src: file.path.clone(),
        width,
        height,
    };
    Ok((file, picture))
}
