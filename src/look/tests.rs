//! The looks themselves, and what a site may make of them.

use std::path::Path;

use super::colours::{contrast, token_value};
use super::*;
use crate::config::{defaults, look::LookName, overlay};

const TEXTS: [&str; 10] = [
    "--ink",
    "--soft",
    "--rubric",
    "--link",
    "--c-word",
    "--c-text",
    "--c-name",
    "--c-value",
    "--c-type",
    "--c-note",
];

fn load(data: &Path, text: &str) -> Result<Look> {
    let mut document = defaults();
    overlay(
        &mut document,
        "[site]\nurl = \"https://blog.example\"",
        "a test",
    )?;
    overlay(&mut document, &format!("[look]\n{text}"), "a test")?;
    Look::load(&Config::from_document(data, &document)?)
}

fn refusal(data: &Path, text: &str) -> String {
    load(data, text).expect_err(text).to_string()
}

#[test]
fn every_look_can_be_read_light_and_dark_and_high_contrast_even_better() {
    let worst = |sheets: &[&str]| {
        let value = |token, dark| {
            let found = sheets.iter().find_map(|css| token_value(css, token, dark));
            found.unwrap_or_else(|| panic!("{token}"))
        };
        let mut worst = (21.0, String::new());
        for dark in [false, true] {
            for text in TEXTS {
                for behind in ["--paper", "--raised"] {
                    let ratio = contrast(&value(text, dark), &value(behind, dark));
                    if ratio < worst.0 {
                        worst = (ratio, format!("{text} on {behind}, dark: {dark}"));
                    }
                }
            }
            let marked = contrast(&value("--ink", dark), &value("--mark", dark));
            assert!(marked > 7.0, "marked text");
        }
        worst
    };
    for look in [LookName::Antiphon, LookName::Desk, LookName::Lamp] {
        let (ratio, place) = worst(&[sheet::tokens(look), TOKENS]);
        assert!(ratio >= 4.5, "{look:?}: {ratio} {place}");
    }
    let (ratio, place) = worst(&[CONTRAST]);
    assert!(ratio >= 7.0, "{ratio} {place}");
}

#[test]
fn looks_are_made_with_tokens_alone() {
    for look in [LookName::Desk, LookName::Lamp] {
        let rules = sheet::compact(sheet::tokens(look));
        let lines: Vec<_> = rules.lines().collect();
        let [first, tokens @ .., last] = lines.as_slice() else {
            panic!("{look:?} is empty");
        };
        assert_eq!((*first, *last), (":root {", "}"));
        assert!(tokens.iter().all(|line| line.starts_with("--")), "{rules}");
        for token in tokens.iter().filter_map(|line| line.split(':').next()) {
            assert!(TOKENS.contains(&format!("{token}:")), "{token} is no token");
        }
    }
}

#[test]
fn a_site_as_it_comes_needs_no_sheet_of_its_own() {
    let folder = tempfile::tempdir().unwrap();
    assert!(load(folder.path(), "").unwrap().stylesheet.is_none());
    assert!(
        load(folder.path(), "name = \"lamp\"")
            .unwrap()
            .stylesheet
            .is_some()
    );
}

#[test]
fn colours_fonts_and_own_rules_come_after_the_look() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("a.woff2"), b"wOF2rest").unwrap();
    std::fs::write(folder.path().join("own.css"), ".post { color: red }").unwrap();
    let look = load(
        folder.path(),
        "name = \"desk\"\ncolours = { accent = \"#7a1f5c\" }\ncss = \"own.css\"\ntext_font = \"A B\"\nfonts = [{ family = \"A B\", file = \"a.woff2\", weight = \"200 900\" }]",
    )
    .unwrap();
    let sheet = look.file(look.stylesheet.as_ref().unwrap()).unwrap();
    let text = std::str::from_utf8(&sheet.bytes).unwrap();
    let place = |part: &str| {
        text.find(part)
            .unwrap_or_else(|| panic!("{part} in {text}"))
    };
    let order = [
        place("--title-weight: 700"),
        place("@font-face{font-family:\"A B\";src:url(\"/static/font."),
        place("--rubric:light-dark(#7a1f5c,#6fd3b0);--serif:\"A B\",serif"),
        place(".post { color: red }"),
    ];
    assert!(order.is_sorted(), "{order:?}");
    let font = text
        .split("url(\"")
        .nth(1)
        .unwrap()
        .split('"')
        .next()
        .unwrap();
    assert_eq!(look.file(font).unwrap().media_type, "font/woff2");
}

