//! The job loop: claims due jobs, does them, takes them away or puts them back. Every job may run twice, so each is
//! written to do its work once.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{Semaphore, watch};

use crate::domain::actor::{self, Actor};
use crate::domain::{
    backfill, comment, delivery, media, moderation, notification, post, search, verdict,
};
use crate::error::{Error, Result};
use crate::federation::{
    Federation, forward, outbox, parents, passed_on, quotes, replies, threads,
};
use crate::hosts;
use crate::http::within_budget;
use crate::queue::{self, Claimed, Job, MAX_ATTEMPTS};
use crate::types::{Id, Timestamp};

/// Jobs claimed at a time, and done at once.
const BATCH: i64 = 16;
const AT_ONCE: usize = 16;
/// How often to look for due jobs when nothing rings: scheduled posts, retries, other processes' writes.
const POLL: Duration = Duration::from_millis(500);
/// How often old rows are cleared away.
const CLEANING: Duration = Duration::from_hours(1);
/// Days that activities are recognised, parked replies wait, and people are kept who did nothing here. A signature is
/// valid for half a day at most, so nothing that was forgotten can come again.
const KEPT_DAYS: i64 = 30;
/// Days that a request is remembered whose reply cannot be had.
const UNSEEN_DAYS: i64 = 2;
/// Days that others' deleted replies are remembered, and what was learnt of servers.
const TOMBSTONE_DAYS: i64 = 90;
/// Days that notifications are kept.
const NOTIFIED_DAYS: i64 = 90;

/// Runs until `stop` turns true; jobs under way end first.
pub async fn run(fed: Arc<Federation>, mut stop: watch::Receiver<bool>) {
    let places = Arc::new(Semaphore::new(AT_ONCE));
    let watching = tokio::spawn(watch(Arc::clone(&fed), stop.clone()));
    let indexing = tokio::spawn(index(Arc::clone(&fed), stop.clone()));
    let mut cleaning = tokio::time::interval(CLEANING);
    while !*stop.borrow() {
        let found = work_once(&fed, &places).await;
        if found == BATCH {
            continue;
        }
        tokio::select! {
            _ = stop.changed() => break,
            () = fed.app.wake.jobs.notified() => {}
            () = tokio::time::sleep(POLL) => {}
            _ = cleaning.tick() => clean(&fed).await,
        }
    }
    let all = u32::try_from(AT_ONCE).unwrap_or(u32::MAX);
    let _ = places.acquire_many(all).await;
    let _ = watching.await;
    let _ = indexing.await;
}

/// Keeps the search index behind what changes, in small transactions.
async fn index(fed: Arc<Federation>, mut stop: watch::Receiver<bool>) {
    while !*stop.borrow() {
        match search::index_batch(&fed.app).await {
            Ok(0) => {}
            Ok(_) => continue,
            Err(error) => tracing::warn!("cannot index for the search: {}", error.log_text()),
        }
        tokio::select! {
            _ = stop.changed() => break,
            () = tokio::time::sleep(POLL) => {}
        }
    }
}

/// Takes note of what other processes and other parts changed about servers.
async fn watch(fed: Arc<Federation>, mut stop: watch::Receiver<bool>) {
    while !*stop.borrow() {
        let noted = async {
            moderation::notice_blocks(&fed.app).await?;
            delivery::note_health(&fed.app).await?;
            verdict::flush(&fed.app).await
        };
        if let Err(error) = noted.await {
            tracing::warn!("cannot look after servers: {}", error.log_text());
        }
        tokio::select! {
            _ = stop.changed() => break,
            () = tokio::time::sleep(POLL) => {}
        }
    }
}

/// Does every job that is due now and those they bring, one after another. Returns how many. For commands and tests.
pub async fn drain(fed: &Arc<Federation>) -> Result<usize> {
    let mut done = 0;
    loop {
        let claimed = claim(fed).await?;
        if claimed.is_empty() {
            verdict::flush(&fed.app).await?;
            search::catch_up(&fed.app).await?;
            return Ok(done);
        }
        for job in claimed {
            finish(fed, job).await;
            done += 1;
        }
    }
}

/// Claims a batch and starts it. Returns how many were claimed.
async fn work_once(fed: &Arc<Federation>, places: &Arc<Semaphore>) -> i64 {
    let claimed = claim(fed).await.unwrap_or_else(|error| {
        tracing::error!("cannot claim jobs: {}", error.log_text());
        Vec::new()
    });
    let count = i64::try_from(claimed.len()).unwrap_or(BATCH);
    for job in claimed {
        let Ok(place) = Arc::clone(places).acquire_owned().await else {
            break;
        };
        let fed = Arc::clone(fed);
        tokio::spawn(async move {
            finish(&fed, job).await;
            drop(place);
        });
    }
    count
}

async fn claim(fed: &Federation) -> Result<Vec<Claimed>> {
    let now = fed.app.now();
    fed.app
        .db
        .write(move |conn| queue::claim(conn, now, BATCH))
        .await
}

/// Does one job and notes how it ended.
async fn finish(fed: &Arc<Federation>, claimed: Claimed) {
    let outcome = match claimed.job.clone() {
        Some(job) => Box::pin(within_budget(fetches(&job), perform(fed, job))).await,
        None => Err(Error::invalid("the job was written by another version")),
    };
    let (id, attempts, now) = (claimed.id, claimed.attempts, fed.app.now());
    let most = claimed.job.as_ref().map_or(MAX_ATTEMPTS, Job::max_attempts);
    let noted = match outcome {
        Ok(()) => fed.app.db.write(move |conn| queue::finish(conn, id)).await,
        Err(error) if is_final(&error) || attempts >= most => {
            tracing::info!(job = ?claimed.job, "gave a job up: {}", error.log_text());
            fed.app.db.write(move |conn| queue::finish(conn, id)).await
        }
        Err(error) => {
            tracing::debug!(job = ?claimed.job, attempts, "a job failed and is tried again: {}", error.log_text());
            let text = error.to_string();
            fed.app
                .db
                .write(move |conn| queue::retry_at(conn, id, attempts, now, &text))
                .await
        }
    };
    if let Err(error) = noted {
        tracing::error!("cannot note how a job ended: {}", error.log_text());
    }
}

