//! Deciding about comments.

use antiphon::config::Moderation;
use antiphon::domain::account::Scope;
use http::StatusCode;
use serde_json::{Value, json};

use super::{Caller, id, problem, remote_reply, stranger};
use crate::support::{TestApp, TestDb, both_databases};

both_databases! {
    async fn a_held_comment_is_listed_and_approved_into_the_thread(db: TestDb) {
        let app = TestApp::builder().moderation(Moderation::All).build(db).await;
        let alice = Caller::with(&app, &[Scope::Write, Scope::Moderate]).await;
        let post = id(&alice.publish("Talk").await);
        let carol = stranger(&app, "carol").await;
        let held = remote_reply(&app, &carol, post, None).await;
        let thread = format!("/posts/{post}/comments");
        assert_eq!(alice.get(&thread).await.json()["total"], 0);
        let queue = alice.get("/comments?status=held").await.json();
        assert_eq!(queue["comments"][0]["id"], held.to_string());
        assert_eq!(queue["comments"][0]["number"], Value::Null);
        assert_eq!(queue["next"], Value::Null);
        let under = alice.get(&format!("{thread}?status=held")).await.json();
        assert_eq!((&under["total"], &under["comments"]), (&json!(1), &queue["comments"]));
        let approved = alice.call("POST", &format!("/comments/{held}/approve"), Value::Null).await;
        assert_eq!(approved.status, StatusCode::OK);
        assert_eq!(approved.json()["number"], "1");
        assert_eq!(alice.get(&thread).await.json()["comments"], json!([approved.json()]));
    }

    async fn each_decision_is_taken_and_taken_back(app: TestApp) {
        let alice = Caller::with(&app, &[Scope::Write, Scope::Moderate]).await;
        let post = id(&alice.publish("Talk").await);
        let carol = stranger(&app, "carol").await;
        let comment = remote_reply(&app, &carol, post, None).await;
        for (verb, status) in [("spam", "spam"), ("trash", "trash"), ("hold", "held"), ("approve", "published")] {
            let decided = alice.call("POST", &format!("/comments/{comment}/{verb}"), Value::Null).await.json();
            assert_eq!(decided["status"], status);
            if status != "published" {
                let listed = alice.get(&format!("/comments?status={status}")).await.json();
                assert_eq!(listed["comments"][0]["id"], comment.to_string());
            }
        }
        problem(&alice.call("POST", "/comments/1/approve", Value::Null).await, 404);
    }

    async fn the_queue_is_given_page_by_page(db: TestDb) {
        let app = TestApp::builder().moderation(Moderation::All).build(db).await;
        let alice = Caller::with(&app, &[Scope::Write, Scope::Moderate]).await;
        let post = id(&alice.publish("Talk").await);
        let carol = stranger(&app, "carol").await;
        for _ in 0..3 {
            remote_reply(&app, &carol, post, None).await;
        }
        let first = alice.get("/comments?limit=2").await.json();
        let next = first["next"].as_str().unwrap();
        let second = alice.get(&format!("/comments?limit=2&before={next}")).await.json();
        assert_eq!(first["comments"].as_array().unwrap().len(), 2);
        assert_eq!(second["comments"].as_array().unwrap().len(), 1);
        assert_eq!(second["next"], Value::Null);
    }

    async fn a_reply_is_located_by_its_id_or_page(app: TestApp) {
        let alice = Caller::with(&app, &[Scope::Write, Scope::Moderate]).await;
        let post = id(&alice.publish("Talk").await);
        let carol = stranger(&app, "carol").await;
        let reply = remote_reply(&app, &carol, post, None).await;
        let thread = alice.get(&format!("/posts/{post}/comments")).await.json();
        for key in ["ap_id", "url"] {
            let address = thread["comments"][0][key].as_str().unwrap();
            let verdict = alice.get(&format!("/replies/locate?url={address}")).await.json();
            assert_eq!(verdict["verdict"], "published");
            assert_eq!(verdict["comment_id"], reply.to_string());
            assert_eq!(verdict["seen_at"], "2026-11-22T12:00:00Z");
        }
        let unknown = alice.get("/replies/locate?url=https://far.example/1").await.json();
        assert_eq!(unknown, json!({"verdict": "unknown", "reason": "it never came here"}));
        problem(&alice.get("/replies/locate?url=nonsense").await, 422);
        problem(&alice.get("/replies/locate").await, 422);
    }

    async fn who_may_read_learns_that_a_reply_is_held_and_by_which_rule_but_not_its_id(db: TestDb) {
        let app = TestApp::builder().moderation(Moderation::All).build(db).await;
        let alice = Caller::with(&app, &[Scope::Write, Scope::Moderate]).await;
        let reader = Caller::with(&app, &[Scope::Read]).await;
        let post = id(&alice.publish("Talk").await);
        let carol = stranger(&app, "carol").await;
        let held = remote_reply(&app, &carol, post, None).await;
        let address = alice.get("/comments").await.json()["comments"][0]["ap_id"].clone();
        let path = format!("/replies/locate?url={}", address.as_str().unwrap());
        let mut expected = json!({
            "verdict": "held", "reason": "it waits for a moderator, as every reply does here",
            "rule": "all_are_held", "seen_at": "2026-11-22T12:00:00Z",
        });
        assert_eq!(reader.get(&path).await.json(), expected);
        expected["comment_id"] = json!(held.to_string());
        assert_eq!(alice.get(&path).await.json(), expected);
    }

    async fn a_deleted_reply_is_gone_for_moderators(app: TestApp) {
        let alice = Caller::with(&app, &[Scope::Write, Scope::Moderate]).await;
        let post = id(&alice.publish("Talk").await);
        let own = alice.call("POST", &format!("/posts/{post}/comments"), json!({"content": "x"})).await.json();
        alice.call("DELETE", &format!("/comments/{}", id(&own)), Value::Null).await;
        problem(&alice.call("POST", &format!("/comments/{}/approve", id(&own)), Value::Null).await, 410);
        let address = own["ap_id"].as_str().unwrap();
        let verdict = alice.get(&format!("/replies/locate?url={address}")).await.json();
        assert_eq!(verdict["verdict"], "deleted");
    }
}
