//! Mutations of JSON that leave it JSON: bytes changed at random rarely get past the parser. Half of the time libFuzzer
//! changes the bytes all the same.

use serde_json::{Map, Value, json};

/// What hostile and odd senders put where something else is expected.
fn oddities() -> Vec<Value> {
    vec![
        Value::Null,
        json!(true),
        json!(-1),
        json!(1e308),
        json!(""),
        json!("\0"),
        json!("\u{202e}x\u{200b}"),
        json!([]),
        json!({}),
        json!([null, 3, {"id": null}]),
        json!("x".repeat(3000)),
        json!("POST"),
        json!("ALICE"),
        json!("https://blog.example/ap/posts/1"),
        json!("https://BLOG.example./ap/users/1"),
        json!("https://blog.example:443/"),
        json!("https://bob.example/users/bob"),
        json!("https://carol.example/users/carol"),
        json!("https://bob.example/notes/1"),
        json!("https://carol.example/notes/1"),
        json!("http://127.0.0.1/"),
        json!("javascript:alert(1)"),
        json!("urn:uuid:6e8bc430-9c3a-11d9-9669-0800200c9a66"),
        json!("as:Public"),
        json!("9999-12-31T23:59:59.999999999+23:59"),
        json!({"id": "https://bob.example/notes/2", "type": ["Note", "Tombstone"]}),
        json!({"type": "Tombstone", "id": "https://carol.example/notes/1"}),
        json!("<p>x<script>y</script><a href=javascript:x>z"),
    ]
}

const WORDS: [&str; 42] = [
    "Create",
    "Update",
    "Delete",
    "Undo",
    "Follow",
    "Accept",
    "Reject",
    "Like",
    "Announce",
    "ReplyRequest",
    "instrument",
    "Note",
    "Article",
    "Question",
    "Person",
    "Tombstone",
    "id",
    "type",
    "actor",
    "object",
    "attributedTo",
    "inReplyTo",
    "content",
    "contentMap",
    "tag",
    "attachment",
    "to",
    "cc",
    "url",
    "published",
    "updated",
    "name",
    "summary",
    "mediaType",
    "publicKey",
    "assertionMethod",
    "proof",
    "signature",
    "items",
    "orderedItems",
    "first",
    "next",
];

/// Small numbers from libFuzzer's seed.
struct Dice(u32);

impl Dice {
    fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        usize::try_from(self.0 >> 8).unwrap_or(0) % bound.max(1)
    }
}

/// A custom mutator for targets that read JSON.
pub fn mutate(data: &mut [u8], size: usize, max_size: usize, seed: u32) -> usize {
    let mut dice = Dice(seed);
    let parsed = data
        .get(..size)
        .and_then(|text| serde_json::from_slice::<Value>(text).ok());
    let Some(mut value) = parsed.filter(|_| dice.below(2) == 0) else {
        return libfuzzer_sys::fuzzer_mutate(data, size, max_size);
    };
    for _ in 0..=dice.below(3) {
        let places = count(&value);
        let (from, to) = (dice.below(places), dice.below(places));
        let copy = nth(&mut value, &mut { from }).map(|found| found.clone());
        if let Some(place) = nth(&mut value, &mut { to }) {
            change(place, copy, &mut dice);
        }
    }
    let text = value.to_string().into_bytes();
    match data.get_mut(..text.len()) {
        Some(place) if text.len() <= max_size => {
            place.copy_from_slice(&text);
            text.len()
        }
        _ => libfuzzer_sys::fuzzer_mutate(data, size, max_size),
    }
}

fn change(place: &mut Value, other: Option<Value>, dice: &mut Dice) {
    let word = WORDS[dice.below(WORDS.len())];
    match dice.below(8) {
        0 => *place = json!([place.take()]),
        1 => *place = json!({ word: place.take() }),
        2 => *place = json!(word),
        3 => *place = other.unwrap_or_default(),
        4 => match place {
            Value::Array(items) => items.extend(other),
            Value::Object(map) => drop(map.insert(word.into(), other.unwrap_or_default())),
            Value::String(text) => text.push_str(word),
            _ => *place = json!(word),
        },
        5 => match place {
            Value::Array(items) => drop(items.pop()),
            Value::Object(map) => forget_one(map, dice),
            Value::String(text) => text.truncate(
                text.char_indices()
                    .nth(dice.below(40))
                    .map_or(0, |(at, _)| at),
            ),
            _ => *place = Value::Null,
        },
        _ => {
            let mut odd = oddities();
            *place = odd.swap_remove(dice.below(odd.len()));
        }
    }
}

fn forget_one(map: &mut Map<String, Value>, dice: &mut Dice) {
    if let Some(key) = map.keys().nth(dice.below(map.len())).cloned() {
        map.remove(&key);
    }
}

/// How many values stand in a value, itself included.
fn count(value: &Value) -> usize {
    1 + match value {
        Value::Array(items) => items.iter().map(count).sum(),
        Value::Object(map) => map.values().map(count).sum(),
        _ => 0,
    }
}

/// The value at a place in reading order.
fn nth<'v>(value: &'v mut Value, place: &mut usize) -> Option<&'v mut Value> {
    if *place == 0 {
        return Some(value);
    }
    *place -= 1;
    match value {
        Value::Array(items) => items.iter_mut().find_map(|item| nth(item, place)),
        Value::Object(map) => map.values_mut().find_map(|item| nth(item, place)),
        _ => None,
    }
}
