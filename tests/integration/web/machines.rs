//! What pages say to machines, and the files that only machines ask for.

use antiphon::config::AiCrawlers;
use antiphon::domain::post::{self, Edit, NewPost, Status};
use serde_json::Value;

use super::world::{Reply, create, get, person, publish};
use crate::support::{TestApp, TestDb, both_databases};

/// The page's block of data.
fn data(page: &str) -> Value {
    let (_, rest) = page
        .split_once("<script type=\"application/ld+json\">")
        .expect("it has one");
    let block = rest.split("</script>").next().unwrap();
    serde_json::from_str(block).unwrap_or_else(|e| panic!("{e}: {block}"))
}

/// The contents of a property of the page's head, in order.
fn properties(page: &str, name: &str) -> Vec<String> {
    let head = page.split("</head>").next().unwrap();
    let start = format!("<meta property=\"{name}\" content=\"");
    let parts = head.split(&start).skip(1);
    parts
        .map(|part| part.split('"').next().unwrap().to_owned())
        .collect()
}

async fn draw(app: &TestApp, post: &post::Post) {
    post::draw_preview(&app.app, post.id).await.unwrap();
}

both_databases! {
    async fn a_post_introduces_itself_to_previews_and_search_engines(app: TestApp) {
        let new = NewPost {
            title: "Psalm & \"Hymn\"".into(),
            content: "Text".into(),
            summary: Some("About \"psalms\"".into()),
            tags: vec!["choir".into(), "desk".into()],
            language: Some("pt-BR".into()),
            ..NewPost::default()
        };
        let post = create(&app, new).await;
        draw(&app, &post).await;
        let ann = person(&app, "ann").await;
        let first = Reply::new(&ann, &post, "<p>One &amp; <b>bold</b></p><p>more</p>").arrive(&app).await;
        Reply::new(&ann, &post, "<p>Two</p>").to(first.id).arrive(&app).await;
        let page = get(&app, post.url.as_str().strip_prefix("https://blog.example").unwrap()).await.text;
        for (name, value) in [
            ("og:type", "article"),
            ("og:site_name", "A test"),
            ("og:title", "Psalm &#38; &#34;Hymn&#34;"),
            ("og:description", "About &#34;psalms&#34;"),
            ("og:url", post.url.as_str()),
            ("og:locale", "pt_BR"),
            ("og:image:width", "1200"),
            ("og:image:height", "630"),
            ("article:author", "https://blog.example/@alice"),
            ("article:published_time", &post.published_at.unwrap().rfc3339()),
        ] {
            assert_eq!(properties(&page, name), [value], "{name}");
        }
        assert_eq!(properties(&page, "article:tag"), ["choir", "desk"]);
        assert!(page.contains("<meta name=\"twitter:card\" content=\"summary_large_image\">"));
        assert!(page.contains("<meta name=\"fediverse:creator\" content=\"@alice@blog.example\">"));
        let data = data(&page);
        let said = &data[0];
        assert_eq!(said["@type"], "BlogPosting");
        assert_eq!(said["headline"], "Psalm & \"Hymn\"");
        assert_eq!(said["url"], post.url.as_str());
        assert_eq!(said["keywords"], serde_json::json!(["choir", "desk"]));
        assert_eq!(said["commentCount"], 2);
        assert_eq!(said["author"]["url"], "https://blog.example/@alice");
        assert_eq!(said["image"][0], properties(&page, "og:image")[0]);
        let comment = &said["comment"][0];
        assert_eq!(comment["text"], "One & bold more");
        assert_eq!(comment["author"]["url"], "https://far.example/@ann");
        assert_eq!(comment["comment"][0]["text"], "Two");
        assert_eq!(data[1]["@type"], "BreadcrumbList");
    }

    async fn home_and_writers_introduce_themselves_and_name_their_other_places(db: TestDb) {
        let app = TestApp::builder()
            .configure(|config| config.site.me = vec!["https://social.example/@al?a=1&b".into()])
            .build(db)
            .await;
        publish(&app, "Psalm").await;
        let home = get(&app, "/").await.text;
        assert_eq!(properties(&home, "og:type"), ["website"]);
        let said = data(&home);
        assert_eq!((&said[0]["@type"], &said[1]["@type"]), (&"WebSite".into(), &"Blog".into()));
        assert_eq!(said[1]["blogPost"][0]["headline"], "Psalm");
        assert_eq!(said[1]["author"][0]["sameAs"][0], "https://social.example/@al?a=1&b");
        let writer = get(&app, "/@alice").await.text;
        assert_eq!(properties(&writer, "og:type"), ["profile"]);
        assert_eq!(data(&writer)["mainEntity"]["name"], "alice");
        for page in [&home, &writer] {
            assert!(page.contains("<link rel=\"me\" href=\"https://social.example/@al?a=1&#38;b\">"), "{page}");
        }
        assert!(writer.contains("<a class=\"u-url\" href=\"https://social.example/@al?a=1&#38;b\" rel=\"me\">"));
        assert!(!get(&app, "/posts/psalm").await.text.contains("rel=\"me\""));
    }

    async fn the_preview_image_is_drawn_anew_when_what_stands_on_it_changes(app: TestApp) {
        let post = publish(&app, "Psalm").await;
        assert!(properties(&get(&app, "/posts/psalm").await.text, "og:image").is_empty());
        let mut seen = Vec::new();
        for title in ["Psalm", "Psalm", "Hymn"] {
            let edit = Edit { title: Some(title.into()), ..Edit::default() };
            app.advance_secs(1);
            post::edit(&app.app, &app.alice, post.id, edit).await.unwrap();
            draw(&app, &post).await;
            let image = properties(&get(&app, "/posts/psalm").await.text, "og:image").remove(0);
            let path = image.strip_prefix("https://blog.example").unwrap();
            let answer = get(&app, path).await;
            assert_eq!((answer.status.as_u16(), answer.header("content-type")), (200, "image/png"));
            assert_eq!(answer.header("cache-control"), "public, max-age=31536000, immutable");
            seen.push(image);
        }
        assert_eq!(seen[0], seen[1]);
        assert_ne!(seen[1], seen[2]);
        // What is shown stays, what is not goes.
        antiphon::domain::media::sweep(&app.app).await.unwrap();
        let status = async |image: &str| get(&app, image.strip_prefix("https://blog.example").unwrap()).await.status.as_u16();
        assert_eq!((status(&seen[0]).await, status(&seen[2]).await), (404, 200));
        post::delete(&app.app, &app.alice, post.id).await.unwrap();
        antiphon::domain::media::sweep(&app.app).await.unwrap();
        assert_eq!(status(&seen[2]).await, 404);
        draw(&app, &post).await;
    }

    async fn a_post_that_first_appeared_elsewhere_says_where(app: TestApp) {
        let with = |canonical: &str| NewPost {
            title: "Crossing".into(),
            content: "Text".into(),
            canonical: Some(canonical.into()),
            ..NewPost::default()
        };
        create(&app, with("https://other.example/a?b=1&c")).await;
        let page = get(&app, "/posts/crossing").await.text;
        assert!(page.contains("<link rel=\"canonical\" href=\"https://other.example/a?b=1&#38;c\">"), "{page}");
        assert!(!page.contains("noindex"));
        assert_eq!(data(&page)[0]["isBasedOn"], "https://other.example/a?b=1&c");
        let long = format!("https://other.example/{}", "a".repeat(2000));
        for bad in ["http://other.example/", "javascript:alert(1)", "//other.example", "x", "https://a:b@other.example/", &long] {
            let refused = post::create(&app.app, &app.alice, with(bad)).await.unwrap_err();
            assert!(matches!(refused, antiphon::error::Error::Invalid { ref fields, .. } if fields.contains_key("canonical")), "{bad}");
        }
    }

    async fn the_site_map_names_what_everybody_may_see(app: TestApp) {
        let post = publish(&app, "Psalm").await;
        let with = |title: &str, status| NewPost {
            title: title.into(),
            content: "Text".into(),
            tags: vec![title.into()],
            status: Some(status),
            ..NewPost::default()
        };
        create(&app, with("Draft", Status::Draft)).await;
        create(&app, with("Shown", Status::Published)).await;
        let gone = create(&app, with("Gone", Status::Published)).await;
        post::delete(&app.app, &app.alice, gone.id).await.unwrap();
        let index = get(&app, "/sitemap.xml").await;
        assert_eq!(index.header("content-type"), "application/xml; charset=utf-8");
        for part in ["/sitemap-pages.xml</loc>", "/sitemap-posts.xml</loc>\n<lastmod>"] {
            assert!(index.text.contains(part), "{}", index.text);
        }
        let posts = get(&app, "/sitemap-posts.xml").await.text;
        assert_eq!(posts.matches("<url>").count(), 2, "{posts}");
        let first = format!("<loc>https://blog.example/posts/psalm</loc>\n<lastmod>{}</lastmod>", post.published_at.unwrap().rfc3339());
        assert!(posts.contains(&first), "{posts}");
        let later = get(&app, &format!("/sitemap-posts.xml?after={}", post.id)).await.text;
        assert!(later.contains("/posts/shown") && !later.contains("/posts/psalm"));
        assert_eq!(get(&app, "/sitemap-posts.xml?after=9000000000000000000").await.status, 404);
        let pages = get(&app, "/sitemap-pages.xml").await.text;
        for part in ["<loc>https://blog.example/</loc>", "/about</loc>", "/@alice</loc>", "/tags/shown</loc>"] {
            assert!(pages.contains(part), "{pages}");
        }
        assert!(!pages.contains("draft") && !pages.contains("gone"));
    }

    async fn crawlers_and_researchers_are_told_what_the_site_says(db: TestDb) {
        let app = TestApp::builder()
            .configure(|config| {
                config.site.ai_crawlers = AiCrawlers::Refuse;
                config.site.security_contact = "mailto:safe@blog.example".into();
            })
            .build(db)
            .await;
        let robots = get(&app, "/robots.txt").await.text;
        assert!(robots.starts_with("User-agent: *\nAllow: /\n\nUser-agent: "), "{robots}");
        let refused = robots.split("Disallow: /\n").next().unwrap();
        for name in ["GPTBot", "ClaudeBot", "CCBot", "Google-Extended", "Bytespider"] {
            assert!(refused.contains(&format!("User-agent: {name}\n")), "{name}");
        }
        assert!(robots.ends_with("\nSitemap: https://blog.example/sitemap.xml\n"));
        let security = get(&app, "/.well-known/security.txt").await;
        assert_eq!(security.header("content-type"), "text/plain; charset=utf-8");
        let line = |name: &str| {
            let mut lines = security.text.lines();
            lines.find_map(|line| line.strip_prefix(name)).unwrap().to_owned()
        };
        assert_eq!(line("Contact: "), "mailto:safe@blog.example");
        assert_eq!(line("Canonical: "), "https://blog.example/.well-known/security.txt");
        let ahead = antiphon::types::Timestamp::parse(&line("Expires: ")).unwrap().secs() - app.app.now().secs();
        assert!((170 * 86_400..181 * 86_400).contains(&ahead), "{ahead}");
    }

    async fn a_site_that_names_nobody_has_no_security_file(app: TestApp) {
        assert_eq!(get(&app, "/.well-known/security.txt").await.status, 404);
    }

    async fn the_manifest_names_icons_that_are_there(app: TestApp) {
        let answer = get(&app, "/manifest.webmanifest").await;
        assert_eq!(answer.header("content-type"), "application/manifest+json");
        let manifest: Value = serde_json::from_str(&answer.text).unwrap();
        assert_eq!((&manifest["name"], &manifest["start_url"]), (&"A test".into(), &"/".into()));
        let icons = manifest["icons"].as_array().unwrap();
        let sizes: Vec<&str> = icons.iter().map(|icon| icon["sizes"].as_str().unwrap()).collect();
        assert_eq!(sizes, ["192x192", "512x512", "any"]);
        for icon in icons {
            let answer = get(&app, icon["src"].as_str().unwrap()).await;
            assert_eq!(answer.status, 200);
            assert_eq!(answer.header("content-type"), icon["type"].as_str().unwrap());
        }
        assert_eq!(get(&app, "/apple-touch-icon.png").await.header("content-type"), "image/png");
        let page = get(&app, "/").await.text;
        assert!(page.contains("<link rel=\"manifest\" href=\"/manifest.webmanifest\">"));
        assert!(page.contains("<link rel=\"apple-touch-icon\" href=\"/apple-touch-icon.png\">"));
    }

    async fn a_post_can_be_embedded_elsewhere_as_words(app: TestApp) {
        let new = NewPost {
            title: "\"Psalm\" & 'Hymn'".into(),
            content: "A *text*.".into(),
            slug: Some("psalm".into()),
            ..NewPost::default()
        };
        let post = create(&app, new).await;
        draw(&app, &post).await;
        let page = get(&app, "/posts/psalm").await.text;
        let (_, link) = page.split_once("type=\"application/json+oembed\" href=\"https://blog.example").unwrap();
        let link = link.split('"').next().unwrap().replace("&amp;", "&").replace("&#38;", "&");
        let answer = get(&app, &link).await;
        assert_eq!(answer.header("content-type"), "application/json");
        let said: Value = serde_json::from_str(&answer.text).unwrap();
        assert_eq!((&said["version"], &said["type"]), (&"1.0".into(), &"rich".into()));
        assert_eq!(said["title"], "\"Psalm\" & 'Hymn'");
        assert_eq!(said["author_url"], "https://blog.example/@alice");
        assert_eq!(said["thumbnail_width"], 1200);
        let html = said["html"].as_str().unwrap();
        assert!(html.starts_with("<blockquote cite=\"https://blog.example/posts/psalm\">"), "{html}");
        assert!(html.contains(">&quot;Psalm&quot; &amp; 'Hymn'</a>"), "{html}");
        let small = get(&app, &format!("{link}&maxwidth=320&maxheight=100")).await.text;
        let small: Value = serde_json::from_str(&small).unwrap();
        assert_eq!((&small["width"], &small["height"]), (&320.into(), &100.into()));
        assert!(small["thumbnail_url"].is_null());
        let xml = get(&app, &link.replace("format=json", "format=xml")).await;
        assert_eq!(xml.header("content-type"), "text/xml; charset=utf-8");
        assert!(xml.text.contains("<title>&quot;Psalm&quot; &amp; 'Hymn'</title>"), "{}", xml.text);
    }

    async fn nothing_but_published_posts_of_this_site_is_embedded(app: TestApp) {
        let draft = NewPost {
            title: "Draft".into(),
            content: "Text".into(),
            status: Some(Status::Draft),
            ..NewPost::default()
        };
        create(&app, draft).await;
        publish(&app, "Psalm").await;
        let long = format!("https://blog.example/{}", "a".repeat(3000));
        for address in ["https://blog.example/posts/draft", "https://far.example/posts/psalm", "http://169.254.169.254/", "https://blog.example/", "x", "", "%00", &long] {
            assert_eq!(get(&app, &format!("/oembed?url={address}")).await.status, 404, "{address}");
        }
        assert_eq!(get(&app, "/oembed").await.status, 404);
        let psalm = "/oembed?url=https://blog.example/posts/psalm";
        assert_eq!(get(&app, &format!("{psalm}%23comment-1")).await.status, 200);
        assert_eq!(get(&app, &format!("{psalm}&format=yaml")).await.status, 501);
        assert_eq!(get(&app, &format!("{psalm}&maxwidth=-1")).await.status, 400);
    }
}
