//! The checks that need only this machine: settings, data folder, database, keys, clock.

use std::io::Write;

use super::{Finding, Status};
use crate::app::App;
use crate::clock::Clock;
use crate::config::{Config, Moderation};
use crate::domain::account;
use crate::domain::actor::{self, Actor};
use crate::error::Result;
use crate::federation::keys;
use crate::federation::signature::Ed25519Key;
use crate::server::certificate::Certificate;
use crate::types::{Host, Timestamp};

/// What is odd about the configuration, valid as it is.
pub(super) fn settings(config: &Config) -> Vec<Finding> {
    let mut findings = vec![address(config)];
    if config.federation.allow_loopback {
        findings.push(Finding::new(
            "federation.allow_loopback",
            Status::Warning,
            "other servers can make this one knock on your own network",
            "take federation.allow_loopback out of antiphon.toml; it is for tests only",
        ));
    }
    if config.federation.allow_http {
        findings.push(Finding::new(
            "federation.allow_http",
            Status::Warning,
            "the node talks to servers over plain http, which anybody on the way can change",
            "take federation.allow_http out of antiphon.toml; it is for tests only",
        ));
    }
    if config.discussion.moderation == Moderation::Screened {
        findings.push(Finding::new(
            "discussion.moderation",
            Status::Note,
            "\"screened\" works as \"known\" until the spam filter exists: a first reply from somebody is held",
            "`antiphon comment list` shows what waits; set \"open\" to publish every reply at once",
        ));
    }
    if config.server.bind.ip().is_loopback() && config.server.trusted_proxies.is_empty() {
        findings.push(Finding::new(
            "server.trusted_proxies",
            Status::Note,
            "the node listens for this machine only, and trusts no proxy's X-Forwarded-For: all readers look like one",
            "if a proxy on this machine passes requests on, set server.trusted_proxies = [\"127.0.0.1\"]",
        ));
    }
    findings
}

fn address(config: &Config) -> Finding {
    let url = &config.site.url;
    let fix = "the address stands in every id and cannot change: make a new node with `antiphon init --url https://…`, behind a web server with TLS";
    if url.starts_with("https:") {
        Finding::ok("site.url", url)
    } else if config.federation.allow_http {
        let detail = format!("{url} is plain http: only servers set up for tests talk to it");
        Finding::new("site.url", Status::Warning, detail, fix)
    } else {
        let detail = format!("{url} is plain http: other servers will not talk to it");
        Finding::new("site.url", Status::Failed, detail, fix)
    }
}

/// Can the data folder be written to?
pub(super) fn folder(config: &Config) -> Finding {
    let path = config.data.join(".doctor");
    let written = std::fs::File::create(&path).and_then(|mut file| file.write_all(b"x"));
    let _ = std::fs::remove_file(&path);
    let shown = config.data.display();
    match written {
        Ok(()) => Finding::ok("data folder", format!("{shown} can be written to")),
        Err(e) => Finding::new(
            "data folder",
            Status::Failed,
            format!("{shown} cannot be written to: {e}"),
            format!("run the node as the folder's owner, or `chown -R` {shown} to the node's user"),
        ),
    }
}

/// When does the certificate of built-in https end? None without it.
pub(super) fn certificate(config: &Config) -> Option<Finding> {
    const CHECK: &str = "certificate";
    if !config.https.enabled {
        return None;
    }
    let own = config.https.certificate.is_some();
    let fix = if own {
        "put a new certificate into the files of https.certificate and https.key; the node reads them by itself"
    } else {
        "run the node where port 443 of its name leads to it, and look at its log: it asks for a certificate by itself"
    };
    let (certificate, key) = config.certificate_files();
    if !own && !certificate.exists() {
        let detail = "none was issued yet";
        return Some(Finding::new(CHECK, Status::Warning, detail, fix));
    }
    let read = match Certificate::read(&certificate, &key) {
        Ok(read) => read,
        Err(error) => return Some(Finding::failed(CHECK, &error, fix)),
    };
    let now = Clock::System.now();
    let detail = format!(
        "ends {}",
        read.ends.to_chrono().format("%Y-%m-%d %H:%M UTC")
    );
    Some(if read.ends <= now {
        Finding::new(CHECK, Status::Failed, detail, fix)
    } else if read.ends <= Timestamp(now.0.saturating_add(7 * Timestamp::DAY)) {
        Finding::new(CHECK, Status::Warning, detail, fix)
    } else {
        Finding::ok(CHECK, detail)
    })
}

