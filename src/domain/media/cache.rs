//! The files of the cache: fetching, room, names by content, taking away what nothing shows.

use std::fmt::Write as _;
use std::time::Duration;

use aws_lc_rs::digest;
use http::{HeaderMap, HeaderValue, header};
use url::Url;

use super::shrink::{self, Encoded, Kind};
use super::{folder, store};
use crate::app::App;
use crate::db::{Conn, note_change};
use crate::error::{Error, Result};
use crate::http::Limits;
use crate::kept::Scope;
use crate::types::Host;

/// From the first lookup to the last byte. A job's pictures together must fit its lease.
const DEADLINE: Duration = Duration::from_secs(15);
/// When to try again while there is no room, in seconds.
const FULL_PAUSE: u32 = 3600;

/// A file of the cache.
#[derive(Clone, Debug)]
pub(super) struct Copy {
    /// Its name.
    pub(super) file: String,
    /// In pixels.
    pub(super) width: u32,
    /// In pixels.
    pub(super) height: u32,
    /// Smaller files of the same picture, and their widths.
    pub(super) sizes: Vec<(String, u32)>,
}

/// Fetches a picture for `host`'s people, makes our copy, and commits what names it together with the file's row. Holds
/// the cache meanwhile, so that no sweep comes between.
pub(super) async fn keep(
    app: &App,
    source: &str,
    host: &Host,
    kind: Kind,
    commit: impl FnOnce(&mut Conn, &Copy) -> Result<()> + Send + 'static,
) -> Result<()> {
    make_room(app, host).await?;
    let body = fetch(app, source, kind).await?;
    let _held = app.media.lock().await;
    let mut encoded = tokio::task::spawn_blocking(move || shrink::shrink(&body, kind))
        .await
        .map_err(Error::internal)??;
    let mut smaller = Vec::new();
    let mut files = Vec::new();
    for one in std::mem::take(&mut encoded.smaller) {
        let (width, bytes) = (one.width, one.bytes.len());
        let file = write(app, one).await?;
        smaller.push((file.clone(), width));
        files.push((file, bytes));
    }
    let (width, height, bytes) = (encoded.width, encoded.height, encoded.bytes.len());
    let copy = Copy {
        file: write(app, encoded).await?,
        width,
        height,
        sizes: smaller,
    };
    files.push((copy.file.clone(), bytes));
    let (host, now) = (host.clone(), app.now());
    app.db
        .write(move |conn| {
            for (file, bytes) in files {
                let bytes = i64::try_from(bytes).map_err(Error::internal)?;
                store::note_file(conn, &file, bytes, &host, now)?;
            }
            commit(conn, &copy)
        })
        .await
}

/// Keeps a picture of our own making (PNG), and commits what names it together with the file's row. It counts as our
/// host's; there is always room for it.
pub async fn keep_own(
    app: &App,
    png: Vec<u8>,
    commit: impl FnOnce(&mut Conn, &str) -> Result<()> + Send + 'static,
) -> Result<()> {
    let _held = app.media.lock().await;
    let bytes = i64::try_from(png.len()).map_err(Error::internal)?;
    let (host, now) = (app.host.clone(), app.now());
    let encoded = Encoded {
        bytes: png,
        extension: "png",
        width: 0,
        height: 0,
        smaller: Vec::new(),
    };
    let file = write(app, encoded).await?;
    app.db
        .write(move |conn| {
            store::note_file(conn, &file, bytes, &host, now)?;
            commit(conn, &file)
        })
        .await
}

/// True when fetching again cannot help.
pub(super) fn is_final(error: &Error) -> bool {
    matches!(
        error,
        Error::Remote {
            temporary: false,
            ..
        } | Error::Forbidden(_)
            | Error::Invalid { .. }
            | Error::Gone(_)
            | Error::NotFound(_)
    )
}

