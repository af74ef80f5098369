//! Every word that the pages ask for exists, whether a template or a function asks, and none exists that nobody asks for.

use std::collections::BTreeSet;
use std::path::Path;

use super::*;

/// Starts of keys that functions put into views, for templates to look up.
const FAMILIES: [&str; 6] = ["error-", "fate-", "missing-", "theme-", "why-", "month-"];

/// All files below a folder of the sources with this ending, but for tests and samples.
fn sources(folder: &Path, ending: &str, found: &mut Vec<(String, String)>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.display().to_string();
        if path.is_dir() {
            sources(&path, ending, found);
        } else if name.ends_with(ending) && !name.contains("test") && !name.contains("sample") {
            found.push((name, std::fs::read_to_string(&path).unwrap()));
        }
    }
}

fn web() -> Vec<(String, String)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/web");
    let mut found = Vec::new();
    sources(&folder, ".rs", &mut found);
    sources(&folder, ".html", &mut found);
    // What is wrong with a search is said by key.
    let search = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/domain/search");
    sources(&search, ".rs", &mut found);
    // What stands in a file's own test module asks for nothing.
    let code = |text: String| {
        text.split("#[cfg(test)]\nmod tests")
            .next()
            .map(str::to_owned)
    };
    found
        .into_iter()
        .filter_map(|(name, text)| Some((name, code(text)?)))
        .collect()
}

/// What stands in double quotes and has the shape of a key.
fn literals(text: &str) -> impl Iterator<Item = &str> {
    let shape = |part: &&str| {
        let letter = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
        !part.is_empty() && part.bytes().all(letter)
    };
    text.split('"').filter(shape)
}

#[test]
fn every_key_that_code_or_a_template_asks_for_exists() {
    let known: BTreeSet<_> = keys(SOURCES[0].1).collect();
    for (name, text) in web() {
        for call in [
            ".text(\"",
            ".count(\"",
            ".count_of(\"",
            ".count_here(\"",
            ".with(\"",
        ] {
            for part in text.split(call).skip(1) {
                let key = part.split('"').next().unwrap();
                assert!(known.contains(key), "{name} asks for {key}");
            }
        }
        for key in literals(&text) {
            let of_a_family = FAMILIES
                .iter()
                .any(|start| key.starts_with(start) && key != *start);
            assert!(!of_a_family || known.contains(key), "{name} asks for {key}");
        }
    }
}

#[test]
fn no_key_is_there_for_nothing() {
    let sources = web();
    let asked: BTreeSet<_> = sources
        .iter()
        .flat_map(|(_, text)| literals(text))
        .collect();
    for key in keys(SOURCES[0].1) {
        let of_a_family = key.starts_with("month-");
        assert!(of_a_family || asked.contains(key), "nobody asks for {key}");
    }
}

#[test]
fn arabic_has_its_six_plurals() {
    let arabic = Catalogue::of("ar");
    assert_eq!(arabic.dir(), "rtl");
    let said = [0, 1, 2, 3, 11, 100].map(|n| arabic.count("comments", n));
    assert_eq!(
        said,
        [
            "لا تعليقات بعد",
            "تعليق واحد",
            "تعليقان",
            "3 تعليقات",
            "11 تعليقًا",
            "100 تعليق"
        ]
    );
}

#[test]
fn the_first_of_a_month_is_written_as_the_language_does() {
    let first = Timestamp::parse("2026-03-01T14:05:00Z").unwrap();
    let other = Timestamp::parse("2026-08-11T14:05:00Z").unwrap();
    let date = |tag: &str, at| Catalogue::of(tag).date(at).to_string();
    assert_eq!(date("fr", first), "1er mars 2026");
    assert_eq!(date("fr", other), "11 août 2026");
    assert_eq!(date("ar", first), "1 مارس 2026");
    assert_eq!(date("de", other), "11. August 2026");
    assert_eq!(date("es", other), "11 de agosto de 2026");
}

/// What people wrote, as templates name it.
const WRITTEN: [&str; 10] = [
    ".label() }}",
    ".title }}",
    ".description }}",
    ".summary }}",
    ".excerpt }}",
    ".html|safe",
    ".bio|safe",
    ".footer|safe",
    ".text|safe",
    ".alt }}",
];

#[test]
fn every_text_that_people_wrote_says_its_language_and_its_direction() {
    for (name, template) in super::super::templates_for_tests() {
        for text in WRITTEN {
            for (at, _) in template.match_indices(text) {
                let before = template.get(..at).unwrap();
                let (opens, closes) = (before.rfind('<'), before.rfind('>'));
                // In an attribute there is no place for either, and a document's title has none.
                if opens > closes || before.ends_with("<title>{{ frame") {
                    continue;
                }
                let lines: Vec<_> = before.rsplit('\n').take(2).collect();
                let said = |sign: &str| lines.iter().any(|line| line.contains(sign));
                let directed = said("dir=\"auto\"") || said("<bdi");
                let picture = text == ".alt }}" && said("lang=\"\"") || said("dir=\"auto\">[");
                assert!(
                    said("lang=\"") && directed || picture,
                    "{name}: {text} in {}",
                    lines[0]
                );
            }
        }
    }
}
