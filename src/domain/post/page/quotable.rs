//! A post as other sites quote it, by the address of its page. Read only.

use diesel::prelude::*;

use crate::db::Conn;
use crate::db::schema::{actors, posts};
use crate::domain::post::{Post, Preview, Status, preview};
use crate::error::Result;
use crate::types::{ApUrl, Id};

/// What may be quoted of a post.
#[derive(Clone, Debug)]
pub struct Quotable {
    /// Plain text; may be empty.
    pub title: String,
    /// The writer's summary.
    pub summary: Option<String>,
    /// The beginning of its text.
    pub excerpt: String,
    /// Its page.
    pub url: ApUrl,
    /// Who wrote it.
    pub author_name: String,
    /// Their page.
    pub author_url: String,
    /// The picture drawn for previews of it.
    pub preview: Option<Preview>,
}

/// The published post whose page has this address.
pub fn load_quotable(conn: &mut Conn, url: &ApUrl) -> Result<Option<Quotable>> {
    type Row = (
        Id<Post>,
        String,
        Option<String>,
        String,
        ApUrl,
        String,
        ApUrl,
    );
    let row: Option<Row> = posts::table
        .inner_join(actors::table)
        .filter(posts::url.eq(url))
        .filter(posts::status.eq(Status::Published))
        .select((
            posts::id,
            posts::title,
            posts::summary,
            posts::excerpt,
            posts::url,
            actors::name,
            actors::url,
        ))
        .first(conn)
        .optional()?;
    let Some((id, title, summary, excerpt, url, author_name, author_url)) = row else {
        return Ok(None);
    };
    Ok(Some(Quotable {
        preview: preview::store::load(conn, &[id])?.remove(&id),
        author_url: author_url.into_string(),
        title,
        summary,
        excerpt,
        url,
        author_name,
    }))
}
