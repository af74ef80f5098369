//! Posts over REST: shapes and handlers. What may be done is the domain's.

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
use super::people::PersonJson;
use super::problem::{Problem, ProblemJson};
use crate::app::App;
use crate::domain::account::Identity;
use crate::domain::post::{self, Comments, Edit, NewPost, Post, Status, Tagged};
use crate::types::Timestamp;

/// A post as its writer sees it.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Post)]
pub(super) struct PostJson {
    /// A decimal number.
    id: String,
    /// The page.
    url: String,
    /// The ActivityPub id.
    ap_id: String,
    /// Plain text.
    title: String,
    /// The last part of the address.
    slug: String,
    /// published, draft or scheduled.
    status: &'static str,
    /// When it appeared (RFC 3339).
    published_at: Option<String>,
    /// When it was last edited after it appeared.
    updated_at: Option<String>,
    /// When it shall appear.
    publish_at: Option<String>,
    /// The writer's summary, plain text.
    summary: Option<String>,
    /// The beginning of the text, plain; shown where there is no summary.
    excerpt: String,
    /// Markdown.
    content: String,
    /// What the Markdown became.
    html: String,
    /// BCP 47.
    language: String,
    /// Without `#`.
    tags: Vec<String>,
    /// Each with those above it: `Music/Choir`.
    categories: Vec<String>,
    /// The series it belongs to.
    series: Option<String>,
    /// Which part of the series it is.
    series_part: Option<i32>,
    /// open or closed, by its writer's word.
    comments: &'static str,
    /// No comments are taken now: by its writer's word, or because its days are over.
    comments_closed: bool,
    /// The writer.
    author: PersonJson,
}

impl PostJson {
    fn new(app: &App, identity: &Identity, tagged: Tagged) -> Self {
        let Tagged { post, tags, filing } = tagged;
        let time = |at: Option<Timestamp>| at.map(Timestamp::rfc3339);
        let closed = post.policy().is_closed(&app.config.discussion, app.now());
        Self {
            id: post.id.to_string(),
            url: post.url.into_string(),
            ap_id: post.ap_id.into_string(),
            title: post.title,
            slug: post.slug,
            status: post.status.as_str(),
            published_at: time(post.published_at),
            updated_at: time(post.edited_at),
            publish_at: time(post.publish_at),
            summary: post.summary,
            excerpt: post.excerpt,
            content: post.source,
            html: post.html.into_string(),
            language: post.language,
            tags,
            categories: filing.categories,
            series_part: filing.series.as_ref().map(|place| place.part),
            series: filing.series.map(|place| place.series),
            comments: post.comments.as_str(),
            comments_closed: closed,
            author: PersonJson::of(app, &identity.actor),
        }
    }
}

/// Where a post stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub(super) enum PostStatus {
    /// Everybody sees it.
    Published,
    /// Only its writer sees it.
    Draft,
    /// Waits for `publish_at`.
    Scheduled,
}

impl From<PostStatus> for Status {
    fn from(status: PostStatus) -> Self {
        match status {
            PostStatus::Published => Self::Published,
            PostStatus::Draft => Self::Draft,
            PostStatus::Scheduled => Self::Scheduled,
        }
    }
}

/// Whether a post takes comments.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub(super) enum PostComments {
    /// They are taken.
    Open,
    /// Those that come are held.
    Closed,
}

impl From<PostComments> for Comments {
    fn from(comments: PostComments) -> Self {
        match comments {
            PostComments::Open => Self::Open,
            PostComments::Closed => Self::Closed,
        }
    }
}

/// The wanted status; a `publish_at` without one means scheduled.
fn wanted(status: Option<PostStatus>, publish_at: Option<Timestamp>) -> Option<Status> {
    let scheduled = publish_at.map(|_| Status::Scheduled);
    status.map(Status::from).or(scheduled)
}

/// What a new post is made from.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct PostInput {
    /// Plain text.
    title: Text,
    /// Markdown.
    content: Text,
    /// Plain text, for timelines; else the beginning of the text is shown.
    summary: Option<Text>,
    /// With or without `#`.
    tags: Option<Vec<Text>>,
    /// Each may name those above it, as in `Music/Choir`.
    categories: Option<Vec<Text>>,
    /// The series it belongs to.
    series: Option<Text>,
    /// Which part of the series it is; the next one when absent.
    series_part: Option<i32>,
    /// The last part of the address; made from the title when absent.
    slug: Option<Text>,
    /// BCP 47; the site's when absent.
    language: Option<Text>,
    /// published when absent, or scheduled when there is a `publish_at`.
    status: Option<PostStatus>,
    /// For scheduled posts (RFC 3339).
    #[serde(default, deserialize_with = "input::moment")]
    #[schema(value_type = Option<String>, format = DateTime)]
    publish_at: Option<Timestamp>,
    /// open when absent.
    comments: Option<PostComments>,
}

impl From<PostInput> for NewPost {
    fn from(input: PostInput) -> Self {
        let text = |text: Option<Text>| text.map(Text::into_string);
        let (tags, categories) = (
            input.tags.unwrap_or_default(),
            input.categories.unwrap_or_default(),
        );
        Self {
            title: input.title.into_string(),
            content: input.content.into_string(),
            summary: text(input.summary),
            tags: tags.into_iter().map(Text::into_string).collect(),
            categories: categories.into_iter().map(Text::into_string).collect(),
            series: text(input.series),
            series_part: input.series_part,
            slug: text(input.slug),
            language: text(input.language),
            status: wanted(input.status, input.publish_at),
            publish_at: input.publish_at,
            comments: input.comments.map(Comments::from),
        }
    }
}

