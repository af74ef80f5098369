//! Where posts are filed: categories, series, archives; what resembles a post; who follows; pages that are no posts.

use antiphon::domain::follower;
use antiphon::domain::pages;
use antiphon::domain::post::{self, Edit, NewPost, Status};
use antiphon::federation::Federation;
use antiphon::types::{ApUrl, Timestamp};
use antiphon::worker;
use std::sync::Arc;

use super::world::{create, get, person, publish};
use crate::support::{TestApp, TestDb, both_databases};

async fn filed(
    app: &TestApp,
    title: &str,
    categories: &[&str],
    series: Option<&str>,
) -> post::Post {
    let new = NewPost {
        title: title.into(),
        content: format!("The text of {title}."),
        categories: categories.iter().map(|name| (*name).into()).collect(),
        series: series.map(str::to_owned),
        ..NewPost::default()
    };
    create(app, new).await
}

/// Does what is to be done now.
async fn work(app: &TestApp) {
    let fed = Federation::new(Arc::clone(&app.app)).await.unwrap();
    worker::drain(&fed).await.unwrap();
}

/// What stands behind a mark, up to a tag's end.
fn section<'a>(page: &'a str, mark: &str, end: &str) -> &'a str {
    let rest = page.split(mark).nth(1).unwrap_or_default();
    rest.split(end).next().unwrap_or_default()
}

/// The texts of the links in a piece of a page.
fn links(part: &str) -> Vec<&str> {
    let found = part.split("<a ").skip(1);
    found
        .filter_map(|link| link.split(['>', '<']).nth(1))
        .collect()
}

