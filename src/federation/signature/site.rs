//! The host a signature must be bound to: ours, from the configuration, or the receiver's when we
//! send. Never taken from what a proxy forwards.

use http::HeaderMap;
use url::{Host, Url};

use super::error::SignatureError;
use super::{Request, joined};

/// A public origin, in the spellings that signatures need.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Site {
    scheme: String,
    authority: String,
    default_port: &'static str,
}

impl Site {
    /// Takes scheme, host and port of an address; the rest is ignored. Fails without a host.
    pub fn new(origin: &Url) -> Result<Self, SignatureError> {
        let host = origin
            .host_str()
            .filter(|host| !host.is_empty())
            .ok_or_else(|| SignatureError::malformed("the address has no host"))?;
        let authority = match origin.port() {
            Some(port) => format!("{host}:{port}"),
            None => host.to_owned(),
        };
        let default_port = if origin.scheme() == "http" {
            ":80"
        } else {
            ":443"
        };
        Ok(Self {
            scheme: origin.scheme().to_owned(),
            authority,
            default_port,
        })
    }

    /// The host and, unless it is the scheme's own, the port: `blog.example`, `localhost:8081`.
    pub fn authority(&self) -> &str {
        &self.authority
    }

    /// `https` or `http`.
    pub fn scheme(&self) -> &str {
        &self.scheme
    }

    /// The whole address of a request to this site (RFC 9421 2.2.2).
    pub(super) fn target_uri(&self, request: &Request<'_>) -> String {
        format!(
            "{}://{}{}",
            self.scheme, self.authority, request.path_and_query
        )
    }

    /// The `host` to put into a signing text: the header's own spelling when it means this site (some
    /// senders write the default port), else this site's.
    pub(super) fn signed_host(&self, headers: &HeaderMap) -> Result<String, SignatureError> {
        let sent = joined(headers, "host")?;
        Ok(sent
            .filter(|text| self.is_spelling(text))
            .unwrap_or_else(|| self.authority.clone()))
    }

    /// False when the Host header names a public host that is not ours. Internal names pass: a reverse
    /// proxy may put its upstream's name there, and the proof uses our own name anyway.
    pub(super) fn admits_host(&self, headers: &HeaderMap) -> Result<bool, SignatureError> {
        Ok(joined(headers, "host")?
            .is_none_or(|text| self.is_spelling(&text) || is_internal(&text)))
    }

    fn is_spelling(&self, text: &str) -> bool {
        let name = text.to_ascii_lowercase();
        name == self.authority || name.strip_suffix(self.default_port) == Some(&self.authority)
    }
}

/// True for what an upstream is called in a proxy's configuration: an address or a single label.
fn is_internal(host: &str) -> bool {
    match Url::parse(&format!("http://{host}/")) {
        Ok(url) => match url.host() {
            Some(Host::Domain(name)) => !name.contains('.'),
            Some(Host::Ipv4(_) | Host::Ipv6(_)) => true,
            None => false,
        },
        Err(_) => false,
    }
}
