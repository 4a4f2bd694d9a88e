//! Where events go: an address of the shop's, and never one inside the network unless that is allowed.

use std::error::Error;
use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::time::Duration;

use gerbang::{Network, Secret};
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use reqwest::{Client, redirect, retry};
use url::{Host, Url};

/// How long the shop may take to answer.
const PATIENCE: Duration = Duration::from_secs(15);

/// How long a connection may take.
const CONNECTING: Duration = Duration::from_secs(5);

/// Where an address of the shop's may be, besides on the Internet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reach {
    Internet,
    /// On this machine too, for trying.
    Machine,
    /// Anywhere.
    Network,
}

impl Reach {
    fn allows(self, ip: IpAddr) -> bool {
        match self {
            Self::Network => true,
            Self::Machine => is_public(ip) || ip.to_canonical().is_loopback(),
            Self::Internet => is_public(ip),
        }
    }
}

/// An address of the shop's. It may hold a secret, and is not shown.
#[derive(Clone, Debug)]
pub struct Target {
    url: Secret,
    reach: Reach,
}

impl Target {
    /// Reads an address: `https:`, or where others than the Internet's are allowed `http:` too.
    ///
    /// # Errors
    ///
    /// What the address must be. It does not show it.
    pub fn read(text: &Secret, reach: Reach) -> Result<Self, &'static str> {
        let url = Url::parse(text.expose()).map_err(|_| "must be an address that begins with https:")?;
        if url.scheme() != "https" && (url.scheme() != "http" || reach == Reach::Internet) {
            return Err("must begin with https:, or http: where webhook_allow_local is true");
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err("must have no user name and no password");
        }
        let literal = match url.host() {
            None => return Err("must name a host"),
            Some(Host::Domain(_)) => None,
            Some(Host::Ipv4(ip)) => Some(IpAddr::V4(ip)),
            Some(Host::Ipv6(ip)) => Some(IpAddr::V6(ip)),
        };
        // No name is asked for these.
        if literal.is_some_and(|ip| !reach.allows(ip)) {
            return Err("must be public, unless webhook_allow_local is true");
        }
        Ok(Self { url: Secret::from(url.as_str()), reach })
    }

    pub fn url(&self) -> &str {
        self.url.expose()
    }

    /// The client that delivers: it follows no redirect, asks no proxy, and connects to the addresses that were checked.
    pub fn client(&self) -> Result<Client, Box<dyn Error + Send + Sync>> {
        self.client_that_asks(lookup)
    }

    fn client_that_asks<F: Lookup>(
        &self,
        lookup: impl Fn(String) -> F + Send + Sync + 'static,
    ) -> Result<Client, Box<dyn Error + Send + Sync>> {
        let client = Network::new().no_proxy().http_client()?;
        let client = client
            .dns_resolver(Checked { reach: self.reach, lookup })
            .redirect(redirect::Policy::none())
            .retry(retry::never())
            .referer(false)
            .connect_timeout(CONNECTING)
            .timeout(PATIENCE)
            .user_agent(concat!("gerbang-serve/", env!("CARGO_PKG_VERSION")))
            .build();
        Ok(client?)
    }
}

/// The addresses of a name, which are being looked up.
trait Lookup: Future<Output = io::Result<Vec<SocketAddr>>> + Send + 'static {}

impl<F: Future<Output = io::Result<Vec<SocketAddr>>> + Send + 'static> Lookup for F {}

/// What the system says.
async fn lookup(name: String) -> io::Result<Vec<SocketAddr>> {
    Ok(tokio::net::lookup_host((name, 0)).await?.collect())
}

/// Names lead to addresses that may be connected to, or nowhere. Those that were checked are connected to: no name is looked up
/// twice for a call.
struct Checked<L> {
    reach: Reach,
    lookup: L,
}

impl<F: Lookup, L: Fn(String) -> F + Send + Sync> Resolve for Checked<L> {
    fn resolve(&self, name: Name) -> Resolving {
        let (reach, finding) = (self.reach, (self.lookup)(name.as_str().to_owned()));
        Box::pin(async move {
            let found = finding.await?;
            // One that is not allowed makes all of them doubtful.
            if found.iter().any(|address| !reach.allows(address.ip())) {
                let error: Box<dyn Error + Send + Sync> =
                    Box::new(io::Error::other("the name leads to an address inside"));
                return Err(error);
            }
            Ok(Box::new(found.into_iter()) as Addrs)
        })
    }
}

/// Whether an address is one of the Internet's.
fn is_public(ip: IpAddr) -> bool {
    match ip {
        IpAddr::V4(ip) => is_public_v4(ip),
        IpAddr::V6(ip) => is_public_v6(ip),
    }
}

fn is_public_v4(ip: Ipv4Addr) -> bool {
    let [a, b, c, _] = ip.octets();
    let is_special = ip.is_private()
        || ip.is_loopback()
        || ip.is_link_local()
        || ip.is_multicast()
        || ip.is_documentation()
        || a == 0
        || a >= 240
        || (a == 100 && (64..128).contains(&b))
        || (a == 192 && b == 0 && c == 0)
        || (a == 192 && b == 88 && c == 99)
        || (a == 198 && (18..20).contains(&b));
    !is_special
}