async fn fetch(app: &App, source: &str, kind: Kind) -> Result<bytes::Bytes> {
    let url =
        Url::parse(source).map_err(|_| Error::remote_final("the picture has no valid address"))?;
    if Host::of(&url).is_some_and(|host| app.hosts.is_blocked(&host)) {
        return Err(Error::Forbidden("the picture's server is blocked".into()));
    }
    let mut headers = HeaderMap::new();
    headers.insert(
        header::ACCEPT,
        HeaderValue::from_static("image/webp,image/png,image/jpeg,image/gif"),
    );
    let limits = Limits {
        bytes: kind.source_bytes(),
        deadline: DEADLINE,
    };
    let reply = app
        .http
        .get_following(&url, limits, |_| headers.clone())
        .await?;
    if reply.status.is_success() {
        return Ok(reply.body);
    }
    let why = format!("the picture was answered with {}", reply.status);
    Err(if reply.status.is_server_error() {
        Error::remote_temporary(why)
    } else {
        Error::remote_final(why)
    })
}

/// Fails while the cache is full, or what one server's people may fill of it.
async fn make_room(app: &App, host: &Host) -> Result<()> {
    let limits = &app.config.media;
    let (all, theirs) = usage(app, host).await?;
    if theirs >= limits.host_bytes {
        tracing::warn!(%host, "its people's pictures have reached media.host_bytes and stay links");
        return Err(Error::RateLimited {
            retry_after: FULL_PAUSE,
        });
    }
    if all < limits.max_bytes {
        return Ok(());
    }
    sweep(app).await?;
    if usage(app, host).await?.0 < limits.max_bytes {
        return Ok(());
    }
    tracing::warn!("the copies of pictures have reached media.max_bytes: new ones stay links");
    Err(Error::RateLimited {
        retry_after: FULL_PAUSE,
    })
}

async fn usage(app: &App, host: &Host) -> Result<(i64, i64)> {
    let host = host.clone();
    app.db.read(move |conn| store::usage(conn, &host)).await
}

/// Takes away the files that nothing shows any more, those that came first first.
pub async fn sweep(app: &App) -> Result<()> {
    let _held = app.media.lock().await;
    loop {
        let files = app.db.write(store::take_unused).await?;
        if files.is_empty() {
            return Ok(());
        }
        for file in files {
            match tokio::fs::remove_file(folder(app).join(&file)).await {
                Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                    tracing::warn!(file, "cannot remove a picture: {error}");
                }
                _ => {}
            }
        }
        // Who asked for one of them in between may have got it still; nobody keeps that.
        let gone = Scope::Media.to_string();
        app.db.write(move |conn| note_change(conn, &gone)).await?;
    }
}

/// Reads a copy: its media type and bytes. Only names that the cache itself makes are looked for.
pub async fn read(app: &App, file: &str) -> Result<(&'static str, Vec<u8>)> {
    let missing = Error::NotFound("the picture");
    let Some((stem, extension)) = file.split_once('.') else {
        return Err(missing);
    };
    let media_type = match extension {
        "jpg" => "image/jpeg",
        "png" => "image/png",
        "webp" => "image/webp",
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
async fn write(app: &App, encoded: Encoded) -> Result<String> {
    let mut file = String::with_capacity(70);
    for byte in digest::digest(&digest::SHA256, &encoded.bytes).as_ref() {
        let _ = write!(file, "{byte:02x}");
    }
    let _ = write!(file, ".{}", encoded.extension);
    let folder = folder(app);
    let temporary = folder.join(format!("{file}.{}", app.ids.next::<()>()));
    let written = async {
        tokio::fs::create_dir_all(&folder).await?;
        tokio::fs::write(&temporary, encoded.bytes).await?;
        tokio::fs::rename(&temporary, folder.join(&file)).await
    };
    written
        .await
        .map_err(|e| Error::Setup(format!("cannot write into {}: {e}", folder.display())))?;
    Ok(file)
}
