//! Every address that strangers can ask for, for every thing of a world. A route that is new and not named here fails.

use antiphon::domain::post::Status;

use super::world::{Said, Thought, World};

/// The routes this walks, as the routers write them. Those of the REST interface need a token and are looked at apart.
const KNOWN: &[&str] = &[
    "/",
    "/about",
    "/queue",
    "/replies",
    "/preferences",
    "/search",
    "/opensearch.xml",
    "/posts/{slug}/look",
    "/posts/{slug}/comments/{number}",
    "/posts/{slug}/live",
    "/interact",
    "/authorize_interaction",
    "/share",
    "/feed.{format}",
    "/comments.{format}",
    "/posts/{slug}",
    "/posts/{slug}/comments.{format}",
    "/@{name}",
    "/@{name}/feed.{format}",
    "/tags/{tag}",
    "/tags/{tag}/feed.{format}",
    "/feed",
    "/feed/",
    "/feed/{kind}",
    "/feed/{kind}/",
    "/comments/feed",
    "/comments/feed/",
    "/comments/feed/{kind}",
    "/comments/feed/{kind}/",
    "/tag/{tag}/feed",
    "/tag/{tag}/feed/",
    "/author/{name}/feed",
    "/author/{name}/feed/",
    "/sitemap.xml",
    "/sitemap-posts.xml",
    "/sitemap-pages.xml",
    "/.well-known/security.txt",
    "/manifest.webmanifest",
    "/apple-touch-icon.png",
    "/icons/{file}",
    "/oembed",
    "/categories/{slug}",
    "/categories/{slug}/feed.{format}",
    "/series/{slug}",
    "/archive",
    "/archive/{year}",
    "/archive/{year}/{month}",
    "/@{name}/followers",
    "/static/{file}",
    "/favicon.ico",
    "/media/{file}",
    "/robots.txt",
    "/.well-known/webfinger",
    "/.well-known/host-meta",
    "/.well-known/nodeinfo",
    "/nodeinfo/{version}",
    "/ap/inbox",
    "/ap/instance",
    "/ap/instance/{collection}",
    "/ap/users/{id}",
    "/ap/users/{id}/inbox",
    "/ap/users/{id}/{collection}",
    "/ap/posts/{id}",
    "/ap/posts/{id}/{collection}",
    "/ap/comments/{id}",
    "/ap/comments/{id}/{collection}",
    "/ap/comments/{id}/authorization",
    "/ap/notes/{id}",
    "/ap/quotes/{id}",
    "/healthz",
    "/readyz",
    "/metrics",
    "/api/antiphon/v1/",
    "/api/antiphon/v1/openapi.json",
];

/// What stands behind the dot of a feed's address.
const FORMATS: [&str; 3] = ["atom", "rss", "json"];

/// The addresses of a world.
pub(super) fn addresses(world: &World, alice: &str) -> Vec<String> {
    let fixed = KNOWN.iter().filter(|route| !route.contains('{'));
    let mut all: Vec<String> = fixed.map(|route| (*route).to_owned()).collect();
    let mut add = |path: &str| all.push(path.to_owned());
    for path in [
        "/nodeinfo/2.0",
        "/nodeinfo/2.1",
        "/@alice",
        "/@alice/followers",
        "/archive/2026",
        "/archive/2026/11",
        "/tags/shared",
        "/sitemap-posts.xml?after=1",
        "/icons/x.png",
        "/feed/atom/",
        "/author/alice/feed/",
        "/?before=1",
        "/media/x.png",
        "/static/x.css",
    ] {
        add(path);
    }
    for format in FORMATS {
        for list in ["/feed", "/@alice/feed", "/tags/shared/feed", "/comments"] {
            add(&format!("{list}.{format}"));
        }
    }
    for collection in [
        "",
        "/outbox",
        "/outbox?page=1",
        "/followers",
        "/followers?page=1",
        "/following?page=1",
        "/featured?page=1",
    ] {
        add(&format!("{alice}{collection}"));
        add(&format!("/ap/instance{collection}"));
    }
    for resource in ["acct:alice@blog.example", "https://blog.example/", alice] {
        add(&format!("/.well-known/webfinger?resource={resource}"));
    }
    for said in &world.posts {
        let (id, slug) = (said.post.id, &said.post.slug);
        add(&format!(
            "/.well-known/webfinger?resource={}",
            said.post.ap_id
        ));
        add(&format!("/tags/tag{}", said.marker));
        add(&format!("/tag/tag{}/feed/", said.marker));
        add(&format!("/posts/{slug}"));
        for format in FORMATS {
            add(&format!("/tags/tag{}/feed.{format}", said.marker));
            add(&format!("/posts/{slug}/comments.{format}"));
            add(&format!("/feed.{format}?before={id}"));
        }
        for format in ["json", "xml"] {
            add(&format!("/oembed?url={}&format={format}", said.post.url));
        }
        add(&format!("/sitemap-posts.xml?after={id}"));
        for rest in [
            "",
            "/replies",
            "/replies?page=1",
            "/context",
            "/context?page=1",
            "/likes",
            "/shares",
        ] {
            add(&format!("/ap/posts/{id}{rest}"));
        }
        add(&format!("/?before={id}"));
        add(&format!("/@alice?before={id}"));
        add(&format!("{alice}/outbox?page=1&before={id}"));
    }
    for thought in &world.thoughts {
        add(&format!("/comments.rss?before={}", thought.row.id));
        for rest in [
            "",
            "/replies",
            "/replies?page=1",
            "/context?page=1",
            "/authorization",
        ] {
            add(&format!("/ap/comments/{}{rest}", thought.row.id));
        }
        for path in places(world, thought) {
            add(&format!("{path}/c{}", thought.row.id));
        }
        add(&format!("/ap/notes/{}", thought.row.id));
        add(&format!("/replies?url={}", thought.row.ap_id));
        add(&format!("/replies?url={}", thought.row.url));
        add(&format!("/ap/quotes/{}", thought.row.id));
        add(&format!("/ap/users/{}", thought.author.id));
    }
    all
}

