//! The one integration binary: what needs the file system, a database or HTTP. Each module is one subject.
//!
//! `#[cfg(test)]` tells clippy that a module's helpers, too, may `unwrap` and index.

#[cfg(test)]
mod api;
mod architecture;
#[cfg(test)]
mod cli;
#[cfg(test)]
mod database;
#[cfg(test)]
mod express;
#[cfg(test)]
mod federation;
#[cfg(test)]
mod headers;
#[cfg(test)]
mod https;
#[cfg(test)]
mod kill;
#[cfg(test)]
mod media;
#[cfg(test)]
mod privacy;
#[cfg(test)]
mod support;
#[cfg(test)]
mod web;
