//! The pages as readers get them: over the router, on both databases.

mod answers;
mod articles;
mod discussion;
mod feeds;
mod filing;
mod list_plans;
mod lists;
mod live;
mod look;
mod machines;
mod permalinks;
mod plans;
mod preferences;
mod queue;
mod search;
pub(crate) mod world;

use antiphon::domain::comment;
use antiphon::domain::visibility::{CommentStatus, Visibility};
use antiphon::types::ApUrl;

use crate::support::{TestApp, TestDb, both_databases};
use world::{Reply, decide, get, person, publish};

both_databases! {
    async fn comments_stand_nested_with_numbers_and_anchors(app: TestApp) {
        let post = publish(&app, "Psalm").await;
        let (ann, ben) = (person(&app, "ann").await, person(&app, "ben").await);
        let first = Reply::new(&ann, &post, "<p>One</p>").arrive(&app).await;
        Reply::new(&ben, &post, "<p>Two</p>").arrive(&app).await;
        let below = Reply::new(&ben, &post, "<p>Below</p>").to(first.id).arrive(&app).await;
        comment::reply(&app.app, &app.alice, post.id, Some(below.id), "**Thanks**".into(), None)
            .await
            .unwrap();
        let page = get(&app, "/posts/psalm").await;
        assert_eq!(page.status, 200);
        let place = |part: &str| {
            page.text.find(part).unwrap_or_else(|| panic!("{part} in {}", page.text))
        };
        let order = ["1", "1.1", "1.1.1", "2"].map(|number| place(&format!("id=\"comment-{number}\"")));
        assert!(order.is_sorted(), "{order:?}");
        assert!(page.text.contains("4 thoughts on “Psalm”"));
        let own = page.text.get(order[2]..order[3]).unwrap();
        assert!(own.contains("<strong>Thanks</strong>") && own.contains("class=\"badge\""), "{own}");
        assert!(own.contains("href=\"#comment-1.1.1\""), "{own}");
        let theirs = page.text.get(order[1]..order[2]).unwrap();
        assert!(theirs.contains("@ben@far.example") && theirs.contains(below.ap_id.as_str()));
        assert!(!theirs.contains("class=\"badge\""));
    }

    async fn what_is_not_public_appears_nowhere(app: TestApp) {
        let post = publish(&app, "Psalm").await;
        let ann = person(&app, "ann").await;
        Reply::new(&ann, &post, "<p>Seen</p>").arrive(&app).await;
        for status in [CommentStatus::Held, CommentStatus::Spam, CommentStatus::Trash] {
            let hidden = Reply::new(&ann, &post, "<p>Unseen</p>").arrive(&app).await;
            decide(&app, &hidden, status).await;
            Reply::new(&ann, &post, "<p>Below</p>").to(hidden.id).only(Visibility::Followers).arrive(&app).await;
        }
        for visibility in [Visibility::Followers, Visibility::Direct] {
            Reply::new(&ann, &post, "<p>Unseen</p>").only(visibility).arrive(&app).await;
        }
        for path in ["/posts/psalm", "/posts/psalm/comments.atom", "/", "/@alice", "/feed.atom"] {
            let answer = get(&app, path).await;
            assert_eq!(answer.status, 200, "{path}");
            assert!(!answer.text.contains("Unseen") && !answer.text.contains("Below"), "{path}");
        }
        assert!(get(&app, "/posts/psalm").await.text.contains("One thought on “Psalm”"));
        assert!(get(&app, "/").await.text.contains(">One comment</a>"));
        assert!(get(&app, "/feed.atom").await.text.contains("<thr:total>1</thr:total>"));
    }

    async fn a_held_reply_hides_what_stands_below_it_until_it_is_approved(app: TestApp) {
        let post = publish(&app, "Psalm").await;
        let ann = person(&app, "ann").await;
        let held = Reply::new(&ann, &post, "<p>Above</p>").arrive(&app).await;
        Reply::new(&ann, &post, "<p>Below</p>").to(held.id).arrive(&app).await;
        decide(&app, &held, CommentStatus::Held).await;
        let page = get(&app, "/posts/psalm").await.text;
        assert!(!page.contains("Above") && !page.contains("Below"));
        assert!(page.contains("No thoughts yet on “Psalm”"));
        decide(&app, &held, CommentStatus::Published).await;
        let page = get(&app, "/posts/psalm").await.text;
        assert!(page.contains("Above") && page.contains("Below") && page.contains("2 thoughts"));
    }

    async fn a_deleted_comment_leaves_its_place_only_where_answers_stand_below(app: TestApp) {
        let post = publish(&app, "Psalm").await;
        let ann = person(&app, "ann").await;
        let first = Reply::new(&ann, &post, "<p>Secret</p>").arrive(&app).await;
        Reply::new(&app.alice, &post, "<p>Below</p>").to(first.id).arrive(&app).await;
        let lone = Reply::new(&ann, &post, "<p>Lone</p>").arrive(&app).await;
        for gone in [first, lone] {
            let activity = ApUrl::new(format!("{}#delete", gone.ap_id));
            let deleted = comment::receive_delete(&app.app, Some(activity.into()), gone.ap_id, ann.clone()).await;
            assert!(deleted.unwrap());
        }
        let page = get(&app, "/posts/psalm").await.text;
        assert!(page.contains("This comment was deleted.") && page.contains("Below"));
        assert!(!page.contains("Secret") && !page.contains("Lone") && !page.contains("ann"));
        assert!(page.contains("One thought") && !page.contains("id=\"comment-2\""));
        let feed = get(&app, "/posts/psalm/comments.atom").await.text;
        assert_eq!(feed.matches("<entry>").count(), 1, "{feed}");
    }

    async fn a_deleted_comment_that_never_appeared_leaves_no_place(app: TestApp) {
        let post = publish(&app, "Psalm").await;
        let ann = person(&app, "ann").await;
        let private = Reply::new(&ann, &post, "<p>x</p>").only(Visibility::Followers).arrive(&app).await;
        Reply::new(&ann, &post, "<p>Below</p>").to(private.id).arrive(&app).await;
        let activity = ApUrl::new(format!("{}#delete", private.ap_id));
        comment::receive_delete(&app.app, Some(activity.into()), private.ap_id, ann).await.unwrap();
        let page = get(&app, "/posts/psalm").await.text;
        assert!(page.contains("No thoughts yet") && !page.contains("Below"));
        assert!(!page.contains("This comment was deleted."));
    }

    async fn what_strangers_write_cannot_leave_its_place(app: TestApp) {
        let post = publish(&app, "Psalm").await;
        let mut eve = person(&app, "eve").await;
        eve.name = "<script>x</script>\"'&".into();
        eve.url = ApUrl::new("javascript:alert(1)");
        let stored = eve.clone();
        let stored = app.app.db.write(move |conn| antiphon::domain::actor::upsert_remote(conn, &stored, &[]));
        stored.await.unwrap();
        Reply::new(&eve, &post, "</div></li></ol><img src=x onerror=y><h1>Big</h1>").arrive(&app).await;
        let page = get(&app, "/posts/psalm").await.text;
        for bad in ["<script>", "</script>x", "javascript:", "onerror", "<img", "<h1>Big"] {
            assert!(!page.contains(bad), "{bad}");
        }
        let opened = page.matches("<li>").count() + page.matches("<li ").count();
            assert_eq!(opened, page.matches("</li>").count());
    }

    async fn the_heading_counts_as_the_language_does(db: TestDb) {
        let app = TestApp::builder().language("de").build(db).await;
        headings(&app, ["Noch keine Gedanken zu „Psalm“", "Ein Gedanke zu „Psalm“", "2 Gedanken zu „Psalm“"]).await;
    }

    async fn the_french_heading_has_a_form_for_none(db: TestDb) {
        let app = TestApp::builder().language("fr").build(db).await;
        let none = "Aucune réflexion pour l’instant sur « Psalm »";
        headings(&app, [none, "Une réflexion sur « Psalm »", "2 réflexions sur « Psalm »"]).await;
    }
}

/// Holds the heading with no, one and two comments.
async fn headings(app: &TestApp, expected: [&str; 3]) {
    let post = publish(app, "Psalm").await;
    let ann = person(app, "ann").await;
    for heading in expected {
        let page = get(app, "/posts/psalm").await.text;
        let plain = page.replace(['\u{a0}', '\u{202f}'], " ");
        assert!(plain.contains(heading), "{heading}");
        Reply::new(&ann, &post, "<p>x</p>").arrive(app).await;
    }
}
