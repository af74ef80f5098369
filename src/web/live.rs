//! Tells readers that replies came, while they read (server-sent events): how many comments a post has, whenever that
//! changes. However many read one post, each change is counted once.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::State;
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use futures_util::{Stream, stream};
use http::HeaderValue;
use http::header::{CACHE_CONTROL, HeaderName};
use tokio::sync::broadcast::error::RecvError;
use tokio::sync::{broadcast, watch};

use super::error_page;
use super::read::checked;
use super::routes::Segment;
use crate::app::App;
use crate::domain::comment;
use crate::domain::post::{Post, page};
use crate::kept::Scope;
use crate::live::Total;
use crate::types::Id;

/// The least time between two messages: many comments at once are one message.
const PAUSE: Duration = Duration::from_secs(1);
/// Between two signs of life.
const HEARTBEAT: Duration = Duration::from_secs(25);

/// Answers `/posts/{slug}/live` with a stream that ends when the reader leaves or the node stops.
pub(super) async fn stream(State(app): State<Arc<App>>, Segment(slug): Segment) -> Response {
    let wanted = app
        .db
        .read(move |conn| Ok(page::get_published(conn, checked(&slug, "the post")?)?.id));
    let post = match wanted.await {
        Ok(post) => post,
        Err(error) => return error_page(&app, &error),
    };
    let (reader, first) = app.live.join(post.raw());
    if let Some(room) = first {
        tokio::spawn(tell(Arc::clone(&app), post, room));
    }
    let alive = KeepAlive::new().interval(HEARTBEAT);
    let mut response = Sse::new(events(reader)).keep_alive(alive).into_response();
    let headers = response.headers_mut();
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    // nginx would keep it back otherwise.
    let unbuffered = HeaderName::from_static("x-accel-buffering");
    headers.insert(unbuffered, HeaderValue::from_static("no"));
    response
}

/// What is known now, and then each change.
fn events(mut reader: watch::Receiver<Total>) -> impl Stream<Item = Result<Event, Infallible>> {
    reader.mark_changed();
    stream::unfold(reader, async |mut reader| {
        loop {
            reader.changed().await.ok()?;
            let total = *reader.borrow_and_update();
            if let Some(total) = total {
                return Some((Ok(Event::default().data(total.to_string())), reader));
            }
        }
    })
}

/// Counts a post's comments whenever something of it changes, as long as somebody listens.
async fn tell(app: Arc<App>, post: Id<Post>, room: watch::Sender<Total>) {
    let mut changes = app.changes.subscribe();
    loop {
        match app
            .db
            .read(move |conn| comment::count_public(conn, Some(post)))
            .await
        {
            Ok(total) => {
                room.send_if_modified(|known| known.replace(total) != Some(total));
            }
            Err(error) => tracing::warn!("cannot count comments: {}", error.log_text()),
        }
        let going = async {
            tokio::time::sleep(PAUSE).await;
            changed(&mut changes, post).await
        };
        let go_on = tokio::select! {
            go_on = going => go_on,
            () = emptied(&app, post, &room) => false,
            () = app.live.ended() => false,
        };
        if !go_on {
            return;
        }
    }
}

/// Waits for a change of this post; false: there will be none.
async fn changed(changes: &mut broadcast::Receiver<Scope>, post: Id<Post>) -> bool {
    loop {
        match changes.recv().await {
            Ok(Scope::Post(id)) if id == post.raw() => return true,
            // It may be among what was missed.
            Ok(Scope::Site) | Err(RecvError::Lagged(_)) => return true,
            Ok(_) => {}
            Err(RecvError::Closed) => return false,
        }
    }
}

/// Waits until nobody is left, and closes the room.
async fn emptied(app: &App, post: Id<Post>, room: &watch::Sender<Total>) {
    loop {
        room.closed().await;
        if app.live.close_if_empty(post.raw()) {
            return;
        }
    }
}
