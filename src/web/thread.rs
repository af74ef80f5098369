//! Turns the flat list of comments into the events of nested lists: which to open and which to close
//! before each comment. The template is then one loop, without recursion.

use std::collections::HashMap;

use super::i18n::Catalogue;
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
    /// The lists that end before it, each with its last item: what their comments answer.
    pub(super) closes: Vec<Option<&'a CommentView>>,
    /// What it answers, when that is a comment of this page.
    pub(super) parent: Option<&'a CommentView>,
    /// True when no answer to it follows.
    pub(super) last: bool,
}

/// The words that stand at each comment, looked up once.
#[derive(Clone, Copy, Debug)]
pub(super) struct Words {
    pub(super) answers: &'static str,
    pub(super) to: &'static str,
    pub(super) edited: &'static str,
    pub(super) writer: &'static str,
    pub(super) deleted: &'static str,
    pub(super) original: &'static str,
    pub(super) whole: &'static str,
    pub(super) reactions: &'static str,
    pub(super) reply: &'static str,
    pub(super) like: &'static str,
    pub(super) boost: &'static str,
    pub(super) follow: &'static str,
}

impl Words {
    fn of(t: &'static Catalogue) -> Self {
        Self {
            answers: t.text("answers"),
            to: t.text("answers-to"),
            edited: t.text("edited"),
            writer: t.text("writer"),
            deleted: t.text("deleted"),
            original: t.text("original"),
            whole: t.text("whole-comment"),
            reactions: t.text("reactions"),
            reply: t.text("act-reply"),
            like: t.text("act-like"),
            boost: t.text("act-boost"),
            follow: t.text("act-follow"),
        }
    }
}

/// The steps of a whole discussion.
#[derive(Debug)]
pub(super) struct Thread<'a> {
    /// In thread order.
    pub(super) steps: Vec<Step<'a>>,
    /// The lists that are still open at the end.
    pub(super) closes: Vec<Option<&'a CommentView>>,
    /// The words at each comment.
    pub(super) words: Words,
    /// "3 answers", by the number: plurals are dear, and most numbers come again.
    counted: HashMap<i64, String>,
}

impl<'a> Thread<'a> {
    /// Reads the depths. A comment deeper than its predecessor allows (its parent is not on the page)
    /// hangs on the predecessor.
    pub(super) fn new(comments: &'a [CommentView], t: &'static Catalogue) -> Self {
        let mut steps: Vec<Step<'a>> = Vec::with_capacity(comments.len());
        let mut path: Vec<&CommentView> = Vec::new();
        // What the comments of each open list answer.
        let mut lists: Vec<Option<&CommentView>> = Vec::new();
        for comment in comments {
            path.truncate(comment.depth);
            let parent = path.last().copied();
            path.push(comment);
            let wanted = path.len().min(DEEPEST_LIST);
            let opens = wanted > lists.len();
            let mut closes = lists.split_off(wanted.min(lists.len()));
            closes.reverse();
            if opens {
                lists.push(parent);
            }
            if let Some(before) = steps.last_mut() {
                before.last = !opens;
            }
            steps.push(Step {
                comment,
                opens,
                closes,
                parent,
                last: true,
            });
        }
        lists.reverse();
        let mut counted = HashMap::new();
        for comment in comments.iter().filter(|comment| comment.below > 0) {
            let words = || t.count("answers-count", comment.below);
            counted.entry(comment.below).or_insert_with(words);
        }
        Self {
            steps,
            closes: lists,
            words: Words::of(t),
            counted,
        }
    }

    /// How many stand below a comment, in words.
    pub(super) fn answers(&self, comment: &CommentView) -> &str {
        self.counted.get(&comment.below).map_or("", String::as_str)
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
        let thread = Thread::new(&comments, Catalogue::of("en"));
        (
            thread
                .steps
                .iter()
                .map(|step| (step.opens, step.closes.len()))
                .collect(),
            thread.closes.len(),
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
    fn a_list_that_ends_says_what_its_comments_answer() {
        let mut comments = comments(&[0, 1, 2, 0]);
        for (at, comment) in comments.iter_mut().enumerate() {
            comment.number = at.to_string();
        }
        let thread = Thread::new(&comments, Catalogue::of("en"));
        let closes = thread.steps[3].closes.iter();
        let numbers: Vec<&str> = closes.map(|one| one.unwrap().number.as_str()).collect();
        assert_eq!(numbers, ["1", "0"]);
        assert!(matches!(thread.closes[..], [None]));
        let last: Vec<bool> = thread.steps.iter().map(|step| step.last).collect();
        assert_eq!(last, [false, false, true, true]);
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
        let thread = Thread::new(&comments, Catalogue::of("en"));
        assert_eq!(
            thread.steps.iter().filter(|step| step.opens).count(),
            DEEPEST_LIST
        );
        assert_eq!(thread.closes.len(), DEEPEST_LIST);
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
