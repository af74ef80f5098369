//! Blocked servers: nothing comes, nothing goes, nothing shows; and all of it comes back.

use http::StatusCode;
use serde_json::{Value, json};

use crate::support::{FakeInstance, Fault, Person, TestNode, both_databases, until};
use antiphon::domain::delivery::Totals;
use antiphon::domain::moderation;
use antiphon::domain::post::Post;
use antiphon::domain::visibility::CommentStatus;
use antiphon::queue::Job;
use antiphon::types::{ApUrl, Host};

/// Everything that readers and servers are shown of a post, in one text.
async fn shown(node: &TestNode, post: &Post) -> String {
    let id = &post.ap_id;
    let mut all = String::new();
    for address in [
        post.url.to_string(),
        "/".into(),
        "/@alice".into(),
        format!("/posts/{}/comments.atom", post.slug),
    ] {
        all += &node.get_as(&address, "text/html").await.text;
    }
    for address in [
        id.to_string(),
        format!("{id}/replies"),
        format!("{id}/replies?page=true"),
        format!("{id}/context"),
        format!("{id}/context?page=true"),
        format!("{id}/likes"),
        format!("{id}/shares"),
        format!("{}/followers", node.alice()),
        format!("{}/followers?page=true", node.alice()),
    ] {
        all += &node.get(&address).await.text;
    }
    all
}

/// Bob follows alice, answers, likes and boosts a post.
async fn with_bob(node: &TestNode, there: &FakeInstance) -> (Person, Post, Value) {
    let bob = there.person("bob");
    let post = node.publish("Talk").await;
    node.followed_by(std::slice::from_ref(&bob)).await;
    let note = bob.note(1, post.ap_id.as_str());
    node.accept_reply(&bob, &note).await;
    node.accept(&bob.tell("Like", post.ap_id.as_str())).await;
    node.accept(&bob.tell("Announce", post.ap_id.as_str()))
        .await;
    (bob, post, note)
}

async fn likes(node: &TestNode, post: &Post) -> Value {
    node.get(&format!("{}/likes", post.ap_id)).await.json()["totalItems"].clone()
}

