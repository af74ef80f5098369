//! SQL for which posts resemble each other. No rules here; see `related`.

use diesel::prelude::*;

use super::super::related::COMMON;
use super::super::{Post, Status};
use crate::db::Conn;
use crate::db::schema::{post_categories, post_tags, post_terms, posts, related};
use crate::error::Result;
use crate::types::Id;

/// What two posts may share.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in super::super) enum Likeness {
    Tag,
    Category,
    Word,
}

/// What a post shares with others.
#[derive(Debug)]
pub(in super::super) struct Shared {
    /// For each thing that few enough posts have: who they are.
    pub(in super::super) shared: Vec<(Likeness, Vec<Id<Post>>)>,
    /// How many posts there are in all.
    pub(in super::super) posts: i64,
}

/// Looks up who shares the tags, the categories and these words of a post.
pub(in super::super) fn load_likeness(
    conn: &mut Conn,
    post: &Post,
    words: &[String],
) -> Result<Shared> {
    let most = i64::try_from(COMMON).unwrap_or(i64::MAX);
    let mut shared: Vec<(Likeness, Vec<Id<Post>>)> = Vec::new();
    let tags = post_tags::table
        .filter(post_tags::post_id.eq(post.id))
        .select(post_tags::key);
    for key in tags.load::<String>(conn)? {
        let rows = post_tags::table
            .filter(post_tags::key.eq(key))
            .filter(post_tags::published_at.is_not_null())
            .order((post_tags::published_at.desc(), post_tags::post_id.desc()))
            .limit(most)
            .select(post_tags::post_id);
        shared.push((Likeness::Tag, rows.load(conn)?));
    }
    let categories = post_categories::table
        .filter(post_categories::post_id.eq(post.id))
        .filter(post_categories::position.is_not_null())
        .select(post_categories::category_id);
    for id in categories.load::<i64>(conn)? {
        let rows = post_categories::table
            .filter(post_categories::category_id.eq(id))
            .filter(post_categories::published_at.is_not_null())
            .order((
                post_categories::published_at.desc(),
                post_categories::post_id.desc(),
            ))
            .limit(most)
            .select(post_categories::post_id);
        shared.push((Likeness::Category, rows.load(conn)?));
    }
    for word in words {
        let rows = post_terms::table
            .filter(post_terms::term.eq(word))
            .order(post_terms::post_id.desc())
            .limit(most + 1)
            .select(post_terms::post_id);
        let found: Vec<Id<Post>> = rows.load(conn)?;
        if found.len() <= COMMON {
            shared.push((Likeness::Word, found));
        }
    }
    let posts = super::count_published(conn, None)?;
    Ok(Shared { shared, posts })
}

/// Those of these posts that everybody sees, in the same order.
pub(in super::super) fn list_alike(conn: &mut Conn, ids: &[Id<Post>]) -> Result<Vec<Id<Post>>> {
    let seen: Vec<Id<Post>> = posts::table
        .filter(posts::id.eq_any(ids.to_vec()))
        .filter(posts::status.eq(Status::Published))
        .select(posts::id)
        .load(conn)?;
    Ok(ids.iter().filter(|id| seen.contains(id)).copied().collect())
}

/// Replaces the words of a post.
pub(in super::super) fn set_terms(conn: &mut Conn, id: Id<Post>, words: &[String]) -> Result<()> {
    let old = post_terms::table
        .filter(post_terms::post_id.eq(id))
        .select(post_terms::term);
    let old: Vec<String> = old.load(conn)?;
    let gone: Vec<String> = old
        .iter()
        .filter(|word| !words.contains(word))
        .cloned()
        .collect();
    let rows = post_terms::table
        .filter(post_terms::post_id.eq(id))
        .filter(post_terms::term.eq_any(gone));
    diesel::delete(rows).execute(conn)?;
    for word in words.iter().filter(|word| !old.contains(word)) {
        diesel::insert_into(post_terms::table)
            .values((post_terms::term.eq(word), post_terms::post_id.eq(id)))
            .execute(conn)?;
    }
    Ok(())
}

/// Replaces what is named below a post; nothing is written when it is the same.
pub(in super::super) fn set_related(
    conn: &mut Conn,
    id: Id<Post>,
    others: &[Id<Post>],
) -> Result<()> {
    let own = related::table.filter(related::post_id.eq(id));
    let old: Vec<Id<Post>> = own
        .order(related::position)
        .select(related::related_id)
        .load(conn)?;
    if old == others {
        return Ok(());
    }
    diesel::delete(own).execute(conn)?;
    for (position, other) in (0_i32..).zip(others) {
        diesel::insert_into(related::table)
            .values((
                related::post_id.eq(id),
                related::position.eq(position),
                related::related_id.eq(other),
            ))
            .execute(conn)?;
    }
    Ok(())
}

/// Forgets what a post resembles, and that others resemble it.
pub(in super::super) fn forget_likeness(conn: &mut Conn, id: Id<Post>) -> Result<()> {
    diesel::delete(related::table.filter(related::post_id.eq(id).or(related::related_id.eq(id))))
        .execute(conn)?;
    diesel::delete(post_terms::table.filter(post_terms::post_id.eq(id))).execute(conn)?;
    Ok(())
}
