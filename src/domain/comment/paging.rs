//! What a page of a discussion holds: which top-level comments in which order, how much of each branch, and which page comes
//! before and after. The texts are read afterwards, by `post::page`.

use std::collections::HashMap;

use super::page::{self, Root};
use super::thread::{self, Bounds, Leaf, Spot};
use super::{Comment, store};
use crate::db::Conn;
use crate::domain::post::Post;
use crate::error::{Error, Result};
use crate::types::Id;

/// Top-level comments of a page, or answers of the comment whose page it is.
pub const ROOTS: usize = 50;
/// Comments of a page.
pub const COMMENTS: usize = 500;
/// What a page shows of one branch.
pub const BRANCH: Bounds = Bounds {
    depth: 10,
    width: 50,
    total: 200,
};
/// Comments of one branch that are looked at, the oldest.
const LOOKED_AT: usize = 20_000;
/// Comments above the one whose page it is that are shown with it.
const ABOVE: usize = 10;

/// In which order the top-level comments stand.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Order {
    /// As they came.
    #[default]
    Oldest,
    /// The last first.
    Newest,
    /// Those with most below them first.
    Discussed,
}

/// Which page of a discussion.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Turn {
    /// In which order.
    pub order: Order,
    /// Begins after the comment with this number (in the order at hand).
    pub after: Option<i32>,
    /// Ends before the comment with this number; counts when there is no `after`.
    pub before: Option<i32>,
}

/// A chosen page.
#[derive(Clone, Debug, Default)]
pub struct Chosen {
    /// What leads to the comment whose page it is, the outermost first; empty on a post's page.
    pub above: Vec<Spot>,
    /// True when more stands above.
    pub more_above: bool,
    /// The comments in reading order.
    pub spots: Vec<Spot>,
    /// How many comments the post has in all.
    pub total: i64,
    /// The key of the page before: it ends before this number.
    pub earlier: Option<i32>,
    /// The key of the next page: it begins after this number.
    pub later: Option<i32>,
}

impl Chosen {
    /// The comments whose texts are needed.
    pub fn ids(&self) -> Vec<i64> {
        let spots = self.above.iter().chain(&self.spots);
        spots.map(|spot| spot.leaf.id).collect()
    }
}

/// Chooses a page of the discussion of a post. `NotFound` when the key leads nowhere.
pub fn choose(conn: &mut Conn, post: Id<Post>, turn: Turn) -> Result<Chosen> {
    let (beyond, back) = match (turn.after, turn.before) {
        (None, Some(before)) => (Some(before), true),
        (after, _) => (after, false),
    };
    let limit = i64::try_from(ROOTS + 1).unwrap_or(i64::MAX);
    let mut roots = match turn.order {
        Order::Oldest => page::list_roots(conn, post, beyond, back, limit)?,
        Order::Newest => page::list_roots(conn, post, beyond, !back, limit)?,
        Order::Discussed => page::count_discussed(conn, post, beyond, back, limit)?,
    };
    if roots.is_empty() && beyond.is_some() {
        return Err(Error::NotFound("the page"));
    }
    let sizes: Vec<i64> = roots.iter().map(|root| root.below).collect();
    let fit = how_many(&sizes);
    let more = fit < roots.len();
    roots.truncate(fit);
    if back {
        roots.reverse();
    }
    let ends = (
        roots.first().map(|root| root.position),
        roots.last().map(|root| root.position),
    );
    Ok(Chosen {
        spots: branches(conn, &roots)?,
        total: store::count_public(conn, Some(post))?,
        earlier: ends
            .0
            .filter(|_| if back { more } else { beyond.is_some() }),
        later: ends.1.filter(|_| back || more),
        ..Chosen::default()
    })
}

/// How many branches of these sizes fit on a page: at least one.
fn how_many(sizes: &[i64]) -> usize {
    let mut total = 0;
    let fits = |size: &&i64| {
        let shown = usize::try_from(**size).unwrap_or(0).clamp(1, BRANCH.total);
        total += shown;
        total <= COMMENTS
    };
    sizes.iter().take(ROOTS).take_while(fits).count()
}

