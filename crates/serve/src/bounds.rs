//! How much callers may use, as it is set.

use crate::client::Proxies;
use crate::sources::Sources;

/// How much callers may use.
#[derive(Debug)]
pub struct Bounds {
    /// How many calls a second a token may make; 0 is no limit.
    pub rate_per_token: u32,
    /// How many notifications a second may come from an address, and how many calls of pages; 0 is no limit.
    pub rate_per_address: u32,
    /// How many connections are served at a time.
    pub connections: usize,
    /// How many of them are of one address.
    pub connections_per_address: usize,
    /// The proxies that say from where calls come.
    pub proxies: Proxies,
}

impl Default for Bounds {
    fn default() -> Self {
        Self {
            rate_per_token: 500,
            rate_per_address: 100,
            connections: 4096,
            connections_per_address: 1024,
            proxies: Proxies::default(),
        }
    }
}

impl Bounds {
    /// The settings, and what is not set as usual.
    pub fn read(sources: &mut Sources<'_>) -> Self {
        let usual = Self::default();
        let proxies = sources.text("trusted_proxies").map(|text| Proxies::read(&text)).transpose();
        let proxies = proxies.unwrap_or_else(|what| {
            sources.wrong(format!("trusted_proxies {what}"));
            None
        });
        let mut number = |key: &str, usual: u32, least: u32| {
            let Some(text) = sources.text(key) else { return usual };
            text.parse().ok().filter(|number| (least..=1_000_000).contains(number)).unwrap_or_else(|| {
                sources.wrong(format!("{key} must be a whole number from {least} to 1000000"));
                usual
            })
        };
        Self {
            rate_per_token: number("rate_per_token", usual.rate_per_token, 0),
            rate_per_address: number("rate_per_address", usual.rate_per_address, 0),
            connections: number("connections", usual.connections as u32, 1) as usize,
            connections_per_address: number("connections_per_address", usual.connections_per_address as u32, 1)
                as usize,
            proxies: proxies.unwrap_or_default(),
        }
    }
}
