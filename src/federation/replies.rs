//! From a reply that came, or was fetched, to a comment: its parent here, else fetched up the chain, else waited for.

use crate::app::App;
use crate::domain::actor::Actor;
use crate::domain::comment::{self, Incoming, Parent, Receipt, RemoteEdit};
use crate::error::{Error, Result};
use crate::queue::Job;
use crate::types::{ApUrl, Timestamp};

use super::blocked;
use super::fetch::Fetcher;
use super::objects::Doc;
use super::objects::note::{self, Reply};
use super::ownership;
use super::reason::{Reason, Refusal};
use super::talk;

/// Longest chain of parents that is fetched for one reply.
const CHAIN_MAX: usize = 50;
/// The same, as a number of requests.
pub const CHAIN_MAX_FETCHES: u32 = 50;
/// Largest reply that is kept while its parent is looked for, in bytes.
const PARKED_MAX: usize = 100_000;

/// Text that takes less than a millisecond to clean, in bytes.
const LONG_TEXT: usize = 8 * 1024;

/// Takes a reply by its proven author; one whose parent is unknown is kept (None) and its parents are looked for. Drops a
/// private one, and one that answers nothing of ours, without a trace.
pub async fn take(
    app: &App,
    object: &Doc,
    author: &Actor,
    activity: Option<&ApUrl>,
) -> Result<Option<Receipt>, Refusal> {
    let reply = readable(app, object, author).await?;
    match find_parent(app, &reply).await? {
        Some(parent) => match store(app, reply, parent, author, activity).await? {
            Receipt::Tombstone => Err(Reason::Deleted.drop()),
            receipt => Ok(Some(receipt)),
        },
        // What it answers is not here any more.
        None if reply.parents.iter().any(|parent| app.is_local(parent)) => {
            Err(Reason::NothingOfOurs.drop())
        }
        None => park(app, object, &reply, author).await.map(|()| None),
    }
}

