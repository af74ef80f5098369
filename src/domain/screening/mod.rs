//! The rules that decide whether a reply appears at once. People's decisions are `moderation`'s.

use diesel::prelude::*;

use crate::config::Moderation;
use crate::db::Conn;
use crate::db::schema::comments;
use crate::domain::actor::Actor;
use crate::domain::visibility::is_public;
use crate::error::Result;
use crate::types::{Id, word_enum};

word_enum! {
    /// Which rule held a reply.
    Rule {
        /// Every reply is held here.
        All = "all_are_held",
        /// The first of its author.
        First = "first_reply",
        /// The post takes no comments any more.
        Closed = "comments_closed",
    }
}

/// Decides about a reply by its author, in the transaction that stores it: the rule that holds it, or None.
pub fn review(conn: &mut Conn, mode: Moderation, author: Id<Actor>) -> Result<Option<Rule>> {
    match mode {
        Moderation::Open => Ok(None),
        // There is no spam filter yet: a first reply is held, as with `known`.
        Moderation::Known | Moderation::Screened => {
            let known = has_published(conn, author)?;
            Ok((!known).then_some(Rule::First))
        }
        Moderation::All => Ok(Some(Rule::All)),
    }
}

/// True when a comment of this author's stands in public: somebody approved one.
fn has_published(conn: &mut Conn, author: Id<Actor>) -> Result<bool> {
    let theirs = comments::table
        .filter(comments::actor_id.eq(author))
        .filter(is_public());
    Ok(theirs
        .select(comments::id)
        .first::<i64>(conn)
        .optional()?
        .is_some())
}
