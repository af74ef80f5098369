//! Draws the picture: pure, from words to a PNG of few colours. Any script that a font here has is shaped and set by its own
//! direction; a title with a letter that no font has is left out whole, for boxes say nothing.

use cosmic_text::fontdb::Database;
use cosmic_text::{
    Attrs, Buffer, Color, Ellipsize, EllipsizeHeightLimit, Family, FontSystem, LayoutGlyph,
    LayoutRun, Metrics, Shaping, SwashCache, Weight,
};

use crate::error::{Error, Result};

/// In pixels: the form that Mastodon and others show whole.
pub(super) const WIDTH: u32 = 1200;
/// In pixels.
pub(super) const HEIGHT: u32 = 630;

/// Latin, Greek and Cyrillic; see `OFL.txt` beside it.
const FONT: &[u8] = include_bytes!("NotoSerif-Bold.ttf");
const FAMILY: &str = "Noto Serif";

const MARGIN: f32 = 84.0;
const INNER: f32 = 1200.0 - 2.0 * MARGIN;
/// Sizes of the title, the first that needs at most its lines.
const TITLES: [(f32, usize); 3] = [(84.0, 2), (68.0, 3), (54.0, 5)];
/// Longest text that is set, in characters.
const LONGEST: usize = 300;

const PAPER: [u8; 3] = [0xfc, 0xfc, 0xfb];
const INK: [u8; 3] = [0x1f, 0x22, 0x27];
const RED: [u8; 3] = [0xb3, 0x26, 0x1e];
/// The palette's places: paper, mixed with more and more ink; then the red of the staff.
const FULL: u8 = 254;
const STAFF: u8 = 255;
/// The rows of the staff, each two pixels high.
const LINES: [u32; 4] = [566, 578, 590, 602];

/// What stands on the picture.
#[derive(Clone, Debug)]
pub(super) struct Card {
    /// The title of the post.
    pub(super) title: String,
    /// The name of the blog.
    pub(super) site: String,
    /// The name of the writer.
    pub(super) author: String,
    /// BCP 47; decides between the forms that one character has in several languages.
    pub(super) language: String,
}

/// Draws a card. Gives the PNG, and whether the title stands in it. Takes some milliseconds of CPU.
pub(super) fn draw(card: &Card) -> Result<(Vec<u8>, bool)> {
    let mut fonts = own_fonts(&card.language);
    let all = [&card.title, &card.site, &card.author];
    if !all.iter().all(|text| has_all(&mut fonts, text)) {
        fonts = all_fonts(&card.language);
    }
    let mut sheet = Sheet::new(fonts);
    let site = sheet.settable(&card.site);
    let author = sheet.settable(&card.author);
    let title = sheet.settable(&card.title);
    sheet.line(&site, 34.0, 64.0);
    sheet.line(&author, 34.0, 490.0);
    sheet.title(&title);
    sheet.staff();
    Ok((sheet.png()?, !title.is_empty()))
}

/// The font that is compiled in.
fn own_fonts(language: &str) -> FontSystem {
    let mut fonts = Database::new();
    fonts.load_font_data(FONT.to_vec());
    FontSystem::new_with_locale_and_db(language.to_owned(), fonts)
}

/// The same with those of the system.
fn all_fonts(language: &str) -> FontSystem {
    let mut fonts = own_fonts(language).into_locale_and_db().1;
    fonts.load_system_fonts();
    FontSystem::new_with_locale_and_db(language.to_owned(), fonts)
}

/// Sets a text within a width; what is more than `lines` ends with an ellipsis.
fn set(fonts: &mut FontSystem, text: &str, size: f32, lines: usize) -> Buffer {
    let mut buffer = Buffer::new(fonts, Metrics::relative(size, 1.22));
    buffer.set_size(Some(INNER), None);
    buffer.set_ellipsize(Ellipsize::End(EllipsizeHeightLimit::Lines(lines)));
    let attributes = Attrs::new()
        .family(Family::Name(FAMILY))
        .weight(Weight::BOLD);
    buffer.set_text(text, &attributes, Shaping::Advanced, None);
    buffer.shape_until_scroll(fonts, false);
    buffer
}

/// The parts of a text that no font has.
fn missing(fonts: &mut FontSystem, text: &str) -> Vec<String> {
    let buffer = set(fonts, text, 20.0, 100);
    let parts = buffer.layout_runs().flat_map(|run| {
        let lost = run.glyphs.iter().filter(|glyph| glyph.glyph_id == 0);
        lost.filter_map(move |glyph| run.text.get(glyph.start..glyph.end))
            .map(str::to_owned)
            .collect::<Vec<_>>()
    });
    parts.filter(|part| !part.trim().is_empty()).collect()
}

