//! Every address that strangers can ask for, for every thing of a world. A route that is new and not named here fails.

use antiphon::domain::post::Status;

use super::world::World;

/// The routes this walks, as the routers write them. Those of the REST interface need a token and are looked at apart.
const KNOWN: &[&str] = &[
    "/",
    "/about",
    "/queue",
    "/replies",
    "/posts/{slug}/look",
    "/feed.atom",
    "/posts/{slug}",
    "/posts/{slug}/comments.atom",
    "/@{name}",
    "/@{name}/feed.atom",
    "/tags/{tag}",
    "/tags/{tag}/feed.atom",
    "/categories/{slug}",
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

/// The addresses of a world.
pub(super) fn addresses(world: &World, alice: &str) -> Vec<String> {
    let fixed = KNOWN.iter().filter(|route| !route.contains('{'));
    let mut all: Vec<String> = fixed.map(|route| (*route).to_owned()).collect();
    let mut add = |path: &str| all.push(path.to_owned());
    for path in [
        "/nodeinfo/2.0",
        "/nodeinfo/2.1",
        "/@alice",
        "/@alice/feed.atom",
        "/@alice/followers",
        "/archive/2026",
        "/archive/2026/11",
        "/tags/shared",
        "/tags/shared/feed.atom",
        "/?before=1",
        "/media/x.png",
        "/static/x.css",
    ] {
        add(path);
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
        add(&format!("/tags/tag{}/feed.atom", said.marker));
        for rest in ["", "/comments.atom"] {
            add(&format!("/posts/{slug}{rest}"));
        }
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
        for rest in [
            "",
            "/replies",
            "/replies?page=1",
            "/context?page=1",
            "/authorization",
        ] {
            add(&format!("/ap/comments/{}{rest}", thought.row.id));
        }
        add(&format!("/ap/notes/{}", thought.row.id));
        add(&format!("/replies?url={}", thought.row.ap_id));
        add(&format!("/replies?url={}", thought.row.url));
        add(&format!("/ap/quotes/{}", thought.row.id));
        add(&format!("/ap/users/{}", thought.author.id));
    }
    all
}

/// Addresses of what is hidden, each with one of the same form where nothing ever was.
pub(super) fn hidden_and_missing(world: &World) -> Vec<(String, String)> {
    let mut pairs = Vec::new();
    for said in &world.posts {
        if !matches!(said.status, Status::Draft | Status::Scheduled) {
            continue;
        }
        for rest in ["", "/comments.atom"] {
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
        for rest in ["", "/feed.atom"] {
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
