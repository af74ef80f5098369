//! `antiphon comment locate`: what became of a reply from elsewhere.

use std::sync::Arc;

use clap::Args;
use serde_json::json;

use super::context::Context;
use super::{Failure, Outcome, output};
use crate::app::App;
use crate::domain::comment::{self, Fate};
use crate::domain::screening::Rule;
use crate::error::Error;
use crate::federation::Federation;
use crate::types::{ApUrl, Timestamp};

#[derive(Args, Debug)]
pub(super) struct Locate {
    /// Its ActivityPub id or the address of its page
    url: String,
    /// Look where it lives, when it is not here, and take it if it belongs
    #[arg(long)]
    look: bool,
}

pub(super) async fn locate(context: &Context, app: Arc<App>, wanted: Locate) -> Outcome {
    let address = ApUrl::new(wanted.url.trim());
    if address.url().is_none() {
        let text = format!(
            "\"{address}\" is no whole address; write for example \"https://mastodon.example/@bob/1\""
        );
        return Err(Failure::Failed(Error::invalid(text)));
    }
    // Looking goes through the federation, which must last as long.
    let looking = if wanted.look {
        Some(Federation::new(Arc::clone(&app)).await?)
    } else {
        None
    };
    let fate = comment::look_up(&app, &address).await?;
    drop(looking);
    if context.json {
        return output::print_json(&json!({
            "verdict": fate.outcome.as_str(),
            "reason": fate.sentence(),
            "code": fate.code,
            "rule": fate.rule.map(Rule::as_str),
            "comment_id": fate.comment.map(|id| id.to_string()),
            "anchor_url": fate.place,
            "seen_at": fate.seen_at.map(Timestamp::rfc3339),
        }));
    }
    print(&fate)
}

fn print(fate: &Fate) -> Outcome {
    output::print(&format!("{}: {}", fate.outcome, fate.sentence()))?;
    if let Some(at) = fate.seen_at {
        output::print(&format!("seen at {}", at.rfc3339()))?;
    }
    if let Some(id) = fate.comment {
        output::print(&format!("comment {id}"))?;
    }
    match &fate.place {
        Some(place) => output::print(place),
        None => Ok(()),
    }
}
