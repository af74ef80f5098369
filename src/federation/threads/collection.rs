//! Reading a collection elsewhere: page after page of one server, bounded, no page twice. Only the ids of its items are
//! taken; `totalItems` is not looked at.

use std::collections::{HashSet, VecDeque};

use serde_json::Value;

use crate::domain::backfill::{Kind, Source};
use crate::error::{Error, Result};
use crate::federation::fetch::{Fetcher, Validators};
use crate::federation::objects::Doc;
use crate::federation::ownership::is_ours;
use crate::types::{ApUrl, Host};

/// Pages that one reading fetches, and items that it takes.
const PAGES_MAX: usize = 10;
const ITEMS_MAX: usize = 500;

/// What a reading found.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Reading {
    /// The ids, in order, each once, none of ours.
    pub(super) items: Vec<ApUrl>,
    /// What its one document was; nothing when there were several, for the first does not tell of the others.
    pub(super) validators: Validators,
    /// The page to go on with.
    pub(super) resume: Option<ApUrl>,
}

/// Reads a source, or goes on with it. None: it is as it was. Fails when it is no collection, or cannot be had.
pub(super) async fn read(
    fetcher: &Fetcher,
    source: &Source,
    site: &Host,
) -> Result<Option<Reading>> {
    let (start, known) = match &source.resume {
        Some(page) => (page.clone(), Validators::default()),
        None => (source.url.clone(), known(source)),
    };
    let Some((first, validators)) = fetcher.if_changed(&start, &known).await? else {
        return Ok(None);
    };
    let mut walk = Walk::new(source, start, first)?;
    while let Some(next) = walk.next_page() {
        if walk.is_full() {
            walk.resume = Some(next);
            break;
        }
        match fetcher.if_changed(&next, &Validators::default()).await {
            Ok(Some((page, _))) => walk.take(page),
            // What was read counts; a page that cannot be had now is gone on with later.
            Err(Error::Remote {
                temporary: true, ..
            }) => {
                walk.resume = Some(next);
                break;
            }
            Ok(None) | Err(_) => break,
        }
    }
    let single = walk.visited.len() == 1 && source.resume.is_none();
    Ok(Some(Reading {
        validators: if single {
            validators
        } else {
            Validators::default()
        },
        resume: walk.resume.take(),
        items: walk.items(site),
    }))
}

fn known(source: &Source) -> Validators {
    Validators {
        etag: source.etag.clone(),
        modified: source.modified.clone(),
    }
}

/// A walk over pages.
struct Walk<'a> {
    source: &'a Source,
    visited: HashSet<ApUrl>,
    queue: VecDeque<ApUrl>,
    found: Vec<ApUrl>,
    resume: Option<ApUrl>,
}

impl<'a> Walk<'a> {
    /// Begins with the first document. Fails when that is no collection.
    fn new(source: &'a Source, start: ApUrl, first: Doc) -> Result<Self> {
        const KINDS: [&str; 4] = [
            "Collection",
            "OrderedCollection",
            "CollectionPage",
            "OrderedCollectionPage",
        ];
        if !KINDS.iter().any(|kind| first.is(kind)) {
            return Err(Error::remote_final(format!("{start} is no collection")));
        }
        let mut walk = Self {
            source,
            visited: HashSet::from([start]),
            queue: VecDeque::new(),
            found: Vec::new(),
            resume: None,
        };
        walk.take(first);
        Ok(walk)
    }

    fn is_full(&self) -> bool {
        self.visited.len() > PAGES_MAX || self.found.len() >= ITEMS_MAX
    }

    /// The next page that was not read yet, of the same server.
    fn next_page(&mut self) -> Option<ApUrl> {
        while let Some(next) = self.queue.pop_front() {
            if next.same_origin(&self.source.url) && self.visited.insert(next.clone()) {
                return Some(next);
            }
        }
        None
    }

    /// Takes a document's items, and those of the pages that stand in it.
    fn take(&mut self, page: Doc) {
        // As deep as JSON may nest; each page in a page is looked at once.
        let mut pages = vec![page];
        while let Some(page) = pages.pop() {
            for key in ["items", "orderedItems"] {
                let kind = self.source.kind;
                let ids = page.values(key).filter_map(|item| about(kind, item));
                self.found.extend(ids);
            }
            for key in ["next", "first"] {
                match page.values(key).next() {
                    Some(Value::Object(inner)) if is_page(inner) => {
                        pages.push(Doc(inner.clone()));
                    }
                    Some(value) => self.queue.extend(Doc::id_of(value)),
                    None => {}
                }
            }
        }
    }

