//! One comment, once: whatever ways bring the same reply at the same moment.

use antiphon::domain::comment;
use antiphon::federation::{replies, threads};
use antiphon::types::ApUrl;
use futures_util::future::join_all;
use serde_json::json;

use crate::support::{TestNode, both_databases};

both_databases! {
    async fn the_same_reply_by_all_ways_at_once_is_one_comment(node: TestNode) {
        let (there, elsewhere) = (node.neighbour().await, node.neighbour().await);
        let (bob, carol) = (there.person("bob"), elsewhere.person("carol"));
        let post = node.publish("Once").await;
        let context = format!("{}/contexts/1", there.url);
        let mut before = bob.note(1, post.ap_id.as_str());
        before["context"] = json!(context);
        let note = bob.note(2, post.ap_id.as_str());
        there.publish(&note);
        there.publish(&json!({"id": context, "type": "Collection", "items": [note["id"]]}));
        node.accept_reply(&bob, &before).await;
        node.test.advance_secs(60);

        let id = ApUrl::new(note["id"].as_str().unwrap());
        let again = |name: &str| {
            let mut activity = bob.activity("Create", note.clone());
            activity["id"] = json!(bob.at(&format!("#{name}")));
            bob.letter(activity)
        };
        let (delivered, other, named) = (bob.create(&note), again("other"), bob.tell("Create", id.as_str()));
        let forwarded = carol.letter(bob.activity("Create", note.clone()));
        let letters = join_all([&delivered, &delivered, &other, &named, &forwarded].map(|letter| node.receive(letter)));
        let fetched = join_all((0..3).map(|_| replies::fetch(node.app(), &node.fed.fetcher, &id)));
        let read = threads::complete(node.app(), &node.fed.fetcher, post.id);
        let located = comment::look_up(node.app(), &id);
        let (statuses, fetched, read, located) = Box::pin(async { tokio::join!(letters, fetched, read, located) }).await;
        assert!(statuses.iter().all(http::StatusCode::is_success), "{statuses:?}");
        assert!(fetched.iter().all(Result::is_ok) && read.is_ok() && located.is_ok());
        node.drain().await;
        assert_eq!(node.numbers(&post).await, ["1", "2"]);
        assert_eq!(node.parked().await, 0);
    }
}
