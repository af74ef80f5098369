//! SQL for what is known of a reply by its address. Read only, no rules.

use diesel::prelude::*;

use super::super::locate::{ABOVE_HIDDEN, Fate, NOT_PUBLIC, Outcome};
use super::super::{Comment, address, store};
use crate::db::Conn;
use crate::db::schema::{actors, comments, parked, posts, reactions, received, tombstones};
use crate::domain::backfill::{self, State};
use crate::domain::post;
use crate::domain::verdict::{self, Note, Verdict};
use crate::domain::visibility::CommentStatus;
use crate::error::Result;
use crate::types::{ApUrl, Timestamp};

/// What is known of a reply by its ActivityPub id or page address; of an activity by its id.
pub(in crate::domain::comment) fn locate(conn: &mut Conn, address: &ApUrl) -> Result<Fate> {
    if let Some(comment) = load(conn, address)? {
        return here(conn, &comment);
    }
    if let Some(at) = buried(conn, address)? {
        return Ok(Fate {
            seen_at: Some(at),
            ..Fate::new(Outcome::Deleted)
        });
    }
    if let Some((parent, at)) = waiting(conn, address)? {
        return Ok(Fate {
            parent: Some(parent),
            seen_at: Some(at),
            ..Fate::new(Outcome::Waiting)
        });
    }
    if let Some(at) = taken(conn, address)? {
        return Ok(Fate {
            seen_at: Some(at),
            ..Fate::new(Outcome::Accepted)
        });
    }
    match verdict::load(conn, address)? {
        Some(note) => Ok(of_note(note)),
        None => named(conn, address),
    }
}

/// What is known of a reply that others named, and that was never had.
fn named(conn: &mut Conn, address: &ApUrl) -> Result<Fate> {
    let Some(wanted) = backfill::load_wanted(conn, address)? else {
        return Ok(Fate::new(Outcome::Unknown));
    };
    let outcome = match wanted.state {
        State::Private => Outcome::Private,
        State::Blocked => Outcome::Blocked,
        State::Waiting => Outcome::Waiting,
        State::Stray => Outcome::Ignored,
        State::Open | State::Unreachable => Outcome::Unknown,
    };
    Ok(Fate {
        seen_at: Some(wanted.added_at),
        ..Fate::new(outcome)
    })
}

fn load(conn: &mut Conn, address: &ApUrl) -> Result<Option<Comment>> {
    let known = store::load_by_ap_id(conn, address)?;
    match (known, address.host()) {
        (None, Some(host)) => {
            // Only its author's own server says which page is whose.
            let query = comments::table
                .inner_join(actors::table)
                .filter(comments::url.eq(address))
                .filter(actors::host.eq(host))
                .order(comments::id)
                .select(Comment::as_select());
            Ok(query.first(conn).optional()?)
        }
        (known, _) => Ok(known),
    }
}

fn here(conn: &mut Conn, comment: &Comment) -> Result<Fate> {
    let open = comment.visibility.is_open();
    let (outcome, code) = match comment.status {
        CommentStatus::Published if !open => (Outcome::Private, None),
        CommentStatus::Published if comment.hidden => (Outcome::Held, Some(ABOVE_HIDDEN)),
        CommentStatus::Published => (Outcome::Published, None),
        CommentStatus::Held => (Outcome::Held, None),
        CommentStatus::Spam => (Outcome::Spam, None),
        CommentStatus::Trash => (Outcome::Trash, None),
        CommentStatus::Deleted => (Outcome::Deleted, None),
        CommentStatus::Blocked => (Outcome::Blocked, None),
    };
    let held = outcome == Outcome::Held && code.is_none();
    Ok(Fate {
        code: code.map(str::to_owned),
        rule: comment.rule.filter(|_| held),
        comment: Some(comment.id),
        place: place(conn, comment)?,
        seen_at: Some(comment.received_at),
        ..Fate::new(outcome)
    })
}

/// Its place on the post's page, when it stands there.
pub fn place(conn: &mut Conn, comment: &Comment) -> Result<Option<String>> {
    if !comment.is_public() {
        return Ok(None);
    }
    let (post, slug): (ApUrl, String) = posts::table
        .find(comment.post_id)
        .select((posts::ap_id, posts::slug))
        .first(conn)?;
    let number = store::load_number(conn, comment)?;
    let base = post::base_of(&post, &slug);
    Ok(number.map(|number| address(&base, &number)))
}

fn buried(conn: &mut Conn, address: &ApUrl) -> Result<Option<Timestamp>> {
    let query = tombstones::table.find(address);
    Ok(query
        .select(tombstones::deleted_at)
        .first(conn)
        .optional()?)
}

fn waiting(conn: &mut Conn, address: &ApUrl) -> Result<Option<(ApUrl, Timestamp)>> {
    let query = parked::table.find(address);
    Ok(query
        .select((parked::parent_ap_id, parked::received_at))
        .first(conn)
        .optional()?)
}

/// When an activity with this id was taken.
fn taken(conn: &mut Conn, address: &ApUrl) -> Result<Option<Timestamp>> {
    let received: Option<Timestamp> = received::table
        .find(address)
        .select(received::received_at)
        .first(conn)
        .optional()?;
    if received.is_some() {
        return Ok(received);
    }
    let query = reactions::table.filter(reactions::ap_id.eq(address));
    Ok(query.select(reactions::created_at).first(conn).optional()?)
}

fn of_note(note: Note) -> Fate {
    let outcome = match note.verdict {
        Verdict::Ignored if note.reason == NOT_PUBLIC => Outcome::Private,
        Verdict::Ignored if note.reason == "deleted" => Outcome::Deleted,
        Verdict::Ignored => Outcome::Ignored,
        Verdict::Refused => Outcome::Refused,
        Verdict::Missed if note.reason == "not_shown" => Outcome::Private,
        Verdict::Missed => Outcome::Unknown,
    };
    let plain = matches!(outcome, Outcome::Private | Outcome::Deleted);
    Fate {
        code: Some(note.reason).filter(|_| !plain),
        seen_at: Some(note.seen_at),
        ..Fate::new(outcome)
    }
}
