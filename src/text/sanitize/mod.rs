//! The one gate for HTML: what a page may show of what others wrote. Whatever comes in, the answer is safe,
//! bounded and the same when it is cleaned again.
//!
//! Two walls stand one behind the other. `nest` reads the tokens and writes them again well nested, shallow
//! and with few attributes, so that a tree can be built of them in linear time; ammonia builds that tree
//! and lets through what `policy` lists.

mod alternate;
mod chars;
mod elements;
mod links;
mod nest;
mod plain;
mod policy;
mod tokens;

#[cfg(test)]
mod tests;

pub use alternate::alternate;
pub use plain::{images, line, links, name, plain, prose};

use url::Url;

use crate::types::Html;

/// How much of a remote text is read, in bytes.
const REMOTE_LIMIT: usize = 256 * 1024;

/// How much of a post's HTML is read, in bytes.
const OWN_LIMIT: usize = 4 * 1024 * 1024;

/// Cleans what another server sent: the text formatting of comments and http(s) and mailto links, whose texts cannot
/// name another server. No images, tables, ids or styles; headings become bold paragraphs. Reads at most 256 KiB.
pub fn remote(html: &str) -> Html {
    let pieces = clean(super::cut(html, REMOTE_LIMIT), &policy::PIECES);
    let whole = links::honest(pieces.as_str());
    let in_pieces = ["invisible", "ellipsis"]
        .iter()
        .any(|class| whole.contains(class));
    if whole == pieces.as_str() && !in_pieces {
        return pieces;
    }
    clean(&whole, &policy::REMOTE)
}

/// Cleans a rendered or imported post: besides formatting also headings, figures, tables, task lists,
/// footnotes and highlighted code. Ids, and links to them, get the prefix `h-`, unless they are footnotes':
/// they can then never meet an id of the page around.
pub fn own(html: &str) -> Html {
    clean(super::cut(html, OWN_LIMIT), &policy::OWN)
}

/// Makes clean HTML of ours fit for other servers: relative addresses become whole ones by `base`, the page it stands
/// on; the highlighter's elements and the headings' anchors go (FEP-b2b8 lists what an article may hold).
pub fn sent(html: &Html, base: &Url) -> Html {
    clean(html.as_str(), &policy::sent(base.clone()))
}

fn clean(html: &str, policy: &policy::Policy) -> Html {
    Html::trusted(policy.wall.clean(&nest::nest(html, policy)).to_string())
}
