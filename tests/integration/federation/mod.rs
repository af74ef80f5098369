//! Federation as other servers see it: real signatures, real HTTP where it matters, on both databases.

mod blocks;
mod bounds;
mod collections;
mod delivery;
mod discovery;
mod edits;
mod fetching;
mod finger;
mod follow;
mod forwarding;
mod hostile;
mod inbox;
mod ownership;
mod platforms;
mod policy;
mod proofs;
mod publish;
mod reactions;
mod reading;
mod reasons;
mod replies;
mod reply_requests;
mod secure;
mod signatures;
mod visibility;
