//! The hosts that may be asked without TLS.

use url::{Host, Url};

/// The variable with the hosts that may be asked without TLS, separated by commas.
pub(crate) const VARIABLE: &str = "GERBANG_ALLOW_HTTP";

/// A host as it is written in a list: a name or an address, without scheme, port or wildcard. Gives what is no host back.
pub(crate) fn host(text: &str) -> Result<Host, &str> {
    let name = text.trim();
    let is_plain = !name.is_empty() && !name.contains(['*', '/', '@', '%', '?', '#']);
    let v6 = name.strip_prefix('[').and_then(|name| name.strip_suffix(']')).unwrap_or(name).parse().map(Host::Ipv6);
    match v6.ok().or_else(|| Host::parse(name).ok()) {
        Some(Host::Domain(domain)) if !is_plain || domain.starts_with('.') => Err(name),
        Some(host) => Ok(host),
        None => Err(name),
    }
}

/// Whether an address is that of this machine.
pub(crate) fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_are_names_and_addresses_alone() {
        for (text, name) in [
            ("sandbox", "sandbox"),
            (" Host.Docker.Internal ", "host.docker.internal"),
            ("10.0.0.1", "10.0.0.1"),
            ("[fd00::1]", "[fd00::1]"),
            ("fd00::2", "[fd00::2]"),
        ] {
            assert_eq!(host(text).unwrap().to_string(), name);
        }
        for wrong in
            ["", "*", "*.example", ".example", "http://sandbox", "sandbox:8080", "a b", "a/b", "u@a", "a%20b", "[a"]
        {
            assert_eq!(host(wrong), Err(wrong), "{wrong}");
        }
    }
}
