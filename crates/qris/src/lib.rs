//! QRIS payloads.
