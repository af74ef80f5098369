//! Pictures and emoji from elsewhere: through our own cache or not at all, bounded, and gone when they should be.

mod pages;
mod sizes;

use std::io::Cursor;

use antiphon::config::Moderation;
use antiphon::domain::media;
use antiphon::domain::post::{self, NewPost};
use antiphon::domain::visibility::CommentStatus;
use image::{ImageFormat, Rgb, RgbImage};
use serde_json::{Value, json};

use crate::support::{FakeInstance, Fault, Person, TestApp, TestDb, TestNode, both_databases};

/// A PNG of one colour.
fn png(width: u32, height: u32, shade: u8) -> Vec<u8> {
    let mut bytes = Vec::new();
    RgbImage::from_pixel(width, height, Rgb([shade, 10, 10]))
        .write_to(&mut Cursor::new(&mut bytes), ImageFormat::Png)
        .unwrap();
    bytes
}

/// An attachment as Mastodon sends it.
fn document(url: &str, alt: &str) -> Value {
    json!({"type": "Document", "mediaType": "image/png", "url": url, "name": alt})
}

/// A reply that shows a picture.
fn note_with(person: &Person, number: u32, parent: &str, attachment: Value) -> Value {
    let mut note = person.note(number, parent);
    note["attachment"] = attachment;
    note
}

/// Where a PNG says its width and height, and those of the previews that are drawn of posts.
const SIZE: (std::ops::Range<usize>, [u8; 8]) = (16..24, [0, 0, 4, 0xb0, 0, 0, 2, 0x76]);

/// The names of the files in the cache, without the previews of our own posts.
fn files(node: &TestNode) -> Vec<String> {
    let folder = media::folder(node.app());
    let Ok(entries) = std::fs::read_dir(folder) else {
        return Vec::new();
    };
    let paths = entries.map(|entry| entry.unwrap().path());
    let others = paths.filter(|path| {
        let bytes = std::fs::read(path).unwrap();
        bytes.get(SIZE.0) != Some(&SIZE.1[..])
    });
    let names = others.map(|path| path.file_name().unwrap().to_owned());
    names.map(|name| name.into_string().unwrap()).collect()
}

async fn page(node: &TestNode, address: &str) -> String {
    node.get_as(address, "text/html").await.text
}

/// A neighbour with a picture at `/p.png`, and its address.
async fn neighbour(node: &TestNode) -> (FakeInstance, Person, String) {
    let there = node.neighbour().await;
    let bob = there.person("bob");
    let picture = there.serve_file("/p.png", "image/png", png(64, 32, 200));
    (there, bob, picture)
}

