//! SQL for pictures, emoji and the files of the cache. No rules here; see the slice's other files.

use std::collections::HashMap;

use diesel::prelude::*;
use diesel::sql_types::BigInt;

use super::cache::Copy;
use super::{EMOJIS_MAX, Emoji, Illustration, NewPicture, Owner, Picture, Size};
use crate::clock::IdGenerator;
use crate::db::schema::{
    actors, comments, emojis, media_files, pages, picture_sizes, pictures, posts, previews,
};
use crate::db::{CHUNK, Conn, among, each};
use crate::domain::actor::{self, Actor};
use crate::domain::visibility::{CommentStatus, Visibility};
use crate::error::Result;
use crate::types::{Host, Id, Timestamp};

/// Most emoji that are remembered of one server.
const HOST_EMOJIS_MAX: i64 = 2000;
/// Emoji that are fetched by one job, within its lease.
pub(super) const FETCHED: i64 = 16;
/// Files that are taken away at a time.
const SWEPT: i64 = 200;

/// Stores the pictures that something new names.
fn attach(conn: &mut Conn, ids: &IdGenerator, owner: Owner, named: &[NewPicture]) -> Result<()> {
    for one in named {
        let (comment_id, post_id, page_id) = match owner {
            Owner::Comment(id) => (Some(id), None, None),
            Owner::Post(id) => (None, Some(id), None),
            Owner::Page(id) => (None, None, Some(id)),
        };
        let row = Picture {
            id: ids.next(),
            comment_id,
            post_id,
            page_id,
            source: one.source.clone(),
            alt: one.alt.clone(),
            sensitive: one.sensitive,
            file: None,
            width: None,
            height: None,
            failed: false,
        };
        diesel::insert_into(pictures::table)
            .values(&row)
            .execute(conn)?;
    }
    Ok(())
}

/// Stores the pictures that something names now; copies of those it named before stay. True when anything changed.
pub fn replace(
    conn: &mut Conn,
    ids: &IdGenerator,
    owner: Owner,
    named: &[NewPicture],
) -> Result<bool> {
    let old = list(conn, owner)?;
    let same = old.len() == named.len()
        && old.iter().zip(named).all(|(old, new)| {
            old.source == new.source && old.alt == new.alt && old.sensitive == new.sensitive
        });
    if same {
        return Ok(false);
    }
    detach(conn, owner)?;
    attach(conn, ids, owner, named)?;
    for kept in old.into_iter().filter(|old| old.file.is_some()) {
        let again = pictures::table
            .filter(of(owner))
            .filter(pictures::source.eq(&kept.source));
        diesel::update(again)
            .set((
                pictures::file.eq(&kept.file),
                pictures::width.eq(kept.width),
                pictures::height.eq(kept.height),
            ))
            .execute(conn)?;
    }
    Ok(true)
}

type Of = Box<
    dyn BoxableExpression<
            pictures::table,
            crate::db::AnyBackend,
            SqlType = diesel::sql_types::Nullable<diesel::sql_types::Bool>,
        >,
>;

fn of(owner: Owner) -> Of {
    match owner {
        Owner::Comment(id) => Box::new(pictures::comment_id.eq(id)),
        Owner::Post(id) => Box::new(pictures::post_id.eq(id)),
        Owner::Page(id) => Box::new(pictures::page_id.eq(id)),
    }
}

fn list(conn: &mut Conn, owner: Owner) -> Result<Vec<Picture>> {
    let query = pictures::table.filter(of(owner)).order(pictures::id);
    Ok(query.select(Picture::as_select()).load(conn)?)
}

/// Forgets the pictures of something that is gone. Their files go with the next sweep. True when there were any.
pub fn detach(conn: &mut Conn, owner: Owner) -> Result<bool> {
    let gone = diesel::delete(pictures::table.filter(of(owner))).execute(conn)?;
    Ok(gone > 0)
}

/// Forgets the pictures of a post and of all comments under it.
pub fn detach_under(conn: &mut Conn, post: i64) -> Result<()> {
    let under = comments::table
        .filter(comments::post_id.eq(post))
        .select(comments::id.nullable());
    diesel::delete(pictures::table.filter(pictures::comment_id.eq_any(under))).execute(conn)?;
    detach(conn, Owner::Post(post)).map(|_| ())
}

