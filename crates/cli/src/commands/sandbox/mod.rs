//! `gerbang sandbox`.

mod format;
mod lines;
mod seeds;
mod settings;
mod start;

use clap::Args;

use crate::failure::{Exit, Failure};
use crate::output::Output;
use settings::Flags;

/// `gerbang sandbox`.
#[derive(Args, Debug)]
#[command(after_help = "Paste the lines that it prints into another shell; the other commands ask the\n\
    sandbox there. Who reaches it can change everything in it. Each flag may be a\n\
    variable, such as GERBANG_SANDBOX_PUBLIC_URL; lists have commas. In any language\n\
    a test presses \"pay\" by POST /_sandbox/payments/kropay/ORDER-1/pay, which\n\
    GET /_sandbox/openapi.yaml describes.\n\n\
    Example: gerbang sandbox --listen 8080 --state sandbox.json")]
pub struct Sandbox {
    #[command(flatten)]
    flags: Flags,
}

/// Runs a sandbox until Ctrl-C.
///
/// # Errors
///
/// [`Failure`] when a setting is wrong or it cannot start.
pub async fn run(sandbox: &Sandbox, output: Output) -> Result<Exit, Failure> {
    start::run(sandbox.flags.settings(&settings::environment)?, output).await
}
