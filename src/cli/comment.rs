//! `antiphon comment`: reading what came, deciding about it, answering.

use std::path::Path;

use clap::{Args, Subcommand};
use serde_json::{Value, json};

use super::context::{Context, account_of, confirm, read_text, the_account, the_post};
use super::locate::{Locate, locate};
use super::{Failure, Outcome, output};
use crate::app::App;
use crate::domain::actor::{self, Actor};
use crate::domain::comment::{self, Comment};
use crate::domain::moderation;
use crate::domain::visibility::CommentStatus;
use crate::error::{Error, Result};
use crate::text;
use crate::types::{Id, Timestamp};

const STATUSES: &[&str] = &[
    CommentStatus::Held.as_str(),
    CommentStatus::Published.as_str(),
    CommentStatus::Spam.as_str(),
    CommentStatus::Trash.as_str(),
    CommentStatus::Deleted.as_str(),
    CommentStatus::Blocked.as_str(),
];

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// List comments, newest first
    List(List),
    /// Publish comments
    Approve(Ids),
    /// Take comments back from the page until they are decided about
    Hold(Ids),
    /// Mark comments as spam
    Spam(Ids),
    /// Throw comments away
    Trash(Ids),
    /// Say what became of a reply from elsewhere
    Locate(Locate),
    /// Answer a post or a comment
    Reply(Reply),
    /// Change one of our own comments
    Edit {
        /// The comment
        id: Id<Comment>,
        /// The new text in Markdown; - reads it from the standard input
        text: String,
    },
    /// Show what an edited comment said before, oldest first
    Versions {
        /// The comment
        id: Id<Comment>,
    },
    /// Delete one of our own comments, here and elsewhere
    Delete {
        /// The comment
        id: Id<Comment>,
        /// Do not ask
        #[arg(long)]
        yes: bool,
    },
}

#[derive(Args, Debug)]
pub(super) struct List {
    /// Only in this state; without --post: held, when left out
    #[arg(long, value_parser = output::word(STATUSES, CommentStatus::parse))]
    status: Option<CommentStatus>,
    /// Only under this post (id or slug)
    #[arg(long, value_name = "ID|SLUG")]
    post: Option<String>,
    /// How many at most
    #[arg(long, default_value_t = 50, value_parser = clap::value_parser!(u16).range(1..=10_000))]
    limit: u16,
}

#[derive(Args, Debug)]
pub(super) struct Ids {
    /// The comments, as `comment list` shows them
    #[arg(required = true, value_name = "ID")]
    ids: Vec<Id<Comment>>,
}

#[derive(Args, Debug)]
pub(super) struct Reply {
    #[command(flatten)]
    target: Target,
    /// The text in Markdown; - reads it from the standard input
    text: String,
    /// Who answers; may be left out with one account
    #[arg(long, value_name = "NAME")]
    account: Option<String>,
    /// The language of the text; the post's when left out
    #[arg(long, value_name = "TAG")]
    language: Option<String>,
}

#[derive(Args, Debug)]
#[group(required = true, multiple = false)]
struct Target {
    /// The post to answer (id or slug)
    #[arg(long, value_name = "ID|SLUG")]
    post: Option<String>,
    /// The comment to answer
    #[arg(long, value_name = "ID")]
    comment: Option<Id<Comment>>,
}

impl Command {
    pub(super) async fn run(self, context: &Context) -> Outcome {
        let app = context.open().await?;
        match self {
            Self::List(list) => show_list(context, &app, list).await,
            Self::Approve(ids) => decide(context, &app, ids, CommentStatus::Published).await,
            Self::Hold(ids) => decide(context, &app, ids, CommentStatus::Held).await,
            Self::Spam(ids) => decide(context, &app, ids, CommentStatus::Spam).await,
            Self::Trash(ids) => decide(context, &app, ids, CommentStatus::Trash).await,
            Self::Locate(wanted) => locate(context, app, wanted).await,
            Self::Reply(answer) => reply(context, &app, answer).await,
            Self::Edit { id, text } => edit(context, &app, id, &text).await,
            Self::Versions { id } => show_versions(context, &app, id).await,
            Self::Delete { id, yes } => delete(&app, id, yes).await,
        }
    }
}

/// A comment with its author and, when it has one, its number in the thread.
type Numbered = (Comment, Actor, Option<String>);

async fn show_list(context: &Context, app: &App, list: List) -> Outcome {
    let post = match &list.post {
        Some(wanted) => Some(the_post(app, wanted).await?.id),
        None => None,
    };
    let (status, limit) = (list.status, i64::from(list.limit));
    let found = app
        .db
        .read(move |conn| {
            let rows = if let Some(post) = post {
                comment::list_of_post(conn, post, status, limit)?
            } else {
                let status = status.unwrap_or(CommentStatus::Held);
                comment::list_by_status(conn, status, None, limit)?
            };
            rows.into_iter()
                .map(|(row, author)| {
                    let number = comment::load_number(conn, &row)?;
                    Ok((row, author, number))
                })
                .collect::<Result<Vec<Numbered>>>()
        })
        .await?;
    if context.json {
        return output::print_json(&found.iter().map(view).collect::<Vec<_>>());
    }
    output::print_table(
        &["ID", "STATUS", "PUBLISHED", "AUTHOR", "TEXT"],
        found.iter().map(row).collect(),
        "There are no such comments.",
    )
}

fn row((comment, author, _): &Numbered) -> Vec<String> {
    vec![
        comment.id.to_string(),
        comment.status.to_string(),
        comment.published_at.rfc3339(),
        author.handle(),
        text::excerpt::excerpt(comment.html.as_str(), 70),
    ]
}

