//! Who may see a comment: the one predicate that every page, document, collection, feed and count goes through.

use diesel::dsl::{And, Eq, IsNotNull, Or};
use diesel::prelude::*;

use crate::db::schema::comments;
use crate::db::{Literal, literal};
use crate::types::word_enum;

word_enum! {
    /// Where a comment stands.
    CommentStatus {
        /// Everybody sees it.
        Published = "published",
        /// Waits for a decision.
        Held = "held",
        /// Taken for spam.
        Spam = "spam",
        /// Thrown away by a moderator.
        Trash = "trash",
        /// Deleted by its author; answers may still stand below its place.
        Deleted = "deleted",
        /// Its author's server is blocked; what it was before stands beside it.
        Blocked = "blocked",
    }
}

word_enum! {
    /// Whom the author addressed.
    Visibility {
        /// Everybody.
        Public = "public",
        /// Everybody, but not in public timelines.
        Unlisted = "unlisted",
        /// The author's followers.
        Followers = "followers",
        /// The people named.
        Direct = "direct",
    }
}

/// What anybody may read.
pub const OPEN: [Visibility; 2] = [Visibility::Public, Visibility::Unlisted];

impl Visibility {
    /// True when anybody may read it.
    pub const fn is_open(self) -> bool {
        matches!(self, Self::Public | Self::Unlisted)
    }
}

type Open = Or<Eq<comments::visibility, Visibility>, Eq<comments::visibility, Visibility>>;
/// What [`is_public`] returns.
pub type IsPublic = And<Eq<comments::status, CommentStatus>, Shown>;
/// What [`is_place`] returns.
pub type IsPlace =
    And<And<Eq<comments::status, CommentStatus>, IsNotNull<comments::position>>, Shown>;
type Shown = And<Open, Eq<comments::hidden, bool>>;

/// The same as [`is_public`] for statements written as text, of the innermost `comments`.
pub const PUBLIC: &str =
    "status = 'published' AND visibility IN ('public', 'unlisted') AND NOT hidden";

/// Not published, as text: a bound value would not lead to the index `comments_aside`.
pub fn is_aside() -> Literal {
    literal("comments.status <> 'published'")
}

/// The comments that everybody may see: published, for everybody, and below nothing that may not be seen.
pub fn is_public() -> IsPublic {
    comments::status.eq(CommentStatus::Published).and(shown())
}

/// The places of deleted comments that everybody could see before.
pub fn is_place() -> IsPlace {
    comments::status
        .eq(CommentStatus::Deleted)
        .and(comments::position.is_not_null())
        .and(shown())
}

fn shown() -> Shown {
    let open = comments::visibility
        .eq(Visibility::Public)
        .or(comments::visibility.eq(Visibility::Unlisted));
    open.and(comments::hidden.eq(false))
}
