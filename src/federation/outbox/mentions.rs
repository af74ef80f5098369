//! The people whom a text of ours names: found before it goes out, and linked in it.

use super::mention_of;
use crate::app::App;
use crate::domain::actor::Mention;
use crate::domain::comment::{self, Comment};
use crate::domain::post::{self, Post, compose};
use crate::error::{Error, Result};
use crate::federation::fetch::Fetcher;
use crate::federation::webfinger;
use crate::queue::Event;
use crate::text::markdown;
use crate::text::mention::Handle;
use crate::types::{Html, Id, Json};

/// Finds the people a text names whom we did not know when it was written, and puts their links into the text. Who cannot
/// be found stays plain; the text goes out all the same.
pub(super) async fn resolve(app: &App, fetcher: &Fetcher, event: &Event) -> Result<()> {
    match event {
        Event::PostCreated { post } | Event::PostUpdated { post, .. } => {
            let id = Id::<Post>::new(*post);
            let row = app.db.read(move |conn| post::get(conn, id)).await?;
            let Some(mentions) = resolve_all(app, fetcher, row.mentions.get()).await else {
                return Ok(());
            };
            let html = render(row.source, &mentions, true).await?;
            app.db
                .write(move |conn| post::set_mentions(conn, id, &Json::new(&mentions), &html))
                .await
        }
        Event::CommentCreated { comment } | Event::CommentUpdated { comment, .. } => {
            let id = Id::<Comment>::new(*comment);
            let row = app.db.read(move |conn| comment::get(conn, id)).await?;
            let Some(mentions) = resolve_all(app, fetcher, row.mentions.get()).await else {
                return Ok(());
            };
            let html = render(row.source.unwrap_or_default(), &mentions, false).await?;
            app.db
                .write(move |conn| comment::set_mentions(conn, id, &Json::new(&mentions), &html))
                .await
        }
        _ => Ok(()),
    }
}

/// The mentions with those found who were not yet; None when that changes nothing.
async fn resolve_all(
    app: &App,
    fetcher: &Fetcher,
    mut mentions: Vec<Mention>,
) -> Option<Vec<Mention>> {
    let mut changed = false;
    for mention in mentions
        .iter_mut()
        .filter(|mention| mention.ap_id.is_none())
    {
        let Some(handle) = Handle::parse(&mention.handle) else {
            continue;
        };
        match webfinger::resolve(app, fetcher, &handle).await {
            Ok(actor) => {
                *mention = Mention {
                    handle: mention.handle.clone(),
                    ..mention_of(&actor)
                };
                changed = true;
            }
            Err(error) => tracing::debug!(handle = %handle, "a mention leads nowhere: {error}"),
        }
    }
    changed.then_some(mentions)
}

async fn render(source: String, mentions: &[Mention], whole_post: bool) -> Result<Html> {
    let links = compose::link_map(mentions);
    let work = move || {
        let rendered = if whole_post {
            markdown::render_post(&source, &links)
        } else {
            markdown::render_comment(&source, &links)
        };
        rendered.html
    };
    tokio::task::spawn_blocking(work)
        .await
        .map_err(Error::internal)
}
