//! What became of a reply, for whoever has its address: its author, mostly. It tells where the reply stands, never its
//! text, its author or who decided.

use super::{Comment, page};
use crate::app::App;
use crate::domain::screening::Rule;
use crate::domain::verdict;
use crate::error::Result;
use crate::types::{ApUrl, Id, Timestamp, word_enum};

/// The code of a comment that is held because what it answers may not be seen.
pub const ABOVE_HIDDEN: &str = "above_hidden";
/// The code of an address that is one of ours.
pub const OWN_HOST: &str = "own_host";
/// The reason's word of what is not public.
pub(super) const NOT_PUBLIC: &str = "not_public";

word_enum! {
    /// What became of it, in a word.
    Outcome {
        /// It stands under the post.
        Published = "published",
        /// Its author did not address everybody.
        Private = "private",
        /// It waits for a moderator, or what it answers does.
        Held = "held",
        /// It was taken for spam.
        Spam = "spam",
        /// A moderator threw it away.
        Trash = "trash",
        /// Its author deleted it.
        Deleted = "deleted",
        /// It waits for what it answers.
        Waiting = "waiting",
        /// Its server is blocked here.
        Blocked = "blocked",
        /// It was turned away.
        Refused = "refused",
        /// It was taken and does nothing here.
        Ignored = "ignored",
        /// It is no reply but an activity, and was taken.
        Accepted = "accepted",
        /// It never came.
        Unknown = "unknown",
    }
}

/// What became of a reply.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fate {
    /// In a word.
    pub outcome: Outcome,
    /// Why it was refused, ignored or not found: a word of `federation::reason`, or one of this file's.
    pub code: Option<String>,
    /// The rule that held it; None when a person did.
    pub rule: Option<Rule>,
    /// What it waits for.
    pub parent: Option<ApUrl>,
    /// The comment it became.
    pub comment: Option<Id<Comment>>,
    /// Its place on the post's page, when everybody may see it.
    pub place: Option<String>,
    /// When it came, or was asked for.
    pub seen_at: Option<Timestamp>,
}

impl Fate {
    pub(super) fn new(outcome: Outcome) -> Self {
        Self {
            outcome,
            code: None,
            rule: None,
            parent: None,
            comment: None,
            place: None,
            seen_at: None,
        }
    }

    /// True when looking where it lives may change it.
    fn is_open(&self) -> bool {
        let ours = self.code.as_deref() == Some(OWN_HOST);
        let open = matches!(
            self.outcome,
            Outcome::Unknown | Outcome::Waiting | Outcome::Refused | Outcome::Ignored
        );
        open && !ours
    }

    /// The same in a sentence.
    pub fn sentence(&self) -> String {
        let why = |said: &str| match &self.code {
            Some(code) => format!("{said}: {}", verdict::sentence(code)),
            None => said.to_owned(),
        };
        match self.outcome {
            Outcome::Published => "it stands under the post".into(),
            Outcome::Private => "its author did not address everybody".into(),
            Outcome::Held => self.held().into(),
            Outcome::Spam => "it was taken for spam".into(),
            Outcome::Trash => "a moderator threw it away".into(),
            Outcome::Deleted => "its author deleted it".into(),
            Outcome::Waiting => match &self.parent {
                Some(parent) => format!("it answers {parent}, which has not come here yet"),
                None => "what it answers has not come here yet".into(),
            },
            Outcome::Blocked => "its server is blocked here".into(),
            Outcome::Refused => why("it was refused"),
            Outcome::Ignored => why("it was taken and does nothing here"),
            Outcome::Accepted => "it was taken".into(),
            Outcome::Unknown if self.code.as_deref() == Some(OWN_HOST) => {
                "it is an address of this blog; a reply from elsewhere has one on its own server"
                    .into()
            }
            Outcome::Unknown => why("it never came here"),
        }
    }

    fn held(&self) -> &'static str {
        match self.rule {
            _ if self.code.as_deref() == Some(ABOVE_HIDDEN) => {
                "what it answers may not be seen, so neither may it"
            }
            Some(Rule::All) => "it waits for a moderator, as every reply does here",
            Some(Rule::First) => {
                "it waits for a moderator, as the first reply of everybody does here"
            }
            Some(Rule::Closed) => "it waits for a moderator, for comments were closed when it came",
            None => "it waits for a moderator",
        }
    }
}

/// Finds what became of a reply, by its ActivityPub id or the address of its page.
pub async fn locate(app: &App, address: &ApUrl) -> Result<Fate> {
    verdict::flush(app).await?;
    let wanted = address.clone();
    let found = app.db.read(move |conn| page::locate(conn, &wanted));
    let fate = found.await?;
    let blocked = address
        .host()
        .is_some_and(|host| app.hosts.is_blocked(&host));
    Ok(match fate.outcome {
        Outcome::Unknown | Outcome::Refused | Outcome::Ignored if blocked => {
            Fate::new(Outcome::Blocked)
        }
        Outcome::Unknown if app.is_local(address) => Fate {
            code: Some(OWN_HOST.into()),
            ..fate
        },
        _ => fate,
    })
}

/// The same, after looking where it lives when it never came, or may have changed: it is taken now, if it belongs here.
/// `RateLimited` when too much is looked up at once.
pub async fn look_up(app: &App, address: &ApUrl) -> Result<Fate> {
    let fate = locate(app, address).await?;
    match app.finder.get() {
        Some(finder) if fate.is_open() => {
            let found = finder.look(address).await?;
            locate(app, &found).await
        }
        _ => Ok(fate),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sentence_says_the_rule_and_the_reason() {
        let held = Fate {
            rule: Some(Rule::First),
            ..Fate::new(Outcome::Held)
        };
        assert!(held.sentence().contains("first reply"));
        let refused = Fate {
            code: Some("signature_missing".into()),
            ..Fate::new(Outcome::Refused)
        };
        let text = "it was refused: the message was not signed";
        assert_eq!(refused.sentence(), text);
        let never = Fate::new(Outcome::Unknown);
        assert_eq!(never.sentence(), "it never came here");
    }

    #[test]
    fn what_is_decided_is_not_looked_up() {
        for outcome in [Outcome::Held, Outcome::Private, Outcome::Deleted] {
            assert!(!Fate::new(outcome).is_open());
        }
        assert!(Fate::new(Outcome::Unknown).is_open());
    }
}
