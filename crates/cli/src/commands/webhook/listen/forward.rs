//! Forwarding notifications to an address in which `{provider}` is the place of the gateway's name.

use std::time::Duration;

use bytes::Bytes;
use gerbang::reqwest::Url;
use http::{HeaderValue, Response};
use serde_json::Value;

use super::super::message::{self, Message};
use super::super::post;
use super::event::{self, EVENT, VERIFIED};
use crate::failure::Failure;
use crate::provider::Provider;

/// Where the address has the gateway's name.
const NAME: &str = "{provider}";

/// The address to forward to, as it was typed.
///
/// # Errors
///
/// What is wrong with it.
pub fn parse(text: &str) -> Result<String, String> {
    post::address(&text.replace(NAME, "name")).map(|_| text.to_owned())
}

/// Where notifications are forwarded.
pub struct Forward {
    url: String,
    sender: post::Sender,
}

impl Forward {
    /// Forwards to an address of [`parse`], in this time.
    ///
    /// # Errors
    ///
    /// [`Failure`] when it would send a gateway's proof in the clear to another machine.
    pub fn new(
        url: &str,
        providers: impl Iterator<Item = Provider>,
        timeout: Option<Duration>,
    ) -> Result<Self, Failure> {
        for provider in providers {
            if let Some(proof) = message::proof_of(provider) {
                post::require_https_or_loopback(&target(url, provider)?, proof)?;
            }
        }
        Ok(Self { url: url.to_owned(), sender: post::Sender::new(timeout)? })
    }

    /// Forwards a notification as it came, marked with who confirmed it and, where somebody did, with the event; gives the answer.
    ///
    /// # Errors
    ///
    /// [`Failure`] when the address does not answer, or must not get what is in the message.
    pub async fn send(
        &self,
        provider: Provider,
        message: &Message,
        verified: &'static str,
        event: Option<&Value>,
    ) -> Result<Response<Bytes>, Failure> {
        let url = target(&self.url, provider)?;
        // It may be there in a message to any address.
        if let Some(proof) = message.proof() {
            post::require_https_or_loopback(&url, proof)?;
        }
        let mut marked = message.clone();
        // Whoever sent it may have marked it so.
        marked.headers.remove(EVENT);
        marked.headers.insert(VERIFIED, HeaderValue::from_static(verified));
        if let Some(event) = event.and_then(event::header) {
            marked.headers.insert(EVENT, event);
        }
        self.sender.post(&url, &marked).await
    }
}

/// The address to forward a provider's notifications to.
fn target(url: &str, provider: Provider) -> Result<Url, Failure> {
    post::address(&url.replace(NAME, provider.name())).map_err(Failure::usage)
}
