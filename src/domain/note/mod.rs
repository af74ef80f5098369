//! What our people write under other people's posts: a note here, federated to the thread it answers.

mod store;

use diesel::prelude::*;

use crate::app::App;
use crate::db::schema::notes;
use crate::domain::actor::{Actor, Mention, Mentions};
use crate::error::{Error, Result};
use crate::queue::{Event, Job};
use crate::text::markdown;
use crate::types::{ApUrl, Html, Id, Json, Timestamp};

pub use store::{get, load_by_ap_id};

/// A note as it stands in the database.
#[derive(Clone, Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = notes)]
pub struct Note {
    /// The row.
    pub id: Id<Note>,
    /// The ActivityPub id.
    pub ap_id: ApUrl,
    /// Who wrote it.
    pub actor_id: Id<Actor>,
    /// What it answers.
    pub parent_ap_id: ApUrl,
    /// The Markdown.
    pub source: String,
    /// The rendered text.
    pub html: Html,
    /// BCP 47.
    pub language: Option<String>,
    /// The people of the thread, and those named: all are told.
    pub mentions: Mentions,
    /// When it was written.
    pub published_at: Timestamp,
    /// When it was deleted.
    pub deleted_at: Option<Timestamp>,
}

/// Answers a post elsewhere as `author`; `people` are the thread's, told by a mention each.
pub async fn reply(
    app: &App,
    author: &Actor,
    parent: ApUrl,
    source: String,
    people: Vec<Mention>,
) -> Result<Note> {
    if source.trim().is_empty() || source.len() > 20_000 {
        return Err(Error::invalid_field(
            "content",
            "an answer has 1 to 20000 bytes",
        ));
    }
    let links = crate::domain::post::compose::link_map(&people);
    let rendered = markdown::render_comment(&source, &links);
    let id = app.ids.next::<Note>();
    let note = Note {
        id,
        ap_id: app.url(&format!("/ap/notes/{id}")),
        actor_id: author.id,
        parent_ap_id: parent,
        source,
        html: rendered.html,
        language: Some(app.config.site.language.clone()),
        mentions: Json::new(&people),
        published_at: app.now(),
        deleted_at: None,
    };
    let job = app.job(Job::Federate {
        event: Event::NoteCreated { note: id.raw() },
    });
    let note = app
        .db
        .write(move |conn| {
            store::insert(conn, &note)?;
            job.enqueue(conn)?;
            Ok(note)
        })
        .await?;
    app.wake.jobs.notify_one();
    Ok(note)
}
