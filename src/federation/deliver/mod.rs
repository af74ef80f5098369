//! The delivery loop: claims due deliveries, keeps a lane for each host, sends, writes back in batches. One dead or slow
//! host holds up nobody else: a host has few requests under way, and one that does not answer soon gives its place away.

mod lanes;
mod send;

use std::collections::HashSet;
use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::sync::{Semaphore, mpsc, watch};
use tokio::task::JoinHandle;

use super::Federation;
use crate::domain::actor::Actor;
use crate::domain::delivery::{self, BREAKER_FAILURES, Due, Outcome};
use crate::error::Result;
use crate::hosts;
use crate::queue::Job;
use crate::types::{Host, Id};

use lanes::Lanes;
use send::Sender;

/// Rows claimed at a time.
const BATCH: i64 = 256;
/// Claimed rows below which more are claimed.
const LOW_WATER: usize = 192;
/// Results written back in one transaction.
const SETTLE_MAX: usize = 256;
/// How often to look for due rows when nothing rings: retries come due by time, and other processes write too.
const POLL: Duration = Duration::from_millis(500);
/// After this long without an answer a request gives its place to another and goes on aside. Waiting costs no CPU: what
/// the places bound is signing and handshakes. Hosts that hang must not hold places while healthy ones wait for them.
const SLOW_AFTER: Duration = Duration::from_millis(250);
/// Requests that may go on aside.
const ASIDE_MAX: usize = 4096;
/// How long results are gathered before they are written back: a transaction for each would cost more than sending.
const GATHER: Duration = Duration::from_millis(50);
/// How long requests under way may take when the node stops.
const FAREWELL: Duration = Duration::from_secs(5);

/// Runs until `stop` turns true; then lets what is under way end, and puts the rest back.
pub async fn run(fed: Arc<Federation>, stop: watch::Receiver<bool>) -> Result<()> {
    let (results, settled) = mpsc::channel(4 * SETTLE_MAX);
    let failing: HashSet<Host> = fed
        .app
        .db
        .read(hosts::list_failing)
        .await?
        .into_iter()
        .collect();
    let settling = tokio::spawn(settle_all(Arc::clone(&fed), settled, failing));
    Loop::new(fed, results).run(stop).await;
    let _ = settling.await;
    Ok(())
}

type Settled = (Due, Outcome);
/// A host's request ended; true when the host failed.
type Finished = (Host, bool);

struct Loop {
    fed: Arc<Federation>,
    sender: Arc<Sender>,
    lanes: Lanes,
    places: Arc<Semaphore>,
    aside: Arc<Semaphore>,
    finished: (
        mpsc::UnboundedSender<Finished>,
        mpsc::UnboundedReceiver<Finished>,
    ),
    results: mpsc::Sender<Settled>,
    claiming: Option<JoinHandle<Result<Vec<Due>>>>,
}

impl Loop {
    fn new(fed: Arc<Federation>, results: mpsc::Sender<Settled>) -> Self {
        let config = &fed.app.config.delivery;
        Self {
            sender: Arc::new(Sender::new(Arc::clone(&fed))),
            lanes: Lanes::new(config.per_host),
            places: Arc::new(Semaphore::new(config.concurrency)),
            aside: Arc::new(Semaphore::new(ASIDE_MAX)),
            finished: mpsc::unbounded_channel(),
            results,
            claiming: None,
            fed,
        }
    }

    async fn run(mut self, mut stop: watch::Receiver<bool>) {
        let mut look = true;
        while !*stop.borrow() {
            if look && self.claiming.is_none() && self.lanes.waiting() < LOW_WATER {
                self.claim();
                look = false;
            }
            let app = Arc::clone(&self.fed.app);
            // Who reads a discussion hears of what another process changed.
            app.db.catch_up();
            tokio::select! {
                biased;
                _ = stop.changed() => break,
                Some((host, failed)) = self.finished.1.recv() => self.finish(&host, failed).await,
                claimed = claimed(&mut self.claiming) => {
                    self.claiming = None;
                    // As many as asked for: there may be more. Fewer: wait for the bell (which may have rung
                    // meanwhile) or the clock.
                    look |= i64::try_from(claimed.len()).unwrap_or(0) == BATCH;
                    self.lanes.extend(claimed);
                }
                Ok(place) = Arc::clone(&self.places).acquire_owned(), if self.lanes.is_ready() => self.start(place),
                () = app.wake.deliveries.notified() => look = true,
                () = tokio::time::sleep(POLL) => look = true,
            }
            look |= self.lanes.waiting() < LOW_WATER / 2 && self.lanes.was_full();
        }
        self.leave().await;
    }

    fn claim(&mut self) {
        let app = Arc::clone(&self.fed.app);
        let (now, busy) = (app.now(), self.lanes.busy());
        self.claiming = Some(tokio::spawn(async move {
            app.db
                .write(move |conn| delivery::claim(conn, now, BATCH, busy))
                .await
        }));
    }

