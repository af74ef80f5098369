//! Following and being followed.

use antiphon::domain::follower;
use antiphon::federation::webfinger;
use antiphon::text::mention::Handle;
use http::StatusCode;
use serde_json::json;

use crate::support::{Fault, TestApp, TestDb, TestNode, both_databases, until};

both_databases! {
    async fn a_follow_is_answered_with_an_accept_that_holds_it_whole(node: TestNode) {
        let there = node.neighbour().await;
        let bob = there.person("bob");
        node.accept(&bob.tell("Follow", node.alice())).await;
        assert_eq!(node.followers().await, 1);
        let accept = node.made_last("Accept").await;
        let follow = bob.activity("Follow", json!(node.alice()));
        assert_eq!(accept["actor"], node.alice());
        assert_eq!(accept["object"]["id"], follow["id"]);
        assert_eq!(accept["object"]["actor"], bob.id);
        assert_eq!(accept["object"]["object"], node.alice());
        assert_eq!(node.inboxes_of(&accept).await, [bob.at("/inbox")]);
    }

    async fn a_follow_that_comes_again_is_answered_again_and_counts_once(node: TestNode) {
        let there = node.neighbour().await;
        let bob = there.person("bob");
        let follow = bob.tell("Follow", node.alice());
        node.accept(&follow).await;
        node.accept(&follow).await;
        assert_eq!(node.followers().await, 1);
        let accepts = node.made().await.into_iter().filter(|made| made["type"] == "Accept");
        let ids: std::collections::BTreeSet<_> = accepts.map(|made| made["id"].to_string()).collect();
        assert_eq!(ids.len(), 2);
    }

    async fn an_undone_follow_leaves_the_list_and_may_come_back(node: TestNode) {
        let there = node.neighbour().await;
        let bob = there.person("bob");
        let follow = bob.activity("Follow", json!(node.alice()));
        node.accept(&bob.letter(follow.clone())).await;
        node.accept(&bob.undo(&follow)).await;
        assert_eq!(node.followers().await, 0);
        let mut again = follow;
        again["id"] = json!(bob.at("#follow/again"));
        node.accept(&bob.letter(again)).await;
        assert_eq!(node.followers().await, 1);
    }

    async fn who_said_farewell_follows_nobody(node: TestNode) {
        let there = node.neighbour().await;
        let bob = there.person("bob");
        node.accept(&bob.tell("Follow", node.alice())).await;
        node.accept(&bob.tell("Delete", &bob.id)).await;
        assert_eq!(node.followers().await, 0);
        let mut again = bob.activity("Follow", json!(node.alice()));
        again["id"] = json!(bob.at("#follow/again"));
        node.accept(&bob.letter(again)).await;
        assert_eq!(node.followers().await, 0);
        let accepts = node.made().await.into_iter().filter(|made| made["type"] == "Accept");
        assert_eq!(accepts.count(), 1, "the first one was answered");
    }

    async fn nobody_undoes_another_ones_follow(node: TestNode) {
        let there = node.neighbour().await;
        let (bob, eve) = (there.person("bob"), there.person("eve"));
        let follow = bob.activity("Follow", json!(node.alice()));
        node.accept(&bob.letter(follow.clone())).await;
        assert_eq!(node.receive(&eve.undo(&follow)).await, StatusCode::FORBIDDEN);
        assert_eq!(node.followers().await, 1);
    }

    async fn a_blocked_server_is_refused_and_follows_nobody(node: TestNode) {
        let there = node.neighbour().await;
        let bob = there.person("bob");
        node.block(there.host()).await;
        assert_eq!(node.receive(&bob.tell("Follow", node.alice())).await, StatusCode::FORBIDDEN);
        node.drain().await;
        assert_eq!(node.followers().await, 0);
        assert_eq!(there.requests_for(&bob.id), 0);
    }

    async fn a_server_blocked_while_its_follow_is_under_way_gets_a_reject_and_no_place(node: TestNode) {
        let there = node.neighbour().await;
        let bob = there.person("bob");
        node.accept(&bob.tell("Like", "https://blog.example/nothing")).await;
        node.block(there.host()).await;
        let handle = Handle::parse(&bob.handle).unwrap();
        let found = node.app().db.read(move |conn| {
            antiphon::domain::actor::find_by_handle(conn, &handle.user, &handle.host)
        });
        let actor = found.await.unwrap().unwrap();
        let id = antiphon::types::ApUrl::new(bob.at("#follow"));
        follower::receive_follow(node.app(), node.test.alice.id, &actor, id).await.unwrap();
        node.drain().await;
        assert_eq!(node.followers().await, 0);
        assert_eq!(node.made_last("Reject").await["object"]["actor"], bob.id);
    }

    async fn a_follow_of_nobody_is_not_found(node: TestNode) {
        let there = node.neighbour().await;
        let bob = there.person("bob");
        let nobody = "https://blog.example/ap/users/1";
        assert_eq!(node.receive(&bob.tell("Follow", nobody)).await, StatusCode::NOT_FOUND);
    }

    async fn a_follower_whose_inbox_and_document_are_gone_leaves_the_list(db: TestDb) {
        let node = TestNode::start(TestApp::builder(), db).await;
        let there = node.neighbour().await;
        let bob = there.loner("bob");
        node.followed_by(std::slice::from_ref(&bob)).await;
        there.wait_for("Accept").await;
        there.fail(&bob.at("/inbox"), Fault::Status(410));
        there.fail(&bob.id, Fault::Status(410));
        node.publish("Gone").await;
        until("the follower is off the list", async || (node.followers().await == 0).then_some(())).await;
    }

    async fn a_follower_deletes_himself_and_leaves_the_list(node: TestNode) {
        let there = node.neighbour().await;
        let bob = there.person("bob");
        node.followed_by(std::slice::from_ref(&bob)).await;
        there.fail(&bob.id, Fault::Status(410));
        node.accept(&bob.tell("Delete", &bob.id)).await;
        assert_eq!(node.followers().await, 0);
    }

    async fn an_actor_is_read_anew_when_an_update_says_so(node: TestNode) {
        let there = node.neighbour().await;
        let bob = there.person("bob");
        node.followed_by(std::slice::from_ref(&bob)).await;
        let mut changed = bob.document();
        changed["name"] = json!("Robert");
        there.publish(&changed);
        let mut told = changed.clone();
        told["name"] = json!("what the document says counts, not this");
        node.accept(&bob.letter(bob.activity("Update", told))).await;
        let handle = Handle::parse(&bob.handle).unwrap();
        let found = webfinger::resolve(node.app(), &node.fed.fetcher, &handle).await;
        assert_eq!(found.unwrap().name, "Robert");
    }

    async fn we_follow_somebody_and_note_the_answer(node: TestNode) {
        let there = node.neighbour().await;
        let (bob, eve) = (there.person("bob"), there.person("eve"));
        let target = webfinger::resolve(node.app(), &node.fed.fetcher, &Handle::parse(&bob.handle).unwrap())
            .await
            .unwrap();
        assert_eq!(target.ap_id.as_str(), bob.id);
        follower::follow(node.app(), &node.test.alice, &target).await.unwrap();
        node.drain().await;
        let follow = node.made_last("Follow").await;
        assert_eq!(node.inboxes_of(&follow).await, [bob.at("/inbox")]);
        let alice = node.test.alice.id;
        let following = async || {
            let count = node.app().db.read(move |conn| follower::count_following(conn, alice));
            count.await.unwrap()
        };
        node.accept(&eve.letter(eve.activity("Accept", follow.clone()))).await;
        assert_eq!(following().await, 0, "somebody else's answer counts for nothing");
        node.accept(&bob.letter(bob.activity("Accept", follow.clone()))).await;
        assert_eq!(following().await, 1);
        node.accept(&bob.letter(bob.activity("Reject", follow))).await;
        assert_eq!(following().await, 0);
    }

    async fn a_node_follows_a_node_and_gets_what_it_publishes(db: TestDb) {
        let Some(second) = TestDb::like(&db) else { return };
        let a = TestNode::start(TestApp::builder(), db).await;
        let b = TestNode::start(TestApp::builder().clock(a.app().clock.clone()), second).await;
        let handle = Handle::parse(&a.test.alice.handle()).unwrap();
        let alice = webfinger::resolve(b.app(), &b.fed.fetcher, &handle).await.unwrap();
        assert_eq!(alice.ap_id, a.test.alice.ap_id);
        follower::follow(b.app(), &b.test.alice, &alice).await.unwrap();
        until("A has a follower", async || (a.followers().await == 1).then_some(())).await;
        let reader = b.test.alice.id;
        until("B's follow is accepted", async || {
            let count = b.app().db.read(move |conn| follower::count_following(conn, reader));
            (count.await.unwrap() == 1).then_some(())
        })
        .await;
        let post = a.publish("Over the wire").await;
        until("the Create is delivered", async || (a.totals(&post).await.delivered == 1).then_some(())).await;
        let delivered = a.made_last("Create").await;
        assert_eq!(a.inboxes_of(&delivered).await, [b.inbox().to_string()]);
    }
}
