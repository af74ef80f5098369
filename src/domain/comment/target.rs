//! What readers can do something with from their own servers: a post, a comment that everybody may see, one of our people.

use super::{address, paging, store};
use crate::app::App;
use crate::db::Conn;
use crate::domain::post::{self, Post};
use crate::domain::{account, actor};
use crate::error::{Error, Result};
use crate::types::{ApUrl, Id};

/// Longest part of what names it, in bytes.
const LONGEST: usize = 255;

/// What was found.
#[derive(Clone, Debug)]
pub struct Target {
    /// Its ActivityPub id; for a person the same as `author`.
    pub object: ApUrl,
    /// The ActivityPub id of who wrote it.
    pub author: ApUrl,
    /// The name of who wrote it.
    pub author_name: String,
    /// Its title or, where it has none, the author's name.
    pub name: String,
    /// Its page.
    pub page: String,
    /// True when it takes no answers.
    pub closed: bool,
}

/// Finds what `slug`, `slug/1.2` or `@alice` names. `NotFound` unless everybody may see it.
pub async fn find_target(app: &App, id: &str) -> Result<Target> {
    let (rules, now) = (app.config.discussion.clone(), app.now());
    let (id, site) = (id.to_owned(), app.config.site.url.clone());
    app.db
        .read(move |conn| {
            // PostgreSQL takes no NUL.
            if id.len() > 2 * LONGEST || id.contains(char::is_control) {
                return Err(Error::NotFound("the post"));
            }
            if let Some(handle) = id.strip_prefix('@') {
                return one_of_ours(conn, handle);
            }
            let (slug, number) = match id.split_once('/') {
                Some((slug, number)) => (slug, Some(number)),
                None => (id.as_str(), None),
            };
            let post = get_post(conn, &site, slug)?;
            let closed = post.policy().is_closed(&rules, now);
            let found = match number {
                Some(number) => of_comment(conn, &post, number)?,
                None => of_post(conn, post)?,
            };
            Ok(Target { closed, ..found })
        })
        .await
}

/// The post with this slug, or that had it once: a page may be open for longer than a slug lasts.
fn get_post(conn: &mut Conn, site: &str, slug: &str) -> Result<Post> {
    let what = match post::page::get_published(conn, slug) {
        Err(Error::NotFound(what)) => what,
        found => return found,
    };
    let address = post::find_moved(conn, site, &format!("/posts/{slug}"))?;
    let address = address.map(ApUrl::new).ok_or(Error::NotFound(what))?;
    let id = post::find_by_address(conn, &address)?.ok_or(Error::NotFound(what))?;
    let slug = post::get(conn, id)?.slug;
    post::page::get_published(conn, &slug)
}

fn one_of_ours(conn: &mut Conn, handle: &str) -> Result<Target> {
    let name = handle.split('@').next().unwrap_or_default();
    let found = account::load_with_actor(conn, name)?;
    let (_, actor) = found.ok_or(Error::NotFound("the writer"))?;
    Ok(Target {
        object: actor.ap_id.clone(),
        page: actor.url.as_str().to_owned(),
        author: actor.ap_id,
        name: actor.name.clone(),
        author_name: actor.name,
        closed: true,
    })
}

fn of_post(conn: &mut Conn, post: Post) -> Result<Target> {
    let author = actor::get(conn, post.actor_id)?;
    let name = [&post.title, &author.name]
        .into_iter()
        .find(|name| !name.trim().is_empty());
    Ok(Target {
        name: name.cloned().unwrap_or_default(),
        object: post.ap_id,
        author: author.ap_id,
        author_name: author.name,
        page: post.url.into_string(),
        closed: false,
    })
}

fn of_comment(conn: &mut Conn, post: &Post, number: &str) -> Result<Target> {
    let spot = paging::find_spot(conn, post.id, number)?;
    let row = store::get(conn, Id::new(spot.leaf.id))?;
    if !row.is_public() {
        return Err(Error::NotFound("the comment"));
    }
    let author = actor::get(conn, row.actor_id)?;
    let name = match author.name.trim() {
        "" => author.handle(),
        name => name.to_owned(),
    };
    Ok(Target {
        object: row.ap_id,
        page: address(&post.base(), &spot.number),
        author: author.ap_id,
        author_name: name.clone(),
        name,
        closed: false,
    })
}
