//! WebFinger (RFC 7033), both ways: who lives here, and where somebody elsewhere lives.

use std::time::Duration;

use http::{HeaderMap, HeaderValue, StatusCode, header};
use serde_json::{Value, json};
use url::Url;

use super::fetch::Fetcher;
use super::ways;
use crate::app::App;
use crate::domain::account;
use crate::domain::actor::{self, Actor};
use crate::error::{Error, Result};
use crate::http::{Limits, Reply, is_plain_json};
use crate::text::mention::Handle;
use crate::types::{ApUrl, Host};

const SELF_TYPE: &str = "application/activity+json";
const LIMITS: Limits = Limits {
    bytes: 256 * 1024,
    deadline: Duration::from_secs(10),
};

/// Answers a query about one of ours. `Invalid` for no or an unreadable resource, `NotFound` for nobody here.
pub async fn answer(app: &App, resource: &str) -> Result<Value> {
    let actor = find(app, resource).await?;
    let acts = account::may_log_in(app, actor.id).await?;
    Ok(document(
        &actor,
        acts.then_some(app.config.site.url.as_str()),
    ))
}

/// The actor a resource means: `acct:user@host`, `@user@host`, an actor's id, its page, or the bare site.
async fn find(app: &App, resource: &str) -> Result<Actor> {
    let nobody = || Error::NotFound("this account");
    if resource.is_empty() || resource.len() > 2048 {
        return Err(Error::invalid_field(
            "resource",
            "name an account, as in acct:alice@blog.example",
        ));
    }
    if resource.starts_with("https://") || resource.starts_with("http://") {
        let address = ApUrl::new(resource);
        if !app.is_local(&address) {
            return Err(nobody());
        }
        return by_address(app, &address).await;
    }
    let handle = Handle::parse(resource).ok_or_else(|| {
        Error::invalid_field(
            "resource",
            "write acct:user@host or the address of an actor",
        )
    })?;
    let ours = app.config.host();
    if handle.host != ours {
        return Err(nobody());
    }
    let user = handle.user.to_lowercase();
    if user == "instance.actor" || user == ours.as_str() {
        return actor::get_instance(app).await;
    }
    match account::get_by_name(app, &user).await {
        Ok((_, actor)) => Ok(actor),
        Err(Error::NotFound(_)) => Err(nobody()),
        Err(other) => Err(other),
    }
}

async fn by_address(app: &App, address: &ApUrl) -> Result<Actor> {
    let path = address
        .url()
        .map(|url| url.path().to_owned())
        .unwrap_or_default();
    if path == "/" {
        // The site itself: its first author, as other servers' "follow" dialogs expect, else the node's own actor.
        return match account::load_first(app).await? {
            Some((_, actor)) => Ok(actor),
            None => actor::get_instance(app).await,
        };
    }
    if let Some(name) = path.strip_prefix("/@") {
        return account::get_by_name(app, name)
            .await
            .map(|(_, actor)| actor);
    }
    let address = address.clone();
    let found = app
        .db
        .read(move |conn| actor::load_by_ap_id(conn, &address))
        .await?;
    found
        .filter(|actor| actor.local)
        .ok_or(Error::NotFound("this account"))
}

/// `acts_at` is this site for those who can log in here: where they do what other sites' buttons ask of them.
fn document(actor: &Actor, acts_at: Option<&str>) -> Value {
    let mut links = vec![
        json!({ "rel": "http://webfinger.net/rel/profile-page", "type": "text/html", "href": actor.url }),
        json!({ "rel": "self", "type": SELF_TYPE, "href": actor.ap_id }),
    ];
    if let Some(site) = acts_at {
        let mut add = |rel: &str, rest: &str| {
            links.push(json!({ "rel": rel, "template": format!("{site}{rest}") }));
        };
        add(ways::SUBSCRIBE, "/authorize_interaction?uri={uri}");
        for (intent, act) in [
            ("Follow", "follow"),
            ("Like", "like"),
            ("Announce", "boost"),
        ] {
            let rest = format!("/authorize_interaction?do={act}&uri={{object}}");
            add(&format!("{}{intent}", ways::INTENTS), &rest);
        }
        add(
            &format!("{}Object", ways::INTENTS),
            "/authorize_interaction?uri={object}",
        );
        add(&format!("{}Create", ways::INTENTS), "/share?text={content}");
    }
    json!({
        "subject": format!("acct:{}@{}", actor.username, actor.host),
        "aliases": [actor.url, actor.ap_id],
        "links": links,
    })
}

