//! `gerbang qris`: the text within QRIS codes.

mod decode;
mod render;

use std::fs::File;
use std::io::{self, Read};

use clap::{Args, Subcommand};
use gerbang::Rupiah;
use gerbang::qris::{self, QrisError, QrisErrorKind, Tip};
use serde_json::json;

use crate::failure::{Exit, Failure};
use crate::output::{GOOD, Output};
use crate::view::rupiah;

/// `gerbang qris`.
#[derive(Args, Debug)]
#[command(after_help = "No payload leaves this machine.\n\nExample: gerbang qris decode @payload.txt")]
pub struct Qris {
    #[command(subcommand)]
    pub command: QrisCommand,
}

#[derive(Debug, Subcommand)]
pub enum QrisCommand {
    /// Show all fields of a payload
    Decode(decode::Decode),
    /// Verify a payload and its amount: exit code 0 or 1
    Verify(Verify),
    /// Make a dynamic payload with an amount of a static one
    SetAmount(SetAmount),
    /// Draw a payload as a QR code: in the terminal, as SVG or as PNG
    Render(render::Render),
}

/// Which payload is meant.
#[derive(Args, Debug)]
#[group(skip)]
pub struct Source {
    /// The payload, `@FILE` for the text in a file, or `-` for the standard input
    #[arg(value_name = "PAYLOAD")]
    payload: String,
}

/// `gerbang qris verify`.
#[derive(Args, Debug)]
#[command(after_help = "Exit codes: 0 it is whole, and asks for the amount; 1 it is or does not.\n\n\
    Example: gerbang qris verify --amount 10020 @payload.txt")]
pub struct Verify {
    #[command(flatten)]
    source: Source,
    /// What it must ask for, in rupiah; a tip does not count
    #[arg(short, long, value_name = "RUPIAH")]
    amount: Option<Rupiah>,
}

/// `gerbang qris set-amount`.
#[derive(Args, Debug)]
#[command(after_help = "The money goes to the owner of the static payload, who does not learn of the order.\n\n\
    Example: gerbang qris set-amount 25000 --tip 0.7% @sticker.txt")]
pub struct SetAmount {
    /// The amount in rupiah
    #[arg(value_name = "RUPIAH")]
    amount: Rupiah,
    #[command(flatten)]
    source: Source,
    /// What is added: rupiah, a percentage such as 0.7%, or `ask`, so that the payer is asked
    #[arg(long, value_name = "TIP", value_parser = tip)]
    tip: Option<Tip>,
}

/// Runs one of the commands.
///
/// # Errors
///
/// [`Failure`] when the payload cannot be read or used.
pub fn run(qris: &Qris, output: Output) -> Result<Exit, Failure> {
    match &qris.command {
        QrisCommand::Decode(decode) => decode::run(decode, output),
        QrisCommand::Verify(verify) => run_verify(verify, output),
        QrisCommand::SetAmount(set_amount) => run_set_amount(set_amount, output),
        QrisCommand::Render(render) => render::run(render, output),
    }
}

fn run_verify(verify: &Verify, output: Output) -> Result<Exit, Failure> {
    let payload = verify.source.read()?;
    let qris = parse(&payload)?;
    let failure = |error| failure(&error);
    let stated = match verify.amount {
        Some(expected) => qris::verify_amount(&payload, expected).and(Ok(Some(expected))),
        None => qris.amount(),
    };
    let (stated, tip) = (stated.map_err(failure)?, qris.tip().map_err(failure)?);
    output.result(&json!({"valid": true, "amount": stated, "tip": tip.map(decode::tip_json)}), || {
        let amount =
            stated.map_or("it states no amount".to_owned(), |amount| format!("it asks for {}", rupiah(amount)));
        let tip = tip.map(|tip| format!(", and {}", decode::tip_text(tip))).unwrap_or_default();
        format!("{GOOD}valid{GOOD:#}  the checksum is right; {amount}{tip}")
    })?;
    Ok(Exit::Done)
}

