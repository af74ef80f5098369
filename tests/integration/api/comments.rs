//! The thread under a post, and one's own comments.

use antiphon::domain::account::Scope;
use antiphon::domain::visibility::CommentStatus;
use http::StatusCode;
use serde_json::{Value, json};

use super::{Caller, id, problem, remote_reply, set_status, stranger};
use crate::support::{TestApp, both_databases};

/// The completeness of a thread of which nothing is missing.
fn complete(here: usize) -> Value {
    json!({"here": here, "known": here, "missing": {"private": 0, "blocked": 0, "unreachable": 0, "pending": 0}})
}

both_databases! {
    async fn comments_are_nested_with_all_that_the_contract_names(app: TestApp) {
        let alice = Caller::with(&app, &[Scope::Write]).await;
        let post = id(&alice.publish("Talk").await);
        let carol = stranger(&app, "carol").await;
        let first = remote_reply(&app, &carol, post, None).await;
        let answer = alice
            .call("POST", &format!("/posts/{post}/comments"), json!({"content": "*Thanks*", "parent_id": first.to_string()}))
            .await;
        assert_eq!(answer.status, StatusCode::CREATED, "{answer:?}");
        let own = answer.json();
        let thread = alice.get(&format!("/posts/{post}/comments")).await.json();
        let page = "https://blog.example/posts/talk";
        assert_eq!(thread, json!({"total": 2, "comments": [{
            "id": first.to_string(),
            "parent_id": null,
            "number": "1",
            "author": {"name": "CAROL", "handle": "@carol@far.example",
                "url": "https://far.example/@carol", "avatar": null},
            "content": "<p>Well said</p>",
            "language": "en",
            "published_at": "2026-11-22T11:00:00Z",
            "updated_at": null,
            "status": "published",
            "ap_id": thread["comments"][0]["ap_id"],
            "url": thread["comments"][0]["url"],
            "anchor_url": format!("{page}/comments/1#comment-1"),
            "replies": [own],
        }], "completeness": complete(2)}));
        assert!(thread["comments"][0]["url"].as_str().unwrap().starts_with("https://far.example/@carol/"));
        assert_eq!(own["number"], "1.1");
        assert_eq!(own["parent_id"], first.to_string());
        assert_eq!(own["url"], format!("{page}/comments/1.1#comment-1.1"));
        assert_eq!(own["anchor_url"], own["url"]);
        assert!(own["content"].as_str().unwrap().contains("<em>Thanks</em>"));
    }

    async fn a_parent_may_be_named_by_a_number_and_must_stand_there(app: TestApp) {
        let alice = Caller::with(&app, &[Scope::Write]).await;
        let post = id(&alice.publish("Talk").await);
        let carol = stranger(&app, "carol").await;
        let reply = remote_reply(&app, &carol, post, None).await;
        let path = format!("/posts/{post}/comments");
        let answer = alice.call("POST", &path, json!({"content": "a", "parent_id": reply})).await;
        assert_eq!(answer.json()["number"], "1.1");
        set_status(&app, reply, CommentStatus::Held).await;
        let held = alice.call("POST", &path, json!({"content": "a", "parent_id": reply})).await;
        assert!(problem(&held, 422)["errors"]["parent_id"].is_string());
        problem(&alice.call("POST", "/posts/1/comments", json!({"content": "a"})).await, 404);
    }

    async fn own_comments_are_edited_and_deleted_and_others_are_not(app: TestApp) {
        let alice = Caller::with(&app, &[Scope::Write]).await;
        let post = id(&alice.publish("Talk").await);
        let thread = format!("/posts/{post}/comments");
        let own = id(&alice.call("POST", &thread, json!({"content": "One"})).await.json());
        app.advance_secs(60);
        let edited = alice.call("PATCH", &format!("/comments/{own}"), json!({"content": "Two"})).await.json();
        assert_eq!(edited["updated_at"], "2026-11-22T12:01:00Z");
        assert!(edited["content"].as_str().unwrap().contains("Two"));
        let deleted = alice.call("DELETE", &format!("/comments/{own}"), Value::Null).await;
        assert_eq!(deleted.status, StatusCode::NO_CONTENT);
        assert_eq!(alice.get(&thread).await.json(), json!({"total": 0, "comments": [], "completeness": complete(0)}));
        let carol = stranger(&app, "carol").await;
        let theirs = format!("/comments/{}", remote_reply(&app, &carol, post, None).await);
        problem(&alice.call("PATCH", &theirs, json!({"content": "x"})).await, 404);
        problem(&alice.call("DELETE", &theirs, Value::Null).await, 404);
    }

    async fn a_deleted_comment_keeps_an_empty_place_above_its_answers(app: TestApp) {
        let alice = Caller::with(&app, &[Scope::Write]).await;
        let post = id(&alice.publish("Talk").await);
        let thread = format!("/posts/{post}/comments");
        let own = id(&alice.call("POST", &thread, json!({"content": "Secret"})).await.json());
        let carol = stranger(&app, "carol").await;
        remote_reply(&app, &carol, post, Some(own)).await;
        alice.call("DELETE", &format!("/comments/{own}"), Value::Null).await;
        let answer = alice.get(&thread).await.json();
        assert_eq!(answer["total"], 1);
        let place = &answer["comments"][0];
        assert_eq!((place["status"].as_str(), place["content"].as_str()), (Some("deleted"), Some("")));
        assert_eq!(place["author"]["handle"], "");
        assert_eq!(place["replies"][0]["number"], "1.1");
    }

    async fn a_thread_of_any_depth_is_answered(app: TestApp) {
        let alice = Caller::with(&app, &[Scope::Write]).await;
        let post = id(&alice.publish("Talk").await);
        let carol = stranger(&app, "carol").await;
        let mut parent = None;
        for _ in 0..110 {
            parent = Some(remote_reply(&app, &carol, post, parent).await);
        }
        let answer = alice.get(&format!("/posts/{post}/comments")).await;
        assert!(answer.text.starts_with("{\"total\":110,"));
        // A hundred levels of filled replies below the first; the last ten stand side by side, all leaves.
        assert_eq!(answer.text.matches("\"replies\":[{").count(), 100);
        assert_eq!(answer.text.matches("\"replies\":[]").count(), 10);
    }
}
