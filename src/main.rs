//! The binary: reads the command line and hands over to `cli`.

use std::process::ExitCode;

use antiphon::cli::Cli;
use clap::Parser;
use tokio::runtime::Builder;

/// Threads for work that blocks: more than there are connections to the database, few enough for their memory to be bounded.
const BLOCKING_THREADS: usize = 64;

/// Gives memory back after a rush. How, stands in `.cargo/config.toml`.
#[cfg(not(target_env = "msvc"))]
#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

fn main() -> ExitCode {
    let cli = Cli::parse();
    let mut runtime = Builder::new_multi_thread();
    runtime.enable_all().max_blocking_threads(BLOCKING_THREADS);
    match runtime.build() {
        Ok(runtime) => runtime.block_on(cli.run()),
        Err(error) => {
            eprintln!("error: the program cannot start its threads: {error}");
            ExitCode::FAILURE
        }
    }
}
