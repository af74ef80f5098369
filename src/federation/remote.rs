//! What our people do on other servers: follow somebody, answer, like and boost what stands there.

use super::objects::Doc;
use super::outbox::mention_of;
use super::{Federation, webfinger};
use crate::domain::actor::{Actor, Mention};
use crate::domain::follower::{self, Following};
use crate::domain::note::{self, Note};
use crate::error::{Error, Result};
use crate::queue::{Event, Job};
use crate::text::mention::Handle;
use crate::types::ApUrl;

/// Most people of a thread who are told of an answer.
const PEOPLE_MAX: usize = 20;

/// Follows the person with this handle.
pub async fn follow(fed: &Federation, actor: &Actor, handle: &str) -> Result<Following> {
    let handle =
        Handle::parse(handle).ok_or_else(|| Error::invalid_field("handle", "write @user@host"))?;
    let target = webfinger::resolve(&fed.app, &fed.fetcher, &handle).await?;
    follow_known(fed, actor, &target).await
}

/// Follows a person whose actor is known.
pub async fn follow_known(fed: &Federation, actor: &Actor, target: &Actor) -> Result<Following> {
    if target.local {
        return Err(Error::invalid_field("handle", "this account lives here"));
    }
    follower::follow(&fed.app, actor, target).await
}

/// Answers a post or reply anywhere by its address; its author and the people it names are told.
pub async fn reply(
    fed: &Federation,
    actor: &Actor,
    target: &ApUrl,
    source: String,
) -> Result<Note> {
    let found = find(fed, target).await?;
    let mut people: Vec<Mention> = vec![mention_of(&found.author)];
    for tag in &found.named {
        // Whoever cannot be read is not told; the answer goes out all the same.
        if let Ok(person) = fed.fetcher.actor(tag).await {
            people.push(mention_of(&person));
        }
    }
    people.retain(|person| person.ap_id.as_ref() != Some(&actor.ap_id));
    people.dedup_by(|a, b| a.ap_id == b.ap_id);
    note::reply(&fed.app, actor, found.id, source, people).await
}

/// Likes (or, with `boost`, boosts) a post or reply anywhere by its address.
pub async fn react(fed: &Federation, actor: &Actor, target: &ApUrl, boost: bool) -> Result<()> {
    let found = find(fed, target).await?;
    let event = Event::Reacted {
        actor: actor.id.raw(),
        author: found.author.id.raw(),
        target: found.id,
        boost,
        number: fed.app.ids.next::<Event>().raw(),
    };
    fed.app.do_later(Job::Federate { event }).await
}

/// Something that our people can act on.
struct Found {
    id: ApUrl,
    author: Actor,
    named: Vec<ApUrl>,
}

/// Finds an object by its address: one of our own notes, else fetched from where it lives.
async fn find(fed: &Federation, target: &ApUrl) -> Result<Found> {
    if fed.app.is_local(target) {
        let wanted = target.clone();
        let own = fed.app.db.read(move |conn| {
            let note = note::load_by_ap_id(conn, &wanted)?.ok_or(Error::NotFound("the note"))?;
            let author = crate::domain::actor::get(conn, note.actor_id)?;
            Ok((note, author))
        });
        let (note, author) = own.await?;
        return Ok(found(note_ids(&note), note.ap_id, author));
    }
    let object = fed.fetcher.object(target).await?;
    let author = object
        .first_id("attributedTo")
        .ok_or_else(|| Error::remote_final(format!("{target} has no author")))?;
    let author = fed.fetcher.actor(&author).await?;
    let id = object.id().unwrap_or_else(|| target.clone());
    Ok(found(named(&object), id, author))
}

fn found(mut named: Vec<ApUrl>, id: ApUrl, author: Actor) -> Found {
    named.retain(|person| *person != author.ap_id);
    named.truncate(PEOPLE_MAX);
    Found { id, author, named }
}

fn note_ids(note: &Note) -> Vec<ApUrl> {
    note.mentions
        .get()
        .into_iter()
        .filter_map(|mention| mention.ap_id)
        .collect()
}

/// The people an object names.
fn named(object: &Doc) -> Vec<ApUrl> {
    object
        .docs("tag")
        .iter()
        .filter(|tag| tag.is("Mention"))
        .filter_map(|tag| tag.first_id("href"))
        .collect()
}
