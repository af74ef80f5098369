//! Blocking whole servers: nothing is fetched from them, sent to them or taken from them, and what their people did here is
//! hidden. Unblocking brings it back, for every row is kept.

use super::store;
use crate::app::App;
use crate::domain::backfill;
use crate::error::{Error, Result};
use crate::hosts::{self, Block, Blocked};
use crate::types::Host;

/// Longest reason that is kept, in characters.
const REASON_MAX: usize = 500;

/// What a change of the blocks hid, or brought back.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Effects {
    /// Followers.
    pub followers: usize,
    /// Comments.
    pub comments: usize,
    /// Deliveries set aside, or due again.
    pub deliveries: usize,
}

/// Reads a domain that is to be blocked: in any spelling, also as an address. `Invalid` for what is none, for our own, and
/// (unless `whole_tld`) for a name without a dot, which would mean everything below `com`.
pub fn check_domain(app: &App, text: &str, whole_tld: bool) -> Result<Host> {
    let wrong = |why: String| Error::invalid_field("domain", why);
    let name = text.trim();
    let name = name.strip_prefix("https://").unwrap_or(name);
    let name = name.strip_suffix('/').unwrap_or(name);
    let domain = Host::parse(name)
        .filter(|domain| !domain.as_str().contains('*'))
        .ok_or_else(|| wrong(format!("\"{text}\" is no domain; write bad.example")))?;
    let own = Blocked::from_iter([domain.clone()]);
    if own.covers(&app.config.host()) {
        return Err(wrong(format!("{domain} is this node itself")));
    }
    let whole = !domain.as_str().contains(['.', ':']);
    if whole && !whole_tld {
        return Err(wrong(format!(
            "{domain} is a whole top-level domain, with everything below it; `antiphon block --force` blocks it all the same"
        )));
    }
    Ok(domain)
}

/// Blocks domains with everything below them; one that is blocked already gets the new reason.
pub async fn block(app: &App, blocks: Vec<(Host, Option<String>)>) -> Result<Effects> {
    let now = app.now();
    let effects = app.db.write(move |conn| {
        for (domain, reason) in &blocks {
            let reason: Option<String> = reason
                .as_ref()
                .map(|reason| reason.trim().chars().take(REASON_MAX).collect());
            let reason = reason.as_deref().filter(|reason| !reason.is_empty());
            hosts::block(conn, domain, reason, now)?;
        }
        store::apply_blocks(conn, now)
    });
    let effects = effects.await?;
    app.hosts.reload(&app.db).await?;
    Ok(effects)
}

/// Takes a block back. `NotFound` when there is none of this very domain.
pub async fn unblock(app: &App, domain: Host) -> Result<Effects> {
    let now = app.now();
    let effects = app.db.write(move |conn| {
        if !hosts::unblock(conn, &domain, now)? {
            return Err(Error::NotFound("the block"));
        }
        store::apply_blocks(conn, now)
    });
    let effects = effects.await?;
    app.hosts.reload(&app.db).await?;
    app.wake.deliveries.notify_one();
    backfill::wake_sleeping(app).await?;
    Ok(effects)
}

/// All blocks, by name.
pub async fn list_blocks(app: &App) -> Result<Vec<Block>> {
    app.db.read(hosts::list_blocks).await
}

/// Takes note of blocks that another process made or took back, and hides what came in meanwhile. True when there were.
pub async fn notice_blocks(app: &App) -> Result<bool> {
    if !app.hosts.notice(&app.db).await? {
        return Ok(false);
    }
    let now = app.now();
    app.db
        .write(move |conn| store::apply_blocks(conn, now))
        .await?;
    app.wake.deliveries.notify_one();
    Ok(true)
}