/// Takes a reply as it reads now: a new one, or the edit of one that is here, which may make it narrower. Its id, author
/// and parent stay what they are.
pub async fn revise(
    app: &App,
    object: &Doc,
    author: &Actor,
    activity: Option<&ApUrl>,
) -> Result<(), Refusal> {
    let now = app.now();
    let reply = read(object, now).await?;
    let id = reply.ap_id.clone();
    let known = app
        .db
        .read(move |conn| comment::load_by_ap_id(conn, &id))
        .await?;
    let Some(known) = known else {
        return take(app, object, author, activity).await.map(|_| ());
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
        Ok(())
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
async fn readable(app: &App, object: &Doc, author: &Actor) -> Result<Reply, Refusal> {
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

async fn find_parent(app: &App, reply: &Reply) -> Result<Option<Parent>> {
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

async fn store(
    app: &App,
    reply: Reply,
    parent: Parent,
    author: &Actor,
    activity: Option<&ApUrl>,
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
    };
    let ap_id = incoming.ap_id.clone();
    let receipt = comment::receive(app, incoming).await?;
    tracing::debug!(reply = %ap_id, ?receipt, "took a reply");
    Ok(receipt)
}

/// Keeps a reply and lets a job look for its parents.
async fn park(app: &App, object: &Doc, reply: &Reply, author: &Actor) -> Result<(), Refusal> {
    let Some(parent) = reply.parents.first().cloned() else {
        return Ok(());
    };
    let document = serde_json::to_string(object).map_err(Error::internal)?;
    if document.len() > PARKED_MAX {
        return Err(Reason::TooLargeToWait.drop());
    }
    let (ap_id, actor, now) = (reply.ap_id.clone(), author.ap_id.clone(), app.now());
    let job = app.job(Job::FetchParents {
        reply: ap_id.clone(),
    });
    app.db
        .write(move |conn| {
            if comment::park(conn, &ap_id, &parent, &actor, &document, now)? {
                job.enqueue(conn)
            } else {
                Ok(())
            }
        })
        .await?;
    app.wake.jobs.notify_one();
    Ok(())
}

/// Fetches an object from its origin and takes it as a reply by the author that stands in it.
pub async fn fetch(app: &App, fetcher: &Fetcher, id: &ApUrl) -> Result<()> {
    let object = fetcher.object(id).await?;
    let Some(author) = ownership::author(&object) else {
        return Ok(());
    };
    let author = fetcher.actor(&author).await?;
    let reply = revise(app, &object, &author, None).await;
    match talk::unless_reply(app, &object, &author, None, reply).await {
        Err(dropped) if dropped.reason.is_drop() => Ok(()),
        taken => Ok(taken?),
    }
}

/// Attaches the replies that waited for this parent.
pub async fn attach_parked(app: &App, parent: &ApUrl) -> Result<()> {
    let wanted = parent.clone();
    let waiting = app
        .db
        .read(move |conn| comment::parked_for(conn, &wanted))
        .await?;
    for (reply, actor, document) in waiting {
        attach(app, &reply, &actor, &document).await?;
    }
    Ok(())
}

async fn attach(app: &App, reply: &ApUrl, actor: &ApUrl, document: &str) -> Result<()> {
    let wanted = actor.clone();
    let author = app
        .db
        .read(move |conn| crate::domain::actor::load_by_ap_id(conn, &wanted))
        .await?;
    if let (Some(author), Ok(object)) = (author, serde_json::from_str::<Doc>(document))
        && let Ok(read) = readable(app, &object, &author).await
    {
        let Some(parent) = find_parent(app, &read).await? else {
            return Ok(());
        };
        store(app, read, parent, &author, None).await?;
    }
    let reply = reply.clone();
    app.db
        .write(move |conn| comment::take_parked(conn, &reply))
        .await
}

/// Fetches the parents of a parked reply up to something of ours, and stores them from the top down. A chain that ends
/// at somebody else's post drops the reply; a parent that cannot be had now fails, to be tried again.
pub async fn fetch_parents(app: &App, fetcher: &Fetcher, reply: &ApUrl) -> Result<()> {
    let wanted = reply.clone();
    let Some((parent, actor, document)) = app
        .db
        .read(move |conn| comment::load_parked(conn, &wanted))
        .await?
    else {
        return Ok(());
    };
    let mut chain: Vec<Doc> = Vec::new();
    let mut seen = std::collections::HashSet::from([reply.clone()]);
    let mut next = parent.clone();
    loop {
        let address = next.clone();
        if app
            .db
            .read(move |conn| comment::find_parent(conn, &address))
            .await?
            .is_some()
        {
            break;
        }
        let looped = !seen.insert(next.clone());
        if looped || chain.len() >= CHAIN_MAX || app.is_local(&next) {
            return drop_parked(app, reply).await;
        }
        let object = match fetcher.object(&next).await {
            Ok(object) => object,
            // It may still come by itself: the reply goes on waiting, but nobody asks again.
            Err(
                Error::Gone(_)
                | Error::NotFound(_)
                | Error::Remote {
                    temporary: false, ..
                }
                | Error::Forbidden(_),
            ) => return Ok(()),
            Err(error) => return Err(error),
        };
        let Some(above) = object.first_id("inReplyTo") else {
            return drop_parked(app, reply).await;
        };
        chain.push(object);
        next = above;
    }
    for object in chain.iter().rev() {
        let Some(author) = ownership::author(object) else {
            return drop_parked(app, reply).await;
        };
        let author = fetcher.actor(&author).await?;
        match take(app, object, &author, None).await {
            Ok(Some(_)) => {}
            Err(refusal) if !refusal.reason.is_drop() => return Err(refusal.into()),
            Ok(None) | Err(_) => return drop_parked(app, reply).await,
        }
    }
    attach(app, reply, &actor, &document).await
}

async fn drop_parked(app: &App, reply: &ApUrl) -> Result<()> {
    talk::instead_of_reply(app, reply).await?;
    let reply = reply.clone();
    app.db
        .write(move |conn| comment::take_parked(conn, &reply))
        .await
}
