//! Fetching a file whose address a reply has named.

use std::time::Duration;

use bytes::Bytes;
use url::{Origin, Url};

use crate::bytes_reader::{self, Body};
use crate::transport::Transport;

impl Transport {
    /// Whether an address is of the same scheme, host and port as the base URL.
    pub fn is_own(&self, address: &str) -> bool {
        Url::parse(address).is_ok_and(|url| url.origin() == self.inner.base_url.origin())
    }

    /// Fetches a file whose address a reply has named, such as a picture: once, without credentials, following no redirect, and no
    /// larger than [`Builder::max_reply`](crate::Builder::max_reply). The address is to be `https:`, or on the base URL's server.
    /// None where it cannot be had in this time; an event of `tracing` says why.
    pub async fn fetch(&self, address: &str, time: Duration) -> Option<Bytes> {
        let why = match self.try_fetch(address, time).await {
            Ok(bytes) => return Some(bytes),
            Err(why) => why,
        };
        tracing::debug!("a file that a reply names cannot be fetched: {why}");
        None
    }

    async fn try_fetch(&self, address: &str, time: Duration) -> Result<Bytes, String> {
        let url = Url::parse(address).map_err(|_| "its address is not a URL")?;
        let is_safe = url.scheme() == "https" || self.is_own(address);
        if !is_safe || !matches!(url.origin(), Origin::Tuple(..)) || url.password().is_some() {
            return Err("its address is not one with https".to_owned());
        }
        let sent = self.inner.http.get(url).timeout(time).send().await;
        let mut response = sent.map_err(|error| error.without_url().to_string())?;
        if !response.status().is_success() {
            return Err(format!("the answer is {}", response.status().as_u16()));
        }
        match bytes_reader::read(&mut response, self.inner.max_reply).await {
            Body::Whole(bytes) => Ok(bytes),
            Body::TooLarge(_) => Err(format!("it has more than {} bytes", self.inner.max_reply)),
            Body::Broken(_, error) => Err(error.to_string()),
        }
    }
}
