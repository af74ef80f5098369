//! Where posts stand: permalinks by the site's pattern, and all that leads there from other addresses.

use antiphon::domain::post::{self, Edit, NewPost, Status};
use antiphon::text::permalink::Pattern;

use super::world::{Reply, ask, create, get, person, publish};
use crate::support::{Answer, TestApp, TestDb, both_databases};

async fn dated(db: TestDb) -> TestApp {
    let pattern = |config: &mut antiphon::config::Config| {
        config.site.permalinks = Pattern::parse("/%year%/%monthnum%/%postname%/").unwrap();
    };
    TestApp::builder().configure(pattern).build(db).await
}

fn lead(answer: &Answer) -> (u16, &str) {
    (answer.status.as_u16(), answer.header("location"))
}

async fn rename(app: &TestApp, post: &post::Post, slug: &str) -> post::Post {
    app.advance_secs(1);
    let edit = Edit {
        slug: Some(slug.into()),
        ..Edit::default()
    };
    post::edit(&app.app, &app.alice, post.id, edit)
        .await
        .unwrap()
        .post
}

both_databases! {
    async fn a_post_stands_at_its_permalink_and_everything_else_leads_there(db: TestDb) {
        let app = dated(db).await;
        let post = publish(&app, "Psalm").await;
        let here = "https://blog.example/2026/11/psalm/";
        assert_eq!(post.url.as_str(), here);
        let page = get(&app, "/2026/11/psalm/").await;
        assert_eq!(page.status, 200);
        assert!(page.text.contains(&format!("rel=\"canonical\" href=\"{here}\"")));
        for other in ["/posts/psalm", "/posts/psalm/", "/posts/Psalm", "/2026/11/psalm", "/2026/11/PSALM/", "/2026/11/psalm//"] {
            assert_eq!(lead(&get(&app, other).await), (301, here), "{other}");
        }
        assert_eq!(lead(&get(&app, "/posts/psalm?before=1").await).1, format!("{here}?before=1"));
        assert!(get(&app, "/").await.text.contains(&format!("href=\"{here}\"")));
        let feed = get(&app, "/feed.atom").await.text;
        assert!(feed.contains(here) && feed.contains("https://blog.example/posts/psalm/comments.atom"), "{feed}");
        assert_eq!(get(&app, "/posts/psalm/comments.atom").await.status, 200);
        assert!(page.text.contains("href=\"https://blog.example/posts/psalm/comments.atom\""));
        for nothing in ["/2026/12/psalm/", "/2026/11/", "/2026/11/other/", "/posts/other", "/nothing", "/nothing/", "//evil.example/", "/%2F%2Fevil.example/", "/a%00b", "/a%FFb"] {
            assert_eq!(get(&app, nothing).await.status, 404, "{nothing}");
        }
        post::delete(&app.app, &app.alice, post.id).await.unwrap();
        assert_eq!(get(&app, "/2026/11/psalm/").await.status, 410);
        assert_eq!(lead(&get(&app, "/posts/psalm").await), (301, here));
    }

    async fn former_slugs_lead_on_for_ever_and_are_given_to_no_other_post(app: TestApp) {
        let first = publish(&app, "Psalm").await;
        let renamed = rename(&app, &first, "psalm-of-two").await;
        assert_eq!(renamed.url.as_str(), "https://blog.example/posts/psalm-of-two");
        let again = rename(&app, &first, "hymn").await;
        for former in ["/posts/psalm", "/posts/psalm-of-two", "/posts/psalm/", "/posts/PSALM"] {
            assert_eq!(lead(&get(&app, former).await), (301, again.url.as_str()), "{former}");
        }
        let button = get(&app, "/interact?do=like&id=psalm").await;
        assert!(button.status == 200 && button.text.contains(first.ap_id.as_str()), "a page may be open for long");
        let feed = get(&app, "/posts/psalm/comments.atom").await;
        assert_eq!(lead(&feed), (301, "https://blog.example/posts/hymn/comments.atom"));
        let look = ask(&app, "POST", "/posts/psalm/look", &[]).await;
        assert_eq!(lead(&look), (308, "https://blog.example/posts/hymn/look"));
        assert_eq!(publish(&app, "Psalm").await.slug, "psalm-2");
        let wanted = NewPost { title: "x".into(), content: "x".into(), slug: Some("psalm-of-two".into()), ..NewPost::default() };
        assert!(post::create(&app.app, &app.alice, wanted).await.is_err());
        let back = rename(&app, &first, "psalm").await;
        assert_eq!(get(&app, "/posts/psalm").await.status, 200);
        assert_eq!(lead(&get(&app, "/posts/hymn").await), (301, back.url.as_str()));
        post::delete(&app.app, &app.alice, first.id).await.unwrap();
        assert_eq!(publish(&app, "Hymn").await.slug, "hymn-2", "what led to a deleted post leads nowhere else");
    }

    async fn drafts_leave_no_address_behind(app: TestApp) {
        let new = NewPost { title: "Draft".into(), content: "x".into(), status: Some(Status::Draft), ..NewPost::default() };
        let draft = create(&app, new).await;
        rename(&app, &draft, "other").await;
        assert_eq!(get(&app, "/posts/draft").await.status, 404);
        assert_eq!(get(&app, "/posts/other").await.status, 404);
        assert_eq!(get(&app, "/posts/other/").await.status, 404);
        assert_eq!(publish(&app, "Draft").await.slug, "draft");
    }

    async fn names_of_the_program_are_no_posts_at_the_root(db: TestDb) {
        let pattern = |config: &mut antiphon::config::Config| {
            config.site.permalinks = Pattern::parse("/%postname%").unwrap();
        };
        let app = TestApp::builder().configure(pattern).build(db).await;
        assert_eq!(publish(&app, "About").await.url.as_str(), "https://blog.example/about-2");
        assert_eq!(get(&app, "/about-2").await.status, 200);
        let wanted = NewPost { title: "x".into(), content: "x".into(), slug: Some("archive".into()), ..NewPost::default() };
        assert!(post::create(&app.app, &app.alice, wanted).await.is_err());
        let page = antiphon::domain::pages::Edit { title: Some("Imprint".into()), content: Some("x".into()), ..Default::default() };
        antiphon::domain::pages::create(&app.app, page.clone()).await.unwrap();
        assert_eq!(publish(&app, "Imprint").await.url.as_str(), "https://blog.example/imprint-2");
        let about = antiphon::domain::pages::Edit { title: Some("About 2".into()), ..page };
        assert_eq!(antiphon::domain::pages::create(&app.app, about).await.unwrap().slug, "about-2-2");
    }

    async fn every_tag_stands_in_the_address_and_a_new_category_moves_the_post(db: TestDb) {
        let pattern = |config: &mut antiphon::config::Config| {
            config.site.permalinks = Pattern::parse("/%category%/%author%/%day%-%hour%-%minute%/%post_id%-x").unwrap();
        };
        let app = TestApp::builder().configure(pattern).build(db).await;
        let plain = publish(&app, "Plain").await;
        let expected = format!("https://blog.example/uncategorized/alice/22-12-00/{}-x", plain.id);
        assert_eq!(plain.url.as_str(), expected);
        let edit = Edit { categories: Some(vec!["Tags/Old music".into()]), ..Edit::default() };
        app.advance_secs(1);
        let moved = post::edit(&app.app, &app.alice, plain.id, edit).await.unwrap().post;
        assert_eq!(moved.url.as_str(), expected.replace("uncategorized", "old-music"));
        let former = get(&app, expected.strip_prefix("https://blog.example").unwrap()).await;
        assert_eq!(lead(&former), (301, moved.url.as_str()));
    }

    async fn a_scheduled_post_is_dated_by_the_day_it_appears(db: TestDb) {
        let app = dated(db).await;
        let new = NewPost {
            title: "Later".into(),
            content: "x".into(),
            status: Some(Status::Scheduled),
            publish_at: Some(app.app.now().plus_secs(40 * 86_400)),
            ..NewPost::default()
        };
        let later = create(&app, new).await;
        app.advance_secs(40 * 86_400);
        post::publish_scheduled(&app.app, later.id).await.unwrap();
        assert_eq!(get(&app, "/2027/01/later/").await.status, 200);
        assert_eq!(get(&app, "/2026/11/later/").await.status, 404);
        assert_eq!(lead(&get(&app, "/posts/later").await).1, "https://blog.example/2027/01/later/");
    }

    async fn other_spellings_of_pages_lead_to_the_one_address(app: TestApp) {
        publish(&app, "Psalm").await;
        for (other, here) in [
            ("/about/", "/about"),
            ("/About", "/about"),
            ("/archive/", "/archive"),
            ("/archive/2026/", "/archive/2026"),
            ("/@Alice", "/@alice"),
            ("/@alice/", "/@alice"),
            ("/@alice/followers/", "/@alice/followers"),
            ("/replies/", "/replies"),
        ] {
            assert_eq!(lead(&get(&app, other).await), (301, format!("https://blog.example{here}").as_str()), "{other}");
            assert_eq!(get(&app, here).await.status, 200, "{here}");
        }
        let moved = get(&app, "/about/").await;
        assert_eq!(moved.header("cache-control"), "public, max-age=300");
        assert_eq!(ask(&app, "HEAD", "/about/", &[]).await.status, 301);
        assert_eq!(ask(&app, "POST", "/nothing", &[]).await.status, 404);
    }

    async fn own_comments_stand_at_the_permalink(db: TestDb) {
        let app = dated(db).await;
        let post = publish(&app, "Psalm").await;
        let ann = person(&app, "ann").await;
        let first = Reply::new(&ann, &post, "<p>One</p>").arrive(&app).await;
        antiphon::domain::comment::reply(&app.app, &app.alice, post.id, Some(first.id), "Thanks".into(), None).await.unwrap();
        let page = get(&app, "/2026/11/psalm/").await.text;
        assert!(page.contains("id=\"comment-1.1\"") && page.contains("action=\"/posts/psalm/look\""), "{page}");
        let looked = ask(&app, "POST", "/posts/psalm/look", &[]).await;
        assert_eq!(lead(&looked), (303, "https://blog.example/2026/11/psalm/#comments"));
    }
}
