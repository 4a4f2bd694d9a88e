//! TLS: whose certificates are trusted, and telling a handshake that failed from any other connection that could not be made.

use std::error::Error;
use std::io;

#[cfg(any(feature = "rustls", feature = "rustls-aws-lc-rs", feature = "native-tls"))]
const NOT_PEM: &str = "the root certificates are not certificates in PEM";

/// Has a client trust these certificates in PEM, or the system's. rustls is set up here, as reqwest would take what does the
/// cryptography from a setting of the whole process.
#[cfg(all(any(feature = "rustls", feature = "rustls-aws-lc-rs"), not(feature = "native-tls")))]
pub(crate) fn set_up(
    settings: reqwest::ClientBuilder,
    roots: Option<&str>,
) -> Result<reqwest::ClientBuilder, &'static str> {
    const NO_SYSTEM: &str = "the system has no certificates to trust, which are often in its package ca-certificates";

    use std::sync::Arc;

    use rustls::pki_types::CertificateDer;
    use rustls::pki_types::pem::PemObject;
    use rustls::{ClientConfig, RootCertStore};
    use rustls_platform_verifier::BuilderVerifierExt;

    #[cfg(feature = "rustls-aws-lc-rs")]
    let provider = rustls::crypto::aws_lc_rs::default_provider();
    #[cfg(not(feature = "rustls-aws-lc-rs"))]
    let provider = rustls::crypto::ring::default_provider();
    let config = ClientConfig::builder_with_provider(Arc::new(provider)).with_safe_default_protocol_versions();
    let config = config.map_err(|_| "TLS cannot be set up")?;
    let config = match roots {
        None => config.with_platform_verifier().map_err(|_| NO_SYSTEM)?,
        Some(pem) => {
            let mut store = RootCertStore::empty();
            for certificate in CertificateDer::pem_slice_iter(pem.as_bytes()) {
                let certificate = certificate.map_err(|_| NOT_PEM)?;
                store.add(certificate).map_err(|_| NOT_PEM)?;
            }
            if store.is_empty() {
                return Err(NOT_PEM);
            }
            config.with_root_certificates(store)
        }
    };
    let mut config = config.with_no_client_auth();
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(settings.tls_backend_preconfigured(config))
}

/// Has a client trust these certificates in PEM, or the system's.
#[cfg(feature = "native-tls")]
pub(crate) fn set_up(
    settings: reqwest::ClientBuilder,
    roots: Option<&str>,
) -> Result<reqwest::ClientBuilder, &'static str> {
    // rustls speaks nothing older.
    let settings = settings.tls_backend_native().tls_version_min(reqwest::tls::Version::TLS_1_2);
    let Some(pem) = roots else { return Ok(settings) };
    let certificates = reqwest::Certificate::from_pem_bundle(pem.as_bytes());
    let certificates = certificates.map_err(|_| NOT_PEM)?;
    match certificates.is_empty() {
        true => Err(NOT_PEM),
        false => Ok(settings.tls_certs_only(certificates)),
    }
}

/// Without TLS, `https:` cannot be asked.
#[cfg(not(any(feature = "rustls", feature = "rustls-aws-lc-rs", feature = "native-tls")))]
pub(crate) fn set_up(
    settings: reqwest::ClientBuilder,
    _roots: Option<&str>,
) -> Result<reqwest::ClientBuilder, &'static str> {
    Ok(settings)
}

/// Whether a connection failed because the other side could not be trusted or does not speak TLS as it should. A handshake
/// during which the network broke is none of these.
pub(crate) fn is_refused(error: &(dyn Error + 'static)) -> bool {
    // `source` of an I/O error leaves out what the error holds.
    let held = error.downcast_ref::<io::Error>().and_then(io::Error::get_ref);
    is_of_tls(error) || held.is_some_and(|held| is_refused(held)) || error.source().is_some_and(is_refused)
}

fn is_of_tls(error: &(dyn Error + 'static)) -> bool {
    #[cfg(any(feature = "rustls", feature = "rustls-aws-lc-rs"))]
    if error.is::<rustls::Error>() {
        return true;
    }
    #[cfg(feature = "native-tls")]
    if error.is::<native_tls::Error>() {
        return !has_io(error);
    }
    let _ = error;
    false
}

/// Whether there is an I/O error among the causes.
#[cfg(feature = "native-tls")]
fn has_io(error: &(dyn Error + 'static)) -> bool {
    error.is::<io::Error>() || error.source().is_some_and(has_io)
}
