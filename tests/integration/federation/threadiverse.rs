//! What groups pass on (Lemmy, PieFed, Mbin, NodeBB): replies under our posts come in by their origin, whatever is wrapped
//! around them; nothing is believed of the group's word, and a flood of it costs bounded work.

use antiphon::domain::reaction;
use antiphon::domain::visibility::CommentStatus;
use http::StatusCode;
use serde_json::{Value, json};

use super::talk::{merged, said};
use crate::support::{FakeInstance, Person, TestNode, both_databases};

/// How the four name things: the group, a comment.
const PLATFORMS: [(&str, &str, &str); 4] = [
    ("lemmy", "/c/news", "/comment/7"),
    ("piefed", "/c/news", "/comment/8"),
    ("mbin", "/m/news", "/m/news/t/1/-/comment/9"),
    ("nodebb", "/category/1", "/post/10"),
];

/// A group at an address of its own.
fn group(there: &FakeInstance, path: &str) -> Person {
    let mut group = there.stranger("news");
    group.id = format!("{}{path}", there.url);
    group.key_id = format!("{}#main-key", group.id);
    there.publish(&merged(group.document(), json!({ "type": "Group" })));
    group
}

/// Something that a group announces, under an id of its own.
fn announce(group: &Person, number: &str, object: Value) -> Value {
    let mut activity = group.activity("Announce", object);
    activity["id"] = json!(group.at(&format!("/announce/{number}")));
    activity
}

fn elsewhere(number: usize) -> String {
    format!("http://localhost:1/unrelated/{number}")
}

both_databases! {
    async fn a_comment_passed_on_by_any_platform_is_threaded_edited_and_deleted(node: TestNode) {
        for (platform, community, path) in PLATFORMS {
            let there = node.neighbour().await;
            let (group, carol) = (group(&there, community), there.person("carol"));
            let post = node.publish(platform).await;
            let comment = merged(carol.note(1, post.ap_id.as_str()), json!({ "id": format!("{}{path}", there.url), "audience": group.id }));
            there.publish(&comment);
            let created = carol.activity("Create", comment.clone());
            node.accept(&group.letter(announce(&group, "1", created))).await;
            assert_eq!(node.numbers(&post).await, ["1"], "{platform}");
            let below = merged(carol.note(2, comment["id"].as_str().unwrap()), json!({ "id": format!("{}{path}1", there.url) }));
            there.publish(&below);
            node.accept(&group.letter(announce(&group, "2", carol.activity("Create", below)))).await;
            assert_eq!(node.numbers(&post).await, ["1", "1.1"], "{platform}");
            let edited = merged(comment.clone(), json!({ "content": "<p>Edited</p>", "updated": "2026-11-22T11:30:00Z" }));
            there.publish(&edited);
            node.accept(&group.letter(announce(&group, "3", carol.activity("Update", comment.clone())))).await;
            assert_eq!(node.comment(&comment).await.unwrap().html.as_str(), "<p>Edited</p>", "{platform}");
            for (number, kind) in ["Like", "Dislike", "EmojiReact", "Undo", "Lock"].iter().enumerate() {
                let inner = merged(carol.activity(kind, json!(post.ap_id)), json!({ "content": "🔥" }));
                node.accept(&group.letter(announce(&group, &format!("x{number}"), inner))).await;
            }
            assert!(reaction::tally(node.app(), &node.test.alice, post.id).await.unwrap().is_empty(), "{platform}");
            // Deleted by the group's word alone, it stays; gone where it lives, it goes.
            let deleted = carol.activity("Delete", comment["id"].clone());
            node.accept(&group.letter(announce(&group, "4", deleted.clone()))).await;
            assert_eq!(node.comment(&comment).await.unwrap().status, CommentStatus::Published, "{platform}");
            there.publish(&json!({ "id": comment["id"], "type": "Tombstone" }));
            node.accept(&group.letter(announce(&group, "5", deleted))).await;
            assert_eq!(node.comment(&comment).await.unwrap().status, CommentStatus::Deleted, "{platform}");
            assert_eq!(node.numbers(&post).await, ["1", "1.1"], "{platform}: its place stays for what answers it");
        }
    }

    async fn a_bare_id_that_a_group_announces_is_fetched_and_threaded(node: TestNode) {
        let (there, far) = (node.neighbour().await, node.neighbour().await);
        let (group, carol) = (group(&there, "/category/1"), far.person("carol"));
        let post = node.publish("Bare").await;
        let comment = carol.note(1, post.ap_id.as_str());
        far.publish(&comment);
        for number in ["1", "2"] {
            node.accept(&group.letter(announce(&group, number, comment["id"].clone()))).await;
            assert_eq!(node.numbers(&post).await, ["1"]);
        }
        assert_eq!(far.requests_for(comment["id"].as_str().unwrap()), 1, "what is here is not fetched again");
        let unrelated = said(&carol, 2, json!({}));
        far.publish(&unrelated);
        node.accept(&group.letter(announce(&group, "3", unrelated["id"].clone()))).await;
        assert_eq!(node.numbers(&post).await, ["1"]);
        assert_eq!(node.jobs().await, 0);
    }

    async fn what_a_person_boosts_of_others_is_not_about_us(node: TestNode) {
        let (there, far) = (node.neighbour().await, node.neighbour().await);
        let (bob, carol) = (there.person("bob"), far.person("carol"));
        let post = node.publish("Boosted").await;
        let comment = carol.note(1, post.ap_id.as_str());
        far.publish(&comment);
        node.accept(&bob.tell("Announce", comment["id"].as_str().unwrap())).await;
        assert!(node.numbers(&post).await.is_empty());
        assert_eq!(far.requests_for(comment["id"].as_str().unwrap()), 0);
    }

    async fn a_group_that_announces_thousands_of_things_leaves_a_bounded_number_of_jobs(node: TestNode) {
        let there = node.neighbour().await;
        let group = group(&there, "/c/flood");
        let mut refused = 0;
        for number in 0..560 {
            let bare = announce(&group, &format!("b{number}"), json!(elsewhere(number)));
            match node.receive(&group.letter(bare)).await {
                StatusCode::ACCEPTED => {}
                StatusCode::TOO_MANY_REQUESTS => refused += 1,
                other => panic!("{other}"),
            }
        }
        assert_eq!((node.jobs().await, refused), (500, 60));
        // What was refused is not noted: it is taken when it comes again.
        let wrapped = json!({ "id": elsewhere(1000), "type": "Create", "actor": elsewhere(1), "object": elsewhere(2000) });
        assert_eq!(node.receive(&group.letter(announce(&group, "w", wrapped))).await, StatusCode::TOO_MANY_REQUESTS);
    }

    async fn what_a_group_announces_that_is_ours_or_nothing_makes_no_job(node: TestNode) {
        let there = node.neighbour().await;
        let group = group(&there, "/c/odd");
        let post = node.publish("Odd").await;
        for (number, object) in [
            json!(node.alice()), json!("https://blog.example/ap/posts/77"), json!("urn:uuid:1"), json!({ "id": "https://blog.example/x", "type": "Create", "object": [] }),
        ].into_iter().enumerate() {
            assert_eq!(node.receive(&group.letter(announce(&group, &number.to_string(), object))).await, StatusCode::ACCEPTED);
        }
        node.drain().await;
        assert!(node.numbers(&post).await.is_empty());
        assert_eq!(node.jobs().await, 0);
    }
}