/// A change to a post; what is absent stays.
#[derive(Debug, Default, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct PostChange {
    /// Plain text.
    title: Option<Text>,
    /// Markdown.
    content: Option<Text>,
    /// Plain text; null takes it away.
    #[serde(default, deserialize_with = "input::clearable")]
    summary: Option<Text>,
    /// All tags anew.
    tags: Option<Vec<Text>>,
    /// All categories anew.
    categories: Option<Vec<Text>>,
    /// The series it belongs to from now on; null takes it out.
    #[serde(default, deserialize_with = "input::clearable")]
    series: Option<Text>,
    /// Which part of its series it is.
    series_part: Option<i32>,
    /// Another last part of the address; the address before leads to the new one.
    slug: Option<Text>,
    /// BCP 47.
    language: Option<Text>,
    /// From draft over scheduled to published, never back from there.
    status: Option<PostStatus>,
    /// For scheduled posts (RFC 3339).
    #[serde(default, deserialize_with = "input::moment")]
    #[schema(value_type = Option<String>, format = DateTime)]
    publish_at: Option<Timestamp>,
    /// Whether it takes comments from now on.
    comments: Option<PostComments>,
}

impl From<PostChange> for Edit {
    fn from(change: PostChange) -> Self {
        let text = |text: Option<Text>| text.map(Text::into_string);
        let all = |tags: Vec<Text>| tags.into_iter().map(Text::into_string).collect();
        Self {
            title: text(change.title),
            content: text(change.content),
            summary: text(change.summary),
            tags: change.tags.map(all),
            categories: change.categories.map(all),
            series: text(change.series),
            series_part: change.series_part,
            slug: text(change.slug),
            language: text(change.language),
            status: wanted(change.status, change.publish_at),
            publish_at: change.publish_at,
            comments: change.comments.map(Comments::from),
        }
    }
}

/// Which posts to list.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(super) struct PostsQuery {
    /// Only those in this state.
    status: Option<PostStatus>,
    /// Only those before this id: the `next` of the page before.
    before: Option<IdText>,
    /// How many, 1 to 100; 20 when absent.
    limit: Option<u32>,
}

/// A page of posts.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Posts)]
pub(super) struct PostsJson {
    /// Newest first.
    posts: Vec<PostJson>,
    /// What to ask for in `before` to go on; null at the end.
    next: Option<String>,
}

/// Lists your posts.
///
/// Newest first, in every state but deleted.
#[utoipa::path(get, path = "/posts", tag = "posts", params(PostsQuery),
    responses((status = 200, body = PostsJson)))]
pub(super) async fn list(
    State(app): State<Arc<App>>,
    Reader(identity): Reader,
    Params(query): Params<PostsQuery>,
) -> Result<Json<PostsJson>, Problem> {
    let limit = input::page_size(query.limit)?;
    let before = query.before.map(IdText::id);
    let status = query.status.map(Status::from);
    let mut rows = post::list_own(&app, &identity.actor, status, before, limit + 1).await?;
    let more = input::cut(&mut rows, limit);
    let last = rows.last().map(|row| row.post.id.to_string());
    let posts = rows
        .into_iter()
        .map(|row| PostJson::new(&app, &identity, row));
    Ok(Json(PostsJson {
        posts: posts.collect(),
        next: last.filter(|_| more),
    }))
}

/// Creates a post.
///
/// A published one is sent to the followers.
#[utoipa::path(post, path = "/posts", tag = "posts", request_body = PostInput,
    responses((status = 201, body = PostJson, headers(("Location" = String, description = "Where the post is in this interface")))))]
pub(super) async fn create(
    State(app): State<Arc<App>>,
    Writer(identity): Writer,
    Body(input): Body<PostInput>,
) -> Result<impl IntoResponse, Problem> {
    let made = post::create(&app, &identity.actor, input.into()).await?;
    let location = format!("{}/posts/{}", super::BASE, made.post.id);
    let body = Json(PostJson::new(&app, &identity, made));
    Ok((StatusCode::CREATED, [(LOCATION, location)], body))
}

/// Gives one of your posts.
#[utoipa::path(get, path = "/posts/{id}", tag = "posts", params(("id" = String, Path)),
    responses((status = 200, body = PostJson), (status = 410, body = ProblemJson, description = "It was deleted")))]
pub(super) async fn get(
    State(app): State<Arc<App>>,
    Reader(identity): Reader,
    PathId(id): PathId<Post>,
) -> Result<Json<PostJson>, Problem> {
    let found = post::get_own(&app, &identity.actor, id).await?;
    Ok(Json(PostJson::new(&app, &identity, found)))
}

/// Changes one of your posts.
///
/// The followers get the change of a published one.
#[utoipa::path(patch, path = "/posts/{id}", tag = "posts", params(("id" = String, Path)),
    request_body = PostChange, responses((status = 200, body = PostJson)))]
pub(super) async fn edit(
    State(app): State<Arc<App>>,
    Writer(identity): Writer,
    PathId(id): PathId<Post>,
    Body(change): Body<PostChange>,
) -> Result<Json<PostJson>, Problem> {
    let saved = if change == PostChange::default() {
        post::get_own(&app, &identity.actor, id).await?
    } else {
        post::edit(&app, &identity.actor, id, change.into()).await?
    };
    Ok(Json(PostJson::new(&app, &identity, saved)))
}

/// Deletes one of your posts.
///
/// The followers are told when it was published.
#[utoipa::path(delete, path = "/posts/{id}", tag = "posts", params(("id" = String, Path)),
    responses((status = 204, description = "It is gone")))]
pub(super) async fn delete(
    State(app): State<Arc<App>>,
    Writer(identity): Writer,
    PathId(id): PathId<Post>,
) -> Result<StatusCode, Problem> {
    post::delete(&app, &identity.actor, id).await?;
    Ok(StatusCode::NO_CONTENT)
}
