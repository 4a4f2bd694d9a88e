//! `gerbang status`.

use clap::Args;

use crate::args::TestMode;
use crate::failure::{Exit, Failure};
use crate::interrupt::Interrupt;
use crate::lookup::{Which, ask, known};
use crate::output::Output;
use crate::provider::Provider;
use crate::settings::Settings;
use crate::verdict::Verdict;
use crate::view;

/// `gerbang status`.
#[derive(Args, Debug)]
#[command(after_help = "Examples:\n  \
    gerbang status kropay:10000:10020:1780129800:ORDER-1:PG-1\n  \
    gerbang status --provider kazukipay --reference ORDER-1 --amount 10000")]
pub struct Status {
    #[command(flatten)]
    pub which: Which,
    #[command(flatten)]
    pub test_mode: TestMode,
}

/// Asks what became of a payment.
///
/// # Errors
///
/// [`Failure`] of the settings or of the call, when the payment is paid in the test mode, which is not accepted, and when the
/// answer is not about the payment that is expected.
pub async fn run(status: &Status, settings: &Settings, output: Output) -> Result<Exit, Failure> {
    let known = known(&status.which)?;
    let provider = Provider::named(&known.provider)?;
    provider.warn(output);
    let gateway = provider.gateway(settings)?;
    let asked = async { Ok(ask(&*gateway, &status.which, &known).await?) };
    let interrupted = || Failure::new(Exit::Interrupted, "interrupted before the reply came; nothing was changed");
    let answer = Interrupt::listen().unless_pressed(asked, interrupted).await?;
    let verdict = Verdict::new(&status.test_mode.expected(known), answer);
    let shown = settings.shown(provider.section(), &verdict.payment);
    output.result(&view::json(&shown), || view::text(&shown))?;
    verdict.print_late(output);
    verdict.end()
}
