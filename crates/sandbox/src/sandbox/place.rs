//! Where a sandbox is: at its listener's address, and where others reach it.

use std::io;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use url::{Host, Url};

/// How the server at an address is asked from this machine.
pub(super) fn local_url(address: SocketAddr) -> String {
    if address.ip().is_unspecified() {
        format!("http://{}", SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), address.port()))
    } else {
        format!("http://{address}")
    }
}

/// Reads the address at which others reach the sandbox.
pub(super) fn public_url(text: &str) -> io::Result<Url> {
    let wrong = |what| invalid(format!("the public URL {what}"));
    let url = Url::parse(text).map_err(|_| wrong("is no URL; one is http://sandbox:8080"))?;
    if !["http", "https"].contains(&url.scheme()) {
        return Err(wrong("must begin with http:// or https://"));
    }
    if url.path() != "/" || url.query().is_some() || url.fragment().is_some() {
        return Err(wrong("must be a scheme, a host and a port: the sandbox's paths begin at the root"));
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(wrong("must have neither a user nor a password"));
    }
    Ok(url)
}

/// An address as replies begin with it, without a slash at the end.
pub(super) fn written(url: &Url) -> String {
    url.as_str().trim_end_matches('/').to_owned()
}

/// The address of another port of the same host, over plain HTTP: nothing is known of a proxy there.
pub(super) fn at_port(url: &Url, port: u16) -> String {
    format!("http://{}:{port}", url.host_str().unwrap_or_default())
}

/// Reads the name of a host that the sandbox answers to.
pub(super) fn host(text: &str) -> io::Result<Host> {
    let wrong = || invalid(format!("{text:?} is no host to answer to; name it without scheme, port or wildcard"));
    let is_plain = !text.contains(['*', '/', '@', '%', '?', '#', ' ']);
    Host::parse(text).ok().filter(|_| is_plain).ok_or_else(wrong)
}

pub(super) fn invalid(what: String) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidInput, what)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn public_urls_are_scheme_host_and_port() {
        for (text, shown) in [
            ("http://sandbox:8080", "http://sandbox:8080"),
            ("https://pay.example.com/", "https://pay.example.com"),
            ("http://[fd00::1]:80/", "http://[fd00::1]"),
        ] {
            assert_eq!(written(&public_url(text).unwrap()), shown);
        }
        for text in ["", "sandbox:8080", "ftp://sandbox", "http://a/b", "http://a?b", "http://a#b", "http://u:p@a"] {
            assert!(public_url(text).is_err(), "{text}");
        }
    }

    #[test]
    fn hosts_to_answer_to_are_exact() {
        assert!(host("sandbox").is_ok() && host("host.docker.internal").is_ok() && host("[fd00::1]").is_ok());
        for text in ["", "*", "*.example", "sandbox:8080", "http://sandbox", "a b"] {
            assert!(host(text).is_err(), "{text}");
        }
    }
}
