//! "Where is my reply?" over the REST interface and on its page: what is not here is looked up where it lives, and taken
//! when it belongs.

use antiphon::config::{Config, Moderation};
use antiphon::domain::account::Scope;
use antiphon::server;
use axum::body::Body;
use http::Request;
use serde_json::{Value, json};
use std::sync::Arc;
use tower::ServiceExt;

use crate::support::{
    Answer, FakeInstance, Fault, Flaw, Person, TestApp, TestDb, TestNode, both_databases, until,
};

fn encoded(address: &str) -> String {
    url::form_urlencoded::byte_serialize(address.as_bytes()).collect()
}

async fn ask(node: &TestNode, address: &str) -> Answer {
    let token = node.test.token(&[Scope::Read]).await;
    let request = Request::get(format!(
        "/api/antiphon/v1/replies/locate?url={}",
        encoded(address)
    ))
    .header("authorization", format!("Bearer {token}"));
    node.ask(request.body(Body::empty()).unwrap()).await
}

/// What the REST interface says of an address; word and code.
async fn verdict(node: &TestNode, address: &str) -> (String, String) {
    let answer = ask(node, address).await;
    assert_eq!(answer.status, 200, "{answer:?}");
    let json = answer.json();
    let word = |key: &str| json[key].as_str().unwrap_or_default().to_owned();
    assert!(!word("reason").is_empty());
    (word("verdict"), word("code"))
}

fn id(note: &Value) -> &str {
    note["id"].as_str().unwrap()
}

/// A page of HTML at an address.
fn page_at(there: &FakeInstance, path: &str, head: &str) -> String {
    let html = format!(
        "<!DOCTYPE html><html><head><title>Bob</title>{head}</head><body>Hello</body></html>"
    );
    there.serve_file(path, "text/html; charset=utf-8", html.into_bytes())
}

fn alternate(href: &str) -> String {
    format!("<link rel=\"alternate\" type=\"application/activity+json\" href=\"{href}\">")
}

/// The page for people.
async fn page(node: &TestNode, address: &str) -> Answer {
    node.get_as(&format!("/replies?url={}", encoded(address)), "text/html")
        .await
}

async fn says(node: &TestNode, address: &str, parts: &[&str]) {
    let answer = page(node, address).await;
    assert_eq!(answer.status, 200, "{answer:?}");
    assert_eq!(answer.header("cache-control"), "no-store");
    for part in parts {
        assert!(
            answer.text.contains(part),
            "{address}: {part} in {}",
            answer.text
        );
    }
}

async fn world(node: &TestNode) -> (FakeInstance, Person) {
    let there = node.neighbour().await;
    let bob = there.person("bob");
    (there, bob)
}

fn secure(config: &mut Config) {
    config.federation.secure_mode = true;
}

