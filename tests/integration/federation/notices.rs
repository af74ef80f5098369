//! Notifications: mentions that are no comments. Once, public ones only, bounded, forgotten.

use antiphon::domain::actor;
use antiphon::domain::notification::{self, Kind, Notification};
use antiphon::types::{ApUrl, Id};
use antiphon::worker;
use serde_json::{Value, json};

use super::talk::{deliver, kept, merged, said};
use crate::support::{Person, TestNode, both_databases};

/// What alice is told, newest first, as kind and excerpt.
async fn told(node: &TestNode) -> Vec<(Kind, String)> {
    let rows = notification::list(node.app(), &node.test.alice, false, None, 2000)
        .await
        .unwrap();
    rows.into_iter()
        .map(|(row, _)| (row.kind, row.excerpt))
        .collect()
}

fn mentioning(node: &TestNode, person: &Person, number: u32) -> Value {
    said(
        person,
        number,
        json!({
            "content": format!("<p><a href=\"{0}\" class=\"u-url mention\">@alice</a> hello {number}</p>", node.alice()),
            "tag": [{ "type": "Mention", "href": node.alice(), "name": "@alice@blog.example" }],
            "cc": [node.alice()],
        }),
    )
}

both_databases! {
    async fn a_mention_that_is_no_comment_is_told_once(node: TestNode) {
        let there = node.neighbour().await;
        let bob = there.person("bob");
        let note = mentioning(&node, &bob, 1);
        deliver(&node, &bob, &note).await;
        deliver(&node, &bob, &note).await;
        let again = merged(bob.activity("Create", note.clone()), json!({ "id": bob.at("#again") }));
        node.accept(&bob.letter(again)).await;
        assert_eq!(told(&node).await, [(Kind::Mention, "@alice hello 1".to_owned())]);
        let edited = merged(note.clone(), json!({ "content": "<p>hello again</p>", "updated": "2026-11-22T11:30:00Z" }));
        node.accept(&bob.letter(bob.activity("Update", edited))).await;
        assert_eq!(told(&node).await, [(Kind::Mention, "hello again".to_owned())]);
        node.accept(&bob.tell("Delete", note["id"].as_str().unwrap())).await;
        assert!(told(&node).await.is_empty());
    }

    async fn private_empty_and_foreign_mentions_are_not_told(node: TestNode) {
        let there = node.neighbour().await;
        let bob = there.person("bob");
        for (number, change) in [
            json!({ "to": [node.alice()], "cc": [] }),
            json!({ "to": [bob.at("/followers")] }),
            json!({ "content": "", "attachment": [{ "type": "Document", "mediaType": "image/png", "url": "https://m.example/p.png" }] }),
            json!({ "tag": [{ "type": "Mention", "href": "https://other.example/users/alice" }] }),
            json!({ "tag": [{ "type": "Mention", "href": "https://blog.example/ap/instance" }] }),
            json!({ "tag": [{ "type": "Mention", "href": null, "name": "@alice@blog.example" }, null, 3] }),
            json!({ "type": "ChatMessage" }),
        ].into_iter().enumerate() {
            let number = u32::try_from(number).unwrap();
            deliver(&node, &bob, &merged(mentioning(&node, &bob, number), change)).await;
        }
        assert!(told(&node).await.is_empty());
        let unlisted = merged(mentioning(&node, &bob, 50), json!({ "to": [], "cc": ["as:Public"] }));
        deliver(&node, &bob, &unlisted).await;
        assert_eq!(told(&node).await.len(), 1);
    }

    async fn replies_quotes_and_links_that_mention_are_no_mentions(node: TestNode) {
        let there = node.neighbour().await;
        let bob = there.person("bob");
        let post = node.publish("Mentioned").await;
        let reply = merged(mentioning(&node, &bob, 1), json!({ "inReplyTo": post.ap_id }));
        node.accept_reply(&bob, &reply).await;
        let link = json!({ "content": format!("<p><a href=\"{}\">x</a></p>", post.url) });
        deliver(&node, &bob, &merged(mentioning(&node, &bob, 2), link)).await;
        assert!(told(&node).await.is_empty());
        deliver(&node, &bob, &merged(mentioning(&node, &bob, 3), json!({ "quoteUrl": post.ap_id }))).await;
        assert_eq!(told(&node).await, [(Kind::Quote, "@alice hello 3".to_owned())]);
        assert_eq!(kept(&node, &post).await.len(), 2);
    }

    async fn a_mention_in_somebody_elses_thread_is_told_when_it_leads_nowhere_here(node: TestNode) {
        let (there, far) = (node.neighbour().await, node.neighbour().await);
        let (bob, carol) = (there.person("bob"), far.person("carol"));
        let root = said(&carol, 1, json!({}));
        far.publish(&root);
        deliver(&node, &bob, &merged(mentioning(&node, &bob, 2), json!({ "inReplyTo": root["id"] }))).await;
        assert_eq!(told(&node).await.len(), 1);
        assert_eq!(node.parked().await, 0);
    }

    async fn what_blocked_and_deleted_people_did_is_not_told(node: TestNode) {
        let there = node.neighbour().await;
        let bob = there.person("bob");
        deliver(&node, &bob, &mentioning(&node, &bob, 1)).await;
        node.block(there.host()).await;
        assert!(told(&node).await.is_empty());
        assert_eq!(notification::count_unread(node.app(), &node.test.alice).await.unwrap(), 0);
        node.unblock(there.host()).await;
        assert_eq!(told(&node).await.len(), 1);
        node.accept(&bob.tell("Delete", &bob.id)).await;
        assert!(told(&node).await.is_empty());
    }

    async fn notifications_are_bounded_by_account_and_server_and_forgotten(node: TestNode) {
        let (there, far) = (node.neighbour().await, node.neighbour().await);
        let (bob, carol) = (there.person("bob"), far.person("carol"));
        deliver(&node, &carol, &mentioning(&node, &carol, 1)).await;
        deliver(&node, &bob, &mentioning(&node, &bob, 1)).await;
        let (ids, alice, now) = (node.app().ids.clone(), node.test.alice.id, node.app().now());
        let from = ApUrl::new(bob.id.as_str());
        node.app().db.write(move |conn| {
            let bob = actor::load_by_ap_id(conn, &from)?.unwrap();
            for number in 0..notification::KEPT_PER_HOST + 20 {
                let object = ApUrl::new(format!("{from}/many/{number}"));
                let id: Id<Notification> = ids.next();
                let new = Notification {
                    id, actor_id: alice, kind: Kind::Mention, from_id: bob.id, url: object.clone(), object,
                    excerpt: format!("{number}"), created_at: now, read_at: None,
                };
                assert!(notification::add(conn, &new, &bob.host)?);
                assert!(!notification::add(conn, &new, &bob.host)?, "the same again");
            }
            Ok(())
        }).await.unwrap();
        let rows = told(&node).await;
        assert_eq!(i64::try_from(rows.len()).unwrap(), notification::KEPT_PER_HOST + 1);
        assert_eq!(rows.last().unwrap().1, "@alice hello 1", "who is quiet is not pushed out");
        node.test.advance_secs(91 * 86_400);
        worker::clean(&node.fed).await;
        assert!(told(&node).await.is_empty());
    }
}