/// Does the database answer, and does a node live in it? Its schema was checked when it was opened.
pub(super) async fn database(app: &App) -> Vec<Finding> {
    if let Err(error) = app.db.ping().await {
        let fix = "check that the database server runs and has room";
        return vec![Finding::failed("database", &error, fix)];
    }
    let mut findings = vec![Finding::ok(
        "database",
        "reachable, its schema is up to date",
    )];
    findings.push(match account::list(app).await {
        Err(error) => Finding::failed("accounts", &error, "look at the database's own log"),
        Ok(all) if all.is_empty() => Finding::new(
            "accounts",
            Status::Failed,
            "nobody can write here",
            "make an account with `antiphon account create NAME`",
        ),
        Ok(all) => {
            let handles: Vec<String> = all.iter().map(|(_, actor)| actor.handle()).collect();
            Finding::ok("accounts", handles.join(", "))
        }
    });
    findings
}

/// Are all our actors' keys there and readable, and do their ids belong to the configured address?
pub(super) async fn keys(app: &App) -> Vec<Finding> {
    let fix = "bring the database back from a backup; without its keys a node cannot speak for its people";
    let instance = match actor::get_instance(app).await {
        Ok(instance) => instance,
        Err(error) => {
            return vec![
                elsewhere(app)
                    .await
                    .unwrap_or_else(|| Finding::failed("keys", &error, fix)),
            ];
        }
    };
    let people = account::list(app).await.unwrap_or_default();
    let actors = std::iter::once(instance).chain(people.into_iter().map(|(_, actor)| actor));
    let mut count = 0_usize;
    for actor in actors {
        if let Err(error) = readable(app, &actor).await {
            let mut finding = Finding::failed("keys", &error, fix);
            finding.detail = format!("those of {}: {}", actor.handle(), finding.detail);
            return vec![finding];
        }
        count += 1;
    }
    let found = Finding::ok("keys", format!("those of {count} actors are readable"));
    std::iter::once(found).chain(elsewhere(app).await).collect()
}

async fn readable(app: &App, actor: &Actor) -> Result<()> {
    keys::signer(app, actor.id).await?;
    let id = actor.id;
    let local = app
        .db
        .read(move |conn| actor::load_local_keys(conn, id))
        .await?;
    Ed25519Key::from_pkcs8_pem(&local.ed25519_pem)?;
    Ok(())
}

/// Finds accounts that were made under another address than the configured one.
async fn elsewhere(app: &App) -> Option<Finding> {
    let host: Host = app.config.host();
    let people = account::list(app).await.unwrap_or_default();
    let (_, stranger) = people.into_iter().find(|(_, actor)| actor.host != host)?;
    Some(Finding::new(
        "address of the accounts",
        Status::Failed,
        format!(
            "{} was made under another address than site.url, {}",
            stranger.handle(),
            app.config.site.url
        ),
        "set site.url back to the address the node was made with: followers know its people by it",
    ))
}

/// Is the clock plausible? It must not stand before what has already happened here.
pub(super) async fn clock(app: &App) -> Finding {
    let now = app.now();
    let people = account::list(app).await.unwrap_or_default();
    let newest = people.iter().map(|(account, _)| account.created_at).max();
    let detail = format!("{} UTC", now.to_chrono().format("%Y-%m-%d %H:%M:%S"));
    if newest.is_some_and(|at| at > now.plus_secs(60)) || now < oldest_plausible() {
        return Finding::new(
            "clock",
            Status::Failed,
            format!("{detail} lies before what has happened here already"),
            "set the machine's clock, by NTP: other servers refuse signatures that are off by minutes",
        );
    }
    Finding::ok("clock", detail)
}

/// 2026-01-01: this program did not exist before.
const fn oldest_plausible() -> Timestamp {
    Timestamp::from_secs(1_767_225_600)
}