/// Forgets the pictures in all comments of an actor.
pub fn detach_all_of(conn: &mut Conn, actor: Id<Actor>) -> Result<()> {
    let theirs = comments::table
        .filter(comments::actor_id.eq(actor))
        .select(comments::id.nullable());
    diesel::delete(pictures::table.filter(pictures::comment_id.eq_any(theirs))).execute(conn)?;
    Ok(())
}

/// Gives the copies of a comment's pictures up, until it is shown again. True when there were any.
pub fn forget_copies(conn: &mut Conn, comment: i64) -> Result<bool> {
    let shown = pictures::table
        .filter(pictures::comment_id.eq(comment))
        .filter(pictures::file.is_not_null());
    let given_up = diesel::update(shown)
        .set((
            pictures::file.eq(None::<String>),
            pictures::width.eq(None::<i32>),
            pictures::height.eq(None::<i32>),
        ))
        .execute(conn)?;
    Ok(given_up > 0)
}

/// True when something has pictures that were not fetched yet.
pub fn has_pending(conn: &mut Conn, owner: Owner) -> Result<bool> {
    let pending = pictures::table
        .filter(of(owner))
        .filter(pictures::file.is_null())
        .filter(pictures::failed.eq(false));
    let found: Option<i64> = pending.select(pictures::id).first(conn).optional()?;
    Ok(found.is_some())
}

/// The pictures to fetch, each with the server whose people brought it: of a comment only when it may be shown.
pub(super) fn list_pending(conn: &mut Conn, owner: Owner) -> Result<Vec<(Picture, Host)>> {
    let host: Option<Host> = match owner {
        Owner::Comment(id) => comments::table
            .inner_join(actors::table)
            .filter(comments::id.eq(id))
            .filter(comments::status.eq(CommentStatus::Published))
            .filter(comments::visibility.eq_any([Visibility::Public, Visibility::Unlisted]))
            .select(actors::host)
            .first(conn)
            .optional()?,
        Owner::Post(id) => posts::table
            .inner_join(actors::table)
            .filter(posts::id.eq(id))
            .filter(posts::status.eq("published"))
            .select(actors::host)
            .first(conn)
            .optional()?,
        // What stands in a page is the site's.
        Owner::Page(id) => actors::table
            .filter(actors::local.eq(true))
            .filter(diesel::dsl::exists(
                pages::table.find(id).filter(pages::deleted_at.is_null()),
            ))
            .select(actors::host)
            .first(conn)
            .optional()?,
    };
    let Some(host) = host else {
        return Ok(Vec::new());
    };
    let pending = list(conn, owner)?.into_iter();
    let pending = pending.filter(|row| row.file.is_none() && !row.failed);
    Ok(pending.map(|row| (row, host.clone())).collect())
}

/// Notes the copy of a picture; nothing when the picture went meanwhile.
pub(super) fn set_copy(conn: &mut Conn, id: Id<Picture>, copy: &Copy) -> Result<()> {
    diesel::update(pictures::table.find(id))
        .set((
            pictures::file.eq(Some(&copy.file)),
            pictures::width.eq(i32::try_from(copy.width).ok()),
            pictures::height.eq(i32::try_from(copy.height).ok()),
        ))
        .execute(conn)?;
    for (file, width) in &copy.sizes {
        let row = (
            picture_sizes::of_file.eq(&copy.file),
            picture_sizes::file.eq(file),
            picture_sizes::width.eq(i32::try_from(*width).unwrap_or(i32::MAX)),
        );
        each!(conn, c => diesel::insert_into(picture_sizes::table)
            .values(row)
            .on_conflict_do_nothing()
            .execute(c))?;
    }
    Ok(())
}

/// Notes that a picture cannot be had.
pub(super) fn set_failed(conn: &mut Conn, id: Id<Picture>) -> Result<()> {
    diesel::update(pictures::table.find(id))
        .set(pictures::failed.eq(true))
        .execute(conn)?;
    Ok(())
}

/// Notes the emoji that a server's document names; a new address replaces the old one. True when there is something to
/// fetch.
pub fn note_emojis(
    conn: &mut Conn,
    host: &Host,
    named: &[(String, String)],
    now: Timestamp,
) -> Result<bool> {
    let mut news = false;
    for (name, source) in named.iter().take(EMOJIS_MAX) {
        let known: Option<String> = emojis::table
            .find((host, name))
            .select(emojis::source)
            .first(conn)
            .optional()?;
        if known.as_ref() == Some(source) {
            continue;
        }
        if known.is_none() && count_emojis(conn, host)? >= HOST_EMOJIS_MAX {
            break;
        }
        let row = Emoji {
            host: host.clone(),
            name: name.clone(),
            source: source.clone(),
            file: None,
            failed: false,
            added_at: now,
        };
        each!(conn, c => diesel::insert_into(emojis::table)
            .values(&row)
            .on_conflict((emojis::host, emojis::name))
            .do_update()
            .set((
                emojis::source.eq(&row.source),
                emojis::file.eq(None::<String>),
                emojis::failed.eq(false),
            ))
            .execute(c))?;
        news = true;
    }
    Ok(news)
}

