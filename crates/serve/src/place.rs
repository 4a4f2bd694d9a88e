//! Where the sandbox is that plays the gateways: inside the process, or elsewhere on this machine.

use url::{Host, Position, Url};

/// Where the sandbox is.
#[derive(Clone, Debug)]
pub enum Place {
    Embedded,
    /// At an address of this machine's, without a slash at the end.
    At(String),
}

impl Place {
    /// Reads the address of a sandbox.
    ///
    /// # Errors
    ///
    /// What the address must be. It does not show it.
    pub fn read(text: &str) -> Result<Self, &'static str> {
        let is_here = |url: &Url| match url.host() {
            Some(Host::Domain(name)) => name == "localhost",
            Some(Host::Ipv4(ip)) => ip.is_loopback(),
            Some(Host::Ipv6(ip)) => ip.is_loopback(),
            None => false,
        };
        // Nothing but host and port: neither a name, a path nor a query.
        let is_bare = |url: &Url| url[Position::BeforeUsername..Position::BeforeHost].is_empty();
        let url = Url::parse(text).ok().filter(|url| url.scheme() == "http" && is_here(url) && is_bare(url));
        match url.filter(|url| url[Position::AfterPort..] == *"/") {
            Some(url) => Ok(Self::At(url.as_str().trim_end_matches('/').to_owned())),
            None => Err("must be the address of a sandbox on this machine, such as http://127.0.0.1:4000"),
        }
    }
}
