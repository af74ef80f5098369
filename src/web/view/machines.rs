//! What pages say to machines: pictures for previews, whole addresses.

use super::{Link, Site};
use crate::web::feed::{self, Format};

/// A picture for previews of a post.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CoverView {
    /// A whole address.
    pub url: String,
    /// What it shows; may be empty.
    pub alt: String,
    /// Width and height in pixels, when they are known.
    pub size: Option<(u32, u32)>,
}

impl Site {
    /// The whole address of a path here; a whole address stays as it is.
    pub fn absolute(&self, path: &str) -> String {
        if path.starts_with('/') {
            format!("{}{path}", self.url)
        } else {
            path.to_owned()
        }
    }
}

impl Link {
    /// The spellings of a feed, with the address of each, when the link leads to one of them.
    pub fn spellings(&self) -> [(Format, String); 3] {
        let base = feed::base_of(&self.href);
        Format::ALL.map(|format| (format, format!("{base}.{}", format.extension())))
    }
}
