//! Reactions counted, quotes listed and revoked, notifications read.

use antiphon::domain::account::Scope;
use antiphon::domain::actor::Actor;
use antiphon::domain::notification::{self, Kind, Notification};
use antiphon::domain::reaction::{self, Given};
use antiphon::domain::talk::{self, Names, Said};
use antiphon::types::{ApUrl, Id};
use serde_json::{Value, json};

use super::{Caller, id, problem, stranger};
use crate::support::{TestApp, both_databases};

async fn react(app: &TestApp, by: &Actor, kind: reaction::Kind, emoji: &str, target: &Value) {
    let number: Id<()> = app.app.ids.next();
    let given = Given {
        activity: ApUrl::new(format!("{}#{number}", by.ap_id)),
        kind,
        emoji: emoji.into(),
        pictures: Vec::new(),
        actor: by.id,
        target: ApUrl::new(target.as_str().unwrap()),
    };
    assert!(reaction::give(&app.app, given).await.unwrap());
}

async fn quote(app: &TestApp, by: &Actor, target: &Value) {
    let ap_id = ApUrl::new(format!("{}/notes/1", by.ap_id));
    let said = Said {
        ap_id: ap_id.clone(),
        actor: by.id,
        host: by.host.clone(),
        url: ap_id,
        excerpt: "Well said".into(),
        published_at: app.app.now(),
    };
    let names = Names {
        quoted: vec![ApUrl::new(target.as_str().unwrap())],
        ..Names::default()
    };
    talk::receive(&app.app, said, names, None).await.unwrap();
}

both_databases! {
    async fn reactions_are_counted_by_kind_and_emoji(app: TestApp) {
        let alice = Caller::with(&app, &[Scope::Write]).await;
        let post = alice.publish("Counted").await;
        let path = format!("/posts/{}/reactions", id(&post));
        let nothing = json!({"likes": 0, "boosts": 0, "dislikes": 0, "emoji": []});
        assert_eq!(alice.get(&path).await.json(), nothing);
        let (bob, carol) = (stranger(&app, "bob").await, stranger(&app, "carol").await);
        for person in [&bob, &carol] {
            react(&app, person, reaction::Kind::Emoji, "🔥", &post["ap_id"]).await;
            react(&app, person, reaction::Kind::Like, "", &post["ap_id"]).await;
        }
        react(&app, &bob, reaction::Kind::Emoji, ":blob:", &post["ap_id"]).await;
        react(&app, &bob, reaction::Kind::Dislike, "", &post["ap_id"]).await;
        react(&app, &bob, reaction::Kind::Announce, "", &post["ap_id"]).await;
        let counted = json!({"likes": 2, "boosts": 1, "dislikes": 1, "emoji": [{"emoji": "🔥", "count": 2}, {"emoji": ":blob:", "count": 1}]});
        assert_eq!(alice.get(&path).await.json(), counted);
        problem(&alice.get("/posts/77/reactions").await, 404);
        alice.call("DELETE", &format!("/posts/{}", id(&post)), Value::Null).await;
        problem(&alice.get(&path).await, 410);
    }

    async fn a_quote_is_listed_and_revoked_by_moderators(app: TestApp) {
        let alice = Caller::with(&app, &[Scope::Write, Scope::Moderate]).await;
        let writer = Caller::with(&app, &[Scope::Write]).await;
        let post = alice.publish("Quoted").await;
        let bob = stranger(&app, "bob").await;
        quote(&app, &bob, &post["ap_id"]).await;
        let path = format!("/posts/{}/talk", id(&post));
        let row = alice.get(&path).await.json()["talk"][0].clone();
        assert_eq!((&row["kind"], &row["standing"], &row["asked"], &row["excerpt"]), (&json!("quote"), &json!("shown"), &json!(false), &json!("Well said")));
        assert_eq!((&row["author"]["handle"], &row["server"]), (&json!("@bob@far.example"), &json!("far.example")));
        let revoke = format!("/quotes/{}/revoke", id(&row));
        problem(&writer.call("POST", &revoke, Value::Null).await, 403);
        problem(&writer.get(&path).await, 403);
        let revoked = alice.call("POST", &revoke, Value::Null).await.json();
        assert_eq!(revoked["standing"], "revoked");
        problem(&alice.call("POST", &revoke, Value::Null).await, 409);
        problem(&alice.call("POST", &format!("/quotes/{}/approve", id(&row)), Value::Null).await, 409);
        problem(&alice.call("POST", "/quotes/77/revoke", Value::Null).await, 404);
        problem(&alice.call("POST", "/quotes/x/revoke", Value::Null).await, 404);
        problem(&alice.get("/posts/77/talk").await, 404);
    }

    async fn notifications_are_listed_page_by_page_and_marked_as_read(app: TestApp) {
        let alice = Caller::with(&app, &[Scope::Write]).await;
        let bob = stranger(&app, "bob").await;
        for number in 0..3 {
            let object = ApUrl::new(format!("{}/notes/{number}", bob.ap_id));
            let new = Notification {
                id: app.app.ids.next(), actor_id: app.alice.id, kind: Kind::Mention, from_id: bob.id, url: object.clone(), object,
                excerpt: format!("Hello {number}"), created_at: app.app.now(), read_at: None,
            };
            let host = bob.host.clone();
            app.app.db.write(move |conn| notification::add(conn, &new, &host)).await.unwrap();
        }
        let first = alice.get("/notifications?limit=2").await.json();
        assert_eq!((&first["unread"], first["notifications"].as_array().unwrap().len()), (&json!(3), 2));
        let newest = &first["notifications"][0];
        assert_eq!((&newest["kind"], &newest["excerpt"], &newest["read_at"]), (&json!("mention"), &json!("Hello 2"), &Value::Null));
        assert_eq!(newest["author"]["handle"], "@bob@far.example");
        let rest = alice.get(&format!("/notifications?before={}", first["next"].as_str().unwrap())).await.json();
        assert_eq!((rest["notifications"].as_array().unwrap().len(), &rest["next"]), (1, &Value::Null));
        let mark = async |body: Value| alice.call("POST", "/notifications/read", body).await;
        assert_eq!(mark(json!({"ids": [newest["id"]]})).await.json(), json!({"read": 1}));
        assert_eq!(alice.get("/notifications?unread=true").await.json()["notifications"].as_array().unwrap().len(), 2);
        assert_eq!(mark(json!({"up_to": rest["notifications"][0]["id"]})).await.json(), json!({"read": 1}));
        assert_eq!(mark(json!({})).await.json(), json!({"read": 1}));
        assert_eq!(mark(json!({})).await.json(), json!({"read": 0}));
        let other = app.account("dora").await;
        assert_eq!(notification::count_unread(&app.app, &other.1).await.unwrap(), 0);
        problem(&mark(json!({"ids": ["1"], "up_to": "1"})).await, 422);
        problem(&mark(json!({"ids": vec!["1"; 1001]})).await, 422);
        problem(&mark(json!({"id": "1"})).await, 422);
        problem(&alice.get("/notifications?limit=0").await, 422);
    }
}
