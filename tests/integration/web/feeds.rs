//! Feeds over the router: every list in every spelling, pages of them, validators, WordPress' addresses.

use antiphon::domain::post::{self, NewPost};
use antiphon::domain::visibility::{CommentStatus, Visibility};
use antiphon::types::Timestamp;
use atom_syndication::Feed;
use serde_json::Value;

use super::world::{Reply, ask, create, decide, get, person, publish};
use crate::support::{Answer, TestApp, both_databases};

fn json(answer: &Answer) -> Value {
    serde_json::from_str(&answer.text).unwrap_or_else(|e| panic!("{e}: {}", answer.text))
}

fn ids(feed: &Value) -> Vec<String> {
    let items = feed["items"].as_array().unwrap().iter();
    items
        .map(|item| item["id"].as_str().unwrap().to_owned())
        .collect()
}

both_databases! {
    async fn every_list_has_its_feeds_in_three_spellings(app: TestApp) {
        let new = NewPost {
            title: "Psalm & <b>".into(),
            content: "See [about](/about) ![x](/media/x.png)".into(),
            tags: vec!["Choir".into()],
            language: Some("de".into()),
            ..NewPost::default()
        };
        let post = create(&app, new).await;
        let ann = person(&app, "ann").await;
        Reply::new(&ann, &post, "<p>Hi <script>x</script></p>").arrive(&app).await;
        let slug = &post.slug;
        for base in ["/feed", "/@alice/feed", "/tags/choir/feed", "/comments", &format!("/posts/{slug}/comments")] {
            for (format, media_type) in [
                ("atom", "application/atom+xml; charset=utf-8"),
                ("rss", "application/rss+xml; charset=utf-8"),
                ("json", "application/feed+json; charset=utf-8"),
            ] {
                let path = format!("{base}.{format}");
                let answer = get(&app, &path).await;
                assert_eq!(answer.status, 200, "{path}");
                assert_eq!(answer.header("content-type"), media_type, "{path}");
                assert_eq!(answer.header("access-control-allow-origin"), "*", "{path}");
                assert!(answer.text.contains(&format!("https://blog.example{path}")), "{path} names itself");
                assert!(!answer.text.contains("<script") && !answer.text.contains("&lt;script"), "{path}");
                if !base.ends_with("comments") {
                    assert!(answer.text.contains("https://blog.example/about"), "{path}: {}", answer.text);
                    assert!(answer.text.contains("Choir") && answer.text.contains(post.ap_id.as_str()), "{path}");
                }
            }
            let feed = json(&get(&app, &format!("{base}.json")).await);
            assert_eq!(feed["items"].as_array().unwrap().len(), 1, "{base}");
        }
        let page = get(&app, &format!("/posts/{slug}")).await.text;
        for (kind, format) in [("application/atom+xml", "atom"), ("application/rss+xml", "rss"), ("application/feed+json", "json")] {
            let link = |base: &str| format!("<link rel=\"alternate\" type=\"{kind}\" href=\"https://blog.example{base}.{format}\"");
            assert!(page.contains(&link("/feed")) && page.contains(&link(&format!("/posts/{slug}/comments"))), "{page}");
            assert!(get(&app, "/").await.text.contains(&link("/comments")));
        }
    }

    async fn a_feed_leads_through_its_archives_without_gap_or_repeat(app: TestApp) {
        let mut expected = Vec::new();
        for number in 1..=45 {
            expected.push(publish(&app, &format!("Post {number}")).await.ap_id.into_string());
        }
        expected.reverse();
        let (mut path, mut seen, mut pages) = ("/feed.json".to_owned(), Vec::new(), 0);
        loop {
            let feed = json(&get(&app, &path).await);
            seen.extend(ids(&feed));
            pages += 1;
            match feed["next_url"].as_str() {
                Some(next) => path = next.strip_prefix("https://blog.example").unwrap().to_owned(),
                None => break,
            }
        }
        assert_eq!((seen, pages), (expected, 3));
        let archive = get(&app, &path.replace("json", "atom")).await.text;
        let archive = Feed::read_from(archive.as_bytes()).unwrap();
        let rels: Vec<&str> = archive.links().iter().map(atom_syndication::Link::rel).collect();
        for rel in ["self", "previous", "next-archive", "current", "first"] {
            assert!(rels.contains(&rel), "{rels:?}");
        }
        assert!(!rels.contains(&"prev-archive"));
        assert_eq!(get(&app, "/feed.rss?before=1").await.status, 404);
        let junk = get(&app, "/feed.rss?before=x&utm_source=y").await;
        assert_eq!(junk.text, get(&app, "/feed.rss").await.text);
    }

    async fn all_comments_come_newest_first_with_what_they_answer(app: TestApp) {
        let (one, two) = (publish(&app, "One").await, publish(&app, "Two").await);
        let ann = person(&app, "ann").await;
        let first = Reply::new(&ann, &one, "<p>a</p>").arrive(&app).await;
        let second = Reply::new(&ann, &two, "<p>b</p>").arrive(&app).await;
        let third = Reply::new(&ann, &one, "<p>c</p>").to(first.id).arrive(&app).await;
        let feed = json(&get(&app, "/comments.json").await);
        let of = |comment: &antiphon::domain::comment::Comment| comment.ap_id.as_str().to_owned();
        assert_eq!(ids(&feed), [of(&third), of(&second), of(&first)]);
        let thread = |at: usize| &feed["items"][at]["_thread"];
        assert_eq!(thread(0)["in_reply_to"], first.ap_id.as_str());
        assert_eq!(thread(0)["in_reply_to_url"], "https://blog.example/posts/one/comments/1#comment-1");
        assert_eq!(feed["items"][0]["url"], "https://blog.example/posts/one/comments/1.1#comment-1.1");
        assert_eq!(thread(1)["in_reply_to"], two.ap_id.as_str());
        assert_eq!(feed["items"][1]["title"], "Comment by ann – Two");
        let under = json(&get(&app, "/posts/one/comments.json").await);
        assert_eq!(under["items"][0]["title"], "Comment by ann");
        assert_eq!(ids(&under), [of(&third), of(&first)]);
        let before = json(&get(&app, &format!("/comments.json?before={}", second.id)).await);
        assert_eq!(ids(&before), [of(&first)]);
    }

    async fn feeds_of_comments_hold_nothing_that_is_not_public(app: TestApp) {
        let post = publish(&app, "Psalm").await;
        let ann = person(&app, "ann").await;
        Reply::new(&ann, &post, "<p>Seen</p>").arrive(&app).await;
        let held = Reply::new(&ann, &post, "<p>Unseen</p>").arrive(&app).await;
        Reply::new(&ann, &post, "<p>Unseen below</p>").to(held.id).arrive(&app).await;
        decide(&app, &held, CommentStatus::Held).await;
        Reply::new(&ann, &post, "<p>Unseen</p>").only(Visibility::Followers).arrive(&app).await;
        let gone = publish(&app, "Gone").await;
        Reply::new(&ann, &gone, "<p>Unseen</p>").arrive(&app).await;
        post::delete(&app.app, &app.alice, gone.id).await.unwrap();
        for path in ["/comments", "/posts/psalm/comments"] {
            for format in ["atom", "rss", "json"] {
                let text = get(&app, &format!("{path}.{format}")).await.text;
                assert!(text.contains("Seen") && !text.contains("Unseen"), "{path}.{format}: {text}");
            }
        }
        assert_eq!(get(&app, "/posts/gone/comments.rss").await.status, 410);
    }

    async fn a_feed_is_answered_with_304_by_validator_or_by_date(app: TestApp) {
        publish(&app, "One").await;
        for format in ["atom", "rss", "json"] {
            let path = format!("/feed.{format}");
            let feed = get(&app, &path).await;
            let (etag, date) = (feed.header("etag"), feed.header("last-modified"));
            let status = async |headers: &[(&str, &str)]| ask(&app, "GET", &path, headers).await.status.as_u16();
            assert_eq!(status(&[("if-none-match", etag)]).await, 304);
            assert_eq!(status(&[("if-modified-since", date)]).await, 304);
            assert_eq!(status(&[("if-none-match", "\"other\""), ("if-modified-since", date)]).await, 200);
            for other in ["Sun, 06 Nov 2095 08:49:37 GMT", "Sun, 06 Nov 1994 08:49:37 GMT", "yesterday", ""] {
                assert_eq!(status(&[("if-modified-since", other)]).await, 200, "{other}");
            }
        }
        let date = get(&app, "/feed.atom").await.header("last-modified").to_owned();
        let newer = publish(&app, "Two").await;
        let since = [("if-modified-since", date.as_str())];
        assert_eq!(ask(&app, "GET", "/feed.atom", &since).await.status, 200);
        let newest = get(&app, "/feed.atom").await.header("last-modified").to_owned();
        assert_eq!(newest, newer.published_at.map(Timestamp::http_date).unwrap());
        // The date goes back when the newest is taken away: whoever has the feed with it gets the one without.
        post::delete(&app.app, &app.alice, newer.id).await.unwrap();
        let since = [("if-modified-since", newest.as_str())];
        assert_eq!(ask(&app, "GET", "/feed.atom", &since).await.status, 200);
    }

    async fn wordpress_addresses_of_feeds_lead_to_ours(app: TestApp) {
        for (from, to) in [
            ("/feed", "/feed.rss"),
            ("/feed/", "/feed.rss"),
            ("/feed/rss2/", "/feed.rss"),
            ("/feed/atom/", "/feed.atom"),
            ("/feed/atom", "/feed.atom"),
            ("/feed/json", "/feed.json"),
            ("/comments/feed/", "/comments.rss"),
            ("/comments/feed/atom/", "/comments.atom"),
            ("/tag/Choir/feed/", "/tags/choir/feed.rss"),
            ("/author/alice/feed/", "/@alice/feed.rss"),
        ] {
            let answer = get(&app, from).await;
            assert_eq!(answer.status, 301, "{from}");
            assert_eq!(answer.header("location"), format!("https://blog.example{to}"), "{from}");
        }
        for bad in ["/feed/x", "/author/a%2F..%2F/feed/", "/author/%0d%0aX:y/feed/", "/tag/%20/feed/"] {
            assert_eq!(get(&app, bad).await.status, 404, "{bad}");
        }
    }
}
