//! Fetching a file whose address a reply has named.

use std::time::Duration;

use bytes::Bytes;
use http::Request;
use http::header::ACCEPT;
use http_body_util::Full;
use url::{Origin, Url};

use crate::exchange::{Cut, Failed};
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
        let url = Url::parse(address).map_err(|_| "its address is none")?;
        let is_safe = url.scheme() == "https" || self.is_own(address);
        if !is_safe
            || !matches!(url.origin(), Origin::Tuple(..))
            || url.password().is_some()
            || !url.username().is_empty()
        {
            return Err("its address is not one with https".to_owned());
        }
        let request = Request::get(url.as_str()).header(ACCEPT, "*/*").body(Full::default());
        let request = request.map_err(|_| "its address is none")?;
        match self.inner.http.exchange(request, time, self.inner.max_reply).await {
            Ok((head, body)) if head.status.is_success() => Ok(body),
            Ok((head, _)) => Err(format!("the answer is {}", head.status.as_u16())),
            Err(Failed::Unanswered(error)) => Err(error.to_string()),
            Err(Failed::Cut(_, _, Cut::TooLarge)) => Err(format!("it has more than {} bytes", self.inner.max_reply)),
            Err(Failed::Cut(_, _, Cut::Broken(error))) => Err(error.to_string()),
            Err(Failed::NoReply | Failed::Cut(_, _, Cut::NotInTime)) => Err("it did not come in time".to_owned()),
        }
    }
}
