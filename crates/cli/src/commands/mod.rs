//! One module for each command.

pub mod cancel;
pub mod completions;
pub mod config;
pub mod demo;
pub mod pay;
pub mod providers;
pub mod qris;
pub mod sandbox;
#[cfg(feature = "serve")]
pub mod serve;
pub mod status;
pub mod watch;
pub mod webhook;
