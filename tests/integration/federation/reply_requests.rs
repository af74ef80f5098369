//! Those who ask whether their reply may stand here: ReplyRequest, its Accept, Reject and authorization, and the replies of
//! servers that wait for an answer without asking.

use antiphon::config::Moderation;
use antiphon::db::schema::{activities, deliveries, reply_requests};
use antiphon::domain::comment::Comment;
use antiphon::domain::post::Post;
use antiphon::domain::visibility::CommentStatus;
use antiphon::worker;
use diesel::prelude::*;
use http::StatusCode;
use serde_json::{Value, json};

use crate::support::{FakeInstance, Letter, Person, TestApp, TestDb, TestNode, both_databases};

const PUBLIC: &str = "https://www.w3.org/ns/activitystreams#Public";

/// A request of somebody's, for a reply given whole or by its id.
fn request(person: &Person, number: u32, target: &str, reply: &Value) -> Value {
    json!({
        "@context": ["https://www.w3.org/ns/activitystreams", "https://gotosocial.org/ns"],
        "id": person.at(&format!("/requests/{number}")),
        "type": "ReplyRequest",
        "actor": person.id,
        "object": target,
        "instrument": reply,
        "to": target,
    })
}

fn ask(person: &Person, number: u32, target: &str, reply: &Value) -> Letter {
    person.letter(request(person, number, target, reply))
}

/// A node on which every reply waits, a fake server with bob, and a post.
async fn careful(db: TestDb) -> (TestNode, FakeInstance, Person, Post) {
    let node = TestNode::quiet(TestApp::builder().moderation(Moderation::All), db).await;
    let there = node.neighbour().await;
    let (bob, post) = (there.person("bob"), node.publish("Careful").await);
    node.drain().await;
    (node, there, bob, post)
}

/// The requests that are remembered: the reply and the answer.
async fn requests(node: &TestNode) -> Vec<(String, String)> {
    let rows = node.app().db.read(|conn| {
        let rows = reply_requests::table
            .order(reply_requests::asked_at)
            .select((reply_requests::reply, reply_requests::answer));
        Ok(rows.load::<(String, String)>(conn)?)
    });
    rows.await.unwrap()
}

/// What was answered to somebody: the activities' types, oldest first.
async fn told(node: &TestNode, person: &Person) -> Vec<String> {
    let all = node.made().await.into_iter();
    let to_them = |made: &Value| {
        let to = made["to"].as_array();
        let named = to.is_some_and(|to| to.contains(&json!(person.id)));
        let kind = made["type"].as_str().unwrap_or_default();
        named && matches!(kind, "Accept" | "Reject" | "Delete")
    };
    all.filter(to_them)
        .map(|made| made["type"].as_str().unwrap().to_owned())
        .collect()
}

fn authorization(comment: &Comment) -> String {
    format!(
        "https://blog.example/ap/comments/{}/authorization",
        comment.id
    )
}

async fn decide(node: &TestNode, comment: &Comment, status: CommentStatus) {
    node.decide(comment, status).await;
    node.drain().await;
}

/// Marks every delivery as taken, and says how many are due.
async fn due_after(node: &TestNode, activity: &Value) -> (usize, usize) {
    let id = activity["id"].as_str().unwrap().to_owned();
    let states = node.app().db.read(move |conn| {
        let rows = deliveries::table
            .inner_join(activities::table)
            .filter(activities::ap_id.eq(id))
            .select(deliveries::state);
        Ok(rows.load::<i32>(conn)?)
    });
    let states = states.await.unwrap();
    let due = states.iter().filter(|state| **state < 2).count();
    (states.len(), due)
}

