//! The system's TLS.

use hyper_util::rt::TokioIo;
use native_tls::{Certificate, Protocol, TlsConnector};

use super::NOT_PEM;
use crate::connect::{BoxError, Stream};

/// Cheap to clone.
#[derive(Clone)]
pub(crate) struct Tls(TlsConnector);

impl Tls {
    /// Trusts these certificates in PEM, or those that the system trusts.
    pub(crate) fn new(roots: Option<&str>) -> Result<Self, &'static str> {
        let mut connector = TlsConnector::builder();
        // rustls speaks nothing older.
        connector.min_protocol_version(Some(Protocol::Tlsv12));
        if let Some(pem) = roots {
            let certificates = Certificate::stack_from_pem(pem.as_bytes()).map_err(|_| NOT_PEM)?;
            if certificates.is_empty() {
                return Err(NOT_PEM);
            }
            connector.disable_built_in_roots(true);
            for certificate in certificates {
                connector.add_root_certificate(certificate);
            }
        }
        Ok(Self(connector.build().map_err(|_| "TLS cannot be set up")?))
    }

    /// Has the other side prove that it is this host.
    pub(crate) async fn shake_hands(&self, host: &str, stream: Stream) -> Result<Stream, BoxError> {
        let connector = tokio_native_tls::TlsConnector::from(self.0.clone());
        Ok(Stream::new(TokioIo::new(connector.connect(host, TokioIo::new(stream)).await?)))
    }

    /// Has another client use the same.
    #[cfg(feature = "reqwest")]
    pub(crate) fn of_client(&self, client: reqwest::ClientBuilder) -> reqwest::ClientBuilder {
        client.tls_backend_preconfigured(self.0.clone())
    }
}
