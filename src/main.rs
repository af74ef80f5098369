//! The binary: reads the command line and hands over to `cli`.

use std::process::ExitCode;

use antiphon::cli::Cli;
use clap::Parser;

/// Gives memory back after a rush. How, stands in `.cargo/config.toml`.
#[cfg(not(target_env = "msvc"))]
#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

fn main() -> ExitCode {
    Cli::parse().run()
}
