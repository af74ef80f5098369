//! `[look]`: how the site looks. The names and colours are checked here; the files they name are read by `crate::look`.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::error::{Error, Result};

/// `[look]`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Look {
    /// Which set of tokens.
    pub name: LookName,
    /// Colours by token, as `#rrggbb`.
    pub colours: BTreeMap<Colour, String>,
    /// The same where the reader likes it dark.
    pub dark_colours: BTreeMap<Colour, String>,
    /// Fonts of the data folder.
    pub fonts: Vec<Font>,
    /// The family of texts; empty: the look's own.
    pub text_font: String,
    /// The family of titles.
    pub title_font: String,
    /// The family of labels.
    pub label_font: String,
    /// The family of code.
    pub code_font: String,
    /// A picture beside the site's name; a file of the data folder.
    pub logo: String,
    /// A picture over the home page; a file of the data folder.
    pub header_image: String,
    /// Links at the top of every page.
    pub menu: Vec<MenuItem>,
    /// Markdown at the bottom of every page.
    pub footer: String,
    /// A style sheet of the data folder.
    pub css: String,
    /// A file of the data folder with `meta` and `link` elements.
    pub head: String,
}

/// The looks there are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LookName {
    /// Choir book: serif, red rubrics.
    #[default]
    Antiphon,
    /// Plain and sans.
    Desk,
    /// Warm and bookish.
    Lamp,
}

/// The colours a site may set.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Colour {
    /// Behind everything.
    Paper,
    /// Behind boxes and code.
    Raised,
    /// Text.
    Ink,
    /// Text beside the text.
    Soft,
    /// Lines.
    Rule,
    /// What stands out.
    Accent,
    /// Links.
    Link,
    /// Behind what is marked.
    Mark,
}

impl Colour {
    /// Its key in the configuration.
    pub fn key(self) -> &'static str {
        match self {
            Self::Accent => "accent",
            other => other.token().trim_start_matches('-'),
        }
    }

    /// The custom property that holds it.
    pub const fn token(self) -> &'static str {
        match self {
            Self::Paper => "--paper",
            Self::Raised => "--raised",
            Self::Ink => "--ink",
            Self::Soft => "--soft",
            Self::Rule => "--rule",
            Self::Accent => "--rubric",
            Self::Link => "--link",
            Self::Mark => "--mark",
        }
    }
}

/// A font file.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Font {
    /// The name by which the keys `*_font` call it.
    pub family: String,
    /// A file of the data folder.
    pub file: String,
    /// `400`, or `200 900` of a variable font.
    #[serde(default = "regular")]
    pub weight: String,
    /// `normal` or `italic`.
    #[serde(default)]
    pub style: FontStyle,
}

fn regular() -> String {
    "400".to_owned()
}

/// Upright or not.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum FontStyle {
    /// Upright.
    #[default]
    Normal,
    /// Slanted.
    Italic,
}

/// A link of the menu.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MenuItem {
    /// Its words.
    pub name: String,
    /// A path of this site or an http(s) address.
    pub href: String,
}

/// Most links of a menu.
const MENU_MAX: usize = 12;
/// Most font files.
const FONTS_MAX: usize = 12;
/// Longest footer, in bytes.
const FOOTER_MAX: usize = 4_000;

impl Look {
    /// Checks what the types cannot.
    pub(super) fn check(&self) -> Result<()> {
        for (key, colours) in [
            ("colours", &self.colours),
            ("dark_colours", &self.dark_colours),
        ] {
            if let Some(wrong) = colours.values().find(|text| !is_colour(text)) {
                return Err(refused(
                    key,
                    wrong,
                    "is no colour; write for example \"#1f4f96\"",
                ));
            }
        }
        self.check_fonts()?;
        for item in &self.menu {
            let local = item.href.starts_with('/') && !item.href.starts_with("//");
            let web = item.href.starts_with("https://") || item.href.starts_with("http://");
            if item.name.trim().is_empty() || !(local || web) {
                let why =
                    "is no place to go; a menu item is { name = \"About\", href = \"/about\" }";
                return Err(refused("menu", &item.href, why));
            }
        }
        if self.menu.len() > MENU_MAX || self.footer.len() > FOOTER_MAX {
            return Err(Error::Setup(format!(
                "look.menu has at most {MENU_MAX} items and look.footer at most {FOOTER_MAX} bytes"
            )));
        }
        Ok(())
    }

    fn check_fonts(&self) -> Result<()> {
        if self.fonts.len() > FONTS_MAX {
            return Err(Error::Setup(format!(
                "look.fonts has at most {FONTS_MAX} files"
            )));
        }
        for font in &self.fonts {
            if !is_family(&font.family) {
                let why = "is no family; use letters, digits, spaces and hyphens";
                return Err(refused("fonts", &font.family, why));
            }
            let weights: Vec<_> = font.weight.split(' ').map(str::parse::<u16>).collect();
            let fine = |weight: &Result<u16, _>| matches!(weight, Ok(1..=1000));
            if !(1..=2).contains(&weights.len()) || !weights.iter().all(fine) {
                let why = "is no weight; write \"400\", or \"200 900\" for a variable font";
                return Err(refused("fonts", &font.weight, why));
            }
        }
        for (key, family) in [
            ("text_font", &self.text_font),
            ("title_font", &self.title_font),
            ("label_font", &self.label_font),
            ("code_font", &self.code_font),
        ] {
            let known = self.fonts.iter().any(|font| font.family == *family);
            if !family.is_empty() && !known {
                return Err(refused(key, family, "is no family of look.fonts"));
            }
        }
        Ok(())
    }
}

fn refused(key: &str, value: &str, why: &str) -> Error {
    Error::Setup(format!("look.{key}: \"{value}\" {why}"))
}

/// `#rgb` or `#rrggbb`.
fn is_colour(text: &str) -> bool {
    text.strip_prefix('#').is_some_and(|digits| {
        matches!(digits.len(), 3 | 6) && digits.bytes().all(|b| b.is_ascii_hexdigit())
    })
}

fn is_family(text: &str) -> bool {
    let letter = |c: char| c.is_alphanumeric() || matches!(c, ' ' | '-');
    !text.trim().is_empty() && text.len() <= 64 && text.chars().all(letter)
}
