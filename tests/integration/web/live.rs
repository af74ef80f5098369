//! Live arrival of comments: server-sent events over a real connection, told by a change and not by a clock.

use std::time::Duration;

use antiphon::kept::Scope;
use antiphon::server;
use axum::body::{Body, BodyDataStream};
use futures_util::StreamExt;
use http::{Request, StatusCode};
use std::sync::Arc;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tower::ServiceExt;

use super::world::{Reply, decide, person, publish};
use crate::support::{TestApp, TestDb, TestNode, both_databases, until};
use antiphon::domain::visibility::CommentStatus;

async fn open(node: &TestNode, slug: &str) -> (StatusCode, BodyDataStream) {
    let request = Request::get(format!("/posts/{slug}/live"))
        .body(Body::empty())
        .unwrap();
    let answer = server::router(Arc::clone(&node.fed))
        .oneshot(request)
        .await
        .unwrap();
    (answer.status(), answer.into_body().into_data_stream())
}

/// The next message of a stream, past its signs of life; None when it ended.
async fn next(stream: &mut BodyDataStream) -> Option<String> {
    loop {
        let part = tokio::time::timeout(Duration::from_secs(40), stream.next());
        let part = part.await.expect("it tells in time")?;
        let text = String::from_utf8(part.unwrap().to_vec()).unwrap();
        if !text.starts_with(':') {
            return Some(text);
        }
    }
}

both_databases! {
    async fn readers_hear_of_new_comments_and_each_change_is_counted_once(node: TestNode) {
        let app = &node.test;
        let post = publish(app, "Psalm").await;
        let other = publish(app, "Hymn").await;
        let ann = person(app, "ann").await;
        Reply::new(&ann, &post, "<p>One</p>").arrive(app).await;
        let mut readers = Vec::new();
        for _ in 0..20 {
            let (status, mut reader) = open(&node, "psalm").await;
            assert_eq!(status, StatusCode::OK);
            assert_eq!(next(&mut reader).await.unwrap(), "data: 1\n\n");
            readers.push(reader);
        }
        assert_eq!(node.app().live.count(), 1);
        // What is not public and what changes elsewhere is not told; the next message is about the second comment.
        let held = Reply::new(&ann, &post, "<p>Held</p>").arrive(app).await;
        decide(app, &held, CommentStatus::Held).await;
        Reply::new(&ann, &other, "<p>Elsewhere</p>").arrive(app).await;
        Reply::new(&ann, &post, "<p>Two</p>").arrive(app).await;
        node.app().changes.publish(Scope::Post(other.id.raw()));
        node.app().changes.publish(Scope::Posts);
        node.app().changes.publish(Scope::Post(post.id.raw()));
        for reader in &mut readers {
            assert_eq!(next(reader).await.unwrap(), "data: 2\n\n");
        }
        // Whoever comes late hears how it stands.
        let (_, mut late) = open(&node, "psalm").await;
        assert_eq!(next(&mut late).await.unwrap(), "data: 2\n\n");
        drop((readers, late));
        until("the room is closed behind the last reader", async || (node.app().live.count() == 0).then_some(())).await;
    }

    async fn a_listener_that_missed_changes_looks_again(node: TestNode) {
        let app = &node.test;
        let post = publish(app, "Psalm").await;
        let (_, mut reader) = open(&node, "psalm").await;
        assert_eq!(next(&mut reader).await.unwrap(), "data: 0\n\n");
        let ann = person(app, "ann").await;
        Reply::new(&ann, &post, "<p>One</p>").arrive(app).await;
        for _ in 0..3000 {
            node.app().changes.publish(Scope::Actor(1));
        }
        assert_eq!(next(&mut reader).await.unwrap(), "data: 1\n\n");
    }

    async fn only_posts_that_everybody_may_read_can_be_listened_to(node: TestNode) {
        publish(&node.test, "Psalm").await;
        for (slug, status) in [("nothing", 404), ("%00", 404), ("%FF", 404)] {
            let answer = node.get_as(&format!("/posts/{slug}/live"), "text/event-stream").await;
            assert_eq!(answer.status.as_u16(), status, "{slug}");
        }
        let request = Request::post("/posts/psalm/live").body(Body::empty()).unwrap();
        assert_eq!(node.ask(request).await.status, StatusCode::METHOD_NOT_ALLOWED);
        assert_eq!(node.app().live.count(), 0);
    }

    async fn a_client_holds_so_many_streams_and_gets_its_places_back(db: TestDb) {
        let builder = TestApp::builder().configure(|config| config.limits.live_per_client = 2);
        let mut node = TestNode::start(builder, db).await;
        publish(&node.test, "Psalm").await;
        let host = node.app().host.to_string();
        let connect = async || {
            let mut stream = TcpStream::connect(host.replace("localhost", "127.0.0.1")).await.unwrap();
            let request = format!("GET /posts/psalm/live HTTP/1.1\r\nHost: {host}\r\n\r\n");
            stream.write_all(request.as_bytes()).await.unwrap();
            let mut head = [0; 12];
            stream.read_exact(&mut head).await.unwrap();
            (String::from_utf8(head.to_vec()).unwrap(), stream)
        };
        let (first, second) = (connect().await, connect().await);
        assert_eq!((first.0.as_str(), second.0.as_str()), ("HTTP/1.1 200", "HTTP/1.1 200"));
        assert_eq!(connect().await.0, "HTTP/1.1 429");
        drop(first);
        until("the place is free again", async || {
            let (status, _stream) = connect().await;
            (status == "HTTP/1.1 200").then_some(())
        })
        .await;
        // Stopping ends what is open, at once and properly.
        let mut open = second.1;
        let stopping = node.stop();
        let ended = async {
            let mut rest = Vec::new();
            open.read_to_end(&mut rest).await.unwrap();
            String::from_utf8(rest).unwrap()
        };
        let limited = tokio::time::timeout(Duration::from_secs(40), async { tokio::join!(stopping, ended).1 });
        let rest = limited.await.expect("the node does not wait for readers");
        assert!(rest.ends_with("0\r\n\r\n"), "{rest}");
    }
}
