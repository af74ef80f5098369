//! From a flat list of comments to reading order: nested to any depth, numbered, held back where a parent may not be
//! seen. Pure.

use std::collections::HashMap;

use crate::domain::post::page::Entry;
use crate::domain::visibility::CommentStatus;

/// A comment at its place in the thread.
#[derive(Clone, Debug)]
pub struct Item {
    /// The comment.
    pub entry: Entry,
    /// 0 for an answer to the post.
    pub depth: usize,
    /// `1.2.3`.
    pub number: String,
    /// How many comments stand directly below it.
    pub replies: usize,
}

/// Puts comments into reading order. Whatever stands below something that may not be seen is left out, and a deleted
/// comment stays only where answers stand below it.
pub fn build(entries: Vec<Entry>) -> Vec<Item> {
    let mut children: HashMap<Option<i64>, Vec<Entry>> = HashMap::new();
    for entry in entries {
        children.entry(entry.parent_id).or_default().push(entry);
    }
    for siblings in children.values_mut() {
        siblings.sort_by_key(|entry| (entry.position.unwrap_or(i32::MAX), entry.id));
    }
    let mut items = walk(children);
    prune(&mut items);
    items
}

/// Depth first, with a stack of our own: a thread may be deeper than the machine's.
fn walk(mut children: HashMap<Option<i64>, Vec<Entry>>) -> Vec<Item> {
    let mut items: Vec<Item> = Vec::new();
    let mut stack = vec![(
        children.remove(&None).unwrap_or_default().into_iter(),
        String::new(),
    )];
    while let Some((siblings, prefix)) = stack.last_mut() {
        let Some(entry) = siblings.next() else {
            stack.pop();
            continue;
        };
        let number = join_number(prefix, entry.position, entry.id);
        let below = children.remove(&Some(entry.id)).unwrap_or_default();
        let depth = stack.len() - 1;
        items.push(Item {
            entry,
            depth,
            number: number.clone(),
            replies: below.len(),
        });
        stack.push((below.into_iter(), number));
    }
    items
}

/// Longest number written out, in bytes; whole numbers of a chain of thousands would fill the memory.
const NUMBER_MAX: usize = 200;

/// `1.2.3`; where that grows too long, the comment's own id, which is as stable.
pub fn join_number(prefix: &str, position: Option<i32>, id: i64) -> String {
    match position {
        Some(position) if prefix.is_empty() => position.to_string(),
        Some(position) if prefix.len() < NUMBER_MAX && !prefix.starts_with('c') => {
            format!("{prefix}.{position}")
        }
        _ => format!("c{id}"),
    }
}

/// Takes deleted comments away that have nothing visible below them. Goes backwards, so that a whole deleted branch goes.
fn prune(items: &mut Vec<Item>) {
    let mut kept: Vec<Item> = Vec::with_capacity(items.len());
    // How many kept items stand at each depth below the place just looked at.
    let mut below: Vec<usize> = Vec::new();
    while let Some(mut item) = items.pop() {
        below.resize(below.len().max(item.depth + 2), 0);
        let replies = below.get(item.depth + 1).copied().unwrap_or(0);
        below.truncate(item.depth + 1);
        if item.entry.status == CommentStatus::Deleted && replies == 0 {
            continue;
        }
        item.replies = replies;
        if let Some(count) = below.get_mut(item.depth) {
            *count += 1;
        }
        kept.push(item);
    }
    kept.reverse();
    *items = kept;
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::post::page::Person;
    use crate::types::{ApUrl, Html, Id, Timestamp};
    use proptest::prelude::*;

    fn entry(id: i64, parent_id: Option<i64>, position: i32) -> Entry {
        Entry {
            id,
            parent_id,
            position: Some(position),
            status: CommentStatus::Published,
            ap_id: ApUrl::new(format!("https://a.example/{id}")),
            url: ApUrl::new("https://a.example/"),
            html: Html::default(),
            language: None,
            published_at: Timestamp(id),
            edited_at: None,
            actor_id: Id::new(1),
            author: Person {
                actor: Id::new(1),
                name: "A".into(),
                handle: "@a@a.example".into(),
                url: String::new(),
                avatar: None,
                emojis: crate::text::emoji::Emojis::new(),
            },
            pictures: Vec::new(),
            emojis: crate::text::emoji::Emojis::new(),
            reactions: Vec::new(),
        }
    }

    fn shape(entries: Vec<Entry>) -> Vec<(String, usize, usize)> {
        build(entries)
            .into_iter()
            .map(|item| (item.number, item.depth, item.replies))
            .collect()
    }

    #[test]
    fn replies_stand_below_their_parents_in_order() {
        let entries = vec![
            entry(3, Some(1), 2),
            entry(1, None, 1),
            entry(4, None, 2),
            entry(2, Some(1), 1),
            entry(5, Some(3), 1),
        ];
        let expected = [
            ("1", 0, 2),
            ("1.1", 1, 0),
            ("1.2", 1, 1),
            ("1.2.1", 2, 0),
            ("2", 0, 0),
        ];
        let expected: Vec<_> = expected
            .iter()
            .map(|(n, d, r)| ((*n).to_owned(), *d, *r))
            .collect();
        assert_eq!(shape(entries), expected);
    }

    #[test]
    fn what_answers_something_unseen_is_left_out() {
        assert!(shape(vec![entry(2, Some(1), 1), entry(3, Some(2), 1)]).is_empty());
    }

    #[test]
    fn a_deleted_comment_keeps_its_place_only_with_answers_below() {
        let deleted = |mut entry: Entry| {
            entry.status = CommentStatus::Deleted;
            entry
        };
        let entries = vec![
            deleted(entry(1, None, 1)),
            entry(2, Some(1), 1),
            deleted(entry(3, None, 2)),
            deleted(entry(4, Some(3), 1)),
        ];
        assert_eq!(
            shape(entries),
            [("1".to_owned(), 0, 1), ("1.1".to_owned(), 1, 0)]
        );
    }

    #[test]
    fn a_thread_of_any_depth_is_built() {
        let entries = (1..=20_000)
            .map(|id| entry(id, (id > 1).then(|| id - 1), 1))
            .collect();
        let built = build(entries);
        assert_eq!(built.len(), 20_000);
        assert_eq!(built.last().map(|item| item.depth), Some(19_999));
    }

    proptest! {
        #[test]
        fn every_comment_stands_once_and_below_its_parent(parents in prop::collection::vec(prop::option::of(0usize..50), 1..50)) {
            let entries: Vec<Entry> = parents.iter().enumerate().map(|(i, parent)| {
                let parent = parent.filter(|p| *p < i).map(|p| i64::try_from(p).unwrap());
                entry(i64::try_from(i).unwrap(), parent, i32::try_from(i).unwrap())
            }).collect();
            let count = entries.len();
            let built = build(entries);
            prop_assert_eq!(built.len(), count);
            for (at, item) in built.iter().enumerate() {
                if let Some(parent) = item.entry.parent_id {
                    let above = built[..at].iter().rposition(|other| other.depth + 1 == item.depth).unwrap();
                    prop_assert_eq!(built[above].entry.id, parent);
                }
            }
        }
    }
}
