//! Sample pages for the tests, and a test that writes them to a folder to be looked at:
//! `ANTIPHON_SAMPLES=/tmp/pages cargo test sample_pages_can_be_written`.

mod design;
mod filing;
mod search;
mod ways;

use std::path::{Path, PathBuf};

use super::view::{
    Author, AuthorView, CommentView, CoverView, ErrorView, Faces, FateView, HomeView, Link,
    PostSummary, PostView, QueueView, QueuedHost, QueuedThread, ReactedView, RepliesView, Site,
    SpokenView, TagView, TalkView, TallyView,
};
use super::{
    favicon, render_about, render_archive, render_author, render_branch, render_category,
    render_error, render_followers, render_free_page, render_home, render_interact, render_post,
    render_queue, render_replies, render_search, render_series, render_share, render_tag,
    render_visit, stylesheet,
};
use crate::types::{Html, Timestamp};

const NAMES: [(&str, &str, bool); 9] = [
    ("Ben Wu", "@ben@social.example", true),
    ("Ottoline 🌿", "@ottoline@garden.example", true),
    ("", "@quiet@plain.example", false),
    ("سلمى الخطيب", "@salma@masto.example", false),
    ("Łukasz Żółć", "@lukasz@forum.example", false),
    (
        "A very long display name that somebody chose to fill the whole line with",
        "@long@a-rather-long-host-name.social.example",
        true,
    ),
    ("Mina", "@mina@social.example", false),
    ("Jörg", "@joerg@ort.example", true),
    ("Ife", "@ife@isale.example", false),
];

pub(super) fn person(index: usize) -> Author {
    let (name, handle, picture) = NAMES[index % NAMES.len()];
    Author {
        name: name.to_owned(),
        handle: handle.to_owned(),
        url: format!("https://{}/@{index}", handle.rsplit('@').next().unwrap()),
        avatar: picture.then(|| format!("/media/{}.svg", index % NAMES.len())),
        ..Author::default()
    }
}

pub(super) fn alice() -> Author {
    Author {
        name: "Alice Marlow".to_owned(),
        handle: "@alice@blog.example".to_owned(),
        url: "https://blog.example/@alice".to_owned(),
        avatar: Some("/media/alice.svg".to_owned()),
        ..Author::default()
    }
}

pub(super) fn site() -> Site {
    Site {
        title: "Choir and Desk".to_owned(),
        url: "https://blog.example".to_owned(),
        description: "Notes on singing, typesetting and the machines in between.".to_owned(),
        language: "en".to_owned(),
        written_in: "en".to_owned(),
        source_url: "https://code.example/antiphon".to_owned(),
        software_version: "0.1.0".to_owned(),
        feed_url: "https://blog.example/feed.atom".to_owned(),
        accounts: vec![alice()],
        me: vec!["https://social.example/@alice".to_owned()],
        ..Site::default()
    }
}

fn at(text: &str) -> Option<Timestamp> {
    Timestamp::parse(text)
}

pub(super) fn comment(number: &str, who: usize, html: &str) -> CommentView {
    let depth = number.matches('.').count();
    let author = if who == 99 { alice() } else { person(who) };
    let ap_id = format!("{}/statuses/{}", author.url, number.replace('.', ""));
    CommentView {
        number: number.to_owned(),
        anchor: format!("comment-{number}"),
        depth,
        author,
        html: Html::trusted(html),
        published: at("2026-03-02T10:00:00Z")
            .map(|t| t.plus_secs(i64::try_from(number.len()).unwrap() * 977)),
        url: ap_id.clone(),
        ap_id,
        is_author: who == 99,
        ..CommentView::default()
    }
}

pub(super) const ANSWERS: [&str; 3] = [
    "<p>I had never thought of the pause as something you <em>set</em>. Our cantor counts it under her breath.</p>",
    "<p>Agreed, though I would not go so far.</p><blockquote><p>the second choir does not answer, it listens first</p></blockquote><p>That line alone was worth the walk.</p>",
    "<p>See also <a href=\"https://psalter.example/pause\">the note on the asterisk</a>.</p>",
];

