//! Quotes that ask (FEP-044f): from a QuoteRequest to the answer, and what is told when a stamp is revoked. The quote is
//! believed of its own author only, else fetched from its origin; one that is not public is refused.

use std::collections::BTreeSet;
use std::sync::Arc;

use axum::extract::State;
use axum::response::Response;
use http::HeaderMap;
use serde_json::Value;

use super::blocked;
use super::builders::quote as builders;
use super::fetch::Fetcher;
use super::objects::Doc;
use super::outbox::{self, Outgoing};
use super::routes::Named;
use super::{Federation, ownership, routes, talk as reading};
use crate::app::App;
use crate::db::Conn;
use crate::domain::actor::{self, Actor};
use crate::domain::talk::{self, Asked, Outcome, Said, Talk};
use crate::error::{Error, Result};
use crate::queue::Event;
use crate::types::{ApUrl, Id};

/// A QuoteRequest as it came.
#[derive(Clone, Debug)]
pub struct Request {
    /// Its id.
    pub id: ApUrl,
    /// What is to be quoted.
    pub target: ApUrl,
    /// The quote.
    pub quote: ApUrl,
    /// The number in the answer's id.
    pub number: i64,
}

/// Answers a request that brought its quote along, by its proven author.
pub async fn take(app: &App, asker: &Actor, request: Request, quote: &Doc) -> Result<Outcome> {
    answer(app, asker, request, Some(quote), false).await
}

/// Fetches the quote that a request named, and answers. What cannot be had for good is refused.
pub async fn take_named(
    app: &App,
    fetcher: &Fetcher,
    asker: Id<Actor>,
    request: Request,
) -> Result<()> {
    let asker = app.db.read(move |conn| actor::get(conn, asker)).await?;
    let quote = match fetcher.object(&request.quote).await {
        Ok(found) => Some(found),
        Err(
            Error::Gone(_)
            | Error::NotFound(_)
            | Error::Forbidden(_)
            | Error::Unauthorized(_)
            | Error::Remote {
                temporary: false, ..
            },
        ) => None,
        Err(error) => return Err(error),
    };
    let quote = quote.as_ref();
    answer(app, &asker, request, quote, true).await.map(|_| ())
}

async fn answer(
    app: &App,
    asker: &Actor,
    request: Request,
    quote: Option<&Doc>,
    noted: bool,
) -> Result<Outcome> {
    let said = match quote {
        Some(quote) => believed(app, asker, &request, quote).await,
        None => None,
    };
    let asked = Asked {
        request: request.id,
        noted,
        asker: asker.id,
        target: request.target,
        quote: request.quote,
        said,
        number: request.number,
    };
    talk::answer(app, asked).await
}

/// The quote, when it is the one that was named, public, the asker's, and quotes this and nothing else.
async fn believed(app: &App, asker: &Actor, request: &Request, quote: &Doc) -> Option<Said> {
    blocked::refuse(app, quote).ok()?;
    let spoken = reading::read(app, quote).await.ok()?;
    reading::check_author(&spoken, asker).ok()?;
    let quotes_something = blocked::QUOTES
        .iter()
        .any(|key| quote.values(key).next().is_some());
    let is_this = !quotes_something || spoken.names.quoted.contains(&request.target);
    let fits = spoken.ap_id == request.quote && spoken.visibility.is_open() && is_this;
    fits.then(|| reading::said(spoken, asker))
}

/// What is sent about a quote; None for another event.
pub(super) fn outgoing(conn: &mut Conn, event: &Event, site: &str) -> Result<Option<Outgoing>> {
    match event {
        Event::QuoteAnswered { actor, asker, .. } => {
            let actor = actor::get(conn, Id::new(*actor))?;
            let asker = actor::get(conn, Id::new(*asker))?;
            let built = builders::answer(&actor, &asker, event);
            Ok(built.map(|built| outbox::to_one(&actor, &asker, built)))
        }
        Event::QuoteRevoked { quote } => revoked(conn, Id::new(*quote), site),
        _ => Ok(None),
    }
}

/// Whoever has the stamp: the one who quoted, and the followers of who let it.
fn revoked(conn: &mut Conn, id: Id<Talk>, site: &str) -> Result<Option<Outgoing>> {
    let row = talk::get_listed(conn, id)?;
    let Some(target) = talk::find_target(conn, &row.talk.target_ap_id)? else {
        return Ok(None);
    };
    let author = actor::get(conn, target.author)?;
    let mut inboxes: BTreeSet<ApUrl> = outbox::followers(conn, &author)?;
    inboxes.insert(row.author.inbox.clone());
    Ok(Some(Outgoing {
        built: builders::revoked(&author, &address(site, id), &row.author),
        actor: author.id,
        post: Some(target.post_id),
        inboxes,
    }))
}

fn address(site: &str, id: Id<Talk>) -> ApUrl {
    ApUrl::new(format!("{site}/ap/quotes/{id}"))
}

/// Answers `/ap/quotes/{id}` with the stamp.
pub(super) async fn serve(
    State(fed): State<Arc<Federation>>,
    Named(id): Named<String>,
    headers: HeaderMap,
) -> Response {
    routes::answer(&headers, stamp(&fed.app, &id).await)
}

/// The stamp with this number. `NotFound` when there is none, or not any more.
pub async fn stamp(app: &App, number: &str) -> Result<Value> {
    let id: Id<Talk> = number.parse().map_err(|_| Error::NotFound("the stamp"))?;
    let address = address(&app.config.site.url, id);
    // Another spelling of the number is another address.
    if !address.as_str().ends_with(&format!("/{number}")) {
        return Err(Error::NotFound("the stamp"));
    }
    app.db
        .read(move |conn| {
            let found = talk::load_stamped(conn, id)?;
            let (row, target) = found.ok_or(Error::NotFound("the stamp"))?;
            let author = actor::get(conn, target.author)?;
            Ok(builders::stamp(
                &address,
                &author,
                &row.ap_id,
                &target.ap_id,
            ))
        })
        .await
}

/// True when a request can be about something of ours: all others are for somebody else to answer.
pub(super) fn is_for_us(app: &App, target: &ApUrl) -> bool {
    ownership::is_ours(&app.host, target)
}
