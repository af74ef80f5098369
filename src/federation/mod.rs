//! Everything ActivityPub. Its spelling stops here.

pub mod signature;
