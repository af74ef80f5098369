//! What edited comments said before, for moderators: who changes a text after others answered it cannot change what it
//! was. Gone when the comment's author deletes it.

use diesel::prelude::*;

use super::{Comment, Later, store};
use crate::app::App;
use crate::db::Conn;
use crate::error::Result;
use crate::types::{Html, Id, Timestamp};

/// Earlier texts that are kept of a comment.
const MOST: i64 = 20;

/// A text that a comment had.
#[derive(Clone, Debug, PartialEq, Eq, Queryable)]
pub struct Version {
    /// The clean text.
    pub html: Html,
    /// BCP 47, when known.
    pub language: Option<String>,
    /// When it was written.
    pub written_at: Timestamp,
    /// When another took its place here.
    pub replaced_at: Timestamp,
}

/// Keeps a comment's text, for another is about to take its place; does nothing when the text stays the same.
pub(super) fn keep(conn: &mut Conn, later: &Later, before: &Comment, after: &Html) -> Result<()> {
    if before.html == *after {
        return Ok(());
    }
    let id = later.id::<Version>().raw();
    store::insert_version(conn, id, before, later.now(), MOST)
}

/// The earlier texts of a comment, oldest first. `NotFound` when there is no such comment.
pub async fn list_versions(app: &App, id: Id<Comment>) -> Result<Vec<Version>> {
    app.db
        .read(move |conn| {
            store::get(conn, id)?;
            store::list_versions(conn, id)
        })
        .await
}