/// The branches of these top-level comments, cut, in their order.
fn branches(conn: &mut Conn, roots: &[Root]) -> Result<Vec<Spot>> {
    let small = i64::try_from(BRANCH.total).unwrap_or(i64::MAX);
    let (few, many): (Vec<Root>, Vec<Root>) = roots.iter().partition(|root| root.below <= small);
    let few: Vec<i64> = few.iter().map(|root| root.id).collect();
    let mut leaves: Vec<Leaf> = looked_at(conn, &few)?;
    for root in many {
        leaves.extend(looked_at(conn, &[root.id])?);
    }
    let spots = thread::arrange(leaves);
    let mut by_root: HashMap<i64, Vec<Spot>> = HashMap::new();
    for branch in split(&spots, 0) {
        let Some(top) = branch.first() else { continue };
        by_root.insert(top.leaf.id, thread::cut(branch, BRANCH));
    }
    let branch = |root: &Root| by_root.remove(&root.id).unwrap_or_default();
    Ok(roots.iter().flat_map(branch).collect())
}

fn looked_at(conn: &mut Conn, roots: &[i64]) -> Result<Vec<Leaf>> {
    if roots.is_empty() {
        return Ok(Vec::new());
    }
    page::list_leaves(conn, roots, i64::try_from(LOOKED_AT).unwrap_or(i64::MAX))
}

/// Splits a list in reading order into its branches of this depth.
fn split(spots: &[Spot], depth: usize) -> impl Iterator<Item = &[Spot]> {
    spots.chunk_by(move |_, next| next.depth > depth)
}

/// Chooses the page of one comment, by its number: what it answers, itself, what stands below it; `after` a number among its
/// answers. `NotFound` unless it can be seen in its place.
pub fn choose_branch(
    conn: &mut Conn,
    post: Id<Post>,
    number: &str,
    after: Option<i32>,
) -> Result<Chosen> {
    let (spots, at) = look_up(conn, post, number)?;
    let (before, from) = spots.split_at(at);
    let (above, more_above) = ancestors(before, from);
    let mut chosen = below(from, after)?;
    (chosen.above, chosen.more_above) = (above, more_above);
    chosen.total = store::count_public(conn, Some(post))?;
    Ok(chosen)
}

/// The place of the comment with this number. `NotFound` unless it can be seen there.
pub(super) fn find_spot(conn: &mut Conn, post: Id<Post>, number: &str) -> Result<Spot> {
    let (mut spots, at) = look_up(conn, post, number)?;
    Ok(spots.swap_remove(at))
}

/// Everything under the same top-level comment in reading order, and where the wanted one is among it.
fn look_up(conn: &mut Conn, post: Id<Post>, number: &str) -> Result<(Vec<Spot>, usize)> {
    let missing = || Error::NotFound("the comment");
    let root = match (number.strip_prefix('c'), first_of(number)) {
        (Some(id), _) => {
            let id: Id<Comment> = id.parse().map_err(|_| missing())?;
            page::root_of(conn, post, id)?
        }
        (None, Some(position)) => page::find_root(conn, post, position)?,
        (None, None) => None,
    };
    let spots = thread::arrange(looked_at(conn, &[root.ok_or_else(missing)?])?);
    let id = number.strip_prefix('c').and_then(|id| id.parse().ok());
    let is_it = |spot: &Spot| spot.number == number || Some(spot.leaf.id) == id;
    let at = spots.iter().position(is_it).ok_or_else(missing)?;
    Ok((spots, at))
}

/// The top-level number in `3.1.2`; None unless each part is a number as they are given.
fn first_of(number: &str) -> Option<i32> {
    let mut parts = number.split('.').map(|part| {
        let plain = part.starts_with(|c: char| ('1'..='9').contains(&c));
        part.parse::<i32>().ok().filter(|_| plain)
    });
    let first = parts.next()??;
    parts.all(|part| part.is_some()).then_some(first)
}

