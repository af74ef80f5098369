//! `antiphon page`: writing, listing, changing and deleting pages that are no posts.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use serde_json::{Value, json};

use super::context::{Context, confirm, read_text};
use super::post::document::{self, Document};
use super::{Failure, Outcome, output};
use crate::app::App;
use crate::domain::pages::{self, Edit, Page};
use crate::error::{Error, Result};
use crate::text;
use crate::types::Id;

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Make a page of a Markdown file; it stands at /SLUG and in no list
    Create(Create),
    /// List pages, newest first
    List {
        /// How many at most
        #[arg(long, default_value_t = 50, value_parser = clap::value_parser!(u16).range(1..=10_000))]
        limit: u16,
    },
    /// Change a page
    Edit(Change),
    /// Delete a page; its address says that it is gone
    Delete {
        /// The page (id or slug)
        #[arg(value_name = "ID|SLUG")]
        page: String,
        /// Do not ask
        #[arg(long)]
        yes: bool,
    },
}

/// What can be said about a page beside its text. It goes before the file's front matter.
#[derive(Args, Debug)]
struct Fields {
    /// The title; else the front matter's, else the first heading
    #[arg(long)]
    title: Option<String>,
    /// The address, behind the slash; else made from the title. A former one leads to the new one
    #[arg(long)]
    slug: Option<String>,
    /// The language (en, de, pt-BR …)
    #[arg(long, value_name = "TAG")]
    language: Option<String>,
}

#[derive(Args, Debug)]
pub(super) struct Create {
    /// The Markdown, with or without front matter; - reads it from the standard input
    file: PathBuf,
    #[command(flatten)]
    fields: Fields,
}

#[derive(Args, Debug)]
pub(super) struct Change {
    /// The page (id or slug)
    #[arg(value_name = "ID|SLUG")]
    page: String,
    /// The new Markdown; - reads it from the standard input
    file: Option<PathBuf>,
    #[command(flatten)]
    fields: Fields,
}

impl Command {
    pub(super) async fn run(self, context: &Context) -> Outcome {
        match self {
            Self::Create(create) => {
                let document = document::parse(&read_text(&create.file)?)?;
                let new = create.fields.over(Some(document));
                if new.title.is_none() {
                    return Err(Error::invalid(
                        "the page has no title: begin the file with \"# Title\", or give --title",
                    )
                    .into());
                }
                let app = context.open().await?;
                let made = pages::create(&app, new).await?;
                print_one(context, &app, &made)
            }
            Self::List { limit } => list(context, limit).await,
            Self::Edit(change) => change.run(context).await,
            Self::Delete { page, yes } => delete(context, &page, yes).await,
        }
    }
}

impl Fields {
    /// These words laid over what a file says.
    fn over(self, document: Option<Document>) -> Edit {
        let document = document.map(|document| Edit {
            title: document.title,
            slug: document.slug,
            language: document.language,
            content: Some(document.body),
        });
        let document = document.unwrap_or_default();
        Edit {
            title: self.title.or(document.title),
            slug: self.slug.or(document.slug),
            language: self.language.or(document.language),
            content: document.content,
        }
    }

    fn is_empty(&self) -> bool {
        self.title.is_none() && self.slug.is_none() && self.language.is_none()
    }
}

impl Change {
    async fn run(self, context: &Context) -> Outcome {
        if self.file.is_none() && self.fields.is_empty() {
            return Err(Failure::Usage(
                "nothing to change: name a file, or a flag such as --title".into(),
            ));
        }
        let document = match &self.file {
            Some(file) => Some(document::parse(&read_text(file)?)?),
            None => None,
        };
        let app = context.open().await?;
        let old = the_page(&app, &self.page).await?;
        let changed = pages::edit(&app, old.id, self.fields.over(document)).await?;
        print_one(context, &app, &changed)
    }
}

/// The page with this id or slug.
async fn the_page(app: &App, wanted: &str) -> Result<Page> {
    let by_id = match wanted.parse::<Id<Page>>() {
        Ok(id) => pages::get(app, id).await,
        Err(_) => Err(Error::NotFound("the page")),
    };
    let Err(Error::NotFound(_)) = by_id else {
        return by_id;
    };
    let slug = wanted.to_owned();
    let found = app
        .db
        .read(move |conn| pages::load_by_slug(conn, &slug))
        .await?;
    match found {
        Some((page, _)) if page.deleted_at.is_some() => Err(Error::Gone("the page")),
        Some((page, _)) => Ok(page),
        None => Err(Error::invalid(format!(
            "there is no page \"{wanted}\"; `antiphon page list` shows all"
        ))),
    }
}

async fn list(context: &Context, limit: u16) -> Outcome {
    let app = context.open().await?;
    let found = pages::list(&app, None, limit.into()).await?;
    if context.json {
        return output::print_json(
            &found
                .iter()
                .map(|page| view(&app, page))
                .collect::<Vec<_>>(),
        );
    }
    let row = |page: &Page| {
        vec![
            page.id.to_string(),
            output::moment(Some(page.updated_at)),
            format!("/{}", page.slug),
            text::excerpt::shorten(&page.title, 60),
        ]
    };
    output::print_table(
        &["ID", "CHANGED", "ADDRESS", "TITLE"],
        found.iter().map(row).collect(),
        "There are no pages.",
    )
}

fn view(app: &App, page: &Page) -> Value {
    json!({
        "id": page.id.to_string(),
        "url": app.url(&format!("/{}", page.slug)),
        "slug": page.slug,
        "title": page.title,
        "content": page.source,
        "language": page.language,
        "created_at": page.created_at.rfc3339(),
        "updated_at": page.updated_at.rfc3339(),
    })
}

fn print_one(context: &Context, app: &App, page: &Page) -> Outcome {
    if context.json {
        return output::print_json(&view(app, page));
    }
    output::say(&format!("\"{}\" ({})", page.title, page.id));
    output::print(app.url(&format!("/{}", page.slug)).as_str())
}

async fn delete(context: &Context, wanted: &str, yes: bool) -> Outcome {
    let app = context.open().await?;
    let old = the_page(&app, wanted).await?;
    if !yes && !confirm(&format!("Delete the page \"{}\" for good?", old.title))? {
        output::say("Nothing was deleted.");
        return Err(Failure::Told);
    }
    pages::delete(&app, old.id).await?;
    output::say(&format!("\"{}\" is deleted.", old.title));
    if context.json {
        return output::print_json(&json!({"id": old.id.to_string(), "status": "deleted"}));
    }
    Ok(())
}
