//! Looking for posts and comments: what is found, what never is, and what is said about queries that make no sense. The same on both
//! databases.

use antiphon::domain::account::{self, Scope};
use antiphon::domain::actor::{self, Actor};
use antiphon::domain::comment::{self, RemoteEdit};
use antiphon::domain::moderation;
use antiphon::domain::post::{self, Edit, NewPost, Post};
use antiphon::domain::search::{self, Found};
use antiphon::domain::visibility::{CommentStatus, Visibility};
use antiphon::text::sanitize;
use antiphon::types::Host;
use axum::body::Body;
use http::Request;
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use serde_json::json;

use super::world::{Reply, create, decide, get, person};
use crate::support::{TestApp, TestDb, TestNode, both_databases};

async fn write(app: &TestApp, title: &str, content: &str, tags: &[&str]) -> Post {
    let new = NewPost {
        title: title.into(),
        content: content.into(),
        tags: tags.iter().map(|tag| (*tag).to_owned()).collect(),
        ..NewPost::default()
    };
    create(app, new).await
}

/// Somebody elsewhere who lets their texts be found.
async fn open_person(app: &TestApp, name: &str) -> Actor {
    let someone = person(app, name).await;
    set_open(app, &someone, true).await;
    someone
}

async fn set_open(app: &TestApp, someone: &Actor, open: bool) {
    let (id, now) = (someone.id, app.app.now());
    let set = app
        .app
        .db
        .write(move |conn| actor::set_indexable(conn, id, open, now));
    set.await.unwrap();
}

async fn look(app: &TestApp, query: &str) -> Found {
    search::catch_up(&app.app).await.unwrap();
    let query = search::read(query).unwrap().unwrap();
    search::find(&app.app, query, None, 20).await.unwrap()
}

/// What was found: a post by its title, a comment by its text.
async fn found(app: &TestApp, query: &str) -> Vec<String> {
    let hits = look(app, query).await.hits.into_iter();
    let name = |hit: search::Hit| match hit.comment {
        Some((comment, _)) => sanitize::plain(comment.html.as_str()),
        None => hit.post.title,
    };
    hits.map(name).collect()
}

fn encoded(text: &str) -> String {
    url::form_urlencoded::byte_serialize(text.as_bytes()).collect()
}

