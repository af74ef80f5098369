//! The handlers of pages and feeds: parse, one trip to the database in which the page is rendered too, shape. Rendering
//! happens inside the trip because that runs on a blocking thread. Which of a post's forms an asker wants is decided
//! by the composition. Each handler names all that its answer shows, so that it can be kept.

mod archives;
mod feeds;
mod lists;
mod people;
mod posts;

use std::collections::BTreeSet;

use http::Uri;

use super::query;
use crate::domain::post::Post;
use crate::domain::post::page::{List, PostPage, Selection};
use crate::error::{Error, Result};
use crate::kept::Scope;
use crate::text::hashtag;
use crate::types::Id;

pub(super) use archives::{archive, month, series, year};
pub(super) use feeds::{author_feed, comments_feed, site_feed, tag_feed};
pub use lists::author_page;
pub(super) use lists::{category_page, home, tag_page};
pub(super) use people::{about, followers};
pub(super) use posts::look;
pub use posts::{elsewhere, post_page};

/// Posts on a page of a list.
const PAGE: u16 = 20;
/// Longest slug and name that are looked for, in bytes.
const LONGEST: usize = 255;

/// The post named by `?before=ID`.
fn before(uri: &Uri) -> Option<Id<Post>> {
    query::id(uri, "before")
}

/// A later page without posts is no page.
fn some(list: List, before: Option<Id<Post>>) -> Result<List> {
    if before.is_some() && list.posts.is_empty() {
        return Err(Error::NotFound("the page"));
    }
    Ok(list)
}

/// What a list of posts shows: which there are, each with the number of its comments, and who wrote it.
fn shown_in(list: &List) -> BTreeSet<Scope> {
    let posts = list.posts.iter().map(|one| &one.post);
    let each = posts.flat_map(|post| {
        [
            Scope::Post(post.id.raw()),
            Scope::Actor(post.actor_id.raw()),
        ]
    });
    [Scope::Posts, Scope::Site]
        .into_iter()
        .chain(each)
        .collect()
}

/// What the discussion of a post shows: the post with all below it, and everybody who is named.
fn shown_on(page: &PostPage) -> BTreeSet<Scope> {
    let people = page.people().map(|actor| Scope::Actor(actor.raw()));
    [Scope::Site, Scope::Post(page.post.id.raw())]
        .into_iter()
        .chain(people)
        .collect()
}

/// A part of an address that may be asked of the database: PostgreSQL refuses texts with a NUL.
fn checked<'a>(part: &'a str, what: &'static str) -> Result<&'a str> {
    if part.len() > LONGEST || part.chars().any(char::is_control) {
        return Err(Error::NotFound(what));
    }
    Ok(part)
}

fn tag_key(tag: &str) -> Result<String> {
    let tag = hashtag::normalise(tag).ok_or(Error::NotFound("the tag"))?;
    Ok(hashtag::key(&tag))
}

fn tagged(key: String) -> Selection {
    Selection {
        tag: Some(key),
        ..Selection::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_that_no_database_takes_is_not_found() {
        assert!(checked("a-post", "x").is_ok());
        assert!(checked("a\0b", "x").is_err());
        assert!(checked(&"a".repeat(256), "x").is_err());
    }
}
