//! `federation.secure_mode`: who may read documents, and what stays open.

use antiphon::config::Config;
use axum::body::Body;
use http::{Request, StatusCode};
use url::Url;

use crate::support::{
    Answer, ByHand, FakeInstance, Fault, Fixture, Person, TestApp, TestDb, TestNode, both_databases,
};

/// A node in secure mode.
struct Secure(TestNode);

impl Fixture for Secure {
    async fn on(db: TestDb) -> Self {
        let on = |config: &mut Config| config.federation.secure_mode = true;
        Self(TestNode::quiet(TestApp::builder().configure(on), db).await)
    }
}

/// A signed GET, in either form.
async fn read(node: &TestNode, reader: &Person, address: &str, modern: bool) -> Answer {
    let url = Url::parse(address).unwrap();
    let now = node.app().now();
    let request = if modern {
        ByHand::of(reader, "@method @target-uri")
            .labelled("")
            .get()
            .rfc9421(&url, now, "")
    } else {
        ByHand::of(reader, "(request-target) host date")
            .get()
            .cavage(&url, now, "")
    };
    node.ask(request).await
}

/// Everything that is a document, but for actors.
async fn documents(node: &TestNode, there: &FakeInstance) -> Vec<String> {
    let bob = there.person("bob");
    let post = node.publish("Behind the door").await;
    node.accept(&bob.create(&bob.note(1, post.ap_id.as_str())))
        .await;
    let own = node.answer(&post, None, "Mine").await;
    let mut all = vec![
        post.ap_id.to_string(),
        post.url.to_string(),
        own.ap_id.to_string(),
    ];
    all.extend(
        ["replies", "context", "likes", "shares"].map(|name| format!("{}/{name}", post.ap_id)),
    );
    all.push(format!("{}/replies", own.ap_id));
    all.extend(
        ["outbox", "followers", "following", "featured"]
            .map(|name| format!("{}/{name}", node.alice())),
    );
    all
}

