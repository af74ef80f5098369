//! What other servers really send, by platform: `tests/fixtures/activities/<platform>/`. All of it goes through the real
//! inbox, none of it may be refused, and what is stored is the same on both databases (`stored.snap` beside it).
//!
//! `actor.json` is the sender; the numbered files are its activities, in order; `served/` is what its server shows. In
//! them `{{host}}` is that server, `{{post}}` a post here, `{{alice}}` its author and `{{pem}}` the sender's key.

use std::collections::HashMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use antiphon::db::Conn;
use antiphon::db::schema::{actors, comments, followers, notifications, reactions, talk};
use antiphon::domain::actor::Actor;
use antiphon::domain::comment::Comment;
use antiphon::types::{ApUrl, Id};
use diesel::prelude::*;
use serde_json::Value;
use url::{Position, Url};

use crate::support::{FakeInstance, Person, TestNode, both_databases};

/// The platforms that sign by RFC 9421 first.
const RFC9421_FIRST: [&str; 2] = ["ghost", "fedify"];

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/activities")
}

/// The JSON files of a folder, in the order of their names.
fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).into_iter().flatten();
    let mut files: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    files.retain(|path| path.extension().is_some_and(|ending| ending == "json"));
    files.sort();
    files
}

/// A platform's server, its sender, and the words its files leave open.
struct Scene {
    there: FakeInstance,
    sender: Person,
    /// The groups that its server shows beside the sender.
    groups: Vec<String>,
    words: Vec<(&'static str, String)>,
}

impl Scene {
    async fn set(node: &TestNode, folder: &Path) -> Self {
        let there = node.neighbour().await;
        let post = node.publish("Fixtures").await;
        let sender = there.stranger("bob");
        let pem = sender.public_key()["publicKeyPem"].to_string();
        let words = vec![
            ("{{host}}", there.url.clone()),
            ("{{post}}", post.ap_id.to_string()),
            ("{{alice}}", node.alice().to_owned()),
            ("{{pem}}", pem.trim_matches('"').to_owned()),
        ];
        let mut scene = Self {
            there,
            sender,
            groups: Vec::new(),
            words,
        };
        let actor = scene.read(&folder.join("actor.json"));
        scene.sender.id = text(&actor["id"]);
        scene.sender.key_id = text(&actor["publicKey"]["id"]);
        scene.serve(&actor);
        for file in files(&folder.join("served")) {
            let document = scene.read(&file);
            scene.serve(&document);
            if document["type"] == "Group" {
                scene.groups.push(text(&document["id"]));
            }
        }
        scene
    }

    /// Who sends an activity: the sender, or a group that its server shows.
    fn by(&self, actor: &Value) -> Person {
        let mut sender = self.sender.clone();
        if let Some(group) = self.groups.iter().find(|group| actor == group.as_str()) {
            sender.id.clone_from(group);
            sender.key_id = format!("{group}#main-key");
        }
        sender
    }

    fn read(&self, file: &Path) -> Value {
        let mut content = std::fs::read_to_string(file).unwrap();
        for (word, value) in &self.words {
            content = content.replace(word, value);
        }
        serde_json::from_str(&content).unwrap_or_else(|e| panic!("{}: {e}", file.display()))
    }

    fn serve(&self, document: &Value) {
        // GtS shows a stub of the actor at its key's address.
        let at = document.get("servedAt").unwrap_or(&document["id"]);
        let url = Url::parse(&text(at)).unwrap();
        self.there
            .publish_at(&url[Position::BeforePath..], document);
    }

