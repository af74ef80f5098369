//! Atom (RFC 4287), threads (RFC 4685), archives (RFC 5005).

use std::collections::BTreeMap;

use atom_syndication::extension::{Extension, ExtensionMap};
use atom_syndication::{
    Category, Content, Entry, Feed, FixedDateTime, Generator, Link, Person, Text,
};

use super::{Format, Item, Site, enclosures};
use crate::types::Timestamp;
use crate::web::view::{Author, safe_href};
use crate::web::xml::clean;

const THREADING: &str = "http://purl.org/syndication/thread/1.0";
const HISTORY: &str = "http://purl.org/syndication/history/1.0";

pub(super) fn write(site: &Site, feed: &super::Feed) -> String {
    let mut atom = Feed::default();
    atom.set_id(feed.address(Format::Atom, None));
    atom.set_title(Text::plain(clean(&feed.title)));
    if !site.description.is_empty() {
        atom.set_subtitle(Text::plain(clean(&site.description)));
    }
    atom.set_lang((!site.language.is_empty()).then(|| site.language.clone()));
    let mut links = vec![link("alternate", &feed.page_url, "text/html")];
    let ways = feed.ways(Format::Atom);
    let own = Format::Atom.media_type();
    links.extend(ways.iter().map(|(rel, href)| link(rel, href, own)));
    atom.set_links(links);
    atom.set_icon(Some(site.absolute(super::super::favicon().0)));
    atom.set_generator(Generator {
        value: "Antiphon".to_owned(),
        uri: Some(site.source_url.clone()),
        version: Some(site.software_version.clone()),
    });
    let spaces = [("thr", THREADING), ("fh", HISTORY)];
    let spaces = spaces.map(|(prefix, name)| (prefix.to_owned(), name.to_owned()));
    atom.set_namespaces(BTreeMap::from(spaces));
    if feed.before.is_some() {
        atom.set_extensions(extension("fh", "archive", None, &[]));
    }
    atom.set_updated(moment(feed.changed()));
    let entries = feed.items.iter().map(|item| entry(site, item));
    atom.set_entries(entries.collect::<Vec<_>>());
    atom.to_string()
}

fn entry(site: &Site, item: &Item) -> Entry {
    let mut entry = Entry::default();
    entry.set_id(item.id.clone());
    entry.set_title(Text::plain(clean(&item.title)));
    entry.set_authors(vec![person(&item.author)]);
    entry.set_published(item.published.map(|at| moment(Some(at))));
    entry.set_updated(moment(item.changed()));
    if !item.summary.is_empty() {
        entry.set_summary(Text::plain(clean(&item.summary)));
    }
    let category = |tag: &super::Link| Category {
        term: clean(&tag.name),
        scheme: None,
        label: None,
    };
    entry.set_categories(item.tags.iter().map(category).collect::<Vec<_>>());
    entry.set_links(links(site, item));
    let mut extensions = ExtensionMap::new();
    if let Some(talk) = &item.talk {
        let total = Some(talk.total.to_string());
        extensions = extension("thr", "total", total, &[]);
    }
    if let Some(answered) = &item.answers {
        let attributes = [("ref", answered.id.as_str()), ("href", &answered.url)];
        extensions = extension("thr", "in-reply-to", None, &attributes);
    }
    entry.set_extensions(extensions);
    entry.set_content(Content {
        base: Some(item.url.clone()),
        lang: (!item.language.is_empty()).then(|| item.language.clone()),
        value: Some(clean(&item.html)),
        content_type: Some("html".to_owned()),
        ..Content::default()
    });
    entry
}

fn links(site: &Site, item: &Item) -> Vec<Link> {
    let mut links = vec![link("alternate", &item.url, "text/html")];
    if let Some(talk) = &item.talk {
        let address = format!("{}.atom", talk.base);
        links.push(link("replies", &address, Format::Atom.media_type()));
    }
    for (address, kind, picture) in enclosures(site, item) {
        let title = Some(clean(&picture.alt)).filter(|alt| !alt.is_empty());
        links.push(Link {
            title,
            ..link("enclosure", &address, kind)
        });
    }
    links
}

fn moment(at: Option<Timestamp>) -> FixedDateTime {
    let secs = at.unwrap_or(Timestamp(0)).secs();
    Timestamp::from_secs(secs).to_chrono().fixed_offset()
}

fn person(author: &Author) -> Person {
    Person {
        name: clean(author.label()),
        uri: safe_href(&author.url).map(ToOwned::to_owned),
        ..Person::default()
    }
}

fn link(rel: &str, href: &str, mime_type: &str) -> Link {
    Link {
        rel: rel.to_owned(),
        href: href.to_owned(),
        mime_type: Some(mime_type.to_owned()),
        ..Link::default()
    }
}

fn extension(
    space: &str,
    name: &str,
    value: Option<String>,
    attributes: &[(&str, &str)],
) -> ExtensionMap {
    let attributes = attributes.iter();
    let extension = Extension {
        name: format!("{space}:{name}"),
        value,
        attrs: attributes
            .map(|(key, value)| ((*key).to_owned(), (*value).to_owned()))
            .collect(),
        children: BTreeMap::new(),
    };
    let of_space = BTreeMap::from([(name.to_owned(), vec![extension])]);
    BTreeMap::from([(space.to_owned(), of_space)])
}
