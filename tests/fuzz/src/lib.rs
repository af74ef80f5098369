//! What the fuzz targets share: a node in a temporary folder without a network, people who write to it, and a mutator that
//! keeps JSON valid.

pub mod json;
pub mod node;

use antiphon::types::{ApUrl, Timestamp};

/// When everything happens.
pub const NOW: Timestamp = Timestamp::from_secs(1_800_000_000);
/// The node's origin.
pub const ORIGIN: &str = "https://blog.example";
/// The public collection.
pub const PUBLIC: &str = "https://www.w3.org/ns/activitystreams#Public";

/// True when an id carries the node's own host, whatever its port.
pub fn is_ours(id: &ApUrl) -> bool {
    id.host().is_some_and(|host| {
        let name = host.as_str().split(':').next().unwrap_or_default();
        name.trim_end_matches('.')
            .eq_ignore_ascii_case("blog.example")
    })
}
