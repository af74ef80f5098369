//! From what happened here to what is sent: one read, a pure builder, one write of the activity and a delivery for each
//! distinct inbox. A job that runs twice sends once, for the activity's id is the same.

mod mentions;

use std::collections::BTreeSet;

use serde_json::Value;

use super::builders::PUBLIC;
use super::builders::activity::{self, Built};
use super::builders::article::{self, Counts};
use super::builders::note::{self, Parts};
use super::builders::policy::{self, Terms};
use super::fetch::Fetcher;
use super::keys;
use crate::app::App;
use crate::db::Conn;
use crate::domain::actor::{self, Actor, Mention};
use crate::domain::comment::{self, Comment};
use crate::domain::delivery::{self, Activity};
use crate::domain::follower;
use crate::domain::note as notes;
use crate::domain::post::{self, Post};
use crate::domain::reaction::{self, Kind};
use crate::domain::visibility::Visibility;
use crate::error::{Error, Result};
use crate::queue::Event;
use crate::types::{ApUrl, Host, Id, Timestamp};

/// An activity and whom it goes to.
pub(super) struct Outgoing {
    pub(super) actor: Id<Actor>,
    pub(super) post: Option<Id<Post>>,
    pub(super) built: Built,
    pub(super) inboxes: BTreeSet<ApUrl>,
}

/// Tells others what happened. Does nothing when what happened is undone meanwhile.
pub async fn fan_out(app: &App, fetcher: &Fetcher, event: Event) -> Result<()> {
    mentions::resolve(app, fetcher, &event).await?;
    let (site, terms) = (app.config.site.url.clone(), Terms::of(app));
    let again = matches!(&event, Event::ReplyAnswered { again: true, .. });
    let building = move |conn: &mut Conn| build(conn, &event, (&site, &terms));
    let Some(outgoing) = app.db.read(building).await? else {
        return Ok(());
    };
    let id = outgoing.built.id.clone();
    store(app, outgoing).await?;
    if again {
        let now = app.now();
        app.db
            .write(move |conn| delivery::send_again(conn, &id, now))
            .await?;
        app.wake.deliveries.notify_one();
    }
    Ok(())
}

/// Writes the activity and its deliveries; blocked servers and ourselves get none.
async fn store(app: &App, outgoing: Outgoing) -> Result<()> {
    let ours = app.config.host();
    let deliverable = |inbox: ApUrl| {
        let host: Host = inbox.host()?;
        (host != ours && !app.hosts.is_blocked(&host)).then(|| (app.ids.next(), inbox, host))
    };
    let inboxes: Vec<_> = outgoing
        .inboxes
        .into_iter()
        .filter_map(deliverable)
        .collect();
    let document = proven(app, outgoing.actor, outgoing.built.document).await?;
    let row = Activity {
        id: app.ids.next(),
        ap_id: outgoing.built.id,
        actor_id: outgoing.actor,
        post_id: outgoing.post,
        document: serde_json::to_string(&document).map_err(Error::internal)?,
        created_at: app.now(),
    };
    app.db
        .write(move |conn| delivery::insert_activity(conn, &row, inboxes))
        .await?;
    app.wake.deliveries.notify_one();
    Ok(())
}

/// What everybody may read carries its actor's proof, so that others can pass it on. What is private does not: it could be
/// shown around.
async fn proven(app: &App, actor: Id<Actor>, document: Value) -> Result<Value> {
    let everybody = |key: &str| document.get(key).is_some_and(names_everybody);
    if everybody("to") || everybody("cc") {
        keys::prove(app, actor, document).await
    } else {
        Ok(document)
    }
}

fn names_everybody(audience: &Value) -> bool {
    let all = audience.as_array();
    all.is_some_and(|all| all.iter().any(|one| one.as_str() == Some(PUBLIC)))
}

