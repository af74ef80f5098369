//! Federation as other servers see it: real signatures, real HTTP where it matters, on both databases.

mod collections;
mod delivery;
mod discovery;
mod follow;
mod hostile;
mod inbox;
mod publish;
mod reactions;
mod replies;
mod visibility;
