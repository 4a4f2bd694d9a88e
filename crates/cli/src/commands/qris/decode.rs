//! `gerbang qris decode`.

use std::fmt::Write;

use clap::Args;
use gerbang::qris::{self, Account, Initiation, Purpose, Qris, QrisError, QrisErrorKind, Tags, Tip, crc16};
use serde_json::{Value, json};

use super::source::{Answer, Sources, failure, parse, refused, say_what_surrounds};
use crate::failure::{Exit, Failure};
use crate::lang::tr;
use crate::output::{BAD, DIM, GOOD, LARGE, OPEN, Output};
use crate::printable::printable;
use crate::view::rupiah;

/// `gerbang qris decode`.
#[derive(Args, Debug)]
#[command(
    after_help = "Examples:\n  gerbang qris decode @payload.txt\n  gerbang qris decode --json --lines - < payloads.txt"
)]
pub struct Decode {
    #[command(flatten)]
    sources: Sources,
    /// Show it also if only its checksum is wrong; the exit code is 1 all the same
    #[arg(long)]
    unverified: bool,
}

/// Shows all fields of payloads.
///
/// # Errors
///
/// [`Failure`] when a payload is broken.
pub fn run(decode: &Decode, output: Output) -> Result<Exit, Failure> {
    decode.sources.each(output, |line| {
        let report = qris::report(line);
        let error = match Qris::parse(report.payload()) {
            Ok(_) => {
                let qris = parse(&report, output)?;
                return Ok(Answer::done(json(qris, true), text(qris, true)));
            }
            Err(error) => error,
        };
        if *error.kind() != QrisErrorKind::Checksum {
            return Err(refused(&error, &report));
        }
        if !decode.unverified {
            return Err(failure(&error).advise("it is damaged or changed; --unverified shows it all the same"));
        }
        say_what_surrounds(&report, output);
        let corrected = with_correct_checksum(report.payload());
        let qris = Qris::parse(&corrected).map_err(|error| failure(&error))?;
        Ok(Answer { json: json(qris, false), text: text(qris, false), exit: Exit::Failed })
    })
}

/// The payload with the checksum that it should have. Only the checksum, its last four characters, is wrong.
fn with_correct_checksum(payload: &str) -> String {
    let checked = &payload[..payload.len() - 4];
    format!("{checked}{:04X}", crc16(checked.as_bytes()))
}

fn json(qris: Qris<'_>, is_whole: bool) -> Value {
    let account = |account: Account<'_>| {
        json!({
            "tag": format!("{:02}", account.tag()),
            "globally_unique_id": account.globally_unique_id(),
            "pan": account.pan(),
            "merchant_id": account.merchant_id(),
            "criteria": account.criteria(),
            "acquirer": account.acquirer(),
        })
    };
    let initiation = qris.initiation().map(|initiation| match initiation {
        Initiation::Static => "static",
        Initiation::Dynamic => "dynamic",
    });
    json!({
        "checksum_valid": is_whole,
        "initiation": initiation,
        "merchant_name": qris.merchant_name(),
        "merchant_city": qris.merchant_city(),
        "postal_code": qris.postal_code(),
        "country": qris.country(),
        "category": qris.category(),
        "currency": qris.currency(),
        "nmid": qris.nmid(),
        "purpose": qris.purpose().map(Purpose::as_str),
        "amount": money_json(qris.amount(), |amount| json!(amount)),
        "tip": money_json(qris.tip(), tip_json),
        "reference": qris.reference(),
        "terminal": qris.terminal(),
        "accounts": qris.accounts().map(account).collect::<Vec<_>>(),
        "tags": tags(qris, is_whole),
    })
}

/// All tags, as they are.
fn tags(qris: Qris<'_>, is_whole: bool) -> Vec<Value> {
    let tag = |(id, value): (u8, &str)| {
        let sub_tags = sub_tags(qris, id).map(|(_, sub_tags)| {
            sub_tags.map(|(id, value)| json!({"tag": format!("{id:02}"), "value": value})).collect::<Vec<_>>()
        });
        // A corrected checksum is not what the payload has.
        let value = (is_whole || id != CHECKSUM).then_some(value);
        json!({"tag": format!("{id:02}"), "name": name(id), "value": value, "sub_tags": sub_tags})
    };
    qris.tags().map(tag).collect()
}

/// The tag of the checksum.
const CHECKSUM: u8 = 63;

fn text(qris: Qris<'_>, is_whole: bool) -> String {
    let mut text = match qris.merchant_name() {
        Some(name) => format!("{LARGE}{}{LARGE:#}", printable(name)),
        None => format!("{DIM}{}{DIM:#}", tr("no merchant's name")),
    };
    if let Some(city) = qris.merchant_city() {
        _ = write!(text, ", {}", printable(city));
    }
    _ = write!(
        text,
        "\n{}",
        tr(match qris.initiation() {
            Some(Initiation::Static) => "static: for many payments",
            Some(Initiation::Dynamic) => "dynamic: for one payment",
            None => "neither static nor dynamic",
        })
    );
    match qris.amount() {
        Ok(Some(amount)) => _ = write!(text, ", {} {LARGE}{}{LARGE:#}", tr("of"), rupiah(amount)),
        Ok(None) => _ = write!(text, ", {}", tr("the payer types the amount in")),
        Err(error) => _ = write!(text, ", {BAD}{}{BAD:#}", tr(&error.to_string())),
    }
    match qris.tip() {
        Ok(Some(tip)) => _ = write!(text, ", {} {}", tr("and"), tr(&tip_text(tip))),
        Ok(None) => {}
        Err(error) => _ = write!(text, ", {BAD}{}{BAD:#}", tr(&error.to_string())),
    }
    match qris.purpose() {
        Some(Purpose::Payment) => {}
        Some(purpose) => {
            let (what, instead) = (tr("no payment to a merchant"), tr(purpose_text(purpose)));
            _ = write!(text, "\n{BAD}{what}{BAD:#}: {instead}");
        }
        None => _ = write!(text, "\n{}", tr("its purpose is no word of ASPI's")),
    }
    for account in qris.accounts() {
        if let Some(acquirer) = account.acquirer() {
            _ = write!(text, "\n{} {acquirer}", tr("account at"));
        }
    }
    if let Some(nmid) = qris.nmid() {
        _ = write!(text, "\nNMID {}", printable(nmid));
    }
    text.push('\n');
    text.push_str(&tags_text(qris, is_whole));
    text
}

