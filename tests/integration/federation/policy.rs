//! Whether a post takes comments: by hand, after its days, on the page, on the wire, and what becomes of late replies.

use antiphon::config::Moderation;
use antiphon::domain::comment;
use antiphon::domain::post::{self, Comments, Edit, NewPost, Post};
use antiphon::domain::screening::Rule;
use antiphon::domain::visibility::CommentStatus;
use serde_json::{Value, json};

use crate::support::{TestApp, TestDb, TestNode, both_databases};

const PUBLIC: &str = "https://www.w3.org/ns/activitystreams#Public";
const DAY: i64 = 24 * 3600;
const CLOSED: &str = "Comments are closed.";

async fn set_comments(node: &TestNode, post: &Post, comments: Comments) {
    node.test.advance_secs(60);
    let edit = Edit {
        comments: Some(comments),
        ..Edit::default()
    };
    post::edit(node.app(), &node.test.alice, post.id, edit)
        .await
        .unwrap();
    node.drain().await;
}

fn rule(automatic: &[&str], manual: &[&str]) -> Value {
    json!({
        "automaticApproval": automatic, "manualApproval": manual,
        "always": automatic, "approvalRequired": manual,
    })
}

/// A node whose posts close after two days.
async fn closing(db: TestDb) -> TestNode {
    let builder = TestApp::builder().configure(|config| config.discussion.close_after_days = 2);
    TestNode::quiet(builder, db).await
}