fn build(
    conn: &mut Conn,
    event: &Event,
    (site, terms): (&str, &Terms),
) -> Result<Option<Outgoing>> {
    match event {
        Event::PostCreated { post } => about_post(conn, *post, (site, terms), None),
        Event::PostUpdated { post, at } => {
            about_post(conn, *post, (site, terms), Some(Timestamp(*at)))
        }
        Event::PostDeleted { post } => post_deleted(conn, *post),
        Event::CommentCreated { comment } => about_comment(conn, *comment, terms, None),
        Event::CommentUpdated { comment, at } => {
            about_comment(conn, *comment, terms, Some(Timestamp(*at)))
        }
        Event::CommentDeleted { comment } => comment_deleted(conn, *comment),
        Event::NoteCreated { note } => note_created(conn, *note),
        Event::FollowAnswered {
            actor,
            follower,
            follow,
            accepted,
            number,
        } => {
            let (actor, follower) = (
                actor::get(conn, Id::new(*actor))?,
                actor::get(conn, Id::new(*follower))?,
            );
            let built = activity::answer_follow(&actor, &follower, follow, *accepted, *number);
            Ok(Some(to_one(&actor, &follower, built)))
        }
        Event::Followed { following } => {
            let row = follower::get_following(conn, Id::new(*following))?;
            let (actor, target) = (
                actor::get(conn, row.actor_id)?,
                actor::get(conn, row.target_id)?,
            );
            let built = activity::follow(&row.follow_ap_id, &actor, &target);
            Ok(Some(to_one(&actor, &target, built)))
        }
        Event::Reacted {
            actor,
            author,
            target,
            boost,
            number,
        } => reacted(
            conn,
            Id::new(*actor),
            Id::new(*author),
            target,
            *boost,
            *number,
        ),
        Event::ReplyAnswered {
            reply,
            answer,
            number,
            ..
        } => reply_answered(conn, reply, answer, *number, site),
        Event::QuoteAnswered { .. } | Event::QuoteRevoked { .. } => {
            super::quotes::outgoing(conn, event, site)
        }
        Event::ActorUpdated { actor, at } => {
            let actor = actor::get(conn, Id::new(*actor))?;
            let document = actor_document(conn, &actor, site)?;
            let inboxes = followers(conn, &actor)?;
            let built = activity::update_actor(&actor, document, Timestamp(*at));
            Ok(Some(Outgoing {
                actor: actor.id,
                post: None,
                built,
                inboxes,
            }))
        }
    }
}

/// The served document of one of our actors, without its own context.
fn actor_document(conn: &mut Conn, row: &Actor, site: &str) -> Result<Value> {
    let keys = actor::list_keys(conn, row.id)?;
    Ok(super::builders::actor::actor(row, &keys, site))
}

pub(super) fn to_one(actor: &Actor, to: &Actor, built: Built) -> Outgoing {
    Outgoing {
        actor: actor.id,
        post: None,
        built,
        inboxes: BTreeSet::from([to.inbox.clone()]),
    }
}

pub(super) fn followers(conn: &mut Conn, actor: &Actor) -> Result<BTreeSet<ApUrl>> {
    Ok(follower::list_inboxes(conn, actor.id)?
        .into_iter()
        .collect())
}

/// The inboxes of the people named.
fn named(conn: &mut Conn, mentions: &[Mention]) -> Result<Vec<ApUrl>> {
    let mut inboxes = Vec::new();
    for id in mentions.iter().filter_map(|mention| mention.ap_id.as_ref()) {
        if let Some(actor) = actor::load_by_ap_id(conn, id)? {
            inboxes.push(actor.delivery_inbox().clone());
        }
    }
    Ok(inboxes)
}

fn about_post(
    conn: &mut Conn,
    id: i64,
    (site, terms): (&str, &Terms),
    edited: Option<Timestamp>,
) -> Result<Option<Outgoing>> {
    let post = post::get(conn, Id::new(id))?;
    if !post.is_published() {
        return Ok(None);
    }
    let (author, tags, counts) = (
        actor::get(conn, post.actor_id)?,
        post::tags_of(conn, post.id)?,
        counts(conn, &post)?,
    );
    let mut inboxes = followers(conn, &author)?;
    inboxes.extend(named(conn, &post.mentions.get())?);
    let mut document = article::article(&post, &tags, &author, counts, site);
    terms.add_to_post(&mut document, &post, &author);
    if edited.is_some() {
        inboxes.extend(holders(conn, post.id, &post.ap_id)?);
    }
    let built = around(document, edited);
    Ok(Some(Outgoing {
        actor: author.id,
        post: Some(post.id),
        built,
        inboxes,
    }))
}

