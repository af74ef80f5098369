//! Which addresses this node may talk to. Pure: it resolves nothing and connects to nothing.
//!
//! Two places ask it: the client before each request (names and literals), the resolver at connect time
//! (what a name really leads to). The resolver alone is not enough, since literals never pass it.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use ipnet::{Ipv4Net, Ipv6Net};
use url::{Host, Url};

/// The longest host name DNS can carry (RFC 1035 2.3.4), without the root's dot.
const MAX_NAME: usize = 253;

const fn v4(a: u8, b: u8, c: u8, d: u8, prefix: u8) -> Ipv4Net {
    Ipv4Net::new_assert(Ipv4Addr::new(a, b, c, d), prefix)
}

const fn v6(a: u16, b: u16, prefix: u8) -> Ipv6Net {
    Ipv6Net::new_assert(Ipv6Addr::new(a, b, 0, 0, 0, 0, 0, 0), prefix)
}

/// What is not global unicast in IPv4 (IANA special-purpose registry, RFC 6890).
const FORBIDDEN_V4: [Ipv4Net; 15] = [
    v4(0, 0, 0, 0, 8),       // this network
    v4(10, 0, 0, 0, 8),      // private
    v4(100, 64, 0, 0, 10),   // carrier-grade NAT
    v4(127, 0, 0, 0, 8),     // loopback
    v4(169, 254, 0, 0, 16),  // link-local, and the clouds' metadata services
    v4(172, 16, 0, 0, 12),   // private
    v4(192, 0, 0, 0, 24),    // protocol assignments
    v4(192, 0, 2, 0, 24),    // documentation
    v4(192, 88, 99, 0, 24),  // 6to4 relays
    v4(192, 168, 0, 0, 16),  // private
    v4(198, 18, 0, 0, 15),   // benchmarks
    v4(198, 51, 100, 0, 24), // documentation
    v4(203, 0, 113, 0, 24),  // documentation
    v4(224, 0, 0, 0, 4),     // multicast
    v4(240, 0, 0, 0, 4),     // reserved, broadcast
];

/// Private networks and loopback, opened by `allow_loopback`.
const LOCAL_V4: [Ipv4Net; 4] = [
    v4(10, 0, 0, 0, 8),
    v4(127, 0, 0, 0, 8),
    v4(172, 16, 0, 0, 12),
    v4(192, 168, 0, 0, 16),
];

/// All global unicast addresses of IPv6 lie here (RFC 4291). Outside are loopback, unspecified, mapped and
/// compatible IPv4, NAT64, unique local, link-local, site-local, multicast and the discard prefix.
const GLOBAL_V6: Ipv6Net = v6(0x2000, 0, 3);

/// What is not global unicast within [`GLOBAL_V6`].
const FORBIDDEN_V6: [Ipv6Net; 4] = [
    v6(0x2001, 0, 23),      // protocol assignments: Teredo, benchmarks, ORCHID
    v6(0x2001, 0x0db8, 32), // documentation
    v6(0x2002, 0, 16),      // 6to4: carries any IPv4 address
    v6(0x3fff, 0, 20),      // documentation
];

/// Unique local addresses, opened by `allow_loopback`.
const LOCAL_V6: Ipv6Net = v6(0xfc00, 0, 7);

/// What the operator opens.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Guard {
    /// Opens loopback and private addresses, single-label names and any port.
    pub allow_loopback: bool,
    /// Opens plain http.
    pub allow_http: bool,
}

/// An address this node must not talk to; the text names what is wrong with it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Forbidden(pub &'static str);