#[test]
fn wrong_values_are_named_with_the_way_out() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path();
    std::fs::write(data.join("evil.css"), "@import \"x.css\";").unwrap();
    std::fs::write(
        data.join("far.css"),
        "a{background:url( 'https://x.example/a.png')}",
    )
    .unwrap();
    std::fs::write(data.join("plain.txt"), "no picture").unwrap();
    for (text, parts) in [
        ("name = \"neon\"", ["neon", "antiphon"]),
        ("colours = { ink = \"red\" }", ["look.colours", "#1f4f96"]),
        ("colours = { inc = \"#000\" }", ["inc", "ink"]),
        ("colours = { ink = \"#ccc\" }", ["look.colours", "contrast"]),
        (
            "colours = { accent = \"#ff0\" }",
            ["accent #ff0 on paper", "contrast"],
        ),
        (
            "dark_colours = { link = \"#333333\" }",
            ["look.dark_colours", "4.5"],
        ),
        ("text_font = \"Literata\"", ["look.text_font", "look.fonts"]),
        (
            "fonts = [{ family = \"A;\", file = \"a\" }]",
            ["look.fonts", "letters"],
        ),
        (
            "fonts = [{ family = \"A\", file = \"plain.txt\" }]",
            ["look.fonts", "woff2"],
        ),
        (
            "fonts = [{ family = \"A\", file = \"../a\" }]",
            ["look.fonts", "data folder"],
        ),
        (
            "fonts = [{ family = \"A\", file = \"a\", weight = \"bold\" }]",
            ["look.fonts", "200 900"],
        ),
        ("logo = \"/etc/passwd\"", ["look.logo", "data folder"]),
        ("logo = \"gone.png\"", ["look.logo", "gone.png"]),
        (
            "header_image = \"plain.txt\"",
            ["look.header_image", "no picture"],
        ),
        (
            "menu = [{ name = \"x\", href = \"javascript:a\" }]",
            ["look.menu", "/about"],
        ),
        (
            "menu = [{ name = \"x\", href = \"//x.example\" }]",
            ["look.menu", "/about"],
        ),
        ("css = \"evil.css\"", ["look.css", "@import"]),
        ("css = \"far.css\"", ["look.css", "url(http"]),
    ] {
        let said = refusal(data, text);
        for part in parts {
            assert!(said.contains(part), "{text}: {part} in {said}");
        }
    }
}

#[test]
fn a_head_only_says_something() {
    let fine = "<link rel=\"me\" href=\"https://x.example/@a\">\n<meta name=\"google-site-verification\" content=\"a&amp;b\">";
    assert_eq!(head::clean(fine).unwrap().as_str(), fine);
    for bad in [
        "<script>alert(1)</script>",
        "<link rel=\"stylesheet\" href=\"https://x.example/a.css\">",
        "<link rel=\"preconnect\" href=\"https://x.example\">",
        "<link rel=\"me stylesheet\" href=\"https://x.example\">",
        "<meta http-equiv=\"refresh\" content=\"0;url=https://x.example\">",
        "<meta name=\"referrer\" content=\"unsafe-url\">",
        "<link rel=\"me\" href=\"javascript:alert(1)\">",
        "<base href=\"https://x.example\">",
        "words",
        "</head><body>",
        "<meta name=\"a\" content=\"b\" onload=\"c\">",
        "<style>a{}</style>",
    ] {
        assert!(head::clean(bad).is_err(), "{bad}");
    }
}

#[test]
fn menus_and_colours_may_be_tables_of_their_own() {
    let folder = tempfile::tempdir().unwrap();
    let text = "footer = \"By *me*\"\n[look.colours]\naccent = \"#7a1f5c\"\n[[look.menu]]\nname = \"About\"\nhref = \"/about\"\n";
    let look = load(folder.path(), text).unwrap();
    assert_eq!(look.menu.len(), 1);
    assert_eq!(look.footer.as_str(), "<p>By <em>me</em></p>\n");
}
