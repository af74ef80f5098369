//! What can be read here: Articles, comments, collections and their pages, tombstones.

use antiphon::domain::comment::Comment;
use antiphon::domain::post;
use antiphon::domain::visibility::CommentStatus;
use axum::body::Body;
use http::{Request, StatusCode};
use serde_json::{Value, json};

use crate::support::{TestNode, both_databases};

/// Where a collection of a comment stands here, wherever the comment lives.
fn at(comment: &Comment, rest: &str) -> String {
    format!("https://blog.example/ap/comments/{}{rest}", comment.id)
}

/// Reads a collection to its end; returns its items.
async fn read_all(node: &TestNode, address: &str) -> Vec<Value> {
    let whole = node.get(address).await.json();
    let total = whole["totalItems"].as_u64().unwrap();
    let mut items = Vec::new();
    let mut next = whole["first"].clone();
    while let Some(address) = next.as_str() {
        let page = node.get(address).await.json();
        assert_eq!(page["id"], *address);
        assert_eq!(page["partOf"], whole["id"]);
        let listed = page.get("orderedItems").or(page.get("items")).unwrap();
        items.extend(listed.as_array().unwrap().iter().cloned());
        next = page["next"].clone();
        assert!(items.len() <= 500, "the pages end");
    }
    assert_eq!(u64::try_from(items.len()).unwrap(), total, "{address}");
    items
}

