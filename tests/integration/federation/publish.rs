//! What our people write, on its way out: posts, answers, edits, deletions, schedules.

use antiphon::domain::comment;
use antiphon::domain::follower;
use antiphon::domain::post::{self, NewPost, Status};
use antiphon::federation::{outbox, remote};
use antiphon::queue::Event;
use http::StatusCode;
use serde_json::{Value, json};

use crate::support::{TestApp, TestDb, TestNode, both_databases, until};

const PUBLIC: &str = "https://www.w3.org/ns/activitystreams#Public";

fn mentioned(activity: &Value) -> Vec<String> {
    let tags = activity["object"]["tag"].as_array().unwrap();
    let people = tags.iter().filter(|tag| tag["type"] == "Mention");
    people
        .map(|tag| tag["href"].as_str().unwrap().to_owned())
        .collect()
}

both_databases! {
    async fn a_post_goes_to_each_distinct_shared_inbox_once(node: TestNode) {
        let (one, two) = (node.neighbour().await, node.neighbour().await);
        let people = [one.person("a"), one.person("b"), two.person("c"), two.loner("d"), two.loner("e")];
        node.followed_by(&people).await;
        node.publish("Folded").await;
        node.drain().await;
        let create = node.made_last("Create").await;
        let mut inboxes = vec![
            format!("{}/inbox", one.url),
            format!("{}/inbox", two.url),
            people[3].at("/inbox"),
            people[4].at("/inbox"),
        ];
        inboxes.sort();
        assert_eq!(node.inboxes_of(&create).await, inboxes);
        assert_eq!(create["to"], json!([PUBLIC]));
        assert_eq!((&create["to"], &create["cc"]), (&create["object"]["to"], &create["object"]["cc"]));
    }

    async fn blocked_servers_get_nothing(node: TestNode) {
        let there = node.neighbour().await;
        node.followed_by(&[there.person("bob")]).await;
        node.block(there.host()).await;
        node.publish("Not for you").await;
        node.drain().await;
        let create = node.made_last("Create").await;
        assert!(node.inboxes_of(&create).await.is_empty());
    }

    async fn a_job_that_runs_twice_sends_once(node: TestNode) {
        let there = node.neighbour().await;
        node.followed_by(&[there.person("bob")]).await;
        let post = node.publish("Once").await;
        node.drain().await;
        let event = Event::PostCreated { post: post.id.raw() };
        outbox::fan_out(node.app(), &node.fed.fetcher, event).await.unwrap();
        let creates = node.made().await.into_iter().filter(|made| made["type"] == "Create");
        assert_eq!(creates.count(), 1);
        assert_eq!(node.totals(&post).await.waiting, 1);
    }

    async fn somebody_named_in_a_post_is_told(node: TestNode) {
        let there = node.neighbour().await;
        let bob = there.person("bob");
        let new = NewPost {
            title: "Named".into(),
            content: format!("With thanks to @{}.", bob.handle),
            ..NewPost::default()
        };
        post::create(node.app(), &node.test.alice, new).await.unwrap();
        node.drain().await;
        let create = node.made_last("Create").await;
        assert_eq!(mentioned(&create), [bob.id.as_str()]);
        assert!(create["cc"].as_array().unwrap().contains(&json!(bob.id)));
        assert_eq!(node.inboxes_of(&create).await, [format!("{}/inbox", there.url)]);
    }

    async fn an_answer_of_ours_tells_the_thread_and_the_followers(node: TestNode) {
        let (there, elsewhere, readers) = (node.neighbour().await, node.neighbour().await, node.neighbour().await);
        let (bob, carol, reader) = (there.person("bob"), elsewhere.person("carol"), readers.person("reader"));
        node.followed_by(&[reader]).await;
        let post = node.publish("Answered").await;
        let first = bob.note(1, post.ap_id.as_str());
        node.accept_reply(&bob, &first).await;
        let second = carol.note(2, first["id"].as_str().unwrap());
        let parent = node.accept_reply(&carol, &second).await;
        node.answer(&post, Some(&parent), "Thank you *both*.").await;
        node.drain().await;
        let create = node.made_last("Create").await;
        let note = &create["object"];
        assert_eq!(note["type"], "Note");
        assert_eq!(note["inReplyTo"], second["id"]);
        assert_eq!(note["context"], format!("{}/context", post.ap_id));
        assert!(note["content"].as_str().unwrap().contains("<em>both</em>"));
        let mut people = mentioned(&create);
        people.sort();
        let mut expected = vec![bob.id.clone(), carol.id.clone()];
        expected.sort();
        assert_eq!(people, expected);
        for person in &expected {
            assert!(create["cc"].as_array().unwrap().contains(&json!(person)));
        }
        let mut inboxes: Vec<_> = [&there, &elsewhere, &readers].map(|fake| format!("{}/inbox", fake.url)).into();
        inboxes.sort();
        assert_eq!(node.inboxes_of(&create).await, inboxes);
        assert_eq!(node.numbers(&post).await, ["1", "1.1", "1.1.1"]);
    }

    async fn an_answer_keeps_its_parents_id_byte_for_byte(node: TestNode) {
        let there = node.neighbour().await;
        let bob = there.person("bob");
        let post = node.publish("WordPress").await;
        let mut note = bob.note(1, post.ap_id.as_str());
        note["id"] = json!(format!("{}?c=148", there.url));
        let parent = node.accept_reply(&bob, &note).await;
        node.answer(&post, Some(&parent), "Hello.").await;
        node.drain().await;
        assert_eq!(node.made_last("Create").await["object"]["inReplyTo"], note["id"]);
    }

    async fn an_answer_is_never_wider_than_what_it_answers(node: TestNode) {
        let there = node.neighbour().await;
        let bob = there.person("bob");
        let post = node.publish("Unlisted").await;
        let mut note = bob.note_to(1, post.ap_id.as_str(), &bob.at("/followers"));
        note["cc"] = json!([PUBLIC]);
        let parent = node.accept_reply(&bob, &note).await;
        let own = node.answer(&post, Some(&parent), "Quietly.").await;
        node.drain().await;
        let create = node.made_last("Create").await;
        assert!(!create["to"].to_string().contains(PUBLIC), "{create}");
        assert!(create["cc"].to_string().contains(PUBLIC), "{create}");
        assert_eq!(node.get(own.ap_id.as_str()).await.json()["to"], create["to"]);
    }

    async fn an_edited_and_a_deleted_answer_are_told(node: TestNode) {
        let there = node.neighbour().await;
        let bob = there.person("bob");
        let post = node.publish("Changing").await;
        let parent = node.accept_reply(&bob, &bob.note(1, post.ap_id.as_str())).await;
        let own = node.answer(&post, Some(&parent), "First.").await;
        node.drain().await;
        node.test.advance_secs(30);
        comment::edit_own(node.app(), &node.test.alice, own.id, "Second.".into()).await.unwrap();
        node.drain().await;
        let update = node.made_last("Update").await;
        assert!(update["object"]["content"].as_str().unwrap().contains("Second."));
        assert_eq!(update["object"]["updated"], "2026-11-22T12:00:30Z");
        comment::delete_own(node.app(), &node.test.alice, own.id).await.unwrap();
        node.drain().await;
        let delete = node.made_last("Delete").await;
        assert_eq!(delete["object"]["id"], own.ap_id.as_str());
        assert_eq!(node.inboxes_of(&delete).await, [format!("{}/inbox", there.url)]);
        let gone = node.get(own.ap_id.as_str()).await;
        assert_eq!((gone.status, gone.json()["type"].clone()), (StatusCode::GONE, json!("Tombstone")));
    }

    async fn a_scheduled_post_appears_and_is_sent_at_its_time(db: TestDb) {
        let node = TestNode::start(TestApp::builder(), db).await;
        let there = node.neighbour().await;
        node.followed_by(&[there.person("bob")]).await;
        let new = NewPost {
            title: "Tomorrow".into(),
            content: "News.".into(),
            status: Some(Status::Scheduled),
            publish_at: Some(node.app().now().plus_secs(3600)),
            ..NewPost::default()
        };
        let post = post::create(node.app(), &node.test.alice, new).await.unwrap().post;
        node.drain().await;
        assert_eq!(node.get(post.ap_id.as_str()).await.status, StatusCode::NOT_FOUND);
        node.advance_secs(3599);
        node.drain().await;
        assert_eq!(node.get(post.ap_id.as_str()).await.status, StatusCode::NOT_FOUND);
        node.advance_secs(1);
        let create = there.wait_for("Create").await;
        assert_eq!(create.activity["object"]["name"], "Tomorrow");
        assert_eq!(create.activity["object"]["published"], "2026-11-22T13:00:00Z");
        let served = node.get(create.activity["object"]["id"].as_str().unwrap()).await;
        assert_eq!(served.status, StatusCode::OK);
    }

    async fn a_whole_conversation_between_two_nodes_is_the_same_on_both_sides(db: TestDb) {
        let Some(second) = TestDb::like(&db) else { return };
        let a = TestNode::start(TestApp::builder(), db).await;
        let b = TestNode::start(TestApp::builder().clock(a.app().clock.clone()), second).await;
        let alice = b.fed.fetcher.actor(&a.test.alice.ap_id).await.unwrap();
        follower::follow(b.app(), &b.test.alice, &alice).await.unwrap();
        until("A has a follower", async || (a.followers().await == 1).then_some(())).await;
        let post = a.publish("Conversation").await;
        let people = vec![outbox::mention_of(&alice)];
        let parent = post.ap_id.clone();
        antiphon::domain::note::reply(b.app(), &b.test.alice, parent, "From B.".into(), people).await.unwrap();
        until("A shows B's answer", async || (a.numbers(&post).await == ["1"]).then_some(())).await;
        until("the Article is delivered", async || (a.totals(&post).await.delivered == 1).then_some(())).await;
        let thread = a.thread(&post).await;
        assert!(thread[0].1.contains("From B."), "{thread:?}");
        let comments = a.app().db.read({
            let post = post.id;
            move |conn| comment::list_of_post(conn, post, None, 10)
        });
        let (stored, author) = comments.await.unwrap().remove(0);
        assert_eq!(author.ap_id, b.test.alice.ap_id);
        let own = a.answer(&post, Some(&stored), "From A.").await;
        until("A's answer is delivered", async || (a.totals(&post).await.delivered == 2).then_some(())).await;
        assert_eq!(a.inboxes_of(&a.made_last("Create").await).await, [b.inbox().to_string()]);
        let (served, told) = (a.get(own.ap_id.as_str()).await.json(), b.get(stored.ap_id.as_str()).await.json());
        assert_eq!(served["inReplyTo"], told["id"]);
        assert_eq!(a.totals(&post).await.dead, 0);
    }

    async fn what_we_do_on_another_node_counts_there(db: TestDb) {
        let Some(second) = TestDb::like(&db) else { return };
        let a = TestNode::start(TestApp::builder(), db).await;
        let b = TestNode::start(TestApp::builder().clock(a.app().clock.clone()), second).await;
        let reader = &b.test.alice;
        remote::follow(&b.fed, reader, &a.test.alice.handle()).await.unwrap();
        until("A has a follower", async || (a.followers().await == 1).then_some(())).await;
        let post = a.publish("Acted upon").await;
        let note = remote::reply(&b.fed, reader, &post.ap_id, "From B.".into()).await.unwrap();
        for boost in [false, true] {
            remote::react(&b.fed, reader, &post.ap_id, boost).await.unwrap();
        }
        until("A shows all of it", async || {
            let article = a.get(post.ap_id.as_str()).await.json();
            let total = |name: &str| article[name]["totalItems"] == 1;
            (total("replies") && total("likes") && total("shares")).then_some(())
        })
        .await;
        let nested = remote::reply(&b.fed, reader, &note.ap_id, "From B again.".into()).await.unwrap();
        // Nobody but followers of B is told of an answer to oneself; an answer of A's to it is not waited for.
        assert_eq!(nested.parent_ap_id, note.ap_id);
        assert_eq!(b.get(note.ap_id.as_str()).await.json()["inReplyTo"], post.ap_id.as_str());
    }
}
