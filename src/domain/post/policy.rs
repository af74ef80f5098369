//! Whether a post takes comments: by its writer's word, or until so many days after it appeared. Pure; what becomes of a
//! reply that comes too late is the comments' own business.

use super::{Post, Status};
use crate::config::Discussion;
use crate::types::{Timestamp, word_enum};

word_enum! {
    /// What a post's writer says about comments.
    Comments {
        /// They are taken.
        Open = "open",
        /// None are taken any more.
        Closed = "closed",
    }
}

/// What decides whether a post takes comments.
#[derive(Clone, Copy, Debug, PartialEq, Eq, diesel::Queryable)]
pub struct Policy {
    /// By its writer's word.
    pub comments: Comments,
    /// When it appeared.
    pub published_at: Option<Timestamp>,
}

impl Post {
    /// What decides whether it takes comments.
    pub const fn policy(&self) -> Policy {
        Policy {
            comments: self.comments,
            published_at: self.published_at,
        }
    }

    /// When it closes by itself; None when it never does, or has not appeared.
    pub fn closes_at(&self, rules: &Discussion) -> Option<Timestamp> {
        let appeared = self.status == Status::Published;
        self.policy().closes_at(rules).filter(|_| appeared)
    }
}

impl Policy {
    /// When comments close by themselves; None: never.
    pub fn closes_at(self, rules: &Discussion) -> Option<Timestamp> {
        let days = i64::from(rules.close_after_days);
        let at =
            |from: Timestamp| Timestamp(from.0.saturating_add(days.saturating_mul(Timestamp::DAY)));
        self.published_at.filter(|_| days > 0).map(at)
    }

    /// True when no comments are taken at this moment.
    pub fn is_closed(self, rules: &Discussion, now: Timestamp) -> bool {
        self.comments == Comments::Closed || self.closes_at(rules).is_some_and(|at| at <= now)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{Moderation, Quotes};

    const DAY: i64 = Timestamp::DAY;

    fn rules(days: u32) -> Discussion {
        Discussion {
            moderation: Moderation::Open,
            verdicts: 1,
            verdict_days: 1,
            quotes: Quotes::Open,
            close_after_days: days,
        }
    }

    fn policy(comments: Comments, published_at: i64) -> Policy {
        Policy {
            comments,
            published_at: Some(Timestamp(published_at)),
        }
    }

    #[test]
    fn comments_close_by_hand_or_after_the_days_and_not_a_moment_sooner() {
        let open = policy(Comments::Open, 5);
        assert!(!open.is_closed(&rules(0), Timestamp(i64::MAX)));
        assert!(!open.is_closed(&rules(2), Timestamp(5 + 2 * DAY - 1)));
        assert!(open.is_closed(&rules(2), Timestamp(5 + 2 * DAY)));
        assert!(policy(Comments::Closed, 5).is_closed(&rules(0), Timestamp(0)));
    }

    #[test]
    fn what_never_appeared_never_closes_by_itself() {
        let draft = Policy {
            comments: Comments::Open,
            published_at: None,
        };
        assert_eq!(draft.closes_at(&rules(2)), None);
        assert_eq!(policy(Comments::Open, 5).closes_at(&rules(0)), None);
        let far = policy(Comments::Open, i64::MAX - 1);
        assert_eq!(far.closes_at(&rules(u32::MAX)), Some(Timestamp(i64::MAX)));
    }
}