both_databases! {
    async fn an_open_post_lets_everybody_answer_in_both_spellings(node: TestNode) {
        let post = node.publish("Open").await;
        let article = node.get(post.ap_id.as_str()).await.json();
        assert_eq!(article["interactionPolicy"]["canReply"], rule(&[PUBLIC], &[]));
        assert_eq!(article["interactionPolicy"]["canQuote"], rule(&[PUBLIC], &[]));
        assert_eq!(article["commentsEnabled"], true);
        let terms = &article["@context"][1];
        for term in ["interactionPolicy", "canReply", "canQuote", "automaticApproval", "manualApproval", "always", "approvalRequired"] {
            assert_eq!(terms[term], json!({"@id": format!("gts:{term}"), "@type": "@id"}));
        }
        node.drain().await;
        let sent = node.made_last("Create").await;
        assert_eq!(sent["object"]["interactionPolicy"], article["interactionPolicy"]);
        let comment = node.answer(&post, None, "Mine").await;
        let note = node.get(comment.ap_id.as_str()).await.json();
        assert_eq!(note["interactionPolicy"], article["interactionPolicy"]);
        assert_eq!(note["commentsEnabled"], true);
    }

    async fn every_kind_of_moderation_is_published_as_manual_approval(db: TestDb) {
        let mut next = Some(db);
        for moderation in [Moderation::All, Moderation::Known, Moderation::Screened] {
            let db = next.take().unwrap();
            next = TestDb::like(&db);
            let node = TestNode::quiet(TestApp::builder().moderation(moderation), db).await;
            let post = node.publish("Moderated").await;
            let article = node.get(post.ap_id.as_str()).await.json();
            assert_eq!(article["interactionPolicy"]["canReply"], rule(&[node.alice()], &[PUBLIC]));
            assert_eq!(article["commentsEnabled"], true);
        }
    }

    async fn a_post_closed_by_hand_says_so_on_the_page_and_on_the_wire(node: TestNode) {
        let there = node.neighbour().await;
        node.followed_by(&[there.person("bob")]).await;
        let post = node.publish("By hand").await;
        let own = node.answer(&post, None, "Mine").await;
        node.drain().await;
        assert!(!node.get_as(post.url.as_str(), "text/html").await.text.contains(CLOSED));
        set_comments(&node, &post, Comments::Closed).await;
        assert!(node.get_as(post.url.as_str(), "text/html").await.text.contains(CLOSED));
        let update = node.made_last("Update").await;
        assert_eq!(update["object"]["interactionPolicy"]["canReply"], rule(&[node.alice()], &[]));
        assert_eq!(update["object"]["commentsEnabled"], false);
        assert!(update["object"]["updated"].is_string());
        assert_eq!(node.inboxes_of(&update).await, [format!("{}/inbox", there.url)]);
        let note = node.get(own.ap_id.as_str()).await.json();
        assert_eq!((&note["commentsEnabled"], &note["interactionPolicy"]["canReply"]), (&json!(false), &rule(&[node.alice()], &[])));
        set_comments(&node, &post, Comments::Open).await;
        assert!(!node.get_as(post.url.as_str(), "text/html").await.text.contains(CLOSED));
        assert_eq!(node.made_last("Update").await["object"]["commentsEnabled"], true);
    }

    async fn a_late_reply_is_held_by_its_rule_and_never_lost(node: TestNode) {
        let there = node.neighbour().await;
        let bob = there.person("bob");
        let post = node.publish("Late").await;
        let early = node.accept_reply(&bob, &bob.note(1, post.ap_id.as_str())).await;
        set_comments(&node, &post, Comments::Closed).await;
        let late = node.accept_reply(&bob, &bob.note(2, post.ap_id.as_str())).await;
        let below = node.accept_reply(&bob, &bob.note(3, early.ap_id.as_str())).await;
        for held in [&late, &below] {
            assert_eq!((held.status, held.rule), (CommentStatus::Held, Some(Rule::Closed)));
        }
        assert_eq!(node.numbers(&post).await, ["1"]);
        node.answer(&post, Some(&early), "The writer still may").await;
        assert_eq!(node.numbers(&post).await, ["1", "1.1"]);
        node.decide(&late, CommentStatus::Published).await;
        assert_eq!(node.numbers(&post).await, ["1", "1.1", "2"]);
        let mut edited = bob.note(1, post.ap_id.as_str());
        edited["content"] = json!("<p>edited late</p>");
        edited["updated"] = json!("2026-11-22T11:30:00Z");
        node.accept(&bob.letter(bob.activity("Update", edited))).await;
        assert!(node.thread(&post).await[0].1.contains("edited late"), "an edit is no new reply");
    }

    async fn a_request_under_a_closed_post_waits_for_a_person(node: TestNode) {
        let there = node.neighbour().await;
        let bob = there.person("bob");
        let post = node.publish("Closed").await;
        set_comments(&node, &post, Comments::Closed).await;
        let before = node.made().await.len();
        let note = bob.note(1, post.ap_id.as_str());
        let request = json!({
            "id": bob.at("/requests/1"), "type": "ReplyRequest", "actor": bob.id,
            "object": post.ap_id, "instrument": note,
        });
        node.accept(&bob.letter(request)).await;
        assert_eq!(node.made().await.len(), before);
        let held = node.comment(&note).await.unwrap();
        node.decide(&held, CommentStatus::Published).await;
        node.drain().await;
        assert_eq!(node.made_last("Accept").await["object"]["id"], bob.at("/requests/1"));
    }

    async fn a_post_closes_when_its_days_have_passed_and_tells_the_followers(db: TestDb) {
        let node = closing(db).await;
        let there = node.neighbour().await;
        let bob = there.person("bob");
        node.followed_by(std::slice::from_ref(&bob)).await;
        let post = node.publish("Two days").await;
        node.drain().await;
        assert_eq!(node.jobs().await, 1, "the moment is set");
        node.test.advance_secs(2 * DAY - 1);
        node.drain().await;
        assert!(!node.get_as(post.url.as_str(), "text/html").await.text.contains(CLOSED));
        assert!(node.accept_reply(&bob, &bob.note(1, post.ap_id.as_str())).await.is_public());
        node.test.advance_secs(1);
        node.drain().await;
        let update = node.made_last("Update").await;
        assert_eq!(update["object"]["id"], post.ap_id.as_str());
        assert_eq!(update["object"]["commentsEnabled"], false);
        assert_eq!(update["object"]["updated"], "2026-11-24T12:00:00Z", "newer than what others have");
        assert!(node.get_as(post.url.as_str(), "text/html").await.text.contains(CLOSED));
        let late = node.accept_reply(&bob, &bob.note(2, post.ap_id.as_str())).await;
        assert_eq!(late.rule, Some(Rule::Closed));
        let shown = node.get(post.ap_id.as_str()).await.json();
        assert_eq!(shown["interactionPolicy"], update["object"]["interactionPolicy"]);
        assert_eq!(node.jobs().await, 0);
    }

    async fn a_scheduled_post_closes_its_days_after_it_appeared(db: TestDb) {
        let node = closing(db).await;
        let there = node.neighbour().await;
        node.followed_by(&[there.person("bob")]).await;
        let new = NewPost {
            title: "Later".into(),
            content: "Text".into(),
            status: Some(post::Status::Scheduled),
            publish_at: Some(node.app().now().plus_secs(DAY)),
            ..NewPost::default()
        };
        let post = post::create(node.app(), &node.test.alice, new).await.unwrap().post;
        node.test.advance_secs(DAY);
        node.drain().await;
        node.test.advance_secs(DAY);
        node.drain().await;
        assert!(node.made().await.iter().all(|made| made["type"] != "Update"));
        node.test.advance_secs(DAY);
        node.drain().await;
        assert_eq!(node.made_last("Update").await["object"]["id"], post.ap_id.as_str());
    }

    async fn a_stale_moment_does_nothing(db: TestDb) {
        let node = closing(db).await;
        let (by_hand, gone) = (node.publish("By hand").await, node.publish("Gone").await);
        node.drain().await;
        set_comments(&node, &by_hand, Comments::Closed).await;
        post::delete(node.app(), &node.test.alice, gone.id).await.unwrap();
        node.drain().await;
        let before = node.made().await.len();
        node.test.advance_secs(3 * DAY);
        node.drain().await;
        assert_eq!((node.made().await.len(), node.jobs().await), (before, 0));
    }

    async fn a_draft_that_is_published_gets_its_moment_and_an_edit_no_second_one(db: TestDb) {
        let node = closing(db).await;
        let new = NewPost {
            title: "Draft".into(),
            content: "Text".into(),
            status: Some(post::Status::Draft),
            ..NewPost::default()
        };
        let draft = post::create(node.app(), &node.test.alice, new).await.unwrap().post;
        assert_eq!(node.jobs().await, 0);
        let publish = Edit { status: Some(post::Status::Published), ..Edit::default() };
        post::edit(node.app(), &node.test.alice, draft.id, publish).await.unwrap();
        node.drain().await;
        assert_eq!(node.jobs().await, 1);
        let retitle = Edit { title: Some("Again".into()), ..Edit::default() };
        post::edit(node.app(), &node.test.alice, draft.id, retitle).await.unwrap();
        node.drain().await;
        assert_eq!(node.jobs().await, 1);
    }

    async fn a_parked_reply_that_finds_its_place_too_late_is_held(node: TestNode) {
        let (there, elsewhere) = (node.neighbour().await, node.neighbour().await);
        let (bob, carol) = (there.person("bob"), elsewhere.person("carol"));
        let post = node.publish("Parked").await;
        let first = carol.note(1, post.ap_id.as_str());
        let second = bob.note(2, first["id"].as_str().unwrap());
        node.accept(&bob.create(&second)).await;
        set_comments(&node, &post, Comments::Closed).await;
        node.accept(&carol.create(&first)).await;
        for note in [&first, &second] {
            assert_eq!(node.comment(note).await.unwrap().rule, Some(Rule::Closed));
        }
    }

    async fn a_closed_posts_comment_says_that_its_writer_and_the_posts_may_answer(node: TestNode) {
        let (_, dora) = node.test.account("dora").await;
        let post = node.publish("Two writers").await;
        let hers = comment::reply(node.app(), &dora, post.id, None, "Hi".into(), None).await.unwrap();
        set_comments(&node, &post, Comments::Closed).await;
        let note = node.get(hers.ap_id.as_str()).await.json();
        let may = rule(&[dora.ap_id.as_str(), node.alice()], &[]);
        assert_eq!(note["interactionPolicy"]["canReply"], may);
    }
}
