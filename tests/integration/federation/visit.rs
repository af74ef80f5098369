//! Where other sites' buttons lead our own people: `/authorize_interaction` and `/share`, behind a password, and what they do.

use axum::body::Body;
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use http::{Request, StatusCode};

use crate::support::{Answer, Person, TestApp, TestDb, TestNode, both_databases};
use antiphon::domain::post::{self, Status};
use antiphon::types::Id;

const PASSWORD: &str = "open sesame";

fn encoded(text: &str) -> String {
    url::form_urlencoded::byte_serialize(text.as_bytes()).collect()
}

async fn node(db: TestDb) -> TestNode {
    TestNode::quiet(TestApp::builder().password(PASSWORD), db).await
}

async fn send(
    node: &TestNode,
    method: &str,
    path: &str,
    body: &str,
    headers: &[(&str, &str)],
) -> Answer {
    let words = BASE64_STANDARD.encode(format!("alice:{PASSWORD}"));
    let mut request = Request::builder()
        .method(method)
        .uri(path)
        .header("authorization", format!("Basic {words}"))
        .header("content-type", "application/x-www-form-urlencoded");
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    node.ask(request.body(Body::from(body.to_owned())).unwrap())
        .await
}

async fn visit(node: &TestNode, uri: &str) -> Answer {
    let path = format!("/authorize_interaction?uri={}", encoded(uri));
    send(node, "GET", &path, "", &[]).await
}

/// The token in a page's forms.
fn token(page: &Answer) -> String {
    let rest = page.text.split("name=\"token\" value=\"").nth(1);
    let rest = rest.unwrap_or_else(|| panic!("{}", page.text));
    rest.split('"').next().unwrap().to_owned()
}

async fn act(
    node: &TestNode,
    act: &str,
    uri: &str,
    token: &str,
    headers: &[(&str, &str)],
) -> Answer {
    let body = format!(
        "do={act}&uri={}&token={}&text={}",
        encoded(uri),
        encoded(token),
        encoded("An *answer*.")
    );
    send(node, "POST", "/authorize_interaction", &body, headers).await
}

/// Somebody and a note of theirs, both to be had.
fn neighbours_note(there: &crate::support::FakeInstance) -> (Person, String) {
    let bob = there.person("bob");
    let note = bob.note(1, "https://elsewhere.example/1");
    there.publish(&note);
    let id = note["id"].as_str().unwrap().to_owned();
    (bob, id)
}

