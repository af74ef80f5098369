//! What the REST interface tells those who have a token but do not moderate: of what is hidden, no more than of what
//! never was; and where a reply is, to whoever has its address.

use antiphon::domain::account::{Scope, token};
use antiphon::domain::post::Status;
use http::{Method, StatusCode};
use serde_json::{Value, json};

use super::world::World;
use super::{Observer, Seen};
use crate::support::TestNode;

/// Somebody with a token.
struct Holder<'a> {
    observer: &'a Observer,
    token: String,
}

impl Holder<'_> {
    async fn call(&self, method: Method, path: &str, body: Value) -> Seen {
        self.observer.call(method, path, &self.token, body).await
    }

    async fn get(&self, path: &str) -> Seen {
        self.call(Method::GET, path, Value::Null).await
    }

    /// Both addresses answer alike, byte for byte.
    async fn tells_apart_neither(&self, method: Method, paths: [String; 2], body: Value) {
        let [hidden, missing] = paths;
        let ours = self.call(method.clone(), &hidden, body.clone()).await;
        let theirs = self.call(method, &missing, body).await;
        assert_eq!(ours, theirs, "{hidden} and {missing}");
    }
}

/// Asks for everything as bob, who writes here, and as one who only reads.
pub(super) async fn assert_keeps_secrets(observer: &Observer, node: &TestNode, world: &World) {
    let (bob, _) = node.test.account("bob").await;
    let holder = async |name: &str, scopes: &[Scope]| Holder {
        observer,
        token: token::create(node.app(), bob.id, name, scopes)
            .await
            .unwrap(),
    };
    let writer = holder("w", &[Scope::Read, Scope::Write]).await;
    let reader = holder("r", &[Scope::Read]).await;
    assert_posts(&writer, world).await;
    assert_comments(&writer, world).await;
    assert_locating(&reader, world).await;
}

async fn assert_posts(bob: &Holder<'_>, world: &World) {
    let list = bob.get("/posts").await;
    assert!(
        !String::from_utf8_lossy(&list.2).contains("zqp"),
        "bob has no posts"
    );
    for said in &world.posts {
        match said.status {
            Status::Published => assert_thread(bob, world, &said.post.id.to_string()).await,
            Status::Deleted => {}
            _ => assert_draft(bob, &said.post.id.to_string()).await,
        }
    }
}

async fn assert_thread(bob: &Holder<'_>, world: &World, post: &str) {
    let (status, headers, body) = bob.get(&format!("/posts/{post}/comments")).await;
    assert_eq!(status, StatusCode::OK);
    assert_eq!(headers["cache-control"], "private, no-store");
    let text = String::from_utf8(body).unwrap();
    for secret in world.secrets() {
        assert!(!text.contains(secret.as_str()), "{secret} in {text}");
    }
}

async fn assert_draft(bob: &Holder<'_>, post: &str) {
    for (method, path, body) in [
        (Method::GET, "", Value::Null),
        (Method::GET, "/comments", Value::Null),
        (Method::PATCH, "", json!({"title": "x"})),
        (Method::DELETE, "", Value::Null),
        (Method::POST, "/comments", json!({"content": "x"})),
    ] {
        let paths = [format!("/posts/{post}{path}"), format!("/posts/77{path}")];
        bob.tells_apart_neither(method, paths, body).await;
    }
}

async fn assert_comments(bob: &Holder<'_>, world: &World) {
    for (at, thought) in world.thoughts.iter().enumerate() {
        if world.is_public(at) {
            continue;
        }
        let id = thought.row.id;
        for (method, path, body) in [
            (Method::PATCH, "", json!({"content": "x"})),
            (Method::DELETE, "", Value::Null),
            (Method::POST, "/approve", Value::Null),
        ] {
            let paths = [
                format!("/comments/{id}{path}"),
                format!("/comments/77{path}"),
            ];
            bob.tells_apart_neither(method, paths, body).await;
        }
        let path = format!("/posts/{}/comments", world.posts[thought.post].post.id);
        let answer = |parent: String| json!({"content": "x", "parent_id": parent});
        let ours = bob.call(Method::POST, &path, answer(id.to_string())).await;
        let theirs = bob.call(Method::POST, &path, answer("77".into())).await;
        assert_eq!(ours, theirs, "an answer to what is hidden");
    }
}

/// Who has the address of a reply may learn that it is held, removed or not public; never what stands in it, or by whom.
async fn assert_locating(reader: &Holder<'_>, world: &World) {
    for thought in &world.thoughts {
        for address in [&thought.row.ap_id, &thought.row.url] {
            let (status, _, body) = reader.get(&format!("/replies/locate?url={address}")).await;
            assert_eq!(status, StatusCode::OK);
            let text = String::from_utf8(body).unwrap();
            for secret in world.secrets() {
                let asked = address.as_str().contains(secret.as_str());
                assert!(
                    asked || !text.contains(secret.as_str()),
                    "{secret} in {text}"
                );
            }
            let verdict: Value = serde_json::from_str(&text).unwrap();
            for key in verdict.as_object().unwrap().keys() {
                let known = [
                    "verdict",
                    "reason",
                    "code",
                    "rule",
                    "comment_id",
                    "anchor_url",
                    "seen_at",
                ];
                assert!(known.contains(&key.as_str()), "{key}");
            }
        }
    }
}