/// What leads down to the first of `from`, the nearest few; and whether there is more.
fn ancestors(before: &[Spot], from: &[Spot]) -> (Vec<Spot>, bool) {
    let mut above: Vec<Spot> = Vec::new();
    let mut depth = from.first().map_or(0, |spot| spot.depth);
    for spot in before.iter().rev() {
        if spot.depth + 1 == depth && above.len() < ABOVE {
            depth = spot.depth;
            above.push(spot.clone());
        }
    }
    above.reverse();
    (above, depth > 0)
}

/// The first of `from` and a page of its answers.
fn below(from: &[Spot], after: Option<i32>) -> Result<Chosen> {
    let Some((top, rest)) = from.split_first() else {
        return Err(Error::NotFound("the comment"));
    };
    let end = rest.iter().position(|spot| spot.depth <= top.depth);
    let rest = rest.get(..end.unwrap_or(rest.len())).unwrap_or_default();
    let answers: Vec<&[Spot]> = split(rest, top.depth + 1)
        .filter(|branch| place(branch) > after.unwrap_or(0))
        .collect();
    if answers.is_empty() && after.is_some() {
        return Err(Error::NotFound("the page"));
    }
    let sizes: Vec<i64> = answers.iter().map(|branch| size(branch)).collect();
    let fit = how_many(&sizes);
    let shown = answers.get(..fit).unwrap_or_default();
    let later = shown.last().filter(|_| fit < answers.len());
    let mut spots = vec![top.clone()];
    for branch in shown {
        spots.extend(thread::cut(branch, BRANCH));
    }
    Ok(Chosen {
        spots,
        earlier: after,
        later: later.map(|branch| place(branch)),
        ..Chosen::default()
    })
}

fn place(branch: &[Spot]) -> i32 {
    let top = branch.first().and_then(|top| top.leaf.position);
    top.unwrap_or(i32::MAX)
}

fn size(branch: &[Spot]) -> i64 {
    branch.first().map_or(0, |top| top.below + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_ends_before_it_is_too_long_and_holds_at_least_one_branch() {
        assert_eq!(how_many(&[1; 60]), 50);
        assert_eq!(how_many(&[9_000]), 1);
        assert_eq!(how_many(&[9_000; 9]), 2);
        assert_eq!(how_many(&[10; 51]), 50);
        assert_eq!(how_many(&[11; 51]), 45);
        assert_eq!(how_many(&[]), 0);
    }

    #[test]
    fn a_number_that_nobody_gave_is_none() {
        assert_eq!(first_of("3"), Some(3));
        assert_eq!(first_of("12.1.4"), Some(12));
        for junk in [
            "",
            ".",
            "1.",
            ".1",
            "01",
            "1.x",
            "-1",
            "1.-2",
            "+1",
            "99999999999",
            "1..2",
        ] {
            assert_eq!(first_of(junk), None, "{junk}");
        }
    }

    fn chain(parents: &[(i64, Option<i64>)]) -> Vec<Spot> {
        let leaf = |(at, (id, parent_id)): (usize, &(i64, Option<i64>))| Leaf {
            id: *id,
            parent_id: *parent_id,
            position: i32::try_from(at + 1).ok(),
            deleted: false,
        };
        thread::arrange(parents.iter().enumerate().map(leaf).collect())
    }

    #[test]
    fn a_comment_stands_below_its_nearest_ancestors_and_above_its_own_branch() {
        let links: Vec<(i64, Option<i64>)> =
            (1..=15).map(|id| (id, (id > 1).then(|| id - 1))).collect();
        let spots = chain(&links);
        let (before, from) = spots.split_at(13);
        let (above, more) = ancestors(before, from);
        let ids: Vec<i64> = above.iter().map(|spot| spot.leaf.id).collect();
        assert_eq!((ids, more), ((4..=13).collect(), true));
        let chosen = below(from, None).unwrap();
        let ids: Vec<i64> = chosen.spots.iter().map(|spot| spot.leaf.id).collect();
        assert_eq!(ids, [14, 15]);
    }
}
