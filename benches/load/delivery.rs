//! Posts go out: to 100 hosts over http, to 2,000 over https, and to hosts of which some fail or hang. The node runs in
//! this process, the hosts beside it on the same cores.

use std::sync::Arc;
use std::sync::Mutex;
use std::time::{Duration, Instant};

use antiphon::app::App;
use antiphon::domain::actor::Actor;
use antiphon::domain::delivery;
use antiphon::federation::Federation;
use antiphon::server::{self, Running};
use tempfile::TempDir;
use tokio::net::TcpListener;
use tokio::runtime::Runtime;

use crate::ceiling::Ceilings;
use crate::people;
use crate::report::{Pair, Row};
use crate::sink::{Answer, LOOPBACK, Sink};
use crate::support;

/// Repetitions of each figure.
const TIMES: usize = 5;
/// The longest that one round may take.
const PATIENCE: Duration = Duration::from_mins(1);

/// What a host does, by its number.
type Kind = fn(usize) -> Answer;

fn healthy(_: usize) -> Answer {
    Answer::Accepted
}

/// One of ten answers 500, one of twenty hangs.
fn faulty(number: usize) -> Answer {
    match number % 20 {
        3 | 13 => Answer::Failure,
        7 => Answer::Hang,
        _ => Answer::Accepted,
    }
}

/// How often each host has had a post, and when the last healthy one had the last of a round.
struct Arrivals(Mutex<State>);

struct State {
    counts: Vec<usize>,
    /// How often each healthy host is to be reached.
    goal: usize,
    missing: usize,
    done: Option<Instant>,
}

impl Arrivals {
    fn note(&self, host: usize) {
        let mut state = self.0.lock().expect("no thread panics");
        let goal = state.goal;
        let Some(count) = state.counts.get_mut(host) else {
            return;
        };
        *count += 1;
        if *count == goal {
            state.missing -= 1;
            if state.missing == 0 {
                state.done = Some(Instant::now());
            }
        }
    }
}

/// A node with followers on so many hosts.
struct Setting {
    node: Option<Running>,
    app: Arc<App>,
    alice: Actor,
    arrivals: Arc<Arrivals>,
    kind: Kind,
    published: usize,
    runtime: Runtime,
    _sink: Sink,
    _folder: TempDir,
}

impl Setting {
    fn new(hosts: usize, tls: bool, kind: Kind) -> Self {
        let runtime = Runtime::new().expect("a runtime can be made");
        let state = State {
            counts: vec![0; hosts],
            goal: 0,
            missing: 0,
            done: None,
        };
        let arrivals = Arc::new(Arrivals(Mutex::new(state)));
        let names: Vec<String> = (0..hosts).map(|number| format!("h{number}")).collect();
        let noting = Arc::clone(&arrivals);
        let decide = move |host: &str, _: &str| {
            let number = host
                .strip_prefix('h')
                .and_then(|number| number.parse().ok())
                .unwrap_or(usize::MAX);
            let answer = kind(number);
            if matches!(answer, Answer::Accepted) {
                noting.note(number);
            }
            answer
        };
        let sink = Sink::start(&names, tls, Arc::new(decide));
        let folder = tempfile::tempdir().expect("the system has a temporary folder");
        let (app, alice, node) = runtime.block_on(async {
            let (app, alice) = support::node(folder.path(), sink.http()).await;
            people::add_followers(&app, &alice, &sink.origins).await;
            let fed = Federation::new(Arc::clone(&app))
                .await
                .expect("the node is complete");
            let listener = TcpListener::bind((LOOPBACK, 0))
                .await
                .expect("loopback can be bound");
            let node = server::start(fed, listener).await.expect("the node starts");
            (app, alice, node)
        });
        Self {
            node: Some(node),
            app,
            alice,
            arrivals,
            kind,
            published: 0,
            runtime,
            _sink: sink,
            _folder: folder,
        }
    }

