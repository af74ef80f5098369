//! Names to addresses, tested by the guard at the moment of connecting, so that a name cannot lead
//! elsewhere between test and use.

use std::collections::HashMap;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use reqwest::dns::{Addrs, Name, Resolve, Resolving};

use super::guard::{Forbidden, Guard};

/// Where names are looked up.
#[derive(Clone, Debug, Default)]
pub enum Resolver {
    /// The operating system's resolver.
    #[default]
    System,
    /// A fixed table; other names are unknown. For tests.
    Fixed(Arc<HashMap<String, Vec<IpAddr>>>),
    /// One address for every name. For load tests.
    All(IpAddr),
}

/// The resolver as the HTTP client sees it.
#[derive(Clone, Debug)]
pub(super) struct GuardedResolver {
    pub(super) resolver: Resolver,
    pub(super) guard: Guard,
}

impl Resolve for GuardedResolver {
    fn resolve(&self, name: Name) -> Resolving {
        let this = self.clone();
        Box::pin(async move {
            let found = this.resolver.lookup(name.as_str()).await?;
            let open: Vec<SocketAddr> = found
                .into_iter()
                .filter(|at| this.guard.check_ip(at.ip()).is_ok())
                .collect();
            if open.is_empty() {
                return Err(Forbidden("the host is not at a public address").into());
            }
            let addresses: Addrs = Box::new(open.into_iter());
            Ok(addresses)
        })
    }
}

impl Resolver {
    /// All addresses of a name; port 0 stands for the address' own.
    async fn lookup(&self, name: &str) -> std::io::Result<Vec<SocketAddr>> {
        let unknown = || std::io::Error::new(std::io::ErrorKind::NotFound, "the name is unknown");
        let found: Vec<SocketAddr> = match self {
            Self::System => tokio::net::lookup_host((name, 0)).await?.collect(),
            Self::Fixed(table) => table
                .get(name)
                .into_iter()
                .flatten()
                .map(|ip| SocketAddr::new(*ip, 0))
                .collect(),
            Self::All(ip) => vec![SocketAddr::new(*ip, 0)],
        };
        if found.is_empty() {
            Err(unknown())
        } else {
            Ok(found)
        }
    }
}
