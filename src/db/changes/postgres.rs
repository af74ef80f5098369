//! PostgreSQL's way: a connection that listens, and comes back when it breaks.

mod address;

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::Duration;

use futures_util::StreamExt;
use futures_util::stream::poll_fn;
use tokio::sync::Notify;
use tokio::task::JoinHandle;
use tokio::time::timeout;
use tokio_postgres::{AsyncMessage, Client, Config, NoTls};

use super::{Ear, Heard};
use crate::error::{Error, Result};

const CHANNEL: &str = "antiphon_changes";
/// What the ends of transactions begin with; no scope does.
const END: &str = "end:";
/// What each process says to hear itself.
const BEAT: &str = "beat";
/// How often.
const BEAT_EVERY: Duration = Duration::from_secs(3);
/// After so long without a word the connection is given up: networks lose connections without telling anybody.
const SILENCE: Duration = Duration::from_secs(8);
/// How long a change waits to be heard; after that nothing counts as heard, and its caller is answered all the same.
const PATIENCE: Duration = Duration::from_secs(2);
/// The pause before a broken connection is made anew.
const RETRY: Duration = Duration::from_secs(1);
/// Ends that nobody waited for are forgotten beyond so many.
const ENDS_MAX: usize = 1_024;

/// A task that listens as long as this lives.
pub(super) struct Listening {
    task: JoinHandle<()>,
    own: String,
    count: AtomicU64,
    heard: Arc<Ends>,
    ear: Ear,
    doubt: Arc<Notify>,
}

/// The ends of this process's transactions that were heard.
#[derive(Default)]
struct Ends {
    heard: Mutex<Vec<String>>,
    bell: Condvar,
    /// How often it turned from hearing to not hearing and back: odd while nothing is heard.
    turns: AtomicU64,
}

impl Ends {
    fn turns(&self) -> u64 {
        self.turns.load(Ordering::Acquire)
    }

    fn turn(&self) {
        let held = self.heard.lock().unwrap_or_else(PoisonError::into_inner);
        self.turns.fetch_add(1, Ordering::AcqRel);
        drop(held);
        self.bell.notify_all();
    }
}

/// What is said at the end of a transaction, and when.
pub(super) struct Word {
    /// What nobody else says.
    pub(super) token: String,
    turns: u64,
}

impl Drop for Listening {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Listening {
    pub(super) async fn start(url: &str, ear: Ear) -> Result<Self> {
        let own = format!("{END}{:016x}:", rand::random::<u64>());
        let (heard, doubt) = (Arc::new(Ends::default()), Arc::new(Notify::new()));
        let config = address::config(url)?;
        let stream = connect(&config).await?;
        let hearing = Hearing {
            own: own.clone(),
            heard: Arc::clone(&heard),
            ear: Arc::clone(&ear),
            doubt: Arc::clone(&doubt),
        };
        let task = tokio::spawn(listen(config, stream, hearing));
        Ok(Self {
            task,
            own,
            count: AtomicU64::new(0),
            heard,
            ear,
            doubt,
        })
    }

    /// A word that nobody else says; None while nothing is heard.
    pub(super) fn word(&self) -> Option<Word> {
        let turns = self.heard.turns();
        turns.is_multiple_of(2).then(|| Word {
            token: format!("{}{}", self.own, self.count.fetch_add(1, Ordering::Relaxed)),
            turns,
        })
    }

