//! Where a post's page stands: its permalink by the site's pattern, and the ways that lead there from where it stood before.
//! When the pattern changes, addresses are made anew in batches; the old ones lead on for ever.

use super::filing::{Filing, Wanted};
use super::{Post, store};
use crate::app::App;
use crate::clock::IdGenerator;
use crate::db::Conn;
use crate::domain::actor::{self, Actor};
use crate::error::{Error, Result};
use crate::queue::Job;
use crate::text::permalink::{self, Parts, Pattern};
use crate::types::{ApUrl, Id};

/// What stands for the category of a post that has none, as WordPress has it.
const NO_CATEGORY: &str = "uncategorized";
/// Posts whose addresses are made anew at a time.
const BATCH: i64 = 200;
/// Longest address that is looked for, in bytes.
const LONGEST: usize = 1024;

/// Makes addresses.
#[derive(Clone)]
pub(super) struct Maker {
    pattern: Pattern,
    site: String,
    ids: IdGenerator,
}

impl Maker {
    pub(super) fn of(app: &App) -> Self {
        Self {
            pattern: app.config.site.permalinks.clone(),
            site: app.config.site.url.clone(),
            ids: app.ids.clone(),
        }
    }

    /// The address of a post. One that has not appeared is dated as if it had when it was begun.
    pub(super) fn address(&self, post: &Post, author: &str, category: Option<&str>) -> String {
        let parts = Parts {
            at: post.published_at.unwrap_or(post.created_at),
            id: post.id.raw(),
            name: &post.slug,
            category: category.unwrap_or(NO_CATEGORY),
            author,
        };
        format!("{}{}", self.site, self.pattern.path(&parts))
    }

    /// True when a post may have this slug: nothing else has or had it, and it gives no address of the program's.
    pub(super) fn is_slug_free(&self, conn: &mut Conn, post: &Post, slug: &str) -> Result<bool> {
        let named = Post {
            slug: slug.to_owned(),
            ..post.clone()
        };
        let address = self.address(&named, NO_CATEGORY, None);
        Ok(!self.is_reserved(&address)
            && store::is_free(conn, &self.site, &address, post.id)?
            && store::is_slug_free(conn, &self.site, slug, post.id)?)
    }

    /// Stores a post with all that belongs to it, at the address that the pattern gives it; `old` is what it was.
    pub(super) fn save(
        &self,
        conn: &mut Conn,
        author: &Actor,
        post: &mut Post,
        (tags, wanted): (&[String], &Wanted),
        old: Option<&Post>,
    ) -> Result<Filing> {
        let filed = store::find_places(conn, &self.ids, post.id, wanted)?;
        let address = self.address(post, &author.username, filed.first_slug());
        if self.is_reserved(&address) || !store::is_free(conn, &self.site, &address, post.id)? {
            let why = format!("the address {address} belongs to something else");
            return Err(Error::invalid_field("slug", why));
        }
        post.url = ApUrl::new(address);
        match old {
            None => store::insert(conn, post, tags)?,
            Some(old) => store::update(conn, post, tags, old.updated_at)?,
        }
        store::file(conn, post, &filed)?;
        self.keep_ways(conn, post, old.filter(|old| old.is_published()))?;
        Ok(filed.filing)
    }

    /// The address of a post that appears now; the one it has when that cannot be had.
    pub(super) fn address_now(&self, conn: &mut Conn, post: &Post) -> Result<ApUrl> {
        let author = actor::get(conn, post.actor_id)?;
        let categories = store::first_categories(conn, &[post.id])?;
        let category = categories.get(&post.id).map(String::as_str);
        let address = self.address(post, &author.username, category);
        let free =
            !self.is_reserved(&address) && store::is_free(conn, &self.site, &address, post.id)?;
        Ok(if free {
            ApUrl::new(address)
        } else {
            post.url.clone()
        })
    }

