//! `gerbang webhook send`.

use clap::Args;
use gerbang::reqwest::Url;
use gerbang::{Rupiah, Secret, redact};
use serde_json::{Value, json};

use super::MAX_BODY;
use super::acknowledgement::verdict;
use super::json::Style;
use super::message::{Message, read_input};
use super::sample::Sample;
use super::{post, reader};
use crate::args::rupiah;
use crate::failure::{Exit, Failure};
use crate::interrupt::Interrupt;
use crate::lang::tr;
use crate::output::{BAD, DIM, GOOD, Output};
use crate::printable::printable;
use crate::provider::Provider;
use crate::settings::Settings;

/// How many letters of an answer are shown.
const MAX_SHOWN: usize = 2_000;

/// `gerbang webhook send`.
#[derive(Args, Debug)]
#[command(after_help = "Exit codes: 0 the gateway would accept the answer, 4 it would not,\n\
    5 no whole answer, 6 unreachable.\n\n\
    Examples:\n  \
    gerbang webhook send -p kropay --to http://127.0.0.1:3000/ --reference A-1\n  \
    gerbang webhook send -p pakasir-v2 --set is_sandbox=true --print")]
pub struct Send {
    /// The gateway whose notification it is to be
    #[arg(short, long, value_name = "NAME", hide_possible_values = true)]
    pub provider: Provider,
    /// Where to send it
    #[arg(long, value_name = "URL", value_parser = post::address, required_unless_present = "print")]
    to: Option<Url>,
    /// The merchant's reference
    #[arg(short, long, value_name = "TEXT")]
    reference: Option<String>,
    /// The price in rupiah; what is paid follows it
    #[arg(short, long, value_name = "RUPIAH", value_parser = rupiah)]
    amount: Option<Rupiah>,
    /// The gateway's word for the state
    #[arg(long, value_name = "WORD")]
    status: Option<String>,
    /// Any member of the body; this counts more than the options above
    #[arg(long, value_name = "FIELD=VALUE", value_parser = field)]
    set: Vec<(String, String)>,
    /// The body instead of the sample, as it is; `-` for the standard input
    #[arg(long, value_name = "FILE", conflicts_with_all = ["reference", "amount", "status", "set"])]
    body: Option<String>,
    /// Print headers and body instead, for `verify --headers`; a secret is left out
    #[arg(long, conflicts_with = "to")]
    print: bool,
}

fn field(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((name, value)) if !name.is_empty() => Ok((name.to_owned(), value.to_owned())),
        _ => Err("it must be FIELD=VALUE".into()),
    }
}

/// Sends a notification as a gateway would, and reports whether the gateway would accept the answer.
///
/// # Errors
///
/// [`Failure`] when the key is not set, a value does not fit, or there is no answer.
pub async fn run(send: &Send, settings: &Settings, output: Output) -> Result<Exit, Failure> {
    let provider = send.provider;
    provider.warn(output);
    let proof = provider.notifications()?.proof;
    let key = proof.map_or(Ok(None), |proof| reader::key(proof, settings))?;
    let message = Message::proven(provider, key.as_ref(), body(send)?)?;
    let Some(url) = &send.to else { return print(provider, &message, output) };
    if let Some(proof) = message.proof() {
        post::require_https_or_loopback(url, proof)?;
    }
    let sender = post::Sender::new(settings.timeout)?;
    let interrupted = || Failure::interrupted("interrupted before the answer came; the notification may have arrived");
    let answer = Interrupt::listen().unless_pressed(sender.post(url, &message), interrupted).await?;
    let verdict = verdict(provider, &answer);
    let text = shown(answer.body(), key.as_ref());
    let json = json!({
        "provider": provider.name(),
        "status": answer.status().as_u16(),
        "body": text,
        "accepted": verdict.is_ok(),
        "reason": verdict.as_ref().err(),
    });
    output.result(&json, || {
        let (style, judgement) = match &verdict {
            Ok(()) => (GOOD, tr("accepted")),
            Err(why) => (BAD, format!("{}: {}", tr("not accepted"), tr(why))),
        };
        let name = provider.name();
        format!("{style}{judgement}{style:#}  {name}\n{DIM}{}{DIM:#} {}", answer.status(), printable(&text))
    })?;
    Ok(if verdict.is_ok() { Exit::Done } else { Exit::Refused })
}

fn body(send: &Send) -> Result<Vec<u8>, Failure> {
    if let Some(path) = &send.body {
        let body = read_input(path)?;
        return match body.len() {
            0..=MAX_BODY => Ok(body),
            size => Err(Failure::usage(format!("the body has {size} bytes; no more than {MAX_BODY} are ever read"))),
        };
    }
    let mut sample = Sample::of(send.provider)?;
    if let Some(reference) = &send.reference {
        sample.set_reference(reference);
    }
    if let Some(amount) = send.amount {
        sample.set_amount(amount)?;
    }
    if let Some(word) = &send.status {
        sample.set_status(word);
    }
    for (name, value) in &send.set {
        sample.set(name, value);
    }
    Ok(sample.json().write(Style::PHP).into_bytes())
}

fn print(provider: Provider, message: &Message, output: Output) -> Result<Exit, Failure> {
    if message.headers.values().any(http::HeaderValue::is_sensitive) {
        let variable = provider.notifications()?.proof.map_or("", |proof| proof.variable);
        output.hint(&format!("the secret is left out; put that of {variable} in the place of ***"));
    }
    if output.json {
        let body = std::str::from_utf8(&message.body)
            .map_err(|_| Failure::usage("the body is not UTF-8, so that it cannot be printed as JSON"))?;
        let lines = message.header_lines();
        let headers = lines.lines().filter_map(|line| line.split_once(": "));
        let headers: serde_json::Map<_, _> =
            headers.map(|(name, value)| (name.to_owned(), Value::from(value))).collect();
        output.result(&json!({"provider": provider.name(), "headers": headers, "body": body}), String::new)?;
    } else {
        output.bytes(&[message.header_lines().as_bytes(), b"\n", &message.body].concat())?;
    }
    Ok(Exit::Done)
}

/// The beginning of an answer, without the secret that the receiver may have written into it.
fn shown(body: &[u8], key: Option<&Secret>) -> String {
    let text = redact(&String::from_utf8_lossy(body), key.as_slice());
    text.chars().take(MAX_SHOWN).collect()
}
