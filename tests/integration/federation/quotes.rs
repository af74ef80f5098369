//! Quotes (FEP-044f): asked for and let, refused, revoked; and those that never ask.

use antiphon::config::{Moderation, Quotes};
use antiphon::domain::notification;
use antiphon::domain::post::Post;
use antiphon::domain::talk::{self, Kind, Listed, Standing};
use antiphon::types::{ApUrl, Host};
use http::StatusCode;
use serde_json::{Value, json};

use super::talk::{deliver, kept, listed, merged, said};
use crate::support::{FakeInstance, Fault, Person, TestApp, TestDb, TestNode, both_databases};

/// A public post of somebody's that quotes something.
fn quoting(person: &Person, number: u32, target: &str) -> Value {
    said(
        person,
        number,
        json!({ "quote": target, "quoteUri": target, "content": "<p>So true</p>" }),
    )
}

/// A request to quote, with the quote inside.
fn request(person: &Person, target: &str, quote: &Value) -> Value {
    let mut activity = person.activity("QuoteRequest", json!(target));
    activity["id"] = json!(person.at(&format!(
        "#quotes/{}",
        quote["id"].as_str().unwrap_or_default().len()
    )));
    activity["instrument"] = quote.clone();
    activity
}

/// Sends a request and returns the answer that was made.
async fn ask(node: &TestNode, person: &Person, activity: Value) -> Value {
    node.drain().await;
    let before = node.made().await.len();
    node.accept(&person.letter(activity)).await;
    let made = node.made().await;
    assert_eq!(made.len(), before + 1, "one answer");
    made.last().unwrap().clone()
}

/// A quote that was let: its row and its stamp.
async fn let_one(node: &TestNode, there: &FakeInstance, post: &Post) -> (Person, Listed, String) {
    let bob = there.person("bob");
    let quote = quoting(&bob, 1, post.ap_id.as_str());
    let answer = ask(node, &bob, request(&bob, post.ap_id.as_str(), &quote)).await;
    let stamp = answer["result"].as_str().unwrap().to_owned();
    (bob, kept(node, post).await.remove(0), stamp)
}

fn closed(config: &mut antiphon::config::Config) {
    config.discussion.quotes = Quotes::Closed;
}

