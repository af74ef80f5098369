//! Posts from elsewhere that are no replies, as far as they speak of us: what they quote, link to and whom they mention. Pure.

use serde_json::Value;
use url::Url;

use super::{Doc, note};
use crate::domain::talk::Names;
use crate::domain::visibility::Visibility;
use crate::federation::blocked::QUOTES;
use crate::federation::ownership;
use crate::text::{self, excerpt, sanitize};
use crate::types::{ApUrl, Host, Timestamp};

/// Longest beginning that is kept, in characters as people count them.
const EXCERPT_MAX: usize = 200;
/// How much of a text is read, in bytes.
const READ_MAX: usize = 256 * 1024;
/// Links of one text that are looked at.
const LINKS_MAX: usize = 500;
/// Addresses of ours that are taken from one post, of each sort.
const NAMES_MAX: usize = 8;

/// A post from elsewhere, read and cleaned.
#[derive(Clone, Debug, PartialEq)]
pub struct Spoken {
    /// Its id.
    pub ap_id: ApUrl,
    /// Who wrote it, by its own word.
    pub authors: Vec<ApUrl>,
    /// Its page.
    pub url: ApUrl,
    /// Its title or warning, else the beginning of its text: plain, without links.
    pub excerpt: String,
    /// Whom it addresses.
    pub visibility: Visibility,
    /// When it was written; the time it came when it does not say.
    pub published_at: Timestamp,
    /// What of ours it names.
    pub names: Names,
}

/// Where we are: the origin as addresses are written, and its host.
#[derive(Clone, Debug)]
pub struct Here {
    /// The origin, without a slash at the end.
    pub site: String,
    /// Its host.
    pub host: Host,
}

/// Reads a post. None for what is no text at all (a message, a person), and for what has no id or author.
pub fn read(doc: &Doc, here: &Here, now: Timestamp) -> Option<Spoken> {
    note::KINDS.iter().find(|kind| doc.is(kind))?;
    let (ap_id, authors) = (doc.id()?, ownership::authors(doc));
    if authors.is_empty() {
        return None;
    }
    let page = doc.address("url").filter(|url| url.host().is_some());
    Some(Spoken {
        // What comes from elsewhere has no page here, whatever it says.
        url: page
            .filter(|url| !ownership::is_ours(&here.host, url))
            .unwrap_or_else(|| ap_id.clone()),
        ap_id,
        authors,
        excerpt: beginning(doc),
        visibility: note::visibility(doc),
        published_at: doc.time("published").unwrap_or(now).min(now),
        names: names(doc, here),
    })
}

/// True when our host stands anywhere in a document. Cheap, for what is not worth reading otherwise.
pub fn names_host(value: &Value, host: &Host) -> bool {
    match value {
        Value::String(text) => text.to_ascii_lowercase().contains(host.as_str()),
        Value::Array(values) => values.iter().any(|value| names_host(value, host)),
        Value::Object(map) => map.values().any(|value| names_host(value, host)),
        _ => false,
    }
}

/// The addresses of ours in a post.
fn names(doc: &Doc, here: &Here) -> Names {
    let mut quoted: Vec<ApUrl> = QUOTES.iter().flat_map(|key| doc.ids(key)).collect();
    let (mut linked, mut people) = (links(doc), Vec::new());
    for tag in doc.docs("tag") {
        let Some(href) = tag.address("href") else {
            continue;
        };
        if tag.is("Mention") {
            people.push(href);
        } else if tag.is("Link") && is_object_link(&tag) {
            quoted.push(href);
        } else if tag.is("Link") {
            linked.push(href);
        }
    }
    let attached = doc.values("attachment").filter_map(address_of);
    linked.extend(attached);
    Names {
        quoted: ours(quoted, here),
        linked: ours(linked, here),
        people: ours(people, here),
    }
}

