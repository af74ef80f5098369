//! `antiphon config`: shows what the node runs with.

use clap::Subcommand;
use toml_edit::{DocumentMut, Item};
use url::Url;

use super::context::Context;
use super::{Outcome, output};
use crate::config::{self, Config};
use crate::error::Error;

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
        Config::from_document(&context.data, &document)?;
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

/// The address with its password hidden, wherever it stands; None when it has none.
fn without_password(text: &str) -> Option<String> {
    let mut url = Url::parse(text).ok()?;
    let is_secret = |key: &str| key.eq_ignore_ascii_case("password");
    let in_query = url.query_pairs().any(|(key, _)| is_secret(&key));
    if url.password().is_none() && !in_query {
        return None;
    }
    if url.password().is_some() {
        url.set_password(Some("***")).ok()?;
    }
    if in_query {
        let pairs: Vec<(String, String)> = url.query_pairs().into_owned().collect();
        let mut query = url.query_pairs_mut();
        query.clear();
        for (key, value) in &pairs {
            query.append_pair(key, if is_secret(key) { "***" } else { value });
        }
    }
    Some(url.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn passwords_are_hidden_wherever_they_stand() {
        let hidden = without_password("postgres://a:geheim@h/d?password=geheim&x=1").unwrap();
        assert!(!hidden.contains("geheim"), "{hidden}");
        assert!(hidden.contains("x=1"), "{hidden}");
        assert_eq!(without_password("sqlite:antiphon.db"), None);
        assert_eq!(without_password("postgres://a@h/d"), None);
    }
}
