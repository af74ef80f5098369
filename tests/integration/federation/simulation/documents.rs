//! What the hosts of a world say of their people, notes and collections, at a time.

use antiphon::types::Timestamp;
use serde_json::{Value, json};

use super::world::{Note, Seen, Style, Under, World};

const PUBLIC: &str = "https://www.w3.org/ns/activitystreams#Public";

/// What a host answers.
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) body: Value,
    /// Ids that the body names, beside its own.
    pub(super) names: Vec<String>,
    /// The note that it shows, and in which version; the version of what is gone is 0.
    pub(super) shows: Option<(usize, u32)>,
}

impl Answer {
    pub(super) fn status(status: u16) -> Self {
        Self {
            status,
            body: Value::Null,
            names: Vec::new(),
            shows: None,
        }
    }

    fn new(body: Value, names: Vec<String>) -> Self {
        Self {
            status: 200,
            body,
            names,
            shows: None,
        }
    }
}

impl World {
    /// The Note in one version of its text.
    pub(super) fn note_document(
        &self,
        number: usize,
        version: u32,
        start: Timestamp,
        now: i64,
    ) -> Value {
        let note = &self.notes[number];
        let author = self.person(note);
        let followers = format!("{author}/followers");
        let (to, mut cc) = match note.seen {
            Seen::Public => (vec![PUBLIC.to_owned()], vec![followers]),
            Seen::Unlisted => (vec![followers], vec![PUBLIC.to_owned()]),
            Seen::Followers => (vec![followers], vec![]),
            Seen::Direct => (vec![], vec![]),
        };
        if note.tells_us {
            cc.push(self.alice.clone());
        }
        let mut document = json!({
            "@context": "https://www.w3.org/ns/activitystreams",
            "id": note.id,
            "type": "Note",
            "attributedTo": author,
            "inReplyTo": self.parent(note),
            "content": format!("<p>{}</p>", words(number, version)),
            "published": start.plus_secs(note.at).rfc3339(),
            "to": to,
            "cc": cc,
        });
        if let (2, Some(edited)) = (version, note.edited) {
            document["updated"] = json!(start.plus_secs(edited).rfc3339());
        }
        self.add_collections(&mut document, number, now);
        document
    }

    fn add_collections(&self, document: &mut Value, number: usize, now: i64) {
        let note = &self.notes[number];
        let host = &self.hosts[note.host];
        let replies = format!("{}/replies", note.id);
        match host.style {
            Style::Bare => {}
            Style::Inline => {
                let (own, _) = self.by_author(number, now);
                document["replies"] = json!({ "id": replies, "type": "Collection", "first": {
                    "type": "CollectionPage", "partOf": replies, "items": self.ids(&own),
                    "next": format!("{replies}?page=1"),
                } });
            }
            Style::Whole => {
                document["replies"] = json!({ "id": replies, "type": "OrderedCollection" });
            }
            Style::Paged => document["replies"] = json!(replies),
            Style::Context => {
                document["context"] = json!(format!("{}/contexts/1", host.url));
                document["replies"] = json!(replies);
            }
            Style::Echo => {
                document["context"] = json!(format!("{}/context", self.post));
                document["replies"] = json!(replies);
            }
        }
    }

    /// The author's own answers to a note, and those of others.
    fn by_author(&self, number: usize, now: i64) -> (Vec<usize>, Vec<usize>) {
        let note = &self.notes[number];
        let is_own = |answer: &usize| {
            let answer = &self.notes[*answer];
            (answer.host, answer.person) == (note.host, note.person)
        };
        self.replies(number, now).into_iter().partition(is_own)
    }

    fn ids(&self, notes: &[usize]) -> Vec<String> {
        notes
            .iter()
            .map(|&number| self.notes[number].id.clone())
            .collect()
    }

    fn parent(&self, note: &Note) -> Value {
        match note.under {
            Under::Post => json!(self.post),
            Under::Note(above) => json!(self.notes[above].id),
            Under::Nothing => Value::Null,
        }
    }

    /// The id of a note's author.
    pub(super) fn person(&self, note: &Note) -> String {
        format!("{}/users/p{}", self.hosts[note.host].url, note.person)
    }

