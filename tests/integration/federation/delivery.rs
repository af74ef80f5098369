//! Delivery: what each answer means, who is left alone for a while, and that nobody waits for anybody else.

use std::collections::BTreeSet;
use std::time::Duration;

use antiphon::config::Config;
use antiphon::domain::delivery::{self, Item, LEASE_SECS, State, Totals};
use antiphon::domain::post::Post;
use antiphon::federation::signature::SignatureForm;
use antiphon::hosts;
use antiphon::server;
use http::StatusCode;
use tokio::net::TcpListener;

use crate::support::{FakeInstance, Fault, TestApp, TestDb, TestNode, both_databases, until};

/// A working node, and a server with the follower bob, who got his answer.
async fn with_bob(db: TestDb) -> (TestNode, FakeInstance) {
    let node = TestNode::start(TestApp::builder().configure(impatient), db).await;
    let there = node.neighbour().await;
    node.followed_by(&[there.person("bob")]).await;
    there.wait_for("Accept").await;
    until("nothing is under way", async || {
        (pending(&node).await == 0).then_some(())
    })
    .await;
    (node, there)
}

fn impatient(config: &mut Config) {
    config.delivery.timeout_secs = 4;
    config.delivery.concurrency = 2;
}

async fn pending(node: &TestNode) -> i64 {
    node.app().db.read(delivery::count_pending).await.unwrap()
}

async fn items(node: &TestNode, post: &Post) -> Vec<Item> {
    delivery::overview(node.app(), Some(post.id), 1000)
        .await
        .unwrap()
        .1
}

async fn wait_for_totals(node: &TestNode, post: &Post, wanted: Totals) {
    until(&format!("the deliveries are {wanted:?}"), async || {
        (node.totals(post).await == wanted).then_some(())
    })
    .await;
}

fn delivered(delivered: i64) -> Totals {
    Totals {
        delivered,
        ..Totals::default()
    }
}

fn retrying(retrying: i64) -> Totals {
    Totals {
        retrying,
        ..Totals::default()
    }
}

fn dead(dead: i64) -> Totals {
    Totals {
        dead,
        ..Totals::default()
    }
}

