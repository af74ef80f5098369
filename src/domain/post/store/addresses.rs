//! SQL for the addresses of posts: which post stands where, and where it stood before. What once led to a post leads to no
//! other one.

use diesel::prelude::*;

use super::super::{Post, Status};
use crate::db::schema::{addresses, followed, pages, posts};
use crate::db::{Conn, each};
use crate::error::Result;
use crate::types::{ApUrl, Id};

/// The post with this ActivityPub id, or that has or had its page at this address; with or without a slash at the end.
pub fn find_by_address(conn: &mut Conn, address: &ApUrl) -> Result<Option<Id<Post>>> {
    let exact = posts::table
        .filter(posts::ap_id.eq(address).or(posts::url.eq(address)))
        .select(posts::id);
    if let Some(id) = exact.first(conn).optional()? {
        return Ok(Some(id));
    }
    let bare = address.as_str().trim_end_matches('/');
    let spellings = [
        address.as_str().to_owned(),
        bare.to_owned(),
        format!("{bare}/"),
    ];
    let page = posts::table
        .filter(posts::url.eq_any(spellings.clone()))
        .select(posts::id);
    if let Some(id) = page.first(conn).optional()? {
        return Ok(Some(id));
    }
    let former = addresses::table
        .filter(addresses::address.eq_any(spellings))
        .filter(addresses::post_id.is_not_null())
        .select(addresses::post_id.assume_not_null());
    Ok(former.first(conn).optional()?)
}

/// All former addresses of a post.
pub fn list_addresses(conn: &mut Conn, post: Id<Post>) -> Result<Vec<ApUrl>> {
    let query = addresses::table.filter(addresses::post_id.eq(post));
    Ok(query
        .order(addresses::address)
        .select(addresses::address)
        .load(conn)?)
}

/// The published or deleted post that has or had this slug.
pub(in super::super) fn find_by_slug(
    conn: &mut Conn,
    site: &str,
    slug: &str,
) -> Result<Option<Place>> {
    let place = (posts::slug, posts::url);
    let seen = posts::status.eq_any([Status::Published, Status::Deleted]);
    let now = posts::table
        .filter(posts::slug.eq(slug))
        .filter(seen)
        .select(place);
    if let Some(found) = now.first(conn).optional()? {
        return Ok(Some(found));
    }
    let former = posts::table
        .inner_join(addresses::table.on(addresses::post_id.eq(posts::id.nullable())))
        .filter(addresses::address.eq(format!("{site}/posts/{slug}")))
        .select(place);
    Ok(former.first(conn).optional()?)
}

/// A post's slug and address.
pub(in super::super) type Place = (String, ApUrl);

/// Where the post or page stands now that is or was at one of these addresses, or the page with this slug.
pub(in super::super) fn find_moved(
    conn: &mut Conn,
    site: &str,
    candidates: &[String],
    slug: &str,
) -> Result<Option<String>> {
    let seen = posts::status.eq_any([Status::Published, Status::Deleted]);
    let here = posts::table
        .filter(posts::url.eq_any(candidates.to_vec()))
        .filter(seen.clone())
        .select(posts::url);
    if let Some(url) = here.first::<String>(conn).optional()? {
        return Ok(Some(url));
    }
    let page = pages::table.filter(pages::slug.eq(slug)).select(pages::id);
    if page.first::<i64>(conn).optional()?.is_some() {
        return Ok(Some(format!("{site}/{slug}")));
    }
    let former = addresses::table
        .left_join(posts::table.on(addresses::post_id.eq(posts::id.nullable()).and(seen)))
        .left_join(pages::table.on(addresses::page_id.eq(pages::id.nullable())))
        .filter(addresses::address.eq_any(candidates.to_vec()))
        .select((posts::url.nullable(), pages::slug.nullable()));
    let found: Option<(Option<String>, Option<String>)> = former.first(conn).optional()?;
    Ok(found.and_then(|(post, page)| post.or_else(|| Some(format!("{site}/{}", page?)))))
}

/// True when the slug belongs to no other post or page and never did.
pub(in super::super) fn is_slug_free(
    conn: &mut Conn,
    site: &str,
    slug: &str,
    own: Id<Post>,
) -> Result<bool> {
    let here = posts::table
        .filter(posts::slug.eq(slug))
        .filter(posts::id.ne(own))
        .select(posts::id);
    if here.first::<i64>(conn).optional()?.is_some() {
        return Ok(false);
    }
    is_free(conn, site, &format!("{site}/posts/{slug}"), own)
}

/// True when nothing else has this address or had it.
pub(in super::super) fn is_free(
    conn: &mut Conn,
    site: &str,
    address: &str,
    own: Id<Post>,
) -> Result<bool> {
    let here = posts::table
        .filter(posts::url.eq(address))
        .filter(posts::id.ne(own))
        .select(posts::id);
    if here.first::<i64>(conn).optional()?.is_some() {
        return Ok(false);
    }
    let former: Option<Option<Id<Post>>> = addresses::table
        .find(address)
        .select(addresses::post_id)
        .first(conn)
        .optional()?;
    if former.is_some_and(|post| post != Some(own)) {
        return Ok(false);
    }
    let path = address
        .strip_prefix(site)
        .unwrap_or_default()
        .trim_matches('/');
    let page = pages::table.filter(pages::slug.eq(path)).select(pages::id);
    Ok(page.first::<i64>(conn).optional()?.is_none())
}

/// Remembers addresses that lead to a post and are not the one where it stands.
pub(in super::super) fn keep(conn: &mut Conn, post: &Post, others: &[String]) -> Result<()> {
    for address in others.iter().filter(|other| *other != post.url.as_str()) {
        let values = (
            addresses::address.eq(address),
            addresses::post_id.eq(Some(post.id)),
        );
        each!(conn, c => diesel::insert_into(addresses::table).values(&values).on_conflict_do_nothing().execute(c))?;
    }
    Ok(())
}

/// Gives a post another address.
pub(in super::super) fn set_url(conn: &mut Conn, id: Id<Post>, url: &ApUrl) -> Result<()> {
    diesel::update(posts::table.find(id))
        .set(posts::url.eq(url))
        .execute(conn)?;
    Ok(())
}

/// The pattern that the addresses follow; None when they never followed another one than the first.
pub(in super::super) fn load_pattern(conn: &mut Conn) -> Result<Option<String>> {
    Ok(followed::table
        .find("permalinks")
        .select(followed::value)
        .first(conn)
        .optional()?)
}

pub(in super::super) fn set_pattern(conn: &mut Conn, pattern: &str) -> Result<()> {
    let values = (followed::name.eq("permalinks"), followed::value.eq(pattern));
    each!(conn, c => diesel::insert_into(followed::table).values(&values)
        .on_conflict(followed::name).do_update().set(followed::value.eq(pattern)).execute(c))?;
    Ok(())
}
