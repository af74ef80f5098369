//! How the site looks beyond what is compiled in: what the configuration and the files of the data folder make of it, read
//! once at start. It holds bytes and addresses; it renders nothing.

mod colours;
mod files;
mod head;
mod sheet;

use bytes::Bytes;

pub use files::fingerprint;

use crate::config::Config;
use crate::config::look::MenuItem;
use crate::error::{Error, Result};
use crate::text::markdown::{self, Mentions};
use crate::types::Html;

/// The tokens of the default look: light and dark.
pub const TOKENS: &str = include_str!("tokens.css");
/// The tokens of high contrast, as declarations.
pub const CONTRAST: &str = include_str!("contrast.css");

/// Largest style sheet, head and footer, in bytes.
const TEXT_MAX: u64 = 64 * 1024;
/// Largest font, in bytes.
const FONT_MAX: u64 = 2 * 1024 * 1024;
/// Largest logo or header image, in bytes.
const PICTURE_MAX: u64 = 2 * 1024 * 1024;

/// The site's own part of every page.
#[derive(Debug, Default)]
pub struct Look {
    files: Vec<File>,
    /// The address of the site's style sheet, where it needs one.
    pub stylesheet: Option<String>,
    /// Beside the site's name.
    pub logo: Option<Picture>,
    /// Over the home page.
    pub header_image: Option<Picture>,
    /// At the top of every page.
    pub menu: Vec<MenuItem>,
    /// At the bottom of every page.
    pub footer: Html,
    /// In the head of every page.
    pub head: Html,
}

/// A file of the site, served under a name made from its content.
#[derive(Debug)]
pub struct File {
    /// Where it is served.
    pub path: String,
    /// What it is.
    pub media_type: &'static str,
    /// Its content.
    pub bytes: Bytes,
}

/// A picture of the site.
#[derive(Clone, Debug, Default)]
pub struct Picture {
    /// Where it is served.
    pub src: String,
    /// In pixels; 0 when the file does not say.
    pub width: u32,
    /// In pixels; 0 when the file does not say.
    pub height: u32,
}

impl Look {
    /// Reads what the configuration names. Fails with the key and the way out when something is not as it should be.
    pub fn load(config: &Config) -> Result<Self> {
        let (wanted, data) = (&config.look, config.data.as_path());
        let mut look = Self {
            menu: wanted.menu.clone(),
            footer: markdown::render_comment(&wanted.footer, &Mentions::new()).html,
            ..Self::default()
        };
        for (key, name, slot) in [
            ("logo", &wanted.logo, &mut look.logo),
            ("header_image", &wanted.header_image, &mut look.header_image),
        ] {
            if !name.is_empty() {
                let (file, picture) = files::picture(data, key, name)?;
                *slot = Some(picture);
                look.files.push(file);
            }
        }
        if !wanted.head.is_empty() {
            let text = files::text(data, "head", &wanted.head)?;
            look.head = head::clean(&text)?;
        }
        colours::check(wanted)?;
        let mut fonts = Vec::new();
        for font in &wanted.fonts {
            fonts.push(files::font(data, &font.file)?);
        }
        let own = match wanted.css.as_str() {
            "" => String::new(),
            name => sheet::own(files::text(data, "css", name)?)?,
        };
        let text = sheet::compose(wanted, &fonts, &own);
        look.files.extend(fonts);
        if !text.is_empty() {
            let file = File::named("site", "css", "text/css; charset=utf-8", text.into());
            look.stylesheet = Some(file.path.clone());
            look.files.push(file);
        }
        Ok(look)
    }

    /// The file that is served at a path.
    pub fn file(&self, path: &str) -> Option<&File> {
        self.files.iter().find(|file| file.path == path)
    }
}

impl File {
    fn named(stem: &str, extension: &str, media_type: &'static str, bytes: Bytes) -> Self {
        Self {
            path: format!("/static/{stem}.{}.{extension}", fingerprint(&bytes)),
            media_type,
            bytes,
        }
    }
}

/// A value that cannot be, with its key and the way out.
fn refused(key: &str, why: impl std::fmt::Display) -> Error {
    Error::Setup(format!("look.{key}: {why}"))
}

#[cfg(test)]
mod tests;
