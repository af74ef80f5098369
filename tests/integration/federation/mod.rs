//! Federation as other servers see it: real signatures, real HTTP where it matters, on both databases.

mod collections;
mod delivery;
mod discovery;
mod follow;
mod inbox;
mod ownership;
mod publish;
mod reactions;
mod reasons;
mod replies;
mod visibility;
