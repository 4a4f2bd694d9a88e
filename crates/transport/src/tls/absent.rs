//! No TLS: `https:` cannot be asked.

use crate::connect::{BoxError, Stream};

#[derive(Clone)]
pub(crate) struct Tls;

impl Tls {
    pub(crate) fn new(_: Option<&str>) -> Result<Self, &'static str> {
        Ok(Self)
    }

    pub(crate) async fn shake_hands(&self, _: &str, _: Stream) -> Result<Stream, BoxError> {
        Err("no feature of gerbang is on that brings TLS".into())
    }

    #[cfg(feature = "reqwest")]
    pub(crate) fn of_client(&self, client: reqwest::ClientBuilder) -> reqwest::ClientBuilder {
        client
    }
}
