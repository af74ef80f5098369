//! What a site makes of its pages: look, colours, fonts, logo, menu, footer, own rules and own head.

use antiphon::config::Config;
use antiphon::config::look::LookName;

use super::world::get;
use crate::support::{TestApp, TestDb, both_databases};

const SVG: &str = "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 1 1\"></svg>";

fn dressed(config: &mut Config) {
    let put = |name: &str, bytes: &[u8]| std::fs::write(config.data.join(name), bytes).unwrap();
    put("logo.svg", SVG.as_bytes());
    put("text.woff2", b"wOF2 and so on");
    put("own.css", b".post h1 { color: var(--rubric) }");
    put(
        "head.html",
        b"<link rel=\"me\" href=\"https://x.example/@a\">",
    );
    let look = &mut config.look;
    look.name = LookName::Desk;
    look.logo = "logo.svg".into();
    look.header_image = "logo.svg".into();
    look.css = "own.css".into();
    look.head = "head.html".into();
    look.footer = "Printed on *paper*.".into();
    look.fonts = toml_list("fonts = [{ family = \"Mine\", file = \"text.woff2\" }]").fonts;
    look.text_font = "Mine".into();
    look.menu = toml_list("menu = [{ name = \"Essays\", href = \"/tags/essay\" }]").menu;
    look.colours = toml_list("colours = { accent = \"#7a1f5c\" }").colours;
}

/// A part of the configuration as its file has it.
fn toml_list(text: &str) -> antiphon::config::Look {
    let mut document = antiphon::config::defaults();
    let text = format!("[site]\nurl = \"https://blog.example\"\n[look]\n{text}");
    antiphon::config::overlay(&mut document, &text, "a test").unwrap();
    Config::from_document(std::path::Path::new("."), &document)
        .unwrap()
        .look
}

both_databases! {
    async fn a_site_dresses_its_pages(db: TestDb) {
        let app = TestApp::builder().configure(dressed).build(db).await;
        let home = get(&app, "/").await;
        for part in [
            "<link rel=\"me\" href=\"https://x.example/@a\">",
            "<a href=\"/tags/essay\" lang=\"en\" dir=\"auto\">Essays</a>",
            "<p>Printed on <em>paper</em>.</p>",
            "class=\"logo\"",
            "class=\"header-image\"",
        ] {
            assert!(home.text.contains(part), "{part} in {}", home.text);
        }
        let named = |start: &str, text: &str| {
            let (_, rest) = text.split_once(start).unwrap_or_else(|| panic!("{start} in {text}"));
            format!("{start}{}", rest.split('"').next().unwrap())
        };
        let sheet = get(&app, &named("/static/site.", &home.text)).await;
        assert_eq!(sheet.header("content-type"), "text/css; charset=utf-8");
        assert_eq!(sheet.header("cache-control"), "public, max-age=31536000, immutable");
        for part in ["--rubric:light-dark(#7a1f5c,", "--serif:\"Mine\",serif", "color: var(--rubric)"] {
            assert!(sheet.text.contains(part), "{part} in {}", sheet.text);
        }
        let font = get(&app, &named("/static/font.", &sheet.text)).await;
        assert_eq!((font.status.as_u16(), font.header("content-type")), (200, "font/woff2"));
        let logo = get(&app, &named("/static/logo.", &home.text)).await;
        assert_eq!(logo.header("content-type"), "image/svg+xml");
        assert_eq!(get(&app, "/static/site.x.css").await.status, 404);
    }

    async fn a_site_as_it_comes_has_one_sheet(app: TestApp) {
        let home = get(&app, "/").await;
        assert_eq!(home.text.matches("rel=\"stylesheet\"").count(), 1);
        let csp = home.header("content-security-policy");
        for part in ["script-src 'self';", "connect-src 'self';", "font-src 'self';"] {
            assert!(csp.contains(part), "{csp}");
        }
    }
}
