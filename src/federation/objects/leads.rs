//! Where a reply says that further replies are: `contextHistory`, `context`, `replies` (FEP-f228, FEP-7888). Only
//! addresses are taken, and none of ours. Pure.

use serde_json::Value;

use super::Doc;
use crate::domain::backfill::{Kind, Leads, NewSource};
use crate::federation::ownership::is_ours;
use crate::types::{ApUrl, Host};

/// Replies taken of a page that stands in an object.
const INLINE_MAX: usize = 50;

/// What an object says; `site` is this node's host.
pub fn read(object: &Doc, site: &Host) -> Leads {
    let elsewhere = |id: &ApUrl| id.host().is_some() && !is_ours(site, id);
    let mut sources: Vec<NewSource> = Vec::new();
    for (key, kind) in [
        ("contextHistory", Kind::History),
        ("context", Kind::Context),
    ] {
        if let Some(url) = object.first_id(key).filter(elsewhere) {
            push(&mut sources, url, kind, false);
        }
    }
    let mut items = Vec::new();
    if let Some(replies) = object.values("replies").next() {
        items = listed(replies);
        items.retain(elsewhere);
        if let Some(url) = address(replies).filter(elsewhere) {
            push(&mut sources, url, Kind::Replies, is_empty(replies));
        }
    }
    Leads { sources, items }
}

/// Each source stands behind the one before it.
fn push(sources: &mut Vec<NewSource>, url: ApUrl, kind: Kind, is_empty: bool) {
    if sources.iter().any(|known| known.url == url) {
        return;
    }
    let behind = sources.last().map(|front| front.url.clone());
    sources.push(NewSource {
        url,
        kind,
        behind,
        is_empty,
    });
}

/// Where the collection is read: its id, else (GNU social and Smithereen give none) its next or first page.
fn address(replies: &Value) -> Option<ApUrl> {
    let first = replies.get("first");
    let next = first.and_then(|page| page.get("next"));
    [Some(replies), next, first]
        .into_iter()
        .flatten()
        .find_map(Doc::id_of)
}

/// The pages that stand in the object itself.
fn inline(replies: &Value) -> impl Iterator<Item = &Value> {
    [Some(replies), replies.get("first")].into_iter().flatten()
}

fn listed(replies: &Value) -> Vec<ApUrl> {
    let values = inline(replies)
        .flat_map(|page| [page.get("items"), page.get("orderedItems")])
        .flatten()
        .filter_map(Value::as_array)
        .flatten();
    values.filter_map(Doc::id_of).take(INLINE_MAX).collect()
}

/// True when it shows its only page and that is all, or says that there is nothing. It is believed for a while only.
fn is_empty(replies: &Value) -> bool {
    let first = replies.get("first").filter(|page| page.is_object());
    let goes_on = first.is_some_and(|page| page.get("next").is_some_and(|next| !next.is_null()));
    let whole = first.is_some() && !goes_on;
    whole || replies.get("totalItems").and_then(Value::as_i64) == Some(0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn leads(object: Value) -> Leads {
        let doc: Doc = serde_json::from_value(object).unwrap();
        read(&doc, &Host::parse("blog.example").unwrap())
    }

    fn sources(object: Value) -> Vec<(String, Kind, Option<String>, bool)> {
        let plain = |source: NewSource| {
            let behind = source.behind.map(ApUrl::into_string);
            (
                source.url.into_string(),
                source.kind,
                behind,
                source.is_empty,
            )
        };
        leads(object).sources.into_iter().map(plain).collect()
    }

    #[test]
    fn each_source_stands_behind_the_one_that_is_read_first() {
        let (history, context, replies) = (
            "https://m.example/h",
            "https://m.example/c",
            "https://m.example/1/replies",
        );
        let all = json!({"contextHistory": history, "context": context, "replies": replies});
        let behind = |url: &str| Some(url.to_owned());
        assert_eq!(
            sources(all),
            [
                (history.to_owned(), Kind::History, None, false),
                (context.to_owned(), Kind::Context, behind(history), false),
                (replies.to_owned(), Kind::Replies, behind(context), false),
            ]
        );
    }

    #[test]
    fn what_is_ours_or_no_address_is_no_source() {
        for object in [
            json!({"context": "https://blog.example/ap/posts/1/context"}),
            json!({"context": "tag:m.example,2026:1", "replies": null}),
            json!({"context": ["urn:uuid:1", {}], "replies": []}),
            json!({"replies": {"type": "Collection"}}),
            json!({"replies": 3, "context": false}),
        ] {
            assert!(leads(object.clone()).is_empty(), "{object}");
        }
    }

    #[test]
    fn mastodons_first_page_stands_in_the_note_and_the_rest_is_a_source() {
        let note = json!({"replies": {
            "id": "https://m.example/1/replies", "type": "Collection",
            "first": {"type": "CollectionPage", "partOf": "https://m.example/1/replies",
                "next": "https://m.example/1/replies?page=true",
                "items": ["https://m.example/2", {"id": "https://o.example/3"}, "https://blog.example/ap/comments/4", 5]},
        }});
        let items: Vec<String> = leads(note.clone())
            .items
            .into_iter()
            .map(ApUrl::into_string)
            .collect();
        assert_eq!(items, ["https://m.example/2", "https://o.example/3"]);
        assert_eq!(
            sources(note),
            [(
                "https://m.example/1/replies".to_owned(),
                Kind::Replies,
                None,
                false
            )]
        );
    }

    #[test]
    fn a_collection_without_id_is_read_from_its_next_page() {
        let note = json!({"replies": {"first": {"next": "https://m.example/1/replies?page=2", "items": []}}});
        assert_eq!(sources(note)[0].0, "https://m.example/1/replies?page=2");
        let note = json!({"replies": {"first": "https://m.example/1/replies?page=1"}});
        assert_eq!(sources(note)[0].0, "https://m.example/1/replies?page=1");
    }

    #[test]
    fn what_says_that_it_is_empty_is_read_later() {
        for replies in [
            json!({"id": "https://m.example/r", "first": {"items": []}}),
            json!({"id": "https://m.example/r", "totalItems": 0, "first": "https://m.example/r?page=1"}),
            json!({"id": "https://m.example/r", "first": {"items": ["https://m.example/2"], "next": null}}),
        ] {
            assert!(sources(json!({ "replies": replies }))[0].3);
        }
    }

    #[test]
    fn of_a_page_in_an_object_only_so_many_replies_are_taken() {
        let many: Vec<String> = (0..5000)
            .map(|n| format!("https://m.example/{n}"))
            .collect();
        let note = json!({"replies": {"id": "https://m.example/r", "items": many}});
        assert_eq!(leads(note).items.len(), INLINE_MAX);
    }
}
