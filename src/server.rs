//! The running node. This is a place-holder that only lets the command line compile.

use crate::app::App;
use crate::config::Config;
use crate::error::{Error, Result};

/// Opens the node and says that it cannot serve yet.
pub async fn run(config: Config) -> Result<()> {
    App::open_system(config).await?;
    Err(Error::Setup("this build cannot serve yet".into()))
}
