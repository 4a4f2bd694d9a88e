//! Pakasir API v1, the documented one, which is discontinued: public integrations announced its end for 20 October 2026, and
//! that day is past. Take [`v2`](crate::v2), its successor.

#[cfg(feature = "client")]
mod gateway;
mod status;
mod webhook;

pub use crate::generated::v1::*;
#[cfg(feature = "client")]
pub use gateway::Gateway;
#[cfg(feature = "client")]
pub(crate) use gateway::capabilities;
pub use webhook::{ACCEPTANCE, read_notification};

/// The gateway's name, see [`gerbang_core::PaymentGateway::provider`].
pub const PROVIDER: &str = "pakasir-v1";
