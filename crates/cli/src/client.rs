//! The HTTP client for what no gateway is asked: a running sandbox, the receiver of a notification.

use gerbang::Network;
use gerbang::reqwest::{Client, redirect};

use crate::failure::Failure;

/// A client that follows no redirects.
///
/// # Errors
///
/// [`Failure`] when TLS cannot be set up.
pub fn plain() -> Result<Client, Failure> {
    // A proxy does not know this machine, and could read what is not encrypted.
    let settings = Network::new().no_proxy().http_client().map_err(|error| unusable(&error))?;
    settings.redirect(redirect::Policy::none()).build().map_err(|error| unusable(&error))
}

fn unusable(error: &dyn std::error::Error) -> Failure {
    Failure::failed(format!("nothing can be sent: {error}"))
}
