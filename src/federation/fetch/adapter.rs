//! Lets the federation crate fetch through our own client: a middleware that answers each of its requests itself,
//! signed, guarded, bounded, and with the media type in the one spelling the crate knows.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use http::header::{ACCEPT, CONTENT_TYPE};
use http::{Extensions, HeaderMap, HeaderValue, StatusCode};
use reqwest::{Request, Response, ResponseBuilderExt};
use reqwest_middleware::{ClientBuilder, ClientWithMiddleware, Middleware, Next};
use url::Url;

use crate::app::App;
use crate::domain::actor::instance_ap_id;
use crate::error::{Error, Result};
use crate::federation::ownership::is_at_home;
use crate::federation::signature::{RsaKey, SignatureForm, sign_get};
use crate::http::{Limits, Reply, is_activity_json};
use crate::types::ApUrl;

/// Asks for ActivityStreams in both of its media types.
const ACCEPTED: &str = "application/activity+json, application/ld+json; profile=\"https://www.w3.org/ns/activitystreams\"";

/// A document of another server: 1 MiB and 10 s at most.
const LIMITS: Limits = Limits {
    bytes: 1024 * 1024,
    deadline: Duration::from_secs(10),
};

struct Guarded {
    app: Arc<App>,
    key: RsaKey,
    key_id: String,
}

/// A client whose every request is made by ours.
pub(super) fn client(app: Arc<App>, key: RsaKey) -> ClientWithMiddleware {
    let key_id = format!("{}#main-key", instance_ap_id(&app));
    let inner = app.http.bare();
    ClientBuilder::new(inner)
        .with(Guarded { app, key, key_id })
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
        let found = self.get(url).await?;
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
        let again = self.get(&home).await?;
        if id_of(&again).as_ref() == Some(&id) && is_at_home(&id, &home, &again.url) {
            return Ok(Reply { url: home, ..again });
        }
        Err(Error::remote_final(format!(
            "{url} is not where its id says"
        )))
    }

    async fn get(&self, url: &Url) -> Result<Reply> {
        let reply = self
            .app
            .http
            .get_following(url, LIMITS, |hop| self.headers(hop))
            .await?;
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

    fn headers(&self, url: &Url) -> HeaderMap {
        let mut headers = sign_get(
            SignatureForm::Cavage,
            &self.key,
            &self.key_id,
            url,
            self.app.now(),
        )
        .unwrap_or_default();
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