fn has_all(fonts: &mut FontSystem, text: &str) -> bool {
    missing(fonts, &one_line(text)).is_empty()
}

/// One line without what has no form, of bounded length.
fn one_line(text: &str) -> String {
    let words = text.split(|c: char| c.is_whitespace() || c.is_control());
    let words: Vec<&str> = words.filter(|word| !word.is_empty()).collect();
    words.join(" ").chars().take(LONGEST).collect()
}

/// A picture in the making: how much ink is on each pixel.
struct Sheet {
    fonts: FontSystem,
    glyphs: SwashCache,
    ink: Vec<u8>,
}

impl Sheet {
    fn new(fonts: FontSystem) -> Self {
        let size = usize::try_from(WIDTH * HEIGHT).unwrap_or_default();
        Self {
            fonts,
            glyphs: SwashCache::new(),
            ink: vec![0; size],
        }
    }

    /// The text without signs that no font has (emoji, mostly); empty when a letter is among them.
    fn settable(&mut self, text: &str) -> String {
        let mut text = one_line(text);
        let lost = missing(&mut self.fonts, &text);
        if lost.iter().any(|part| part.contains(char::is_alphanumeric)) {
            return String::new();
        }
        for part in lost {
            text = text.replace(&part, "");
        }
        let text = one_line(&text);
        let is_whole = missing(&mut self.fonts, &text).is_empty();
        if is_whole { text } else { String::new() }
    }

    fn line(&mut self, text: &str, size: f32, top: f32) {
        let buffer = set(&mut self.fonts, text, size, 1);
        self.print(&buffer, top, 170);
    }

    fn title(&mut self, text: &str) {
        let fonts = &mut self.fonts;
        let fits = |(size, lines): &(f32, usize)| {
            let room = lines + 1;
            set(fonts, text, *size, room).layout_runs().count() <= *lines
        };
        let smallest = TITLES.last().copied().unwrap_or_default();
        let (size, lines) = TITLES.iter().copied().find(fits).unwrap_or(smallest);
        let buffer = set(&mut self.fonts, text, size, lines);
        self.print(&buffer, 136.0, 255);
    }

    /// Puts a set text down; `strength` of its ink.
    fn print(&mut self, buffer: &Buffer, top: f32, strength: u32) {
        for run in buffer.layout_runs() {
            let left = MARGIN + indent(&run);
            for glyph in run.glyphs {
                let place = glyph.physical((left, top + run.line_y), 1.0);
                let ink = &mut self.ink;
                self.glyphs.with_pixels(
                    &mut self.fonts,
                    place.cache_key,
                    Color::rgb(0, 0, 0),
                    |x, y, colour| {
                        let level = u32::from(colour.a()) * strength / 255;
                        let level = u8::try_from(level).unwrap_or(FULL).min(FULL);
                        if let Some(pixel) = pixel(ink, place.x + x, place.y + y) {
                            *pixel = level.max(*pixel);
                        }
                    },
                );
            }
        }
    }

    fn staff(&mut self) {
        let width = i32::try_from(WIDTH).unwrap_or_default();
        for y in LINES.into_iter().flat_map(|row| [row, row + 1]) {
            let y = i32::try_from(y).unwrap_or_default();
            for x in 0..width {
                if let Some(pixel) = pixel(&mut self.ink, x, y) {
                    *pixel = STAFF;
                }
            }
        }
    }

    fn png(&self) -> Result<Vec<u8>> {
        let mut out = Vec::new();
        let mut encoder = png::Encoder::new(&mut out, WIDTH, HEIGHT);
        encoder.set_color(png::ColorType::Indexed);
        encoder.set_depth(png::BitDepth::Eight);
        encoder.set_palette(palette());
        encoder.set_filter(png::Filter::NoFilter);
        encoder.set_compression(png::Compression::Balanced);
        let mut writer = encoder.write_header().map_err(Error::internal)?;
        writer
            .write_image_data(&self.ink)
            .map_err(Error::internal)?;
        writer.finish().map_err(Error::internal)?;
        Ok(out)
    }
}

/// How far a line is to be moved so that it begins with its first word: where a line is broken, the space stays with the
/// next.
fn indent(run: &LayoutRun<'_>) -> f32 {
    let first = if run.rtl {
        run.glyphs.last()
    } else {
        run.glyphs.first()
    };
    let is_space = |glyph: &&LayoutGlyph| {
        let text = run.text.get(glyph.start..glyph.end);
        text.is_some_and(|text| text.trim().is_empty())
    };
    let width = first.filter(is_space).map_or(0.0, |glyph| glyph.w);
    if run.rtl { width } else { -width }
}

