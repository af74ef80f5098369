//! What came and is no reply: does it quote or link to a post of ours, or mention one of us? All else is not about us. The
//! object is proven to be its author's, or was fetched from its origin.

use crate::app::App;
use crate::domain::actor::{self, Actor};
use crate::domain::talk::{self, Outcome, Said};
use crate::error::{Error, Result};
use crate::types::{ApUrl, Host};

use super::blocked;
use super::objects::Doc;
use super::objects::talk::{self as objects, Here, Spoken};
use super::ownership;
use super::reason::{Reason, Refusal};
use super::replies::Taken;

/// Text that takes less than a millisecond to clean, in bytes.
const LONG_TEXT: usize = 8 * 1024;

/// Looks once more at what turned out to be no reply; any other outcome stays.
pub async fn unless_reply(
    app: &App,
    object: &Doc,
    author: &Actor,
    activity: Option<&ApUrl>,
    outcome: Result<Taken, Refusal>,
) -> Result<Taken, Refusal> {
    match outcome {
        Err(dropped)
            if dropped.reason == Reason::NoComment && object.first_id("inReplyTo").is_none() =>
        {
            let listed = take(app, object, author, activity).await;
            listed.map(|()| Taken::Listed)
        }
        other => other,
    }
}

/// The same for a parked reply whose parents lead elsewhere. False when it does not speak of us either.
pub async fn instead_of_reply(app: &App, author: &ApUrl, document: &str) -> Result<bool> {
    let author = author.clone();
    let author = app
        .db
        .read(move |conn| actor::load_by_ap_id(conn, &author))
        .await?;
    let (Some(author), Ok(object)) = (author, serde_json::from_str::<Doc>(document)) else {
        return Ok(false);
    };
    match take(app, &object, &author, None).await {
        Err(Refusal {
            error: error @ (Error::Db(_) | Error::Internal(_)),
            ..
        }) => Err(error),
        taken => Ok(taken.is_ok()),
    }
}

/// Takes a post of its proven author's as it reads now, when it speaks of us. One that is not public (any more) is dropped
/// without a trace.
pub async fn take(
    app: &App,
    object: &Doc,
    author: &Actor,
    activity: Option<&ApUrl>,
) -> Result<(), Refusal> {
    let spoken = read(app, object).await?;
    check_author(&spoken, author)?;
    if !talk::concerns_us(app, &spoken.ap_id, &spoken.names).await? {
        return Err(Reason::NothingOfOurs.drop());
    }
    blocked::refuse(app, object)?;
    if !spoken.visibility.is_open() {
        talk::forget(app, spoken.ap_id, author.id).await?;
        return Err(Reason::NotPublic.drop());
    }
    let names = spoken.names.clone();
    let said = said(spoken, author);
    match talk::receive(app, said, names, activity.cloned()).await? {
        Outcome::Taken => Ok(()),
        Outcome::Duplicate => Err(Reason::Unchanged.drop()),
        Outcome::Tombstone => Err(Reason::Deleted.drop()),
        Outcome::Nothing => Err(Reason::NothingOfOurs.drop()),
    }
}

/// Reads a post; a long one off the async threads.
pub(super) async fn read(app: &App, object: &Doc) -> Result<Spoken, Refusal> {
    let here = Here {
        site: app.config.site.url.clone(),
        host: app.host.clone(),
    };
    let now = app.now();
    let short = object
        .text("content")
        .is_none_or(|text| text.len() <= LONG_TEXT);
    let spoken = if short {
        objects::read(object, &here, now)
    } else {
        let object = object.clone();
        tokio::task::spawn_blocking(move || objects::read(&object, &here, now))
            .await
            .map_err(Error::internal)?
    };
    spoken.ok_or_else(|| Reason::NoComment.drop())
}

/// Refuses a post that is elsewhere than its author, or somebody else's.
pub(super) fn check_author(spoken: &Spoken, author: &Actor) -> Result<(), Refusal> {
    ownership::check_origin(&spoken.ap_id, &author.ap_id)?;
    if spoken.authors.contains(&author.ap_id) {
        return Ok(());
    }
    let text = format!("{} is not by {}", spoken.ap_id, author.ap_id);
    Err(Reason::NotAuthor.refuse(text))
}

/// A post as the domain knows it.
pub(super) fn said(spoken: Spoken, author: &Actor) -> Said {
    Said {
        // Servers are counted by where their people live, not by the name in their handles.
        host: author.ap_id.host().unwrap_or_else(|| author.host.clone()),
        ap_id: spoken.ap_id,
        actor: author.id,
        url: spoken.url,
        excerpt: spoken.excerpt,
        published_at: spoken.published_at,
    }
}

/// True when our host stands anywhere in an object.
pub(super) fn names_host(object: &serde_json::Value, host: &Host) -> bool {
    objects::names_host(object, host)
}