both_databases! {
    async fn what_stands_elsewhere_is_shown_and_acted_on(db: TestDb) {
        let node = node(db).await;
        let there = node.neighbour().await;
        let (bob, note) = neighbours_note(&there);
        let page = visit(&node, &note).await;
        assert_eq!(page.status, StatusCode::OK, "{}", page.text);
        assert_eq!(page.header("cache-control"), "private, no-store");
        assert!(page.text.contains(&format!("@bob@{}", there.host())), "{}", page.text);
        let token = token(&page);
        for (kind, activity) in [("like", "Like"), ("boost", "Announce"), ("reply", "Create"), ("follow", "Follow")] {
            let done = act(&node, kind, &note, &token, &[("sec-fetch-site", "same-origin")]).await;
            assert_eq!(done.status, StatusCode::OK, "{kind} {}", done.text);
            assert!(done.text.contains("is on its way"), "{}", done.text);
            node.drain().await;
            let made = node.made_last(activity).await;
            assert_eq!(made["actor"], node.alice(), "{kind}");
            let expected = if kind == "follow" { &bob.id } else { &note };
            match kind {
                "reply" => assert_eq!(made["object"]["inReplyTo"], note.as_str()),
                _ => assert_eq!(made["object"], expected.as_str()),
            }
        }
        assert!(node.made_last("Create").await["object"]["content"].as_str().unwrap().contains("<em>answer</em>"));
    }

    async fn a_person_can_be_followed_by_address_or_handle(db: TestDb) {
        let node = node(db).await;
        let there = node.neighbour().await;
        let bob = there.person("bob");
        for uri in [bob.id.clone(), format!("acct:bob@{}", there.host()), format!("@bob@{}", there.host())] {
            let page = visit(&node, &uri).await;
            assert_eq!(page.status, StatusCode::OK, "{uri}");
            assert!(page.text.contains("value=\"follow\"") && !page.text.contains("value=\"like\""), "{uri}");
            let done = act(&node, "follow", &uri, &token(&page), &[]).await;
            assert_eq!(done.status, StatusCode::OK, "{uri} {}", done.text);
            let wrong = act(&node, "like", &uri, &token(&page), &[]).await;
            assert_eq!(wrong.status, StatusCode::BAD_REQUEST, "{uri}");
        }
        node.drain().await;
        assert_eq!(node.made_last("Follow").await["object"], bob.id.as_str());
    }

    async fn a_form_from_elsewhere_does_nothing(db: TestDb) {
        let node = node(db).await;
        let there = node.neighbour().await;
        let (_, note) = neighbours_note(&there);
        let good = token(&visit(&node, &note).await);
        let other = token(&visit(&node, &format!("acct:bob@{}", there.host())).await);
        let cases: [(&str, &[(&str, &str)]); 7] = [
            ("", &[]),
            ("x", &[]),
            (&other, &[]),
            (&good, &[("sec-fetch-site", "cross-site")]),
            (&good, &[("sec-fetch-site", "same-site")]),
            (&good, &[("origin", "https://evil.example")]),
            (&good, &[("origin", "null")]),
        ];
        for (token, headers) in cases {
            let refused = act(&node, "like", &note, token, headers).await;
            assert_eq!(refused.status, StatusCode::FORBIDDEN, "{token} {headers:?}");
            let draft = format!("title=x&content=y&token={}", encoded(token));
            let refused = send(&node, "POST", "/share", &draft, headers).await;
            assert_eq!(refused.status, StatusCode::FORBIDDEN, "{token} {headers:?}");
        }
        assert_eq!(node.jobs().await, 0);
        let own = act(&node, "like", &note, &good, &[("origin", "https://blog.example")]).await;
        assert_eq!(own.status, StatusCode::OK);
    }

    async fn nobody_gets_in_without_the_password(db: TestDb) {
        let node = node(db).await;
        for path in ["/authorize_interaction?uri=https://m.example/1", "/share?text=x", "/authorize_interaction", "/share"] {
            for method in ["GET", "POST"] {
                let request = Request::builder().method(method).uri(path).body(Body::empty()).unwrap();
                let answer = node.ask(request).await;
                assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{method} {path}");
                assert!(answer.header("www-authenticate").starts_with("Basic "));
            }
        }
    }

    async fn what_cannot_be_had_is_said_in_style(db: TestDb) {
        let node = node(db).await;
        let there = node.neighbour().await;
        let page = |answer: &Answer| answer.text.contains("</html>");
        for (uri, status) in [
            ("javascript:alert(1)", 400),
            ("bob", 400),
            ("https://blog.example/posts/x", 400),
            ("https://", 400),
            ("a\u{0}b", 400),
            (&"x".repeat(5000), 400),
        ] {
            let answer = visit(&node, uri).await;
            assert_eq!(answer.status.as_u16(), status, "{uri} {}", answer.text);
            assert!(page(&answer));
        }
        let gone = visit(&node, &format!("{}/nothing", there.url)).await;
        assert!(matches!(gone.status.as_u16(), 404 | 502), "{}", gone.status);
        assert!(page(&gone) && !gone.text.contains("name=\"token\""));
        there.publish_at("/odd", &serde_json::json!({ "id": format!("{}/odd", there.url), "type": "Note" }));
        let odd = visit(&node, &format!("{}/odd", there.url)).await;
        assert_eq!(odd.status, StatusCode::BAD_GATEWAY);
    }

    async fn what_is_shared_becomes_a_draft(db: TestDb) {
        let node = node(db).await;
        let path = format!("/share?title={}&text={}&url={}", encoded("A <b>page</b>"), encoded("I read this"), encoded("https://m.example/?a&b"));
        let form = send(&node, "GET", &path, "", &[]).await;
        assert_eq!(form.status, StatusCode::OK);
        assert!(form.text.contains("A &#60;b&#62;page") && form.text.contains("https://m.example/?a&#38;b"), "{}", form.text);
        let body = format!("token={}&title=A+page&content={}", encoded(&token(&form)), encoded("I read this\r\n\r\nhttps://m.example/"));
        let saved = send(&node, "POST", "/share", &body, &[("sec-fetch-site", "same-origin")]).await;
        assert_eq!(saved.status, StatusCode::CREATED, "{}", saved.text);
        let id = saved.text.split("<code>").nth(1).unwrap().split('<').next().unwrap().parse().unwrap();
        let draft = node.app().db.read(move |conn| post::get(conn, Id::new(id))).await.unwrap();
        assert_eq!((draft.status, draft.title.as_str()), (Status::Draft, "A page"));
        assert_eq!(draft.source, "I read this\n\nhttps://m.example/");
        assert_eq!(node.jobs().await, 0);
        let long = format!("token={}&title=x&content={}", encoded(&token(&form)), "x".repeat(300_001));
        let refused = send(&node, "POST", "/share", &long, &[]).await;
        assert_eq!(refused.status, StatusCode::BAD_REQUEST);
        assert!(refused.text.contains("class=\"slip\""));
    }
}
