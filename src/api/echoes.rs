//! What others made of a post beside comments, over REST: reactions counted, quotes and links listed, a quote revoked.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use serde::Serialize;
use utoipa::ToSchema;

use super::auth::{Moderator, Reader};
use super::input::PathId;
use super::people::PersonJson;
use super::problem::Problem;
use crate::app::App;
use crate::domain::post::Post;
use crate::domain::reaction::{self, Kind, Tally};
use crate::domain::talk::{self, Listed, Talk};

/// How often a post was reacted to, by whom is on its page.
#[derive(Debug, Default, Serialize, ToSchema)]
#[schema(as = Reactions)]
pub(super) struct ReactionsJson {
    /// Likes.
    likes: i64,
    /// Boosts.
    boosts: i64,
    /// Dislikes.
    dislikes: i64,
    /// By emoji, most first.
    emoji: Vec<EmojiJson>,
}

/// How often a post was reacted to with one emoji.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = EmojiCount)]
pub(super) struct EmojiJson {
    /// The emoji; `:name:` or `:name@host:` for a server's own.
    emoji: String,
    /// How often.
    count: i64,
}

impl ReactionsJson {
    fn new(tallies: Vec<Tally>) -> Self {
        let mut counts = Self::default();
        for tally in tallies {
            match tally.kind {
                Kind::Like => counts.likes += tally.count,
                Kind::Announce => counts.boosts += tally.count,
                Kind::Dislike => counts.dislikes += tally.count,
                Kind::Emoji => counts.emoji.push(EmojiJson {
                    emoji: tally.emoji,
                    count: tally.count,
                }),
            }
        }
        counts
    }
}

/// Counts the reactions to a post.
///
/// Those to its comments are on its page.
#[utoipa::path(get, path = "/posts/{id}/reactions", tag = "echoes", params(("id" = String, Path)),
    responses((status = 200, body = ReactionsJson)))]
pub(super) async fn reactions(
    State(app): State<Arc<App>>,
    Reader(identity): Reader,
    PathId(id): PathId<Post>,
) -> Result<Json<ReactionsJson>, Problem> {
    let tallies = reaction::tally(&app, &identity.actor, id).await?;
    Ok(Json(ReactionsJson::new(tallies)))
}

/// A post elsewhere that quotes or links to a post here.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Spoken)]
pub(super) struct SpokenJson {
    /// A decimal number.
    id: String,
    /// The post here.
    post_id: String,
    /// quote or link.
    kind: &'static str,
    /// shown, held or revoked.
    standing: &'static str,
    /// Its author asked to quote and was let: there is a stamp.
    asked: bool,
    /// Its author.
    author: PersonJson,
    /// The server it is on.
    server: String,
    /// Its title or beginning, plain text.
    excerpt: String,
    /// When it was written (RFC 3339).
    published_at: String,
    /// Its ActivityPub id.
    ap_id: String,
    /// Its page.
    url: String,
}

impl SpokenJson {
    fn new(app: &App, Listed { talk, author }: Listed) -> Self {
        let server = talk.ap_id.host().unwrap_or_else(|| author.host.clone());
        Self {
            id: talk.id.to_string(),
            post_id: talk.post_id.to_string(),
            kind: talk.kind.as_str(),
            standing: talk.standing.as_str(),
            asked: talk.request.is_some(),
            author: PersonJson::of(app, &author),
            server: server.into_string(),
            excerpt: talk.excerpt,
            published_at: talk.published_at.rfc3339(),
            ap_id: talk.ap_id.into_string(),
            url: talk.url.into_string(),
        }
    }
}

/// Posts elsewhere that quote or link to a post here.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Talk)]
pub(super) struct TalkJson {
    /// Newest first, in every standing.
    talk: Vec<SpokenJson>,
}

/// Lists who quotes or links to a post elsewhere.
///
/// Also what is held or revoked.
#[utoipa::path(get, path = "/posts/{id}/talk", tag = "echoes", params(("id" = String, Path)),
    responses((status = 200, body = TalkJson)))]
pub(super) async fn talk(
    State(app): State<Arc<App>>,
    Moderator(identity): Moderator,
    PathId(id): PathId<Post>,
) -> Result<Json<TalkJson>, Problem> {
    let rows = talk::list_under(&app, &identity.actor, id).await?;
    let talk = rows.into_iter().map(|row| SpokenJson::new(&app, row));
    Ok(Json(TalkJson {
        talk: talk.collect(),
    }))
}

/// Takes a quote or link off the page for good.
///
/// A quote that was let is told so, and its stamp is gone.
#[utoipa::path(post, path = "/quotes/{id}/revoke", tag = "moderation", params(("id" = String, Path)),
    responses((status = 200, body = SpokenJson)))]
pub(super) async fn revoke(
    State(app): State<Arc<App>>,
    Moderator(who): Moderator,
    PathId(id): PathId<Talk>,
) -> Result<Json<SpokenJson>, Problem> {
    let listed = talk::revoke(&app, id).await?;
    tracing::info!(
        account = who.account.name,
        quote = id.raw(),
        "a quote was revoked"
    );
    Ok(Json(SpokenJson::new(&app, listed)))
}

/// Lists a quote or link that was held.
#[utoipa::path(post, path = "/quotes/{id}/approve", tag = "moderation", params(("id" = String, Path)),
    responses((status = 200, body = SpokenJson)))]
pub(super) async fn approve(
    State(app): State<Arc<App>>,
    Moderator(who): Moderator,
    PathId(id): PathId<Talk>,
) -> Result<Json<SpokenJson>, Problem> {
    let listed = talk::approve(&app, id).await?;
    tracing::info!(
        account = who.account.name,
        quote = id.raw(),
        "a quote was approved"
    );
    Ok(Json(SpokenJson::new(&app, listed)))
}