both_databases! {
    async fn documents_are_for_those_who_sign(secure: Secure) {
        let node = &secure.0;
        let there = node.neighbour().await;
        let reader = there.person("reader");
        for address in documents(node, &there).await {
            for accept in ["application/activity+json", "*/*"] {
                // Without naming ActivityStreams, what stands at a page's address is the page.
                if accept == "*/*" && !address.contains("/ap/") {
                    continue;
                }
                let refused = node.get_as(&address, accept).await;
                assert_eq!(refused.status, StatusCode::UNAUTHORIZED, "{address}");
                assert_eq!(refused.header("content-type"), "application/problem+json");
                assert!(refused.text.contains("\"reason\":\"signature_missing\""), "{}", refused.text);
                assert_eq!(refused.header("accept-signature"), "sig1=(\"@method\" \"@target-uri\");created");
                assert_eq!(refused.header("cache-control"), "private, no-store");
            }
            let as_page = node.get_as(&address, "text/html").await;
            assert!(!as_page.text.contains("activitystreams"), "{address}: {}", as_page.text);
            for modern in [false, true] {
                let shown = read(node, &reader, &address, modern).await;
                assert_eq!(shown.status, StatusCode::OK, "{address}: {}", shown.text);
                assert_eq!(shown.header("cache-control"), "private, no-store");
                assert_eq!(shown.header("vary"), "Accept, Signature, Signature-Input, Authorization");
            }
        }
        assert_eq!(there.requests_for(&reader.id), 1);
    }

    async fn what_does_not_exist_is_not_told_to_strangers(secure: Secure) {
        let node = &secure.0;
        let there = node.neighbour().await;
        let post = node.publish("Here").await;
        let (here, nowhere) = (node.get(post.ap_id.as_str()).await, node.get("/ap/posts/1").await);
        assert_eq!((here.status, here.text), (nowhere.status, nowhere.text));
        let reader = there.person("reader");
        let address = format!("{}/ap/posts/1", node.config().site.url);
        assert_eq!(read(node, &reader, &address, true).await.status, StatusCode::NOT_FOUND);
    }

    async fn keys_stay_readable_and_nothing_else_of_a_person(secure: Secure) {
        let node = &secure.0;
        for address in [node.alice().to_owned(), format!("{}/@alice", node.config().site.url)] {
            let shown = node.get(&address).await;
            assert_eq!(shown.status, StatusCode::OK);
            let document = shown.json();
            assert_eq!(document["id"], node.alice());
            assert!(document["publicKey"]["publicKeyPem"].is_string());
            assert!(document["assertionMethod"][0]["publicKeyMultibase"].is_string());
            for hidden in ["name", "summary", "url", "outbox", "followers"] {
                assert!(document.get(hidden).is_none(), "{hidden}");
            }
            assert_eq!(shown.header("cache-control"), "private, no-store");
        }
        let there = node.neighbour().await;
        let whole = read(node, &there.person("reader"), node.alice(), false).await.json();
        assert_eq!(whole["name"], "alice");
    }

    async fn what_servers_need_to_find_us_and_what_people_read_stays_open(secure: Secure) {
        let node = &secure.0;
        let post = node.publish("Open").await;
        for (address, accept) in [
            ("/ap/instance", "application/activity+json"),
            ("/.well-known/webfinger?resource=acct:alice@blog.example", "application/jrd+json"),
            ("/.well-known/host-meta", "*/*"),
            ("/.well-known/nodeinfo", "*/*"),
            ("/nodeinfo/2.1", "*/*"),
            ("/", "text/html"),
            ("/@alice", "text/html"),
            (post.url.as_str(), "text/html"),
            (post.url.as_str(), "*/*"),
        ] {
            assert_eq!(node.get_as(address, accept).await.status, StatusCode::OK, "{address}");
        }
        let way = node.get_as(post.ap_id.as_str(), "text/html").await;
        assert_eq!(way.status, StatusCode::SEE_OTHER);
        let instance = node.get("/ap/instance").await.json();
        assert!(instance["name"].is_string(), "it is shown whole");
    }

    async fn a_reader_s_signature_must_hold(secure: Secure) {
        let node = &secure.0;
        let (there, elsewhere) = (node.neighbour().await, node.neighbour().await);
        let reader = there.person("reader");
        let post = node.publish("Held").await;
        let url = Url::parse(post.ap_id.as_str()).unwrap();
        let now = node.app().now();
        let hand = ByHand::of(&reader, "(request-target) host date").get();
        let mut eve = elsewhere.person("eve");
        elsewhere.rotate(&mut eve).await;
        let modern = ByHand::of(&reader, "@method @target-uri").labelled("").get();
        let stolen = "https://other.example/ap/posts/1".parse().unwrap();
        let with_path = |mut request: Request<Body>| {
            *request.uri_mut() = url.path().parse().unwrap();
            request.headers_mut().insert("host", "blog.example".parse().unwrap());
            request
        };
        let requests = [
            (hand.cavage(&url, now.plus_secs(-13 * 3600), ""), "signature_window"),
            (ByHand::of(&reader, "(request-target) date").get().cavage(&url, now, ""), "signature_coverage"),
            (ByHand::of(&eve, "(request-target) host date").named(&reader.key_id).get().cavage(&url, now, ""), "signature_mismatch"),
            (with_path(modern.rfc9421(&stolen, now, "")), "signature_mismatch"),
            (hand.clone().named("nonsense").cavage(&url, now, ""), "key_address"),
            (hand.clone().named("https://blog.example/ap/users/1#main-key").cavage(&url, now, ""), "own_host"),
        ];
        for (request, reason) in requests {
            let refused = node.ask(request).await;
            assert_eq!(refused.status, StatusCode::UNAUTHORIZED, "{reason}");
            assert!(refused.text.contains(&format!("\"reason\":\"{reason}\"")), "{}", refused.text);
        }
    }

    async fn a_reader_whose_key_cannot_be_had_now_is_asked_to_come_again(secure: Secure) {
        let node = &secure.0;
        let there = node.neighbour().await;
        let reader = there.person("reader");
        there.fail(&reader.id, Fault::Status(503));
        let post = node.publish("Later").await;
        let answer = read(node, &reader, post.ap_id.as_str(), true).await;
        assert_eq!(answer.status, StatusCode::SERVICE_UNAVAILABLE);
        assert_eq!(answer.header("retry-after"), "60");
    }

    async fn a_blocked_server_reads_nothing_and_nothing_is_fetched(secure: Secure) {
        let node = &secure.0;
        let there = node.neighbour().await;
        let reader = there.person("reader");
        let post = node.publish("Shut").await;
        node.block(there.host()).await;
        for address in [post.ap_id.as_str(), post.url.as_str(), node.alice()] {
            let refused = read(node, &reader, address, false).await;
            assert_eq!(refused.status, StatusCode::FORBIDDEN, "{address}");
        }
        assert_eq!(there.requests_for(&reader.id), 0);
    }

    async fn a_blocked_server_s_signed_request_is_refused_without_secure_mode_too(node: TestNode) {
        let there = node.neighbour().await;
        let reader = there.person("reader");
        let post = node.publish("Open to most").await;
        let shown = read(&node, &reader, post.ap_id.as_str(), false).await;
        assert_eq!((shown.status, shown.header("vary")), (StatusCode::OK, "Accept"));
        node.block(there.host()).await;
        for modern in [false, true] {
            let refused = read(&node, &reader, post.ap_id.as_str(), modern).await;
            assert_eq!(refused.status, StatusCode::FORBIDDEN);
            assert_eq!(refused.header("cache-control"), "private, no-store");
            assert!(refused.text.contains("blocked_host"), "{}", refused.text);
        }
        assert_eq!(node.get(post.ap_id.as_str()).await.status, StatusCode::OK);
        assert_eq!(there.requests_for(&reader.id), 0, "nobody is fetched for a reader");
    }
}
