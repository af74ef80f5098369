//! `[site]`: what machines are told of the site, beside its name.

use serde::Deserialize;
use url::Url;

use super::Site;
use crate::error::{Error, Result};

/// Whether what is written here may be gathered to train machines.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum AiCrawlers {
    /// It may.
    Allow,
    /// The known ones are asked not to, in `robots.txt`.
    Refuse,
}

/// Checks the addresses among the values.
pub(super) fn check(site: &Site) -> Result<()> {
    for address in &site.me {
        if !is_page(address) {
            return Err(Error::Setup(format!(
                "site.me: \"{address}\" is no address of a page; write for example \"https://social.example/@alice\""
            )));
        }
    }
    let contact = &site.security_contact;
    if !contact.is_empty() && !is_contact(contact) {
        return Err(Error::Setup(format!(
            "site.security_contact: \"{contact}\" is no address; write for example \"mailto:security@blog.example\" or \"https://blog.example/contact\""
        )));
    }
    Ok(())
}

fn is_page(address: &str) -> bool {
    let url = Url::parse(address);
    url.is_ok_and(|url| matches!(url.scheme(), "https" | "http") && url.has_host())
}

/// RFC 9116, 2.5.3: an address of any kind, on the web by https alone.
fn is_contact(address: &str) -> bool {
    let is_line = !address.contains(|c: char| c.is_control() || c.is_whitespace());
    let known = Url::parse(address).is_ok_and(|url| match url.scheme() {
        "mailto" => url.path().contains('@'),
        "https" => url.has_host(),
        "tel" => !url.path().is_empty(),
        _ => false,
    });
    is_line && known
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_contact_is_a_whole_address() {
        for good in [
            "mailto:a@b.example",
            "https://b.example/x",
            "tel:+1-201-555-0123",
        ] {
            assert!(is_contact(good), "{good}");
        }
        for bad in [
            "a@b.example",
            "http://b.example/",
            "mailto:a",
            "https://b.example/\nExpires: x",
            "",
        ] {
            assert!(!is_contact(bad), "{bad}");
        }
        assert!(is_page("https://social.example/@alice"));
        assert!(!is_page("@alice@social.example") && !is_page("javascript:alert(1)"));
    }
}
