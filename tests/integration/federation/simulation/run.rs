//! One world from its beginning to its end: letters come, jobs fall due, the clock jumps from one to the next.

use std::collections::HashSet;

use antiphon::db::schema::{comments, parked, verdicts, wanted};
use antiphon::domain::comment::{Comment, Outcome as Fate, locate};
use antiphon::types::{ApUrl, Host};
use antiphon::worker;
use diesel::prelude::*;

use super::mail::Mail;
use super::net::Net;
use super::oracle::{self, Held, Outcome};
use super::world::{DAY, HOSTS, World};
use crate::support::{Fixture, TestDb, TestNode};

/// When a world ends.
const END: i64 = 45 * DAY;
/// From when on a thread in which nothing happens any more makes no request.
const QUIET: i64 = 30 * DAY;
/// Moments at which something happens; more would mean that work makes work without end.
const MOMENTS: usize = 4000;

/// Lives a world of the dice through and judges it.
pub(super) async fn live(seed: u64, db: TestDb) -> Outcome {
    let make = |urls: &[String], post: &str, alice: &str| World::make(seed, urls, post, alice);
    live_in(HOSTS, db, make).await
}

/// Lives a world through that is made of its hosts' addresses, our post and its author.
pub(super) async fn live_in(
    hosts: usize,
    db: TestDb,
    make: impl Fn(&[String], &str, &str) -> World,
) -> Outcome {
    let node = TestNode::on(db).await;
    let post = node.publish("The post").await;
    node.drain().await;
    let net = Net::start(hosts, &node.app().clock).await;
    net.inhabit(make(&net.urls, post.ap_id.as_str(), node.alice()));
    for host in net.world().hosts.iter().filter(|host| host.blocked) {
        let name = Host::parse(host.url.trim_start_matches("http://"));
        node.block(name.expect("it is a host").as_str()).await;
    }
    let mut mail = Mail::write(net.world());
    let mut faults = pass(&node, &net, &mut mail).await;
    let held = look(&node, &net).await;
    let log = net.log();
    let mut outcome = oracle::judge(net.world(), &mail, &log, &held);
    let late = log.requests.iter().filter(|(at, _, _)| *at > QUIET);
    faults.extend(late.map(|request| format!("still asked: {request:?}")));
    let blocked = net.world().hosts.iter().filter(|host| host.blocked);
    for host in blocked {
        let asked = log
            .requests
            .iter()
            .find(|(_, address, _)| address.starts_with(&host.url));
        faults.extend(asked.map(|request| format!("a blocked host was asked: {request:?}")));
    }
    outcome.faults.append(&mut faults);
    outcome
}

/// Lets time pass until the end. Returns what went wrong.
async fn pass(node: &TestNode, net: &Net, mail: &mut Mail) -> Vec<String> {
    let mut faults = Vec::new();
    let (end, mut day) = (net.start_time().plus_secs(END), 0);
    for _ in 0..MOMENTS {
        let letter = mail.next().map(|at| net.start_time().plus_secs(at));
        let next = [letter, node.next_job().await].into_iter().flatten().min();
        let Some(next) = next.filter(|next| *next <= end) else {
            break;
        };
        // A job that is still due after its turn is leased: time must pass.
        let least = i64::from(letter != Some(next));
        node.wait_until(next.max(node.app().now().plus_secs(least)));
        mail.bring(node, net).await;
        node.drain().await;
        if net.now() / DAY > day {
            day = net.now() / DAY;
            worker::clean(&node.fed).await;
        }
    }
    let left = node.jobs().await;
    if left > 0 {
        faults.push(format!("{left} jobs are left on day {}", net.now() / DAY));
    }
    faults
}

async fn look(node: &TestNode, net: &Net) -> Held {
    let rows = node.app().db.read(|conn| {
        let rows = comments::table.select(Comment::as_select()).load(conn)?;
        let mut told: Vec<String> = parked::table.select(parked::ap_id).load(conn)?;
        told.extend(wanted::table.select(wanted::ap_id).load::<String>(conn)?);
        told.extend(
            verdicts::table
                .select(verdicts::object)
                .load::<String>(conn)?,
        );
        Ok((rows, told))
    });
    let (comments, told) = rows.await.unwrap();
    let mut accounted: HashSet<String> = told.into_iter().collect();
    for note in &net.world().notes {
        let id = ApUrl::new(&note.id);
        let located = locate::locate(node.app(), &id).await.unwrap();
        if located.outcome != Fate::Unknown {
            accounted.insert(note.id.clone());
        }
    }
    Held {
        comments,
        accounted,
        start: net.start_time(),
    }
}
