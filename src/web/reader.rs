//! What is known of the reader from the request: the language of the interface, and light or dark. Both have few values, so
//! that answers can be kept once for each.

use std::sync::Arc;

use http::HeaderMap;

use super::convert;
use super::i18n::Catalogue;
use super::view::Site;
use crate::app::App;
use crate::config::Config;
use crate::kept::headers::{Headers, Line};

/// The cookie that holds [`Reader::language`].
pub(super) const LANGUAGE: &str = "language";
/// The cookie that holds [`Reader::theme`].
pub(super) const THEME: &str = "theme";
/// The headers that a page depends on, for `Vary`.
pub(super) const VARY: &str = "Accept-Language, Cookie";
/// Languages that are looked at in a header.
const WISHES: usize = 16;

/// How somebody wants to read. Each field has few values: answers are kept once for each.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Reader {
    /// BCP 47 tag of the interface's words; see [`super::i18n::Catalogue::of`].
    pub language: &'static str,
    /// Which colours.
    pub theme: Theme,
}

/// Which colours somebody wants.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Theme {
    /// As their system says.
    #[default]
    System,
    /// Always light.
    Light,
    /// Always dark.
    Dark,
    /// High contrast, light or dark as their system says.
    Contrast,
}

impl Theme {
    /// All there are.
    pub const ALL: [Self; 4] = [Self::System, Self::Light, Self::Dark, Self::Contrast];

    /// The word in the cookie, the form and the page.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::System => "system",
            Self::Light => "light",
            Self::Dark => "dark",
            Self::Contrast => "contrast",
        }
    }

    /// Reads what [`Theme::as_str`] says.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|theme| theme.as_str() == word)
    }
}

impl Reader {
    /// Somebody of whom nothing is known: the site's language.
    pub fn unknown(config: &Config) -> Self {
        Self {
            language: Catalogue::of(&config.site.language).tag(),
            theme: Theme::System,
        }
    }

    /// Reads the wishes of a request: what the reader chose here, else what the browser asks for, else the site's.
    pub fn of(request: &impl Headers, config: &Config) -> Self {
        let asked = || {
            let follows = config.site.follow_reader_language;
            follows.then(|| accepted(request)).flatten()
        };
        Self {
            language: cookie(request, LANGUAGE, Catalogue::exact)
                .or_else(asked)
                .unwrap_or_else(|| Self::unknown(config).language),
            theme: cookie(request, THEME, Theme::parse).unwrap_or_default(),
        }
    }
}

/// The first cookie of a name whose value makes sense.
pub(super) fn cookie<T>(
    request: &impl Headers,
    name: &str,
    read: impl Fn(&str) -> Option<T>,
) -> Option<T> {
    request
        .lines(Line::Cookie)
        .flat_map(|line| line.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .filter(|(key, _)| *key == name)
        .find_map(|(_, value)| read(value))
}

/// The language that the browser likes best of those there are words for (RFC 9110 12.5.4).
fn accepted(request: &impl Headers) -> Option<&'static str> {
    let wishes = request
        .lines(Line::AcceptLanguage)
        .flat_map(|line| line.split(','))
        .take(WISHES);
    let known = wishes.filter_map(|wish| {
        let (tag, weight) = wish.split_once(';').unwrap_or((wish, ""));
        let weight = match weight.trim().strip_prefix("q=") {
            Some(text) => text.parse::<f32>().ok()?,
            None => 1.0,
        };
        let language = Catalogue::exact(tag.trim().split('-').next()?)?;
        (weight > 0.0).then_some((language, weight))
    });
    // Of two that are liked as much, the first.
    let best = known.reduce(|best, next| if next.1 > best.1 { next } else { best });
    best.map(|(language, _)| language)
}

/// What stands on every page, as this reader wants it.
pub(super) fn site(app: &App, request: &HeaderMap) -> Site {
    site_for(app, Reader::of(request, &app.config))
}

/// What stands on every page, as somebody wants it.
pub(super) fn site_for(app: &App, reader: Reader) -> Site {
    Site {
        language: reader.language.to_owned(),
        theme: reader.theme,
        look: Arc::clone(&app.look),
        ..convert::site(&app.config)
    }
}

#[cfg(test)]
mod tests {
    use http::{HeaderName, header};

    use super::*;
    use crate::config::{defaults, overlay};

    fn config(more: &str) -> Config {
        let mut document = defaults();
        let text = format!("[site]\nurl = \"https://blog.example\"\n{more}");
        overlay(&mut document, &text, "a test").unwrap();
        Config::from_document(std::path::Path::new("."), &document).unwrap()
    }

    fn reader(config: &Config, lines: &[(HeaderName, &str)]) -> (&'static str, Theme) {
        let lines = lines.iter().map(|(name, value)| {
            let value = http::HeaderValue::from_bytes(value.as_bytes()).unwrap();
            (name.clone(), value)
        });
        let mut headers = HeaderMap::new();
        lines.for_each(|(name, value)| {
            headers.append(name, value);
        });
        let reader = Reader::of(&headers, config);
        (reader.language, reader.theme)
    }

    #[test]
    fn what_was_chosen_comes_before_what_the_browser_asks_for() {
        let (config, system) = (config("language = \"fr\""), Theme::System);
        let asks = (
            header::ACCEPT_LANGUAGE,
            "tlh, es;q=0.4, de-AT;q=0.8, en;q=0",
        );
        let chose = |value| (header::COOKIE, value);
        assert_eq!(reader(&config, &[]), ("fr", system));
        assert_eq!(reader(&config, std::slice::from_ref(&asks)), ("de", system));
        let cookies = chose("x=y; language=es;theme=dark");
        assert_eq!(
            reader(&config, &[asks.clone(), cookies]),
            ("es", Theme::Dark)
        );
        for junk in [
            "language=de-AT",
            "language=",
            "theme=",
            ";;=;",
            "theme=DARK; language=\u{e9}",
        ] {
            assert_eq!(reader(&config, &[chose(junk)]), ("fr", system), "{junk}");
        }
    }

    #[test]
    fn a_site_may_speak_its_own_language_to_everybody() {
        let config = config("language = \"fr\"\nfollow_reader_language = false");
        let asks = (header::ACCEPT_LANGUAGE, "de");
        assert_eq!(reader(&config, std::slice::from_ref(&asks)).0, "fr");
        let chose = (header::COOKIE, "language=en");
        assert_eq!(reader(&config, &[asks, chose]).0, "en");
    }

    #[test]
    fn odd_headers_ask_for_nothing() {
        let config = config("");
        let long = "x,".repeat(5000);
        for junk in ["", ",", ";q=", "de;q=x", "de;q=-1", "*", "de;q=NaN", &long] {
            let asks = (header::ACCEPT_LANGUAGE, junk);
            assert_eq!(reader(&config, &[asks]).0, "en", "{junk}");
        }
    }
}
