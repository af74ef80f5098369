//! The way from a button here to a reader's own server, whatever that server answers.

use std::time::Duration;

use http::StatusCode;
use serde_json::{Value, json};

use crate::support::{Answer, FakeInstance, Fault, TestApp, TestDb, TestNode, both_databases};

const SUBSCRIBE: &str = "http://ostatus.org/schema/1.0/subscribe";
const INTENTS: &str = "https://w3id.org/fep/3b86/";

fn encoded(text: &str) -> String {
    url::form_urlencoded::byte_serialize(text.as_bytes()).collect()
}

async fn interact(node: &TestNode, act: &str, id: &str, server: &str) -> Answer {
    let address = format!(
        "/interact?do={act}&id={}&server={}",
        encoded(id),
        encoded(server)
    );
    node.get_as(&address, "text/html").await
}

/// Where the page sends one; None when it does not.
fn way(page: &Answer) -> Option<String> {
    let link = page.text.split("<a class=\"go button\" href=\"").nth(1)?;
    Some(link.split('"').next()?.replace("&#38;", "&"))
}

/// What a server says of somebody.
fn says(there: &FakeInstance, resource: &str, links: &[(&str, String)]) {
    let links: Vec<Value> = links
        .iter()
        .map(|(rel, template)| json!({ "rel": rel, "template": template }))
        .collect();
    let path = format!("/.well-known/webfinger?resource={}", encoded(resource));
    there.publish_at(&path, &json!({ "subject": resource, "links": links }));
}

