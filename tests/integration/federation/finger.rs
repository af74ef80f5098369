//! Looking people up by handle: who may say who somebody is.

use antiphon::error::Result;
use antiphon::federation::webfinger;
use antiphon::text::mention::Handle;
use serde_json::{Value, json};

use crate::support::{FakeInstance, Fault, TestNode, both_databases};

/// What a server says about a handle.
fn say(at: &FakeInstance, handle: &str, subject: Option<&str>, actor: &str) {
    let link = json!({ "rel": "self", "type": "application/activity+json", "href": actor });
    let mut document = json!({ "links": [link] });
    if let Some(subject) = subject {
        document["subject"] = json!(format!("acct:{subject}"));
    }
    at.publish_at(&path(handle), &document);
}

fn path(handle: &str) -> String {
    let query = url::form_urlencoded::Serializer::new(String::new())
        .append_pair("resource", &format!("acct:{handle}"))
        .finish();
    format!("/.well-known/webfinger?{query}")
}

async fn look_up(node: &TestNode, handle: &str) -> Result<String> {
    let handle = Handle::parse(handle).unwrap();
    let found = webfinger::resolve(node.app(), &node.fed.fetcher, &handle).await;
    found.map(|actor| actor.ap_id.into_string())
}

both_databases! {
    async fn a_handle_that_leads_to_another_servers_person_is_refused_unless_that_server_agrees(node: TestNode) {
        let (evil, good) = (node.neighbour().await, node.neighbour().await);
        let bob = good.person("bob");
        let claimed = format!("bob@{}", evil.host());
        say(&evil, &claimed, Some(&claimed), &bob.id);
        let refused = look_up(&node, &claimed).await.unwrap_err().to_string();
        assert!(refused.contains("does not know that handle"), "{refused}");
        // The same with the good server's word: accounts at one domain, actors at another.
        say(&good, &bob.handle, Some(&claimed), &bob.id);
        assert_eq!(look_up(&node, &claimed).await.unwrap(), bob.id);
    }

    async fn another_subject_counts_when_its_own_server_says_the_same(node: TestNode) {
        let (here, there) = (node.neighbour().await, node.neighbour().await);
        let (bob, carol) = (there.person("bob"), there.person("carol"));
        let alias = format!("robert@{}", here.host());
        say(&here, &alias, Some(&bob.handle), &carol.id);
        let refused = look_up(&node, &alias).await.unwrap_err().to_string();
        assert!(refused.contains("does not lead back"), "{refused}");
        say(&here, &alias, Some(&bob.handle), &bob.id);
        assert_eq!(look_up(&node, &alias).await.unwrap(), bob.id);
        // A subject that leads to yet another subject is not followed on.
        say(&here, &alias, Some(&bob.handle), &bob.id);
        say(&there, &bob.handle, Some(&carol.handle), &bob.id);
        assert!(look_up(&node, &alias).await.is_err());
    }

    async fn what_is_no_description_of_somebody_is_refused_and_fails_nothing(node: TestNode) {
        let there = node.neighbour().await;
        let bob = there.person("bob");
        for document in [
            json!({}),
            json!([]),
            json!({"links": null}),
            json!({"links": [{"rel": "self", "type": "text/html", "href": bob.id}]}),
            json!({"links": [{"rel": "self", "type": "application/activity+json", "href": "javascript:alert(1)"}]}),
            json!({"links": [{"rel": "self", "type": "application/activity+json", "href": 7}]}),
            json!({"subject": "acct:", "links": [{"rel": "self", "type": "application/activity+json", "href": bob.id}]}),
            Value::Null,
        ] {
            there.publish_at(&path(&bob.handle), &document);
            assert!(look_up(&node, &bob.handle).await.is_err(), "{document}");
        }
        for fault in [Fault::Status(404), Fault::Endless, Fault::Redirect("http://169.254.169.254/".into())] {
            let handle = format!("x{}@{}", there.requests_for(""), there.host());
            there.fail(&path(&handle), fault);
            assert!(look_up(&node, &handle).await.is_err());
        }
        let page = format!("page@{}", there.host());
        say(&there, &page, None, &bob.id);
        there.fail(&path(&page), Fault::Called("text/html"));
        assert!(look_up(&node, &page).await.is_err(), "a page is no answer");
        say(&there, &bob.handle, None, &bob.id);
        assert_eq!(look_up(&node, &bob.handle).await.unwrap(), bob.id, "no subject at all");
    }
}
