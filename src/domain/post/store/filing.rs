//! SQL for categories and series, and for which posts are in them. No rules here.

use std::collections::HashMap;

use diesel::prelude::*;

use super::super::Post;
use super::super::filing::{Category, Filing, Place, Wanted, key};
use crate::clock::IdGenerator;
use crate::db::schema::{categories, post_categories, post_series, post_tags, posts, series};
use crate::db::{Conn, among, each};
use crate::error::{Error, Result};
use crate::text::{permalink, slug};
use crate::types::{Id, Timestamp};

/// How many numbers are tried behind a slug that is taken.
const NUMBERS: u32 = 50;

/// The rows that a post is to be filed under.
#[derive(Debug, Default)]
pub(in super::super) struct Filed {
    /// Each category with those above it, the top one first.
    categories: Vec<Vec<Known>>,
    series: Option<(i64, i32)>,
    /// The same for people.
    pub(in super::super) filing: Filing,
}

/// A category's row, as far as filing needs it.
#[derive(Clone, Debug, Queryable)]
struct Known {
    id: i64,
    slug: String,
    path: String,
}

impl Filed {
    /// The slug of the first category.
    pub(in super::super) fn first_slug(&self) -> Option<&str> {
        let own = self.categories.first()?.last()?;
        Some(&own.slug)
    }
}

/// Finds the wanted categories and the series, and makes those that are new.
pub(in super::super) fn find_places(
    conn: &mut Conn,
    ids: &IdGenerator,
    post: Id<Post>,
    wanted: &Wanted,
) -> Result<Filed> {
    let mut filed = Filed::default();
    for category in &wanted.categories {
        let line = find_category(conn, ids, category)?;
        filed
            .filing
            .categories
            .extend(line.last().map(|own| own.path.clone()));
        filed.categories.push(line);
    }
    if let Some((name, part)) = &wanted.series {
        let (id, name) = find_series(conn, ids, name)?;
        let part = match part {
            Some(part) => *part,
            None => next_part(conn, id, post)?,
        };
        filed.series = Some((id, part));
        filed.filing.series = Some(Place { series: name, part });
    }
    Ok(filed)
}

fn find_category(conn: &mut Conn, ids: &IdGenerator, category: &Category) -> Result<Vec<Known>> {
    let mut line: Vec<Known> = Vec::new();
    for level in 1..=category.0.len() {
        let upper = Category(category.0.iter().take(level).cloned().collect());
        if load_category(conn, &upper.key())?.is_none() {
            insert_category(conn, ids, &upper, line.last())?;
        }
        line.push(load_category(conn, &upper.key())?.ok_or_else(changed)?);
    }
    Ok(line)
}

/// Another process took the same slug a moment ago.
fn changed() -> Error {
    Error::Conflict("a category or series was made meanwhile; try again".into())
}

fn load_category(conn: &mut Conn, key: &str) -> Result<Option<Known>> {
    let query = categories::table.filter(categories::key.eq(key));
    Ok(query
        .select((categories::id, categories::slug, categories::path))
        .first(conn)
        .optional()?)
}

fn insert_category(
    conn: &mut Conn,
    ids: &IdGenerator,
    category: &Category,
    parent: Option<&Known>,
) -> Result<()> {
    let name = category.0.last().cloned().unwrap_or_default();
    let above = parent.map(|parent| format!("{}-{name}", parent.slug));
    let slug = free_slug(&name, above.as_deref(), |slug| {
        let taken = categories::table
            .filter(categories::slug.eq(slug))
            .select(categories::id);
        Ok(taken.first::<i64>(conn).optional()?.is_some())
    })?;
    let values = (
        categories::id.eq(ids.next::<Category>()),
        categories::key.eq(category.key()),
        categories::slug.eq(slug),
        categories::name.eq(name),
        categories::path.eq(category.0.join("/")),
        categories::parent_id.eq(parent.map(|parent| parent.id)),
    );
    each!(conn, c => diesel::insert_into(categories::table).values(&values).on_conflict_do_nothing().execute(c))?;
    Ok(())
}

fn find_series(conn: &mut Conn, ids: &IdGenerator, name: &str) -> Result<(i64, String)> {
    if let Some(known) = load_series(conn, name)? {
        return Ok(known);
    }
    let slug = free_slug(name, None, |slug| {
        let taken = series::table
            .filter(series::slug.eq(slug))
            .select(series::id);
        Ok(taken.first::<i64>(conn).optional()?.is_some())
    })?;
    let values = (
        series::id.eq(ids.next::<Place>()),
        series::key.eq(key(name)),
        series::slug.eq(slug),
        series::name.eq(name),
    );
    each!(conn, c => diesel::insert_into(series::table).values(&values).on_conflict_do_nothing().execute(c))?;
    load_series(conn, name)?.ok_or_else(changed)
}

fn load_series(conn: &mut Conn, name: &str) -> Result<Option<(i64, String)>> {
    let query = series::table.filter(series::key.eq(key(name)));
    Ok(query
        .select((series::id, series::name))
        .first(conn)
        .optional()?)
}

