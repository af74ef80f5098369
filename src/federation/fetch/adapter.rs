//! Lets the federation crate fetch through our own client: a middleware that answers each of its requests itself,
//! signed, guarded, bounded, and with the media type in the one spelling the crate knows.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use http::header::{ACCEPT, CONTENT_TYPE};
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

/// A document of another server: 1 MiB and 10 s at most.
const LIMITS: Limits = Limits {
    bytes: 1024 * 1024,
    deadline: Duration::from_secs(10),
};

struct Guarded {
    app: Arc<App>,
    signer: Signer,
    forms: Forms,
}

/// A client whose every request is made by ours.
pub(super) fn client(app: Arc<App>, signer: Signer, forms: Forms) -> ClientWithMiddleware {
    let inner = app.http.bare();
    ClientBuilder::new(inner)
        .with(Guarded { app, signer, forms })
        .build()
}

#[async_trait]
impl Middleware for Guarded {
    async fn handle(
        &self,
        request: Request,
        _extensions: &mut Extensions,
        _next: Next<'_>,
    ) -> reqwest_middleware::Result<Response> {
        let fetched = self.fetch(request.url()).await.and_then(response);
        fetched.map_err(reqwest_middleware::Error::middleware)
    }
}

impl Guarded {
    /// Fetches a document. One that names another id than the address it was found at is asked for once more, where its
    /// id says that it lives; that is final.
    async fn fetch(&self, url: &Url) -> Result<Reply> {
        let found = self.read(url).await?;
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
        let again = self.read(&home).await?;
        if id_of(&again).as_ref() == Some(&id) && is_at_home(&id, &home, &again.url) {
            return Ok(Reply { url: home, ..again });
        }
        Err(Error::remote_final(format!(
            "{url} is not where its id says"
        )))
    }

    /// Fetches from one address; of what is answered only documents, 410 and 404 count.
    async fn read(&self, url: &Url) -> Result<Reply> {
        let reply = self.get(url, None).await?;
        let reply = if knock::is_refusal(reply.status) {
            self.knock_again(url, reply).await?
        } else {
            reply
        };
        match reply.status {
            StatusCode::OK => named_well(reply),
            StatusCode::GONE => Ok(reply),
            StatusCode::NOT_FOUND => Err(Error::NotFound("the object")),
            status => Err(Error::Remote {
                message: format!("{url} was answered with {status}"),
                temporary: status.is_server_error() || status == StatusCode::TOO_MANY_REQUESTS,
            }),
        }
    }

    /// Asks again, signed otherwise for the server that refused. What it takes is known until the process ends.
    async fn knock_again(&self, url: &Url, refusal: Reply) -> Result<Reply> {
        let Some(host) = Host::of(&refusal.url) else {
            return Ok(refusal);
        };
        let first = self.forms.first(&host);
        for knock in knock::more(first, &refusal, &Method::GET, &self.signer.key_id) {
            let form = knock.form();
            let again = self.get(url, Some((&host, knock))).await?;
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
    async fn get(&self, url: &Url, other: Option<(&Host, Knock)>) -> Result<Reply> {
        let headers = |hop: &Url| {
            let host = Host::of(hop);
            match &other {
                Some((at, knock)) if host.as_ref() == Some(*at) => self.headers(hop, knock),
                _ => {
                    let form = host.map(|host| self.forms.first(&host));
                    self.headers(hop, &Knock::Form(form.unwrap_or_default()))
                }
            }
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
