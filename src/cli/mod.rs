//! The command line: arguments in, one call to the domain, a result on stdout and messages on stderr. One file a group
//! of commands. It holds no rules and no SQL.

mod account;
mod block;
mod comment;
mod config;
mod context;
mod doctor;
mod init;
mod locate;
mod logging;
mod notification;
mod output;
mod page;
mod post;
mod queue;
mod quote;
mod search;
mod token;

use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, CommandFactory, Parser, Subcommand};
use clap_complete::Shell;
use tokio::runtime::Builder;

use crate::error::Error;
use context::Context;

/// Threads for work that blocks: more than there are connections to the database, few enough for their memory to be bounded.
const BLOCKING_THREADS: usize = 64;

/// The whole command line.
#[derive(Debug, Parser)]
#[command(name = "antiphon", version, about, max_term_width = 100)]
pub struct Cli {
    #[command(flatten)]
    globals: Globals,
    #[command(subcommand)]
    command: Command,
}

/// What every command takes.
#[derive(Args, Debug)]
struct Globals {
    /// The folder that holds antiphon.toml, the SQLite file, keys and media
    #[arg(
        long,
        global = true,
        env = "ANTIPHON_DATA",
        default_value = "./data",
        value_name = "DIR"
    )]
    data: PathBuf,
    /// Print results as JSON
    #[arg(long, global = true)]
    json: bool,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Create a node: its configuration, database, first account and keys
    Init(init::Init),
    /// Run the node: web, federation, delivery
    Serve(Serve),
    /// Run a seeded node on http://localhost:8080 and a second one that follows it and answers
    Demo(Demo),
    /// People who log in
    #[command(subcommand)]
    Account(account::Command),
    /// API tokens
    #[command(subcommand)]
    Token(token::Command),
    /// Write, list, change and delete posts
    #[command(subcommand)]
    Post(post::Command),
    /// Write, list, change and delete pages that are no posts
    #[command(subcommand)]
    Page(page::Command),
    /// Read, decide about and answer comments
    #[command(subcommand)]
    Comment(comment::Command),
    /// Look for posts and comments by their words, as readers do
    Search(search::Search),
    /// Who quotes or links to our posts elsewhere
    #[command(subcommand)]
    Quote(quote::Command),
    /// What an account is told of: mentions that are no comments, and quotes
    #[command(subcommand)]
    Notification(notification::Command),
    /// Have nothing to do with a server: no fetch, no delivery, nothing taken in, what was is hidden
    Block(block::Block),
    /// Take a block back, and everything that it hid
    Unblock(block::Unblock),
    /// All blocked domains: list, import, export
    #[command(subcommand)]
    Blocklist(block::Command),
    /// What is being delivered to other servers
    #[command(subcommand)]
    Queue(queue::Command),
    /// The configuration
    #[command(subcommand)]
    Config(config::Command),
    /// Check the set-up as other servers would see it, and say what to do
    Doctor,
    /// Print a shell's completion script
    Completions {
        /// The shell
        shell: Shell,
    },
}

#[derive(Args, Debug)]
struct Serve {
    /// The address and port to listen on, instead of server.bind
    #[arg(long, value_name = "ADDRESS:PORT")]
    bind: Option<SocketAddr>,
}

#[derive(Args, Debug)]
struct Demo {
    /// The blog's port
    #[arg(long, default_value_t = 8080)]
    port: u16,
    /// The second server's port
    #[arg(long, default_value_t = 8081)]
    second_port: u16,
}

/// How a command fails.
#[derive(Debug)]
enum Failure {
    /// The command line asks for something that cannot be: exit status 2.
    Usage(String),
    /// It went wrong: exit status 1.
    Failed(Error),
    /// It went wrong and has been said already: exit status 1.
    Told,
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self::Failed(error)
    }
}

/// How a command ends.
type Outcome<T = ()> = Result<T, Failure>;

impl Cli {
    /// Does what the command line says. Tells a failure on stderr.
    pub fn run(self) -> ExitCode {
        let runtime = Builder::new_multi_thread()
            .enable_all()
            .max_blocking_threads(BLOCKING_THREADS)
            .build();
        let outcome = match runtime {
            // In here, so that only the library is compiled with all that follows.
            Ok(runtime) => runtime.block_on(Box::pin(self.dispatch())),
            Err(error) => {
                output::error(&format!("the program cannot start its threads: {error}"));
                return ExitCode::FAILURE;
            }
        };
        match outcome {
            Ok(()) => ExitCode::SUCCESS,
            Err(Failure::Told) => ExitCode::FAILURE,
            Err(Failure::Failed(error)) => {
                output::error(&output::sentence(&error));
                ExitCode::FAILURE
            }
            Err(Failure::Usage(message)) => {
                output::error(&message);
                ExitCode::from(2)
            }
        }
    }

    async fn dispatch(self) -> Outcome {
        let context = Context::new(self.globals.data, self.globals.json);
        if !matches!(self.command, Command::Serve(_) | Command::Demo(_)) {
            logging::start_quiet();
        }
        match self.command {
            Command::Init(command) => command.run(&context).await,
            Command::Serve(command) => serve(&context, command).await,
            Command::Demo(options) => demo(options).await,
            Command::Account(command) => command.run(&context).await,
            Command::Token(command) => command.run(&context).await,
            Command::Post(command) => command.run(&context).await,
            Command::Page(command) => command.run(&context).await,
            Command::Comment(command) => command.run(&context).await,
            Command::Search(command) => command.run(&context).await,
            Command::Quote(command) => command.run(&context).await,
            Command::Notification(command) => command.run(&context).await,
            Command::Block(command) => command.run(&context).await,
            Command::Unblock(command) => command.run(&context).await,
            Command::Blocklist(command) => command.run(&context).await,
            Command::Queue(command) => command.run(&context).await,
            Command::Config(command) => command.run(&context),
            Command::Doctor => doctor::run(&context).await,
            Command::Completions { shell } => completions(shell),
        }
    }
}

async fn serve(context: &Context, command: Serve) -> Outcome {
    let mut config = context.config()?;
    logging::start(&config.log)?;
    context::require_database(&config)?;
    if let Some(bind) = command.bind {
        config.server.bind = bind;
    }
    Ok(crate::server::run(config).await?)
}

async fn demo(options: Demo) -> Outcome {
    logging::start_quiet();
    let options = crate::demo::Options {
        port: options.port,
        second_port: options.second_port,
    };
    Ok(crate::demo::run(options).await?)
}

fn completions(shell: Shell) -> Outcome {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Cli::command(), "antiphon", &mut script);
    output::print(String::from_utf8_lossy(&script).trim_end())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_line_is_sound() {
        Cli::command().debug_assert();
    }

    #[test]
    fn the_data_folder_may_stand_before_or_after_the_command() {
        for line in [
            ["antiphon", "--data", "d", "doctor"],
            ["antiphon", "doctor", "--data", "d"],
        ] {
            let cli = Cli::try_parse_from(line).unwrap();
            assert_eq!(cli.globals.data, PathBuf::from("d"));
        }
    }
}