impl fmt::Display for Forbidden {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

impl std::error::Error for Forbidden {}

impl Guard {
    /// Tests all that can be seen in an address: scheme, user info, port, host.
    pub fn check_url(self, url: &Url) -> Result<(), Forbidden> {
        match url.scheme() {
            "https" => {}
            "http" if self.allow_http => {}
            _ => return Err(Forbidden("only https addresses are fetched")),
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(Forbidden("the address carries user information"));
        }
        if url.port().is_some() && !self.allow_loopback {
            return Err(Forbidden("the address names an unusual port"));
        }
        match url.host() {
            Some(Host::Domain(name)) => self.check_name(name),
            Some(Host::Ipv4(ip)) => self.check_ip(IpAddr::V4(ip)),
            Some(Host::Ipv6(ip)) => self.check_ip(IpAddr::V6(ip)),
            None => Err(Forbidden("the address has no host")),
        }
    }

    fn check_name(self, name: &str) -> Result<(), Forbidden> {
        if name.is_empty() || name.len() > MAX_NAME || name.split('.').any(|part| part.len() > 63) {
            return Err(Forbidden("the host name is empty or too long"));
        }
        if name.ends_with('.') {
            return Err(Forbidden("the host name ends with a dot"));
        }
        if !name.contains('.') && !self.allow_loopback {
            return Err(Forbidden("the host name has no domain"));
        }
        Ok(())
    }