both_databases! {
    async fn a_picture_of_a_reply_is_shown_from_our_cache(node: TestNode) {
        let (there, bob, picture) = neighbour(&node).await;
        let post = node.publish("Shown").await;
        let note = note_with(&bob, 1, post.ap_id.as_str(), json!([document(&picture, "A red \"wall\"")]));
        node.accept_reply(&bob, &note).await;
        let html = page(&node, post.url.as_str()).await;
        let file = files(&node).pop().expect("it was fetched");
        assert!(html.contains(&format!("src=\"/media/{file}\" alt=\"A red &#34;wall&#34;\" width=\"64\" height=\"32\"")), "{html}");
        assert!(!html.contains(&format!("src=\"{picture}")) && !html.contains(&format!("href=\"{picture}")));
        let copy = node.get_as(&format!("/media/{file}"), "image/*").await;
        assert_eq!((copy.status.as_u16(), copy.header("content-type")), (200, "image/jpeg"));
        assert_eq!(copy.header("content-security-policy"), "default-src 'none'; sandbox");
        assert_eq!(copy.header("x-content-type-options"), "nosniff");
        assert_eq!(copy.header("cache-control"), "public, max-age=31536000, immutable");
        let feed = page(&node, &format!("{}/comments.atom", post.url)).await;
        assert!(feed.contains(&format!("href=&quot;https://blog.example/media/{file}&quot;")), "{feed}");
        page(&node, post.url.as_str()).await;
        assert_eq!(there.requests_for("/p.png"), 1, "pages fetch nothing");
    }

    async fn a_sensitive_picture_waits_behind_a_fold(node: TestNode) {
        let (_there, bob, picture) = neighbour(&node).await;
        let post = node.publish("Folded").await;
        let mut note = note_with(&bob, 1, post.ap_id.as_str(), json!([document(&picture, "")]));
        note["sensitive"] = json!(true);
        note["content"] = json!("");
        node.accept_reply(&bob, &note).await;
        let html = page(&node, post.url.as_str()).await;
        assert!(html.contains("<details><summary>Sensitive picture</summary>"), "{html}");
    }

    async fn what_cannot_be_had_stays_a_link_and_is_not_asked_for_again(node: TestNode) {
        let there = node.neighbour().await;
        let bob = there.person("bob");
        let post = node.publish("Links").await;
        let svg = there.serve_file("/x.svg", "image/png", b"<svg onload='alert(1)'/>".to_vec());
        let page_file = there.serve_file("/x.html", "image/png", b"<!doctype html><script>1</script>".to_vec());
        let large = there.serve_file("/large.png", "image/png", vec![0; 8 * 1024 * 1024 + 1]);
        let missing = format!("{}/missing.png", there.url);
        let all = [&svg, &page_file, &large, &missing].map(|url| document(url, "shown in words"));
        node.accept_reply(&bob, &note_with(&bob, 1, post.ap_id.as_str(), json!(all))).await;
        node.advance_secs(10_000);
        node.drain().await;
        let html = page(&node, post.url.as_str()).await;
        assert_eq!(html.matches("rel=\"nofollow ugc noopener\" dir=\"auto\">[shown in words]</a>").count(), 4, "{html}");
        assert!(files(&node).is_empty() && !html.contains("<img class=\"u-photo\""));
        assert_eq!(there.requests_for("/x.svg"), 1);
    }

    async fn a_picture_whose_server_fails_is_fetched_later(node: TestNode) {
        let (there, bob, picture) = neighbour(&node).await;
        there.fail("/p.png", Fault::Status(503));
        let post = node.publish("Later").await;
        let note = note_with(&bob, 1, post.ap_id.as_str(), json!(document(&picture, "")));
        node.accept_reply(&bob, &note).await;
        assert!(page(&node, post.url.as_str()).await.contains(">[picture]</a>"));
        there.heal("/p.png");
        node.advance_secs(60);
        node.drain().await;
        assert!(page(&node, post.url.as_str()).await.contains("<img class=\"u-photo\""));
    }

    async fn pictures_of_what_is_held_are_fetched_when_it_is_shown_and_go_when_it_goes(db: TestDb) {
        let node = TestNode::quiet(TestApp::builder().moderation(Moderation::All), db).await;
        let (there, bob, picture) = neighbour(&node).await;
        let post = node.publish("Held").await;
        let note = note_with(&bob, 1, post.ap_id.as_str(), json!(document(&picture, "")));
        let held = node.accept_reply(&bob, &note).await;
        assert_eq!(there.requests_for("/p.png"), 0, "nobody may see it");
        node.decide(&held, CommentStatus::Published).await;
        node.drain().await;
        assert_eq!(files(&node).len(), 1);
        node.decide(&held, CommentStatus::Trash).await;
        node.drain().await;
        assert!(files(&node).is_empty());
        node.decide(&held, CommentStatus::Published).await;
        node.drain().await;
        assert_eq!(files(&node).len(), 1);
    }

    async fn a_deleted_reply_takes_its_pictures_along_unless_another_shows_the_same(node: TestNode) {
        let (there, bob, picture) = neighbour(&node).await;
        let other = there.serve_file("/o.png", "image/png", png(10, 10, 90));
        let post = node.publish("Deleted").await;
        let both = json!([document(&picture, ""), document(&other, "")]);
        let first = note_with(&bob, 1, post.ap_id.as_str(), both);
        let second = note_with(&bob, 2, post.ap_id.as_str(), json!(document(&picture, "")));
        node.accept_reply(&bob, &first).await;
        node.accept_reply(&bob, &second).await;
        assert_eq!(files(&node).len(), 2);
        node.accept(&bob.tell("Delete", first["id"].as_str().unwrap())).await;
        assert_eq!(files(&node).len(), 1, "one is shown by the second reply");
        node.accept(&bob.tell("Delete", second["id"].as_str().unwrap())).await;
        assert!(files(&node).is_empty());
    }

    async fn an_edit_brings_other_pictures_and_takes_the_old_away(node: TestNode) {
        let (there, bob, picture) = neighbour(&node).await;
        let other = there.serve_file("/o.png", "image/png", png(10, 10, 90));
        let post = node.publish("Edited").await;
        let mut note = note_with(&bob, 1, post.ap_id.as_str(), json!([document(&picture, "")]));
        node.accept_reply(&bob, &note).await;
        let before = files(&node);
        note["attachment"] = json!([document(&other, "new")]);
        note["updated"] = json!("2026-11-22T11:30:00Z");
        node.accept(&bob.letter(bob.activity("Update", note.clone()))).await;
        let after = files(&node);
        assert!(after.len() == 1 && after != before, "{after:?}");
        assert!(page(&node, post.url.as_str()).await.contains("alt=\"new\""));
    }

    async fn a_full_cache_takes_nothing_more_until_there_is_room(db: TestDb) {
        let builder = TestApp::builder().configure(|config| config.media.max_bytes = 1);
        let node = TestNode::quiet(builder, db).await;
        let (there, bob, picture) = neighbour(&node).await;
        let other = there.serve_file("/o.png", "image/png", png(10, 10, 90));
        let post = node.publish("Full").await;
        let first = note_with(&bob, 1, post.ap_id.as_str(), json!(document(&picture, "")));
        let second = note_with(&bob, 2, post.ap_id.as_str(), json!(document(&other, "")));
        node.accept_reply(&bob, &first).await;
        node.accept_reply(&bob, &second).await;
        assert_eq!((files(&node).len(), there.requests_for("/o.png")), (1, 0), "not even asked for");
        node.accept(&bob.tell("Delete", first["id"].as_str().unwrap())).await;
        node.advance_secs(4000);
        node.drain().await;
        assert_eq!((files(&node).len(), there.requests_for("/o.png")), (1, 1));
    }

    async fn one_server_fills_only_its_part(db: TestDb) {
        let builder = TestApp::builder().configure(|config| config.media.host_bytes = 1);
        let node = TestNode::quiet(builder, db).await;
        let (there, bob, picture) = neighbour(&node).await;
        let more = there.serve_file("/o.png", "image/png", png(10, 10, 90));
        let (_elsewhere, carol, hers) = neighbour(&node).await;
        let post = node.publish("Shared").await;
        let greedy = json!([document(&picture, ""), document(&more, "")]);
        node.accept_reply(&bob, &note_with(&bob, 1, post.ap_id.as_str(), greedy)).await;
        assert_eq!((files(&node).len(), there.requests_for("/o.png")), (1, 0));
        node.accept_reply(&carol, &note_with(&carol, 1, post.ap_id.as_str(), json!(document(&hers, "")))).await;
        let html = page(&node, post.url.as_str()).await;
        assert_eq!(html.matches("<img class=\"u-photo\"").count(), 2, "{html}");
    }

    async fn a_blocked_servers_pictures_are_not_fetched(node: TestNode) {
        let (_there, bob, _) = neighbour(&node).await;
        let (blocked, _, picture) = neighbour(&node).await;
        node.block(blocked.host()).await;
        let post = node.publish("Blocked").await;
        node.accept_reply(&bob, &note_with(&bob, 1, post.ap_id.as_str(), json!(document(&picture, "")))).await;
        assert_eq!(blocked.requests_for("/p.png"), 0);
    }

    async fn emoji_are_pictures_in_texts_and_names_and_words_elsewhere(node: TestNode) {
        let (there, mut bob, _) = neighbour(&node).await;
        let icon = there.serve_file("/cat.png", "image/png", png(200, 100, 30));
        let tag = json!([{"type": "Emoji", "id": null, "name": ":cat:", "icon": {"type": "Image", "url": icon}}]);
        bob.name = "bob".into();
        let mut actor = bob.document();
        actor["name"] = json!("Bob :cat: <b>");
        actor["tag"] = tag.clone();
        there.publish(&actor);
        let post = node.publish("Emoji").await;
        let mut note = bob.note(1, post.ap_id.as_str());
        note["content"] = json!("<p>Look :cat: :dog: <a href=\"https://x.example/:cat:\">x</a></p>");
        note["tag"] = tag;
        node.accept_reply(&bob, &note).await;
        let html = page(&node, post.url.as_str()).await;
        let file = files(&node).pop().expect("it was fetched");
        let shown = format!("<img class=\"emoji\" src=\"/media/{file}\" alt=\":cat:\"");
        assert_eq!(html.matches(&shown).count(), 2, "{html}");
        assert!(html.contains(":dog:") && html.contains("href=\"https://x.example/:cat:\""));
        assert!(html.contains("&#60;b&#62;") || html.contains("Bob <img"), "{html}");
        assert_eq!(there.requests_for("/cat.png"), 1);
        let feed = page(&node, &format!("{}/comments.atom", post.url)).await;
        assert!(!feed.contains("/cat.png"));
    }

    async fn pictures_in_our_own_posts_are_copies_too(node: TestNode) {
        let (there, _, picture) = neighbour(&node).await;
        let new = NewPost {
            title: "Mine".into(),
            content: format!("![A wall]({picture})\n\n![Gone]({}/gone.png)\n\n![Here](/media/x.png)", there.url),
            ..NewPost::default()
        };
        let post = post::create(node.app(), &node.test.alice, new).await.unwrap().post;
        node.drain().await;
        let file = files(&node).into_iter().find(|file| file.split_once('.').is_some_and(|(_, ending)| ending == "jpg")).expect("it was fetched");
        for address in [post.url.as_str(), "/feed.atom"] {
            let text = page(&node, address).await.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"");
            assert!(text.contains(&format!("src=\"https://blog.example/media/{file}\"")), "{text}");
            assert!(text.contains("[Gone]</a>") && text.contains("/media/x.png\""), "{text}");
            assert_eq!(text.matches("<img ").count() - text.matches("class=\"u-photo").count(), 2, "{address}");
        }
        post::delete(node.app(), &node.test.alice, post.id).await.unwrap();
        node.drain().await;
        assert!(files(&node).is_empty());
    }

    async fn an_attachment_is_listed_over_rest(node: TestNode) {
        use antiphon::domain::account::Scope;
        let (_there, bob, picture) = neighbour(&node).await;
        let post = node.publish("Rest").await;
        let note = note_with(&bob, 1, post.ap_id.as_str(), json!(document(&picture, "A wall")));
        node.accept_reply(&bob, &note).await;
        let token = node.test.token(&[Scope::Read]).await;
        let request = http::Request::get(format!("/api/antiphon/v1/posts/{}/comments", post.id))
            .header("authorization", format!("Bearer {token}"));
        let answer = node.ask(request.body(axum::body::Body::empty()).unwrap()).await;
        let list: Value = serde_json::from_str(&answer.text).unwrap();
        let file = files(&node).pop().unwrap();
        let wanted = json!([{
            "url": format!("https://blog.example/media/{file}"), "original": picture, "alt": "A wall",
            "sensitive": false, "width": 64, "height": 32,
        }]);
        assert_eq!(list["comments"][0]["attachments"], wanted);
    }
}
