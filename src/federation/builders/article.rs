//! Posts as Articles, with the short form for those who show no Articles (FEP-b2b8), and their tombstones.

use serde_json::{Value, json};
use url::Url;

use super::{mention_tags, public_audience, set};
use crate::domain::actor::Actor;
use crate::domain::post::{Image, Post};
use crate::text::{escape, hashtag};
use crate::types::{ApUrl, Timestamp};

/// How often others answered a post.
#[derive(Clone, Copy, Debug, Default)]
pub struct Counts {
    /// Public comments directly under the post.
    pub replies: i64,
    /// Likes.
    pub likes: i64,
    /// Boosts.
    pub shares: i64,
}

/// The Article of a published post, without `@context`.
pub fn article(post: &Post, tags: &[String], author: &Actor, counts: Counts, site: &str) -> Value {
    let mentions = post.mentions.get();
    let (to, cc) = public_audience(author.followers.as_ref(), &mentions);
    let mut tag: Vec<Value> = tags.iter().map(|name| hashtag_tag(name, site)).collect();
    tag.extend(mention_tags(&mentions));
    let page = post.url.url();
    let images: Vec<Value> = post
        .images
        .get()
        .iter()
        .filter_map(|image| image_of(image, page.as_ref()))
        .collect();
    let content = super::sent(&post.html, page.as_ref());
    let published = post.published_at.unwrap_or(post.created_at);
    let at = |rest: &str| format!("{}{rest}", post.ap_id);
    let mut document = json!({
        "id": post.ap_id,
        "type": "Article",
        "attributedTo": author.ap_id,
        "name": post.title,
        "summary": post.summary_or_excerpt(),
        "content": content,
        "contentMap": { post.language.as_str(): content },
        "source": { "content": post.source, "mediaType": "text/markdown" },
        "url": post.url,
        "published": published.rfc3339(),
        "to": to,
        "cc": cc,
        "tag": tag,
        "attachment": images,
        "sensitive": false,
        "preview": preview(post, author, published),
        "replies": super::collection::summary(&at("/replies"), counts.replies),
        "likes": super::collection::bare(&at("/likes"), counts.likes),
        "shares": super::collection::bare(&at("/shares"), counts.shares),
        "context": at("/context"),
    });
    if let Some(image) = images_first(&document) {
        set(&mut document, "image", image);
    }
    if let Some(edited) = post.edited_at {
        set(&mut document, "updated", json!(edited.rfc3339()));
    }
    document
}

/// A picture with its whole address; None when others could not load it.
fn image_of(image: &Image, page: Option<&Url>) -> Option<Value> {
    let url = page?.join(&image.url).ok()?;
    let is_web = matches!(url.scheme(), "http" | "https");
    is_web.then(|| json!({ "type": "Image", "url": url.as_str(), "name": image.alt }))
}

fn images_first(document: &Value) -> Option<Value> {
    document.get("attachment")?.get(0).cloned()
}

fn hashtag_tag(name: &str, site: &str) -> Value {
    json!({ "type": "Hashtag", "name": format!("#{name}"), "href": format!("{site}/tags/{}", hashtag::key(name)) })
}

/// A Note that stands for the Article where only Notes are shown; without a link, as FEP-b2b8 asks.
fn preview(post: &Post, author: &Actor, published: Timestamp) -> Value {
    let title = escape(&post.title);
    let summary = escape(post.summary_or_excerpt());
    json!({
        "id": format!("{}#preview", post.ap_id),
        "type": "Note",
        "attributedTo": author.ap_id,
        "content": format!("<p><strong>{title}</strong></p><p>{summary}</p>"),
        "published": published.rfc3339(),
    })
}

/// What is left of something deleted.
pub fn tombstone(id: &ApUrl, former_type: &str, deleted: Timestamp) -> Value {
    json!({ "id": id, "type": "Tombstone", "formerType": former_type, "deleted": deleted.rfc3339() })
}
