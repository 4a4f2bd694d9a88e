//! TLS: whose certificates are trusted, the handshake, and telling one that failed from any other connection that could not be
//! made.

use std::error::Error;
use std::io;

#[cfg(not(any(feature = "rustls", feature = "rustls-aws-lc-rs", feature = "native-tls")))]
pub(crate) use absent::Tls;
#[cfg(all(any(feature = "rustls", feature = "rustls-aws-lc-rs"), not(feature = "native-tls")))]
pub(crate) use by_rustls::Tls;
#[cfg(feature = "native-tls")]
pub(crate) use by_system::Tls;

#[cfg(not(any(feature = "rustls", feature = "rustls-aws-lc-rs", feature = "native-tls")))]
mod absent;
#[cfg(all(any(feature = "rustls", feature = "rustls-aws-lc-rs"), not(feature = "native-tls")))]
mod by_rustls;
#[cfg(feature = "native-tls")]
mod by_system;

#[cfg(any(feature = "rustls", feature = "rustls-aws-lc-rs", feature = "native-tls"))]
const NOT_PEM: &str = "the root certificates are not certificates in PEM";

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