both_databases! {
    async fn words_phrases_beginnings_and_exclusions_find_posts(app: TestApp) {
        write(&app, "The Second Choir", "A *tenor* waits for the bass.", &[]).await;
        write(&app, "Harmonies", "The choir sings; second, a choir of Müllers.", &[]).await;
        for (query, titles) in [
            ("choir", &["The Second Choir", "Harmonies"][..]),
            ("CHOIR bass", &["The Second Choir"]),
            ("\"second choir\"", &["The Second Choir"]),
            ("choir -tenor", &["Harmonies"]),
            ("choir -\"second choir\"", &["Harmonies"]),
            ("harmon*", &["Harmonies"]),
            ("harmon", &[]),
            ("muller*", &["Harmonies"]),
            ("choir nowhere", &[]),
            ("waits.for", &["The Second Choir"]),
        ] {
            assert_eq!(found(&app, query).await, titles, "{query}");
        }
    }

    async fn titles_come_first_and_then_the_newest(app: TestApp) {
        write(&app, "A psalm", "x", &[]).await;
        write(&app, "Old", "A psalm in the text", &[]).await;
        write(&app, "New", "A psalm in the text", &[]).await;
        write(&app, "Another psalm", "x", &[]).await;
        write(&app, "x", "no", &[]).await;
        assert_eq!(found(&app, "psalm").await, ["Another psalm", "A psalm", "New", "Old"]);
        assert_eq!(found(&app, "psalm text").await, ["New", "Old"]);
        assert_eq!(found(&app, "psalm x").await, ["Another psalm", "A psalm"]);
    }

    async fn every_script_is_found(app: TestApp) {
        for (title, text) in [
            ("Chinese", "我们在东京都庁见面"), ("Thai", "สวัสดีชาวโลก"), ("Korean", "김치를 먹는다"), ("Russian", "Ёлка и мёд"),
            ("Arabic", "مُحَمَّد يكتب"), ("Hindi", "हिन्दी भाषा"), ("Greek", "Ὀδυσσεύς"), ("Japanese", "カタカナとひらがな"),
        ] {
            write(&app, title, text, &[]).await;
        }
        for (query, title) in [
            ("东京", "Chinese"), ("京", "Chinese"), ("京都庁见", "Chinese"), ("ชาวโลก", "Thai"), ("김치", "Korean"), ("ЕЛКА мед", "Russian"),
            ("محمد", "Arabic"), ("भाषा", "Hindi"), ("οδυσσευσ", "Greek"), ("ひら", "Japanese"), ("ﾀｶﾅ", "Japanese"), ("\"我们在\"", "Chinese"),
        ] {
            assert_eq!(found(&app, query).await, [title], "{query}");
        }
    }

    async fn tags_writers_and_dates_narrow_the_search(app: TestApp) {
        write(&app, "One", "song", &["Rust", "a_b"]).await;
        let two = write(&app, "Two", "song", &["rusty"]).await;
        let bob = open_person(&app, "bob").await;
        Reply::new(&bob, &two, "<p>a song of bob</p>").arrive(&app).await;
        for (query, names) in [
            ("tag:rust", &["One"][..]), ("tag:#RUST song", &["One"]), ("tag:A_B", &["One"]), ("tag:ab", &[]),
            ("song -tag:rusty", &["a song of bob", "One"]),
            ("author:bob", &["a song of bob"]), ("author:@bob@far.example song", &["a song of bob"]),
            ("author:alice", &["Two", "One"]), ("author:alice@blog.example", &["Two", "One"]), ("author:bo", &[]),
            ("song -author:alice", &["a song of bob"]),
            ("song after:2026-11-22", &["a song of bob", "Two", "One"]), ("song after:2026-11-23", &[]),
            ("before:2026-11", &[]), ("before:2027", &["a song of bob", "Two", "One"]),
        ] {
            assert_eq!(found(&app, query).await, names, "{query}");
        }
    }

    async fn comments_are_found_only_when_their_authors_allow_it(app: TestApp) {
        let post = write(&app, "Post", "x", &[]).await;
        let (open, shy) = (open_person(&app, "open").await, person(&app, "shy").await);
        Reply::new(&open, &post, "<p>needle one</p>").arrive(&app).await;
        Reply::new(&shy, &post, "<p>needle two</p>").arrive(&app).await;
        comment::reply(&app.app, &app.alice, post.id, None, "needle three".into(), None).await.unwrap();
        assert_eq!(found(&app, "needle").await, ["needle three", "needle one"]);
        set_open(&app, &shy, true).await;
        set_open(&app, &open, false).await;
        account::set_indexable(&app.app, "alice", false).await.unwrap();
        assert_eq!(found(&app, "needle").await, ["needle two"]);
        assert_eq!(found(&app, "author:alice").await, ["Post"], "her posts are this site's own");
    }

    async fn a_comment_that_may_not_be_found_costs_nothing(app: TestApp) {
        let post = write(&app, "Post", "x", &[]).await;
        search::catch_up(&app.app).await.unwrap();
        let shy = person(&app, "shy").await;
        Reply::new(&shy, &post, "<p>needle</p>").arrive(&app).await;
        assert_eq!(search::catch_up(&app.app).await.unwrap(), 0);
    }

    async fn what_is_not_public_is_never_found(app: TestApp) {
        let post = write(&app, "Post", "x", &[]).await;
        let ann = open_person(&app, "ann").await;
        for status in [CommentStatus::Held, CommentStatus::Spam, CommentStatus::Trash] {
            let above = Reply::new(&ann, &post, "<p>needle</p>").arrive(&app).await;
            Reply::new(&ann, &post, "<p>needle below</p>").to(above.id).arrive(&app).await;
            // Indexed before it is hidden, so that the index alone would still find it.
            search::catch_up(&app.app).await.unwrap();
            decide(&app, &above, status).await;
            let query = search::read("needle").unwrap().unwrap();
            assert!(search::find(&app.app, query, None, 9).await.unwrap().hits.is_empty());
            assert!(found(&app, "needle").await.is_empty(), "{status}");
            decide(&app, &above, CommentStatus::Published).await;
            assert_eq!(found(&app, "needle").await.len(), 2);
            decide(&app, &above, status).await;
        }
        for visibility in [Visibility::Followers, Visibility::Direct] {
            Reply::new(&ann, &post, "<p>needle</p>").only(visibility).arrive(&app).await;
        }
        assert!(found(&app, "needle").await.is_empty());
        let draft = NewPost { title: "needle".into(), content: "needle".into(), status: Some(post::Status::Draft), ..NewPost::default() };
        post::create(&app.app, &app.alice, draft).await.unwrap();
        assert!(found(&app, "needle").await.is_empty());
    }

    async fn what_a_blocked_server_brought_is_hidden_and_comes_back(app: TestApp) {
        let post = write(&app, "Post", "x", &[]).await;
        let ann = open_person(&app, "ann").await;
        Reply::new(&ann, &post, "<p>needle</p>").arrive(&app).await;
        assert_eq!(found(&app, "needle").await.len(), 1);
        let host = || Host::parse("far.example").unwrap();
        moderation::block(&app.app, vec![(host(), None)]).await.unwrap();
        assert!(found(&app, "needle").await.is_empty());
        moderation::unblock(&app.app, host()).await.unwrap();
        assert_eq!(found(&app, "needle").await.len(), 1);
    }

    async fn edits_and_deletions_reach_the_index(app: TestApp) {
        let post = write(&app, "Post", "before", &[]).await;
        let ann = open_person(&app, "ann").await;
        let reply = Reply::new(&ann, &post, "<p>first</p>").arrive(&app).await;
        assert_eq!(found(&app, "first").await, ["first"]);
        let edit = RemoteEdit {
            ap_id: reply.ap_id.clone(),
            actor_id: ann.id,
            html: sanitize::remote("<p>second</p>"),
            language: None,
            visibility: Visibility::Public,
            edited_at: app.app.now(),
            named: antiphon::domain::media::Named::default(),
        };
        assert!(comment::receive_edit(&app.app, None, reply.id, edit).await.unwrap());
        assert!(found(&app, "first").await.is_empty());
        assert_eq!(found(&app, "second").await, ["second"]);
        let gone = comment::receive_delete(&app.app, None, reply.ap_id, ann).await;
        assert!(gone.unwrap() && found(&app, "second").await.is_empty());
        let change = Edit { content: Some("after".into()), tags: Some(vec!["new".into()]), ..Edit::default() };
        post::edit(&app.app, &app.alice, post.id, change).await.unwrap();
        assert!(found(&app, "before").await.is_empty());
        assert_eq!(found(&app, "after tag:new").await, ["Post"]);
        post::delete(&app.app, &app.alice, post.id).await.unwrap();
        assert!(found(&app, "after").await.is_empty());
    }

    async fn results_come_in_pages_by_key_without_gaps(app: TestApp) {
        for number in 0..7 {
            write(&app, if number % 2 == 0 { "psalm" } else { "Other" }, "psalm", &[]).await;
        }
        search::catch_up(&app.app).await.unwrap();
        let (mut all, mut from) = (Vec::new(), None);
        loop {
            let query = search::read("psalm").unwrap().unwrap();
            let page = search::find(&app.app, query, from, 3).await.unwrap();
            all.extend(page.hits.into_iter().map(|hit| hit.post.id));
            match page.next {
                Some(next) => from = Some(search::Key::parse(&next.to_string()).unwrap()),
                None => break,
            }
        }
        assert_eq!(all.len(), 7);
        let once: std::collections::HashSet<_> = all.iter().collect();
        assert_eq!(once.len(), 7);
    }

    async fn the_page_shows_what_was_found_with_marks_and_nothing_of_its_own(app: TestApp) {
        let post = write(&app, "A <b>needle</b>", "x", &[]).await;
        let ann = open_person(&app, "ann").await;
        Reply::new(&ann, &post, "<p>a &lt;script&gt; needle &amp; thread</p>").arrive(&app).await;
        search::catch_up(&app.app).await.unwrap();
        let page = get(&app, "/search?q=needle").await;
        assert_eq!((page.status.as_u16(), page.header("cache-control")), (200, "no-store"));
        for part in [
            "&#60;script&#62; <mark>needle</mark> &#38; thread", "/posts/a-b-needle-b/comments/1#comment-1\"", "A &#60;b&#62;<mark>needle</mark>&#60;/b&#62;", "@ann", "name=\"q\"",
            "value=\"needle\"", "rel=\"search\"", "noindex",
        ] {
            assert!(page.text.contains(part), "{part}: {}", page.text);
        }
        assert!(!page.text.contains("<script>") && !page.text.contains("<b>needle"));
        let empty = get(&app, "/search").await;
        assert!(empty.status == 200 && !empty.text.contains("Nothing was found"));
        assert!(get(&app, "/search?q=nowhere").await.text.contains("Nothing was found"));
        assert!(get(&app, "/").await.text.contains("/search\""), "a link on every page");
    }

    async fn what_makes_no_sense_is_answered_400_with_the_reason(db: TestDb) {
        let app = TestApp::builder().language("de").build(db).await;
        for (query, reason) in [
            ("\"open", "nicht geschlossen"), ("!!!", "weder Buchstaben"), ("-x", "wonach gesucht"), ("tag:", "fehlt etwas"),
            ("after:soon", "kein Datum"), ("a*", "zu kurz"), (&"x".repeat(10_000), "zu lang"),
        ] {
            let page = get(&app, &format!("/search?q={}", encoded(query))).await;
            assert_eq!(page.status, 400, "{query}");
            assert!(page.text.contains(reason) && page.text.contains("name=\"q\""), "{query}: {}", page.text);
        }
        for path in ["/search?q=x&from=t-0", "/search?q=x&from=1", "/search?q=x&from=%00"] {
            assert_eq!(get(&app, path).await.status, 400, "{path}");
        }
    }

    async fn no_query_is_a_server_error(app: TestApp) {
        write(&app, "Post", "some words & 東京 \" ' : * ( ) - AND OR NOT NEAR", &["x"]).await;
        search::catch_up(&app.app).await.unwrap();
        let mut runner = TestRunner::deterministic();
        let part = "(\\PC|[\"'*:()&|!<>\\-\0 ]|tag:|author:|before:|after:|AND |NOT |NEAR\\(|東|word|some){0,24}";
        let queries = proptest::string::string_regex(part).unwrap();
        let mut texts: Vec<String> = (0..150).map(|_| queries.new_tree(&mut runner).unwrap().current()).collect();
        texts.extend(["\0", "%", "';--", "NOT x", "{title}: x", "title : x", "some\0words", "\u{202E}x", "_any", "_by_alice"].map(str::to_owned));
        for text in texts {
            let page = get(&app, &format!("/search?q={}", encoded(&text))).await;
            assert!([200, 400].contains(&page.status.as_u16()), "{text:?}: {}", page.status);
        }
        for raw in ["/search?q=%FF%FE", "/search?q=%", "/search?q", "/search?&&=", "/search?q=a&q=%00"] {
            assert!(get(&app, raw).await.status.as_u16() < 500, "{raw}");
        }
    }

    async fn what_was_there_before_the_index_is_indexed_in_batches(app: TestApp) {
        for number in 0..120 {
            write(&app, &format!("Post {number}"), "needle", &[]).await;
        }
        assert_eq!(search::index_batch(&app.app).await.unwrap(), 100);
        assert_eq!(search::index_batch(&app.app).await.unwrap(), 20);
        assert_eq!(search::index_batch(&app.app).await.unwrap(), 0);
        assert!(look(&app, "needle").await.next.is_some());
    }

    async fn rest_finds_the_same_and_says_what_is_wrong(app: TestApp) {
        let post = write(&app, "A needle", "x <y>", &[]).await;
        search::catch_up(&app.app).await.unwrap();
        let token = app.token(&[Scope::Read]).await;
        let ask = async |query: &str| {
            let request = Request::get(format!("/api/antiphon/v1/search{query}")).header("authorization", format!("Bearer {token}"));
            app.send(antiphon::api::router(), request.body(Body::empty()).unwrap()).await
        };
        let found = ask("?q=needle").await.json();
        assert_eq!(found["results"][0]["kind"], "post");
        assert_eq!(found["results"][0]["id"], json!(post.id.to_string()));
        assert_eq!(found["next"], json!(null));
        for query in ["?q=%22open", "?q=", "", "?q=x&limit=0", "?q=x&from=y", "?q=%00"] {
            let answer = ask(query).await;
            assert!(answer.status.is_client_error(), "{query}: {answer:?}");
        }
    }

    async fn an_actor_that_says_it_may_be_found_is_found(node: TestNode) {
        let there = node.neighbour().await;
        let bob = there.person("bob");
        let mut document = bob.document();
        document["indexable"] = json!(true);
        there.publish(&document);
        let shy = there.person("shy");
        let post = node.publish("Found").await;
        node.accept_reply(&bob, &bob.note(1, post.ap_id.as_str())).await;
        node.accept_reply(&shy, &shy.note(1, post.ap_id.as_str())).await;
        let page = node.get_as("/search?q=says", "text/html").await.text;
        assert!(page.contains("bob <mark>says</mark> 1") && !page.contains("shy"), "{page}");
    }

    async fn searching_has_a_rate_of_its_own(db: TestDb) {
        let builder = TestApp::builder().configure(|config| config.limits.search = 2);
        let mut node = TestNode::start(builder, db).await;
        let url = node.config().site.url.clone();
        let client = crate::support::bare_client();
        let limits = antiphon::http::Limits { bytes: 100_000, deadline: std::time::Duration::from_secs(20) };
        let mut seen = Vec::new();
        for path in ["/search?q=x", "/search?q=x", "/search?q=x", "/"] {
            let address = url::Url::parse(&format!("{url}{path}")).unwrap();
            let reply = client.get(&address, http::HeaderMap::new(), limits).await;
            seen.push(reply.unwrap().status.as_u16());
        }
        node.stop().await;
        assert_eq!(seen, [200, 200, 429, 200]);
    }
}

#[tokio::test]
async fn browsers_are_told_how_to_search() {
    let app = TestApp::builder().build(TestDb::sqlite()).await;
    let answer = get(&app, "/opensearch.xml").await;
    assert!(
        answer
            .header("content-type")
            .starts_with("application/opensearchdescription+xml")
    );
    assert!(
        answer
            .text
            .contains("template=\"https://blog.example/search?q={searchTerms}\""),
        "{}",
        answer.text
    );
}
