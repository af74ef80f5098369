//! A sample of what was found.

use super::super::view::{HitView, SearchView};
use super::{alice, at, person};
use crate::domain::search::Part;

fn parts(text: &str) -> Vec<Part> {
    // Every second part is what was looked for.
    let all = text.split('|').enumerate();
    all.map(|(place, text)| Part {
        text: text.to_owned(),
        is_hit: place % 2 == 1,
    })
    .filter(|part| !part.text.is_empty())
    .collect()
}

pub(super) fn found() -> SearchView {
    let post = HitView {
        url: "https://choir.example/posts/the-pause".to_owned(),
        title: parts("The pause between two |choirs|"),
        snippet: parts("… where one |choir| ends and the other <has> not begun …"),
        author: alice(),
        published: at("2026-03-01T14:05:00Z"),
        language: "en".to_owned(),
        ..HitView::default()
    };
    let comment = HitView {
        is_comment: true,
        url: format!("{}#comment-1.2", post.url),
        author: person(1),
        snippet: parts("Our |choir| waits, too."),
        ..post.clone()
    };
    SearchView {
        query: "choir*".to_owned(),
        is_answer: true,
        hits: vec![post, comment],
        next: Some("/search?q=choir*&from=a-1".to_owned()),
        ..SearchView::default()
    }
}

pub(super) fn wrong() -> SearchView {
    SearchView {
        query: "\"choir".to_owned(),
        mistake: Some("A quotation mark is not closed.".to_owned()),
        ..SearchView::default()
    }
}
