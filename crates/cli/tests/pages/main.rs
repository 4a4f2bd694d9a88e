//! What the README and the guides write for a shell, run as a reader runs it, against the command and its sandbox.
#![cfg(unix)]

#[path = "../cli/run.rs"]
#[allow(unused, reason = "it is that of another test")]
mod run;

mod first_payment;
mod operations;
mod settings;
mod shell;
mod testing;
mod unknown_outcomes;
