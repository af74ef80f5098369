//! Which posts resemble a post: by the tags and categories they share, and by the words of their texts. Found by a job after
//! a post appears or changes, and kept; a page only reads it. No SQL here.

use std::collections::HashMap;

use super::store::{self, Likeness};
use super::{Post, get};
use crate::app::App;
use crate::db::Conn;
use crate::error::Result;
use crate::text::{excerpt, terms};
use crate::types::Id;

/// Posts named below a post, at most.
const SHOWN: usize = 4;
/// Words kept of a text.
const TERMS: usize = 32;
/// How much of a text is read, in characters as people count them.
const READ: usize = 20_000;
/// A word, tag or category that more posts have says little.
pub(super) const COMMON: usize = 200;
/// What a shared tag counts, and a shared category, beside a word.
const TAG: f64 = 3.0;
const CATEGORY: f64 = 1.0;
/// Shared words that make posts alike where they share no tag or category.
const WORDS: u32 = 2;

/// Finds what resembles a post, and looks again at what that is: an older post then knows of the newer one.
pub async fn relate(app: &App, id: Id<Post>) -> Result<()> {
    let close = relate_one(app, id).await?;
    for other in close {
        relate_one(app, other).await?;
    }
    Ok(())
}

/// Finds what resembles one post, and keeps it. Nothing for a post that nobody sees.
async fn relate_one(app: &App, id: Id<Post>) -> Result<Vec<Id<Post>>> {
    let found = app.db.read(move |conn| {
        let post = get(conn, id)?;
        if !post.is_published() {
            return Ok(None);
        }
        let text = excerpt::excerpt(post.html.as_str(), READ);
        let words = terms::of(&post.title, &text, TERMS);
        let close = closest(conn, &post, &words)?;
        Ok(Some((words, close)))
    });
    let Some((words, close)) = found.await? else {
        return Ok(Vec::new());
    };
    let kept = close.clone();
    app.db
        .write(move |conn| {
            if get(conn, id)?.is_published() {
                store::set_terms(conn, id, &words)?;
                store::set_related(conn, id, &kept)?;
            }
            Ok(())
        })
        .await?;
    Ok(close)
}

/// The posts that resemble this one most, the closest first.
fn closest(conn: &mut Conn, post: &Post, words: &[String]) -> Result<Vec<Id<Post>>> {
    let all = store::load_likeness(conn, post, words)?;
    let mut scores: HashMap<Id<Post>, (f64, u32)> = HashMap::new();
    for (likeness, posts) in all.shared {
        let rare = rarity(posts.len(), all.posts);
        let (weight, words) = match likeness {
            Likeness::Tag => (TAG * rare, WORDS),
            Likeness::Category => (CATEGORY * rare, WORDS),
            Likeness::Word => (rare, 1),
        };
        for other in posts {
            let score = scores.entry(other).or_insert((0.0, 0));
            score.0 += weight;
            score.1 += words;
        }
    }
    scores.remove(&post.id);
    let alike = scores.into_iter().filter(|(_, (_, words))| *words >= WORDS);
    let mut ranked: Vec<(Id<Post>, f64)> = alike.map(|(id, (score, _))| (id, score)).collect();
    ranked.sort_by(|(id, score), (other, theirs)| theirs.total_cmp(score).then(other.cmp(id)));
    let ids: Vec<Id<Post>> = ranked
        .into_iter()
        .take(SHOWN * 2)
        .map(|(id, _)| id)
        .collect();
    let mut seen = store::list_alike(conn, &ids)?;
    seen.truncate(SHOWN);
    Ok(seen)
}

/// How much it says that two posts share something that so many of all posts have.
fn rarity(having: usize, all: i64) -> f64 {
    let number = |count: i64| f64::from(i32::try_from(count).unwrap_or(i32::MAX));
    let having = number(i64::try_from(having).unwrap_or(i64::MAX)).max(1.0);
    (1.0 + number(all) / having).ln()
}