/// All tags, a line for each.
fn tags_text(qris: Qris<'_>, is_whole: bool) -> String {
    let mut text = String::new();
    for (id, value) in qris.tags() {
        let value = match id {
            CHECKSUM if is_whole && value.bytes().any(|byte| byte.is_ascii_lowercase()) => {
                let what = tr("right, but in lower case, which apps may refuse");
                format!("{}  {OPEN}{what}{OPEN:#}", printable(value))
            }
            CHECKSUM if is_whole => format!("{}  {GOOD}{}{GOOD:#}", printable(value), tr("right")),
            CHECKSUM => format!("{BAD}{}{BAD:#}", tr("wrong: do not show or pay this payload")),
            _ => printable(value),
        };
        let Some((names, sub_tags)) = sub_tags(qris, id) else {
            _ = write!(text, "\n{DIM}{id:02}{DIM:#}  {:<32}{value}", tr(name(id)));
            continue;
        };
        _ = write!(text, "\n{DIM}{id:02}{DIM:#}  {}", tr(name(id)));
        for (id, value) in sub_tags {
            _ = write!(text, "\n  {DIM}{id:02}{DIM:#}  {:<30}{}", tr(names(id)), printable(value));
        }
    }
    text
}

/// What a sub-tag is called.
type Names = fn(u8) -> &'static str;

/// The sub-tags of a tag that has some, and their names.
fn sub_tags<'a>(qris: Qris<'a>, id: u8) -> Option<(Names, Tags<'a>)> {
    if id == ADDITIONAL {
        return Some((additional_name, qris.additional()?));
    }
    qris.accounts().find(|account| account.tag() == id).map(|account| (account_name as Names, account.tags()))
}

/// The tag of additional data.
const ADDITIONAL: u8 = 62;

fn name(tag: u8) -> &'static str {
    match tag {
        0 => "payload format",
        1 => "static (11) or dynamic (12)",
        2..=25 => "account of an international scheme",
        26..=45 => "account",
        46..=50 => "account, reserved",
        51 => "national account",
        52 => "merchant category",
        53 => "currency",
        54 => "amount",
        55 => "tip: ask, fixed, percentage",
        56 => "tip in rupiah",
        57 => "tip in percent",
        58 => "country",
        59 => "merchant's name",
        60 => "merchant's city",
        61 => "postal code",
        ADDITIONAL => "additional data",
        CHECKSUM => "checksum",
        64 => "name and city in another language",
        65..=79 => "reserved",
        _ => "not standardised",
    }
}

fn account_name(sub_tag: u8) -> &'static str {
    match sub_tag {
        0 => "globally unique ID",
        1 => "account number (PAN)",
        2 => "merchant's ID",
        3 => "merchant's size",
        _ => "of the scheme",
    }
}

fn additional_name(sub_tag: u8) -> &'static str {
    match sub_tag {
        1 => "bill number",
        2 => "mobile number",
        3 => "store",
        4 => "loyalty number",
        5 => "reference",
        6 => "customer",
        7 => "terminal",
        8 => "purpose",
        9 => "data that is asked of the payer",
        10..=49 => "reserved",
        _ => "of a payment system",
    }
}

/// What a code is for that is no payment.
fn purpose_text(purpose: Purpose) -> &'static str {
    match purpose {
        Purpose::Transfer => "a transfer to an account",
        Purpose::Withdrawal => "cash is taken out (tarik tunai)",
        Purpose::Deposit => "cash is paid in (setor tunai)",
        _ => "another purpose",
    }
}

/// An amount or a tip as `--json` prints it: null if there is none, which differs from one that cannot be read.
pub fn money_json<T>(money: Result<Option<T>, QrisError>, json: impl Fn(T) -> Value) -> Value {
    match money {
        Ok(money) => money.map_or(Value::Null, json),
        Err(error) => json!({"kind": "unreadable", "error": error.to_string()}),
    }
}

/// A tip as the end of "it asks for …, and …".
pub fn tip_text(tip: Tip) -> String {
    match tip {
        Tip::Prompt => "the payer is asked for a tip".into(),
        Tip::Fixed(amount) => format!("a tip of {}", rupiah(amount)),
        Tip::Percent { hundredths } => format!("a tip of {}.{:02} %", hundredths / 100, hundredths % 100),
    }
}

/// A tip as `--json` prints it.
pub fn tip_json(tip: Tip) -> Value {
    match tip {
        Tip::Prompt => json!({"kind": "ask"}),
        Tip::Fixed(amount) => json!({"kind": "fixed", "amount": amount}),
        Tip::Percent { hundredths } => json!({"kind": "percent", "hundredths": hundredths}),
    }
}
