//! How other servers find us: WebFinger, host-meta, NodeInfo, actor documents, content negotiation.

use axum::body::Body;
use http::{Request, StatusCode};
use serde_json::Value;

use crate::support::{TestApp, TestDb, TestNode, both_databases};

async fn finger(node: &TestNode, resource: &str) -> (StatusCode, Value) {
    let query: String = url::form_urlencoded::byte_serialize(resource.as_bytes()).collect();
    let answer = node
        .get_as(
            &format!("/.well-known/webfinger?resource={query}"),
            "application/jrd+json",
        )
        .await;
    let document = if answer.status == StatusCode::OK {
        assert_eq!(answer.header("content-type"), "application/jrd+json");
        assert_eq!(answer.header("access-control-allow-origin"), "*");
        answer.json()
    } else {
        Value::Null
    };
    (answer.status, document)
}

both_databases! {
    async fn webfinger_knows_an_account_in_every_spelling(node: TestNode) {
        for resource in [
            "acct:alice@blog.example",
            "acct:alice@BLOG.Example",
            "acct:Alice@blog.example",
            "@alice@blog.example",
            "alice@blog.example",
            node.alice(),
            "https://blog.example/@alice",
            "https://blog.example",
            "https://blog.example/",
        ] {
            let (status, document) = finger(&node, resource).await;
            assert_eq!(status, StatusCode::OK, "{resource}");
            assert_eq!(document["subject"], "acct:alice@blog.example", "{resource}");
            let links = document["links"].as_array().unwrap();
            let own = links.iter().find(|link| link["rel"] == "self").unwrap();
            assert_eq!(own["type"], "application/activity+json");
            assert_eq!(own["href"], node.alice());
        }
    }

    async fn webfinger_knows_the_node_itself(node: TestNode) {
        for resource in ["acct:blog.example@blog.example", "acct:instance.actor@blog.example"] {
            let (status, document) = finger(&node, resource).await;
            assert_eq!(status, StatusCode::OK, "{resource}");
            assert!(document["links"].to_string().contains("https://blog.example/ap/instance"));
        }
    }

    async fn webfinger_tells_unknown_from_malformed(node: TestNode) {
        for resource in ["acct:bob@blog.example", "acct:alice@other.example", "https://other.example/@alice", "https://blog.example/@bob"] {
            assert_eq!(finger(&node, resource).await.0, StatusCode::NOT_FOUND, "{resource}");
        }
        for resource in ["", "alice", "acct:", "acct:@", "mailto:"] {
            assert_eq!(finger(&node, resource).await.0, StatusCode::BAD_REQUEST, "{resource}");
        }
        let bare = node.get_as("/.well-known/webfinger", "*/*").await;
        assert_eq!(bare.status, StatusCode::BAD_REQUEST);
    }

    async fn host_meta_points_to_webfinger(node: TestNode) {
        let answer = node.get_as("/.well-known/host-meta", "*/*").await;
        assert_eq!(answer.header("content-type"), "application/xrd+xml");
        assert!(answer.text.contains("rel=\"lrdd\" template=\"https://blog.example/.well-known/webfinger?resource={uri}\""));
    }

    async fn nodeinfo_says_what_runs_here_in_both_versions(node: TestNode) {
        node.publish("Counted").await;
        let versions = node.get_as("/.well-known/nodeinfo", "*/*").await.json();
        for link in versions["links"].as_array().unwrap() {
            let version = link["rel"].as_str().unwrap().rsplit('/').next().unwrap();
            let answer = node.get_as(link["href"].as_str().unwrap(), "*/*").await;
            let profile = format!("http://nodeinfo.diaspora.software/ns/schema/{version}#");
            assert!(answer.header("content-type").contains(&profile), "{}", answer.header("content-type"));
            let document = answer.json();
            assert_eq!(document["version"], version);
            assert_eq!(document["software"]["name"], "antiphon");
            assert_eq!(document["protocols"], serde_json::json!(["activitypub"]));
            assert_eq!(document["usage"]["localPosts"], 1);
            assert_eq!(document["usage"]["users"]["total"], 1);
            assert_eq!(document["openRegistrations"], false);
        }
        assert_eq!(versions["links"].as_array().unwrap().len(), 2);
        assert_eq!(node.get_as("/nodeinfo/3.0", "*/*").await.status, StatusCode::NOT_FOUND);
    }

    async fn an_actor_document_has_what_other_servers_need(node: TestNode) {
        let answer = node.get(node.alice()).await;
        assert_eq!(answer.header("content-type"), "application/activity+json");
        let actor = answer.json();
        let id = node.alice();
        assert_eq!(actor["id"], id);
        assert_eq!(actor["type"], "Person");
        assert_eq!(actor["preferredUsername"], "alice");
        assert_eq!(actor["inbox"], format!("{id}/inbox"));
        assert_eq!(actor["endpoints"]["sharedInbox"], "https://blog.example/ap/inbox");
        assert_eq!(actor["publicKey"]["id"], format!("{id}#main-key"));
        assert_eq!(actor["publicKey"]["owner"], id);
        assert!(actor["publicKey"]["publicKeyPem"].as_str().unwrap().starts_with("-----BEGIN PUBLIC KEY"));
        let multikey = &actor["assertionMethod"][0];
        assert_eq!(multikey["type"], "Multikey");
        assert_eq!(multikey["controller"], id);
        assert!(multikey["publicKeyMultibase"].as_str().unwrap().starts_with("z6Mk"));
        // Pixelfed and others want these to be there, whatever they say.
        for key in ["summary", "manuallyApprovesFollowers", "published", "url", "outbox", "followers", "following", "featured"] {
            assert!(!actor[key].is_null(), "{key}");
        }
        let context = actor["@context"].as_array().unwrap();
        assert!(context.contains(&Value::from("https://www.w3.org/ns/activitystreams")));
    }

    async fn the_instance_actor_is_readable_unsigned(node: TestNode) {
        let actor = node.get("/ap/instance").await.json();
        assert_eq!(actor["type"], "Application");
        assert_eq!(actor["inbox"], "https://blog.example/ap/inbox");
        assert!(actor["publicKey"]["publicKeyPem"].is_string());
        for name in ["outbox", "followers", "following", "featured"] {
            let listed = node.get(&format!("/ap/instance/{name}")).await.json();
            assert_eq!(listed["totalItems"], 0, "{name}");
        }
    }

    async fn keys_and_ids_are_the_same_after_a_restart(db: TestDb) {
        let folder = db.folder().to_owned();
        let mut node = TestNode::start(TestApp::builder(), db).await;
        let before = node.get(node.alice()).await.json();
        node.stop().await;
        let config = node.app().config.clone();
        assert_eq!(config.data, folder);
        let app = antiphon::app::App::open(config, node.app().clock.clone(), node.app().http.clone()).await.unwrap();
        let fed = antiphon::federation::Federation::new(app).await.unwrap();
        node.fed = fed;
        let after = node.get(node.alice()).await.json();
        assert_eq!(before, after);
    }

    async fn one_address_answers_as_page_or_as_activity_by_accept(node: TestNode) {
        let post = node.publish("Negotiated").await;
        let profile = "application/ld+json; profile=\"https://www.w3.org/ns/activitystreams\"";
        for accept in ["application/activity+json", profile, "application/activity+json, text/html;q=0.1"] {
            for address in [post.url.as_str(), post.ap_id.as_str()] {
                let answer = node.get_as(address, accept).await;
                assert_eq!(answer.status, StatusCode::OK, "{address} as {accept}");
                assert!(answer.header("content-type").starts_with("application/activity+json"));
                assert!(answer.header("vary").to_lowercase().contains("accept"), "{address}");
                assert_eq!(answer.json()["id"], post.ap_id.as_str());
            }
        }
        for accept in ["text/html", "text/html,application/xhtml+xml,*/*;q=0.8", "*/*"] {
            let answer = node.get_as(post.url.as_str(), accept).await;
            assert!(answer.header("content-type").starts_with("text/html"), "{accept}");
            assert!(answer.header("vary").to_lowercase().contains("accept"), "{accept}");
        }
        let browser = node.get_as(post.ap_id.as_str(), "text/html").await;
        assert_eq!((browser.status, browser.header("location")), (StatusCode::SEE_OTHER, post.url.as_str()));
        let author = node.get_as("/@alice", "application/activity+json").await;
        assert_eq!(author.json()["id"], node.alice());
        let browser = node.get_as(node.alice(), "text/html").await;
        assert_eq!(browser.header("location"), "https://blog.example/@alice");
    }

    async fn an_unchanged_document_is_not_sent_again(node: TestNode) {
        let post = node.publish("Cached").await;
        for address in [post.ap_id.as_str(), post.url.as_str(), node.alice()] {
            let etag = node.get(address).await.header("etag").to_owned();
            assert!(!etag.is_empty(), "{address}");
            let path = address.trim_start_matches("https://blog.example");
            let request = Request::get(path)
                .header("accept", "application/activity+json")
                .header("if-none-match", &etag);
            let answer = node.ask(request.body(Body::empty()).unwrap()).await;
            assert_eq!((answer.status, answer.text.as_str()), (StatusCode::NOT_MODIFIED, ""), "{address}");
        }
    }

    async fn a_page_names_its_article(node: TestNode) {
        let post = node.publish("Linked").await;
        let page = node.get_as(post.url.as_str(), "text/html").await;
        assert!(page.text.contains(&format!("href=\"{}\"", post.ap_id)), "{}", page.text);
        assert!(page.text.contains("application/activity+json"));
        assert!(page.text.contains("fediverse:creator"));
    }
}
