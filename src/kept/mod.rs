//! Answers that are kept in memory, and what each shows, as scopes: whoever changes something in a scope makes the answers
//! that show it stale. It knows no page and no table.

mod answer;
mod answers;
mod changes;
mod encoding;
pub mod headers;
mod scopes;

use std::fmt;
use std::str::FromStr;

pub use answer::{Answer, Choice, is_unchanged};
pub use answers::{Answers, Found, Key};
pub use changes::Changes;
pub use encoding::{Encoding, shrink};

/// Marks a response that may be kept until one of these scopes changes; without any it is kept as long as there is room.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Keep(pub Vec<Scope>);

/// A part of what the node knows. An answer names the scopes of everything it shows, and is kept until one of them changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Scope {
    /// A post's row with everything below it: tags, comments, reactions, quotes, pictures, what is missing.
    Post(i64),
    /// Which posts are published, in which order: lists, archives, feeds, the sitemap.
    Posts,
    /// Somebody's name, picture, profile.
    Actor(i64),
    /// Who follows an account.
    Followers(i64),
    /// The pictures of custom emoji.
    Emojis,
    /// Which files of the media folder there are; what stands in one never changes.
    Media,
    /// What stands on every page: accounts, free pages, categories, series.
    Site,
}

impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Post(id) => write!(f, "post:{id}"),
            Self::Posts => f.write_str("posts"),
            Self::Actor(id) => write!(f, "actor:{id}"),
            Self::Followers(id) => write!(f, "followers:{id}"),
            Self::Emojis => f.write_str("emojis"),
            Self::Media => f.write_str("media"),
            Self::Site => f.write_str("site"),
        }
    }
}

impl FromStr for Scope {
    type Err = ();

    /// Reads what [`fmt::Display`] writes.
    fn from_str(text: &str) -> Result<Self, ()> {
        let (kind, id) = text.split_once(':').unwrap_or((text, ""));
        let id = || id.parse::<i64>().map_err(|_| ());
        match kind {
            "post" => Ok(Self::Post(id()?)),
            "posts" => Ok(Self::Posts),
            "actor" => Ok(Self::Actor(id()?)),
            "followers" => Ok(Self::Followers(id()?)),
            "emojis" => Ok(Self::Emojis),
            "media" => Ok(Self::Media),
            "site" => Ok(Self::Site),
            _ => Err(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_scope_reads_what_it_writes() {
        for scope in [
            Scope::Post(7),
            Scope::Posts,
            Scope::Actor(1),
            Scope::Followers(3),
            Scope::Emojis,
            Scope::Media,
            Scope::Site,
        ] {
            assert_eq!(scope.to_string().parse(), Ok(scope));
        }
        for junk in ["", "post", "post:x", "postss", "page:1"] {
            assert_eq!(junk.parse::<Scope>(), Err(()), "{junk}");
        }
    }
}
