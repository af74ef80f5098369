//! Talked about at: public posts elsewhere that link to ours.

use antiphon::domain::post::Post;
use antiphon::domain::talk::{self, Kind, Listed};
use http::StatusCode;
use serde_json::{Value, json};

use crate::support::{FakeInstance, Person, TestNode, both_databases};

/// A public post that answers nothing, with these properties.
pub(super) fn said(person: &Person, number: u32, extra: Value) -> Value {
    let mut note = person.note(number, "https://nobody.example/");
    note.as_object_mut().unwrap().remove("inReplyTo");
    merged(note, extra)
}

/// An object with other properties.
pub(super) fn merged(mut object: Value, extra: Value) -> Value {
    for (key, value) in extra.as_object().unwrap() {
        object[key] = value.clone();
    }
    object
}

/// Lets a Create come, and does its jobs.
pub(super) async fn deliver(node: &TestNode, person: &Person, object: &Value) {
    node.accept(&person.create(object)).await;
}

/// What is kept of a post, newest first, in every standing.
pub(super) async fn kept(node: &TestNode, post: &Post) -> Vec<Listed> {
    talk::list_under(node.app(), &node.test.alice, post.id)
        .await
        .unwrap()
}

/// What the page shows below the thread.
pub(super) async fn listed(node: &TestNode, post: &Post) -> String {
    let page = node.get_as(post.url.as_str(), "text/html").await;
    assert_eq!(page.status, StatusCode::OK);
    page.text.split("class=\"talk\"").skip(1).collect()
}

fn link(post: &Post) -> Value {
    json!({ "content": format!("<p>Worth reading: <a href=\"{}?utm_source=x\">this</a></p>", post.url) })
}

/// A community and one of its people.
async fn community(node: &TestNode) -> (FakeInstance, Person, Person) {
    let there = node.neighbour().await;
    let group = there.stranger("news");
    there.publish(&merged(group.document(), json!({ "type": "Group" })));
    let carol = there.person("carol");
    (there, group, carol)
}

