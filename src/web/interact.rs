//! Follow, reply, like and boost from where one is: the page behind these buttons. One types a handle or a server, sees where
//! it goes, and goes there. Nothing is kept, no cookie is set; the address to copy is the last resort.

use std::sync::Arc;

use axum::extract::State;
use axum::response::Response;
use http::header::CACHE_CONTROL;
use http::{HeaderMap, HeaderValue, StatusCode, Uri};

use super::answer::{Document, answer};
use super::view::{InteractView, WayView};
use super::{error_page, login, reader, render_interact};
use crate::app::App;
use crate::app::way::{Act, NoWay};
use crate::domain::comment;
use crate::error::{Error, Result};
use crate::types::ApUrl;

/// Answers `/interact?do=ACT&id=WHAT`, and with `&server=` the way from there. WHAT is a post's slug, that and a comment's number
/// (`slug/1.2`), or one of our people (`@alice`).
pub(super) async fn page(State(app): State<Arc<App>>, uri: Uri, request: HeaderMap) -> Response {
    let query = uri.query().unwrap_or_default().as_bytes();
    let (mut view, object) = match asked(&app, query).await {
        Ok(asked) => asked,
        Err(error) => return error_page(&app, &error),
    };
    let mut status = StatusCode::OK;
    if !view.server.is_empty() {
        match way(&app, &view, &object).await {
            Ok(way) => view.way = Some(way),
            Err(why) => (view.slip, status) = slip(why),
        }
    }
    let site = reader::site(&app, &request);
    let page = render_interact(&site, &view).map(Document::html);
    let mut response = answer(&app, page);
    if status != StatusCode::OK {
        *response.status_mut() = status;
    }
    let value = HeaderValue::from_static("no-store");
    response.headers_mut().insert(CACHE_CONTROL, value);
    response
}

/// What is to be done with what, and the id of that.
async fn asked(app: &App, query: &[u8]) -> Result<(InteractView, ApUrl)> {
    let act = Act::parse(&login::field(query, "do")).unwrap_or(Act::Reply);
    let (id, server) = (login::field(query, "id"), login::field(query, "server"));
    let found = comment::find_target(app, &id).await?;
    if act == Act::Reply && found.closed {
        return Err(Error::Forbidden("no answers are taken here".into()));
    }
    let (object, about) = match act {
        Act::Follow => (found.author, found.author_name),
        Act::Reply | Act::Like | Act::Boost => (found.object, found.name),
    };
    let view = InteractView {
        act: act.word(),
        heading: heading(act),
        id,
        about,
        back: found.page,
        address: object.as_str().to_owned(),
        server: server.trim().to_owned(),
        slip: None,
        way: None,
    };
    Ok((view, object))
}

async fn way(app: &App, view: &InteractView, object: &ApUrl) -> Result<WayView, NoWay> {
    let finder = app.finder.get().ok_or(NoWay::Unreachable)?;
    let act = Act::parse(view.act).unwrap_or(Act::Reply);
    let way = finder.way(&view.server, act, object).await?;
    Ok(WayView {
        host: way.host.to_string(),
        elsewhere: way.leads_elsewhere(),
        is_guess: way.is_guess,
        href: way.href,
    })
}

/// What is said where there is no way.
fn slip(why: NoWay) -> (Option<&'static str>, StatusCode) {
    let (key, status) = match why {
        NoWay::Unreadable => ("way-unreadable", StatusCode::BAD_REQUEST),
        NoWay::Own => ("way-own", StatusCode::BAD_REQUEST),
        NoWay::Blocked => ("way-blocked", StatusCode::FORBIDDEN),
        NoWay::Unreachable => ("way-unreachable", StatusCode::BAD_GATEWAY),
        NoWay::UnknownPerson => ("way-unknown-person", StatusCode::NOT_FOUND),
        NoWay::Busy => ("way-busy", StatusCode::TOO_MANY_REQUESTS),
    };
    (Some(key), status)
}

fn heading(act: Act) -> &'static str {
    match act {
        Act::Follow => "interact-follow",
        Act::Reply => "interact-reply",
        Act::Like => "interact-like",
        Act::Boost => "interact-boost",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::web::i18n::Catalogue;

    #[test]
    fn every_act_and_slip_has_words_in_every_language() {
        let acts = [Act::Follow, Act::Reply, Act::Like, Act::Boost];
        let slips = [
            NoWay::Unreadable,
            NoWay::Own,
            NoWay::Blocked,
            NoWay::Unreachable,
            NoWay::UnknownPerson,
            NoWay::Busy,
        ];
        let mut keys: Vec<&str> = acts.iter().map(|act| heading(*act)).collect();
        keys.extend(slips.iter().filter_map(|why| slip(*why).0));
        for language in Catalogue::languages() {
            for key in &keys {
                assert_ne!(Catalogue::of(language).text(key), *key, "{language}");
            }
        }
    }
}
