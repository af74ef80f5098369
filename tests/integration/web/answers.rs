//! Status, headers, validators: what caches, browsers and hostile askers get.

use std::sync::Arc;

use antiphon::domain::post::{self, NewPost, Status};
use antiphon::domain::{account, media};
use antiphon::federation::Federation;
use antiphon::server;
use antiphon::types::Timestamp;
use antiphon::web;
use axum::body::Body;
use http::Request;
use tower::ServiceExt;

use super::world::{Reply, ask, create, get, person, publish, swell};
use crate::support::{Answer, TestApp, both_databases};

/// Fails unless it is an error page of the house.
fn assert_styled(answer: &Answer, status: u16, path: &str) {
    assert_eq!(answer.status, status, "{path}");
    assert_eq!(
        answer.header("content-type"),
        "text/html; charset=utf-8",
        "{path}"
    );
    assert!(answer.text.contains(web::stylesheet().0), "{path}");
    assert!(answer.text.contains("noindex"), "{path}");
    assert_eq!(answer.header("cache-control"), "no-store", "{path}");
    assert!(
        answer
            .header("content-security-policy")
            .contains("default-src 'none'"),
        "{path}"
    );
}

both_databases! {
    async fn post_and_author_pages_name_their_other_form(app: TestApp) {
        let post = publish(&app, "Psalm").await;
        for (path, ap_id) in [("/posts/psalm", &post.ap_id), ("/@alice", &app.alice.ap_id)] {
            let page = get(&app, path).await;
            let link = format!("<{ap_id}>; rel=\"alternate\"; type=\"application/activity+json\"");
            assert_eq!(page.header("link"), link);
            assert_eq!(page.header("vary"), "Accept, Accept-Language, Cookie");
            let again = ask(&app, "GET", path, &[("if-none-match", page.header("etag"))]).await;
            assert_eq!(again.status, 304, "{path}");
            assert_eq!(again.header("vary"), "Accept, Accept-Language, Cookie", "{path}");
        }
        assert_eq!(get(&app, "/posts/nothing").await.header("vary"), "Accept, Accept-Language, Cookie");
        assert_eq!(get(&app, "/").await.header("vary"), "Accept-Language, Cookie");
    }

    async fn a_known_page_is_answered_with_304_until_it_changes(app: TestApp) {
        let post = publish(&app, "Psalm").await;
        for path in ["/", "/posts/psalm", "/posts/psalm/comments.atom", "/feed.atom"] {
            let page = get(&app, path).await;
            assert_eq!(page.header("cache-control"), "public, max-age=0, must-revalidate");
            let weak = format!("\"other\", W/{}", page.header("etag"));
            let again = ask(&app, "GET", path, &[("if-none-match", &weak)]).await;
            assert_eq!((again.status.as_u16(), again.text.as_str()), (304, ""), "{path}");
            assert_eq!(again.header("etag"), page.header("etag"));
            let ann = person(&app, "ann").await;
            Reply::new(&ann, &post, "<p>More</p>").arrive(&app).await;
            let changed = ask(&app, "GET", path, &[("if-none-match", &weak)]).await;
            assert_eq!(changed.status, 200, "{path}");
        }
    }

    async fn a_document_says_at_once_that_its_writer_is_not_to_be_found_any_more(app: TestApp) {
        let accept = [("accept", "application/activity+json")];
        for indexable in [true, false, true] {
            account::set_indexable(&app.app, "alice", indexable).await.unwrap();
            for _ in 0..2 {
                let document = ask(&app, "GET", "/@alice", &accept).await;
                assert!(document.text.contains(&format!("\"indexable\":{indexable}")), "{}", document.text);
            }
        }
    }

    async fn a_feed_without_posts_says_the_writers_new_name(app: TestApp) {
        assert!(get(&app, "/@alice/feed.json").await.text.contains("\"title\":\"alice\""));
        account::set_display_name(&app.app, "alice", "Alice Marlowe").await.unwrap();
        assert!(get(&app, "/@alice/feed.json").await.text.contains("\"title\":\"Alice Marlowe\""));
    }

    async fn an_address_has_one_key_however_it_is_spelled(app: TestApp) {
        publish(&app, "Psalm").await;
        let made = || {
            let text = app.app.metrics.render(0, 0);
            let line = "antiphon_kept_answers_total{outcome=\"made\"} ";
            text.lines().find_map(|one| one.strip_prefix(line)).unwrap().to_owned()
        };
        for path in ["/about", "/posts/psalm", "/@alice"] {
            get(&app, path).await;
        }
        let before = made();
        for path in ["/about?before=7", "/about?after=7&order=newest", "/posts/%70salm", "/posts/p%73alm", "/@%61lice"] {
            assert_eq!(get(&app, path).await.status, 200, "{path}");
        }
        assert_eq!(made(), before);
    }

    async fn what_large_answers_take_until_they_are_sent_is_bounded(app: TestApp) {
        publish(&app, "Psalm").await;
        swell(&app, 2 * 1024 * 1024).await;
        let fed = Federation::new(Arc::clone(&app.app)).await.unwrap();
        let router = server::router(fed);
        let ask = async || {
            // For this client alone, so it is not kept.
            let request = Request::get("/posts/psalm").header("authorization", "Bearer x");
            let request = request.body(Body::empty()).unwrap();
            router.clone().oneshot(request).await.unwrap()
        };
        let mut waiting = Vec::new();
        let refused = loop {
            let response = ask().await;
            if response.status() != 200 {
                break response;
            }
            waiting.push(response);
            assert!(waiting.len() < 1_000, "memory is not bounded");
        };
        assert!(waiting.len() > 20, "{}", waiting.len());
        assert_eq!((refused.status().as_u16(), &refused.headers()["retry-after"]), (503, &"5".parse().unwrap()));
        assert!(refused.headers().contains_key("content-security-policy"));
        drop(waiting);
        assert_eq!(ask().await.status(), 200);
    }

    async fn head_answers_as_get_without_the_body(app: TestApp) {
        publish(&app, "Psalm").await;
        let (page, head) = (get(&app, "/posts/psalm").await, ask(&app, "HEAD", "/posts/psalm", &[]).await);
        assert_eq!((head.status.as_u16(), head.text.as_str()), (200, ""));
        assert_eq!(head.header("etag"), page.header("etag"));
        assert_eq!(head.header("content-length"), page.text.len().to_string());
    }

    async fn a_draft_is_not_found_and_a_deleted_post_is_gone(app: TestApp) {
        let status = |status| NewPost {
            title: status_title(status).into(),
            content: "Text".into(),
            status: Some(status),
            publish_at: Timestamp::parse("2030-01-01T00:00:00Z"),
            ..NewPost::default()
        };
        create(&app, status(Status::Draft)).await;
        create(&app, status(Status::Scheduled)).await;
        let gone = create(&app, status(Status::Published)).await;
        post::delete(&app.app, &app.alice, gone.id).await.unwrap();
        for (slug, expected) in [("draft", 404), ("scheduled", 404), ("published", 410)] {
            for path in [format!("/posts/{slug}"), format!("/posts/{slug}/comments.atom")] {
                assert_styled(&get(&app, &path).await, expected, &path);
            }
        }
        let home = get(&app, "/").await.text;
        assert!(!home.contains("Draft") && !home.contains("Scheduled") && !home.contains("Published"));
    }

    async fn what_is_not_there_is_404_in_style_whatever_is_asked(app: TestApp) {
        let long = "a".repeat(8000);
        for part in ["nothing", "%00", "a%00b", "%FF", "..", "%2e%2e%2f%2e%2e", "a'%20OR%20'1'='1", "%F0%9F%A6%80", "%0d%0ax:y", &long] {
            for path in [
                format!("/posts/{part}"),
                format!("/posts/{part}/comments.atom"),
                format!("/@{part}"),
                format!("/@{part}/feed.atom"),
                format!("/tags/{part}"),
                format!("/tags/{part}/feed.atom"),
                format!("/feed.{part}"),
                format!("/comments.{part}"),
                format!("/posts/{part}/comments.json"),
                format!("/feed/{part}"),
                format!("/comments/feed/{part}/"),
                format!("/icons/{part}"),
                format!("/oembed?url={part}"),
                format!("/media/{part}"),
                format!("/static/{part}"),
                format!("/{part}"),
            ] {
                assert_styled(&get(&app, &path).await, 404, &path);
            }
        }
    }

    async fn a_method_that_is_not_known_is_405_in_style(app: TestApp) {
        for path in ["/", "/posts/x", "/@alice", "/feed.atom"] {
            let answer = ask(&app, "POST", path, &[]).await;
            assert_styled(&answer, 405, path);
            assert_eq!(answer.header("allow"), "GET,HEAD", "{path}");
        }
    }

    async fn junk_in_the_query_does_no_harm(app: TestApp) {
        publish(&app, "Psalm").await;
        for path in ["/", "/posts/psalm", "/@alice", "/feed.atom", "/about"] {
            let plain = get(&app, path).await;
            for query in ["utm_source=x&fbclid=%00", "before=", "before=x&before=-1", "%FF=%FE", "a[]=1&&&=", "before=%30%00"] {
                let answer = get(&app, &format!("{path}?{query}")).await;
                assert_eq!(answer.status, 200, "{path}?{query}");
                assert_eq!(answer.text, plain.text, "{path}?{query}");
            }
        }
    }

    async fn style_sheet_icon_and_robots_are_served(app: TestApp) {
        for (path, media_type) in [(web::stylesheet().0, "text/css; charset=utf-8"), (web::favicon().0, "image/svg+xml")] {
            let answer = get(&app, path).await;
            assert_eq!(answer.status, 200);
            assert_eq!(answer.header("content-type"), media_type);
            assert_eq!(answer.header("cache-control"), "public, max-age=31536000, immutable");
        }
        assert_eq!(get(&app, "/favicon.ico").await.text, web::favicon().1);
        assert_eq!(get(&app, "/robots.txt").await.text, "User-agent: *\nAllow: /\n\nSitemap: https://blog.example/sitemap.xml\n");
    }

    async fn a_cached_picture_may_neither_run_nor_be_mistaken(app: TestApp) {
        let name = format!("{}.png", "0a".repeat(32));
        std::fs::create_dir_all(media::folder(&app.app)).unwrap();
        std::fs::write(media::folder(&app.app).join(&name), b"picture").unwrap();
        let answer = get(&app, &format!("/media/{name}")).await;
        assert_eq!((answer.status.as_u16(), answer.text.as_str()), (200, "picture"));
        assert_eq!(answer.header("content-type"), "image/png");
        assert_eq!(answer.header("content-security-policy"), "default-src 'none'; sandbox");
        assert_eq!(answer.header("cache-control"), "public, max-age=31536000, immutable");
    }
}

fn status_title(status: Status) -> &'static str {
    match status {
        Status::Draft => "Draft",
        Status::Scheduled => "Scheduled",
        _ => "Published",
    }
}