    /// Blocks until a word was heard, [`PATIENCE`] at most, or until nothing is heard any more. What is said and not heard is
    /// a reason to trust nothing.
    pub(super) fn wait_for(&self, word: &Word) {
        let ends = &self.heard;
        let waiting =
            |heard: &mut Vec<String>| ends.turns() == word.turns && !heard.contains(&word.token);
        let guard = ends.heard.lock().unwrap_or_else(PoisonError::into_inner);
        let outcome = ends.bell.wait_timeout_while(guard, PATIENCE, waiting);
        let (mut heard, waited) = outcome.unwrap_or_else(PoisonError::into_inner);
        heard.retain(|one| *one != word.token);
        drop(heard);
        if waited.timed_out() {
            (self.ear)(Heard::Lost);
            self.doubt.notify_one();
        }
    }
}

struct Hearing {
    own: String,
    heard: Arc<Ends>,
    ear: Ear,
    doubt: Arc<Notify>,
}

impl Hearing {
    fn take(&self, payload: &str) {
        if payload == BEAT {
            // That it came is all it says.
        } else if !payload.starts_with(END) {
            (self.ear)(Heard::Changed(vec![payload.to_owned()]));
        } else if payload.starts_with(&self.own) {
            let mut heard = self
                .heard
                .heard
                .lock()
                .unwrap_or_else(PoisonError::into_inner);
            if heard.len() >= ENDS_MAX {
                heard.clear();
            }
            heard.push(payload.to_owned());
            self.heard.bell.notify_all();
        }
    }
}

type Messages = futures_util::stream::BoxStream<
    'static,
    std::result::Result<AsyncMessage, tokio_postgres::Error>,
>;

/// A connection that listens and was heard: its messages, and the client that must live as long.
async fn connect(config: &Config) -> Result<(Client, Messages)> {
    let opened = timeout(SILENCE, open(config)).await;
    opened.unwrap_or_else(|_| {
        Err(Error::Setup(
            "the database notifies nobody: database.url must not lead through a pooler that shares connections between transactions"
                .into(),
        ))
    })
}

async fn open(config: &Config) -> Result<(Client, Messages)> {
    let connected = config.connect(NoTls).await;
    let (client, mut connection) = connected.map_err(Error::internal)?;
    let mut messages = poll_fn(move |context| connection.poll_message(context)).boxed();
    let begun = async {
        client.batch_execute("LISTEN antiphon_changes").await?;
        beat(&client).await
    };
    let mut begun = Box::pin(begun);
    let (mut told, mut heard) = (false, false);
    // The commands travel only while the messages are asked for.
    while !told || !heard {
        tokio::select! {
            done = &mut begun, if !told => {
                done.map_err(Error::internal)?;
                told = true;
            }
            message = messages.next() => match message {
                Some(Ok(AsyncMessage::Notification(said))) => heard |= said.payload() == BEAT,
                Some(Ok(_)) => {}
                Some(Err(error)) => return Err(Error::internal(error)),
                None => return Err(Error::internal("the connection ended")),
            },
        }
    }
    drop(begun);
    Ok((client, messages))
}

async fn beat(client: &Client) -> std::result::Result<(), tokio_postgres::Error> {
    client
        .batch_execute("SELECT pg_notify('antiphon_changes', 'beat')")
        .await
}

/// Hears until the connection breaks, and again.
async fn listen(config: Config, first: (Client, Messages), hearing: Hearing) {
    let mut connection = Some(first);
    loop {
        match connection.take() {
            Some((client, mut messages)) => {
                hear(&client, &mut messages, &hearing).await;
                tracing::warn!("the database is not heard: pages are made anew for every reader");
                (hearing.ear)(Heard::Lost);
                hearing.heard.turn();
            }
            None => tokio::time::sleep(RETRY).await,
        }
        if let Ok(made) = connect(&config).await {
            connection = Some(made);
            tracing::info!("the database is heard again");
            (hearing.ear)(Heard::Again);
            hearing.heard.turn();
        }
    }
}

/// Hears for as long as there is something to hear, its own beat at least, and nobody doubts it.
async fn hear(client: &Client, messages: &mut Messages, hearing: &Hearing) {
    let beating = async {
        loop {
            tokio::time::sleep(BEAT_EVERY).await;
            if beat(client).await.is_err() {
                return;
            }
        }
    };
    let heard = async {
        while let Ok(Some(Ok(message))) = timeout(SILENCE, messages.next()).await {
            if let AsyncMessage::Notification(said) = message
                && said.channel() == CHANNEL
            {
                hearing.take(said.payload());
            }
        }
    };
    tokio::select! {
        () = beating => {}
        () = heard => {}
        () = hearing.doubt.notified() => {}
    }
}
