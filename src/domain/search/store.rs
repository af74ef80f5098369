//! SQL for the index: what is to be indexed, and the texts that fit a query. The one place where the two databases differ:
//! SQLite looks words up in an FTS5 table, PostgreSQL in a tsvector. Both hold the words that `text::words` makes.

mod words;

use std::collections::HashMap;

use diesel::prelude::*;

use super::entry::Entry;
use crate::clock::IdGenerator;
use crate::db::Conn;
use crate::db::schema::{actors, comments, posts, search_due, search_texts};
use crate::domain::actor::Actor;
use crate::domain::comment::Comment;
use crate::domain::post::{self, Post, Status};
use crate::domain::visibility::{CommentStatus, OPEN, is_public};
use crate::error::Result;
use crate::text::{hashtag, sanitize};
use crate::types::{Host, Html, Id, Timestamp};

pub(super) use words::{Tier, list_fitting};

/// Something that changed and is to be indexed, or taken out of the index.
#[derive(Clone, Debug, Queryable)]
pub(super) struct Due {
    /// The post's or the comment's row.
    target: i64,
    is_post: bool,
    changes: i64,
}

/// What is to be indexed of something; `None` inside [`load_texts`] when it may not be found.
pub(super) struct Text {
    post_id: i64,
    published_at: Timestamp,
    title: String,
    html: Html,
    summary: Option<String>,
    tags: Vec<String>,
    username: String,
    host: Host,
}

impl Text {
    /// Its words. Takes a moment for a long text.
    pub(super) fn entry(&self) -> Entry {
        let mut body = sanitize::plain(self.html.as_str());
        let more = self.summary.iter().chain(&self.tags);
        for part in more {
            body.push(' ');
            body.push_str(part);
        }
        let keys: Vec<String> = self.tags.iter().map(|tag| hashtag::key(tag)).collect();
        Entry::new(
            &self.title,
            &body,
            &keys,
            (&self.username, self.host.as_str()),
        )
    }
}

/// The first things that are to be indexed.
pub(super) fn list_due(conn: &mut Conn, limit: i64) -> Result<Vec<Due>> {
    let query = search_due::table.order(search_due::target_id).limit(limit);
    Ok(query
        .select((
            search_due::target_id,
            search_due::is_post,
            search_due::changes,
        ))
        .load(conn)?)
}

/// The texts of these things; nothing for those that may not be found.
pub(super) fn load_texts(conn: &mut Conn, due: Vec<Due>) -> Result<Vec<(Due, Option<Text>)>> {
    let (of_posts, of_comments): (Vec<&Due>, Vec<&Due>) = due.iter().partition(|one| one.is_post);
    let ids = |list: &[&Due]| list.iter().map(|one| one.target).collect::<Vec<i64>>();
    let mut found = load_posts(conn, &ids(&of_posts))?;
    found.extend(load_comments(conn, &ids(&of_comments))?);
    let texts = due.into_iter().map(|one| {
        let text = found.remove(&one.target);
        (one, text)
    });
    Ok(texts.collect())
}

fn load_posts(conn: &mut Conn, ids: &[i64]) -> Result<HashMap<i64, Text>> {
    type Row = (
        Id<Post>,
        String,
        Html,
        Option<String>,
        Option<Timestamp>,
        String,
        Host,
    );
    let rows: Vec<Row> = posts::table
        .inner_join(actors::table)
        .filter(posts::id.eq_any(ids))
        .filter(posts::status.eq(Status::Published))
        .select((
            posts::id,
            posts::title,
            posts::html,
            posts::summary,
            posts::published_at,
            actors::username,
            actors::host,
        ))
        .load(conn)?;
    let all: Vec<Id<Post>> = rows.iter().map(|row| row.0).collect();
    let mut tags = post::tags_by_post(conn, &all)?;
    let text = |(id, title, html, summary, published_at, username, host): Row| {
        let text = Text {
            post_id: id.raw(),
            published_at: published_at.unwrap_or(Timestamp(0)),
            title,
            html,
            summary,
            tags: tags.remove(&id).unwrap_or_default(),
            username,
            host,
        };
        (id.raw(), text)
    };
    Ok(rows.into_iter().map(text).collect())
}

