//! What readers must find on the pages, held against the sample pages.

use std::fmt::Write as _;

use super::sample::{ANSWERS, comment, pages, post, site};
use super::view::{ErrorView, Faces, TalkView};
use super::{render_error, render_post, stylesheet};

/// Walks the tags and fails where one is closed that is not the innermost open one.
fn assert_well_nested(html: &str) {
    let void = ["meta", "link", "img", "input", "br", "hr", "!doctype"];
    let mut open: Vec<String> = Vec::new();
    for part in html.split('<').skip(1) {
        let tag = part.split('>').next().unwrap();
        let name = tag
            .trim_start_matches('/')
            .split([' ', '/', '\n'])
            .next()
            .unwrap()
            .to_lowercase();
        if tag.starts_with('/') {
            assert_eq!(
                open.pop().as_deref(),
                Some(name.as_str()),
                "near {part:.80}"
            );
        } else if !void.contains(&name.as_str()) {
            open.push(name);
        }
    }
    assert_eq!(open, Vec::<String>::new());
}

#[test]
fn every_page_is_well_nested_and_fit_for_a_strict_content_security_policy() {
    for (name, html) in pages() {
        assert_well_nested(&html);
        // A script is a file of ours that waits until the page was read; none stands in the page but blocks of data.
        let data = html
            .matches("<script type=\"application/ld+json\">")
            .count();
        let scripts = html.matches("<script").count() - data;
        let ours = html.matches("<script src=\"/static/").count();
        assert_eq!(scripts, ours, "{name}");
        assert_eq!(html.matches(" defer></script>").count(), ours, "{name}");
        for banned in [" style=", "<style", "javascript:", " onclick", "http://"] {
            assert!(!html.contains(banned), "{name} has {banned}");
        }
        assert!(
            html.contains(&format!("href=\"{}\"", stylesheet().0)),
            "{name}"
        );
    }
}

#[test]
fn a_post_says_who_wrote_it_and_where_its_other_forms_are() {
    let html = render_post(&site(), &post()).unwrap();
    for part in [
        "<html lang=\"en\"",
        "<title>The pause between two choirs – Choir and Desk</title>",
        "<link rel=\"canonical\" href=\"https://blog.example/2026/03/the-pause\">",
        "<link rel=\"alternate\" type=\"application/activity+json\" href=\"https://blog.example/posts/7412\">",
        "type=\"application/atom+xml\" href=\"https://blog.example/posts/the-pause/comments.atom\"",
        "<meta name=\"fediverse:creator\" content=\"@alice@blog.example\">",
        "<meta property=\"og:type\" content=\"article\">",
        "<time class=\"dt-published\" datetime=\"2026-03-01T14:05:00Z\">1 March 2026</time>",
        "<time class=\"dt-updated\" datetime=\"2026-03-04T09:30:00Z\">4 March 2026</time>",
        "21 thoughts on “The pause between two choirs”",
        "43 likes",
        "and 34 more",
        "readonly value=\"https://blog.example/posts/7412\"",
        "readonly value=\"@alice@blog.example\"",
        "Who may appear here is decided on this server; no filter elsewhere is asked.",
        "https://code.example/antiphon",
    ] {
        assert!(html.contains(part), "{part}");
    }
}

#[test]
fn what_came_back_beside_comments_stands_on_the_page_and_only_where_there_is_some() {
    let html = render_post(&site(), &post()).unwrap();
    for part in [
        "<span class=\"sign\">🔥</span> 5",
        "<span class=\"sign\">:blob_cat:</span> 1",
        "2 dislikes",
        "<span class=\"away\">3 likes</span>",
        "<span class=\"sign\">🎉</span> 2",
        ">Quoted by</h2>",
        "&#60;b&#62;bold &#38; co&#60;/b&#62;",
        ">Talked about at</h2>",
        "and 28 more",
        "rel=\"nofollow ugc\"><time class=\"dt-published\" datetime=\"2026-03-03T10:00:00Z\">3 March 2026</time>",
    ] {
        assert!(html.contains(part), "{part}");
    }
    let mut quiet = post();
    (quiet.reacted, quiet.dislikes) = (Vec::new(), 0);
    (quiet.likes, quiet.boosts) = (Faces::default(), Faces::default());
    (quiet.quotes, quiet.links) = (TalkView::default(), TalkView::default());
    let html = render_post(&site(), &quiet).unwrap();
    assert!(!html.contains("id=\"reactions\"") && !html.contains("class=\"talk\""));
}

