//! `gerbang sandbox`.

mod control;
mod fault;
mod format;
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
#[command(after_help = "Paste the lines that it prints into another shell; the other commands ask the\n\
    sandbox there. Who reaches it can change everything in it. Each flag may be a\n\
    variable, such as GERBANG_SANDBOX_PUBLIC_URL; lists have commas. In any language\n\
    a test presses \"pay\" by POST /_sandbox/payments/kropay/ORDER-1/pay, which\n\
    GET /_sandbox/openapi.yaml describes; here: gerbang sandbox pay ORDER-1\n\
    Ctrl-C and SIGTERM end it, with exit code 0, after what is under way.\n\n\
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
/// [`Failure`] when a setting is wrong or beside a command, or it cannot start; when the one that runs does not answer, or refuses.
pub async fn run(sandbox: &Sandbox, output: Output) -> Result<Exit, Failure> {
    // Not by `args_conflicts_with_subcommands`, which would refuse --json before a command, too.
    if let (Some(_), Some(flag)) = (&sandbox.command, sandbox.flags.given()) {
        let what = format!("{flag} is for a sandbox that is started, and this command drives one that runs");
        return Err(Failure::usage(what).advise("leave it out; --sandbox names the one that runs"));
    }
    match &sandbox.command {
        None => start::run(sandbox.flags.settings(&settings::environment)?, output).await,
        Some(SandboxCommand::Pay(pay)) => control::pay(pay, output).await,
        Some(SandboxCommand::Expire(expire)) => control::expire(expire, output).await,
        Some(SandboxCommand::Cancel(cancel)) => control::cancel(cancel, output).await,
        Some(SandboxCommand::Fault(fault)) => fault::run(fault, output).await,
        Some(SandboxCommand::Wait(wait)) => wait::run(wait, output).await,
    }
}