/// Where a comment is known by its number or id.
fn places(world: &World, thought: &Thought) -> Vec<String> {
    let under = |said: &&Said| said.post.id == thought.row.post_id;
    let said = world.posts.iter().find(under);
    let paths = |said: &Said| {
        let slug = &said.post.slug;
        [
            format!("/posts/{slug}/comments"),
            format!("/interact?do=like&id={slug}"),
            format!("/interact?do=follow&id={slug}"),
        ]
    };
    said.map(paths).into_iter().flatten().collect()
}

/// Addresses of what is hidden, each with one of the same form where nothing ever was.
pub(super) fn hidden_and_missing(world: &World) -> Vec<(String, String)> {
    let mut pairs = Vec::new();
    for said in &world.posts {
        if !matches!(said.status, Status::Draft | Status::Scheduled) {
            continue;
        }
        pairs.push((
            format!("/oembed?url={}", said.post.url),
            "/oembed?url=https://blog.example/posts/never-was".to_owned(),
        ));
        for rest in ["", "/comments.atom", "/comments.rss", "/comments.json"] {
            pairs.push((
                format!("/posts/{}{rest}", said.post.slug),
                format!("/posts/never-was{rest}"),
            ));
        }
        for rest in [
            "",
            "/replies",
            "/replies?page=1",
            "/context",
            "/likes",
            "/shares",
            "/nonsense",
        ] {
            pairs.push((
                format!("/ap/posts/{}{rest}", said.post.id),
                format!("/ap/posts/77{rest}"),
            ));
        }
        for rest in ["", "/feed.atom", "/feed.rss", "/feed.json"] {
            pairs.push((
                format!("/tags/tag{}{rest}", said.marker),
                format!("/tags/neverwas{rest}"),
            ));
        }
    }
    for (at, thought) in world.thoughts.iter().enumerate() {
        if world.is_public(at) || world.is_place(at) {
            continue;
        }
        // A deleted post is gone with all its parts, and says so.
        let gone = |said: &Said| said.status == Status::Deleted;
        let under = world.posts.get(thought.post);
        for path in places(world, thought) {
            if under.is_some_and(gone) {
                continue;
            }
            pairs.push((format!("{path}/c{}", thought.row.id), format!("{path}/c77")));
        }
        for rest in [
            "",
            "/replies",
            "/replies?page=1",
            "/context",
            "/authorization",
            "/nonsense",
        ] {
            pairs.push((
                format!("/ap/comments/{}{rest}", thought.row.id),
                format!("/ap/comments/77{rest}"),
            ));
        }
    }
    pairs
}

#[test]
fn every_route_of_the_routers_is_walked() {
    let sources = [
        include_str!("../../../src/web/routes.rs"),
        include_str!("../../../src/federation/routes.rs"),
        include_str!("../../../src/server/router.rs"),
    ];
    let mut found = 0;
    for source in sources {
        for part in source.split(".route(").skip(1) {
            let path = part
                .trim_start()
                .strip_prefix('"')
                .and_then(|rest| rest.split('"').next());
            let path = path.expect("a route's path is written out");
            assert!(
                KNOWN.contains(&path),
                "{path} is new: say here how to look at it"
            );
            let first = path.split('/').nth(1).unwrap_or_default();
            assert!(
                first.is_empty() || antiphon::text::permalink::is_reserved(first),
                "{path}: reserve its first word in text::permalink, or a post may stand in its place"
            );
            found += 1;
        }
    }
    assert!(found > 25, "{found}");
}
