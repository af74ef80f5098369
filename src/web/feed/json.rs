//! JSON Feed 1.1. What a comment answers stands in an extension, as the format has no word for it.

use serde_json::{Value, json};

use super::{Feed, Format, Item, Site, enclosures};
use crate::types::Timestamp;
use crate::web::view::{Author, safe_href};

pub(super) fn write(site: &Site, feed: &Feed) -> String {
    let older = feed.older.map(|id| feed.address(Format::Json, Some(id)));
    let mut top = json!({
        "version": "https://jsonfeed.org/version/1.1",
        "title": feed.title,
        "home_page_url": feed.page_url,
        "feed_url": feed.address(Format::Json, feed.before),
        "favicon": site.absolute(super::super::favicon().0),
        "items": feed.items.iter().map(|item| entry(site, item)).collect::<Vec<_>>(),
    });
    set(&mut top, "description", text(&site.description));
    set(&mut top, "language", text(&site.language));
    set(&mut top, "next_url", older.map(Value::from));
    top.to_string()
}

fn entry(site: &Site, item: &Item) -> Value {
    let time = |at: Option<Timestamp>| at.map(|at| Timestamp::from_secs(at.secs()).rfc3339());
    let tags: Vec<&str> = item.tags.iter().map(|tag| tag.name.as_str()).collect();
    let mut entry = json!({
        "id": item.id,
        "url": item.url,
        "title": item.title,
        "content_html": item.html,
        "authors": [author(&item.author)],
    });
    set(&mut entry, "summary", text(&item.summary));
    set(&mut entry, "language", text(&item.language));
    set(&mut entry, "image", item.image.clone().map(Value::from));
    set(
        &mut entry,
        "date_published",
        time(item.published).map(Value::from),
    );
    set(
        &mut entry,
        "date_modified",
        time(item.updated).map(Value::from),
    );
    set(&mut entry, "tags", (!tags.is_empty()).then(|| json!(tags)));
    let attachments: Vec<Value> = enclosures(site, item)
        .into_iter()
        .map(|(url, kind, picture)| {
            let mut one = json!({"url": url, "mime_type": kind});
            set(&mut one, "title", text(&picture.alt));
            one
        })
        .collect();
    let some = !attachments.is_empty();
    set(&mut entry, "attachments", some.then(|| json!(attachments)));
    let thread = match (&item.answers, &item.talk) {
        (Some(answered), _) => {
            Some(json!({"in_reply_to": answered.id, "in_reply_to_url": answered.url}))
        }
        (_, Some(talk)) => Some(json!({
            "replies": talk.total,
            "replies_url": talk.url,
            "replies_feed_url": format!("{}.json", talk.base),
        })),
        _ => None,
    };
    set(&mut entry, "_thread", thread);
    entry
}

fn author(author: &Author) -> Value {
    let mut one = json!({"name": author.label()});
    set(&mut one, "url", safe_href(&author.url).map(Value::from));
    set(&mut one, "avatar", author.avatar.clone().map(Value::from));
    one
}

fn text(text: &str) -> Option<Value> {
    (!text.is_empty()).then(|| text.into())
}

fn set(object: &mut Value, key: &str, value: Option<Value>) {
    if let (Some(fields), Some(value)) = (object.as_object_mut(), value) {
        fields.insert(key.to_owned(), value);
    }
}