pub(super) fn comments() -> Vec<CommentView> {
    let mut all = vec![
        comment(
            "1",
            0,
            "<p>Thank you for this. The table alone saves me an afternoon: I have been guessing at tone endings since September, and my neighbour in the second row has been <strong>kind enough not to notice</strong>.</p><p>One question: do you keep the mediant when the verse is short?</p>",
        ),
        comment(
            "1.1",
            99,
            "<p><a href=\"https://social.example/@ben\" class=\"u-url mention\">@ben</a> I do, unless it has fewer than four syllables. Then it sounds like a hiccup.</p>",
        ),
        comment("1.1.1", 0, "<p>A hiccup! Yes. Exactly that.</p>"),
        comment("1.2", 2, ANSWERS[0]),
        comment(
            "2",
            3,
            "<p>شكرًا على هذا المقال. في تقاليدنا أيضًا يجيب الصوت الثاني بعد صمتٍ قصير، وهذا الصمت جزءٌ من اللحن.</p>",
        ),
        comment("3", 4, ""),
        comment("3.1", 5, ANSWERS[1]),
        comment(
            "3.2",
            8,
            "<p>Trying it with <code>verse.split('*')</code> gave me two halves and a headache:</p><pre><code>let (first, second) = verse.split_once('*').ok_or(Error::NoPause)?; // a long line that has to scroll in its own box</code></pre>",
        ),
        comment("4", 1, ANSWERS[2]),
    ];
    all[4].language = "ar".to_owned();
    all[5].deleted = true;
    all[0].tallies = vec![
        tally("likes", "♥", 3),
        tally("boosts", "↻", 1),
        tally("", "🎉", 2),
        tally("dislikes", "−", 1),
    ];
    all[0].edited = at("2026-03-02T11:00:00Z");
    let mut number = "4".to_owned();
    for level in 1..12 {
        number.push_str(".1");
        all.push(comment(&number, level + 3, ANSWERS[level % 3]));
    }
    all.push(comment("5", 6, "<p>Bookmarked for Lent.</p>"));
    let numbers: Vec<String> = all.iter().map(|one| one.number.clone()).collect();
    for one in &mut all {
        let under = format!("{}.", one.number);
        let below = numbers.iter().filter(|number| number.starts_with(&under));
        one.below = i64::try_from(below.count()).unwrap();
    }
    all
}

fn tally(phrase: &'static str, sign: &str, count: i64) -> TallyView {
    TallyView {
        phrase,
        sign: sign.to_owned(),
        picture: None,
        count,
    }
}

fn reacted(sign: &str, total: i64, people: std::ops::Range<usize>) -> ReactedView {
    ReactedView {
        tally: tally("", sign, total),
        faces: Faces {
            total,
            faces: people.map(person).collect(),
        },
    }
}

fn talk(total: i64, excerpts: &[&str]) -> TalkView {
    let spoken = |(index, excerpt): (usize, &&str)| SpokenView {
        author: person(index + 2),
        host: person(index + 2)
            .handle
            .rsplit('@')
            .next()
            .unwrap()
            .to_owned(),
        url: format!("https://far.example/{index}"),
        excerpt: (*excerpt).to_owned(),
        published: Timestamp::parse("2026-03-03T10:00:00Z").unwrap(),
    };
    TalkView {
        total,
        items: excerpts.iter().enumerate().map(spoken).collect(),
    }
}

/// Rendered as posts are, so that the pages are tried with what they will meet.
const POST: &str = include_str!("sample.md");

pub(super) fn post() -> PostView {
    let tag = |name: &str| Link {
        name: name.to_owned(),
        href: format!("https://blog.example/tag/{name}"),
    };
    let comments = comments();
    let (html, minutes, contents) = design::text(POST);
    PostView {
        html,
        minutes,
        contents,
        title: "The pause between two choirs".to_owned(),
        url: "https://blog.example/2026/03/the-pause".to_owned(),
        base: "/posts/the-pause".to_owned(),
        is_first_page: true,
        ap_id: "https://blog.example/posts/7412".to_owned(),
        summary: "Why the second choir waits, and how to typeset a wait.".to_owned(),
        author: alice(),
        published: at("2026-03-01T14:05:00Z"),
        updated: at("2026-03-04T09:30:00Z"),
        language: "en".to_owned(),
        tags: ["psalmody", "typesetting", "rust"].map(tag).to_vec(),
        previous: Some(Link {
            name: "A desk is a small room".to_owned(),
            href: "https://blog.example/a-desk".to_owned(),
        }),
        next: Some(Link {
            name: "Counting under one’s breath".to_owned(),
            href: "https://blog.example/counting".to_owned(),
        }),
        likes: Faces {
            total: 43,
            faces: (0..9).map(person).collect(),
        },
        boosts: Faces {
            total: 4,
            faces: (3..7).map(person).collect(),
        },
        reacted: vec![
            reacted("🔥", 5, 0..4),
            reacted("❤\u{FE0F}", 2, 4..6),
            reacted(":blob_cat:", 1, 6..7),
        ],
        missing: vec![("missing-private", 2), ("missing-unreachable", 1)],
        dislikes: 2,
        quotes: talk(
            2,
            &[
                "This, and the hyphenation note, are why I still read blogs.",
                "<b>bold & co</b>",
            ],
        ),
        links: talk(31, &["Links for a slow Sunday", "", "شكرًا على هذا المقال"]),
        comment_total: i64::try_from(comments.len()).unwrap(),
        comments,
        covers: vec![CoverView {
            url: "https://blog.example/media/preview.png".to_owned(),
            alt: "The pause between two choirs – Choir and Desk".to_owned(),
            size: Some((1200, 630)),
        }],
        comments_feed_url: "https://blog.example/posts/the-pause/comments.atom".to_owned(),
        categories: vec![filing::link("Music")],
        series: Some(filing::series_box()),
        related: vec![
            filing::link("A note on hyphens"),
            filing::link("침묵에 대하여"),
        ],
        ..PostView::default()
    }
}

