//! What pages make a reader's browser ask for: nothing but this site, whatever strangers send.

use antiphon::domain::post::{self, NewPost};
use serde_json::json;

use crate::support::{TestNode, both_databases};

/// Everything in a page that a browser loads by itself, as it is written.
fn loaded(html: &str) -> Vec<String> {
    let mut found = Vec::new();
    for tag in html
        .split('<')
        .skip(1)
        .filter_map(|tag| tag.split('>').next())
    {
        let name = tag
            .split_whitespace()
            .next()
            .unwrap_or_default()
            .to_lowercase();
        let value = |attribute: &str| {
            let (_, rest) = tag.split_once(&format!(" {attribute}=\""))?;
            rest.split('"').next().map(str::to_owned)
        };
        for attribute in [
            "src",
            "srcset",
            "poster",
            "background",
            "data",
            "action",
            "formaction",
            "ping",
            "xlink:href",
            "style",
        ] {
            found.extend(value(attribute));
        }
        let rel = value("rel").unwrap_or_default();
        if name == "link" && !["canonical", "alternate"].contains(&rel.as_str()) {
            found.extend(value("href"));
        }
        assert!(name != "script" || value("src").is_some(), "{tag}");
        assert!(
            ![
                "style", "iframe", "object", "embed", "video", "audio", "source", "base", "svg",
                "track"
            ]
            .contains(&name.as_str()),
            "{tag}"
        );
        assert!(!tag.to_lowercase().contains("http-equiv"), "{tag}");
    }
    found
}

#[test]
fn what_a_browser_loads_is_found() {
    let html = "<img src=\"https://a/\"><link rel=\"prefetch\" href=\"https://b/\"><a href=\"https://c/\">";
    assert_eq!(loaded(html), ["https://a/", "https://b/"]);
}

const HOSTILE: &str = "<p>Hi <img src=\"https://evil.example/1.png\" srcset=\"https://evil.example/2.png 2x\">\
    <video src=\"https://evil.example/3\" poster=\"https://evil.example/4\"></video><audio src=\"https://evil.example/5\"></audio>\
    <link rel=prefetch href=\"https://evil.example/6\"><link rel=\"dns-prefetch\" href=\"//evil.example\"><style>@import 'https://evil.example/7'</style>\
    <p style=\"background:url(https://evil.example/8)\" background=\"https://evil.example/9\">x<iframe src=\"https://evil.example/10\"></iframe>\
    <object data=\"https://evil.example/11\"></object><svg><image href=\"https://evil.example/12\"/></svg><input type=image src=\"https://evil.example/13\">\
    <a href=\"https://evil.example/\" ping=\"https://evil.example/14\">y</a><form action=\"https://evil.example/15\"></form><meta http-equiv=refresh content=\"0;url=https://evil.example/16\">\
    <base href=\"https://evil.example/17\"><q cite=\"https://evil.example/18\">q</q> :evil:</p>";

both_databases! {
    async fn no_page_makes_a_browser_ask_another_server(node: TestNode) {
        let there = node.neighbour().await;
        let bob = there.person("bob");
        let mut actor = bob.document();
        actor["name"] = json!("<img src=https://evil.example/20> Bob :evil:");
        actor["summary"] = json!(HOSTILE);
        actor["icon"] = json!({"type": "Image", "url": "https://evil.example/21"});
        actor["image"] = json!({"type": "Image", "url": "https://evil.example/22"});
        actor["tag"] = json!([{"type": "Emoji", "name": ":evil:", "icon": {"url": "https://evil.example/23"}}]);
        there.publish(&actor);
        let new = NewPost {
            title: "Lure".into(),
            content: "![x](https://evil.example/30)\n\n<img src=\"//evil.example/31\" srcset=\"https://evil.example/32 2x\">".into(),
            tags: vec!["lure".into()],
            ..NewPost::default()
        };
        let post = post::create(node.app(), &node.test.alice, new).await.unwrap().post;
        let mut note = bob.note(1, post.ap_id.as_str());
        note["content"] = json!(HOSTILE);
        note["url"] = json!("https://evil.example/40\" onmouseover=\"x");
        note["tag"] = actor["tag"].clone();
        note["attachment"] = json!([
            {"type": "Image", "url": "https://evil.example/41", "name": "\"><img src=https://evil.example/42>"},
            {"type": "Document", "mediaType": "video/mp4", "url": "https://evil.example/43", "icon": {"url": "https://evil.example/44"}},
        ]);
        // Nothing of evil.example can be fetched: there is no such server.
        node.accept_reply(&bob, &note).await;
        node.accept(&bob.tell("Like", post.ap_id.as_str())).await;
        node.accept(&bob.tell("Announce", post.ap_id.as_str())).await;
        for address in ["/", "/posts/lure", "/@alice", "/tags/lure", "/about", "/nowhere"] {
            let answer = node.get_as(address, "text/html").await;
            for source in loaded(&answer.text) {
                let ours = source.starts_with('/') && !source.starts_with("//") && !source.contains('\\');
                assert!(ours || source.starts_with("https://blog.example/"), "{address} loads {source}");
            }
            assert!(answer.header("content-security-policy").contains("img-src 'self';"), "{address}");
            assert_eq!(answer.header("link").matches("preload").count(), 0);
        }
        let html = node.get_as("/posts/lure", "text/html").await.text;
        assert!(html.contains("bob") && html.contains("evil.example/41"), "the links stay: {html}");
    }
}