fn count_emojis(conn: &mut Conn, host: &Host) -> Result<i64> {
    let theirs = emojis::table.filter(emojis::host.eq(host));
    Ok(theirs.count().get_result(conn)?)
}

/// The emoji of a server that are to be fetched, oldest first; as many as one job does.
pub(super) fn list_pending_emojis(conn: &mut Conn, host: &Host) -> Result<Vec<Emoji>> {
    let query = emojis::table
        .filter(emojis::host.eq(host))
        .filter(emojis::file.is_null())
        .filter(emojis::failed.eq(false))
        .order(emojis::added_at)
        .limit(FETCHED);
    Ok(query.select(Emoji::as_select()).load(conn)?)
}

/// Notes the copy of an emoji, or (None) that it cannot be had.
pub(super) fn set_emoji(
    conn: &mut Conn,
    host: &Host,
    name: &str,
    file: Option<&str>,
) -> Result<()> {
    diesel::update(emojis::table.find((host, name)))
        .set((emojis::file.eq(file), emojis::failed.eq(file.is_none())))
        .execute(conn)?;
    Ok(())
}

/// The copies of these emoji of these servers: server, name, file.
pub fn list_emojis(
    conn: &mut Conn,
    hosts: Vec<Host>,
    names: &[String],
) -> Result<Vec<(Host, String, String)>> {
    let mut found = Vec::new();
    for chunk in names.chunks(CHUNK) {
        let query = emojis::table
            .filter(emojis::host.eq_any(hosts.clone()))
            .filter(emojis::name.eq_any(chunk.to_vec()))
            .filter(emojis::file.is_not_null());
        let rows: Vec<(Host, String, Option<String>)> = query
            .select((emojis::host, emojis::name, emojis::file))
            .load(conn)?;
        let rows = rows.into_iter();
        found.extend(rows.filter_map(|(host, name, file)| Some((host, name, file?))));
    }
    Ok(found)
}

/// The pictures of all comments under a post, by comment.
pub fn list_under(conn: &mut Conn, post: i64) -> Result<HashMap<i64, Vec<Picture>>> {
    let query = pictures::table
        .inner_join(comments::table.on(pictures::comment_id.eq(comments::id.nullable())))
        .filter(comments::post_id.eq(post))
        .order(pictures::id);
    let rows: Vec<Picture> = query.select(Picture::as_select()).load(conn)?;
    Ok(grouped(rows, |row| row.comment_id))
}

/// The pictures of these comments, by comment; a statement's worth at most.
pub fn list_of_comments(conn: &mut Conn, ids: &[i64]) -> Result<HashMap<i64, Vec<Picture>>> {
    let query = pictures::table.filter(among!(pictures::comment_id, ids.iter().copied()));
    let mut rows: Vec<Picture> = query.select(Picture::as_select()).load(conn)?;
    rows.sort_by_key(|row| row.id);
    Ok(grouped(rows, |row| row.comment_id))
}

/// The pictures of one comment.
pub fn list_of_comment(conn: &mut Conn, comment: i64) -> Result<Vec<Picture>> {
    list(conn, Owner::Comment(comment))
}

/// The pictures of posts with their sizes, by post; a page of a list at most.
pub fn list_of_posts(conn: &mut Conn, posts: Vec<i64>) -> Result<HashMap<i64, Vec<Illustration>>> {
    let query = pictures::table
        .filter(among!(pictures::post_id, posts))
        .order(pictures::id);
    let rows = query.select(Picture::as_select()).load(conn)?;
    let mut found: HashMap<i64, Vec<Illustration>> = HashMap::new();
    for one in illustrations(conn, rows)? {
        let post = one.picture.post_id.unwrap_or_default();
        found.entry(post).or_default().push(one);
    }
    Ok(found)
}

/// The pictures of a free page with their sizes.
pub fn list_of_page(conn: &mut Conn, page: i64) -> Result<Vec<Illustration>> {
    let rows = list(conn, Owner::Page(page))?;
    illustrations(conn, rows)
}

