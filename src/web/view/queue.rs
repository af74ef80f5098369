//! What the page for those who run the node shows.

use super::label;
use crate::types::Timestamp;

/// What the node has to do.
#[derive(Clone, Debug, Default)]
pub struct QueueView {
    /// Deliveries never tried.
    pub waiting: i64,
    /// Deliveries that failed and will be tried again.
    pub retrying: i64,
    /// Deliveries refused or given up.
    pub dead: i64,
    /// Threads that will be read from other servers.
    pub threads: Vec<QueuedThread>,
    /// Servers that are asked.
    pub hosts: Vec<QueuedHost>,
    /// Requests in an hour for one thread at most.
    pub per_thread: i64,
    /// Documents in an hour from one server at most.
    pub per_host: i64,
}

/// A thread that will be read from other servers.
#[derive(Clone, Debug, Default)]
pub struct QueuedThread {
    /// The title of the post; may be empty.
    pub title: String,
    /// Its page.
    pub url: String,
    /// When it is read next.
    pub next: Option<Timestamp>,
    /// When it was last read.
    pub last: Option<Timestamp>,
    /// Requests in the hour that runs.
    pub spent: i64,
}

impl QueuedThread {
    /// The title, or the address of a post without one.
    pub fn label(&self) -> &str {
        label(&self.title, "", &self.url)
    }
}

/// A server that is asked.
#[derive(Clone, Debug, Default)]
pub struct QueuedHost {
    /// Its name.
    pub name: String,
    /// Replies of its people that are looked for.
    pub wanted: i64,
    /// Documents fetched in the hour that runs.
    pub spent: i64,
}
