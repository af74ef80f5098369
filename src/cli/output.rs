//! How the command line speaks: results to stdout, messages to stderr, tables, JSON, moments. It decides nothing.

use std::fmt::Write as _;
use std::io::Write as _;

use clap::builder::{PossibleValuesParser, TypedValueParser};
use dialoguer::console::{measure_text_width, style};
use serde::Serialize;

use super::Outcome;
use crate::error::{Error, Result};
use crate::types::Timestamp;

/// Prints a result and a line end. A reader that has gone away (`| head`) is no failure.
pub(super) fn print(text: &str) -> Outcome {
    let mut out = std::io::stdout().lock();
    match writeln!(out, "{text}").and_then(|()| out.flush()) {
        Err(e) if e.kind() != std::io::ErrorKind::BrokenPipe => {
            Err(Error::Setup(format!("cannot write the result: {e}")).into())
        }
        _ => Ok(()),
    }
}

/// Prints a result as JSON.
pub(super) fn print_json<T: Serialize>(value: &T) -> Outcome {
    print(&serde_json::to_string_pretty(value).map_err(Error::internal)?)
}

/// Prints rows below their headings, in columns. Says `nothing` on stderr when there are none.
pub(super) fn print_table(headings: &[&str], rows: Vec<Vec<String>>, nothing: &str) -> Outcome {
    if rows.is_empty() {
        say(nothing);
        return Ok(());
    }
    print(&table(headings, rows))
}

/// Tells people something on stderr.
pub(super) fn say(message: &str) {
    let _ = writeln!(std::io::stderr(), "{message}");
}

/// Tells people on stderr what went wrong.
pub(super) fn error(message: &str) {
    let label = style("error:").for_stderr().red().bold();
    say(&format!("{label} {message}"));
}

/// A moment for people and machines; empty when there is none.
pub(super) fn moment(at: Option<Timestamp>) -> String {
    at.map(Timestamp::rfc3339).unwrap_or_default()
}

/// One line for an error: the operator sees the causes too, and what is wrong with each field.
pub(super) fn sentence(error: &Error) -> String {
    let text = full_text(error);
    let lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    lines.collect::<Vec<_>>().join(" ")
}

fn full_text(error: &Error) -> String {
    match error {
        Error::Db(_) | Error::Internal(_) => error.log_text(),
        Error::Invalid { message, fields } => {
            let missing = fields.iter().filter(|(_, why)| !message.contains(*why));
            let details: Vec<String> = missing
                .map(|(field, why)| format!("{field}: {why}"))
                .collect();
            if details.is_empty() {
                message.clone()
            } else {
                format!("{message} ({})", details.join("; "))
            }
        }
        other => other.to_string(),
    }
}

/// A parser of one of our words for clap, which lists them in the help and in completions.
pub(super) fn word<T>(
    words: &'static [&'static str],
    parse: fn(&str) -> Option<T>,
) -> impl TypedValueParser<Value = T>
where
    T: Clone + Send + Sync + 'static,
{
    PossibleValuesParser::new(words)
        .try_map(move |word| parse(&word).ok_or("this word is not known"))
}

/// A parser of moments for clap.
pub(super) fn parse_moment(text: &str) -> Result<Timestamp, String> {
    Timestamp::parse(text)
        .ok_or_else(|| "write the moment with its offset, as in 2030-01-31T09:00:00Z".to_owned())
}

/// Pads all columns but the last. What others wrote cannot steer the terminal: control characters become spaces.
fn table(headings: &[&str], rows: Vec<Vec<String>>) -> String {
    let head: Vec<String> = headings.iter().map(|h| (*h).to_owned()).collect();
    let clean = |cell: String| cell.replace(|c: char| c.is_control(), " ");
    let rows: Vec<Vec<String>> = std::iter::once(head)
        .chain(rows)
        .map(|row| row.into_iter().map(clean).collect())
        .collect();
    let width = |column: usize| {
        let cells = rows.iter().filter_map(|row| row.get(column));
        cells
            .map(|cell| measure_text_width(cell))
            .max()
            .unwrap_or(0)
    };
    let widths: Vec<usize> = (0..headings.len()).map(width).collect();
    let mut text = String::new();
    for row in &rows {
        let mut line = String::new();
        for (cell, width) in row.iter().zip(&widths) {
            let padding = width.saturating_sub(measure_text_width(cell)) + 2;
            let _ = write!(line, "{cell}{:padding$}", "");
        }
        let _ = writeln!(text, "{}", line.trim_end());
    }
    text.trim_end().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_padded_by_what_is_seen_and_escapes_are_taken_out() {
        let rows = vec![
            vec!["1".into(), "日本".into(), "x".into()],
            vec!["22".into(), "a\u{1b}[31m".into(), "y".into()],
        ];
        let text = table(&["ID", "TITLE", "Z"], rows);
        assert_eq!(text, "ID  TITLE   Z\n1   日本    x\n22  a [31m  y");
    }

    #[test]
    fn an_error_names_each_wrong_field_once() {
        let one = Error::invalid_field("title", "a post needs a title");
        assert_eq!(sentence(&one), "title: a post needs a title");
        let two = Error::Invalid {
            message: "look at slug".into(),
            fields: [("slug".to_owned(), "too long".to_owned())].into(),
        };
        assert_eq!(sentence(&two), "look at slug (slug: too long)");
    }
}
