//! Pictures of people elsewhere, in our own cache: fetched once, re-encoded small, named by their content, never linked
//! to where they came from.

use std::io::Cursor;
use std::path::PathBuf;

use aws_lc_rs::digest;
use http::{HeaderMap, HeaderValue, header};
use image::codecs::jpeg::JpegEncoder;
use image::{ImageFormat, ImageReader, Limits};
use url::Url;

use crate::app::App;
use crate::domain::actor::{self, Actor};
use crate::error::{Error, Result};
use crate::http::Limits as FetchLimits;
use crate::types::Id;

/// Largest picture that is read, in bytes.
const SOURCE_BYTES: usize = 4 * 1024 * 1024;
/// Largest width and height that are decoded, in pixels.
const SOURCE_PIXELS: u32 = 4096;
/// Width and height of what is kept, in pixels.
const AVATAR_PIXELS: u32 = 96;

/// Fetches an actor's picture into the cache, if it has one that is not there yet.
pub async fn fetch_avatar(app: &App, actor: Id<Actor>) -> Result<()> {
    let row = app.db.read(move |conn| actor::get(conn, actor)).await?;
    let (Some(source), None) = (&row.avatar_source, &row.avatar) else {
        return Ok(());
    };
    let url =
        Url::parse(source).map_err(|_| Error::remote_final("the picture has no valid address"))?;
    let mut headers = HeaderMap::new();
    headers.insert(
        header::ACCEPT,
        HeaderValue::from_static("image/webp,image/png,image/jpeg,image/gif"),
    );
    let limits = FetchLimits {
        bytes: SOURCE_BYTES,
        deadline: std::time::Duration::from_secs(20),
    };
    let reply = app
        .http
        .get_following(&url, limits, |_| headers.clone())
        .await?;
    if !reply.status.is_success() {
        return Err(Error::remote_final(format!(
            "the picture was answered with {}",
            reply.status
        )));
    }
    let (extension, bytes) = tokio::task::spawn_blocking(move || thumbnail(&reply.body))
        .await
        .map_err(Error::internal)??;
    let file = store(app, extension, bytes).await?;
    let now = app.now();
    app.db
        .write(move |conn| actor::set_avatar(conn, actor, Some(&file), now))
        .await
}

/// The folder of the cache.
pub fn folder(app: &App) -> PathBuf {
    app.config.data.join("media")
}

/// Reads a cached picture: its media type and bytes. Only names that the cache itself makes are looked for.
pub async fn read(app: &App, file: &str) -> Result<(&'static str, Vec<u8>)> {
    let missing = Error::NotFound("the picture");
    let Some((stem, extension)) = file.split_once('.') else {
        return Err(missing);
    };
    let media_type = match extension {
        "jpg" => "image/jpeg",
        "png" => "image/png",
        _ => return Err(missing),
    };
    if stem.len() != 64 || !stem.bytes().all(|b| b.is_ascii_hexdigit()) {
        return Err(missing);
    }
    tokio::fs::read(folder(app).join(file))
        .await
        .map(|bytes| (media_type, bytes))
        .map_err(|_| missing)
}

/// Writes under a name made from the content; a reader sees the whole file or none.
async fn store(app: &App, extension: &str, bytes: Vec<u8>) -> Result<String> {
    use std::fmt::Write as _;
    let mut file = String::with_capacity(70);
    for byte in digest::digest(&digest::SHA256, &bytes).as_ref() {
        let _ = write!(file, "{byte:02x}");
    }
    let _ = write!(file, ".{extension}");
    let folder = folder(app);
    let temporary = folder.join(format!("{file}.{}", app.ids.next::<()>()));
    let written = async {
        tokio::fs::create_dir_all(&folder).await?;
        tokio::fs::write(&temporary, bytes).await?;
        tokio::fs::rename(&temporary, folder.join(&file)).await
    };
    written
        .await
        .map_err(|e| Error::Setup(format!("cannot write into {}: {e}", folder.display())))?;
    Ok(file)
}

/// Decodes a picture within bounds and encodes a small one: JPEG, or PNG when it has transparency.
fn thumbnail(bytes: &[u8]) -> Result<(&'static str, Vec<u8>)> {
    let unreadable =
        |e: &dyn std::fmt::Display| Error::remote_final(format!("the picture cannot be read: {e}"));
    let mut reader = ImageReader::new(Cursor::new(bytes))
        .with_guessed_format()
        .map_err(|e| unreadable(&e))?;
    let mut limits = Limits::default();
    limits.max_image_width = Some(SOURCE_PIXELS);
    limits.max_image_height = Some(SOURCE_PIXELS);
    limits.max_alloc = Some(128 * 1024 * 1024);
    reader.limits(limits);
    let picture = reader.decode().map_err(|e| unreadable(&e))?;
    let small = picture.resize_to_fill(
        AVATAR_PIXELS,
        AVATAR_PIXELS,
        image::imageops::FilterType::Triangle,
    );
    let mut encoded = Vec::new();
    if small.color().has_alpha() {
        small
            .write_to(&mut Cursor::new(&mut encoded), ImageFormat::Png)
            .map_err(|e| unreadable(&e))?;
        return Ok(("png", encoded));
    }
    let encoder = JpegEncoder::new_with_quality(&mut encoded, 85);
    small
        .to_rgb8()
        .write_with_encoder(encoder)
        .map_err(|e| unreadable(&e))?;
    Ok(("jpg", encoded))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_large_picture_becomes_a_small_one() {
        let mut png = Vec::new();
        let picture = image::RgbImage::from_pixel(600, 300, image::Rgb([200, 10, 10]));
        picture
            .write_to(&mut Cursor::new(&mut png), ImageFormat::Png)
            .unwrap();
        let (extension, bytes) = thumbnail(&png).unwrap();
        assert_eq!(extension, "jpg");
        let small = image::load_from_memory(&bytes).unwrap();
        assert_eq!(
            (small.width(), small.height()),
            (AVATAR_PIXELS, AVATAR_PIXELS)
        );
    }

    #[test]
    fn what_is_no_picture_or_too_large_is_refused() {
        assert!(thumbnail(b"<svg onload='x'/>").is_err());
        let mut png = Vec::new();
        image::GrayImage::new(SOURCE_PIXELS + 1, 1)
            .write_to(&mut Cursor::new(&mut png), ImageFormat::Png)
            .unwrap();
        assert!(thumbnail(&png).is_err());
    }
}
