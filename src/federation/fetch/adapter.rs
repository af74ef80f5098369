//! Lets the federation crate fetch through our own client: a middleware that answers each of its requests itself,
//! signed, guarded, bounded, and with the media type in the one spelling the crate knows.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use http::header::{ACCEPT, CONTENT_TYPE, ETAG, IF_MODIFIED_SINCE, IF_NONE_MATCH, LAST_MODIFIED};
use http::{Extensions, HeaderMap, HeaderValue, Method, StatusCode};
use reqwest::{Request, Response, ResponseBuilderExt};
use reqwest_middleware::{ClientBuilder, ClientWithMiddleware, Middleware, Next};
use url::Url;

use crate::app::App;
use crate::error::{Error, Result};
use crate::federation::keys::Signer;
use crate::federation::knock::{self, Forms, Knock};
use crate::federation::ownership::is_at_home;
use crate::federation::signature::{sign_challenged, sign_get};
use crate::http::{Limits, Reply, is_activity_json};
use crate::types::{ApUrl, Host};

/// Asks for ActivityStreams in both of its media types.
const ACCEPTED: &str = "application/activity+json, application/ld+json; profile=\"https://www.w3.org/ns/activitystreams\"";

/// Longest validator that is remembered, in bytes.
const VALIDATOR_MAX: usize = 256;

/// A document of another server: 1 MiB and 10 s at most.
const LIMITS: Limits = Limits {
    bytes: 1024 * 1024,
    deadline: Duration::from_secs(10),
};

/// Fetches documents: signed, and each from where its id says that it lives.
#[derive(Clone)]
pub(super) struct Guarded {
    app: Arc<App>,
    signer: Signer,
    forms: Forms,
}

/// What a document was when it was last read, for a conditional request (RFC 9110 13.1).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Validators {
    /// Its entity tag.
    pub etag: Option<String>,
    /// Its Last-Modified.
    pub modified: Option<String>,
}

/// A client whose every request is made by ours.
pub(super) fn client(guarded: Guarded) -> ClientWithMiddleware {
    let inner = guarded.app.http.bare();
    ClientBuilder::new(inner).with(guarded).build()
}

#[async_trait]
impl Middleware for Guarded {
    async fn handle(
        &self,
        request: Request,
        _extensions: &mut Extensions,
        _next: Next<'_>,
    ) -> reqwest_middleware::Result<Response> {
        let anew = Validators::default();
        let fetched = Box::pin(self.fetch(request.url(), &anew)).await;
        let fetched = fetched.and_then(response);
        fetched.map_err(reqwest_middleware::Error::middleware)
    }
}

impl Guarded {
    pub(super) const fn new(app: Arc<App>, signer: Signer, forms: Forms) -> Self {
        Self { app, signer, forms }
    }

    /// Fetches a document, or hears (304) that it is as it was. One that names another id than the address it was found at is asked for once more, where its
    /// id says that it lives; that is final.
    pub(super) async fn fetch(&self, url: &Url, known: &Validators) -> Result<Reply> {
        let found = self.read(url, known).await?;
        let Some(id) = id_of(&found) else {
            return Ok(found);
        };
        let Some(home) = id.url().filter(|_| !self.app.is_local(&id)) else {
            return Err(Error::remote_final(format!(
                "{url} names an id that cannot be its own"
            )));
        };
        if is_at_home(&id, url, &found.url) {
            return Ok(Reply { url: home, ..found });
        }
        if id
            .host()
            .is_some_and(|host| self.app.hosts.is_blocked(&host))
        {
            return Err(Error::Forbidden(format!("{id} is blocked here")));
        }
        let again = self.read(&home, &Validators::default()).await?;
        if id_of(&again).as_ref() == Some(&id) && is_at_home(&id, &home, &again.url) {
            return Ok(Reply { url: home, ..again });
        }
        Err(Error::remote_final(format!(
            "{url} is not where its id says"
        )))
    }

