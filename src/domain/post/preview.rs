//! The picture that previews of a post show elsewhere: its title, the blog's name and the writer's. Drawn by a job when the post
//! appears or changes, kept in the media folder, named by its content.

mod draw;
pub(super) mod store;

use super::{Post, get};
use crate::app::App;
use crate::domain::{actor, media};
use crate::error::{Error, Result};
use crate::queue::Job;
use crate::types::Id;

use draw::Card;

/// Missing pictures that are had drawn at a time.
const MISSING_MAX: i64 = 500;

/// A picture for previews.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Preview {
    /// The file.
    file: String,
    /// The title stands in it.
    pub titled: bool,
}

impl Preview {
    /// In pixels.
    pub const WIDTH: u32 = draw::WIDTH;
    /// In pixels.
    pub const HEIGHT: u32 = draw::HEIGHT;

    /// Its address on this node.
    pub fn path(&self) -> String {
        actor::avatar_path(&self.file)
    }
}

/// Draws the picture of a published post anew. Does nothing when the post is gone.
pub async fn draw_preview(app: &App, id: Id<Post>) -> Result<()> {
    let loaded = app.db.read(move |conn| {
        let post = get(conn, id)?;
        let author = actor::get(conn, post.actor_id)?;
        Ok((post, author))
    });
    let (post, author) = loaded.await?;
    if !post.is_published() {
        return Ok(());
    }
    let site = app.config.site.title.clone();
    let card = Card {
        title: post.title,
        site: site.clone(),
        author: author.name,
        language: post.language,
    };
    let drawn = tokio::task::spawn_blocking(move || draw::draw(&card));
    let (png, titled) = drawn.await.map_err(Error::internal)??;
    if !titled {
        tracing::info!(
            post = id.raw(),
            "the title is left out of the preview image: no font here has its letters"
        );
    }
    media::keep_own(app, png, move |conn, file| {
        let file = file.to_owned();
        store::set(conn, id, &site, &Preview { file, titled })
    })
    .await
}

/// Has the pictures drawn that are not there yet, or call the blog by a former name; some at a time.
pub async fn draw_missing(app: &App) -> Result<()> {
    let site = app.config.site.title.clone();
    let missing = app
        .db
        .read(move |conn| store::list_missing(conn, &site, MISSING_MAX));
    let missing = missing.await?.into_iter();
    let jobs: Vec<_> = missing
        .map(|post| app.job(Job::DrawPreview { post: post.raw() }))
        .collect();
    if jobs.is_empty() {
        return Ok(());
    }
    app.db
        .write(move |conn| jobs.iter().try_for_each(|job| job.enqueue(conn)))
        .await?;
    app.wake.jobs.notify_one();
    Ok(())
}