fn run_set_amount(set_amount: &SetAmount, output: Output) -> Result<Exit, Failure> {
    let payload = set_amount.source.read()?;
    let qris = parse(&payload)?;
    let order = qris::Order::new(set_amount.amount);
    let order = match set_amount.tip {
        Some(tip) => order.tip(tip),
        None => order,
    };
    let dynamic = qris.to_dynamic(order).map_err(|error| match error.kind() {
        QrisErrorKind::Zero | QrisErrorKind::Amount(_) | QrisErrorKind::Tip => Failure::usage(error.to_string()),
        QrisErrorKind::AlreadyDynamic => {
            failure(&error).advise("it is for one payment; take the merchant's static payload")
        }
        _ => failure(&error),
    })?;
    output.result(&json!({"payload": dynamic}), || dynamic.clone())?;
    Ok(Exit::Done)
}

/// Reads a payload and verifies its checksum.
fn parse(payload: &str) -> Result<qris::Qris<'_>, Failure> {
    qris::Qris::parse(payload).map_err(|error| {
        let failure = failure(&error);
        if payload.contains(char::is_whitespace) && payload.trim() != payload {
            failure.advise("there is white space around it")
        } else if payload.contains(['\n', '\r']) {
            failure.advise("there are line breaks in it")
        } else {
            failure
        }
    })
}

fn failure(error: &QrisError) -> Failure {
    Failure::failed(error.to_string())
}

impl Source {
    /// The payload. A line break at the end of a file or of the standard input is not of it.
    fn read(&self) -> Result<String, Failure> {
        let (name, bytes) = match self.payload.strip_prefix('@') {
            None if self.payload == "-" => ("the standard input", bounded(io::stdin())),
            Some(path) => (path, File::open(path).and_then(bounded)),
            None => return Ok(self.payload.clone()),
        };
        let bytes = bytes.map_err(|error| Failure::usage(format!("{name} cannot be read: {error}")))?;
        let text = String::from_utf8(bytes).map_err(|_| Failure::usage(format!("{name} is not UTF-8")))?;
        let line = text.strip_suffix('\n').unwrap_or(&text);
        Ok(line.strip_suffix('\r').unwrap_or(line).to_owned())
    }
}

/// As much as a payload may have, and a little more, which is then refused as too long.
fn bounded(input: impl Read) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    input.take(2 * qris::MAX_PAYLOAD as u64).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// `ask`, `1000`, `0.7%`.
fn tip(text: &str) -> Result<Tip, String> {
    let wrong = || "a tip is a number of rupiah, a percentage such as 0.7%, or `ask`".to_owned();
    if text == "ask" {
        return Ok(Tip::Prompt);
    }
    let Some(percentage) = text.strip_suffix('%') else {
        return text.parse().map(Tip::Fixed).map_err(|_| wrong());
    };
    let (whole, decimals) = percentage.split_once('.').unwrap_or((percentage, "0"));
    let is_number = |text: &str| (1..=2).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
    if !is_number(whole) || !is_number(decimals) {
        return Err(wrong());
    }
    format!("{whole}{decimals:0<2}").parse().map(|hundredths| Tip::Percent { hundredths }).map_err(|_| wrong())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tips_are_read_exactly() {
        let percent = |hundredths| Ok(Tip::Percent { hundredths });
        assert_eq!(tip("ask"), Ok(Tip::Prompt));
        assert_eq!(tip("1000"), Ok(Tip::Fixed(Rupiah::new(1000))));
        for (text, hundredths) in [("5%", 500), ("0.7%", 70), ("0.75%", 75), ("0.07%", 7), ("10.5%", 1050)] {
            assert_eq!(tip(text), percent(hundredths), "{text}");
        }
        for text in ["", "%", "x", "-1", "1.5", "0.755%", "100%", ".7%", "1.%", "+1%"] {
            assert!(tip(text).is_err(), "{text}");
        }
    }
}