    /// What differs from run to run, named again.
    fn settle(&self, text: &str) -> String {
        let open = self.words.iter().filter(|(word, _)| *word != "{{pem}}");
        open.fold(text.to_owned(), |text, (word, value)| {
            text.replace(value, word)
        })
    }
}

fn text(value: &Value) -> String {
    value.as_str().unwrap().to_owned()
}

/// Sends all that a platform has, and compares what is stored of it.
async fn all_is_taken(node: &TestNode, platform: &str) {
    let folder = folder().join(platform);
    let scene = Scene::set(node, &folder).await;
    for file in files(&folder)
        .into_iter()
        .filter(|file| !file.ends_with("actor.json"))
    {
        let activity = scene.read(&file);
        let mut letter = scene.by(&activity["actor"]).letter(activity.clone());
        if RFC9421_FIRST.contains(&platform) {
            letter = letter.rfc9421();
        }
        let request = letter.request(&node.inbox(), node.app().now()).await;
        let answer = node.ask(request).await;
        assert_eq!(
            answer.status.as_u16(),
            202,
            "{}: {}",
            file.display(),
            answer.text
        );
        node.drain().await;
    }
    assert_eq!(node.jobs_but_readings().await, 0);
    let stored = node.app().db.read(|conn| Ok(describe(conn))).await.unwrap();
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path(&folder);
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(|| insta::assert_snapshot!("stored", scene.settle(&stored)));
}

/// The rows that matter, one a line, in an order of their own.
fn describe(conn: &mut Conn) -> String {
    let people: Vec<Actor> = actors::table.select(Actor::as_select()).load(conn).unwrap();
    let names: HashMap<Id<Actor>, ApUrl> = people
        .iter()
        .map(|person| (person.id, person.ap_id.clone()))
        .collect();
    let mut lines: Vec<String> = people
        .iter()
        .filter(|person| !person.local)
        .map(person_line)
        .collect();
    let said: Vec<Comment> = comments::table
        .select(Comment::as_select())
        .load(conn)
        .unwrap();
    let ids: HashMap<Id<Comment>, ApUrl> = said
        .iter()
        .map(|comment| (comment.id, comment.ap_id.clone()))
        .collect();
    lines.extend(
        said.iter()
            .map(|comment| comment_line(comment, &names, &ids)),
    );
    let done: Vec<(String, String, Id<Actor>, ApUrl)> = reactions::table
        .select((
            reactions::kind,
            reactions::emoji,
            reactions::actor_id,
            reactions::target_ap_id,
        ))
        .load(conn)
        .unwrap();
    lines.extend(
        done.iter()
            .map(|(kind, emoji, who, what)| format!("{kind}{emoji} of {what} by {}", names[who])),
    );
    let spoken: Vec<(String, ApUrl, ApUrl, Option<ApUrl>, String)> = talk::table
        .select((
            talk::kind,
            talk::ap_id,
            talk::target_ap_id,
            talk::request,
            talk::excerpt,
        ))
        .load(conn)
        .unwrap();
    lines.extend(spoken.iter().map(|(kind, id, of, request, text)| {
        let asked = request.as_ref().map_or("-", ApUrl::as_str);
        format!("{kind} of {of} in {id} asked {asked}: {text:?}")
    }));
    let told: Vec<(String, ApUrl, String)> = notifications::table
        .select((
            notifications::kind,
            notifications::object,
            notifications::excerpt,
        ))
        .load(conn)
        .unwrap();
    lines.extend(
        told.iter()
            .map(|(kind, object, text)| format!("told of a {kind} in {object}: {text:?}")),
    );
    let follows: Vec<(Id<Actor>, ApUrl)> = followers::table
        .select((followers::follower_id, followers::follow_ap_id))
        .load(conn)
        .unwrap();
    lines.extend(follows.iter().map(|(who, id)| {
        // An id made of the bytes differs from run to run.
        let made = id
            .as_str()
            .rsplit_once('#')
            .filter(|(_, hash)| hash.len() == 43);
        let id = made.map_or(id.as_str(), |(actor, _)| actor);
        format!("follower {} by {id}", names[who])
    }));
    lines.sort();
    lines.join("\n")
}

fn person_line(person: &Actor) -> String {
    let shared = person.shared_inbox.as_ref().map_or("-", ApUrl::as_str);
    format!(
        "actor {} {} {:?} {:?} page {} inbox {} shared {shared}",
        person.ap_id,
        person.kind,
        person.name,
        person.summary.as_str(),
        person.url,
        person.inbox
    )
}

fn comment_line(
    comment: &Comment,
    names: &HashMap<Id<Actor>, ApUrl>,
    ids: &HashMap<Id<Comment>, ApUrl>,
) -> String {
    let below = comment
        .parent_id
        .map_or("the post", |parent| ids[&parent].as_str());
    let mut line = format!(
        "comment {} by {} below {below}",
        comment.ap_id, names[&comment.actor_id]
    );
    let edited = comment
        .edited_at
        .map_or_else(|| "-".into(), antiphon::types::Timestamp::rfc3339);
    let _ = write!(
        line,
        ": {} {} {} {edited} page {} {:?} {}",
        comment.status,
        comment.visibility,
        comment.published_at.rfc3339(),
        comment.url,
        comment.language,
        comment.html
    );
    line
}

#[test]
fn every_platform_with_fixtures_has_its_test() {
    let source = include_str!("platforms.rs");
    for entry in std::fs::read_dir(folder()).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        assert!(source.contains(&format!("\"{name}\").await")), "{name}");
    }
}

