//! Free pages over REST: shapes and handlers.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::response::IntoResponse;
use http::StatusCode;
use http::header::LOCATION;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::auth::{Reader, Writer};
use super::input::{self, Body, IdText, Params, PathId, Text};
use super::problem::{Problem, ProblemJson};
use crate::app::App;
use crate::domain::pages::{self, Edit, Page};

/// A page that is no post.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Page)]
pub(super) struct PageJson {
    /// A decimal number.
    id: String,
    /// Where it stands.
    url: String,
    /// Its address, behind the slash.
    slug: String,
    /// Plain text.
    title: String,
    /// Markdown.
    content: String,
    /// What the Markdown became.
    html: String,
    /// BCP 47.
    language: String,
    /// When it was made (RFC 3339).
    created_at: String,
    /// When it last changed.
    updated_at: String,
}

impl PageJson {
    fn new(app: &App, page: Page) -> Self {
        Self {
            id: page.id.to_string(),
            url: app.url(&format!("/{}", page.slug)).into_string(),
            slug: page.slug,
            title: page.title,
            content: page.source,
            html: page.html.into_string(),
            language: page.language,
            created_at: page.created_at.rfc3339(),
            updated_at: page.updated_at.rfc3339(),
        }
    }
}

/// What a new page is made from.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct PageInput {
    /// Plain text.
    title: Text,
    /// Markdown.
    content: Text,
    /// Its address, behind the slash; made from the title when absent.
    slug: Option<Text>,
    /// BCP 47; the site's when absent.
    language: Option<Text>,
}

impl From<PageInput> for Edit {
    fn from(input: PageInput) -> Self {
        Self {
            title: Some(input.title.into_string()),
            content: Some(input.content.into_string()),
            slug: input.slug.map(Text::into_string),
            language: input.language.map(Text::into_string),
        }
    }
}

/// A change to a page; what is absent stays.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct PageChange {
    /// Plain text.
    title: Option<Text>,
    /// Markdown.
    content: Option<Text>,
    /// Another address; the one before leads to it.
    slug: Option<Text>,
    /// BCP 47.
    language: Option<Text>,
}

impl From<PageChange> for Edit {
    fn from(change: PageChange) -> Self {
        let text = |text: Option<Text>| text.map(Text::into_string);
        Self {
            title: text(change.title),
            content: text(change.content),
            slug: text(change.slug),
            language: text(change.language),
        }
    }
}

/// Which pages to list.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(super) struct PagesQuery {
    /// Only those before this id: the `next` of the page before.
    before: Option<IdText>,
    /// How many, 1 to 100; 20 when absent.
    limit: Option<u32>,
}

/// Some pages.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Pages)]
pub(super) struct PagesJson {
    /// Newest first.
    pages: Vec<PageJson>,
    /// What to ask for in `before` to go on; null at the end.
    next: Option<String>,
}

/// Lists the pages that are no posts.
#[utoipa::path(get, path = "/pages", tag = "pages", params(PagesQuery),
    responses((status = 200, body = PagesJson)))]
pub(super) async fn list(
    State(app): State<Arc<App>>,
    _: Reader,
    Params(query): Params<PagesQuery>,
) -> Result<Json<PagesJson>, Problem> {
    let limit = input::page_size(query.limit)?;
    let mut rows = pages::list(&app, query.before.map(IdText::id), limit + 1).await?;
    let more = input::cut(&mut rows, limit);
    let last = rows.last().map(|page| page.id.to_string());
    Ok(Json(PagesJson {
        pages: rows
            .into_iter()
            .map(|page| PageJson::new(&app, page))
            .collect(),
        next: last.filter(|_| more),
    }))
}

/// Makes a page.
///
/// It stands at `/SLUG` at once, in no list, and is told to no other server.
#[utoipa::path(post, path = "/pages", tag = "pages", request_body = PageInput,
    responses((status = 201, body = PageJson, headers(("Location" = String, description = "Where the page is in this interface")))))]
pub(super) async fn create(
    State(app): State<Arc<App>>,
    _: Writer,
    Body(input): Body<PageInput>,
) -> Result<impl IntoResponse, Problem> {
    let made = pages::create(&app, input.into()).await?;
    let location = format!("{}/pages/{}", super::BASE, made.id);
    Ok((
        StatusCode::CREATED,
        [(LOCATION, location)],
        Json(PageJson::new(&app, made)),
    ))
}

/// Gives a page.
#[utoipa::path(get, path = "/pages/{id}", tag = "pages", params(("id" = String, Path)),
    responses((status = 200, body = PageJson), (status = 410, body = ProblemJson, description = "It was deleted")))]
pub(super) async fn get(
    State(app): State<Arc<App>>,
    _: Reader,
    PathId(id): PathId<Page>,
) -> Result<Json<PageJson>, Problem> {
    Ok(Json(PageJson::new(&app, pages::get(&app, id).await?)))
}

/// Changes a page.
#[utoipa::path(patch, path = "/pages/{id}", tag = "pages", params(("id" = String, Path)),
    request_body = PageChange, responses((status = 200, body = PageJson)))]
pub(super) async fn edit(
    State(app): State<Arc<App>>,
    _: Writer,
    PathId(id): PathId<Page>,
    Body(change): Body<PageChange>,
) -> Result<Json<PageJson>, Problem> {
    Ok(Json(PageJson::new(
        &app,
        pages::edit(&app, id, change.into()).await?,
    )))
}

/// Deletes a page.
///
/// Its address answers 410 and is given to nothing else.
#[utoipa::path(delete, path = "/pages/{id}", tag = "pages", params(("id" = String, Path)),
    responses((status = 204, description = "It is gone")))]
pub(super) async fn delete(
    State(app): State<Arc<App>>,
    _: Writer,
    PathId(id): PathId<Page>,
) -> Result<StatusCode, Problem> {
    pages::delete(&app, id).await?;
    Ok(StatusCode::NO_CONTENT)
}
