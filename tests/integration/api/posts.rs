//! Writing posts.

use antiphon::domain::account::Scope;
use http::StatusCode;
use serde_json::{Value, json};

use super::{Caller, id, problem};
use crate::support::{TestApp, both_databases};

both_databases! {
    async fn a_published_post_has_all_that_the_contract_names(app: TestApp) {
        let alice = Caller::with(&app, &[Scope::Write]).await;
        let body = json!({
            "title": "Hello, world", "content": "Some *text*.", "summary": "Short",
            "tags": ["#rust", "Fediverse"], "language": "de",
        });
        let answer = alice.call("POST", "/posts", body).await;
        assert_eq!(answer.status, StatusCode::CREATED, "{answer:?}");
        let post = answer.json();
        let number = id(&post);
        assert_eq!(answer.header("location"), format!("/api/antiphon/v1/posts/{number}"));
        assert_eq!(post, json!({
            "id": number.to_string(),
            "url": "https://blog.example/posts/hello-world",
            "ap_id": format!("https://blog.example/ap/posts/{number}"),
            "title": "Hello, world",
            "slug": "hello-world",
            "status": "published",
            "published_at": "2026-11-22T12:00:00Z",
            "updated_at": null,
            "publish_at": null,
            "summary": "Short",
            "excerpt": "Some text.",
            "content": "Some *text*.",
            "html": post["html"],
            "language": "de",
            "tags": ["rust", "Fediverse"],
            "categories": [],
            "series": null,
            "series_part": null,
            "comments": "open",
            "comments_closed": false,
            "author": {"name": "alice", "handle": "@alice@blog.example",
                "url": "https://blog.example/@alice", "avatar": null},
        }));
        assert!(post["html"].as_str().unwrap().contains("<em>text</em>"));
        assert_eq!(alice.get(&format!("/posts/{number}")).await.json(), post);
    }

    async fn an_edit_changes_what_it_names_and_nothing_else(app: TestApp) {
        let alice = Caller::with(&app, &[Scope::Write]).await;
        let post = alice.publish("First").await;
        let path = format!("/posts/{}", id(&post));
        let same = alice.call("PATCH", &path, json!({})).await;
        assert_eq!(same.json(), post);
        app.advance_secs(60);
        let changed = alice.call("PATCH", &path, json!({"title": "Second", "summary": "S"})).await.json();
        assert_eq!(changed["title"], "Second");
        assert_eq!(changed["slug"], "first");
        assert_eq!(changed["content"], post["content"]);
        assert_eq!(changed["updated_at"], "2026-11-22T12:01:00Z");
        let cleared = alice.call("PATCH", &path, json!({"summary": null})).await.json();
        assert_eq!(cleared["summary"], Value::Null);
    }

    async fn a_moment_alone_makes_a_scheduled_post(app: TestApp) {
        let alice = Caller::with(&app, &[Scope::Write]).await;
        let body = json!({"title": "Later", "content": "x", "publish_at": "2026-12-01T09:00:00+01:00"});
        let post = alice.call("POST", "/posts", body).await.json();
        assert_eq!(post["status"], "scheduled");
        assert_eq!(post["publish_at"], "2026-12-01T08:00:00Z");
        assert_eq!(post["published_at"], Value::Null);
    }

    async fn posts_are_listed_newest_first_page_by_page(app: TestApp) {
        let alice = Caller::with(&app, &[Scope::Write]).await;
        for title in ["One", "Two", "Three"] {
            alice.publish(title).await;
        }
        alice.call("POST", "/posts", json!({"title": "Draft", "content": "x", "status": "draft"})).await;
        let titles = |page: &Value| -> Vec<String> {
            let posts = page["posts"].as_array().unwrap().iter();
            posts.map(|post| post["title"].as_str().unwrap().to_owned()).collect()
        };
        let first = alice.get("/posts?limit=2&status=published").await.json();
        assert_eq!(titles(&first), ["Three", "Two"]);
        let next = first["next"].as_str().unwrap();
        let second = alice.get(&format!("/posts?limit=2&status=published&before={next}")).await.json();
        assert_eq!(titles(&second), ["One"]);
        assert_eq!(second["next"], Value::Null);
        assert_eq!(titles(&alice.get("/posts?status=draft").await.json()), ["Draft"]);
        assert_eq!(titles(&alice.get("/posts").await.json()).len(), 4);
    }

    async fn a_deleted_post_is_gone_and_a_draft_leaves_nothing(app: TestApp) {
        let alice = Caller::with(&app, &[Scope::Write]).await;
        let path = format!("/posts/{}", id(&alice.publish("Bye").await));
        let answer = alice.call("DELETE", &path, Value::Null).await;
        assert_eq!((answer.status, answer.text.as_str()), (StatusCode::NO_CONTENT, ""));
        problem(&alice.get(&path).await, 410);
        problem(&alice.get(&format!("{path}/comments")).await, 410);
        let draft = json!({"title": "Draft", "content": "x", "status": "draft"});
        let path = format!("/posts/{}", id(&alice.call("POST", "/posts", draft).await.json()));
        alice.call("DELETE", &path, Value::Null).await;
        problem(&alice.get(&path).await, 404);
    }

    async fn what_the_domain_refuses_is_named_by_field(app: TestApp) {
        let alice = Caller::with(&app, &[Scope::Write]).await;
        let body = json!({"title": " ", "content": "", "language": "?", "tags": ["a b"]});
        let errors = problem(&alice.call("POST", "/posts", body).await, 422)["errors"].clone();
        let fields: Vec<&String> = errors.as_object().unwrap().keys().collect();
        assert_eq!(fields, ["content", "language", "tags", "title"]);
        let path = format!("/posts/{}", id(&alice.publish("Out").await));
        let back = alice.call("PATCH", &path, json!({"status": "draft"})).await;
        assert!(problem(&back, 422)["errors"]["status"].is_string());
    }

    async fn another_writers_post_is_not_found(app: TestApp) {
        let alice = Caller::with(&app, &[Scope::Write]).await;
        let path = format!("/posts/{}", id(&alice.publish("Mine").await));
        let bob = app.account("bob").await.0.id;
        let token = antiphon::domain::account::token::create(&app.app, bob, "t", &[Scope::Write]);
        let bob = Caller { app: &app, token: token.await.unwrap() };
        problem(&bob.get(&path).await, 404);
        problem(&bob.call("PATCH", &path, json!({"title": "x"})).await, 404);
        problem(&bob.call("DELETE", &path, Value::Null).await, 404);
        // Its comments stand in public.
        assert_eq!(bob.get(&format!("{path}/comments")).await.json()["total"], 0);
    }

    async fn deliveries_are_counted_and_dead_ones_sent_again(app: TestApp) {
        let alice = Caller::with(&app, &[Scope::Write]).await;
        let post = id(&alice.publish("Sent").await);
        let answer = alice.get(&format!("/deliveries?post={post}")).await;
        assert_eq!(answer.json(), json!({"delivered": 0, "waiting": 0, "retrying": 0, "dead": 0, "items": []}));
        let retried = alice.call("POST", &format!("/deliveries/retry?post={post}"), Value::Null).await;
        assert_eq!(retried.json(), json!({"retried": 0}));
        let everything = alice.call("POST", "/deliveries/retry", Value::Null).await;
        assert_eq!(everything.status, StatusCode::OK);
    }
}
