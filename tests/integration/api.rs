//! The REST face over its router: every call, every refusal, on both databases.

mod blocks;
mod comments;
mod document;
mod echoes;
mod moderation;
mod pages;
mod posts;
mod refusals;
mod tokens;
mod versions;

use antiphon::api;
use antiphon::domain::account::Scope;
use antiphon::domain::actor::{self, Actor};
use antiphon::domain::comment::{self, Incoming, Parent};
use antiphon::domain::visibility::{CommentStatus, Visibility};
use antiphon::text::sanitize;
use antiphon::types::{ApUrl, Host, Id, Timestamp};
use axum::body::Body;
use http::{Request, StatusCode};
use serde_json::{Value, json};

use crate::support::{Answer, TestApp};

/// Somebody who calls with a token.
struct Caller<'a> {
    app: &'a TestApp,
    token: String,
}

impl<'a> Caller<'a> {
    async fn with(app: &'a TestApp, scopes: &[Scope]) -> Self {
        let token = app.token(scopes).await;
        Self { app, token }
    }

    /// Calls with a JSON body, or none for null.
    async fn call(&self, method: &str, path: &str, body: Value) -> Answer {
        let request = Request::builder()
            .method(method)
            .uri(format!("{}{path}", api::BASE))
            .header("authorization", format!("Bearer {}", self.token))
            .header("content-type", "application/json");
        let body = match body {
            Value::Null => Body::empty(),
            body => Body::from(body.to_string()),
        };
        send(self.app, request.body(body).unwrap()).await
    }

    async fn get(&self, path: &str) -> Answer {
        self.call("GET", path, Value::Null).await
    }

    /// Publishes a post and gives its JSON.
    async fn publish(&self, title: &str) -> Value {
        let body = json!({"title": title, "content": "Some *text*."});
        let answer = self.call("POST", "/posts", body).await;
        assert_eq!(answer.status, StatusCode::CREATED, "{answer:?}");
        answer.json()
    }
}

/// Sends a request and checks what holds for every answer.
async fn send(app: &TestApp, request: Request<Body>) -> Answer {
    let answer = app.send(api::router(), request).await;
    assert_eq!(
        answer.header("cache-control"),
        "private, no-store",
        "{answer:?}"
    );
    assert_eq!(answer.header("vary"), "Authorization", "{answer:?}");
    answer
}

/// Checks that an answer is a problem with this status and gives it.
fn problem(answer: &Answer, status: u16) -> Value {
    assert_eq!(answer.status.as_u16(), status, "{answer:?}");
    assert_eq!(answer.header("content-type"), "application/problem+json");
    let problem = answer.json();
    assert_eq!(problem["status"], status);
    assert_eq!(problem["type"], "about:blank");
    assert!(!problem["detail"].as_str().unwrap().is_empty());
    problem
}

/// The id of a JSON object.
fn id(value: &Value) -> i64 {
    value["id"]
        .as_str()
        .expect("ids are strings")
        .parse()
        .unwrap()
}

/// Somebody elsewhere.
async fn stranger(app: &TestApp, name: &str) -> Actor {
    let mut actor = app.alice.clone();
    let base = format!("https://far.example/users/{name}");
    actor.id = app.app.ids.next();
    actor.ap_id = ApUrl::new(&base);
    actor.local = false;
    actor.username = name.into();
    actor.name = name.to_uppercase();
    actor.host = Host::parse("far.example").unwrap();
    actor.url = ApUrl::new(format!("https://far.example/@{name}"));
    let stored = app
        .app
        .db
        .write(move |conn| actor::upsert_remote(conn, &actor, &[]));
    stored.await.unwrap()
}

/// A reply from elsewhere, as the inbox stores it; gives its id.
async fn remote_reply(app: &TestApp, author: &Actor, post: i64, parent: Option<i64>) -> i64 {
    let number: Id<()> = app.app.ids.next();
    let ap_id = ApUrl::new(format!("{}/notes/{number}", author.ap_id));
    let incoming = Incoming {
        activity: None,
        ap_id: ap_id.clone(),
        actor_id: author.id,
        parent: Parent {
            post_id: Id::new(post),
            comment_id: parent.map(Id::new),
        },
        url: ApUrl::new(format!("{}/{number}", author.url)),
        html: sanitize::remote("<p>Well said</p>"),
        language: Some("en".into()),
        visibility: Visibility::Public,
        published_at: Timestamp::parse("2026-11-22T11:00:00Z").unwrap(),
        edited_at: None,
        named: antiphon::domain::media::Named::default(),
        leads: antiphon::domain::backfill::Leads::default(),
    };
    comment::receive(&app.app, incoming).await.unwrap();
    let stored = app
        .app
        .db
        .read(move |conn| comment::load_by_ap_id(conn, &ap_id));
    stored.await.unwrap().unwrap().id.raw()
}

/// Moves a comment to a state past the interface.
async fn set_status(app: &TestApp, id: i64, status: CommentStatus) {
    let decided = antiphon::domain::moderation::decide(&app.app, Id::new(id), status);
    decided.await.unwrap();
}
