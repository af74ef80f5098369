//! The pictures in a post that stand on other servers: readers get our copies, made when the post is published.

use super::{Post, Status};
use crate::app::App;
use crate::clock::IdGenerator;
use crate::db::Conn;
use crate::domain::media::{self, NewPicture, Owner};
use crate::error::Result;
use crate::queue::{Job, NewJob};
use crate::text::images::is_elsewhere;

/// What is to be noted in the transaction that saves a post.
pub(super) struct Copies {
    owner: Owner,
    named: Vec<NewPicture>,
    published: bool,
    ids: IdGenerator,
    fetch: NewJob,
    sweep: NewJob,
}

impl Copies {
    /// Looks which of a post's pictures stand elsewhere.
    pub(super) fn of(app: &App, post: &Post) -> Self {
        let owner = Owner::Post(post.id.raw());
        let images = post.images.get().into_iter();
        let elsewhere = images.filter(|image| is_elsewhere(&image.url, &app.config.site.url));
        let named = elsewhere.map(|image| NewPicture {
            source: image.url,
            alt: image.alt,
            sensitive: false,
        });
        Self {
            owner,
            named: named.collect(),
            published: post.status == Status::Published,
            ids: app.ids.clone(),
            fetch: app.job(owner.job()),
            sweep: app.job(Job::SweepMedia),
        }
    }

    /// Writes them down, and the job that fetches them.
    pub(super) fn note(&self, conn: &mut Conn) -> Result<()> {
        let changed = media::replace(conn, &self.ids, self.owner, &self.named)?;
        if changed {
            self.sweep.enqueue(conn)?;
        }
        // Those of a draft wait until somebody may read it.
        if self.published && media::has_pending(conn, self.owner)? {
            self.fetch.enqueue(conn)?;
        }
        Ok(())
    }
}
