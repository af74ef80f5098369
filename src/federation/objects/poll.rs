//! What a poll (Question) shows below its text: its options, and until when one may vote. Votes are no comments. Pure.

use std::fmt::Write as _;

use super::Doc;
use crate::text::{escape, sanitize};
use crate::types::Timestamp;

/// Options that are shown.
const OPTIONS_MAX: usize = 20;
/// Longest option, in characters.
const OPTION_MAX: usize = 200;

/// Writes the options as a list and, in words, whether the poll is over. Nothing for a poll without options.
pub(super) fn push(html: &mut String, doc: &Doc, now: Timestamp) {
    let options = ["oneOf", "anyOf"]
        .iter()
        .flat_map(|key| doc.docs(key))
        .filter_map(|option| option.text("name").map(str::to_owned))
        .map(|name| sanitize::name(&name, OPTION_MAX))
        .filter(|name| !name.is_empty())
        .take(OPTIONS_MAX);
    let mut items = String::new();
    for option in options {
        let _ = write!(items, "<li>{}</li>", escape(&option));
    }
    if items.is_empty() {
        return;
    }
    let _ = write!(html, "<ul>{items}</ul>");
    if let Some(words) = over(doc, now) {
        let _ = write!(html, "<p>[{words}]</p>");
    }
}

/// That the poll is closed, or until when it is open: what stays true when nobody tells us of its end.
fn over(doc: &Doc, now: Timestamp) -> Option<String> {
    let ended = doc.time("closed").or_else(|| doc.time("endTime"));
    let closed = doc
        .values("closed")
        .any(|value| value.as_bool() == Some(true) || value.is_object());
    match ended {
        _ if closed => Some("poll closed".into()),
        Some(end) if end <= now => Some("poll closed".into()),
        Some(end) => {
            let end = end.to_chrono().format("%Y-%m-%d %H:%M UTC");
            Some(format!("poll until {end}"))
        }
        None => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    fn shown(value: Value) -> String {
        let doc: Doc = serde_json::from_value(value).unwrap();
        let mut html = String::new();
        push(&mut html, &doc, Timestamp::from_secs(1_800_000_000));
        html
    }

    #[test]
    fn a_poll_shows_its_options_and_when_it_ends() {
        let options =
            json!([{"type": "Note", "name": "tea <b>"}, {"type": "Note", "name": "coffee"}]);
        let list = "<ul><li>tea</li><li>coffee</li></ul>";
        assert_eq!(shown(json!({ "oneOf": options })), list);
        let past = "2020-01-01T00:00:00Z";
        for over in [
            json!({ "anyOf": options, "endTime": past }),
            json!({ "oneOf": options, "closed": past }),
            json!({ "oneOf": options, "closed": true }),
        ] {
            assert_eq!(shown(over), format!("{list}<p>[poll closed]</p>"));
        }
        let open = json!({ "oneOf": options, "endTime": "2100-01-02T03:04:05Z" });
        assert_eq!(
            shown(open),
            format!("{list}<p>[poll until 2100-01-02 03:04 UTC]</p>")
        );
    }

    #[test]
    fn a_poll_of_any_shape_and_size_is_bounded() {
        for none in [
            json!({}),
            json!({ "oneOf": null, "anyOf": [null, 3, {"name": ""}], "endTime": "soon" }),
        ] {
            assert_eq!(shown(none), "");
        }
        let many = vec![json!({ "name": "x".repeat(10_000) }); 500];
        assert!(shown(json!({ "oneOf": many })).len() < OPTIONS_MAX * (OPTION_MAX + 20));
    }
}