both_databases! {
    async fn what_is_taken_is_done_and_sent_once(db: TestDb) {
        let (node, there) = with_bob(db).await;
        let post = node.publish("Taken").await;
        wait_for_totals(&node, &post, delivered(1)).await;
        let creates = there.received_of("Create");
        assert_eq!(creates.len(), 1);
        assert_eq!(creates[0].path, "/inbox");
        assert_eq!(creates[0].form, SignatureForm::Cavage);
        assert_eq!(creates[0].activity["object"]["id"], post.ap_id.as_str());
    }

    async fn a_refusal_is_kept_with_its_text_and_can_be_sent_again(db: TestDb) {
        let (node, there) = with_bob(db).await;
        for status in [403, 404, 405, 422, 451] {
            there.fail("/inbox", Fault::Status(status));
            let post = node.publish(&format!("Refused {status}")).await;
            wait_for_totals(&node, &post, dead(1)).await;
            let item = items(&node, &post).await.remove(0);
            let error = item.last_error.unwrap();
            assert!(error.contains(&status.to_string()) && error.contains("here is why"), "{error}");
            assert_eq!((item.state, item.attempts, item.next_attempt_at), (State::Dead, 1, None));
            there.heal("/inbox");
            assert_eq!(delivery::retry_dead(node.app(), Some(post.id)).await.unwrap(), 1);
            wait_for_totals(&node, &post, delivered(1)).await;
        }
    }

    async fn a_redirect_is_a_refusal_and_not_followed(db: TestDb) {
        let (node, there) = with_bob(db).await;
        there.fail("/inbox", Fault::Redirect(format!("{}/elsewhere", there.url)));
        let post = node.publish("Redirected").await;
        wait_for_totals(&node, &post, dead(1)).await;
        assert_eq!(there.requests_for("/elsewhere"), 0);
    }

    async fn an_inbox_that_is_gone_gets_no_more_and_its_owner_is_looked_up(db: TestDb) {
        let (node, there) = with_bob(db).await;
        there.fail("/inbox", Fault::Status(410));
        let before = there.requests_for("/users/bob");
        let post = node.publish("Gone").await;
        wait_for_totals(&node, &post, dead(1)).await;
        until("bob is looked up", async || (there.requests_for("/users/bob") > before).then_some(())).await;
        until("the job is done", async || (node.jobs().await == 0).then_some(())).await;
        assert_eq!(node.followers().await, 1, "only a gone actor leaves the list");
    }

    async fn a_server_that_wants_rfc9421_gets_it_and_is_remembered(db: TestDb) {
        let (node, there) = with_bob(db).await;
        there.fail("/inbox", Fault::OnlyRfc9421);
        let knocks = there.knocks();
        let first = node.publish("Modern").await;
        wait_for_totals(&node, &first, delivered(1)).await;
        assert_eq!(there.knocks() - knocks, 2);
        let second = node.publish("Modern again").await;
        wait_for_totals(&node, &second, delivered(1)).await;
        assert_eq!(there.knocks() - knocks, 3);
        assert!(there.received_of("Create").iter().all(|create| create.form == SignatureForm::Rfc9421));
        let forms = node.app().db.read(hosts::list_forms).await.unwrap();
        assert_eq!(forms.len(), 1);
        assert_eq!((forms[0].0.as_str(), forms[0].1.as_str()), (there.host(), "rfc9421"));
    }

    async fn a_401_in_both_forms_is_a_refusal(db: TestDb) {
        let (node, there) = with_bob(db).await;
        there.fail("/inbox", Fault::Status(401));
        let post = node.publish("Unauthorized").await;
        wait_for_totals(&node, &post, dead(1)).await;
        assert!(node.app().db.read(hosts::list_forms).await.unwrap().is_empty());
    }

    async fn a_failing_server_is_tried_again_when_it_says(db: TestDb) {
        let (node, there) = with_bob(db).await;
        for status in [503, 429] {
            there.fail("/inbox", Fault::RetryAfter(status, 900));
            let post = node.publish(&format!("Later {status}")).await;
            wait_for_totals(&node, &post, retrying(1)).await;
            let item = items(&node, &post).await.remove(0);
            let next = item.next_attempt_at.unwrap();
            assert!(next >= node.app().now().plus_secs(900), "{next:?}");
            there.heal("/inbox");
            node.advance_secs(1200);
            wait_for_totals(&node, &post, delivered(1)).await;
        }
    }

    async fn a_server_without_an_answer_is_tried_again(db: TestDb) {
        let (node, there) = with_bob(db).await;
        there.fail("/inbox", Fault::Hang);
        let post = node.publish("Silence").await;
        wait_for_totals(&node, &post, retrying(1)).await;
        there.heal("/inbox");
        node.advance_secs(120);
        wait_for_totals(&node, &post, delivered(1)).await;
    }

    async fn a_server_that_fails_for_days_is_given_up_until_somebody_asks_again(db: TestDb) {
        let (node, there) = with_bob(db).await;
        there.fail("/inbox", Fault::Status(500));
        let post = node.publish("Given up").await;
        wait_for_totals(&node, &post, retrying(1)).await;
        node.advance_secs(8 * 86_400);
        wait_for_totals(&node, &post, dead(1)).await;
        let error = items(&node, &post).await.remove(0).last_error.unwrap();
        assert!(error.contains("given up after 7 days") && error.contains("500"), "{error}");
        there.heal("/inbox");
        delivery::retry_dead(node.app(), None).await.unwrap();
        wait_for_totals(&node, &post, delivered(1)).await;
    }

    async fn a_server_that_keeps_failing_is_left_alone_for_a_while(db: TestDb) {
        let node = TestNode::start(TestApp::builder(), db).await;
        let there = node.neighbour().await;
        let people: Vec<_> = (0..20).map(|number| there.loner(&format!("p{number}"))).collect();
        node.followed_by(&people).await;
        there.wait_for_many("Accept", 20).await;
        until("nothing is under way", async || (pending(&node).await == 0).then_some(())).await;
        there.fail("*", Fault::Status(500));
        let knocks = there.knocks();
        let post = node.publish("Down").await;
        let now = node.app().now();
        until("everything for the server waits", async || {
            let all = items(&node, &post).await;
            let waits = |item: &Item| item.next_attempt_at.is_some_and(|at| at > now);
            (all.len() == 20 && all.iter().all(waits)).then_some(())
        })
        .await;
        assert!(there.knocks() - knocks <= 6, "{} knocks", there.knocks() - knocks);
        there.heal("*");
        node.advance_secs(120);
        wait_for_totals(&node, &post, delivered(20)).await;
        assert!(node.app().db.read(hosts::list_failing).await.unwrap().is_empty());
    }

    async fn hanging_and_dead_servers_hold_up_nobody(db: TestDb) {
        let node = TestNode::start(TestApp::builder().configure(impatient), db).await;
        let (hanging, dead, well) = (node.neighbour().await, node.neighbour().await, node.neighbour().await);
        for fake in [&hanging, &dead, &well] {
            let people: Vec<_> = (0..10).map(|number| fake.loner(&format!("p{number}"))).collect();
            node.followed_by(&people).await;
            fake.wait_for_many("Accept", 10).await;
        }
        hanging.fail("*", Fault::Hang);
        drop(dead);
        let before = std::time::Instant::now();
        let post = node.publish("For those who listen").await;
        well.wait_for_many("Create", 10).await;
        let took = before.elapsed();
        assert!(took < Duration::from_secs(15), "{took:?}");
        until("ten are delivered", async || (node.totals(&post).await.delivered == 10).then_some(())).await;
    }

    async fn a_killed_process_loses_its_claims_after_the_lease(node: TestNode) {
        let there = node.neighbour().await;
        node.followed_by(&[there.person("bob")]).await;
        node.publish("Leased").await;
        node.drain().await;
        let claim = async || {
            let now = node.app().now();
            let due = node.app().db.write(move |conn| delivery::claim(conn, now, 100, Vec::new()));
            due.await.unwrap().len()
        };
        assert_eq!((claim().await, claim().await), (2, 0));
        node.test.advance_secs(LEASE_SECS - 1);
        assert_eq!(claim().await, 0);
        node.test.advance_secs(1);
        assert_eq!(claim().await, 2);
    }

    async fn a_node_that_starts_takes_up_what_a_killed_one_had_claimed(db: TestDb) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://localhost:{}", listener.local_addr().unwrap().port());
        let node = TestNode::quiet(TestApp::builder().url(&url), db).await;
        let there = node.neighbour().await;
        node.followed_by(&[there.person("bob")]).await;
        let post = node.publish("Taken up").await;
        node.drain().await;
        let now = node.app().now();
        node.publish("Claimed as a job").await;
        node.app().db.write(move |conn| delivery::claim(conn, now, 100, Vec::new())).await.unwrap();
        node.app().db.write(move |conn| antiphon::queue::claim(conn, now, 100)).await.unwrap();
        let running = server::start(node.fed.clone(), listener).await.unwrap();
        wait_for_totals(&node, &post, delivered(1)).await;
        there.wait_for_many("Create", 2).await;
        running.stop().await;
    }

    async fn two_claimers_never_get_the_same_delivery(node: TestNode) {
        let there = node.neighbour().await;
        let people: Vec<_> = (0..60).map(|number| there.loner(&format!("p{number}"))).collect();
        node.followed_by(&people).await;
        node.publish("Shared out").await;
        node.drain().await;
        let claimer = || {
            let (db, now) = (node.app().db.clone(), node.app().now());
            tokio::spawn(async move {
                let mut ids = Vec::new();
                loop {
                    let due = db.write(move |conn| delivery::claim(conn, now, 7, Vec::new())).await.unwrap();
                    if due.is_empty() {
                        return ids;
                    }
                    ids.extend(due.into_iter().map(|row| row.id.raw()));
                }
            })
        };
        let (one, two) = tokio::join!(claimer(), claimer());
        let all: Vec<i64> = one.unwrap().into_iter().chain(two.unwrap()).collect();
        let distinct: BTreeSet<i64> = all.iter().copied().collect();
        assert_eq!((all.len(), distinct.len()), (120, 120));
    }

    async fn a_stopped_node_puts_back_what_it_had_claimed(db: TestDb) {
        let (mut node, there) = with_bob(db).await;
        there.fail("/inbox", Fault::Slow(Duration::from_millis(300)));
        let posts = [node.publish("One").await, node.publish("Two").await, node.publish("Three").await];
        until("the first is under way", async || (there.knocks() > 1).then_some(())).await;
        node.stop().await;
        let now = node.app().now();
        let mut left = 0;
        for post in &posts {
            left += usize::try_from(node.totals(post).await.waiting).unwrap();
        }
        let due = node.app().db.write(move |conn| delivery::claim(conn, now, 100, Vec::new())).await.unwrap();
        assert_eq!(due.len(), left, "what is left can be claimed at once");
    }

    async fn deliveries_are_not_read_by_the_inbox_that_made_them(node: TestNode) {
        let own = node.get("/ap/inbox").await;
        assert_eq!(own.status, StatusCode::METHOD_NOT_ALLOWED);
    }
}
