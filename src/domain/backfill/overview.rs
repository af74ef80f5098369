//! What is being completed, and what it costs: for those who run the node.

use super::{ThreadRow, count_wanted_by_host, list_threads};
use crate::app::App;
use crate::error::Result;
use crate::types::{Host, Timestamp};

/// A thread as the overview shows it.
#[derive(Clone, Debug)]
pub struct Turning {
    /// The thread.
    pub row: ThreadRow,
    /// Requests in the hour that runs.
    pub spent: i32,
}

/// Threads that will be read, and servers that are asked.
#[derive(Clone, Debug)]
pub struct Overview {
    /// The next first.
    pub threads: Vec<Turning>,
    /// Replies that are looked for, by server, most first.
    pub wanted: Vec<(Host, i64)>,
    /// Documents fetched by this process in the hour that runs, by server, most first.
    pub fetched: Vec<(Host, u32)>,
    /// Requests in an hour for one thread at most.
    pub per_thread: u32,
    /// Documents in an hour from one server at most.
    pub per_host: u32,
}

impl Overview {
    /// Each server once: what is looked for there, and what was fetched from there.
    pub fn hosts(&self) -> Vec<(Host, i64, u32)> {
        let spent = |host: &Host| {
            let found = self.fetched.iter().find(|(known, _)| known == host);
            found.map_or(0, |(_, count)| *count)
        };
        let wanted = |host: &Host| self.wanted.iter().any(|(known, _)| known == host);
        let rest = self.fetched.iter().filter(|(host, _)| !wanted(host));
        self.wanted
            .iter()
            .map(|(host, count)| (host.clone(), *count, spent(host)))
            .chain(rest.map(|(host, count)| (host.clone(), 0, *count)))
            .collect()
    }
}

/// Reads the overview; each list has `most` rows at most.
pub async fn overview(app: &App, most: u16) -> Result<Overview> {
    const HOUR_SECS: i64 = 3600;
    let (now, limit) = (app.now(), i64::from(most));
    let (rows, wanted) = app
        .db
        .read(move |conn| {
            Ok((
                list_threads(conn, limit)?,
                count_wanted_by_host(conn, limit)?,
            ))
        })
        .await?;
    let spent = |row: &ThreadRow| {
        let over: Timestamp = row.hour_at.plus_secs(HOUR_SECS);
        if over > now { row.spent } else { 0 }
    };
    let threads = rows.into_iter().map(|row| Turning {
        spent: spent(&row),
        row,
    });
    Ok(Overview {
        threads: threads.collect(),
        wanted,
        fetched: app.hosts.list_rationed(usize::from(most)),
        per_thread: app.config.limits.thread_fetches,
        per_host: app.config.limits.thread_fetches_per_host,
    })
}