both_databases! {
    async fn a_public_post_that_links_to_ours_is_listed_once(node: TestNode) {
        let there = node.neighbour().await;
        let bob = there.person("bob");
        let post = node.publish("Linked").await;
        let note = said(&bob, 1, link(&post));
        deliver(&node, &bob, &note).await;
        deliver(&node, &bob, &note).await;
        let mut again = bob.activity("Create", note.clone());
        again["id"] = json!(bob.at("#again"));
        node.accept(&bob.letter(again)).await;
        there.publish(&note);
        let named = bob.activity("Create", note["id"].clone());
        node.accept(&bob.letter(merged(named, json!({ "id": bob.at("#named") })))).await;
        assert_eq!(kept(&node, &post).await.len(), 1);
        let shown = listed(&node, &post).await;
        for part in ["Worth reading: this", &bob.id, there.host(), "22 November 2026", note["id"].as_str().unwrap()] {
            assert!(shown.contains(part), "{part} in {shown}");
        }
        assert!(node.get_as(post.url.as_str(), "text/html").await.text.contains("Talked about at"));
        assert!(node.numbers(&post).await.is_empty(), "it is no comment");
    }

    async fn every_kind_of_post_and_place_of_a_link_counts(node: TestNode) {
        let there = node.neighbour().await;
        let bob = there.person("bob");
        let post = node.publish("Places").await;
        let kinds = [
            merged(link(&post), json!({ "type": "Article", "name": "An <i>article</i>" })),
            json!({ "type": "Page", "name": "A page", "attachment": [{ "type": "Link", "href": post.url }] }),
            json!({ "tag": [{ "type": "Link", "href": post.ap_id }] }),
            json!({ "attachment": post.url, "to": [], "cc": ["as:Public"] }),
        ];
        for (number, extra) in kinds.into_iter().enumerate() {
            deliver(&node, &bob, &said(&bob, u32::try_from(number).unwrap(), extra)).await;
            assert_eq!(kept(&node, &post).await.len(), number + 1);
        }
        assert!(kept(&node, &post).await.iter().all(|row| row.talk.kind == Kind::Link));
        let shown = listed(&node, &post).await;
        assert!(shown.contains("An article") && shown.contains("A page"), "{shown}");
    }

    async fn what_is_private_or_about_nothing_of_ours_leaves_no_trace(node: TestNode) {
        let there = node.neighbour().await;
        let bob = there.person("bob");
        let post = node.publish("Private").await;
        for (number, audience) in [json!([bob.at("/followers")]), json!([node.alice()])].into_iter().enumerate() {
            let private = merged(said(&bob, u32::try_from(number).unwrap(), link(&post)), json!({ "to": audience, "cc": [] }));
            deliver(&node, &bob, &private).await;
        }
        for (number, text) in ["https://other.example/1", "https://blog.example/", "https://blog.example/posts/none", "https://blog.example.evil.example/posts/private"].iter().enumerate() {
            let content = json!({ "content": format!("<a href=\"{text}\">x</a>") });
            deliver(&node, &bob, &said(&bob, 10 + u32::try_from(number).unwrap(), content)).await;
        }
        for odd in [json!({ "content": null, "attachment": [null, 7, {}], "tag": "x" }), json!({ "type": "Person" }), json!({ "type": "ChatMessage" })] {
            deliver(&node, &bob, &merged(said(&bob, 30, link(&post)), odd)).await;
        }
        assert!(kept(&node, &post).await.is_empty());
        assert_eq!(node.jobs().await, 0);
    }

    async fn a_post_of_somebody_elses_is_not_believed(node: TestNode) {
        let there = node.neighbour().await;
        let (bob, eve) = (there.person("bob"), there.person("eve"));
        let post = node.publish("Forged").await;
        let hers = merged(said(&bob, 1, link(&post)), json!({ "attributedTo": eve.id }));
        assert_eq!(node.receive(&bob.create(&hers)).await, StatusCode::FORBIDDEN);
        // Elsewhere it is only a name, asked of where it lives.
        let far = node.neighbour().await;
        let carol = far.person("carol");
        let forged = said(&carol, 2, link(&post));
        node.accept(&bob.create(&forged)).await;
        assert!(kept(&node, &post).await.is_empty());
        assert_eq!(far.requests_for(forged["id"].as_str().unwrap()), 1);
        far.publish(&forged);
        // That it was not there is remembered for a while.
        node.test.advance_secs(86_400);
        let mut again = bob.activity("Create", forged.clone());
        again["id"] = json!(bob.at("#again"));
        node.accept(&bob.letter(again)).await;
        assert_eq!(kept(&node, &post).await.len(), 1);
    }

    async fn a_reply_is_a_comment_and_nothing_else(node: TestNode) {
        let there = node.neighbour().await;
        let bob = there.person("bob");
        let post = node.publish("Reply").await;
        let reply = merged(bob.note(1, post.ap_id.as_str()), merged(link(&post), json!({ "quote": post.ap_id })));
        node.accept_reply(&bob, &reply).await;
        assert!(kept(&node, &post).await.is_empty());
    }

    async fn an_answer_to_somebody_elses_post_that_links_to_ours_is_listed(node: TestNode) {
        let (there, far) = (node.neighbour().await, node.neighbour().await);
        let (bob, carol) = (there.person("bob"), far.person("carol"));
        let post = node.publish("Elsewhere").await;
        let root = said(&carol, 1, json!({}));
        far.publish(&root);
        let answer = merged(bob.note(2, root["id"].as_str().unwrap()), link(&post));
        deliver(&node, &bob, &answer).await;
        assert_eq!(node.parked().await, 0);
        assert_eq!(kept(&node, &post).await.len(), 1);
        assert!(node.numbers(&post).await.is_empty());
    }

    async fn edits_deletes_and_blocks_are_followed(node: TestNode) {
        let there = node.neighbour().await;
        let bob = there.person("bob");
        let (post, other) = (node.publish("One").await, node.publish("Other").await);
        let note = said(&bob, 1, link(&post));
        deliver(&node, &bob, &note).await;
        let moved = merged(note.clone(), merged(link(&other), json!({ "updated": "2026-11-22T11:30:00Z" })));
        node.accept(&bob.letter(bob.activity("Update", moved.clone()))).await;
        assert!(kept(&node, &post).await.is_empty());
        assert_eq!(kept(&node, &other).await.len(), 1);
        let plain = merged(moved, json!({ "content": "<p>Never mind</p>" }));
        node.accept(&bob.letter(merged(bob.activity("Update", plain), json!({ "id": bob.at("#third") })))).await;
        assert!(kept(&node, &other).await.is_empty());
        let both = format!("<a href=\"{}\">a</a> <a href=\"{}\">b</a>", post.url, other.url);
        let second = said(&bob, 2, json!({ "content": both }));
        deliver(&node, &bob, &second).await;
        assert_eq!((kept(&node, &post).await.len(), kept(&node, &other).await.len()), (1, 1));
        node.block(there.host()).await;
        assert!(listed(&node, &post).await.is_empty());
        node.unblock(there.host()).await;
        assert!(!listed(&node, &post).await.is_empty());
        node.accept(&bob.tell("Delete", second["id"].as_str().unwrap())).await;
        assert!(kept(&node, &post).await.is_empty() && kept(&node, &other).await.is_empty());
        deliver(&node, &bob, &said(&bob, 3, link(&post))).await;
        node.accept(&bob.tell("Delete", &bob.id)).await;
        assert!(kept(&node, &post).await.is_empty());
    }

    async fn a_communitys_link_to_a_post_is_fetched_and_followed(node: TestNode) {
        let (there, group, carol) = community(&node).await;
        let post = node.publish("Community").await;
        let page = merged(said(&carol, 1, json!({})), json!({
            "type": "Page", "name": "Look at this blog", "attachment": [{ "type": "Link", "href": post.url }], "audience": group.id,
        }));
        there.publish(&page);
        let passed = |kind: &str, object: &Value| {
            let inner = carol.activity(kind, object.clone());
            let mut announce = group.activity("Announce", inner);
            announce["id"] = json!(group.at(&format!("#{kind}")));
            group.letter(announce)
        };
        node.accept(&passed("Create", &page)).await;
        assert!(listed(&node, &post).await.contains("Look at this blog"));
        there.publish(&merged(page.clone(), json!({ "name": "Look once more" })));
        node.accept(&passed("Update", &page)).await;
        assert!(listed(&node, &post).await.contains("Look once more"));
        // Its origin still shows it: nobody's word takes it away.
        node.accept(&passed("Delete", &page["id"])).await;
        assert_eq!(kept(&node, &post).await.len(), 1);
        there.withdraw(page["id"].as_str().unwrap());
        let mut gone = group.activity("Announce", carol.activity("Delete", page["id"].clone()));
        gone["id"] = json!(group.at("#gone"));
        node.accept(&group.letter(gone)).await;
        assert!(kept(&node, &post).await.is_empty());
    }

    async fn what_one_servers_people_link_to_is_bounded(node: TestNode) {
        let there = node.neighbour().await;
        let bob = there.person("bob");
        let post = node.publish("Flood").await;
        let most = usize::try_from(talk::KEPT_PER_HOST).unwrap();
        for number in 0..most + 5 {
            let letter = bob.create(&said(&bob, u32::try_from(number).unwrap(), link(&post)));
            assert_eq!(node.receive(&letter).await, StatusCode::ACCEPTED);
        }
        assert_eq!(kept(&node, &post).await.len(), most);
        let far = node.neighbour().await;
        let carol = far.person("carol");
        deliver(&node, &carol, &said(&carol, 1, link(&post))).await;
        assert_eq!(kept(&node, &post).await.len(), most + 1);
        let shown = listed(&node, &post).await;
        assert_eq!(shown.matches("<li class=\"h-cite\"").count(), 50);
        assert!(shown.contains("and 1 more"));
    }

    async fn hostile_names_and_texts_are_clean(node: TestNode) {
        let there = node.neighbour().await;
        let bob = there.person("bob");
        let post = node.publish("Hostile").await;
        let content = format!("<script>alert(1)</script><img src=x onerror=alert(2)><a href=\"{}\">a\u{202e}b</a> & <b>c</b>", post.url);
        let note = said(&bob, 1, json!({ "content": content, "url": "javascript:alert(3)" }));
        deliver(&node, &bob, &note).await;
        let page = merged(said(&bob, 2, link(&post)), json!({ "type": "Page", "name": "<img src=x onerror=alert(4)>\u{0}", "url": post.url }));
        deliver(&node, &bob, &page).await;
        let shown = listed(&node, &post).await;
        assert_eq!(kept(&node, &post).await.len(), 2);
        for bad in ["alert(", "javascript:", "onerror", "\u{202e}", "<script"] {
            assert!(!shown.contains(bad), "{bad} in {shown}");
        }
        assert!(kept(&node, &post).await.iter().all(|row| row.talk.url.as_str().starts_with(&there.url)));
    }
}
