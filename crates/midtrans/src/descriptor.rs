//! Midtrans's gateways for programs that choose one by name.

use gerbang_transport::registry::Descriptor;

/// The gateways of this crate.
pub const GATEWAYS: &[Descriptor] = &[];