/// The links of the text.
fn links(doc: &Doc) -> Vec<ApUrl> {
    let content = content(doc).unwrap_or_default();
    let found = sanitize::links(text::cut(&content, READ_MAX), LINKS_MAX);
    found.into_iter().map(ApUrl::new).collect()
}

fn content(doc: &Doc) -> Option<String> {
    let said = doc.text("content").map(str::to_owned);
    said.or_else(|| doc.mapped("contentMap").map(|(_, text)| text))
}

/// A link to an object rather than to a page (FEP-e232): a quote.
fn is_object_link(tag: &Doc) -> bool {
    let quotes = |rel: &Value| rel.as_str().is_some_and(|rel| rel.contains("quote"));
    let activity = |kind: &str| {
        let kind = kind.to_ascii_lowercase();
        kind.starts_with("application/activity+json") || kind.starts_with("application/ld+json")
    };
    tag.text("mediaType").is_some_and(activity) || tag.values("rel").any(quotes)
}

fn address_of(attachment: &Value) -> Option<ApUrl> {
    match attachment {
        Value::String(text) => Some(ApUrl::new(text)),
        Value::Object(map) => {
            let doc = Doc(map.clone());
            doc.address("href").or_else(|| doc.address("url"))
        }
        _ => None,
    }
}

/// Those that are addresses of ours, in our own spelling, each once.
fn ours(addresses: Vec<ApUrl>, here: &Here) -> Vec<ApUrl> {
    let mut found = Vec::new();
    for address in addresses {
        let Some(own) = own_spelling(&address, here) else {
            continue;
        };
        if !found.contains(&own) {
            found.push(own);
        }
        if found.len() >= NAMES_MAX {
            break;
        }
    }
    found
}

/// An address of ours without query and fragment, under the origin as we write it; None for others'.
fn own_spelling(address: &ApUrl, here: &Here) -> Option<ApUrl> {
    let url: Url = address.url()?;
    if !ownership::is_ours(&here.host, address) {
        return None;
    }
    let path = url.path().trim_end_matches('/');
    (!path.is_empty()).then(|| ApUrl::new(format!("{}{path}", here.site)))
}

