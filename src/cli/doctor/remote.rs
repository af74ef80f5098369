//! The checks over the network: can WebFinger, NodeInfo and the actors be fetched at the public address, the way other
//! servers fetch them?

use std::time::Duration;

use http::{HeaderMap, HeaderValue, header};
use serde_json::Value;
use url::Url;

use super::{Finding, Status};
use crate::app::App;
use crate::domain::account;
use crate::domain::actor::{self, Actor};
use crate::error::{Error, Result};
use crate::http::{Limits, Reply, is_activity_json};
use crate::types::ApUrl;

const LIMITS: Limits = Limits {
    bytes: 1024 * 1024,
    deadline: Duration::from_secs(10),
};

/// Seconds by which a proxy's clock may differ from ours.
const CLOCK_TOLERANCE: i64 = 60;

/// Fetches everything that another server would. Stops at the first sign that nothing can be reached from here.
pub(super) async fn all(app: &App) -> Vec<Finding> {
    if app.config.site.url.starts_with("http:") && !app.config.federation.allow_http {
        // The finding about site.url says it all.
        return Vec::new();
    }
    let nodeinfo = nodeinfo(app).await;
    if let Err(error @ Error::Remote { .. }) = &nodeinfo
        && let Some(finding) = unreachable(app, error)
    {
        return vec![finding];
    }
    let fix = "the page at this address must come from `antiphon serve`: check what the web server in front passes on";
    let mut findings = vec![finding("NodeInfo", nodeinfo, fix)];
    if let Ok(Some((_, person))) = account::load_first(app).await {
        findings.push(finding("WebFinger", webfinger(app, &person).await, fix));
        findings.push(finding("actor", document(app, &person).await, fix));
    }
    if let Ok(instance) = actor::get_instance(app).await {
        findings.push(finding(
            "instance actor",
            document(app, &instance).await,
            fix,
        ));
    }
    findings.extend(clock(app).await);
    findings
}

fn finding(check: &'static str, result: Result<String>, fix: &str) -> Finding {
    match result {
        Ok(detail) => Finding::ok(check, detail),
        Err(error) => Finding::failed(check, &error, fix),
    }
}

/// The one finding when nothing can be fetched at all: the guard keeps us from it, or nothing answers.
fn unreachable(app: &App, error: &Error) -> Option<Finding> {
    let url = &app.config.site.url;
    let text = error.to_string();
    if text.contains("is not contacted") {
        let host = app.config.host();
        return Some(Finding::new(
            "reachable from outside",
            Status::Warning,
            format!("the node does not contact its own address: {text}"),
            format!(
                "that is right when the name leads to a private address inside your network; then check from outside: curl -i {url}/.well-known/nodeinfo. \
                 Else {host} needs a public address in the DNS"
            ),
        ));
    }
    matches!(error, Error::Remote { temporary: true, .. }).then(|| {
        Finding::new(
            "reachable from outside",
            Status::Failed,
            text,
            format!(
                "start `antiphon serve`, and check the DNS, the certificate and the web server in front of it: curl -i {url}/.well-known/nodeinfo"
            ),
        )
    })
}

async fn fetch(app: &App, address: &str, accept: &'static str) -> Result<Reply> {
    let url =
        Url::parse(address).map_err(|_| Error::remote_final(format!("{address} is no address")))?;
    let mut headers = HeaderMap::new();
    headers.insert(header::ACCEPT, HeaderValue::from_static(accept));
    let reply = app
        .http
        .get_following(&url, LIMITS, |_| headers.clone())
        .await?;
    if reply.status.is_success() {
        return Ok(reply);
    }
    // A gateway's 502 to 504 means that the node behind it does not run.
    let message = format!("{address} answers with {}", reply.status);
    Err(if (502..=504).contains(&reply.status.as_u16()) {
        Error::remote_temporary(message)
    } else {
        Error::remote_final(message)
    })
}

fn json_of(reply: &Reply, address: &str) -> Result<Value> {
    serde_json::from_slice(&reply.body).map_err(|_| {
        Error::remote_final(format!("{address} answers with something else than JSON"))
    })
}

async fn nodeinfo(app: &App) -> Result<String> {
    let address = app.url("/.well-known/nodeinfo");
    let reply = fetch(app, address.as_str(), "application/json").await?;
    let links = json_of(&reply, address.as_str())?;
    let link = |link: &Value| Some(link.get("href")?.as_str()?.to_owned());
    let target = links
        .get("links")
        .and_then(Value::as_array)
        .and_then(|all| all.iter().find_map(link))
        .ok_or_else(|| Error::remote_final(format!("{address} names no document")))?;
    // Nobody follows such a link to another server (Fedify CVE-2026-62857).
    if !ApUrl::new(target.as_str()).same_origin(&address) {
        return Err(Error::remote_final(format!(
            "{address} names a document of another server, {target}"
        )));
    }
    let described = json_of(&fetch(app, &target, "application/json").await?, &target)?;
    let name = described.pointer("/software/name").and_then(Value::as_str);
    match name {
        Some("antiphon") => Ok(format!("{target} describes this node")),
        Some(other) => Err(Error::remote_final(format!(
            "{target} describes another program, {other}"
        ))),
        None => Err(Error::remote_final(format!("{target} names no program"))),
    }
}

async fn webfinger(app: &App, person: &Actor) -> Result<String> {
    let account = format!("acct:{}@{}", person.username, person.host);
    let address = app.url(&format!("/.well-known/webfinger?resource={account}"));
    let reply = fetch(app, address.as_str(), "application/jrd+json").await?;
    let found = json_of(&reply, address.as_str())?;
    let leads_here = |link: &Value| {
        link.get("rel").and_then(Value::as_str) == Some("self")
            && link.get("href").and_then(Value::as_str) == Some(person.ap_id.as_str())
    };
    let links = found.get("links").and_then(Value::as_array);
    if links.is_some_and(|all| all.iter().any(leads_here)) {
        Ok(format!("{} leads to its actor", person.handle()))
    } else {
        Err(Error::remote_final(format!(
            "{address} does not lead to {}",
            person.ap_id
        )))
    }
}

async fn document(app: &App, actor: &Actor) -> Result<String> {
    let address = actor.ap_id.as_str();
    let reply = fetch(app, address, "application/activity+json").await?;
    if !is_activity_json(reply.content_type()) {
        return Err(Error::remote_final(format!(
            "{address} answers as {} and not as application/activity+json",
            reply.content_type()
        )));
    }
    let found = json_of(&reply, address)?;
    if found.get("id").and_then(Value::as_str) == Some(address) {
        Ok(format!("{address} answers"))
    } else {
        Err(Error::remote_final(format!(
            "{address} answers with another id"
        )))
    }
}

/// Compares our clock with the one of whatever answers at the public address.
async fn clock(app: &App) -> Option<Finding> {
    let address = app.url("/.well-known/nodeinfo");
    let reply = fetch(app, address.as_str(), "application/json")
        .await
        .ok()?;
    let date = reply.headers.get(header::DATE)?.to_str().ok()?;
    let there = httpdate::parse_http_date(date).ok()?;
    let there = there.duration_since(std::time::UNIX_EPOCH).ok()?.as_secs();
    let apart = i64::try_from(there).ok()?.saturating_sub(app.now().secs());
    (apart.abs() > CLOCK_TOLERANCE).then(|| {
        Finding::new(
            "clock of the web server",
            Status::Warning,
            format!("differs from this machine's by {} s", apart.abs()),
            "set both by NTP: other servers refuse signatures that are off by minutes",
        )
    })
}
