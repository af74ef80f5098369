//! Reactions of every kind: emoji, custom emoji, dislikes; once a person, bounded, taken back, shown as counts.

use antiphon::domain::post::Post;
use antiphon::domain::reaction;
use http::StatusCode;
use serde_json::{Value, json};

use crate::support::{Person, TestNode, both_databases};

/// What a post has, as `kind emoji count`.
async fn tally(node: &TestNode, post: &Post) -> Vec<String> {
    let found = reaction::tally(node.app(), &node.test.alice, post.id)
        .await
        .unwrap();
    let line = |one: &reaction::Tally| format!("{} {} {}", one.kind, one.emoji, one.count);
    let mut lines: Vec<String> = found.iter().map(line).collect();
    lines.sort();
    lines
}

/// A reaction with an emoji, under an id of its own.
fn react(person: &Person, kind: &str, target: &str, emoji: &str) -> Value {
    let mut activity = person.activity(kind, json!(target));
    let sum = |sum: u64, byte: u8| sum.wrapping_mul(31).wrapping_add(byte.into());
    let number = emoji.bytes().fold(7, sum);
    activity["id"] = json!(person.at(&format!("#{kind}/{number}")));
    activity["content"] = json!(emoji);
    activity
}

async fn page(node: &TestNode, post: &Post) -> String {
    let answer = node.get_as(post.url.as_str(), "text/html").await;
    assert_eq!(answer.status, StatusCode::OK);
    answer.text
}

/// A custom emoji reaction with the address of its picture.
fn custom(person: &Person, target: &str, name: &str, picture: &str) -> Value {
    let mut activity = react(person, "EmojiReact", target, &format!(":{name}:"));
    activity["tag"] = json!([{"type": "Emoji", "id": null, "name": format!(":{name}:"), "icon": {"type": "Image", "url": picture}}]);
    activity
}

fn png() -> Vec<u8> {
    let mut bytes = std::io::Cursor::new(Vec::new());
    let picture = image::RgbImage::from_pixel(8, 8, image::Rgb([200, 30, 30]));
    picture
        .write_to(&mut bytes, image::ImageFormat::Png)
        .unwrap();
    bytes.into_inner()
}