pub(super) fn home() -> HomeView {
    let titles = [
        (
            "The pause between two choirs",
            "Why the second choir waits, and how to typeset a wait.",
            21,
        ),
        (
            "A desk is a small room",
            "On the furniture of attention: one lamp, one drawer that sticks, and the forty centimetres between the page and the wall where everything happens.",
            1,
        ),
        ("Counting under one’s breath", "", 0),
        (
            "حين يجيب الصوت الثاني",
            "ترجمة رسالةٍ من صديقةٍ في حلب عن الصمت في الإنشاد.",
            4,
        ),
        (
            "Hyphenation is a moral question",
            "Where you may break a word says what you think a word is.",
            132,
        ),
    ];
    let summary = |(index, (title, text, comment_total)): (i64, &(&str, &str, i64))| PostSummary {
        title: (*title).to_owned(),
        url: format!("https://blog.example/{index}"),
        summary: (*text).to_owned(),
        author: alice(),
        published: at("2026-03-01T14:05:00Z").map(|t| t.plus_secs(-index * 777_777)),
        comment_total: *comment_total,
        ..PostSummary::default()
    };
    HomeView {
        posts: (0..).zip(&titles).map(summary).collect(),
        older: Some("https://blog.example/?before=5".to_owned()),
        newer: None,
    }
}

fn author() -> AuthorView {
    AuthorView {
        author: alice(),
        ap_id: "https://blog.example/users/alice".to_owned(),
        bio: Html::trusted(
            "<p>Second alto, first typesetter. Writes about <a href=\"https://blog.example/tag/psalmody\">psalmody</a> and other slow machines.</p>",
        ),
        links: vec![Link {
            name: "alice.example".to_owned(),
            href: "https://alice.example/".to_owned(),
        }],
        followers: 312,
        followers_url: Some("https://blog.example/@alice/followers".to_owned()),
        feed_url: "https://blog.example/@alice/feed.atom".to_owned(),
        list: home(),
    }
}

fn tag() -> TagView {
    TagView {
        name: "psalmody".to_owned(),
        url: "https://blog.example/tag/psalmody".to_owned(),
        feed_url: "https://blog.example/tag/psalmody/feed.atom".to_owned(),
        list: home(),
    }
}

fn picture(hue: usize) -> String {
    format!(
        "<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 80 80'><rect width='80' height='80' fill='hsl({hue},30%,62%)'/><circle cx='40' cy='32' r='15' fill='hsl({hue},35%,84%)'/><path d='M10 80a30 30 0 0 1 60 0z' fill='hsl({hue},35%,84%)'/></svg>"
    )
}

fn replies() -> RepliesView {
    RepliesView {
        address: "https://m.example/@bob/1".to_owned(),
        is_bad: false,
        fate: Some(FateView {
            said: "fate-refused",
            why: Some("why-signature"),
            code: Some("signature_missing".to_owned()),
            seen: None,
            place: None,
        }),
    }
}

