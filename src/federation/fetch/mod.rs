//! Fetching from other servers: signed by the node's own actor, through the guarded client, one request for all who ask
//! for the same thing at once, a failure remembered for a while.

mod adapter;

use std::sync::Arc;
use std::time::Duration;

use activitypub_federation::config::{Data, FederationConfig};
use activitypub_federation::fetch::fetch_object_http;
use activitypub_federation::fetch::object_id::ObjectId;
use http::StatusCode;
use moka::future::Cache;
use url::Url;

use adapter::Guarded;
pub use adapter::Validators;

use super::keys::Signer;
use super::knock::Forms;
use super::objects::Doc;
use super::objects::actor::RemoteActor;
use crate::app::App;
use crate::domain::actor::{self, Actor};
use crate::error::{Error, Result};
use crate::types::{ApUrl, Timestamp};

/// The crate's dereferencing over our client.
#[derive(Clone)]
pub struct Fetcher {
    app: Arc<App>,
    guarded: Guarded,
    config: FederationConfig<Arc<App>>,
    /// Fetches under way and just done, by id: whoever asks meanwhile gets the same answer, good or bad.
    recent: Cache<String, Shared>,
    /// Actors whose documents were lately read again by their age.
    looked_at: Cache<String, ()>,
    /// Documents of keys that were fetched anew because a signature did not fit, and how that went.
    refetched: Cache<String, Result<Actor, Failure>>,
}

/// An answer that is shared, and when it came.
#[derive(Clone, Debug)]
struct Shared {
    at: Timestamp,
    actor: Result<Actor, Failure>,
}

/// A remembered failure; errors themselves cannot be shared.
#[derive(Clone, Debug)]
struct Failure {
    message: String,
    temporary: bool,
    gone: bool,
}

/// Requests that one incoming message may cause.
const REQUESTS_PER_MESSAGE: u32 = 8;
/// How long an answer is shared.
const SHARED: Duration = Duration::from_secs(30);
/// A key's document is fetched anew at most once in this time.
const REFETCH_PAUSE: Duration = Duration::from_mins(5);

impl Fetcher {
    /// Builds the fetcher; `signer` signs for the node's own actor.
    pub(super) async fn new(app: Arc<App>, signer: Signer, forms: Forms) -> Result<Self> {
        let guarded = Guarded::new(Arc::clone(&app), signer, forms);
        let client = adapter::client(guarded.clone());
        let config = FederationConfig::builder()
            .domain(app.config.host().to_string())
            .app_data(Arc::clone(&app))
            .client(client)
            .http_fetch_limit(REQUESTS_PER_MESSAGE)
            // The crate's own address checks resolve a name and then connect by another look-up; ours, in the client,
            // check what is connected to.
            .debug(true)
            .build()
            .await
            .map_err(Error::internal)?;
        let recent = Cache::builder()
            .max_capacity(10_000)
            .time_to_live(SHARED)
            .build();
        Ok(Self {
            app,
            guarded,
            config,
            recent,
            looked_at: rarely(),
            refetched: rarely(),
        })
    }

    /// The context of one incoming message or job, with its own budget of requests.
    pub fn data(&self) -> Data<Arc<App>> {
        self.config.to_request_data()
    }

    /// Fetches any object from its own origin. `Gone` on 410.
    pub async fn object(&self, id: &ApUrl) -> Result<Doc> {
        let url = self.fetchable(id)?;
        let fetched = Box::pin(fetch_object_http::<_, Doc>(&url, &self.data())).await?;
        Ok(fetched.object)
    }

    /// Fetches a document with what it was when it was last read. None: it is still that. `Gone` on 410.
    pub async fn if_changed(
        &self,
        id: &ApUrl,
        known: &Validators,
    ) -> Result<Option<(Doc, Validators)>> {
        let url = self.fetchable(id)?;
        let reply = Box::pin(self.guarded.fetch(&url, known)).await?;
        match reply.status {
            StatusCode::NOT_MODIFIED => return Ok(None),
            StatusCode::GONE => return Err(Error::Gone("the document")),
            _ => {}
        }
        let doc = serde_json::from_slice(&reply.body)
            .map_err(|error| Error::remote_final(format!("{id} cannot be read: {error}")))?;
        Ok(Some((doc, Validators::of(&reply))))
    }

    /// The actor with this id: from the database, else fetched and stored.
    pub async fn actor(&self, id: &ApUrl) -> Result<Actor> {
        let known = id.clone();
        if let Some(actor) = self
            .app
            .db
            .read(move |conn| actor::load_by_ap_id(conn, &known))
            .await?
        {
            return Ok(actor);
        }
        self.refresh(id).await
    }

    /// Fetches an actor's document now (shared with whoever asks at the same time) and stores it.
    pub async fn refresh(&self, id: &ApUrl) -> Result<Actor> {
        let url = self.fetchable(id)?;
        self.forget_what_is_older(url.as_str()).await;
        let (key, app) = (url.to_string(), Arc::clone(&self.app));
        let shared = async {
            let actor = self.dereference(url).await;
            Shared {
                at: app.now(),
                actor,
            }
        };
        let fetched = self.recent.get_with(key, Box::pin(shared)).await;
        fetched.actor.map_err(Error::from)
    }

