//! What a stored reply says about where further ones are: noted with it, so that its thread is read from elsewhere.

use super::{Comment, Incoming, store};
use crate::app::App;
use crate::db::Conn;
use crate::domain::backfill::{self, Leads};
use crate::error::Result;
use crate::queue::Job;
use crate::types::{ApUrl, Timestamp};

/// What a reply says about further ones, ready to be noted in its transaction.
pub(super) struct Onward {
    leads: Leads,
    reading: backfill::Reading,
}

impl Onward {
    pub(super) fn new(app: &App, incoming: &mut Incoming) -> Self {
        let post = incoming.parent.post_id;
        let mut leads = std::mem::take(&mut incoming.leads);
        if app.config.limits.thread_fetches == 0 {
            leads = Leads::default();
        }
        let is_blocked = |id: &&ApUrl| id.host().is_some_and(|host| app.hosts.is_blocked(&host));
        let blocked = leads.items.iter().filter(is_blocked).cloned().collect();
        Self {
            leads,
            reading: backfill::Reading {
                post,
                delivered: incoming.activity.is_some(),
                blocked,
                job: app.job(Job::CompleteThread { post: post.raw() }),
            },
        }
    }

    /// True when a job was written.
    pub(super) fn note(
        mut self,
        conn: &mut Conn,
        comment: &Comment,
        now: Timestamp,
    ) -> Result<bool> {
        if self.leads.is_empty() {
            return Ok(false);
        }
        // A collection elsewhere than the reply counts when somebody of the thread lives there.
        let mut kept = Vec::new();
        for source in std::mem::take(&mut self.leads.sources) {
            let near = source.url.same_origin(&comment.ap_id);
            let host = source.url.host().filter(|_| !near);
            let of_thread = match host {
                Some(host) => store::has_author_at(conn, comment.post_id, &host)?,
                None => near,
            };
            if of_thread {
                kept.push(source);
            }
        }
        self.leads.sources = kept;
        let unknown = store::list_unknown(conn, &self.leads.items)?;
        self.leads.items = unknown;
        backfill::follow(conn, &self.reading, &self.leads, now)
    }
}