    /// Starts the next delivery of the next ready host.
    fn start(&mut self, place: tokio::sync::OwnedSemaphorePermit) {
        let Some(due) = self.lanes.next() else { return };
        let (sender, aside) = (Arc::clone(&self.sender), Arc::clone(&self.aside));
        let (finished, results) = (self.finished.0.clone(), self.results.clone());
        let app = Arc::clone(&self.fed.app);
        let ready = Instant::now();
        tokio::spawn(async move {
            // What a post sends out brings readers. They wait for the same threads as this task did.
            app.pace.note(ready.elapsed());
            let hold = app.pace.hold();
            if !hold.is_zero() {
                tokio::time::sleep(hold).await;
            }
            let outcome = {
                let sending = sender.send(&due);
                tokio::pin!(sending);
                if let Ok(outcome) = tokio::time::timeout(SLOW_AFTER, &mut sending).await {
                    outcome
                } else {
                    drop(place);
                    let _aside = aside.acquire().await;
                    sending.await
                }
            };
            app.metrics.count_delivery(outcome.as_str());
            let failed = matches!(
                outcome,
                Outcome::Retry {
                    host_failed: true,
                    ..
                }
            );
            let host = due.host.clone();
            let _ = results.send((due, outcome)).await;
            let _ = finished.send((host, failed));
        });
    }

    /// Frees a host's place; after failures in a row, what still waits for it here goes back to wait there.
    async fn finish(&mut self, host: &Host, failed: bool) {
        for due in self.lanes.finish(host, failed, BREAKER_FAILURES) {
            let at = self.fed.app.now().plus_secs(delivery::pause_secs(0, 0.5));
            let _ = self.results.send((due, Outcome::Postponed(at))).await;
        }
    }

    async fn leave(mut self) {
        let now = self.fed.app.now();
        if self.claiming.is_some() {
            let rows = claimed(&mut self.claiming).await;
            self.lanes.extend(rows);
        }
        for due in self.lanes.drain() {
            let _ = self.results.send((due, Outcome::Postponed(now))).await;
        }
        let farewell = async {
            while self.lanes.under_way() > 0
                && let Some((host, failed)) = self.finished.1.recv().await
            {
                self.lanes.finish(&host, failed, i32::MAX);
            }
        };
        let _ = tokio::time::timeout(FAREWELL, farewell).await;
    }
}

async fn claimed(claiming: &mut Option<JoinHandle<Result<Vec<Due>>>>) -> Vec<Due> {
    let Some(handle) = claiming else {
        return std::future::pending().await;
    };
    match handle.await {
        Ok(Ok(rows)) => rows,
        Ok(Err(error)) => {
            tracing::error!("cannot claim deliveries: {}", error.log_text());
            Vec::new()
        }
        Err(_) => Vec::new(),
    }
}

/// Writes results back in batches until the loop is gone.
async fn settle_all(
    fed: Arc<Federation>,
    mut settled: mpsc::Receiver<Settled>,
    mut failing: HashSet<Host>,
) {
    let mut batch = Vec::with_capacity(SETTLE_MAX);
    while settled.recv_many(&mut batch, SETTLE_MAX).await > 0 {
        gather(&mut settled, &mut batch).await;
        let recovered = note_health(&batch, &mut failing);
        let (results, now) = (std::mem::take(&mut batch), fed.app.now());
        let written = fed.app.db.write(move |conn| {
            let lost = delivery::settle(conn, &results, now)?;
            for host in &recovered {
                delivery::forget_failures(conn, host, now)?;
            }
            Ok(lost)
        });
        match written.await {
            Ok(lost) => look_again(&fed, lost).await,
            // The leases end by themselves and the deliveries are made again; receivers know the activity's id.
            Err(error) => tracing::error!("cannot note deliveries: {}", error.log_text()),
        }
    }
}

/// Waits a moment for more results; not when the batch is full or the loop is gone.
async fn gather(settled: &mut mpsc::Receiver<Settled>, batch: &mut Vec<Settled>) {
    let more = async {
        while batch.len() < SETTLE_MAX
            && settled.recv_many(batch, SETTLE_MAX - batch.len()).await > 0
        {}
    };
    let _ = tokio::time::timeout(GATHER, more).await;
}

/// Keeps the set of failing hosts; returns those that answered again.
fn note_health(batch: &[Settled], failing: &mut HashSet<Host>) -> Vec<Host> {
    let mut recovered = Vec::new();
    for (due, outcome) in batch {
        match outcome {
            Outcome::Retry {
                host_failed: true, ..
            } => {
                failing.insert(due.host.clone());
            }
            Outcome::Done if failing.remove(&due.host) => recovered.push(due.host.clone()),
            _ => {}
        }
    }
    recovered
}

/// An inbox is gone: whether its owners are, their documents say.
async fn look_again(fed: &Federation, lost: Vec<Id<Actor>>) {
    if lost.is_empty() {
        return;
    }
    let jobs: Vec<_> = lost
        .iter()
        .map(|actor| fed.app.job(Job::RefreshActor { actor: actor.raw() }))
        .collect();
    let written = fed
        .app
        .db
        .write(move |conn| jobs.iter().try_for_each(|job| job.enqueue(conn)));
    if let Err(error) = written.await {
        tracing::error!(
            "cannot note that followers may be gone: {}",
            error.log_text()
        );
    }
    fed.app.wake.jobs.notify_one();
}
