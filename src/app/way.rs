//! What somebody wants to do from their own server, and the way there. Plain values that pass between those who ask and
//! those who find.

use crate::types::Host;

/// What somebody wants to do with a post, a comment or a person.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Act {
    /// Follow the author.
    Follow,
    /// Answer.
    Reply,
    /// Like.
    Like,
    /// Boost.
    Boost,
}

impl Act {
    /// Reads the word that addresses and forms use.
    pub fn parse(word: &str) -> Option<Self> {
        Some(match word {
            "follow" => Self::Follow,
            "reply" => Self::Reply,
            "like" => Self::Like,
            "boost" => Self::Boost,
            _ => return None,
        })
    }

    /// That word.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Follow => "follow",
            Self::Reply => "reply",
            Self::Like => "like",
            Self::Boost => "boost",
        }
    }
}

/// Where somebody can do it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Way {
    /// The address to go to; always a web address without a password in it.
    pub href: String,
    /// Its host.
    pub host: Host,
    /// The server that was asked.
    pub asked: Host,
    /// The server names no way: this is where most have it.
    pub is_guess: bool,
}

impl Way {
    /// True when it leads to another site than the one that was asked.
    pub fn leads_elsewhere(&self) -> bool {
        let below = self.host.as_str().strip_suffix(self.asked.as_str());
        !below.is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
    }
}

/// Why there is no way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoWay {
    /// It is neither a handle nor a server.
    Unreadable,
    /// It is this site.
    Own,
    /// The server is blocked here.
    Blocked,
    /// The server does not answer as it should.
    Unreachable,
    /// The server knows nobody of that name.
    UnknownPerson,
    /// Too much is being looked up.
    Busy,
}

/// What stands at an address elsewhere, for one of ours who wants to do something with it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Shown {
    /// A person, not something written.
    pub is_person: bool,
    /// The name of the person, or of the author.
    pub name: String,
    /// `@user@host` of that person.
    pub handle: String,
    /// Its page.
    pub url: String,
    /// The beginning of it, as plain text.
    pub excerpt: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_same_host_and_what_is_below_it_is_the_same_site() {
        let way = |asked: &str, host: &str| Way {
            href: String::new(),
            host: Host::parse(host).unwrap(),
            asked: Host::parse(asked).unwrap(),
            is_guess: false,
        };
        assert!(!way("m.example", "m.example").leads_elsewhere());
        assert!(!way("m.example", "social.m.example").leads_elsewhere());
        for (asked, host) in [
            ("m.example", "evilm.example"),
            ("a.m.example", "m.example"),
            ("m.example", "m.example.evil"),
        ] {
            assert!(way(asked, host).leads_elsewhere(), "{asked} {host}");
        }
    }
}
