//! The demonstration. This is a place-holder that only lets the command line compile.

use crate::error::{Error, Result};

/// Says that there is nothing to show yet.
#[expect(clippy::unused_async, reason = "the real one waits")]
pub async fn run() -> Result<()> {
    Err(Error::Setup("this build has no demonstration yet".into()))
}
