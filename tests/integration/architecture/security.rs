//! Holds docs/security.md to the sources: every line of its tables names tests, and every test named is there.

use std::collections::HashSet;
use std::fs;
use std::path::Path;

/// The last cell of every line of the tables.
fn cells(document: &str) -> Vec<(&str, Vec<&str>)> {
    let lines = document.lines().filter(|line| line.starts_with("| "));
    let lines = lines.filter(|line| !line.starts_with("| Attack |"));
    lines
        .map(|line| {
            let cell = line
                .trim_end_matches('|')
                .rsplit('|')
                .next()
                .unwrap_or_default();
            (line, cell.split('`').skip(1).step_by(2).collect())
        })
        .collect()
}

/// The names of all tests, beside the code and in the suite.
fn tests() -> HashSet<String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let folders = ["src", "tests/integration"].map(|folder| root.join(folder));
    let files = folders.iter().flat_map(|folder| super::rust_files(folder));
    let mut names = HashSet::new();
    for file in files {
        let text = fs::read_to_string(file).expect("a source file is UTF-8");
        names.extend(names_in(&text));
    }
    names
}

/// The functions of a text; those of tests have sentences for names, so that others do not meet them.
fn names_in(text: &str) -> Vec<String> {
    let lines = text.lines().map(str::trim_start);
    let lines = lines.map(|line| line.trim_start_matches("async "));
    lines
        .filter_map(|line| line.strip_prefix("fn ")?.split_once('('))
        .map(|(name, _)| name.to_owned())
        .collect()
}

#[test]
fn each_line_of_the_security_tables_names_tests_that_exist() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/security.md");
    let document = fs::read_to_string(path).expect("docs/security.md is there");
    let (lines, tests) = (cells(&document), tests());
    assert!(lines.len() >= 60, "the tables have {} lines", lines.len());
    let mut faults = Vec::new();
    for (line, names) in lines {
        if names.is_empty() {
            faults.push(format!("no test: {line}"));
        }
        let missing = names.into_iter().filter(|name| !tests.contains(*name));
        faults.extend(missing.map(|name| format!("there is no test {name}")));
    }
    assert!(faults.is_empty(), "\n{}\n", faults.join("\n"));
}
