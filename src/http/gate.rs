//! Whom the client asks before a request leaves and tells how it ended. What is asked and told is the gate's business.

use std::fmt::Debug;

use http::StatusCode;
use url::Url;

use crate::error::{Error, Result};

/// What a request is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// Reading something there.
    Fetch,
    /// Handing something over; what waits and what is tried again is delivery's own business.
    Deliver,
}

/// How a request ended that was let out.
#[derive(Clone, Copy, Debug)]
pub enum Ended<'a> {
    /// With an answer.
    Status(StatusCode),
    /// Without one that could be used.
    Failed(&'a Error),
}

/// Lets requests out, and learns from them.
pub trait Gate: Send + Sync + Debug {
    /// Decides about one request, or one hop of a redirect. An error keeps it in and is given to whoever asked.
    fn admit(&self, url: &Url, purpose: Purpose) -> Result<()>;

    /// Hears how a request that was let out ended.
    fn report(&self, url: &Url, purpose: Purpose, ended: &Ended<'_>);
}
