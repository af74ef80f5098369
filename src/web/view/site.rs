//! The publication as a whole, and the form in which one says how one wants to read.

use std::sync::Arc;

use super::Author;
use crate::look::Look;
use crate::web::i18n::Catalogue;
use crate::web::reader::Theme;

/// The publication as a whole: what stands on every page.
#[derive(Clone, Debug, Default)]
pub struct Site {
    /// The name of the publication.
    pub title: String,
    /// The address of the home page, without a slash at the end.
    pub url: String,
    /// One sentence about the publication, as plain text; may be empty.
    pub description: String,
    /// BCP 47 tag of the interface, as the reader wants it; it chooses the words, see [`Catalogue::of`].
    pub language: String,
    /// BCP 47 tag of what the site itself says: title, description, menu.
    pub written_in: String,
    /// Which colours the reader wants.
    pub theme: Theme,
    /// What the site's own files and settings add.
    pub look: Arc<Look>,
    /// Where the source of the running program is (AGPL section 13).
    pub source_url: String,
    /// The version of the running program.
    pub software_version: String,
    /// The address of the Atom feed of all posts.
    pub feed_url: String,
    /// The accounts that write here; the first is proposed to those who want to follow.
    pub accounts: Vec<Author>,
    /// Other places of whoever writes here, linked with `rel="me"`.
    pub me: Vec<String>,
}

impl Site {
    /// The reader's colours as the page names them; empty when the system decides.
    pub fn theme_name(&self) -> &'static str {
        match self.theme {
            Theme::System => "",
            chosen => chosen.as_str(),
        }
    }

    /// What the browser shows before the style sheet is there.
    pub fn color_scheme(&self) -> &'static str {
        match self.theme {
            Theme::Light => "light",
            Theme::Dark => "dark",
            Theme::System | Theme::Contrast => "light dark",
        }
    }
}

/// The form in which one says how one wants to read.
#[derive(Clone, Debug, Default)]
pub struct PreferencesView {
    /// The colours of now.
    pub theme: Theme,
    /// The language that was chosen, or `auto`.
    pub language: &'static str,
    /// The path to go back to.
    pub back: String,
}

impl PreferencesView {
    /// Everything there is to choose from.
    pub fn themes(&self) -> &'static [Theme] {
        &Theme::ALL
    }

    /// The key of the word for one of them.
    pub fn word(&self, theme: &Theme) -> &'static str {
        match theme {
            Theme::System => "theme-system",
            Theme::Light => "theme-light",
            Theme::Dark => "theme-dark",
            Theme::Contrast => "theme-contrast",
        }
    }

    /// The words of every language there is.
    pub fn languages(&self) -> impl Iterator<Item = &'static Catalogue> {
        Catalogue::languages().map(Catalogue::of)
    }
}
