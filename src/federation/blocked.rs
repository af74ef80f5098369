//! Whom a message comes from and what it speaks of: none of it may be on a blocked server, not only the signer
//! (Mastodon GHSA-5h2f-wg8j-xqwp).

use super::objects::Doc;
use super::reason::{Reason, Refusal};
use crate::app::App;
use crate::types::ApUrl;

/// The properties that name authors: of activities, of objects.
const AUTHORS: [&str; 2] = ["actor", "attributedTo"];
/// The properties that name a quoted post (FEP-044f, FEP-e232, Misskey, Fedibird).
pub(super) const QUOTES: [&str; 4] = ["quote", "quoteUrl", "quoteUri", "_misskey_quote"];

/// Refuses (`blocked_host`) when a document's id, author, boosted, liked or quoted thing, or that of what it embeds, is on a
/// blocked server.
pub fn refuse(app: &App, doc: &Doc) -> Result<(), Refusal> {
    if !app.hosts.are_any_blocked() {
        return Ok(());
    }
    refuse_named(app, doc)?;
    doc.docs("object")
        .iter()
        .try_for_each(|object| refuse_named(app, object))
}

fn refuse_named(app: &App, doc: &Doc) -> Result<(), Refusal> {
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

/// Refuses (`blocked_host`) when an address is on a blocked server.
fn refuse_id(app: &App, id: &ApUrl) -> Result<(), Refusal> {
    match id.host() {
        Some(host) if app.hosts.is_blocked(&host) => {
            Err(Reason::BlockedHost.refuse(format!("{host} is blocked here")))
        }
        _ => Ok(()),
    }
}
