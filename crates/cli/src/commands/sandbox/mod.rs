//! `gerbang sandbox`.

mod control;
mod fault;
mod format;
mod limits;
mod lines;
mod running;
mod seeds;
mod settings;
mod start;
mod wait;

use clap::{Args, Subcommand};

use crate::failure::{Exit, Failure};
use crate::output::Output;
use settings::Flags;

/// `gerbang sandbox`.
#[derive(Args, Debug)]
#[command(after_help = "Paste the lines that it prints into another shell: other commands ask it there.\n\
    Who reaches it can change everything. Flags may be variables, lists with commas,\n\
    such as GERBANG_SANDBOX_LIMIT. Ctrl-C ends it with exit code 0. A test presses\n\
    \"pay\" by POST /_sandbox/payments/kropay/ORDER-1/pay: see /_sandbox/openapi.yaml.\n\n\
    Example: gerbang sandbox --listen 8080 --state sandbox.db")]
pub struct Sandbox {
    #[command(flatten)]
    flags: Flags,
    #[command(subcommand)]
    command: Option<SandboxCommand>,
}

/// What drives a running sandbox.
#[derive(Debug, Subcommand)]
enum SandboxCommand {
    /// Have the customer pay a payment of a running sandbox
    Pay(control::Pay),
    /// Have a payment expire
    Expire(control::Expire),
    /// Have the gateway cancel a payment
    Cancel(control::Cancel),
    /// Have calls to a gateway go wrong
    Fault(fault::Fault),
    /// Wait until a payment is paid or over, or was notified of
    Wait(wait::Wait),
}

/// Runs a sandbox until Ctrl-C, or drives one that runs.
///
/// # Errors
///
/// [`Failure`] when a setting is wrong, or it cannot start; when the one that runs does not answer, or refuses.
pub async fn run(sandbox: &Sandbox, output: Output) -> Result<Exit, Failure> {
    match &sandbox.command {
        None => start::run(sandbox.flags.settings(&settings::environment)?, output).await,
        Some(SandboxCommand::Pay(pay)) => control::pay(pay, output).await,
        Some(SandboxCommand::Expire(expire)) => control::expire(expire, output).await,
        Some(SandboxCommand::Cancel(cancel)) => control::cancel(cancel, output).await,
        Some(SandboxCommand::Fault(fault)) => fault::run(fault, output).await,
        Some(SandboxCommand::Wait(wait)) => wait::run(wait, output).await,
    }
}
