//! The names that the sandbox answers to, and what pages of other places may have a browser do.
//!
//! A page whose own name leads to this machine (DNS rebinding) is of another name, and gets nothing. A page of another place can
//! neither have a browser change anything nor read what a call changes something by; a picture of a QR code it can show, and a
//! link or a redirect leads to a page. Programs, which say nothing of where a call comes from, are not concerned.

use std::net::{IpAddr, Ipv6Addr};

use axum::extract::Request;
use axum::http::uri::Authority;
use axum::http::{HeaderMap, Method, Uri, header};
use axum::response::Response;
use serde_json::json;
use url::{Host, Url};

use crate::call::FromOwnPage;
use crate::{Provider, operations, reply};

/// Where it is asked whether the sandbox runs.
pub(crate) const HEALTH: &str = "/healthz";

/// The longest name that a refusal repeats, in characters.
const MAX_SHOWN: usize = 100;

/// The names that the sandbox answers to.
#[derive(Debug)]
pub(crate) struct Hosts {
    /// Where others reach it.
    public: Option<Url>,
    /// Further names.
    more: Vec<Host>,
    /// Whether it listens at this machine's own address only.
    is_local: bool,
}

/// Why a request is refused.
enum Refusal {
    /// It names no host, or several.
    NoHost,
    /// It names this host, which is not the sandbox's.
    UnknownHost(String),
    /// A page of another place makes it.
    Foreign,
    /// A page makes it, and none may.
    Page,
}

/// What a browser says of the page that makes a call.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Sender {
    /// Nothing: it is a program, or a reader has typed the address.
    None,
    /// It is one of the sandbox's own.
    Own,
    /// It is one of another place.
    Foreign,
}

impl Hosts {
    pub(crate) fn new(public: Option<Url>, more: Vec<Host>, listen: IpAddr) -> Self {
        Self { public, more, is_local: listen.to_canonical().is_loopback() }
    }

    /// Whether a host is the sandbox's: localhost, the public address's, one of the settings, or an address, which nobody can
    /// have led here by a name; where it listens at this machine's own address only, one of those.
    fn knows(&self, host: &str) -> bool {
        let host = host.strip_suffix('.').unwrap_or(host);
        let is_public = self.public.as_ref().and_then(Url::host_str).is_some_and(|own| own.eq_ignore_ascii_case(host));
        let is_own_address = match address(host) {
            Some(ip) => !self.is_local || ip.is_loopback(),
            None => host.eq_ignore_ascii_case("localhost"),
        };
        is_public || is_own_address || Host::parse(host).is_ok_and(|host| self.more.contains(&host))
    }

    /// The one host that a request names.
    fn of(&self, uri: &Uri, headers: &HeaderMap) -> Result<Authority, Refusal> {
        let mut values = headers.get_all(header::HOST).iter();
        let host = values.next().and_then(|value| Authority::try_from(value.as_bytes()).ok());
        let host =
            host.filter(|host| values.next().is_none() && !host.as_str().contains('@')).ok_or(Refusal::NoHost)?;
        let unknown = [Some(host.host()), uri.host()].into_iter().flatten().find(|name| !self.knows(name));
        if let Some(unknown) = unknown {
            return Err(Refusal::UnknownHost(unknown.chars().take(MAX_SHOWN).collect()));
        }
        Ok(host)
    }

    /// What makes a call.
    fn sender(&self, headers: &HeaderMap, host: &Authority) -> Sender {
        let text = |name: &str| headers.get(name).map(|value| value.to_str().unwrap_or("?"));
        let is_elsewhere = text("sec-fetch-site").is_some_and(|site| !["same-origin", "none"].contains(&site));
        match text(header::ORIGIN.as_str()) {
            Some(origin) if self.is_own_origin(origin, host) => Sender::Own,
            None if !is_elsewhere => Sender::None,
            _ => Sender::Foreign,
        }
    }

    fn is_own_origin(&self, origin: &str, host: &Authority) -> bool {
        let Ok(origin) = Url::parse(origin) else { return false };
        let is_public = self.public.as_ref().is_some_and(|own| own.origin() == origin.origin());
        let has_user = !origin.username().is_empty() || origin.password().is_some();
        let is_of_web = ["http", "https"].contains(&origin.scheme()) && !has_user;
        let port = host.port_u16().or_else(|| origin.scheme().eq("https").then_some(443)).unwrap_or(80);
        let is_here = origin.host_str().is_some_and(|name| name.eq_ignore_ascii_case(host.host()));
        is_public || (is_of_web && is_here && origin.port_or_known_default() == Some(port))
    }

    /// Lets a request through that names a host of the sandbox's, unless a page of another place, or any at the sandbox's own
    /// API, would change something by it. Whether the sandbox runs may be asked by any name.
    pub(crate) fn check(&self, mut request: Request) -> Result<Request, Response> {
        let path = request.uri().path();
        if path == HEALTH {
            return Ok(request);
        }
        // The page's buttons refuse other pages themselves, in the reader's language.
        let is_of_page = path.starts_with("/_sandbox/page/");
        let is_own_api = path.starts_with("/_sandbox/") && !is_of_page;
        let changes = !is_safe(request.method());
        let host = self.of(request.uri(), request.headers());
        let refusal = match host.map(|host| self.sender(request.headers(), &host)) {
            Err(refusal) => refusal,
            Ok(Sender::Own) if changes && is_own_api => Refusal::Page,
            Ok(Sender::Foreign) if changes && !is_of_page => Refusal::Foreign,
            Ok(sender) => {
                if sender == Sender::Own {
                    request.extensions_mut().insert(FromOwnPage);
                }
                return Ok(request);
            }
        };
        Err(refused(refusal, is_own_api))
    }

