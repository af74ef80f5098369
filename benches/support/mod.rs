//! What the benchmarks stand on: a node in a temporary folder, strangers, a discussion. It measures nothing.

use std::path::Path;
use std::sync::Arc;

use antiphon::app::App;
use antiphon::clock::Clock;
use antiphon::config::{self, Config};
use antiphon::db::Conn;
use antiphon::db::schema::{actors, comments};
use antiphon::domain::account;
use antiphon::domain::actor::{self, Actor};
use antiphon::domain::comment::Comment;
use antiphon::domain::post::{self, NewPost, Post};
use antiphon::domain::visibility::{CommentStatus, Visibility};
use antiphon::federation::keys;
use antiphon::http::{HttpClient, HttpSettings};
use antiphon::text::sanitize;
use antiphon::types::{ApUrl, Host, Id};
use diesel::prelude::*;

/// Where the measured node says it is.
pub(crate) const SITE: &str = "https://blog.example";

/// A comment of usual length, as Mastodon sends it.
pub(crate) const COMMENT: &str = "<p><span class=\"h-card\"><a href=\"https://blog.example/@alice\" class=\"u-url mention\">@\
<span>alice</span></a></span> I tried this over the weekend and it works well, apart from the second step: there \
the <a href=\"https://example.org/docs/second-step\" rel=\"nofollow noopener\" target=\"_blank\">documentation</a> \
says something else.</p><p>Thank you for writing it down!</p>";

/// A post of some length, in Markdown.
pub(crate) const MARKDOWN: &str = "## What we measured\n\nA *short* paragraph with a [link](https://example.org/) and `code`, \
then a list:\n\n- one thing\n- another thing, **bold**\n- a third\n\n> And a quotation that says what others said.\n\n\
```rust\nfn main() {\n    println!(\"hello\");\n}\n```\n\nA last paragraph closes the section with some more words.\n\n";

/// Writes the configuration of a measured node into its folder. `more` is TOML.
pub(crate) fn write_config(folder: &Path, more: &str) -> Config {
    let text = format!(
        "[site]\nurl = \"{SITE}\"\ntitle = \"A measured blog\"\n[discussion]\nmoderation = \"open\"\n\
         [federation]\nallow_loopback = true\nallow_http = true\n[log]\nlevel = \"error\"\n\
         [limits]\nread = 0\nwrite = 0\nguess = 0\ninbox = 0\ninbox_per_host = 0\nfetch_per_host = 0\ninbox_memory = 256\n{more}"
    );
    std::fs::write(folder.join(config::FILE_NAME), text).expect("the folder is writable");
    Config::load(folder).expect("the configuration is sound")
}

/// A node with the account `alice`, ready to be served.
pub(crate) async fn node(folder: &Path, http: HttpSettings) -> (Arc<App>, Actor) {
    node_by(folder, http, Clock::System).await
}

/// The same by another clock.
pub(crate) async fn node_by(folder: &Path, http: HttpSettings, clock: Clock) -> (Arc<App>, Actor) {
    let config = write_config(folder, "");
    let client = HttpClient::new(HttpSettings {
        allow_loopback: true,
        allow_http: true,
        ..http
    });
    let client = client.expect("the client can be built");
    let app = App::open(config, clock, client).await;
    let app = app.expect("the database can be opened");
    let keys = keys::generate().await.expect("keys can be made");
    let made = actor::ensure_instance(&app, keys.clone()).await;
    made.expect("the instance actor can be made");
    let made = account::create(&app, "alice", None, keys).await;
    let (_, alice) = made.expect("the account can be made");
    (app, alice)
}

/// Publishes a post.
pub(crate) async fn publish(app: &App, author: &Actor, number: usize) -> Post {
    let new = NewPost {
        title: format!("Post number {number}"),
        content: MARKDOWN.repeat(3),
        ..NewPost::default()
    };
    let made = post::create(app, author, new).await;
    made.expect("the post can be made").post
}

/// Somebody on another server; `base` is its origin.
pub(crate) fn stranger(app: &App, base: &str, name: &str) -> Actor {
    let mut actor = actor::new_local(app, app.ids.next(), "Person", name, name, "");
    let id = format!("{base}/users/{name}");
    actor.local = false;
    actor.host = Host::of(&id.parse().expect("it is an address")).expect("it has a host");
    actor.url = ApUrl::new(format!("{base}/@{name}"));
    actor.inbox = ApUrl::new(format!("{id}/inbox"));
    actor.shared_inbox = Some(ApUrl::new(format!("{base}/inbox")));
    actor.followers = Some(ApUrl::new(format!("{id}/followers")));
    actor.ap_id = ApUrl::new(id);
    actor
}

/// Puts `count` comments by 50 people under a post, nested up to some twenty deep.
pub(crate) async fn add_comments(app: &App, post: &Post, count: usize) {
    let people: Vec<Actor> = (0..50)
        .map(|n| stranger(app, &format!("https://p{}-{n}.example", post.id), "reader"))
        .collect();
    let rows = comment_rows(app, post.id, &people, count);
    let written = app.db.write(move |conn| {
        insert_all(conn, &people, &rows)?;
        Ok(())
    });
    written.await.expect("comments can be stored");
}

fn comment_rows(app: &App, post: Id<Post>, people: &[Actor], count: usize) -> Vec<Comment> {
    let html = sanitize::remote(COMMENT);
    let mut ids: Vec<Id<Comment>> = Vec::with_capacity(count);
    let mut rows = Vec::with_capacity(count);
    for (number, person) in (0..count).zip(people.iter().cycle()) {
        let id = app.ids.next();
        // Every fifth answers the post; the others a recent comment, which gives chains of changing depth.
        let parent = if number % 5 == 0 {
            None
        } else {
            ids.get((number - 1).saturating_sub(number % 3)).copied()
        };
        let ap_id = ApUrl::new(format!("{}/notes/{}", person.ap_id, id));
        rows.push(Comment {
            id,
            url: ap_id.clone(),
            ap_id,
            post_id: post,
            parent_id: parent,
            actor_id: person.id,
            local: false,
            status: CommentStatus::Published,
            visibility: Visibility::Public,
            position: i32::try_from(number + 1).ok(),
            html: html.clone(),
            source: None,
            language: Some("en".to_owned()),
            mentions: actor::Mentions::default(),
            published_at: app.now(),
            edited_at: None,
            received_at: app.now(),
            updated_at: app.now(),
            hidden: false,
            rule: None,
            root_id: parent.map_or(id, |parent| root_of(&rows, parent)),
        });
        ids.push(id);
    }
    rows
}

fn root_of(rows: &[Comment], id: Id<Comment>) -> Id<Comment> {
    let found = rows.iter().rev().find(|row| row.id == id);
    found.map_or(id, |row| row.root_id)
}

fn insert_all(conn: &mut Conn, people: &[Actor], rows: &[Comment]) -> QueryResult<()> {
    for person in people {
        diesel::insert_into(actors::table)
            .values(person)
            .execute(conn)?;
    }
    for row in rows {
        diesel::insert_into(comments::table)
            .values(row)
            .execute(conn)?;
    }
    Ok(())
}
