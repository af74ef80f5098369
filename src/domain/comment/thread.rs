//! From a flat list of comments to reading order: nested to any depth, numbered, held back where a parent may not be
//! seen, and cut to what a page holds. Pure.

use std::collections::HashMap;

use crate::domain::post::page::Entry;
use crate::domain::visibility::CommentStatus;

/// Where a comment hangs, before its text is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Leaf {
    /// The row.
    pub id: i64,
    /// The comment it answers; None: the post.
    pub parent_id: Option<i64>,
    /// Its place among its siblings.
    pub position: Option<i32>,
    /// Only its place is left.
    pub deleted: bool,
}

/// A comment's place in its thread.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Spot {
    /// The comment.
    pub leaf: Leaf,
    /// 0 for an answer to the post.
    pub depth: usize,
    /// `1.2.3`.
    pub number: String,
    /// How many comments stand directly below it.
    pub replies: usize,
    /// How many stand below it at any depth, without deleted ones.
    pub below: i64,
    /// How many of those are cut off right below it.
    pub hidden: i64,
}

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
    /// How many stand below it at any depth, without deleted ones.
    pub below: i64,
    /// How many of those are cut off right below it.
    pub hidden: i64,
}

/// What a page shows of a branch.
#[derive(Clone, Copy, Debug)]
pub struct Bounds {
    /// Levels, the branch's own first one included.
    pub depth: usize,
    /// Answers to one comment.
    pub width: usize,
    /// Comments in all.
    pub total: usize,
}

/// Puts comments into reading order. Whatever stands below something that may not be seen is left out, and a deleted
/// comment stays only where answers stand below it.
pub fn build(entries: Vec<Entry>) -> Vec<Item> {
    let spots = arrange(entries.iter().map(leaf_of).collect());
    join(spots, entries)
}

/// The same before the texts are read.
pub fn arrange(leaves: Vec<Leaf>) -> Vec<Spot> {
    let mut children: HashMap<Option<i64>, Vec<Leaf>> = HashMap::new();
    for leaf in leaves {
        children.entry(leaf.parent_id).or_default().push(leaf);
    }
    for siblings in children.values_mut() {
        siblings.sort_by_key(|leaf| (leaf.position.unwrap_or(i32::MAX), leaf.id));
    }
    let mut spots = walk(children);
    prune(&mut spots);
    spots
}

/// Gives each place its comment; a place whose comment is not among them is left out.
pub fn join(spots: Vec<Spot>, entries: Vec<Entry>) -> Vec<Item> {
    let mut by_id: HashMap<i64, Entry> = entries.into_iter().map(|one| (one.id, one)).collect();
    let item = |spot: Spot| {
        Some(Item {
            entry: by_id.remove(&spot.leaf.id)?,
            depth: spot.depth,
            number: spot.number,
            replies: spot.replies,
            below: spot.below,
            hidden: spot.hidden,
        })
    };
    spots.into_iter().filter_map(item).collect()
}

fn leaf_of(entry: &Entry) -> Leaf {
    Leaf {
        id: entry.id,
        parent_id: entry.parent_id,
        position: entry.position,
        deleted: entry.status == CommentStatus::Deleted,
    }
}

