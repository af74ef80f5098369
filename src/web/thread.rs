//! Turns the flat list of comments into the events of nested lists: which to open and which to close
//! before each comment. The template is then one loop, without recursion.

use super::view::CommentView;

/// How deep lists are really nested. Comments below stand side by side on the last level; their
/// numbers and "in answer to" still say where they belong. Browsers stop nesting at 512 elements.
const DEEPEST_LIST: usize = 24;

/// One comment and what happens to the lists before it.
#[derive(Debug)]
pub(super) struct Step<'a> {
    /// The comment.
    pub(super) comment: &'a CommentView,
    /// True when a list opens before it; else it follows a comment in an open list.
    pub(super) opens: bool,
    /// How many lists end before it, each with its last item.
    pub(super) closes: usize,
    /// What it answers, when that is a comment of this page.
    pub(super) parent: Option<&'a CommentView>,
}

/// The steps of a whole discussion.
#[derive(Debug)]
pub(super) struct Thread<'a> {
    /// In thread order.
    pub(super) steps: Vec<Step<'a>>,
    /// How many lists are still open at the end.
    pub(super) closes: usize,
}

impl<'a> Thread<'a> {
    /// Reads the depths. A comment deeper than its predecessor allows (its parent is not on the page)
    /// hangs on the predecessor.
    pub(super) fn new(comments: &'a [CommentView]) -> Self {
        let mut steps = Vec::with_capacity(comments.len());
        let mut path: Vec<&CommentView> = Vec::new();
        let mut level = 0;
        for comment in comments {
            path.truncate(comment.depth);
            let parent = path.last().copied();
            path.push(comment);
            let wanted = path.len().min(DEEPEST_LIST);
            let opens = wanted > level;
            steps.push(Step {
                comment,
                opens,
                closes: level.saturating_sub(wanted),
                parent,
            });
            level = wanted;
        }
        Self {
            steps,
            closes: level,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn comments(depths: &[usize]) -> Vec<CommentView> {
        depths
            .iter()
            .map(|&depth| CommentView {
                depth,
                ..CommentView::default()
            })
            .collect()
    }

    fn events(depths: &[usize]) -> (Vec<(bool, usize)>, usize) {
        let comments = comments(depths);
        let thread = Thread::new(&comments);
        (
            thread
                .steps
                .iter()
                .map(|step| (step.opens, step.closes))
                .collect(),
            thread.closes,
        )
    }

    #[test]
    fn lists_open_and_close_with_the_depth() {
        let (steps, closes) = events(&[0, 1, 2, 1, 0]);
        assert_eq!(
            steps,
            [(true, 0), (true, 0), (true, 0), (false, 1), (false, 1)]
        );
        assert_eq!(closes, 1);
    }

    #[test]
    fn a_gap_in_the_depths_hangs_on_the_predecessor() {
        let (steps, closes) = events(&[3, 7, 0]);
        assert_eq!(steps, [(true, 0), (true, 0), (false, 1)]);
        assert_eq!(closes, 1);
    }

    #[test]
    fn very_deep_threads_stop_nesting_but_keep_their_parent() {
        let comments = comments(&(0..600).collect::<Vec<_>>());
        let thread = Thread::new(&comments);
        assert_eq!(
            thread.steps.iter().filter(|step| step.opens).count(),
            DEEPEST_LIST
        );
        assert_eq!(thread.closes, DEEPEST_LIST);
        assert_eq!(
            thread
                .steps
                .last()
                .and_then(|step| step.parent)
                .map(|c| c.depth),
            Some(598)
        );
    }

    #[test]
    fn no_comments_open_no_list() {
        assert_eq!(events(&[]), (Vec::new(), 0));
    }
}
