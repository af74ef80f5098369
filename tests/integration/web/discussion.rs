//! Pages of a discussion: by key, in three orders, cut where it is too deep or too wide, and the page of each comment.

use std::sync::Arc;
use std::time::Duration;

use antiphon::domain::comment::{self, Comment};
use antiphon::domain::post::Post;
use antiphon::domain::visibility::CommentStatus;

use super::world::{Reply, decide, get, person, publish};
use crate::support::{Answer, TestApp, both_databases};

/// The numbers of the comments on a page, in their order.
fn numbers(page: &Answer) -> Vec<String> {
    let ids = page.text.split("id=\"comment-").skip(1);
    ids.map(|rest| rest.split('"').next().unwrap().to_owned())
        .collect()
}

fn range(from: usize, to: usize) -> Vec<String> {
    (from..=to).map(|number| number.to_string()).collect()
}

/// So many answers to the post, and the ids of them.
async fn answers(app: &TestApp, post: &Post, count: usize) -> Vec<Comment> {
    let ann = person(app, "ann").await;
    let mut all = Vec::new();
    for _ in 0..count {
        all.push(Reply::new(&ann, post, "<p>So it is.</p>").arrive(app).await);
    }
    all
}

/// One below the other.
async fn chain(app: &TestApp, post: &Post, length: usize) -> Vec<Comment> {
    let ann = person(app, "ann").await;
    let mut all: Vec<Comment> = Vec::new();
    for _ in 0..length {
        let mut reply = Reply::new(&ann, post, "<p>Deeper.</p>");
        if let Some(last) = all.last() {
            reply = reply.to(last.id);
        }
        all.push(reply.arrive(app).await);
    }
    all
}

