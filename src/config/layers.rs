//! The layers of the configuration: the compiled-in defaults, under the file of the data folder, under the environment. Each
//! value is laid over the one below it; keys that the defaults do not have are refused.

use std::path::Path;

use toml_edit::{DocumentMut, Item, Value};

use super::{DEFAULTS, FILE_NAME};
use crate::error::{Error, Result};

const ENV_PREFIX: &str = "ANTIPHON_";

/// The defaults with the file's and the environment's values laid over them, comments kept.
pub fn effective(data: &Path, env: impl Iterator<Item = (String, String)>) -> Result<DocumentMut> {
    let path = data.join(FILE_NAME);
    let mut document = defaults();
    let text = std::fs::read_to_string(&path).map_err(|e| match e.kind() {
        std::io::ErrorKind::NotFound => Error::Setup(format!(
            "there is no node in {}: {FILE_NAME} is missing; create one with `antiphon init --data {0} --url https://…`, or name its folder with --data",
            data.display()
        )),
        _ => Error::Setup(format!("cannot read {}: {e}", path.display())),
    })?;
    overlay(&mut document, &text, &path.display().to_string())?;
    overlay_env(&mut document, env)?;
    Ok(document)
}

/// The compiled-in defaults as a document.
pub fn defaults() -> DocumentMut {
    DEFAULTS
        .parse()
        .expect("config/default.toml is valid TOML, held by a test")
}

/// Lays the values of a TOML text over `document`. Fails on a key that the document does not have.
pub fn overlay(document: &mut DocumentMut, text: &str, source: &str) -> Result<()> {
    let file: DocumentMut = text.parse().map_err(|e: toml_edit::TomlError| {
        let before = e.span().and_then(|span| text.get(..span.start));
        let line = before.unwrap_or_default().matches('\n').count() + 1;
        let why = e.message().replace('\n', ", ");
        Error::Setup(format!("{source} is not valid TOML: line {line}: {why}"))
    })?;
    for (section, item) in file.iter() {
        let Some(table) = item.as_table_like() else {
            return Err(unknown(document, section, source));
        };
        for (key, item) in table.iter() {
            // `[[look.menu]]` and `[look.colours]` say the same as the list and the inline table.
            let value = item
                .clone()
                .into_value()
                .map_err(|_| unknown(document, &format!("{section}.{key}"), source))?;
            set(document, section, key, value, source)?;
        }
    }
    Ok(())
}

/// Lays `ANTIPHON_<SECTION>__<KEY>` variables over `document`. Variables without `__` are somebody else's.
pub(super) fn overlay_env(
    document: &mut DocumentMut,
    env: impl Iterator<Item = (String, String)>,
) -> Result<()> {
    for (name, text) in env {
        let Some((section, key)) = name
            .strip_prefix(ENV_PREFIX)
            .and_then(|rest| rest.split_once("__"))
        else {
            continue;
        };
        let value = text.parse::<Value>().unwrap_or_else(|_| Value::from(text));
        set(
            document,
            &section.to_lowercase(),
            &key.to_lowercase(),
            value,
            &format!("the environment variable {name}"),
        )?;
    }
    Ok(())
}

/// Replaces one value, keeping the comments around it.
fn set(
    document: &mut DocumentMut,
    section: &str,
    key: &str,
    mut value: Value,
    source: &str,
) -> Result<()> {
    let slot = document
        .get_mut(section)
        .and_then(Item::as_table_like_mut)
        .and_then(|t| t.get_mut(key))
        .and_then(Item::as_value_mut);
    let Some(slot) = slot else {
        return Err(unknown(document, &format!("{section}.{key}"), source));
    };
    if slot.is_str() && !value.is_str() {
        value = Value::from(value.to_string().trim().to_owned());
    }
    *value.decor_mut() = slot.decor().clone();
    *slot = value;
    Ok(())
}

fn unknown(document: &DocumentMut, key: &str, source: &str) -> Error {
    let known = document.iter().flat_map(|(section, item)| {
        item.as_table_like()
            .into_iter()
            .flat_map(move |t| t.iter().map(move |(key, _)| format!("{section}.{key}")))
    });
    let nearest = known
        .max_by(|a, b| strsim::jaro_winkler(a, key).total_cmp(&strsim::jaro_winkler(b, key)))
        .unwrap_or_default();
    Error::Setup(format!(
        "{source}: there is no key \"{key}\"; did you mean \"{nearest}\"? `antiphon config print` lists all"
    ))
}
