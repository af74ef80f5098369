//! The one client for everything that leaves the node. It guards where requests go, how long they take
//! and how much comes back; it signs nothing and knows no ActivityPub.

mod budget;
mod connections;
mod gate;
mod guard;
mod media;
mod resolve;
#[cfg(test)]
mod tests;

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use http::header::LOCATION;
use http::{HeaderMap, StatusCode};
use reqwest::redirect::Policy;
use reqwest::{Certificate, Method};
use url::Url;

pub use budget::{counted, within_budget};
pub use gate::{Ended, Gate, Purpose};
pub use guard::{Forbidden, Guard};
pub use media::{is_activity_json, is_inbox_json, is_plain_json};
pub use resolve::Resolver;

use crate::error::{Error, Result};
use connections::Connections;

/// How many redirects are followed.
const MAX_REDIRECTS: usize = 3;

/// What the client is built from.
#[derive(Clone, Debug)]
pub struct HttpSettings {
    /// Opens loopback and private addresses, single-label names and any port.
    pub allow_loopback: bool,
    /// Opens plain http.
    pub allow_http: bool,
    /// A PEM file with certificate authorities to trust besides the system's.
    pub extra_ca: Option<PathBuf>,
    /// The User-Agent of every request.
    pub user_agent: String,
    /// Where names are looked up.
    pub resolver: Resolver,
    /// How many idle connections are kept for each host that is talked to again and again.
    pub max_idle_per_host: usize,
    /// How long an idle connection is kept.
    pub idle_timeout: Duration,
    /// How long connecting, with TLS, may take.
    pub connect_timeout: Duration,
}

impl Default for HttpSettings {
    /// Closed to all but public https addresses.
    fn default() -> Self {
        Self {
            allow_loopback: false,
            allow_http: false,
            extra_ca: None,
            user_agent: concat!("antiphon/", env!("CARGO_PKG_VERSION")).to_owned(),
            resolver: Resolver::System,
            max_idle_per_host: 4,
            idle_timeout: Duration::from_mins(1),
            connect_timeout: Duration::from_secs(10),
        }
    }
}

/// What one exchange may cost.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// The most bytes of the body, after decompression.
    pub bytes: usize,
    /// From the first lookup to the last byte, redirects included.
    pub deadline: Duration,
}

/// A whole reply; any status.
#[derive(Clone, Debug)]
pub struct Reply {
    /// The status.
    pub status: StatusCode,
    /// All headers.
    pub headers: HeaderMap,
    /// Where the reply came from, after redirects.
    pub url: Url,
    /// The body, decompressed.
    pub body: Bytes,
}

impl Reply {
    /// The Content-Type; empty when absent or not text.
    pub fn content_type(&self) -> &str {
        self.headers
            .get(http::header::CONTENT_TYPE)
            .and_then(|value| value.to_str().ok())
            .unwrap_or_default()
    }
}

/// The guarded client. Cloning shares its connections.
#[derive(Clone, Debug)]
pub struct HttpClient(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    connections: Arc<Connections>,
    guard: Guard,
    gate: Option<Arc<dyn Gate>>,
}

