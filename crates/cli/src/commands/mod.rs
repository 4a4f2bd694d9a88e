//! One module for each command.

pub mod cancel;
pub mod completions;
pub mod config;
pub mod providers;
pub mod status;
