//! What commands share: the node's folder, opening it, whose account is meant, passwords and texts from files, questions.

use std::io::{IsTerminal, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::{Failure, Outcome};
use crate::app::App;
use crate::config::Config;
use crate::db::Backend;
use crate::domain::account::{self, Account};
use crate::domain::actor::Actor;
use crate::domain::post::{self, Post};
use crate::error::{Error, Result};
use crate::types::Id;

/// Where the node is and how results are printed.
pub(super) struct Context {
    /// The data folder.
    pub(super) data: PathBuf,
    /// Results as JSON.
    pub(super) json: bool,
}

impl Context {
    pub(super) fn new(data: PathBuf, json: bool) -> Self {
        Self { data, json }
    }

    /// Reads the node's configuration.
    pub(super) fn config(&self) -> Result<Config> {
        Config::load(&self.data)
    }

    /// Opens the node. Fails when it was never made.
    pub(super) async fn open(&self) -> Result<Arc<App>> {
        let config = self.config()?;
        require_database(&config)?;
        App::open_system(config).await
    }
}

/// Fails when the SQLite file is missing: opening would make an empty one, and the loss would show much later.
pub(super) fn require_database(config: &Config) -> Result<()> {
    match Backend::parse(&config.database.url, &config.data)? {
        Backend::Sqlite(path) if !path.exists() => Err(Error::Setup(format!(
            "the database {} is missing; bring it back from a backup, or check database.url in {}",
            path.display(),
            config.data.join(crate::config::FILE_NAME).display()
        ))),
        _ => Ok(()),
    }
}

/// The account of this name or, without a name, the only one.
pub(super) async fn the_account(app: &App, name: Option<&str>) -> Outcome<(Account, Actor)> {
    if let Some(name) = name {
        return match account::get_by_name(app, name).await {
            Err(Error::NotFound(_)) => Err(unknown_account(name)),
            found => Ok(found?),
        };
    }
    let mut all = account::list(app).await?;
    match (all.pop(), all.len()) {
        (Some(only), 0) => Ok(only),
        (Some(last), _) => {
            let names = all.iter().chain([&last]).map(|(a, _)| a.name.as_str());
            Err(Failure::Usage(format!(
                "whose? name one of the accounts with --account: {}",
                names.collect::<Vec<_>>().join(", ")
            )))
        }
        (None, _) => Err(Error::Setup(
            "there is no account; make one with `antiphon account create NAME`".into(),
        )
        .into()),
    }
}

/// The failure for a name nobody has.
pub(super) fn unknown_account(name: &str) -> Failure {
    Error::invalid(format!(
        "there is no account \"{name}\"; `antiphon account list` shows all"
    ))
    .into()
}

/// Which of our accounts has this actor.
pub(super) async fn account_of(app: &App, actor: Id<Actor>) -> Result<Option<(Account, Actor)>> {
    let all = account::list(app).await?;
    Ok(all.into_iter().find(|(_, own)| own.id == actor))
}

/// The post with this id or slug.
pub(super) async fn the_post(app: &App, wanted: &str) -> Outcome<Post> {
    let text = wanted.to_owned();
    let found = app
        .db
        .read(move |conn| {
            let by_id = match text.parse::<Id<Post>>() {
                Ok(id) => post::get(conn, id),
                Err(_) => Err(Error::NotFound("the post")),
            };
            match by_id {
                Err(Error::NotFound(_)) => post::load_by_slug(conn, &text),
                found => found.map(Some),
            }
        })
        .await?;
    match found {
        Some(post) if post.status == post::Status::Deleted => Err(Error::Gone("the post").into()),
        Some(post) => Ok(post),
        None => Err(Error::invalid(format!(
            "there is no post \"{wanted}\"; `antiphon post list` shows all"
        ))
        .into()),
    }
}

/// True when somebody can be asked: questions stand on stderr, answers come from stdin.
pub(super) fn can_ask() -> bool {
    std::io::stdin().is_terminal() && std::io::stderr().is_terminal()
}

/// Asks for a yes on a terminal. True without one: a script has decided already.
pub(super) fn confirm(question: &str) -> Outcome<bool> {
    if !can_ask() {
        return Ok(true);
    }
    dialoguer::Confirm::new()
        .with_prompt(question)
        .default(false)
        .interact()
        .map_err(unanswered)
}

/// Asks for a password twice.
pub(super) fn ask_password(prompt: &str, optional: bool) -> Outcome<String> {
    dialoguer::Password::new()
        .with_prompt(prompt)
        .with_confirmation("Once more", "The two differ")
        .allow_empty_password(optional)
        .interact()
        .map_err(unanswered)
}

/// The failure for a question that got no answer.
pub(super) fn unanswered(error: dialoguer::Error) -> Failure {
    Failure::Usage(format!("the question was not answered: {error}"))
}

/// Reads a text from a file, or from stdin for `-`. Fails with a sentence when it is not readable UTF-8.
pub(super) fn read_text(path: &Path) -> Result<String> {
    read_text_at_most(path, usize::MAX)
}

/// Reads as [`read_text`]; fails on more than `most` bytes, which are not read.
pub(super) fn read_text_at_most(path: &Path, most: usize) -> Result<String> {
    let is_stdin = path == Path::new("-");
    let name = if is_stdin {
        "the standard input".to_owned()
    } else {
        path.display().to_string()
    };
    let mut bytes = Vec::new();
    let bound = u64::try_from(most).unwrap_or(u64::MAX).saturating_add(1);
    let read = if is_stdin {
        std::io::stdin().lock().take(bound).read_to_end(&mut bytes)
    } else {
        std::fs::File::open(path).and_then(|file| file.take(bound).read_to_end(&mut bytes))
    };
    read.map_err(|e| Error::Setup(format!("cannot read {name}: {e}")))?;
    if bytes.len() > most {
        return Err(Error::invalid(format!("{name} has more than {most} bytes")));
    }
    String::from_utf8(bytes).map_err(|_| Error::Setup(format!("{name} is not UTF-8 text")))
}

/// Reads a password from a file or stdin; one line end behind it does not count.
pub(super) fn read_password(path: &Path) -> Result<String> {
    let text = read_text(path)?;
    let password = text.strip_suffix('\n').unwrap_or(&text);
    Ok(password.strip_suffix('\r').unwrap_or(password).to_owned())
}
