//! What became of messages that left no other row: written down in batches, kept for a while, never more than so many.
//! Addresses and words only: no text, no names. What was taken stands in its own row and is not noted here.

mod sentence;
mod store;

use crate::app::App;
use crate::error::Result;
use crate::types::Timestamp;

pub use crate::verdicts::{Note, Verdict, Verdicts};
pub use sentence::sentence;
pub use store::{count, load};

/// Notes of what was only said that are kept of one server.
const UNPROVEN_PER_HOST: i64 = 1_000;

/// Writes down what was noted since the last call, in one write, and lets go of the oldest beyond what is kept.
pub async fn flush(app: &App) -> Result<()> {
    let notes = app.verdicts.take();
    if notes.is_empty() {
        return Ok(());
    }
    let most = app.config.discussion.verdicts;
    let written = app.db.write(move |conn| {
        store::put(conn, &notes)?;
        store::trim_hosts(conn, &notes, UNPROVEN_PER_HOST)?;
        store::trim(conn, most)
    });
    written.await
}

/// Forgets what was noted too long ago. Run it in the transaction of the cleaning.
pub fn forget_old(conn: &mut crate::db::Conn, oldest: Timestamp) -> Result<()> {
    store::forget_old(conn, oldest)
}
