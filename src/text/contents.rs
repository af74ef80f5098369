//! The headings of a post, for its table of contents.

use super::images::attribute;
use super::markup::{Piece, closes, name, pieces};

/// Most headings of a table of contents.
const MOST: usize = 60;

/// A heading that one can jump to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Heading {
    /// The id of its element.
    pub id: String,
    /// Its words, as clean HTML without tags.
    pub text: String,
    /// True when it stands below another.
    pub is_below: bool,
}

/// The headings of clean HTML of the two highest levels that it uses.
pub fn headings(html: &str) -> Vec<Heading> {
    let mut found: Vec<(char, Heading)> = Vec::new();
    let mut open: Option<(char, Heading)> = None;
    for piece in pieces(html) {
        match (piece, &mut open) {
            (Piece::Tag(tag), None) => open = begin(tag),
            (Piece::Tag(tag), Some((level, _))) if closes(tag) && name(tag).ends_with(*level) => {
                found.extend(
                    open.take()
                        .filter(|(_, heading)| !heading.text.trim().is_empty()),
                );
            }
            (Piece::Text(text), Some((_, heading))) => heading.text.push_str(text),
            _ => {}
        }
    }
    let mut levels: Vec<char> = found.iter().map(|(level, _)| *level).collect();
    levels.sort_unstable();
    levels.dedup();
    let (first, second) = (levels.first().copied(), levels.get(1).copied());
    let kept = found.into_iter().filter(|(level, _)| {
        let level = Some(*level);
        level == first || level == second
    });
    let placed = kept.map(|(level, heading)| Heading {
        is_below: Some(level) != first,
        ..heading
    });
    placed.take(MOST).collect()
}

fn begin(tag: &str) -> Option<(char, Heading)> {
    let level = name(tag).strip_prefix('h')?.chars().next()?;
    if closes(tag) || !('1'..='6').contains(&level) {
        return None;
    }
    let heading = Heading {
        id: attribute(tag, "id")?.to_owned(),
        text: String::new(),
        is_below: false,
    };
    Some((level, heading))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::markdown::{Mentions, render_post};

    #[test]
    fn the_two_highest_levels_are_listed() {
        let html = render_post("## A & *b*\n\n#### deep\n\n### c\n\n## d", &Mentions::new()).html;
        let found = headings(html.as_str());
        let seen: Vec<_> = found
            .iter()
            .map(|one| (one.id.as_str(), one.text.as_str(), one.is_below))
            .collect();
        assert_eq!(
            seen,
            [
                ("h-a--b", "A &amp; b", false),
                ("h-c", "c", true),
                ("h-d", "d", false)
            ]
        );
        assert_eq!(headings("<h2>no id</h2><hr>"), []);
    }
}