both_databases! {
    async fn a_long_discussion_is_paged_by_the_numbers_readers_see(app: TestApp) {
        let post = publish(&app, "Psalm").await;
        answers(&app, &post, 101).await;
        let first = get(&app, "/posts/psalm").await;
        assert_eq!(numbers(&first), range(1, 50));
        assert!(first.text.contains("101 thoughts on “Psalm”"));
        assert!(first.text.contains("?after=50#comments\" rel=\"next\""));
        assert!(!first.text.contains("rel=\"prev\"") && !first.text.contains("noindex"));
        let second = get(&app, "/posts/psalm?after=50").await;
        assert_eq!(numbers(&second), range(51, 100));
        assert!(second.text.contains("?after=100#comments") && second.text.contains("?before=51#comments"));
        assert!(second.text.contains("noindex") && second.text.contains("101 thoughts"));
        let last = get(&app, "/posts/psalm?after=100").await;
        assert_eq!(numbers(&last), ["101"]);
        assert!(!last.text.contains("rel=\"next\"") && last.text.contains("?before=101#comments"));
        let back = get(&app, "/posts/psalm?before=101").await;
        assert_eq!(numbers(&back), range(51, 100));
        assert_eq!(numbers(&get(&app, "/posts/psalm?before=51").await), range(1, 50));
    }

    async fn a_long_comment_stands_whole_on_its_own_page_only(app: TestApp) {
        let post = publish(&app, "Psalm").await;
        let ann = person(&app, "ann").await;
        let long = format!("<p>It begins. {}It ends.</p>", "And goes on. ".repeat(2_000));
        for text in ["<p>Short.</p>", &long] {
            Reply::new(&ann, &post, text).arrive(&app).await;
        }
        let page = get(&app, "/posts/psalm").await.text;
        assert!(page.contains("It begins.") && !page.contains("It ends."));
        assert!(page.contains("/comments/2#comment-2\">Read the whole comment</a>"));
        assert!(!page.contains("/comments/1#comment-1\">Read the whole"));
        let own = get(&app, "/posts/psalm/comments/2").await.text;
        assert!(own.contains("It ends.") && !own.contains("Read the whole comment"));
    }

    async fn an_answer_that_comes_while_its_parent_is_taken_away_is_hidden_with_it(app: TestApp) {
        let post = publish(&app, "Psalm").await;
        let parent = answers(&app, &post, 1).await.remove(0);
        let ben = person(&app, "ben").await;
        let (began, begins) = tokio::sync::oneshot::channel();
        let (stored, waits) = std::sync::mpsc::channel();
        let (node, now, id) = (Arc::clone(&app.app), app.app.now(), parent.id);
        let taking = tokio::spawn(async move {
            let mut began = Some(began);
            let taken = node.db.write(move |conn| {
                comment::set_status(conn, id, CommentStatus::Trash, now)?;
                began.take().map(|began| began.send(()));
                // The answer waits for this change; if it did not, it would be stored now.
                let _ = waits.recv_timeout(Duration::from_millis(500));
                Ok(())
            });
            taken.await.unwrap();
        });
        begins.await.unwrap();
        let answer = Reply::new(&ben, &post, "<p>No.</p>").to(parent.id).arrive(&app).await;
        let _ = stored.send(());
        taking.await.unwrap();
        let found = app.app.db.read(move |conn| comment::get(conn, answer.id)).await.unwrap();
        assert!(found.hidden, "nobody sees it");
    }

    async fn readers_choose_the_order(app: TestApp) {
        let post = publish(&app, "Psalm").await;
        let roots = answers(&app, &post, 53).await;
        let ben = person(&app, "ben").await;
        for (root, count) in [(&roots[6], 3), (&roots[19], 1), (&roots[51], 2)] {
            for _ in 0..count {
                Reply::new(&ben, &post, "<p>No.</p>").to(root.id).arrive(&app).await;
            }
        }
        let newest = get(&app, "/posts/psalm?order=newest").await;
        let shown = numbers(&newest);
        assert_eq!(shown[..5], ["53", "52", "52.1", "52.2", "51"]);
        assert_eq!(shown.last().unwrap(), "4");
        assert!(newest.text.contains("order=newest&#38;after=4#comments"), "{}", newest.text);
        assert!(newest.text.contains("?order=newest#comments\" aria-current=\"true\""));
        assert_eq!(numbers(&get(&app, "/posts/psalm?order=newest&after=4").await), ["3", "2", "1"]);
        let back = numbers(&get(&app, "/posts/psalm?order=newest&before=3").await);
        assert_eq!((back[0].as_str(), back.last().unwrap().as_str()), ("53", "4"));
        let discussed = numbers(&get(&app, "/posts/psalm?order=discussed").await);
        assert_eq!(discussed[..10], ["7", "7.1", "7.2", "7.3", "52", "52.1", "52.2", "20", "20.1", "1"]);
        assert_eq!(discussed.last().unwrap(), "49");
        let rest = numbers(&get(&app, "/posts/psalm?order=discussed&after=49").await);
        assert_eq!(rest, ["50", "51", "53"]);
        let back = numbers(&get(&app, "/posts/psalm?order=discussed&before=50").await);
        assert_eq!(back, discussed);
    }

    async fn an_address_that_leads_to_no_page_is_missing_and_junk_changes_nothing(app: TestApp) {
        let post = publish(&app, "Psalm").await;
        answers(&app, &post, 2).await;
        let page = get(&app, "/posts/psalm").await.text;
        for junk in ["after=x", "after=-1", "before=1e3", "order=x", "utm=1&after=", "after=99999999999999999999", "%FF"] {
            assert_eq!(get(&app, &format!("/posts/psalm?{junk}")).await.text, page, "{junk}");
        }
        for nowhere in ["after=2", "before=1", "after=77", "order=discussed&after=77", "order=newest&after=1"] {
            let answer = get(&app, &format!("/posts/psalm?{nowhere}")).await;
            assert_eq!(answer.status, 404, "{nowhere}");
        }
        for nothing in ["3", "1.1", "0", "01", "x", "c1", "c99999999999999999999", "1.", "%00", "%FF", "1%2F2"] {
            let answer = get(&app, &format!("/posts/psalm/comments/{nothing}")).await;
            assert_eq!(answer.status, 404, "{nothing}");
            assert!(answer.text.contains("</html>"), "{nothing}");
        }
        assert_eq!(get(&app, "/posts/nothing/comments/1").await.status, 404);
        assert_eq!(get(&app, &format!("/posts/psalm/comments/{}", "1.".repeat(300))).await.status, 404);
    }

    async fn what_nobody_may_see_takes_no_place_on_a_page(app: TestApp) {
        let post = publish(&app, "Psalm").await;
        let roots = answers(&app, &post, 55).await;
        for root in &roots[..10] {
            decide(&app, root, CommentStatus::Trash).await;
        }
        let ben = person(&app, "ben").await;
        let below = Reply::new(&ben, &post, "<p>Still here.</p>").to(roots[10].id).arrive(&app).await;
        for gone in [&roots[10], &roots[11]] {
            decide(&app, gone, CommentStatus::Deleted).await;
        }
        let page = get(&app, "/posts/psalm").await;
        // 12 has nothing below it and is gone; 11 keeps its place for its answer.
        assert_eq!(numbers(&page)[..3], ["11", "11.1", "13"]);
        assert_eq!(numbers(&page).len(), 45);
        assert!(page.text.contains("44 thoughts"), "{}", page.text);
        decide(&app, &below, CommentStatus::Spam).await;
        assert_eq!(numbers(&get(&app, "/posts/psalm").await)[0], "13");
        for (number, status) in [("1", 404), ("11", 404), ("11.1", 404), ("12", 404), ("13", 200)] {
            assert_eq!(get(&app, &format!("/posts/psalm/comments/{number}")).await.status, status, "{number}");
        }
    }

    async fn a_deep_thread_goes_on_elsewhere_and_each_page_of_it_leads_on(app: TestApp) {
        let post = publish(&app, "Psalm").await;
        let chain = chain(&app, &post, 27).await;
        let page = get(&app, "/posts/psalm").await;
        let tenth = "1.1.1.1.1.1.1.1.1.1";
        assert_eq!(numbers(&page).last().unwrap(), tenth);
        assert!(page.text.contains("Continue this thread (17 more)"), "{}", page.text);
        assert!(page.text.contains(&format!("href=\"/posts/psalm/comments/{tenth}#comment-{tenth}\"")));
        let on = get(&app, &format!("/posts/psalm/comments/{tenth}")).await;
        let shown = numbers(&on);
        assert_eq!((shown[0].as_str(), shown.len()), ("1", 9 + 1 + 10));
        assert!(on.text.contains("Continue this thread (7 more)") && !on.text.contains("Further up"));
        assert!(on.text.contains("noindex") && on.text.contains("All 27 comments on “Psalm”"));
        let link = format!("<{}>; rel=\"alternate\"; type=\"application/activity+json\"", chain[9].ap_id);
        assert_eq!(on.header("link"), link);
        let deep = ["1"; 27].join(".");
        let last = get(&app, &format!("/posts/psalm/comments/{deep}")).await;
        assert_eq!(numbers(&last).len(), 11);
        assert!(last.text.contains("Further up"));
        let by_id = get(&app, &format!("/posts/psalm/comments/c{}", chain[26].id)).await;
        assert_eq!(numbers(&by_id), numbers(&last));
    }

    async fn many_answers_to_one_comment_are_paged_on_its_page(app: TestApp) {
        let post = publish(&app, "Psalm").await;
        let root = answers(&app, &post, 1).await.remove(0);
        let ben = person(&app, "ben").await;
        for _ in 0..60 {
            Reply::new(&ben, &post, "<p>Yes.</p>").to(root.id).arrive(&app).await;
        }
        let page = get(&app, "/posts/psalm").await;
        assert_eq!(numbers(&page).len(), 51);
        assert!(page.text.contains("Continue this thread (10 more)"));
        assert!(page.text.contains("60 answers <span class=\"to\">to <bdi lang=\"\">ann</bdi></span></summary>"), "{}", page.text);
        let own = get(&app, "/posts/psalm/comments/1").await;
        assert_eq!(numbers(&own).len(), 51);
        assert!(own.text.contains("/posts/psalm/comments/1?after=50\" rel=\"next\""));
        let next = get(&app, "/posts/psalm/comments/1?after=50").await;
        assert_eq!((numbers(&next)[1].as_str(), numbers(&next).len()), ("1.51", 11));
        assert!(next.text.contains("rel=\"prev\"") && !next.text.contains("rel=\"next\""));
        assert_eq!(get(&app, "/posts/psalm/comments/1?after=60").await.status, 404);
    }

    async fn every_comment_has_an_address_that_opens_it(app: TestApp) {
        let post = publish(&app, "Psalm").await;
        let first = answers(&app, &post, 52).await.remove(51);
        let own = comment::reply(&app.app, &app.alice, post.id, Some(first.id), "Thanks".into(), None).await.unwrap();
        let feed = get(&app, "/posts/psalm/comments.atom").await.text;
        let address = "https://blog.example/posts/psalm/comments/52.1#comment-52.1";
        assert!(feed.contains(&format!("href=\"{address}\"")), "{feed}");
        let page = get(&app, "/posts/psalm/comments/52.1").await;
        assert!(page.text.contains("id=\"comment-52\"") && page.text.contains("id=\"comment-52.1\""));
        assert!(page.text.contains("Thanks") && page.text.contains(&format!("href=\"{}\"", own.ap_id)));
        // What it answers stands above it, once.
        let before = page.text.split("class=\"here\"").next().unwrap();
        assert!(before.contains("id=\"comment-52\"") && !before.contains("id=\"comment-52.1\""));
        assert_eq!(page.text.matches("id=\"comment-52\"").count(), 1);
    }

    async fn threads_are_collapsible_without_a_script(app: TestApp) {
        let post = publish(&app, "Psalm").await;
        chain(&app, &post, 3).await;
        let page = get(&app, "/posts/psalm").await.text;
        assert_eq!(page.matches("<details class=\"branch\" open><summary>").count(), 2);
        assert_eq!(page.matches("<details").count(), page.matches("</details>").count());
        assert!(page.contains("2 answers <span class=\"to\">to <bdi lang=\"\">ann</bdi></span>"), "{page}");
        assert!(page.contains("One answer <span"));
        for act in ["follow", "reply", "like", "boost"] {
            assert!(page.contains(&format!("href=\"/interact?do={act}&#38;id=psalm\"")) || page.contains(&format!("href=\"/interact?do={act}&amp;id=psalm\"")), "{act}");
            assert!(page.contains(&format!("href=\"/interact?do={act}&amp;id=psalm/1.1\"")), "{act}");
        }
    }

    async fn a_branch_keeps_its_root_however_it_grows(app: TestApp) {
        let post = publish(&app, "Psalm").await;
        let chain = chain(&app, &post, 4).await;
        for comment in &chain {
            assert_eq!(comment.root_id, chain[0].id);
        }
    }
}
