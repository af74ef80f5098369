//! What leaves the node: budgets, pauses and memory of failures, shared by everything that fetches and by delivery.

use std::sync::Arc;

use antiphon::app::App;
use antiphon::config::Config;
use antiphon::error::{Error, Result};
use antiphon::hosts;
use antiphon::http::{Limits, Reply, within_budget};
use antiphon::queue::Job;
use antiphon::types::{ApUrl, Host};
use http::{HeaderMap, StatusCode};
use url::Url;

use crate::support::{FakeInstance, Fault, TestApp, TestDb, TestNode, both_databases, until};

const SMALL: Limits = Limits {
    bytes: 64 * 1024,
    deadline: std::time::Duration::from_secs(10),
};

async fn get(app: &App, address: &str) -> Result<Reply> {
    let url = Url::parse(address).unwrap();
    app.http
        .get_following(&url, SMALL, |_| HeaderMap::new())
        .await
}

fn temporary(result: &Result<Reply>) -> Option<bool> {
    match result {
        Err(Error::Remote { temporary, .. }) => Some(*temporary),
        _ => None,
    }
}

/// Something at an address of its own.
fn at(there: &FakeInstance, number: u32) -> String {
    format!("{}/things/{number}", there.url)
}

both_databases! {
    async fn an_address_that_failed_is_not_asked_again_for_a_while(node: TestNode) {
        let there = node.neighbour().await;
        let (gone, absent, down) = (at(&there, 1), at(&there, 2), at(&there, 3));
        there.fail(&gone, Fault::Status(410));
        there.fail(&absent, Fault::Status(404));
        there.fail(&down, Fault::Status(429));
        for _ in 0..5 {
            for address in [&gone, &absent, &down] {
                let _ = get(node.app(), address).await;
            }
        }
        assert!(matches!(get(node.app(), &gone).await, Err(Error::Gone(_))));
        assert!(matches!(get(node.app(), &absent).await, Err(Error::NotFound(_))));
        assert_eq!(temporary(&get(node.app(), &down).await), Some(true));
        for address in [&gone, &absent, &down] {
            assert_eq!(there.requests_for(address), 1, "{address}");
        }
        node.advance_secs(31);
        let _ = get(node.app(), &down).await;
        let _ = get(node.app(), &absent).await;
        assert_eq!((there.requests_for(&down), there.requests_for(&absent)), (2, 1));
        node.advance_secs(300);
        let _ = get(node.app(), &absent).await;
        assert_eq!(there.requests_for(&absent), 2);
    }

    async fn a_document_that_is_known_to_have_changed_is_asked_for_at_once(node: TestNode) {
        let there = node.neighbour().await;
        let bob = there.person("bob");
        let id = ApUrl::new(bob.id.as_str());
        node.fed.fetcher.actor(&id).await.unwrap();
        there.fail(&bob.id, Fault::Status(404));
        assert!(node.fed.fetcher.refresh_now(&id).await.is_err());
        there.heal(&bob.id);
        node.fed.fetcher.refresh_now(&id).await.unwrap();
        assert_eq!(there.requests_for(&bob.id), 3);
    }

    async fn a_server_that_fails_in_a_row_is_left_alone_until_its_pause_is_over(node: TestNode) {
        let there = node.neighbour().await;
        there.fail("*", Fault::Status(500));
        for number in 0..10 {
            assert!(get(node.app(), &at(&there, number)).await.is_err() || number < 3);
        }
        let asked: usize = (0..10).map(|number| there.requests_for(&at(&there, number))).sum();
        assert_eq!(asked, 3);
        there.heal("*");
        assert_eq!(temporary(&get(node.app(), &at(&there, 11)).await), Some(true));
        node.advance_secs(31);
        assert_eq!(get(node.app(), &at(&there, 11)).await.unwrap().status, StatusCode::NOT_FOUND);
        assert_eq!(get(node.app(), &at(&there, 12)).await.unwrap().status, StatusCode::NOT_FOUND);
    }

    async fn a_server_that_writes_to_us_is_not_left_alone(node: TestNode) {
        let there = node.neighbour().await;
        let bob = there.person("bob");
        node.followed_by(std::slice::from_ref(&bob)).await;
        there.fail("*", Fault::Status(500));
        for number in 0..4 {
            let _ = get(node.app(), &at(&there, number)).await;
        }
        there.heal("*");
        assert!(get(node.app(), &at(&there, 5)).await.is_err());
        node.accept(&bob.tell("Like", node.alice())).await;
        assert!(get(node.app(), &at(&there, 6)).await.is_ok());
    }

    async fn failed_deliveries_keep_fetches_away_and_failed_fetches_keep_deliveries_away(db: TestDb) {
        let node = TestNode::start(TestApp::builder(), db).await;
        let (dead, deaf) = (node.neighbour().await, node.neighbour().await);
        for fake in [&dead, &deaf] {
            let people: Vec<_> = (0..4).map(|number| fake.loner(&format!("p{number}"))).collect();
            node.followed_by(&people).await;
            fake.wait_for_many("Accept", 4).await;
        }
        dead.fail("*", Fault::Status(500));
        node.publish("Down").await;
        let host = Host::parse(dead.host()).unwrap();
        until("the server is left alone", async || node.app().hosts.paused_until(&host)).await;
        let refused = get(node.app(), &at(&dead, 1)).await.unwrap_err().to_string();
        assert!(refused.contains("left alone"), "{refused}");
        assert_eq!(dead.requests_for(&at(&dead, 1)), 0);

        deaf.fail("*", Fault::Status(500));
        for number in 0..3 {
            let _ = get(node.app(), &at(&deaf, number)).await;
        }
        let host = Host::parse(deaf.host()).unwrap();
        until("the rows know it", async || {
            let failing = node.app().db.read(hosts::list_failing).await.unwrap();
            failing.contains(&host).then_some(())
        }).await;
    }

    async fn one_message_causes_so_many_requests_and_no_more(node: TestNode) {
        let there = node.neighbour().await;
        let app = Arc::clone(&node.fed.app);
        let asked = within_budget(4, async {
            let mut asked = 0;
            for number in 0..10 {
                asked += usize::from(get(&app, &at(&there, number)).await.is_ok());
            }
            asked
        });
        assert_eq!(asked.await, 4);
        // Each hop of a redirect counts.
        there.fail(&at(&there, 20), Fault::Redirect(at(&there, 21)));
        there.fail(&at(&there, 21), Fault::Redirect(at(&there, 22)));
        let hops = within_budget(2, get(&app, &at(&there, 20))).await;
        assert_eq!(temporary(&hops), Some(true));
        assert_eq!(there.requests_for(&at(&there, 22)), 0);
    }

    async fn a_message_whose_key_leads_round_in_circles_ends_soon(node: TestNode) {
        let there = node.neighbour().await;
        let mut bob = there.stranger("bob");
        bob.key_id = format!("{}/key/0", there.url);
        for number in 0..40 {
            let key = format!("{}/key/{number}", there.url);
            there.fail(&key, Fault::Redirect(format!("{}/key/{}", there.url, number + 1)));
        }
        let status = node.receive(&bob.tell("Follow", node.alice())).await;
        assert!(status.is_client_error() || status == StatusCode::SERVICE_UNAVAILABLE, "{status}");
        let asked: usize = (0..40).map(|number| there.requests_for(&format!("{}/key/{number}", there.url))).sum();
        assert!(asked <= 12, "{asked}");
    }

    async fn one_server_is_not_asked_more_often_than_its_rate(db: TestDb) {
        let few = |config: &mut Config| config.limits.fetch_per_host = 3;
        let node = TestNode::quiet(TestApp::builder().configure(few), db).await;
        let (there, other) = (node.neighbour().await, node.neighbour().await);
        for number in 0..10 {
            let _ = get(node.app(), &at(&there, number)).await;
        }
        let asked: usize = (0..10).map(|number| there.requests_for(&at(&there, number))).sum();
        assert_eq!(asked, 3);
        assert_eq!(temporary(&get(node.app(), &at(&there, 99)).await), Some(true));
        assert!(get(node.app(), &at(&other, 1)).await.is_ok());
    }

    async fn a_circle_of_parents_ends(node: TestNode) {
        let there = node.neighbour().await;
        let bob = there.person("bob");
        node.followed_by(std::slice::from_ref(&bob)).await;
        let (first, second) = (bob.note(100, &bob.at("/notes/101")), bob.note(101, &bob.at("/notes/100")));
        there.publish(&first);
        there.publish(&second);
        node.accept(&bob.create(&first)).await;
        assert_eq!((node.parked().await, node.jobs().await), (0, 0));
        node.app().do_later(Job::FetchReply { reply: ApUrl::new(second["id"].as_str().unwrap()) }).await.unwrap();
        node.drain().await;
        assert_eq!(node.jobs().await, 0);
    }
}
