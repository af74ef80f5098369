//! Pictures from elsewhere, in our own cache: fetched once by the guarded client after what they belong to was taken,
//! re-encoded, named by their content, never linked to where they came from. No reader's address reaches another server.

mod cache;
mod copies;
mod shrink;
mod store;

use std::path::PathBuf;

use diesel::prelude::*;

use crate::app::App;
use crate::db::Conn;
use crate::db::schema::{emojis, pictures};
use crate::domain::actor::{self, Actor};
use crate::error::{Error, Result};
use crate::queue::Job;
use crate::types::{Host, Id, Timestamp};

pub use cache::{keep_own, read, sweep};
pub use copies::Copies;
pub use store::{
    detach, detach_all_of, detach_under, forget_copies, has_pending, list_emojis, list_of_comment,
    list_of_comments, list_of_page, list_of_posts, list_under, note_emojis, replace,
};

use shrink::Kind;

/// Longest text that stands for a picture, in characters (as Mastodon's).
pub const ALT_MAX: usize = 10_000;
/// Most pictures that are kept of one comment or post.
pub const PICTURES_MAX: usize = 16;
/// Most emoji that are read of one document.
pub const EMOJIS_MAX: usize = 64;

/// A picture as it stands in the database.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = pictures)]
pub struct Picture {
    /// The row.
    pub id: Id<Picture>,
    /// The comment it stands in.
    pub comment_id: Option<i64>,
    /// The post it stands in.
    pub post_id: Option<i64>,
    /// The free page it stands in.
    pub page_id: Option<i64>,
    /// Where it came from; a link at most.
    pub source: String,
    /// What it shows, for those who cannot see it.
    pub alt: String,
    /// Shown only to those who ask for it.
    pub sensitive: bool,
    /// The copy (file name).
    pub file: Option<String>,
    /// Of the copy, in pixels.
    pub width: Option<i32>,
    /// Of the copy, in pixels.
    pub height: Option<i32>,
    /// It cannot be had.
    pub failed: bool,
}

impl Picture {
    /// The address of the copy on this node.
    pub fn path(&self) -> Option<String> {
        self.file.as_deref().map(actor::avatar_path)
    }
}

/// A picture of a post with its copies for smaller screens.
#[derive(Clone, Debug)]
pub struct Illustration {
    /// The picture.
    pub picture: Picture,
    /// Its copies in several widths and formats, narrow ones first; the picture's own file is not among them.
    pub sizes: Vec<Size>,
}

/// One copy of a picture among several.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Size {
    /// Where it is.
    pub path: String,
    /// In pixels.
    pub width: i32,
}

/// A custom emoji of a server.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = emojis)]
pub struct Emoji {
    /// Whose.
    pub host: Host,
    /// What stands between the colons.
    pub name: String,
    /// Where its picture came from.
    pub source: String,
    /// The copy (file name).
    pub file: Option<String>,
    /// It cannot be had.
    pub failed: bool,
    /// First seen.
    pub added_at: Timestamp,
}

/// A picture that a document names.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NewPicture {
    /// Where it is.
    pub source: String,
    /// What it shows.
    pub alt: String,
    /// To be shown only to those who ask for it.
    pub sensitive: bool,
}

/// What a document names to be shown with it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Named {
    /// In its order.
    pub pictures: Vec<NewPicture>,
    /// Names and addresses.
    pub emojis: Vec<(String, String)>,
}

impl Named {
    /// True when nothing is named.
    pub const fn is_empty(&self) -> bool {
        self.pictures.is_empty() && self.emojis.is_empty()
    }
}

/// What a picture stands in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Owner {
    /// A comment's row.
    Comment(i64),
    /// A post's row.
    Post(i64),
    /// A free page's row.
    Page(i64),
}

impl Owner {
    /// The job that fetches its pictures.
    pub const fn job(self) -> Job {
        match self {
            Self::Comment(comment) => Job::FetchPictures { comment },
            Self::Post(post) => Job::FetchPostPictures { post },
            Self::Page(page) => Job::FetchPagePictures { page },
        }
    }
}

/// The folder of the cache.
pub fn folder(app: &App) -> PathBuf {
    app.config.data.join("media")
}

/// Fetches an actor's picture, if it has one that is not here yet.
pub async fn fetch_avatar(app: &App, id: Id<Actor>) -> Result<()> {
    let row = app.db.read(move |conn| actor::get(conn, id)).await?;
    let (Some(source), None) = (&row.avatar_source, &row.avatar) else {
        return Ok(());
    };
    let now = app.now();
    cache::keep(app, source, &row.host, Kind::Avatar, move |conn, copy| {
        actor::set_avatar(conn, id, Some(&copy.file), now)
    })
    .await
}

/// Fetches the pictures of a comment that everybody may see, of a published post or of a page. One that cannot be had stays a
/// link; fails when a later try may help.
pub async fn fetch_pictures(app: &App, owner: Owner) -> Result<()> {
    let pending = app
        .db
        .read(move |conn| store::list_pending(conn, owner))
        .await?;
    let mut later = Ok(());
    let kind = match owner {
        Owner::Comment(_) => Kind::Picture,
        Owner::Post(_) | Owner::Page(_) => Kind::Illustration,
    };
    for (picture, host) in pending {
        let id = picture.id;
        let commit = move |conn: &mut Conn, copy: &cache::Copy| store::set_copy(conn, id, copy);
        let kept = cache::keep(app, &picture.source, &host, kind, commit).await;
        match kept {
            Ok(()) => {}
            Err(error) if cache::is_final(&error) => {
                tracing::info!(picture = picture.source, "a picture stays a link: {error}");
                app.db
                    .write(move |conn| store::set_failed(conn, id))
                    .await?;
            }
            Err(error) => later = Err(error),
        }
    }
    later
}

/// Fetches the emoji of a server that are named here and not fetched yet.
pub async fn fetch_emojis(app: &App, host: &str) -> Result<()> {
    let host = Host::parse(host).ok_or_else(|| Error::invalid("that is no host"))?;
    let wanted = host.clone();
    let pending = app
        .db
        .read(move |conn| store::list_pending_emojis(conn, &wanted))
        .await?;
    let more = i64::try_from(pending.len()) == Ok(store::FETCHED);
    let mut later = Ok(());
    for emoji in pending {
        let (of, name) = (host.clone(), emoji.name.clone());
        let commit = move |conn: &mut Conn, copy: &cache::Copy| {
            store::set_emoji(conn, &of, &name, Some(&copy.file))
        };
        let kept = cache::keep(app, &emoji.source, &host, Kind::Emoji, commit).await;
        match kept {
            Ok(()) => {}
            Err(error) if cache::is_final(&error) => {
                tracing::debug!(emoji = emoji.source, "an emoji stays text: {error}");
                let (of, name) = (host.clone(), emoji.name);
                app.db
                    .write(move |conn| store::set_emoji(conn, &of, &name, None))
                    .await?;
            }
            Err(error) => later = Err(error),
        }
    }
    // What fails for now is tried again by this job; the others have one of their own.
    if more && later.is_ok() {
        app.do_later(Job::FetchEmojis {
            host: host.into_string(),
        })
        .await?;
    }
    later
}
