//! What we send: rows in, ActivityStreams JSON out. Pure; the same rows always give the same bytes.

pub mod activity;
pub mod actor;
pub mod article;
pub mod collection;
pub mod note;
pub mod policy;
pub mod quote;

use serde_json::{Value, json};
use url::Url;

use crate::domain::actor::Mention;
use crate::text::sanitize;
use crate::types::{ApUrl, Html};

pub use super::objects::PUBLIC;

/// The JSON-LD context of posts, notes and activities. The terms that others' readers look for, and no more.
pub fn context() -> Value {
    let id = |term: &str| json!({ "@id": term, "@type": "@id" });
    json!([
        "https://www.w3.org/ns/activitystreams",
        {
            "Hashtag": "as:Hashtag",
            "sensitive": "as:sensitive",
            "toot": "http://joinmastodon.org/ns#",
            "pt": "https://joinpeertube.org/ns#",
            "commentsEnabled": { "@id": "pt:commentsEnabled", "@type": "http://schema.org/Boolean" },
            "gts": "https://gotosocial.org/ns#",
            "interactionPolicy": id("gts:interactionPolicy"),
            "canReply": id("gts:canReply"),
            "canQuote": id("gts:canQuote"),
            "automaticApproval": id("gts:automaticApproval"),
            "manualApproval": id("gts:manualApproval"),
            "always": id("gts:always"),
            "approvalRequired": id("gts:approvalRequired"),
            "QuoteRequest": "https://w3id.org/fep/044f#QuoteRequest",
            "QuoteAuthorization": "https://w3id.org/fep/044f#QuoteAuthorization",
            "ReplyRequest": "gts:ReplyRequest",
            "ReplyAuthorization": "gts:ReplyAuthorization",
            "interactingObject": id("gts:interactingObject"),
            "interactionTarget": id("gts:interactionTarget")
        }
    ])
}

/// Puts the context at the head of a document that is served or sent by itself.
pub fn with_context(document: Value) -> Value {
    let mut whole = serde_json::Map::new();
    whole.insert("@context".into(), context());
    if let Value::Object(fields) = document {
        whole.extend(fields);
    }
    Value::Object(whole)
}

/// A text of ours as others get it; `page` is where it stands.
pub(super) fn sent(html: &Html, page: Option<&Url>) -> Html {
    page.map_or_else(|| html.clone(), |page| sanitize::sent(html, page))
}

/// Sets a property of an object.
pub(super) fn set(document: &mut Value, key: &str, value: Value) {
    if let Value::Object(fields) = document {
        fields.insert(key.to_owned(), value);
    }
}

/// The `Mention` tags of those people who were found.
pub(super) fn mention_tags(mentions: &[Mention]) -> Vec<Value> {
    let tag = |mention: &Mention| {
        Some(json!({ "type": "Mention", "href": mention.ap_id.as_ref()?, "name": mention.handle }))
    };
    mentions.iter().filter_map(tag).collect()
}

/// Whom an unlisted text goes to: the same, but everybody only has a copy.
pub(super) fn unlisted_audience(
    followers: Option<&ApUrl>,
    mentions: &[Mention],
) -> (Vec<String>, Vec<String>) {
    let (everybody, mut cc) = public_audience(None, mentions);
    cc.splice(0..0, everybody);
    let to = followers.map(|followers| followers.as_str().to_owned());
    (to.into_iter().collect(), cc)
}

/// Whom a public text goes to: everybody; its copies to followers and to the people named.
pub(super) fn public_audience(
    followers: Option<&ApUrl>,
    mentions: &[Mention],
) -> (Vec<String>, Vec<String>) {
    let followers = followers.map(|followers| followers.as_str().to_owned());
    let named = mentions
        .iter()
        .filter_map(|mention| mention.ap_id.as_ref())
        .map(|id| id.as_str().to_owned());
    let mut cc: Vec<String> = followers.into_iter().collect();
    for id in named {
        if !cc.contains(&id) {
            cc.push(id);
        }
    }
    (vec![PUBLIC.to_owned()], cc)
}
