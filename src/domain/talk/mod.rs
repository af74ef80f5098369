//! What is said of our posts elsewhere and is no comment: quotes, asked for or not, and public posts that link to ours. One
//! row a post of ours and post elsewhere, by whatever way it came. A quote that asked has a stamp, which can be revoked.

mod quote;
mod store;

use diesel::prelude::*;

use crate::app::App;
use crate::config::{Moderation, Quotes};
use crate::db::Conn;
use crate::db::schema::talk;
use crate::domain::actor::Actor;
use crate::domain::comment::{self, Comment};
use crate::domain::notification::{self, Notification};
use crate::domain::post::{self, Post, Status};
use crate::domain::screening;
use crate::error::{Error, Result};
use crate::types::{ApUrl, Host, Id, Timestamp, word_enum};

pub use quote::{Asked, answer, approve, revoke};
pub use store::{
    Listed, find_target, get, get_listed, is_known, list_of, load_stamped, remove_all_of,
};

/// Rows kept of one kind under one post; what comes later is left out.
pub const KEPT: i64 = 500;
/// The same by the people of one server.
pub const KEPT_PER_HOST: i64 = 50;

word_enum! {
    /// How something speaks of a post.
    Kind {
        /// It quotes it.
        Quote = "quote",
        /// It links to it.
        Link = "link",
    }
}

word_enum! {
    /// Whether it is listed.
    Standing {
        /// Everybody sees it.
        Shown = "shown",
        /// Waits for a decision.
        Held = "held",
        /// Taken off the page for good; its stamp, if it had one, is gone.
        Revoked = "revoked",
    }
}

/// A post elsewhere that speaks of one of ours, as it stands in the database.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = talk)]
pub struct Talk {
    /// The row.
    pub id: Id<Talk>,
    /// Its id, exactly as it was sent.
    pub ap_id: ApUrl,
    /// The post it speaks of.
    pub post_id: Id<Post>,
    /// The comment of ours that it quotes, unless it is the post itself.
    pub comment_id: Option<Id<Comment>>,
    /// How.
    pub kind: Kind,
    /// Who wrote it.
    pub actor_id: Id<Actor>,
    /// Whether it is listed.
    pub standing: Standing,
    /// The id of what it speaks of.
    pub target_ap_id: ApUrl,
    /// Its page.
    pub url: ApUrl,
    /// Its title or beginning, as plain text.
    pub excerpt: String,
    /// The request that was accepted, exactly as it was sent; None: it never asked.
    pub request: Option<ApUrl>,
    /// When it was written, by its author's word, never in the future.
    pub published_at: Timestamp,
    /// When it came.
    pub received_at: Timestamp,
    /// When the row last changed.
    pub updated_at: Timestamp,
}

/// Something of ours that is spoken of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Target {
    /// The post.
    pub post_id: Id<Post>,
    /// The comment, unless it is the post itself.
    pub comment_id: Option<Id<Comment>>,
    /// Who wrote it.
    pub author: Id<Actor>,
    /// Its id.
    pub ap_id: ApUrl,
}

/// A public post from elsewhere, proven or fetched, checked and cleaned.
#[derive(Clone, Debug)]
pub struct Said {
    /// Its id.
    pub ap_id: ApUrl,
    /// Its author.
    pub actor: Id<Actor>,
    /// The author's server.
    pub host: Host,
    /// Its page.
    pub url: ApUrl,
    /// Its title or beginning, as plain text.
    pub excerpt: String,
    /// When it was written.
    pub published_at: Timestamp,
}

/// What a post from elsewhere names.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Names {
    /// What it quotes.
    pub quoted: Vec<ApUrl>,
    /// What it links to.
    pub linked: Vec<ApUrl>,
    /// The people it mentions.
    pub people: Vec<ApUrl>,
}

/// What became of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It is kept, or what was kept of it changed.
    Taken,
    /// It was here before, and reads as before.
    Duplicate,
    /// It was deleted before it came.
    Tombstone,
    /// It speaks of nothing of ours, or of what is full.
    Nothing,
}

