//! What other sites' "share" buttons send our own people to write about (`/share`): a form that makes a draft. Behind the name
//! and password of an account.

use std::sync::Arc;

use axum::extract::State;
use axum::response::Response;
use bytes::Bytes;
use http::{HeaderMap, StatusCode, Uri};

use super::answer::{Document, answer};
use super::view::ShareView;
use super::{error_page, login, reader, render_share};
use crate::app::App;
use crate::domain::account;
use crate::domain::post::{self, NewPost, Status};
use crate::error::Error;

/// What the form's token is for.
const FORM: &str = "share";

/// Answers `/share?text=&url=&title=` with the form, filled in.
pub(super) async fn page(State(app): State<Arc<App>>, uri: Uri, request: HeaderMap) -> Response {
    let account = match login::log_in(&app, &request).await {
        Ok((account, _)) => account,
        Err(asks) => return asks,
    };
    let query = uri.query().unwrap_or_default().as_bytes();
    let parts = ["text", "url"].map(|name| login::field(query, name).trim().to_owned());
    let parts: Vec<String> = parts.into_iter().filter(|part| !part.is_empty()).collect();
    let view = ShareView {
        title: login::field(query, "title").trim().to_owned(),
        content: parts.join("\n\n"),
        token: account::form_token(&account, FORM),
        ..ShareView::default()
    };
    show(&app, &request, &view, StatusCode::OK)
}

/// Takes the form, and saves a draft.
pub(super) async fn save(State(app): State<Arc<App>>, request: HeaderMap, body: Bytes) -> Response {
    let (account, actor) = match login::log_in(&app, &request).await {
        Ok(found) => found,
        Err(asks) => return asks,
    };
    let field = |name| login::field(&body, name);
    if let Err(error) = login::check_form(&app, &request, &account, (FORM, &field("token"))) {
        return error_page(&app, &error);
    }
    let mut view = ShareView {
        title: field("title"),
        content: field("content").replace("\r\n", "\n"),
        token: account::form_token(&account, FORM),
        ..ShareView::default()
    };
    let new = NewPost {
        title: view.title.clone(),
        content: view.content.clone(),
        status: Some(Status::Draft),
        ..NewPost::default()
    };
    let status = match post::create(&app, &actor, new).await {
        Ok(saved) => {
            view.saved = Some(saved.post.id.to_string());
            StatusCode::CREATED
        }
        Err(Error::Invalid { message, .. }) => {
            view.slip = Some(message);
            StatusCode::BAD_REQUEST
        }
        Err(error) => return error_page(&app, &error),
    };
    show(&app, &request, &view, status)
}

fn show(app: &App, request: &HeaderMap, view: &ShareView, status: StatusCode) -> Response {
    let page = render_share(&reader::site(app, request), view).map(Document::html);
    let mut response = answer(app, page);
    if status != StatusCode::OK {
        *response.status_mut() = status;
    }
    login::private(response)
}
