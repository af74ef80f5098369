//! Sample pages of what a site and a reader may choose: language, colours, look, menu.

use std::sync::Arc;

use super::{home, post, site};
use crate::config::{Config, defaults, overlay};
use crate::look::Look;
use crate::text::contents::{self, Heading};
use crate::text::markdown::{Mentions, render_post as render_post_text};
use crate::text::{formula, reading, sidenotes};
use crate::types::Html;
use crate::web::reader::Theme;
use crate::web::view::{PostView, PreferencesView, Site};
use crate::web::{render_home, render_post, render_preferences};

const ARABIC: &str = include_str!("arabic.md");
const JAPANESE: &str = include_str!("japanese.md");

/// A look as the configuration names it.
pub(in crate::web) fn look(text: &str) -> Arc<Look> {
    let mut document = defaults();
    let text = format!("[site]\nurl = \"https://blog.example\"\n[look]\n{text}");
    overlay(&mut document, &text, "a sample").unwrap();
    let config = Config::from_document(std::path::Path::new("."), &document).unwrap();
    Arc::new(Look::load(&config).unwrap())
}

/// The looks beside the default.
pub(super) fn looks() -> Vec<Arc<Look>> {
    ["name = \"desk\"", "name = \"lamp\""].map(look).to_vec()
}

/// A text as a post's page shows it.
pub(super) fn text(source: &str) -> (Html, i64, Vec<Heading>) {
    let html = render_post_text(source, &Mentions::new()).html;
    let minutes = reading::minutes(html.as_str());
    let contents = contents::headings(html.as_str());
    (sidenotes::beside(&formula::show(&html)), minutes, contents)
}

fn written(title: &str, source: &str, language: &str) -> PostView {
    let (html, minutes, contents) = text(source);
    PostView {
        title: title.to_owned(),
        html,
        minutes,
        contents,
        language: language.to_owned(),
        ..post()
    }
}

/// The pages with their file names.
pub(super) fn pages() -> Vec<(&'static str, String)> {
    let site = site();
    let arabic = Site {
        language: "ar".to_owned(),
        written_in: "ar".to_owned(),
        title: "ورق وحبر".to_owned(),
        description: "خواطر في الخط والنشيد والآلات بينهما.".to_owned(),
        ..site.clone()
    };
    let menu = Site {
        look: look(
            "menu = [{ name = \"Essays\", href = \"/about\" }, { name = \"Choir\", href = \"/about\" }]\nfooter = \"Written in Ludlow, under *CC BY*.\"",
        ),
        ..site.clone()
    };
    let dark = Site {
        theme: Theme::Dark,
        ..site.clone()
    };
    let contrast = Site {
        theme: Theme::Contrast,
        ..site.clone()
    };
    let preferences = PreferencesView {
        language: "auto",
        ..PreferencesView::default()
    };
    let of = |look: &Arc<Look>| Site {
        look: Arc::clone(look),
        ..site.clone()
    };
    let [desk, lamp] = looks().try_into().expect("there are two");
    let in_arabic = written("الصمت بين صوتين", ARABIC, "ar");
    let in_japanese = written("二つの声のあいだの間", JAPANESE, "ja");
    vec![
        ("post-ar.html", render_post(&arabic, &in_arabic).unwrap()),
        ("home-ar.html", render_home(&arabic, &home()).unwrap()),
        ("post-ja.html", render_post(&menu, &in_japanese).unwrap()),
        ("home-menu.html", render_home(&menu, &home()).unwrap()),
        ("post-dark.html", render_post(&dark, &post()).unwrap()),
        (
            "post-contrast.html",
            render_post(&contrast, &post()).unwrap(),
        ),
        ("post-desk.html", render_post(&of(&desk), &post()).unwrap()),
        ("home-desk.html", render_home(&of(&desk), &home()).unwrap()),
        ("post-lamp.html", render_post(&of(&lamp), &post()).unwrap()),
        ("home-lamp.html", render_home(&of(&lamp), &home()).unwrap()),
        (
            "preferences.html",
            render_preferences(&site, &preferences).unwrap(),
        ),
        (
            "preferences-ar.html",
            render_preferences(&arabic, &preferences).unwrap(),
        ),
    ]
}

#[test]
fn what_a_site_and_a_reader_choose_stands_on_the_page() {
    let pages: std::collections::HashMap<_, _> = pages().into_iter().collect();
    let has = |page: &str, part: &str| assert!(pages[page].contains(part), "{part} in {page}");
    has("post-ar.html", "<html lang=\"ar\" dir=\"rtl\">");
    has("post-ar.html", "فكرة حول «الصمت بين صوتين»");
    has(
        "post-dark.html",
        "<html lang=\"en\" dir=\"ltr\" data-theme=\"dark\">",
    );
    has(
        "post-dark.html",
        "<meta name=\"color-scheme\" content=\"dark\">",
    );
    has("post-contrast.html", "data-theme=\"contrast\"");
    has(
        "home-menu.html",
        "<a href=\"/about\" lang=\"en\" dir=\"auto\">Choir</a>",
    );
    has("home-menu.html", "Written in Ludlow");
    let (sheet, look) = (&looks()[0].stylesheet, &pages["post-desk.html"]);
    assert!(look.contains(sheet.as_ref().unwrap()));
    has("preferences.html", "value=\"contrast\"");
    has("preferences.html", "<label lang=\"ar\" dir=\"rtl\">");
}