impl HttpClient {
    /// Builds the client. Fails with `Setup` when the extra CA file cannot be read or TLS cannot start.
    #[expect(
        clippy::disallowed_methods,
        reason = "this is the one place that builds a client"
    )]
    pub fn new(settings: HttpSettings) -> Result<Self> {
        let guard = Guard {
            allow_loopback: settings.allow_loopback,
            allow_http: settings.allow_http,
        };
        let mut authorities = Vec::new();
        if let Some(path) = &settings.extra_ca {
            authorities = read_certificates(path)?;
        }
        let resolver = resolve::GuardedResolver {
            resolver: settings.resolver,
            guard,
        };
        let build = || {
            reqwest::Client::builder()
                .user_agent(settings.user_agent.as_str())
                .redirect(Policy::none())
                .referer(false)
                .no_proxy()
                .gzip(true)
                .https_only(!settings.allow_http)
                .connect_timeout(settings.connect_timeout)
                .tls_certs_merge(authorities.clone())
                .dns_resolver(resolver.clone())
        };
        let connections =
            Connections::new(build, settings.max_idle_per_host, settings.idle_timeout);
        let connections = connections.map_err(|error| {
            Error::Setup(format!("the HTTP client cannot start: {}", root(&error)))
        })?;
        Ok(Self(Arc::new(Inner {
            connections: Arc::new(connections),
            guard,
            gate: None,
        })))
    }

    /// The same client, which asks `gate` before each request and tells it how each ended.
    #[must_use]
    pub fn behind(&self, gate: Arc<dyn Gate>) -> Self {
        Self(Arc::new(Inner {
            connections: Arc::clone(&self.0.connections),
            guard: self.0.guard,
            gate: Some(gate),
        }))
    }

    /// The bare client beneath, for the federation crate to hold; a middleware answers before it is asked.
    pub(crate) fn bare(&self) -> reqwest::Client {
        self.0.connections.lasting().clone()
    }

    /// Tests whether an address may be fetched at all, as far as its text tells. Fails with a final
    /// `Remote`.
    pub fn check_url(&self, url: &Url) -> Result<()> {
        self.0
            .guard
            .check_url(url)
            .map_err(|forbidden| refused(url, &forbidden))
    }

    /// Sends a GET and reads the reply; does not follow redirects. Fails with `Remote` when the address
    /// is forbidden, the host fails, or a limit is passed.
    pub async fn get(&self, url: &Url, headers: HeaderMap, limits: Limits) -> Result<Reply> {
        let trip = self.trip(Purpose::Fetch);
        let exchange = trip.exchange(Method::GET, url, headers, Bytes::new(), limits.bytes);
        trip.tell(within(url, limits, exchange).await)
    }

    /// Sends a GET and follows up to three redirects. Each hop is tested like the first and gets
    /// headers of its own, so that a signature fits. Fails as [`HttpClient::get`].
    pub async fn get_following(
        &self,
        url: &Url,
        limits: Limits,
        headers_for: impl Fn(&Url) -> HeaderMap + Send + Sync,
    ) -> Result<Reply> {
        let trip = self.trip(Purpose::Fetch);
        let following = trip.follow(url, limits.bytes, headers_for);
        trip.tell(Box::pin(within(url, limits, following)).await)
    }

    /// Sends a POST and reads the reply; does not follow redirects. Fails as [`HttpClient::get`].
    pub async fn post(
        &self,
        url: &Url,
        headers: HeaderMap,
        body: Bytes,
        limits: Limits,
    ) -> Result<Reply> {
        let trip = self.trip(Purpose::Deliver);
        let exchange = trip.exchange(Method::POST, url, headers, body, limits.bytes);
        trip.tell(within(url, limits, exchange).await)
    }

    fn trip(&self, purpose: Purpose) -> Trip<'_> {
        Trip {
            inner: &self.0,
            purpose,
            at: Mutex::default(),
        }
    }
}

/// One call of the client: a request, or a chain of redirects.
struct Trip<'a> {
    inner: &'a Inner,
    purpose: Purpose,
    /// Whom we are talking to, once we were let out.
    at: Mutex<Option<Url>>,
}

impl Trip<'_> {
    async fn follow(
        &self,
        start: &Url,
        max_bytes: usize,
        headers_for: impl Fn(&Url) -> HeaderMap + Send + Sync,
    ) -> Result<Reply> {
        let mut url = start.clone();
        for _ in 0..=MAX_REDIRECTS {
            let headers = headers_for(&url);
            let reply = self
                .exchange(Method::GET, &url, headers, Bytes::new(), max_bytes)
                .await?;
            match redirect_target(&reply)? {
                Some(next) => url = next,
                None => return Ok(reply),
            }
        }
        Err(Error::remote_final(format!(
            "{} redirects more than {MAX_REDIRECTS} times",
            host_of(start)
        )))
    }

    async fn exchange(
        &self,
        method: Method,
        url: &Url,
        headers: HeaderMap,
        body: Bytes,
        max_bytes: usize,
    ) -> Result<Reply> {
        self.leave(url)?;
        let mut request = self
            .inner
            .connections
            .client_for(url)
            .request(method.clone(), url.clone())
            .headers(headers);
        if method == Method::POST {
            request = request.body(body);
        }
        let mut response = request.send().await.map_err(|error| failed(url, &error))?;
        let status = response.status();
        let headers = std::mem::take(response.headers_mut());
        let body = read_body(url, response, max_bytes).await?;
        Ok(Reply {
            status,
            headers,
            url: url.clone(),
            body,
        })
    }

    /// Lets a request out: the address, the budget and the gate must allow it.
    fn leave(&self, url: &Url) -> Result<()> {
        self.set_at(None);
        let forbidden = self.inner.guard.check_url(url);
        forbidden.map_err(|forbidden| refused(url, &forbidden))?;
        if let Some(gate) = &self.inner.gate {
            gate.admit(url, self.purpose)?;
        }
        if self.purpose == Purpose::Fetch {
            budget::spend()?;
        }
        self.set_at(Some(url));
        Ok(())
    }

    fn set_at(&self, url: Option<&Url>) {
        *self.at.lock().unwrap_or_else(PoisonError::into_inner) = url.cloned();
    }

    /// Tells the gate how it ended, unless we were not let out.
    fn tell(&self, result: Result<Reply>) -> Result<Reply> {
        let at = self.at.lock().unwrap_or_else(PoisonError::into_inner);
        if let (Some(gate), Some(url)) = (&self.inner.gate, &*at) {
            let ended = match &result {
                Ok(reply) => Ended::Status(reply.status),
                Err(error) => Ended::Failed(error),
            };
            gate.report(url, self.purpose, &ended);
        }
        drop(at);
        result
    }
}

