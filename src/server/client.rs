//! Who asks: the client's address, by the word of trusted proxies only. Pure.

use std::net::{IpAddr, Ipv6Addr, SocketAddr};

use http::HeaderMap;
use ipnet::IpNet;

/// The address of whoever asks: the peer, or, when that is a trusted proxy, the last one in `X-Forwarded-For` that no
/// trusted proxy has. What stands left of it was written by the client and counts for nothing.
pub(super) fn client_address(trusted: &[IpNet], peer: IpAddr, headers: &HeaderMap) -> IpAddr {
    let is_trusted = |address: &IpAddr| trusted.iter().any(|net| net.contains(address));
    let mut nearest = peer.to_canonical();
    if !is_trusted(&nearest) {
        return nearest;
    }
    let lines = headers.get_all("x-forwarded-for").iter();
    let parts: Vec<&str> = lines
        .flat_map(|value| value.to_str().unwrap_or("?").split(','))
        .collect();
    for part in parts.into_iter().rev() {
        // What cannot be read was not written by a proxy of ours, so nothing left of it was either.
        let Some(address) = read(part.trim()) else {
            break;
        };
        nearest = address;
        if !is_trusted(&nearest) {
            break;
        }
    }
    nearest
}

/// An address, in brackets or with a port as some proxies write it.
fn read(text: &str) -> Option<IpAddr> {
    let bare = text
        .strip_prefix('[')
        .and_then(|text| text.strip_suffix(']'));
    let address = bare
        .unwrap_or(text)
        .parse::<IpAddr>()
        .or_else(|_| text.parse::<SocketAddr>().map(|at| at.ip()));
    address.ok().map(|address| address.to_canonical())
}

/// The address that counts as one client: IPv6 by its /64, of which one customer has all.
pub(super) fn bucket(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(ip) => IpAddr::V6(Ipv6Addr::from_bits(ip.to_bits() & (u128::MAX << 64))),
        ip @ IpAddr::V4(_) => ip,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::HeaderValue;

    fn client(trusted: &[&str], peer: &str, forwarded: &[&'static str]) -> String {
        let trusted: Vec<IpNet> = trusted.iter().map(|net| net.parse().unwrap()).collect();
        let mut headers = HeaderMap::new();
        for line in forwarded {
            let value = HeaderValue::from_bytes(line.as_bytes()).unwrap();
            headers.append("x-forwarded-for", value);
        }
        client_address(&trusted, peer.parse().unwrap(), &headers).to_string()
    }

    const PROXIES: &[&str] = &["127.0.0.1/32", "10.0.0.0/8", "fd00::/8"];

    #[test]
    fn a_stranger_cannot_speak_for_another() {
        assert_eq!(client(&[], "203.0.113.9", &["198.51.100.1"]), "203.0.113.9");
        assert_eq!(
            client(PROXIES, "203.0.113.9", &["198.51.100.1"]),
            "203.0.113.9"
        );
        assert_eq!(client(&[], "127.0.0.1", &["198.51.100.1"]), "127.0.0.1");
    }

    #[test]
    fn only_what_trusted_proxies_added_counts() {
        for forged in [
            "",
            "198.51.100.1, ",
            "10.0.0.9, ",
            "nonsense, ",
            "127.0.0.1, 1.1.1.1, ",
        ] {
            let line: &'static str = format!("{forged}203.0.113.9").leak();
            assert_eq!(
                client(PROXIES, "127.0.0.1", &[line]),
                "203.0.113.9",
                "{line}"
            );
            let line: &'static str = format!("{forged}203.0.113.9, 10.1.1.1").leak();
            assert_eq!(
                client(PROXIES, "127.0.0.1", &[line]),
                "203.0.113.9",
                "{line}"
            );
        }
        assert_eq!(
            client(PROXIES, "127.0.0.1", &["198.51.100.1", "203.0.113.9"]),
            "203.0.113.9"
        );
        assert_eq!(client(PROXIES, "fd00::1", &["2001:db8::9"]), "2001:db8::9");
    }

    #[test]
    fn what_cannot_be_read_ends_the_chain() {
        for line in [
            "198.51.100.1, unknown",
            "198.51.100.1, _hidden",
            "198.51.100.1,",
            "198.51.100.1, é",
        ] {
            let line: &'static str = line.to_owned().leak();
            assert_eq!(client(PROXIES, "127.0.0.1", &[line]), "127.0.0.1", "{line}");
        }
        assert_eq!(client(PROXIES, "127.0.0.1", &[]), "127.0.0.1");
        assert_eq!(
            client(PROXIES, "127.0.0.1", &["1.2.3.4, unknown, 10.2.2.2"]),
            "10.2.2.2"
        );
    }

    #[test]
    fn every_spelling_of_an_address_is_one() {
        for line in [
            "203.0.113.9:4711",
            "::ffff:203.0.113.9",
            "[::ffff:203.0.113.9]:80",
        ] {
            let line: &'static str = line.to_owned().leak();
            assert_eq!(
                client(PROXIES, "::ffff:127.0.0.1", &[line]),
                "203.0.113.9",
                "{line}"
            );
        }
        assert_eq!(
            client(PROXIES, "127.0.0.1", &["[2001:db8::1]"]),
            "2001:db8::1"
        );
        let bucket = |text: &str| bucket(text.parse().unwrap()).to_string();
        assert_eq!(bucket("2001:db8:1:2:3:4:5:6"), "2001:db8:1:2::");
        assert_eq!(bucket("2001:db8:1:2::"), bucket("2001:db8:1:2:ffff::1"));
        assert_ne!(bucket("2001:db8:1:3::"), bucket("2001:db8:1:2::"));
        assert_eq!(bucket("::ffff:203.0.113.9"), "203.0.113.9");
    }
}
