//! The oEmbed provider (oembed.com): what another site shows of a post of ours when its address is pasted there. Only published
//! posts of this site, and only words of ours around theirs: no script, no frame, no picture from elsewhere.

use std::sync::Arc;

use axum::extract::State;
use axum::response::Response;
use http::{StatusCode, Uri};
use serde_json::{Value, json};

use crate::app::App;
use crate::domain::post::Preview;
use crate::domain::post::page::{self, Quotable};
use crate::error::{Error, Result};
use crate::text::escape;
use crate::types::ApUrl;
use crate::web::answer::{Document, answer, error_page, status_page};
use crate::web::convert;
use crate::web::view::Site;
use crate::web::xml::Xml;

/// Longest address that is looked for, in bytes.
const LONGEST: usize = 2_048;
/// What the words take when there is room, in pixels.
const WIDTH: u32 = 600;
const HEIGHT: u32 = 220;
/// Seconds for which the answer may be kept.
const KEPT: u32 = 86_400;

/// What is asked for.
struct Asked {
    address: String,
    is_xml: bool,
    /// The most that there is room for, in pixels.
    room: (u32, u32),
}

/// Answers `/oembed?url=…&format=json|xml&maxwidth=…&maxheight=…`. 404 for what is no published post here, 501 for another
/// format, as the specification says.
pub(in crate::web) async fn oembed(State(app): State<Arc<App>>, uri: Uri) -> Response {
    let asked = match Asked::of(&uri) {
        Ok(Some(asked)) => asked,
        Ok(None) => return status_page(&app, StatusCode::NOT_IMPLEMENTED, String::new()),
        Err(error) => return error_page(&app, &error),
    };
    let site = convert::site(&app.config);
    let address = ApUrl::new(asked.address.as_str());
    let work = app.db.read(move |conn| {
        let post = page::load_quotable(conn, &address)?.ok_or(Error::NotFound("the post"))?;
        let fields = fields(&site, &post, &asked);
        let (text, media_type) = if asked.is_xml {
            (xml(&fields), "text/xml; charset=utf-8")
        } else {
            (fields.to_string(), "application/json")
        };
        Ok(Document::text(text, media_type))
    });
    let outcome = work.await;
    answer(&app, outcome)
}

impl Asked {
    /// Reads the query; None for a format that is not known.
    fn of(uri: &Uri) -> Result<Option<Self>> {
        let mut asked = Self {
            address: String::new(),
            is_xml: false,
            room: (u32::MAX, u32::MAX),
        };
        let query = uri.query().unwrap_or_default().as_bytes();
        for (key, value) in url::form_urlencoded::parse(query) {
            match key.as_ref() {
                "url" => value.trim().clone_into(&mut asked.address),
                "format" if value == "xml" => asked.is_xml = true,
                "format" if value != "json" => return Ok(None),
                "maxwidth" => asked.room.0 = pixels(&value)?,
                "maxheight" => asked.room.1 = pixels(&value)?,
                _ => {}
            }
        }
        // The same page, whatever part of it was looked at.
        let page = asked.address.split(['#', '?']).next().unwrap_or_default();
        let is_plain = page.len() <= LONGEST && !page.contains(char::is_control);
        if page.is_empty() || !is_plain {
            return Err(Error::NotFound("the post"));
        }
        let length = page.len();
        asked.address.truncate(length);
        Ok(Some(asked))
    }
}

fn pixels(value: &str) -> Result<u32> {
    value
        .parse()
        .map_err(|_| Error::invalid("maxwidth and maxheight are numbers of pixels"))
}

fn fields(site: &Site, post: &Quotable, asked: &Asked) -> Value {
    let title = [&post.title, &post.excerpt]
        .into_iter()
        .find(|text| !text.trim().is_empty())
        .map_or(post.url.as_str(), String::as_str);
    let mut fields = json!({
        "version": "1.0",
        "type": "rich",
        "title": title,
        "author_name": post.author_name,
        "author_url": post.author_url,
        "provider_name": site.title,
        "provider_url": format!("{}/", site.url),
        "cache_age": KEPT,
        "width": asked.room.0.min(WIDTH),
        "height": asked.room.1.min(HEIGHT),
        "html": html(title, post),
    });
    let (width, height) = (Preview::WIDTH, Preview::HEIGHT);
    // A thumbnail may be no larger than what there is room for.
    let fits = width <= asked.room.0 && height <= asked.room.1;
    if let Some(preview) = post.preview.as_ref().filter(|_| fits)
        && let Some(object) = fields.as_object_mut()
    {
        object.insert(
            "thumbnail_url".into(),
            site.absolute(&preview.path()).into(),
        );
        object.insert("thumbnail_width".into(), width.into());
        object.insert("thumbnail_height".into(), height.into());
    }
    fields
}

/// A quotation: the title as a link, the beginning of the text, who wrote it. Every part is a text.
fn html(title: &str, post: &Quotable) -> String {
    let summary = post.summary.as_deref().unwrap_or(&post.excerpt);
    format!(
        "<blockquote cite=\"{url}\"><p><a href=\"{url}\">{}</a></p><p>{}</p><footer>{}</footer></blockquote>",
        escape(title),
        escape(summary),
        escape(&post.author_name),
        url = escape(post.url.as_str()),
    )
}

fn xml(fields: &Value) -> String {
    let mut xml = Xml::new();
    xml.open("oembed", &[]);
    for (name, value) in fields.as_object().into_iter().flatten() {
        let text = value
            .as_str()
            .map_or_else(|| value.to_string(), str::to_owned);
        xml.element(name, &text);
    }
    xml.finish()
}
