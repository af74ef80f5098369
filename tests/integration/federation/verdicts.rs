//! Every message leaves a verdict: a row of what it became, or a note of why it became nothing. Bounded, and without a word
//! of what stood in it.

use antiphon::config::{Config, Moderation};
use antiphon::db::Conn;
use antiphon::domain::comment::locate::locate;
use antiphon::domain::comment::{Fate, Outcome};
use antiphon::domain::screening::Rule;
use antiphon::domain::verdict::{self, Note, Verdict};
use antiphon::domain::visibility::CommentStatus;
use antiphon::federation::reason::Reason;
use antiphon::types::{ApUrl, Timestamp};
use antiphon::worker;
use http::StatusCode;
use serde_json::{Value, json};

use crate::support::{
    Fault, Flaw, Letter, Person, TestApp, TestDb, TestNode, both_databases, until,
};

/// What goes wrong with a letter.
type Change = fn(Letter) -> Letter;

/// What the node knows of an address, without looking elsewhere.
async fn known(node: &TestNode, address: &str) -> Fate {
    locate(node.app(), &ApUrl::new(address)).await.unwrap()
}

async fn fate(node: &TestNode, note: &Value) -> Fate {
    known(node, note["id"].as_str().unwrap()).await
}

async fn assert_fate(node: &TestNode, note: &Value, outcome: Outcome, code: Option<&str>) {
    let found = fate(node, note).await;
    assert_eq!(
        (found.outcome, found.code.as_deref()),
        (outcome, code),
        "{note}"
    );
    assert_eq!(found.seen_at, Some(node.app().now()), "{note}");
}

/// How many rows there are, as they stand on the disk.
async fn rows(node: &TestNode) -> i64 {
    node.app().db.read(verdict::count).await.unwrap()
}

fn few(config: &mut Config) {
    config.discussion.verdicts = 5;
}

/// A note as other parts of the node leave it.
fn noted(host: &str, number: usize, at: Timestamp) -> Note {
    let id = ApUrl::new(format!("https://{host}/{number}"));
    Note::new(id, Verdict::Refused, "signature_missing", at).unwrap()
}

fn private(bob: &Person, number: u32, node: &TestNode, parent: &str) -> Value {
    bob.note_to(number, parent, node.alice())
}

