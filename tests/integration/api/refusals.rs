//! What is refused, and how.

use antiphon::api;
use antiphon::domain::account::Scope;
use axum::body::Body;
use http::Request;
use http::header::HeaderValue;
use serde_json::{Value, json};

use super::{Caller, id, problem, send};
use crate::support::{Answer, TestApp, both_databases};

/// Sends a body as it stands.
async fn post_raw(app: &TestApp, token: &str, content_type: &str, body: impl Into<Body>) -> Answer {
    let request = Request::post(format!("{}/posts", api::BASE))
        .header("authorization", format!("bearer {token}"))
        .header("content-type", content_type);
    send(app, request.body(body.into()).unwrap()).await
}

both_databases! {
    async fn without_a_token_nothing_is_told(app: TestApp) {
        let values: [Option<&[u8]>; 6] = [
            None, Some(b"Bearer"), Some(b"Basic YWxpY2U6eA=="), Some(b"Bearer antiphon_wrong"),
            Some(b"Bearer \xff"), Some(b"Bearer a\tb"),
        ];
        for value in values {
            let mut request = Request::get(format!("{}/me", api::BASE)).body(Body::empty()).unwrap();
            if let Some(value) = value {
                request.headers_mut().insert("authorization", HeaderValue::from_bytes(value).unwrap());
            }
            let answer = send(&app, request).await;
            problem(&answer, 401);
            assert!(answer.header("www-authenticate").starts_with("Bearer"));
        }
    }

    async fn a_token_without_the_scope_is_forbidden(app: TestApp) {
        let reader = Caller::with(&app, &[Scope::Read]).await;
        let writer = Caller::with(&app, &[Scope::Write]).await;
        let post = id(&writer.publish("Talk").await);
        let body = json!({"title": "x", "content": "x"});
        problem(&reader.call("POST", "/posts", body).await, 403);
        problem(&reader.call("DELETE", &format!("/posts/{post}"), Value::Null).await, 403);
        problem(&writer.get("/comments").await, 403);
        problem(&writer.get(&format!("/posts/{post}/comments?status=spam")).await, 403);
        problem(&writer.call("POST", "/comments/1/spam", Value::Null).await, 403);
        let admin = Caller::with(&app, &[Scope::Admin]).await;
        assert!(admin.get("/comments").await.status.is_success());
    }

    async fn a_wrong_body_is_refused_with_the_field(app: TestApp) {
        let token = app.token(&[Scope::Write]).await;
        let json_type = "application/json; charset=utf-8";
        for (body, field) in [
            (r#"{"title":"a","content":"b","colour":"red"}"#, "colour"),
            (r#"{"title":"a"}"#, "content"),
            (r#"{"title":1,"content":"b"}"#, "title"),
            (r#"{"title":"a","content":"b","tags":["x",{}]}"#, "tags[1]"),
            (r#"{"title":"a","content":"b","status":"deleted"}"#, "status"),
            (r#"{"title":"a","content":"b","publish_at":"tomorrow"}"#, "publish_at"),
            (r#"{"title":"a","content":"b\u0000"}"#, "content"),
            (r#"{"title":"a","title":"b","content":"c"}"#, "title"),
        ] {
            let refused = problem(&post_raw(&app, &token, json_type, body).await, 422);
            assert!(refused["errors"][field].is_string(), "{body}: {refused}");
        }
        for body in ["", "{", "nonsense", "{} {}", "{\"title\":\"\\ud800\"}", "\u{feff}{}"] {
            let answer = post_raw(&app, &token, json_type, body).await;
            assert!(answer.status.is_client_error(), "{body}");
            problem(&answer, answer.status.as_u16());
        }
        problem(&post_raw(&app, &token, json_type, "[".repeat(100_000)).await, 422);
        problem(&post_raw(&app, &token, json_type, vec![0xff, 0xfe]).await, 400);
    }

    async fn a_body_of_another_type_or_size_is_refused(app: TestApp) {
        let token = app.token(&[Scope::Write]).await;
        problem(&post_raw(&app, &token, "text/plain", "{}").await, 415);
        problem(&post_raw(&app, &token, "application/x-www-form-urlencoded", "title=a").await, 415);
        let large = format!("{{\"title\":\"{}\"}}", "a".repeat(1024 * 1024));
        problem(&post_raw(&app, &token, "application/json", large).await, 413);
    }

    async fn an_unknown_path_or_method_is_a_problem_too(app: TestApp) {
        let alice = Caller::with(&app, &[Scope::Write]).await;
        for path in ["/nothing", "/posts/1/2/3", "/posts/", "/comments/1/like", "/..%2f"] {
            problem(&alice.get(path).await, 404);
        }
        for path in ["/posts/abc", "/posts/99999999999999999999", "/posts/-1", "/posts/%ff", "/posts/1"] {
            problem(&alice.get(path).await, 404);
        }
        let answer = alice.call("PUT", "/posts", Value::Null).await;
        problem(&answer, 405);
        assert_eq!(answer.header("allow"), "GET,HEAD,POST");
    }

    async fn a_wrong_query_is_refused_with_the_field(app: TestApp) {
        let alice = Caller::with(&app, &[Scope::Write, Scope::Moderate]).await;
        for (path, field) in [
            ("/posts?limit=many", "limit"),
            ("/posts?limit=0", "limit"),
            ("/posts?limit=101", "limit"),
            ("/posts?before=x", "before"),
            ("/posts?before=99999999999999999999", "before"),
            ("/posts?colour=red", "colour"),
            ("/posts?status=deleted", "status"),
            ("/comments?status=published", "status"),
            ("/deliveries?post=", "post"),
            ("/replies/locate?url=%00", "url"),
        ] {
            let refused = problem(&alice.get(path).await, 422);
            assert!(refused["errors"][field].is_string(), "{path}: {refused}");
        }
    }
}
