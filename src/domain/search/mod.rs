//! Looking for posts and comments by their words. The index is kept behind the changes by `search_due`, which triggers of the
//! database fill in the transaction of the change; what may be seen is decided when somebody asks, never by the index.

mod entry;
mod query;
mod snippet;
mod store;

use crate::app::App;
use crate::domain::actor::Actor;
use crate::domain::comment::{self, Comment};
use crate::domain::post::Post;
use crate::error::{Error, Result};
use crate::text::sanitize;
use store::Tier;

pub use query::{Handle, Mistake, QUERY_MAX, Query, read};
pub use snippet::Part;

/// Texts that are indexed in one transaction.
const BATCH: i64 = 100;
/// Fitting texts that are looked at together: may they be seen?
const LOOK: i64 = 100;
/// Fitting texts that are looked at for one page at most; the next page goes on behind them.
const LOOKED_MAX: usize = 2_000;

/// Something that was found.
#[derive(Clone, Debug)]
pub struct Hit {
    /// The post, or the one that the comment stands under.
    pub post: Post,
    /// Who wrote the post.
    pub writer: Actor,
    /// The comment with its author; None: the post was found.
    pub comment: Option<(Comment, Actor)>,
    /// The page, at the place of the comment.
    pub url: String,
    /// The post's title.
    pub title: Vec<Part>,
    /// A part of the text that shows why it was found.
    pub snippet: Vec<Part>,
}

/// A page of what was found.
#[derive(Clone, Debug, Default)]
pub struct Found {
    /// Title before text, newest first.
    pub hits: Vec<Hit>,
    /// Where the next page begins, when there may be one.
    pub next: Option<Key>,
}

/// Where a page begins: behind a text of the index.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Key {
    tier: Tier,
    below: i64,
}

impl Key {
    /// Reads what [`std::fmt::Display`] writes.
    pub fn parse(text: &str) -> Result<Self> {
        let key = || {
            let (tier, below) = text.split_once('-')?;
            let tier = match tier {
                "t" => Tier::Title,
                "a" => Tier::Anywhere,
                _ => return None,
            };
            let below = below.parse().ok().filter(|id| *id > 0)?;
            Some(Self { tier, below })
        };
        key().ok_or_else(|| Error::invalid_field("from", "there is no such page of results"))
    }
}

impl std::fmt::Display for Key {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let tier = match self.tier {
            Tier::Title => 't',
            Tier::Anywhere => 'a',
        };
        write!(f, "{tier}-{}", self.below)
    }
}

/// Finds at most `size` posts and comments that everybody may see, from a page's beginning on.
pub async fn find(app: &App, query: Query, from: Option<Key>, size: u16) -> Result<Found> {
    let look = app.db.read(move |conn| {
        let (rows, next) = look(conn, &query, from, usize::from(size))?;
        let hits = rows.into_iter().map(|row| shown(conn, &query, row));
        Ok(Found {
            hits: hits.collect::<Result<_>>()?,
            next,
        })
    });
    look.await
}

/// The rows of a page, and where the next one begins.
fn look(
    conn: &mut crate::db::Conn,
    query: &Query,
    from: Option<Key>,
    size: usize,
) -> Result<(Vec<store::Row>, Option<Key>)> {
    let start = from.unwrap_or(Key {
        tier: Tier::Title,
        below: i64::MAX,
    });
    let (mut tier, mut below) = (start.tier, start.below);
    let (mut rows, mut looked): (Vec<store::Row>, usize) = (Vec::new(), 0);
    loop {
        let ids = store::list_fitting(conn, query, tier, below, LOOK)?;
        for row in store::load_visible(conn, &ids)? {
            if rows.len() == size {
                return Ok((rows, Some(Key { tier, below })));
            }
            below = row.id;
            rows.push(row);
        }
        looked += ids.len();
        match ids.last() {
            Some(last) => below = *last,
            None if tier == Tier::Title => (tier, below) = (Tier::Anywhere, i64::MAX),
            None => return Ok((rows, None)),
        }
        if looked >= LOOKED_MAX {
            return Ok((rows, Some(Key { tier, below })));
        }
    }
}

fn shown(conn: &mut crate::db::Conn, query: &Query, row: store::Row) -> Result<Hit> {
    let store::Row {
        post,
        writer,
        comment,
        ..
    } = row;
    let html = comment
        .as_ref()
        .map_or(&post.html, |(comment, _)| &comment.html);
    let place = match &comment {
        Some((comment, _)) => comment::place(conn, comment)?,
        None => None,
    };
    Ok(Hit {
        url: place.unwrap_or_else(|| post.url.to_string()),
        title: snippet::whole(query, &post.title),
        snippet: snippet::around(query, &sanitize::plain(html.as_str())),
        post,
        writer,
        comment,
    })
}

/// Indexes what changed, batch by batch; what is killed half-way goes on where it was. Returns how many texts were looked at.
/// The words are made outside the transaction, which is short.
pub async fn catch_up(app: &App) -> Result<usize> {
    let mut done = 0;
    loop {
        let batch = index_batch(app).await?;
        done += batch;
        if batch == 0 {
            return Ok(done);
        }
    }
}

/// Indexes one batch of what changed. Returns how many texts that were.
pub async fn index_batch(app: &App) -> Result<usize> {
    let ids = app.ids.clone();
    let read = app.db.read(|conn| {
        let due = store::list_due(conn, BATCH)?;
        let texts = store::load_texts(conn, due)?;
        let entry = |(due, text): (store::Due, Option<store::Text>)| {
            let text = text.map(|text| {
                let entry = text.entry();
                (text, entry)
            });
            (due, text)
        };
        Ok(texts.into_iter().map(entry).collect::<Vec<_>>())
    });
    let texts = read.await?;
    let count = texts.len();
    if count > 0 {
        let settled = app.db.write(move |conn| {
            texts
                .iter()
                .try_for_each(|(due, text)| store::settle(conn, &ids, due, text.as_ref()))
        });
        settled.await?;
    }
    Ok(count)
}
