//! What our people are told of: mentions of them that are no comments, and quotes of what they wrote. Bounded by account,
//! by server and in time; what was told once is not told again.

mod store;

use diesel::prelude::*;

use crate::app::App;
use crate::db::schema::notifications;
use crate::domain::actor::Actor;
use crate::error::Result;
use crate::types::{ApUrl, Id, Timestamp, word_enum};

pub use store::{add, find_accounts, forget_old, is_told, remove_all_of, remove_object};

/// Notifications kept of one account, and of those, by the people of one server. Beyond, the oldest go.
pub const KEPT: i64 = 1000;
/// See [`KEPT`].
pub const KEPT_PER_HOST: i64 = 200;

word_enum! {
    /// What happened.
    Kind {
        /// Somebody named the account in something that is no comment.
        Mention = "mention",
        /// Somebody quoted something of the account's.
        Quote = "quote",
    }
}

/// A notification as it stands in the database.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = notifications)]
pub struct Notification {
    /// The row.
    pub id: Id<Notification>,
    /// Who is told.
    pub actor_id: Id<Actor>,
    /// What happened.
    pub kind: Kind,
    /// Whose doing it is.
    pub from_id: Id<Actor>,
    /// The id of what names or quotes.
    pub object: ApUrl,
    /// Its page.
    pub url: ApUrl,
    /// Its beginning, as plain text.
    pub excerpt: String,
    /// When it came.
    pub created_at: Timestamp,
    /// When it was read.
    pub read_at: Option<Timestamp>,
}

/// A page of an account's notifications, newest first, before an id, each with who did it; those of blocked servers are
/// left out.
pub async fn list(
    app: &App,
    of: &Actor,
    unread: bool,
    before: Option<Id<Notification>>,
    limit: i64,
) -> Result<Vec<(Notification, Actor)>> {
    let of = of.id;
    app.db
        .read(move |conn| store::list(conn, of, unread, before, limit))
        .await
}

/// How many an account has not read.
pub async fn count_unread(app: &App, of: &Actor) -> Result<i64> {
    let of = of.id;
    app.db.read(move |conn| store::count_unread(conn, of)).await
}

/// Which notifications are read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Which {
    /// All there are.
    All,
    /// This one and all before it.
    UpTo(Id<Notification>),
    /// These.
    These(Vec<Id<Notification>>),
}

/// Marks an account's own notifications as read. Returns how many were not yet.
pub async fn mark_read(app: &App, of: &Actor, which: Which) -> Result<usize> {
    let (of, now) = (of.id, app.now());
    app.db
        .write(move |conn| store::mark_read(conn, of, &which, now))
        .await
}
