//! Who speaks of a post elsewhere: quotes and links, in one query, which a post that nobody speaks of is spared. Read only.

use diesel::prelude::*;

use super::reactions::TalkCounts;
use super::{Person, PostPage, person};
use crate::db::Conn;
use crate::db::schema::{actors, comments, talk};
use crate::domain::actor::Actor;
use crate::domain::visibility::is_public;
use crate::error::Result;
use crate::types::{ApUrl, Host, Id, Timestamp};

/// Quotes and links that are shown, together.
const SHOWN: i64 = 50;

/// A post elsewhere that quotes or links to one of ours.
#[derive(Clone, Debug)]
pub struct Spoken {
    /// The row.
    pub id: i64,
    /// Who wrote it.
    pub author: Person,
    /// The server it is on.
    pub host: String,
    /// Its page.
    pub url: String,
    /// Its title or beginning, as plain text; may be empty.
    pub excerpt: String,
    /// When it was written.
    pub published_at: Timestamp,
}

type Row = (
    (i64, String, ApUrl, ApUrl, String, Timestamp),
    (Id<Actor>, String, String, Host, ApUrl, Option<String>),
);

/// Loads quotes and links into a page.
pub(super) fn load(conn: &mut Conn, page: &mut PostPage, counts: TalkCounts) -> Result<()> {
    if counts == TalkCounts::default() {
        return Ok(());
    }
    // What quotes a comment is shown as long as the comment is.
    let seen = comments::table
        .filter(comments::post_id.eq(page.post.id))
        .filter(is_public())
        .select(comments::id.nullable());
    let rows: Vec<Row> = talk::table
        .inner_join(actors::table)
        .filter(talk::post_id.eq(page.post.id))
        .filter(talk::standing.eq("shown"))
        .filter(actors::blocked.eq(false))
        .filter(talk::comment_id.is_null().or(talk::comment_id.eq_any(seen)))
        .order(talk::id.desc())
        .limit(SHOWN)
        .select((
            (
                talk::id,
                talk::kind,
                talk::ap_id,
                talk::url,
                talk::excerpt,
                talk::published_at,
            ),
            (
                actors::id,
                actors::name,
                actors::username,
                actors::host,
                actors::url,
                actors::avatar,
            ),
        ))
        .load(conn)?;
    for ((id, kind, ap_id, url, excerpt, published_at), who) in rows {
        let (actor, name, username, host, profile, avatar) = who;
        let spoken = Spoken {
            id,
            host: ap_id.host().unwrap_or_else(|| host.clone()).into_string(),
            author: person(actor, name, (&username, &host), profile, avatar),
            url: url.into_string(),
            excerpt,
            published_at,
        };
        if kind == "quote" {
            page.quotes.0.push(spoken);
        } else {
            page.links.0.push(spoken);
        }
    }
    let at_least = |shown: &[Spoken], all: i64| {
        let shown = i64::try_from(shown.len()).unwrap_or(i64::MAX);
        if shown == 0 { 0 } else { all.max(shown) }
    };
    page.quotes.1 = at_least(&page.quotes.0, counts.quotes);
    page.links.1 = at_least(&page.links.0, counts.links);
    Ok(())
}