both_databases! {
    async fn a_category_gathers_its_posts_and_those_of_the_ones_below_it(app: TestApp) {
        filed(&app, "Psalm", &["Music/Choir", "Travel"], None).await;
        filed(&app, "Walk", &["travel"], None).await;
        let page = get(&app, "/posts/psalm").await.text;
        assert_eq!(links(section(&page, "class=\"filed", "</p>")), ["Choir", "Travel"]);
        for (slug, titles) in [("choir", &["Psalm"][..]), ("music", &["Psalm"]), ("travel", &["Walk", "Psalm"])] {
            let page = get(&app, &format!("/categories/{slug}")).await;
            assert_eq!(page.status, 200, "{slug}");
            let listed: Vec<&str> = links(section(&page.text, "h-feed", "</ol>"));
            assert_eq!(listed, titles, "{slug}");
        }
        let choir = get(&app, "/categories/choir").await.text;
        assert!(choir.contains("Music / Choir"), "{choir}");
        assert_eq!(get(&app, "/categories/nothing").await.status, 404);
        assert_eq!(get(&app, "/categories/%00").await.status, 404);
        assert_eq!(get(&app, "/categories/Choir/").await.header("location"), "https://blog.example/categories/choir");
    }

    async fn a_category_of_drafts_and_deleted_posts_is_not_found(app: TestApp) {
        let new = NewPost {
            title: "Draft".into(),
            content: "Text".into(),
            categories: vec!["Secret".into()],
            series: Some("Hidden".into()),
            status: Some(Status::Draft),
            ..NewPost::default()
        };
        let draft = create(&app, new).await;
        for path in ["/categories/secret", "/series/hidden", "/archive/2026", "/archive/2026/11"] {
            assert_eq!(get(&app, path).await.status, 404, "{path}");
        }
        let publish = Edit { status: Some(Status::Published), ..Edit::default() };
        post::edit(&app.app, &app.alice, draft.id, publish).await.unwrap();
        for path in ["/categories/secret", "/series/hidden", "/archive/2026", "/archive/2026/11"] {
            let page = get(&app, path).await;
            assert_eq!(page.status, 200, "{path}");
            assert!(page.text.contains(">Draft</a>"), "{path}");
        }
        post::delete(&app.app, &app.alice, draft.id).await.unwrap();
        for path in ["/categories/secret", "/series/hidden", "/archive/2026", "/archive/2026/11"] {
            assert_eq!(get(&app, path).await.status, 404, "{path}");
        }
    }

    async fn a_scheduled_post_enters_all_lists_when_it_appears(app: TestApp) {
        let new = NewPost {
            title: "Later".into(),
            content: "Text".into(),
            tags: vec!["soon".into()],
            categories: vec!["News".into()],
            series: Some("Hours".into()),
            publish_at: Some(app.app.now().plus_secs(3600)),
            status: Some(Status::Scheduled),
            ..NewPost::default()
        };
        create(&app, new).await;
        let lists = ["/tags/soon", "/categories/news", "/series/hours", "/archive/2026/11"];
        for path in lists {
            assert_eq!(get(&app, path).await.status, 404, "{path}");
        }
        app.advance_secs(4000);
        work(&app).await;
        for path in lists {
            assert!(get(&app, path).await.text.contains(">Later</a>"), "{path}");
        }
        assert!(get(&app, "/archive").await.text.contains(">1</span>"));
    }

    async fn a_series_shows_its_parts_in_order_on_each_of_them(app: TestApp) {
        let second = filed(&app, "Second", &[], Some("The psalms")).await;
        filed(&app, "Third", &[], Some("the psalms")).await;
        filed(&app, "Alone", &[], None).await;
        let new = NewPost {
            title: "First".into(),
            content: "Text".into(),
            series: Some("The psalms".into()),
            series_part: Some(1),
            ..NewPost::default()
        };
        let edit = Edit { series_part: Some(2), ..Edit::default() };
        post::edit(&app.app, &app.alice, second.id, edit).await.unwrap();
        create(&app, new).await;
        let edit = Edit { series_part: Some(3), ..Edit::default() };
        let third = app.app.db.read(|conn| post::load_by_slug(conn, "third")).await.unwrap().unwrap();
        post::edit(&app.app, &app.alice, third.id, edit).await.unwrap();
        let page = get(&app, "/posts/second").await.text;
        let shown = section(&page, "<nav class=\"series\"", "</nav>");
        assert_eq!(links(shown), ["The psalms", "First", "Third"]);
        assert!(shown.contains("<span aria-current=\"page\" dir=\"auto\">Second</span>") && shown.contains("3 parts"), "{shown}");
        let page = get(&app, "/series/the-psalms").await.text;
        assert_eq!(links(section(&page, "h-feed", "</ol>")), ["First", "Second", "Third"]);
        assert!(!get(&app, "/posts/alone").await.text.contains("class=\"series\""));
        let out = Edit { series: Some(String::new()), ..Edit::default() };
        post::edit(&app.app, &app.alice, second.id, out).await.unwrap();
        assert!(!get(&app, "/posts/second").await.text.contains("class=\"series\""));
        assert_eq!(links(section(&get(&app, "/series/the-psalms").await.text, "h-feed", "</ol>")), ["First", "Third"]);
    }

    async fn a_long_series_is_read_by_pages(app: TestApp) {
        for number in 1..=55 {
            filed(&app, &format!("Part {number}"), &[], Some("Long")).await;
        }
        let first = get(&app, "/series/long").await.text;
        assert_eq!(links(section(&first, "h-feed", "</ol>")).len(), 50);
        let next = section(&first, "class=\"newer\" href=\"https://blog.example", "\"");
        let second = get(&app, next).await.text;
        assert_eq!(links(section(&second, "h-feed", "</ol>")), ["Part 51", "Part 52", "Part 53", "Part 54", "Part 55"]);
        assert_eq!(get(&app, "/series/long?after=1").await.status, 404);
        let middle = get(&app, "/posts/part-30").await.text;
        assert_eq!(links(section(&middle, "<nav class=\"series\"", "</nav>")).len(), 11);
    }

    async fn the_archive_counts_exactly_and_leads_to_each_month(app: TestApp) {
        for (moment, title) in [("2026-12-31T23:59:59Z", "Old year"), ("2027-01-01T00:00:00Z", "New year"), ("2027-01-31T12:00:00Z", "January")] {
            let pause = Timestamp::parse(moment).unwrap().secs() - app.app.now().secs() - 1;
            app.advance_secs(pause);
            publish(&app, title).await;
        }
        let all = get(&app, "/archive").await.text;
        assert_eq!(links(section(&all, "<main", "</main>")), ["2027", "January", "2026", "December"]);
        assert!(all.contains(">2 posts</span>") && all.contains(">One post</span>"), "{all}");
        let year = get(&app, "/archive/2027").await.text;
        assert_eq!(links(section(&year, "h-feed", "</ul>")), ["January", "New year"]);
        let month = get(&app, "/archive/2026/12").await.text;
        assert_eq!(links(section(&month, "h-feed", "</ul>")), ["Old year"]);
        assert!(month.contains("December") && month.contains("<title>December 2026"), "{month}");
        let short = get(&app, "/archive/2027/1").await;
        assert_eq!((short.status.as_u16(), short.header("location")), (301, "https://blog.example/archive/2027/01"));
        for path in ["/archive/2025", "/archive/2027/02", "/archive/2027/13", "/archive/27", "/archive/x", "/archive/2027/x", "/archive/2027/00", "/archive/9999/12", "/archive/2027/%00"] {
            assert_eq!(get(&app, path).await.status, 404, "{path}");
        }
        for number in 1..=101 {
            publish(&app, &format!("Many {number}")).await;
        }
        let page = get(&app, "/archive/2027/01").await.text;
        assert_eq!(links(section(&page, "h-feed", "</ul>")).len(), 100);
        let older = section(&page, "class=\"older\" href=\"https://blog.example", "\"");
        let last = get(&app, older).await.text;
        assert_eq!(links(section(&last, "h-feed", "</ul>")), ["Many 1", "January", "New year"]);
        assert!(last.contains("class=\"newer\" href=\"https://blog.example/archive/2027/01\""), "{last}");
    }

    async fn what_resembles_a_post_is_named_below_it_in_any_script(app: TestApp) {
        let write = async |title: &str, text: &str, tags: &[&str]| {
            let new = NewPost {
                title: title.into(),
                content: text.into(),
                tags: tags.iter().map(|tag| (*tag).into()).collect(),
                ..NewPost::default()
            };
            let made = create(&app, new).await;
            work(&app).await;
            made
        };
        write("Polyphony", "The choir sings polyphony in sixteen voices under vaulted ceilings.", &["music"]).await;
        write("合唱団の練習", "合唱団は毎週教会で練習する。", &[]).await;
        write("Bread", "Flour, water, salt and patience.", &[]).await;
        write("教会の合唱", "合唱団が教会で歌う。", &[]).await;
        let newest = write("Sixteen voices", "Polyphony for a choir: sixteen voices, vaulted ceilings.", &["music"]).await;
        let related = async |slug: &str| {
            let page = get(&app, &format!("/posts/{slug}")).await.text;
            links(section(&page, "<nav class=\"related\"", "</nav>")).into_iter().map(str::to_owned).collect::<Vec<_>>()
        };
        assert_eq!(related("sixteen-voices").await, ["Polyphony"]);
        assert_eq!(related("polyphony").await, ["Sixteen voices"], "the older one knows of the newer");
        let japanese = app.app.db.read(|conn| post::page::load_list(conn, &post::page::Selection::default(), None, 9));
        let listed = japanese.await.unwrap().posts;
        let slug = &listed.iter().find(|one| one.post.title == "教会の合唱").unwrap().post.slug;
        assert_eq!(related(slug).await, ["合唱団の練習"]);
        assert!(related("bread").await.is_empty());
        post::delete(&app.app, &app.alice, newest.id).await.unwrap();
        assert!(related("polyphony").await.is_empty());
    }

    async fn at_most_four_posts_are_named_as_alike(app: TestApp) {
        for number in 1..=7 {
            let new = NewPost {
                title: format!("Note {number}"),
                content: "Text".into(),
                tags: vec!["note".into()],
                ..NewPost::default()
            };
            create(&app, new).await;
            work(&app).await;
        }
        let page = get(&app, "/posts/note-7").await.text;
        assert_eq!(links(section(&page, "<nav class=\"related\"", "</nav>")).len(), 4);
    }

    async fn followers_are_listed_by_pages_without_those_who_are_blocked(app: TestApp) {
        for number in 0..65 {
            let somebody = person(&app, &format!("p{number:02}")).await;
            let follow = ApUrl::new(format!("{}#follow", somebody.ap_id));
            follower::receive_follow(&app.app, app.alice.id, &somebody, follow).await.unwrap();
        }
        let first = get(&app, "/@alice/followers").await;
        assert_eq!(first.status, 200);
        assert!(first.text.contains("noindex") && first.text.contains("65 followers"), "{}", first.text);
        assert_eq!(first.text.matches("<li class=\"h-card\">").count(), 60);
        let older = section(&first.text, "class=\"older\" href=\"https://blog.example", "\"");
        let second = get(&app, older).await.text;
        assert_eq!(second.matches("<li class=\"h-card\">").count(), 5);
        assert!(second.contains("@p00@far.example") && !first.text.contains("@p00@"));
        assert_eq!(get(&app, "/@alice/followers?before=1").await.status, 404);
        assert_eq!(get(&app, "/@bob/followers").await.status, 404);
        let host = antiphon::types::Host::parse("far.example").unwrap();
        antiphon::domain::moderation::block(&app.app, vec![(host, None)]).await.unwrap();
        let blocked = get(&app, "/@alice/followers").await.text;
        assert!(!blocked.contains("far.example"), "{blocked}");
    }

    async fn followers_are_hidden_when_the_site_says_so(db: TestDb) {
        let app = TestApp::builder().configure(|config| config.site.show_followers = false).build(db).await;
        let somebody = person(&app, "ann").await;
        let follow = ApUrl::new(format!("{}#follow", somebody.ap_id));
        follower::receive_follow(&app.app, app.alice.id, &somebody, follow).await.unwrap();
        assert_eq!(get(&app, "/@alice/followers").await.status, 404);
        let profile = get(&app, "/@alice").await.text;
        assert!(profile.contains("One follower") && !profile.contains("/followers\""), "{profile}");
        let which = antiphon::federation::documents::collections::ActorCollection::Followers;
        let page = antiphon::federation::documents::collections::Page::default();
        let told = antiphon::federation::documents::collections::of_actor(&app.app, app.alice.ap_id.clone(), which, page);
        let told = told.await.unwrap();
        assert_eq!((told["totalItems"].as_i64(), told.get("first")), (Some(1), None));
    }

    async fn a_free_page_stands_at_an_address_of_its_own(app: TestApp) {
        let new = |title: &str, slug: Option<&str>| pages::Edit {
            title: Some(title.into()),
            content: Some("Written by **Alice**. ![x](https://far.example/x.png)".into()),
            slug: slug.map(str::to_owned),
            language: None,
        };
        let page = pages::create(&app.app, new("Imprint", None)).await.unwrap();
        assert_eq!(page.slug, "imprint");
        let shown = get(&app, "/imprint").await;
        assert_eq!(shown.status, 200);
        assert!(shown.text.contains("<strong>Alice</strong>") && !shown.text.contains("<img"), "{}", shown.text);
        assert!(shown.text.contains("rel=\"canonical\" href=\"https://blog.example/imprint\""));
        for taken in ["about", "api", "archive", "tags", "imprint"] {
            assert!(pages::create(&app.app, new("Other", Some(taken))).await.is_err(), "{taken}");
        }
        assert_eq!(pages::create(&app.app, new("About", None)).await.unwrap().slug, "about-2");
        for other in ["/Imprint", "/imprint/", "/IMPRINT//"] {
            let moved = get(&app, other).await;
            assert_eq!((moved.status.as_u16(), moved.header("location")), (301, "https://blog.example/imprint"), "{other}");
        }
        let renamed = pages::Edit { slug: Some("impressum".into()), ..pages::Edit::default() };
        pages::edit(&app.app, page.id, renamed).await.unwrap();
        assert_eq!(get(&app, "/imprint").await.header("location"), "https://blog.example/impressum");
        assert!(pages::create(&app.app, new("Other", Some("imprint"))).await.is_err(), "it leads on");
        pages::delete(&app.app, page.id).await.unwrap();
        assert_eq!(get(&app, "/impressum").await.status, 410);
        assert_eq!(get(&app, "/").await.text.matches("Imprint").count(), 0);
    }
}
