//! Tokens by name and password.

use antiphon::api;
use antiphon::domain::account::Scope;
use axum::body::Body;
use http::{Request, StatusCode};
use serde_json::json;
use tower::ServiceExt;

use super::{Caller, problem, send};
use crate::support::{TestApp, TestDb, both_databases};

/// A request for a token.
fn request(account: &str, password: &str) -> Request<Body> {
    let body = json!({"account": account, "password": password, "name": "phone", "scopes": ["read", "moderate"]});
    Request::post(format!("{}/tokens", api::BASE))
        .header("content-type", "application/json")
        .body(Body::from(body.to_string()))
        .unwrap()
}

both_databases! {
    async fn name_and_password_give_a_token_with_the_scopes_asked_for(db: TestDb) {
        let app = TestApp::builder().password("open sesame").build(db).await;
        let answer = send(&app, request("alice", "open sesame")).await;
        assert_eq!(answer.status, StatusCode::CREATED, "{answer:?}");
        let token = answer.json()["token"].as_str().unwrap().to_owned();
        let me = Caller { app: &app, token }.get("/me").await.json();
        assert_eq!(me, json!({
            "account": "alice", "name": "alice", "handle": "@alice@blog.example",
            "url": "https://blog.example/@alice", "ap_id": app.alice.ap_id.as_str(),
            "scopes": ["moderate", "read"],
        }));
        problem(&send(&app, request("alice", "open says me")).await, 401);
    }

    async fn a_sixth_guess_within_a_minute_must_wait(app: TestApp) {
        // One router: it keeps the count.
        let router = api::router().with_state(app.app.clone());
        for _ in 0..5 {
            let answer = router.clone().oneshot(request("alice", "a guess")).await.unwrap();
            assert_eq!(answer.status(), StatusCode::UNAUTHORIZED);
        }
        let answer = router.clone().oneshot(request("alice", "a guess")).await.unwrap();
        assert_eq!(answer.status(), StatusCode::TOO_MANY_REQUESTS);
        assert_eq!(answer.headers()["retry-after"], "60");
        app.advance_secs(60);
        let answer = router.oneshot(request("alice", "a guess")).await.unwrap();
        assert_eq!(answer.status(), StatusCode::UNAUTHORIZED);
    }

    async fn whose_token_it_is_can_be_asked_with_any_scope(app: TestApp) {
        let alice = Caller::with(&app, &[Scope::Read]).await;
        assert_eq!(alice.get("/me").await.json()["scopes"], json!(["read"]));
    }
}
