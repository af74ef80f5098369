//! From reading order with depths to nested JSON, without recursion and with a floor: a thread may be deeper than the
//! machine's stack and than what readers of JSON take.

use super::comments::CommentJson;

/// Levels of `replies` below a comment that answers the post. The documentation of `GET /posts/{id}/comments` says it.
pub(super) const DEEPEST: usize = 100;

/// Nests comments that come in reading order, each with its depth.
pub(super) fn nest(comments: impl Iterator<Item = (usize, CommentJson)>) -> Vec<CommentJson> {
    let mut top = Vec::new();
    // The comment just read, below its ancestors.
    let mut path: Vec<CommentJson> = Vec::new();
    for (depth, comment) in comments {
        close(&mut path, &mut top, depth.min(DEEPEST));
        path.push(comment);
    }
    close(&mut path, &mut top, 0);
    top
}

/// Hangs comments on their parents until the path is `depth` long.
fn close(path: &mut Vec<CommentJson>, top: &mut Vec<CommentJson>, depth: usize) {
    while path.len() > depth {
        let Some(done) = path.pop() else {
            return;
        };
        match path.last_mut() {
            Some(parent) => parent.replies.push(done),
            None => top.push(done),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Nests comments of these depths, named by their place, and writes the tree as `0(1(2)3)`.
    fn shape(depths: &[usize]) -> String {
        fn write(out: &mut String, comments: &[CommentJson]) {
            for comment in comments {
                out.push_str(&comment.id);
                if !comment.replies.is_empty() {
                    out.push('(');
                    write(out, &comment.replies);
                    out.push(')');
                }
            }
        }
        let comments = depths.iter().enumerate();
        let nested =
            nest(comments.map(|(at, depth)| (*depth, CommentJson::named(&at.to_string()))));
        let mut out = String::new();
        write(&mut out, &nested);
        out
    }

    #[test]
    fn replies_stand_in_their_parent() {
        assert_eq!(shape(&[0, 1, 2, 1, 0, 1]), "0(1(2)3)4(5)");
        assert_eq!(shape(&[]), "");
    }

    #[test]
    fn below_the_floor_all_stand_side_by_side_in_reading_order() {
        let depths: Vec<usize> = (0..20_000).collect();
        let text = shape(&depths);
        assert_eq!(text.matches('(').count(), DEEPEST);
        assert!(text.contains("98(99(100101102"), "{}", text.len());
        assert!(text.ends_with(&")".repeat(DEEPEST)));
    }
}
