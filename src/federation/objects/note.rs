//! Replies as they are sent, Notes most of all: what they answer, whom they address, their clean text. Pure.

use super::{Doc, is_public};
use crate::domain::visibility::Visibility;
use crate::federation::ownership;
use crate::text::{language, markdown, sanitize};
use crate::types::{ApUrl, Html, Timestamp};

const KINDS: [&str; 8] = [
    "Note", "Article", "Page", "Question", "Image", "Video", "Audio", "Event",
];
/// Attachments shown as links below the text.
const ATTACHMENTS_MAX: usize = 16;

/// A reply, read and cleaned.
#[derive(Clone, Debug, PartialEq)]
pub struct Reply {
    /// Its id.
    pub ap_id: ApUrl,
    /// What it answers, as it was sent; several servers send several.
    pub parents: Vec<ApUrl>,
    /// Who wrote it, by its own word: mostly one; PeerTube names a person and a group.
    pub authors: Vec<ApUrl>,
    /// Its page.
    pub url: ApUrl,
    /// The clean text.
    pub html: Html,
    /// BCP 47, when given.
    pub language: Option<String>,
    /// Whom it addresses.
    pub visibility: Visibility,
    /// When it was written; the time it came when it does not say.
    pub published_at: Timestamp,
    /// When it was last edited.
    pub edited_at: Option<Timestamp>,
}

/// Reads a reply. None for what is no comment: no known type, no id, no author, nothing it answers, a poll's vote.
pub fn read(doc: &Doc, now: Timestamp) -> Option<Reply> {
    KINDS.iter().find(|kind| doc.is(kind))?;
    let parents = doc.ids("inReplyTo");
    let (ap_id, authors) = (doc.id()?, ownership::authors(doc));
    if parents.is_empty() || authors.is_empty() || is_vote(doc) {
        return None;
    }
    let (html, language) = text(doc)?;
    let published_at = doc.time("published").unwrap_or(now).min(now);
    let edited_at = doc
        .time("updated")
        .filter(|at| *at > published_at)
        .map(|at| at.min(now));
    Some(Reply {
        url: doc
            .address("url")
            .filter(|url| url.host().is_some())
            .unwrap_or_else(|| ap_id.clone()),
        visibility: visibility(doc),
        ap_id,
        parents,
        authors,
        html,
        language,
        published_at,
        edited_at,
    })
}

/// A poll's vote is a Note with a name and no content (Mastodon, GoToSocial).
fn is_vote(doc: &Doc) -> bool {
    doc.is("Note")
        && doc.text("name").is_some()
        && doc.text("content").is_none()
        && !doc.0.contains_key("contentMap")
}

/// The visibility that `to` and `cc` mean.
pub fn visibility(doc: &Doc) -> Visibility {
    let (to, cc) = (doc.ids("to"), doc.ids("cc"));
    if to.iter().any(is_public) {
        Visibility::Public
    } else if cc.iter().any(is_public) {
        Visibility::Unlisted
    } else if to
        .iter()
        .chain(&cc)
        .any(|id| id.as_str().ends_with("/followers"))
    {
        Visibility::Followers
    } else {
        Visibility::Direct
    }
}

/// The clean text with title and attachments, and its language. None when there is nothing to show.
fn text(doc: &Doc) -> Option<(Html, Option<String>)> {
    let mapped = doc.mapped("contentMap");
    let language = mapped
        .as_ref()
        .and_then(|(tag, _)| language::normalise(tag));
    let content = doc
        .text("content")
        .map(str::to_owned)
        .or_else(|| mapped.map(|(_, text)| text))
        .unwrap_or_default();
    let body = if doc.text("mediaType") == Some("text/markdown") {
        // The renderer cleans by the rules for our own texts.
        let rendered = markdown::render_comment(&content, &markdown::Mentions::new());
        sanitize::remote(rendered.html.as_str())
    } else {
        sanitize::remote(&content)
    };
    let mut html = String::new();
    if let Some(title) = doc.text("name").filter(|_| !doc.is("Note")) {
        push_paragraph(
            &mut html,
            &format!("<strong>{}</strong>", escape(&sanitize::name(title, 300))),
        );
    }
    html.push_str(body.as_str());
    for attachment in doc.docs("attachment").iter().take(ATTACHMENTS_MAX) {
        push_attachment(&mut html, attachment);
    }
    if html.trim().is_empty() {
        return None;
    }
    // Once more over the whole, so that nothing put together here can stand unclean.
    let whole = if html == body.as_str() {
        body
    } else {
        sanitize::remote(&html)
    };
    Some((whole, language))
}

