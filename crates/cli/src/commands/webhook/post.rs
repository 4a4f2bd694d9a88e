//! Sending a notification over HTTP.

use std::net::IpAddr;
use std::time::Duration;

use bytes::Bytes;
use gerbang::reqwest::{self, Client, Url};
use http::header::{self, HeaderMap, HeaderName};
use http::{Response, StatusCode};

use super::MAX_BODY;
use super::message::Message;
use crate::client;
use crate::failure::{Exit, Failure};

/// How long the receiver may take to answer, unless it is set.
const TIMEOUT: Duration = Duration::from_secs(10);

/// Reads an address that notifications may be sent to.
///
/// # Errors
///
/// What is wrong with it: it is none of HTTP.
pub fn address(text: &str) -> Result<Url, String> {
    let url = Url::parse(text).map_err(|error| error.to_string())?;
    match url.scheme() {
        "http" | "https" if url.has_host() => Ok(url),
        _ => Err("it must begin with http:// or https://".into()),
    }
}

/// Refuses an address over which others could read what proves a notification.
///
/// # Errors
///
/// [`Failure`] when it is neither encrypted nor of this machine.
pub fn require_https_or_loopback(url: &Url, proof: &str) -> Result<(), Failure> {
    let host = url.host_str().unwrap_or_default().trim_matches(['[', ']']);
    let is_loopback = host == "localhost" || host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback());
    match is_loopback || url.scheme() == "https" {
        true => Ok(()),
        false => Err(Failure::usage(format!(
            "{proof} would travel to {host} for everybody to read; use https, or an address of this machine"
        ))),
    }
}

/// Sends messages and follows no redirects.
#[derive(Clone, Debug)]
pub struct Sender {
    client: Client,
    timeout: Duration,
}

impl Sender {
    /// A sender that waits this long for an answer; ten seconds unless given.
    ///
    /// # Errors
    ///
    /// [`Failure`] when TLS cannot be set up.
    pub fn new(timeout: Option<Duration>) -> Result<Self, Failure> {
        Ok(Self { client: client::plain()?, timeout: timeout.unwrap_or(TIMEOUT) })
    }

    /// Posts a message and returns the answer, without the headers that are between neighbours.
    ///
    /// # Errors
    ///
    /// [`Failure`] when there is no whole answer in time, or it is larger than a notification may be.
    pub async fn post(&self, url: &Url, message: &Message) -> Result<Response<Bytes>, Failure> {
        match tokio::time::timeout(self.timeout, self.exchange(url, message)).await {
            Ok(answer) => answer,
            Err(_) => {
                let seconds = self.timeout.as_secs();
                Err(Failure::new(Exit::Unknown, format!("there was no whole answer within {seconds} s")))
            }
        }
    }

    async fn exchange(&self, url: &Url, message: &Message) -> Result<Response<Bytes>, Failure> {
        let mut headers = end_to_end(&message.headers);
        headers.remove(header::HOST);
        let request = self.client.post(url.clone()).headers(headers).body(message.body.clone());
        let mut answer = request.send().await.map_err(failure)?;
        let mut body = Vec::new();
        while let Some(piece) = answer.chunk().await.map_err(failure)? {
            body.extend_from_slice(&piece);
            if body.len() > MAX_BODY {
                return Err(Failure::new(Exit::Unknown, format!("the answer has more than {MAX_BODY} bytes")));
            }
        }
        let mut response = Response::new(Bytes::from(body));
        *response.status_mut() = StatusCode::from_u16(answer.status().as_u16()).unwrap_or_default();
        *response.headers_mut() = end_to_end(answer.headers());
        Ok(response)
    }
}

fn failure(error: reqwest::Error) -> Failure {
    let exit = if error.is_connect() { Exit::Unreachable } else { Exit::Unknown };
    let what = if error.is_connect() { "nobody listens there" } else { "there was no whole answer" };
    // The address may hold a password.
    let causes = std::iter::successors(std::error::Error::source(&error), |cause| cause.source());
    let cause = causes.last().map(|cause| format!(": {cause}")).unwrap_or_default();
    Failure::new(exit, format!("{what}{cause}"))
}

/// The end-to-end headers: without hop-by-hop headers (RFC 9110, 7.6.1) and the length, which is recomputed.
fn end_to_end(headers: &HeaderMap) -> HeaderMap {
    let listed: Vec<_> = headers
        .get_all(header::CONNECTION)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .map(|name| name.trim().to_ascii_lowercase())
        .collect();
    let is_between_neighbours = |name: &HeaderName| {
        let usual = [
            "connection",
            "content-length",
            "expect",
            "keep-alive",
            "proxy-authenticate",
            "proxy-authorization",
            "proxy-connection",
            "te",
            "trailer",
            "transfer-encoding",
            "upgrade",
        ];
        usual.contains(&name.as_str()) || listed.iter().any(|listed| listed == name.as_str())
    };
    let kept = headers.iter().filter(|(name, _)| !is_between_neighbours(name));
    kept.map(|(name, value)| (name.clone(), value.clone())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_http_is_spoken() {
        for text in ["", "localhost:3000", "file:///etc/passwd", "ftp://a/"] {
            assert!(address(text).is_err(), "{text}");
        }
        assert!(address("http://localhost:3000/x").is_ok() && address("https://example.com").is_ok());
    }

    #[test]
    fn a_secret_travels_encrypted_or_not_at_all() {
        for (url, keeps) in [
            ("http://127.0.0.1:1/", true),
            ("http://[::1]:1/", true),
            ("http://localhost/", true),
            ("https://example.com/", true),
            ("http://example.com/", false),
            ("http://127.0.0.1.example.com/", false),
            ("http://192.168.1.2/", false),
        ] {
            assert_eq!(require_https_or_loopback(&address(url).unwrap(), "the proof").is_ok(), keeps, "{url}");
        }
    }

    #[test]
    fn headers_between_neighbours_are_left_out() {
        let all = ["connection", "content-length", "transfer-encoding", "x-hop", "x-end"];
        let mut headers: HeaderMap =
            all.iter().map(|name| (HeaderName::from_static(name), "1".parse().unwrap())).collect();
        headers.insert("connection", "close, X-Hop".parse().unwrap());
        headers.append("x-end", "2".parse().unwrap());
        let kept: Vec<_> = end_to_end(&headers).into_iter().map(|(_, value)| value).collect();
        assert_eq!(kept, ["1", "2"]);
    }
}
