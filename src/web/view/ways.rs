//! What the pages show that lead to a reader's own server, and those to which other servers lead our own people.

use crate::app::way::Act;

/// The page behind a button: follow, reply, like or boost from one's own server.
#[derive(Clone, Debug, Default)]
pub struct InteractView {
    /// follow, reply, like or boost.
    pub act: &'static str,
    /// The key of its heading.
    pub heading: &'static str,
    /// What it is about, as `/interact` knows it.
    pub id: String,
    /// What it is about, in words.
    pub about: String,
    /// The page it was asked from.
    pub back: String,
    /// The ActivityPub id, to be copied.
    pub address: String,
    /// What was typed.
    pub server: String,
    /// The key of what is wrong with that.
    pub slip: Option<&'static str>,
    /// Where it goes.
    pub way: Option<WayView>,
}

/// Where a reader can go.
#[derive(Clone, Debug, Default)]
pub struct WayView {
    /// The address.
    pub href: String,
    /// Its host.
    pub host: String,
    /// True when that is not the site that was typed.
    pub elsewhere: bool,
    /// True when that site did not say that this is the way.
    pub is_guess: bool,
}

/// The page to which other sites' buttons lead.
#[derive(Clone, Debug, Default)]
pub struct VisitView {
    /// What was asked for.
    pub address: String,
    /// What stands there.
    pub shown: Option<ShownView>,
    /// The key of what went wrong.
    pub slip: Option<&'static str>,
    /// The key of what was done.
    pub done: Option<&'static str>,
    /// What can be done: the word, the key of its name, whether it was asked for.
    pub acts: Vec<(&'static str, &'static str, bool)>,
    /// The form's token.
    pub token: String,
}

/// What stands at an address elsewhere.
#[derive(Clone, Debug, Default)]
pub struct ShownView {
    /// The name of the person or author.
    pub name: String,
    /// Their handle.
    pub handle: String,
    /// The page.
    pub url: String,
    /// The beginning, as plain text.
    pub excerpt: String,
}

impl ShownView {
    /// The address when it is one a browser may follow.
    pub fn href(&self) -> Option<&str> {
        super::safe_href(&self.url)
    }
}

/// The form for a draft that began elsewhere.
#[derive(Clone, Debug, Default)]
pub struct ShareView {
    /// The title.
    pub title: String,
    /// The text, Markdown.
    pub content: String,
    /// The form's token.
    pub token: String,
    /// What is wrong with it, in words.
    pub slip: Option<String>,
    /// The draft's id, once it is saved.
    pub saved: Option<String>,
}

/// The key of an act's name.
pub fn act_key(act: Act) -> &'static str {
    match act {
        Act::Follow => "act-follow",
        Act::Reply => "act-reply",
        Act::Like => "act-like",
        Act::Boost => "act-boost",
    }
}
