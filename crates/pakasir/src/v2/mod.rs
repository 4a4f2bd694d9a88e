//! Pakasir API v2, made without a document, from what public integrations do.

#[cfg(feature = "client")]
mod gateway;
mod status;
mod webhook;

pub use crate::generated::v2::*;
#[cfg(feature = "client")]
pub use gateway::Gateway;
#[cfg(feature = "client")]
pub(crate) use gateway::capabilities;
pub use webhook::{ACCEPTANCE, SECRET_HEADER, read_notification};

/// The gateway's name, see [`gerbang_core::PaymentGateway::provider`].
pub const PROVIDER: &str = "pakasir-v2";
