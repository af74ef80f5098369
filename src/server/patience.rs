//! How long a connection is waited for: until it was silent for too long, or the node stops.

use std::future::poll_fn;
use std::pin::{Pin, pin};
use std::task::{Context, Poll};

use tokio::sync::watch;
use tokio::task::coop::unconstrained;
use tokio::time::{Instant, Sleep, sleep_until};

use super::connections::{HEAD_TIMEOUT, until};

/// The patience with one connection, which many waits of one task share.
pub(super) struct Patience {
    since: Instant,
    silence: Pin<Box<Sleep>>,
    stop: Pin<Box<dyn Future<Output = ()> + Send>>,
    stopped: watch::Receiver<bool>,
    /// Silence and stop wake the task by themselves: they were asked before.
    is_set: bool,
}

impl Patience {
    /// The patience with a connection that begins.
    pub(super) fn new(stopped: watch::Receiver<bool>) -> Self {
        let since = Instant::now();
        Self {
            since,
            silence: Box::pin(sleep_until(since + HEAD_TIMEOUT)),
            stop: Box::pin(until(stopped.clone())),
            stopped,
            is_set: false,
        }
    }

    /// Something was heard.
    pub(super) fn renew(&mut self) {
        self.since = Instant::now();
    }

    /// What comes of `work`; None when the patience ends before.
    pub(super) async fn wait_for<T>(&mut self, work: impl Future<Output = T>) -> Option<T> {
        let mut work = pin!(work);
        poll_fn(|context| match work.as_mut().poll(context) {
            Poll::Ready(done) => Poll::Ready(Some(done)),
            Poll::Pending => self.poll_end(context).map(|()| None),
        })
        .await
    }

    fn poll_end(&mut self, context: &mut Context<'_>) -> Poll<()> {
        let may_have_ended =
            self.silence.is_elapsed() || self.stopped.has_changed().is_ok_and(|changed| changed);
        if self.is_set && !may_have_ended {
            return Poll::Pending;
        }
        self.is_set = true;
        // Asked once, they must be asked in earnest: tokio answers a task that had its share without noting whom to wake.
        if pin!(unconstrained(self.stop.as_mut()))
            .poll(context)
            .is_ready()
        {
            return Poll::Ready(());
        }
        while pin!(unconstrained(self.silence.as_mut()))
            .poll(context)
            .is_ready()
        {
            if self.since.elapsed() >= HEAD_TIMEOUT {
                return Poll::Ready(());
            }
            self.silence.as_mut().reset(self.since + HEAD_TIMEOUT);
        }
        Poll::Pending
    }
}

#[cfg(test)]
mod tests {
    use std::future::pending;

    use tokio::time::sleep;

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn who_says_something_now_and_then_is_waited_for_again() {
        let (_stop, stopped) = watch::channel(false);
        let mut patience = Patience::new(stopped);
        let began = Instant::now();
        for _ in 0..5 {
            assert!(
                patience
                    .wait_for(sleep(HEAD_TIMEOUT * 2 / 3))
                    .await
                    .is_some()
            );
            patience.renew();
        }
        let renewed = Instant::now();
        assert!(patience.wait_for(pending::<()>()).await.is_none());
        assert_eq!(renewed - began, HEAD_TIMEOUT * 2 / 3 * 5);
        assert_eq!(renewed.elapsed(), HEAD_TIMEOUT);
    }

    #[tokio::test(start_paused = true)]
    async fn nothing_of_a_head_for_too_long_ends_it_whatever_trickles_in() {
        let (_stop, stopped) = watch::channel(false);
        let mut patience = Patience::new(stopped);
        let began = Instant::now();
        while patience.wait_for(sleep(HEAD_TIMEOUT / 10)).await.is_some() {}
        assert_eq!(began.elapsed(), HEAD_TIMEOUT);
    }

    #[tokio::test(start_paused = true)]
    async fn a_task_that_had_its_share_of_time_is_woken_all_the_same() {
        let (_stop, stopped) = watch::channel(false);
        let mut patience = Patience::new(stopped);
        let spent = poll_fn(|context| {
            while tokio::task::coop::has_budget_remaining() {
                let Poll::Ready(()) = pin!(tokio::task::coop::consume_budget()).poll(context)
                else {
                    break;
                };
            }
            Poll::<()>::Pending
        });
        let began = Instant::now();
        let waited = tokio::time::timeout(HEAD_TIMEOUT * 2, patience.wait_for(spent));
        assert!(waited.await.expect("it ends by itself").is_none());
        assert_eq!(began.elapsed(), HEAD_TIMEOUT);
    }

    #[tokio::test(start_paused = true)]
    async fn a_node_that_stops_waits_no_longer() {
        let (stop, stopped) = watch::channel(false);
        let mut patience = Patience::new(stopped.clone());
        assert!(patience.wait_for(sleep(HEAD_TIMEOUT / 10)).await.is_some());
        let began = Instant::now();
        let stopping = async {
            sleep(HEAD_TIMEOUT / 10).await;
            stop.send(true).unwrap();
            pending::<()>().await;
        };
        assert!(patience.wait_for(stopping).await.is_none());
        assert_eq!(began.elapsed(), HEAD_TIMEOUT / 10);
        assert!(
            Patience::new(stopped)
                .wait_for(pending::<()>())
                .await
                .is_none()
        );
    }
}
