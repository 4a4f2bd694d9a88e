//! TLS by rustls.

use std::sync::Arc;

use hyper_util::rt::TokioIo;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, RootCertStore, crypto};
use rustls_platform_verifier::BuilderVerifierExt;
use tokio_rustls::TlsConnector;

use super::NOT_PEM;
use crate::connect::{BoxError, Stream};

const NO_SYSTEM: &str = "the system has no certificates to trust, which are often in its package ca-certificates";

/// Cheap to clone; the clones share the sessions that are taken up again.
#[derive(Clone)]
pub(crate) struct Tls(Arc<ClientConfig>);

impl Tls {
    /// Trusts these certificates in PEM, or those that the system trusts. What does the cryptography is named here and is no setting
    /// of the process.
    pub(crate) fn new(roots: Option<&str>) -> Result<Self, &'static str> {
        #[cfg(feature = "rustls-aws-lc-rs")]
        let provider = crypto::aws_lc_rs::default_provider();
        #[cfg(not(feature = "rustls-aws-lc-rs"))]
        let provider = crypto::ring::default_provider();
        let config = ClientConfig::builder_with_provider(Arc::new(provider)).with_safe_default_protocol_versions();
        let config = config.map_err(|_| "TLS cannot be set up")?;
        let config = match roots {
            None => config.with_platform_verifier().map_err(|_| NO_SYSTEM)?,
            Some(pem) => config.with_root_certificates(store(pem)?),
        };
        let mut config = config.with_no_client_auth();
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        Ok(Self(Arc::new(config)))
    }

    /// Has the other side prove that it is this host.
    pub(crate) async fn shake_hands(&self, host: &str, stream: Stream) -> Result<Stream, BoxError> {
        let host = ServerName::try_from(host.to_owned())?;
        let stream = TlsConnector::from(self.0.clone()).connect(host, TokioIo::new(stream)).await?;
        Ok(Stream::new(TokioIo::new(stream)))
    }

    /// Has another client use the same.
    #[cfg(feature = "reqwest")]
    pub(crate) fn of_client(&self, client: reqwest::ClientBuilder) -> reqwest::ClientBuilder {
        client.tls_backend_preconfigured((*self.0).clone())
    }
}

fn store(pem: &str) -> Result<RootCertStore, &'static str> {
    let mut store = RootCertStore::empty();
    for certificate in CertificateDer::pem_slice_iter(pem.as_bytes()) {
        store.add(certificate.map_err(|_| NOT_PEM)?).map_err(|_| NOT_PEM)?;
    }
    if store.is_empty() { Err(NOT_PEM) } else { Ok(store) }
}