both_databases! {
    async fn every_platforms_reactions_count_once_a_person_and_emoji(node: TestNode) {
        let there = node.neighbour().await;
        let (bob, carol) = (there.person("bob"), there.person("carol"));
        let post = node.publish("Reacted to").await;
        let id = post.ap_id.as_str();
        for (number, person) in [&bob, &carol, &bob].into_iter().enumerate() {
            for (kind, emoji) in [("EmojiReact", "🔥"), ("EmojiReaction", "👍"), ("Like", "❤"), ("Dislike", "")] {
                let mut activity = react(person, kind, id, emoji);
                activity["id"] = json!(format!("{}/{number}", activity["id"].as_str().unwrap()));
                if kind == "Like" {
                    activity["_misskey_reaction"] = json!(emoji);
                }
                node.accept(&person.letter(activity.clone())).await;
                node.accept(&person.letter(activity)).await;
            }
        }
        let expected = ["dislike  2", "emoji ❤\u{FE0F} 2", "emoji 👍 2", "emoji 🔥 2"];
        assert_eq!(tally(&node, &post).await, expected);
        let article = node.get(id).await.json();
        assert_eq!(article["likes"]["totalItems"], 0);
    }

    async fn a_person_reacts_with_eight_emoji_at_most(node: TestNode) {
        let there = node.neighbour().await;
        let (bob, carol) = (there.person("bob"), there.person("carol"));
        let post = node.publish("Many").await;
        for emoji in ["🍎", "🍐", "🍊", "🍋", "🍌", "🍉", "🍇", "🍓", "🍒", "🍑"] {
            node.accept(&bob.letter(react(&bob, "EmojiReact", post.ap_id.as_str(), emoji))).await;
        }
        node.accept(&carol.letter(react(&carol, "EmojiReact", post.ap_id.as_str(), "🍑"))).await;
        let counted = tally(&node, &post).await;
        assert_eq!(counted.len(), 9, "{counted:?}");
        node.accept(&bob.undo(&react(&bob, "EmojiReact", post.ap_id.as_str(), "🍎"))).await;
        assert_eq!(tally(&node, &post).await.len(), 8);
    }

    async fn each_kind_of_reaction_is_taken_back_whole_or_by_id(node: TestNode) {
        let there = node.neighbour().await;
        let (bob, carol, eve) = (there.person("bob"), there.person("carol"), there.person("eve"));
        let post = node.publish("Undone").await;
        for (kind, emoji) in [("EmojiReact", "🔥"), ("EmojiReaction", "👍"), ("Like", "🎉"), ("Dislike", ""), ("Like", "")] {
            let (his, hers) = (react(&bob, kind, post.ap_id.as_str(), emoji), react(&carol, kind, post.ap_id.as_str(), emoji));
            node.accept(&bob.letter(his.clone())).await;
            node.accept(&carol.letter(hers.clone())).await;
            // Nobody else's word takes it back.
            node.accept(&eve.tell("Undo", his["id"].as_str().unwrap())).await;
            assert_eq!(tally(&node, &post).await.len(), 1, "{kind} {emoji}");
            let mut other_id = his.clone();
            other_id["id"] = json!(bob.at("#unknown"));
            node.accept(&bob.undo(&other_id)).await;
            node.accept(&carol.tell("Undo", hers["id"].as_str().unwrap())).await;
            assert!(tally(&node, &post).await.is_empty(), "{kind} {emoji}");
            // Played back, it stays undone.
            node.accept(&bob.letter(his)).await;
            assert!(tally(&node, &post).await.is_empty(), "{kind} {emoji}");
        }
    }

    async fn an_undo_takes_back_one_emoji_and_no_other(node: TestNode) {
        let there = node.neighbour().await;
        let bob = there.person("bob");
        let post = node.publish("Two").await;
        for emoji in ["🔥", "👍"] {
            node.accept(&bob.letter(react(&bob, "EmojiReact", post.ap_id.as_str(), emoji))).await;
        }
        node.accept(&bob.tell("Like", post.ap_id.as_str())).await;
        node.accept(&bob.undo(&react(&bob, "EmojiReact", post.ap_id.as_str(), "👍"))).await;
        let dislike = react(&bob, "Dislike", post.ap_id.as_str(), "");
        node.accept(&bob.undo(&dislike)).await;
        assert_eq!(tally(&node, &post).await, ["emoji 🔥 1", "like  1"]);
    }

    async fn what_is_no_emoji_counts_for_nothing(node: TestNode) {
        let there = node.neighbour().await;
        let bob = there.person("bob");
        let post = node.publish("Hostile").await;
        for bad in [
            json!("x\u{0}"), json!("\u{202e}🔥"), json!("<script>alert(1)</script>"), json!("🔥".repeat(10_000)), json!(null),
            json!(["a", "b"]), json!({"x": 1}), json!(format!("🔥{}", "\u{301}".repeat(40))), json!(":a b:"), json!(":<b>:"), json!(7),
        ] {
            let mut activity = react(&bob, "EmojiReact", post.ap_id.as_str(), &bad.to_string());
            activity["content"] = bad;
            node.accept(&bob.letter(activity)).await;
        }
        assert!(tally(&node, &post).await.is_empty());
        let mut nothing = bob.activity("Dislike", json!(null));
        nothing["id"] = json!(bob.at("#nothing"));
        assert_eq!(node.receive(&bob.letter(nothing)).await, StatusCode::BAD_REQUEST);
        node.accept(&bob.letter(react(&bob, "EmojiReact", "https://other.example/1", "🔥"))).await;
        assert_eq!(node.jobs().await, 0);
    }

    async fn a_custom_emoji_is_text_until_its_picture_is_here(node: TestNode) {
        let there = node.neighbour().await;
        let bob = there.person("bob");
        let post = node.publish("Custom").await;
        let picture = there.serve_file("/emoji/blob.png", "image/png", png());
        assert_eq!(node.receive(&bob.letter(custom(&bob, post.ap_id.as_str(), "blob", &picture))).await, StatusCode::ACCEPTED);
        let before = page(&node, &post).await;
        assert!(before.contains("<span class=\"sign\">:blob:</span> 1"), "{before}");
        node.drain().await;
        let after = page(&node, &post).await;
        assert!(after.contains("<img class=\"emoji\" src=\"/media/") && after.contains("alt=\":blob:\""), "{after}");
        assert!(!after.contains(&picture));
        // One that cannot be had stays text.
        node.accept(&bob.letter(custom(&bob, post.ap_id.as_str(), "gone", &format!("{}/none.png", there.url)))).await;
        assert!(page(&node, &post).await.contains(">:gone:</span>"));
    }

    async fn the_page_shows_groups_with_faces_and_dislikes_as_a_number(node: TestNode) {
        let there = node.neighbour().await;
        let (bob, carol) = (there.person("bob"), there.person("carol"));
        let post = node.publish("Shown").await;
        let comment = node.accept_reply(&bob, &bob.note(1, post.ap_id.as_str())).await;
        for person in [&bob, &carol] {
            node.accept(&person.letter(react(person, "EmojiReact", post.ap_id.as_str(), "🔥"))).await;
            node.accept(&person.letter(react(person, "EmojiReact", comment.ap_id.as_str(), "🎉"))).await;
        }
        node.accept(&carol.tell("Like", comment.ap_id.as_str())).await;
        node.accept(&carol.tell("Dislike", comment.ap_id.as_str())).await;
        let eve = there.person("eve");
        node.accept(&eve.tell("Dislike", post.ap_id.as_str())).await;
        let html = page(&node, &post).await;
        let reactions = html.split("id=\"reactions\"").nth(1).unwrap().split("class=\"thread\"").next().unwrap();
        assert!(reactions.contains("<span class=\"sign\">🔥</span> 2"), "{reactions}");
        assert!(reactions.contains("/users/bob") && reactions.contains("/users/carol"), "{reactions}");
        assert!(reactions.contains("One dislike") && !reactions.contains("eve"), "{reactions}");
        let below = html.split("class=\"tallies\"").nth(1).unwrap().split("</ul>").next().unwrap();
        assert!(below.contains("♥ 1") && below.contains("🎉</span> 2") && below.contains("One dislike"), "{below}");
        assert!(!below.contains("/users/"), "{below}");
    }

    async fn reactions_go_with_their_person_and_hide_with_a_blocked_server(node: TestNode) {
        let (there, far) = (node.neighbour().await, node.neighbour().await);
        let (bob, carol) = (there.person("bob"), far.person("carol"));
        let post = node.publish("Gone").await;
        for person in [&bob, &carol] {
            for (kind, emoji) in [("EmojiReact", "🔥"), ("Dislike", ""), ("Like", "")] {
                node.accept(&person.letter(react(person, kind, post.ap_id.as_str(), emoji))).await;
            }
        }
        node.block(far.host()).await;
        assert_eq!(tally(&node, &post).await, ["dislike  1", "emoji 🔥 1", "like  1"]);
        assert!(page(&node, &post).await.contains("<span class=\"sign\">🔥</span> 1"));
        node.unblock(far.host()).await;
        assert_eq!(tally(&node, &post).await, ["dislike  2", "emoji 🔥 2", "like  2"]);
        node.accept(&bob.tell("Delete", &bob.id)).await;
        assert_eq!(tally(&node, &post).await, ["dislike  1", "emoji 🔥 1", "like  1"]);
    }
}
