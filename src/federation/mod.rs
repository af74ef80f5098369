//! Everything ActivityPub. Its spelling stops here.

mod error;
pub mod fetch;
pub mod keys;
pub mod objects;
pub mod signature;