fn load_comments(conn: &mut Conn, ids: &[i64]) -> Result<HashMap<i64, Text>> {
    type Row = (i64, i64, Html, Timestamp, String, Host);
    let rows: Vec<Row> = comments::table
        .inner_join(actors::table)
        .filter(comments::id.eq_any(ids))
        // What stands below something hidden may be shown again; it is looked at when somebody searches.
        .filter(comments::status.eq(CommentStatus::Published))
        .filter(comments::visibility.eq_any(OPEN))
        .filter(actors::indexable.eq(true))
        .select((
            comments::id,
            comments::post_id,
            comments::html,
            comments::published_at,
            actors::username,
            actors::host,
        ))
        .load(conn)?;
    let text = |(id, post_id, html, published_at, username, host): Row| {
        let text = Text {
            post_id,
            published_at,
            title: String::new(),
            html,
            summary: None,
            tags: Vec::new(),
            username,
            host,
        };
        (id, text)
    };
    Ok(rows.into_iter().map(text).collect())
}

/// Brings the index up to date for one thing, unless it changed since it was read: then it stays due.
pub(super) fn settle(
    conn: &mut Conn,
    ids: &IdGenerator,
    due: &Due,
    text: Option<&(Text, Entry)>,
) -> Result<()> {
    let unchanged = search_due::table
        .find(due.target)
        .filter(search_due::changes.eq(due.changes));
    if diesel::delete(unchanged).execute(conn)? == 0 {
        return Ok(());
    }
    let indexed = search_texts::table.filter(search_texts::target_id.eq(due.target));
    let known: Option<i64> = indexed.select(search_texts::id).first(conn).optional()?;
    if let Some(id) = known {
        words::remove(conn, id)?;
        if text.is_none() {
            diesel::delete(search_texts::table.find(id)).execute(conn)?;
        }
    }
    let Some((text, entry)) = text else {
        return Ok(());
    };
    let id = known.unwrap_or_else(|| ids.next::<Due>().raw());
    if known.is_none() {
        diesel::insert_into(search_texts::table)
            .values((
                search_texts::id.eq(id),
                search_texts::target_id.eq(due.target),
                search_texts::post_id.eq(text.post_id),
                search_texts::is_post.eq(due.is_post),
                search_texts::published_at.eq(text.published_at),
            ))
            .execute(conn)?;
    }
    words::insert(conn, id, entry)
}

/// A post, or a comment under it with who wrote it.
pub(super) struct Row {
    /// Its place in the index.
    pub(super) id: i64,
    /// The post.
    pub(super) post: Post,
    /// Who wrote the post.
    pub(super) writer: Actor,
    /// The comment.
    pub(super) comment: Option<(Comment, Actor)>,
}

/// Those of these texts that everybody may see and find, in the same order.
pub(super) fn load_visible(conn: &mut Conn, ids: &[i64]) -> Result<Vec<Row>> {
    let found: Vec<(i64, (i64, bool, Post, Actor))> = search_texts::table
        .inner_join(posts::table.on(posts::id.eq(search_texts::post_id)))
        .inner_join(actors::table.on(actors::id.eq(posts::actor_id)))
        .filter(search_texts::id.eq_any(ids))
        .filter(posts::status.eq(Status::Published))
        .select((
            search_texts::id,
            (
                search_texts::target_id,
                search_texts::is_post,
                Post::as_select(),
                Actor::as_select(),
            ),
        ))
        .load(conn)?;
    let mut of_comments = load_public(conn, &found)?;
    let mut found: HashMap<_, _> = found.into_iter().collect();
    let row = |id: &i64| {
        let (target, is_post, post, writer) = found.remove(id)?;
        let comment = of_comments.remove(&target);
        (is_post || comment.is_some()).then_some(Row {
            id: *id,
            post,
            writer,
            comment,
        })
    };
    Ok(ids.iter().filter_map(row).collect())
}

/// What was found: the row of the post or comment, whether it is a post, the post, its writer.
type Target = (i64, bool, Post, Actor);

fn load_public(conn: &mut Conn, found: &[(i64, Target)]) -> Result<HashMap<i64, (Comment, Actor)>> {
    let ids = found
        .iter()
        .filter(|(_, text)| !text.1)
        .map(|(_, text)| text.0);
    let rows: Vec<(Comment, Actor)> = comments::table
        .inner_join(actors::table)
        .filter(comments::id.eq_any(ids.collect::<Vec<i64>>()))
        .filter(is_public())
        .filter(actors::indexable.eq(true))
        .filter(actors::blocked.eq(false))
        .select((Comment::as_select(), Actor::as_select()))
        .load(conn)?;
    Ok(rows.into_iter().map(|row| (row.0.id.raw(), row)).collect())
}
