//! A node for one test: fixed clock, known keys, one account.

use std::sync::Arc;

use antiphon::app::App;
use antiphon::clock::Clock;
use antiphon::config::{self, Config, Moderation};
use antiphon::domain::account::{self, Account, Scope, token};
use antiphon::domain::actor::{self, Actor, NewKeys};
use antiphon::federation::keys;
use antiphon::types::Timestamp;
use tokio::sync::OnceCell;

use super::http::bare_client;
use super::{Fixture, TestDb};

/// When every test happens.
const NOW: &str = "2026-11-22T12:00:00Z";

/// A node with the account `alice`. Reach its parts through `app.app` (`Arc<App>`).
pub(crate) struct TestApp {
    /// The node.
    pub(crate) app: Arc<App>,
    /// The account `alice`.
    pub(crate) account: Account,
    /// Her actor.
    pub(crate) alice: Actor,
    /// Kept for its folder and database.
    _db: TestDb,
}

/// Says what is unusual about a node.
pub(crate) struct Builder {
    url: String,
    moderation: Moderation,
    language: String,
    password: Option<String>,
    clock: Clock,
    configure: Box<dyn Fn(&mut Config) + Send + Sync>,
}

impl TestApp {
    /// Starts from the usual: `https://blog.example`, replies appear at once, `alice` has no password.
    pub(crate) fn builder() -> Builder {
        Builder {
            url: "https://blog.example".into(),
            moderation: Moderation::Open,
            language: "en".into(),
            password: None,
            clock: Clock::fixed(Timestamp::parse(NOW).expect("it is RFC 3339")),
            configure: Box::new(|_| ()),
        }
    }

    /// Makes a token of alice's.
    pub(crate) async fn token(&self, scopes: &[Scope]) -> String {
        token::create(&self.app, self.account.id, "test", scopes)
            .await
            .expect("a token can be made")
    }

    /// Makes another account; it has no password.
    pub(crate) async fn account(&self, name: &str) -> (Account, Actor) {
        account::create(&self.app, name, None, shared_keys().await)
            .await
            .expect("the name is free")
    }

    /// Moves the clock.
    pub(crate) fn advance_secs(&self, secs: i64) {
        self.app.clock.advance_secs(secs);
    }
}

impl Fixture for TestApp {
    async fn on(db: TestDb) -> Self {
        Self::builder().build(db).await
    }
}

impl Builder {
    /// Sets the public origin.
    pub(crate) fn url(mut self, url: &str) -> Self {
        self.url = url.into();
        self
    }

    /// Sets which replies appear at once.
    pub(crate) fn moderation(mut self, moderation: Moderation) -> Self {
        self.moderation = moderation;
        self
    }

    /// Sets the language of the interface.
    pub(crate) fn language(mut self, language: &str) -> Self {
        self.language = language.into();
        self
    }

    /// Gives alice a password. Hashing it takes a moment.
    pub(crate) fn password(mut self, password: &str) -> Self {
        self.password = Some(password.into());
        self
    }

    /// Sets the clock: the machine's, or one that several nodes share.
    pub(crate) fn clock(mut self, clock: Clock) -> Self {
        self.clock = clock;
        self
    }

    /// Changes the configuration after everything else.
    pub(crate) fn configure(
        mut self,
        change: impl Fn(&mut Config) + Send + Sync + 'static,
    ) -> Self {
        self.configure = Box::new(change);
        self
    }

    /// Builds the node on a database.
    pub(crate) async fn build(self, db: TestDb) -> TestApp {
        let config = self.config(&db);
        let app = App::open(config, self.clock, bare_client())
            .await
            .expect("the database can be opened");
        actor::ensure_instance(&app, shared_keys().await)
            .await
            .expect("the instance actor can be made");
        let (account, alice) = account::create(&app, "alice", self.password, shared_keys().await)
            .await
            .expect("the account can be made");
        TestApp {
            app,
            account,
            alice,
            _db: db,
        }
    }

    fn config(&self, db: &TestDb) -> Config {
        let mut config = usual_config(db);
        config.site.url.clone_from(&self.url);
        config.site.language.clone_from(&self.language);
        config.discussion.moderation = self.moderation;
        (self.configure)(&mut config);
        config
    }
}

/// The defaults with what every test needs.
fn usual_config(db: &TestDb) -> Config {
    let mut document = config::defaults();
    let text = "[site]\nurl = \"https://blog.example\"\ntitle = \"A test\"\n\
                [federation]\nallow_loopback = true\nallow_http = true\n\
                [database]\nconnections = 2\n";
    config::overlay(&mut document, text, "the tests").expect("the keys are known");
    let mut config =
        Config::from_document(db.folder(), &document).expect("the values are accepted");
    db.url().clone_into(&mut config.database.url);
    config
}

/// One set of keys for the whole process: making them is slow, and no test looks at whose they are.
pub(super) async fn shared_keys() -> NewKeys {
    static KEYS: OnceCell<NewKeys> = OnceCell::const_new();
    KEYS.get_or_init(|| async { keys::generate().await.expect("keys can be made") })
        .await
        .clone()
}

mod tests {
    use antiphon::config::Moderation;
    use antiphon::domain::account::{self, Scope, token};

    use crate::support::{TestApp, TestDb, both_databases};

    both_databases! {
        async fn alice_has_the_password_and_the_rules_she_was_given(db: TestDb) {
            let builder = TestApp::builder().moderation(Moderation::All);
            let app = builder.password("open sesame").build(db).await;
            let known = account::log_in(&app.app, "alice", "open sesame".into()).await.unwrap();
            assert_eq!(known.0.id, app.account.id);
            assert_eq!(app.app.config.discussion.moderation, Moderation::All);
        }

        async fn a_token_is_alices_and_may_what_it_says(app: TestApp) {
            let secret = app.token(&[Scope::Write]).await;
            let identity = token::authenticate(&app.app, &secret).await.unwrap();
            assert_eq!(identity.actor, app.alice);
            assert!(identity.require(Scope::Admin).is_err());
        }

        async fn a_node_stands_on_a_database_of_its_own(app: TestApp) {
            let bob = app.account("bob").await;
            assert_eq!(bob.1.handle(), "@bob@blog.example");
            let names = antiphon::domain::account::list(&app.app).await.unwrap();
            assert_eq!(names.len(), 2);
        }

        async fn the_clock_moves_only_when_told(db: TestDb) {
            let app = TestApp::builder().url("http://localhost:8081").build(db).await;
            assert_eq!(app.app.now().rfc3339(), super::super::NOW);
            app.advance_secs(60);
            assert_eq!(app.app.now().rfc3339(), "2026-11-22T12:01:00Z");
            assert_eq!(app.alice.handle(), "@alice@localhost:8081");
        }
    }
}
