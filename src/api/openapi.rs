//! The OpenAPI document, made from the handlers' own descriptions.

use std::sync::LazyLock;

use axum::response::IntoResponse;
use http::header::CONTENT_TYPE;
use utoipa::openapi::path::Operation;
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::openapi::{ContentBuilder, OpenApi as Document, Ref, ResponseBuilder};
use utoipa::{Modify, OpenApi};

use super::comments::Aside;
use super::input::{IdText, Text};
use super::posts::{PostComments, PostStatus};
use super::problem::ProblemJson;
use super::{
    blocks, comments, deliveries, echoes, locate, moderation, notifications, pages, people, posts,
    queue, reference, tokens, versions,
};

#[derive(OpenApi)]
#[openapi(
    info(
        title = "Antiphon",
        description = "Posts and comments of this blog. Every call needs a token in Authorization: Bearer TOKEN, except \
            where it says otherwise. Ids are decimal numbers in strings, since they exceed what JavaScript's numbers \
            hold; numbers are taken, too. Times are RFC 3339. Errors are application/problem+json (RFC 9457)."
    ),
    servers((url = "/api/antiphon/v1")),
    paths(
        posts::list, posts::create, posts::get, posts::edit, posts::delete,
        pages::list, pages::create, pages::get, pages::edit, pages::delete,
        echoes::reactions, echoes::talk, echoes::revoke, echoes::approve,
        notifications::list, notifications::read,
        comments::under_post, comments::reply, comments::edit, comments::delete,
        moderation::list, moderation::approve, moderation::hold, moderation::spam, moderation::trash,
        locate::locate, versions::list, blocks::list, blocks::create, blocks::delete,
        deliveries::overview, deliveries::retry, queue::overview,
        tokens::create, people::me,
        reference::page, reference::style, document,
    ),
    components(schemas(ProblemJson, Text, IdText, Aside, PostStatus, PostComments)),
    tags(
        (name = "posts", description = "Writing"),
        (name = "pages", description = "Pages that are no posts"),
        (name = "comments", description = "The discussion under a post"),
        (name = "echoes", description = "What others made of a post beside comments: reactions, quotes, links"),
        (name = "notifications", description = "What you are told of"),
        (name = "moderation", description = "Deciding about comments"),
        (name = "deliveries", description = "What is on its way to other servers"),
        (name = "tokens", description = "Who you are and what you may do"),
        (name = "documentation", description = "This interface about itself"),
    ),
    security(("token" = [])),
    modifiers(&Common)
)]
struct Api;

/// What holds for every call.
struct Common;

impl Modify for Common {
    fn modify(&self, api: &mut Document) {
        let bearer = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).build();
        if let Some(components) = &mut api.components {
            components.add_security_scheme("token", SecurityScheme::Http(bearer));
        }
        for item in api.paths.paths.values_mut() {
            let operations = [
                &mut item.get,
                &mut item.post,
                &mut item.patch,
                &mut item.delete,
            ];
            for operation in operations.into_iter().flatten() {
                add_problem(operation);
            }
        }
    }
}

/// Says that any call may answer with a problem.
fn add_problem(operation: &mut Operation) {
    let content = ContentBuilder::new()
        .schema(Some(Ref::from_schema_name("Problem")))
        .build();
    let response = ResponseBuilder::new()
        .description("It went wrong")
        .content("application/problem+json", content)
        .build();
    let responses = &mut operation.responses.responses;
    responses.insert("default".into(), response.into());
}

/// The document, built once.
pub(super) static DOCUMENT: LazyLock<Document> = LazyLock::new(Api::openapi);

/// Describes this interface for programs.
///
/// Needs no token.
#[utoipa::path(get, path = "/openapi.json", tag = "documentation", security(()),
    responses((status = 200, content_type = "application/json", description = "OpenAPI 3.1")))]
pub(super) async fn document() -> impl IntoResponse {
    static TEXT: LazyLock<String> =
        LazyLock::new(|| serde_json::to_string(&*DOCUMENT).unwrap_or_default());
    ([(CONTENT_TYPE, "application/json")], TEXT.as_str())
}
