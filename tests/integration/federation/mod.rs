//! Federation as other servers see it: real signatures, real HTTP where it matters, on both databases.

mod blocks;
mod bounds;
mod collections;
mod completing;
mod delivery;
mod discovery;
mod fetching;
mod finger;
mod follow;
mod hostile;
mod inbox;
mod lies;
mod locating;
mod ownership;
mod platforms;
mod proofs;
mod publish;
mod reactions;
mod reading;
mod reasons;
mod replies;
mod secure;
mod signatures;
mod simulation;
mod verdicts;
mod visibility;
