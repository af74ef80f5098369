//! Reactions as they are sent: Like, Announce, Dislike, and what says with an emoji (Pleroma's EmojiReact, Misskey's Like
//! and EmojiReaction). Pure.

use super::{Doc, media};
use crate::domain::reaction::Kind;
use crate::text::emoji;

/// A reaction, read and cleaned.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Read {
    /// What was done.
    pub kind: Kind,
    /// With which emoji; empty for all other kinds.
    pub emoji: String,
    /// The pictures of custom emoji that came with it: name and address.
    pub pictures: Vec<(String, String)>,
}

/// Reads a reaction. None when it is none, or is to say something by an emoji and has none; a Like with another text is a
/// Like (GNU social and Hubzilla write a sentence).
pub fn read(doc: &Doc) -> Option<Read> {
    let plain = |kind| {
        Some(Read {
            kind,
            emoji: String::new(),
            pictures: Vec::new(),
        })
    };
    if doc.is("Announce") {
        return plain(Kind::Announce);
    }
    if doc.is("Dislike") {
        return plain(Kind::Dislike);
    }
    let like = doc.is("Like");
    if !like && !doc.is("EmojiReact") && !doc.is("EmojiReaction") {
        return None;
    }
    match emoji_of(doc) {
        Some(emoji) => Some(Read {
            pictures: pictures(doc, &emoji),
            kind: Kind::Emoji,
            emoji,
        }),
        None if like => plain(Kind::Like),
        None => None,
    }
}

/// True for what is a reaction by its type.
pub fn is_reaction(doc: &Doc) -> bool {
    ["Like", "Announce", "Dislike", "EmojiReact", "EmojiReaction"]
        .iter()
        .any(|kind| doc.is(kind))
}

/// The kind and emoji of a reaction that is taken back; None when its type is not told. One that does not say its emoji is
/// found by its id only.
pub fn undone(doc: &Doc) -> Option<(Kind, String)> {
    match read(doc) {
        Some(read) => Some((read.kind, read.emoji)),
        None => is_reaction(doc).then(|| (Kind::Emoji, String::new())),
    }
}

fn emoji_of(doc: &Doc) -> Option<String> {
    let said = |key| doc.text(key).and_then(emoji::reaction);
    said("_misskey_reaction").or_else(|| said("content"))
}

/// The picture of the emoji itself, when the document names it and it is its own server's.
fn pictures(doc: &Doc, said: &str) -> Vec<(String, String)> {
    let Some((name, None)) = emoji::named(said) else {
        return Vec::new();
    };
    let mut found = media::emojis(doc);
    found.retain(|(named, _)| named == name);
    found.truncate(1);
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    fn kind(value: Value) -> Option<(Kind, String)> {
        let doc: Doc = serde_json::from_value(value).unwrap();
        read(&doc).map(|read| (read.kind, read.emoji))
    }

    #[test]
    fn every_platforms_way_to_react_is_read() {
        let like = |emoji: &str| Some((Kind::Emoji, emoji.to_owned()));
        assert_eq!(
            kind(json!({"type": "EmojiReact", "content": "🔥"})),
            like("🔥")
        );
        assert_eq!(
            kind(json!({"type": "EmojiReaction", "content": "👍"})),
            like("👍")
        );
        assert_eq!(
            kind(json!({"type": "Like", "content": ":blob:", "_misskey_reaction": ":blob:"})),
            like(":blob:")
        );
        assert_eq!(
            kind(json!({"type": "Like"})),
            Some((Kind::Like, String::new()))
        );
        assert_eq!(
            kind(json!({"type": "Like", "content": "Bob likes this"})),
            Some((Kind::Like, String::new()))
        );
        assert_eq!(
            kind(json!({"type": "Dislike", "content": "🔥"})),
            Some((Kind::Dislike, String::new()))
        );
    }

    #[test]
    fn an_emoji_reaction_without_an_emoji_is_none() {
        for content in [
            json!(null),
            json!(""),
            json!("x\u{0}"),
            json!("ab"),
            json!(7),
        ] {
            let doc = json!({"type": "EmojiReact", "content": content});
            assert_eq!(kind(doc), None, "{content}");
        }
        assert_eq!(kind(json!({"type": "View"})), None);
    }

    #[test]
    fn only_the_picture_of_the_emoji_itself_is_taken() {
        let tag = |name: &str| json!({"type": "Emoji", "name": name, "icon": {"url": "https://m.example/x.png"}});
        let doc = |content: &str| -> Doc {
            let value =
                json!({"type": "EmojiReact", "content": content, "tag": [tag(":a:"), tag(":b:")]});
            serde_json::from_value(value).unwrap()
        };
        let pictures = |content: &str| read(&doc(content)).unwrap().pictures;
        assert_eq!(
            pictures(":b:"),
            [("b".to_owned(), "https://m.example/x.png".to_owned())]
        );
        assert!(pictures("🔥").is_empty() && pictures(":b@far.example:").is_empty());
    }
}
