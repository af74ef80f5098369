//! From what a writer hands in to the row that is stored: checks, slug, rendering. No SQL of its own.

use std::collections::BTreeMap;

use super::filing::{self, Wanted};
use super::permalink::Maker;
use super::{Comments, Filing, Image, Post, Status, Tagged};
use crate::app::App;
use crate::domain::actor::{self, Actor, Mention};
use crate::error::{Error, Result};
use crate::text::{self, markdown};
use crate::types::{Html, Json, Timestamp};

/// Longest title, in characters: what other servers keep of a name.
const TITLE_MAX: usize = 500;
/// Longest Markdown, in bytes: the rendered Article must stay below the 1 MB that other servers read.
const SOURCE_MAX: usize = 300_000;
const SUMMARY_MAX: usize = 2_000;
const TAGS_MAX: usize = 30;
/// Longest address of where a post first appeared, in bytes.
const CANONICAL_MAX: usize = 2_000;
/// How many numbers are tried behind a slug that is taken, before the post's own.
const NUMBERS: u32 = 20;
/// Length of the excerpt, in graphemes: what a timeline shows.
const EXCERPT_LENGTH: usize = 400;

/// What a writer hands in for a new post.
#[derive(Clone, Debug, Default)]
pub struct NewPost {
    /// Plain text.
    pub title: String,
    /// Markdown.
    pub content: String,
    /// Plain text; what timelines show. None: an excerpt is made.
    pub summary: Option<String>,
    /// With or without `#`.
    pub tags: Vec<String>,
    /// Each may name those above it: `Music/Choir`.
    pub categories: Vec<String>,
    /// The series it belongs to.
    pub series: Option<String>,
    /// Which part of the series it is; the next one when None.
    pub series_part: Option<i32>,
    /// The last part of the address; made from the title when None.
    pub slug: Option<String>,
    /// BCP 47; the site's when None.
    pub language: Option<String>,
    /// Published when None.
    pub status: Option<Status>,
    /// For scheduled posts.
    pub publish_at: Option<Timestamp>,
    /// Open when None.
    pub comments: Option<Comments>,
    /// Where it first appeared, when that is elsewhere.
    pub canonical: Option<String>,
}

/// A change to a post; None leaves a field as it is.
#[derive(Clone, Debug, Default)]
pub struct Edit {
    /// Plain text.
    pub title: Option<String>,
    /// Markdown.
    pub content: Option<String>,
    /// Plain text; an empty one brings the excerpt back.
    pub summary: Option<String>,
    /// All tags anew.
    pub tags: Option<Vec<String>>,
    /// All categories anew.
    pub categories: Option<Vec<String>>,
    /// The series it belongs to from now on; an empty name takes it out.
    pub series: Option<String>,
    /// Which part of its series it is.
    pub series_part: Option<i32>,
    /// Another last part of the address; the old address leads to the new one for ever.
    pub slug: Option<String>,
    /// BCP 47.
    pub language: Option<String>,
    /// Draft → scheduled → published; never back.
    pub status: Option<Status>,
    /// For scheduled posts.
    pub publish_at: Option<Timestamp>,
    /// Whether it takes comments from now on.
    pub comments: Option<Comments>,
    /// Where it first appeared; an empty one: here.
    pub canonical: Option<String>,
}

/// A post as it is to be stored; its address is made when it is.
pub(super) struct Draft {
    pub(super) post: Post,
    pub(super) tags: Vec<String>,
    pub(super) wanted: Wanted,
}

/// Checks and renders a new post.
pub(super) async fn new_post(app: &App, author: &Actor, new: NewPost) -> Result<Draft> {
    let (id, now) = (app.ids.next(), app.now());
    let status = new.status.unwrap_or(Status::Published);
    let wanted = new.slug.clone();
    let empty = Post {
        id,
        ap_id: app.url(&format!("/ap/posts/{id}")),
        actor_id: author.id,
        status: Status::Draft,
        slug: String::new(),
        url: app.url(""),
        title: String::new(),
        summary: None,
        excerpt: String::new(),
        source: String::new(),
        html: Html::default(),
        language: app.config.site.language.clone(),
        images: Json::default(),
        mentions: Json::default(),
        created_at: now,
        published_at: None,
        publish_at: None,
        edited_at: None,
        updated_at: now,
        deleted_at: None,
        comments: Comments::Open,
        canonical: None,
    };
    let edit = Edit {
        slug: Some(wanted.unwrap_or_default()),
        title: Some(new.title),
        content: Some(new.content),
        summary: new.summary,
        tags: Some(new.tags),
        categories: Some(new.categories),
        series: new.series,
        series_part: new.series_part,
        language: new.language,
        status: Some(status),
        publish_at: new.publish_at,
        comments: new.comments,
        canonical: new.canonical,
    };
    let old = Tagged {
        post: empty,
        tags: Vec::new(),
        filing: Filing::default(),
    };
    edited(app, old, edit).await
}

/// Field → what is wrong with it.
type Wrong = BTreeMap<String, String>;

