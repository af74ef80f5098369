//! The interface about itself.

use std::collections::{BTreeMap, BTreeSet};

use antiphon::api;
use axum::body::Body;
use http::{Request, StatusCode};
use serde_json::Value;

use super::send;
use crate::support::{TestApp, both_databases};

/// The methods of each path, as the document has them.
fn documented(document: &Value) -> BTreeMap<String, BTreeSet<String>> {
    let paths = document["paths"].as_object().unwrap().iter();
    paths
        .map(|(path, item)| {
            let methods = item.as_object().unwrap().keys();
            (path.clone(), methods.map(|m| m.to_uppercase()).collect())
        })
        .collect()
}

/// Every `$ref` in the document.
fn references(value: &Value) -> Vec<String> {
    match value {
        Value::Object(fields) => {
            let own = fields
                .get("$ref")
                .and_then(Value::as_str)
                .map(str::to_owned);
            own.into_iter()
                .chain(fields.values().flat_map(references))
                .collect()
        }
        Value::Array(items) => items.iter().flat_map(references).collect(),
        _ => Vec::new(),
    }
}

both_databases! {
    async fn the_document_has_every_route_and_no_other(app: TestApp) {
        let request = Request::get(format!("{}/openapi.json", api::BASE));
        let document = send(&app, request.body(Body::empty()).unwrap()).await.json();
        assert!(document["openapi"].as_str().unwrap().starts_with("3."));
        let mut served = BTreeMap::new();
        for path in api::paths() {
            // A method that no route has: Allow then lists those it has.
            let request = Request::builder().method("PURGE");
            let request = request.uri(format!("{}{}", api::BASE, path.replace("{id}", "1")));
            let answer = send(&app, request.body(Body::empty()).unwrap()).await;
            assert_eq!(answer.status, StatusCode::METHOD_NOT_ALLOWED, "{path}");
            let methods = answer.header("allow").split(',').filter(|method| *method != "HEAD");
            served.insert(path.to_owned(), methods.map(str::to_owned).collect());
        }
        assert_eq!(documented(&document), served);
        for reference in references(&document) {
            let pointer = reference.trim_start_matches('#');
            assert!(document.pointer(pointer).is_some(), "{reference} leads nowhere");
        }
    }

    async fn the_page_for_people_is_complete_and_loads_nothing_from_elsewhere(app: TestApp) {
        let request = Request::get(format!("{}/", api::BASE));
        let page = send(&app, request.body(Body::empty()).unwrap()).await;
        assert_eq!(page.status, StatusCode::OK);
        assert_eq!(page.header("content-type"), "text/html; charset=utf-8");
        assert!(page.header("content-security-policy").starts_with("default-src 'none'; style-src 'self';"));
        for part in ["GET /posts/{id}/comments", "Gives the comments under a post, nested.", "id=\"shape-Comment\"",
            "list of Comment", "held", "410", "required"] {
            assert!(page.text.contains(part), "{part} is missing:\n{}", page.text);
        }
        assert!(!page.text.contains("<script") && !page.text.contains("http"), "{}", page.text);
        let request = Request::get(format!("{}/reference.css", api::BASE));
        let style = send(&app, request.body(Body::empty()).unwrap()).await;
        assert_eq!(style.header("content-type"), "text/css; charset=utf-8");
        let request = Request::get(api::BASE);
        let bare = send(&app, request.body(Body::empty()).unwrap()).await;
        assert_eq!(bare.header("location"), "/api/antiphon/v1/");
    }
}
