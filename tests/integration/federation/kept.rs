//! Kept answers: given again while nothing changes, and never a moment longer. The oracle is a second node on the same
//! database that keeps nothing: after every change both must say the same.

use std::sync::Arc;

use antiphon::app::App;
use antiphon::domain::moderation;
use antiphon::domain::post::{self, Edit, NewPost, Post, Status};
use antiphon::domain::visibility::CommentStatus;
use antiphon::federation::Federation;
use antiphon::server;
use antiphon::types::Host;
use axum::body::{Body, to_bytes};
use http::{HeaderMap, Request, StatusCode};
use serde_json::json;
use tower::ServiceExt;

use crate::support::{TestApp, TestDb, TestNode, bare_client, both_databases, until};

const PAGE: &str = "text/html";
const ACTIVITY: &str = "application/activity+json";

/// What readers and servers ask for most.
const ADDRESSES: &[(&str, &str)] = &[
    ("/", PAGE),
    ("/posts/psalm", PAGE),
    ("/posts/psalm", ACTIVITY),
    ("/posts/before", PAGE),
    ("/@alice", PAGE),
    ("/@alice", ACTIVITY),
    ("/tags/choir", PAGE),
    ("/about", PAGE),
    ("/feed.atom", PAGE),
    ("/@alice/feed.atom", PAGE),
    ("/tags/choir/feed.atom", PAGE),
    ("/posts/psalm/comments.atom", PAGE),
];

/// A node beside another one, on the same database.
struct Beside(Arc<Federation>);

impl Beside {
    async fn of(node: &TestNode, kept_memory: u32) -> Self {
        let mut config = node.app().config.clone();
        config.server.kept_memory = kept_memory;
        let app = App::open(config, node.app().clock.clone(), bare_client());
        Self(Federation::new(app.await.unwrap()).await.unwrap())
    }

    async fn ask(&self, path: &str, headers: &[(&str, &str)]) -> (StatusCode, HeaderMap, Vec<u8>) {
        let mut request = Request::get(path);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let request = request.body(Body::empty()).unwrap();
        let response = server::router(Arc::clone(&self.0))
            .oneshot(request)
            .await
            .unwrap();
        let (parts, body) = response.into_parts();
        let body = to_bytes(body, usize::MAX).await.unwrap().to_vec();
        (parts.status, parts.headers, body)
    }

    async fn page(&self, path: &str, accept: &str) -> (u16, String) {
        let (status, _, body) = self.ask(path, &[("accept", accept)]).await;
        (status.as_u16(), String::from_utf8(body).unwrap())
    }

    /// How often an answer was made and might be kept, and how often one was given again.
    fn counts(&self) -> (u64, u64) {
        let text = self.0.app.metrics.render(0, 0);
        let count = |outcome: &str| {
            let line = format!("antiphon_kept_answers_total{{outcome=\"{outcome}\"}} ");
            let found = text.lines().find_map(|one| one.strip_prefix(&line));
            found.map_or(0, |count| count.parse().unwrap())
        };
        (count("made"), count("given"))
    }
}

/// A node that keeps, and the oracle that does not.
struct Pair {
    keeps: Beside,
    oracle: Beside,
}

impl Pair {
    async fn of(node: &TestNode) -> Self {
        let keeps = Beside(Arc::clone(&node.fed));
        Self {
            keeps,
            oracle: Beside::of(node, 0).await,
        }
    }

    /// Fails unless every address says the same on both, twice.
    async fn agree(&self, after: &str) {
        for (path, accept) in ADDRESSES {
            let wanted = self.oracle.page(path, accept).await;
            for _ in 0..2 {
                let got = self.keeps.page(path, accept).await;
                assert_eq!(got, wanted, "{path} as {accept} after: {after}");
            }
        }
    }
}

async fn written(node: &TestNode, title: &str) -> Post {
    node.test.advance_secs(60);
    let new = NewPost {
        title: title.into(),
        content: format!("The text of *{title}*."),
        tags: vec!["choir".into()],
        ..NewPost::default()
    };
    post::create(node.app(), &node.test.alice, new)
        .await
        .unwrap()
        .post
}

async fn edit(node: &TestNode, post: &Post, edit: Edit) {
    node.test.advance_secs(60);
    post::edit(node.app(), &node.test.alice, post.id, edit)
        .await
        .unwrap();
}

