//! Samples of the pages of one comment, and of the ways to and from other servers.

use super::super::view::{InteractView, PostView, ShareView, ShownView, VisitView, WayView};
use super::{comment, comments, post};

pub(super) fn branch() -> PostView {
    // The branch of 4.1, without 5, which follows it.
    let mut below = comments().split_off(9);
    below.pop();
    for one in &mut below {
        one.depth -= 1;
    }
    if let Some(last) = below.last_mut() {
        last.hidden_answers = 7;
    }
    PostView {
        above: vec![comment("4", 1, "<p>What it answers.</p>")],
        above_url: Some("/posts/the-pause/comments/4#comment-4".to_owned()),
        comments: below,
        comments_newer: Some(
            "https://blog.example/posts/the-pause/comments/4.1?after=50".to_owned(),
        ),
        ..post()
    }
}

pub(super) fn interact() -> InteractView {
    InteractView {
        act: "reply",
        heading: "interact-reply",
        id: "the-pause/1.2".to_owned(),
        about: "Ottoline 🌿".to_owned(),
        back: "/posts/the-pause/comments/1.2#comment-1.2".to_owned(),
        address: "https://garden.example/users/ottoline/statuses/12".to_owned(),
        server: "bob".to_owned(),
        slip: Some("way-unreadable"),
        way: None,
    }
}

pub(super) fn way() -> InteractView {
    InteractView {
        server: "@bob@m.example".to_owned(),
        slip: None,
        way: Some(WayView {
            href: "https://other.example/authorize_interaction?uri=x".to_owned(),
            host: "other.example".to_owned(),
            elsewhere: true,
            is_guess: false,
        }),
        ..interact()
    }
}

pub(super) fn visit() -> VisitView {
    VisitView {
        address: "https://m.example/@bob/1".to_owned(),
        shown: Some(ShownView {
            name: "Bob".to_owned(),
            handle: "@bob@m.example".to_owned(),
            url: "https://m.example/@bob/1".to_owned(),
            excerpt: "What Bob wrote.".to_owned(),
        }),
        acts: vec![
            ("follow", "act-follow", false),
            ("reply", "act-reply", true),
            ("like", "act-like", false),
        ],
        token: "token".to_owned(),
        ..VisitView::default()
    }
}

pub(super) fn share() -> ShareView {
    ShareView {
        title: "A page".to_owned(),
        content: "https://m.example/".to_owned(),
        token: "token".to_owned(),
        slip: Some("a title has at most 500 characters".to_owned()),
        saved: None,
    }
}
