//! What is for machines alone: how pages introduce themselves to previews and search engines, and the small files that
//! crawlers, browsers and researchers ask for.

mod card;
mod files;
pub(super) mod icons;
mod json_ld;
pub(super) mod oembed;
pub(super) mod sitemap;

pub(super) use card::Card;
pub(super) use files::{manifest, robots, security};
