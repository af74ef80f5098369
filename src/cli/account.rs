//! `antiphon account`: people who log in.

use std::path::PathBuf;

use clap::Subcommand;
use serde_json::{Value, json};

use super::context::{Context, ask_password, can_ask, read_password, unknown_account};
use super::{Failure, Outcome, output};
use crate::domain::account::{self, Account};
use crate::domain::actor::Actor;
use crate::error::Error;
use crate::federation::keys;

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Make an account with its keys
    Create {
        /// The login name: a-z, 0-9 and _
        name: String,
        /// A file that holds the password; - reads it from the standard input
        #[arg(long, value_name = "FILE")]
        password_file: Option<PathBuf>,
    },
    /// Set an account's password
    Password {
        /// The login name
        name: String,
        /// A file that holds the password; - reads it from the standard input
        #[arg(long, value_name = "FILE")]
        password_file: Option<PathBuf>,
    },
    /// Say what readers and followers see of an account: its name, and what is told about its writer
    Edit {
        /// The login name
        name: String,
        /// The name that readers see
        #[arg(long = "name", value_name = "NAME")]
        display: Option<String>,
        /// A few words about the writer, in Markdown; empty takes them away
        #[arg(long, value_name = "TEXT")]
        about: Option<String>,
    },
    /// Say whether an account's comments may be found by searching, here and elsewhere
    Indexable {
        /// The login name
        name: String,
        /// yes or no
        #[arg(value_parser = ["yes", "no"])]
        answer: String,
    },
    /// List the accounts
    List,
}

impl Command {
    pub(super) async fn run(self, context: &Context) -> Outcome {
        match self {
            Self::Create {
                name,
                password_file,
            } => create(context, &name, password_file).await,
            Self::Password {
                name,
                password_file,
            } => password(context, &name, password_file).await,
            Self::Edit {
                name,
                display,
                about,
            } => edit(context, &name, display, about).await,
            Self::Indexable { name, answer } => indexable(context, &name, answer == "yes").await,
            Self::List => list(context).await,
        }
    }
}

/// The account as JSON.
pub(super) fn view(account: &Account, actor: &Actor) -> Value {
    json!({
        "id": account.id.to_string(),
        "name": account.name,
        "handle": actor.handle(),
        "display_name": actor.name,
        "ap_id": actor.ap_id,
        "url": actor.url,
        "indexable": actor.indexable,
        "can_log_in": account.password_hash.is_some(),
        "created_at": account.created_at.rfc3339(),
    })
}

/// The password of a new account: from the file, else asked for on a terminal, else none.
pub(super) fn new_password(file: Option<PathBuf>) -> Outcome<Option<String>> {
    let password = match file {
        Some(file) => Some(read_password(&file)?),
        None if can_ask() => {
            let typed = ask_password("Password (empty: none, the account cannot log in)", true)?;
            (!typed.is_empty()).then_some(typed)
        }
        None => None,
    };
    if let Some(password) = &password {
        account::check_password(password)?;
    }
    Ok(password)
}

/// Says how to set a password when there is none.
pub(super) fn tell_without_password(context: &Context, name: &str) {
    output::say(&format!(
        "The account has no password and cannot log in; set one with `antiphon account password {name} --data {}`.",
        context.data.display()
    ));
}

async fn create(context: &Context, name: &str, file: Option<PathBuf>) -> Outcome {
    account::check_name(name)?;
    let app = context.open().await?;
    let password = new_password(file)?;
    let has_password = password.is_some();
    let keys = keys::generate().await?;
    let (account, actor) = account::create(&app, name, password, keys).await?;
    if !has_password {
        tell_without_password(context, name);
    }
    if context.json {
        return output::print_json(&view(&account, &actor));
    }
    output::print(&actor.handle())
}

async fn password(context: &Context, name: &str, file: Option<PathBuf>) -> Outcome {
    let app = context.open().await?;
    let password = match file {
        Some(file) => read_password(&file)?,
        None if can_ask() => ask_password("New password", false)?,
        None => {
            return Err(Failure::Usage(
                "there is no terminal to ask for the password; name a file with --password-file, or - for the standard input".into(),
            ));
        }
    };
    match account::set_password(&app, name, password).await {
        Err(Error::NotFound(_)) => return Err(unknown_account(name)),
        other => other?,
    }
    output::say("The password is set.");
    Ok(())
}

async fn edit(
    context: &Context,
    name: &str,
    display: Option<String>,
    about: Option<String>,
) -> Outcome {
    if display.is_none() && about.is_none() {
        return Err(Failure::Usage(
            "nothing to change: give --name, --about or both".into(),
        ));
    }
    let app = context.open().await?;
    let known = |outcome| match outcome {
        Err(Error::NotFound(_)) => Err(unknown_account(name)),
        other => Ok(other?),
    };
    if let Some(display) = display {
        known(account::set_display_name(&app, name, &display).await)?;
    }
    if let Some(about) = about {
        known(account::set_about(&app, name, &about).await)?;
    }
    output::say("The account is changed; its followers are told.");
    Ok(())
}

async fn indexable(context: &Context, name: &str, answer: bool) -> Outcome {
    let app = context.open().await?;
    match account::set_indexable(&app, name, answer).await {
        Err(Error::NotFound(_)) => return Err(unknown_account(name)),
        other => other?,
    };
    output::say(if answer {
        "The account's comments may be found."
    } else {
        "The account's comments are not found any more. Its posts still are."
    });
    Ok(())
}

async fn list(context: &Context) -> Outcome {
    let app = context.open().await?;
    let all = account::list(&app).await?;
    if context.json {
        let views: Vec<Value> = all.iter().map(|(a, actor)| view(a, actor)).collect();
        return output::print_json(&views);
    }
    let row = |(account, actor): &(Account, Actor)| {
        let password = if account.password_hash.is_some() {
            "yes"
        } else {
            "no"
        };
        vec![
            account.name.clone(),
            actor.handle(),
            password.to_owned(),
            account.created_at.rfc3339(),
        ]
    };
    output::print_table(
        &["NAME", "HANDLE", "PASSWORD", "CREATED"],
        all.iter().map(row).collect(),
        "There is no account; make one with `antiphon account create NAME`.",
    )
}
