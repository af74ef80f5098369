//! SQLite's one writer: a thread that takes up to 64 waiting changes into one `BEGIN IMMEDIATE … COMMIT`, each in its own
//! savepoint, and answers each caller after the commit. A commit with `synchronous=FULL` costs a flush of the disk;
//! shared by all that wait, it costs little, and what was answered survives a power cut.

use std::panic::{AssertUnwindSafe, catch_unwind};

use diesel::connection::{Connection, SimpleConnection};
use tokio::sync::{mpsc, oneshot};

use super::Conn;
use super::changes::Changes;
use crate::error::{Error, Result};

const GROUP: usize = 64;
const WAITING: usize = 4096;

/// Tells a caller how its change ended, once the commit did.
type Answer = Box<dyn FnOnce(Result<(), CommitFailed>) + Send>;
/// A caller's change: runs in the group's transaction.
pub(super) type Change = Box<dyn FnOnce(&mut Conn) -> (bool, Answer) + Send>;

/// The commit failed for the whole group; the text is the database's.
#[derive(Clone, Debug, thiserror::Error)]
#[error("the change could not be stored: {0}")]
pub(super) struct CommitFailed(String);

/// A handle on the writer thread; it ends when the last handle is gone.
#[derive(Clone)]
pub(super) struct Writer(mpsc::Sender<Change>);

impl Writer {
    /// Starts the thread on its own connection.
    pub(super) fn start(mut conn: Conn, changes: Changes) -> Result<Self> {
        let (sender, mut receiver) = mpsc::channel::<Change>(WAITING);
        std::thread::Builder::new()
            .name("db-writer".into())
            .spawn(move || {
                while let Some(first) = receiver.blocking_recv() {
                    let mut group = vec![first];
                    while group.len() < GROUP
                        && let Ok(next) = receiver.try_recv()
                    {
                        group.push(next);
                    }
                    run_group(&mut conn, &changes, group);
                }
            })
            .map_err(Error::internal)?;
        Ok(Self(sender))
    }

    /// Queues a change, which is answered after its commit is on the disk.
    pub(super) async fn queue(&self, change: Change) -> Result<()> {
        self.0.send(change).await.map_err(|_| stopped())
    }
}

/// Makes a change of `work`, and the way by which its caller hears what came of it.
pub(super) fn change<T, F>(work: F) -> (Change, oneshot::Receiver<Result<T>>)
where
    T: Send + 'static,
    F: FnOnce(&mut Conn) -> Result<T> + Send + 'static,
{
    let (sender, receiver) = oneshot::channel();
    let change = move |conn: &mut Conn| {
        let result = catch_unwind(AssertUnwindSafe(|| work(conn)));
        answer(
            sender,
            result.unwrap_or_else(|_| Err(Error::internal("a database change panicked"))),
        )
    };
    (Box::new(change), receiver)
}

fn answer<T: Send + 'static>(
    sender: oneshot::Sender<Result<T>>,
    result: Result<T>,
) -> (bool, Answer) {
    let keep = result.is_ok();
    let answer = move |committed: Result<(), CommitFailed>| {
        let _ = sender.send(result.and_then(|value| match committed {
            Ok(()) => Ok(value),
            Err(failed) => Err(Error::Db(Box::new(failed))),
        }));
    };
    (keep, Box::new(answer))
}

pub(super) fn stopped() -> Error {
    Error::internal("the database writer has stopped")
}

/// Runs one change in a transaction of its own, as on PostgreSQL, and answers its caller. Fails when it could not be begun
/// or committed; nobody is answered then.
pub(super) fn run_alone(conn: &mut Conn, changes: &Changes, change: Change) -> Result<()> {
    let mut ran = None;
    let ended = conn.transaction(|conn| {
        let (keep, answer) = change(conn);
        ran = Some((keep, answer));
        if keep {
            changes.ask_for_end(conn)
        } else {
            Err(Error::from(diesel::result::Error::RollbackTransaction))
        }
    });
    match (ended, ran) {
        (Ok(end), Some((_, answer))) => {
            if let Some(end) = end {
                end.wait();
            }
            answer(Ok(()));
        }
        // It says itself why nothing is kept.
        (Err(_), Some((false, answer))) => answer(Ok(())),
        (ended, _) => return ended.map(drop),
    }
    Ok(())
}

fn run_group(conn: &mut Conn, changes: &Changes, group: Vec<Change>) {
    if let Err(e) = conn.batch_execute("BEGIN IMMEDIATE") {
        // The changes never ran: dropping them tells each caller that the writer gave up on it.
        tracing::error!("the database could not begin a change: {e}");
        return;
    }
    let answers: Vec<Answer> = group
        .into_iter()
        .map(|change| run_in_savepoint(conn, change))
        .collect();
    let committed = conn.batch_execute("COMMIT").map_err(|e| {
        tracing::error!("the database could not commit: {e}");
        let _ = conn.batch_execute("ROLLBACK");
        CommitFailed(e.to_string())
    });
    // Whoever changed something must see it changed.
    changes.catch_up();
    for answer in answers {
        answer(committed.clone());
    }
}

fn run_in_savepoint(conn: &mut Conn, change: Change) -> Answer {
    let begun = conn.batch_execute("SAVEPOINT change");
    let (keep, answer) = change(conn);
    let ended = begun.and_then(|()| {
        conn.batch_execute(if keep {
            "RELEASE change"
        } else {
            "ROLLBACK TO change; RELEASE change"
        })
    });
    match ended {
        Ok(()) => answer,
        Err(e) => {
            let failed = CommitFailed(e.to_string());
            Box::new(move |_| answer(Err(failed)))
        }
    }
}