    fn items(self, site: &Host) -> Vec<ApUrl> {
        let mut seen = HashSet::new();
        let usable = |id: &ApUrl| id.host().is_some() && !is_ours(site, id);
        let mut items = self.found;
        items.retain(|id| usable(id) && seen.insert(id.clone()));
        items.truncate(2 * ITEMS_MAX);
        items
    }
}

/// The object that an item is or (of a history) is about.
fn about(kind: Kind, item: &Value) -> Option<ApUrl> {
    match item {
        Value::Object(activity) if kind == Kind::History => {
            let activity = Doc(activity.clone());
            let told = ["Create", "Update"].iter().any(|kind| activity.is(kind));
            if told {
                activity.first_id("object")
            } else {
                None
            }
        }
        other => Doc::id_of(other),
    }
}

/// The pages that may stand in a page.
fn is_page(inner: &serde_json::Map<String, Value>) -> bool {
    ["items", "orderedItems", "next"]
        .iter()
        .any(|key| inner.contains_key(*key))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::types::Id;
    use serde_json::json;

    fn source(kind: Kind) -> Source {
        let url = ApUrl::new("https://m.example/c");
        Source {
            post_id: Id::new(1),
            host: url.host().unwrap(),
            url,
            kind,
            behind: None,
            due_at: None,
            read_at: None,
            etag: None,
            modified: None,
            resume: None,
            idle: 0,
            failures: 0,
            items: 0,
            strays: 0,
        }
    }

    fn walk(source: &Source, first: Value) -> Result<Walk<'_>> {
        let doc = serde_json::from_value(first).unwrap();
        Walk::new(source, source.url.clone(), doc)
    }

    fn texts(ids: Vec<ApUrl>) -> Vec<String> {
        ids.into_iter().map(ApUrl::into_string).collect()
    }

    #[test]
    fn items_of_every_shape_are_taken_once_and_none_of_ours() {
        let source = source(Kind::Context);
        let first = json!({"type": "OrderedCollection", "totalItems": 1_000_000_000_000_i64, "orderedItems": [
            "https://m.example/1", {"id": "https://o.example/2"}, "https://m.example/1", null, 7, {"type": "Note"},
            "https://blog.example/ap/comments/3", "urn:uuid:4",
        ]});
        let items = walk(&source, first)
            .unwrap()
            .items(&Host::parse("blog.example").unwrap());
        assert_eq!(texts(items), ["https://m.example/1", "https://o.example/2"]);
    }

    #[test]
    fn pages_of_other_servers_and_pages_seen_before_are_not_read() {
        let source = source(Kind::Replies);
        let first = json!({"type": "Collection", "id": "https://m.example/c",
            "first": {"next": "https://evil.example/c?page=2", "items": []}, "next": "https://m.example/c"});
        let mut walk = walk(&source, first).unwrap();
        assert_eq!(walk.next_page(), None);
    }

    #[test]
    fn an_inline_first_page_is_read_and_its_next_is_asked_for() {
        let source = source(Kind::Replies);
        let first = json!({"type": "Collection",
            "first": {"type": "CollectionPage", "items": ["https://m.example/1"], "next": "https://m.example/c?page=2"}});
        let mut walk = walk(&source, first).unwrap();
        assert_eq!(
            walk.next_page(),
            Some(ApUrl::new("https://m.example/c?page=2"))
        );
        assert_eq!(texts(walk.found), ["https://m.example/1"]);
    }

    #[test]
    fn of_a_history_the_objects_of_creates_count() {
        let source = source(Kind::History);
        let first = json!({"type": "OrderedCollection", "orderedItems": [
            {"type": "Create", "id": "https://m.example/a/1", "object": {"id": "https://m.example/1"}},
            {"type": "Like", "id": "https://m.example/a/2", "object": "https://m.example/2"},
            "https://m.example/3",
        ]});
        let walk = walk(&source, first).unwrap();
        assert_eq!(
            texts(walk.found),
            ["https://m.example/1", "https://m.example/3"]
        );
    }

    #[test]
    fn what_is_no_collection_is_refused() {
        let source = source(Kind::Context);
        for other in [
            json!({}),
            json!({"type": "Note"}),
            json!({"type": null, "items": []}),
        ] {
            assert!(walk(&source, other).is_err());
        }
    }
}
