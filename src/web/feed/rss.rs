//! RSS 2.0, with whole texts (content), writers (dc), counts of comments (slash, wfw), threads (thr), pictures (media) and
//! archives (atom, fh) as other publishers write them.

use super::{Feed, Format, Item, Site, enclosures};
use crate::types::Timestamp;
use crate::web::xml::Xml;

const NAMESPACES: [(&str, &str); 9] = [
    ("version", "2.0"),
    ("xmlns:atom", "http://www.w3.org/2005/Atom"),
    ("xmlns:content", "http://purl.org/rss/1.0/modules/content/"),
    ("xmlns:dc", "http://purl.org/dc/elements/1.1/"),
    ("xmlns:fh", "http://purl.org/syndication/history/1.0"),
    ("xmlns:media", "http://search.yahoo.com/mrss/"),
    ("xmlns:slash", "http://purl.org/rss/1.0/modules/slash/"),
    ("xmlns:thr", "http://purl.org/syndication/thread/1.0"),
    ("xmlns:wfw", "http://wellformedweb.org/CommentAPI/"),
];

pub(super) fn write(site: &Site, feed: &Feed) -> String {
    let mut xml = Xml::new();
    xml.open("rss", &NAMESPACES).open("channel", &[]);
    // A description is required, a blog need not have one.
    let description = Some(site.description.as_str()).filter(|text| !text.is_empty());
    xml.element("title", &feed.title)
        .element("link", &feed.page_url)
        .element("description", description.unwrap_or(&feed.title));
    if !site.language.is_empty() {
        xml.element("language", &site.language);
    }
    if let Some(at) = feed.changed() {
        xml.element("lastBuildDate", &date(at));
    }
    let generator = format!("Antiphon {}", site.software_version);
    xml.element("generator", &generator)
        .element("docs", "https://www.rssboard.org/rss-specification");
    for (rel, href) in feed.ways(Format::Rss) {
        let kind = Format::Rss.media_type();
        xml.empty(
            "atom:link",
            &[("rel", rel), ("href", &href), ("type", kind)],
        );
    }
    if feed.before.is_some() {
        xml.empty("fh:archive", &[]);
    }
    for item in &feed.items {
        push_item(&mut xml, site, item);
    }
    xml.finish()
}

fn push_item(xml: &mut Xml, site: &Site, item: &Item) {
    xml.open("item", &[])
        .element("title", &item.title)
        .element("link", &item.url)
        .element_with("guid", &[("isPermaLink", "false")], &item.id);
    if let Some(at) = item.published {
        xml.element("pubDate", &date(at));
    }
    xml.element("dc:creator", item.author.label());
    if !item.language.is_empty() {
        xml.element("dc:language", &item.language);
    }
    if let Some(at) = item.updated {
        xml.element("atom:updated", &Timestamp::from_secs(at.secs()).rfc3339());
    }
    for tag in &item.tags {
        xml.element("category", &tag.name);
    }
    if !item.summary.is_empty() {
        xml.element("description", &item.summary);
    }
    xml.element("content:encoded", &item.html);
    if let Some(talk) = &item.talk {
        xml.element("comments", &talk.url)
            .element("slash:comments", &talk.total.to_string())
            .element("wfw:commentRss", &format!("{}.rss", talk.base));
    }
    if let Some(answered) = &item.answers {
        let attributes = [("ref", answered.id.as_str()), ("href", &answered.url)];
        xml.empty("thr:in-reply-to", &attributes);
    }
    for (address, kind, picture) in enclosures(site, item) {
        let (width, height) = (picture.width.to_string(), picture.height.to_string());
        let attributes = [
            ("url", address.as_str()),
            ("type", kind),
            ("medium", "image"),
            ("width", &width),
            ("height", &height),
        ];
        xml.open("media:content", &attributes);
        if !picture.alt.is_empty() {
            xml.element("media:description", &picture.alt);
        }
        xml.close();
    }
    xml.close();
}

/// RFC 822 with a year of four digits, which is HTTP's form of a date.
fn date(at: Timestamp) -> String {
    at.http_date()
}
