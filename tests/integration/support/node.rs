//! A whole node for one test: with its routes and its jobs, and, when started, with its listener and its loops.

use std::sync::Arc;

use antiphon::app::App;
use antiphon::config::Config;
use antiphon::db::schema::{activities, deliveries, jobs, parked};
use antiphon::domain::comment::thread;
use antiphon::domain::comment::{self, Comment};
use antiphon::domain::delivery::{self, Totals};
use antiphon::domain::follower;
use antiphon::domain::moderation;
use antiphon::domain::post::{self, NewPost, Post, page};
use antiphon::domain::visibility::CommentStatus;
use antiphon::federation::Federation;
use antiphon::server::{self, Running};
use antiphon::types::{ApUrl, Host, Id, Timestamp};
use antiphon::worker;
use axum::body::{Body, to_bytes};
use diesel::dsl::min;
use diesel::prelude::*;
use http::{Request, StatusCode};
use serde_json::Value;
use tokio::net::TcpListener;
use tower::ServiceExt;
use url::Url;

use super::app::Builder;
use super::{Answer, FakeInstance, Fixture, Letter, Person, TestApp, TestDb};

/// A node. Quiet, it does only what it is told and its clock stands still; started, it listens on loopback and works.
pub(crate) struct TestNode {
    /// Its parts and its account `alice`.
    pub(crate) test: TestApp,
    /// Its federation.
    pub(crate) fed: Arc<Federation>,
    /// Its loops, when it was started.
    running: Option<Running>,
}

impl Fixture for TestNode {
    async fn on(db: TestDb) -> Self {
        Self::quiet(TestApp::builder(), db).await
    }
}

impl TestNode {
    /// A node that does only what it is told.
    pub(crate) async fn quiet(builder: Builder, db: TestDb) -> Self {
        let test = builder.build(db).await;
        let fed = Federation::new(Arc::clone(&test.app)).await.unwrap();
        Self {
            test,
            fed,
            running: None,
        }
    }

