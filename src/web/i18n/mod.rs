//! The words of the interface in each language, from Fluent files compiled in. Words without
//! placeholders are resolved once at start; only plurals go through Fluent at run time.

use std::borrow::Borrow;
use std::collections::HashMap;
use std::sync::LazyLock;

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource};

use super::date::{DateText, Form};
use crate::types::Timestamp;

/// Every language, English first: it is the one used where none fits.
const SOURCES: [(&str, &str); 4] = [
    ("en", include_str!("en.ftl")),
    ("de", include_str!("de.ftl")),
    ("fr", include_str!("fr.ftl")),
    ("es", include_str!("es.ftl")),
];

static CATALOGUES: LazyLock<Vec<Catalogue>> = LazyLock::new(|| {
    SOURCES
        .iter()
        .map(|(tag, source)| Catalogue::parse(tag, source))
        .collect()
});

/// The words of one language. Where a value is taken as `impl Borrow`, it is because templates pass
/// fields by reference and results by value.
pub struct Catalogue {
    tag: &'static str,
    bundle: FluentBundle<FluentResource>,
    words: HashMap<&'static str, String>,
    months: Vec<String>,
}

impl Catalogue {
    /// The catalogue for a BCP 47 tag by its first part (`de-AT` reads `de`); English when there is none.
    pub fn of(language: &str) -> &'static Self {
        let wanted = language.split(['-', '_']).next().unwrap_or_default();
        let found = CATALOGUES
            .iter()
            .find(|one| one.tag.eq_ignore_ascii_case(wanted));
        found
            .or_else(|| CATALOGUES.first())
            .expect("the list of languages is not empty")
    }

    /// The tags of all languages there are words for.
    pub fn languages() -> impl Iterator<Item = &'static str> {
        SOURCES.iter().map(|(tag, _)| *tag)
    }

    fn parse(tag: &'static str, source: &'static str) -> Self {
        let locale = tag.parse().expect("the tags are well-formed");
        let mut bundle = FluentBundle::new_concurrent(vec![locale]);
        // The isolating marks would be copied with titles and show in feeds; the pages use `dir`.
        bundle.set_use_isolating(false);
        let resource = FluentResource::try_new(source.to_owned())
            .map_err(|(_, errors)| errors)
            .expect("the word lists are checked by the tests");
        bundle
            .add_resource(resource)
            .expect("no key stands twice, checked by the tests");
        let words: HashMap<_, _> = keys(source)
            .filter_map(|key| Some((key, plain(&bundle, key)?)))
            .collect();
        let months = (1..=12)
            .filter_map(|month| words.get(format!("month-{month}").as_str()).cloned())
            .collect();
        Self {
            tag,
            bundle,
            words,
            months,
        }
    }

    /// The BCP 47 tag of these words.
    pub fn tag(&self) -> &'static str {
        self.tag
    }

    /// A word without placeholders; the key itself when there is none.
    pub fn text<'a>(&'a self, key: &'a str) -> &'a str {
        self.words.get(key).map_or(key, String::as_str)
    }

    /// A phrase with `$count`, in the plural form the language asks for.
    pub fn count(&self, key: &str, count: impl Borrow<i64>) -> String {
        let mut args = FluentArgs::new();
        args.set("count", *count.borrow());
        self.format(key, &args)
    }

    /// A phrase with `$count` and `$name`.
    pub fn count_of(&self, key: &str, count: impl Borrow<i64>, name: &str) -> String {
        let mut args = FluentArgs::new();
        args.set("count", *count.borrow());
        args.set("name", name);
        self.format(key, &args)
    }

    /// A phrase with `$count` and how many of these are `$here`.
    pub fn count_here(&self, key: &str, count: impl Borrow<i64>, here: impl Borrow<i64>) -> String {
        let mut args = FluentArgs::new();
        args.set("count", *count.borrow());
        args.set("here", *here.borrow());
        self.format(key, &args)
    }

    /// A phrase with `$name`.
    pub fn with(&self, key: &str, name: &str) -> String {
        let mut args = FluentArgs::new();
        args.set("name", name);
        self.format(key, &args)
    }

    fn format(&self, key: &str, args: &FluentArgs<'_>) -> String {
        let Some(pattern) = self
            .bundle
            .get_message(key)
            .and_then(|message| message.value())
        else {
            return key.to_owned();
        };
        self.bundle
            .format_pattern(pattern, Some(args), &mut Vec::new())
            .into_owned()
    }

    /// The name of a month, from 1 to 12; empty for any other number.
    pub fn month(&self, month: impl Borrow<u8>) -> &str {
        let at = usize::from(*month.borrow()).checked_sub(1);
        let name = at.and_then(|at| self.months.get(at));
        name.map_or("", String::as_str)
    }

    /// The day, in UTC, as the language writes it.
    pub fn date(&self, at: impl Borrow<Timestamp>) -> DateText<'_> {
        DateText::new(
            *at.borrow(),
            Form::Words {
                form: self.text("date-form"),
                months: &self.months,
            },
        )
    }

    /// The day and the time, in UTC.
    pub fn date_time(&self, at: impl Borrow<Timestamp>) -> DateText<'_> {
        DateText::new(
            *at.borrow(),
            Form::Words {
                form: self.text("date-time-form"),
                months: &self.months,
            },
        )
    }
}

