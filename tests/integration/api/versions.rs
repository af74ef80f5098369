//! Earlier texts of comments, and closing a post's comments.

use antiphon::domain::account::Scope;
use http::StatusCode;
use serde_json::{Value, json};

use super::{Caller, id, problem, remote_reply, stranger};
use crate::support::{TestApp, TestDb, both_databases};

both_databases! {
    async fn the_earlier_texts_of_a_comment_are_for_moderators(app: TestApp) {
        let alice = Caller::with(&app, &[Scope::Write, Scope::Moderate]).await;
        let post = id(&alice.publish("Talk").await);
        let made = alice.call("POST", &format!("/posts/{post}/comments"), json!({"content": "First"})).await.json();
        let path = format!("/comments/{}/versions", id(&made));
        assert_eq!(alice.get(&path).await.json(), json!({"versions": []}));
        app.advance_secs(60);
        alice.call("PATCH", &format!("/comments/{}", id(&made)), json!({"content": "Second"})).await;
        let versions = alice.get(&path).await.json();
        assert_eq!(versions, json!({"versions": [{
            "content": versions["versions"][0]["content"], "language": "en",
            "written_at": "2026-11-22T12:00:00Z", "replaced_at": "2026-11-22T12:01:00Z",
        }]}));
        assert!(versions["versions"][0]["content"].as_str().unwrap().contains("First"));
        problem(&alice.get("/comments/1/versions").await, 404);
        problem(&alice.get("/comments/x/versions").await, 404);
        let writer = Caller::with(&app, &[Scope::Write]).await;
        problem(&writer.get(&path).await, 403);
    }

    async fn a_post_is_closed_and_opened_by_hand(app: TestApp) {
        let alice = Caller::with(&app, &[Scope::Write, Scope::Moderate]).await;
        let body = json!({"title": "Closed", "content": "Text", "comments": "closed"});
        let post = alice.call("POST", "/posts", body).await.json();
        assert_eq!((&post["comments"], &post["comments_closed"]), (&json!("closed"), &json!(true)));
        let path = format!("/posts/{}", id(&post));
        let carol = stranger(&app, "carol").await;
        let held = remote_reply(&app, &carol, id(&post), None).await;
        let under = alice.get(&format!("{path}/comments?status=held")).await.json();
        assert_eq!(under["comments"][0]["id"], held.to_string());
        let own = alice.call("POST", &format!("{path}/comments"), json!({"content": "Mine"})).await;
        assert_eq!(own.status, StatusCode::CREATED, "the writer still may");
        let opened = alice.call("PATCH", &path, json!({"comments": "open"})).await.json();
        assert_eq!((&opened["comments"], &opened["comments_closed"]), (&json!("open"), &json!(false)));
        let wrong = alice.call("PATCH", &path, json!({"comments": "never"})).await;
        assert!(problem(&wrong, 422)["errors"]["comments"].is_string());
    }

    async fn a_post_whose_days_are_over_is_closed_though_its_writer_never_said_so(db: TestDb) {
        let builder = TestApp::builder().configure(|config| config.discussion.close_after_days = 1);
        let app = builder.build(db).await;
        let alice = Caller::with(&app, &[Scope::Write]).await;
        let path = format!("/posts/{}", id(&alice.publish("Days").await));
        let shown = async || -> (Value, Value) {
            let post = alice.get(&path).await.json();
            (post["comments"].clone(), post["comments_closed"].clone())
        };
        assert_eq!(shown().await, (json!("open"), json!(false)));
        app.advance_secs(24 * 3600);
        assert_eq!(shown().await, (json!("open"), json!(true)));
    }
}
