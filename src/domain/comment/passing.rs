//! Which activities of others are passed on to the followers of a post's writer (ActivityPub 7.1.2), and when: those about
//! a reply that everybody may see, at once; those about one that is held, when it is approved. Whom they go to is
//! `federation`'s.

use super::{Brought, Comment, Later, store};
use crate::app::App;
use crate::db::Conn;
use crate::domain::actor::Actor;
use crate::domain::post::Post;
use crate::domain::visibility::CommentStatus;
use crate::error::Result;
use crate::queue::Job;
use crate::types::{ApUrl, Id};

/// Largest activity that is passed on, in bytes.
pub const PASSED_ON_MAX: usize = 256 * 1024;
/// Activities kept to be passed on at a time: in all, and about the replies of one server's people. What comes on top is
/// taken in and not passed on.
const MOST: i64 = 2_000;
const MOST_PER_HOST: i64 = 200;
/// Activities kept about one comment: its Create, and edits that were not passed on yet.
const MOST_PER_COMMENT: i64 = 8;

/// Keeps the activity that brought a comment or its edit, and the job that passes it on when everybody may see the
/// comment. Does nothing for what is private or was thrown away.
pub(super) fn pass_on(
    conn: &mut Conn,
    later: &Later,
    brought: Option<&Brought>,
    comment: &Comment,
) -> Result<()> {
    let waits = comment.status == CommentStatus::Held
        || (comment.status == CommentStatus::Published && comment.hidden);
    let seen = comment.is_public();
    if !comment.visibility.is_open() || !(waits || seen) {
        return Ok(());
    }
    keep(conn, later, brought, comment, seen)
}

/// The same for the deletion of a comment, which is given as it was before. What waited to be passed on about it is
/// forgotten in any case: it holds a text that is gone.
pub(super) fn pass_on_deletion(
    conn: &mut Conn,
    later: &Later,
    brought: Option<&Brought>,
    before: &Comment,
) -> Result<()> {
    store::forget_passed_on(conn, before.id)?;
    if before.is_public() {
        keep(conn, later, brought, before, true)?;
    }
    Ok(())
}

fn keep(
    conn: &mut Conn,
    later: &Later,
    brought: Option<&Brought>,
    comment: &Comment,
    now: bool,
) -> Result<()> {
    let Some(brought) = brought else {
        return Ok(());
    };
    let Some(text) = text_of(brought) else {
        return Ok(());
    };
    let bounds = [(None, MOST), (Some(comment.id), MOST_PER_COMMENT)];
    for (about, most) in bounds {
        if store::count_passed_on(conn, about)? >= most {
            return Ok(());
        }
    }
    if store::count_passed_on_of_host(conn, &comment.ap_id)? >= MOST_PER_HOST {
        return Ok(());
    }
    let row = later.id();
    let kept = store::insert_passed_on(conn, row, brought, comment, text, later.now())?;
    if kept && now {
        later
            .job(Job::Forward {
                activity: row.raw(),
            })
            .enqueue(conn)?;
    }
    Ok(())
}

/// Keeps the activity that brought a reply, or its edit, while the reply waits for what it answers. Does nothing when it
/// does not wait.
pub async fn keep_for_parked(
    app: &App,
    brought: Brought,
    reply: ApUrl,
    author: Actor,
) -> Result<()> {
    let later = Later::of(app);
    app.db
        .write(move |conn| {
            let Some(text) = text_of(&brought) else {
                return Ok(());
            };
            if store::count_passed_on(conn, None)? >= MOST {
                return Ok(());
            }
            let about = (&reply, &author);
            let now = later.now();
            store::insert_about_parked(conn, later.id(), &brought, about, text, now)?;
            Ok(())
        })
        .await
}

/// What is to be passed on, when there is something.
fn text_of(brought: &Brought) -> Option<&str> {
    let text = std::str::from_utf8(brought.bytes.as_deref()?).ok()?;
    (text.len() <= PASSED_ON_MAX).then_some(text)
}

/// Passes on what was kept about a post's comments while they could not be seen.
pub(super) fn pass_on_kept(conn: &mut Conn, later: &Later, post: Id<Post>) -> Result<()> {
    for activity in store::list_not_passed_on(conn, post)? {
        later.job(Job::Forward { activity }).enqueue(conn)?;
    }
    Ok(())
}