    /// Publishes posts and waits until every healthy host has all of them. Returns the seconds that took.
    fn round(&mut self, posts: usize) -> f64 {
        self.published += posts;
        {
            let mut state = self.arrivals.0.lock().expect("no thread panics");
            state.goal = self.published;
            state.done = None;
            let healthy = |number: &usize| matches!((self.kind)(*number), Answer::Accepted);
            state.missing = (0..state.counts.len()).filter(healthy).count();
        }
        let begun = Instant::now();
        let (app, alice, first) = (&self.app, &self.alice, self.published - posts);
        self.runtime.block_on(async {
            for number in first..first + posts {
                support::publish(app, alice, number).await;
            }
        });
        loop {
            let done = self.arrivals.0.lock().expect("no thread panics").done;
            if let Some(done) = done {
                return done.duration_since(begun).as_secs_f64();
            }
            assert!(
                begun.elapsed() < PATIENCE,
                "the hosts did not get everything in time"
            );
            std::thread::sleep(Duration::from_millis(2));
        }
    }

    /// Waits until everything is written back, so that the next round begins at rest.
    fn rest(&self) {
        let begun = Instant::now();
        loop {
            let pending = self
                .runtime
                .block_on(self.app.db.read(delivery::count_pending));
            if pending.expect("the database can be read") == 0 {
                return;
            }
            assert!(
                begun.elapsed() < PATIENCE,
                "not everything was written back"
            );
            std::thread::sleep(Duration::from_millis(5));
        }
    }
}

impl Drop for Setting {
    fn drop(&mut self) {
        if let Some(node) = self.node.take() {
            self.runtime.block_on(node.stop());
        }
    }
}

/// Deliveries a second beside the signatures a second before and after.
fn paired(ceilings: &Ceilings, deliveries: u32, work: impl FnOnce() -> f64) -> Pair {
    let before = ceilings.signs();
    let seconds = work();
    let after = ceilings.signs();
    Pair {
        figure: f64::from(deliveries) / seconds,
        ceiling: f64::midpoint(before, after),
    }
}

/// 100 hosts over http: one post to hosts never met, then 30 posts at once.
pub(crate) fn plain() -> Vec<Row> {
    let ceilings = Ceilings::new();
    let (mut single, mut many) = (Vec::new(), Vec::new());
    for _ in 0..TIMES {
        let mut setting = Setting::new(100, false, healthy);
        single.push(paired(&ceilings, 100, || setting.round(1)));
        setting.rest();
        many.push(paired(&ceilings, 3_000, || setting.round(30)));
        setting.rest();
    }
    vec![
        Row::rate(
            "delivery, 100 hosts, http, one post, hosts never met",
            "/s",
            &single,
            0.65,
            "≥ 65 %",
        ),
        Row::rate(
            "delivery, 100 hosts, http, 30 posts at once",
            "/s",
            &many,
            0.65,
            "≥ 65 %",
        ),
    ]
}

/// 2,000 hosts over https: one post, each host with a handshake of its own; then another over the same connections.
pub(crate) fn https() -> Vec<Row> {
    let ceilings = Ceilings::new();
    let (mut cold, mut warm) = (Vec::new(), Vec::new());
    for _ in 0..TIMES {
        let mut setting = Setting::new(2_000, true, healthy);
        cold.push(paired(&ceilings, 2_000, || setting.round(1)));
        setting.rest();
        warm.push(paired(&ceilings, 2_000, || setting.round(1)));
        setting.rest();
    }
    vec![
        Row::rate(
            "delivery, 2,000 hosts, https, handshakes included",
            "/s",
            &cold,
            0.45,
            "≥ 45 %",
        ),
        Row::rate(
            "delivery, 2,000 hosts, https, the next post",
            "/s",
            &warm,
            0.45,
            "≥ 45 %",
        ),
    ]
}

/// 10 % of the hosts answer 500 and 5 % hang; the healthy ones must hardly notice.
pub(crate) fn faults() -> Vec<Row> {
    let mut rows = Vec::new();
    for hosts in [100, 2_000] {
        let mut factors = Vec::new();
        for _ in 0..3 {
            let without = Setting::new(hosts, false, healthy).round(1);
            let with = Setting::new(hosts, false, faulty).round(1);
            factors.push(with / without);
        }
        let what = format!(
            "{hosts} hosts, 10 % answer 500, 5 % hang: last healthy host against no faults"
        );
        rows.push(Row::at_most(&what, "times", &factors, 1.5, "≤ 1.5 times"));
    }
    rows
}
