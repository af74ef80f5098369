//! `antiphon block`, `unblock` and `blocklist`: servers that this node has nothing to do with.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use serde_json::{Value, json};

use super::context::{Context, read_text_at_most};
use super::{Outcome, output};
use crate::app::App;
use crate::domain::moderation::blocklist::{self, FILE_MAX, Line};
use crate::domain::moderation::{self, Effects};
use crate::error::{Error, Result};
use crate::types::{Host, Timestamp};

#[derive(Args, Debug)]
pub(super) struct Block {
    /// The domain; everything below it is blocked too
    domain: String,
    /// Why, for those who moderate
    #[arg(long, value_name = "TEXT")]
    reason: Option<String>,
    /// Block a whole top-level domain
    #[arg(long)]
    force: bool,
}

#[derive(Args, Debug)]
pub(super) struct Unblock {
    /// The domain, as it was blocked
    domain: String,
}

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// List the blocked domains
    List,
    /// Block what a CSV file lists with the severity "suspend", in the form that Mastodon exports
    Import {
        /// The file; - reads the standard input
        file: PathBuf,
    },
    /// Print the blocked domains as CSV, in the same form
    Export,
}

impl Block {
    pub(super) async fn run(self, context: &Context) -> Outcome {
        let app = context.open().await?;
        let allow = self.force || app.config.federation.allow_loopback;
        let domain = moderation::check_domain(&app, &self.domain, allow)?;
        let effects = moderation::block(&app, vec![(domain.clone(), self.reason)]).await?;
        tell(context, &domain, "blocked", "hidden", effects)
    }
}

impl Unblock {
    pub(super) async fn run(self, context: &Context) -> Outcome {
        let app = context.open().await?;
        let domain = moderation::check_domain(&app, &self.domain, true)?;
        match moderation::unblock(&app, domain.clone()).await {
            Ok(effects) => tell(context, &domain, "unblocked", "back", effects),
            Err(Error::NotFound(_)) => Err(Error::invalid(format!(
                "{domain} is not blocked; `antiphon blocklist list` shows what is"
            ))
            .into()),
            Err(other) => Err(other.into()),
        }
    }
}

impl Command {
    pub(super) async fn run(self, context: &Context) -> Outcome {
        let app = context.open().await?;
        match self {
            Self::List => list(context, &app).await,
            Self::Import { file } => import(context, &app, &file).await,
            Self::Export => {
                let text = blocklist::write(&moderation::list_blocks(&app).await?)?;
                output::print(text.trim_end())
            }
        }
    }
}

fn tell(context: &Context, domain: &Host, done: &str, what: &str, effects: Effects) -> Outcome {
    if context.json {
        let mut value = view(effects);
        if let Some(fields) = value.as_object_mut() {
            fields.insert("domain".into(), json!(domain));
        }
        return output::print_json(&value);
    }
    output::print(&format!(
        "{domain} is {done}; {what}: {}",
        sentence(effects)
    ))
}

fn view(effects: Effects) -> Value {
    json!({
        "followers": effects.followers,
        "comments": effects.comments,
        "deliveries": effects.deliveries,
    })
}

fn sentence(effects: Effects) -> String {
    format!(
        "{} followers, {} comments, {} deliveries",
        effects.followers, effects.comments, effects.deliveries
    )
}

async fn list(context: &Context, app: &App) -> Outcome {
    let blocks = moderation::list_blocks(app).await?;
    if context.json {
        let item = |block: &moderation::Block| {
            json!({
                "domain": block.domain,
                "reason": block.reason,
                "blocked_at": block.blocked_at.map(Timestamp::rfc3339),
            })
        };
        return output::print_json(&blocks.iter().map(item).collect::<Vec<_>>());
    }
    let rows = blocks.into_iter().map(|block| {
        vec![
            block.domain.into_string(),
            output::moment(block.blocked_at),
            block.reason.unwrap_or_default(),
        ]
    });
    output::print_table(
        &["DOMAIN", "SINCE", "REASON"],
        rows.collect(),
        "nobody is blocked",
    )
}

/// A line that blocks nothing, and why.
type Skipped = (String, String);

async fn import(context: &Context, app: &App, file: &std::path::Path) -> Outcome {
    let lines = blocklist::read(&read_text_at_most(file, FILE_MAX)?)?;
    let (blocks, skipped) = sort(app, lines);
    let count = blocks.len();
    let effects = moderation::block(app, blocks).await?;
    if context.json {
        let mut value = view(effects);
        if let Some(fields) = value.as_object_mut() {
            let named = |(domain, why): &Skipped| json!({ "domain": domain, "reason": why });
            fields.insert("blocked".into(), json!(count));
            fields.insert("skipped".into(), skipped.iter().map(named).collect());
        }
        return output::print_json(&value);
    }
    for (domain, why) in &skipped {
        output::say(&format!("skipped {}: {why}", domain.escape_debug()));
    }
    let skipped = skipped.len();
    output::print(&format!(
        "blocked: {count}, skipped: {skipped}; hidden: {}",
        sentence(effects)
    ))
}

/// Parts what is blocked from what is not.
fn sort(app: &App, lines: Vec<Line>) -> (Vec<(Host, Option<String>)>, Vec<Skipped>) {
    let (mut blocks, mut skipped) = (Vec::new(), Vec::new());
    for line in lines {
        match line {
            Line::Skipped { domain, why } => skipped.push((domain, why)),
            Line::Block { domain, reason } => match checked(app, &domain) {
                Ok(host) => blocks.push((host, reason)),
                Err(error) => skipped.push((domain, error.to_string())),
            },
        }
    }
    (blocks, skipped)
}

fn checked(app: &App, domain: &str) -> Result<Host> {
    moderation::check_domain(app, domain, app.config.federation.allow_loopback)
}