both_databases! {
    async fn every_change_of_a_discussion_shows_at_once(node: TestNode) {
        written(&node, "Before").await;
        let post = written(&node, "Psalm").await;
        let there = node.neighbour().await;
        let (bob, carol) = (there.person("bob"), there.person("carol"));
        let pair = Pair::of(&node).await;
        pair.agree("the beginning").await;

        let note = bob.note(1, post.ap_id.as_str());
        let first = node.accept_reply(&bob, &note).await;
        pair.agree("a reply").await;
        node.answer(&post, Some(&first), "Thank you").await;
        pair.agree("an answer of the writer's").await;
        for status in [CommentStatus::Held, CommentStatus::Published, CommentStatus::Trash, CommentStatus::Published] {
            node.decide(&first, status).await;
            pair.agree(&format!("the moderator's {status:?}")).await;
        }
        let mut edited = note.clone();
        edited["content"] = json!("<p>Something else</p>");
        edited["updated"] = json!("2026-11-22T12:30:00Z");
        node.accept(&bob.letter(bob.activity("Update", edited))).await;
        pair.agree("an edit").await;

        let like = carol.activity("Like", json!(post.ap_id));
        node.accept(&carol.letter(like.clone())).await;
        pair.agree("a like").await;
        node.accept(&carol.undo(&like)).await;
        pair.agree("its undoing").await;
        node.accept(&carol.tell("Announce", post.ap_id.as_str())).await;
        pair.agree("a boost").await;
        node.accept(&carol.tell("Like", first.ap_id.as_str())).await;
        pair.agree("a like of a comment").await;
        node.accept(&bob.tell("Follow", node.alice())).await;
        pair.agree("a follower").await;

        let mut profile = bob.document();
        profile["name"] = json!("Robert");
        node.accept(&bob.letter(bob.activity("Update", profile))).await;
        pair.agree("another name").await;

        let host = Host::parse(there.host()).unwrap();
        moderation::block(node.app(), vec![(host.clone(), None)]).await.unwrap();
        pair.agree("a block").await;
        moderation::unblock(node.app(), host).await.unwrap();
        pair.agree("its end").await;
        node.accept(&bob.tell("Delete", note["id"].as_str().unwrap())).await;
        pair.agree("a deletion").await;
    }

    async fn every_change_of_a_post_shows_at_once(node: TestNode) {
        let before = written(&node, "Before").await;
        let post = written(&node, "Psalm").await;
        let pair = Pair::of(&node).await;
        pair.agree("the beginning").await;

        edit(&node, &post, Edit { title: Some("Another psalm".into()), ..Edit::default() }).await;
        pair.agree("another title").await;
        edit(&node, &post, Edit { tags: Some(vec!["quiet".into()]), ..Edit::default() }).await;
        pair.agree("other tags").await;
        edit(&node, &post, Edit { tags: Some(vec!["choir".into()]), ..Edit::default() }).await;
        pair.agree("the old tags").await;
        let later = written(&node, "Later").await;
        pair.agree("a newer post").await;
        edit(&node, &later, Edit { title: Some("Latest".into()), ..Edit::default() }).await;
        pair.agree("a neighbour's title").await;
        post::delete(node.app(), &node.test.alice, later.id).await.unwrap();
        pair.agree("a neighbour's end").await;
        let draft = NewPost { title: "Draft".into(), content: "x".into(), status: Some(Status::Draft), ..NewPost::default() };
        let draft = post::create(node.app(), &node.test.alice, draft).await.unwrap().post;
        pair.agree("a draft").await;
        edit(&node, &draft, Edit { status: Some(Status::Published), ..Edit::default() }).await;
        pair.agree("a draft that appears").await;
        node.test.account("bob").await;
        pair.agree("another writer").await;
        post::delete(node.app(), &node.test.alice, before.id).await.unwrap();
        pair.agree("the end of the oldest").await;
        post::delete(node.app(), &node.test.alice, post.id).await.unwrap();
        pair.agree("the end").await;
    }

    async fn an_answer_is_made_once_and_given_again(node: TestNode) {
        let post = written(&node, "Psalm").await;
        let there = node.neighbour().await;
        let bob = there.person("bob");
        let keeps = Beside(Arc::clone(&node.fed));
        for (path, accept) in ADDRESSES.iter().filter(|(path, _)| *path != "/posts/before") {
            let (made, given) = keeps.counts();
            for _ in 0..3 {
                assert_eq!(keeps.page(path, accept).await.0, 200, "{path}");
            }
            assert_eq!(keeps.counts(), (made + 1, given + 2), "{path} as {accept}");
        }
        // What nobody sees changes nothing.
        let reply = node.accept_reply(&bob, &bob.note(1, post.ap_id.as_str())).await;
        node.decide(&reply, CommentStatus::Held).await;
        keeps.page("/posts/psalm", PAGE).await;
        let (made, _) = keeps.counts();
        node.decide(&reply, CommentStatus::Spam).await;
        keeps.page("/posts/psalm", PAGE).await;
        assert_eq!(keeps.counts().0, made);
    }

    async fn many_who_ask_at_once_wait_for_one(node: TestNode) {
        written(&node, "Psalm").await;
        let keeps = Beside(Arc::clone(&node.fed));
        let asking = (0..50).map(|_| keeps.page("/posts/psalm", PAGE));
        let answers = futures_util::future::join_all(asking).await;
        assert!(answers.iter().all(|answer| *answer == answers[0]));
        assert_eq!(answers[0].0, 200);
        let (made, given) = keeps.counts();
        assert_eq!((made, made + given), (1, 50));
    }

    async fn junk_in_a_request_makes_no_second_answer(node: TestNode) {
        written(&node, "Psalm").await;
        let keeps = Beside(Arc::clone(&node.fed));
        let (_, _, first) = keeps.ask("/posts/psalm", &[("accept", PAGE)]).await;
        for query in ["?utm_source=x", "?before=abc", "?x[]=1&y", "?order=%00", "?%FF", "?"] {
            let (status, _, body) = keeps.ask(&format!("/posts/psalm{query}"), &[("accept", PAGE)]).await;
            assert_eq!((status, &body), (StatusCode::OK, &first), "{query}");
        }
        for header in [("cookie", "session=1; theme=junk"), ("user-agent", "x"), ("accept-language", "tlh;q=x,,"), ("x-forwarded-host", "evil.example")] {
            let (status, _, body) = keeps.ask("/posts/psalm", &[("accept", PAGE), header]).await;
            assert_eq!((status, &body), (StatusCode::OK, &first), "{header:?}");
        }
        assert_eq!(keeps.counts().0, 1);
    }

    async fn a_page_travels_small_and_is_the_same(node: TestNode) {
        written(&node, "Psalm").await;
        let keeps = Beside(Arc::clone(&node.fed));
        let (_, plain, page) = keeps.ask("/posts/psalm", &[]).await;
        assert!(plain["vary"].to_str().unwrap().contains("Accept"));
        let etag = plain["etag"].to_str().unwrap().to_owned();
        for _ in 0..8 {
            let (_, headers, body) = keeps.ask("/posts/psalm", &[("accept-encoding", "gzip")]).await;
            let Some(coding) = headers.get("content-encoding") else { continue };
            assert_eq!(coding, "gzip");
            assert!(body.len() < page.len() / 2);
            assert_eq!(headers["etag"].to_str().unwrap(), format!("W/{etag}"));
        }
        let smallest = async || {
            let (_, headers, _) = keeps.ask("/posts/psalm", &[("accept-encoding", "gzip, br, zstd")]).await;
            headers.get("content-encoding").filter(|coding| *coding == "br").map(|_| ())
        };
        until("the page is made small", smallest).await;
        let known = [("if-none-match", etag.as_str()), ("accept-encoding", "br")];
        let (status, _, body) = keeps.ask("/posts/psalm", &known).await;
        assert_eq!((status, body.len()), (StatusCode::NOT_MODIFIED, 0));
    }

    async fn what_another_process_changes_shows_too(node: TestNode) {
        let post = written(&node, "Psalm").await;
        let keeps = Beside(Arc::clone(&node.fed));
        assert!(keeps.page("/posts/psalm", PAGE).await.1.contains("Psalm"));
        let other = Beside::of(&node, 1).await;
        node.test.advance_secs(60);
        let edit = Edit { title: Some("Canticle".into()), ..Edit::default() };
        post::edit(&other.0.app, &node.test.alice, post.id, edit).await.unwrap();
        until("the page is new", async || keeps.page("/posts/psalm", PAGE).await.1.contains("Canticle").then_some(())).await;
    }

    async fn who_has_the_right_to_more_gets_nothing_that_was_kept(node: TestNode) {
        written(&node, "Psalm").await;
        let keeps = Beside(Arc::clone(&node.fed));
        keeps.ask("/posts/psalm", &[]).await;
        let (made, given) = keeps.counts();
        for header in [("authorization", "Bearer x"), ("signature", "keyId=\"x\"")] {
            let (status, _, _) = keeps.ask("/posts/psalm", &[header]).await;
            assert_eq!(status, StatusCode::OK);
        }
        assert_eq!(keeps.counts(), (made, given));
    }

    async fn secure_mode_keeps_no_documents(db: TestDb) {
        let builder = TestApp::builder().configure(|config| config.federation.secure_mode = true);
        let node = TestNode::quiet(builder, db).await;
        written(&node, "Psalm").await;
        let keeps = Beside(Arc::clone(&node.fed));
        assert_eq!(keeps.page("/posts/psalm", PAGE).await.0, 200);
        for _ in 0..2 {
            assert_eq!(keeps.page("/posts/psalm", ACTIVITY).await.0, 401);
        }
    }
}
