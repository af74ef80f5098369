//! Federation as other servers see it: real signatures, real HTTP where it matters, on both databases.

mod blocks;
mod bounds;
mod collections;
mod delivery;
mod discovery;
mod echoes;
mod fetching;
mod finger;
mod follow;
mod hostile;
mod inbox;
mod notices;
mod ownership;
mod platforms;
mod proofs;
mod publish;
mod quotes;
mod reactions;
mod reading;
mod reasons;
mod replies;
mod secure;
mod signatures;
mod talk;
mod threadiverse;
mod visibility;
