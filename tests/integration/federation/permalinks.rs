//! Permalinks as other servers meet them: the same address gives a page or a document, former addresses still name the post.

use std::sync::Arc;

use antiphon::app::App;
use antiphon::domain::post::{self, Edit};
use antiphon::federation::Federation;
use antiphon::text::permalink::Pattern;
use antiphon::{server, worker};
use axum::body::Body;
use http::{Request, StatusCode};
use tower::ServiceExt;

use crate::support::{TestApp, TestDb, TestNode, both_databases};

const JSON: &str = "application/activity+json";

async fn dated(db: TestDb) -> TestNode {
    let builder = TestApp::builder().configure(|config| {
        config.site.permalinks = Pattern::parse("/%year%/%monthnum%/%postname%/").unwrap();
    });
    TestNode::quiet(builder, db).await
}

async fn rename(node: &TestNode, post: &post::Post, slug: &str) -> post::Post {
    node.advance_secs(1);
    let edit = Edit {
        slug: Some(slug.into()),
        ..Edit::default()
    };
    post::edit(node.app(), &node.test.alice, post.id, edit)
        .await
        .unwrap()
        .post
}

both_databases! {
    async fn a_permalink_gives_a_page_or_a_document(db: TestDb) {
        let node = dated(db).await;
        let post = node.publish("Bread").await;
        let here = "https://blog.example/2026/11/bread/";
        let document = node.get(here).await;
        assert_eq!((document.status, document.header("vary")), (StatusCode::OK, "Accept"));
        let document = document.json();
        assert_eq!((document["id"].as_str(), document["url"].as_str()), (Some(post.ap_id.as_str()), Some(here)));
        let page = node.get_as(here, "text/html").await;
        assert_eq!((page.status, page.header("vary")), (StatusCode::OK, "Accept, Accept-Language, Cookie"));
        for accept in [JSON, "text/html"] {
            let moved = node.get_as("/posts/bread", accept).await;
            assert_eq!((moved.status, moved.header("location")), (StatusCode::MOVED_PERMANENTLY, here), "{accept}");
        }
        let nothing = node.get("/2026/11/cake/").await;
        assert_eq!(nothing.status, StatusCode::NOT_FOUND);
        let from_id = node.get_as(post.ap_id.as_str(), "text/html").await;
        assert_eq!(from_id.header("location"), here);
        post::delete(node.app(), &node.test.alice, post.id).await.unwrap();
        assert_eq!(node.get(here).await.status, StatusCode::GONE);
        assert_eq!(node.get_as(here, "text/html").await.status, StatusCode::GONE);
    }

    async fn a_reply_to_any_address_that_a_post_had_finds_it(db: TestDb) {
        let node = dated(db).await;
        let there = node.neighbour().await;
        let bob = there.person("bob");
        let post = node.publish("Bread").await;
        let moved = rename(&node, &post, "sourdough").await;
        let addresses = [post.url.as_str(), moved.url.as_str(), "https://blog.example/posts/bread", "https://blog.example/posts/sourdough", "https://blog.example/2026/11/bread"];
        for (number, address) in (1..).zip(addresses) {
            let comment = node.accept_reply(&bob, &bob.note(number, address)).await;
            assert_eq!(comment.post_id, post.id, "{address}");
        }
        assert_eq!(node.numbers(&moved).await.len(), addresses.len());
    }

    async fn another_pattern_moves_every_post_and_the_old_addresses_lead_on(node: TestNode) {
        let mut posts = Vec::new();
        for number in 0..5 {
            posts.push(node.publish(&format!("Bread {number}")).await);
        }
        let deleted = posts.pop().unwrap();
        post::delete(node.app(), &node.test.alice, deleted.id).await.unwrap();
        node.drain().await;
        let patterns = ["/%year%/%monthnum%/%postname%/", "/%postname%.html", "/posts/%postname%"];
        let mut former = vec!["https://blog.example/posts/bread-1".to_owned()];
        for pattern in patterns {
            let mut config = node.app().config.clone();
            config.site.permalinks = Pattern::parse(pattern).unwrap();
            let app = App::open(config, node.app().clock.clone(), node.app().http.clone()).await.unwrap();
            post::follow_pattern(&app).await.unwrap();
            let fed = Federation::new(Arc::clone(&app)).await.unwrap();
            worker::drain(&fed).await.unwrap();
            post::follow_pattern(&app).await.unwrap();
            assert_eq!(node.jobs().await, 0, "once is enough");
            let (ids, gone) = (posts[1].id, deleted.id);
            let now = app.db.read(move |conn| Ok((post::get(conn, ids)?.url, post::get(conn, gone)?.url)));
            let (url, deleted_at) = now.await.unwrap();
            assert_eq!(deleted_at, deleted.url, "what is gone is gone where it stood");
            let ask = async |address: &str| {
                let path = address.strip_prefix("https://blog.example").unwrap();
                let request = Request::get(path).body(Body::empty()).unwrap();
                server::router(Arc::clone(&fed)).oneshot(request).await.unwrap()
            };
            former.retain(|address| address != url.as_str());
            assert_eq!(ask(url.as_str()).await.status(), StatusCode::OK, "{url}");
            for old in &former {
                let answer = ask(old).await;
                assert_eq!(answer.status(), StatusCode::MOVED_PERMANENTLY, "{old}");
                assert_eq!(answer.headers()["location"], url.as_str(), "{old}");
            }
            former.push(url.into_string());
        }
        assert_eq!(former.len(), 3);
    }
}
