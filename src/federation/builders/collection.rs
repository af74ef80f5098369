//! Collections and their pages.

use serde_json::{Value, json};

use super::{set, with_context};

/// A collection as it stands inside another object: where it is and how much it holds.
pub fn summary(id: &str, total: i64) -> Value {
    json!({ "id": id, "type": "Collection", "totalItems": total, "first": format!("{id}?page=1") })
}

/// A collection of which only the number is told.
pub fn bare(id: &str, total: i64) -> Value {
    json!({ "id": id, "type": "Collection", "totalItems": total })
}

/// An ordered collection that is read by pages.
pub fn ordered(id: &str, total: i64) -> Value {
    with_context(json!({
        "id": id,
        "type": "OrderedCollection",
        "totalItems": total,
        "first": format!("{id}?page=1"),
    }))
}

/// A page: its own query, its items, and the query of the next one.
pub fn page(
    collection: &str,
    ordered: bool,
    query: &str,
    items: Vec<Value>,
    next: Option<String>,
) -> Value {
    let (kind, key) = if ordered {
        ("OrderedCollectionPage", "orderedItems")
    } else {
        ("CollectionPage", "items")
    };
    let mut document = json!({
        "id": format!("{collection}?{query}"),
        "type": kind,
        "partOf": collection,
        key: items,
    });
    if let Some(next) = next {
        set(&mut document, "next", json!(format!("{collection}?{next}")));
    }
    with_context(document)
}