both_databases! {
    async fn a_reply_that_never_came_is_looked_up_and_taken(node: TestNode) {
        let (there, bob) = world(&node).await;
        let post = node.publish("Talk").await;
        let note = bob.note(1, post.ap_id.as_str());
        there.publish(&note);
        let answer = ask(&node, id(&note)).await.json();
        assert_eq!(answer["verdict"], "published");
        assert_eq!(answer["anchor_url"], format!("{}/comments/1#comment-1", post.url));
        assert_eq!(answer["seen_at"], "2026-11-22T12:00:00Z");
        assert_eq!(node.numbers(&post).await, ["1"]);
        assert_eq!(verdict(&node, id(&note)).await.0, "published");
        assert_eq!(there.requests_for(id(&note)), 1);
    }

    async fn a_reply_is_found_by_the_address_of_its_page(node: TestNode) {
        let (there, bob) = world(&node).await;
        let post = node.publish("Talk").await;
        // As Mastodon: the page's address answers with the document, too.
        let mut note = bob.note(1, post.ap_id.as_str());
        let address = format!("{}/@bob/1", there.url);
        note["url"] = json!(address);
        there.publish(&note);
        there.publish_at(&address, &note);
        assert_eq!(verdict(&node, &address).await.0, "published");
        // As snac and blogs: a page that names its other form.
        let second = bob.note(2, post.ap_id.as_str());
        there.publish(&second);
        let address = page_at(&there, "/@bob/2", &alternate("/users/bob/notes/2"));
        assert_eq!(verdict(&node, &address).await.0, "published");
        assert_eq!(node.numbers(&post).await, ["1", "2"]);
        // By the id of the activity that brought it, where that is served.
        let third = bob.note(3, post.ap_id.as_str());
        let mut create = bob.activity("Create", json!(id(&third)));
        create["id"] = json!(bob.at("/notes/3/activity"));
        there.publish(&third);
        there.publish(&create);
        ask(&node, id(&create)).await;
        assert_eq!(node.numbers(&post).await, ["1", "2", "3"]);
    }

    async fn a_page_speaks_for_its_own_server_only(node: TestNode) {
        let ((there, bob), elsewhere) = (world(&node).await, node.neighbour().await);
        let eve = elsewhere.person("eve");
        let post = node.publish("Talk").await;
        let note = bob.note(1, post.ap_id.as_str());
        there.publish(&note);
        let address = page_at(&elsewhere, "/lure", &alternate(id(&note)));
        assert_eq!(verdict(&node, &address).await, ("unknown".into(), "no_document".into()));
        assert_eq!(there.requests_for(id(&note)), 0);
        // Nor does a document elsewhere stand for it.
        let mut stolen = note.clone();
        stolen["content"] = json!("<p>put into his mouth</p>");
        elsewhere.publish_at(&format!("{}/stolen", elsewhere.url), &stolen);
        assert_eq!(verdict(&node, &format!("{}/stolen", elsewhere.url)).await.0, "published");
        assert!(node.thread(&post).await[0].1.contains("bob says 1"));
        let mut forged = eve.note(2, post.ap_id.as_str());
        forged["attributedTo"] = json!(bob.id);
        elsewhere.publish(&forged);
        assert_eq!(verdict(&node, id(&forged)).await, ("ignored".into(), "no_comment".into()));
        assert_eq!(node.numbers(&post).await.len(), 1);
    }

    async fn the_chain_above_a_reply_is_looked_up_with_it(node: TestNode) {
        let ((there, bob), elsewhere) = (world(&node).await, node.neighbour().await);
        let carol = elsewhere.person("carol");
        let post = node.publish("Talk").await;
        let first = carol.note(1, post.ap_id.as_str());
        let second = bob.note(2, id(&first));
        let third = carol.note(3, id(&second));
        elsewhere.publish(&first);
        there.publish(&second);
        elsewhere.publish(&third);
        let answer = ask(&node, id(&third)).await.json();
        assert_eq!(answer["verdict"], "published", "{answer}");
        assert_eq!(node.numbers(&post).await, ["1", "1.1", "1.1.1"]);
    }

    async fn a_reply_waits_for_what_it_answers_and_is_looked_up_again(node: TestNode) {
        let ((there, bob), elsewhere) = (world(&node).await, node.neighbour().await);
        let carol = elsewhere.person("carol");
        let post = node.publish("Talk").await;
        let first = carol.note(1, post.ap_id.as_str());
        let second = bob.note(2, id(&first));
        there.publish(&second);
        elsewhere.publish(&first);
        elsewhere.fail(id(&first), Fault::Status(503));
        assert_eq!(verdict(&node, id(&second)).await.0, "waiting");
        elsewhere.heal(id(&first));
        assert_eq!(verdict(&node, id(&second)).await.0, "waiting", "asked again at once");
        node.advance_secs(61);
        assert_eq!(verdict(&node, id(&second)).await.0, "published");
        assert_eq!(node.numbers(&post).await, ["1", "1.1"]);
    }

    async fn what_is_of_no_use_here_is_said_and_not_kept(node: TestNode) {
        let (there, bob) = world(&node).await;
        let post = node.publish("Talk").await;
        let secret = bob.note_to(1, post.ap_id.as_str(), node.alice());
        let mut astray = bob.note(2, "");
        astray["inReplyTo"] = json!(null);
        let far = bob.note(3, id(&astray));
        for note in [&secret, &astray, &far] {
            there.publish(note);
        }
        let broken = bob.note(4, post.ap_id.as_str());
        there.fail(id(&broken), Fault::Status(500));
        let plain = page_at(&there, "/plain", "");
        for (address, word, code) in [
            (id(&secret), "private", ""),
            (id(&astray), "ignored", "nothing_of_ours"),
            (id(&far), "ignored", "nothing_of_ours"),
            (&bob.id, "ignored", "no_comment"),
            (&bob.at("/notes/99"), "unknown", "not_found"),
            (id(&broken), "unknown", "unreachable"),
            (&plain, "unknown", "no_document"),
            ("https://blog.example/nothing", "unknown", "own_host"),
        ] {
            assert_eq!(verdict(&node, address).await, (word.into(), code.into()), "{address}");
        }
        node.drain().await;
        assert!(node.numbers(&post).await.is_empty());
        assert_eq!((node.parked().await, node.jobs().await), (0, 0));
    }

    async fn a_reply_that_was_refused_is_taken_from_where_it_lives(node: TestNode) {
        let (there, bob) = world(&node).await;
        let post = node.publish("Talk").await;
        let note = bob.note(1, post.ap_id.as_str());
        node.receive(&bob.create(&note).flawed(Flaw::OtherKey)).await;
        let answer = ask(&node, id(&note)).await.json();
        assert_eq!((&answer["verdict"], &answer["code"]), (&json!("refused"), &json!("signature_mismatch")));
        assert_eq!(answer["reason"], "it was refused: the message's signature is wrong");
        there.publish(&note);
        node.advance_secs(61);
        assert_eq!(verdict(&node, id(&note)).await.0, "published");
    }

    async fn an_address_is_looked_up_once_a_minute(node: TestNode) {
        let (there, bob) = world(&node).await;
        let note = bob.note(1, "https://blog.example/ap/posts/77");
        for _ in 0..5 {
            verdict(&node, id(&note)).await;
        }
        assert_eq!(there.requests_for(id(&note)), 1);
        node.advance_secs(61);
        verdict(&node, id(&note)).await;
        assert_eq!(there.requests_for(id(&note)), 2);
    }

    async fn few_are_looked_up_at_once(node: TestNode) {
        let (there, bob) = world(&node).await;
        let addresses: Vec<String> = (0..9).map(|number| bob.at(&format!("/notes/{number}"))).collect();
        for address in &addresses {
            there.fail(address, Fault::Hang);
        }
        let router = server::router(Arc::clone(&node.fed));
        let looking: Vec<_> = addresses[..8].iter().map(|address| {
            let request = Request::get(format!("/replies?url={}", encoded(address)));
            tokio::spawn(router.clone().oneshot(request.body(Body::empty()).unwrap()))
        }).collect();
        until("all are asked", async || {
            let asked = addresses.iter().map(|address| there.requests_for(address)).sum::<usize>();
            (asked == 8).then_some(())
        }).await;
        assert_eq!(ask(&node, &addresses[8]).await.status, 429);
        assert_eq!(page(&node, &addresses[8]).await.status, 429);
        assert_eq!(there.requests_for(&addresses[8]), 0);
        for one in looking {
            one.abort();
        }
        there.heal(&addresses[8]);
        until("there is room again", async || {
            (ask(&node, &addresses[8]).await.status == 200).then_some(())
        }).await;
    }

    async fn a_blocked_server_is_not_looked_at(node: TestNode) {
        let (there, bob) = world(&node).await;
        let note = bob.note(1, "https://blog.example/ap/posts/77");
        there.publish(&note);
        node.block(there.host()).await;
        assert_eq!(verdict(&node, id(&note)).await, ("blocked".into(), String::new()));
        assert_eq!(there.requests_for(id(&note)), 0);
    }

    async fn the_page_says_what_became_of_a_reply(db: TestDb) {
        let node = TestNode::quiet(TestApp::builder().moderation(Moderation::Known), db).await;
        let (there, bob) = world(&node).await;
        let (carol, dave) = (there.person("carol"), there.person("dave"));
        let post = node.publish("Talk").await;
        let here = bob.note(1, post.ap_id.as_str());
        let first = node.accept_reply(&bob, &here).await;
        says(&node, id(&here), &["everybody’s first reply", "22 November 2026, 12:00 UTC"]).await;
        let held = page(&node, id(&here)).await.text;
        assert!(!held.contains("bob says") && !held.contains("@bob@"), "{held}");
        node.decide(&first, antiphon::domain::visibility::CommentStatus::Published).await;
        let place = format!("href=\"{}/comments/1#comment-1\"", post.url);
        says(&node, id(&here), &["Your reply is here.", &place, "name=\"robots\" content=\"noindex\""]).await;

        let refused = carol.note(2, post.ap_id.as_str());
        node.receive(&carol.create(&refused).flawed(Flaw::Unsigned)).await;
        says(&node, id(&refused), &["was refused", "The signature of the message", "<code>signature_missing</code>"]).await;
        let secret = dave.note_to(3, post.ap_id.as_str(), node.alice());
        node.accept(&dave.create(&secret)).await;
        says(&node, id(&secret), &["Your reply is not public"]).await;
        let lost = bob.note(4, &carol.at("/notes/77"));
        node.accept(&bob.create(&lost)).await;
        says(&node, id(&lost), &["waits for what it answers"]).await;
        let never = bob.note(5, post.ap_id.as_str());
        says(&node, id(&never), &["never came here", "Its server does not show it"]).await;
        let late = bob.note(6, post.ap_id.as_str());
        there.publish(&late);
        says(&node, id(&late), &["Your reply is here.", "#comment-2"]).await;
        says(&node, "https://blog.example/about", &["an address of this blog"]).await;
        for status in [antiphon::domain::visibility::CommentStatus::Spam, antiphon::domain::visibility::CommentStatus::Trash] {
            node.decide(&first, status).await;
            says(&node, id(&here), &["was removed"]).await;
        }
        node.accept(&bob.tell("Delete", id(&late))).await;
        says(&node, id(&late), &["deleted by its author"]).await;
        node.block(there.host()).await;
        says(&node, id(&never), &["nothing to do with that server"]).await;
    }

    async fn the_page_asks_and_says_what_is_no_address(node: TestNode) {
        let post = node.publish("Talk").await;
        let blank = node.get_as("/replies", "text/html").await;
        assert_eq!(blank.status, 200);
        for part in ["<h1>Where is my reply?</h1>", "<label for=\"url\">", "method=\"get\" action=\"/replies\"", "noindex"] {
            assert!(blank.text.contains(part), "{part}");
        }
        assert!(!blank.text.contains("class=\"fate\""));
        for bad in ["nonsense", "ftp://far.example/1", "https://a b/", "https://far.example/\0", "javascript:alert(1)"] {
            let answer = page(&node, bad).await;
            assert_eq!(answer.status, 400, "{bad}");
            assert!(answer.text.contains("This is no web address"), "{bad}");
        }
        let long = format!("https://far.example/{}", "x".repeat(3_000));
        assert_eq!(page(&node, &long).await.status, 400);
        let shown = page(&node, "\"><script>alert(1)</script>").await;
        assert!(!shown.text.contains("<script>"));
        for path in [post.url.as_str(), "/", "/about"] {
            let text = node.get_as(path, "text/html").await.text;
            assert!(text.contains("/replies\">Where is my reply?</a>"), "{path}");
        }
    }

    async fn the_page_works_in_secure_mode_and_in_every_language(db: TestDb) {
        let builder = TestApp::builder().configure(secure).language("de");
        let node = TestNode::quiet(builder, db).await;
        let (there, bob) = world(&node).await;
        let post = node.publish("Talk").await;
        let note = bob.note(1, post.ap_id.as_str());
        there.publish(&note);
        says(&node, id(&note), &["Wo ist meine Antwort?", "Deine Antwort ist hier.", "Im Gespräch lesen"]).await;
    }
}