/// Reads the body as it comes, decompressed, and stops at the limit.
async fn read_body(url: &Url, mut response: reqwest::Response, max: usize) -> Result<Bytes> {
    let mut body = BytesMut::new();
    while let Some(chunk) = response
        .chunk()
        .await
        .map_err(|error| failed(url, &error))?
    {
        if body.len().saturating_add(chunk.len()) > max {
            return Err(Error::remote_final(format!(
                "{} sent more than {max} bytes",
                host_of(url)
            )));
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body.freeze())
}

/// Where a reply redirects to; None when it does not.
fn redirect_target(reply: &Reply) -> Result<Option<Url>> {
    if !matches!(reply.status.as_u16(), 301 | 302 | 303 | 307 | 308) {
        return Ok(None);
    }
    let Some(location) = reply.headers.get(LOCATION) else {
        return Ok(None);
    };
    let next = location
        .to_str()
        .ok()
        .and_then(|text| reply.url.join(text).ok());
    match next {
        Some(next) if reply.url.scheme() == "https" && next.scheme() != "https" => {
            Err(Error::remote_final(format!(
                "{} redirects from https to {}",
                host_of(&reply.url),
                next.scheme()
            )))
        }
        Some(next) => Ok(Some(next)),
        None => Err(Error::remote_final(format!(
            "{} redirects to what is no address",
            host_of(&reply.url)
        ))),
    }
}

async fn within<T>(url: &Url, limits: Limits, work: impl Future<Output = Result<T>>) -> Result<T> {
    match tokio::time::timeout(limits.deadline, work).await {
        Ok(result) => result,
        Err(_) => Err(Error::remote_temporary(format!(
            "{} took longer than {} ms",
            host_of(url),
            limits.deadline.as_millis()
        ))),
    }
}

fn read_certificates(path: &Path) -> Result<Vec<Certificate>> {
    let setup = |cause: String| {
        Error::Setup(format!(
            "the CA file {} cannot be used: {cause}",
            path.display()
        ))
    };
    let text = std::fs::read(path).map_err(|error| setup(error.to_string()))?;
    let certificates = Certificate::from_pem_bundle(&text).map_err(|error| setup(root(&error)))?;
    if certificates.is_empty() {
        return Err(setup("it holds no certificate".to_owned()));
    }
    Ok(certificates)
}

fn host_of(url: &Url) -> &str {
    url.host_str().unwrap_or("the address")
}

fn refused(url: &Url, forbidden: &Forbidden) -> Error {
    Error::remote_final(format!("{} is not contacted: {forbidden}", host_of(url)))
}

/// One sentence for a failed exchange. All failures on the way may pass, but a forbidden address stays so.
fn failed(url: &Url, error: &reqwest::Error) -> Error {
    let mut cause: Option<&(dyn std::error::Error + 'static)> = Some(error);
    while let Some(inner) = cause {
        if let Some(forbidden) = inner.downcast_ref::<Forbidden>() {
            return refused(url, forbidden);
        }
        cause = inner.source();
    }
    let what = if error.is_timeout() {
        "took too long to connect"
    } else if error.is_connect() {
        "cannot be reached"
    } else {
        "broke off the exchange"
    };
    Error::remote_temporary(format!("{} {what}: {}", host_of(url), root(error)))
}

/// The innermost cause, which says most.
fn root(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        text = cause.to_string();
        source = cause.source();
    }
    text
}
