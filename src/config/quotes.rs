//! `discussion.quotes`: whether others may quote.

use serde::Deserialize;

/// Whether others may quote our posts and comments.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Quotes {
    /// Everybody may.
    Open,
    /// Nobody may: who asks is refused, and quotes are not listed.
    Closed,
}
