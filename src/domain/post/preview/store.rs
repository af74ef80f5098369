//! SQL for the pictures that previews of posts show. No rules here.

use std::collections::HashMap;

use diesel::prelude::*;

use super::Preview;
use crate::db::schema::{posts, previews};
use crate::db::{Conn, among, each};
use crate::domain::post::{Post, Status};
use crate::error::Result;
use crate::types::Id;

/// The pictures of posts, by post; a page of a list at most.
pub(in crate::domain::post) fn load(
    conn: &mut Conn,
    ids: &[Id<Post>],
) -> Result<HashMap<Id<Post>, Preview>> {
    let query = previews::table
        .filter(among!(previews::post_id, ids.iter().copied()))
        .select((previews::post_id, previews::file, previews::titled));
    let rows: Vec<(Id<Post>, String, bool)> = query.load(conn)?;
    let preview = |(id, file, titled)| (id, Preview { file, titled });
    Ok(rows.into_iter().map(preview).collect())
}

/// Notes the picture of a post, unless the post went meanwhile.
pub(super) fn set(
    conn: &mut Conn,
    id: Id<Post>,
    site: &str,
    Preview { file, titled }: &Preview,
) -> Result<()> {
    let published = posts::table
        .filter(posts::id.eq(id))
        .filter(posts::status.eq(Status::Published));
    let found: Option<Id<Post>> = published.select(posts::id).first(conn).optional()?;
    if found.is_none() {
        return Ok(());
    }
    let drawn = (
        previews::file.eq(file),
        previews::site.eq(site),
        previews::titled.eq(titled),
    );
    each!(conn, c => diesel::insert_into(previews::table)
        .values((previews::post_id.eq(id), drawn))
        .on_conflict(previews::post_id)
        .do_update()
        .set(drawn)
        .execute(c))?;
    Ok(())
}

/// Forgets the picture of a post; its file goes with the next sweep.
pub(in crate::domain::post) fn forget(conn: &mut Conn, id: Id<Post>) -> Result<()> {
    diesel::delete(previews::table.find(id)).execute(conn)?;
    Ok(())
}

/// Published posts without a picture, or with one that calls the blog by another name; newest first.
pub(super) fn list_missing(conn: &mut Conn, site: &str, limit: i64) -> Result<Vec<Id<Post>>> {
    let query = posts::table
        .left_join(previews::table.on(previews::post_id.eq(posts::id)))
        .filter(posts::status.eq(Status::Published))
        .filter(
            previews::site
                .nullable()
                .is_null()
                .or(previews::site.nullable().ne(site)),
        )
        .order(posts::id.desc())
        .limit(limit)
        .select(posts::id);
    Ok(query.load(conn)?)
}
