//! From a reply that came, or was fetched, to a comment below its parent; one without parent here waits, see `parents`.

use crate::app::App;
use crate::domain::actor::Actor;
use crate::domain::comment::{self, Brought, Incoming, Parent, Receipt, RemoteEdit};
use crate::error::{Error, Result};
use crate::types::{ApUrl, Timestamp};

use super::fetch::Fetcher;
use super::objects::note::{self, Reply};
use super::objects::{Doc, leads};
use super::reason::{Reason, Refusal};
use super::{blocked, fetched, ownership, parents, verdicts};

/// Text that takes less than a millisecond to clean, in bytes.
const LONG_TEXT: usize = 8 * 1024;

/// Takes a reply by its proven author; one whose parent is unknown is parked and its parents are looked for. Drops a
/// private one, and one that answers nothing of ours.
pub async fn take(
    app: &App,
    object: &Doc,
    author: &Actor,
    activity: Option<&Brought>,
) -> Result<Taken, Refusal> {
    let reply = readable(app, object, author).await?;
    match find_parent(app, &reply).await? {
        Some(parent) => match store(app, object, reply, parent, author, activity).await? {
            Receipt::Tombstone => Err(Reason::Deleted.drop()),
            Receipt::Stored(_) | Receipt::Duplicate => Ok(Taken::Stored),
        },
        // What it answers is not here any more.
        None if reply.parents.iter().any(|parent| app.is_local(parent)) => {
            Err(Reason::NothingOfOurs.drop())
        }
        None => {
            parents::park(app, object, &reply, author).await?;
            Ok(Taken::Parked)
        }
    }
}

/// Takes a reply as it reads now: a new one, or the edit of one that is here, which may make it narrower. Its id, author
/// and parent stay what they are.
pub async fn revise(
    app: &App,
    object: &Doc,
    author: &Actor,
    activity: Option<&Brought>,
) -> Result<Taken, Refusal> {
    let now = app.now();
    let reply = read(object, now).await?;
    let id = reply.ap_id.clone();
    let known = app
        .db
        .read(move |conn| comment::load_by_ap_id(conn, &id))
        .await?;
    let Some(known) = known else {
        return take(app, object, author, activity).await;
    };
    let same = known.html == reply.html && known.visibility == reply.visibility;
    if same && activity.is_none() && reply.edited_at.is_none() {
        // Fetched, and it reads as before.
        return Err(Reason::Unchanged.drop());
    }
    let edit = RemoteEdit {
        ap_id: reply.ap_id,
        actor_id: author.id,
        html: reply.html,
        language: reply.language,
        visibility: reply.visibility,
        edited_at: reply.edited_at.unwrap_or(now),
        named: reply.named,
    };
    if comment::receive_edit(app, activity.cloned(), known.id, edit).await? {
        Ok(Taken::Stored)
    } else {
        Err(Reason::Unchanged.drop())
    }
}

/// Reads a reply; a long one off the async threads, for cleaning it takes longer than others may wait. Drops what is no
/// comment.
async fn read(object: &Doc, now: Timestamp) -> Result<Reply, Refusal> {
    let short = object
        .text("content")
        .is_some_and(|text| text.len() <= LONG_TEXT);
    let reply = if short {
        note::read(object, now)
    } else {
        let object = object.clone();
        tokio::task::spawn_blocking(move || note::read(&object, now))
            .await
            .map_err(Error::internal)?
    };
    reply.ok_or_else(|| Reason::NoComment.drop())
}

/// The reply, if it is public, a comment at all, and by who sent it.
pub(super) async fn readable(app: &App, object: &Doc, author: &Actor) -> Result<Reply, Refusal> {
    blocked::refuse(app, object)?;
    let reply = read(object, app.now()).await?;
    ownership::check_origin(&reply.ap_id, &author.ap_id)?;
    if !reply.authors.contains(&author.ap_id) {
        let text = format!("{} is not by {}", reply.ap_id, author.ap_id);
        return Err(Reason::NotAuthor.refuse(text));
    }
    if !reply.visibility.is_open() {
        return Err(Reason::NotPublic.drop());
    }
    Ok(reply)
}

/// The WordPress spelling `https://host?c=1` of what those who normalise addresses send as `https://host/?c=1`.
fn without_slash(id: &ApUrl) -> Option<ApUrl> {
    let (host, query) = id.as_str().split_once("/?")?;
    (host.matches('/').count() == 2).then(|| ApUrl::new(format!("{host}?{query}")))
}

pub(super) async fn find_parent(app: &App, reply: &Reply) -> Result<Option<Parent>> {
    let again = reply.parents.iter().filter_map(without_slash);
    let parents: Vec<ApUrl> = reply.parents.iter().cloned().chain(again).collect();
    app.db
        .look_up(move |conn| {
            for parent in &parents {
                if let Some(found) = comment::find_parent(conn, parent)? {
                    return Ok(Some(found));
                }
            }
            Ok(None)
        })
        .await
}

/// Stores a reply below its parent, with what it says about where further ones are.
pub(super) async fn store(
    app: &App,
    object: &Doc,
    reply: Reply,
    parent: Parent,
    author: &Actor,
    activity: Option<&Brought>,
) -> Result<Receipt> {
    // What came from elsewhere has no page here, whatever it says.
    let url = Some(reply.url).filter(|url| !ownership::is_ours(&app.host, url));
    let incoming = Incoming {
        url: url.unwrap_or_else(|| reply.ap_id.clone()),
        activity: activity.cloned(),
        ap_id: reply.ap_id,
        actor_id: author.id,
        parent,
        html: reply.html,
        language: reply.language,
        visibility: reply.visibility,
        published_at: reply.published_at,
        edited_at: reply.edited_at,
        named: reply.named,
        leads: leads::read(object, &app.host),
    };
    let ap_id = incoming.ap_id.clone();
    let receipt = comment::receive(app, incoming).await?;
    tracing::debug!(reply = %ap_id, ?receipt, "took a reply");
    Ok(receipt)
}

/// What became of a reply that was fetched.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Taken {
    /// It is here.
    Stored,
    /// It waits for what it answers.
    Parked,
    /// It is no reply, and is listed as a quote or link, or told of.
    Listed,
}

/// Fetches an object from its origin and takes it as a reply by the author that stands in it, or as the edit of one.
pub async fn import(app: &App, fetcher: &Fetcher, id: &ApUrl) -> Result<Taken, Refusal> {
    let object = fetcher.object(id).await;
    let object = object.inspect_err(|error| verdicts::leave_missed(app, id, error))?;
    if object.is("Tombstone") {
        return Err(Error::Gone("the object").into());
    }
    fetched::take(app, fetcher, &object).await
}

/// The same for a job: what is dropped is done with, and what is refused for good, too.
pub async fn fetch(app: &App, fetcher: &Fetcher, id: &ApUrl) -> Result<()> {
    match import(app, fetcher, id).await {
        Err(dropped) if dropped.reason.is_drop() => Ok(()),
        taken => Ok(taken.map(|_| ())?),
    }
}
