//! SQL for free pages. No rules here.

use diesel::prelude::*;

use super::Page;
use crate::db::schema::{addresses, pages, posts};
use crate::db::{Conn, each};
use crate::domain::media::{self, Illustration};
use crate::error::{Error, Result};
use crate::types::{Id, Timestamp};

/// The page with this slug, deleted ones too, and the pictures in it.
pub fn load_by_slug(conn: &mut Conn, slug: &str) -> Result<Option<(Page, Vec<Illustration>)>> {
    let query = pages::table.filter(pages::slug.eq(slug));
    let found: Option<Page> = query.select(Page::as_select()).first(conn).optional()?;
    let Some(page) = found else {
        return Ok(None);
    };
    let pictures = media::list_of_page(conn, page.id.raw())?;
    Ok(Some((page, pictures)))
}

/// The page with this id that is not deleted, or `NotFound`; `Gone` when it was.
pub(super) fn get(conn: &mut Conn, id: Id<Page>) -> Result<Page> {
    let row: Option<Page> = pages::table
        .find(id)
        .select(Page::as_select())
        .first(conn)
        .optional()?;
    match row {
        Some(page) if page.deleted_at.is_some() => Err(Error::Gone("the page")),
        Some(page) => Ok(page),
        None => Err(Error::NotFound("the page")),
    }
}

/// Pages that are not deleted, newest first, before an id.
pub(super) fn list(conn: &mut Conn, before: Option<Id<Page>>, limit: i64) -> Result<Vec<Page>> {
    let query = pages::table
        .filter(pages::deleted_at.is_null())
        .filter(pages::id.lt(before.map_or(i64::MAX, Id::raw)))
        .order(pages::id.desc())
        .limit(limit)
        .select(Page::as_select());
    Ok(query.load(conn)?)
}

/// True when no other page, and no post, has or had this address.
pub(super) fn is_free(conn: &mut Conn, address: &str, slug: &str, own: Id<Page>) -> Result<bool> {
    let page = pages::table
        .filter(pages::slug.eq(slug))
        .filter(pages::id.ne(own))
        .select(pages::id);
    let post = posts::table
        .filter(posts::url.eq(address))
        .select(posts::id);
    if page.first::<i64>(conn).optional()?.is_some()
        || post.first::<i64>(conn).optional()?.is_some()
    {
        return Ok(false);
    }
    let query = addresses::table.find(address).select(addresses::page_id);
    let former: Option<Option<Id<Page>>> = query.first(conn).optional()?;
    Ok(former.is_none_or(|page| page == Some(own)))
}

pub(super) fn insert(conn: &mut Conn, page: &Page) -> Result<()> {
    diesel::insert_into(pages::table)
        .values(page)
        .execute(conn)?;
    Ok(())
}

pub(super) fn update(conn: &mut Conn, page: &Page, seen: Timestamp) -> Result<()> {
    let unchanged = pages::table
        .filter(pages::id.eq(page.id))
        .filter(pages::updated_at.eq(seen));
    if diesel::update(unchanged).set(page).execute(conn)? == 0 {
        return Err(Error::Conflict(
            "the page was changed meanwhile; load it again".into(),
        ));
    }
    Ok(())
}

/// Remembers where a page stood.
pub(super) fn keep(conn: &mut Conn, page: Id<Page>, address: &str) -> Result<()> {
    let values = (
        addresses::address.eq(address),
        addresses::page_id.eq(Some(page)),
    );
    each!(conn, c => diesel::insert_into(addresses::table).values(&values).on_conflict_do_nothing().execute(c))?;
    Ok(())
}
