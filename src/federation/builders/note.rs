//! What our people answer, as Notes.

use serde_json::{Value, json};
use url::Url;

use super::{mention_tags, public_audience, set, unlisted_audience};
use crate::domain::actor::{Actor, Mention};
use crate::text::escape;
use crate::types::{ApUrl, Html, Timestamp};

/// A Note's parts, whichever table they come from.
#[derive(Clone, Debug)]
pub struct Parts<'a> {
    /// Its id.
    pub ap_id: &'a ApUrl,
    /// Its page.
    pub url: &'a str,
    /// Its author.
    pub author: &'a Actor,
    /// What it answers, byte for byte.
    pub parent: &'a ApUrl,
    /// The thread, when it is one of ours.
    pub context: Option<&'a str>,
    /// The clean text.
    pub html: &'a Html,
    /// BCP 47.
    pub language: Option<&'a str>,
    /// In nobody's public timeline, for what it answers is in none.
    pub unlisted: bool,
    /// The people told: those named and those of the thread.
    pub mentions: &'a [Mention],
    /// When it was written.
    pub published: Timestamp,
    /// When it was last edited.
    pub edited: Option<Timestamp>,
    /// Public answers to it here; None where it holds no collection.
    pub replies: Option<i64>,
}

/// The Note, without `@context`. Those told who are not named in the text are named in front of it: other servers show
/// and deliver by that.
pub fn note(parts: &Parts<'_>) -> Value {
    let audience = if parts.unlisted {
        unlisted_audience
    } else {
        public_audience
    };
    let (to, cc) = audience(parts.author.followers.as_ref(), parts.mentions);
    let page = Url::parse(parts.url).ok();
    let text = super::sent(parts.html, page.as_ref());
    let content = greet(&salutation(parts), text.as_str());
    let mut document = json!({
        "id": parts.ap_id,
        "type": "Note",
        "attributedTo": parts.author.ap_id,
        "inReplyTo": parts.parent,
        "content": content,
        "url": parts.url,
        "published": parts.published.rfc3339(),
        "to": to,
        "cc": cc,
        "tag": mention_tags(parts.mentions),
        "sensitive": false,
    });
    if let Some(language) = parts.language {
        set(&mut document, "contentMap", json!({ language: content }));
    }
    if let Some(context) = parts.context {
        set(&mut document, "context", json!(context));
    }
    if let Some(edited) = parts.edited {
        set(&mut document, "updated", json!(edited.rfc3339()));
    }
    if let Some(replies) = parts.replies {
        let id = format!("{}/replies", parts.ap_id);
        set(
            &mut document,
            "replies",
            super::collection::summary(&id, replies),
        );
    }
    document
}

/// `@bob @carol` in links, for those whom the text does not name.
fn salutation(parts: &Parts<'_>) -> String {
    let unnamed = |mention: &&Mention| {
        let link = mention.url.as_ref().or(mention.ap_id.as_ref());
        mention.ap_id.is_some()
            && link.is_some_and(|link| !parts.html.as_str().contains(&escape(link.as_str())))
    };
    let link = |mention: &Mention| {
        let address = mention
            .url
            .as_ref()
            .or(mention.ap_id.as_ref())
            .map_or("", ApUrl::as_str);
        let user = mention
            .handle
            .trim_start_matches('@')
            .split('@')
            .next()
            .unwrap_or_default();
        format!(
            "<a href=\"{}\" class=\"u-url mention\">@<span>{}</span></a>",
            escape(address),
            escape(user)
        )
    };
    let links: Vec<String> = parts.mentions.iter().filter(unnamed).map(link).collect();
    links.join(" ")
}

/// The salutation at the head of the first paragraph, as people write it; before a text that begins otherwise, in a
/// paragraph of its own.
fn greet(salutation: &str, text: &str) -> String {
    match text.strip_prefix("<p>") {
        _ if salutation.is_empty() => text.to_owned(),
        Some(rest) => format!("<p>{salutation} {rest}"),
        None => format!("<p>{salutation}</p>{text}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_people_told_are_named_in_the_first_paragraph() {
        assert_eq!(
            greet("@bob", "<p>Yes.</p><p>No.</p>"),
            "<p>@bob Yes.</p><p>No.</p>"
        );
        assert_eq!(
            greet("@bob", "<ul><li>Yes</li></ul>"),
            "<p>@bob</p><ul><li>Yes</li></ul>"
        );
        assert_eq!(greet("", "<p>Yes.</p>"), "<p>Yes.</p>");
    }
}
