//! What other sites' buttons ask of our own people: showing what stands at an address elsewhere, and following, answering,
//! liking or boosting it.

use super::objects::Doc;
use super::{Federation, locate, remote, webfinger};
use crate::app::way::{Act, Shown};
use crate::domain::actor::{self, Actor};
use crate::error::{Error, Result};
use crate::text;
use crate::text::mention::Handle;
use crate::types::{ApUrl, Id};

/// What is shown of a text, in graphemes.
const EXCERPT: usize = 300;
/// What is read of a text for that, in bytes.
const READ_MAX: usize = 20_000;

/// What stands at an address, or who a handle is.
pub(super) async fn show(fed: &Federation, address: &str) -> Result<Shown> {
    Ok(match find(fed, address).await? {
        Found::Person(person) => Shown {
            is_person: true,
            excerpt: text::excerpt::excerpt(person.summary.as_str(), EXCERPT),
            url: person.url.as_str().to_owned(),
            ..by(&person)
        },
        Found::Object(object, author) => {
            let said = object.text("name").or_else(|| object.text("content"));
            let said = text::cut(said.unwrap_or_default(), READ_MAX);
            let page = object.address("url").or_else(|| object.id());
            Shown {
                excerpt: text::excerpt::excerpt(said, EXCERPT),
                url: page.map(ApUrl::into_string).unwrap_or_default(),
                ..by(&author)
            }
        }
    })
}

fn by(person: &Actor) -> Shown {
    Shown {
        name: person.name.clone(),
        handle: person.handle(),
        ..Shown::default()
    }
}

/// Does it, as one of ours.
pub(super) async fn act(
    fed: &Federation,
    actor: i64,
    act: Act,
    address: &str,
    text: String,
) -> Result<()> {
    let id: Id<Actor> = Id::new(actor);
    let ours = fed.app.db.read(move |conn| actor::get(conn, id)).await?;
    let found = find(fed, address).await?;
    match (act, found) {
        (Act::Follow, Found::Person(person) | Found::Object(_, person)) => {
            remote::follow_known(fed, &ours, &person).await?;
        }
        (_, Found::Person(_)) => {
            return Err(Error::invalid_field("do", "a person can only be followed"));
        }
        (act, Found::Object(object, _)) => {
            let nameless = || Error::remote_final("it has no id");
            let id = object.id().ok_or_else(nameless)?;
            match act {
                Act::Reply => {
                    remote::reply(fed, &ours, &id, text).await?;
                }
                Act::Like | Act::Boost => {
                    remote::react(fed, &ours, &id, act == Act::Boost).await?;
                }
                Act::Follow => {}
            }
        }
    }
    Ok(())
}

/// What was found.
enum Found {
    /// Somebody.
    Person(Actor),
    /// Something written, and by whom.
    Object(Doc, Actor),
}

async fn find(fed: &Federation, address: &str) -> Result<Found> {
    let address = address.trim();
    if !address.contains("://") {
        let handle = Handle::parse(address)
            .ok_or_else(|| Error::invalid_field("uri", "write an address or @user@host"))?;
        let person = webfinger::resolve(&fed.app, &fed.fetcher, &handle).await?;
        return Ok(Found::Person(person));
    }
    let address = ApUrl::new(address);
    if address.url().is_none() || fed.app.is_local(&address) {
        return Err(Error::invalid_field(
            "uri",
            "write an address of another server",
        ));
    }
    let object = locate::document(fed, &address).await?;
    if object.first_id("inbox").is_some() {
        let id = object.id().unwrap_or(address);
        return Ok(Found::Person(fed.fetcher.actor(&id).await?));
    }
    let nobody = || Error::remote_final("it has no author");
    let author = object.first_id("attributedTo").ok_or_else(nobody)?;
    let author = fed.fetcher.actor(&author).await?;
    Ok(Found::Object(object, author))
}
