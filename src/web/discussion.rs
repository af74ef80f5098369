//! The discussion of a post in parts: which page of it is asked for, where the others are, and the page of one comment.

use std::sync::Arc;

use axum::extract::State;
use axum::response::Response;
use http::{HeaderMap, Uri};

use super::answer::{Document, answer};
use super::read::{checked, shown_on};
use super::routes::Segments;
use super::view::PostView;
use super::{convert, query, reader, render_branch};
use crate::app::App;
use crate::domain::comment::address;
use crate::domain::comment::paging::{self, Chosen, Order, Turn};
use crate::domain::post::Post;
use crate::domain::post::page::{self, Wanted};

/// Which page of a discussion an address asks for.
pub(super) fn turn(uri: &Uri) -> Turn {
    Turn {
        order: match query::value(uri, "order").as_deref() {
            Some("newest") => Order::Newest,
            Some("discussed") => Order::Discussed,
            _ => Order::Oldest,
        },
        after: number(uri, "after"),
        before: number(uri, "before"),
    }
}

fn number(uri: &Uri, name: &str) -> Option<i32> {
    query::value(uri, name)?.parse().ok()
}

/// The ways from a page of a discussion to the others.
pub(super) struct Links {
    page: String,
    order: Order,
    is_first: bool,
    earlier: Option<i32>,
    later: Option<i32>,
}

impl Links {
    pub(super) fn new(post: &Post, chosen: &Chosen, turn: Turn) -> Self {
        Self {
            page: post.url.as_str().to_owned(),
            order: turn.order,
            is_first: turn == Turn::default(),
            earlier: chosen.earlier,
            later: chosen.later,
        }
    }

    pub(super) fn set(self, view: &mut PostView) {
        let to = |key: &str, at: i32| {
            let order = match word(self.order) {
                "" => String::new(),
                word => format!("order={word}&"),
            };
            format!("{}?{order}{key}={at}#comments", self.page)
        };
        view.comments_older = self.earlier.map(|at| to("before", at));
        view.comments_newer = self.later.map(|at| to("after", at));
        view.is_first_page = self.is_first;
        let order = |(key, order): (&'static str, Order)| {
            let address = match word(order) {
                "" => format!("{}#comments", self.page),
                word => format!("{}?order={word}#comments", self.page),
            };
            (key, address, order == self.order)
        };
        let orders = [
            ("order-oldest", Order::Oldest),
            ("order-newest", Order::Newest),
            ("order-discussed", Order::Discussed),
        ];
        view.orders = orders.into_iter().map(order).collect();
    }
}

fn word(order: Order) -> &'static str {
    match order {
        Order::Oldest => "",
        Order::Newest => "newest",
        Order::Discussed => "discussed",
    }
}

/// Answers `/posts/{slug}/comments/{number}` with the comment, what it answers and what stands below it.
pub(super) async fn branch(
    State(app): State<Arc<App>>,
    Segments(slug, number): Segments,
    uri: Uri,
    request: HeaderMap,
) -> Response {
    let (site, after) = (reader::site(&app, &request), self::number(&uri, "after"));
    let (rules, now) = (app.config.discussion.clone(), app.now());
    let work = app.db.read(move |conn| {
        let post = page::get_published(conn, checked(&slug, "the post")?)?;
        let number = checked(&number, "the comment")?;
        let chosen = paging::choose_branch(conn, post.id, number, after)?;
        let closed = post.policy().is_closed(&rules, now);
        let base = post.base();
        let found = page::load(conn, post, Wanted::These(chosen.ids()))?;
        let scopes = shown_on(&found);
        let here = format!("{base}/comments/{number}");
        let further = chosen.above.first().filter(|_| chosen.more_above);
        let further = further.map(|spot| address(&base, &spot.number));
        let (earlier, later) = (chosen.earlier, chosen.later);
        let mut view = convert::part(&site, found, chosen, (None, None));
        view.comments_closed = closed;
        view.above_url = further;
        view.comments_older = earlier.map(|_| here.clone());
        view.comments_newer = later.map(|at| format!("{here}?after={at}"));
        let page = Document::html(render_branch(&site, &view)?);
        let ap_id = view.comments.first().map(|one| one.ap_id.as_str());
        let page = match ap_id.filter(|id| !id.is_empty()) {
            Some(ap_id) => page.with_activity(ap_id),
            None => page,
        };
        Ok(page.shows(scopes))
    });
    let outcome = work.await;
    answer(&app, outcome)
}
