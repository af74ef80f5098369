//! `antiphon post`: writing, listing, changing and deleting posts from the shell.

pub(super) mod document;
mod show;

use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};
use serde_json::json;

use super::context::{Context, account_of, confirm, read_text, the_account, the_post};
use super::{Failure, Outcome, output};
use crate::app::App;
use crate::domain::actor::Actor;
use crate::domain::post::{self, Comments, Edit, NewPost, Post, Status};
use crate::error::{Error, Result};
use crate::types::Timestamp;
use document::Document;
use show::{List, print_one};

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Publish a Markdown file as a post, or keep it as a draft
    Create(Create),
    /// List posts, newest first
    List(List),
    /// Change a post
    Edit(Change),
    /// Delete a post, here and elsewhere
    Delete {
        /// The post (id or slug)
        #[arg(value_name = "ID|SLUG")]
        post: String,
        /// Do not ask
        #[arg(long)]
        yes: bool,
    },
}

/// What can be said about a post beside its text. It goes before the file's front matter.
#[derive(Args, Debug)]
struct Fields {
    /// The title; else the front matter's, else the first heading
    #[arg(long)]
    title: Option<String>,
    /// What timelines show; else a beginning of the text
    #[arg(long)]
    summary: Option<String>,
    /// A tag; can be given several times
    #[arg(long = "tag", value_name = "TAG")]
    tags: Vec<String>,
    /// A category, as in Music/Choir; can be given several times
    #[arg(long = "category", value_name = "NAME")]
    categories: Vec<String>,
    /// The series it belongs to; an empty name takes it out
    #[arg(long, value_name = "NAME")]
    series: Option<String>,
    /// Which part of the series it is; else the next one
    #[arg(long, value_name = "NUMBER")]
    series_part: Option<i32>,
    /// The last part of the address; else made from the title. A former one leads to the new one
    #[arg(long)]
    slug: Option<String>,
    /// The language (en, de, pt-BR …)
    #[arg(long, value_name = "TAG")]
    language: Option<String>,
    /// Keep it as a draft
    #[arg(long, conflicts_with = "publish_at")]
    draft: bool,
    /// Publish it at this moment, as in 2030-01-31T09:00:00Z
    #[arg(long, value_name = "MOMENT", value_parser = output::parse_moment)]
    publish_at: Option<Timestamp>,
    /// Whether it takes comments
    #[arg(long, value_name = "open|closed", value_parser = output::word(COMMENTS, Comments::parse))]
    comments: Option<Comments>,
}

const COMMENTS: &[&str] = &[Comments::Open.as_str(), Comments::Closed.as_str()];

#[derive(Args, Debug)]
pub(super) struct Create {
    /// The Markdown, with or without front matter; - reads it from the standard input
    file: PathBuf,
    #[command(flatten)]
    fields: Fields,
    /// Who writes; may be left out with one account
    #[arg(long, value_name = "NAME")]
    account: Option<String>,
}

#[derive(Args, Debug)]
pub(super) struct Change {
    /// The post (id or slug)
    #[arg(value_name = "ID|SLUG")]
    post: String,
    /// The new Markdown; - reads it from the standard input
    file: Option<PathBuf>,
    #[command(flatten)]
    fields: Fields,
    /// Publish a draft or a scheduled post now
    #[arg(long, conflicts_with_all = ["draft", "publish_at"])]
    publish: bool,
}

impl Command {
    pub(super) async fn run(self, context: &Context) -> Outcome {
        match self {
            Self::Create(create) => create.run(context).await,
            Self::List(list) => list.run(context).await,
            Self::Edit(change) => change.run(context).await,
            Self::Delete { post, yes } => delete(context, &post, yes).await,
        }
    }
}

/// Reads and takes apart a Markdown file; says which of its keys mean nothing here.
fn read_document(path: &Path) -> Result<Document> {
    let document = document::parse(&read_text(path)?)?;
    for key in &document.ignored {
        output::say(&format!(
            "warning: the front matter's \"{key}\" is not used"
        ));
    }
    Ok(document)
}

impl Fields {
    /// The state that these fields ask for.
    fn status(&self) -> Option<Status> {
        match (self.draft, self.publish_at) {
            (true, _) => Some(Status::Draft),
            (_, Some(_)) => Some(Status::Scheduled),
            _ => None,
        }
    }

