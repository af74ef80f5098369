//! `antiphon init`: makes a node. Everything is checked before anything is written, and what was written is taken away
//! again when a later step fails.

mod made;

use std::path::{Path, PathBuf};

use clap::Args;
use serde_json::json;
use toml_edit::{DocumentMut, Item, Table, value};

use super::context::{Context, can_ask, unanswered};
use super::{Failure, Outcome, account as accounts, output};
use crate::app::App;
use crate::config::{self, Config, FILE_NAME};
use crate::db::Backend;
use crate::domain::account::{self, Account};
use crate::domain::actor::{self, Actor};
use crate::error::{Error, Result};
use crate::federation::keys;
use made::Made;

#[derive(Args, Debug)]
pub(super) struct Init {
    /// The one public origin, as in <https://blog.example>; it can never change
    #[arg(long)]
    url: Option<String>,
    /// The login name of the first account, and the part of its handle before the host
    #[arg(long, value_name = "NAME")]
    account: Option<String>,
    /// The blog's name
    #[arg(long)]
    title: Option<String>,
    /// The language of the interface and of posts that name none
    #[arg(long, value_name = "TAG")]
    language: Option<String>,
    /// "sqlite:FILE" or <postgres://user:password@host/database>
    #[arg(long, value_name = "URL")]
    database: Option<String>,
    /// A file that holds the account's password; - reads it from the standard input
    #[arg(long, value_name = "FILE")]
    password_file: Option<PathBuf>,
}

impl Init {
    pub(super) async fn run(self, context: &Context) -> Outcome {
        refuse_to_overwrite(&context.data)?;
        self.refuse_gaps()?;
        let name = ask("account", "Login name", self.account, |name| {
            account::check_name(name)
        })?;
        let url = ask("url", "Public address (https://…)", self.url, |url| {
            config::origin(url).map(|_| ())
        })?;
        let title = ask("title", "Title of the blog", self.title, |_| Ok(()))?;
        let origin = config::origin(&url)?;
        let changes = [
            ("site", "url", Some(origin.origin().ascii_serialization())),
            ("site", "title", Some(title)),
            ("site", "language", self.language),
            ("database", "url", self.database),
        ];
        let text = file_text(&changes);
        check(&context.data, &text)?;
        let password = accounts::new_password(self.password_file)?;
        let has_password = password.is_some();
        let (config, account, actor) =
            Box::pin(build(&context.data, &text, &name, password)).await?;
        if !has_password {
            accounts::tell_without_password(context, &name);
        }
        tell(&config);
        if context.json {
            return output::print_json(&json!({
                "data": context.data,
                "url": config.site.url,
                "account": accounts::view(&account, &actor),
            }));
        }
        Ok(())
    }
}

impl Init {
    /// Names all missing flags at once when nobody can be asked.
    fn refuse_gaps(&self) -> Outcome {
        let flags = [
            ("--url", &self.url),
            ("--account", &self.account),
            ("--title", &self.title),
        ];
        let missing: Vec<&str> = flags
            .iter()
            .filter(|(_, value)| value.is_none())
            .map(|(flag, _)| *flag)
            .collect();
        if missing.is_empty() || can_ask() {
            return Ok(());
        }
        Err(Failure::Usage(format!(
            "{} must be given, for there is no terminal to ask on: antiphon init --data DIR --url https://blog.example --account NAME --title TITLE",
            missing.join(" and ")
        )))
    }
}

fn refuse_to_overwrite(data: &Path) -> Result<()> {
    let file = data.join(FILE_NAME);
    if file.symlink_metadata().is_err() {
        return Ok(());
    }
    Err(Error::Conflict(format!(
        "{} exists: there is a node already, and init overwrites nothing; run it with `antiphon serve --data {}`, or name another folder with --data",
        file.display(),
        data.display()
    )))
}

/// The flag's value or, on a terminal, the answer to a question; checked.
fn ask(
    flag: &str,
    question: &str,
    given: Option<String>,
    check: impl Fn(&str) -> Result<()>,
) -> Outcome<String> {
    let text = match given {
        Some(text) => text,
        None => dialoguer::Input::<String>::new()
            .with_prompt(question)
            .validate_with(|text: &String| check(text.trim()).map_err(|e| output::sentence(&e)))
            .interact_text()
            .map_err(unanswered)?,
    };
    let text = text.trim().to_owned();
    if text.is_empty() {
        return Err(Failure::Usage(format!("--{flag} is empty")));
    }
    check(&text)?;
    Ok(text)
}

