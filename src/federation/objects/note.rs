//! Replies as they are sent, Notes most of all: what they answer, whom they address, their clean text. Pure.

use serde_json::Value;

use super::{Doc, clean_within, is_public, media, poll};
use crate::domain::media::Named;
use crate::domain::visibility::Visibility;
use crate::federation::ownership;
use crate::text::{self, escape, language, markdown, sanitize};
use crate::types::{ApUrl, Html, Timestamp};

pub(super) const KINDS: [&str; 8] = [
    "Note", "Article", "Page", "Question", "Image", "Video", "Audio", "Event",
];
/// Attachments shown as links below the text.
const ATTACHMENTS_MAX: usize = 16;
/// Longest text as it is kept, in bytes.
const CONTENT_MAX: usize = 64 * 1024;
/// Longest warning before a text, in characters.
const WARNING_MAX: usize = 300;
/// Longest description of an attachment, in characters.
const ALT_MAX: usize = 500;

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
    /// Pictures and emoji to show with it.
    pub named: Named,
}

/// Reads a reply. None for what is no comment: no known type, no id, no author, nothing it answers, a poll's vote.
pub fn read(doc: &Doc, now: Timestamp) -> Option<Reply> {
    KINDS.iter().find(|kind| doc.is(kind))?;
    let parents = doc.ids("inReplyTo");
    let (ap_id, authors) = (doc.id()?, ownership::authors(doc));
    if parents.is_empty() || authors.is_empty() || is_vote(doc) {
        return None;
    }
    let named = media::named(doc);
    let (html, language) = shown(doc, !named.pictures.is_empty(), now)?;
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
        named,
    })
}

