//! Waiting for a condition: looks again and again, for a bounded time, and never guesses how long something takes.

use std::time::Duration;

use tokio::time::{Instant, sleep};

/// How long anything may take before the test fails: far longer than it should on a busy machine.
const PATIENCE: Duration = Duration::from_secs(40);
/// Between two looks.
const PAUSE: Duration = Duration::from_millis(15);

/// Waits until `look` finds something, and returns it. Fails the test, naming `what`, when it never does.
pub(crate) async fn until<T>(what: &str, mut look: impl AsyncFnMut() -> Option<T>) -> T {
    let end = Instant::now() + PATIENCE;
    loop {
        if let Some(found) = look().await {
            return found;
        }
        assert!(Instant::now() < end, "waited in vain until {what}");
        sleep(PAUSE).await;
    }
}