/// The file's text: what differs from the defaults, each with the default's comment.
fn file_text(changes: &[(&str, &str, Option<String>)]) -> String {
    let defaults = config::defaults();
    let mut document = DocumentMut::new();
    for (section, key, text) in changes {
        let known = defaults.get(section).and_then(Item::as_table);
        let (Some(text), Some(known)) = (text, known) else {
            continue;
        };
        if known.get(key).and_then(Item::as_str) == Some(text) {
            continue;
        }
        let first = document.is_empty();
        let table = document
            .entry(section)
            .or_insert_with(|| Item::Table(Table::new()));
        let Some(table) = table.as_table_mut() else {
            continue;
        };
        if first {
            table.decor_mut().set_prefix(
                "# This node's configuration: what differs from the defaults. `antiphon config print` shows all keys.\n\n",
            );
        }
        table.insert(key, value(text));
        let comment = known
            .key(key)
            .and_then(|k| k.leaf_decor().prefix())
            .cloned();
        if let (Some(mut own), Some(comment)) = (table.key_mut(key), comment) {
            own.leaf_decor_mut().set_prefix(comment);
        }
    }
    document.to_string()
}

/// Checks the new file's values as the node will read them.
fn check(data: &Path, text: &str) -> Result<()> {
    let mut document = config::defaults();
    config::overlay(&mut document, text, FILE_NAME)?;
    let config = Config::from_document(data, &document)?;
    Backend::parse(&config.database.url, data).map(|_| ())
}

/// Fails when the environment says otherwise than the new file about what can never change.
fn refuse_environment(config: &Config, text: &str) -> Result<()> {
    let mut document = config::defaults();
    config::overlay(&mut document, text, FILE_NAME)?;
    let file = Config::from_document(&config.data, &document)?;
    let differs = [
        ("ANTIPHON_SITE__URL", file.site.url != config.site.url),
        (
            "ANTIPHON_DATABASE__URL",
            text.contains("[database]") && file.database.url != config.database.url,
        ),
    ];
    match differs.iter().find(|(_, differs)| *differs) {
        None => Ok(()),
        Some((name, _)) => Err(Error::Setup(format!(
            "the environment variable {name} says otherwise than the command line; give both the same value, or unset it"
        ))),
    }
}

/// Writes the file, then the database with the node's own actor and the account.
async fn build(
    data: &Path,
    text: &str,
    name: &str,
    password: Option<String>,
) -> Result<(Config, Account, Actor)> {
    let mut made = Made::default();
    made.folder(data)?;
    made.file(&data.join(FILE_NAME), text)?;
    let config = Config::load(data)?;
    refuse_environment(&config, text)?;
    made.database(&config)?;
    let app = App::open_system(config.clone()).await?;
    if let Some((taken, _)) = account::load_first(&app).await? {
        return Err(Error::Conflict(format!(
            "the database holds a node already, with the account \"{}\", and init overwrites nothing; name another one with --database",
            taken.name
        )));
    }
    actor::ensure_instance(&app, keys::generate().await?).await?;
    let (account, actor) = account::create(&app, name, password, keys::generate().await?).await?;
    made.keep();
    Ok((config, account, actor))
}

/// Says what to do next.
fn tell(config: &Config) {
    let data = config.data.display();
    let mut text = format!(
        "The node is made, in {data}. Next:\n  \
         1. antiphon serve --data {data}\n  \
         2. let a web server with TLS pass {} on to {}, with the headers Host, X-Forwarded-For and X-Forwarded-Proto\n  \
         3. antiphon doctor --data {data}, which says what is still missing\n  \
         4. antiphon post create FILE.md --data {data}",
        config.site.url, config.server.bind
    );
    if config.site.url.starts_with("http:") {
        text.push_str("\nThe address is plain http: other servers talk to it only in tests.");
    }
    output::say(&text);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_file_holds_only_what_differs_each_with_its_comment() {
        let text = file_text(&[
            ("site", "url", Some("https://blog.example".into())),
            ("site", "title", Some("A \"blog\"\nwith lines".into())),
            ("site", "language", Some("en".into())),
            ("database", "url", None),
        ]);
        assert!(text.starts_with("# This node's configuration"), "{text}");
        assert!(text.contains("\n# The blog's name, shown on every page and in feeds.\ntitle = "));
        assert!(
            !text.contains("language") || !text.contains("language ="),
            "{text}"
        );
        assert!(!text.contains("[database]"), "{text}");
        check(Path::new("."), &text).unwrap();
    }
}
