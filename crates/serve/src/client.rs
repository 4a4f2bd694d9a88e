//! Where a call comes from: the other end of the connection, or whom a proxy names that is trusted.

use std::net::{IpAddr, Ipv6Addr, SocketAddr};

use http::{Extensions, HeaderMap};
use ipnet::IpNet;

/// The other end of a connection.
#[derive(Debug, Clone, Copy)]
pub struct Peer(pub IpAddr);

/// The proxies whose word on clients is taken.
#[derive(Debug, Clone, Default)]
pub struct Proxies(Vec<IpNet>);

impl Proxies {
    /// Reads addresses and networks that are separated by white space.
    ///
    /// # Errors
    ///
    /// What each must be.
    pub fn read(text: &str) -> Result<Self, &'static str> {
        let read = |word: &str| word.parse().ok().or_else(|| word.parse().map(|ip: IpAddr| IpNet::from(ip)).ok());
        let networks = text.split_whitespace().map(read).collect::<Option<Vec<_>>>();
        networks.map(Self).ok_or("must be addresses or networks, such as 127.0.0.1 10.0.0.0/8, separated by blanks")
    }

    /// Whether none is trusted.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether an address is a trusted proxy's.
    pub fn trusts(&self, ip: IpAddr) -> bool {
        self.0.iter().any(|network| network.contains(&ip))
    }

    /// Who makes a call.
    pub fn client(&self, extensions: &Extensions, headers: &HeaderMap) -> IpAddr {
        let peer = extensions.get::<Peer>().map_or(IpAddr::V6(Ipv6Addr::UNSPECIFIED), |Peer(ip)| *ip);
        self.behind(peer, headers)
    }

    /// The nearest one that is no trusted proxy. What is further left in X-Forwarded-For, anybody can have written.
    fn behind(&self, peer: IpAddr, headers: &HeaderMap) -> IpAddr {
        let mut nearest = peer;
        let values = headers.get_all("x-forwarded-for").iter().collect::<Vec<_>>();
        let mut hops = values.into_iter().rev().flat_map(|value| value.to_str().unwrap_or("?").rsplit(','));
        while self.trusts(nearest) {
            match hops.next().and_then(|hop| address(hop.trim())) {
                Some(further) => nearest = further,
                None => break,
            }
        }
        nearest
    }
}

/// An address as proxies write it: alone, or with a port.
fn address(text: &str) -> Option<IpAddr> {
    let alone = text.trim_start_matches('[').trim_end_matches(']').parse().ok();
    let ip: Option<IpAddr> = alone.or_else(|| text.parse().map(|address: SocketAddr| address.ip()).ok());
    ip.map(|ip| ip.to_canonical())
}

/// What limits count: of IPv6 the network, of which a client has all addresses.
pub fn network(ip: IpAddr) -> IpAddr {
    match ip.to_canonical() {
        IpAddr::V6(ip) => IpAddr::V6(Ipv6Addr::from_bits(ip.to_bits() & !u128::from(u64::MAX))),
        ip => ip,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::HeaderValue;

    fn client(proxies: &str, peer: &str, forwarded: &[&str]) -> String {
        let mut headers = HeaderMap::new();
        for value in forwarded {
            headers.append("x-forwarded-for", HeaderValue::from_bytes(value.as_bytes()).unwrap());
        }
        Proxies::read(proxies).unwrap().behind(peer.parse().unwrap(), &headers).to_string()
    }

    #[test]
    fn word_of_a_trusted_proxy_only_is_taken() {
        assert_eq!(client("", "127.0.0.1", &["9.9.9.9"]), "127.0.0.1");
        assert_eq!(client("10.0.0.1", "127.0.0.1", &["9.9.9.9"]), "127.0.0.1");
        assert_eq!(client("127.0.0.1", "127.0.0.1", &["9.9.9.9"]), "9.9.9.9");
        assert_eq!(client("127.0.0.1", "127.0.0.1", &[]), "127.0.0.1");
        // What the client itself has written is further left.
        assert_eq!(client("127.0.0.1", "127.0.0.1", &["1.1.1.1, 9.9.9.9"]), "9.9.9.9");
        assert_eq!(client("127.0.0.1", "127.0.0.1", &["1.1.1.1", "9.9.9.9"]), "9.9.9.9");
        assert_eq!(client("127.0.0.1 10.0.0.0/8", "127.0.0.1", &["1.1.1.1, 9.9.9.9, 10.1.2.3"]), "9.9.9.9");
        assert_eq!(client("127.0.0.0/8 ::1", "::1", &["[2001:db8::1]:443"]), "2001:db8::1");
        assert_eq!(client("127.0.0.1", "127.0.0.1", &["9.9.9.9:443"]), "9.9.9.9");
        for unreadable in ["unknown", "", "9.9.9.9, ", "9.9.9.9, evil", "\u{ff}"] {
            assert_eq!(client("127.0.0.1", "127.0.0.1", &[unreadable]), "127.0.0.1", "{unreadable}");
        }
        assert!(Proxies::read("proxy.example").is_err() && Proxies::read("10.0.0.0/99").is_err());
    }

    #[test]
    fn all_addresses_of_one_client_are_one() {
        let network = |ip: &str| network(ip.parse().unwrap()).to_string();
        assert_eq!(network("2001:db8:1:2:3:4:5:6"), "2001:db8:1:2::");
        assert_eq!((network("::ffff:9.9.9.9"), network("9.9.9.9")), ("9.9.9.9".into(), "9.9.9.9".into()));
    }
}