    fn is_empty(&self) -> bool {
        let texts = [
            &self.title,
            &self.summary,
            &self.slug,
            &self.language,
            &self.series,
        ];
        texts.iter().all(|text| text.is_none())
            && self.tags.is_empty()
            && self.categories.is_empty()
            && self.series_part.is_none()
            && self.status().is_none()
            && self.comments.is_none()
    }

    fn tags(&self) -> Option<Vec<String>> {
        (!self.tags.is_empty()).then(|| self.tags.clone())
    }

    fn categories(&self) -> Option<Vec<String>> {
        (!self.categories.is_empty()).then(|| self.categories.clone())
    }
}

impl Create {
    async fn run(self, context: &Context) -> Outcome {
        let document = read_document(&self.file)?;
        let fields = self.fields;
        let title = fields.title.clone().or(document.title).ok_or_else(|| {
            Error::invalid(
                "the post has no title: begin the file with \"# Title\", or give --title",
            )
        })?;
        let new = NewPost {
            title,
            content: document.body,
            tags: fields.tags().or(document.tags).unwrap_or_default(),
            categories: fields
                .categories()
                .or(document.categories)
                .unwrap_or_default(),
            series: fields.series.clone().or(document.series),
            series_part: fields.series_part.or(document.series_part),
            status: fields.status().or(document.status),
            publish_at: fields.publish_at.or(document.publish_at),
            summary: fields.summary.or(document.summary),
            slug: fields.slug.or(document.slug),
            language: fields.language.or(document.language),
            comments: fields.comments.or(document.comments),
        };
        let app = context.open().await?;
        let (_, author) = the_account(&app, self.account.as_deref()).await?;
        let made = post::create(&app, &author, new).await?;
        print_one(context, &made)
    }
}

impl Change {
    async fn run(self, context: &Context) -> Outcome {
        if self.file.is_none() && self.fields.is_empty() && !self.publish {
            return Err(Failure::Usage(
                "nothing to change: name a file, or a flag such as --title or --publish".into(),
            ));
        }
        let document = match &self.file {
            Some(file) => Some(read_document(file)?),
            None => None,
        };
        let app = context.open().await?;
        let old = the_post(&app, &self.post).await?;
        let author = writer_of(&app, &old).await?;
        let edit = self.into_edit(&old, document);
        let changed = post::edit(&app, &author, old.id, edit).await?;
        print_one(context, &changed)
    }

    fn into_edit(self, old: &Post, document: Option<Document>) -> Edit {
        let fields = self.fields;
        let status = if self.publish {
            Some(Status::Published)
        } else {
            fields.status()
        };
        let mut edit = Edit {
            status,
            tags: fields.tags(),
            categories: fields.categories(),
            series: fields.series,
            series_part: fields.series_part,
            title: fields.title,
            summary: fields.summary,
            slug: fields.slug,
            language: fields.language,
            publish_at: fields.publish_at,
            comments: fields.comments,
            content: None,
        };
        let Some(document) = document else {
            return edit;
        };
        edit.title = edit.title.or(document.title);
        edit.summary = edit.summary.or(document.summary);
        edit.tags = edit.tags.or(document.tags);
        edit.categories = edit.categories.or(document.categories);
        edit.series = edit.series.or(document.series);
        edit.series_part = edit.series_part.or(document.series_part);
        edit.slug = edit.slug.or(document.slug);
        edit.language = edit.language.or(document.language);
        edit.comments = edit.comments.or(document.comments);
        edit.content = Some(document.body);
        // A file keeps saying when its post was to appear, long after it has.
        if !old.is_published() && edit.status.is_none() {
            edit.status = document.status;
            edit.publish_at = document.publish_at;
        }
        edit
    }
}

async fn writer_of(app: &App, post: &Post) -> Result<Actor> {
    match account_of(app, post.actor_id).await? {
        Some((_, author)) => Ok(author),
        None => Err(Error::Forbidden(
            "the post's writer has no account here any more".into(),
        )),
    }
}

async fn delete(context: &Context, wanted: &str, yes: bool) -> Outcome {
    let app = context.open().await?;
    let old = the_post(&app, wanted).await?;
    let author = writer_of(&app, &old).await?;
    let question = format!("Delete \"{}\", here and elsewhere, for good?", old.title);
    if !yes && !confirm(&question)? {
        output::say("Nothing was deleted.");
        return Err(Failure::Told);
    }
    post::delete(&app, &author, old.id).await?;
    output::say(&format!("\"{}\" is deleted.", old.title));
    if context.json {
        return output::print_json(&json!({"id": old.id.to_string(), "status": "deleted"}));
    }
    Ok(())
}
