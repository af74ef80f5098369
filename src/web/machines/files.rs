//! The small files that crawlers, browsers and researchers ask for by name.

use std::fmt::Write as _;
use std::sync::Arc;

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::{HeaderMap, header};
use serde_json::{Value, json};

use super::icons;
use crate::app::App;
use crate::config::AiCrawlers;
use crate::error::Error;
use crate::kept::Scope;
use crate::types::Timestamp;
use crate::web::answer::{Document, answer, error_page};
use crate::web::{favicon, reader};

const TEXT: &str = "text/plain; charset=utf-8";

/// Those who say of themselves, or are known, to gather texts for training or for answers of machines; `robots.txt` is read by
/// these names.
const AI_CRAWLERS: [&str; 30] = [
    "AI2Bot",
    "Amazonbot",
    "anthropic-ai",
    "Applebot-Extended",
    "Bytespider",
    "CCBot",
    "ChatGPT-User",
    "Claude-Web",
    "ClaudeBot",
    "cohere-ai",
    "cohere-training-data-crawler",
    "DeepSeekBot",
    "Diffbot",
    "DuckAssistBot",
    "FacebookBot",
    "Google-Extended",
    "GPTBot",
    "ImagesiftBot",
    "img2dataset",
    "Meta-ExternalAgent",
    "MistralAI-User",
    "OAI-SearchBot",
    "omgili",
    "omgilibot",
    "PanguBot",
    "PerplexityBot",
    "Perplexity-User",
    "Timpibot",
    "Webzio-Extended",
    "YouBot",
];

/// Answers `/robots.txt` (RFC 9309): everybody is welcome, machines that learn as the site says; where the site map is.
pub(in crate::web) async fn robots(State(app): State<Arc<App>>) -> Response {
    let site = &app.config.site;
    let mut text = String::from("User-agent: *\nAllow: /\n");
    if site.ai_crawlers == AiCrawlers::Refuse {
        text.push('\n');
        for name in AI_CRAWLERS {
            let _ = writeln!(text, "User-agent: {name}");
        }
        text.push_str("Disallow: /\n");
    }
    let _ = write!(text, "\nSitemap: {}/sitemap.xml\n", site.url);
    plain(TEXT, "public, max-age=86400", text)
}

/// Answers `/.well-known/security.txt` (RFC 9116), when the site names somebody. It runs out half a year after the day on
/// which it is read: as long as the node answers, what it says is true.
pub(in crate::web) async fn security(State(app): State<Arc<App>>) -> Response {
    let site = &app.config.site;
    if site.security_contact.is_empty() {
        return error_page(&app, &Error::NotFound("the file"));
    }
    let day = Timestamp::DAY;
    let today = app.now().0.div_euclid(day).saturating_mul(day);
    let expires = Timestamp(today.saturating_add(180 * day)).rfc3339();
    let text = format!(
        "Contact: {}\nExpires: {expires}\nPreferred-Languages: {}\nCanonical: {}/.well-known/security.txt\n",
        site.security_contact, site.language, site.url
    );
    plain(TEXT, "public, max-age=86400", text)
}

/// Answers `/manifest.webmanifest`: the site on a home screen.
pub(in crate::web) async fn manifest(State(app): State<Arc<App>>, request: HeaderMap) -> Response {
    let site = reader::site(&app, &request);
    let mut icons: Vec<Value> = icons::all()
        .map(|(side, path)| json!({"src": path, "sizes": format!("{side}x{side}"), "type": "image/png"}))
        .collect();
    icons.push(json!({"src": favicon().0, "sizes": "any", "type": "image/svg+xml"}));
    let manifest = json!({
        "id": "/",
        "name": site.title,
        "short_name": site.title.chars().take(24).collect::<String>().trim(),
        "description": site.description,
        "lang": app.config.site.language,
        "start_url": "/",
        "scope": "/",
        "display": "minimal-ui",
        "background_color": "#fcfcfb",
        "theme_color": "#fcfcfb",
        "icons": icons,
    });
    let document = Document::text(manifest.to_string(), "application/manifest+json");
    answer(&app, Ok(document.shows([Scope::Site])))
}

fn plain(media_type: &'static str, cache: &'static str, text: String) -> Response {
    let headers = [
        (header::CONTENT_TYPE, media_type),
        (header::CACHE_CONTROL, cache),
    ];
    (headers, text).into_response()
}
