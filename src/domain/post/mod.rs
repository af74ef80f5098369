//! Posts: drafting, publishing, scheduling, editing, deleting. Text is rendered and sanitised once, here, and stored
//! as HTML. A change and the job that tells others are one transaction.

pub mod compose;
mod filing;
pub mod page;
mod permalink;
mod policy;
mod preview;
mod related;
mod store;

use diesel::prelude::*;

use crate::app::App;
use crate::db::note_change;
use crate::db::schema::posts;
use crate::domain::actor::{Actor, Mentions};
use crate::domain::media::{self, Copies, Owner};
use crate::error::{Error, Result};
use crate::kept::Scope;
use crate::queue::{Event, Job, NewJob};
use crate::types::{ApUrl, Html, Id, Json, Timestamp, word_enum};

pub use compose::{Edit, NewPost};
pub use filing::{Filing, Place};
use permalink::Maker;
pub use permalink::{find_moved, follow_pattern, rewrite_addresses};
pub use policy::{Comments, Policy};
pub use preview::{Preview, draw_missing as draw_missing_previews, draw_preview};
pub use related::relate;
pub use store::{
    Summary, count_comments, count_published, filing_by_post, find_by_address, get, get_policy,
    list_addresses, list_outbox, load_by_ap_id, load_by_slug, load_by_url, load_summaries,
    set_mentions, tags_by_post, tags_of,
};

word_enum! {
    /// Where a post stands.
    Status {
        /// Only its writer sees it.
        Draft = "draft",
        /// Waits for its time.
        Scheduled = "scheduled",
        /// Everybody sees it.
        Published = "published",
        /// Was published, is gone for good.
        Deleted = "deleted",
    }
}

/// A post as it stands in the database.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = posts, treat_none_as_null = true)]
pub struct Post {
    /// The row.
    pub id: Id<Post>,
    /// The ActivityPub id of the Article.
    pub ap_id: ApUrl,
    /// The writer.
    pub actor_id: Id<Actor>,
    /// Where it stands.
    pub status: Status,
    /// The last part of its address.
    pub slug: String,
    /// Its page.
    pub url: ApUrl,
    /// Plain text.
    pub title: String,
    /// The summary its writer gave, plain text.
    pub summary: Option<String>,
    /// A beginning of the text, plain, for when there is no summary.
    pub excerpt: String,
    /// The Markdown.
    pub source: String,
    /// The rendered text.
    pub html: Html,
    /// BCP 47.
    pub language: String,
    /// The images in the text.
    pub images: Json<Vec<Image>>,
    /// The people named in the text.
    pub mentions: Mentions,
    /// When it was begun.
    pub created_at: Timestamp,
    /// When it appeared.
    pub published_at: Option<Timestamp>,
    /// When it shall appear.
    pub publish_at: Option<Timestamp>,
    /// When it was last edited after it appeared.
    pub edited_at: Option<Timestamp>,
    /// When the row last changed.
    pub updated_at: Timestamp,
    /// When it was deleted.
    pub deleted_at: Option<Timestamp>,
    /// Whether it takes comments, by its writer's word.
    pub comments: Comments,
    /// Where it first appeared, when that is elsewhere: an https address.
    pub canonical: Option<String>,
}

/// An image in a post.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Image {
    /// Where it is.
    pub url: String,
    /// What it shows, for those who cannot see it.
    pub alt: String,
}

impl Post {
    /// The writer's summary, else the excerpt.
    pub fn summary_or_excerpt(&self) -> &str {
        self.summary.as_deref().unwrap_or(&self.excerpt)
    }

    /// The address below which the parts of a post stand (comments, feeds, dialogs), whatever its page's address looks like.
    pub fn base(&self) -> String {
        base_of(&self.ap_id, &self.slug)
    }

    /// True when everybody may see it.
    pub fn is_published(&self) -> bool {
        self.status == Status::Published
    }
}

/// The same as [`Post::base`], of the id and the slug alone.
pub fn base_of(ap_id: &ApUrl, slug: &str) -> String {
    let site = ap_id.as_str().split("/ap/posts/").next();
    format!("{}/posts/{slug}", site.unwrap_or_default())
}

