//! `gerbang qris verify`.

use clap::Args;
use gerbang::Rupiah;
use gerbang::qris::{self, Finding, Qris, QrisError, Report};
use serde_json::{Value, json};

use super::decode::{money_json, tip_json, tip_text};
use super::source::{Answer, Sources, said};
use crate::args;
use crate::failure::{Exit, Failure};
use crate::lang::tr;
use crate::output::{BAD, DIM, GOOD, OPEN, Output};
use crate::view::rupiah;

/// `gerbang qris verify`.
#[derive(Args, Debug)]
#[command(after_help = "Exit codes: 0 no error was found, and it asks for the amount; 1 one was, or\n\
    it does not. Warnings and notes are printed, and change nothing.\n\n\
    Example: gerbang qris verify --amount 10020 @payload.txt")]
pub struct Verify {
    #[command(flatten)]
    sources: Sources,
    /// What the payer must pay, in rupiah; only a tip that the payer's app asks
    /// for may be added
    #[arg(short, long, value_name = "RUPIAH", value_parser = args::rupiah)]
    amount: Option<Rupiah>,
}

/// Verifies payloads.
///
/// # Errors
///
/// [`Failure`] when no payload can be read.
pub fn run(verify: &Verify, output: Output) -> Result<Exit, Failure> {
    verify.sources.each(output, |text| Ok(answer(text, verify.amount)))
}

fn answer(text: &str, expected: Option<Rupiah>) -> Answer {
    let report = qris::report(text);
    let qris = Qris::parse(report.payload()).ok();
    let asked = expected.map(|expected| (expected, qris::verify_amount(report.payload(), expected).err()));
    let is_valid = !report.has_errors() && asked.as_ref().is_none_or(|(_, error)| error.is_none());
    Answer {
        json: json(&report, qris, asked.as_ref(), is_valid),
        text: text_of(&report, qris, asked.as_ref(), is_valid),
        exit: if is_valid { Exit::Done } else { Exit::Failed },
    }
}

/// The expected amount, and why it is not asked for.
type Asked = (Rupiah, Option<QrisError>);

fn json(report: &Report<'_>, qris: Option<Qris<'_>>, asked: Option<&Asked>, is_valid: bool) -> Value {
    let finding = |finding: &Finding| {
        let rule = finding.rule();
        json!({
            "level": rule.level().as_str(),
            "code": rule.code(),
            "tag": finding.tag().map(|tag| tag.to_string()),
            "byte": finding.offset(),
            "en": rule.english(),
            "id": rule.indonesian(),
        })
    };
    let findings: Vec<_> = report.findings().iter().map(finding).collect();
    let mut json = json!({"valid": is_valid, "findings": findings});
    if let Some(qris) = qris {
        json["amount"] = money_json(qris.amount(), |amount| json!(amount));
        json["tip"] = money_json(qris.tip(), tip_json);
    }
    if let Some((amount, error)) = asked {
        let error = error.as_ref().map(ToString::to_string);
        json["expected"] = json!({"amount": amount, "asked_for": error.is_none(), "error": error});
    }
    json
}

fn text_of(report: &Report<'_>, qris: Option<Qris<'_>>, asked: Option<&Asked>, is_valid: bool) -> String {
    let mut text = match is_valid {
        true => format!("{GOOD}{}{GOOD:#}", tr("valid")),
        false => format!("{BAD}{}{BAD:#}", tr("not valid")),
    };
    if let Some(qris) = qris {
        let amount = match qris.amount() {
            Ok(Some(amount)) => format!("it asks for {}", rupiah(amount)),
            Ok(None) => "it states no amount".into(),
            Err(_) => "its amount cannot be read".into(),
        };
        text += &format!("  {}; {}", tr("the checksum is right"), tr(&amount));
        let tip = match qris.tip() {
            Ok(Some(tip)) => Some(tip_text(tip)),
            Ok(None) => None,
            Err(_) => Some("its tip cannot be read".into()),
        };
        if let Some(tip) = tip {
            text += &format!(", {} {}", tr("and"), tr(&tip));
        }
    }
    if let Some((_, Some(error))) = asked {
        text += &format!("\n{BAD}{:<7}{BAD:#}  {}", tr("error"), tr(&error.to_string()));
    }
    for finding in report.findings() {
        let level = finding.rule().level();
        let style = match level {
            qris::Level::Error => BAD,
            qris::Level::Warning => OPEN,
            qris::Level::Note => DIM,
        };
        let code = finding.rule().code();
        text += &format!("\n{style}{:<7}{style:#}  {}  {DIM}{code}{DIM:#}", tr(level.as_str()), said(finding));
    }
    text
}