/// Pictures with their sizes.
fn illustrations(conn: &mut Conn, rows: Vec<Picture>) -> Result<Vec<Illustration>> {
    let files: Vec<String> = rows.iter().filter_map(|row| row.file.clone()).collect();
    let mut sizes: HashMap<String, Vec<Size>> = HashMap::new();
    for chunk in files.chunks(CHUNK) {
        let query = picture_sizes::table
            .filter(picture_sizes::of_file.eq_any(chunk.to_vec()))
            .order((picture_sizes::width, picture_sizes::file));
        let rows: Vec<(String, String, i32)> = query.load(conn)?;
        for (of, file, width) in rows {
            let path = actor::avatar_path(&file);
            sizes.entry(of).or_default().push(Size { path, width });
        }
    }
    let illustration = |picture: Picture| {
        let sizes = picture.file.as_ref().and_then(|file| sizes.get(file));
        let sizes = sizes.cloned().unwrap_or_default();
        Illustration { picture, sizes }
    };
    Ok(rows.into_iter().map(illustration).collect())
}

fn grouped(
    rows: Vec<Picture>,
    key: impl Fn(&Picture) -> Option<i64>,
) -> HashMap<i64, Vec<Picture>> {
    let mut found: HashMap<i64, Vec<Picture>> = HashMap::new();
    for row in rows {
        found
            .entry(key(&row).unwrap_or_default())
            .or_default()
            .push(row);
    }
    found
}

/// Bytes of all files but those drawn here, and of those that one server's people brought.
pub(super) fn usage(conn: &mut Conn, host: &Host) -> Result<(i64, i64)> {
    let sum = || diesel::dsl::sql::<BigInt>("CAST(COALESCE(SUM(bytes), 0) AS BIGINT)");
    let drawn = previews::table.filter(previews::file.eq(media_files::file));
    let copies = media_files::table.filter(diesel::dsl::not(diesel::dsl::exists(drawn)));
    let theirs = copies.filter(media_files::host.eq(host));
    Ok((
        copies.select(sum()).first(conn)?,
        theirs.select(sum()).first(conn)?,
    ))
}

/// Notes a file of the cache; one that is there stays whose it was.
pub(super) fn note_file(
    conn: &mut Conn,
    file: &str,
    bytes: i64,
    host: &Host,
    now: Timestamp,
) -> Result<()> {
    let row = (
        media_files::file.eq(file),
        media_files::bytes.eq(bytes),
        media_files::host.eq(host),
        media_files::added_at.eq(now),
    );
    each!(conn, c => diesel::insert_into(media_files::table)
        .values(row)
        .on_conflict_do_nothing()
        .execute(c))?;
    Ok(())
}

/// Takes the rows of files that nothing shows away, oldest first, and returns their names.
pub(super) fn take_unused(conn: &mut Conn) -> Result<Vec<String>> {
    let shown_by = (
        pictures::table.filter(pictures::file.eq(media_files::file.nullable())),
        emojis::table.filter(emojis::file.eq(media_files::file.nullable())),
        actors::table.filter(actors::avatar.eq(media_files::file.nullable())),
        picture_sizes::table
            .inner_join(pictures::table.on(pictures::file.eq(picture_sizes::of_file.nullable())))
            .filter(picture_sizes::file.eq(media_files::file)),
        previews::table.filter(previews::file.eq(media_files::file)),
    );
    let files: Vec<String> = media_files::table
        .filter(diesel::dsl::not(diesel::dsl::exists(shown_by.0)))
        .filter(diesel::dsl::not(diesel::dsl::exists(shown_by.1)))
        .filter(diesel::dsl::not(diesel::dsl::exists(shown_by.2)))
        .filter(diesel::dsl::not(diesel::dsl::exists(shown_by.3)))
        .filter(diesel::dsl::not(diesel::dsl::exists(shown_by.4)))
        .order(media_files::added_at)
        .limit(SWEPT)
        .select(media_files::file)
        .load(conn)?;
    diesel::delete(media_files::table.filter(media_files::file.eq_any(files.clone())))
        .execute(conn)?;
    // A size goes with its picture, and the other way round: what is fetched again is made again.
    diesel::delete(picture_sizes::table.filter(picture_sizes::file.eq_any(files.clone())))
        .execute(conn)?;
    diesel::delete(picture_sizes::table.filter(picture_sizes::of_file.eq_any(files.clone())))
        .execute(conn)?;
    Ok(files)
}
