//! Pages of collections, both ways: what stands behind `?` in the address of one of ours, and how another server's page is
//! read. The first line is the query, the rest the page.
#![no_main]

use std::cell::RefCell;
use std::sync::Arc;

use antiphon::federation::objects::Doc;
use antiphon::federation::routes;
use antiphon_fuzz::ORIGIN;
use antiphon_fuzz::node::Node;
use axum::body::Body;
use axum::http::Request;
use libfuzzer_sys::fuzz_target;
use tower::ServiceExt;

thread_local!(static NODE: RefCell<Node> = RefCell::new(Node::alone()));

fuzz_target!(|data: &[u8]| {
    let end = data
        .iter()
        .position(|byte| *byte == b'\n')
        .unwrap_or(data.len());
    let (query, page) = data.split_at(end);
    NODE.with_borrow(|node| ask(node, query));
    if let Ok(page) = serde_json::from_slice::<Doc>(page) {
        read(&page);
    }
});

/// No query makes a collection of ours fail.
fn ask(node: &Node, query: &[u8]) {
    let Ok(query) = std::str::from_utf8(query) else {
        return;
    };
    let (post, alice) = (
        path(node.post.ap_id.as_str()),
        path(node.alice.ap_id.as_str()),
    );
    for collection in [
        format!("{post}/replies"),
        format!("{post}/context"),
        format!("{alice}/outbox"),
        format!("{alice}/followers"),
    ] {
        let Ok(request) = Request::get(format!("{collection}?{query}")).body(Body::empty()) else {
            return;
        };
        let answer = node
            .runtime
            .block_on(routes::router(Arc::clone(&node.fed)).oneshot(request));
        let status = answer.expect("a router answers").status();
        assert!(!status.is_server_error(), "{status}: {collection}?{query}");
    }
}

fn path(id: &str) -> &str {
    id.strip_prefix(ORIGIN).expect("it is ours")
}

/// A page is read without failing, and only so much of it.
fn read(page: &Doc) {
    for property in ["items", "orderedItems", "first", "next", "last", "partOf"] {
        assert!(page.ids(property).len() <= 1000);
        assert!(page.docs(property).len() <= 1000);
        let _ = page.first_id(property);
    }
}
