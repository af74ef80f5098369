//! The newest comments that everybody may see, of one post or of all: for feeds. Read only.

use std::collections::{BTreeSet, HashMap};

use diesel::prelude::*;

use super::Placed;
use crate::db::schema::{actors, comments, posts};
use crate::db::{Conn, among};
use crate::domain::actor::Actor;
use crate::domain::comment::{Comment, thread};
use crate::domain::media;
use crate::domain::post::{self, Post, Status};
use crate::domain::visibility::is_public;
use crate::error::Result;
use crate::types::{ApUrl, Id};

/// Steps up a chain of answers after which a number is too long to be written; see [`thread::join_number`].
const STEPS: usize = 110;

/// The post a comment stands under, as one refers to it.
#[derive(Clone, Debug, Queryable)]
pub struct Under {
    /// The row.
    pub id: Id<Post>,
    /// The ActivityPub id.
    pub ap_id: ApUrl,
    /// Its page.
    pub url: ApUrl,
    /// The last part of the addresses of what belongs to it.
    pub slug: String,
    /// Plain text; may be empty.
    pub title: String,
    /// The beginning of its text.
    pub excerpt: String,
}

/// A comment of a feed.
#[derive(Clone, Debug)]
pub struct Latest {
    /// The comment, its author, its number, its pictures.
    pub placed: Placed,
    /// Where it stands.
    pub under: Under,
    /// The id and the number of the comment it answers, when that may be seen.
    pub parent: Option<(ApUrl, String)>,
}

/// A page of a feed of comments, newest first.
#[derive(Clone, Debug)]
pub struct LatestPage {
    /// The comments.
    pub comments: Vec<Latest>,
    /// The page after this one begins before this comment.
    pub older: Option<Id<Comment>>,
    /// The page before this one begins before this comment; None: with the newest, or there is none.
    pub newer: Option<Id<Comment>>,
}

type Row = (Comment, Actor, Under);

/// Loads at most `size` comments in the order they came here, newest first, before a key; of one post if asked.
pub fn load_latest(
    conn: &mut Conn,
    post: Option<Id<Post>>,
    before: Option<Id<Comment>>,
    size: u16,
) -> Result<LatestPage> {
    let mut rows = load_rows(conn, post, before, i64::from(size) + 1)?;
    let more = rows.len() > usize::from(size);
    rows.truncate(size.into());
    let older = rows.last().filter(|_| more).map(|(comment, ..)| comment.id);
    let newer = match (before, rows.first()) {
        (Some(_), Some((first, ..))) => load_newer(conn, post, first.id, size)?,
        _ => None,
    };
    let found: Vec<&Comment> = rows.iter().map(|(comment, ..)| comment).collect();
    let chains = Chains::load(conn, &found)?;
    let parents = load_parents(conn, &found)?;
    let ids: Vec<i64> = found.iter().map(|comment| comment.id.raw()).collect();
    let mut pictures = media::list_of_comments(conn, &ids)?;
    let latest = |(comment, author, under): Row| Latest {
        parent: comment
            .parent_id
            .and_then(|id| Some((parents.get(&id)?.clone(), chains.number(id)))),
        placed: Placed {
            post_base: post::base_of(&under.ap_id, &under.slug),
            number: Some(chains.number(comment.id)),
            pictures: pictures.remove(&comment.id.raw()).unwrap_or_default(),
            comment,
            author,
        },
        under,
    };
    Ok(LatestPage {
        comments: rows.into_iter().map(latest).collect(),
        older,
        newer,
    })
}

fn load_rows(
    conn: &mut Conn,
    post: Option<Id<Post>>,
    before: Option<Id<Comment>>,
    limit: i64,
) -> Result<Vec<Row>> {
    let mut query = comments::table
        .inner_join(actors::table)
        .inner_join(posts::table.on(posts::id.eq(comments::post_id)))
        .filter(is_public())
        .filter(posts::status.eq(Status::Published))
        .order(comments::id.desc())
        .limit(limit)
        .select((
            Comment::as_select(),
            Actor::as_select(),
            (
                posts::id,
                posts::ap_id,
                posts::url,
                posts::slug,
                posts::title,
                posts::excerpt,
            ),
        ))
        .into_boxed();
    if let Some(post) = post {
        query = query.filter(comments::post_id.eq(post));
    }
    if let Some(before) = before {
        query = query.filter(comments::id.lt(before));
    }
    Ok(query.load(conn)?)
}

/// Where the page before a comment begins; None: with the newest.
fn load_newer(
    conn: &mut Conn,
    post: Option<Id<Post>>,
    first: Id<Comment>,
    size: u16,
) -> Result<Option<Id<Comment>>> {
    let mut query = comments::table
        .filter(is_public())
        .filter(comments::id.gt(first))
        .order(comments::id)
        .offset(size.into())
        .select(comments::id)
        .limit(1)
        .into_boxed();
    if let Some(post) = post {
        query = query.filter(comments::post_id.eq(post));
    }
    Ok(query.first(conn).optional()?)
}

/// The ids of what these comments answer, as far as everybody may see it.
fn load_parents(conn: &mut Conn, found: &[&Comment]) -> Result<HashMap<Id<Comment>, ApUrl>> {
    let ids: Vec<Id<Comment>> = found.iter().filter_map(|one| one.parent_id).collect();
    let query = comments::table
        .filter(among!(comments::id, ids))
        .filter(is_public())
        .select((comments::id, comments::ap_id));
    let rows: Vec<(Id<Comment>, ApUrl)> = query.load(conn)?;
    Ok(rows.into_iter().collect())
}

/// What stands above some comments, from which their numbers are made.
struct Chains(HashMap<Id<Comment>, Place>);

/// What a comment answers, and its place among its siblings.
type Place = (Option<Id<Comment>>, Option<i32>);

impl Chains {
    /// Reads them level by level, all comments at once.
    fn load(conn: &mut Conn, found: &[&Comment]) -> Result<Self> {
        let mut known = HashMap::new();
        let mut next = BTreeSet::new();
        for comment in found {
            known.insert(comment.id, (comment.parent_id, comment.position));
            next.extend(comment.parent_id);
        }
        for _ in 0..STEPS {
            next.retain(|id| !known.contains_key(id));
            if next.is_empty() {
                break;
            }
            let query = comments::table
                .filter(among!(comments::id, std::mem::take(&mut next)))
                .select((comments::id, comments::parent_id, comments::position));
            for (id, parent, position) in query.load(conn)? {
                known.insert(id, (parent, position));
                next.extend(parent);
            }
        }
        Ok(Self(known))
    }

    fn number(&self, id: Id<Comment>) -> String {
        let mut chain = Vec::new();
        let mut next = Some(id);
        while let Some(id) = next.filter(|_| chain.len() < STEPS)
            && let Some((parent, position)) = self.0.get(&id)
        {
            chain.push((id, *position));
            next = *parent;
        }
        // A chain that goes on above is longer than any number that is written out.
        let start = next.map_or_else(String::new, |_| "c".to_owned());
        let join = |prefix: String, (id, position): &(Id<Comment>, Option<i32>)| {
            thread::join_number(&prefix, *position, id.raw())
        };
        chain.iter().rev().fold(start, join)
    }
}