both_databases! {
    async fn who_asks_is_let_and_gets_a_stamp(node: TestNode) {
        let there = node.neighbour().await;
        let bob = there.person("bob");
        let post = node.publish("Quoted").await;
        let quote = quoting(&bob, 1, post.ap_id.as_str());
        let asked = request(&bob, post.ap_id.as_str(), &quote);
        let answer = ask(&node, &bob, asked.clone()).await;
        assert_eq!((&answer["type"], &answer["actor"], &answer["to"]), (&json!("Accept"), &json!(node.alice()), &json!([bob.id])));
        assert_eq!(answer["object"], json!({
            "id": asked["id"], "type": "QuoteRequest", "actor": bob.id, "object": post.ap_id, "instrument": quote["id"],
        }));
        assert_eq!(node.inboxes_of(&answer).await, [bob.at("/inbox")]);
        let stamp = node.get(answer["result"].as_str().unwrap()).await;
        assert_eq!(stamp.status, StatusCode::OK);
        let document = stamp.json();
        for (key, value) in [
            ("id", answer["result"].clone()), ("type", json!("QuoteAuthorization")), ("attributedTo", json!(node.alice())),
            ("interactingObject", quote["id"].clone()), ("interactionTarget", json!(post.ap_id)),
        ] {
            assert_eq!(document[key], value, "{key}");
        }
        assert!(listed(&node, &post).await.contains("So true"));
        // The same again is a duplicate; another request for the same quote gets the same stamp; the Create changes nothing.
        node.accept(&bob.letter(asked.clone())).await;
        let mut again = asked;
        again["id"] = json!(bob.at("#quotes/again"));
        assert_eq!(ask(&node, &bob, again).await["result"], answer["result"]);
        deliver(&node, &bob, &quote).await;
        assert_eq!(kept(&node, &post).await.len(), 1);
        let told = notification::list(node.app(), &node.test.alice, false, None, 10).await.unwrap();
        assert_eq!(told.len(), 1);
        assert_eq!((told[0].0.kind, told[0].0.excerpt.as_str()), (notification::Kind::Quote, "So true"));
    }

    async fn a_quote_that_is_only_named_is_fetched_first(node: TestNode) {
        let there = node.neighbour().await;
        let bob = there.person("bob");
        let post = node.publish("Named").await;
        let quote = quoting(&bob, 1, post.ap_id.as_str());
        there.publish(&quote);
        for instrument in [quote["id"].clone(), json!({ "id": quote["id"] })] {
            let mut asked = request(&bob, post.ap_id.as_str(), &quote);
            asked["id"] = json!(bob.at(&format!("#quotes/{}", instrument.is_string())));
            asked["instrument"] = instrument;
            assert_eq!(ask(&node, &bob, asked).await["type"], "Accept");
        }
        assert_eq!(kept(&node, &post).await.len(), 1);
        // One that is not there is refused, one that cannot be had just now is asked for again.
        let mut missing = request(&bob, post.ap_id.as_str(), &json!({ "id": bob.at("/notes/404") }));
        missing["instrument"] = json!(bob.at("/notes/404"));
        assert_eq!(ask(&node, &bob, missing).await["type"], "Reject");
        let later = quoting(&bob, 10, post.ap_id.as_str());
        there.fail(later["id"].as_str().unwrap(), Fault::Status(503));
        let mut slow = request(&bob, post.ap_id.as_str(), &later);
        slow["instrument"] = later["id"].clone();
        node.accept(&bob.letter(slow)).await;
        assert_eq!(node.jobs().await, 1);
        there.heal(later["id"].as_str().unwrap());
        there.publish(&later);
        node.advance_secs(3600);
        node.drain().await;
        assert_eq!(kept(&node, &post).await.len(), 2);
    }

    async fn what_is_private_not_ours_or_something_else_is_refused(node: TestNode) {
        let there = node.neighbour().await;
        let bob = there.person("bob");
        let post = node.publish("Refused").await;
        let id = post.ap_id.as_str();
        let private = merged(quoting(&bob, 1, id), json!({ "to": [bob.at("/followers")], "cc": [] }));
        let other = quoting(&bob, 22, "https://other.example/1");
        let elsewhere = quoting(&bob, 333, "https://blog.example/ap/posts/77");
        for (target, quote) in [(id, &private), (id, &other), ("https://blog.example/ap/posts/77", &elsewhere)] {
            let answer = ask(&node, &bob, request(&bob, target, quote)).await;
            assert_eq!(answer["type"], "Reject", "{quote}");
            assert!(answer.get("result").is_none());
            assert_eq!(answer["object"]["object"], target);
        }
        assert!(kept(&node, &post).await.is_empty());
        // A comment of somebody else's is not ours to let.
        let comment = node.accept_reply(&bob, &bob.note(5, id)).await;
        node.drain().await;
        let made = node.made().await.len();
        node.accept(&bob.letter(request(&bob, comment.ap_id.as_str(), &quoting(&bob, 4444, comment.ap_id.as_str())))).await;
        assert_eq!(node.made().await.len(), made);
    }

    async fn bad_requests_are_refused_and_never_fail(node: TestNode) {
        let there = node.neighbour().await;
        let (bob, eve) = (there.person("bob"), there.person("eve"));
        let post = node.publish("Bad").await;
        let id = post.ap_id.as_str();
        let hers = quoting(&eve, 1, id);
        assert_eq!(node.receive(&bob.letter(request(&bob, id, &hers))).await, StatusCode::FORBIDDEN);
        let foreign = merged(quoting(&bob, 1, id), json!({ "id": "https://other.example/1" }));
        assert_eq!(node.receive(&bob.letter(request(&bob, id, &foreign))).await, StatusCode::FORBIDDEN);
        for instrument in [json!(null), json!([]), json!(7), json!({}), json!(""), json!("x y")] {
            let mut asked = request(&bob, id, &instrument);
            asked["id"] = json!(bob.at(&format!("#bad/{}", instrument.to_string().len())));
            assert_eq!(node.receive(&bob.letter(asked)).await, StatusCode::BAD_REQUEST, "{instrument}");
        }
        // Its author is told by the signature: a fetched quote by somebody else is not believed.
        there.publish(&hers);
        let mut named = request(&bob, id, &hers);
        named["instrument"] = hers["id"].clone();
        assert_eq!(ask(&node, &bob, named).await["type"], "Reject");
        for path in ["/ap/quotes/0", "/ap/quotes/x", "/ap/quotes/99999999999999999999", "/ap/quotes/+1", "/ap/quotes/01"] {
            assert_eq!(node.get(path).await.status, StatusCode::NOT_FOUND, "{path}");
        }
        assert!(kept(&node, &post).await.is_empty());
    }

    async fn a_revoked_quote_leaves_the_page_and_its_stamp_is_gone(node: TestNode) {
        let there = node.neighbour().await;
        let post = node.publish("Revoked").await;
        let fan = there.loner("fan");
        node.followed_by(std::slice::from_ref(&fan)).await;
        let (bob, row, stamp) = let_one(&node, &there, &post).await;
        talk::revoke(node.app(), row.talk.id).await.unwrap();
        node.drain().await;
        let told = node.made_last("Delete").await;
        assert_eq!((&told["object"], &told["actor"]), (&json!(stamp), &json!(node.alice())));
        assert_eq!(node.inboxes_of(&told).await, [bob.at("/inbox"), fan.at("/inbox")]);
        assert_eq!(node.get(&stamp).await.status, StatusCode::NOT_FOUND);
        assert!(!listed(&node, &post).await.contains("So true"));
        assert!(talk::revoke(node.app(), row.talk.id).await.is_err());
        // Whatever comes again, it stays off.
        let quote = quoting(&bob, 1, post.ap_id.as_str());
        deliver(&node, &bob, &quote).await;
        node.accept(&bob.letter(bob.activity("Update", merged(quote.clone(), json!({ "updated": "2026-11-22T11:30:00Z" }))))).await;
        let mut again = request(&bob, post.ap_id.as_str(), &quote);
        again["id"] = json!(bob.at("#quotes/again"));
        assert_eq!(ask(&node, &bob, again).await["type"], "Reject");
        node.accept(&bob.tell("Delete", quote["id"].as_str().unwrap())).await;
        deliver(&node, &bob, &quote).await;
        let rows = kept(&node, &post).await;
        assert_eq!((rows.len(), rows[0].talk.standing), (1, Standing::Revoked));
        assert!(!listed(&node, &post).await.contains("So true"));
    }

    async fn a_quote_that_never_asked_is_listed_once_by_every_spelling(node: TestNode) {
        let there = node.neighbour().await;
        let bob = there.person("bob");
        let post = node.publish("Unasked").await;
        for (number, quote) in [
            json!({ "quote": post.ap_id }),
            json!({ "quoteUrl": post.url }),
            json!({ "quoteUri": post.ap_id }),
            json!({ "_misskey_quote": post.ap_id, "quoteUrl": post.ap_id, "content": format!("<p>x</p><p>RE: <a href=\"{}\">it</a></p>", post.url) }),
            json!({ "tag": [{ "type": "Link", "mediaType": "application/activity+json", "href": post.ap_id, "name": "RE: it" }] }),
        ].into_iter().enumerate() {
            let note = said(&bob, u32::try_from(number).unwrap(), quote);
            deliver(&node, &bob, &note).await;
            let mut again = bob.activity("Create", note);
            again["id"] = json!(bob.at(&format!("#again/{number}")));
            node.accept(&bob.letter(again)).await;
            let rows = kept(&node, &post).await;
            assert_eq!((rows.len(), rows[0].talk.kind), (number + 1, Kind::Quote));
            assert!(rows[0].talk.request.is_none());
        }
        assert!(node.made().await.iter().all(|one| one["type"] == "Create"), "nobody asked");
        let path = format!("/ap/quotes/{}", kept(&node, &post).await[0].talk.id);
        assert_eq!(node.get(&path).await.status, StatusCode::NOT_FOUND, "who did not ask has no stamp");
        assert!(node.get_as(post.url.as_str(), "text/html").await.text.contains("Quoted by"));
    }

    async fn edits_and_deletes_of_quotes_are_followed(node: TestNode) {
        let there = node.neighbour().await;
        let (bob, eve) = (there.person("bob"), there.person("eve"));
        let post = node.publish("Edited").await;
        let quote = quoting(&bob, 1, post.ap_id.as_str());
        deliver(&node, &bob, &quote).await;
        let edited = merged(quote.clone(), json!({ "content": "<p>On second thought</p>", "updated": "2026-11-22T11:30:00Z" }));
        node.accept(&bob.letter(bob.activity("Update", edited.clone()))).await;
        assert!(listed(&node, &post).await.contains("On second thought"));
        node.accept(&eve.tell("Delete", quote["id"].as_str().unwrap())).await;
        assert_eq!(kept(&node, &post).await.len(), 1, "only its author takes it away");
        let mut narrowed = bob.activity("Update", merged(edited, json!({ "to": [bob.at("/followers")], "cc": [] })));
        narrowed["id"] = json!(bob.at("#narrowed"));
        node.accept(&bob.letter(narrowed)).await;
        assert!(kept(&node, &post).await.is_empty());
        let second = quoting(&bob, 2, post.ap_id.as_str());
        deliver(&node, &bob, &second).await;
        node.accept(&bob.tell("Delete", second["id"].as_str().unwrap())).await;
        assert!(kept(&node, &post).await.is_empty());
        // Deleted before it came, it never appears.
        let third = quoting(&bob, 3, post.ap_id.as_str());
        node.accept(&bob.tell("Delete", third["id"].as_str().unwrap())).await;
        deliver(&node, &bob, &third).await;
        assert_eq!(ask(&node, &bob, request(&bob, post.ap_id.as_str(), &third)).await["type"], "Reject");
        assert!(kept(&node, &post).await.is_empty());
        deliver(&node, &bob, &quoting(&bob, 4, post.ap_id.as_str())).await;
        node.accept(&bob.tell("Delete", &bob.id)).await;
        assert!(kept(&node, &post).await.is_empty());
    }

    async fn a_comment_of_ours_can_be_quoted(node: TestNode) {
        let there = node.neighbour().await;
        let bob = there.person("bob");
        let post = node.publish("Comment").await;
        let comment = node.answer(&post, None, "My own answer").await;
        node.drain().await;
        let note = node.get(comment.ap_id.as_str()).await.json();
        assert_eq!(note["interactionPolicy"]["canQuote"]["automaticApproval"][0], "https://www.w3.org/ns/activitystreams#Public");
        let quote = quoting(&bob, 1, comment.ap_id.as_str());
        let answer = ask(&node, &bob, request(&bob, comment.ap_id.as_str(), &quote)).await;
        let stamp = answer["result"].as_str().unwrap().to_owned();
        assert_eq!(node.get(&stamp).await.json()["interactionTarget"], json!(comment.ap_id));
        assert!(listed(&node, &post).await.contains("So true"));
        node.decide(&comment, antiphon::domain::visibility::CommentStatus::Trash).await;
        assert_eq!(node.get(&stamp).await.status, StatusCode::NOT_FOUND);
        assert!(!listed(&node, &post).await.contains("So true"));
    }

    async fn the_stamp_of_a_blocked_server_or_a_deleted_post_is_not_shown(node: TestNode) {
        let there = node.neighbour().await;
        let post = node.publish("Blocked").await;
        let (bob, _, stamp) = let_one(&node, &there, &post).await;
        node.block(there.host()).await;
        assert_eq!(node.get(&stamp).await.status, StatusCode::NOT_FOUND);
        assert!(!listed(&node, &post).await.contains("So true"));
        let asked = request(&bob, post.ap_id.as_str(), &quoting(&bob, 22, post.ap_id.as_str()));
        assert_eq!(node.receive(&bob.letter(asked)).await, StatusCode::FORBIDDEN);
        node.unblock(there.host()).await;
        assert_eq!(node.get(&stamp).await.status, StatusCode::OK);
        antiphon::domain::post::delete(node.app(), &node.test.alice, post.id).await.unwrap();
        assert_eq!(node.get(&stamp).await.status, StatusCode::NOT_FOUND);
    }

    async fn where_quotes_are_closed_nobody_is_let_and_it_is_said(db: TestDb) {
        let node = TestNode::quiet(TestApp::builder().configure(closed), db).await;
        let there = node.neighbour().await;
        let bob = there.person("bob");
        let post = node.publish("Closed").await;
        let allowed = node.get(post.ap_id.as_str()).await.json()["interactionPolicy"]["canQuote"]["automaticApproval"].clone();
        assert_eq!(allowed, json!([node.alice()]));
        let quote = quoting(&bob, 1, post.ap_id.as_str());
        assert_eq!(ask(&node, &bob, request(&bob, post.ap_id.as_str(), &quote)).await["type"], "Reject");
        deliver(&node, &bob, &quote).await;
        assert!(kept(&node, &post).await.is_empty());
    }

    async fn the_policy_travels_with_the_article(node: TestNode) {
        let there = node.neighbour().await;
        let fan = there.person("fan");
        node.followed_by(&[fan]).await;
        let post = node.publish("Policy").await;
        node.drain().await;
        let sent = node.made_last("Create").await["object"]["interactionPolicy"].clone();
        let served = node.get(post.ap_id.as_str()).await.json();
        assert_eq!(sent["canQuote"]["automaticApproval"], json!(["https://www.w3.org/ns/activitystreams#Public"]));
        assert_eq!(served["interactionPolicy"], sent);
        assert!(served["@context"].to_string().contains("gts:canQuote"));
    }

    async fn a_first_quote_is_held_where_first_replies_are(db: TestDb) {
        let node = TestNode::quiet(TestApp::builder().moderation(Moderation::Known), db).await;
        let there = node.neighbour().await;
        let post = node.publish("Held").await;
        let (bob, row, stamp) = let_one(&node, &there, &post).await;
        assert_eq!(row.talk.standing, Standing::Held);
        assert_eq!(node.get(&stamp).await.status, StatusCode::OK, "quoting is let, showing it here is another thing");
        assert!(!listed(&node, &post).await.contains("So true"));
        talk::approve(node.app(), row.talk.id).await.unwrap();
        assert!(listed(&node, &post).await.contains("So true"));
        deliver(&node, &bob, &quoting(&bob, 2, post.ap_id.as_str())).await;
        assert_eq!(kept(&node, &post).await[0].talk.standing, Standing::Shown, "now he is known");
    }

    async fn a_node_says_no_when_a_post_is_quoted_too_often(node: TestNode) {
        let there = node.neighbour().await;
        let post = node.publish("Full").await;
        let (bob, row, _) = let_one(&node, &there, &post).await;
        let (actor, id) = (row.talk.actor_id, post.ap_id.clone());
        let host = ApUrl::new(bob.id.as_str()).host().unwrap_or_else(|| Host::parse("x.example").unwrap());
        for number in 0..talk::KEPT_PER_HOST {
            let ap_id = ApUrl::new(bob.at(&format!("/more/{number}")));
            let said = talk::Said {
                ap_id: ap_id.clone(), actor, host: host.clone(), url: ap_id, excerpt: "x".into(), published_at: node.app().now(),
            };
            let names = talk::Names { quoted: vec![id.clone()], ..talk::Names::default() };
            talk::receive(node.app(), said, names, None).await.unwrap();
        }
        assert_eq!(i64::try_from(kept(&node, &post).await.len()).unwrap(), talk::KEPT_PER_HOST);
        let quote = quoting(&bob, 22, post.ap_id.as_str());
        assert_eq!(ask(&node, &bob, request(&bob, post.ap_id.as_str(), &quote)).await["type"], "Reject");
    }
}