/// A slug for a name that is not taken: its own, the longer one, or one with a number.
fn free_slug(
    name: &str,
    longer: Option<&str>,
    mut is_taken: impl FnMut(&str) -> Result<bool>,
) -> Result<String> {
    let own = slug::slug(name);
    let first = [Some(own.clone()), longer.map(slug::slug)]
        .into_iter()
        .flatten();
    let numbered = (2..=NUMBERS).map(|number| format!("{own}-{number}"));
    for candidate in first.chain(numbered) {
        if !permalink::is_reserved(&candidate) && !is_taken(&candidate)? {
            return Ok(candidate);
        }
    }
    Err(Error::invalid(format!(
        "there are too many names like \"{name}\""
    )))
}

/// One more than the last part of a series.
fn next_part(conn: &mut Conn, id: i64, post: Id<Post>) -> Result<i32> {
    let last: Option<i32> = post_series::table
        .filter(post_series::series_id.eq(id))
        .filter(post_series::post_id.ne(post))
        .order(post_series::part.desc())
        .select(post_series::part)
        .first(conn)
        .optional()?;
    Ok(last.unwrap_or(0).saturating_add(1))
}

/// Files a post anew.
pub(in super::super) fn file(conn: &mut Conn, post: &Post, filed: &Filed) -> Result<()> {
    unfile(conn, post.id)?;
    let at = post.published_at.filter(|_| post.is_published());
    for (position, line) in (0_i32..).zip(&filed.categories) {
        for (level, known) in line.iter().rev().enumerate() {
            let values = (
                post_categories::post_id.eq(post.id),
                post_categories::category_id.eq(known.id),
                post_categories::position.eq((level == 0).then_some(position)),
                post_categories::published_at.eq(at),
            );
            // A category may stand above another one of the same post: what the writer said wins.
            let own = post_categories::position.eq((level == 0).then_some(position));
            let row = post_categories::table.find((post.id, known.id));
            let inserted = each!(conn, c => diesel::insert_into(post_categories::table)
                .values(&values).on_conflict_do_nothing().execute(c))?;
            if inserted == 0 && level == 0 {
                diesel::update(row).set(own).execute(conn)?;
            }
        }
    }
    if let Some((id, part)) = filed.series {
        diesel::insert_into(post_series::table)
            .values((
                post_series::post_id.eq(post.id),
                post_series::series_id.eq(id),
                post_series::part.eq(part),
                post_series::published_at.eq(at),
            ))
            .execute(conn)?;
    }
    Ok(())
}

/// Takes a post out of all categories and its series.
pub(in super::super) fn unfile(conn: &mut Conn, post: Id<Post>) -> Result<()> {
    diesel::delete(post_categories::table.filter(post_categories::post_id.eq(post)))
        .execute(conn)?;
    diesel::delete(post_series::table.find(post)).execute(conn)?;
    Ok(())
}

/// Notes in the lists that a post appears.
pub(in super::super) fn date(conn: &mut Conn, post: Id<Post>, at: Timestamp) -> Result<()> {
    diesel::update(post_tags::table.filter(post_tags::post_id.eq(post)))
        .set(post_tags::published_at.eq(Some(at)))
        .execute(conn)?;
    diesel::update(post_categories::table.filter(post_categories::post_id.eq(post)))
        .set(post_categories::published_at.eq(Some(at)))
        .execute(conn)?;
    diesel::update(post_series::table.find(post))
        .set(post_series::published_at.eq(Some(at)))
        .execute(conn)?;
    Ok(())
}

/// Where posts are filed.
pub fn filing_by_post(conn: &mut Conn, posts: &[Id<Post>]) -> Result<HashMap<Id<Post>, Filing>> {
    let mut found: HashMap<Id<Post>, Filing> = HashMap::new();
    let rows: Vec<(Id<Post>, String)> = post_categories::table
        .inner_join(categories::table)
        .filter(among!(post_categories::post_id, posts.iter().copied()))
        .filter(post_categories::position.is_not_null())
        .order((post_categories::post_id, post_categories::position))
        .select((post_categories::post_id, categories::path))
        .load(conn)?;
    for (post, path) in rows {
        found.entry(post).or_default().categories.push(path);
    }
    let rows: Vec<(Id<Post>, String, i32)> = post_series::table
        .inner_join(series::table)
        .filter(among!(post_series::post_id, posts.iter().copied()))
        .select((post_series::post_id, series::name, post_series::part))
        .load(conn)?;
    for (post, series, part) in rows {
        found.entry(post).or_default().series = Some(Place { series, part });
    }
    Ok(found)
}

/// The slugs of the first categories of posts.
pub(in super::super) fn first_categories(
    conn: &mut Conn,
    ids: &[Id<Post>],
) -> Result<HashMap<Id<Post>, String>> {
    let rows: Vec<(Id<Post>, String)> = post_categories::table
        .inner_join(categories::table)
        .filter(among!(post_categories::post_id, ids.iter().copied()))
        .filter(post_categories::position.eq(0))
        .select((post_categories::post_id, categories::slug))
        .load(conn)?;
    Ok(rows.into_iter().collect())
}

/// Posts in the order of their ids behind one, in any state but deleted, for making their addresses anew.
pub(in super::super) fn list_behind(
    conn: &mut Conn,
    after: Id<Post>,
    limit: i64,
) -> Result<Vec<Post>> {
    let query = posts::table
        .filter(posts::id.gt(after))
        .filter(posts::status.ne(super::super::Status::Deleted))
        .order(posts::id)
        .limit(limit)
        .select(Post::as_select());
    Ok(query.load(conn)?)
}
