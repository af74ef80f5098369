//! `antiphon notification`: what an account is told of.

use clap::{Args, Subcommand};
use serde_json::{Value, json};

use super::context::{Context, the_account};
use super::{Outcome, output};
use crate::app::App;
use crate::domain::actor::Actor;
use crate::domain::notification::{self, Notification, Which};
use crate::types::{Id, Timestamp};

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// List mentions that are no comments, and quotes, newest first
    List(List),
    /// Mark them as read
    Read(Read),
}

#[derive(Args, Debug)]
pub(super) struct List {
    /// Whose; may be left out with one account
    #[arg(long, value_name = "NAME")]
    account: Option<String>,
    /// Only those that are not read
    #[arg(long)]
    unread: bool,
    /// How many at most
    #[arg(long, default_value_t = 50, value_parser = clap::value_parser!(u16).range(1..=10_000))]
    limit: u16,
}

#[derive(Args, Debug)]
pub(super) struct Read {
    /// Whose; may be left out with one account
    #[arg(long, value_name = "NAME")]
    account: Option<String>,
    /// Only these; all when left out
    #[arg(value_name = "ID")]
    ids: Vec<Id<Notification>>,
}

impl Command {
    pub(super) async fn run(self, context: &Context) -> Outcome {
        let app = context.open().await?;
        match self {
            Self::List(list) => show_list(context, &app, list).await,
            Self::Read(read) => mark(context, &app, read).await,
        }
    }
}

async fn show_list(context: &Context, app: &App, list: List) -> Outcome {
    let (_, of) = the_account(app, list.account.as_deref()).await?;
    let limit = i64::from(list.limit);
    let found = notification::list(app, &of, list.unread, None, limit).await?;
    if context.json {
        return output::print_json(&found.iter().map(view).collect::<Vec<_>>());
    }
    output::print_table(
        &["ID", "KIND", "CAME", "READ", "AUTHOR", "PAGE", "TEXT"],
        found.iter().map(row).collect(),
        "There is nothing to tell.",
    )
}

fn row((row, author): &(Notification, Actor)) -> Vec<String> {
    vec![
        row.id.to_string(),
        row.kind.to_string(),
        row.created_at.rfc3339(),
        output::moment(row.read_at),
        author.handle(),
        row.url.to_string(),
        crate::text::excerpt::shorten(&row.excerpt, 60),
    ]
}

fn view((row, author): &(Notification, Actor)) -> Value {
    json!({
        "id": row.id.to_string(),
        "kind": row.kind.as_str(),
        "author": {"name": author.name, "handle": author.handle(), "url": author.url},
        "object": row.object,
        "url": row.url,
        "excerpt": row.excerpt,
        "created_at": row.created_at.rfc3339(),
        "read_at": row.read_at.map(Timestamp::rfc3339),
    })
}

async fn mark(context: &Context, app: &App, read: Read) -> Outcome {
    let (_, of) = the_account(app, read.account.as_deref()).await?;
    let which = if read.ids.is_empty() {
        Which::All
    } else {
        Which::These(read.ids)
    };
    let marked = notification::mark_read(app, &of, which).await?;
    if context.json {
        return output::print_json(&json!({ "read": marked }));
    }
    output::print(&format!("{marked} marked as read"))
}