/// `Create`, or, for what was edited at a moment, `Update`.
fn around(object: Value, edited: Option<Timestamp>) -> Built {
    match edited {
        None => activity::create(object),
        Some(at) => activity::update(object, at),
    }
}

/// Whoever may hold a copy of a post or of a comment under it, beside today's audience: those to whom it was sent before,
/// and everybody who answered.
fn holders(conn: &mut Conn, post: Id<Post>, object: &ApUrl) -> Result<Vec<ApUrl>> {
    let mut inboxes = delivery::list_inboxes_told(conn, post, object)?;
    inboxes.extend(comment::list_inboxes(conn, post)?);
    Ok(inboxes)
}

/// How often others answered a post.
pub fn counts(conn: &mut Conn, post: &Post) -> Result<Counts> {
    Ok(Counts {
        replies: comment::count_direct(conn, post.id)?,
        likes: reaction::count(conn, &post.ap_id, Kind::Like)?,
        shares: reaction::count(conn, &post.ap_id, Kind::Announce)?,
    })
}

/// To whoever may hold a copy.
fn post_deleted(conn: &mut Conn, id: i64) -> Result<Option<Outgoing>> {
    let post = post::get(conn, Id::new(id))?;
    let author = actor::get(conn, post.actor_id)?;
    let mut inboxes = followers(conn, &author)?;
    inboxes.extend(holders(conn, post.id, &post.ap_id)?);
    let tombstone = article::tombstone(
        &post.ap_id,
        "Article",
        post.deleted_at.unwrap_or(post.updated_at),
    );
    let built = activity::delete(&author, tombstone);
    Ok(Some(Outgoing {
        actor: author.id,
        post: Some(post.id),
        built,
        inboxes,
    }))
}

fn about_comment(
    conn: &mut Conn,
    id: i64,
    terms: &Terms,
    edited: Option<Timestamp>,
) -> Result<Option<Outgoing>> {
    let comment = comment::get(conn, Id::new(id))?;
    if !comment.is_public() {
        return Ok(None);
    }
    let mut told = tell(conn, &comment, terms)?;
    if edited.is_some() {
        let copies = holders(conn, comment.post_id, &comment.ap_id)?;
        told.inboxes.extend(copies);
    }
    Ok(Some(Outgoing {
        actor: comment.actor_id,
        post: Some(comment.post_id),
        built: around(told.note, edited),
        inboxes: told.inboxes,
    }))
}

/// A comment of ours as a Note, and whom it goes to: the parent's author, the thread's people, those named, followers.
pub struct Told {
    /// The Note.
    pub note: Value,
    inboxes: BTreeSet<ApUrl>,
}

/// Builds the Note of one of our comments.
pub fn tell(conn: &mut Conn, row: &Comment, terms: &Terms) -> Result<Told> {
    let author = actor::get(conn, row.actor_id)?;
    let post = post::get(conn, row.post_id)?;
    let parent = match row.parent_id {
        Some(parent) => comment::get(conn, parent)?.ap_id,
        None => post.ap_id.clone(),
    };
    let people = comment::list_participants(conn, row)?;
    let mut inboxes = followers(conn, &author)?;
    inboxes.extend(people.iter().map(|person| person.delivery_inbox().clone()));
    let mut mentions = row.mentions.get();
    inboxes.extend(named(conn, &mentions)?);
    add_people(&mut mentions, &people);
    let number = comment::load_number(conn, row)?.unwrap_or_default();
    let context = format!("{}/context", post.ap_id);
    let parts = Parts {
        ap_id: &row.ap_id,
        url: &comment::address(&post.base(), &number),
        author: &author,
        parent: &parent,
        context: Some(&context),
        html: &row.html,
        language: row.language.as_deref(),
        unlisted: row.visibility != Visibility::Public,
        mentions: &mentions,
        published: row.published_at,
        edited: row.edited_at,
        replies: Some(comment::count_replies(conn, row.id)?),
    };
    let mut note = note::note(&parts);
    let writer = actor::get(conn, post.actor_id)?;
    terms.add_to_note(&mut note, &post, &author, &writer.ap_id);
    Ok(Told { note, inboxes })
}

