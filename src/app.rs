//! What every use case needs, built once: configuration, database, clock, ids, the HTTP client, host blocks. It holds
//! no rules.

pub mod way;

use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

use async_trait::async_trait;
use tokio::sync::{Mutex, Notify, OnceCell};

use crate::clock::{Clock, IdGenerator};
use crate::config::Config;
use crate::db::{Db, Ear, Heard};
use crate::error::{Error, Result};
use crate::hosts::Hosts;
use crate::http::{HttpClient, HttpSettings};
use crate::kept::{Answers, Changes, Scope};
use crate::limits::Rates;
use crate::live::Live;
use crate::look::Look;
use crate::metrics::Metrics;
use crate::pace::Pace;
use crate::queue::{Job, NewJob};
use crate::types::{ApUrl, Host, Timestamp};
use crate::verdicts::Verdicts;
use way::{Act, NoWay, Shown, Way};

/// For how long it is not tried again to hear what changes.
const DEAF: Duration = Duration::from_secs(10);

/// The running node's parts. Shared as `Arc<App>`, passed down as `&App`.
pub struct App {
    /// The configuration.
    pub config: Config,
    /// This node's own host, of which every message is asked.
    pub host: Host,
    /// How the site looks beyond what is compiled in.
    pub look: Arc<Look>,
    /// The database.
    pub db: Db,
    /// The time.
    pub clock: Clock,
    /// Fresh ids.
    pub ids: IdGenerator,
    /// The way out.
    pub http: HttpClient,
    /// What is known of other servers.
    pub hosts: Hosts,
    /// How much servers send that proved who they are.
    senders: Rates<Host>,
    /// What became of messages and is not written down yet.
    pub verdicts: Verdicts,
    /// Looks things up elsewhere, for somebody who asks; empty where nothing federates.
    pub finder: OnceLock<Arc<dyn Finder>>,
    /// Answers that are given again until what they show changes.
    pub kept: Arc<Answers>,
    /// How long those wait who ask this node.
    pub pace: Pace,
    /// Whether changes of the database are heard.
    hearing: OnceCell<()>,
    /// When it was last tried to listen.
    deaf: Mutex<Option<Instant>>,
    /// What the node counts.
    pub metrics: Metrics,
    /// Held while a file enters or leaves the media folder, and while a picture is decoded: one at a time bounds the memory.
    pub media: Mutex<()>,
    /// What changes, as this process hears of it.
    pub changes: Arc<Changes>,
    /// Who reads a discussion just now.
    pub live: Live,
    /// Rung when a job or a delivery was written, so that the worker looks at once.
    pub wake: Wake,
}

/// The way to other servers, for those who may not see it: the federation fills it in.
#[async_trait]
pub trait Finder: Send + Sync {
    /// Looks at an address now and takes what stands there, if it belongs here; what came of it is noted as a verdict.
    /// Gives the id of what was found, or the address when nothing was. `RateLimited` when too much is looked up at once.
    async fn look(&self, address: &ApUrl) -> Result<ApUrl>;

    /// Finds how somebody with this handle, or on this server, can do something there with an object of this id.
    async fn way(&self, asked: &str, act: Act, object: &ApUrl) -> Result<Way, NoWay>;

    /// Says what stands at an address, or who a handle is. `Remote` when it cannot be had.
    async fn show(&self, address: &str) -> Result<Shown>;

    /// Lets one of ours, by its actor's row, do something with what stands at an address; `text` is the answer.
    async fn act(&self, actor: i64, act: Act, address: &str, text: String) -> Result<()>;
}

/// The bells of the workers.
#[derive(Default)]
pub struct Wake {
    /// A job was written.
    pub jobs: Notify,
    /// A delivery was written.
    pub deliveries: Notify,
}

