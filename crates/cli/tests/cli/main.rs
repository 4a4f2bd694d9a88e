//! The `gerbang` command, run as users run it, against the sandbox.

mod canary;
mod configuration;
mod contract;
mod demo;
mod exit_codes;
mod help;
mod interrupting;
mod language;
mod looking;
mod operations;
mod paying;
mod run;
mod sandbox;
mod sandbox_driving;
#[cfg(feature = "serve")]
mod sandbox_elsewhere;
mod sandbox_network;
#[cfg(feature = "serve")]
mod serve;
mod streams;
#[cfg(unix)]
mod suites;
mod terminal;
#[cfg(feature = "otlp")]
mod traces;
mod verbose;
