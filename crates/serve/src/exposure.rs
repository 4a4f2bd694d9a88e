//! How the daemon is reached from outside, and what is doubtful about that.

use std::net::IpAddr;

use url::{Host, Url};

use crate::client::Proxies;

/// What an operator should know before anybody depends on the daemon, a line each.
pub fn warnings(listen: IpAddr, public_url: Option<&str>, proxies: &Proxies) -> Vec<String> {
    let is_local = listen.to_canonical().is_loopback();
    let public = public_url.and_then(|url| Url::parse(url).ok()).filter(|url| !is_here(url));
    let mut warnings = Vec::new();
    if !is_local && public_url.is_none() {
        warnings.push(
            "listen is an address that other machines reach, and public_url is not set: gateways and customers get no address \
             that leads here; set public_url, or listen at 127.0.0.1",
        );
    }
    if !is_local && proxies.is_empty() {
        warnings.push(
            "listen is an address that other machines reach, and the daemon speaks plain HTTP: tokens and customers' pages go \
             unencrypted over the network; put a proxy with TLS in front and name it in trusted_proxies, or listen at 127.0.0.1",
        );
    }
    if public.as_ref().is_some_and(|url| url.scheme() == "http") {
        warnings.push(
            "public_url begins with http: notifications and customers' pages go unencrypted over the network; put a proxy with \
             TLS in front, and write https:",
        );
    }
    if is_local && public.is_some() && proxies.is_empty() {
        warnings.push(
            "public_url is that of a proxy, and trusted_proxies is not set: all customers and gateways count as one address, and \
             share its limits; name the proxy, such as trusted_proxies = \"127.0.0.1\", where it sets X-Forwarded-For",
        );
    }
    warnings.into_iter().map(str::to_owned).collect()
}

/// Whether an address leads nowhere but to this machine.
fn is_here(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(ip)) => ip.is_loopback(),
        Some(Host::Ipv6(ip)) => ip.is_loopback(),
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn doubtful_ways_from_outside_are_named() {
        let said = |listen: &str, public_url: Option<&str>, proxies: &str| {
            let all = warnings(listen.parse().unwrap(), public_url, &Proxies::read(proxies).unwrap()).join("\n");
            ["no address", "plain HTTP", "begins with http:", "one address"].map(|part| all.contains(part))
        };
        let https = Some("https://pay.example.com");
        assert_eq!(said("127.0.0.1", None, ""), [false; 4]);
        assert_eq!(said("127.0.0.1", https, "127.0.0.1"), [false; 4]);
        assert_eq!(said("0.0.0.0", https, "10.0.0.0/8"), [false; 4]);
        assert_eq!(said("127.0.0.1", Some("http://localhost:8080"), ""), [false; 4]);
        assert_eq!(said("0.0.0.0", None, ""), [true, true, false, false]);
        assert_eq!(said("::", https, ""), [false, true, false, false]);
        assert_eq!(said("10.0.0.1", Some("http://10.0.0.1"), "10.0.0.2"), [false, false, true, false]);
        assert_eq!(said("127.0.0.1", https, ""), [false, false, false, true]);
    }
}
