//! `antiphon config`: shows what the node runs with.

use clap::Subcommand;
use toml_edit::{DocumentMut, Item};

use super::context::Context;
use super::{Outcome, output};
use crate::config::{self, Config};
use crate::error::Error;
use crate::look::Look;

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Print the effective configuration with every default and its comment
    Print {
        /// Show passwords in addresses
        #[arg(long)]
        show_secrets: bool,
    },
}

impl Command {
    pub(super) fn run(self, context: &Context) -> Outcome {
        let Self::Print { show_secrets } = self;
        let mut document = config::effective(&context.data, std::env::vars())?;
        Look::load(&Config::from_document(&context.data, &document)?)?;
        if !show_secrets {
            hide_password(&mut document);
        }
        if context.json {
            let values: serde_json::Value =
                toml_edit::de::from_document(document).map_err(Error::internal)?;
            return output::print_json(&values);
        }
        output::print(document.to_string().trim_end())
    }
}

/// Puts `***` in the place of the password in `database.url`.
fn hide_password(document: &mut DocumentMut) {
    let slot = document
        .get_mut("database")
        .and_then(Item::as_table_like_mut)
        .and_then(|table| table.get_mut("url"))
        .and_then(Item::as_value_mut);
    let Some(slot) = slot else { return };
    let Some(shown) = slot.as_str().and_then(without_password) else {
        return;
    };
    let decor = slot.decor().clone();
    *slot = shown.into();
    *slot.decor_mut() = decor;
}

/// The address with its password hidden, wherever it stands; None when it has none. It works on the text: what
/// PostgreSQL takes (no host, several hosts) is not always an address to others.
fn without_password(text: &str) -> Option<String> {
    let (scheme, rest) = text.split_once("://")?;
    let (place, query) = rest.split_once('?').unwrap_or((rest, ""));
    // A password may hold slashes; what stands before the last @ is not for showing.
    let place = match place.rsplit_once('@') {
        Some((who, place)) => match who.split_once(':') {
            Some((user, _)) => format!("{user}:***@{place}"),
            None => format!("{who}@{place}"),
        },
        None => place.to_owned(),
    };
    let hide = |pair: &str| match pair.split_once('=') {
        Some((key, _)) if key.to_lowercase().contains("password") => format!("{key}=***"),
        _ => pair.to_owned(),
    };
    let query: Vec<String> = query.split('&').map(hide).collect();
    let mark = if rest.contains('?') { "?" } else { "" };
    let shown = format!("{scheme}://{place}{mark}{}", query.join("&"));
    (shown != text).then_some(shown)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn passwords_are_hidden_wherever_they_stand() {
        for (text, shown) in [
            (
                "postgres://a:geheim@h/d?password=geheim&x=1",
                "postgres://a:***@h/d?password=***&x=1",
            ),
            ("postgres://a:ge/he@im@h/d", "postgres://a:***@h/d"),
            (
                "postgres://a:geheim@/d?host=%2Frun",
                "postgres://a:***@/d?host=%2Frun",
            ),
        ] {
            assert_eq!(without_password(text).as_deref(), Some(shown));
        }
        assert_eq!(without_password("sqlite:antiphon.db"), None);
        assert_eq!(without_password("postgres://a@h/d"), None);
    }
}