both_databases! {
    async fn what_a_blocked_server_did_is_hidden_everywhere_and_comes_back(node: TestNode) {
        let there = node.neighbour().await;
        let (_bob, post, note) = with_bob(&node, &there).await;
        let before = shown(&node, &post).await;
        assert!(before.contains(there.host()));
        node.block(there.host()).await;
        let hidden = shown(&node, &post).await;
        assert!(!hidden.contains(there.host()) && !hidden.contains("bob"), "{hidden}");
        assert_eq!(node.followers().await, 0);
        assert_eq!(node.numbers(&post).await, Vec::<String>::new());
        assert_eq!(likes(&node, &post).await, 0);
        assert_eq!(node.comment(&note).await.unwrap().status, CommentStatus::Blocked);
        node.unblock(there.host()).await;
        assert_eq!(node.followers().await, 1);
        assert_eq!(node.numbers(&post).await, ["1"]);
        assert_eq!(likes(&node, &post).await, 1);
        assert_eq!(shown(&node, &post).await.len(), before.len());
    }

    async fn each_comment_comes_back_as_what_it_was(node: TestNode) {
        let there = node.neighbour().await;
        let (bob, post, first) = with_bob(&node, &there).await;
        let held = bob.note(2, post.ap_id.as_str());
        let held_row = node.accept_reply(&bob, &held).await;
        node.decide(&held_row, CommentStatus::Spam).await;
        node.block(there.host()).await;
        node.block(there.host()).await;
        let refused = moderation::decide(node.app(), held_row.id, CommentStatus::Published).await;
        assert!(matches!(refused, Err(antiphon::error::Error::Conflict(_))), "{refused:?}");
        node.unblock(there.host()).await;
        assert_eq!(node.comment(&first).await.unwrap().status, CommentStatus::Published);
        assert_eq!(node.comment(&held).await.unwrap().status, CommentStatus::Spam);
    }

    async fn two_blocks_of_one_server_are_both_to_be_taken_back(node: TestNode) {
        let blocked = |host: &str| node.app().hosts.is_blocked(&Host::parse(host).unwrap());
        node.block("bad.example").await;
        node.block("a.bad.example").await;
        node.unblock("bad.example").await;
        assert!(blocked("a.bad.example") && blocked("b.a.bad.example") && !blocked("bad.example"));
        node.unblock("a.bad.example").await;
        assert!(!blocked("a.bad.example"));
        let again = moderation::unblock(node.app(), Host::parse("bad.example").unwrap()).await;
        assert!(matches!(again, Err(antiphon::error::Error::NotFound(_))), "{again:?}");
    }

    async fn a_blocked_servers_messages_are_refused_before_anything_is_fetched(node: TestNode) {
        let there = node.neighbour().await;
        let bob = there.person("bob");
        node.block(there.host()).await;
        let follow = bob.tell("Follow", node.alice());
        assert_eq!(node.receive(&follow).await, StatusCode::FORBIDDEN);
        assert_eq!(node.receive(&follow.rfc9421()).await, StatusCode::FORBIDDEN);
        assert_eq!(there.requests_for(&bob.id), 0);
        assert_eq!(node.jobs().await, 0);
    }

    async fn a_blocked_server_passes_nothing_on_in_the_name_of_others(node: TestNode) {
        let (bad, good) = (node.neighbour().await, node.neighbour().await);
        let (eve, bob) = (bad.person("eve"), good.person("bob"));
        let post = node.publish("Talk").await;
        node.followed_by(std::slice::from_ref(&eve)).await;
        node.block(bad.host()).await;
        let create = bob.activity("Create", bob.note(1, post.ap_id.as_str()));
        assert_eq!(node.receive(&eve.letter(create)).await, StatusCode::FORBIDDEN);
        assert_eq!(node.jobs().await, 0);
    }

    async fn author_boosted_and_quoted_things_of_a_blocked_server_are_refused_from_others_too(node: TestNode) {
        let (bad, good) = (node.neighbour().await, node.neighbour().await);
        let (eve, bob) = (bad.person("eve"), good.person("bob"));
        let post = node.publish("Talk").await;
        node.followed_by(std::slice::from_ref(&bob)).await;
        node.block(bad.host()).await;
        let theirs = eve.note(1, post.ap_id.as_str());
        let boost = bob.tell("Announce", theirs["id"].as_str().unwrap());
        assert_eq!(node.receive(&boost).await, StatusCode::FORBIDDEN);
        let embedded = bob.letter(bob.activity("Announce", theirs.clone()));
        assert_eq!(node.receive(&embedded).await, StatusCode::FORBIDDEN);
        let mut disowned = bob.note(1, post.ap_id.as_str());
        disowned["attributedTo"] = json!([bob.id, eve.id]);
        assert_eq!(node.receive(&bob.create(&disowned)).await, StatusCode::FORBIDDEN);
        for (number, property) in ["quote", "quoteUrl", "quoteUri", "_misskey_quote"].iter().enumerate() {
            let mut quoting = bob.note(10 + u32::try_from(number).unwrap(), post.ap_id.as_str());
            quoting[*property] = theirs["id"].clone();
            assert_eq!(node.receive(&bob.create(&quoting)).await, StatusCode::FORBIDDEN, "{property}");
            assert!(node.comment(&quoting).await.is_none());
        }
        assert_eq!(node.jobs().await, 0);
        let plain = bob.note(20, post.ap_id.as_str());
        node.accept_reply(&bob, &plain).await;
    }

    async fn nothing_is_fetched_from_a_blocked_server_not_even_by_a_redirect(node: TestNode) {
        let (bad, good) = (node.neighbour().await, node.neighbour().await);
        let (eve, bob) = (bad.person("eve"), good.person("bob"));
        let post = node.publish("Talk").await;
        let theirs = eve.note(1, post.ap_id.as_str());
        bad.publish(&theirs);
        node.block(bad.host()).await;
        let id = ApUrl::new(theirs["id"].as_str().unwrap());
        node.app().do_later(Job::FetchReply { reply: id }).await.unwrap();
        let lure = bob.note(1, post.ap_id.as_str());
        good.fail(lure["id"].as_str().unwrap(), Fault::Redirect(theirs["id"].as_str().unwrap().into()));
        let id = ApUrl::new(lure["id"].as_str().unwrap());
        node.app().do_later(Job::FetchReply { reply: id }).await.unwrap();
        node.drain().await;
        assert_eq!(bad.requests_for(theirs["id"].as_str().unwrap()), 0);
        assert_eq!(good.requests_for(lure["id"].as_str().unwrap()), 1);
        assert_eq!(node.comment(&theirs).await, None);
    }

    async fn a_fetched_object_by_or_about_a_blocked_server_is_not_kept(node: TestNode) {
        let (bad, good) = (node.neighbour().await, node.neighbour().await);
        let (eve, bob) = (bad.person("eve"), good.person("bob"));
        let post = node.publish("Talk").await;
        node.block(bad.host()).await;
        let mut quoting = bob.note(1, post.ap_id.as_str());
        quoting["quoteUrl"] = json!(eve.at("/notes/1"));
        good.publish(&quoting);
        let id = ApUrl::new(quoting["id"].as_str().unwrap());
        node.app().do_later(Job::FetchReply { reply: id }).await.unwrap();
        node.drain().await;
        assert_eq!(node.comment(&quoting).await, None);
        assert_eq!(node.jobs().await, 0);
    }

    async fn a_working_node_sends_nothing_to_a_blocked_server_and_all_of_it_after(db: crate::support::TestDb) {
        let node = TestNode::start(crate::support::TestApp::builder(), db).await;
        let there = node.neighbour().await;
        node.followed_by(&[there.person("bob")]).await;
        there.wait_for("Accept").await;
        // The rows of a post wait because the server fails; then it is blocked.
        there.fail("*", Fault::Status(503));
        let post = node.publish("Waiting").await;
        let retrying = Totals { retrying: 1, ..Totals::default() };
        until("it failed once", async || (node.totals(&post).await == retrying).then_some(())).await;
        there.heal("*");
        node.block(there.host()).await;
        let knocks = there.knocks();
        assert_eq!(node.totals(&post).await, Totals::default(), "set aside");
        node.publish("Not for them").await;
        node.advance_secs(24 * 3600);
        let other = node.neighbour().await;
        node.followed_by(&[other.person("carol")]).await;
        other.wait_for("Accept").await;
        assert_eq!(there.knocks(), knocks);
        node.unblock(there.host()).await;
        let created = there.wait_for("Create").await;
        assert_eq!(created.activity["object"]["name"], "Waiting");
    }

    async fn a_serving_process_notices_another_ones_blocks(db: crate::support::TestDb) {
        let node = TestNode::start(crate::support::TestApp::builder(), db).await;
        let app = node.app();
        let open = async || antiphon::app::App::open(app.config.clone(), app.clock.clone(), app.http.clone()).await.unwrap();
        let (other, bad) = (open().await, Host::parse("bad.example").unwrap());
        moderation::block(&other, vec![(bad.clone(), None)]).await.unwrap();
        until("the block is noticed", async || app.hosts.is_blocked(&bad).then_some(())).await;
        moderation::unblock(&other, bad.clone()).await.unwrap();
        until("its end is noticed", async || (!app.hosts.is_blocked(&bad)).then_some(())).await;
    }

    async fn our_own_host_a_whole_tld_and_what_is_no_domain_are_not_blocked(node: TestNode) {
        let app = node.app();
        for wrong in ["blog.example", "BLOG.example.", "example", "com", "*.bad.example", "b*d.example", "", "a b", "x/y", "https://"] {
            assert!(moderation::check_domain(app, wrong, false).is_err(), "{wrong}");
        }
        assert!(moderation::check_domain(app, "com", true).is_ok());
        assert!(moderation::check_domain(app, "blog.example", true).is_err());
        for (text, domain) in [("Bad.Example.", "bad.example"), (" https://bad.example/ ", "bad.example"), ("Bücher.example", "xn--bcher-kva.example")] {
            assert_eq!(moderation::check_domain(app, text, false).unwrap().as_str(), domain);
        }
    }
}