/// A post with its tags, as written.
#[derive(Clone, Debug)]
pub struct Tagged {
    /// The post.
    pub post: Post,
    /// Its tags, without `#`.
    pub tags: Vec<String>,
    /// Its categories and its series.
    pub filing: Filing,
}

/// The pictures in a post that stand elsewhere, of which copies are to be made.
fn copies_of(app: &App, post: &Post) -> Copies {
    let images = post.images.get().into_iter();
    let images = images.map(|image| (image.url, image.alt));
    Copies::of(app, Owner::Post(post.id.raw()), images, post.is_published())
}

/// Creates a post. Published ones are federated by a job of the same transaction.
pub async fn create(app: &App, author: &Actor, new: NewPost) -> Result<Tagged> {
    let compose::Draft {
        mut post,
        tags,
        wanted,
    } = compose::new_post(app, author, new).await?;
    let mut jobs = match post.status {
        Status::Published => vec![
            app.job(federate(Event::PostCreated {
                post: post.id.raw(),
            })),
            draw(app, post.id),
            likeness(app, post.id),
        ],
        Status::Scheduled => {
            let job = app.job(Job::PublishScheduled {
                post: post.id.raw(),
            });
            vec![job.at(post.publish_at.unwrap_or_else(|| app.now()))]
        }
        _ => Vec::new(),
    };
    jobs.extend(closing(app, &post));
    let (copies, maker, author) = (copies_of(app, &post), Maker::of(app), author.clone());
    let saved = app
        .db
        .write(move |conn| {
            let filing = maker.save(conn, &author, &mut post, (&tags, &wanted), None)?;
            copies.note(conn)?;
            jobs.iter().try_for_each(|job| job.enqueue(conn))?;
            Ok(Tagged { post, tags, filing })
        })
        .await?;
    app.wake.jobs.notify_one();
    Ok(saved)
}

/// Edits a post of `author`'s. What was published stays published; its readers elsewhere get an Update.
pub async fn edit(app: &App, author: &Actor, id: Id<Post>, edit: Edit) -> Result<Tagged> {
    let old = get_own(app, author, id).await?;
    let compose::Draft {
        mut post,
        tags,
        wanted,
    } = compose::edited(app, old.clone(), edit).await?;
    let job = match (old.post.status, post.status) {
        (Status::Published, _) => Some(app.job(federate(Event::PostUpdated {
            post: id.raw(),
            at: post.updated_at.0,
        }))),
        (_, Status::Published) => Some(app.job(federate(Event::PostCreated { post: id.raw() }))),
        (_, Status::Scheduled) => {
            let job = app.job(Job::PublishScheduled { post: id.raw() });
            Some(job.at(post.publish_at.unwrap_or_else(|| app.now())))
        }
        _ => None,
    };
    let appears = !old.post.is_published() && post.is_published();
    let closes = closing(app, &post).filter(|_| appears);
    let drawn = post.is_published().then(|| draw(app, id));
    let alike = post.is_published().then(|| likeness(app, id));
    let (copies, maker, author) = (copies_of(app, &post), Maker::of(app), author.clone());
    let saved = app
        .db
        .write(move |conn| {
            let filing = maker.save(conn, &author, &mut post, (&tags, &wanted), Some(&old.post))?;
            copies.note(conn)?;
            let jobs = job.iter().chain(&closes).chain(&drawn).chain(&alike);
            jobs.into_iter().try_for_each(|job| job.enqueue(conn))?;
            Ok(Tagged { post, tags, filing })
        })
        .await?;
    app.wake.jobs.notify_one();
    Ok(saved)
}

/// Deletes a post of `author`'s. A published one leaves a tombstone, here and, by a Delete, elsewhere; another goes
/// without a trace.
pub async fn delete(app: &App, author: &Actor, id: Id<Post>) -> Result<()> {
    let old = get_own(app, author, id).await?;
    let was_published = old.post.is_published();
    let (job, now) = (
        app.job(federate(Event::PostDeleted { post: id.raw() })),
        app.now(),
    );
    let sweep = app.job(Job::SweepMedia);
    app.db
        .write(move |conn| {
            if was_published {
                store::bury(conn, id, now)?;
                sweep.enqueue(conn)?;
                job.enqueue(conn)
            } else {
                store::erase(conn, id)
            }
        })
        .await?;
    app.wake.jobs.notify_one();
    Ok(())
}

