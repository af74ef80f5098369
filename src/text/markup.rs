//! Clean HTML as a run of tags and texts, for readers that change a place here and there. It trusts the sanitiser: every
//! element is closed, and a quote never stands open.

/// A part of clean HTML, as it is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Piece<'h> {
    /// `<p class="x">`, `</p>`.
    Tag(&'h str),
    /// What stands between two tags, escaped.
    Text(&'h str),
}

/// The parts in order.
pub(super) fn pieces(html: &str) -> impl Iterator<Item = Piece<'_>> {
    let mut rest = html;
    std::iter::from_fn(move || {
        let is_tag = rest.starts_with('<');
        let end = if is_tag {
            super::emoji::tag_length(rest)
        } else {
            rest.find('<').unwrap_or(rest.len())
        };
        let (piece, tail) = rest.split_at_checked(end)?;
        rest = tail;
        match (piece.is_empty(), is_tag) {
            (true, _) => None,
            (_, true) => Some(Piece::Tag(piece)),
            (_, false) => Some(Piece::Text(piece)),
        }
    })
}

/// The name of a tag's element: `p` of `<p id="x">` and of `</p>`.
pub(super) fn name(tag: &str) -> &str {
    let name = tag.trim_start_matches(['<', '/']);
    name.split([' ', '>', '/']).next().unwrap_or_default()
}

/// True for `</p>`.
pub(super) fn closes(tag: &str) -> bool {
    tag.starts_with("</")
}

/// True for a tag with this class.
pub(super) fn has_class(tag: &str, class: &str) -> bool {
    super::images::attribute(tag, "class")
        .is_some_and(|list| list.split_ascii_whitespace().any(|one| one == class))
}