    /// Lets a call to a provider through that only reads, unless a page of another place has the browser make it: some of them
    /// record, or have the provider confirm, payments. Pictures are for other pages, and links and redirects lead to pages.
    pub(crate) fn check_read(&self, provider: Provider, request: &Request) -> Result<(), Response> {
        let may_read = !is_safe(request.method()) || self.may_read(provider, request);
        if may_read { Ok(()) } else { Err(refused(Refusal::Foreign, false)) }
    }

    /// Whether a call to a provider that only reads comes from where it may.
    fn may_read(&self, provider: Provider, request: &Request) -> bool {
        let (method, uri, headers) = (request.method(), request.uri(), request.headers());
        match self.of(uri, headers) {
            Ok(host) if self.sender(headers, &host) != Sender::Foreign => {
                let is_operation = || operations::of(provider, "GET", uri.path(), uri.query()).is_some();
                let is_picture = || operations::is_picture(provider, uri.path());
                !self.is_led_from_elsewhere(headers, &host) || is_picture() || !is_operation()
            }
            _ => is_shown_elsewhere(provider, method, uri, headers),
        }
    }

    /// Whether `Referer`, if nothing else, names a page of another place: over `http:` browsers say no more than that to a name
    /// that is not this machine's.
    fn is_led_from_elsewhere(&self, headers: &HeaderMap, host: &Authority) -> bool {
        let says_more = headers.contains_key(header::ORIGIN) || headers.contains_key("sec-fetch-site");
        let referer = headers.get(header::REFERER).map(|value| value.to_str().unwrap_or("?"));
        !says_more && referer.is_some_and(|referer| !self.is_own_origin(referer, host))
    }
}

/// The address that a host is, written as it should be.
fn address(host: &str) -> Option<IpAddr> {
    let v6 = host.strip_prefix('[').and_then(|host| host.strip_suffix(']')?.parse::<Ipv6Addr>().ok());
    v6.map(IpAddr::V6).or_else(|| host.parse().ok()).map(|ip| ip.to_canonical())
}

fn is_safe(method: &Method) -> bool {
    [Method::GET, Method::HEAD, Method::OPTIONS].contains(method)
}

/// Whether pages of other places may show this or lead to it.
fn is_shown_elsewhere(provider: Provider, method: &Method, uri: &Uri, headers: &HeaderMap) -> bool {
    let is = |name: &str, value: &str| headers.get(name).is_some_and(|found| found == value);
    let is_visited = is("sec-fetch-mode", "navigate") && is("sec-fetch-dest", "document");
    let is_operation = operations::of(provider, method.as_str(), uri.path(), uri.query()).is_some();
    operations::is_picture(provider, uri.path()) || (is_visited && !is_operation)
}

fn refused(refusal: Refusal, is_own_api: bool) -> Response {
    let why = match refusal {
        Refusal::NoHost => "the request must name one host, in the header Host".to_owned(),
        Refusal::UnknownHost(host) => format!(
            "the sandbox does not answer to the name {host:?}, so that no web page can lead a browser here by a name of its \
             own; start it with --public-url or --allow-host, or ask it by its address"
        ),
        Refusal::Page => "web pages may not use this; call it from a server".to_owned(),
        Refusal::Foreign => "web pages of other places may not use this; call it from a server".to_owned(),
    };
    match is_own_api {
        true => reply::json(403, &json!({"error": why})),
        false => reply::with(403_u16, "text/plain; charset=utf-8", format!("{why}\n")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hosts(listen: &str) -> Hosts {
        let public = Url::parse("https://pay.example.com").unwrap();
        Hosts::new(Some(public), vec![Host::parse("sandbox").unwrap()], listen.parse().unwrap())
    }

    #[test]
    fn names_are_the_sandboxs_own() {
        for listen in ["127.0.0.1", "::1", "0.0.0.0", "::"] {
            let hosts = hosts(listen);
            for own in ["localhost", "LOCALHOST", "127.0.0.9", "[::1]", "pay.example.com", "Sandbox", "sandbox."] {
                assert!(hosts.knows(own), "{listen} {own}");
            }
            for other in ["evil.example", "localhost.evil.example", "a.sandbox", "xpay.example.com", "2130706433", ""] {
                assert!(!hosts.knows(other), "{listen} {other}");
            }
            let is_local = listen == "127.0.0.1" || listen == "::1";
            for address in ["10.0.0.1", "[fd00::1]", "[::ffff:10.0.0.1]"] {
                assert_eq!(hosts.knows(address), !is_local, "{listen} {address}");
            }
        }
    }

    #[test]
    fn origins_are_the_sandboxs_own() {
        let host = Authority::from_static("127.0.0.1:8080");
        let is_own = |origin: &str| hosts("127.0.0.1").is_own_origin(origin, &host);
        assert!(is_own("https://pay.example.com") && is_own("http://127.0.0.1:8080"));
        for other in [
            "null",
            "",
            "http://pay.example.com",
            "http://127.0.0.1:9",
            "http://127.0.0.1",
            "ftp://127.0.0.1:8080",
            "http://a@127.0.0.1:8080",
        ] {
            assert!(!is_own(other), "{other}");
        }
    }
}
