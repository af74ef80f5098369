//! Looking for posts and comments over REST.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::auth::Reader;
use super::input::{Params, Text};
use super::people::PersonJson;
use super::problem::Problem;
use crate::app::App;
use crate::domain::search::{self, Hit, Key, Part};
use crate::error::Error;

/// Results on a page at most.
const MOST: u16 = 50;

/// What to look for.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(super) struct SearchQuery {
    /// Words, "phrases", beginnings* and filters: tag:, author:, before:, after: (YYYY, YYYY-MM, YYYY-MM-DD); -excluded.
    q: Text,
    /// The `next` of the page before.
    from: Option<Text>,
    /// How many at most, 1 to 50; 20 when left out.
    limit: Option<u16>,
}

/// What was found.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = SearchResults)]
pub(super) struct FoundJson {
    /// Found by their title first, then the others, newest first.
    results: Vec<HitJson>,
    /// Hand it in as `from` for the next page; null when there is none.
    next: Option<String>,
}

/// A post or comment that was found.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = SearchResult)]
struct HitJson {
    /// post or comment.
    kind: &'static str,
    /// The post's or the comment's id.
    id: String,
    /// The post, or the one that the comment stands under.
    post_id: String,
    /// Its page, at the place of the comment.
    url: String,
    /// The post's title, plain text.
    title: String,
    /// A part of the text: escaped HTML with `<mark>` around what was looked for, and no other tag.
    snippet: String,
    /// When it appeared (RFC 3339).
    published_at: Option<String>,
    /// Who wrote it.
    author: PersonJson,
}

/// Looks for posts and comments that everybody may see.
///
/// Comments are found only when their authors allow it. What cannot be understood is answered 422 with the reason.
#[utoipa::path(get, path = "/search", tag = "search", params(SearchQuery),
    responses((status = 200, body = FoundJson)))]
pub(super) async fn find(
    State(app): State<Arc<App>>,
    _: Reader,
    Params(asked): Params<SearchQuery>,
) -> Result<Json<FoundJson>, Problem> {
    let query = search::read(&asked.q.into_string()).map_err(Error::from)?;
    let query = query.ok_or_else(|| Problem::field("q", "say what to look for"))?;
    let from = asked.from.map(|key| Key::parse(&key.into_string()));
    let limit = asked.limit.unwrap_or(20);
    if !(1..=MOST).contains(&limit) {
        return Err(Problem::field("limit", "a page has 1 to 50 results"));
    }
    let found = search::find(&app, query, from.transpose()?, limit).await?;
    Ok(Json(FoundJson {
        results: found.hits.into_iter().map(|hit| json(&app, hit)).collect(),
        next: found.next.map(|key| key.to_string()),
    }))
}

fn json(app: &App, hit: Hit) -> HitJson {
    let (kind, id, published_at, author) = match &hit.comment {
        Some((comment, author)) => {
            let at = Some(comment.published_at);
            ("comment", comment.id.to_string(), at, author)
        }
        None => (
            "post",
            hit.post.id.to_string(),
            hit.post.published_at,
            &hit.writer,
        ),
    };
    HitJson {
        kind,
        id,
        post_id: hit.post.id.to_string(),
        snippet: hit.snippet.iter().map(marked).collect(),
        published_at: published_at.map(crate::types::Timestamp::rfc3339),
        author: PersonJson::of(app, author),
        url: hit.url,
        title: hit.post.title,
    }
}

fn marked(part: &Part) -> String {
    let text = part.text.replace('&', "&amp;").replace('<', "&lt;");
    let text = text
        .replace('>', "&gt;")
        .replace('"', "&quot;")
        .replace('\'', "&#39;");
    if part.is_hit {
        format!("<mark>{text}</mark>")
    } else {
        text
    }
}