both_databases! {
    async fn the_fitting_way_is_found_and_shown_before_anybody_goes(node: TestNode) {
        let there = node.neighbour().await;
        let post = node.publish("Psalm").await;
        let bob = there.person("bob");
        let note = bob.note(1, post.ap_id.as_str());
        let comment = node.accept_reply(&bob, &note).await;
        let (host, url) = (there.host(), &there.url);
        says(&there, &format!("acct:bob@{host}"), &[
            (SUBSCRIBE, format!("{url}/subscribe?uri={{uri}}")),
            ("https://w3id.org/fep/3b86/Object", format!("{url}/open?o={{object}}&s={{on-success}}")),
            ("https://w3id.org/fep/3b86/Like", format!("{url}/like?o={{object}}")),
            ("https://w3id.org/fep/3b86/Create", format!("{url}/share?text={{content}}")),
        ]);
        let handle = format!("@bob@{host}");
        let id = encoded(post.ap_id.as_str());
        let like = interact(&node, "like", "psalm", &handle).await;
        assert_eq!(like.status, StatusCode::OK);
        assert_eq!(way(&like), Some(format!("{url}/like?o={id}")));
        assert!(like.text.contains("rel=\"noopener noreferrer nofollow external\""));
        assert!(like.text.contains(&format!("Continue at {host}")) && !like.text.contains("Take care"));
        assert!(!like.text.contains("does not say where its way is"));
        assert_eq!(like.header("cache-control"), "no-store");
        assert!(like.headers.get("set-cookie").is_none() && like.headers.get("location").is_none());
        // A share form without a place for what is answered is no way to answer.
        let reply = interact(&node, "reply", "psalm/1", &handle).await;
        assert_eq!(way(&reply), Some(format!("{url}/open?o={}&s=", encoded(comment.ap_id.as_str()))));
        let follow = interact(&node, "follow", "psalm/1", &handle).await;
        assert_eq!(way(&follow), Some(format!("{url}/open?o={}&s=", encoded(&bob.id))));
        for ours in ["psalm", "@alice"] {
            let follow = interact(&node, "follow", ours, &handle).await;
            assert_eq!(way(&follow), Some(format!("{url}/open?o={}&s=", encoded(node.alice()))));
        }
        says(&there, &format!("https://{host}"), &[(SUBSCRIBE, format!("{url}/subscribe?uri={{uri}}"))]);
        let boost = interact(&node, "boost", "psalm", host).await;
        assert_eq!(way(&boost), Some(format!("{url}/subscribe?uri={id}")));
        assert_eq!(node.jobs_but_readings().await, 0);
    }

    async fn a_server_that_names_no_way_gets_the_usual_one(node: TestNode) {
        let there = node.neighbour().await;
        let post = node.publish("Psalm").await;
        let usual = format!("{}/authorize_interaction?uri={}", there.url, encoded(post.ap_id.as_str()));
        // It answers 404 for itself.
        let guessed = interact(&node, "reply", "psalm", there.host()).await;
        assert_eq!(way(&guessed), Some(usual.clone()));
        assert!(guessed.text.contains("does not say where its way is"));
        there.person("bob");
        let handle = format!("bob@{}", there.host());
        assert_eq!(way(&interact(&node, "reply", "psalm", &handle).await), Some(usual.clone()));
        let path = format!("/.well-known/webfinger?resource={}", encoded(&format!("acct:{handle}")));
        for junk in [json!([]), json!({ "links": 7 }), json!({ "links": [{ "rel": SUBSCRIBE, "template": {} }, null] })] {
            there.publish_at(&path, &junk);
            assert_eq!(way(&interact(&node, "reply", "psalm", &handle).await), Some(usual.clone()), "{junk}");
        }
    }

    async fn a_template_that_is_no_web_address_is_never_a_link(node: TestNode) {
        let there = node.neighbour().await;
        let post = node.publish("Psalm").await;
        let resource = format!("acct:eve@{}", there.host());
        let usual = format!("{}/authorize_interaction?uri={}", there.url, encoded(post.ap_id.as_str()));
        for template in [
            "javascript:alert('{uri}')",
            "JavaScript:alert('{uri}')",
            "java\tscript:alert('{uri}')",
            "data:text/html,<script>{uri}</script>",
            "vbscript:{uri}",
            "//evil.example/?{uri}",
            "/relative?{uri}",
            "https://m.example@evil.example/{uri}",
            "https://{uri}",
            "https://evil.example/without-a-place",
            "ftp://evil.example/{uri}",
            "\"><script>alert(1)</script>{uri}",
        ] {
            says(&there, &resource, &[(SUBSCRIBE, template.into()), ("https://w3id.org/fep/3b86/Object", template.into())]);
            let page = interact(&node, "reply", "psalm", &resource).await;
            assert_eq!(way(&page), Some(usual.clone()), "{template}");
            assert!(!page.text.contains("alert(1)") && !page.text.contains("evil.example"), "{template}");
        }
        // Anybody's http is no web address but this machine's, which the test opens.
        says(&there, &resource, &[(SUBSCRIBE, "http://evil.example/{uri}".into())]);
        let page = interact(&node, "reply", "psalm", &resource).await;
        assert_eq!(way(&page), Some(usual));
    }

    async fn a_way_to_another_site_is_shown_with_a_warning(node: TestNode) {
        let there = node.neighbour().await;
        node.publish("Psalm").await;
        let resource = format!("acct:bob@{}", there.host());
        says(&there, &resource, &[(SUBSCRIBE, "https://other.example/i?uri={uri}".into())]);
        let page = interact(&node, "reply", "psalm", &resource).await;
        assert!(way(&page).unwrap().starts_with("https://other.example/i?uri=https%3A%2F%2F"));
        assert!(page.text.contains("Take care: your server sends you on to another site, other.example."), "{}", page.text);
        node.block("other.example").await;
        let blocked = interact(&node, "reply", "psalm", &resource).await;
        assert_eq!((blocked.status, way(&blocked)), (StatusCode::FORBIDDEN, None));
    }

    async fn every_server_that_fails_gets_words_and_the_address_to_copy(node: TestNode) {
        let there = node.neighbour().await;
        let post = node.publish("Psalm").await;
        let handle = format!("@bob@{}", there.host());
        let finger = format!("/.well-known/webfinger?resource={}", encoded(&format!("acct:bob@{}", there.host())));
        let fails = async |server: &str, status: u16, words: &str| {
            let page = interact(&node, "reply", "psalm", server).await;
            assert_eq!(page.status.as_u16(), status, "{server} {}", page.text);
            assert!(page.text.contains(words) && way(&page).is_none(), "{server}: {}", page.text);
            assert!(page.text.contains(&format!("readonly value=\"{}\"", post.ap_id)), "{server}");
            assert!(page.text.contains("role=\"alert\""), "{server}");
        };
        fails(&handle, 404, "knows nobody of this name").await;
        for junk in ["bob", "@", "javascript:alert(1)", "ftp://m.example/", "a b", "@bob@", "m.example\u{0}", &"x".repeat(3000)] {
            fails(junk, 400, "neither a handle nor a server").await;
        }
        fails("blog.example", 400, "the site you are on").await;
        fails("@alice@BLOG.example", 400, "the site you are on").await;
        node.block("blocked.example").await;
        for server in ["blocked.example", "@a@sub.blocked.example", "https://blocked.example/@a"] {
            fails(server, 403, "does not talk to that server").await;
        }
        let unwell = [
            Fault::Endless,
            Fault::Status(500),
            Fault::Redirect("http://127.0.0.1:1/".into()),
            Fault::Redirect("http://[::1]/x".into()),
            Fault::Redirect("file:///etc/passwd".into()),
        ];
        for fault in unwell {
            there.fail(&finger, fault);
            fails(&handle, 502, "does not answer as it should").await;
            node.advance_secs(3600);
        }
    }

    async fn a_closed_node_asks_nobody_on_its_own_machine(db: TestDb) {
        let builder = TestApp::builder().configure(|config| {
            config.federation.allow_loopback = false;
            config.federation.allow_http = false;
        });
        let node = TestNode::quiet(builder, db).await;
        node.publish("Psalm").await;
        for server in ["127.0.0.1", "[::1]", "localhost", "10.0.0.1", "169.254.169.254", "@a@0x7f.1"] {
            let page = interact(&node, "reply", "psalm", server).await;
            assert!(matches!(page.status.as_u16(), 400 | 502), "{server} {}", page.status);
            assert_eq!(way(&page), None, "{server}");
        }
    }

    async fn only_what_everybody_may_see_can_be_acted_on(node: TestNode) {
        let there = node.neighbour().await;
        let post = node.publish("Psalm").await;
        let bob = there.person("bob");
        let note = bob.note(1, post.ap_id.as_str());
        let comment = node.accept_reply(&bob, &note).await;
        assert_eq!(node.get_as("/interact?do=reply&id=psalm/1", "text/html").await.status, 200);
        node.decide(&comment, antiphon::domain::visibility::CommentStatus::Held).await;
        for id in ["psalm/1", "psalm/9", "nothing", "@nobody", "", "psalm/c1", "%00", "psalm/%FF", &"a".repeat(2000)] {
            let page = node.get_as(&format!("/interact?do=like&id={id}"), "text/html").await;
            assert_eq!(page.status, 404, "{id}");
            assert!(page.text.contains("</html>"), "{id}");
        }
        assert_eq!(node.get_as("/interact", "text/html").await.status, 404);
        // A person is not answered.
        assert_eq!(node.get_as("/interact?do=reply&id=@alice", "text/html").await.status, 403);
        let title = "<img src=x onerror=alert(1)>";
        let shown = node.get_as(&format!("/interact?do=follow&id=psalm&server={}", encoded(title)), "text/html").await;
        assert!(!shown.text.contains("<img src=x"), "{}", shown.text);
    }

    async fn somebody_who_asks_too_often_must_wait(db: TestDb) {
        let builder = TestApp::builder().configure(|config| config.limits.guess = 2);
        let mut node = TestNode::start(builder, db).await;
        node.publish("Psalm").await;
        let url = &node.app().config.site.url;
        let client = crate::support::bare_client();
        let limits = antiphon::http::Limits { bytes: 1024 * 1024, deadline: Duration::from_secs(30) };
        let mut statuses = Vec::new();
        for rest in ["&server=x", "&s%65rver=x", "&server=x", ""] {
            let address = format!("{url}/interact?do=reply&id=psalm{rest}").parse().unwrap();
            let reply = client.get(&address, http::HeaderMap::new(), limits).await.unwrap();
            statuses.push(reply.status.as_u16());
        }
        assert_eq!(statuses, [400, 400, 429, 200]);
        node.stop().await;
    }

    async fn ways_here_are_offered_only_for_those_who_can_log_in(db: TestDb) {
        let node = TestNode::quiet(TestApp::builder().password("open sesame"), db).await;
        node.test.account("dora").await;
        let links = async |name: &str| {
            let answer = node.get_as(&format!("/.well-known/webfinger?resource=acct:{name}@blog.example"), "*/*").await;
            let links = answer.json()["links"].as_array().unwrap().clone();
            links.into_iter().filter(|link| link.get("template").is_some()).collect::<Vec<_>>()
        };
        let offered = links("alice").await;
        let template = |rel: &str| {
            let link = offered.iter().find(|link| link["rel"] == rel);
            link.map(|link| link["template"].as_str().unwrap().to_owned())
        };
        assert_eq!(template(SUBSCRIBE).as_deref(), Some("https://blog.example/authorize_interaction?uri={uri}"));
        let like = "https://blog.example/authorize_interaction?do=like&uri={object}";
        assert_eq!(template(&format!("{INTENTS}Like")).as_deref(), Some(like));
        assert_eq!(template(&format!("{INTENTS}Create")).as_deref(), Some("https://blog.example/share?text={content}"));
        assert_eq!(offered.len(), 6);
        assert!(links("dora").await.is_empty() && links("instance.actor").await.is_empty());
    }
}
