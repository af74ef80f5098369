//! Pages about people: who writes here, who follows.

use std::sync::Arc;

use axum::extract::State;
use axum::response::Response;
use http::{HeaderMap, Uri};

use super::checked;
use crate::app::App;
use crate::domain::account;
use crate::domain::follower::{self, Follower};
use crate::error::Error;
use crate::kept::Scope;
use crate::types::Id;
use crate::web::answer::{Document, answer};
use crate::web::routes::Segment;
use crate::web::view::FollowersView;
use crate::web::{convert, query, reader, render_about, render_followers};

/// Followers on a page.
const FOLLOWERS: i64 = 60;

/// Answers `/about`: who writes, what becomes of a comment, which program this is.
pub(in crate::web) async fn about(State(app): State<Arc<App>>, request: HeaderMap) -> Response {
    let site = reader::site(&app, &request);
    let work = app.db.read(move |conn| {
        let writers = account::list_with_actors(conn)?;
        let shown: Vec<Scope> = convert::shown_writers(&writers)
            .chain([Scope::Site])
            .collect();
        let site = convert::with_writers(site, &writers);
        Ok(Document::html(render_about(&site)?).shows(shown))
    });
    let outcome = work.await;
    answer(&app, outcome)
}

/// Answers `/@{name}/followers` with who follows, unless the site hides it; `?before=ID` with earlier ones.
pub(in crate::web) async fn followers(
    State(app): State<Arc<App>>,
    Segment(name): Segment,
    uri: Uri,
    request: HeaderMap,
) -> Response {
    let site = reader::site(&app, &request);
    let before: Option<Id<Follower>> = query::id(&uri, "before");
    let shown = app.config.site.show_followers;
    let work = app.db.read(move |conn| {
        let writer = account::load_with_actor(conn, checked(&name, "the writer")?)?;
        let (_, actor) = writer
            .filter(|_| shown)
            .ok_or(Error::NotFound("the page"))?;
        let mut found = follower::list_people(conn, actor.id, before, FOLLOWERS + 1)?;
        let more = i64::try_from(found.len()).is_ok_and(|count| count > FOLLOWERS);
        found.truncate(usize::try_from(FOLLOWERS).unwrap_or_default());
        if before.is_some() && found.is_empty() {
            return Err(Error::NotFound("the page"));
        }
        let url = format!("{}/followers", actor.url);
        let people = found
            .iter()
            .map(|(_, person)| Scope::Actor(person.id.raw()));
        let own = [
            Scope::Site,
            Scope::Actor(actor.id.raw()),
            Scope::Followers(actor.id.raw()),
        ];
        let scopes: Vec<Scope> = people.chain(own).collect();
        let last = found.last().filter(|_| more);
        let view = FollowersView {
            total: follower::count(conn, actor.id)?,
            older: last.map(|(row, _)| format!("{url}?before={row}")),
            newest: before.is_some().then_some(url),
            people: found
                .iter()
                .map(|(_, person)| convert::writer(person))
                .collect(),
            of: convert::writer(&actor),
        };
        Ok(Document::html(render_followers(&site, &view)?).shows(scopes))
    });
    let outcome = work.await;
    answer(&app, outcome)
}