/// Finds somebody by handle: WebFinger at their server, then their actor. The two must agree: a handle that leads to somebody
/// of another server counts only when that server names the same handle for them (Akkoma's advisory of 2024, Fedify
/// CVE-2025-23221). Known people cost no request.
pub async fn resolve(app: &App, fetcher: &Fetcher, handle: &Handle) -> Result<Actor> {
    let (user, host) = (handle.user.clone(), handle.host.clone());
    let known = app
        .db
        .read(move |conn| actor::find_by_handle(conn, &user, &host))
        .await?;
    if let Some(actor) = known {
        return Ok(actor);
    }
    let found = look_up(app, handle).await?;
    let actor = fetcher.actor(&found.id).await?;
    if actor.host != found.handle.host {
        let back = Handle {
            user: actor.username.clone(),
            host: actor.host.clone(),
        };
        let theirs = ask(app, &back).await?;
        if theirs.id != actor.ap_id || theirs.handle.key() != found.handle.key() {
            return Err(Error::remote_final(format!(
                "{handle} leads to {}, whose server does not know that handle",
                actor.ap_id
            )));
        }
    }
    Ok(actor)
}

/// What WebFinger says of somebody.
struct Found {
    /// The handle that their server calls them by.
    handle: Handle,
    /// Their actor.
    id: ApUrl,
}

/// Asks for somebody's actor. A server that calls them by another handle is believed when that handle's server says the same.
async fn look_up(app: &App, handle: &Handle) -> Result<Found> {
    let found = ask(app, handle).await?;
    if found.handle.key() == handle.key() {
        return Ok(found);
    }
    let again = ask(app, &found.handle).await?;
    if again.handle.key() == found.handle.key() && again.id == found.id {
        return Ok(again);
    }
    Err(Error::remote_final(format!(
        "{} calls {handle} by a name that does not lead back",
        handle.host
    )))
}

/// Asks a server about one of its people.
async fn ask(app: &App, handle: &Handle) -> Result<Found> {
    let resource = format!("acct:{}@{}", handle.user, handle.host);
    let url = address(app, &handle.host, &resource)?;
    let reply = get(app, &url, LIMITS).await?;
    read(handle, &reply)
}

/// How addresses of a server begin: https, but for tests on this machine.
pub(super) fn scheme_of(app: &App, host: &Host) -> &'static str {
    if app.config.federation.allow_http && is_loopback(host) {
        "http"
    } else {
        "https"
    }
}

/// Where a server is asked about a resource.
pub(super) fn address(app: &App, host: &Host, resource: &str) -> Result<Url> {
    let scheme = scheme_of(app, host);
    let mut url = Url::parse(&format!("{scheme}://{host}/.well-known/webfinger"))
        .map_err(|_| Error::invalid(format!("{host} is no valid host")))?;
    url.query_pairs_mut().append_pair("resource", resource);
    Ok(url)
}

/// Asks there, and gives the answer as it is.
pub(super) async fn get(app: &App, url: &Url, limits: Limits) -> Result<Reply> {
    let mut headers = HeaderMap::new();
    headers.insert(
        header::ACCEPT,
        HeaderValue::from_static("application/jrd+json, application/json"),
    );
    let following = app.http.get_following(url, limits, |_| headers.clone());
    following.await
}

/// Reads an answer.
fn read(handle: &Handle, reply: &Reply) -> Result<Found> {
    let host = &handle.host;
    match reply.status {
        StatusCode::OK => {}
        status if status.is_server_error() => {
            return Err(Error::remote_temporary(format!(
                "{host} answered {status} when asked for {handle}"
            )));
        }
        status => {
            return Err(Error::remote_final(format!(
                "{host} does not know {handle} ({status})"
            )));
        }
    }
    let unreadable =
        || Error::remote_final(format!("{host} answered something unreadable for {handle}"));
    if !is_plain_json(reply.content_type()) {
        return Err(unreadable());
    }
    let document: Value = serde_json::from_slice(&reply.body).map_err(|_| unreadable())?;
    let called = match document.get("subject").and_then(Value::as_str) {
        // Some servers leave it out, or name the actor; then the handle is the one that was asked for.
        Some(subject) if subject.starts_with("acct:") => {
            Handle::parse(subject).ok_or_else(unreadable)?
        }
        _ => handle.clone(),
    };
    let id = self_link(&document)
        .ok_or_else(|| Error::remote_final(format!("{handle} has no ActivityPub address")))?;
    Ok(Found { handle: called, id })
}

fn is_loopback(host: &Host) -> bool {
    let name = host.as_str().split(':').next().unwrap_or_default();
    name == "localhost" || name.ends_with(".localhost") || name.starts_with("127.")
}

fn self_link(document: &Value) -> Option<ApUrl> {
    let links = document.get("links")?.as_array()?;
    let fits = |link: &&Value| {
        let text = |key: &str| link.get(key).and_then(Value::as_str).unwrap_or_default();
        text("rel") == "self" && crate::http::is_activity_json(text("type"))
    };
    let href = links.iter().find(fits)?.get("href")?.as_str()?;
    Some(ApUrl::new(href)).filter(|href| href.host().is_some())
}
