//! Free pages: an imprint, a page about something. They are written like posts, stand at `/SLUG`, belong to no list and are told
//! to no other server.

mod store;

use std::collections::BTreeMap;

use diesel::prelude::*;

use crate::app::App;
use crate::db::schema::pages;
use crate::domain::media::{self, Copies, Owner};
use crate::error::{Error, Result};
use crate::queue::Job;
use crate::text::{self, markdown, permalink};
use crate::types::{Html, Id, Timestamp};

pub use store::load_by_slug;

/// Longest title, in characters, and longest Markdown, in bytes.
const TITLE_MAX: usize = 500;
const SOURCE_MAX: usize = 300_000;
/// How many numbers are tried behind a slug that is taken.
const NUMBERS: u32 = 50;

/// A page as it stands in the database.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = pages, treat_none_as_null = true)]
pub struct Page {
    /// The row.
    pub id: Id<Page>,
    /// Its address, behind the slash.
    pub slug: String,
    /// Plain text.
    pub title: String,
    /// The Markdown.
    pub source: String,
    /// The rendered text.
    pub html: Html,
    /// BCP 47.
    pub language: String,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
    /// When it was deleted.
    pub deleted_at: Option<Timestamp>,
}

/// What is said of a new page, or of a change; None leaves a field as it is.
#[derive(Clone, Debug, Default)]
pub struct Edit {
    /// Plain text.
    pub title: Option<String>,
    /// Markdown.
    pub content: Option<String>,
    /// Its address; made from the title when a new page names none. The address before leads to the new one for ever.
    pub slug: Option<String>,
    /// BCP 47; the site's when a new page names none.
    pub language: Option<String>,
}

/// Makes a page. A title and a text are needed.
pub async fn create(app: &App, new: Edit) -> Result<Page> {
    let now = app.now();
    let empty = Page {
        id: app.ids.next(),
        slug: String::new(),
        title: String::new(),
        source: String::new(),
        html: Html::default(),
        language: app.config.site.language.clone(),
        created_at: now,
        updated_at: now,
        deleted_at: None,
    };
    let whole = Edit {
        title: Some(new.title.unwrap_or_default()),
        content: Some(new.content.unwrap_or_default()),
        ..new
    };
    let (page, slug) = edited(empty, whole).await?;
    save(app, page, slug, None).await
}

/// Changes a page.
pub async fn edit(app: &App, id: Id<Page>, edit: Edit) -> Result<Page> {
    let old = get(app, id).await?;
    let (mut page, slug) = edited(old.clone(), edit).await?;
    page.updated_at = Timestamp(app.now().0.max(old.updated_at.0.saturating_add(1)));
    save(app, page, slug, Some(old)).await
}

/// Takes a page away. Its address says that it is gone, and belongs to no other.
pub async fn delete(app: &App, id: Id<Page>) -> Result<()> {
    let now = app.now();
    let sweep = app.job(Job::SweepMedia);
    app.db
        .write(move |conn| {
            let old = store::get(conn, id)?;
            if media::detach(conn, Owner::Page(id.raw()))? {
                sweep.enqueue(conn)?;
            }
            let gone = Page {
                title: String::new(),
                source: String::new(),
                html: Html::default(),
                updated_at: now,
                deleted_at: Some(now),
                ..old.clone()
            };
            store::update(conn, &gone, old.updated_at)
        })
        .await?;
    app.wake.jobs.notify_one();
    Ok(())
}

/// The page with this id, or `NotFound`; `Gone` when it was deleted.
pub async fn get(app: &App, id: Id<Page>) -> Result<Page> {
    app.db.read(move |conn| store::get(conn, id)).await
}

/// Pages, newest first, before an id.
pub async fn list(app: &App, before: Option<Id<Page>>, limit: i64) -> Result<Vec<Page>> {
    app.db
        .read(move |conn| store::list(conn, before, limit))
        .await
}

/// Checks a change, lays it over the page and renders it. Gives the wanted slug beside it.
async fn edited(mut page: Page, edit: Edit) -> Result<(Page, Option<String>)> {
    let mut wrong = BTreeMap::new();
    let mut fail = |field: &str, why: &str| {
        wrong.insert(field.to_owned(), why.to_owned());
    };
    if let Some(title) = edit.title {
        page.title = text::sanitize::line(&title, TITLE_MAX);
        if page.title.is_empty() {
            fail("title", "a page needs a title");
        }
    }
    if let Some(language) = edit.language {
        match text::language::normalise(&language) {
            Some(language) => page.language = language,
            None => fail(
                "language",
                "that is no language tag; write for example \"en\"",
            ),
        }
    }
    match &edit.content {
        Some(source) if source.trim().is_empty() => fail("content", "a page needs a text"),
        Some(source) if source.len() > SOURCE_MAX => fail("content", "at most 300000 bytes"),
        _ => {}
    }
    let slug = edit.slug.filter(|slug| !slug.is_empty());
    match &slug {
        Some(slug) if !text::slug::is_valid(slug) => {
            fail(
                "slug",
                "only a-z, 0-9 and single hyphens between them, at most 80 characters",
            );
        }
        Some(slug) if permalink::is_reserved(slug) => {
            fail("slug", "this address belongs to the program itself");
        }
        _ => {}
    }
    if !wrong.is_empty() {
        let fields: Vec<&str> = wrong.keys().map(String::as_str).collect();
        let message = format!("the page was not accepted: look at {}", fields.join(", "));
        return Err(Error::Invalid {
            message,
            fields: wrong,
        });
    }
    if let Some(source) = edit.content {
        let render = move || {
            (
                markdown::render_post(&source, &markdown::Mentions::default()).html,
                source,
            )
        };
        (page.html, page.source) = tokio::task::spawn_blocking(render)
            .await
            .map_err(Error::internal)?;
    }
    Ok((page, slug))
}

/// Stores a page under the wanted slug, or one made from its title.
async fn save(
    app: &App,
    mut page: Page,
    wanted: Option<String>,
    old: Option<Page>,
) -> Result<Page> {
    let site = app.config.site.url.clone();
    let images = text::sanitize::images(&page.html);
    let copies = Copies::of(app, Owner::Page(page.id.raw()), images, true);
    let saved = app
        .db
        .write(move |conn| {
            let address = |slug: &str| format!("{site}/{slug}");
            let mut is_free = |slug: &str| {
                Ok::<_, Error>(
                    !permalink::is_reserved(slug)
                        && store::is_free(conn, &address(slug), slug, page.id)?,
                )
            };
            if let Some(wanted) = wanted {
                if !is_free(&wanted)? {
                    let why = format!("\"{wanted}\" is or was the address of something else");
                    return Err(Error::invalid_field("slug", why));
                }
                page.slug = wanted;
            } else if page.slug.is_empty() {
                let base = text::slug::slug(&page.title);
                let numbered = (2..=NUMBERS).map(|number| format!("{base}-{number}"));
                let last = format!("{base}-{}", page.id);
                for slug in [base.clone()].into_iter().chain(numbered).chain([last]) {
                    if is_free(&slug)? {
                        page.slug = slug;
                        break;
                    }
                }
            }
            match old {
                None => store::insert(conn, &page)?,
                Some(old) => {
                    store::update(conn, &page, old.updated_at)?;
                    if old.slug != page.slug {
                        store::keep(conn, page.id, &address(&old.slug))?;
                    }
                }
            }
            copies.note(conn)?;
            Ok(page)
        })
        .await?;
    app.wake.jobs.notify_one();
    Ok(saved)
}
