//! `antiphon quote`: who quotes or links to our posts elsewhere, and taking that off the page.

use clap::{Args, Subcommand};
use serde_json::{Value, json};

use super::context::{Context, the_post};
use super::{Outcome, output};
use crate::app::App;
use crate::domain::talk::{self, Listed, Talk};
use crate::error::{Error, Result};
use crate::types::Id;

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// List quotes of and links to our posts, newest first
    List(List),
    /// Take a quote or link off the page for good; who quotes is told
    Revoke {
        /// The quote, as `quote list` shows it
        id: Id<Talk>,
    },
    /// List a quote or link that was held
    Approve {
        /// The quote, as `quote list` shows it
        id: Id<Talk>,
    },
}

#[derive(Args, Debug)]
pub(super) struct List {
    /// Only of this post (id or slug)
    #[arg(long, value_name = "ID|SLUG")]
    post: Option<String>,
    /// How many at most
    #[arg(long, default_value_t = 50, value_parser = clap::value_parser!(u16).range(1..=10_000))]
    limit: u16,
}

impl Command {
    pub(super) async fn run(self, context: &Context) -> Outcome {
        let app = context.open().await?;
        match self {
            Self::List(list) => show_list(context, &app, list).await,
            Self::Revoke { id } => {
                let revoked = talk::revoke(&app, id).await;
                show(context, revoked.map_err(|error| explained(error, id))?)
            }
            Self::Approve { id } => {
                let approved = talk::approve(&app, id).await;
                show(context, approved.map_err(|error| explained(error, id))?)
            }
        }
    }
}

fn explained(error: Error, id: Id<Talk>) -> Error {
    match error {
        Error::NotFound(_) => Error::invalid(format!(
            "there is no quote {id}; `antiphon quote list` shows all"
        )),
        other => other,
    }
}

async fn show_list(context: &Context, app: &App, list: List) -> Outcome {
    let post = match &list.post {
        Some(wanted) => Some(the_post(app, wanted).await?.id),
        None => None,
    };
    let limit = i64::from(list.limit);
    let found: Result<Vec<Listed>> = app
        .db
        .read(move |conn| talk::list_of(conn, post, limit))
        .await;
    let found = found?;
    if context.json {
        return output::print_json(&found.iter().map(view).collect::<Vec<_>>());
    }
    output::print_table(
        &[
            "ID",
            "KIND",
            "STANDING",
            "PUBLISHED",
            "AUTHOR",
            "PAGE",
            "TEXT",
        ],
        found.iter().map(row).collect(),
        "Nobody quotes or links to this.",
    )
}

fn show(context: &Context, listed: Listed) -> Outcome {
    if context.json {
        return output::print_json(&view(&listed));
    }
    output::print(&format!("{}  {}", listed.talk.id, listed.talk.standing))
}

fn row(Listed { talk, author }: &Listed) -> Vec<String> {
    vec![
        talk.id.to_string(),
        talk.kind.to_string(),
        talk.standing.to_string(),
        talk.published_at.rfc3339(),
        author.handle(),
        talk.url.to_string(),
        crate::text::excerpt::shorten(&talk.excerpt, 60),
    ]
}

fn view(Listed { talk, author }: &Listed) -> Value {
    json!({
        "id": talk.id.to_string(),
        "post_id": talk.post_id.to_string(),
        "kind": talk.kind.as_str(),
        "standing": talk.standing.as_str(),
        "asked": talk.request.is_some(),
        "author": {"name": author.name, "handle": author.handle(), "url": author.url},
        "excerpt": talk.excerpt,
        "published_at": talk.published_at.rfc3339(),
        "ap_id": talk.ap_id,
        "url": talk.url,
    })
}