fn view((comment, author, number): &Numbered) -> Value {
    json!({
        "id": comment.id.to_string(),
        "post_id": comment.post_id.to_string(),
        "parent_id": comment.parent_id.map(|id| id.to_string()),
        "number": number,
        "author": {"name": author.name, "handle": author.handle(), "url": author.url},
        "content": comment.html,
        "published_at": comment.published_at.rfc3339(),
        "updated_at": comment.edited_at.map(Timestamp::rfc3339),
        "status": comment.status.as_str(),
        "ap_id": comment.ap_id,
        "url": comment.url,
    })
}

/// Loads a comment as it stands after a change, its place included.
async fn numbered(app: &App, id: Id<Comment>) -> Result<Numbered> {
    app.db
        .read(move |conn| {
            let comment = comment::get(conn, id)?;
            let author = actor::get(conn, comment.actor_id)?;
            let number = comment::load_number(conn, &comment)?;
            Ok((comment, author, number))
        })
        .await
}

/// Decides about each; one that cannot be decided about does not keep the others from it.
async fn decide(context: &Context, app: &App, ids: Ids, status: CommentStatus) -> Outcome {
    let (mut views, mut failed) = (Vec::new(), false);
    for id in ids.ids {
        match moderation::decide(app, id, status).await {
            Ok(comment) => {
                views.push(view(&numbered(app, comment.id).await?));
                if !context.json {
                    output::print(&format!("{id}  {status}"))?;
                }
            }
            Err(Error::NotFound(_)) => {
                failed = true;
                output::error(&output::sentence(&unknown(id)));
            }
            Err(error) => {
                failed = true;
                output::error(&format!("{id}: {}", output::sentence(&error)));
            }
        }
    }
    if context.json {
        output::print_json(&views)?;
    }
    if failed { Err(Failure::Told) } else { Ok(()) }
}

fn unknown(id: Id<Comment>) -> Error {
    Error::invalid(format!(
        "there is no comment {id}; `antiphon comment list` shows those that wait, and with --post those of a post"
    ))
}

async fn get(app: &App, id: Id<Comment>) -> Result<Comment> {
    match app.db.read(move |conn| comment::get(conn, id)).await {
        Err(Error::NotFound(_)) => Err(unknown(id)),
        found => found,
    }
}

async fn reply(context: &Context, app: &App, answer: Reply) -> Outcome {
    let (post, parent) = match (answer.target.post, answer.target.comment) {
        (_, Some(id)) => (get(app, id).await?.post_id, Some(id)),
        (Some(wanted), None) => (the_post(app, &wanted).await?.id, None),
        (None, None) => return Err(Failure::Usage("--post or --comment is missing".into())),
    };
    let (_, author) = the_account(app, answer.account.as_deref()).await?;
    let text = read_argument(&answer.text)?;
    let language = answer.language.as_deref().map(check_language).transpose()?;
    let written = comment::reply(app, &author, post, parent, text, language).await?;
    print_own(context, app, written).await
}

fn check_language(tag: &str) -> Result<String> {
    text::language::normalise(tag).ok_or_else(|| {
        Error::invalid(format!(
            "--language: \"{tag}\" is no language tag; write for example \"en\""
        ))
    })
}

/// A text given as an argument; `-` stands for the standard input.
fn read_argument(text: &str) -> Result<String> {
    if text == "-" {
        read_text(Path::new("-"))
    } else {
        Ok(text.to_owned())
    }
}

async fn edit(context: &Context, app: &App, id: Id<Comment>, text: &str) -> Outcome {
    let author = own_author(app, id).await?;
    let text = read_argument(text)?;
    let changed = comment::edit_own(app, &author, id, text).await?;
    print_own(context, app, changed).await
}

async fn show_versions(context: &Context, app: &App, id: Id<Comment>) -> Outcome {
    get(app, id).await?;
    let versions = comment::list_versions(app, id).await?;
    if context.json {
        let view = |version: &comment::Version| {
            json!({
                "content": version.html,
                "language": version.language,
                "written_at": version.written_at.rfc3339(),
                "replaced_at": version.replaced_at.rfc3339(),
            })
        };
        return output::print_json(&versions.iter().map(view).collect::<Vec<_>>());
    }
    let row = |version: &comment::Version| {
        vec![
            version.written_at.rfc3339(),
            version.replaced_at.rfc3339(),
            text::excerpt::excerpt(version.html.as_str(), 200),
        ]
    };
    output::print_table(
        &["WRITTEN", "REPLACED", "TEXT"],
        versions.iter().map(row).collect(),
        "The comment was never edited.",
    )
}

async fn delete(app: &App, id: Id<Comment>, yes: bool) -> Outcome {
    let author = own_author(app, id).await?;
    if !yes && !confirm("Delete the comment, here and elsewhere?")? {
        return Err(Failure::Told);
    }
    comment::delete_own(app, &author, id).await?;
    output::say("The comment is deleted.");
    Ok(())
}

/// Which of our people wrote a comment. Fails when somebody else did.
async fn own_author(app: &App, id: Id<Comment>) -> Result<Actor> {
    let found = get(app, id).await?;
    if found.status == CommentStatus::Deleted {
        return Err(Error::Gone("the comment"));
    }
    match account_of(app, found.actor_id).await? {
        Some((_, author)) => Ok(author),
        None => Err(Error::Forbidden(format!(
            "the comment {id} was written elsewhere; `antiphon comment trash {id}` takes it from the page"
        ))),
    }
}

async fn print_own(context: &Context, app: &App, comment: Comment) -> Outcome {
    if context.json {
        return output::print_json(&view(&numbered(app, comment.id).await?));
    }
    output::say(&format!("The comment {} is published.", comment.id));
    output::print(comment.url.as_str())
}