/// True when a post names something of ours, or something is kept of it: then it is worth a write.
pub async fn concerns_us(app: &App, ap_id: &ApUrl, names: &Names) -> Result<bool> {
    let (ap_id, names) = (ap_id.clone(), names.clone());
    app.db
        .look_up(move |conn| {
            if is_known(conn, &ap_id)? || notification::is_told(conn, &ap_id)? {
                return Ok(true);
            }
            if !notification::find_accounts(conn, &names.people)?.is_empty() {
                return Ok(true);
            }
            for address in names.quoted.iter().chain(&names.linked) {
                if find_target(conn, address)?.is_some() {
                    return Ok(true);
                }
            }
            Ok(false)
        })
        .await
}

/// Takes a public post from elsewhere that is no comment, as it reads now, in one write: it is listed under each post it
/// quotes or links to, off those it does not any more; else whom it mentions is told.
pub async fn receive(
    app: &App,
    said: Said,
    names: Names,
    activity: Option<ApUrl>,
) -> Result<Outcome> {
    let receiving = Receiving::new(app);
    app.db
        .write(move |conn| {
            if let Some(activity) = &activity
                && !comment::note_received(conn, activity, receiving.now)?
            {
                return Ok(Outcome::Duplicate);
            }
            if comment::is_buried(conn, &said.ap_id, said.actor)? {
                return Ok(Outcome::Tombstone);
            }
            receiving.take(conn, &said, &names)
        })
        .await
}

/// What a write needs beside the post itself.
struct Receiving {
    now: Timestamp,
    ids: crate::clock::IdGenerator,
    quotes: Quotes,
    moderation: Moderation,
}

impl Receiving {
    fn new(app: &App) -> Self {
        Self {
            now: app.now(),
            ids: app.ids.clone(),
            quotes: app.config.discussion.quotes,
            moderation: app.config.discussion.moderation,
        }
    }

    fn take(&self, conn: &mut Conn, said: &Said, names: &Names) -> Result<Outcome> {
        // What answers us is a comment and nothing else.
        if comment::load_by_ap_id(conn, &said.ap_id)?.is_some() {
            return Ok(Outcome::Nothing);
        }
        let found = self.targets(conn, names)?;
        let posts: Vec<Id<Post>> = found.iter().map(|(_, target)| target.post_id).collect();
        let mut changed = store::remove_others(conn, &said.ap_id, said.actor, &posts)? > 0;
        for (kind, target) in &found {
            let kept = self.keep(conn, said, *kind, target, None)?;
            changed |= kept.is_some();
        }
        if found.is_empty() {
            changed |= self.tell_mentioned(conn, said, &names.people)?;
        }
        Ok(if changed {
            Outcome::Taken
        } else {
            Outcome::Nothing
        })
    }

    /// What a post speaks of, one entry a post of ours: quoted rather than linked to.
    fn targets(&self, conn: &mut Conn, names: &Names) -> Result<Vec<(Kind, Target)>> {
        let mut found: Vec<(Kind, Target)> = Vec::new();
        let mut closed = Vec::new();
        let quoted = names.quoted.iter().map(|address| (Kind::Quote, address));
        let linked = names.linked.iter().map(|address| (Kind::Link, address));
        for (kind, address) in quoted.chain(linked) {
            let Some(target) = find_target(conn, address)? else {
                continue;
            };
            let known = found.iter().any(|(_, one)| one.post_id == target.post_id);
            if known || closed.contains(&target.post_id) {
                continue;
            }
            if kind == Kind::Quote && self.quotes == Quotes::Closed {
                closed.push(target.post_id);
            } else {
                found.push((kind, target));
            }
        }
        Ok(found)
    }

    /// Keeps a row, or what changed of it. None when it is revoked, or there are too many.
    fn keep(
        &self,
        conn: &mut Conn,
        said: &Said,
        kind: Kind,
        target: &Target,
        request: Option<&ApUrl>,
    ) -> Result<Option<Talk>> {
        if let Some(mut row) = store::load(conn, target.post_id, &said.ap_id)? {
            if row.standing == Standing::Revoked || row.actor_id != said.actor {
                return Ok(None);
            }
            let is_news = row.kind == Kind::Link && kind == Kind::Quote;
            // What asked stays what it is: a request outlives an edit.
            if row.request.is_none() {
                row.kind = kind;
                row.comment_id = target.comment_id;
                row.target_ap_id = target.ap_id.clone();
            }
            row.url = said.url.clone();
            row.excerpt.clone_from(&said.excerpt);
            row.request = request.cloned().or(row.request);
            row.updated_at = self.now;
            store::update(conn, &row)?;
            if is_news {
                self.tell_quoted(conn, said, target)?;
            }
            return Ok(Some(row));
        }
        if store::is_full(conn, target.post_id, kind, &said.host)? {
            return Ok(None);
        }
        let row = Talk {
            id: self.ids.next(),
            ap_id: said.ap_id.clone(),
            post_id: target.post_id,
            comment_id: target.comment_id,
            kind,
            actor_id: said.actor,
            standing: self.standing(conn, said.actor)?,
            target_ap_id: target.ap_id.clone(),
            url: said.url.clone(),
            excerpt: said.excerpt.clone(),
            request: request.cloned(),
            published_at: said.published_at.min(self.now),
            received_at: self.now,
            updated_at: self.now,
        };
        if !store::insert(conn, &row)? {
            return Ok(None);
        }
        if kind == Kind::Quote {
            self.tell_quoted(conn, said, target)?;
        }
        Ok(Some(row))
    }