fn add_people(mentions: &mut Vec<Mention>, people: &[Actor]) {
    for person in people {
        if !mentions
            .iter()
            .any(|known| known.ap_id.as_ref() == Some(&person.ap_id))
        {
            mentions.push(mention_of(person));
        }
    }
}

/// Somebody as a text names them.
pub fn mention_of(actor: &Actor) -> Mention {
    Mention {
        handle: actor.handle(),
        ap_id: Some(actor.ap_id.clone()),
        url: Some(actor.url.clone()),
    }
}

fn comment_deleted(conn: &mut Conn, id: i64) -> Result<Option<Outgoing>> {
    let comment = comment::get(conn, Id::new(id))?;
    let author = actor::get(conn, comment.actor_id)?;
    let mut inboxes = followers(conn, &author)?;
    inboxes.extend(holders(conn, comment.post_id, &comment.ap_id)?);
    let built = activity::delete(
        &author,
        article::tombstone(&comment.ap_id, "Note", comment.updated_at),
    );
    Ok(Some(Outgoing {
        actor: author.id,
        post: Some(comment.post_id),
        built,
        inboxes,
    }))
}

fn note_created(conn: &mut Conn, id: i64) -> Result<Option<Outgoing>> {
    let row = notes::get(conn, Id::new(id))?;
    let author = actor::get(conn, row.actor_id)?;
    let mut inboxes = followers(conn, &author)?;
    inboxes.extend(named(conn, &row.mentions.get())?);
    let built = activity::create(note_document(&row, &author));
    Ok(Some(Outgoing {
        actor: author.id,
        post: None,
        built,
        inboxes,
    }))
}

/// The Note that one of ours wrote under somebody else's post.
pub fn note_document(row: &notes::Note, author: &Actor) -> Value {
    note::note(&Parts {
        ap_id: &row.ap_id,
        url: row.ap_id.as_str(),
        author,
        parent: &row.parent_ap_id,
        context: None,
        html: &row.html,
        language: row.language.as_deref(),
        unlisted: false,
        mentions: &row.mentions.get(),
        published: row.published_at,
        edited: None,
        replies: None,
    })
}

fn reacted(
    conn: &mut Conn,
    actor: Id<Actor>,
    author: Id<Actor>,
    target: &ApUrl,
    boost: bool,
    number: i64,
) -> Result<Option<Outgoing>> {
    let (actor, author) = (actor::get(conn, actor)?, actor::get(conn, author)?);
    let mut inboxes = BTreeSet::from([author.inbox.clone()]);
    let built = if boost {
        inboxes.extend(followers(conn, &actor)?);
        activity::announce(&actor, target, &author, number, actor.updated_at)
    } else {
        activity::like(&actor, target, &author, number)
    };
    Ok(Some(Outgoing {
        actor: actor.id,
        post: None,
        built,
        inboxes,
    }))
}

/// What was decided about a reply, to its author. None when the reply is gone meanwhile.
fn reply_answered(
    conn: &mut Conn,
    reply: &ApUrl,
    answer: &str,
    number: i64,
    site: &str,
) -> Result<Option<Outgoing>> {
    let (Some(request), Some(row), Some(answer)) = (
        comment::load_request(conn, reply)?,
        comment::load_by_ap_id(conn, reply)?,
        comment::Answer::parse(answer),
    ) else {
        return Ok(None);
    };
    let Some(place) = comment::load_place(conn, &row)? else {
        return Ok(None);
    };
    let (author, asker) = (
        actor::get(conn, place.author)?,
        actor::get(conn, request.actor_id)?,
    );
    let built = policy::answer(site, &author, &asker, &request, row.id, (answer, number));
    Ok(built.map(|built| to_one(&author, &asker, built)))
}
