//! Blocking servers.

use antiphon::domain::account::Scope;
use antiphon::types::Host;
use http::StatusCode;
use serde_json::{Value, json};

use super::{Caller, id, problem, remote_reply, stranger};
use crate::support::{TestApp, both_databases};

both_databases! {
    async fn a_server_is_blocked_listed_and_unblocked(app: TestApp) {
        let alice = Caller::with(&app, &[Scope::Write, Scope::Moderate]).await;
        let post = id(&alice.publish("Talk").await);
        let carol = stranger(&app, "carol").await;
        let comment = remote_reply(&app, &carol, post, None).await;
        let made = alice.call("POST", "/blocks", json!({"domain": "FAR.example.", "reason": " spam "})).await;
        assert_eq!(made.status, StatusCode::CREATED);
        let expected = json!({"domain": "far.example", "reason": "spam", "blocked_at": "2026-11-22T12:00:00Z"});
        assert_eq!(made.json(), expected);
        assert_eq!(alice.get("/blocks").await.json(), json!({"blocks": [expected]}));
        assert!(app.app.hosts.is_blocked(&Host::parse("deep.far.example").unwrap()));
        let thread = format!("/posts/{post}/comments");
        assert_eq!(alice.get(&thread).await.json()["total"], 0);
        problem(&alice.call("POST", &format!("/comments/{comment}/approve"), Value::Null).await, 409);
        let url = alice.get("/replies/locate?url=https://far.example/users/carol/notes/none").await.json();
        assert_eq!(url["verdict"], "blocked");
        let gone = alice.call("DELETE", "/blocks/Far.Example", Value::Null).await;
        assert_eq!(gone.status, StatusCode::NO_CONTENT);
        assert_eq!(alice.get(&thread).await.json()["total"], 1);
        assert_eq!(alice.get("/blocks").await.json(), json!({"blocks": []}));
        problem(&alice.call("DELETE", "/blocks/far.example", Value::Null).await, 404);
    }

    async fn what_may_not_be_blocked_is_refused_and_moderators_only_may(app: TestApp) {
        let moderator = Caller::with(&app, &[Scope::Moderate]).await;
        for wrong in ["blog.example", "com", "", "a b", "*.example.org", "a/b"] {
            let refused = problem(&moderator.call("POST", "/blocks", json!({"domain": wrong})).await, 422);
            assert!(refused["errors"]["domain"].is_string(), "{wrong}: {refused}");
        }
        problem(&moderator.call("POST", "/blocks", json!({"domain": "a.example", "severity": "x"})).await, 422);
        let writer = Caller::with(&app, &[Scope::Read, Scope::Write]).await;
        for (method, path, body) in [
            ("GET", "/blocks", Value::Null),
            ("POST", "/blocks", json!({"domain": "bad.example"})),
            ("DELETE", "/blocks/bad.example", Value::Null),
        ] {
            problem(&writer.call(method, path, body).await, 403);
        }
        assert!(!app.app.hosts.is_blocked(&Host::parse("bad.example").unwrap()));
    }
}
