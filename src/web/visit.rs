//! Where other sites' buttons lead our own people (`/authorize_interaction`): what stands at an address elsewhere, and forms to
//! follow, answer, like or boost it. Behind the name and password of an account.

use std::sync::Arc;

use axum::extract::State;
use axum::response::Response;
use bytes::Bytes;
use http::{HeaderMap, StatusCode, Uri};

use super::answer::{Document, answer};
use super::view::{ShownView, VisitView, act_key};
use super::{error_page, login, reader, render_visit};
use crate::app::App;
use crate::app::way::{Act, Shown};
use crate::domain::account::{self, Account};
use crate::error::{Error, Result};

/// Longest address, in bytes.
const LONGEST: usize = 2_048;

/// Answers `/authorize_interaction?uri=ADDRESS`; `&do=` names the act that was wanted.
pub(super) async fn page(State(app): State<Arc<App>>, uri: Uri, request: HeaderMap) -> Response {
    let account = match login::log_in(&app, &request).await {
        Ok((account, _)) => account,
        Err(asks) => return asks,
    };
    let query = uri.query().unwrap_or_default().as_bytes();
    let wanted = Act::parse(&login::field(query, "do"));
    let address = login::field(query, "uri").trim().to_owned();
    match look(&app, &account, address, wanted).await {
        Ok((view, status)) => show(&app, &request, &view, status),
        Err(error) => error_page(&app, &error),
    }
}

/// Takes the form of that page.
pub(super) async fn act(State(app): State<Arc<App>>, request: HeaderMap, body: Bytes) -> Response {
    let (account, actor) = match login::log_in(&app, &request).await {
        Ok(found) => found,
        Err(asks) => return asks,
    };
    let field = |name| login::field(&body, name);
    let (address, token) = (field("uri"), field("token"));
    let done = async {
        login::check_form(&app, &request, &account, (&address, &token))?;
        let act = Act::parse(&field("do")).ok_or_else(|| Error::invalid("nothing to do"))?;
        let finder = app.finder.get().ok_or_else(nowhere)?;
        let text = field("text");
        finder.act(actor.id.raw(), act, &address, text).await?;
        Ok(act)
    };
    match done.await {
        Ok(act) => {
            let view = VisitView {
                done: Some(done_key(act)),
                address,
                ..VisitView::default()
            };
            show(&app, &request, &view, StatusCode::OK)
        }
        Err(error) => error_page(&app, &error),
    }
}

fn nowhere() -> Error {
    Error::remote_temporary("nothing federates here")
}

async fn look(
    app: &App,
    account: &Account,
    address: String,
    wanted: Option<Act>,
) -> Result<(VisitView, StatusCode)> {
    let mut view = VisitView {
        token: account::form_token(account, &address),
        ..VisitView::default()
    };
    let readable = !address.contains(char::is_control) && address.len() <= LONGEST;
    view.address = address;
    if view.address.is_empty() {
        return Ok((view, StatusCode::OK));
    }
    if !readable {
        view.slip = Some("visit-unreadable");
        return Ok((view, StatusCode::BAD_REQUEST));
    }
    let finder = app.finder.get().ok_or_else(nowhere)?;
    let (slip, status) = match finder.show(&view.address).await {
        Ok(shown) => {
            view.acts = acts(&shown, wanted);
            view.shown = Some(of(shown));
            return Ok((view, StatusCode::OK));
        }
        Err(Error::Remote { .. }) => ("visit-unreachable", StatusCode::BAD_GATEWAY),
        Err(Error::Invalid { .. }) => ("visit-unreadable", StatusCode::BAD_REQUEST),
        Err(Error::NotFound(_) | Error::Gone(_)) => ("visit-unreachable", StatusCode::NOT_FOUND),
        Err(error) => return Err(error),
    };
    view.slip = Some(slip);
    Ok((view, status))
}

/// What can be done with it, what was wanted marked.
fn acts(shown: &Shown, wanted: Option<Act>) -> Vec<(&'static str, &'static str, bool)> {
    let all = [Act::Reply, Act::Like, Act::Boost, Act::Follow];
    let fits = |act: &Act| !shown.is_person || *act == Act::Follow;
    let known = all.into_iter().filter(fits);
    known
        .map(|act| (act.word(), act_key(act), wanted == Some(act)))
        .collect()
}

fn of(shown: Shown) -> ShownView {
    ShownView {
        name: shown.name,
        handle: shown.handle,
        url: shown.url,
        excerpt: shown.excerpt,
    }
}

fn done_key(act: Act) -> &'static str {
    match act {
        Act::Follow => "done-follow",
        Act::Reply => "done-reply",
        Act::Like => "done-like",
        Act::Boost => "done-boost",
    }
}

fn show(app: &App, request: &HeaderMap, view: &VisitView, status: StatusCode) -> Response {
    let page = render_visit(&reader::site(app, request), view).map(Document::html);
    let mut response = answer(app, page);
    if status != StatusCode::OK {
        *response.status_mut() = status;
    }
    login::private(response)
}
