//! Starts the log on stderr: as configured for what keeps running, warnings only for the other commands. `RUST_LOG`
//! goes before both.

use tracing_subscriber::EnvFilter;

use super::Outcome;
use crate::config::{Log, LogFormat};
use crate::error::Error;

/// Starts the log of a running node. Fails when `log.level` is no filter.
pub(super) fn start(log: &Log) -> Outcome {
    let configured = EnvFilter::try_new(&log.level).map_err(|e| {
        Error::Setup(format!(
            "log.level: \"{}\" is no filter: {e}; write for example \"info\" or \"info,antiphon=debug\"",
            log.level
        ))
    })?;
    let filter = EnvFilter::try_from_default_env().unwrap_or(configured);
    install(filter, log.format);
    Ok(())
}

/// Starts a log that is silent but for warnings.
pub(super) fn start_quiet() {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("warn"));
    install(filter, LogFormat::Text);
}

/// A second start (in one process of tests) changes nothing.
fn install(filter: EnvFilter, format: LogFormat) {
    use std::io::IsTerminal;
    let log = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .with_ansi(std::io::stderr().is_terminal());
    let _ = match format {
        LogFormat::Text => log.try_init(),
        LogFormat::Json => log.json().try_init(),
    };
}