impl App {
    /// Opens the database and builds everything on it. Needs a tokio runtime.
    pub async fn open(config: Config, clock: Clock, http: HttpClient) -> Result<Arc<Self>> {
        let opened = config.clone();
        let open = move || Ok::<_, Error>((Look::load(&opened)?, Db::open(&opened)?));
        let (look, db) = tokio::task::spawn_blocking(open)
            .await
            .map_err(Error::internal)??;
        let limits = &config.limits;
        let hosts = Hosts::new(
            clock.clone(),
            limits.fetch_per_host,
            limits.thread_fetches_per_host,
        );
        hosts.reload(&db).await?;
        let ids = IdGenerator::new(clock.clone(), rand::random());
        let kept_bytes = u64::from(config.server.kept_memory) * 1024 * 1024;
        Ok(Arc::new(Self {
            host: config.host(),
            senders: Rates::per_minute(config.limits.inbox_per_host),
            config,
            look: Arc::new(look),
            db,
            clock,
            ids,
            http: http.behind(Arc::new(hosts.clone())),
            hosts,
            verdicts: Verdicts::default(),
            finder: OnceLock::new(),
            kept: Arc::new(Answers::new(kept_bytes)),
            pace: Pace::default(),
            hearing: OnceCell::new(),
            deaf: Mutex::default(),
            metrics: Metrics::default(),
            media: Mutex::default(),
            changes: Arc::default(),
            live: Live::default(),
            wake: Wake::default(),
        }))
    }

    /// Opens the node as the configuration says, under the machine's clock and with the guarded client.
    pub async fn open_system(config: Config) -> Result<Arc<Self>> {
        let http = HttpClient::new(http_settings(&config))?;
        Self::open(config, Clock::System, http).await
    }

    /// Begins to hear what changes in the database, whoever changes it, so that answers can be kept. Later calls do nothing.
    /// False while that failed a moment ago.
    pub async fn hear_changes(&self) -> Result<bool> {
        if self.hearing.initialized() {
            return Ok(true);
        }
        let mut failed = self.deaf.lock().await;
        let lately = failed.is_some_and(|at| at.elapsed() < DEAF);
        if lately || self.hearing.initialized() {
            return Ok(self.hearing.initialized());
        }
        let is_first = failed.replace(Instant::now()).is_none();
        // Others wait for the first attempt. While a later one is under way, which may take a while, they do without.
        let _held = is_first.then_some(failed);
        let begun = self.hearing.get_or_try_init(async || self.listen().await);
        begun.await.map(|()| true)
    }

    async fn listen(&self) -> Result<()> {
        let (kept, changes) = (Arc::clone(&self.kept), Arc::clone(&self.changes));
        let ear: Ear = Arc::new(move |heard| match heard {
            Heard::Changed(scopes) => {
                let scopes = scopes.iter().filter_map(|scope| scope.parse().ok());
                let scopes: Vec<Scope> = scopes.collect();
                kept.note(scopes.iter().copied());
                for scope in scopes {
                    changes.publish(scope);
                }
            }
            Heard::Lost => kept.set_hearing(false),
            Heard::Again => {
                kept.set_hearing(true);
                // Anything may have changed meanwhile.
                changes.publish(Scope::Site);
            }
        });
        self.db.listen(ear).await
    }

    /// The present moment.
    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// Prepares a job to be enqueued in a transaction. Ring `wake.jobs` after the commit.
    pub fn job(&self, job: Job) -> NewJob {
        NewJob::now(&self.clock, &self.ids, job)
    }

    /// Writes a job by itself, and rings for it. What belongs to a change is enqueued in the change's transaction instead.
    pub async fn do_later(&self, job: Job) -> Result<()> {
        let job = self.job(job);
        self.db.write(move |conn| job.enqueue(conn)).await?;
        self.wake.jobs.notify_one();
        Ok(())
    }

    /// Counts an activity of a server that proved to have sent it, and notes that the server lives. `RateLimited` when it
    /// sends too much. A name that is only claimed must not come here: it would use up somebody else's rate.
    pub fn admit_sender(&self, host: &Host) -> Result<()> {
        self.hosts.note_alive(host);
        self.senders.admit(host)
    }

    /// An address on this node; `path` begins with a slash.
    pub fn url(&self, path: &str) -> ApUrl {
        ApUrl::new(format!("{}{path}", self.config.site.url))
    }

    /// True when the address has this node's own host, at any port unless ours is a special one.
    pub fn is_local(&self, url: &ApUrl) -> bool {
        url.host().is_some_and(|host| host.is_at(&self.host))
    }
}

/// What the configuration says about the way out. The certificate file is taken relative to the data folder.
fn http_settings(config: &Config) -> HttpSettings {
    let federation = &config.federation;
    HttpSettings {
        allow_loopback: federation.allow_loopback,
        allow_http: federation.allow_http,
        extra_ca: federation
            .extra_ca
            .as_ref()
            .map(|path| config.data.join(path)),
        user_agent: format!(
            "antiphon/{} (+{}/)",
            env!("CARGO_PKG_VERSION"),
            config.site.url
        ),
        ..HttpSettings::default()
    }
}
