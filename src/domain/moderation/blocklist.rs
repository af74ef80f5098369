//! The list of blocked domains as a CSV file, in the form that Mastodon exports and imports. Pure.

use crate::error::{Error, Result};
use crate::hosts::Block;

/// Largest file that is read, in bytes.
pub const FILE_MAX: usize = 4 * 1024 * 1024;
/// Most lines that are read.
const LINES_MAX: usize = 100_000;

/// The columns of Mastodon's export (`admin/export_domain_blocks`).
const COLUMNS: [&str; 6] = [
    "#domain",
    "#severity",
    "#reject_media",
    "#reject_reports",
    "#public_comment",
    "#obfuscate",
];

/// A line of the file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Line {
    /// A domain to be blocked.
    Block {
        /// As it stands there.
        domain: String,
        /// The public comment.
        reason: Option<String>,
    },
    /// A line that blocks nothing here.
    Skipped {
        /// As it stands there.
        domain: String,
        /// Why, for people.
        why: String,
    },
}

/// Reads the file. Only the severity `suspend` blocks; a list without that column is all blocks. Fails with the line of
/// what is no CSV, and when there is no column of domains.
pub fn read(text: &str) -> Result<Vec<Line>> {
    if text.len() > FILE_MAX {
        return Err(Error::invalid(format!(
            "the list has more than {FILE_MAX} bytes"
        )));
    }
    let mut reader = csv::ReaderBuilder::new()
        .flexible(true)
        .trim(csv::Trim::All)
        .from_reader(text.trim_start_matches('\u{feff}').as_bytes());
    let unreadable = |error: csv::Error| Error::invalid(format!("the list is no CSV: {error}"));
    let columns = reader.headers().map_err(unreadable)?.clone();
    let column = |wanted: &str| {
        columns
            .iter()
            .position(|name| name.trim_start_matches('#').eq_ignore_ascii_case(wanted))
    };
    let domain = column("domain").ok_or_else(|| {
        Error::invalid("the list has no column \"#domain\"; give the file that Mastodon exports")
    })?;
    let (severity, comment) = (column("severity"), column("public_comment"));
    let mut lines = Vec::new();
    for record in reader.records() {
        let record = record.map_err(unreadable)?;
        if lines.len() >= LINES_MAX {
            return Err(Error::invalid(format!(
                "the list has more than {LINES_MAX} lines"
            )));
        }
        let text = |column: Option<usize>| column.and_then(|at| record.get(at)).unwrap_or_default();
        let name = text(Some(domain));
        if !name.is_empty() {
            lines.push(line(name, severity.map(|_| text(severity)), text(comment)));
        }
    }
    Ok(lines)
}

fn line(domain: &str, severity: Option<&str>, comment: &str) -> Line {
    let domain = domain.to_owned();
    let why = match severity.map(str::to_ascii_lowercase).as_deref() {
        _ if domain.contains('*') => "its name is obfuscated".to_owned(),
        None | Some("suspend") => {
            let reason = Some(comment.to_owned()).filter(|comment| !comment.is_empty());
            return Line::Block { domain, reason };
        }
        Some(other) => format!("its severity is \"{other}\"; only \"suspend\" blocks here"),
    };
    Line::Skipped { domain, why }
}

/// Writes the blocks in the same form.
pub fn write(blocks: &[Block]) -> Result<String> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(COLUMNS).map_err(Error::internal)?;
    for block in blocks {
        let reason = block.reason.as_deref().unwrap_or_default();
        let record = [
            block.domain.as_str(),
            "suspend",
            "true",
            "true",
            reason,
            "false",
        ];
        writer.write_record(record).map_err(Error::internal)?;
    }
    let bytes = writer
        .into_inner()
        .map_err(|e| Error::internal(e.to_string()))?;
    String::from_utf8(bytes).map_err(Error::internal)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::types::{Host, Timestamp};

    fn blocked(lines: &[Line]) -> Vec<&str> {
        lines
            .iter()
            .filter_map(|line| match line {
                Line::Block { domain, .. } => Some(domain.as_str()),
                Line::Skipped { .. } => None,
            })
            .collect()
    }

    #[test]
    fn mastodons_export_is_read_and_only_suspend_blocks() {
        let text = "\u{feff}#domain,#severity,#reject_media,#reject_reports,#public_comment,#obfuscate\n\
            bad.example,suspend,true,true,\"spam, and worse\",false\n\
            loud.example,silence,false,false,,false\n\
            watched.example,noop,false,false,,false\n\
            b*d.exa*ple,suspend,true,true,,true\n\
            \n\
            short.example,suspend\n";
        let lines = read(text).unwrap();
        assert_eq!(blocked(&lines), ["bad.example", "short.example"]);
        assert!(lines.contains(&Line::Block {
            domain: "bad.example".into(),
            reason: Some("spam, and worse".into())
        }));
        let skipped = |name: &str, part: &str| {
            lines.iter().any(|line| matches!(line, Line::Skipped { domain, why } if domain == name && why.contains(part)))
        };
        assert!(skipped("loud.example", "silence") && skipped("watched.example", "noop"));
        assert!(skipped("b*d.exa*ple", "obfuscated"));
    }

    #[test]
    fn a_bare_list_is_all_blocks_and_anything_else_is_refused() {
        assert_eq!(
            blocked(&read("domain\na.example\nb.example\n").unwrap()).len(),
            2
        );
        for text in ["", "name,severity\nx,suspend\n", "\u{0}\u{1}"] {
            assert!(read(text).is_err(), "{text:?}");
        }
        assert!(read(&"a".repeat(FILE_MAX + 1)).is_err());
        let long = format!("#domain\n{}", "a.example\n".repeat(LINES_MAX + 1));
        assert!(read(&long).is_err());
    }

    #[test]
    fn what_is_written_is_read_again() {
        let block = Block {
            domain: Host::parse("bad.example").unwrap(),
            reason: Some("spam, \"bots\"\nand more".into()),
            blocked_at: Some(Timestamp(1)),
        };
        let lines = read(&write(std::slice::from_ref(&block)).unwrap()).unwrap();
        let expected = Line::Block {
            domain: "bad.example".into(),
            reason: block.reason,
        };
        assert_eq!(lines, [expected]);
    }
}