    /// Fetches an actor's document now, whatever was read a moment ago: it is known to have changed.
    pub async fn refresh_now(&self, id: &ApUrl) -> Result<Actor> {
        let url = self.fetchable(id)?;
        self.recent.invalidate(url.as_str()).await;
        self.app.hosts.forget_miss(url.as_str());
        self.refresh(id).await
    }

    async fn dereference(&self, url: Url) -> Result<Actor, Failure> {
        let found = ObjectId::<RemoteActor>::from(url)
            .dereference_forced(&self.data())
            .await;
        found
            .map(|actor| actor.row)
            .map_err(|error| Failure::of(&error))
    }

    /// The owner of a key, fetched. The key's document is the actor itself, or names it as its owner.
    pub async fn key_owner(&self, key_id: &str) -> Result<Actor> {
        let mut url = self.fetchable(&ApUrl::new(key_id))?;
        let has_fragment = url.fragment().is_some();
        url.set_fragment(None);
        let address = ApUrl::new(url.as_str());
        match self.refresh(&address).await {
            Err(Error::Remote {
                temporary: false, ..
            }) if !has_fragment => {
                let document = self.object(&address).await?;
                let owner = document
                    .first_id("owner")
                    .or_else(|| document.first_id("controller"));
                let owner = owner.filter(|owner| owner.same_origin(&address));
                self.refresh(&owner.ok_or_else(|| Error::remote_final("the key names no owner"))?)
                    .await
            }
            found => found,
        }
    }

    /// Fetches a key's owner anew because a signature did not fit: once in a while for each document, and one request for
    /// all who ask at the same time. A failure that may pass is asked about again half a minute later.
    pub async fn refetch_key(&self, key_id: &str) -> Result<Actor> {
        let mut address = self.fetchable(&ApUrl::new(key_id))?;
        address.set_fragment(None);
        let outcome = self
            .refetched
            .get_with(
                address.to_string(),
                Box::pin(async {
                    self.forget_unless_failing(&address).await;
                    let owner = self.key_owner(key_id).await;
                    owner.map_err(|error| Failure::of(&error))
                }),
            )
            .await;
        if outcome.as_ref().is_err_and(|failure| failure.temporary) {
            self.refetched.invalidate(address.as_str()).await;
        }
        outcome.map_err(Error::from)
    }

    /// Drops an answer that is older than [`SHARED`] by the node's clock.
    async fn forget_what_is_older(&self, address: &str) {
        let secs = i64::try_from(SHARED.as_secs()).unwrap_or(i64::MAX);
        let since = self.app.now().plus_secs(-secs);
        if self
            .recent
            .get(address)
            .await
            .is_some_and(|known| known.at < since)
        {
            self.recent.invalidate(address).await;
        }
    }

    /// Drops what is shared about a document, but not that its server fails just now.
    async fn forget_unless_failing(&self, address: &Url) {
        let failing = |recent: Shared| recent.actor.is_err_and(|failure| failure.temporary);
        if !self.recent.get(address.as_str()).await.is_some_and(failing) {
            self.recent.invalidate(address.as_str()).await;
            self.app.hosts.forget_miss(address.as_str());
        }
    }

    /// True once in a while for each actor: whether its document may be read again because it is old.
    pub async fn may_look_again(&self, actor: &ApUrl) -> bool {
        let mut first = false;
        self.looked_at
            .get_with(actor.as_str().to_owned(), async { first = true })
            .await;
        first
    }

    fn fetchable(&self, id: &ApUrl) -> Result<Url> {
        let url = id.url().ok_or_else(|| {
            Error::remote_final(format!("{id} is no address that can be fetched"))
        })?;
        let host = id
            .host()
            .ok_or_else(|| Error::remote_final(format!("{id} has no host")))?;
        if self.app.hosts.is_blocked(&host) {
            return Err(Error::Forbidden(format!("{host} is blocked here")));
        }
        Ok(url)
    }
}

/// A memory of what is done once in [`REFETCH_PAUSE`].
fn rarely<V: Clone + Send + Sync + 'static>() -> Cache<String, V> {
    Cache::builder()
        .max_capacity(10_000)
        .time_to_live(REFETCH_PAUSE)
        .build()
}

impl Failure {
    fn of(error: &Error) -> Self {
        let ends = matches!(
            error,
            Error::Remote {
                temporary: false,
                ..
            } | Error::Gone(_)
                | Error::NotFound(_)
                | Error::Forbidden(_)
                | Error::Unauthorized(_)
        );
        Self {
            gone: matches!(error, Error::Gone(_)),
            message: error.to_string(),
            temporary: !ends,
        }
    }
}

impl From<Failure> for Error {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure { gone: true, .. } => Self::Gone("the actor"),
            Failure {
                message, temporary, ..
            } => Self::Remote { message, temporary },
        }
    }
}
