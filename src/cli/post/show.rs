//! Posts on the screen: the list, one post, both as JSON.

use clap::Args;
use serde_json::{Value, json};

use crate::cli::context::{Context, the_account};
use crate::cli::{Outcome, output};
use crate::domain::account;
use crate::domain::post::{self, Status, Tagged};
use crate::text;
use crate::types::Timestamp;

const STATUSES: &[&str] = &[
    Status::Draft.as_str(),
    Status::Scheduled.as_str(),
    Status::Published.as_str(),
];

#[derive(Args, Debug)]
pub(in crate::cli) struct List {
    /// Only in this state
    #[arg(long, value_parser = output::word(STATUSES, Status::parse))]
    status: Option<Status>,
    /// Only this account's
    #[arg(long, value_name = "NAME")]
    account: Option<String>,
    /// How many at most
    #[arg(long, default_value_t = 50, value_parser = clap::value_parser!(u16).range(1..=10_000))]
    limit: u16,
}

impl List {
    pub(super) async fn run(self, context: &Context) -> Outcome {
        let app = context.open().await?;
        let limit = i64::from(self.limit);
        let authors = match &self.account {
            Some(name) => vec![the_account(&app, Some(name)).await?],
            None => account::list(&app).await?,
        };
        let mut found = Vec::new();
        for (_, author) in &authors {
            found.extend(post::list_own(&app, author, self.status, None, limit).await?);
        }
        found.sort_by_key(|tagged| std::cmp::Reverse(tagged.post.id));
        found.truncate(usize::from(self.limit));
        if context.json {
            return output::print_json(&found.iter().map(view).collect::<Vec<_>>());
        }
        output::print_table(
            &["ID", "STATUS", "DATE", "SLUG", "TITLE"],
            found.iter().map(row).collect(),
            "There are no such posts.",
        )
    }
}

fn row(Tagged { post, .. }: &Tagged) -> Vec<String> {
    let date = post.published_at.or(post.publish_at);
    vec![
        post.id.to_string(),
        post.status.to_string(),
        output::moment(date),
        post.slug.clone(),
        text::excerpt::shorten(&post.title, 60),
    ]
}

fn view(Tagged { post, tags, filing }: &Tagged) -> Value {
    let place = filing.series.as_ref();
    json!({
        "id": post.id.to_string(),
        "url": post.url,
        "ap_id": post.ap_id,
        "title": post.title,
        "slug": post.slug,
        "status": post.status.as_str(),
        "summary": post.summary,
        "content": post.source,
        "tags": tags,
        "categories": filing.categories,
        "series": place.map(|place| &place.series),
        "series_part": place.map(|place| place.part),
        "language": post.language,
        "comments": post.comments.as_str(),
        "created_at": post.created_at.rfc3339(),
        "published_at": post.published_at.map(Timestamp::rfc3339),
        "publish_at": post.publish_at.map(Timestamp::rfc3339),
        "updated_at": post.edited_at.map(Timestamp::rfc3339),
    })
}

/// Prints the address, which scripts want, and the rest beside it.
pub(super) fn print_one(context: &Context, tagged: &Tagged) -> Outcome {
    if context.json {
        return output::print_json(&view(tagged));
    }
    let post = &tagged.post;
    let state = match post.status {
        Status::Scheduled => format!("scheduled for {}", output::moment(post.publish_at)),
        status => status.to_string(),
    };
    output::say(&format!("\"{}\" ({}): {state}", post.title, post.id));
    output::print(post.url.as_str())
}