/// A poll's vote is a Note with a name and nothing else to show (Mastodon, GoToSocial).
fn is_vote(doc: &Doc) -> bool {
    doc.is("Note")
        && doc.text("name").is_some()
        && doc.text("content").is_none()
        && doc.mapped("contentMap").is_none()
        && doc.values("attachment").next().is_none()
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
fn shown(doc: &Doc, has_pictures: bool, now: Timestamp) -> Option<(Html, Option<String>)> {
    let mapped = doc.mapped("contentMap");
    let language = mapped
        .as_ref()
        .and_then(|(tag, _)| language::normalise(tag));
    let content = doc
        .text("content")
        .map(str::to_owned)
        .or_else(|| mapped.map(|(_, text)| text))
        .unwrap_or_default();
    let body = match media_type(doc).as_str() {
        // PeerTube. The renderer cleans by the rules for our own texts.
        "text/markdown" => {
            let shown = text::cut(&content, CONTENT_MAX);
            let rendered = markdown::render_comment(shown, &markdown::Mentions::new());
            clean_within(rendered.html.as_str(), CONTENT_MAX)
        }
        "text/plain" => clean_within(&escape(&content).replace('\n', "<br>"), CONTENT_MAX),
        _ => clean_within(&content, CONTENT_MAX),
    };
    let mut html = String::new();
    let title = doc.text("name").map(str::to_owned);
    let title = title.or_else(|| doc.mapped("nameMap").map(|(_, text)| text));
    if let Some(title) = title.filter(|_| !doc.is("Note")) {
        push_paragraph(
            &mut html,
            &format!("<strong>{}</strong>", escape(&sanitize::name(&title, 300))),
        );
    }
    html.push_str(body.as_str());
    if doc.is("Question") {
        poll::push(&mut html, doc, now);
    }
    let others = doc
        .values("attachment")
        .filter(|one| !media::is_picture(one));
    for attachment in others.take(ATTACHMENTS_MAX) {
        push_attachment(&mut html, attachment);
    }
    if html.trim().is_empty() && !has_pictures {
        return None;
    }
    let html = behind_warning(doc, html);
    // Once more over the whole, so that nothing put together here can stand unclean.
    let whole = if html == body.as_str() && html.len() <= CONTENT_MAX {
        body
    } else {
        clean_within(&html, CONTENT_MAX)
    };
    Some((whole, language))
}

/// The text folded behind what its writer warns of (Mastodon's "content warning"), where it is one: of an Article the summary
/// is an excerpt.
fn behind_warning(doc: &Doc, text: String) -> String {
    let summary = doc.text("summary").map(str::to_owned);
    let summary = summary.or_else(|| doc.mapped("summaryMap").map(|(_, text)| text));
    let warning = summary.filter(|_| doc.is("Note") || doc.is("Question"));
    let warning = warning.map(|warning| sanitize::name(&warning, WARNING_MAX));
    match warning.filter(|warning| !warning.is_empty()) {
        Some(warning) => format!(
            "<details><summary>{}</summary>{text}</details>",
            escape(&warning)
        ),
        None => text,
    }
}

/// The media type of the content, without parameters; empty when it says none.
fn media_type(doc: &Doc) -> String {
    let named = doc.text("mediaType").unwrap_or_default();
    let bare = named.split(';').next().unwrap_or_default();
    bare.trim().to_ascii_lowercase()
}

/// An attachment, an object or only its address, as a link with what it shows: nothing is loaded from elsewhere.
fn push_attachment(html: &mut String, attachment: &Value) {
    let shown = match attachment {
        Value::String(address) => Doc::of("url", address),
        Value::Object(map) => Doc(map.clone()),
        _ => return,
    };
    let url = shown.address("url").or_else(|| shown.address("href"));
    let Some(url) = url.filter(|url| url.host().is_some()) else {
        return;
    };
    let label = shown
        .text("name")
        .map(|name| sanitize::name(name, ALT_MAX))
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

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

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
    fn a_text_with_a_warning_is_folded_behind_it() {
        let html = |extra: Value| note(extra).unwrap().html.as_str().to_owned();
        assert_eq!(
            html(json!({ "summary": "CW: <b>spiders</b> & \"webs\"", "sensitive": true })),
            "<details><summary>CW: spiders &amp; \"webs\"</summary><p>Hello</p></details>"
        );
        assert!(html(json!({ "summaryMap": { "en": "x" } })).contains("<summary>x</summary>"));
        for none in [
            json!({ "summary": "" }),
            json!({ "summary": null }),
            json!({ "summary": "An excerpt", "type": "Article" }),
        ] {
            assert!(!html(none).contains("<details>"));
        }
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
    fn a_vote_is_told_from_what_shows_something() {
        let only_named = json!({"name": "yes", "content": null, "contentMap": {}});
        assert!(note(only_named).is_none());
        let picture = json!({"type": "Image", "url": "https://m.example/p.png"});
        assert!(note(json!({"name": "yes", "content": null, "attachment": picture})).is_some());
        assert!(note(json!({"name": "yes", "content": "<p>no</p>"})).is_some());
    }

    #[test]
    fn every_spelling_of_a_date_is_read_and_nothing_else() {
        let at = |date: Value| note(json!({ "published": date })).unwrap().published_at;
        for same in [
            "2026-01-01T00:00:00Z",
            "2026-01-01T00:00:00.000Z",
            "2026-01-01T01:00:00.000000+01:00",
            "2025-12-31T19:00:00.000000000-05:00",
        ] {
            assert_eq!(at(json!(same)).rfc3339(), "2026-01-01T00:00:00Z", "{same}");
        }
        for none in [
            json!(null),
            json!(""),
            json!("2026-01-01"),
            json!("-1-01-01T00:00:00Z"),
            json!("10000-01-01T00:00:00Z"),
            json!("2026-13-01T00:00:00Z"),
            json!(17),
            json!({}),
            json!([]),
        ] {
            assert_eq!(at(none.clone()), NOW, "{none}");
        }
        assert_eq!(
            at(json!("0001-01-01T00:00:00Z")).rfc3339(),
            "0001-01-01T00:00:00Z"
        );
        assert_eq!(at(json!("9999-12-31T23:59:59Z")), NOW);
    }

    #[test]
    fn content_is_read_by_its_media_type_and_never_from_its_source() {
        let html = |extra: Value| note(extra).unwrap().html.into_string();
        let source = json!({"content": "*x*", "mediaType": "text/x.misskeymarkdown"});
        let shown = json!({"source": source, "_misskey_content": "*x*", "content": "<p>y</p>"});
        assert_eq!(html(shown), "<p>y</p>");
        let markdown = json!({"content": "**y**", "mediaType": "Text/Markdown; charset=utf-8"});
        assert!(html(markdown).contains("<strong>y</strong>"));
        let plain = html(json!({"content": "1 < 2\n& 3", "mediaType": "text/plain"}));
        assert!(
            plain.contains("1 &lt; 2<br") && plain.contains("&amp; 3"),
            "{plain}"
        );
    }

    #[test]
    fn attachments_are_read_in_every_shape_and_bounded() {
        let html = |attachment: Value| {
            let read = note(json!({"content": "", "attachment": attachment}));
            read.map(|reply| reply.html.into_string())
                .unwrap_or_default()
        };
        let address = "https://m.example/p.png";
        for attachment in [
            json!(address),
            json!([address]),
            json!({"type": "Link", "href": address}),
            json!({"type": "Document", "url": [{"type": "Link", "href": address}], "name": null}),
            json!([null, 3, {"url": {"href": address}}]),
        ] {
            assert!(
                html(attachment.clone()).contains(">[attachment]</a>"),
                "{attachment}"
            );
        }
        assert!(html(json!(["javascript:alert(1)", "nowhere"])).is_empty());
        let named = json!({"url": address, "name": "ü".repeat(50_000)});
        let many = html(json!(vec![named; 500]));
        assert_eq!(many.matches("<a ").count(), ATTACHMENTS_MAX);
        assert!(many.chars().count() < ATTACHMENTS_MAX * (ALT_MAX + 200));
    }

    #[test]
    fn a_title_may_stand_in_a_map_and_texts_are_cut_at_their_cap() {
        let event =
            json!({"type": "Event", "name": null, "nameMap": {"de": "Fest"}, "content": null});
        assert!(
            note(event)
                .unwrap()
                .html
                .as_str()
                .contains("<strong>Fest</strong>")
        );
        for text in ["&", "<p>x", "<a href=https://m.example>x"] {
            for media_type in ["text/html", "text/plain", "text/markdown"] {
                let long = json!({"content": text.repeat(100_000), "mediaType": media_type});
                assert!(note(long).unwrap().html.as_str().len() <= CONTENT_MAX);
            }
        }
    }

    #[test]
    fn one_of_several_authors_and_the_actor_on_an_object_are_read() {
        let authors = |extra: Value| note(extra).map(|reply| reply.authors.len());
        let pair = json!([{"type": "Person", "id": "https://p.example/a"}, {"type": "Group", "id": "https://p.example/c"}]);
        assert_eq!(authors(json!({ "attributedTo": pair })), Some(2));
        assert_eq!(
            authors(json!({"attributedTo": null, "actor": "https://p.example/a"})),
            Some(1)
        );
        assert_eq!(authors(json!({ "attributedTo": null })), None);
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
