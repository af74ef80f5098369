//! What the tests of the pages begin with: a post, people elsewhere and their replies, made as the node makes them.

use std::sync::Arc;

use antiphon::db::schema::posts;
use antiphon::domain::actor::{self, Actor};
use antiphon::domain::comment::{self, Comment, Incoming, Parent};
use antiphon::domain::media::Named;
use antiphon::domain::post::{self, NewPost, Post};
use antiphon::domain::visibility::{CommentStatus, Visibility};
use antiphon::federation::Federation;
use antiphon::server;
use antiphon::text::sanitize;
use antiphon::types::{ApUrl, Html, Id};
use axum::Router;
use axum::body::Body;
use diesel::prelude::*;
use http::Request;

use crate::support::{Answer, TestApp};

/// Asks with a method and headers.
pub(crate) async fn ask(
    app: &TestApp,
    method: &str,
    path: &str,
    headers: &[(&str, &str)],
) -> Answer {
    let mut request = Request::builder().method(method).uri(path);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let request = request.body(Body::empty()).expect("the test asks well");
    let fed = Federation::new(Arc::clone(&app.app)).await;
    let router = server::router(fed.expect("the node has its keys"));
    app.send(Router::new().fallback_service(router), request)
        .await
}

/// Asks for a page.
pub(crate) async fn get(app: &TestApp, path: &str) -> Answer {
    ask(app, "GET", path, &[]).await
}

/// Publishes a post of alice's.
pub(crate) async fn publish(app: &TestApp, title: &str) -> Post {
    let new = NewPost {
        title: title.into(),
        content: format!("The text of {title}."),
        ..NewPost::default()
    };
    create(app, new).await
}

/// Creates a post of alice's as it is handed in, a second after what was before.
pub(crate) async fn create(app: &TestApp, new: NewPost) -> Post {
    app.advance_secs(1);
    let created = post::create(&app.app, &app.alice, new).await;
    created.expect("the post is fine").post
}

/// Gives all posts a text of so many bytes, as no one post has it, but a page of many has.
pub(crate) async fn swell(app: &TestApp, bytes: usize) {
    let html = format!("<p>{}</p>", "x ".repeat(bytes / 2));
    let swollen = app.app.db.write(move |conn| {
        diesel::update(posts::table)
            .set(posts::html.eq(html))
            .execute(conn)?;
        Ok(())
    });
    swollen.await.expect("posts can be changed");
}

/// Somebody on another server.
pub(crate) async fn person(app: &TestApp, name: &str) -> Actor {
    let mut actor = actor::new_local(&app.app, app.app.ids.next(), "Person", name, name, name);
    let home = format!("https://far.example/users/{name}");
    (actor.local, actor.indexable) = (false, false);
    actor.host = ApUrl::new(home.clone()).host().expect("it has one");
    actor.url = ApUrl::new(format!("https://far.example/@{name}"));
    actor.inbox = ApUrl::new(format!("{home}/inbox"));
    actor.summary = Html::default();
    (actor.shared_inbox, actor.followers) = (None, None);
    actor.ap_id = ApUrl::new(home);
    app.app
        .db
        .write(move |conn| actor::upsert_remote(conn, &actor, &[]))
        .await
        .expect("the actor can be stored")
}

/// A reply that comes from elsewhere.
pub(crate) struct Reply<'a> {
    /// Who wrote it.
    pub(crate) author: &'a Actor,
    /// Under which post.
    pub(crate) post: &'a Post,
    /// To which comment.
    pub(crate) parent: Option<Id<Comment>>,
    /// What it says, as HTML from another server.
    pub(crate) text: &'a str,
    /// Whom it addresses.
    pub(crate) visibility: Visibility,
}

impl<'a> Reply<'a> {
    /// A public reply to the post.
    pub(crate) fn new(author: &'a Actor, post: &'a Post, text: &'a str) -> Self {
        Self {
            author,
            post,
            parent: None,
            text,
            visibility: Visibility::Public,
        }
    }

    /// To a comment instead.
    pub(crate) fn to(mut self, parent: Id<Comment>) -> Self {
        self.parent = Some(parent);
        self
    }

    /// To fewer people.
    pub(crate) fn only(mut self, visibility: Visibility) -> Self {
        self.visibility = visibility;
        self
    }

    /// Lets it come in, a second after what was before.
    pub(crate) async fn arrive(self, app: &TestApp) -> Comment {
        app.advance_secs(1);
        let number: Id<Comment> = app.app.ids.next();
        let ap_id = ApUrl::new(format!("https://far.example/notes/{number}"));
        let incoming = Incoming {
            activity: None,
            ap_id: ap_id.clone(),
            actor_id: self.author.id,
            parent: Parent {
                post_id: self.post.id,
                comment_id: self.parent,
            },
            url: ap_id.clone(),
            html: sanitize::remote(self.text),
            language: None,
            visibility: self.visibility,
            published_at: app.app.now(),
            edited_at: None,
            named: Named::default(),
            leads: antiphon::domain::backfill::Leads::default(),
        };
        comment::receive(&app.app, incoming)
            .await
            .expect("the reply can be stored");
        let stored = app
            .app
            .db
            .read(move |conn| comment::load_by_ap_id(conn, &ap_id))
            .await
            .expect("the reply can be read");
        stored.expect("the reply was stored")
    }
}

/// Decides about a comment, as a moderator does.
pub(crate) async fn decide(app: &TestApp, comment: &Comment, status: CommentStatus) {
    let (id, now) = (comment.id, app.app.now());
    app.app
        .db
        .write(move |conn| comment::set_status(conn, id, status, now).map(|_| ()))
        .await
        .expect("the comment is there");
}
