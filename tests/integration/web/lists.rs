//! Lists of posts: home, writers, tags, their pages and feeds, and the ways from post to post.

use antiphon::domain::post::NewPost;
use antiphon::types::ApUrl;
use atom_syndication::Feed;

use super::world::{Reply, create, get, person, publish};
use crate::support::{TestApp, both_databases};

/// The titles on a page of a list, in order.
fn titles(page: &str) -> Vec<String> {
    let links = page
        .split("<a class=\"u-url\" href=\"https://blog.example/posts/")
        .skip(1);
    links
        .map(|part| part.split(['>', '<']).nth(1).unwrap().to_owned())
        .collect()
}

/// The address behind a link of the list's navigation.
fn address(page: &str, class: &str) -> Option<String> {
    let link = page
        .split(&format!("<a class=\"{class}\" href=\"https://blog.example"))
        .nth(1)?;
    Some(link.split('"').next().unwrap().replace("&#38;", "&"))
}

async fn tagged(app: &TestApp, title: &str, tags: &[&str]) {
    let new = NewPost {
        title: title.into(),
        content: "Text".into(),
        tags: tags.iter().map(|tag| (*tag).into()).collect(),
        ..NewPost::default()
    };
    create(app, new).await;
}

both_databases! {
    async fn pages_of_the_list_lead_to_and_fro_without_gap_or_repeat(app: TestApp) {
        for number in 1..=45 {
            publish(&app, &format!("Post {number}")).await;
        }
        for base in ["/", "/@alice"] {
            let (mut path, mut seen, mut ways) = (base.to_owned(), Vec::new(), Vec::new());
            loop {
                let page = get(&app, &path).await;
                assert_eq!(page.status, 200, "{path}");
                seen.extend(titles(&page.text));
                ways.push((path, address(&page.text, "newer")));
                match address(&page.text, "older") {
                    Some(next) => path = next,
                    None => break,
                }
            }
            let expected: Vec<String> = (1..=45).rev().map(|number| format!("Post {number}")).collect();
            assert_eq!(seen, expected);
            assert_eq!(ways.len(), 3);
            assert_eq!(ways[0].1, None);
            for pair in ways.windows(2) {
                assert_eq!(pair[1].1.as_deref(), Some(pair[0].0.as_str()));
            }
        }
        assert_eq!(get(&app, "/?before=1").await.status, 404);
    }

    async fn a_post_leads_to_the_ones_before_and_after(app: TestApp) {
        for title in ["One", "Two", "Three"] {
            publish(&app, title).await;
        }
        let page = get(&app, "/posts/two").await.text;
        assert_eq!(address(&page, "older").as_deref(), Some("/posts/one"));
        assert_eq!(address(&page, "newer").as_deref(), Some("/posts/three"));
        assert_eq!(address(&get(&app, "/posts/one").await.text, "older"), None);
        assert_eq!(address(&get(&app, "/posts/three").await.text, "newer"), None);
    }

    async fn a_tag_gathers_its_posts_however_it_is_spelt(app: TestApp) {
        tagged(&app, "Old", &["rust"]).await;
        tagged(&app, "New", &["Rust", "한국어"]).await;
        tagged(&app, "Other", &["choir"]).await;
        let page = get(&app, "/tags/rust").await.text;
        assert_eq!(titles(&page), ["New", "Old"]);
        assert!(page.contains("<link rel=\"canonical\" href=\"https://blog.example/tags/rust\">"));
        assert!(page.contains("</span>Rust</h1>"));
        let other = get(&app, "/tags/RUST").await;
        assert_eq!(other.status, 301);
        assert_eq!(other.header("location"), "https://blog.example/tags/rust");
        let post = get(&app, "/posts/new").await.text;
        let korean = "/tags/%ED%95%9C%EA%B5%AD%EC%96%B4";
        assert!(post.contains(&format!("href=\"https://blog.example{korean}\"")), "{post}");
        assert_eq!(titles(&get(&app, korean).await.text), ["New"]);
        assert_eq!(get(&app, "/tags/nothing").await.status, 404);
    }

    async fn each_list_has_a_feed_with_whole_texts(app: TestApp) {
        tagged(&app, "First", &["rust"]).await;
        tagged(&app, "Second & last", &[]).await;
        for (path, titles) in [
            ("/feed.atom", &["Second & last", "First"][..]),
            ("/@alice/feed.atom", &["Second & last", "First"]),
            ("/tags/rust/feed.atom", &["First"]),
        ] {
            let answer = get(&app, path).await;
            assert_eq!(answer.header("content-type"), "application/atom+xml; charset=utf-8");
            assert_eq!(answer.header("last-modified").len(), 29, "{path}");
            let feed = Feed::read_from(answer.text.as_bytes()).unwrap();
            let found: Vec<&str> = feed.entries().iter().map(|entry| entry.title().as_str()).collect();
            assert_eq!(found, titles, "{path}");
            assert_eq!(feed.id(), format!("https://blog.example{path}"));
            let content = feed.entries()[0].content().and_then(|content| content.value());
            assert_eq!(content.map(str::trim), Some("<p>Text</p>"));
        }
        assert_eq!(get(&app, "/@bob/feed.atom").await.status, 404);
    }

    async fn the_feed_of_a_discussion_says_what_answers_what(app: TestApp) {
        let post = publish(&app, "Psalm").await;
        let ann = person(&app, "ann").await;
        let first = Reply::new(&ann, &post, "<p>One</p>").arrive(&app).await;
        let second = Reply::new(&ann, &post, "<p>Two</p>").to(first.id).arrive(&app).await;
        let answer = get(&app, "/posts/psalm/comments.atom").await;
        assert_eq!(answer.header("last-modified"), second.published_at.http_date());
        let feed = Feed::read_from(answer.text.as_bytes()).unwrap();
        let ids: Vec<&str> = feed.entries().iter().map(atom_syndication::Entry::id).collect();
        assert_eq!(ids, [second.ap_id.as_str(), first.ap_id.as_str()]);
        let target = |entry: usize| {
            let extension = &feed.entries()[entry].extensions()["thr"]["in-reply-to"][0];
            ApUrl::new(extension.attrs()["ref"].clone())
        };
        assert_eq!((target(0), target(1)), (first.ap_id.clone(), post.ap_id));
    }

    async fn the_about_page_says_who_writes_and_where_the_source_is(app: TestApp) {
        app.account("bob").await;
        let page = get(&app, "/about").await;
        assert_eq!(page.status, 200);
        for part in ["@alice@blog.example", "@bob@blog.example", antiphon::web::SOURCE_URL, env!("CARGO_PKG_VERSION"), "delete it on your own server"] {
            assert!(page.text.contains(part), "{part}");
        }
        assert!(get(&app, "/").await.text.contains("href=\"https://blog.example/about\""));
    }
}