/// The keys of a word list: what stands before `=` on lines that are not indented.
fn keys(source: &'static str) -> impl Iterator<Item = &'static str> {
    source
        .lines()
        .filter(|line| !line.starts_with([' ', '#', '}', '*', '[']))
        .filter_map(|line| line.split_once('='))
        .map(|(key, _)| key.trim())
}

fn plain(bundle: &FluentBundle<FluentResource>, key: &str) -> Option<String> {
    let mut errors = Vec::new();
    let pattern = bundle.get_message(key)?.value()?;
    let text = bundle
        .format_pattern(pattern, None, &mut errors)
        .into_owned();
    errors.is_empty().then_some(text)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_language_has_every_key() {
        let english: BTreeSet<_> = keys(SOURCES[0].1).collect();
        assert!(english.len() > 40);
        for (tag, source) in SOURCES {
            let here: BTreeSet<_> = keys(source).collect();
            assert_eq!(here, english, "{tag}");
            assert_eq!(
                keys(source).count(),
                here.len(),
                "a key stands twice in {tag}"
            );
        }
    }

    /// The lines of one phrase: its own and the indented ones after it.
    fn phrase(source: &'static str, key: &str) -> String {
        let mut lines = source
            .lines()
            .skip_while(|line| !line.starts_with(&format!("{key} =")));
        let first = lines.next().unwrap_or_default();
        let more = lines.take_while(|line| line.starts_with([' ', '}', '*', '[']));
        std::iter::once(first).chain(more).collect()
    }

    #[test]
    fn every_language_uses_the_same_placeholders() {
        for (tag, source) in SOURCES {
            for key in keys(source) {
                let (here, english) = (phrase(source, key), phrase(SOURCES[0].1, key));
                for name in ["$count", "$name"] {
                    assert_eq!(
                        here.contains(name),
                        english.contains(name),
                        "{tag} {key} {name}"
                    );
                }
            }
        }
    }

    #[test]
    fn every_key_used_by_a_template_exists() {
        for (name, template) in super::super::templates_for_tests() {
            for part in template.split("t.").skip(1) {
                let Some((call, rest)) = part.split_once("(\"") else {
                    continue;
                };
                if !["text", "count", "count_of", "with"].contains(&call) {
                    continue;
                }
                let key = rest.split('"').next().unwrap();
                assert!(
                    keys(SOURCES[0].1).any(|one| one == key),
                    "{name} uses {key}"
                );
            }
        }
    }

    #[test]
    fn headings_follow_the_plural_of_the_language() {
        let heading = |tag: &str, n| Catalogue::of(tag).count_of("thoughts", n, "Psalm");
        assert_eq!(heading("en", 1), "One thought on “Psalm”");
        assert_eq!(heading("en", 4), "4 thoughts on “Psalm”");
        assert_eq!(heading("de-AT", 1), "Ein Gedanke zu „Psalm“");
        assert_eq!(heading("de", 2), "2 Gedanken zu „Psalm“");
        assert_eq!(heading("fr", 2), "2 réflexions sur « Psalm »");
        assert_eq!(heading("es", 3), "3 reflexiones sobre «Psalm»");
    }

    #[test]
    fn an_unknown_language_reads_english() {
        assert_eq!(Catalogue::of("tlh").tag(), "en");
        assert_eq!(Catalogue::of("").tag(), "en");
    }

    #[test]
    fn dates_are_written_as_the_language_does() {
        let at = Timestamp::parse("2026-03-01T14:05:00Z").unwrap();
        assert_eq!(Catalogue::of("en").date(at).to_string(), "1 March 2026");
        assert_eq!(
            Catalogue::of("de").date_time(at).to_string(),
            "1. März 2026, 14:05 UTC"
        );
        assert_eq!(
            Catalogue::of("es").date(at).to_string(),
            "1 de marzo de 2026"
        );
    }
}
