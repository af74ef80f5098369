//! The custom emoji of a page: which names its texts hold, and which of them have a picture here. Read only.

use std::collections::{BTreeSet, HashMap};

use super::{Entry, Person, PostPage, Symbol};
use crate::db::Conn;
use crate::domain::actor::avatar_path;
use crate::domain::media;
use crate::error::Result;
use crate::text::emoji::{self, Emojis};
use crate::types::Host;

/// Most names that are looked up for one page.
const NAMES_MAX: usize = 2000;

/// Gives each name and each comment of a page the pictures of its emoji. Costs nothing where there is no `:name:`.
pub(super) fn dress(conn: &mut Conn, page: &mut PostPage) -> Result<()> {
    let (mut hosts, mut names) = (BTreeSet::new(), BTreeSet::new());
    let mut note = |handle: &str, text: &str| {
        let found = emoji::names(text);
        if let (false, Some(host)) = (found.is_empty(), host_of(handle)) {
            hosts.insert(host.to_owned());
            names.extend(found.into_iter().map(str::to_owned));
        }
    };
    for entry in &page.comments {
        note(&entry.author.handle, &entry.author.name);
        note(&entry.author.handle, entry.html.as_str());
    }
    for person in faces(page) {
        note(&person.handle, &person.name);
    }
    for spoken in page.quotes.0.iter().chain(&page.links.0) {
        note(&spoken.author.handle, &spoken.author.name);
    }
    for symbol in symbols(page) {
        if let Some((name, host)) = symbol.named() {
            note(&format!("@{host}"), &format!(":{name}:"));
        }
    }
    page.names_emojis = !names.is_empty();
    if names.is_empty() {
        return Ok(());
    }
    let hosts = hosts.iter().filter_map(|host| Host::parse(host)).collect();
    let names: Vec<String> = names.into_iter().take(NAMES_MAX).collect();
    let mut known: HashMap<String, Emojis> = HashMap::new();
    for (host, name, file) in media::list_emojis(conn, hosts, &names)? {
        let of_host = known.entry(host.into_string()).or_default();
        of_host.insert(name, avatar_path(&file));
    }
    spread(page, &known);
    Ok(())
}

fn spread(page: &mut PostPage, known: &HashMap<String, Emojis>) {
    let of = |handle: &str, text: &str| -> Emojis {
        let Some(known) = host_of(handle).and_then(|host| known.get(host)) else {
            return Emojis::new();
        };
        let names = emoji::names(text).into_iter();
        names
            .filter_map(|name| Some((name.to_owned(), known.get(name)?.clone())))
            .collect()
    };
    let dress = |person: &mut Person| person.emojis = of(&person.handle, &person.name);
    for Entry {
        author,
        html,
        emojis,
        ..
    } in &mut page.comments
    {
        *emojis = of(&author.handle, html.as_str());
        dress(author);
    }
    let people = page.likes.people.iter_mut().chain(&mut page.boosts.people);
    people.for_each(dress);
    let spoken = page.quotes.0.iter_mut().chain(&mut page.links.0);
    spoken.for_each(|spoken| dress(&mut spoken.author));
    for group in &mut page.reacted {
        group.faces.people.iter_mut().for_each(dress);
        group.symbol.dress(known);
    }
    let tallies = page.comments.iter_mut().flat_map(|one| &mut one.reactions);
    tallies.for_each(|tally| tally.symbol.dress(known));
}

/// The people in rows of faces.
fn faces(page: &PostPage) -> impl Iterator<Item = &Person> {
    let groups = page.reacted.iter().flat_map(|group| &group.faces.people);
    let rows = page.likes.people.iter().chain(&page.boosts.people);
    rows.chain(groups)
}

/// What people reacted with, to the post and to comments.
fn symbols(page: &PostPage) -> impl Iterator<Item = &Symbol> {
    let groups = page.reacted.iter().map(|group| &group.symbol);
    let tallies = page.comments.iter().flat_map(|one| &one.reactions);
    groups.chain(tallies.map(|tally| &tally.symbol))
}

/// The server in `@user@host`.
fn host_of(handle: &str) -> Option<&str> {
    handle.rsplit_once('@').map(|(_, host)| host)
}
