//! One feed in its three spellings, read back by others' parsers or looked at as a whole.

use atom_syndication as atom;
use serde_json::Value;

use super::*;
use crate::types::Html;
use crate::web::sample;

fn posts() -> Feed {
    let mut view = sample::post();
    view.html =
        Html::trusted("<p>See <a href=\"/about\">about</a> &amp; <a href=\"#fn-1\">1</a></p>");
    Feed {
        title: "Choir & Desk".to_owned(),
        base: "https://blog.example/feed".to_owned(),
        page_url: "https://blog.example/".to_owned(),
        before: None,
        older: Some(7),
        newer: None,
        items: vec![post(&sample::site(), view)],
    }
}

fn comments() -> Feed {
    let answer = Item {
        id: "https://social.example/2".to_owned(),
        url: "https://blog.example/posts/a#comment-1.1".to_owned(),
        title: "Comment by Ben]]>".to_owned(),
        html: "<p>Two \u{0}&lt;b&gt;</p>".to_owned(),
        language: "de".to_owned(),
        author: whole(&sample::site(), sample::person(0)),
        published: Timestamp::parse("2026-03-02T10:00:00Z"),
        pictures: vec![PictureView {
            src: Some("/media/a.jpg".to_owned()),
            alt: "A choir".to_owned(),
            width: 640,
            height: 480,
            ..PictureView::default()
        }],
        answers: Some(Answered {
            id: "https://social.example/1".to_owned(),
            url: "https://blog.example/posts/a#comment-1".to_owned(),
        }),
        ..Item::default()
    };
    Feed {
        title: "Comments".to_owned(),
        base: "https://blog.example/posts/a/comments".to_owned(),
        page_url: "https://blog.example/posts/a".to_owned(),
        before: Some(9),
        older: None,
        newer: Some(40),
        items: vec![answer],
    }
}

fn read_atom(feed: &Feed) -> atom::Feed {
    let text = write(&sample::site(), feed, Format::Atom);
    atom::Feed::read_from(text.as_bytes()).unwrap_or_else(|e| panic!("{e}: {text}"))
}

fn read_json(feed: &Feed) -> Value {
    serde_json::from_str(&write(&sample::site(), feed, Format::Json)).unwrap()
}

/// Fails unless the text is well-formed XML.
fn assert_well_formed(text: &str) {
    let mut reader = quick_xml::Reader::from_str(text);
    reader.config_mut().check_end_names = true;
    loop {
        match reader.read_event() {
            Ok(quick_xml::events::Event::Eof) => return,
            Ok(_) => {}
            Err(error) => panic!("{error}: {text}"),
        }
    }
}

#[test]
fn posts_keep_their_ids_and_whole_texts_in_every_spelling() {
    let feed = posts();
    let view = sample::post();
    let whole = "<p>See <a href=\"https://blog.example/about\">about</a> &amp; <a href=\"https://blog.example/2026/03/the-pause#fn-1\">1</a></p>";
    let read = read_atom(&feed);
    let entry = &read.entries()[0];
    assert_eq!(read.title().as_str(), "Choir & Desk");
    assert_eq!(entry.id(), view.ap_id);
    assert_eq!(entry.content().unwrap().value(), Some(whole));
    assert_eq!(entry.updated().to_rfc3339(), "2026-03-04T09:30:00+00:00");
    assert_eq!(read.updated(), entry.updated());
    assert!(entry.links().iter().any(|l| l.rel() == "replies"));
    let json = read_json(&feed);
    let item = &json["items"][0];
    assert_eq!(json["version"], "https://jsonfeed.org/version/1.1");
    assert_eq!(
        (&item["id"], &item["content_html"]),
        (&view.ap_id.into(), &whole.into())
    );
    assert_eq!(item["date_modified"], "2026-03-04T09:30:00Z");
    assert_eq!(
        item["authors"][0]["avatar"],
        "https://blog.example/media/alice.svg"
    );
    assert_eq!(item["image"], "https://blog.example/media/preview.png");
    let rss = write(&sample::site(), &feed, Format::Rss);
    assert_well_formed(&rss);
    for part in [
        "<title>Choir &amp; Desk</title>",
        "<language>en</language>",
        "<pubDate>Sun, 01 Mar 2026 14:05:00 GMT</pubDate>",
        "<dc:creator>Alice Marlow</dc:creator>",
        "<content:encoded>&lt;p&gt;See &lt;a href=&quot;https://blog.example/about&quot;",
        "<slash:comments>21</slash:comments>",
        "<wfw:commentRss>https://blog.example/posts/the-pause/comments.rss</wfw:commentRss>",
        "<guid isPermaLink=\"false\">",
    ] {
        assert!(rss.contains(part), "{part} in {rss}");
    }
}