both_databases! {
    async fn a_request_is_accepted_at_once_where_replies_appear_at_once(node: TestNode) {
        let there = node.neighbour().await;
        let bob = there.person("bob");
        let post = node.publish("Open").await;
        let note = bob.note(1, post.ap_id.as_str());
        node.accept(&ask(&bob, 1, post.ap_id.as_str(), &note)).await;
        assert_eq!(node.numbers(&post).await, ["1"]);
        let comment = node.comment(&note).await.unwrap();
        let accept = node.made_last("Accept").await;
        assert_eq!(accept["actor"], node.alice());
        assert_eq!(accept["to"], json!([bob.id]));
        assert_eq!(accept["result"], authorization(&comment));
        let asked = request(&bob, 1, post.ap_id.as_str(), &note["id"]);
        for key in ["id", "type", "actor", "object", "instrument"] {
            assert_eq!(accept["object"][key], asked[key], "{key}");
        }
        assert_eq!(node.inboxes_of(&accept).await, [bob.at("/inbox")]);
        assert!(accept["id"].as_str().unwrap().starts_with(&format!("{}#accepts/replies/", node.alice())));
        let shown = node.get(&authorization(&comment)).await.json();
        assert_eq!(shown["id"], authorization(&comment));
        assert_eq!(shown["type"], "ReplyAuthorization");
        assert_eq!(shown["attributedTo"], node.alice());
        assert_eq!(shown["interactingObject"], note["id"]);
        assert_eq!(shown["interactionTarget"], post.ap_id.as_str());
    }

    async fn a_request_waits_until_its_reply_is_approved(db: TestDb) {
        let (node, _there, bob, post) = careful(db).await;
        let note = bob.note(1, post.ap_id.as_str());
        node.accept(&ask(&bob, 1, post.ap_id.as_str(), &note)).await;
        let comment = node.comment(&note).await.unwrap();
        assert_eq!(comment.status, CommentStatus::Held);
        assert!(told(&node, &bob).await.is_empty());
        assert_eq!(node.get(&authorization(&comment)).await.status, StatusCode::NOT_FOUND);
        decide(&node, &comment, CommentStatus::Published).await;
        assert_eq!(told(&node, &bob).await, ["Accept"]);
        assert_eq!(node.get(&authorization(&comment)).await.status, StatusCode::OK);
        decide(&node, &comment, CommentStatus::Published).await;
        assert_eq!(told(&node, &bob).await, ["Accept"], "once");
    }

    async fn what_is_moderated_away_before_is_rejected(db: TestDb) {
        let (node, _there, bob, post) = careful(db).await;
        for (number, status) in [(1, CommentStatus::Spam), (2, CommentStatus::Trash)] {
            let note = bob.note(number, post.ap_id.as_str());
            node.accept(&ask(&bob, number, post.ap_id.as_str(), &note)).await;
            let comment = node.comment(&note).await.unwrap();
            decide(&node, &comment, status).await;
            let reject = node.made_last("Reject").await;
            assert_eq!(reject["object"]["id"], bob.at(&format!("/requests/{number}")));
            assert_eq!(reject["result"], Value::Null);
            assert_eq!(node.get(&authorization(&comment)).await.status, StatusCode::NOT_FOUND);
        }
        assert_eq!(told(&node, &bob).await, ["Reject", "Reject"]);
    }

    async fn what_is_removed_after_it_was_accepted_loses_its_authorization(db: TestDb) {
        let (node, _there, bob, post) = careful(db).await;
        let note = bob.note(1, post.ap_id.as_str());
        node.accept(&ask(&bob, 1, post.ap_id.as_str(), &note)).await;
        let comment = node.comment(&note).await.unwrap();
        decide(&node, &comment, CommentStatus::Published).await;
        decide(&node, &comment, CommentStatus::Trash).await;
        let delete = node.made_last("Delete").await;
        assert_eq!((&delete["actor"], &delete["object"]), (&json!(node.alice()), &json!(authorization(&comment))));
        assert_eq!(node.inboxes_of(&delete).await, [bob.at("/inbox")]);
        assert_eq!(node.get(&authorization(&comment)).await.status, StatusCode::NOT_FOUND);
        decide(&node, &comment, CommentStatus::Spam).await;
        decide(&node, &comment, CommentStatus::Published).await;
        decide(&node, &comment, CommentStatus::Held).await;
        assert_eq!(told(&node, &bob).await, ["Accept", "Delete", "Accept", "Delete"]);
        let ids: std::collections::HashSet<String> =
            node.made().await.iter().map(|made| made["id"].to_string()).collect();
        assert_eq!(ids.len(), node.made().await.len());
    }

    async fn a_request_that_comes_again_is_answered_again_by_the_same_activity(node: TestNode) {
        let there = node.neighbour().await;
        let bob = there.person("bob");
        let post = node.publish("Again").await;
        let note = bob.note(1, post.ap_id.as_str());
        node.accept(&ask(&bob, 1, post.ap_id.as_str(), &note)).await;
        let accept = node.made_last("Accept").await;
        let done = node.app().db.write(|conn| {
            diesel::update(deliveries::table).set(deliveries::state.eq(2)).execute(conn)?;
            Ok(())
        });
        done.await.unwrap();
        assert_eq!(due_after(&node, &accept).await, (1, 0));
        node.accept(&ask(&bob, 1, post.ap_id.as_str(), &note)).await;
        assert_eq!(due_after(&node, &accept).await, (1, 1));
        assert_eq!(told(&node, &bob).await, ["Accept"]);
        assert_eq!(requests(&node).await.len(), 1);
        assert_eq!(node.numbers(&post).await, ["1"]);
        node.accept(&bob.create(&note)).await;
        assert_eq!(told(&node, &bob).await, ["Accept"], "the reply itself asks for nothing more");
        node.accept(&ask(&bob, 2, post.ap_id.as_str(), &note)).await;
        assert_eq!(node.made_last("Accept").await["object"]["id"], bob.at("/requests/2"));
        assert_eq!(requests(&node).await.len(), 1);
    }

    async fn a_reply_that_is_only_named_is_fetched_and_then_answered(db: TestDb) {
        let (node, there, bob, post) = careful(db).await;
        let note = bob.note(1, post.ap_id.as_str());
        there.publish(&note);
        node.accept(&ask(&bob, 1, post.ap_id.as_str(), &note["id"])).await;
        let comment = node.comment(&note).await.expect("it was fetched");
        assert_eq!(requests(&node).await, [(comment.ap_id.to_string(), "waiting".into())]);
        decide(&node, &comment, CommentStatus::Published).await;
        assert_eq!(told(&node, &bob).await, ["Accept"]);
        let named = json!({ "id": note["id"] });
        node.accept(&ask(&bob, 2, post.ap_id.as_str(), &named)).await;
        assert_eq!(node.made_last("Accept").await["object"]["id"], bob.at("/requests/2"));
    }

    async fn a_request_for_a_reply_that_never_comes_is_forgotten(node: TestNode) {
        let there = node.neighbour().await;
        let bob = there.person("bob");
        let post = node.publish("Never").await;
        node.accept(&ask(&bob, 1, post.ap_id.as_str(), &json!(bob.at("/notes/404")))).await;
        assert_eq!(requests(&node).await.len(), 1);
        assert!(told(&node, &bob).await.is_empty());
        node.advance_secs(31 * 24 * 3600);
        worker::clean(&node.fed).await;
        assert!(requests(&node).await.is_empty());
    }

    async fn requests_for_replies_that_never_come_are_bounded_by_server(node: TestNode) {
        let there = node.neighbour().await;
        let bob = there.person("bob");
        let post = node.publish("Crowd").await;
        node.accept(&ask(&bob, 1, post.ap_id.as_str(), &json!(bob.at("/notes/404")))).await;
        let many = node.app().db.write(|conn| {
            let asker: i64 = reply_requests::table.select(reply_requests::actor_id).first(conn)?;
            for number in 1..500 {
                diesel::insert_into(reply_requests::table)
                    .values((
                        reply_requests::reply.eq(format!("https://far.example/{number}")),
                        reply_requests::actor_id.eq(asker),
                        reply_requests::request.eq("https://far.example/r"),
                        reply_requests::bare.eq(false),
                        reply_requests::target.eq("https://blog.example/x"),
                        reply_requests::answer.eq("waiting"),
                        reply_requests::number.eq(number),
                        reply_requests::asked_at.eq(0),
                    ))
                    .execute(conn)?;
            }
            Ok(())
        });
        many.await.unwrap();
        let next = ask(&bob, 2, post.ap_id.as_str(), &json!(bob.at("/notes/405")));
        assert_eq!(node.receive(&next).await, StatusCode::TOO_MANY_REQUESTS);
        worker::clean(&node.fed).await;
        assert_eq!(node.receive(&next).await, StatusCode::ACCEPTED);
    }

    async fn an_answer_to_our_comment_is_let_in_by_who_wrote_the_comment(node: TestNode) {
        let there = node.neighbour().await;
        let bob = there.person("bob");
        let (_, dora) = node.test.account("dora").await;
        let post = node.publish("Comments").await;
        let ours = antiphon::domain::comment::reply(node.app(), &dora, post.id, None, "Hi".into(), None).await.unwrap();
        node.drain().await;
        let note = bob.note(1, ours.ap_id.as_str());
        node.accept(&ask(&bob, 1, ours.ap_id.as_str(), &note)).await;
        let accept = node.made_last("Accept").await;
        assert_eq!(accept["actor"], dora.ap_id.as_str());
        let shown = node.get(accept["result"].as_str().unwrap()).await.json();
        assert_eq!(shown["attributedTo"], dora.ap_id.as_str());
        assert_eq!(shown["interactionTarget"], ours.ap_id.as_str());
    }

    async fn what_is_not_ours_or_not_theirs_is_not_answered(node: TestNode) {
        let (there, elsewhere) = (node.neighbour().await, node.neighbour().await);
        let (bob, eve, far) = (there.person("bob"), there.person("eve"), elsewhere.person("far"));
        let post = node.publish("Bad input").await;
        let target = post.ap_id.as_str();
        node.drain().await;
        let before = node.made().await.len();
        let (hers, foreign) = (bob.note(1, target), far.note(2, target));
        there.publish(&hers);
        elsewhere.publish(&foreign);
        let other_parent = eve.note(3, &bob.at("/notes/1"));
        let mut nothing = request(&eve, 4, target, &json!(null));
        nothing["instrument"] = json!(null);
        for (what, letter, status) in [
            ("somebody else's reply", ask(&eve, 1, target, &hers), StatusCode::FORBIDDEN),
            ("a reply elsewhere", ask(&eve, 2, target, &foreign), StatusCode::FORBIDDEN),
            ("a reply elsewhere, named", ask(&eve, 3, target, &foreign["id"]), StatusCode::FORBIDDEN),
            ("an answer to something else", ask(&eve, 5, target, &other_parent), StatusCode::BAD_REQUEST),
            ("no reply", eve.letter(nothing), StatusCode::BAD_REQUEST),
            ("nothing of ours", ask(&eve, 6, &bob.at("/notes/1"), &other_parent), StatusCode::ACCEPTED),
            ("no such post", ask(&eve, 7, "https://blog.example/ap/posts/1", &eve.note(7, "https://blog.example/ap/posts/1")), StatusCode::ACCEPTED),
            ("an actor of ours", ask(&eve, 8, node.alice(), &eve.note(8, node.alice())), StatusCode::ACCEPTED),
            ("a private reply", ask(&eve, 9, target, &eve.note_to(9, target, node.alice())), StatusCode::ACCEPTED),
            ("a strange reply", ask(&eve, 10, target, &json!({"id": eve.at("/x"), "type": 7, "inReplyTo": target})), StatusCode::ACCEPTED),
            ("a list of numbers", ask(&eve, 11, target, &json!([1, 2])), StatusCode::BAD_REQUEST),
        ] {
            assert_eq!(node.receive(&letter).await, status, "{what}");
            node.drain().await;
            assert_eq!(node.made().await.len(), before, "{what}");
        }
        assert!(requests(&node).await.is_empty());
        let named = ask(&eve, 12, target, &hers["id"]);
        node.accept(&named).await;
        assert!(node.comment(&hers).await.is_some(), "it is a reply all the same");
        assert!(told(&node, &eve).await.is_empty() && told(&node, &bob).await.is_empty());
        assert_eq!(node.jobs().await, 0);
    }

    async fn a_huge_request_is_refused_and_a_long_reply_cut(node: TestNode) {
        let there = node.neighbour().await;
        let bob = there.person("bob");
        let post = node.publish("Huge").await;
        let mut note = bob.note(1, post.ap_id.as_str());
        note["content"] = json!("x".repeat(1024 * 1024));
        let status = node.receive(&ask(&bob, 1, post.ap_id.as_str(), &note)).await;
        assert_eq!(status, StatusCode::PAYLOAD_TOO_LARGE);
        note["content"] = json!("x".repeat(500_000));
        node.accept(&ask(&bob, 1, post.ap_id.as_str(), &note)).await;
        assert_eq!(told(&node, &bob).await, ["Accept"]);
        assert!(node.comment(&note).await.unwrap().html.as_str().len() <= 256 * 1024);
    }

    async fn gotosocials_bare_reply_gets_an_accept_of_the_reply(db: TestDb) {
        let (node, _there, bob, post) = careful(db).await;
        let rules = json!({"canReply": {"always": [PUBLIC], "approvalRequired": []}});
        let mut first = bob.note(1, post.ap_id.as_str());
        first["interactionPolicy"] = rules.clone();
        let mut second = bob.note(2, post.ap_id.as_str());
        second["interactionPolicy"] = rules;
        node.accept(&bob.create(&first)).await;
        node.accept(&bob.create(&second)).await;
        assert!(told(&node, &bob).await.is_empty());
        let (one, two) = (node.comment(&first).await.unwrap(), node.comment(&second).await.unwrap());
        decide(&node, &one, CommentStatus::Published).await;
        let accept = node.made_last("Accept").await;
        assert_eq!(accept["object"], first["id"]);
        assert_eq!(accept["result"], authorization(&one));
        assert_eq!(accept["to"], json!([bob.id]));
        assert_eq!(accept["cc"], json!([PUBLIC, format!("{}/followers", node.alice())]));
        assert_eq!(node.get(&authorization(&one)).await.json()["interactingObject"], first["id"]);
        decide(&node, &two, CommentStatus::Trash).await;
        let reject = node.made_last("Reject").await;
        assert_eq!((&reject["object"], &reject["result"]), (&second["id"], &Value::Null));
        decide(&node, &one, CommentStatus::Spam).await;
        assert_eq!(node.made_last("Reject").await["object"], first["id"]);
        node.accept(&bob.create(&first)).await;
        assert_eq!(told(&node, &bob).await, ["Accept", "Reject", "Reject"]);
    }

    async fn a_bare_reply_of_all_others_gets_no_answer(node: TestNode) {
        let there = node.neighbour().await;
        let bob = there.person("bob");
        let post = node.publish("Bare").await;
        let mut mastodon = bob.note(2, post.ap_id.as_str());
        mastodon["interactionPolicy"] = json!({"canQuote": {"automaticApproval": [PUBLIC]}});
        let mut approved = bob.note(3, post.ap_id.as_str());
        approved["interactionPolicy"] = json!({"canReply": {"always": [PUBLIC]}});
        approved["approvedBy"] = json!("https://blog.example/ap/comments/1/authorization");
        for note in [bob.note(1, post.ap_id.as_str()), mastodon, approved] {
            let comment = node.accept_reply(&bob, &note).await;
            assert!(comment.is_public());
            assert_eq!(node.get(&authorization(&comment)).await.status, StatusCode::NOT_FOUND);
        }
        assert!(told(&node, &bob).await.is_empty() && requests(&node).await.is_empty());
    }

    async fn a_deleted_reply_takes_its_request_and_authorization_along(node: TestNode) {
        let there = node.neighbour().await;
        let bob = there.person("bob");
        let post = node.publish("Deleted").await;
        let note = bob.note(1, post.ap_id.as_str());
        node.accept(&ask(&bob, 1, post.ap_id.as_str(), &note)).await;
        let comment = node.comment(&note).await.unwrap();
        node.accept(&bob.tell("Delete", note["id"].as_str().unwrap())).await;
        assert!(requests(&node).await.is_empty());
        assert_eq!(node.get(&authorization(&comment)).await.status, StatusCode::NOT_FOUND);
        node.accept(&ask(&bob, 2, post.ap_id.as_str(), &note)).await;
        assert_eq!(told(&node, &bob).await, ["Accept"], "what its author deleted stays gone");
    }

    async fn in_secure_mode_an_authorization_is_shown_to_those_who_sign(db: TestDb) {
        let builder = TestApp::builder().configure(|config| config.federation.secure_mode = true);
        let node = TestNode::quiet(builder, db).await;
        let there = node.neighbour().await;
        let bob = there.person("bob");
        let post = node.publish("Secure").await;
        let note = bob.note(1, post.ap_id.as_str());
        node.accept(&ask(&bob, 1, post.ap_id.as_str(), &note)).await;
        let comment = node.comment(&note).await.unwrap();
        assert_eq!(node.get(&authorization(&comment)).await.status, StatusCode::UNAUTHORIZED);
    }

    async fn no_authorization_is_shown_of_what_nobody_asked_for(node: TestNode) {
        let there = node.neighbour().await;
        let bob = there.person("bob");
        let post = node.publish("Unasked").await;
        let comment = node.accept_reply(&bob, &bob.note(1, post.ap_id.as_str())).await;
        for id in [comment.id.to_string(), "1".into(), "x".into(), "-7".into()] {
            let answer = node.get(&format!("https://blog.example/ap/comments/{id}/authorization")).await;
            assert_eq!(answer.status, StatusCode::NOT_FOUND, "{id}");
        }
    }
}
