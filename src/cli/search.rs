//! `antiphon search`: looks for posts and comments as readers do.

use clap::Args;
use serde_json::{Value, json};

use super::context::Context;
use super::{Outcome, output};
use crate::domain::search::{self, Hit, Key, Part};
use crate::error::Error;

#[derive(Args, Debug)]
pub(super) struct Search {
    /// Words, "phrases", beginnings* and filters: tag:, author:, before:, after:, -excluded; quote it all for the shell
    #[arg(required = true)]
    query: Vec<String>,
    /// How many at most
    #[arg(long, default_value_t = 20, value_parser = clap::value_parser!(u16).range(1..=1000))]
    limit: u16,
    /// Where the page begins, as the page before said
    #[arg(long, value_name = "KEY")]
    from: Option<String>,
}

impl Search {
    pub(super) async fn run(self, context: &Context) -> Outcome {
        let query = search::read(&self.query.join(" ")).map_err(Error::from)?;
        let query = query.ok_or_else(|| Error::invalid_field("q", "say what to look for"))?;
        let from = self.from.as_deref().map(Key::parse).transpose()?;
        let app = context.open().await?;
        // What was written without a running node is found, too.
        search::catch_up(&app).await?;
        let found = search::find(&app, query, from, self.limit).await?;
        let next = found.next.map(|key| key.to_string());
        if context.json {
            let results: Vec<Value> = found.hits.iter().map(view).collect();
            return output::print_json(&json!({ "results": results, "next": next }));
        }
        for hit in &found.hits {
            let (kind, who) = kind(hit);
            let title = if hit.post.title.is_empty() {
                "–"
            } else {
                &hit.post.title
            };
            output::print(&format!(
                "{title}\n  {kind} by {who}\n  {}\n  {}",
                plain(&hit.snippet),
                hit.url
            ))?;
        }
        if found.hits.is_empty() {
            output::say("Nothing was found.");
        }
        if let Some(next) = next {
            output::say(&format!("More with --from {next}"));
        }
        Ok(())
    }
}

fn kind(hit: &Hit) -> (&'static str, String) {
    match &hit.comment {
        Some((_, author)) => ("comment", author.handle()),
        None => ("post", hit.writer.handle()),
    }
}

fn plain(parts: &[Part]) -> String {
    parts.iter().map(|part| part.text.as_str()).collect()
}

fn view(hit: &Hit) -> Value {
    let (kind, author) = kind(hit);
    let comment = hit.comment.as_ref();
    json!({
        "kind": kind,
        "id": comment.map_or(hit.post.id.to_string(), |(comment, _)| comment.id.to_string()),
        "post_id": hit.post.id.to_string(),
        "url": hit.url,
        "title": hit.post.title,
        "snippet": plain(&hit.snippet),
        "author": author,
    })
}
