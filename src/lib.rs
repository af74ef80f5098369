//! Antiphon: a blog whose comment section is the open social web. This file is the map of the crate;
//! `docs/architecture.md` walks through the main journeys.

pub mod clock;
pub mod error;
pub mod federation;
pub mod http;
pub mod text;
pub mod types;
pub mod web;
