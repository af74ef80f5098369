//! Whom a message comes from and what it speaks of: none of it may be on a blocked server, not only the signer
//! (Mastodon GHSA-5h2f-wg8j-xqwp).

use super::objects::Doc;
use crate::app::App;
use crate::error::{Error, Result};
use crate::types::ApUrl;

/// The properties that name authors: of activities, of objects.
const AUTHORS: [&str; 2] = ["actor", "attributedTo"];
/// The properties that name a quoted post (FEP-044f, FEP-e232, Misskey, Fedibird).
const QUOTES: [&str; 4] = ["quote", "quoteUrl", "quoteUri", "_misskey_quote"];

/// Fails with `Forbidden` when a document's id, author, boosted, liked or quoted thing, or that of what it embeds, is on a
/// blocked server.
pub fn refuse(app: &App, doc: &Doc) -> Result<()> {
    if !app.hosts.are_any_blocked() {
        return Ok(());
    }
    refuse_named(app, doc)?;
    doc.docs("object")
        .iter()
        .try_for_each(|object| refuse_named(app, object))
}

fn refuse_named(app: &App, doc: &Doc) -> Result<()> {
    let named = AUTHORS
        .iter()
        .chain(&QUOTES)
        .chain(&["object"])
        .flat_map(|property| doc.ids(property));
    doc.id()
        .into_iter()
        .chain(named)
        .try_for_each(|id| refuse_id(app, &id))
}

/// Fails with `Forbidden` when an address is on a blocked server.
pub fn refuse_id(app: &App, id: &ApUrl) -> Result<()> {
    match id.host() {
        Some(host) if app.hosts.is_blocked(&host) => {
            tracing::debug!(reason = "blocked_host", %host, "refused");
            Err(Error::Forbidden(format!("{host} is blocked here")))
        }
        _ => Ok(()),
    }
}