/// Checks an edit and lays it over the post; renders what changed.
pub(super) async fn edited(app: &App, old: Tagged, edit: Edit) -> Result<Draft> {
    let Tagged {
        mut post,
        tags,
        filing,
    } = old;
    let was = post.status;
    let mut wrong = Wrong::new();
    lay_over(&mut post, &edit, &mut wrong);
    let tags = match edit.tags.as_deref().map(check_tags) {
        None => tags,
        Some(Ok(tags)) => tags,
        Some(Err(why)) => {
            wrong.insert("tags".into(), why);
            Vec::new()
        }
    };
    let wanted = file(filing, &edit, &mut wrong);
    if let Err((field, why)) = change_status(&mut post, edit.status, edit.publish_at, app.now()) {
        wrong.insert(field.into(), why);
    }
    if !wrong.is_empty() {
        let fields: Vec<&str> = wrong.keys().map(String::as_str).collect();
        let message = format!("the post was not accepted: look at {}", fields.join(", "));
        return Err(Error::Invalid {
            message,
            fields: wrong,
        });
    }
    if let Some(source) = edit.content {
        render(app, &mut post, source).await?;
    }
    if let Some(slug) = edit.slug
        && (post.slug.is_empty() || slug != post.slug)
    {
        post.slug = choose_slug(app, &post, &slug).await?;
    }
    post.updated_at = Timestamp(app.now().0.max(post.updated_at.0 + 1));
    if was == Status::Published {
        post.edited_at = Some(post.updated_at);
    }
    Ok(Draft { post, tags, wanted })
}

/// Checks the plain fields, and lays those over the post that need no more than that.
fn lay_over(post: &mut Post, edit: &Edit, wrong: &mut Wrong) {
    let mut fail = |field: &str, why: String| {
        wrong.insert(field.to_owned(), why);
    };
    if let Some(title) = &edit.title {
        post.title = text::sanitize::line(title, TITLE_MAX);
        if post.title.is_empty() {
            fail("title", "a post needs a title".into());
        }
    }
    if let Some(summary) = &edit.summary {
        let summary = summary.trim();
        if summary.len() > SUMMARY_MAX {
            fail("summary", format!("at most {SUMMARY_MAX} bytes"));
        }
        post.summary = (!summary.is_empty()).then(|| summary.to_owned());
    }
    if let Some(language) = &edit.language {
        match text::language::normalise(language) {
            Some(language) => post.language = language,
            None => fail(
                "language",
                format!("\"{language}\" is no language tag; write for example \"en\""),
            ),
        }
    }
    match &edit.content {
        Some(source) if source.trim().is_empty() => fail("content", "a post needs a text".into()),
        Some(source) if source.len() > SOURCE_MAX => {
            fail("content", format!("at most {SOURCE_MAX} bytes"));
        }
        _ => {}
    }
    let slug = edit.slug.as_deref().filter(|slug| !slug.is_empty());
    if slug.is_some_and(|slug| !text::slug::is_valid(slug)) {
        fail(
            "slug",
            "only a-z, 0-9 and single hyphens between them, at most 80 characters".into(),
        );
    }
    post.comments = edit.comments.unwrap_or(post.comments);
    match edit.canonical.as_deref().map(check_canonical) {
        None => {}
        Some(Ok(canonical)) => post.canonical = canonical,
        Some(Err(why)) => fail("canonical", why),
    }
}

/// Checks where the post is to be filed; what is not said stays.
fn file(old: Filing, edit: &Edit, wrong: &mut Wrong) -> Wanted {
    let mut wanted = Wanted::default();
    match filing::check_categories(edit.categories.as_ref().unwrap_or(&old.categories)) {
        Ok(categories) => wanted.categories = categories,
        Err(why) => {
            wrong.insert("categories".into(), why);
        }
    }
    match filing::check_series(old.series, edit.series.clone(), edit.series_part) {
        Ok(series) => wanted.series = series,
        Err((field, why)) => {
            wrong.insert(field.into(), why);
        }
    }
    wanted
}

/// Moves the post to the wanted state, or says which field is wrong and why.
fn change_status(
    post: &mut Post,
    status: Option<Status>,
    publish_at: Option<Timestamp>,
    now: Timestamp,
) -> Result<(), (&'static str, String)> {
    let status = status.unwrap_or(post.status);
    let publish_at = publish_at.or(post.publish_at);
    match (post.status, status) {
        (_, Status::Deleted) => Err(("status", "delete a post with DELETE".into())),
        (Status::Published, Status::Published) => Ok(()),
        (Status::Published, _) => Err((
            "status",
            "a published post stays published; delete it instead".into(),
        )),
        (_, Status::Scheduled) => match publish_at {
            Some(at) if at > now => {
                (post.status, post.publish_at) = (status, Some(at));
                Ok(())
            }
            _ => Err((
                "publish_at",
                "a scheduled post needs a moment in the future, as in 2030-01-31T09:00:00Z".into(),
            )),
        },
        (_, Status::Published) => {
            (post.status, post.published_at, post.publish_at) = (status, Some(now), None);
            Ok(())
        }
        (_, Status::Draft) => {
            (post.status, post.publish_at) = (status, None);
            Ok(())
        }
    }
}