    /// Fetches from one address; of what is answered only documents, 410, 404 and 304 to a conditional request count.
    async fn read(&self, url: &Url, known: &Validators) -> Result<Reply> {
        let reply = self.get(url, known, None).await?;
        let reply = if knock::is_refusal(reply.status) {
            self.knock_again(url, known, reply).await?
        } else {
            reply
        };
        match reply.status {
            StatusCode::OK => named_well(reply),
            StatusCode::NOT_MODIFIED if *known != Validators::default() => Ok(reply),
            StatusCode::GONE => Ok(reply),
            StatusCode::NOT_FOUND => Err(Error::NotFound("the object")),
            StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => {
                Err(Error::Unauthorized(format!("{url} is not shown to us")))
            }
            status => Err(Error::Remote {
                message: format!("{url} was answered with {status}"),
                temporary: status.is_server_error() || status == StatusCode::TOO_MANY_REQUESTS,
            }),
        }
    }

    /// Asks again, signed otherwise for the server that refused. What it takes is known until the process ends.
    async fn knock_again(&self, url: &Url, known: &Validators, refusal: Reply) -> Result<Reply> {
        let Some(host) = Host::of(&refusal.url) else {
            return Ok(refusal);
        };
        let first = self.forms.first(&host);
        for knock in knock::more(first, &refusal, &Method::GET, &self.signer.key_id) {
            let form = knock.form();
            let again = self.get(url, known, Some((&host, knock))).await?;
            if !knock::is_refusal(again.status) {
                if again.status == StatusCode::OK {
                    self.forms.learn(host, form);
                }
                return Ok(again);
            }
        }
        Ok(refusal)
    }

    /// One request, its redirects followed; `other` is how to sign for one of the hosts on the way.
    async fn get(
        &self,
        url: &Url,
        known: &Validators,
        other: Option<(&Host, Knock)>,
    ) -> Result<Reply> {
        let headers = |hop: &Url| {
            let host = Host::of(hop);
            let mut headers = match &other {
                Some((at, knock)) if host.as_ref() == Some(*at) => self.headers(hop, knock),
                _ => {
                    let form = host.map(|host| self.forms.first(&host));
                    self.headers(hop, &Knock::Form(form.unwrap_or_default()))
                }
            };
            known.put_into(&mut headers);
            headers
        };
        self.app.http.get_following(url, LIMITS, headers).await
    }

    fn headers(&self, url: &Url, knock: &Knock) -> HeaderMap {
        let (key, key_id, now) = (&self.signer.key, &self.signer.key_id, self.app.now());
        let signed = match knock {
            Knock::Form(form) => sign_get(*form, key, key_id, url, now),
            Knock::Challenge(asked) => sign_challenged(asked, key, key_id, url, None, now),
        };
        let mut headers = signed.unwrap_or_default();
        headers.insert(ACCEPT, HeaderValue::from_static(ACCEPTED));
        headers
    }
}

impl Validators {
    /// What a reply says of itself.
    pub(super) fn of(reply: &Reply) -> Self {
        let text = |name| {
            let value = reply.headers.get(name)?.to_str().ok()?;
            (value.len() <= VALIDATOR_MAX).then(|| value.to_owned())
        };
        Self {
            etag: text(ETAG),
            modified: text(LAST_MODIFIED),
        }
    }

    fn put_into(&self, headers: &mut HeaderMap) {
        let known = [
            (IF_NONE_MATCH, &self.etag),
            (IF_MODIFIED_SINCE, &self.modified),
        ];
        for (name, text) in known {
            if let Some(Ok(value)) = text.as_deref().map(HeaderValue::from_str) {
                headers.insert(name, value);
            }
        }
    }
}

/// The id that a document gives itself.
fn id_of(reply: &Reply) -> Option<ApUrl> {
    #[derive(serde::Deserialize)]
    struct Named {
        id: ApUrl,
    }
    let found = reply.status == StatusCode::OK;
    let named = found.then(|| serde_json::from_slice::<Named>(&reply.body));
    Some(named?.ok()?.id)
}

/// Refuses what does not say that it is ActivityStreams: anybody may have uploaded it.
fn named_well(reply: Reply) -> Result<Reply> {
    let named = reply
        .headers
        .get(CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    if is_activity_json(named) {
        return Ok(reply);
    }
    Err(Error::remote_final(format!(
        "{} is no ActivityStreams document but \"{named}\"",
        reply.url
    )))
}

/// The reply as the crate wants it.
fn response(reply: Reply) -> Result<Response> {
    let built = http::Response::builder()
        .status(reply.status)
        .header(CONTENT_TYPE, "application/activity+json")
        .url(reply.url)
        .body(reply.body);
    built.map(Response::from).map_err(Error::internal)
}