/// True when no later try can help.
fn is_final(error: &Error) -> bool {
    matches!(
        error,
        Error::NotFound(_)
            | Error::Gone(_)
            | Error::Invalid { .. }
            | Error::Unauthorized(_)
            | Error::Forbidden(_)
            | Error::Conflict(_)
            | Error::Remote {
                temporary: false,
                ..
            }
    )
}

/// Requests that a job may make, redirects included. What we say ourselves names as many people as we like; the reading of a
/// thread has budgets of its own.
const fn fetches(job: &Job) -> u32 {
    match job {
        Job::Federate { .. } | Job::CompleteThread { .. } => u32::MAX,
        _ => 16,
    }
}

async fn perform(fed: &Arc<Federation>, job: Job) -> Result<()> {
    let (app, fetcher) = (&*fed.app, &fed.fetcher);
    match job {
        Job::Federate { event } => outbox::fan_out(app, fetcher, event).await,
        Job::PublishScheduled { post } => post::publish_scheduled(app, Id::new(post)).await,
        Job::FetchAvatar { actor } => media::fetch_avatar(app, Id::new(actor)).await,
        Job::FetchPictures { comment } => {
            media::fetch_pictures(app, media::Owner::Comment(comment)).await
        }
        Job::FetchPostPictures { post } => {
            media::fetch_pictures(app, media::Owner::Post(post)).await
        }
        Job::FetchPagePictures { page } => {
            media::fetch_pictures(app, media::Owner::Page(page)).await
        }
        Job::FetchEmojis { host } => media::fetch_emojis(app, &host).await,
        Job::SweepMedia => media::sweep(app).await,
        Job::RefreshActor { actor } => refresh(fed, Id::new(actor)).await,
        Job::AttachParked { parent } => parents::attach_parked(app, &parent).await,
        Job::FetchReply { reply } => replies::fetch(app, fetcher, &reply).await,
        Job::ConfirmDelete { object } => passed_on::confirm_delete(app, fetcher, &object).await,
        Job::FetchParents { reply } => parents::fetch_parents(app, fetcher, &reply).await,
        Job::CompleteThread { post } => threads::complete(app, fetcher, Id::new(post)).await,
        Job::DrawPreview { post } => post::draw_preview(app, Id::new(post)).await,
        Job::CloseComments { post } => post::close_comments(app, Id::new(post)).await,
        Job::RelatePost { post } => post::relate(app, Id::new(post)).await,
        Job::RewriteAddresses { after } => post::rewrite_addresses(app, Id::new(after)).await,
        Job::Forward { activity } => forward::run(app, Id::new(activity)).await,
        Job::TakeQuote {
            request,
            asker,
            target,
            quote,
            number,
        } => {
            let asked = quotes::Request {
                id: request,
                target,
                quote,
                number,
            };
            quotes::take_named(app, fetcher, Id::new(asker), asked).await
        }
    }
}

/// Reads an actor's document again; one that is gone leaves every list of followers.
async fn refresh(fed: &Federation, id: Id<Actor>) -> Result<()> {
    let actor = fed.app.db.read(move |conn| actor::get(conn, id)).await?;
    match fed.fetcher.refresh_now(&actor.ap_id).await {
        Err(Error::Gone(_)) => {
            let now = fed.app.now();
            fed.app
                .db
                .write(move |conn| actor::mark_gone(conn, id, now))
                .await
        }
        other => other.map(|_| ()),
    }
}

/// Clears away what strangers left and nobody needs any more.
pub async fn clean(fed: &Federation) {
    let now = fed.app.now();
    let before =
        move |days: i64| Timestamp(now.0.saturating_sub(days.saturating_mul(Timestamp::DAY)));
    let verdict_days = fed.app.config.discussion.verdict_days;
    let cleared = fed.app.db.write(move |conn| {
        verdict::forget_old(conn, before(verdict_days))?;
        comment::unpark_old(conn, before(KEPT_DAYS))?;
        backfill::forget_old(conn, before(KEPT_DAYS))?;
        comment::forget_tombstones(conn, before(TOMBSTONE_DAYS))?;
        comment::forget_done_passed_on(conn, before(KEPT_DAYS))?;
        comment::forget_requests(conn, before(UNSEEN_DAYS))?;
        notification::forget_old(conn, before(NOTIFIED_DAYS))?;
        actor::forget_unused(conn, before(KEPT_DAYS))?;
        hosts::forget_old(conn, before(TOMBSTONE_DAYS))
    });
    if let Err(error) = cleared.await {
        tracing::warn!("cannot clear old rows away: {}", error.log_text());
    }
    if let Err(error) = backfill::wake_sleeping(&fed.app).await {
        tracing::warn!("cannot wake threads: {}", error.log_text());
    }
    if let Err(error) = parents::attach_stranded(&fed.app).await {
        tracing::warn!("cannot attach what waited: {}", error.log_text());
    }
    if let Err(error) = post::draw_missing_previews(&fed.app).await {
        tracing::warn!("cannot have missing previews drawn: {}", error.log_text());
    }
    if let Err(error) = media::sweep(&fed.app).await {
        tracing::warn!("cannot clear old pictures away: {}", error.log_text());
    }
}
