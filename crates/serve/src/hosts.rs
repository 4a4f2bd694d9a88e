//! The names that the daemon answers to, and where calls of browsers come from.
//!
//! A page whose own name leads to this machine (DNS rebinding) is of another name, and gets nothing. A page of another site cannot
//! make a browser call what changes something.

use std::net::{IpAddr, Ipv6Addr};
use std::sync::Arc;

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use http::header::{HOST, ORIGIN};
use http::uri::Authority;
use http::{HeaderMap, Method};
use url::Url;

use crate::problem::{Code, Detail, Next as What, Problem};

/// The names that the daemon answers to.
#[derive(Debug)]
pub struct Hosts {
    /// Where gateways and customers reach it.
    public: Option<Url>,
    /// Further names of the settings.
    more: Vec<String>,
    /// Whether it listens at this machine's own address only.
    is_local: bool,
}

impl Hosts {
    pub fn new(public_url: Option<&str>, more: Vec<String>, listen: IpAddr) -> Self {
        let public = public_url.and_then(|url| Url::parse(url).ok());
        Self { public, more, is_local: listen.to_canonical().is_loopback() }
    }

    /// Whether a host is the daemon's: localhost, the public URL's, one of the settings, or an address, which nobody can have led
    /// here by a name; where it listens at this machine's own address only, one of those.
    fn knows(&self, host: &str) -> bool {
        let host = host.strip_suffix('.').unwrap_or(host);
        let is_public = self.public.as_ref().and_then(Url::host_str).is_some_and(|own| own.eq_ignore_ascii_case(host));
        let is_named = || self.more.iter().any(|name| name.eq_ignore_ascii_case(host));
        let is_own_address = match address(host) {
            Some(ip) => !self.is_local || ip.is_loopback(),
            None => host.eq_ignore_ascii_case("localhost"),
        };
        is_public || is_own_address || is_named()
    }

    /// The one host that a request names.
    fn of(&self, request: &Request) -> Result<Authority, Problem> {
        let mut values = request.headers().get_all(HOST).iter();
        let host = values.next().and_then(|value| Authority::try_from(value.as_bytes()).ok());
        let Some(host) = host.filter(|host| values.next().is_none() && !host.as_str().contains('@')) else {
            return Err(Problem::invalid(Detail::NoHost));
        };
        let of_target = request.uri().host().is_none_or(|host| self.knows(host));
        if self.knows(host.host()) && of_target { Ok(host) } else { Err(unknown_host()) }
    }

    /// Whether a browser says that a page of another place makes the call. Programs say nothing of it.
    fn is_cross_site(&self, headers: &HeaderMap, host: &Authority) -> bool {
        let text = |name: &str| headers.get(name).map(|value| value.to_str().unwrap_or("?"));
        let is_elsewhere = text("sec-fetch-site").is_some_and(|site| !["same-origin", "none"].contains(&site));
        is_elsewhere || text(ORIGIN.as_str()).is_some_and(|origin| !self.is_own_origin(origin, host))
    }

    fn is_own_origin(&self, origin: &str, host: &Authority) -> bool {
        let Ok(origin) = Url::parse(origin) else { return false };
        let is_public = self.public.as_ref().is_some_and(|own| own.origin() == origin.origin());
        let port = host.port_u16().or_else(|| origin.scheme().eq("https").then_some(443)).unwrap_or(80);
        let is_here = origin.host_str().is_some_and(|name| name.eq_ignore_ascii_case(host.host()));
        is_public || (is_here && origin.port_or_known_default() == Some(port))
    }
}

/// The address that a host is, written as it should be.
fn address(host: &str) -> Option<IpAddr> {
    let v6 = host.strip_prefix('[').and_then(|host| host.strip_suffix(']')?.parse::<Ipv6Addr>().ok());
    v6.map(IpAddr::V6).or_else(|| host.parse().ok()).map(|ip| ip.to_canonical())
}

/// Lets a call through that names a host of the daemon's, and that no page of another site makes. Whether the daemon is well may be
/// asked by any name; a gateway may notify from anywhere.
pub async fn check(State(hosts): State<Arc<Hosts>>, request: Request, next: Next) -> Response {
    let path = request.uri().path();
    if ["/healthz", "/readyz"].contains(&path) {
        return next.run(request).await;
    }
    let host = match hosts.of(&request) {
        Ok(host) => host,
        Err(problem) => return problem.into_response(),
    };
    let changes = ![Method::GET, Method::HEAD, Method::OPTIONS].contains(request.method());
    if changes && !path.starts_with("/hooks/") && hosts.is_cross_site(request.headers(), &host) {
        return cross_site().into_response();
    }
    next.run(request).await
}

fn unknown_host() -> Problem {
    Problem::new(Code::UnknownHost, Detail::UnknownHost, What::UseAKnownHost)
}

fn cross_site() -> Problem {
    Problem::new(Code::CrossSite, Detail::CrossSite, What::CallFromAServer)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hosts(listen: &str) -> Hosts {
        Hosts::new(Some("https://pay.example.com/gerbang"), vec!["gerbang".into()], listen.parse().unwrap())
    }

    #[test]
    fn names_are_the_daemons_own() {
        for listen in ["127.0.0.1", "::1", "0.0.0.0", "::"] {
            let hosts = hosts(listen);
            for own in
                ["localhost", "LOCALHOST", "127.0.0.1", "127.0.0.9", "[::1]", "pay.example.com", "gerbang", "gerbang."]
            {
                assert!(hosts.knows(own), "{listen} {own}");
            }
            for other in ["evil.example", "localhost.evil.example", "pay.example.com.evil.example", "xpay.example.com"]
            {
                assert!(!hosts.knows(other), "{listen} {other}");
            }
            for odd in ["2130706433", "0x7f.1", "0177.0.0.1", "127.1", "", "[::1", "::1]"] {
                assert!(!hosts.knows(odd), "{listen} {odd}");
            }
            let is_local = listen == "127.0.0.1" || listen == "::1";
            for address in ["10.0.0.1", "[fd00::1]", "169.254.169.254", "[::ffff:10.0.0.1]"] {
                assert_eq!(hosts.knows(address), !is_local, "{listen} {address}");
            }
        }
    }

    #[test]
    fn origins_are_the_daemons_own() {
        let host = |text: &str| Authority::try_from(text).unwrap();
        let is_own = |origin: &str, at: &str| hosts("127.0.0.1").is_own_origin(origin, &host(at));
        assert!(
            is_own("https://pay.example.com", "127.0.0.1:8080") && is_own("http://127.0.0.1:8080", "127.0.0.1:8080")
        );
        assert!(is_own("http://localhost", "localhost") && is_own("https://gerbang", "gerbang"));
        for other in [
            "null",
            "",
            "https://evil.example",
            "http://pay.example.com",
            "http://127.0.0.1:9",
            "https://127.0.0.1:8080.",
        ] {
            assert!(!is_own(other, "127.0.0.1:8080"), "{other}");
        }
    }
}