/// The address of the same text elsewhere in its one spelling, None for an empty one. It stands in a link of the page: https
/// alone, without a user.
fn check_canonical(address: &str) -> Result<Option<String>, String> {
    let address = address.trim();
    if address.is_empty() {
        return Ok(None);
    }
    let url = url::Url::parse(address).ok().filter(|url| {
        let is_plain = url.username().is_empty() && url.password().is_none();
        url.scheme() == "https" && url.has_host() && is_plain && address.len() <= CANONICAL_MAX
    });
    match url {
        Some(url) => Ok(Some(url.into())),
        None => Err(format!(
            "\"{address}\" is no address that begins with https://, of at most {CANONICAL_MAX} bytes"
        )),
    }
}

fn check_tags(tags: &[String]) -> Result<Vec<String>, String> {
    let mut seen = std::collections::BTreeSet::new();
    let mut kept = Vec::new();
    for tag in tags {
        let name = text::hashtag::normalise(tag).ok_or_else(|| {
            format!("\"{tag}\": a tag has letters, digits and _ only, as hashtags do")
        })?;
        if seen.insert(text::hashtag::key(&name)) {
            kept.push(name);
        }
    }
    if kept.len() > TAGS_MAX {
        Err(format!("at most {TAGS_MAX} tags"))
    } else {
        Ok(kept)
    }
}

/// Renders the Markdown with the people we know linked; the rest are looked up when the post is federated.
async fn render(app: &App, post: &mut Post, source: String) -> Result<()> {
    let mentions = resolve_known(app, &source).await?;
    let links = link_map(&mentions);
    let (source, rendered) = tokio::task::spawn_blocking(move || {
        let rendered = markdown::render_post(&source, &links);
        (source, rendered)
    })
    .await
    .map_err(Error::internal)?;
    if let Some(image) = rendered.images.iter().find(|image| is_nowhere(&image.url)) {
        let why = format!(
            "the picture \"{}\" has no whole address: put it where the web can reach it, and write https://…",
            image.url
        );
        return Err(Error::invalid_field("content", why));
    }
    post.excerpt = text::excerpt::excerpt(rendered.html.as_str(), EXCERPT_LENGTH);
    post.images = Json::new(
        &rendered
            .images
            .into_iter()
            .map(|i| Image {
                url: i.url,
                alt: i.alt,
            })
            .collect(),
    );
    post.mentions = Json::new(&mentions);
    post.html = rendered.html;
    post.source = source;
    Ok(())
}

/// True for an address that leads from the page of the post, which has no files beside it.
fn is_nowhere(address: &str) -> bool {
    !address.starts_with('/') && url::Url::parse(address).is_err()
}

/// The people named in a text, with the actors we know already.
pub async fn resolve_known(app: &App, source: &str) -> Result<Vec<Mention>> {
    let handles = text::mention::find(source);
    if handles.is_empty() {
        return Ok(Vec::new());
    }
    app.db
        .read(move |conn| {
            let resolve = |handle: &text::mention::Handle| {
                let known = actor::find_by_handle(conn, &handle.user, &handle.host)?;
                Ok(Mention {
                    handle: handle.to_string(),
                    ap_id: known.as_ref().map(|actor| actor.ap_id.clone()),
                    url: known.map(|actor| actor.url),
                })
            };
            handles.iter().map(resolve).collect()
        })
        .await
}

/// The links that the renderer puts on the people it finds.
pub fn link_map(mentions: &[Mention]) -> markdown::Mentions {
    let link = |mention: &Mention| {
        let handle = text::mention::Handle::parse(&mention.handle)?;
        Some((handle.key(), mention.url.as_ref()?.as_str().to_owned()))
    };
    mentions.iter().filter_map(link).collect()
}

/// The wanted slug when it is free, or one made from the title with a number behind it when that is taken.
async fn choose_slug(app: &App, post: &Post, wanted: &str) -> Result<String> {
    let (maker, post, wanted) = (Maker::of(app), post.clone(), wanted.to_owned());
    app.db
        .read(move |conn| {
            if !wanted.is_empty() {
                return if maker.is_slug_free(conn, &post, &wanted)? {
                    Ok(wanted)
                } else {
                    Err(Error::invalid_field(
                        "slug",
                        format!("\"{wanted}\" is or was the address of something else"),
                    ))
                };
            }
            let base = text::slug::slug(&post.title);
            let numbered = (2..=NUMBERS).map(|number| format!("{base}-{number}"));
            let last = format!("{base}-{}", post.id);
            for slug in [base.clone()].into_iter().chain(numbered).chain([last]) {
                if maker.is_slug_free(conn, &post, &slug)? {
                    return Ok(slug);
                }
            }
            Err(Error::internal("no free slug"))
        })
        .await
}