/// An attachment as a link with what it shows: nothing is loaded from elsewhere.
fn push_attachment(html: &mut String, attachment: &Doc) {
    let Some(url) = attachment
        .address("url")
        .or_else(|| attachment.address("href"))
    else {
        return;
    };
    if url.host().is_none() {
        return;
    }
    let label = attachment
        .text("name")
        .map(|name| sanitize::name(name, 500))
        .filter(|name| !name.is_empty());
    let label = label.unwrap_or_else(|| "attachment".into());
    push_paragraph(
        html,
        &format!(
            "<a href=\"{}\">[{}]</a>",
            escape(url.as_str()),
            escape(&label)
        ),
    );
}

fn push_paragraph(html: &mut String, inner: &str) {
    html.push_str("<p>");
    html.push_str(inner);
    html.push_str("</p>");
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    const NOW: Timestamp = Timestamp::from_secs(1_800_000_000);

    fn note(extra: Value) -> Option<Reply> {
        let mut note = json!({
            "id": "https://m.example/1", "type": "Note", "attributedTo": "https://m.example/users/bob",
            "inReplyTo": "https://blog.example/ap/posts/1", "content": "<p>Hello</p>",
            "to": ["https://www.w3.org/ns/activitystreams#Public"], "published": "2026-01-01T00:00:00Z",
        });
        for (key, value) in extra.as_object().unwrap() {
            note[key] = value.clone();
        }
        read(&serde_json::from_value(note).unwrap(), NOW)
    }

    #[test]
    fn a_plain_note_is_read() {
        let reply = note(json!({})).unwrap();
        assert_eq!(reply.html.as_str(), "<p>Hello</p>");
        assert_eq!(reply.visibility, Visibility::Public);
        assert_eq!(reply.published_at.rfc3339(), "2026-01-01T00:00:00Z");
    }

    #[test]
    fn addressing_decides_the_visibility() {
        let of = |to: Value, cc: Value| note(json!({"to": to, "cc": cc})).unwrap().visibility;
        assert_eq!(of(json!("as:Public"), json!([])), Visibility::Public);
        assert_eq!(of(json!([]), json!("Public")), Visibility::Unlisted);
        assert_eq!(
            of(json!("https://m.example/users/bob/followers"), json!([])),
            Visibility::Followers
        );
        assert_eq!(
            of(json!("https://blog.example/ap/users/1"), Value::Null),
            Visibility::Direct
        );
    }

    #[test]
    fn votes_and_empty_notes_are_no_comments() {
        assert!(note(json!({"name": "yes", "content": null})).is_none());
        assert!(note(json!({"content": ""})).is_none());
        assert!(note(json!({"inReplyTo": null})).is_none());
        assert!(note(json!({"type": "ChatMessage"})).is_none());
    }

    #[test]
    fn dates_in_the_future_are_clamped_and_bad_ones_replaced() {
        assert_eq!(
            note(json!({"published": "2999-01-01T00:00:00Z"}))
                .unwrap()
                .published_at,
            NOW
        );
        assert_eq!(
            note(json!({"published": "soon"})).unwrap().published_at,
            NOW
        );
    }

    #[test]
    fn content_map_markdown_title_and_attachments_are_shown() {
        let reply = note(json!({"content": null, "contentMap": {"de": "<p>Hallo</p>"}})).unwrap();
        assert_eq!(
            (reply.html.as_str(), reply.language.as_deref()),
            ("<p>Hallo</p>", Some("de"))
        );
        let reply = note(json!({"content": "*hi*", "mediaType": "text/markdown"})).unwrap();
        assert!(reply.html.as_str().contains("<em>hi</em>"));
        let source = "# A\n\n![x](https://t.example/x.png) <https://a.example>";
        let reply = note(json!({"content": source, "mediaType": "text/markdown"})).unwrap();
        assert_eq!(sanitize::remote(reply.html.as_str()), reply.html);
        assert!(
            reply
                .html
                .as_str()
                .contains("rel=\"nofollow ugc noopener\"")
        );
        let reply = note(json!({"type": "Article", "name": "A <b>title"})).unwrap();
        assert!(reply.html.as_str().starts_with("<p><strong>A"));
        let picture =
            json!([{"type": "Document", "url": "https://m.example/p.png", "name": "a cat"}]);
        let reply = note(json!({"content": "", "attachment": picture})).unwrap();
        assert!(
            reply.html.as_str().contains(">[a cat]</a>") && !reply.html.as_str().contains("<img")
        );
    }
}
