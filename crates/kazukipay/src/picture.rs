//! The payload out of the picture of the QR code, which is all that Kazukipay returns of it.

use std::time::Duration;

use gerbang_core::{Error, Rupiah};
use gerbang_qris::{Qris, check_payable};
use gerbang_transport::Transport;

use crate::PROVIDER;

/// The time for a picture: a payment is there already, and its customer waits.
const TIME: Duration = Duration::from_secs(5);

/// The hosts whose pictures are fetched, besides the gateway's own.
#[derive(Debug, Clone, Default)]
pub(crate) struct Pictures {
    pub hosts: Vec<String>,
}

impl Pictures {
    /// The payload of a picture, checked against the payable amount. None where the picture is on a host that is not named, cannot
    /// be fetched, or no payload can be read.
    ///
    /// # Errors
    ///
    /// See [`check_payable`].
    pub async fn payload(
        &self,
        transport: &Transport,
        address: &str,
        payable: Rupiah,
    ) -> Result<Option<String>, Error> {
        let is_named = self.hosts.iter().any(|host| is_on(address, host));
        if !is_named && !transport.is_own(address) {
            return Ok(None);
        }
        let Some(picture) = transport.fetch(address, TIME).await else { return Ok(None) };
        // Up to a second of computing, which is in nobody's way there.
        let scanned = tokio::task::spawn_blocking(move || Qris::scan(&picture)).await;
        let Ok(Ok(payload)) = scanned else { return Ok(None) };
        check_payable(PROVIDER, &payload, payable)?;
        Ok(Some(payload))
    }
}

/// Whether an address begins with `https`, this host and a path.
fn is_on(address: &str, host: &str) -> bool {
    let rest = address.strip_prefix("https://").and_then(|rest| rest.split_at_checked(host.len()));
    rest.is_some_and(|(at, rest)| at.eq_ignore_ascii_case(host) && (rest.is_empty() || rest.starts_with('/')))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn host_is_compared_as_a_whole() {
        for address in ["https://img2.example/12.png", "https://IMG2.example", "https://img2.example/"] {
            assert!(is_on(address, "img2.example"), "{address}");
        }
        for address in [
            "http://img2.example/12.png",
            "https://img2.example.evil/12.png",
            "https://img2.example@evil/12.png",
            "https://img2.example:8443/12.png",
            "https://evil/img2.example",
            "https://img2.exam",
            "https://img2.examplé/",
        ] {
            assert!(!is_on(address, "img2.example"), "{address}");
        }
    }
}