    /// Tests where a connection would go.
    pub fn check_ip(self, ip: IpAddr) -> Result<(), Forbidden> {
        let open = is_global(ip) || (self.allow_loopback && is_local(ip.to_canonical()));
        if open {
            Ok(())
        } else {
            Err(Forbidden("the host is not at a public address"))
        }
    }
}

fn is_global(ip: IpAddr) -> bool {
    match ip {
        IpAddr::V4(ip) => !FORBIDDEN_V4.iter().any(|net| net.contains(&ip)),
        IpAddr::V6(ip) => {
            GLOBAL_V6.contains(&ip) && !FORBIDDEN_V6.iter().any(|net| net.contains(&ip))
        }
    }
}

fn is_local(ip: IpAddr) -> bool {
    match ip {
        IpAddr::V4(ip) => LOCAL_V4.iter().any(|net| net.contains(&ip)),
        IpAddr::V6(ip) => ip.is_loopback() || LOCAL_V6.contains(&ip),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const STRICT: Guard = Guard {
        allow_loopback: false,
        allow_http: false,
    };
    const OPEN: Guard = Guard {
        allow_loopback: true,
        allow_http: true,
    };

    fn check(guard: Guard, text: &str) -> Result<(), Forbidden> {
        guard.check_url(&Url::parse(text).unwrap())
    }

    #[test]
    fn literals_of_every_spelling_are_refused() {
        for host in [
            "127.1",
            "2130706433",
            "0x7f.1",
            "0x7f000001",
            "0177.0.0.1",
            "127.0.0.1",
            "127.0.0.1.",
            "0",
            "0.0.0.0",
            "10.1.2.3",
            "100.64.0.1",
            "169.254.169.254",
            "172.31.255.255",
            "192.0.0.8",
            "192.0.2.1",
            "192.88.99.1",
            "192.168.1.1",
            "198.18.0.1",
            "198.19.255.255",
            "198.51.100.7",
            "203.0.113.9",
            "224.0.0.1",
            "240.0.0.1",
            "255.255.255.255",
            "%31%32%37.0.0.1",
            "①②⑦.⓪.⓪.①",
            "1",
            "4294967295",
            "127.0.1",
            "017700000001",
            "0x7f.0x0.0x0.0x1",
            "0x7f.0.0x1",
            "169.254.169.254.",
            "localhost",
            "localhost.",
            "[::]",
            "[::1]",
            "[0:0:0:0:0:0:0:1]",
            "[::FFFF:A9FE:A9FE]",
            "[::ffff:0:127.0.0.1]",
            "[64:ff9b::8.8.8.8]",
            "[2001:0:7f00:1::]",
            "[2002:a9fe:a9fe::1]",
            "[fec0::]",
            "[::ffff:127.0.0.1]",
            "[::ffff:7f00:1]",
            "[::ffff:8.8.8.8]",
            "[::127.0.0.1]",
            "[64:ff9b::7f00:1]",
            "[64:ff9b:1::1]",
            "[100::1]",
            "[2001::1]",
            "[2001:2::1]",
            "[2001:20::1]",
            "[2001:db8::1]",
            "[2002:7f00:1::]",
            "[3fff::1]",
            "[5f00::1]",
            "[fc00::1]",
            "[fd12::1]",
            "[fe80::1]",
            "[fec0::1]",
            "[ff02::1]",
        ] {
            assert!(
                check(STRICT, &format!("https://{host}/")).is_err(),
                "{host}"
            );
        }
    }

    #[test]
    fn what_no_url_may_hold_is_no_address() {
        for host in [
            "[fe80::1%25eth0]",
            "[fe80::1%eth0]",
            "[::1",
            "127.0.0.256",
            "0x100000000",
            "1.2.3.4.5",
            "a b",
            "",
        ] {
            assert!(Url::parse(&format!("https://{host}/")).is_err(), "{host}");
        }
    }

    #[test]
    fn every_special_range_is_closed_from_its_first_address_to_its_last() {
        for net in FORBIDDEN_V4 {
            for ip in [net.network(), net.broadcast()] {
                assert!(STRICT.check_ip(IpAddr::V4(ip)).is_err(), "{ip}");
                for carrier in [
                    ip.to_ipv6_mapped(),
                    ip.to_ipv6_compatible(),
                    Ipv6Addr::from_bits((0x2002 << 112) | (u128::from(ip.to_bits()) << 80)),
                    Ipv6Addr::from_bits((0x0064_ff9b << 96) | u128::from(ip.to_bits())),
                    Ipv6Addr::from_bits((0x2001 << 112) | u128::from(!ip.to_bits())),
                ] {
                    assert!(STRICT.check_ip(IpAddr::V6(carrier)).is_err(), "{carrier}");
                }
            }
        }
        for net in FORBIDDEN_V6 {
            for ip in [net.network(), net.broadcast()] {
                assert!(STRICT.check_ip(IpAddr::V6(ip)).is_err(), "{ip}");
            }
        }
    }

    #[test]
    fn public_addresses_and_names_pass() {
        for host in [
            "blog.example",
            "8.8.8.8",
            "172.32.0.1",
            "100.128.0.1",
            "[2606:4700::1111]",
            "[2a00::1]",
            "[2001:200::1]",
            "bücher.example",
        ] {
            assert_eq!(check(STRICT, &format!("https://{host}/")), Ok(()), "{host}");
        }
    }

    #[test]
    fn scheme_user_port_and_name_are_tested() {
        for text in [
            "http://blog.example/",
            "ftp://blog.example/",
            "data:text/plain,x",
            "file:///etc/passwd",
            "https://user@blog.example/",
            "https://:pw@blog.example/",
            "https://blog.example:8443/",
            "https://localhost/",
            "https://blog.example./",
            "https://blog/",
        ] {
            assert!(check(STRICT, text).is_err(), "{text}");
        }
        assert_eq!(check(STRICT, "https://blog.example:443/"), Ok(()));
        let label = "a".repeat(64);
        assert!(check(STRICT, &format!("https://{label}.example/")).is_err());
        let long = "a.".repeat(130);
        assert!(check(STRICT, &format!("https://{long}example/")).is_err());
    }

    #[test]
    fn loopback_and_private_can_be_opened_but_nothing_else() {
        for host in [
            "localhost:8081",
            "127.0.0.1:1",
            "10.0.0.1",
            "[::1]:80",
            "[fd00::1]",
            "web",
        ] {
            assert_eq!(check(OPEN, &format!("http://{host}/")), Ok(()), "{host}");
        }
        for host in [
            "169.254.169.254",
            "0.0.0.0",
            "[::]",
            "[fe80::1]",
            "224.0.0.1",
            "web.",
        ] {
            assert!(check(OPEN, &format!("http://{host}/")).is_err(), "{host}");
        }
    }
}
