//! `gerbang watch`.

use clap::Args;

use crate::args::Global;
use crate::failure::{Exit, Failure};
use crate::follow::{Follow, Pace, check_reports_status, not_asked};
use crate::interrupt::Interrupt;
use crate::lookup::{Which, known};
use crate::output::Output;
use crate::provider::Provider;
use crate::settings::Settings;

/// `gerbang watch`.
#[derive(Args, Debug)]
#[command(after_help = "Exit codes: 0 paid, 1 of the test mode, 3 expired, cancelled or failed,\n\
    5 still pending or not known, 130 Ctrl-C.\n\n\
    Examples:\n  \
    gerbang watch kropay:10000:10020:1780129800:ORDER-1:PG-1 --for 10m\n  \
    gerbang pay --provider kropay --amount 10000 --json | gerbang watch -")]
pub struct Watch {
    #[command(flatten)]
    pub which: Which,
    #[command(flatten)]
    pub pace: Pace,
}

/// Prints each change of a payment until it is paid or closed.
///
/// # Errors
///
/// [`Failure`] of the settings or of a call, when the time is up, and on Ctrl-C.
pub async fn run(watch: &Watch, global: &Global, settings: &Settings, output: Output) -> Result<Exit, Failure> {
    let mut payment = known(&watch.which)?;
    payment.status = not_asked();
    let provider = Provider::named(&payment.provider)?;
    provider.warn(output);
    let gateway = provider.gateway(settings)?;
    check_reports_status(&*gateway)?;
    let follow = Follow {
        gateway: &*gateway,
        which: Some(&watch.which),
        pace: &watch.pace,
        settings,
        section: provider.section(),
        global,
        output,
        last: payment,
    };
    follow.run(Interrupt::listen()).await
}
