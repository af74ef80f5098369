//! Syntax highlighting with class names (`hl-keyword`, `hl-string`, …); the colours are the style sheet's.

use std::borrow::Cow;
use std::collections::HashMap;
use std::fmt::{self, Write};
use std::sync::LazyLock;

use comrak::adapters::SyntaxHighlighterAdapter;
use comrak::html::{escape, write_opening_tag};
use comrak::plugins::syntect::{SyntectAdapter, SyntectAdapterBuilder};

/// Code longer than this stays plain, in bytes.
const LONGEST: usize = 64 * 1024;

/// Lines longer than this keep their block plain, in bytes: the grammars are regular expressions.
const LONGEST_LINE: usize = 2000;

/// Some megabytes of grammars, loaded by the first code block that names its language.
#[expect(
    clippy::default_trait_access,
    reason = "the theme set's type is not exported; an empty one saves memory"
)]
static SYNTECT: LazyLock<SyntectAdapter> = LazyLock::new(|| {
    SyntectAdapterBuilder::new()
        .css_with_class_prefix("hl-")
        .theme_set(Default::default())
        .build()
});

/// Highlights fenced code whose language is named.
pub(super) struct Highlighter;

impl SyntaxHighlighterAdapter for Highlighter {
    fn write_highlighted(
        &self,
        output: &mut dyn Write,
        lang: Option<&str>,
        code: &str,
    ) -> fmt::Result {
        let named = lang.is_some_and(|lang| !lang.trim().is_empty());
        let small = code.len() <= LONGEST && code.lines().all(|line| line.len() <= LONGEST_LINE);
        if named && small {
            SYNTECT.write_highlighted(output, lang, code)
        } else {
            escape(output, code)
        }
    }

    fn write_pre_tag(
        &self,
        output: &mut dyn Write,
        attributes: HashMap<&'static str, Cow<'_, str>>,
    ) -> fmt::Result {
        write_opening_tag(output, "pre", attributes)
    }

    fn write_code_tag(
        &self,
        output: &mut dyn Write,
        attributes: HashMap<&'static str, Cow<'_, str>>,
    ) -> fmt::Result {
        write_opening_tag(output, "code", attributes)
    }
}