    /// What stands at a path of a host; people are served elsewhere.
    pub(super) fn answer(&self, host: usize, path: &str, start: Timestamp, now: i64) -> Answer {
        let (path, query) = path.split_once('?').unwrap_or((path, ""));
        let page = query
            .strip_prefix("page=")
            .and_then(|page| page.parse::<usize>().ok());
        let parts: Vec<&str> = path.trim_start_matches('/').split('/').collect();
        let number = |text: &str| {
            let number = text.parse::<usize>().ok();
            number.filter(|&number| {
                let note = self.notes.get(number);
                note.is_some_and(|note| note.host == host && note.at <= now)
            })
        };
        match parts.as_slice() {
            ["notes", text] => {
                number(text).map_or(Answer::status(404), |number| self.show(number, start, now))
            }
            ["notes", text, "replies"] => number(text).map_or(Answer::status(404), |number| {
                self.list_replies(number, page, now)
            }),
            ["contexts", "1"] if self.hosts[host].style == Style::Context => {
                let id = format!("{}{path}", self.hosts[host].url);
                paged(&id, &self.ids(&self.context(host, now)), page, self.page)
            }
            _ => Answer::status(404),
        }
    }

    fn show(&self, number: usize, start: Timestamp, now: i64) -> Answer {
        let note = &self.notes[number];
        if !note.is_open() && !self.hosts[note.host].careless {
            return Answer::status(404);
        }
        if note.is_gone(now) {
            return Answer {
                status: 410,
                body: json!({ "id": note.id, "type": "Tombstone" }),
                names: Vec::new(),
                shows: Some((number, 0)),
            };
        }
        let version = note.version(now);
        let body = self.note_document(number, version, start, now);
        // A private note names nothing: it is dropped unread.
        if !note.is_open() {
            return Answer::new(body, Vec::new());
        }
        let parent = self.parent(note);
        let mut names: Vec<String> = parent.as_str().map(Into::into).into_iter().collect();
        if self.hosts[note.host].style == Style::Inline {
            names.extend(self.ids(&self.by_author(number, now).0));
        }
        Answer {
            shows: Some((number, version)),
            ..Answer::new(body, names)
        }
    }

    fn list_replies(&self, number: usize, page: Option<usize>, now: i64) -> Answer {
        let note = &self.notes[number];
        let id = format!("{}/replies", note.id);
        let all = self.replies(number, now);
        match self.hosts[note.host].style {
            Style::Bare => Answer::status(404),
            Style::Whole => {
                let names = self.ids(&all);
                let items: Vec<Value> = names
                    .iter()
                    .map(
                        |id| json!({ "id": id, "type": "Note", "content": "<p>not from here</p>" }),
                    )
                    .collect();
                let body = json!({ "id": id, "type": "OrderedCollection", "orderedItems": items });
                Answer::new(body, names)
            }
            Style::Inline if page.is_some() => {
                let others = self.ids(&self.by_author(number, now).1);
                let body = json!({ "id": format!("{id}?page=1"), "type": "CollectionPage", "partOf": id, "items": others });
                Answer::new(body, others)
            }
            Style::Inline => {
                let own = self.ids(&self.by_author(number, now).0);
                let body = json!({ "id": id, "type": "Collection", "first": {
                    "type": "CollectionPage", "partOf": id, "items": own, "next": format!("{id}?page=1"),
                } });
                Answer::new(body, own)
            }
            _ => paged(&id, &self.ids(&all), page, self.page),
        }
    }
}

/// What a note says in a version.
pub(super) fn words(number: usize, version: u32) -> String {
    format!("note {number} in version {version}.")
}

/// A collection with pages of this size, or one of its pages.
fn paged(id: &str, all: &[String], page: Option<usize>, size: usize) -> Answer {
    let Some(page) = page else {
        let body = json!({ "id": id, "type": "Collection", "totalItems": 1_000_000, "first": format!("{id}?page=1") });
        return Answer::new(body, Vec::new());
    };
    let from = page.saturating_sub(1) * size;
    let items: Vec<String> = all.iter().skip(from).take(size).cloned().collect();
    let mut body = json!({ "id": format!("{id}?page={page}"), "type": "CollectionPage", "partOf": id, "items": items });
    if from + size < all.len() {
        body["next"] = json!(format!("{id}?page={}", page + 1));
    }
    Answer::new(body, items)
}