#[test]
fn a_comment_says_what_it_answers_and_carries_its_pictures() {
    let feed = comments();
    let read = read_atom(&feed);
    let entry = &read.entries()[0];
    let extension = &entry.extensions()["thr"]["in-reply-to"][0];
    assert_eq!(extension.attrs()["ref"], "https://social.example/1");
    let enclosure = entry
        .links()
        .iter()
        .find(|link| link.rel() == "enclosure")
        .unwrap();
    assert_eq!(enclosure.href(), "https://blog.example/media/a.jpg");
    assert_eq!(enclosure.mime_type(), Some("image/jpeg"));
    assert_eq!(entry.content().unwrap().lang(), Some("de"));
    let json = read_json(&feed);
    let item = &json["items"][0];
    assert_eq!(item["_thread"]["in_reply_to"], "https://social.example/1");
    assert_eq!(item["attachments"][0]["mime_type"], "image/jpeg");
    let rss = write(&sample::site(), &feed, Format::Rss);
    assert_well_formed(&rss);
    assert!(rss.contains("<thr:in-reply-to ref=\"https://social.example/1\""));
    assert!(rss.contains("<media:content url=\"https://blog.example/media/a.jpg\" type=\"image/jpeg\" medium=\"image\" width=\"640\" height=\"480\"><media:description>A choir</media:description>"));
}

#[test]
fn pages_lead_to_each_other_and_archives_say_what_they_are() {
    let ways = |feed: &Feed| -> Vec<(String, String)> {
        let read = read_atom(feed);
        let links = read.links().iter().filter(|link| link.rel() != "alternate");
        links
            .map(|l| (l.rel().to_owned(), l.href().to_owned()))
            .collect()
    };
    let (first, archive) = (posts(), comments());
    assert_eq!(
        ways(&first),
        [
            (
                "self".to_owned(),
                "https://blog.example/feed.atom".to_owned()
            ),
            (
                "next".to_owned(),
                "https://blog.example/feed.atom?before=7".to_owned()
            ),
            (
                "prev-archive".to_owned(),
                "https://blog.example/feed.atom?before=7".to_owned()
            ),
        ]
    );
    let rels: Vec<String> = ways(&archive).into_iter().map(|(rel, _)| rel).collect();
    assert_eq!(
        rels,
        ["self", "previous", "next-archive", "first", "current"]
    );
    assert!(!read_atom(&first).extensions().contains_key("fh"));
    assert!(read_atom(&archive).extensions()["fh"].contains_key("archive"));
    assert_eq!(
        read_atom(&archive).id(),
        "https://blog.example/posts/a/comments.atom"
    );
    assert_eq!(
        read_json(&first)["next_url"],
        "https://blog.example/feed.json?before=7"
    );
    assert!(read_json(&archive)["next_url"].is_null());
    let rss = write(&sample::site(), &archive, Format::Rss);
    assert!(rss.contains("<atom:link rel=\"next-archive\" href=\"https://blog.example/posts/a/comments.rss?before=40\""));
    assert!(rss.contains("<fh:archive/>"));
}

#[test]
fn a_control_character_breaks_no_feed_and_an_empty_one_is_valid() {
    let mut feed = comments();
    feed.title = "a\u{0}b\u{1b}c\u{ffff}".to_owned();
    assert_eq!(read_atom(&feed).title().as_str(), "abc");
    assert_well_formed(&write(&sample::site(), &feed, Format::Rss));
    assert_eq!(read_json(&feed)["title"], feed.title);
    feed.items.clear();
    assert!(read_atom(&feed).entries().is_empty());
    assert_eq!(read_json(&feed)["items"], serde_json::json!([]));
}