both_databases! {
    async fn what_bridgyfed_sends_is_taken(node: TestNode) {
        all_is_taken(&node, "bridgyfed").await;
    }

    async fn what_discourse_sends_is_taken(node: TestNode) {
        all_is_taken(&node, "discourse").await;
    }

    async fn what_fedify_sends_is_taken(node: TestNode) {
        all_is_taken(&node, "fedify").await;
    }

    async fn what_friendica_sends_is_taken(node: TestNode) {
        all_is_taken(&node, "friendica").await;
    }

    async fn what_ghost_sends_is_taken(node: TestNode) {
        all_is_taken(&node, "ghost").await;
    }

    async fn what_gnusocial_sends_is_taken(node: TestNode) {
        all_is_taken(&node, "gnusocial").await;
    }

    async fn what_gotosocial_sends_is_taken(node: TestNode) {
        all_is_taken(&node, "gotosocial").await;
    }

    async fn what_hubzilla_sends_is_taken(node: TestNode) {
        all_is_taken(&node, "hubzilla").await;
    }

    async fn what_lemmy_sends_is_taken(node: TestNode) {
        all_is_taken(&node, "lemmy").await;
    }

    async fn what_lotide_sends_is_taken(node: TestNode) {
        all_is_taken(&node, "lotide").await;
    }

    async fn what_mastodon_sends_is_taken(node: TestNode) {
        all_is_taken(&node, "mastodon").await;
    }

    async fn what_mbin_sends_is_taken(node: TestNode) {
        all_is_taken(&node, "mbin").await;
    }

    async fn what_misskey_sends_is_taken(node: TestNode) {
        all_is_taken(&node, "misskey").await;
    }

    async fn what_mitra_sends_is_taken(node: TestNode) {
        all_is_taken(&node, "mitra").await;
    }

    async fn what_nodebb_sends_is_taken(node: TestNode) {
        all_is_taken(&node, "nodebb").await;
    }

    async fn what_peertube_sends_is_taken(node: TestNode) {
        all_is_taken(&node, "peertube").await;
    }

    async fn what_piefed_sends_is_taken(node: TestNode) {
        all_is_taken(&node, "piefed").await;
    }

    async fn what_pixelfed_sends_is_taken(node: TestNode) {
        all_is_taken(&node, "pixelfed").await;
    }

    async fn what_pleroma_sends_is_taken(node: TestNode) {
        all_is_taken(&node, "pleroma").await;
    }

    async fn what_sharkey_sends_is_taken(node: TestNode) {
        all_is_taken(&node, "sharkey").await;
    }

    async fn what_smithereen_sends_is_taken(node: TestNode) {
        all_is_taken(&node, "smithereen").await;
    }

    async fn what_threads_sends_is_taken(node: TestNode) {
        all_is_taken(&node, "threads").await;
    }

    async fn what_wordpress_sends_is_taken(node: TestNode) {
        all_is_taken(&node, "wordpress").await;
    }

}
