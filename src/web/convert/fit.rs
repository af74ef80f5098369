//! Long comments among others: a page has their beginning only, so that it stays of a size that can be read, sent and kept.

use crate::text::excerpt::excerpt;
use crate::text::{self, escape};
use crate::types::Html;
use crate::web::view::CommentView;

/// Longest text that stands whole among others, in bytes.
const TEXT_MAX: usize = 16 * 1024;
/// Longest texts of all comments of a page that stand there whole, in bytes.
const TEXTS_MAX: usize = 1024 * 1024;
/// Where the beginning is looked for, in bytes, and how long it is, in characters as readers see them.
const BEGINNING: (usize, usize) = (4 * 1024, 300);

/// Leaves the beginning of each long text, except of the comment at `whole`, whose page it may be.
pub(super) fn fit(comments: &mut [CommentView], whole: usize) {
    let mut room = TEXTS_MAX;
    for (at, comment) in comments.iter_mut().enumerate() {
        let length = comment.html.as_str().len();
        if at == whole || length <= TEXT_MAX.min(room) {
            room = room.saturating_sub(length);
        } else {
            comment.html = beginning(&comment.html);
            comment.is_cut = true;
        }
    }
}

fn beginning(html: &Html) -> Html {
    let (bytes, characters) = BEGINNING;
    let start = excerpt(text::cut(html.as_str(), bytes), characters);
    Html::trusted(format!("<p>{}</p>", escape(text::cut(&start, bytes))))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn comments(lengths: &[usize]) -> Vec<CommentView> {
        let comment = |length: &usize| CommentView {
            html: Html::trusted(format!("<p>{}</p>", "x ".repeat(length / 2))),
            ..CommentView::default()
        };
        lengths.iter().map(comment).collect()
    }

    #[test]
    fn a_long_comment_has_its_beginning_among_others_and_stands_whole_on_its_own_page() {
        let mut page = comments(&[TEXT_MAX * 3, 100, TEXT_MAX + 1]);
        fit(&mut page, 0);
        let cut: Vec<bool> = page.iter().map(|one| one.is_cut).collect();
        assert_eq!(cut, [false, false, true]);
        assert!(page[0].html.as_str().len() > TEXT_MAX * 3);
        assert!(page[2].html.as_str().len() < 400 && page[2].html.as_str().ends_with("…</p>"));
    }

    #[test]
    fn however_long_its_comments_are_a_page_stays_small() {
        for one in ["x ", "e\u{301}\u{301}\u{301}\u{301}\u{301}", "<b>&amp;"] {
            let comment = || CommentView {
                html: Html::trusted(one.repeat(TEXT_MAX / one.len())),
                ..CommentView::default()
            };
            let mut page: Vec<_> = (0..500).map(|_| comment()).collect();
            fit(&mut page, 0);
            let total: usize = page.iter().map(|one| one.html.as_str().len()).sum();
            assert!(total < 3 * TEXTS_MAX, "{total}");
        }
    }
}