/// A pixel of the sheet; None beyond its edges.
fn pixel(ink: &mut [u8], x: i32, y: i32) -> Option<&mut u8> {
    let (x, y) = (u32::try_from(x).ok()?, u32::try_from(y).ok()?);
    if x >= WIDTH || y >= HEIGHT {
        return None;
    }
    ink.get_mut(usize::try_from(y * WIDTH + x).ok()?)
}

fn palette() -> Vec<u8> {
    let full = u32::from(FULL);
    let mix = |level: u32, (paper, ink): (&u8, &u8)| {
        let mixed = u32::from(*paper) * (full - level) + u32::from(*ink) * level;
        u8::try_from(mixed / full).unwrap_or(u8::MAX)
    };
    let shades = (0..=full).flat_map(|level| PAPER.iter().zip(&INK).map(move |c| mix(level, c)));
    shades.chain(RED).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn card(title: &str) -> Card {
        Card {
            title: title.to_owned(),
            site: "Choir and Desk".to_owned(),
            author: "Łukasz Żółć 🌿".to_owned(),
            language: "en".to_owned(),
        }
    }

    /// Draws; with `ANTIPHON_SAMPLES` it also writes the picture to be looked at.
    fn drawn(name: &str, title: &str) -> (Vec<u8>, bool) {
        let (png, titled) = draw(&card(title)).unwrap();
        if let Some(folder) = std::env::var_os("ANTIPHON_SAMPLES") {
            let folder = std::path::PathBuf::from(folder);
            std::fs::create_dir_all(&folder).unwrap();
            std::fs::write(folder.join(format!("preview-{name}.png")), &png).unwrap();
        }
        (png, titled)
    }

    fn ink_of(png: &[u8]) -> usize {
        let picture = image::load_from_memory(png).unwrap().into_luma8();
        assert_eq!((picture.width(), picture.height()), (WIDTH, HEIGHT));
        picture.pixels().filter(|pixel| pixel.0[0] < 90).count()
    }

    #[test]
    fn a_title_is_drawn_and_the_picture_is_small() {
        let (png, titled) = drawn("short", "The pause between two choirs");
        assert!(titled && png.len() < 60_000, "{}", png.len());
        let bare = drawn("bare", "").0;
        assert!(ink_of(&png) > ink_of(&bare) + 1000);
        assert_eq!(png, drawn("again", "The pause between two choirs").0);
    }

    #[test]
    fn a_long_title_ends_within_the_picture() {
        let title = "Über Ζωή и Жизнь, a very long title that goes on. ".repeat(40);
        let (png, titled) = drawn("long", &title);
        assert!(titled);
        let picture = image::load_from_memory(&png).unwrap().into_luma8();
        let dark = |y: u32| (0..WIDTH).any(|x| picture.get_pixel(x, y).0[0] < 90);
        assert!(dark(300) && !(545..560).any(dark) && !(610..630).any(dark));
    }

    #[test]
    fn a_sign_without_a_form_is_left_out_and_a_letter_without_one_takes_the_title_with_it() {
        let (png, titled) = drawn("sign", "Hello \u{10fffe}");
        assert!(titled);
        assert_eq!(png, drawn("plain", "Hello").0);
        // Cypro-Minoan: no font of a test machine has it.
        let (png, titled) = drawn("unknown", "Hello \u{12f90}");
        assert!(!titled);
        assert_eq!(png, drawn("none", "").0);
    }

    #[test]
    fn words_from_right_to_left_stand_right_when_a_font_has_them() {
        let (png, titled) = drawn("arabic", "صمت");
        if titled {
            let picture = image::load_from_memory(&png).unwrap().into_luma8();
            let dark = |x: u32| (140..400).any(|y| picture.get_pixel(x, y).0[0] < 90);
            assert!((900..1116).any(dark) && !(84..300).any(dark));
        }
        drawn("chinese", "两个合唱团之间的停顿");
    }

    #[test]
    fn every_line_begins_at_the_margin() {
        let png = drawn("lines", "In praise of the slow reply, in praise of it").0;
        let picture = image::load_from_memory(&png).unwrap().into_luma8();
        let first_dark = |rows: std::ops::Range<u32>| {
            let mut columns = 0..WIDTH;
            let dark = |x: &u32| rows.clone().any(|y| picture.get_pixel(*x, y).0[0] < 90);
            columns.find(dark).unwrap()
        };
        for rows in [140..230, 245..330] {
            assert!((84..100).contains(&first_dark(rows.clone())), "{rows:?}");
        }
    }

    #[test]
    fn no_text_makes_it_fail() {
        for text in [
            "\0\n\u{202e}",
            "\u{fffe}",
            "ﷺ﷽",
            "a\u{301}\u{301}\u{301}",
            " ",
        ] {
            drawn("odd", text);
        }
    }
}
