//! Pictures in posts, for every screen: several widths, WebP beside the plain format, made by a job, gone with the post.

use std::io::Cursor;

use antiphon::domain::pages;
use antiphon::domain::post::{self, NewPost};
use image::{ImageFormat, Rgb, RgbImage};

use super::{files, page};
use crate::support::{TestNode, both_databases};

/// A photograph, as far as an encoder can tell.
fn photograph() -> Vec<u8> {
    let grain = |x: u32, y: u32| u8::try_from((x * 7 + y * 13 + (x * y) % 61) % 200).unwrap();
    let picture = RgbImage::from_fn(1000, 500, |x, y| Rgb([grain(x, y), grain(y, x), 90]));
    let mut bytes = Vec::new();
    picture
        .write_to(&mut Cursor::new(&mut bytes), ImageFormat::Png)
        .unwrap();
    bytes
}

both_databases! {
    async fn a_picture_of_a_post_comes_in_several_sizes(node: TestNode) {
        let there = node.neighbour().await;
        let picture = there.serve_file("/photo.png", "image/png", photograph());
        let new = NewPost {
            title: "Photo".into(),
            content: format!("![A *wall*]({picture} \"Our wall\")"),
            ..NewPost::default()
        };
        let post = post::create(node.app(), &node.test.alice, new).await.unwrap().post;
        assert!(files(&node).is_empty(), "nothing is made while the writer waits");
        node.drain().await;
        let html = page(&node, post.url.as_str()).await;
        let figure = html.split("<figure>").nth(1).unwrap().split("</figure>").next().unwrap();
        for part in [
            "<picture><source type=\"image/webp\" srcset=\"https://blog.example/media/",
            ".webp 480w, ", ".webp 800w, ", ".webp 1000w\" sizes=\"", ".jpg 480w, ", ".jpg 1000w\" sizes=\"",
            "alt=\"A wall\"", "loading=\"lazy\"", "width=\"1000\" height=\"500\"", "<figcaption>Our wall</figcaption>",
        ] {
            assert!(figure.contains(part), "{part} in {figure}");
        }
        let all = files(&node);
        assert_eq!(all.len(), 6, "{all:?}");
        for file in &all {
            let answer = node.get_as(&format!("/media/{file}"), "image/*").await;
            assert_eq!(answer.status, 200);
            assert!(answer.header("content-type").starts_with("image/"));
        }
        let feed = page(&node, "/feed.atom").await;
        assert!(!feed.contains("srcset") && feed.contains(".jpg"), "{feed}");
        post::delete(node.app(), &node.test.alice, post.id).await.unwrap();
        node.drain().await;
        assert!(files(&node).is_empty());
    }

    async fn a_free_page_shows_its_pictures_and_they_go_with_it(node: TestNode) {
        let there = node.neighbour().await;
        let picture = there.serve_file("/photo.png", "image/png", photograph());
        let new = pages::Edit {
            title: Some("Imprint <a>".into()),
            content: Some(format!("Who we are.\n\n![A *wall*]({picture} \"Our wall\")")),
            ..pages::Edit::default()
        };
        let imprint = pages::create(node.app(), new).await.unwrap();
        let address = format!("https://blog.example/{}", imprint.slug);
        let before = page(&node, &address).await;
        assert!(!before.contains("<img src") && before.contains(&picture), "a link until it is here");
        assert!(before.contains("Imprint &#60;a&#62;"));
        node.drain().await;
        let html = page(&node, &address).await;
        for part in [".webp 480w, ", ".jpg 1000w\" sizes=\"", "alt=\"A wall\"", "<figcaption>Our wall</figcaption>"] {
            assert!(html.contains(part), "{part} in {html}");
        }
        assert_eq!(files(&node).len(), 6);
        let edit = pages::Edit { content: Some("Nobody.".into()), ..pages::Edit::default() };
        pages::edit(node.app(), imprint.id, edit).await.unwrap();
        node.drain().await;
        assert!(!page(&node, &address).await.contains(".webp") && files(&node).is_empty());
        let again = pages::Edit { content: Some(format!("![x]({picture})")), ..pages::Edit::default() };
        pages::edit(node.app(), imprint.id, again).await.unwrap();
        node.drain().await;
        assert_eq!(files(&node).len(), 6);
        pages::delete(node.app(), imprint.id).await.unwrap();
        node.drain().await;
        assert!(files(&node).is_empty());
    }
}
