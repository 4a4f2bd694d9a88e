//! `gerbang qris`: the text within QRIS codes.

mod convert;
mod decode;
mod render;
mod source;
mod verify;

use clap::{Args, Subcommand};

use crate::failure::{Exit, Failure};
use crate::output::Output;

/// `gerbang qris`.
#[derive(Args, Debug)]
#[command(after_help = "No payload leaves this machine. White space, quotes or a link around a payload\n\
    are taken off, and that is said.\n\nExample: gerbang qris decode @payload.txt")]
pub struct Qris {
    #[command(subcommand)]
    pub command: QrisCommand,
}

#[derive(Debug, Subcommand)]
pub enum QrisCommand {
    /// Show all fields of a payload
    Decode(decode::Decode),
    /// Find all that is wrong with a payload and its amount: exit code 0 or 1
    Verify(verify::Verify),
    /// Make a dynamic payload with an amount of a static one
    SetAmount(convert::SetAmount),
    /// Make a static payload, without amount and reference, of any
    ToStatic(convert::ToStatic),
    /// Take names and account numbers out of a payload, for a bug report
    Anonymise(convert::Anonymise),
    /// Draw a payload as a QR code: in the terminal, as SVG or as PNG
    Render(render::Render),
}

/// Runs one of the commands.
///
/// # Errors
///
/// [`Failure`] when the payload cannot be read or used.
pub fn run(qris: &Qris, output: Output) -> Result<Exit, Failure> {
    match &qris.command {
        QrisCommand::Decode(decode) => decode::run(decode, output),
        QrisCommand::Verify(verify) => verify::run(verify, output),
        QrisCommand::SetAmount(set_amount) => convert::set_amount(set_amount, output),
        QrisCommand::ToStatic(to_static) => convert::to_static(to_static, output),
        QrisCommand::Anonymise(anonymise) => convert::anonymise(anonymise, output),
        QrisCommand::Render(render) => render::run(render, output),
    }
}
