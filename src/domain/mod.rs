//! The subject matter, one folder a slice: its types, its rules and its SQL side by side. No HTTP, no ActivityPub.
//!
//! A slice may call those before it: visibility → account, actor → notification, verdict → screening → media → post, backfill → comment → talk →
//! reaction, follower, note → delivery → moderation.

pub mod account;
pub mod actor;
pub mod backfill;
pub mod comment;
pub mod delivery;
pub mod follower;
pub mod media;
pub mod moderation;
pub mod note;
pub mod notification;
pub mod pages;
pub mod post;
pub mod reaction;
pub mod screening;
pub mod talk;
pub mod verdict;
pub mod visibility;
