//! Reading what is sent, through the real inbox: ids echoed byte for byte, nothing kept beyond its cap, nothing that a
//! database chokes on.

use antiphon::federation::remote;
use antiphon::types::ApUrl;
use http::StatusCode;
use serde_json::{Value, json};
use url::Url;

use crate::support::{TestNode, both_databases};

both_databases! {
    async fn an_id_with_an_empty_path_is_echoed_byte_for_byte(node: TestNode) {
        let there = node.neighbour().await;
        let bob = there.person("bob");
        let post = node.publish("WordPress").await;
        let raw = |query: &str| format!("{}?{query}", there.url);
        let mut follow = bob.activity("Follow", json!(node.alice()));
        follow["id"] = json!(raw("follow=1"));
        node.accept(&bob.letter(follow)).await;
        let accept = node.made_last("Accept").await;
        assert_eq!(accept["object"]["id"], raw("follow=1"));
        let mut note = bob.note(1, post.ap_id.as_str());
        note["id"] = json!(raw("c=148"));
        let stored = node.accept_reply(&bob, &note).await;
        assert_eq!(stored.ap_id.as_str(), raw("c=148"));
        node.answer(&post, Some(&stored), "An answer.").await;
        node.drain().await;
        let create = node.made_last("Create").await;
        assert_eq!(create["object"]["inReplyTo"], raw("c=148"));
        // Those who normalise addresses answer another spelling of it.
        let below = node.accept_reply(&bob, &bob.note(2, &format!("{}/?c=148", there.url))).await;
        assert_eq!(below.parent_id, Some(stored.id));
    }

    async fn a_like_of_ours_names_the_raw_id(node: TestNode) {
        let there = node.neighbour().await;
        let bob = there.person("bob");
        let raw = format!("{}?c=7", there.url);
        let mut note = bob.note(1, "https://other.example/1");
        note["id"] = json!(raw);
        there.publish_at("/?c=7", &note);
        let target = ApUrl::new(raw.as_str());
        remote::react(&node.fed, &node.test.alice, &target, false).await.unwrap();
        remote::reply(&node.fed, &node.test.alice, &target, "Yes.".into()).await.unwrap();
        node.drain().await;
        assert_eq!(node.made_last("Like").await["object"], raw);
        assert_eq!(node.made_last("Create").await["object"]["inReplyTo"], raw);
    }

    async fn what_no_database_takes_is_no_fault_of_ours(node: TestNode) {
        let there = node.neighbour().await;
        let bob = there.person("bob");
        let post = node.publish("Nul").await;
        let nul = "x\u{0}y";
        for property in ["content", "name", "summary", "published", "updated", "url", "inReplyTo", "attachment", "tag", "id", "mediaType"] {
            let mut note = bob.note(1, post.ap_id.as_str());
            note[property] = json!(nul);
            let mut create = bob.activity("Create", note);
            create["id"] = json!(bob.at(&format!("#{property}")));
            let status = node.receive(&bob.letter(create)).await;
            assert!(status.is_success() || status.is_client_error(), "{property}: {status}");
        }
        for id in [json!(nul), json!("\n"), json!({}), json!(1e300), json!(format!("{}/{}", there.url, "a".repeat(3000)))] {
            let mut like = bob.activity("Like", json!(post.ap_id));
            like["id"] = id.clone();
            assert_eq!(node.receive(&bob.letter(like)).await, StatusCode::ACCEPTED, "{id}");
        }
        node.drain().await;
        assert_eq!(node.jobs().await, 0);
    }

    async fn every_property_may_be_absent_null_one_many_text_or_object(node: TestNode) {
        let there = node.neighbour().await;
        let bob = there.person("bob");
        let post = node.publish("Shapes").await;
        let shapes: [fn(&Value) -> Value; 6] = [
            |_| json!(null),
            |value| json!([value]),
            |value| json!([null, value, value]),
            |value| json!({ "id": value }),
            |value| json!([{ "id": value }]),
            |_| json!([]),
        ];
        let usual = bob.activity("Create", bob.note(1, post.ap_id.as_str()));
        let properties: Vec<String> = usual["object"].as_object().unwrap().keys().cloned().collect();
        for property in properties {
            for (number, shape) in shapes.iter().enumerate() {
                let mut create = usual.clone();
                create["object"]["id"] = json!(bob.at(&format!("/{property}/{number}")));
                create["id"] = json!(bob.at(&format!("#{property}/{number}")));
                create["object"][&property] = shape(&create["object"][&property]);
                let status = node.receive(&bob.letter(create)).await;
                assert!(status == 202 || (property == "id" && status == 400), "{property} {number}: {status}");
            }
        }
        for property in ["to", "cc", "actor", "type"] {
            for (number, shape) in shapes.iter().enumerate() {
                let mut like = bob.activity("Like", json!(post.ap_id));
                like["id"] = json!(bob.at(&format!("#like/{property}/{number}")));
                like[property] = shape(&like[property]);
                let status = node.receive(&bob.letter(like)).await;
                assert!(status == 202 || (property == "actor" && status == 400), "{property} {number}: {status}");
            }
        }
    }

    async fn nothing_is_kept_beyond_its_cap(node: TestNode) {
        let there = node.neighbour().await;
        let bob = there.stranger("bob");
        let mut document = bob.document();
        let long = "<i>&ü</i> ".repeat(20_000);
        for property in ["name", "summary", "preferredUsername"] {
            document[property] = json!(long);
        }
        there.publish(&document);
        let post = node.publish("Caps").await;
        let mut note = bob.note(1, post.ap_id.as_str());
        note["content"] = json!("& ".repeat(200_000));
        note["url"] = json!(format!("{}/{}", there.url, "u".repeat(5000)));
        let picture = json!({"type": "Image", "url": bob.at("/p.png"), "name": long});
        note["attachment"] = json!([picture]);
        let stored = node.accept_reply(&bob, &note).await;
        assert!(stored.html.as_str().len() <= 256 * 1024 && stored.url == stored.ap_id);
        let author = stored.actor_id;
        let row = node.app().db.read(move |conn| antiphon::domain::actor::get(conn, author)).await.unwrap();
        assert!(row.name.len() <= 2048 && row.username.len() <= 2048 && row.summary.as_str().len() <= 20_000);
        assert!(Url::parse(row.url.as_str()).is_ok());
    }

    async fn what_is_no_comment_leaves_no_row(node: TestNode) {
        let there = node.neighbour().await;
        let bob = there.person("bob");
        let post = node.publish("Silence").await;
        let with = |property: &str, value: Value| {
            let mut note = bob.note(1, post.ap_id.as_str());
            note[property] = value;
            note
        };
        let mut vote = with("name", json!("yes"));
        vote["content"] = json!(null);
        let silent = [
            ("no_comment", vote),
            ("no_comment", with("type", json!("ChatMessage"))),
            ("no_comment", with("content", json!(""))),
            ("no_comment", with("inReplyTo", json!(null))),
            ("not_public", with("to", json!(node.alice()))),
            ("nothing_of_ours", with("inReplyTo", json!("https://blog.example/ap/posts/1"))),
        ];
        for (number, (reason, mut note)) in (1..).zip(silent) {
            if reason == "not_public" {
                note["cc"] = json!([]);
            }
            let mut create = bob.activity("Create", note.clone());
            create["id"] = json!(bob.at(&format!("#silent/{number}")));
            node.accept(&bob.letter(create)).await;
            assert!(node.comment(&note).await.is_none(), "{reason}");
            let counted = format!("antiphon_inbox_ignored_total{{reason=\"{reason}\"}}");
            assert!(node.app().metrics.render(0, 0).contains(&counted), "{reason}");
        }
        assert_eq!((node.parked().await, node.jobs().await), (0, 0));
    }
}