both_databases! {
    async fn an_article_holds_what_other_servers_read(node: TestNode) {
        let new = post::NewPost {
            title: "Bread & Salt".into(),
            content: "Some *words*. <script>alert(1)</script>\n\n![A loaf](https://blog.example/loaf.jpg)".into(),
            summary: Some("About bread.".into()),
            tags: vec!["Baking".into()],
            slug: Some("bread".into()),
            ..post::NewPost::default()
        };
        let post = post::create(node.app(), &node.test.alice, new).await.unwrap().post;
        let article = node.get(post.ap_id.as_str()).await.json();
        let (id, public) = (post.ap_id.as_str(), "https://www.w3.org/ns/activitystreams#Public");
        assert_eq!(article["type"], "Article");
        assert_eq!(article["name"], "Bread & Salt");
        assert_eq!(article["summary"], "About bread.");
        assert_eq!(article["attributedTo"], node.alice());
        assert_eq!(article["url"], "https://blog.example/posts/bread");
        assert_eq!(article["to"], json!([public]));
        assert_eq!(article["cc"], json!([format!("{}/followers", node.alice())]));
        assert_eq!(article["published"], "2026-11-22T12:00:00Z");
        assert!(article.get("updated").is_none());
        let content = article["content"].as_str().unwrap();
        assert!(content.contains("<em>words</em>") && !content.contains("script"), "{content}");
        assert_eq!(article["contentMap"]["en"], article["content"]);
        assert_eq!(article["source"]["mediaType"], "text/markdown");
        assert_eq!(article["tag"][0]["type"], "Hashtag");
        assert_eq!(article["tag"][0]["name"], "#Baking");
        assert_eq!(article["image"]["url"], "https://blog.example/loaf.jpg");
        assert_eq!(article["image"]["name"], "A loaf");
        assert_eq!(article["preview"]["type"], "Note");
        assert!(!article["preview"]["content"].as_str().unwrap().contains("<a "));
        assert_eq!(article["context"], format!("{id}/context"));
        for name in ["replies", "likes", "shares"] {
            assert_eq!(article[name]["id"], format!("{id}/{name}"));
            assert_eq!(article[name]["totalItems"], 0);
        }
        let context = article["@context"].to_string();
        assert!(context.contains("\"https://www.w3.org/ns/activitystreams\""));
    }

    async fn an_edited_article_says_when(node: TestNode) {
        let post = node.publish("Edited").await;
        node.drain().await;
        node.test.advance_secs(60);
        let edit = post::Edit { content: Some("Better.".into()), ..post::Edit::default() };
        post::edit(node.app(), &node.test.alice, post.id, edit).await.unwrap();
        node.drain().await;
        let update = node.made_last("Update").await;
        assert_eq!(update["object"]["updated"], "2026-11-22T12:01:00Z");
        assert_eq!(update["object"]["published"], "2026-11-22T12:00:00Z");
        assert!(update["object"]["content"].as_str().unwrap().contains("Better."));
    }

    async fn the_outbox_lists_what_was_published_newest_first_over_pages(node: TestNode) {
        for number in 0..53 {
            node.publish(&format!("Post {number}")).await;
        }
        let items = read_all(&node, &format!("{}/outbox", node.alice())).await;
        assert_eq!(items.len(), 53);
        assert_eq!(items[0]["type"], "Create");
        assert_eq!(items[0]["object"]["name"], "Post 52");
        assert_eq!(items[52]["object"]["name"], "Post 0");
    }

    async fn followers_are_listed_and_countable(node: TestNode) {
        let there = node.neighbour().await;
        let people: Vec<_> = (0..3).map(|number| there.person(&format!("p{number}"))).collect();
        node.followed_by(&people).await;
        let items = read_all(&node, &format!("{}/followers", node.alice())).await;
        assert!(items.contains(&json!(people[0].id)));
        assert_eq!(node.get(&format!("{}/nothing", node.alice())).await.status, StatusCode::NOT_FOUND);
    }

    async fn replies_list_what_answers_directly_and_the_context_lists_all(node: TestNode) {
        let there = node.neighbour().await;
        let bob = there.person("bob");
        let post = node.publish("Collected").await;
        let first = bob.note(1, post.ap_id.as_str());
        let stored = node.accept_reply(&bob, &first).await;
        let second = bob.note(2, first["id"].as_str().unwrap());
        node.accept_reply(&bob, &second).await;
        let own = node.answer(&post, Some(&stored), "Thanks.").await;
        node.drain().await;
        let replies = read_all(&node, &format!("{}/replies", post.ap_id)).await;
        assert_eq!(replies, [first["id"].clone()]);
        let context = read_all(&node, &format!("{}/context", post.ap_id)).await;
        assert_eq!(context, [json!(post.ap_id), first["id"].clone(), second["id"].clone(), json!(own.ap_id)]);
        let article = node.get(post.ap_id.as_str()).await.json();
        assert_eq!(article["replies"]["totalItems"], 1, "as many as the collection holds");
        let note = node.get(own.ap_id.as_str()).await.json();
        assert_eq!(note["inReplyTo"], first["id"]);
        assert_eq!(note["replies"]["totalItems"], 0);
    }

    async fn many_replies_are_read_page_by_page(node: TestNode) {
        let there = node.neighbour().await;
        let bob = there.person("bob");
        let post = node.publish("Popular").await;
        for number in 0..52 {
            node.accept(&bob.create(&bob.note(number, post.ap_id.as_str()))).await;
        }
        assert_eq!(read_all(&node, &format!("{}/replies", post.ap_id)).await.len(), 52);
        assert_eq!(read_all(&node, &format!("{}/context", post.ap_id)).await.len(), 53);
    }

    async fn a_deleted_post_is_a_tombstone_here_and_a_delete_elsewhere(node: TestNode) {
        let there = node.neighbour().await;
        let (bob, carol) = (there.person("bob"), there.loner("carol"));
        node.followed_by(std::slice::from_ref(&bob)).await;
        let post = node.publish("Regretted").await;
        node.accept_reply(&carol, &carol.note(1, post.ap_id.as_str())).await;
        post::delete(node.app(), &node.test.alice, post.id).await.unwrap();
        node.drain().await;
        let delete = node.made_last("Delete").await;
        assert_eq!(delete["object"]["id"], post.ap_id.as_str());
        assert_eq!(delete["object"]["type"], "Tombstone");
        let mut inboxes = [format!("{}/inbox", there.url), carol.at("/inbox")];
        inboxes.sort();
        assert_eq!(node.inboxes_of(&delete).await, inboxes);
        for address in [post.ap_id.as_str(), post.url.as_str()] {
            let answer = node.get(address).await;
            assert_eq!(answer.status, StatusCode::GONE);
            assert_eq!(answer.json()["type"], "Tombstone");
            assert_eq!(answer.json()["formerType"], "Article");
        }
        assert_eq!(node.get(&format!("{}/replies", post.ap_id)).await.status, StatusCode::NOT_FOUND);
        assert_eq!(node.get_as(post.url.as_str(), "text/html").await.status, StatusCode::GONE);
    }

    async fn what_is_not_published_does_not_exist(node: TestNode) {
        let new = post::NewPost {
            title: "Draft".into(),
            content: "Not yet.".into(),
            status: Some(post::Status::Draft),
            ..post::NewPost::default()
        };
        let post = post::create(node.app(), &node.test.alice, new).await.unwrap().post;
        let nothing = node.get("https://blog.example/ap/posts/1").await;
        for address in [post.ap_id.to_string(), format!("{}/context", post.ap_id)] {
            let answer = node.get(&address).await;
            assert_eq!((answer.status, &answer.text), (StatusCode::NOT_FOUND, &nothing.text), "{address}");
        }
    }

    async fn replies_and_context_of_a_comment_are_read_here_wherever_it_lives(node: TestNode) {
        let there = node.neighbour().await;
        let (bob, carol) = (there.person("bob"), there.person("carol"));
        let post = node.publish("Deep").await;
        let first = bob.note(1, post.ap_id.as_str());
        let theirs = node.accept_reply(&bob, &first).await;
        let second = carol.note(2, first["id"].as_str().unwrap());
        let below = node.accept_reply(&carol, &second).await;
        let own = node.answer(&post, Some(&theirs), "Thanks.").await;
        let third = carol.note(3, own.ap_id.as_str());
        node.accept_reply(&carol, &third).await;
        assert_eq!(read_all(&node, &at(&theirs, "/replies")).await, [second["id"].clone(), json!(own.ap_id)]);
        assert_eq!(read_all(&node, &at(&own, "/replies")).await, [third["id"].clone()]);
        assert_eq!(read_all(&node, &at(&below, "/replies")).await.len(), 0);
        let whole = node.get(&format!("{}/context", post.ap_id)).await;
        assert_eq!(whole.json()["attributedTo"], node.alice());
        assert_eq!(whole.json()["type"], "OrderedCollection");
        for comment in [&theirs, &below, &own] {
            assert_eq!(node.get(&at(comment, "/context")).await.text, whole.text, "one thread, one context");
        }
        assert_eq!(read_all(&node, &at(&below, "/context")).await.len(), 5);
        let note = node.get(own.ap_id.as_str()).await.json();
        assert_eq!(note["replies"]["id"], at(&own, "/replies"));
        assert_eq!(note["replies"]["totalItems"], 1);
        assert_eq!(note["context"], whole.json()["id"]);
        assert_eq!(node.get(&at(&theirs, "")).await.status, StatusCode::NOT_FOUND, "the note itself lives elsewhere");
        assert_eq!(node.get(&at(&theirs, "/likes")).await.status, StatusCode::NOT_FOUND);
    }

    async fn a_hidden_branch_is_in_no_collection_and_has_none(node: TestNode) {
        let there = node.neighbour().await;
        let bob = there.person("bob");
        let post = node.publish("Moderated").await;
        let note = |number, parent: &Value| bob.note(number, parent["id"].as_str().unwrap());
        let kept = bob.note(1, post.ap_id.as_str());
        let kept_row = node.accept_reply(&bob, &kept).await;
        let hidden = note(2, &kept);
        let hidden_row = node.accept_reply(&bob, &hidden).await;
        let below_row = node.accept_reply(&bob, &note(3, &hidden)).await;
        node.decide(&hidden_row, CommentStatus::Spam).await;
        assert_eq!(read_all(&node, &at(&kept_row, "/replies")).await.len(), 0);
        let context = read_all(&node, &at(&kept_row, "/context")).await;
        assert_eq!(context, [json!(post.ap_id), kept["id"].clone()]);
        let nothing = node.get("https://blog.example/ap/comments/77/replies").await;
        for row in [&hidden_row, &below_row] {
            for rest in ["/replies", "/replies?page=1", "/context", "/context?page=1"] {
                let answer = node.get(&at(row, rest)).await;
                assert_eq!((answer.status, &answer.text), (StatusCode::NOT_FOUND, &nothing.text), "{rest}");
            }
        }
        node.decide(&hidden_row, CommentStatus::Published).await;
        assert_eq!(read_all(&node, &at(&kept_row, "/replies")).await, [hidden["id"].clone()]);
        assert_eq!(read_all(&node, &at(&hidden_row, "/replies")).await.len(), 1);
    }

    async fn a_deleted_comment_is_listed_nowhere_and_keeps_the_answers_to_it(node: TestNode) {
        let there = node.neighbour().await;
        let bob = there.person("bob");
        let post = node.publish("Shortened").await;
        let first = bob.note(1, post.ap_id.as_str());
        let row = node.accept_reply(&bob, &first).await;
        let second = bob.note(2, first["id"].as_str().unwrap());
        node.accept_reply(&bob, &second).await;
        node.accept(&bob.tell("Delete", first["id"].as_str().unwrap())).await;
        assert_eq!(read_all(&node, &format!("{}/replies", post.ap_id)).await.len(), 0);
        assert_eq!(read_all(&node, &at(&row, "/replies")).await, [second["id"].clone()]);
        assert_eq!(read_all(&node, &at(&row, "/context")).await, [json!(post.ap_id), second["id"].clone()]);
    }

    async fn a_page_goes_on_behind_its_key_and_senseless_keys_are_no_fault_of_ours(node: TestNode) {
        let there = node.neighbour().await;
        let bob = there.person("bob");
        let post = node.publish("Paged").await;
        let first = bob.note(0, post.ap_id.as_str());
        let row = node.accept_reply(&bob, &first).await;
        let mut rows = Vec::new();
        for number in 1..=51 {
            rows.push(node.accept_reply(&bob, &bob.note(number, first["id"].as_str().unwrap())).await);
        }
        let replies = at(&row, "/replies");
        let page = node.get(&format!("{replies}?page=1")).await.json();
        assert_eq!(page["items"].as_array().unwrap().len(), 50);
        assert_eq!(page["next"], format!("{replies}?page=1&after={}", rows[49].id));
        let last = node.get(&format!("{replies}?after={}", rows[49].id)).await.json();
        assert_eq!(last["id"], page["next"], "one spelling");
        assert_eq!(last["items"], json!([rows[50].ap_id]));
        assert!(last.get("next").is_none());
        // What is added stands behind, so that whoever read to the end can go on there.
        let more = node.accept_reply(&bob, &bob.note(52, first["id"].as_str().unwrap())).await;
        let behind = node.get(&format!("{replies}?page=1&after={}", rows[50].id)).await.json();
        assert_eq!(behind["items"], json!([more.ap_id]));
        let beyond = node.get(&format!("{replies}?after={}", i64::MAX)).await.json();
        assert_eq!(beyond["items"], json!([]));
        for query in ["page=%F0", "after=-1", "before=7", "page=1&page=2"] {
            let answer = node.get(&format!("{replies}?{query}")).await;
            assert!(answer.status.is_success() || answer.status.is_client_error(), "{query}");
        }
        for wrong in ["0", "-1", "x", "9223372036854775808", "%00"] {
            let answer = node.get(&format!("https://blog.example/ap/comments/{wrong}/replies")).await;
            assert_eq!(answer.status, StatusCode::NOT_FOUND, "{wrong}");
        }
    }

    async fn who_has_a_collection_is_told_only_that_nothing_changed(node: TestNode) {
        let there = node.neighbour().await;
        let bob = there.person("bob");
        let post = node.publish("Known").await;
        let first = bob.note(1, post.ap_id.as_str());
        let row = node.accept_reply(&bob, &first).await;
        let again = async |address: &str, etag: &str| {
            let path = address.strip_prefix("https://blog.example").unwrap();
            let request = Request::get(path).header("if-none-match", etag);
            node.ask(request.body(Body::empty()).unwrap()).await
        };
        for address in [
            at(&row, "/replies"),
            at(&row, "/replies?page=1"),
            at(&row, "/context"),
            format!("{}/context?page=1", post.ap_id),
            format!("{}/replies?page=1", post.ap_id),
        ] {
            let etag = node.get(&address).await.header("etag").to_owned();
            let unchanged = again(&address, &etag).await;
            assert_eq!((unchanged.status, unchanged.text.as_str()), (StatusCode::NOT_MODIFIED, ""), "{address}");
            assert_eq!(again(&address, "\"other\"").await.status, StatusCode::OK);
        }
        let address = at(&row, "/replies?page=1");
        let etag = node.get(&address).await.header("etag").to_owned();
        node.accept_reply(&bob, &bob.note(2, first["id"].as_str().unwrap())).await;
        assert_eq!(again(&address, &etag).await.status, StatusCode::OK, "there is a new one");
    }
}