/// Only what is given out as global unicast, without the parts of it that lead elsewhere: to IPv4 by tunnels, and documentation.
fn is_public_v6(ip: Ipv6Addr) -> bool {
    if let Some(ip) = ip.to_ipv4_mapped() {
        return is_public_v4(ip);
    }
    let [a, b, ..] = ip.segments();
    let is_special = match a {
        0x2001 => b < 0x0200 || b == 0x0db8,
        0x2002 | 0x3ff0..=0x3fff => true,
        _ => false,
    };
    (a & 0xe000) == 0x2000 && !is_special
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Arc;
    use std::sync::atomic::{AtomicU32, Ordering};

    #[test]
    fn addresses_inside_are_not_public() {
        for inside in [
            "127.0.0.1",
            "10.1.2.3",
            "172.16.0.1",
            "192.168.1.1",
            "169.254.169.254",
            "0.0.0.0",
            "100.64.0.1",
            "192.0.0.1",
            "198.18.0.1",
            "224.0.0.1",
            "255.255.255.255",
            "240.0.0.1",
            "192.0.2.1",
            "::",
            "::1",
            "fe80::1",
            "fc00::1",
            "fd00:ec2::254",
            "ff02::1",
            "::ffff:127.0.0.1",
            "::ffff:10.0.0.1",
            "::127.0.0.1",
            "64:ff9b::7f00:1",
            "2002:7f00:1::",
            "2001::1",
            "2001:db8::1",
            "fec0::1",
            "3fff::1",
        ] {
            assert!(!is_public(inside.parse().unwrap()), "{inside}");
        }
        for outside in
            ["1.1.1.1", "172.32.0.1", "100.128.0.1", "198.20.0.1", "2606:4700::1111", "2404:6800::1", "::ffff:1.1.1.1"]
        {
            assert!(is_public(outside.parse().unwrap()), "{outside}");
        }
    }

    #[test]
    fn targets_are_public_and_encrypted_unless_local_is_allowed() {
        let read = |url: &str, reach| Target::read(&url.into(), reach).is_ok();
        for url in ["https://shop.example.com/hook?key=1", "https://1.1.1.1/"] {
            assert!([Reach::Internet, Reach::Machine, Reach::Network].iter().all(|reach| read(url, *reach)), "{url}");
        }
        for url in [
            "http://shop.example.com",
            "https://127.0.0.1/",
            "https://2130706433/",
            "https://0x7f.1/",
            "https://[::1]/",
            "https://[::ffff:10.0.0.1]/",
            "http://127.0.0.1:3000/",
        ] {
            assert!(!read(url, Reach::Internet) && read(url, Reach::Network), "{url}");
            assert_eq!(read(url, Reach::Machine), !url.contains("10.0.0.1"), "{url}");
        }
        for url in
            ["", "shop", "ftp://shop.example.com", "file:///etc/passwd", "https://u:p@shop.example.com", "https://"]
        {
            assert!(!read(url, Reach::Network), "{url}");
        }
        assert!(!format!("{:?}", Target::read(&"https://a.example/CANARY".into(), Reach::Internet)).contains("CANARY"));
    }

    #[tokio::test]
    async fn name_that_leads_inside_is_not_connected_to() {
        let target = |reach| Target::read(&"https://localhost:1/".into(), reach).unwrap();
        let failed =
            target(Reach::Internet).client().unwrap().post(target(Reach::Internet).url()).send().await.unwrap_err();
        assert!(format!("{:?}", failed).contains("inside"), "{failed:?}");
        let failed =
            target(Reach::Machine).client().unwrap().post(target(Reach::Machine).url()).send().await.unwrap_err();
        assert!(!format!("{:?}", failed).contains("inside"), "{failed:?}");
    }

    #[tokio::test]
    async fn name_is_asked_once_and_connected_to_as_checked() {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://shop.example:{}/", listener.local_addr().unwrap().port());
        let target = Target::read(&url.into(), Reach::Machine).unwrap();
        // A name that leads elsewhere the second time.
        let post = async |first: &'static str, second: &'static str| {
            let count = Arc::new(AtomicU32::new(0));
            let counted = count.clone();
            let lookup = move |_| {
                let ip = if counted.fetch_add(1, Ordering::SeqCst) == 0 { first } else { second };
                std::future::ready(Ok(vec![SocketAddr::new(ip.parse().unwrap(), 0)]))
            };
            let request = target.client_that_asks(lookup).unwrap().post(target.url());
            let sent = tokio::time::timeout(std::time::Duration::from_secs(5), request.send());
            let accepted =
                async { tokio::time::timeout(std::time::Duration::from_millis(300), listener.accept()).await.is_ok() };
            let (sent, accepted) =
                tokio::join!(async { sent.await.map(|sent| sent.map_err(|error| format!("{error:?}"))) }, accepted);
            (sent, accepted, count.load(Ordering::SeqCst))
        };
        let (sent, accepted, asked) = post("10.0.0.1", "127.0.0.1").await;
        assert!(sent.unwrap().unwrap_err().contains("inside") && !accepted && asked == 1);
        let (_, accepted, asked) = post("127.0.0.1", "10.0.0.1").await;
        assert!(accepted && asked == 1, "{accepted} {asked}");
    }
}
