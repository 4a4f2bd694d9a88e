//! `gerbang qris set-amount`, `to-static` and `anonymise`.

use clap::Args;
use gerbang::Rupiah;
use gerbang::qris::{self, Order, QrisErrorKind, Tip};
use serde_json::json;

use super::source::{Answer, Sources, failure, parse};
use crate::args::rupiah;
use crate::failure::{Exit, Failure};
use crate::output::Output;

/// `gerbang qris set-amount`.
#[derive(Args, Debug)]
#[command(after_help = "The money goes to the owner of the static payload, who does not learn of the order.\n\n\
    Example: gerbang qris set-amount 25000 --reference INV-7 @sticker.txt")]
pub struct SetAmount {
    /// The amount in rupiah
    #[arg(value_name = "RUPIAH", value_parser = rupiah)]
    amount: Rupiah,
    #[command(flatten)]
    sources: Sources,
    /// A tip or fee: rupiah, a percentage such as 0.7%, or `ask`, so that the
    /// payer is asked
    #[arg(long, visible_alias = "fee", value_name = "TIP", value_parser = tip)]
    tip: Option<Tip>,
    /// The payment's reference, up to 25 characters
    #[arg(long, value_name = "TEXT")]
    reference: Option<String>,
    /// The number of the invoice, up to 25 characters
    #[arg(long, value_name = "TEXT")]
    invoice: Option<String>,
    /// The label of the terminal, up to 25 characters
    #[arg(long, value_name = "TEXT")]
    terminal: Option<String>,
    /// What it is for; apps for QRIS expect a word of ASPI's, such as POSP
    #[arg(long, value_name = "TEXT")]
    purpose: Option<String>,
}

/// `gerbang qris to-static`.
#[derive(Args, Debug)]
#[command(after_help = "The acquirer decides whether the static payload can be paid.\n\n\
    Example: gerbang qris to-static @payload.txt")]
pub struct ToStatic {
    #[command(flatten)]
    sources: Sources,
}

/// `gerbang qris anonymise`.
#[derive(Args, Debug)]
#[command(after_help = "Amount, tip, category and acquirer stay. No app can pay the result.\n\n\
    Example: gerbang qris anonymise @payload.txt")]
pub struct Anonymise {
    #[command(flatten)]
    sources: Sources,
}

/// Makes dynamic payloads.
///
/// # Errors
///
/// [`Failure`] when a payload cannot be read or used.
pub fn set_amount(set_amount: &SetAmount, output: Output) -> Result<Exit, Failure> {
    let order = set_amount.order();
    set_amount.sources.each(output, |text| {
        let report = qris::report(text);
        let dynamic = parse(&report, output)?.to_dynamic(order.clone()).map_err(|error| match error.kind() {
            QrisErrorKind::Zero | QrisErrorKind::Amount(_) | QrisErrorKind::Value | QrisErrorKind::TooLong => {
                Failure::usage(error.to_string())
            }
            QrisErrorKind::Tip if set_amount.tip.is_some() => Failure::usage(error.to_string()),
            QrisErrorKind::Tip => failure(&error).advise("--tip takes the place of it"),
            QrisErrorKind::AlreadyDynamic => {
                failure(&error).advise("it is for one payment; take the merchant's static payload")
            }
            _ => failure(&error),
        })?;
        Ok(payload(dynamic))
    })
}

impl SetAmount {
    fn order(&self) -> Order {
        let mut order = Order::new(self.amount);
        if let Some(tip) = self.tip {
            order = order.tip(tip);
        }
        if let Some(reference) = &self.reference {
            order = order.reference(reference);
        }
        if let Some(invoice) = &self.invoice {
            order = order.invoice(invoice);
        }
        if let Some(terminal) = &self.terminal {
            order = order.terminal(terminal);
        }
        if let Some(purpose) = &self.purpose {
            order = order.purpose(purpose);
        }
        order
    }
}

/// Makes static payloads.
///
/// # Errors
///
/// As [`set_amount`].
pub fn to_static(to_static: &ToStatic, output: Output) -> Result<Exit, Failure> {
    to_static.sources.each(output, |text| {
        let report = qris::report(text);
        parse(&report, output)?.to_static().map(payload).map_err(|error| failure(&error))
    })
}

/// Makes payloads for bug reports.
///
/// # Errors
///
/// [`Failure`] when a payload cannot be read.
pub fn anonymise(anonymise: &Anonymise, output: Output) -> Result<Exit, Failure> {
    anonymise.sources.each(output, |text| {
        let report = qris::report(text);
        Ok(payload(parse(&report, output)?.anonymise()))
    })
}

fn payload(payload: String) -> Answer {
    Answer::done(json!({"payload": payload}), payload)
}

/// `ask`, `1000`, `0.7%`.
fn tip(text: &str) -> Result<Tip, String> {
    let wrong = || "a tip is a number of rupiah, a percentage such as 0.7%, or `ask`".to_owned();
    if text == "ask" {
        return Ok(Tip::Prompt);
    }
    let Some(percentage) = text.strip_suffix('%') else {
        return rupiah(text).map(Tip::Fixed).map_err(|_| wrong());
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