    /// Remembers the ways to a post that everybody sees: where it stood, and its place under /posts/.
    pub(super) fn keep_ways(&self, conn: &mut Conn, post: &Post, old: Option<&Post>) -> Result<()> {
        if !post.is_published() {
            return Ok(());
        }
        let mut ways = vec![self.below(&post.slug)];
        if let Some(old) = old {
            ways.extend([old.url.as_str().to_owned(), self.below(&old.slug)]);
        }
        store::keep(conn, post, &ways)
    }

    fn below(&self, slug: &str) -> String {
        format!("{}/posts/{slug}", self.site)
    }

    /// True for addresses that the program itself answers. Those of posts under /posts/ are theirs.
    fn is_reserved(&self, address: &str) -> bool {
        let path = address.strip_prefix(&self.site).unwrap_or_default();
        let first = path
            .trim_start_matches('/')
            .split('/')
            .next()
            .unwrap_or_default();
        first != "posts" && permalink::is_reserved(first)
    }
}

/// Makes the addresses agree with the configured pattern, by jobs, if it is another one than before. Call it at start.
pub async fn follow_pattern(app: &App) -> Result<()> {
    let pattern = app.config.site.permalinks.as_str().to_owned();
    let job = app.job(Job::RewriteAddresses { after: 0 });
    app.db
        .write(move |conn| {
            let before = store::load_pattern(conn)?;
            if before.as_deref().unwrap_or(permalink::DEFAULT) == pattern {
                return Ok(());
            }
            tracing::info!(%pattern, "posts get new addresses; the old ones lead there");
            store::set_pattern(conn, &pattern)?;
            job.enqueue(conn)
        })
        .await?;
    app.wake.jobs.notify_one();
    Ok(())
}

/// Gives a batch of posts behind one the addresses of the pattern, and goes on with the next batch.
pub async fn rewrite_addresses(app: &App, after: Id<Post>) -> Result<()> {
    let maker = Maker::of(app);
    let next = |after: Id<Post>| app.job(Job::RewriteAddresses { after: after.raw() });
    let batch = app
        .db
        .read(move |conn| store::list_behind(conn, after, BATCH))
        .await?;
    let Some(last) = batch.last() else {
        return Ok(());
    };
    let job = next(last.id);
    app.db
        .write(move |conn| {
            for post in batch {
                maker.rewrite(conn, post)?;
            }
            job.enqueue(conn)
        })
        .await?;
    app.wake.jobs.notify_one();
    Ok(())
}

impl Maker {
    fn rewrite(&self, conn: &mut Conn, old: Post) -> Result<()> {
        let url = self.address_now(conn, &old)?;
        if url == old.url {
            return Ok(());
        }
        store::set_url(conn, old.id, &url)?;
        let post = Post { url, ..old.clone() };
        self.keep_ways(conn, &post, Some(&old).filter(|old| old.is_published()))
    }
}

/// Where the post or page stands that is asked for by a former address or in another spelling, as a whole address; None when
/// there is none. What stands below a post (`/posts/SLUG/comments.atom`) is found below its present slug.
pub fn find_moved(conn: &mut Conn, site: &str, path: &str) -> Result<Option<String>> {
    if path.len() > LONGEST || path.contains(char::is_control) {
        return Ok(None);
    }
    let bare = path.trim_end_matches('/');
    let plain = bare.to_lowercase();
    if let Some(rest) = bare.strip_prefix("/posts/") {
        let (slug, below) = rest
            .split_once('/')
            .map_or((rest, None), |(slug, below)| (slug, Some(below)));
        let post = store::find_by_slug(conn, site, &slug.to_lowercase())?;
        return Ok(post.map(|(slug, url)| match below {
            Some(below) => format!("{site}/posts/{slug}/{below}"),
            None => url.into_string(),
        }));
    }
    let mut candidates: Vec<String> = Vec::new();
    for spelling in [path, bare, &plain, &format!("{plain}/")] {
        candidates.push(format!("{site}{spelling}"));
    }
    store::find_moved(conn, site, &candidates, plain.trim_start_matches('/'))
}