/// The title, the warning, or the beginning of the text.
fn beginning(doc: &Doc) -> String {
    let is_note = doc.is("Note");
    let title = doc.text("name").filter(|_| !is_note);
    let heading = title.or_else(|| doc.text("summary").filter(|_| is_note));
    let heading = heading.map(|text| sanitize::name(text, EXCERPT_MAX));
    if let Some(heading) = heading.filter(|heading| !heading.is_empty()) {
        return heading;
    }
    let content = content(doc).unwrap_or_default();
    let plain = doc
        .text("mediaType")
        .is_some_and(|kind| kind.starts_with("text/plain") || kind.starts_with("text/markdown"));
    let text = if plain {
        excerpt::shorten(&sanitize::line(&content, 4 * EXCERPT_MAX), EXCERPT_MAX)
    } else {
        let clean = sanitize::remote(text::cut(&content, READ_MAX));
        excerpt::excerpt(clean.as_str(), EXCERPT_MAX)
    };
    // What quoting servers write for those that do not show quotes, before a link.
    let text = text.trim();
    let text = text.strip_suffix("RE:").unwrap_or(text);
    text.strip_prefix("RE:").unwrap_or(text).trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn spoken(extra: Value) -> Option<Spoken> {
        let here = Here {
            site: "https://blog.example".into(),
            host: Host::parse("blog.example").unwrap(),
        };
        let mut doc = json!({
            "id": "https://m.example/1", "type": "Note", "attributedTo": "https://m.example/users/bob",
            "content": "<p>Look</p>", "to": ["as:Public"],
        });
        for (key, value) in extra.as_object().unwrap() {
            doc[key] = value.clone();
        }
        let doc: Doc = serde_json::from_value(doc).unwrap();
        read(&doc, &here, Timestamp::from_secs(1_800_000_000))
    }

    fn post() -> Vec<ApUrl> {
        vec![ApUrl::new("https://blog.example/posts/a")]
    }

    #[test]
    fn every_spelling_of_a_quote_is_read() {
        let address = "https://blog.example/posts/a";
        for quote in [
            json!({ "quote": address }),
            json!({ "quoteUrl": address }),
            json!({ "quoteUri": [address] }),
            json!({ "_misskey_quote": address, "quoteUrl": address }),
            json!({ "quote": { "type": "Article", "id": "https://BLOG.example/posts/a/" } }),
            json!({ "tag": { "type": "Link", "mediaType": "application/activity+json", "href": address } }),
            json!({ "tag": [{ "type": "Link", "rel": "https://misskey-hub.net/ns#_misskey_quote", "href": address }] }),
        ] {
            let names = spoken(quote.clone()).unwrap().names;
            assert_eq!((names.quoted, names.linked), (post(), vec![]), "{quote}");
        }
    }

    #[test]
    fn links_are_found_in_text_attachments_and_tags() {
        for link in [
            json!({ "content": "<p>See <a href=\"https://blog.example/posts/a?utm_source=x#comment-1\">this</a></p>" }),
            json!({ "content": null, "contentMap": { "en": "<a href='http://blog.example/posts/a'>x</a>" } }),
            json!({ "attachment": [{ "type": "Link", "href": "https://blog.example/posts/a" }] }),
            json!({ "attachment": "https://blog.example/posts/a" }),
            json!({ "tag": { "type": "Link", "href": "https://blog.example/posts/a" } }),
        ] {
            let names = spoken(link.clone()).unwrap().names;
            assert_eq!((names.quoted, names.linked), (vec![], post()), "{link}");
        }
        for none in [
            json!({ "content": "<a href=\"https://blog.example.evil.example/posts/a\">x</a>" }),
            json!({ "content": "https://blog.example/posts/a" }),
            json!({ "content": "<a href=\"https://blog.example/\">x</a>" }),
            json!({ "quote": 7, "quoteUrl": "javascript:alert(1)", "tag": [null, 3, {"type": "Link"}], "attachment": [null, {}] }),
        ] {
            assert_eq!(
                spoken(none.clone()).unwrap().names,
                Names::default(),
                "{none}"
            );
        }
    }

    #[test]
    fn a_post_that_names_a_thousand_of_ours_names_a_few() {
        let links = (0..1000).map(|n| format!("<a href=\"https://blog.example/posts/{n}\">x</a>"));
        let many = links.collect::<Vec<_>>().join(" ");
        let names = spoken(json!({ "content": many })).unwrap().names;
        assert_eq!(names.linked.len(), NAMES_MAX);
    }

    #[test]
    fn the_beginning_is_plain_short_and_honest() {
        let of = |extra: Value| spoken(extra).unwrap().excerpt;
        assert_eq!(
            of(json!({ "type": "Page", "name": "A <b>title</b>\u{202e}" })),
            "A title"
        );
        assert_eq!(
            of(json!({ "summary": "food", "content": "<p>cake</p>" })),
            "food"
        );
        assert_eq!(
            of(
                json!({ "content": "<p>Good.</p><p>RE: <a href=\"https://blog.example/posts/a\">https://blog.example/posts/a</a></p>" })
            ),
            "Good."
        );
        assert_eq!(of(json!({ "content": "<script>x</script>" })), "");
        let long = of(json!({ "content": "word ".repeat(50_000) }));
        assert!(long.chars().count() <= EXCERPT_MAX);
    }

    #[test]
    fn our_host_is_found_anywhere_in_a_document() {
        let host = Host::parse("blog.example").unwrap();
        assert!(names_host(
            &json!({ "a": [1, { "b": "x https://BLOG.example/1" }] }),
            &host
        ));
        assert!(!names_host(
            &json!({ "a": [1, { "b": "https://other.example/1" }] }),
            &host
        ));
    }
}