/// Publishes a scheduled post whose time has come; does nothing when it was changed meanwhile.
pub async fn publish_scheduled(app: &App, id: Id<Post>) -> Result<()> {
    let now = app.now();
    let job = app.job(federate(Event::PostCreated { post: id.raw() }));
    let fetch = app.job(Owner::Post(id.raw()).job());
    let draw = draw(app, id);
    let (close, rules) = (close(app, id), app.config.discussion.clone());
    let (maker, alike) = (Maker::of(app), likeness(app, id));
    app.db
        .write(move |conn| {
            let appearing = Post {
                published_at: Some(now),
                ..get(conn, id)?
            };
            let url = maker.address_now(conn, &appearing)?;
            if store::publish_if_due(conn, id, now, &url)? {
                let appeared = get(conn, id)?;
                maker.keep_ways(conn, &appeared, None)?;
                alike.enqueue(conn)?;
                if media::has_pending(conn, Owner::Post(id.raw()))? {
                    fetch.enqueue(conn)?;
                }
                if let Some(at) = get(conn, id)?.closes_at(&rules) {
                    close.at(at).enqueue(conn)?;
                }
                draw.enqueue(conn)?;
                job.enqueue(conn)
            } else {
                Ok(())
            }
        })
        .await?;
    app.wake.jobs.notify_one();
    Ok(())
}

/// The job that draws a post's preview.
fn draw(app: &App, id: Id<Post>) -> NewJob {
    app.job(Job::DrawPreview { post: id.raw() })
}

/// The job that tells others when a post has closed by itself; None when it never does.
fn closing(app: &App, post: &Post) -> Option<NewJob> {
    let at = post.closes_at(&app.config.discussion)?;
    Some(close(app, post.id).at(at))
}

fn close(app: &App, id: Id<Post>) -> NewJob {
    app.job(Job::CloseComments { post: id.raw() })
}

/// Tells others that a post takes no more comments, when its days have passed. Does nothing when it was closed by hand
/// before or is gone; comes back when the days were made more meanwhile.
pub async fn close_comments(app: &App, id: Id<Post>) -> Result<()> {
    let (now, rules, again) = (app.now(), app.config.discussion.clone(), close(app, id));
    let tell = |at: Timestamp| {
        app.job(federate(Event::PostUpdated {
            post: id.raw(),
            at: at.0,
        }))
    };
    let post = app.db.read(move |conn| get(conn, id)).await?;
    let job = match post.closes_at(&rules) {
        None => return Ok(()),
        Some(at) if at > now => again.at(at),
        Some(_) if post.comments == Comments::Closed => return Ok(()),
        Some(at) => tell(at),
    };
    let shown = Scope::Post(id.raw()).to_string();
    app.db
        .write(move |conn| {
            // No row changes: the days have passed.
            note_change(conn, &shown)?;
            job.enqueue(conn)
        })
        .await?;
    app.wake.jobs.notify_one();
    Ok(())
}

/// A post of `author`'s in any state but deleted, or `NotFound`.
pub async fn get_own(app: &App, author: &Actor, id: Id<Post>) -> Result<Tagged> {
    let author = author.id;
    app.db
        .read(move |conn| {
            let post = get(conn, id)?;
            match post.status {
                _ if post.actor_id != author => Err(Error::NotFound("the post")),
                Status::Deleted => Err(Error::Gone("the post")),
                _ => store::with_tags(conn, vec![post])?
                    .pop()
                    .ok_or(Error::NotFound("the post")),
            }
        })
        .await
}

/// The newest posts of `author`'s in any state but deleted (or in `status`), before the id `before`.
pub async fn list_own(
    app: &App,
    author: &Actor,
    status: Option<Status>,
    before: Option<Id<Post>>,
    limit: i64,
) -> Result<Vec<Tagged>> {
    let author = author.id;
    app.db
        .read(move |conn| store::list_own(conn, author, status, before, limit))
        .await
}

/// The job that looks for posts that resemble one.
fn likeness(app: &App, id: Id<Post>) -> NewJob {
    app.job(Job::RelatePost { post: id.raw() })
}

fn federate(event: Event) -> Job {
    Job::Federate { event }
}
