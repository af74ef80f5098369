//! How many requests one piece of work may cause in all, whichever functions make them: keys, actors, objects, pictures and
//! every hop of a redirect count alike.

use std::cell::Cell;

use crate::error::{Error, Result};

tokio::task_local! {
    static LEFT: Cell<u32>;
}

/// Does `work` with a budget of so many fetches. Beyond it they fail with a temporary `Remote`. Work that never came
/// here, such as a command of the operator's, has no bound.
pub async fn within_budget<F: Future>(fetches: u32, work: F) -> F::Output {
    LEFT.scope(Cell::new(fetches), work).await
}

/// The same, and says how many fetches it took.
pub async fn counted<F: Future>(fetches: u32, work: F) -> (F::Output, u32) {
    let count = async {
        let output = work.await;
        let left = LEFT.try_with(Cell::get).unwrap_or(0);
        (output, fetches - left)
    };
    within_budget(fetches, count).await
}

/// Counts a fetch.
pub(super) fn spend() -> Result<()> {
    let spent = LEFT.try_with(|left| {
        let rest = left.get().checked_sub(1);
        left.set(rest.unwrap_or(0));
        rest.is_some()
    });
    match spent {
        Ok(false) => Err(Error::remote_temporary(
            "one message may not cause so many requests",
        )),
        _ => Ok(()),
    }
}