    /// The rules for comments hold here too: somebody whose comment or quote was let through is known.
    fn standing(&self, conn: &mut Conn, author: Id<Actor>) -> Result<Standing> {
        let rule = screening::review(conn, self.moderation, author)?;
        let known = match rule {
            None => true,
            Some(screening::Rule::First) => store::has_shown(conn, author)?,
            Some(_) => false,
        };
        Ok(if known {
            Standing::Shown
        } else {
            Standing::Held
        })
    }

    fn tell_quoted(&self, conn: &mut Conn, said: &Said, target: &Target) -> Result<bool> {
        self.tell(conn, said, notification::Kind::Quote, target.author)
    }

    fn tell_mentioned(&self, conn: &mut Conn, said: &Said, people: &[ApUrl]) -> Result<bool> {
        let mut told = false;
        if said.excerpt.is_empty() {
            return Ok(told);
        }
        for account in notification::find_accounts(conn, people)? {
            told |= self.tell(conn, said, notification::Kind::Mention, account)?;
        }
        Ok(told)
    }

    fn tell(
        &self,
        conn: &mut Conn,
        said: &Said,
        kind: notification::Kind,
        whom: Id<Actor>,
    ) -> Result<bool> {
        let new = Notification {
            id: self.ids.next(),
            actor_id: whom,
            kind,
            from_id: said.actor,
            object: said.ap_id.clone(),
            url: said.url.clone(),
            excerpt: said.excerpt.clone(),
            created_at: self.now,
            read_at: None,
        };
        notification::add(conn, &new, &said.host)
    }
}

/// Takes away what is kept of a post that its author deleted, or that is not for everybody any more. What is revoked is
/// remembered, so that it stays off. False when there was nothing.
pub async fn forget(app: &App, ap_id: ApUrl, author: Id<Actor>) -> Result<bool> {
    let known = {
        let ap_id = ap_id.clone();
        app.db.look_up(move |conn| {
            Ok(is_known(conn, &ap_id)? || notification::is_told(conn, &ap_id)?)
        })
    };
    if !known.await? {
        return Ok(false);
    }
    app.db
        .write(move |conn| {
            let rows = store::remove(conn, &ap_id, author)?;
            let told = notification::remove_object(conn, &ap_id, author)?;
            Ok(rows + told > 0)
        })
        .await
}

/// Takes away what is kept of a post whose origin says that it is gone, whoever wrote it.
pub async fn forget_gone(app: &App, ap_id: ApUrl) -> Result<()> {
    let wanted = ap_id.clone();
    let authors = app
        .db
        .read(move |conn| store::list_authors(conn, &wanted))
        .await?;
    for author in authors {
        forget(app, ap_id.clone(), author).await?;
    }
    Ok(())
}

/// Quotes of and links to a post, newest first, of all standings. `NotFound` for another writer's unpublished post, `Gone`
/// for a deleted one.
pub async fn list_under(app: &App, reader: &Actor, id: Id<Post>) -> Result<Vec<Listed>> {
    let reader = reader.id;
    app.db
        .read(move |conn| {
            let post = post::get(conn, id)?;
            match post.status {
                Status::Deleted => Err(Error::Gone("the post")),
                Status::Published => list_of(conn, Some(id), 2 * KEPT),
                _ if post.actor_id == reader => Ok(Vec::new()),
                _ => Err(Error::NotFound("the post")),
            }
        })
        .await
}