both_databases! {
    async fn what_was_taken_says_itself_what_became_of_it(node: TestNode) {
        let (there, elsewhere) = (node.neighbour().await, node.neighbour().await);
        let (bob, carol) = (there.person("bob"), elsewhere.person("carol"));
        let post = node.publish("Talk").await;
        let note = bob.note(1, post.ap_id.as_str());
        let create = bob.create(&note);
        for _ in 0..2 {
            node.accept(&create).await;
            let found = fate(&node, &note).await;
            assert_eq!(found.outcome, Outcome::Published);
            assert_eq!(found.place, Some(format!("{}/comments/1#comment-1", post.url)));
            assert_eq!(found.comment, node.comment(&note).await.map(|row| row.id));
        }
        let activity = bob.activity("Create", note.clone());
        assert_fate(&node, &activity, Outcome::Accepted, None).await;
        let like = bob.activity("Like", json!(post.ap_id));
        node.accept(&bob.letter(like.clone())).await;
        assert_fate(&node, &like, Outcome::Accepted, None).await;

        let above = carol.note(2, post.ap_id.as_str());
        let waiting = bob.note(3, above["id"].as_str().unwrap());
        node.accept(&bob.create(&waiting)).await;
        assert_fate(&node, &waiting, Outcome::Waiting, None).await;
        assert_eq!(fate(&node, &waiting).await.parent.unwrap().as_str(), above["id"]);

        node.accept(&bob.tell("Delete", note["id"].as_str().unwrap())).await;
        assert_fate(&node, &note, Outcome::Deleted, None).await;
        let early = bob.note(4, post.ap_id.as_str());
        node.accept(&bob.tell("Delete", early["id"].as_str().unwrap())).await;
        assert_fate(&node, &early, Outcome::Deleted, None).await;
        assert_eq!(fate(&node, &bob.note(99, "")).await.outcome, Outcome::Unknown);
    }

    async fn a_held_reply_names_the_rule_that_held_it(db: TestDb) {
        let node = TestNode::quiet(TestApp::builder().moderation(Moderation::All), db).await;
        let there = node.neighbour().await;
        let bob = there.person("bob");
        let post = node.publish("Talk").await;
        let first = bob.note(1, post.ap_id.as_str());
        let held = node.accept_reply(&bob, &first).await;
        let found = fate(&node, &first).await;
        assert_eq!((found.outcome, found.rule, found.place), (Outcome::Held, Some(Rule::All), None));
        let below = bob.note(2, first["id"].as_str().unwrap());
        let below_held = node.accept_reply(&bob, &below).await;
        node.decide(&below_held, CommentStatus::Published).await;
        let found = fate(&node, &below).await;
        assert_eq!((found.outcome, found.code.as_deref()), (Outcome::Held, Some("above_hidden")));
        for (status, outcome) in [
            (CommentStatus::Spam, Outcome::Spam),
            (CommentStatus::Trash, Outcome::Trash),
            (CommentStatus::Published, Outcome::Published),
        ] {
            node.decide(&held, status).await;
            assert_eq!(fate(&node, &first).await.outcome, outcome);
        }
        assert_eq!(rows(&node).await, 0);
    }

    async fn a_first_reply_names_its_rule(db: TestDb) {
        let node = TestNode::quiet(TestApp::builder().moderation(Moderation::Known), db).await;
        let there = node.neighbour().await;
        let bob = there.person("bob");
        let post = node.publish("Talk").await;
        let first = bob.note(1, post.ap_id.as_str());
        node.accept_reply(&bob, &first).await;
        assert_eq!(fate(&node, &first).await.rule, Some(Rule::First));
    }

    async fn what_does_nothing_here_leaves_a_note_of_why(node: TestNode) {
        let there = node.neighbour().await;
        let bob = there.person("bob");
        let post = node.publish("Talk").await;
        let id = post.ap_id.as_str();
        let secret = private(&bob, 1, &node, id);
        node.accept(&bob.create(&secret)).await;
        assert_fate(&node, &secret, Outcome::Private, None).await;

        let astray = bob.note(2, "https://blog.example/ap/posts/77");
        node.accept(&bob.create(&astray)).await;
        assert_fate(&node, &astray, Outcome::Ignored, Some("nothing_of_ours")).await;

        let mut vote = bob.note(3, id);
        vote["content"] = json!(null);
        vote["name"] = json!("yes");
        node.accept(&bob.create(&vote)).await;
        assert_fate(&node, &vote, Outcome::Ignored, Some("no_comment")).await;

        let view = bob.activity("View", json!(id));
        node.accept(&bob.letter(view.clone())).await;
        assert_fate(&node, &view, Outcome::Ignored, Some("unknown_type")).await;

        let mut root = bob.note(4, "");
        root["inReplyTo"] = json!(null);
        there.publish(&root);
        let reply = bob.note(5, root["id"].as_str().unwrap());
        node.accept(&bob.create(&reply)).await;
        assert_fate(&node, &reply, Outcome::Ignored, Some("nothing_of_ours")).await;

        let mut named = bob.note(6, id);
        named["url"] = json!(format!("{}/@bob/6", there.url));
        named["inReplyTo"] = json!("https://blog.example/ap/posts/77");
        node.accept(&bob.create(&named)).await;
        let by_page = known(&node, named["url"].as_str().unwrap()).await;
        assert_eq!(by_page.code.as_deref(), Some("nothing_of_ours"));
    }

    async fn what_is_fetched_leaves_a_note_too(node: TestNode) {
        let (there, elsewhere) = (node.neighbour().await, node.neighbour().await);
        let (bob, carol) = (there.person("bob"), elsewhere.person("carol"));
        let post = node.publish("Talk").await;
        let secret = private(&carol, 1, &node, post.ap_id.as_str());
        elsewhere.publish(&secret);
        let gone = carol.note(2, post.ap_id.as_str());
        for note in [&secret, &gone] {
            node.accept(&bob.tell("Create", note["id"].as_str().unwrap())).await;
        }
        assert_fate(&node, &secret, Outcome::Private, None).await;
        assert_fate(&node, &gone, Outcome::Unknown, Some("not_found")).await;
    }

    async fn a_refused_message_leaves_the_reason_by_its_ids_alone(node: TestNode) {
        let there = node.neighbour().await;
        let bob = there.person("bob");
        let (gone, unreachable) = (there.person("gone"), there.person("unreachable"));
        there.fail(&gone.id, Fault::Status(410));
        there.fail(&unreachable.id, Fault::Status(500));
        let post = node.publish("Talk").await;
        let cases: [(&str, &Person, Change); 9] = [
            ("signature_missing", &bob, |letter| letter.flawed(Flaw::Unsigned)),
            ("signature_malformed", &bob, |letter| letter.flawed(Flaw::Garbled)),
            ("signature_digest", &bob, |letter| letter.flawed(Flaw::WrongDigest)),
            ("signature_mismatch", &bob, |letter| letter.flawed(Flaw::OtherKey)),
            ("signature_host", &bob, |letter| letter.flawed(Flaw::OtherHost)),
            ("signature_window", &bob, |letter| letter.aged(13 * 3600)),
            ("media_type", &bob, |letter| letter.called("text/html")),
            ("key_gone", &gone, |letter| letter),
            ("key_unreachable", &unreachable, |letter| letter),
        ];
        for (number, (reason, sender, change)) in (1..).zip(cases) {
            let note = sender.note(number, post.ap_id.as_str());
            let status = node.receive(&change(sender.create(&note))).await;
            assert!(status.is_client_error() || status == StatusCode::SERVICE_UNAVAILABLE);
            assert_fate(&node, &note, Outcome::Refused, Some(reason)).await;
        }
        let mut forged = bob.note(50, post.ap_id.as_str());
        forged["attributedTo"] = json!(there.person("eve").id);
        node.receive(&bob.create(&forged)).await;
        assert_fate(&node, &forged, Outcome::Refused, Some("not_author")).await;
        let unread = bob.create(&bob.note(51, "")).body("nonsense");
        let before = rows(&node).await;
        assert_eq!(node.receive(&unread).await, StatusCode::BAD_REQUEST);
        node.drain().await;
        assert_eq!(rows(&node).await, before, "what names nothing leaves nothing");
    }

    async fn a_blocked_server_is_told_so_and_nothing_else(node: TestNode) {
        let there = node.neighbour().await;
        let bob = there.person("bob");
        let post = node.publish("Talk").await;
        let (here, refused) = (bob.note(1, post.ap_id.as_str()), bob.note(2, post.ap_id.as_str()));
        node.accept_reply(&bob, &here).await;
        node.block(there.host()).await;
        assert_eq!(node.receive(&bob.create(&refused)).await, StatusCode::FORBIDDEN);
        for note in [&here, &refused, &bob.note(3, "")] {
            assert_eq!(fate(&node, note).await.outcome, Outcome::Blocked);
        }
    }

    async fn what_is_only_said_never_replaces_what_is_proven(node: TestNode) {
        let there = node.neighbour().await;
        let bob = there.person("bob");
        let post = node.publish("Talk").await;
        let secret = private(&bob, 1, &node, post.ap_id.as_str());
        let forged = bob.create(&secret).flawed(Flaw::Unsigned);
        node.receive(&forged).await;
        assert_fate(&node, &secret, Outcome::Refused, Some("signature_missing")).await;
        node.accept(&bob.create(&secret)).await;
        assert_fate(&node, &secret, Outcome::Private, None).await;
        node.receive(&forged).await;
        assert_fate(&node, &secret, Outcome::Private, None).await;
        assert_eq!(rows(&node).await, 1);
    }

    async fn somebody_elses_message_leaves_no_verdict_about_a_reply(node: TestNode) {
        let (there, elsewhere) = (node.neighbour().await, node.neighbour().await);
        let (bob, eve) = (there.person("bob"), elsewhere.person("eve"));
        let note = bob.note(1, "https://blog.example/ap/posts/77");
        let announce = eve.activity("Announce", json!(note["id"]));
        node.accept(&eve.letter(announce.clone())).await;
        assert_eq!(fate(&node, &note).await.outcome, Outcome::Unknown);
        assert_fate(&node, &announce, Outcome::Ignored, Some("nothing_of_ours")).await;
    }

    async fn refusing_writes_nothing_until_the_notes_are_written_together(node: TestNode) {
        let there = node.neighbour().await;
        let bob = there.person("bob");
        for number in 1..=20 {
            let note = bob.note(number, "https://blog.example/ap/posts/77");
            node.receive(&bob.create(&note).flawed(Flaw::Unsigned)).await;
        }
        assert_eq!(rows(&node).await, 0);
        verdict::flush(node.app()).await.unwrap();
        assert_eq!(rows(&node).await, 20);
    }

    async fn a_running_node_writes_its_notes_down_and_the_last_ones_when_it_stops(db: TestDb) {
        let mut node = TestNode::start(TestApp::builder(), db).await;
        let there = node.neighbour().await;
        let bob = there.person("bob");
        let say = async |number| {
            let note = bob.note(number, "https://blog.example/ap/posts/77");
            node.receive(&bob.create(&note).flawed(Flaw::Unsigned)).await;
        };
        say(1).await;
        until("the note is written down", async || (rows(&node).await == 1).then_some(())).await;
        say(2).await;
        node.stop().await;
        assert_eq!(rows(&node).await, 2);
    }

    async fn notes_are_bounded_and_what_is_only_said_goes_first(db: TestDb) {
        let node = TestNode::quiet(TestApp::builder().configure(few), db).await;
        let (app, now) = (node.app(), node.app().now());
        app.verdicts.note(noted("old.example", 0, now.plus_secs(-900)).proven());
        for number in 0..8 {
            let at = now.plus_secs(i64::try_from(number).unwrap());
            app.verdicts.note(noted("far.example", number, at));
            verdict::flush(app).await.unwrap();
        }
        assert_eq!(rows(&node).await, 5);
        for (address, outcome) in [
            ("https://old.example/0", Outcome::Refused),
            ("https://far.example/3", Outcome::Unknown),
            ("https://far.example/4", Outcome::Refused),
            ("https://far.example/7", Outcome::Refused),
        ] {
            assert_eq!(known(&node, address).await.outcome, outcome, "{address}");
        }
        for number in 0..8 {
            app.verdicts.note(noted("near.example", number, now.plus_secs(50)).proven());
        }
        verdict::flush(app).await.unwrap();
        assert_eq!(rows(&node).await, 5);
        assert_eq!(known(&node, "https://old.example/0").await.outcome, Outcome::Unknown);
    }

    async fn one_server_cannot_fill_the_notes_with_claims(node: TestNode) {
        let (app, now) = (node.app(), node.app().now());
        for round in 0..2 {
            for number in 0..900 {
                let at = now.plus_secs(i64::from(round));
                app.verdicts.note(noted("loud.example", usize::try_from(round).unwrap() * 900 + number, at));
            }
            app.verdicts.note(noted("quiet.example", 1, now));
            verdict::flush(app).await.unwrap();
        }
        assert_eq!(rows(&node).await, 1_001);
        assert_eq!(known(&node, "https://loud.example/1799").await.outcome, Outcome::Refused);
        assert_eq!(known(&node, "https://quiet.example/1").await.outcome, Outcome::Refused);
    }

    async fn old_notes_are_cleaned_away(node: TestNode) {
        let app = node.app();
        app.verdicts.note(noted("far.example", 1, app.now()));
        verdict::flush(app).await.unwrap();
        node.advance_secs(29 * 86_400);
        worker::clean(&node.fed).await;
        assert_eq!(rows(&node).await, 1);
        node.advance_secs(2 * 86_400);
        worker::clean(&node.fed).await;
        assert_eq!(rows(&node).await, 0);
    }

    async fn a_note_holds_nothing_of_what_was_said(node: TestNode) {
        let there = node.neighbour().await;
        let bob = there.person("bob");
        let post = node.publish("Talk").await;
        let mut secret = private(&bob, 1, &node, post.ap_id.as_str());
        secret["url"] = json!(format!("{}/@bob/secret-title", there.url));
        node.accept(&bob.create(&secret)).await;
        let id = ApUrl::new(secret["id"].as_str().unwrap());
        let row = node.app().db.read(move |conn: &mut Conn| verdict::load(conn, &id)).await.unwrap().unwrap();
        assert!(row.proven);
        assert_eq!(row.page, None, "the page of what is private is not kept");
        let fate = known(&node, secret["url"].as_str().unwrap()).await;
        assert_eq!(fate.outcome, Outcome::Unknown);
    }
}

#[test]
fn every_reason_has_a_sentence_of_its_own() {
    let sentences: Vec<&str> = Reason::ALL
        .iter()
        .map(|reason| verdict::sentence(reason.as_str()))
        .collect();
    let different: std::collections::HashSet<_> = sentences.iter().collect();
    assert_eq!(different.len(), Reason::ALL.len(), "{sentences:?}");
    assert!(!different.contains(&verdict::sentence("nonsense")));
}
