//! A page of a list of posts, in one trip to the database. Read only.

use super::around::{Selection, list_newer_ids};
use crate::db::Conn;
use crate::domain::media::{self, Illustration};
use crate::domain::post::{Post, Preview, Summary, load_summaries, preview, tags_by_post};
use crate::error::Result;
use crate::types::{Id, Timestamp};

/// A post of a list.
#[derive(Clone, Debug)]
pub struct Listed {
    /// The post.
    pub post: Summary,
    /// Its tags, without `#`.
    pub tags: Vec<String>,
    /// Copies of the pictures in it that stand on other servers.
    pub pictures: Vec<Illustration>,
    /// The picture drawn for previews of it.
    pub preview: Option<Preview>,
    /// How many public comments it has.
    pub comments: i64,
}

/// Where a page of a list begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Start {
    /// With the newest post.
    Newest,
    /// With the post before this one.
    Before(Id<Post>),
}

/// A page of a list, newest first.
#[derive(Clone, Debug)]
pub struct List {
    /// The posts.
    pub posts: Vec<Listed>,
    /// Where the next page begins, when there is one.
    pub older: Option<Start>,
    /// Where the page before begins, when there is one.
    pub newer: Option<Start>,
}

/// Loads a page of at most `size` published posts.
pub fn load_list(
    conn: &mut Conn,
    selection: &Selection,
    before: Option<Id<Post>>,
    size: u16,
) -> Result<List> {
    let (limit, tag) = (i64::from(size), selection.tag.as_deref());
    let mut found = load_summaries(conn, selection.author, tag, before, limit + 1)?;
    let more = found.len() > usize::from(size);
    found.truncate(size.into());
    let older = found.last().filter(|_| more);
    let older = older.map(|(post, _)| Start::Before(post.id));
    let newer = match (before, found.first()) {
        (Some(_), Some((first, _))) => {
            let at = (first.published_at.unwrap_or(Timestamp(0)), first.id);
            start_of(&list_newer_ids(conn, selection, at, limit + 1)?, size)
        }
        _ => None,
    };
    let ids: Vec<Id<Post>> = found.iter().map(|(post, _)| post.id).collect();
    let mut tags = tags_by_post(conn, &ids)?;
    let mut pictures = media::list_of_posts(conn, ids.iter().map(|id| id.raw()).collect())?;
    let mut previews = preview::store::load(conn, &ids)?;
    let listed = |(post, comments): (Summary, i64)| Listed {
        tags: tags.remove(&post.id).unwrap_or_default(),
        pictures: pictures.remove(&post.id.raw()).unwrap_or_default(),
        preview: previews.remove(&post.id),
        post,
        comments,
    };
    Ok(List {
        posts: found.into_iter().map(listed).collect(),
        older,
        newer,
    })
}

/// Where the page begins that holds the nearest `size` of these newer posts.
fn start_of(newer: &[Id<Post>], size: u16) -> Option<Start> {
    match newer.get(usize::from(size)) {
        Some(beyond) => Some(Start::Before(*beyond)),
        None => (!newer.is_empty()).then_some(Start::Newest),
    }
}