/// Depth first, with a stack of our own: a thread may be deeper than the machine's.
fn walk(mut children: HashMap<Option<i64>, Vec<Leaf>>) -> Vec<Spot> {
    let mut spots: Vec<Spot> = Vec::new();
    let mut stack = vec![(
        children.remove(&None).unwrap_or_default().into_iter(),
        String::new(),
    )];
    while let Some((siblings, prefix)) = stack.last_mut() {
        let Some(leaf) = siblings.next() else {
            stack.pop();
            continue;
        };
        let number = join_number(prefix, leaf.position, leaf.id);
        let below = children.remove(&Some(leaf.id)).unwrap_or_default();
        let depth = stack.len() - 1;
        spots.push(Spot {
            leaf,
            depth,
            number: number.clone(),
            replies: 0,
            below: 0,
            hidden: 0,
        });
        if !below.is_empty() {
            stack.push((below.into_iter(), number));
        }
    }
    spots
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

/// Takes deleted comments away that have nothing visible below them, and counts what stands below each. Goes backwards,
/// so that a whole deleted branch goes.
fn prune(spots: &mut Vec<Spot>) {
    let mut kept: Vec<Spot> = Vec::with_capacity(spots.len());
    // How many kept comments stand at each depth below the place just looked at: places, and those that can be read.
    let mut below: Vec<(usize, i64)> = Vec::new();
    while let Some(mut spot) = spots.pop() {
        below.resize(below.len().max(spot.depth + 2), (0, 0));
        let (replies, readable) = below.get(spot.depth + 1).copied().unwrap_or_default();
        below.truncate(spot.depth + 1);
        if spot.leaf.deleted && replies == 0 {
            continue;
        }
        (spot.replies, spot.below) = (replies, readable);
        if let Some(count) = below.get_mut(spot.depth) {
            count.0 += 1;
            count.1 += readable + i64::from(!spot.leaf.deleted);
        }
        kept.push(spot);
    }
    kept.reverse();
    *spots = kept;
}

/// Cuts one branch (a comment and all below it, in reading order) to what a page holds: the levels nearest to its top
/// first, so that nobody's many answers push others' first ones out. What is cut is counted where it is cut.
pub fn cut(branch: &[Spot], bounds: Bounds) -> Vec<Spot> {
    let Some(top) = branch.first() else {
        return Vec::new();
    };
    let parents = parents_of(branch);
    let chosen = choose(branch, &parents, top.depth, bounds);
    let mut hidden: HashMap<usize, i64> = HashMap::new();
    for (at, spot) in branch.iter().enumerate() {
        let above = parents.get(at).copied().flatten();
        let Some(above) = above.filter(|above| chosen.get(*above) == Some(&true)) else {
            continue;
        };
        if chosen.get(at) == Some(&false) {
            *hidden.entry(above).or_default() += spot.below + i64::from(!spot.leaf.deleted);
        }
    }
    let kept = branch.iter().enumerate().zip(&chosen);
    kept.filter(|(_, chosen)| **chosen)
        .map(|((at, spot), _)| Spot {
            hidden: hidden.get(&at).copied().unwrap_or(0),
            ..spot.clone()
        })
        .collect()
}

/// The place of each comment's parent in the list.
fn parents_of(branch: &[Spot]) -> Vec<Option<usize>> {
    let mut path: Vec<(usize, usize)> = Vec::new();
    let mut parents = Vec::with_capacity(branch.len());
    for (at, spot) in branch.iter().enumerate() {
        while path.last().is_some_and(|(depth, _)| *depth >= spot.depth) {
            path.pop();
        }
        parents.push(path.last().map(|(_, at)| *at));
        path.push((spot.depth, at));
    }
    parents
}

/// Which are shown: level by level, each below one that is shown.
fn choose(branch: &[Spot], parents: &[Option<usize>], top: usize, bounds: Bounds) -> Vec<bool> {
    let mut by_level: Vec<usize> = (0..branch.len()).collect();
    by_level.sort_by_key(|at| branch.get(*at).map(|spot| spot.depth));
    let mut chosen = vec![false; branch.len()];
    let mut answers = vec![0_usize; branch.len()];
    let mut total = 0;
    for at in by_level {
        let Some(spot) = branch.get(at) else { continue };
        if total >= bounds.total || spot.depth - top >= bounds.depth {
            break;
        }
        if let Some(above) = parents.get(at).copied().flatten() {
            let Some(count) = answers.get_mut(above) else {
                continue;
            };
            *count += 1;
            if *count > bounds.width || chosen.get(above) != Some(&true) {
                continue;
            }
        }
        if let Some(one) = chosen.get_mut(at) {
            *one = true;
            total += 1;
        }
    }
    chosen
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

    fn spots(parents: &[(i64, Option<i64>)]) -> Vec<Spot> {
        let leaf = |(at, (id, parent_id)): (usize, &(i64, Option<i64>))| Leaf {
            id: *id,
            parent_id: *parent_id,
            position: i32::try_from(at + 1).ok(),
            deleted: false,
        };
        arrange(parents.iter().enumerate().map(leaf).collect())
    }

    fn left(branch: &[Spot], depth: usize, width: usize, total: usize) -> Vec<(i64, i64)> {
        let bounds = Bounds {
            depth,
            width,
            total,
        };
        let cut = cut(branch, bounds);
        cut.iter().map(|spot| (spot.leaf.id, spot.hidden)).collect()
    }

    #[test]
    fn what_is_cut_is_counted_where_it_is_cut() {
        // 1 has the answers 2, 3 and 4; 2 has 5, which has 6.
        let branch = spots(&[
            (1, None),
            (2, Some(1)),
            (3, Some(1)),
            (4, Some(1)),
            (5, Some(2)),
            (6, Some(5)),
        ]);
        assert_eq!(branch[0].below, 5);
        let whole = [(1, 0), (2, 0), (5, 0), (6, 0), (3, 0), (4, 0)];
        assert_eq!(left(&branch, 9, 9, 99), whole);
        assert_eq!(left(&branch, 2, 9, 99), [(1, 0), (2, 2), (3, 0), (4, 0)]);
        assert_eq!(left(&branch, 9, 1, 99), [(1, 2), (2, 0), (5, 0), (6, 0)]);
        assert_eq!(left(&branch, 9, 9, 3), [(1, 1), (2, 2), (3, 0)]);
        assert!(left(&[], 9, 9, 9).is_empty());
    }

    #[test]
    fn deleted_comments_do_not_count_among_what_stands_below() {
        let mut leaves: Vec<Leaf> = spots(&[(1, None), (2, Some(1)), (3, Some(2))])
            .iter()
            .map(|spot| spot.leaf)
            .collect();
        leaves[1].deleted = true;
        let branch = arrange(leaves);
        assert_eq!(branch[0].below, 1);
        assert_eq!(left(&branch, 1, 9, 9), [(1, 1)]);
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
        fn nothing_is_lost_by_cutting(parents in prop::collection::vec(0usize..50, 1..50), depth in 1usize..6, width in 1usize..4, total in 1usize..40) {
            let links: Vec<(i64, Option<i64>)> = parents.iter().enumerate().map(|(i, parent)| {
                let above = i64::try_from(parent % i.max(1)).unwrap();
                (i64::try_from(i).unwrap(), (i > 0).then_some(above))
            }).collect();
            let branch = spots(&links);
            let kept = cut(&branch, Bounds { depth, width, total });
            let hidden: i64 = kept.iter().map(|spot| spot.hidden).sum();
            prop_assert_eq!(kept.len() + usize::try_from(hidden).unwrap(), branch.len());
            prop_assert!(kept.len() <= total && kept.iter().all(|spot| spot.depth < depth));
        }

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