/// Every sample page with its file name.
pub(super) fn pages() -> Vec<(&'static str, String)> {
    let (site, post) = (site(), post());
    let german = Site {
        language: "de".to_owned(),
        ..site.clone()
    };
    let quiet = PostView {
        comments: Vec::new(),
        comment_total: 0,
        likes: Faces::default(),
        boosts: Faces::default(),
        reacted: Vec::new(),
        dislikes: 0,
        quotes: TalkView::default(),
        links: TalkView::default(),
        ..post.clone()
    };
    let error = |status| ErrorView {
        status,
        reference: "7f3a-91".to_owned(),
    };
    let mut pages = vec![
        ("post.html", render_post(&site, &post).unwrap()),
        ("post-de.html", render_post(&german, &post).unwrap()),
        ("post-quiet.html", render_post(&site, &quiet).unwrap()),
        ("home.html", render_home(&site, &home()).unwrap()),
        ("author.html", render_author(&site, &author()).unwrap()),
        ("tag.html", render_tag(&site, &tag()).unwrap()),
        ("about.html", render_about(&site).unwrap()),
        (
            "archive.html",
            render_archive(&site, &filing::archive()).unwrap(),
        ),
        (
            "month.html",
            render_archive(&site, &filing::month()).unwrap(),
        ),
        (
            "category.html",
            render_category(&site, &filing::category()).unwrap(),
        ),
        (
            "series.html",
            render_series(&site, &filing::series()).unwrap(),
        ),
        (
            "page.html",
            render_free_page(&site, &filing::page()).unwrap(),
        ),
        (
            "followers.html",
            render_followers(&site, &filing::followers()).unwrap(),
        ),
        ("queue.html", render_queue(&site, &queue()).unwrap()),
        (
            "branch.html",
            render_branch(&site, &ways::branch()).unwrap(),
        ),
        (
            "interact.html",
            render_interact(&site, &ways::interact()).unwrap(),
        ),
        (
            "interact-way.html",
            render_interact(&site, &ways::way()).unwrap(),
        ),
        ("visit.html", render_visit(&site, &ways::visit()).unwrap()),
        ("share.html", render_share(&site, &ways::share()).unwrap()),
        ("replies.html", render_replies(&site, &replies()).unwrap()),
        (
            "search.html",
            render_search(&site, &search::found()).unwrap(),
        ),
        (
            "search-wrong.html",
            render_search(&site, &search::wrong()).unwrap(),
        ),
        ("404.html", render_error(&site, &error(404)).unwrap()),
        ("500.html", render_error(&site, &error(500)).unwrap()),
    ];
    pages.extend(design::pages());
    pages
}

fn queue() -> QueueView {
    let moment = Timestamp::parse("2026-03-04T09:30:00Z");
    QueueView {
        waiting: 3,
        retrying: 1,
        dead: 0,
        threads: vec![QueuedThread {
            title: "The pause between two choirs".to_owned(),
            url: "https://blog.example/2026/03/the-pause".to_owned(),
            next: moment,
            last: moment,
            spent: 41,
        }],
        hosts: vec![QueuedHost {
            name: "far.example".to_owned(),
            wanted: 7,
            spent: 12,
        }],
        per_thread: 1000,
        per_host: 600,
    }
}

fn write_pages(folder: &Path) {
    for sub in ["static", "media"] {
        std::fs::create_dir_all(folder.join(sub)).unwrap();
    }
    let put = |path: &str, text: &str| {
        std::fs::write(folder.join(path.trim_start_matches('/')), text).unwrap();
    };
    for (name, text) in pages() {
        put(name, &text);
    }
    put(stylesheet().0, stylesheet().1);
    put(favicon().0, favicon().1);
    for look in design::looks() {
        let sheet = look.stylesheet.as_deref().and_then(|path| look.file(path));
        let sheet = sheet.unwrap();
        put(&sheet.path, std::str::from_utf8(&sheet.bytes).unwrap());
    }
    put("media/alice.svg", &picture(10));
    put(
        "media/stalls.svg",
        "<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 800 360'><path fill='#9fb0b8' d='M0 0h800v360H0z'/><path fill='#c9d2d2' d='M260 0h280v230H260z'/><path fill='#4d4038' d='M0 90l240 90v130L0 360zM800 90l-240 90v130l240 50z'/><path fill='#8c8175' d='M0 360l240-50h320l240 50z'/></svg>",
    );
    for index in 0..NAMES.len() {
        put(&format!("media/{index}.svg"), &picture(index * 47 + 160));
    }
}

#[test]
fn sample_pages_can_be_written() {
    let temporary = tempfile::tempdir().unwrap();
    let folder = std::env::var_os("ANTIPHON_SAMPLES")
        .map_or_else(|| temporary.path().to_owned(), PathBuf::from);
    write_pages(&folder);
    assert!(folder.join("post.html").exists());
}
