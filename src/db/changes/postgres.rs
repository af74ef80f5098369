//! PostgreSQL's way: a connection that listens, and comes back when it breaks.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::Duration;

use futures_util::StreamExt;
use futures_util::stream::poll_fn;
use tokio::task::JoinHandle;
use tokio_postgres::{AsyncMessage, Client, NoTls};

use super::{Ear, Heard};
use crate::error::{Error, Result};

const CHANNEL: &str = "antiphon_changes";
/// What the ends of transactions begin with; no scope does.
const END: &str = "end:";
/// How long a change waits to be heard before its caller is answered all the same.
const PATIENCE: Duration = Duration::from_millis(500);
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
}

/// The ends of this process's transactions that were heard.
#[derive(Default)]
struct Ends {
    heard: Mutex<Vec<String>>,
    bell: Condvar,
}

impl Drop for Listening {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Listening {
    pub(super) async fn start(url: &str, ear: Ear) -> Result<Self> {
        let own = format!("{END}{:016x}:", rand::random::<u64>());
        let heard = Arc::new(Ends::default());
        let stream = connect(url).await.map_err(Error::internal)?;
        let task = tokio::spawn(listen(
            url.to_owned(),
            stream,
            Hearing {
                own: own.clone(),
                heard: Arc::clone(&heard),
                ear,
            },
        ));
        Ok(Self {
            task,
            own,
            count: AtomicU64::new(0),
            heard,
        })
    }

    /// A word that nobody else says.
    pub(super) fn token(&self) -> String {
        format!("{}{}", self.own, self.count.fetch_add(1, Ordering::Relaxed))
    }

    /// Blocks until a token was heard, [`PATIENCE`] at most.
    pub(super) fn wait_for(&self, token: &str) {
        let heard = &self.heard.heard;
        let waiting = |heard: &mut Vec<String>| !heard.iter().any(|one| one == token);
        let guard = heard.lock().unwrap_or_else(PoisonError::into_inner);
        let outcome = self.heard.bell.wait_timeout_while(guard, PATIENCE, waiting);
        let (mut heard, _) = outcome.unwrap_or_else(PoisonError::into_inner);
        heard.retain(|one| one != token);
    }
}

struct Hearing {
    own: String,
    heard: Arc<Ends>,
    ear: Ear,
}

impl Hearing {
    fn take(&self, payload: &str) {
        if !payload.starts_with(END) {
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

/// A connection that listens: its messages, and the client that must live as long.
async fn connect(url: &str) -> std::result::Result<(Client, Messages), tokio_postgres::Error> {
    let (client, mut connection) = tokio_postgres::connect(url, NoTls).await?;
    let mut messages = poll_fn(move |context| connection.poll_message(context)).boxed();
    {
        let listening = client.batch_execute("LISTEN antiphon_changes");
        tokio::pin!(listening);
        // The command travels only while the messages are asked for.
        loop {
            tokio::select! {
                done = &mut listening => { done?; break; }
                message = messages.next() => if let Some(Err(error)) = message { return Err(error) },
            }
        }
    }
    Ok((client, messages))
}

/// Hears until the connection breaks, and again.
async fn listen(url: String, first: (Client, Messages), hearing: Hearing) {
    let mut connection = Some(first);
    loop {
        match connection.take() {
            Some((_client, mut messages)) => {
                hear(&mut messages, &hearing).await;
                tracing::warn!("the database is not heard: pages are made anew for every reader");
                (hearing.ear)(Heard::Lost);
            }
            None => tokio::time::sleep(RETRY).await,
        }
        if let Ok(made) = connect(&url).await {
            connection = Some(made);
            (hearing.ear)(Heard::Again);
        }
    }
}

async fn hear(messages: &mut Messages, hearing: &Hearing) {
    while let Some(Ok(message)) = messages.next().await {
        if let AsyncMessage::Notification(said) = message
            && said.channel() == CHANNEL
        {
            hearing.take(said.payload());
        }
    }
}
