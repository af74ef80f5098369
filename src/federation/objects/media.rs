//! Pictures and custom emoji that documents name, read leniently: addresses only, nothing is loaded here. Pure.

use serde_json::Value;

use super::Doc;
use crate::domain::media::{ALT_MAX, EMOJIS_MAX, Named, NewPicture, PICTURES_MAX};
use crate::text::{emoji, sanitize};

/// The pictures and emoji of an object.
pub fn named(doc: &Doc) -> Named {
    let sensitive = doc.flag("sensitive");
    let attached = doc.docs("attachment").into_iter();
    let pictures = attached
        .filter(shows_picture)
        .filter_map(|one| picture(&one, sensitive));
    // An Image that is a reply itself has its picture in `url`.
    let own = doc.is("Image").then(|| picture(doc, sensitive)).flatten();
    Named {
        pictures: own.into_iter().chain(pictures).take(PICTURES_MAX).collect(),
        emojis: emojis(doc),
    }
}

/// True for an attachment that shows a picture: an Image, or anything that says it is `image/…` (a Document with
/// Mastodon, Pleroma, Misskey and Pixelfed). What says nothing stays a link.
pub fn is_picture(attachment: &Value) -> bool {
    attachment
        .as_object()
        .is_some_and(|map| shows_picture(&Doc(map.clone())))
}

fn shows_picture(attachment: &Doc) -> bool {
    let kind = media_type(attachment);
    let image = |kind: &str| kind.starts_with("image/") && kind != "image/svg+xml";
    kind.as_deref().map_or(attachment.is("Image"), image) && source(attachment).is_some()
}

fn media_type(attachment: &Doc) -> Option<String> {
    let link = || attachment.doc("url")?.text("mediaType").map(str::to_owned);
    let said = attachment.text("mediaType").map(str::to_owned);
    said.or_else(link).map(|kind| kind.to_ascii_lowercase())
}

fn picture(doc: &Doc, sensitive: bool) -> Option<NewPicture> {
    let alt = doc.text("name").or_else(|| doc.text("summary"));
    Some(NewPicture {
        source: source(doc)?,
        alt: alt
            .map(|alt| sanitize::line(alt, ALT_MAX))
            .unwrap_or_default(),
        sensitive: sensitive || doc.flag("sensitive"),
    })
}

/// The address of a picture, when it is one that may be fetched at all.
fn source(doc: &Doc) -> Option<String> {
    // `address` puts pages first; a picture's own Link is meant here.
    let links = doc.docs("url");
    let image = links.iter().find(|link| {
        link.text("mediaType")
            .is_some_and(|kind| kind.starts_with("image/"))
    });
    let address = image
        .and_then(|link| link.address("href"))
        .or_else(|| doc.address("url"))
        .or_else(|| doc.address("href"))?;
    let url = address.url()?;
    matches!(url.scheme(), "https" | "http").then(|| url.to_string())
}

/// The names and addresses of an object's custom emoji: `Emoji` tags with an icon (Mastodon's `toot:Emoji`).
pub fn emojis(doc: &Doc) -> Vec<(String, String)> {
    let tags = doc.docs("tag").into_iter().filter(|tag| tag.is("Emoji"));
    let named = tags.filter_map(|tag| {
        let name = tag.text("name")?.trim_matches(':').to_owned();
        let icon = match tag.doc("icon") {
            Some(icon) => source(&icon)?,
            None => source(&Doc([("url".to_owned(), tag.0.get("icon")?.clone())]
                .into_iter()
                .collect()))?,
        };
        emoji::is_name(&name).then_some((name, icon))
    });
    named.take(EMOJIS_MAX).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn read(value: Value) -> Named {
        named(&serde_json::from_value(value).unwrap())
    }

    #[test]
    fn pictures_are_read_in_every_shape() {
        for attachment in [
            json!({"type": "Document", "mediaType": "image/png", "url": "https://m.example/p.png", "name": "A cat"}),
            json!([{"type": "Image", "url": "https://m.example/p.png", "name": "A cat"}]),
            json!([null, {"type": "Image", "url": [{"type": "Link", "mediaType": "image/webp", "href": "https://m.example/p.png"}], "name": "A \u{202e}cat\u{200b}\n"}]),
            json!({"type": "Document", "mediaType": "Image/JPEG", "url": {"type": "Link", "href": "https://m.example/p.png"}, "summary": "A cat"}),
        ] {
            let found = read(json!({"type": "Note", "attachment": attachment})).pictures;
            let wanted = NewPicture {
                source: "https://m.example/p.png".into(),
                alt: "A cat".into(),
                sensitive: false,
            };
            assert_eq!(found, [wanted], "{attachment}");
        }
    }

    #[test]
    fn what_is_no_picture_stays_a_link() {
        for attachment in [
            json!({"type": "Document", "url": "https://m.example/p.png"}),
            json!({"type": "Document", "mediaType": "video/mp4", "url": "https://m.example/v"}),
            json!({"type": "Image", "mediaType": "image/svg+xml", "url": "https://m.example/v"}),
            json!({"type": "Image", "url": "javascript:alert(1)"}),
            json!({"type": "Image", "url": "data:image/png;base64,AAAA"}),
            json!({"type": "Image", "url": "file:///etc/passwd"}),
            json!({"type": "Image"}),
            json!("https://m.example/p.png"),
        ] {
            assert!(
                read(json!({"attachment": attachment})).pictures.is_empty(),
                "{attachment}"
            );
        }
    }

    #[test]
    fn alt_texts_and_lists_are_bounded_and_sensitivity_is_inherited() {
        let one =
            json!({"type": "Image", "url": "https://m.example/p", "name": "x".repeat(50_000)});
        let found = read(json!({"sensitive": true, "attachment": vec![one; 100]})).pictures;
        assert_eq!(found.len(), PICTURES_MAX);
        assert!(
            found
                .iter()
                .all(|one| one.sensitive && one.alt.chars().count() <= ALT_MAX)
        );
    }

    #[test]
    fn emoji_are_read_and_odd_ones_left_out() {
        let tag = |name: &str, icon: Value| json!({"type": "Emoji", "id": null, "name": name, "icon": icon});
        let tags = json!([
            tag(":cat:", json!({"type": "Image", "url": "https://m.example/c.png"})),
            tag("dog", json!("https://m.example/d.png")),
            tag(":<b>:", json!({"url": "https://m.example/e.png"})),
            tag(":x:", json!({"url": "javascript:x"})),
            {"type": "Mention", "name": ":y:", "icon": {"url": "https://m.example/f.png"}},
        ]);
        let wanted = [
            ("cat", "https://m.example/c.png"),
            ("dog", "https://m.example/d.png"),
        ];
        let wanted = wanted.map(|(name, icon)| (name.to_owned(), icon.to_owned()));
        assert_eq!(read(json!({"tag": tags})).emojis, wanted);
    }
}
