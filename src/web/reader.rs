//! What is known of the reader from the request: the language of the interface.

use std::fmt;

use http::HeaderMap;

use super::convert;
use super::view::Site;
use crate::app::App;
use crate::config::Config;

/// How somebody wants to read. Each field has few values: answers are kept once for each.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Reader {
    /// BCP 47 tag of the interface's words; see [`super::i18n::Catalogue::of`].
    pub language: &'static str,
}

impl Reader {
    /// Reads the wishes of a request: the site's language.
    pub fn of(_request: &HeaderMap, config: &Config) -> Self {
        Self {
            language: super::i18n::Catalogue::of(&config.site.language).tag(),
        }
    }
}

impl fmt::Display for Reader {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.language)
    }
}

/// What stands on every page, as this reader wants it.
pub(super) fn site(app: &App, request: &HeaderMap) -> Site {
    let reader = Reader::of(request, &app.config);
    Site {
        language: reader.language.to_owned(),
        ..convert::site(&app.config)
    }
}
