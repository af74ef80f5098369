//! Free pages over REST, and where posts are filed.

use antiphon::domain::account::Scope;
use http::StatusCode;
use serde_json::{Value, json};

use super::{Caller, id, problem};
use crate::support::{TestApp, both_databases};

both_databases! {
    async fn a_page_is_made_changed_listed_and_deleted(app: TestApp) {
        let alice = Caller::with(&app, &[Scope::Write]).await;
        let made = alice.call("POST", "/pages", json!({"title": "Imprint", "content": "*Alice*"})).await;
        assert_eq!(made.status, StatusCode::CREATED, "{made:?}");
        let page = made.json();
        let path = format!("/pages/{}", id(&page));
        assert_eq!(made.header("location"), format!("/api/antiphon/v1{path}"));
        assert_eq!(page["url"], "https://blog.example/imprint");
        assert!(page["html"].as_str().unwrap().contains("<em>Alice</em>"));
        assert_eq!(alice.get(&path).await.json(), page);
        let changed = alice.call("PATCH", &path, json!({"slug": "impressum", "language": "de"})).await.json();
        assert_eq!((changed["slug"].as_str(), changed["language"].as_str()), (Some("impressum"), Some("de")));
        let listed = alice.get("/pages").await.json();
        assert_eq!(listed, json!({"pages": [changed], "next": null}));
        assert_eq!(alice.call("DELETE", &path, Value::Null).await.status, StatusCode::NO_CONTENT);
        problem(&alice.get(&path).await, 410);
        assert_eq!(alice.get("/pages").await.json()["pages"], json!([]));
    }

    async fn what_is_wrong_with_a_page_is_named(app: TestApp) {
        let alice = Caller::with(&app, &[Scope::Write]).await;
        for (body, field) in [
            (json!({"title": "", "content": "x"}), "title"),
            (json!({"title": "x", "content": " "}), "content"),
            (json!({"title": "x", "content": "x", "slug": "A b"}), "slug"),
            (json!({"title": "x", "content": "x", "slug": "api"}), "slug"),
            (json!({"title": "x", "content": "x", "language": "??"}), "language"),
        ] {
            let refused = problem(&alice.call("POST", "/pages", body.clone()).await, 422);
            assert!(refused["errors"].get(field).is_some(), "{body}: {refused}");
        }
        let reader = Caller::with(&app, &[Scope::Read]).await;
        problem(&reader.call("POST", "/pages", json!({"title": "x", "content": "x"})).await, 403);
        problem(&alice.get("/pages/77").await, 404);
    }

    async fn a_post_is_filed_and_what_is_wrong_is_named(app: TestApp) {
        let alice = Caller::with(&app, &[Scope::Write]).await;
        let body = json!({"title": "x", "content": "x", "categories": ["Music/Choir", "Travel"], "series": "Psalms"});
        let post = alice.call("POST", "/posts", body).await.json();
        assert_eq!(post["categories"], json!(["Music/Choir", "Travel"]));
        assert_eq!((post["series"].as_str(), post["series_part"].as_i64()), (Some("Psalms"), Some(1)));
        let path = format!("/posts/{}", id(&post));
        app.advance_secs(1);
        let changed = alice.call("PATCH", &path, json!({"categories": ["Travel"], "series": null})).await.json();
        assert_eq!((&changed["categories"], &changed["series"]), (&json!(["Travel"]), &Value::Null));
        for (change, field) in [
            (json!({"categories": ["a//b"]}), "categories"),
            (json!({"series_part": 2}), "series_part"),
            (json!({"series": "x", "series_part": 0}), "series_part"),
        ] {
            let refused = problem(&alice.call("PATCH", &path, change.clone()).await, 422);
            assert!(refused["errors"].get(field).is_some(), "{change}: {refused}");
        }
        app.advance_secs(1);
        let moved = alice.call("PATCH", &path, json!({"slug": "another"})).await.json();
        assert_eq!(moved["url"], "https://blog.example/posts/another");
    }
}
