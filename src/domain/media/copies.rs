//! The pictures in a text of ours that stand on other servers: readers get our copies, made when the text is published.

use super::store::{has_pending, replace};
use super::{NewPicture, Owner};
use crate::app::App;
use crate::clock::IdGenerator;
use crate::db::Conn;
use crate::error::Result;
use crate::queue::{Job, NewJob};
use crate::text::images::is_elsewhere;

/// What is to be noted in the transaction that saves a text.
pub struct Copies {
    owner: Owner,
    named: Vec<NewPicture>,
    is_shown: bool,
    ids: IdGenerator,
    fetch: NewJob,
    sweep: NewJob,
}

impl Copies {
    /// Looks which of a text's pictures, given by address and description, stand elsewhere.
    pub fn of(
        app: &App,
        owner: Owner,
        images: impl IntoIterator<Item = (String, String)>,
        is_shown: bool,
    ) -> Self {
        let site = &app.config.site.url;
        let elsewhere = images
            .into_iter()
            .filter(|(url, _)| is_elsewhere(url, site));
        let named = elsewhere.map(|(source, alt)| NewPicture {
            source,
            alt,
            sensitive: false,
        });
        Self {
            owner,
            named: named.collect(),
            is_shown,
            ids: app.ids.clone(),
            fetch: app.job(owner.job()),
            sweep: app.job(Job::SweepMedia),
        }
    }

    /// Writes them down, and the job that fetches them.
    pub fn note(&self, conn: &mut Conn) -> Result<()> {
        let changed = replace(conn, &self.ids, self.owner, &self.named)?;
        if changed {
            self.sweep.enqueue(conn)?;
        }
        // Those of a draft wait until somebody may read it.
        if self.is_shown && has_pending(conn, self.owner)? {
            self.fetch.enqueue(conn)?;
        }
        Ok(())
    }
}
