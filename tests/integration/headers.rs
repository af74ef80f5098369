//! The headers that protect readers, on every kind of answer of the whole node.

use antiphon::domain::post;
use antiphon::web;
use axum::body::Body;
use http::{Method, Request, StatusCode};

use crate::support::{Answer, TestApp, TestDb, TestNode, both_databases};

const STRICT: &str =
    "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

async fn ask(node: &TestNode, method: Method, path: &str) -> Answer {
    let request = Request::builder().method(method).uri(path);
    node.ask(request.body(Body::empty()).unwrap()).await
}

/// Fails unless the answer carries everything.
fn assert_protected(answer: &Answer, what: &str) {
    for (name, value) in [
        ("x-content-type-options", "nosniff"),
        ("x-frame-options", "DENY"),
        ("referrer-policy", "strict-origin-when-cross-origin"),
        ("cross-origin-opener-policy", "same-origin"),
    ] {
        assert_eq!(answer.header(name), value, "{what} {name}");
    }
    assert!(
        answer.header("permissions-policy").contains("camera=()"),
        "{what}"
    );
    let policy = answer.header("content-security-policy");
    assert!(policy.starts_with("default-src 'none'"), "{what}: {policy}");
    let frames = policy.contains("frame-ancestors 'none'") || policy.contains("sandbox");
    assert!(frames, "{what}: {policy}");
    let scripts = policy.matches("script-src").count();
    assert_eq!(
        scripts,
        policy.matches("script-src 'self';").count(),
        "{what}: {policy}"
    );
    for weak in ["unsafe", "https:", "http:", "*", "data:"] {
        assert!(!policy.contains(weak), "{what}: {policy}");
    }
    let open = answer.header("access-control-allow-origin") == "*"
        || answer.header("content-type").starts_with("image/");
    let wanted = if open { "cross-origin" } else { "same-origin" };
    assert_eq!(
        answer.header("cross-origin-resource-policy"),
        wanted,
        "{what}"
    );
}

both_databases! {
    async fn every_kind_of_answer_carries_the_headers_that_protect(node: TestNode) {
        let here = node.publish("Psalm").await;
        let gone = node.publish("Gone").await;
        post::delete(node.app(), &node.test.alice, gone.id).await.unwrap();
        let (get, head) = (Method::GET, Method::HEAD);
        let here_id = here.ap_id.as_str().strip_prefix("https://blog.example").unwrap();
        let gone_id = gone.ap_id.as_str().strip_prefix("https://blog.example").unwrap();
        for (method, path, status) in [
            (&get, "/", 200), (&head, "/", 200), (&get, "/posts/psalm", 200), (&get, "/posts/gone", 410),
            (&get, "/posts/nothing", 404), (&get, "/nowhere", 404), (&get, "/@alice", 200), (&get, "/about", 200),
            (&get, "/feed.atom", 200), (&get, "/posts/psalm/comments.atom", 200), (&get, "/robots.txt", 200),
            (&get, "/favicon.ico", 200), (&get, web::stylesheet().0, 200), (&get, web::favicon().0, 200),
            (&get, "/media/x.png", 404), (&Method::POST, "/", 405), (&Method::POST, "/posts/psalm", 405),
            (&get, here_id, 200), (&get, gone_id, 410), (&get, "/ap/posts/1", 404), (&get, "/ap/instance", 200),
            (&get, "/ap/inbox", 405), (&Method::PUT, here_id, 405), (&get, "/ap/posts/%FF", 404),
            (&get, "/.well-known/webfinger?resource=acct:alice@blog.example", 200),
            (&get, "/.well-known/webfinger", 400), (&get, "/.well-known/host-meta", 200),
            (&get, "/.well-known/nodeinfo", 200), (&get, "/nodeinfo/2.1", 200), (&get, "/nodeinfo/9", 404),
            (&get, "/api/antiphon/v1/", 200), (&get, "/api/antiphon/v1/reference.css", 200),
            (&get, "/api/antiphon/v1/openapi.json", 200), (&get, "/api/antiphon/v1/posts", 401),
            (&get, "/api/antiphon/v1/nothing", 404), (&Method::PUT, "/api/antiphon/v1/posts", 405),
            (&get, "/healthz", 200), (&get, "/readyz", 200), (&get, "/metrics", 200),
        ] {
            let answer = ask(&node, method.clone(), path).await;
            assert_eq!(answer.status.as_u16(), status, "{method} {path}");
            assert_protected(&answer, &format!("{method} {path}"));
        }
        let accepts = node.get(here.url.as_str()).await;
        assert_protected(&accepts, "a post as ActivityStreams");
        let etag = ask(&node, Method::GET, "/").await;
        let known = Request::get("/").header("if-none-match", etag.header("etag"));
        let known = node.ask(known.body(Body::empty()).unwrap()).await;
        assert_eq!(known.status, StatusCode::NOT_MODIFIED);
        assert_protected(&known, "304");
    }

    async fn pages_load_from_here_alone_and_all_else_loads_nothing(node: TestNode) {
        node.publish("Psalm").await;
        for path in ["/", "/posts/psalm", "/@alice", "/about", "/feed.atom", "/nowhere"] {
            let answer = ask(&node, Method::GET, path).await;
            assert_eq!(answer.header("content-security-policy"), web::CONTENT_SECURITY_POLICY, "{path}");
        }
        assert!(web::CONTENT_SECURITY_POLICY.contains("img-src 'self';"));
        for path in ["/nodeinfo/2.1", "/ap/instance", "/healthz", "/robots.txt", "/api/antiphon/v1/posts"] {
            let answer = ask(&node, Method::GET, path).await;
            assert_eq!(answer.header("content-security-policy"), STRICT, "{path}");
        }
    }

    async fn only_who_speaks_https_itself_asks_for_it(db: TestDb) {
        let behind = TestNode::quiet(TestApp::builder(), db).await;
        let answer = ask(&behind, Method::GET, "/").await;
        assert_eq!(answer.header("strict-transport-security"), "", "the proxy says so");
        let builder = TestApp::builder().configure(|config| config.https.enabled = true);
        let itself = TestNode::quiet(builder, TestDb::sqlite()).await;
        let answer = ask(&itself, Method::GET, "/nothing").await;
        assert_eq!(answer.header("strict-transport-security"), "max-age=31536000");
    }

    async fn negotiated_addresses_say_so_and_failures_are_kept_by_nobody(node: TestNode) {
        let post = node.publish("Psalm").await;
        for address in [post.url.as_str(), post.ap_id.as_str(), "/@alice", "/posts/nothing", "/@nobody", "/ap/posts/1", "/ap/comments/1"] {
            for accept in ["text/html", "application/activity+json"] {
                let answer = node.get_as(address, accept).await;
                let vary = answer.header("vary");
                assert!(vary == "Accept" || vary == "Accept, Accept-Language, Cookie", "{address} as {accept}");
                if answer.status.as_u16() >= 400 {
                    assert_eq!(answer.header("cache-control"), "no-store", "{address} as {accept}");
                }
            }
        }
        let private = ask(&node, Method::GET, "/api/antiphon/v1/posts").await;
        assert_eq!(private.header("cache-control"), "private, no-store");
        assert_eq!(private.header("vary"), "Authorization");
    }
}