    /// A node that listens on `http://localhost:PORT`, delivers and works.
    pub(crate) async fn start(builder: Builder, db: TestDb) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let builder = builder.url(&format!("http://localhost:{port}"));
        let mut node = Self::quiet(builder, db).await;
        let running = server::start(Arc::clone(&node.fed), listener)
            .await
            .unwrap();
        node.running = Some(running);
        node
    }

    /// Stops what was started, as SIGTERM does.
    pub(crate) async fn stop(&mut self) {
        if let Some(running) = self.running.take() {
            running.stop().await;
        }
    }

    /// The node's parts.
    pub(crate) fn app(&self) -> &App {
        &self.test.app
    }

    /// The id of its account `alice`.
    pub(crate) fn alice(&self) -> &str {
        self.test.alice.ap_id.as_str()
    }

    /// A fake server that lives by this node's clock.
    pub(crate) async fn neighbour(&self) -> FakeInstance {
        FakeInstance::start(&self.app().clock).await
    }

    /// A request to the whole node, without a network.
    pub(crate) async fn ask(&self, request: Request<Body>) -> Answer {
        let router = server::router(Arc::clone(&self.fed));
        let answer = router.oneshot(request).await.unwrap();
        let (parts, body) = answer.into_parts();
        let body = to_bytes(body, usize::MAX).await.unwrap();
        Answer {
            status: parts.status,
            headers: parts.headers,
            text: String::from_utf8_lossy(&body).into_owned(),
        }
    }

    /// Asks for an address here as ActivityStreams.
    pub(crate) async fn get(&self, address: &str) -> Answer {
        self.get_as(address, "application/activity+json").await
    }

    /// Asks for an address here.
    pub(crate) async fn get_as(&self, address: &str, accept: &str) -> Answer {
        let site = &self.app().config.site.url;
        let path = address.strip_prefix(site.as_str()).unwrap_or(address);
        let request = Request::get(path).header("accept", accept);
        self.ask(request.body(Body::empty()).unwrap()).await
    }

    /// Where the shared inbox is.
    pub(crate) fn inbox(&self) -> Url {
        Url::parse(self.app().url("/ap/inbox").as_str()).unwrap()
    }

    /// Sends something to the shared inbox and returns the status.
    pub(crate) async fn receive(&self, letter: &Letter) -> StatusCode {
        let request = letter.request(&self.inbox(), self.app().now()).await;
        self.ask(request).await.status
    }

    /// Sends something that must be taken, and does the jobs it brings.
    pub(crate) async fn accept(&self, letter: &Letter) {
        assert_eq!(self.receive(letter).await, StatusCode::ACCEPTED);
        self.drain().await;
    }

    /// Takes a reply that must be taken, and returns what is stored of it.
    pub(crate) async fn accept_reply(&self, person: &Person, note: &Value) -> Comment {
        self.accept(&person.create(note)).await;
        self.comment(note).await.expect("the reply is stored")
    }

    /// Does all jobs that are due.
    pub(crate) async fn drain(&self) {
        worker::drain(&self.fed).await.unwrap();
    }

    /// When the next job is due; None when there is none.
    pub(crate) async fn next_job(&self) -> Option<Timestamp> {
        let due = self.app().db.read(|conn| {
            let due: Option<i64> = jobs::table.select(min(jobs::run_at)).first(conn)?;
            Ok(due)
        });
        due.await.unwrap().map(Timestamp)
    }

    /// Moves the clock to a moment, or leaves it where it is behind that; whole seconds, upwards.
    pub(crate) fn wait_until(&self, at: Timestamp) {
        let pause = at.0 - self.app().now().0;
        let secs = pause.max(0) / Timestamp::SECOND;
        self.advance_secs(secs + i64::from(pause % Timestamp::SECOND > 0));
    }

    /// Lets so much time pass: jumps from one due job to the next and does it. Fails the test when work makes work
    /// without end.
    pub(crate) async fn live(&self, secs: i64) {
        let end = self.app().now().plus_secs(secs);
        let mut cleaned = self.app().now();
        for _ in 0..5000 {
            let Some(next) = self.next_job().await.filter(|next| *next <= end) else {
                self.wait_until(end);
                worker::clean(&self.fed).await;
                return;
            };
            // A job that is still due after its turn is leased: time must pass.
            self.wait_until(next.max(self.app().now().plus_secs(1)));
            self.drain().await;
            if self.app().now().0 - cleaned.0 > Timestamp::DAY {
                cleaned = self.app().now();
                worker::clean(&self.fed).await;
            }
        }
        panic!("jobs came without end");
    }

    /// How many jobs are left, due or not.
    pub(crate) async fn jobs(&self) -> i64 {
        let count = self
            .app()
            .db
            .read(|conn| Ok(jobs::table.count().get_result(conn)?));
        count.await.unwrap()
    }

    /// How many jobs are left beside the readings of threads, which come later.
    pub(crate) async fn jobs_but_readings(&self) -> i64 {
        let others = jobs::table.filter(jobs::payload.not_like("%complete_thread%"));
        let count = self
            .app()
            .db
            .read(move |conn| Ok(others.count().get_result(conn)?));
        count.await.unwrap()
    }

    /// How many replies wait for their parent.
    pub(crate) async fn parked(&self) -> i64 {
        let count = self
            .app()
            .db
            .read(|conn| Ok(parked::table.count().get_result(conn)?));
        count.await.unwrap()
    }

    /// Publishes a post of alice's; jobs are left to the loop or to [`Self::drain`].
    pub(crate) async fn publish(&self, title: &str) -> Post {
        let new = NewPost {
            title: title.into(),
            content: format!("The text of *{title}*."),
            ..NewPost::default()
        };
        post::create(self.app(), &self.test.alice, new)
            .await
            .unwrap()
            .post
    }

    /// What is stored of a reply, in any state.
    pub(crate) async fn comment(&self, note: &Value) -> Option<Comment> {
        let id = ApUrl::new(note["id"].as_str().unwrap());
        let found = self
            .app()
            .db
            .read(move |conn| comment::load_by_ap_id(conn, &id));
        found.await.unwrap()
    }

    /// Answers as alice.
    pub(crate) async fn answer(
        &self,
        post: &Post,
        parent: Option<&Comment>,
        text: &str,
    ) -> Comment {
        let parent = parent.map(|comment| comment.id);
        comment::reply(
            self.app(),
            &self.test.alice,
            post.id,
            parent,
            text.into(),
            None,
        )
        .await
        .unwrap()
    }

    /// Decides about a comment.
    pub(crate) async fn decide(&self, comment: &Comment, status: CommentStatus) -> Comment {
        moderation::decide(self.app(), comment.id, status)
            .await
            .unwrap()
    }

    /// The thread as pages show it: number and HTML, in reading order.
    pub(crate) async fn thread(&self, post: &Post) -> Vec<(String, String)> {
        let slug = post.slug.clone();
        let loaded = self
            .app()
            .db
            .read(move |conn| page::load_by_slug(conn, &slug));
        let items = thread::build(loaded.await.unwrap().comments);
        let line = |item: thread::Item| (item.number, item.entry.html.to_string());
        items.into_iter().map(line).collect()
    }

    /// The numbers of the thread's comments, in reading order.
    pub(crate) async fn numbers(&self, post: &Post) -> Vec<String> {
        self.thread(post)
            .await
            .into_iter()
            .map(|(number, _)| number)
            .collect()
    }

    /// How many follow alice.
    pub(crate) async fn followers(&self) -> i64 {
        let alice = self.test.alice.id;
        let count = self.app().db.read(move |conn| follower::count(conn, alice));
        count.await.unwrap()
    }

    /// Lets these people follow alice; the answers are made and, on a started node, sent.
    pub(crate) async fn followed_by(&self, people: &[Person]) {
        for person in people {
            self.accept(&person.tell("Follow", self.alice())).await;
        }
    }

    /// Every activity that was made here, oldest first.
    pub(crate) async fn made(&self) -> Vec<Value> {
        let texts = self.app().db.read(|conn| {
            let rows = activities::table
                .filter(activities::comment_id.is_null())
                .order(activities::id)
                .select(activities::document);
            Ok(rows.load::<String>(conn)?)
        });
        let texts = texts.await.unwrap();
        texts
            .iter()
            .map(|text| serde_json::from_str(text).unwrap())
            .collect()
    }

    /// The last activity of a type that was made here.
    pub(crate) async fn made_last(&self, kind: &str) -> Value {
        let all = self.made().await;
        let found = all
            .into_iter()
            .rev()
            .find(|activity| activity["type"] == kind);
        found.unwrap_or_else(|| panic!("a {kind} was made"))
    }

    /// The inboxes that an activity goes to, sorted.
    pub(crate) async fn inboxes_of(&self, activity: &Value) -> Vec<String> {
        let id = activity["id"].as_str().unwrap().to_owned();
        let inboxes = self.app().db.read(move |conn| {
            let rows = deliveries::table
                .inner_join(activities::table.on(activities::id.eq(deliveries::activity_id)))
                .filter(activities::ap_id.eq(id))
                .order(deliveries::inbox)
                .select(deliveries::inbox);
            Ok(rows.load::<String>(conn)?)
        });
        inboxes.await.unwrap()
    }

    /// How far the deliveries of a post have come.
    pub(crate) async fn totals(&self, post: &Post) -> Totals {
        let id: Id<Post> = post.id;
        let totals = self
            .app()
            .db
            .read(move |conn| delivery::totals(conn, Some(id)));
        totals.await.unwrap()
    }

    /// Moves the clock and rings the bells, so that what is due now is done now.
    pub(crate) fn advance_secs(&self, secs: i64) {
        self.test.advance_secs(secs);
        self.app().wake.jobs.notify_one();
        self.app().wake.deliveries.notify_one();
    }

    /// Blocks a host.
    pub(crate) async fn block(&self, host: &str) {
        let domain = Host::parse(host).unwrap();
        moderation::block(self.app(), vec![(domain, None)])
            .await
            .unwrap();
    }

    /// Takes a block back.
    pub(crate) async fn unblock(&self, host: &str) {
        moderation::unblock(self.app(), Host::parse(host).unwrap())
            .await
            .unwrap();
    }

    /// The configuration, to be looked at.
    pub(crate) fn config(&self) -> &Config {
        &self.app().config
    }
}
