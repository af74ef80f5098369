//! The site's style sheet: the tokens of its look, its own colours and fonts, and what it wrote itself. Nothing of it when
//! the site is as it comes.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use super::{File, refused};
use crate::config::look::{Colour, FontStyle, Look, LookName};
use crate::error::Result;

/// The tokens that a look sets.
pub(super) const fn tokens(name: LookName) -> &'static str {
    match name {
        LookName::Antiphon => "",
        LookName::Desk => include_str!("desk.css"),
        LookName::Lamp => include_str!("lamp.css"),
    }
}

/// Puts the sheet together; empty when there is nothing to say. `fonts` are the files of `look.fonts`, in order.
pub(super) fn compose(look: &Look, fonts: &[File], own: &str) -> String {
    let mut text = compact(tokens(look.name));
    for (font, file) in look.fonts.iter().zip(fonts) {
        let style = match font.style {
            FontStyle::Normal => "normal",
            FontStyle::Italic => "italic",
        };
        let (family, weight, path) = (&font.family, &font.weight, &file.path);
        let _ = writeln!(
            text,
            "@font-face{{font-family:\"{family}\";src:url(\"{path}\");font-weight:{weight};font-style:{style};font-display:swap}}"
        );
    }
    let mut declarations = String::new();
    let used = look.colours.keys().chain(look.dark_colours.keys());
    let used: BTreeSet<_> = used.copied().collect();
    for colour in used {
        let _ = write!(declarations, "{}:{};", colour.token(), pair(look, colour));
    }
    for (token, family, kind) in [
        ("--serif", &look.text_font, "serif"),
        ("--title", &look.title_font, "serif"),
        ("--sans", &look.label_font, "sans-serif"),
        ("--mono", &look.code_font, "monospace"),
    ] {
        if !family.is_empty() {
            let _ = write!(declarations, "{token}:\"{family}\",{kind};");
        }
    }
    if !declarations.is_empty() {
        let _ = writeln!(text, ":root{{{declarations}}}");
    }
    text.push_str(own);
    text
}

/// A colour for light and for dark; the side that the site leaves out is the look's.
fn pair(look: &Look, colour: Colour) -> String {
    let side = |own: &BTreeMap<Colour, String>, dark| {
        own.get(&colour).cloned().or_else(|| {
            [tokens(look.name), super::TOKENS]
                .into_iter()
                .find_map(|css| super::colours::token_value(css, colour.token(), dark))
        })
    };
    let (light, dark) = (side(&look.colours, false), side(&look.dark_colours, true));
    format!(
        "light-dark({},{})",
        light.unwrap_or_default(),
        dark.unwrap_or_default()
    )
}

/// The site's own rules. Fails where they would load something from another server, which the pages forbid anyway.
pub(super) fn own(text: String) -> Result<String> {
    let lower: String = text
        .to_ascii_lowercase()
        .chars()
        .filter(|c| !matches!(c, ' ' | '\t' | '\n' | '\r' | '"' | '\''))
        .collect();
    let elsewhere = [
        "url(//",
        "url(http",
        "url(data:",
        "@import",
        "image-set(//",
        "image-set(http",
    ];
    if let Some(found) = elsewhere.iter().find(|sign| lower.contains(*sign)) {
        let why = format!(
            "\"{found}\" loads what no page of this site may load; put the file into the data folder (look.fonts, look.logo)"
        );
        return Err(refused("css", why));
    }
    if text.matches('{').count() != text.matches('}').count() {
        return Err(refused("css", "the braces do not match"));
    }
    Ok(text)
}

/// Drops indentation, empty lines and comments that have their lines to themselves.
pub(super) fn compact(css: &str) -> String {
    let lines = css.lines().map(str::trim);
    let lines = lines.filter(|line| !line.is_empty() && !line.starts_with("/*"));
    lines.flat_map(|line| [line, "\n"]).collect()
}