#[test]
fn comments_stand_in_nested_lists_with_their_anchors() {
    let post = post();
    let html = render_post(&site(), &post).unwrap();
    for comment in &post.comments {
        assert_eq!(
            html.matches(&format!("id=\"{}\"", comment.anchor)).count(),
            1
        );
    }
    let thread = html.split("<div class=\"thread\">").nth(1).unwrap();
    let deepest = thread
        .split("id=\"comment-4.1.1.1.1.1.1.1.1.1.1.1\"")
        .next()
        .unwrap();
    let open = |text: &str| text.matches("<ol").count() - text.matches("</ol>").count();
    assert_eq!(open(deepest), 12);
    let next_top = thread.split("id=\"comment-5\"").next().unwrap();
    assert_eq!(open(next_top), 1);
    assert!(html.contains("lang=\"ar\" dir=\"auto\"><p>شكرًا"));
    assert!(html.contains("This comment was deleted."));
    assert!(html.contains(">edited</time>"));
    assert!(html.contains("aria-hidden=\"true\">س</span>"));
}

#[test]
fn the_page_of_a_comment_stands_below_what_it_answers_and_leads_on() {
    let html = pages()
        .into_iter()
        .find(|(name, _)| *name == "branch.html")
        .unwrap()
        .1;
    let (above, here) = html.split_once("class=\"here\"").unwrap();
    assert!(above.contains("id=\"comment-4\"") && above.contains("Further up in this thread"));
    assert!(here.contains("id=\"comment-4.1\"") && here.contains("Continue this thread (7 more)"));
    assert!(html.contains("noindex") && html.contains("?after=50\" rel=\"next\""));
}

#[test]
fn what_people_write_is_escaped_and_bad_links_are_dropped() {
    let mut post = post();
    post.title = "<b>\"Bold\" & co</b>".to_owned();
    post.comments[0].author.name = "<img src=x>".to_owned();
    post.comments[0].author.url = "javascript:alert(1)".to_owned();
    post.comments[0].url = "data:text/html,x".to_owned();
    let html = render_post(&site(), &post).unwrap();
    assert!(!html.contains("<img src=x>") && !html.contains("<b>\"Bold"));
    assert!(!html.contains("javascript:") && !html.contains("data:text"));
    assert_well_nested(&html);
}

#[test]
fn a_post_without_a_title_is_named_by_its_summary() {
    let mut post = post();
    post.title.clear();
    let html = render_post(&site(), &post).unwrap();
    assert!(html.contains("<title>Why the second choir waits, and how to typeset a wait. – Choir"));
    assert!(!html.contains("<h1") && html.contains(">21 comments</h2>"));
}

#[test]
fn closed_comments_are_said_and_offer_no_reply() {
    let mut post = post();
    post.comments_closed = true;
    let html = render_post(&site(), &post).unwrap();
    assert!(html.contains("Comments are closed.") && !html.contains("do=reply"));
}

#[test]
fn error_pages_keep_out_of_search_engines_and_say_what_happened() {
    let view = ErrorView {
        status: 410,
        reference: String::new(),
    };
    let html = render_error(&site(), &view).unwrap();
    assert!(html.contains("noindex") && html.contains("This page was taken down"));
    assert!(!html.contains("Reference"));
}

#[test]
fn what_the_renderer_writes_has_its_rules_in_the_style_sheet() {
    let (html, css) = (post().html.into_string(), stylesheet().1);
    for class in [
        "anchor",
        "contains-task-list",
        "task-list-item",
        "footnotes",
        "footnote-ref",
        "footnote-backref",
        "hl-keyword",
        "hl-storage",
        "hl-string",
        "hl-constant",
        "hl-entity",
        "hl-support",
        "hl-comment",
        "hl-inserted",
        "hl-deleted",
    ] {
        assert!(html.contains(class), "{class} in the sample");
        assert!(css.contains(&format!(".{class}")), "{class} in the rules");
    }
    let colours = css.matches("--c-word: light-dark(").count();
    assert_eq!(colours, 3, "light and dark, and both ways to high contrast");
}

#[test]
fn a_discussion_of_500_comments_is_rendered_whole() {
    let mut post = post();
    post.comments = (0..500)
        .map(|i| {
            let mut number = String::from("1");
            (0..i % 7).for_each(|_| write!(number, ".{}", i % 3 + 1).unwrap());
            comment(&number, i, ANSWERS[i % 3])
        })
        .collect();
    let html = render_post(&site(), &post).unwrap();
    assert_eq!(html.matches("<article class=\"thought").count(), 500);
    assert_well_nested(&html);
}

#[test]
fn a_thread_says_how_complete_it_is_and_offers_to_look() {
    let html = render_post(&site(), &post()).unwrap();
    let known = "At least 24 known, 21 here (2 not public, 1 on servers that do not answer)";
    assert!(html.contains(known), "{html}");
    assert!(html.contains("action=\"/posts/the-pause/look\""));
    let mut whole = post();
    whole.missing.clear();
    assert!(
        !render_post(&site(), &whole)
            .unwrap()
            .contains("At least 24")
    );
}
