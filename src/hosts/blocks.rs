//! Blocked domains: their rows, and the set that says whom they cover. What a block hides is `domain::moderation`'s.

use std::collections::HashSet;

use diesel::dsl::{count_star, max};
use diesel::prelude::*;

use super::ensure_row;
use crate::db::Conn;
use crate::db::schema::hosts;
use crate::error::Result;
use crate::types::{Host, Timestamp};

/// A domain that is blocked with everything below it.
#[derive(Clone, Debug, PartialEq, Eq, Queryable)]
pub struct Block {
    /// The domain; with a port it means that port only.
    pub domain: Host,
    /// Why, for those who moderate.
    pub reason: Option<String>,
    /// Since when; 0 when it is not known.
    pub blocked_at: Option<Timestamp>,
}

/// Which blocks there are, as far as two readings can be told apart: how many, and when the newest was made.
pub(super) type Version = (i64, Option<i64>);

/// Blocked domains, to be asked about hosts.
#[derive(Clone, Debug, Default)]
pub struct Blocked(HashSet<String>);

impl Blocked {
    /// True when the host or a domain above it is blocked; a block without a port covers every port.
    pub fn covers(&self, host: &Host) -> bool {
        if self.0.is_empty() {
            return false;
        }
        let whole = host.as_str();
        let port = whole
            .rsplit_once(':')
            .filter(|(_, port)| port.bytes().all(|byte| byte.is_ascii_digit()));
        let names = std::iter::once(whole).chain(port.map(|(name, _)| name));
        names.flat_map(and_above).any(|name| self.0.contains(name))
    }
}

impl FromIterator<Host> for Blocked {
    fn from_iter<T: IntoIterator<Item = Host>>(domains: T) -> Self {
        Self(domains.into_iter().map(Host::into_string).collect())
    }
}

/// A name and every domain above it.
fn and_above(name: &str) -> impl Iterator<Item = &str> {
    let above = name
        .match_indices('.')
        .filter_map(|(dot, _)| name.get(dot + 1..));
    std::iter::once(name).chain(above)
}

/// Blocks a domain; one that is blocked already gets the new reason. Call [`super::Hosts::reload`] after the commit.
pub fn block(conn: &mut Conn, domain: &Host, reason: Option<&str>, now: Timestamp) -> Result<()> {
    ensure_row(conn, domain, now)?;
    diesel::update(hosts::table.find(domain))
        .set((
            hosts::blocked.eq(true),
            hosts::reason.eq(reason),
            hosts::blocked_at.eq(Some(now.0)),
            hosts::updated_at.eq(now),
        ))
        .execute(conn)?;
    Ok(())
}

/// Takes a block back; false when there was none. Call [`super::Hosts::reload`] after the commit.
pub fn unblock(conn: &mut Conn, domain: &Host, now: Timestamp) -> Result<bool> {
    let row = hosts::table.find(domain).filter(hosts::blocked.eq(true));
    let changed = diesel::update(row)
        .set((
            hosts::blocked.eq(false),
            hosts::reason.eq(None::<String>),
            hosts::blocked_at.eq(None::<i64>),
            hosts::updated_at.eq(now),
        ))
        .execute(conn)?;
    Ok(changed > 0)
}

/// All blocks, by name.
pub fn list_blocks(conn: &mut Conn) -> Result<Vec<Block>> {
    Ok(hosts::table
        .filter(hosts::blocked.eq(true))
        .order(hosts::host)
        .select((hosts::host, hosts::reason, hosts::blocked_at))
        .load(conn)?)
}

/// All blocks, to be asked about hosts.
pub fn load_blocked(conn: &mut Conn) -> Result<Blocked> {
    let domains: Vec<Host> = hosts::table
        .filter(hosts::blocked.eq(true))
        .select(hosts::host)
        .load(conn)?;
    Ok(domains.into_iter().collect())
}

pub(super) fn load_version(conn: &mut Conn) -> Result<Version> {
    Ok(hosts::table
        .filter(hosts::blocked.eq(true))
        .select((count_star(), max(hosts::blocked_at)))
        .first(conn)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn covers(domains: &[&str], host: &str) -> bool {
        let blocked: Blocked = domains
            .iter()
            .map(|name| Host::parse(name).unwrap())
            .collect();
        blocked.covers(&Host::parse(host).unwrap())
    }

    #[test]
    fn a_block_covers_every_spelling_and_what_lies_below() {
        for host in [
            "bad.example",
            "BAD.example",
            "bad.example.",
            "bad.example:8443",
            "a.bad.example",
            "a.b.bad.example:444",
        ] {
            assert!(covers(&["Bad.Example."], host), "{host}");
        }
        assert!(covers(&["bücher.example"], "xn--bcher-kva.example"));
        assert!(covers(&["xn--bcher-kva.example"], "a.BÜCHER.example"));
        assert!(covers(&["[2001:db8::1]"], "[2001:DB8::1]:8443"));
        for host in [
            "example",
            "notbad.example",
            "bad.example.org",
            "good.example",
        ] {
            assert!(!covers(&["bad.example"], host), "{host}");
        }
    }

    #[test]
    fn a_block_with_a_port_covers_that_port() {
        assert!(covers(&["bad.example:8443"], "bad.example:8443"));
        assert!(covers(&["bad.example:8443"], "a.bad.example:8443"));
        assert!(!covers(&["bad.example:8443"], "bad.example"));
        assert!(!covers(&[], "bad.example"));
    }
}
